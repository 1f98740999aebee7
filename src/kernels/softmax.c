/* Softmax retrieval and attention, streaming. */
#include "kernels/softmax.h"

#include "kernels/softmax_work.h"

#include <math.h>
#include <string.h>

static const struct softmax_code *code_of(const struct basin_softmax *self)
{
    return self->single ? BASIN_CODE(self->isa, basin_softmax_single)
                        : BASIN_CODE(self->isa, basin_softmax_double);
}

static size_t real_size(const struct basin_softmax *self)
{
    return self->single ? sizeof(float) : sizeof(double);
}

/* Keys and values of a tile are to stay in the second-level cache while a block of panels
 * uses them, or, of long ones, a part of their dimensions. Depends on the shape alone. */
static void choose_tile(struct basin_softmax *self)
{
    size_t rows = CACHE / ((self->d + self->v) * real_size(self)) / WIDTH * WIDTH;
    size_t all = panels_of(self->n) * WIDTH;
    rows = rows < TILE_LEAST ? TILE_LEAST : rows > TILE_MOST ? TILE_MOST : rows;
    self->tile = rows < all ? rows : all;
}

void basin_softmax_free(struct basin_softmax *self)
{
    free(self->keys);
    free(self->values);
    *self = (struct basin_softmax){0};
}

int basin_softmax_reserve(struct basin_softmax *self, size_t n, size_t d, size_t v,
    bool single, struct basin_diag *diag)
{
    *self = (struct basin_softmax){
        .n = n, .d = d, .v = v, .single = single, .isa = basin_isa_best()};
    choose_tile(self);
    size_t rows = (n + self->tile - 1) / self->tile * self->tile;
    self->keys = basin_aligned(rows * d, real_size(self));
    self->values = basin_aligned(rows * panels_of(v) * WIDTH, real_size(self));
    if (self->keys == NULL || self->values == NULL) {
        basin_softmax_free(self);
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory to pack %zu keys of %zu numbers and values of %zu", n, d, v);
    }
    return 0;
}

void basin_softmax_pack(struct basin_softmax *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n)
{
    self->n = n;
    code_of(self)->pack(self, keys, key_stride, values, value_stride);
}

int basin_softmax_init(struct basin_softmax *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n, size_t d, size_t v, bool single,
    struct basin_diag *diag)
{
    int ret = basin_softmax_reserve(self, n, d, v, single, diag);
    if (ret == 0) {
        basin_softmax_pack(self, keys, key_stride, values, value_stride, n);
    }
    return ret;
}

void basin_softmax_work_free(struct basin_softmax_work *work)
{
    if (work == NULL) {
        return;
    }
    free(work->queries);
    free(work->out);
    free(work->scores);
    free(work->largest);
    free(work->sum);
    free(work->target_score);
    free(work->target);
    free(work->all);
    for (size_t j = 0; j < work->list_count; j++) {
        basin_candidates_free(&work->lists[j]);
    }
    free(work->lists);
    free(work);
}

struct basin_softmax_work *basin_softmax_work_new(const struct basin_softmax *self)
{
    struct basin_softmax_work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    const size_t block = BLOCK;
    work->queries = basin_aligned(block * self->d, PANEL_BYTES);
    work->out = basin_aligned(block * panels_of(self->v) * WIDTH, PANEL_BYTES);
    work->scores = basin_aligned(block * self->tile, PANEL_BYTES);
    work->largest = basin_aligned(block, PANEL_BYTES);
    work->sum = basin_aligned(block, PANEL_BYTES);
    work->target_score = basin_aligned(block, PANEL_BYTES);
    size_t lanes = BLOCK * PANEL_BYTES / real_size(self);
    work->lists = calloc(lanes, sizeof(*work->lists));
    work->list_count = work->lists == NULL ? 0 : lanes;
    work->target = basin_aligned(block * PANEL_BYTES, sizeof(*work->target));
    if (work->queries == NULL || work->out == NULL || work->scores == NULL ||
        work->largest == NULL || work->sum == NULL || work->target_score == NULL ||
        work->target == NULL || work->lists == NULL) {
        basin_softmax_work_free(work);
        return NULL;
    }
    return work;
}

void basin_softmax_apply(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *out, size_t out_stride, const struct basin_softmax_extra *extra)
{
    code_of(self)->apply(self, work, beta, queries, stride, m, out, out_stride, extra);
}

int basin_softmax_weights(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *weights, size_t weight_stride)
{
    size_t rows = (self->n + self->tile - 1) / self->tile * self->tile;
    if (work->all == NULL) {
        work->all = basin_aligned(rows, PANEL_BYTES);
    }
    if (work->all == NULL) {
        return BASIN_ERR_NOMEM;
    }
    size_t lanes = PANEL_BYTES / real_size(self);
    for (size_t j = 0; j < m; j += lanes) {
        code_of(self)->weigh(self, work, beta, queries + j * stride, stride,
            m - j < lanes ? m - j : lanes, weights + j * weight_stride, weight_stride);
    }
    return 0;
}

int basin_softmax_filter(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double width, size_t most, basin_softmax_found *found, void *context)
{
    for (size_t j = 0; j < m; j += work->list_count) {
        size_t here = m - j < work->list_count ? m - j : work->list_count;
        for (size_t k = 0; k < here; k++) {
            basin_candidates_start(&work->lists[k], width, most);
        }
        if (!code_of(self)->filter(
                self, work, beta, queries + j * stride, stride, here)) {
            return BASIN_ERR_NOMEM;
        }
        for (size_t k = 0; k < here; k++) {
            struct basin_candidates *list = &work->lists[k];
            basin_candidates_prune(list);
            found(context, j + k, list->count, list->index, list->score);
        }
    }
    return 0;
}

double basin_softmax_plain(const double *keys, size_t key_stride, const double *values,
    size_t value_stride, size_t n, size_t d, size_t v, double beta, const double *query,
    double *weights, double *out)
{
    double largest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        weights[i] = 0;
        for (size_t k = 0; k < d; k++) {
            weights[i] += beta * query[k] * keys[i * key_stride + k];
        }
        largest = fmax(largest, weights[i]);
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        weights[i] = exp(weights[i] - largest);
        sum += weights[i];
    }
    memset(out, 0, v * sizeof(*out));
    for (size_t i = 0; i < n; i++) {
        weights[i] /= sum;
        for (size_t k = 0; k < v; k++) {
            out[k] += weights[i] * values[i * value_stride + k];
        }
    }
    return largest + log(sum);
}
