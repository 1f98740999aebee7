/* The way forward: from tokens to the loss of the words asked for. */
#include "transformer/pass_work.h"

#include "base/rng.h"
#include "kernels/random.h"
#include "transformer/layers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- Workspace ------------------------------------------------------------------ */

/* Gives `to` the next n floats, on a cache line; only counts without a block. */
static void take(const struct basin_pass *self, size_t *used, size_t n, float **to)
{
    if (self->block != NULL) {
        *to = self->block + *used;
    }
    *used += basin_whole_lines(n, sizeof(**to));
}

static size_t take_layer(
    struct basin_pass *self, size_t used, size_t n, struct basin_pass_layer *layer)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    size_t h = shape->hidden;
    take(self, &used, n * h, &layer->rows);
    take(self, &used, n * h, &layer->query);
    take(self, &used, 2 * n * h, &layer->pair);
    take(self, &used, shape->heads * n * self->length, &layer->weights);
    take(self, &used, n * h, &layer->context);
    take(self, &used, n * h, &layer->normal_1);
    take(self, &used, n, &layer->inverse_1);
    take(self, &used, n * h, &layer->middle);
    take(self, &used, n * shape->intermediate, &layer->before);
    take(self, &used, n * shape->intermediate, &layer->inner);
    take(self, &used, n * h, &layer->normal_2);
    take(self, &used, n, &layer->inverse_2);
    take(self, &used, n * h, &layer->out);
    return used;
}

static size_t take_all(struct basin_pass *self)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    size_t n = self->sequences * self->length;
    size_t h = shape->hidden;
    size_t used = 0;
    take(self, &used, n * h, &self->embedded);
    take(self, &used, n * h, &self->embedded_normal);
    take(self, &used, n, &self->embedded_inverse);
    for (size_t l = 0; l < shape->layers; l++) {
        used = take_layer(self, used, n, &self->layer[l]);
    }
    take(self, &used, n * h, &self->words);
    take(self, &used, n * h, &self->word_before);
    take(self, &used, n * h, &self->word_normal);
    take(self, &used, n, &self->word_inverse);
    take(self, &used, n * h, &self->word_out);
    take(self, &used, n * shape->vocab, &self->logits);
    take(self, &used, n * h, &self->d_out);
    take(self, &used, n * h, &self->d_in);
    take(self, &used, n * h, &self->d_update);
    take(self, &used, n * h, &self->d_query);
    take(self, &used, 2 * n * h, &self->d_pair);
    take(self, &used, n * greater(shape->intermediate, h), &self->d_inner);
    take(self, &used, self->length * self->length, &self->tile);
    take(self, &used, self->length * self->length, &self->d_tile);
    return used;
}

static void take_rows(struct basin_pass *self)
{
    size_t n = self->sequences * self->length;
    self->every.row = self->index;
    self->every.start = self->every.row + n;
    self->asked.row = self->every.start + self->sequences + 1;
    self->asked.start = self->asked.row + n;
    for (size_t i = 0; i < n; i++) {
        self->every.row[i] = i;
    }
    for (size_t s = 0; s <= self->sequences; s++) {
        self->every.start[s] = s * self->length;
    }
}

int basin_pass_new(struct basin_pass **self, const struct basin_bert *model,
    const struct basin_pass_setting *setting, size_t sequences, size_t length,
    struct basin_diag *diag)
{
    struct basin_pass *pass = calloc(1, sizeof(*pass));
    *self = pass;
    if (pass != NULL) {
        enum basin_isa isa = basin_isa_best();
        size_t d_k = model->shape.hidden / model->shape.heads;
        double sharpness = setting->sharpness == 0 ? 1 : setting->sharpness;
        *pass = (struct basin_pass){.model = model,
            .setting = setting,
            .row = basin_row_code(isa),
            .learn = basin_learn_code(isa),
            .isa = isa,
            .factor = (float)(sharpness / sqrt((double)d_k)),
            .sequences = sequences,
            .length = length,
            .layer = calloc(model->shape.layers, sizeof(*pass->layer)),
            .index = malloc(2 * (sequences * (length + 1) + 1) * sizeof(*pass->index))};
        if (pass->layer != NULL && pass->index != NULL) {
            pass->block = basin_aligned(take_all(pass), sizeof(*pass->block));
        }
    }
    if (pass == NULL || pass->block == NULL) {
        basin_pass_free(pass);
        *self = NULL;
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory to train on %zu sequences of %zu tokens at once", sequences,
            length);
    }
    take_all(pass);
    take_rows(pass);
    return 0;
}

void basin_pass_free(struct basin_pass *self)
{
    if (self != NULL) {
        free(self->block);
        free(self->index);
        free(self->layer);
        free(self);
    }
}

/* ---- Dropping ------------------------------------------------------------------- */

void basin_pass_drop(const struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t sequence, size_t layer, enum basin_pass_site site, size_t row, float *x,
    size_t n)
{
    uint32_t below = site == SITE_WEIGHTS ? self->below_weights : self->below;
    if (below > 0) {
        uint64_t stream = basin_rng_sequence(
            (uint32_t)(batch->first + sequence), (uint32_t)(layer * SITES + site));
        uint64_t block = row * ((n + 63) / 64 * 8);
        basin_random_drop(self->isa, batch->key, stream, block, below, x, n);
    }
}

