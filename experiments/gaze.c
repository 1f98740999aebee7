/* Attention maps of a model, reduced to a few numbers a head. */
#include "experiments/gaze.h"

#include "measure/uniformity.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>

#define QUANTILE 0.9

static size_t heads_of(const struct basin_gaze *self)
{
    return self->model->shape.layers * self->model->shape.heads;
}

int basin_gaze_init(struct basin_gaze *self, const struct basin_bert *model,
    const int32_t *id, const int32_t *asked, size_t sequences, size_t length,
    struct basin_diag *diag)
{
    *self = (struct basin_gaze){.model = model,
        .sequences = sequences,
        .length = length,
        .id = id,
        .asked = asked};
    size_t tokens = sequences * length;
    for (size_t i = 0; i < tokens; i++) {
        self->rows += asked == NULL || asked[i] >= 0;
    }
    self->start = malloc((sequences + 1) * sizeof(*self->start));
    self->k = malloc(heads_of(self) * (self->rows + 1) * sizeof(*self->k));
    self->filled = malloc(heads_of(self) * sizeof(*self->filled));
    self->weights = malloc(length * sizeof(*self->weights));
    self->scratch = malloc(length * sizeof(*self->scratch));
    if (self->start == NULL || self->k == NULL || self->filled == NULL ||
        self->weights == NULL || self->scratch == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to look at %zu sequences", sequences);
    }
    for (size_t i = 0; i <= sequences; i++) {
        self->start[i] = i * length;
    }
    return basin_encoder_init(&self->encoder, model, tokens, length, diag);
}

void basin_gaze_free(struct basin_gaze *self)
{
    basin_encoder_free(&self->encoder);
    free(self->start);
    free(self->k);
    free(self->filled);
    free(self->weights);
    free(self->scratch);
}

static int see(void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct basin_gaze *self = context;
    size_t head = tile->layer * self->model->shape.heads + tile->head;
    double *k = self->k + head * self->rows;
    const int32_t *asked =
        self->asked == NULL ? NULL
                            : self->asked + tile->sequence * self->length + tile->first;
    for (size_t i = 0; i < tile->rows; i++) {
        if (asked != NULL && asked[i] < 0) {
            continue;
        }
        for (size_t j = 0; j < tile->keys; j++) {
            self->weights[j] = (double)tile->weights[i * tile->keys + j];
        }
        struct basin_spread spread =
            basin_spread_of(self->weights, tile->keys, QUANTILE, 0, self->scratch);
        k[self->filled[head]++] = (double)spread.k;
        self->sum.entropy += spread.entropy;
        self->sum.jacobian += basin_jacobian_norm(self->weights, tile->keys);
        self->sum.distance += basin_uniform_distance(self->weights, tile->keys);
    }
    return 0;
}

static void count_k(const struct basin_gaze *self, double *histogram)
{
    for (size_t b = 0; b < heads_of(self) * BASIN_SPREAD_BINS; b++) {
        histogram[b] = 0;
    }
    for (size_t i = 0; i < heads_of(self) * self->rows; i++) {
        size_t head = i / self->rows;
        size_t bin = basin_spread_bin((size_t)self->k[i], self->length);
        histogram[head * BASIN_SPREAD_BINS + bin]++;
    }
}

int basin_gaze_look(
    struct basin_gaze *self, struct basin_gaze_seen *seen, struct basin_diag *diag)
{
    const struct basin_batch batch = {self->sequences, self->start, self->id, NULL};
    const struct basin_attention_hook hook = {see, self};
    double all = (double)(self->rows * heads_of(self));
    self->sum = (struct basin_gaze_seen){0};
    for (size_t h = 0; h < heads_of(self); h++) {
        self->filled[h] = 0;
    }
    int ret = basin_encoder_run(&self->encoder, &batch, &hook, diag);
    if (ret == 0 && seen->k_histogram != NULL) {
        count_k(self, seen->k_histogram); /* the median puts them into another order */
    }
    for (size_t h = 0; ret == 0 && h < heads_of(self); h++) {
        seen->k_median[h] = gsl_stats_median(self->k + h * self->rows, 1, self->rows);
    }
    seen->entropy = self->sum.entropy / all;
    seen->jacobian = self->sum.jacobian / all;
    seen->distance = self->sum.distance / all;
    return ret;
}
