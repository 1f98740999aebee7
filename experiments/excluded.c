/* Keys that trained heads leave out. */
#include "experiments/excluded.h"

#include "transformer/encoder.h"

#include <stdlib.h>
#include <string.h>

struct work {
    size_t head, heads, length;
    float *weights; /* owned: sequences x length x length */
    double *part;   /* owned; length */
    size_t *count;  /* owned; length */
    size_t *start;  /* owned; of the sequences, and the end */
    struct basin_encoder encoder;
};

static int keep(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct work *work = context;
    if (tile->layer * work->heads + tile->head == work->head) {
        size_t row = tile->sequence * work->length + tile->first;
        memcpy(work->weights + row * work->length, tile->weights,
            tile->rows * tile->keys * sizeof(float));
    }
    return 0;
}

static int judge(const struct basin_lesson *lesson, struct work *work, size_t shuffles,
    gsl_rng *r, struct basin_excluded *out, struct basin_diag *diag)
{
    size_t n = (size_t)lesson->own->looked, length = work->length;
    for (size_t i = 0; i <= n; i++) {
        work->start[i] = i * length;
    }
    const struct basin_batch batch = {n, work->start, lesson->id, NULL};
    const struct basin_attention_hook hook = {keep, work};
    int ret = basin_encoder_run(&work->encoder, &batch, &hook, diag);
    if (ret != 0) {
        return ret;
    }
    *out = (struct basin_excluded){.fewer = true, .avoids = true};
    out->seen =
        basin_exclusion_of(work->weights, n, length, length, work->part, work->count);
    for (size_t i = 0; i < shuffles; i++) {
        basin_exclusion_shuffle(r, n * length, length, work->weights);
        struct basin_exclusion chance =
            basin_exclusion_of(work->weights, n, length, length, work->part, work->count);
        out->keys_by_chance += chance.keys / (double)shuffles;
        out->fewer = out->fewer && out->seen.keys < chance.keys;
        out->avoids = out->avoids && out->seen.avoided > chance.avoided;
    }
    return 0;
}

int basin_excluded_judge(const struct basin_lesson *lesson, size_t head, size_t shuffles,
    gsl_rng *r, struct basin_excluded *seen, struct basin_diag *diag)
{
    size_t n = (size_t)lesson->own->looked, length = lesson->content.source.length;
    struct work work = {.head = head,
        .heads = lesson->model.shape.heads,
        .length = length,
        .weights = malloc(n * length * length * sizeof(float)),
        .part = malloc(length * sizeof(double)),
        .count = malloc(length * sizeof(size_t)),
        .start = malloc((n + 1) * sizeof(size_t))};
    int ret = work.weights == NULL || work.part == NULL || work.count == NULL ||
                      work.start == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu maps", n)
                  : 0;
    if (ret == 0) {
        ret = basin_encoder_init(&work.encoder, &lesson->model, n * length, length, diag);
    }
    ret = ret != 0 ? ret : judge(lesson, &work, shuffles, r, seen, diag);
    basin_encoder_free(&work.encoder);
    free(work.weights);
    free(work.part);
    free(work.count);
    free(work.start);
    return ret;
}
