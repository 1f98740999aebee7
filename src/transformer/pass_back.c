/* The way back: slopes of the loss, layer by layer from the last to the first.
 *
 * For y = x W^T + b: dx = dy W, dW = dy^T x, db = sum of dy's rows. For a residual
 * x + f(x) both ways add. Dropped numbers are drawn again from their streams. */
#include "transformer/pass_work.h"

#include <string.h>

/* Adds the slopes of a linear layer's weights; if dx is not NULL it becomes dy W, or has
 * that added. */
struct linear_back {
    const float *x, *w, *dy;
    size_t n, inputs, outputs;
    float *dw, *db, *dx;
    bool add;
};

static void linear_back(const struct basin_pass *self, const struct linear_back *l)
{
    if (l->n == 0) {
        return;
    }
    basin_product_run(&(struct basin_product){.m = l->outputs,
        .n = l->inputs,
        .k = l->n,
        .a = l->dy,
        .a_stride = l->outputs,
        .a_transposed = true,
        .b = l->x,
        .b_stride = l->inputs,
        .c = l->dw,
        .c_stride = l->inputs,
        .add = true});
    for (size_t i = 0; i < l->n; i++) {
        self->learn->add(l->dy + i * l->outputs, l->outputs, l->db);
    }
    basin_product_run(&(struct basin_product){.m = l->n,
        .n = l->inputs,
        .k = l->outputs,
        .a = l->dy,
        .a_stride = l->outputs,
        .b = l->w,
        .b_stride = l->inputs,
        .c = l->dx,
        .c_stride = l->inputs,
        .add = l->add});
}

static void activate_back(
    const struct basin_pass *self, const float *x, size_t n, float *dy)
{
    switch (self->model->shape.activation) {
    case BASIN_GELU:
        self->learn->gelu_back(x, n, dy);
        break;
    case BASIN_GELU_TANH:
        self->learn->gelu_tanh_back(x, n, dy);
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            dy[i] = x[i] > 0 ? dy[i] : 0;
        }
    }
}

/* From the slopes of the logits to self->d_out, by the last layer's rows. */
static void head_back(struct basin_pass *self, struct basin_bert *slope)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    float *const *w = self->model->head;
    float *const *dw = slope->head;
    size_t h = shape->hidden;
    size_t n = self->asked.n;
    float *d = self->d_inner;
    linear_back(self, &(struct linear_back){.x = self->word_out,
                          .w = w[BASIN_DECODER],
                          .dy = self->logits,
                          .n = n,
                          .inputs = h,
                          .outputs = shape->vocab,
                          .dw = dw[BASIN_DECODER],
                          .db = dw[BASIN_DECODER_BIAS],
                          .dx = d});
    for (size_t i = 0; i < n; i++) {
        self->learn->norm_back(d + i * h, h, w[BASIN_TRANSFORM_NORM_GAIN],
            self->word_normal + i * h, self->word_inverse[i], d + i * h,
            dw[BASIN_TRANSFORM_NORM_GAIN], dw[BASIN_TRANSFORM_NORM_BIAS]);
    }
    activate_back(self, self->word_before, n * h, d);
    linear_back(self, &(struct linear_back){.x = self->words,
                          .w = w[BASIN_TRANSFORM],
                          .dy = d,
                          .n = n,
                          .inputs = h,
                          .outputs = h,
                          .dw = dw[BASIN_TRANSFORM],
                          .db = dw[BASIN_TRANSFORM_BIAS],
                          .dx = self->d_update});
    size_t last = self->layer[shape->layers - 1].queries->n;
    memset(self->d_out, 0, last * h * sizeof(*self->d_out));
    for (size_t i = 0; i < n; i++) {
        size_t row = self->setting->every_row ? self->asked.row[i] : i;
        memcpy(self->d_out + row * h, self->d_update + i * h, h * sizeof(*self->d_out));
    }
}

/* Back through out = norm(residual + dropped update): d is the slope by out and becomes
 * that by the residual; that by the update goes to self->d_update. */
