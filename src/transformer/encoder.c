/* The encoder's forward pass (Devlin et al. 2019; Vaswani et al. 2017). */
#include "transformer/encoder.h"

#include "kernels/row.h"
#include "transformer/layers.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Queries of one tile of attention: fixed, for it decides how sums are rounded. */
enum { QUERIES = 192 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t line_of(size_t n)
{
    return basin_whole_lines(n, sizeof(float));
}

/* Of one thread in attention: a tile of weights, and a head's keys and values packed. */
static size_t room_of(const struct basin_encoder *self)
{
    size_t d_k = self->model->shape.hidden / self->model->shape.heads;
    return line_of(QUERIES * self->length_most) +
           line_of(basin_gemm_packed_size(self->length_most, d_k)) +
           line_of(basin_gemm_packed_size(d_k, self->length_most));
}

int basin_encoder_init(struct basin_encoder *self, const struct basin_bert *model,
    size_t tokens_most, size_t length_most, struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &model->shape;
    size_t states = line_of(tokens_most * shape->hidden);
    size_t inner = line_of(tokens_most * shape->intermediate);
    *self = (struct basin_encoder){.model = model,
        .tokens_most = tokens_most,
        .length_most = length_most,
        .sharpness = 1,
        .threads = omp_get_max_threads()};
    size_t rooms = room_of(self) * (size_t)self->threads;
    if (length_most > shape->positions) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sequences of %zu tokens are longer than the model's %zu positions",
            length_most, shape->positions);
    }
    self->block = basin_aligned(5 * states + inner + rooms, sizeof(*self->block));
    self->gemm_of = calloc((size_t)self->threads, sizeof(*self->gemm_of));
    if (self->block == NULL || self->gemm_of == NULL) {
        basin_encoder_free(self);
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for an encoder of %zu tokens", tokens_most);
    }
    self->hidden = self->block;
    self->projected = self->hidden + states;
    self->context = self->projected + 3 * states;
    self->inner = self->context + states;
    self->rooms = self->inner + inner;
    return 0;
}

void basin_encoder_free(struct basin_encoder *self)
{
    free(self->block);
    basin_gemm_work_free(&self->gemm);
    for (int i = 0; self->gemm_of != NULL && i < self->threads; i++) {
        basin_gemm_work_free(&self->gemm_of[i]);
    }
    free(self->gemm_of);
    *self = (struct basin_encoder){0};
}

static int check_batch(const struct basin_encoder *self, const struct basin_batch *batch,
    struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    size_t tokens = batch->start[batch->n];
    if (tokens > self->tokens_most) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "a batch of %zu tokens, where the encoder was made for %zu", tokens,
            self->tokens_most);
    }
    for (size_t s = 0; s < batch->n; s++) {
        size_t length = batch->start[s + 1] - batch->start[s];
        if (length < 1 || length > self->length_most) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "sequence %zu has %zu tokens, not 1 to %zu", s, length,
                self->length_most);
        }
    }
    for (size_t i = 0; i < tokens; i++) {
        if (batch->id[i] < 0 || (size_t)batch->id[i] >= shape->vocab) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "token %zu is word %d, but the model has %zu words", i, batch->id[i],
                shape->vocab);
        }
        if (batch->type != NULL &&
            (batch->type[i] < 0 || (size_t)batch->type[i] >= shape->types)) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "token %zu has type %d, but the model has %zu types", i, batch->type[i],
                shape->types);
        }
    }
    return 0;
}

static void embed(struct basin_encoder *self, const struct basin_batch *batch)
{
    const struct basin_bert *model = self->model;
    size_t h = model->shape.hidden;
    float *x = self->hidden;
    for (size_t s = 0; s < batch->n; s++) {
        for (size_t i = batch->start[s]; i < batch->start[s + 1]; i++, x += h) {
            size_t type = batch->type == NULL ? 0 : (size_t)batch->type[i];
            const float *word = model->embedding[BASIN_WORD] + (size_t)batch->id[i] * h;
            const float *place =
                model->embedding[BASIN_POSITION] + (i - batch->start[s]) * h;
            const float *kind = model->embedding[BASIN_TYPE] + type * h;
            for (size_t j = 0; j < h; j++) {
                x[j] = word[j] + kind[j] + place[j];
            }
        }
    }
    basin_layer_norm(self->hidden, batch->start[batch->n], h,
        model->embedding[BASIN_EMBEDDING_NORM_GAIN],
        model->embedding[BASIN_EMBEDDING_NORM_BIAS], model->shape.norm_epsilon);
}

