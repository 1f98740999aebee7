/* Other separation functions inside trained attention. */
#include "experiments/exchange.h"

#include "measure/spread.h"
#include "transformer/encoder.h"

#include <math.h>
#include <stdlib.h>

#define QUANTILE 0.9
#define LEAST_SCORE (-200.0) /* for weights that are 0 in single precision */

struct work {
    enum basin_separation kind;
    size_t top;
    double *z, *scratch; /* owned; length each */
    size_t *rows;        /* owned: of the words asked for, after the sequences' starts */
    float *logits;       /* owned */
    struct basin_encoder encoder;
    double k; /* sum */
    size_t seen;
};

/* ln p is the scores up to a constant, which no separation function depends on. */
static int separate(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct work *work = context;
    for (size_t i = 0; i < tile->rows; i++) {
        float *p = tile->weights + i * tile->keys;
        for (size_t j = 0; j < tile->keys; j++) {
            work->z[j] = p[j] > 0 ? log((double)p[j]) : LEAST_SCORE;
        }
        basin_separate(work->kind, work->top, work->z, tile->keys, work->scratch);
        for (size_t j = 0; j < tile->keys; j++) {
            p[j] = (float)work->z[j];
        }
        work->k += (double)basin_spread_k(work->z, tile->keys, QUANTILE, work->scratch);
        work->seen++;
    }
    return 0;
}

/* -ln of the probability of one word. */
static double surprise(const float *logits, size_t vocab, size_t word)
{
    double most = -INFINITY, sum = 0;
    for (size_t v = 0; v < vocab; v++) {
        most = fmax(most, (double)logits[v]);
    }
    for (size_t v = 0; v < vocab; v++) {
        sum += exp((double)logits[v] - most);
    }
    return log(sum) + most - (double)logits[word];
}

static int judge(const struct basin_lesson *lesson, struct work *work,
    struct basin_exchange *seen, struct basin_diag *diag)
{
    size_t n = (size_t)lesson->own->looked;
    size_t length = lesson->content.source.length, vocab = lesson->content.source.vocab;
    size_t *start = work->rows, *asked = work->rows + n + 1;
    size_t n_asked = 0;
    for (size_t i = 0; i <= n; i++) {
        start[i] = i * length;
    }
    for (size_t i = 0; i < n * length; i++) {
        if (lesson->target[i] >= 0) {
            asked[n_asked++] = i;
        }
    }
    const struct basin_batch batch = {n, start, lesson->id, NULL};
    const struct basin_attention_hook hook = {separate, work};
    int ret = basin_encoder_run(&work->encoder, &batch, &hook, diag);
    *seen = (struct basin_exchange){.k = work->k / (double)work->seen};
    for (size_t i = 0; ret == 0 && i < n_asked; i++) {
        ret = basin_encoder_words(&work->encoder, asked + i, 1, work->logits, diag);
        seen->loss += surprise(work->logits, vocab, (size_t)lesson->target[asked[i]]);
    }
    seen->loss /= (double)n_asked;
    return ret;
}

int basin_exchange_judge(const struct basin_lesson *lesson, enum basin_separation kind,
    size_t top, struct basin_exchange *seen, struct basin_diag *diag)
{
    size_t n = (size_t)lesson->own->looked, length = lesson->content.source.length;
    struct work work = {.kind = kind,
        .top = top,
        .z = malloc(length * sizeof(double)),
        .scratch = malloc(length * sizeof(double)),
        .rows = malloc((n + 1 + n * length) * sizeof(size_t)),
        .logits = malloc(lesson->content.source.vocab * sizeof(float))};
    int ret =
        work.z == NULL || work.scratch == NULL || work.rows == NULL || work.logits == NULL
            ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu sequences", n)
            : 0;
    if (ret == 0) {
        ret = basin_encoder_init(&work.encoder, &lesson->model, n * length, length, diag);
    }
    ret = ret != 0 ? ret : judge(lesson, &work, seen, diag);
    basin_encoder_free(&work.encoder);
    free(work.z);
    free(work.scratch);
    free(work.rows);
    free(work.logits);
    return ret;
}
