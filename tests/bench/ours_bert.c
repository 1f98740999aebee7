/* The encoder: a batch at once on all threads, or, where the spread of its attention is
 * measured, a sequence for each thread at a time. */
#include "ours.h"

#include "measure/spread.h"
#include "transformer/encoder.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench_bert {
    struct basin_bert model;
    size_t length, n;
    struct basin_encoder batch;
    struct basin_encoder encoder[];
};

struct bench_bert *bench_bert_new(size_t layers, size_t heads, size_t hidden,
    size_t vocab, size_t length, size_t sequences, size_t threads)
{
    const struct basin_bert_shape shape = {.layers = layers,
        .heads = heads,
        .hidden = hidden,
        .intermediate = 4 * hidden,
        .vocab = vocab,
        .positions = length,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU,
        .masked_head = true,
        .tied = true};
    struct bench_bert *self = calloc(1, sizeof(*self) + threads * sizeof(*self->encoder));
    int ret =
        self == NULL ? BASIN_ERR_NOMEM : basin_bert_init(&self->model, &shape, NULL);
    if (ret != 0) {
        free(self);
        return NULL;
    }
    self->length = length;
    ret = basin_bert_randomize(&self->model, 0.1, 1, 1, NULL);
    ret = ret != 0 ? ret
                   : basin_encoder_init(
                         &self->batch, &self->model, sequences * length, length, NULL);
    for (size_t t = 0; ret == 0 && t < threads; t++) {
        ret = basin_encoder_init(&self->encoder[t], &self->model, length, length, NULL);
        self->n += ret == 0;
    }
    if (ret != 0) {
        bench_bert_free(self);
        return NULL;
    }
    return self;
}

void bench_bert_free(struct bench_bert *self)
{
    for (size_t t = 0; self != NULL && t < self->n; t++) {
        basin_encoder_free(&self->encoder[t]);
    }
    if (self != NULL) {
        basin_encoder_free(&self->batch);
        basin_bert_free(&self->model);
    }
    free(self);
}

struct basin_bert *bench_bert_model(struct bench_bert *self)
{
    return &self->model;
}

const float *bench_bert_tensor(
    struct bench_bert *self, size_t i, char name[128], size_t *rows, size_t *columns)
{
    if (i >= basin_bert_tensors(&self->model)) {
        return NULL;
    }
    struct basin_bert_tensor tensor = basin_bert_tensor_at(&self->model, i);
    if (strcmp(tensor.part, "encoder.layer.") == 0) {
        snprintf(name, 128, "%s%zu.%s", tensor.part, tensor.layer, tensor.name);
    } else {
        snprintf(name, 128, "%s%s", tensor.part, tensor.name);
    }
    *rows = tensor.rows;
    *columns = tensor.columns;
    return tensor.at;
}

struct spread {
    const struct bench_bert *bert;
    int32_t *k;      /* of this sequence */
    double *scratch; /* length */
};

static int measure(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct spread *self = context;
    size_t n = tile->keys;
    size_t map = tile->layer * self->bert->model.shape.heads + tile->head;
    int32_t *k = self->k + map * n + tile->first;
    for (size_t j = 0; j < tile->rows; j++) {
        k[j] =
            (int32_t)basin_spread_k_single(tile->weights + j * n, n, 0.90, self->scratch);
    }
    return 0;
}

static int run_batch(
    struct bench_bert *self, const int32_t *id, size_t sequences, float *hidden)
{
    size_t tokens = sequences * self->length;
    size_t *start = malloc((sequences + 1) * sizeof(*start));
    if (start == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i <= sequences; i++) {
        start[i] = i * self->length;
    }
    struct basin_batch batch = {sequences, start, id, NULL};
    int ret = basin_encoder_run(&self->batch, &batch, NULL, NULL);
    if (ret == 0) {
        memcpy(hidden, self->batch.hidden,
            tokens * self->model.shape.hidden * sizeof(*hidden));
    }
    free(start);
    return ret;
}

static int run_one(struct bench_bert *self, size_t sequence, const int32_t *id,
    float *hidden, int32_t *k)
{
    const struct basin_bert_shape *shape = &self->model.shape;
    struct basin_encoder *encoder = &self->encoder[omp_get_thread_num()];
    size_t n = self->length;
    size_t start[2] = {0, n};
    struct basin_batch batch = {1, start, id + sequence * n, NULL};
    struct spread spread = {self, k + sequence * shape->layers * shape->heads * n,
        malloc(n * sizeof(double))};
    struct basin_attention_hook hook = {measure, &spread};
    if (spread.scratch == NULL) {
        return BASIN_ERR_NOMEM;
    }
    int ret = basin_encoder_run(encoder, &batch, &hook, NULL);
    if (ret == 0) {
        memcpy(hidden + sequence * n * shape->hidden, encoder->hidden,
            n * shape->hidden * sizeof(*hidden));
    }
    free(spread.scratch);
    return ret;
}

int bench_bert_run(struct bench_bert *self, const int32_t *id, size_t sequences,
    float *hidden, int32_t *k, int threads)
{
    if (k == NULL) {
        return run_batch(self, id, sequences, hidden);
    }
    int failed = 0;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(| : failed)
    for (size_t i = 0; i < sequences; i++) {
        failed |= run_one(self, i, id, hidden, k) != 0;
    }
    return failed ? BASIN_ERR_FAILED : 0;
}