/* softmax(Q K^T / sqrt(d_k)) V of one head and some queries; tile says which, the
 * products what they share. */
static int attend(struct basin_encoder *self, struct basin_attention *tile,
    const struct basin_gemm *with_keys, const struct basin_gemm *with_values, float *out,
    const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    enum basin_isa isa = basin_isa_best();
    struct basin_gemm_work *work = &self->gemm_of[omp_get_thread_num()];
    float factor = (float)(self->sharpness / sqrt((double)tile->d_k));
    struct basin_gemm scores = *with_keys;
    struct basin_gemm outputs = *with_values;
    scores.m = outputs.m = tile->rows;
    scores.a = tile->query;
    outputs.c = out;
    int ret = basin_gemm_run(isa, &scores, work, diag);
    for (size_t i = 0; ret == 0 && i < tile->rows; i++) {
        basin_row_code(isa)->softmax(tile->weights + i * tile->keys, tile->keys, factor);
    }
    if (ret == 0 && hook->run != NULL) {
        ret = hook->run(hook->context, tile, diag);
    }
    return ret != 0 ? ret : basin_gemm_run(isa, &outputs, work, diag);
}

/* One head and sequence, with a thread's room. */
static int attend_head(struct basin_encoder *self, const struct basin_batch *batch,
    struct basin_attention tile, float *room, const struct basin_attention_hook *hook,
    struct basin_diag *diag)
{
    size_t h = self->model->shape.hidden;
    size_t start = batch->start[tile.sequence];
    const float *projected = self->projected + start * 3 * h + tile.head * tile.d_k;
    int ret = 0;
    tile.keys = batch->start[tile.sequence + 1] - start;
    tile.key = projected + h;
    tile.weights = room;
    float *keys = room + line_of(QUERIES * self->length_most);
    float *values = keys + line_of(basin_gemm_packed_size(tile.keys, tile.d_k));
    struct basin_gemm with_keys = {.n = tile.keys,
        .k = tile.d_k,
        .a_stride = tile.stride,
        .b = tile.key,
        .b_stride = tile.stride,
        .b_transposed = true,
        .b_packed = keys,
        .c = tile.weights,
        .c_stride = tile.keys};
    struct basin_gemm with_values = {.n = tile.d_k,
        .k = tile.keys,
        .a = tile.weights,
        .a_stride = tile.keys,
        .b = tile.key + h,
        .b_stride = tile.stride,
        .b_packed = values,
        .c_stride = h};
    basin_gemm_pack(basin_isa_best(), &with_keys, keys);
    basin_gemm_pack(basin_isa_best(), &with_values, values);
    for (; ret == 0 && tile.first < tile.keys; tile.first += tile.rows) {
        tile.rows = least(QUERIES, tile.keys - tile.first);
        tile.query = projected + tile.first * 3 * h;
        float *out = self->context + (start + tile.first) * h + tile.head * tile.d_k;
        ret = attend(self, &tile, &with_keys, &with_values, out, hook, diag);
    }
    return ret;
}

/* All heads of one layer: from self->projected (Q, K, V side by side) to self->context.
 * Hooks see one tile after the other. */
static int attend_all(struct basin_encoder *self, const struct basin_batch *batch,
    size_t layer, const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    size_t h = self->model->shape.hidden;
    size_t heads = self->model->shape.heads;
    size_t room = room_of(self);
    bool alone = hook->run == NULL;
    int ret = 0;
#pragma omp parallel for schedule(dynamic) num_threads(self->threads) if (alone)
    for (size_t i = 0; i < batch->n * heads; i++) {
        struct basin_attention some = {.layer = layer,
            .sequence = i / heads,
            .head = i % heads,
            .d_k = h / heads,
            .stride = 3 * h};
        float *own = self->rooms + (size_t)omp_get_thread_num() * room;
        int before;
#pragma omp atomic read
        before = ret;
        int now = before != 0 ? 0 : attend_head(self, batch, some, own, hook, diag);
        if (now != 0) {
#pragma omp atomic write
            ret = now;
        }
    }
    return ret;
}

