/* The encoder's forward pass (Devlin et al. 2019; Vaswani et al. 2017). */
#include "transformer/encoder.h"

#include "kernels/row.h"
#include "transformer/layers.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows of one matrix product, and queries of one tile of attention: fixed, for they
 * decide how sums are rounded. */
enum { ROWS = 256, QUERIES = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

int basin_encoder_init(struct basin_encoder *self, const struct basin_bert *model,
    size_t tokens_most, size_t length_most, struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &model->shape;
    size_t rows = least(tokens_most, ROWS);
    size_t wide =
        shape->intermediate > shape->hidden ? shape->intermediate : shape->hidden;
    size_t states = tokens_most * shape->hidden;
    size_t inner = rows * wide;
    size_t scores = QUERIES * length_most;
    *self = (struct basin_encoder){
        .model = model, .tokens_most = tokens_most, .length_most = length_most};
    if (length_most > shape->positions) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sequences of %zu tokens are longer than the model's %zu positions",
            length_most, shape->positions);
    }
    self->block = malloc((5 * states + inner + scores) * sizeof(*self->block));
    if (self->block == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for an encoder of %zu tokens", tokens_most);
    }
    self->hidden = self->block;
    self->projected = self->hidden + states;
    self->context = self->projected + 3 * states;
    self->inner = self->context + states;
    self->scores = self->inner + inner;
    return 0;
}

void basin_encoder_free(struct basin_encoder *self)
{
    free(self->block);
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

/* softmax(Q K^T / sqrt(d_k)) V of one head and some queries; tile says which. */
static int attend(struct basin_encoder *self, struct basin_attention *tile,
    const float *value, float *out, const struct basin_attention_hook *hook,
    struct basin_diag *diag)
{
    const struct basin_row_code *row = basin_row_code(basin_isa_best());
    int stride = (int)tile->stride;
    int rows = (int)tile->rows;
    int keys = (int)tile->keys;
    int d_k = (int)tile->d_k;
    float factor = (float)(1 / sqrt((double)tile->d_k));
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, keys, d_k, 1, tile->query,
        stride, tile->key, stride, 0, tile->weights, keys);
    for (size_t i = 0; i < tile->rows; i++) {
        row->softmax(tile->weights + i * tile->keys, tile->keys, factor);
    }
    int ret = hook->run == NULL ? 0 : hook->run(hook->context, tile, diag);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, d_k, keys, 1,
        tile->weights, keys, value, stride, 0, out, (int)self->model->shape.hidden);
    return ret;
}

/* All heads of one layer: from self->projected (Q, K, V side by side) to self->context.
 */
static int attend_all(struct basin_encoder *self, const struct basin_batch *batch,
    size_t layer, const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    size_t h = self->model->shape.hidden;
    size_t heads = self->model->shape.heads;
    size_t d_k = h / heads;
    struct basin_attention tile = {
        .layer = layer, .d_k = d_k, .stride = 3 * h, .weights = self->scores};
    int ret = 0;
    for (size_t s = 0; ret == 0 && s < batch->n; s++) {
        const float *projected = self->projected + batch->start[s] * 3 * h;
        tile.sequence = s;
        tile.keys = batch->start[s + 1] - batch->start[s];
        for (size_t i = 0; ret == 0 && i < heads * tile.keys; i += tile.rows) {
            tile.head = i / tile.keys;
            tile.first = i % tile.keys;
            tile.rows = least(QUERIES, tile.keys - tile.first);
            tile.query = projected + tile.first * 3 * h + tile.head * d_k;
            tile.key = projected + h + tile.head * d_k;
            float *out =
                self->context + (batch->start[s] + tile.first) * h + tile.head * d_k;
            ret = attend(self, &tile, tile.key + h, out, hook, diag);
        }
    }
    return ret;
}

/* x = norm(x + update), where update is overwritten. */
static void add_and_norm(const struct basin_encoder *self, float *x, float *update,
    size_t n, const float *gain, const float *bias)
{
    size_t h = self->model->shape.hidden;
    for (size_t i = 0; i < n * h; i++) {
        x[i] += update[i];
    }
    basin_layer_norm(x, n, h, gain, bias, self->model->shape.norm_epsilon);
}

static int run_layer(struct basin_encoder *self, const struct basin_batch *batch,
    size_t layer, const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    float *const *w = self->model->layer[layer];
    size_t n = batch->start[batch->n];
    size_t h = shape->hidden;
    for (size_t i = 0; i < n; i += ROWS) {
        basin_layer_linear(self->hidden + i * h, least(ROWS, n - i), h, w[BASIN_QUERY],
            w[BASIN_QUERY_BIAS], 3 * h, self->projected + i * 3 * h);
    }
    int ret = attend_all(self, batch, layer, hook, diag);
    for (size_t i = 0; ret == 0 && i < n; i += ROWS) {
        size_t rows = least(ROWS, n - i);
        float *x = self->hidden + i * h;
        float *update = self->projected + i * h;
        basin_layer_linear(
            self->context + i * h, rows, h, w[BASIN_OUT], w[BASIN_OUT_BIAS], h, update);
        add_and_norm(self, x, update, rows, w[BASIN_ATTENTION_NORM_GAIN],
            w[BASIN_ATTENTION_NORM_BIAS]);
        basin_layer_linear(
            x, rows, h, w[BASIN_UP], w[BASIN_UP_BIAS], shape->intermediate, self->inner);
        basin_layer_activate(self->inner, rows * shape->intermediate, shape->activation);
        basin_layer_linear(self->inner, rows, shape->intermediate, w[BASIN_DOWN],
            w[BASIN_DOWN_BIAS], h, update);
        add_and_norm(self, x, update, rows, w[BASIN_NORM_GAIN], w[BASIN_NORM_BIAS]);
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
    for (size_t i = 0; i < n; i += ROWS) {
        size_t now = least(ROWS, n - i);
        for (size_t j = 0; j < now; j++) {
            memcpy(self->context + j * h, self->hidden + rows[i + j] * h,
                h * sizeof(*self->context));
        }
        basin_layer_linear(self->context, now, h, w[BASIN_TRANSFORM],
            w[BASIN_TRANSFORM_BIAS], h, self->projected);
        basin_layer_activate(self->projected, now * h, shape->activation);
        basin_layer_norm(self->projected, now, h, w[BASIN_TRANSFORM_NORM_GAIN],
            w[BASIN_TRANSFORM_NORM_BIAS], shape->norm_epsilon);
        basin_layer_linear(self->projected, now, h, w[BASIN_DECODER],
            w[BASIN_DECODER_BIAS], shape->vocab, logits + i * shape->vocab);
    }
    return 0;
}