/* ---- Forward -------------------------------------------------------------------- */

static void linear(const float *x, size_t n, size_t inputs, const float *w,
    const float *b, size_t outputs, float *y)
{
    if (n > 0) {
        basin_layer_linear(x, n, inputs, w, b, outputs, y);
    }
}

static void embed(struct basin_pass *self, const struct basin_pass_batch *batch)
{
    const struct basin_bert *model = self->model;
    size_t h = model->shape.hidden;
    for (size_t i = 0; i < self->every.n; i++) {
        const float *word = model->embedding[BASIN_WORD] + (size_t)batch->id[i] * h;
        const float *place = model->embedding[BASIN_POSITION] + (i % self->length) * h;
        const float *type = model->embedding[BASIN_TYPE];
        float *x = self->embedded + i * h;
        for (size_t j = 0; j < h; j++) {
            x[j] = word[j] + type[j] + place[j];
        }
        self->embedded_inverse[i] =
            self->learn->norm(x, h, model->embedding[BASIN_EMBEDDING_NORM_GAIN],
                model->embedding[BASIN_EMBEDDING_NORM_BIAS],
                (float)model->shape.norm_epsilon, self->embedded_normal + i * h, x);
        basin_pass_drop(
            self, batch, i / self->length, 0, SITE_EMBEDDING, i % self->length, x, h);
    }
}

/* Attention of one head in one sequence, from the layer's query and pair to its weights
 * and context. */
static void attend(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, size_t sequence, size_t head)
{
    const struct basin_pass_layer *layer = &self->layer[l];
    const struct basin_pass_rows *queries = layer->queries;
    size_t h = self->model->shape.hidden;
    size_t d_k = h / self->model->shape.heads;
    size_t length = self->length;
    size_t first = queries->start[sequence];
    size_t m = queries->start[sequence + 1] - first;
    const float *key = layer->pair + sequence * length * 2 * h + head * d_k;
    float *weights = layer->weights + (head * queries->n + first) * length;
    const float *fixed = self->setting->fixed == NULL
                             ? NULL
                             : self->setting->fixed[l * self->model->shape.heads + head];
    if (fixed == NULL) {
        basin_product_run(&(struct basin_product){.m = m,
            .n = length,
            .k = d_k,
            .a = layer->query + first * h + head * d_k,
            .a_stride = h,
            .b = key,
            .b_stride = 2 * h,
            .b_transposed = true,
            .c = weights,
            .c_stride = length});
    }
    const float *used = self->below_weights > 0 ? self->tile : weights;
    for (size_t i = 0; i < m; i++) {
        size_t place = queries->row[first + i] % length;
        float *p = weights + i * length;
        if (fixed == NULL) {
            self->row->softmax(p, length, self->factor);
        } else {
            memcpy(p, fixed + place * length, length * sizeof(*p));
        }
        if (used != weights) {
            float *dropped = self->tile + i * length;
            memcpy(dropped, p, length * sizeof(*p));
            basin_pass_drop(self, batch, sequence, l, SITE_WEIGHTS, head * length + place,
                dropped, length);
        }
    }
    basin_product_run(&(struct basin_product){.m = m,
        .n = d_k,
        .k = length,
        .a = used,
        .a_stride = length,
        .b = key + h,
        .b_stride = 2 * h,
        .c = layer->context + first * h + head * d_k,
        .c_stride = h});
}

/* out = norm(residual + dropped update); the update is overwritten. */
struct residual {
    const float *residual;
    float *update, *normal, *inverse, *out;
    const float *gain, *bias;
};

static void add_and_norm(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, enum basin_pass_site site, const struct residual *r)
{
    const struct basin_pass_rows *queries = self->layer[l].queries;
    size_t h = self->model->shape.hidden;
    for (size_t i = 0; i < queries->n; i++) {
        size_t row = queries->row[i];
        float *x = r->update + i * h;
        basin_pass_drop(
            self, batch, row / self->length, l, site, row % self->length, x, h);
        self->learn->add(r->residual + i * h, h, x);
        r->inverse[i] = self->learn->norm(x, h, r->gain, r->bias,
            (float)self->model->shape.norm_epsilon, r->normal + i * h, r->out + i * h);
    }
}