/* y = f(x W^T + b), or, with f linear, y += x W^T + b. */
static int linear(struct basin_encoder *self, const float *x, size_t n, size_t inputs,
    const float *w, const float *b, size_t outputs, enum basin_gemm_activation activation,
    bool add, float *y, struct basin_diag *diag)
{
    struct basin_gemm product = {
        .m = n,
        .n = outputs,
        .k = inputs,
        .a = x,
        .a_stride = inputs,
        .b = w,
        .b_stride = inputs,
        .b_transposed = true,
        .bias = b,
        .activation = activation,
        .add = add,
        .c = y,
        .c_stride = outputs,
    };
    return basin_gemm_run(basin_isa_best(), &product, &self->gemm, diag);
}

static enum basin_gemm_activation activation_of(const struct basin_bert_shape *shape)
{
    return shape->activation == BASIN_GELU        ? BASIN_GEMM_GELU
           : shape->activation == BASIN_GELU_TANH ? BASIN_GEMM_GELU_TANH
                                                  : BASIN_GEMM_RELU;
}

static int run_layer(struct basin_encoder *self, const struct basin_batch *batch,
    size_t layer, const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    float *const *w = self->model->layer[layer];
    size_t n = batch->start[batch->n];
    size_t h = shape->hidden;
    float *x = self->hidden;
    int ret = linear(self, x, n, h, w[BASIN_QUERY], w[BASIN_QUERY_BIAS], 3 * h,
        BASIN_GEMM_LINEAR, false, self->projected, diag);
    ret = ret != 0 ? ret : attend_all(self, batch, layer, hook, diag);
    ret = ret != 0 ? ret
                   : linear(self, self->context, n, h, w[BASIN_OUT], w[BASIN_OUT_BIAS], h,
                         BASIN_GEMM_LINEAR, true, x, diag);
    if (ret != 0) {
        return ret;
    }
    basin_layer_norm(x, n, h, w[BASIN_ATTENTION_NORM_GAIN], w[BASIN_ATTENTION_NORM_BIAS],
        shape->norm_epsilon);
    ret = linear(self, x, n, h, w[BASIN_UP], w[BASIN_UP_BIAS], shape->intermediate,
        activation_of(shape), false, self->inner, diag);
    ret = ret != 0 ? ret
                   : linear(self, self->inner, n, shape->intermediate, w[BASIN_DOWN],
                         w[BASIN_DOWN_BIAS], h, BASIN_GEMM_LINEAR, true, x, diag);
    if (ret == 0) {
        basin_layer_norm(
            x, n, h, w[BASIN_NORM_GAIN], w[BASIN_NORM_BIAS], shape->norm_epsilon);
    }
    return ret;
}

int basin_encoder_run(struct basin_encoder *self, const struct basin_batch *batch,
    const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    static const struct basin_attention_hook nothing = {NULL, NULL};
    int ret = check_batch(self, batch, diag);
    if (ret == 0) {
        embed(self, batch);
    }
    for (size_t l = 0; ret == 0 && l < self->model->shape.layers; l++) {
        ret = run_layer(self, batch, l, hook == NULL ? &nothing : hook, diag);
    }
    return ret;
}

int basin_encoder_words(struct basin_encoder *self, const size_t *rows, size_t n,
    float *logits, struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    float *const *w = self->model->head;
    size_t h = shape->hidden;
    if (!shape->masked_head) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the model has no masked-word head (cls.predictions)");
    }
    if (n > self->tokens_most) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "words of %zu tokens, where the encoder was made for %zu", n,
            self->tokens_most);
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(self->context + i * h, self->hidden + rows[i] * h,
            h * sizeof(*self->context));
    }
    int ret = linear(self, self->context, n, h, w[BASIN_TRANSFORM],
        w[BASIN_TRANSFORM_BIAS], h, activation_of(shape), false, self->projected, diag);
    if (ret != 0) {
        return ret;
    }
    basin_layer_norm(self->projected, n, h, w[BASIN_TRANSFORM_NORM_GAIN],
        w[BASIN_TRANSFORM_NORM_BIAS], shape->norm_epsilon);
    return linear(self, self->projected, n, h, w[BASIN_DECODER], w[BASIN_DECODER_BIAS],
        shape->vocab, BASIN_GEMM_LINEAR, false, logits, diag);
}