static void add_and_norm_back(struct basin_pass *self,
    const struct basin_pass_batch *batch, size_t l, enum basin_pass_site site,
    const float *normal, const float *inverse, const float *gain, float *gain_slope,
    float *bias_slope, float *d)
{
    const struct basin_pass_rows *queries = self->layer[l].queries;
    size_t h = self->model->shape.hidden;
    for (size_t i = 0; i < queries->n; i++) {
        size_t row = queries->row[i];
        float *update = self->d_update + i * h;
        self->learn->norm_back(d + i * h, h, gain, normal + i * h, inverse[i], d + i * h,
            gain_slope, bias_slope);
        memcpy(update, d + i * h, h * sizeof(*update));
        basin_pass_drop(
            self, batch, row / self->length, l, site, row % self->length, update, h);
    }
}

/* Slopes of one head's scores in one sequence, into self->d_tile, from those of its
 * weights; self->tile becomes the dropped weights. */
static void weights_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, size_t sequence, size_t head, bool fixed)
{
    const struct basin_pass_layer *layer = &self->layer[l];
    const struct basin_pass_rows *queries = layer->queries;
    size_t length = self->length;
    size_t first = queries->start[sequence];
    for (size_t i = 0; i < queries->start[sequence + 1] - first; i++) {
        size_t place = queries->row[first + i] % length;
        const float *p = layer->weights + (head * queries->n + first + i) * length;
        float *dropped = self->tile + i * length;
        float *d = self->d_tile + i * length;
        memcpy(dropped, p, length * sizeof(*p));
        basin_pass_drop(self, batch, sequence, l, SITE_WEIGHTS, head * length + place,
            dropped, length);
        if (!fixed) {
            basin_pass_drop(
                self, batch, sequence, l, SITE_WEIGHTS, head * length + place, d, length);
            self->learn->softmax_back(p, length, self->factor, d);
        }
    }
}

/* One head in one sequence: from d_context to d_query and d_pair. */
static void attend_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, size_t sequence, size_t head, const float *d_context)
{
    const struct basin_pass_layer *layer = &self->layer[l];
    size_t h = self->model->shape.hidden;
    size_t d_k = h / self->model->shape.heads;
    size_t length = self->length;
    size_t first = layer->queries->start[sequence];
    size_t m = layer->queries->start[sequence + 1] - first;
    const float *key = layer->pair + sequence * length * 2 * h + head * d_k;
    const float *query = layer->query + first * h + head * d_k;
    float *d_key = self->d_pair + sequence * length * 2 * h + head * d_k;
    float *d_query = self->d_query + first * h + head * d_k;
    const float *d = d_context + first * h + head * d_k;
    bool fixed = self->setting->fixed != NULL &&
                 self->setting->fixed[l * self->model->shape.heads + head] != NULL;
    if (!fixed) {
        basin_product_run(&(struct basin_product){.m = m,
            .n = length,
            .k = d_k,
            .a = d,
            .a_stride = h,
            .b = key + h,
            .b_stride = 2 * h,
            .b_transposed = true,
            .c = self->d_tile,
            .c_stride = length});
    }
    weights_back(self, batch, l, sequence, head, fixed);
    basin_product_run(&(struct basin_product){.m = length,
        .n = d_k,
        .k = m,
        .a = self->tile,
        .a_stride = length,
        .a_transposed = true,
        .b = d,
        .b_stride = h,
        .c = d_key + h,
        .c_stride = 2 * h});
    if (!fixed) {
        basin_product_run(&(struct basin_product){.m = m,
            .n = d_k,
            .k = length,
            .a = self->d_tile,
            .a_stride = length,
            .b = key,
            .b_stride = 2 * h,
            .c = d_query,
            .c_stride = h});
        basin_product_run(&(struct basin_product){.m = length,
            .n = d_k,
            .k = m,
            .a = self->d_tile,
            .a_stride = length,
            .a_transposed = true,
            .b = query,
            .b_stride = h,
            .c = d_key,
            .c_stride = 2 * h});
    }
}

static void attend_all_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, const float *d_context)
{
    const size_t *start = self->layer[l].queries->start;
    size_t h = self->model->shape.hidden;
    /* Sequences without queries and heads with fixed weights have slopes 0. */
    memset(self->d_query, 0, start[batch->n] * h * sizeof(*self->d_query));
    memset(self->d_pair, 0, self->every.n * 2 * h * sizeof(*self->d_pair));
    for (size_t s = 0; s < batch->n; s++) {
        for (size_t head = 0; start[s] < start[s + 1] && head < self->model->shape.heads;
             head++) {
            attend_back(self, batch, l, s, head, d_context);
        }
    }
}