static void run_layer(
    struct basin_pass *self, const struct basin_pass_batch *batch, size_t l)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    struct basin_pass_layer *layer = &self->layer[l];
    float *const *w = self->model->layer[l];
    size_t h = shape->hidden;
    size_t m = layer->queries->n;
    for (size_t i = 0; i < m; i++) {
        memcpy(layer->rows + i * h, layer->in + layer->queries->row[i] * h,
            h * sizeof(*layer->rows));
    }
    linear(layer->rows, m, h, w[BASIN_QUERY], w[BASIN_QUERY_BIAS], h, layer->query);
    linear(
        layer->in, self->every.n, h, w[BASIN_KEY], w[BASIN_KEY_BIAS], 2 * h, layer->pair);
    for (size_t s = 0; s < batch->n; s++) {
        for (size_t head = 0; layer->queries->start[s] < layer->queries->start[s + 1] &&
                              head < shape->heads;
             head++) {
            attend(self, batch, l, s, head);
        }
    }
    linear(layer->context, m, h, w[BASIN_OUT], w[BASIN_OUT_BIAS], h, self->d_update);
    add_and_norm(self, batch, l, SITE_ATTENTION,
        &(struct residual){.residual = layer->rows,
            .update = self->d_update,
            .normal = layer->normal_1,
            .inverse = layer->inverse_1,
            .out = layer->middle,
            .gain = w[BASIN_ATTENTION_NORM_GAIN],
            .bias = w[BASIN_ATTENTION_NORM_BIAS]});
    linear(layer->middle, m, h, w[BASIN_UP], w[BASIN_UP_BIAS], shape->intermediate,
        layer->before);
    memcpy(layer->inner, layer->before, m * shape->intermediate * sizeof(*layer->inner));
    basin_layer_activate(layer->inner, m * shape->intermediate, shape->activation);
    linear(layer->inner, m, shape->intermediate, w[BASIN_DOWN], w[BASIN_DOWN_BIAS], h,
        self->d_update);
    add_and_norm(self, batch, l, SITE_INNER,
        &(struct residual){.residual = layer->middle,
            .update = self->d_update,
            .normal = layer->normal_2,
            .inverse = layer->inverse_2,
            .out = layer->out,
            .gain = w[BASIN_NORM_GAIN],
            .bias = w[BASIN_NORM_BIAS]});
}

/* Row i of those asked for is row at[i] of the last layer. */
static size_t last_row(const struct basin_pass *self, size_t i)
{
    return self->setting->every_row ? self->asked.row[i] : i;
}

static void run_head(struct basin_pass *self)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    float *const *w = self->model->head;
    size_t h = shape->hidden;
    size_t n = self->asked.n;
    const float *last = self->layer[shape->layers - 1].out;
    for (size_t i = 0; i < n; i++) {
        memcpy(
            self->words + i * h, last + last_row(self, i) * h, h * sizeof(*self->words));
    }
    linear(self->words, n, h, w[BASIN_TRANSFORM], w[BASIN_TRANSFORM_BIAS], h,
        self->word_before);
    memcpy(self->word_out, self->word_before, n * h * sizeof(*self->word_out));
    basin_layer_activate(self->word_out, n * h, shape->activation);
    for (size_t i = 0; i < n; i++) {
        float *x = self->word_out + i * h;
        self->word_inverse[i] = self->learn->norm(x, h, w[BASIN_TRANSFORM_NORM_GAIN],
            w[BASIN_TRANSFORM_NORM_BIAS], (float)shape->norm_epsilon,
            self->word_normal + i * h, x);
    }
    linear(self->word_out, n, h, w[BASIN_DECODER], w[BASIN_DECODER_BIAS], shape->vocab,
        self->logits);
}

static bool is_found(const float *logits, size_t n, size_t target)
{
    for (size_t i = 0; i < n; i++) {
        if (logits[i] > logits[target]) {
            return false;
        }
    }
    return true;
}

/* Which rows are asked for, and which ones each layer takes as queries. */
static void set_rows(struct basin_pass *self, const struct basin_pass_batch *batch)
{
    size_t layers = self->model->shape.layers;
    self->every.n = batch->n * self->length;
    self->asked.n = 0;
    for (size_t s = 0; s < batch->n; s++) {
        self->asked.start[s] = self->asked.n;
        for (size_t i = s * self->length; i < (s + 1) * self->length; i++) {
            if (batch->target[i] >= 0) {
                self->asked.row[self->asked.n++] = i;
            }
        }
    }
    self->asked.start[batch->n] = self->asked.n;
    for (size_t l = 0; l < layers; l++) {
        bool last = l + 1 == layers && !self->setting->every_row;
        self->layer[l].queries = last ? &self->asked : &self->every;
        self->layer[l].in = l == 0 ? self->embedded : self->layer[l - 1].out;
    }
}

static uint32_t bits_of(double share)
{
    return (uint32_t)lround(share * 65536);
}

void basin_pass_forward(struct basin_pass *self, const struct basin_pass_batch *batch,
    bool drop, struct basin_pass_result *result)
{
    size_t vocab = self->model->shape.vocab;
    self->below = drop ? bits_of(self->setting->dropout) : 0;
    self->below_weights = drop ? bits_of(self->setting->attention_dropout) : 0;
    set_rows(self, batch);
    embed(self, batch);
    for (size_t l = 0; l < self->model->shape.layers; l++) {
        run_layer(self, batch, l);
    }
    run_head(self);
    result->asked += self->asked.n;
    for (size_t i = 0; i < self->asked.n; i++) {
        float *logits = self->logits + i * vocab;
        size_t target = (size_t)batch->target[self->asked.row[i]];
        result->found += is_found(logits, vocab, target);
        result->loss += self->learn->cross_entropy(logits, vocab, target);
    }
}