/* From self->d_out, by the layer's output, to the same by its input. */
static void layer_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t l, struct basin_bert *slope)
{
    const struct basin_bert_shape *shape = &self->model->shape;
    const struct basin_pass_layer *layer = &self->layer[l];
    float *const *w = self->model->layer[l];
    float *const *dw = slope->layer[l];
    size_t h = shape->hidden;
    size_t inner = shape->intermediate;
    size_t m = layer->queries->n;
    size_t n = self->every.n;
    float *d = self->d_out;
    float *swap = self->d_in;
    add_and_norm_back(self, batch, l, SITE_INNER, layer->normal_2, layer->inverse_2,
        w[BASIN_NORM_GAIN], dw[BASIN_NORM_GAIN], dw[BASIN_NORM_BIAS], d);
    linear_back(self, &(struct linear_back){.x = layer->inner,
                          .w = w[BASIN_DOWN],
                          .dy = self->d_update,
                          .n = m,
                          .inputs = inner,
                          .outputs = h,
                          .dw = dw[BASIN_DOWN],
                          .db = dw[BASIN_DOWN_BIAS],
                          .dx = self->d_inner});
    activate_back(self, layer->before, m * inner, self->d_inner);
    linear_back(self, &(struct linear_back){.x = layer->middle,
                          .w = w[BASIN_UP],
                          .dy = self->d_inner,
                          .n = m,
                          .inputs = h,
                          .outputs = inner,
                          .dw = dw[BASIN_UP],
                          .db = dw[BASIN_UP_BIAS],
                          .dx = d,
                          .add = true});
    add_and_norm_back(self, batch, l, SITE_ATTENTION, layer->normal_1, layer->inverse_1,
        w[BASIN_ATTENTION_NORM_GAIN], dw[BASIN_ATTENTION_NORM_GAIN],
        dw[BASIN_ATTENTION_NORM_BIAS], d);
    linear_back(self, &(struct linear_back){.x = layer->context,
                          .w = w[BASIN_OUT],
                          .dy = self->d_update,
                          .n = m,
                          .inputs = h,
                          .outputs = h,
                          .dw = dw[BASIN_OUT],
                          .db = dw[BASIN_OUT_BIAS],
                          .dx = self->d_inner});
    attend_all_back(self, batch, l, self->d_inner);
    linear_back(self, &(struct linear_back){.x = layer->rows,
                          .w = w[BASIN_QUERY],
                          .dy = self->d_query,
                          .n = m,
                          .inputs = h,
                          .outputs = h,
                          .dw = dw[BASIN_QUERY],
                          .db = dw[BASIN_QUERY_BIAS],
                          .dx = d,
                          .add = true});
    memset(swap, 0, n * h * sizeof(*swap));
    for (size_t i = 0; i < m; i++) {
        memcpy(swap + layer->queries->row[i] * h, d + i * h, h * sizeof(*swap));
    }
    linear_back(self, &(struct linear_back){.x = layer->in,
                          .w = w[BASIN_KEY],
                          .dy = self->d_pair,
                          .n = n,
                          .inputs = h,
                          .outputs = 2 * h,
                          .dw = dw[BASIN_KEY],
                          .db = dw[BASIN_KEY_BIAS],
                          .dx = swap,
                          .add = true});
    self->d_out = swap;
    self->d_in = d;
}

static void embed_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    struct basin_bert *slope)
{
    size_t h = self->model->shape.hidden;
    for (size_t i = 0; i < self->every.n; i++) {
        float *d = self->d_out + i * h;
        size_t place = i % self->length;
        basin_pass_drop(self, batch, i / self->length, 0, SITE_EMBEDDING, place, d, h);
        self->learn->norm_back(d, h, self->model->embedding[BASIN_EMBEDDING_NORM_GAIN],
            self->embedded_normal + i * h, self->embedded_inverse[i], d,
            slope->embedding[BASIN_EMBEDDING_NORM_GAIN],
            slope->embedding[BASIN_EMBEDDING_NORM_BIAS]);
        self->learn->add(d, h, slope->embedding[BASIN_WORD] + (size_t)batch->id[i] * h);
        self->learn->add(d, h, slope->embedding[BASIN_POSITION] + place * h);
        self->learn->add(d, h, slope->embedding[BASIN_TYPE]);
    }
}

void basin_pass_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    struct basin_bert *slope)
{
    head_back(self, slope);
    for (size_t l = self->model->shape.layers; l-- > 0;) {
        layer_back(self, batch, l, slope);
    }
    embed_back(self, batch, slope);
}
