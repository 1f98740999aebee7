/* The streaming loops of softmax.c: compiled once for each precision and instruction set,
 * after vector_source.h, with SOFTMAX_CODE the name of the result. */
#include "kernels/softmax_work.h"

#include <math.h>
#include <string.h>

#define LANES (2 * WITHIN)

/* WITHIN numbers each of n rows of doubles into columns that are `wide` apart. */
TARGET BASIN_INLINE void pack_square(const double *x, size_t stride, size_t n,
    double factor, size_t wide, size_t here, real *panel)
{
    vector square[WITHIN];
#pragma GCC unroll 8
    for (size_t j = 0; j < WITHIN; j++) {
        square[j] = SPLAT((real)0);
        if (j < n) {
            load_doubles(x + j * stride, factor, &square[j]);
        }
    }
    transpose(square);
#pragma GCC unroll 8
    for (size_t i = 0; i < WITHIN; i++) {
        memcpy(panel + i * wide, &square[i], here * sizeof(*panel));
    }
}

/* n rows of d doubles, times a factor, side by side: number k of row j at [k wide + j].
 * Rows from n on are 0. */
TARGET BASIN_INLINE void pack_rows(const double *x, size_t stride, size_t n, size_t d,
    double factor, size_t wide, real *panel)
{
    size_t k = 0;
    for (; k + WITHIN <= d; k += WITHIN) {
        const size_t rest = wide % WITHIN;
        for (size_t j = 0; j + WITHIN <= wide; j += WITHIN) {
            pack_square(x + j * stride + k, stride, n > j ? n - j : 0, factor, wide,
                WITHIN, panel + k * wide + j);
        }
        if (rest > 0) {
            size_t j = wide - rest;
            size_t left = n > j ? n - j : 0;
            pack_square(x + j * stride + k, stride, left < rest ? left : rest, factor,
                wide, rest, panel + k * wide + j);
        }
    }
    for (; k < d; k++) {
        for (size_t j = 0; j < wide; j++) {
            panel[k * wide + j] = j < n ? (real)(factor * x[j * stride + k]) : 0;
        }
    }
}

/* Six dimensions side by side of n values, which have `left` more: value i at [6 i]. */
TARGET static void pack_values(
    const double *values, size_t stride, size_t n, size_t left, real *panel)
{
    for (size_t i = 0; i < n; i++, values += stride, panel += WIDTH) {
        if (left < 8) {
            for (size_t k = 0; k < WIDTH; k++) {
                panel[k] = k < left ? (real)values[k] : 0;
            }
            continue;
        }
#pragma GCC unroll 2
        for (size_t k = 0; k < WIDTH; k += WITHIN) {
            vector v;
            load_doubles(values + k, 1, &v);
            memcpy(panel + k, &v,
                (WIDTH - k < WITHIN ? WIDTH - k : WITHIN) * sizeof(*panel));
        }
    }
}

/* Keys and values into panels of six: key 6 p + i of a tile, dimension k at
 * [(p d + k) 6 + i]; dimension 6 p + i of a tile's values, key k at [(p rows + k) 6 + i],
 * rows being the tile's. */
TARGET static void pack(const struct basin_softmax *self, const double *keys,
    size_t key_stride, const double *values, size_t value_stride)
{
    size_t width = panels_of(self->v) * WIDTH;
    for (size_t first = 0; first < self->n; first += self->tile) {
        size_t rows = self->n - first < self->tile ? self->n - first : self->tile;
        real *to = (real *)self->keys + first * self->d;
        for (size_t i = 0; i < rows; i += WIDTH) {
            pack_rows(keys + (first + i) * key_stride, key_stride, rows - i, self->d, 1,
                WIDTH, to + i * self->d);
        }
        to = (real *)self->values + first * width;
        for (size_t k = 0; k < self->v; k += WIDTH) {
            pack_values(values + first * value_stride + k, value_stride, rows,
                self->v - k, to + k * self->tile);
        }
    }
}

/* Up to a panel of queries, times beta, lane by lane. */
TARGET static void take_queries(const struct basin_softmax *self, double beta,
    const double *queries, size_t stride, size_t m, real *panel)
{
    pack_rows(queries, stride, m, self->d, beta, LANES, panel);
}

/* Scores of the `rows` keys from `first` on, a tile's, for `count` panels of queries,
 * each panel's a tile further. A block of keys stays near while all panels use it. */
TARGET static void score(const struct basin_softmax *self, const real *queries,
    size_t count, size_t first, size_t rows, vector *scores)
{
    const real *keys = (const real *)self->keys + first * self->d;
    for (size_t k = 0; k < self->d; k += DEPTH) {
        size_t depth = self->d - k < DEPTH ? self->d - k : DEPTH;
        for (size_t g = 0; g < count; g++) {
            const real *panel = queries + (g * self->d + k) * LANES;
            const vector *q = (const vector *)(const void *)panel;
            vector *to = scores + g * 2 * self->tile;
            for (size_t p = 0; p < panels_of(rows); p++) {
                multiply(keys + (p * self->d + k) * WIDTH, 1, WIDTH, q, depth, k > 0,
                    to + 2 * p * WIDTH);
            }
        }
    }
}

/* Scores of a tile into exponentials relative to the greatest score so far; brings the
 * sums up to date, and the factor by which what was summed before shrinks. Returns
 * whether any does. */
TARGET static bool exponentiate(
    vector *scores, size_t rows, vector *largest, vector *sum, vector factor[2])
{
    vector high[2] = {largest[0], largest[1]};
    for (size_t i = 0; i < rows; i++) {
        high[0] = MAX(scores[2 * i], high[0]);
        high[1] = MAX(scores[2 * i + 1], high[1]);
    }
    vector total[2] = {{0}, {0}};
    for (size_t i = 0; i < rows; i++) {
        scores[2 * i] -= high[0];
        scores[2 * i + 1] -= high[1];
        exponential(&scores[2 * i]);
        exponential(&scores[2 * i + 1]);
        total[0] += scores[2 * i];
        total[1] += scores[2 * i + 1];
    }
    bool grown = false;
    for (size_t k = 0; k < 2; k++) {
        factor[k] = largest[k] - high[k];
        for (size_t j = 0; j < WITHIN; j++) {
            grown = grown || factor[k][j] != 0;
        }
        exponential(&factor[k]);
        sum[k] = sum[k] * factor[k] + total[k];
        largest[k] = high[k];
    }
    return grown;
}

/* The scores of the targets that are in this tile. */
TARGET static void note_targets(struct basin_softmax_work *work, size_t panel,
    size_t first, size_t rows, const real *scores)
{
    const size_t *target = work->target + panel * LANES;
    real *score = (real *)work->target_score + panel * LANES;
    for (size_t j = 0; j < LANES; j++) {
        if (target[j] >= first && target[j] < first + rows) {
            score[j] = scores[(target[j] - first) * LANES + j];
        }
    }
}

/* A panel's scores of a tile into exponentials; what was summed before shrinks. */
TARGET static void weigh_tile(struct basin_softmax_work *work, size_t panel, size_t first,
    size_t rows, size_t width, vector *scores)
{
    vector *largest = (vector *)work->largest + 2 * panel;
    vector *sum = (vector *)work->sum + 2 * panel;
    vector *out = (vector *)work->out + 2 * panel * width;
    vector factor[2];
    if (work->targets) {
        note_targets(work, panel, first, rows, (const real *)scores);
    }
    if (exponentiate(scores, rows, largest, sum, factor) && first > 0) {
        for (size_t k = 0; k < width; k++) {
            out[2 * k] *= factor[0];
            out[2 * k + 1] *= factor[1];
        }
    }
}

/* One tile for all panels of a block. */
TARGET static void visit(const struct basin_softmax *self,
    struct basin_softmax_work *work, size_t panels, size_t first, size_t rows)
{
    vector *scores = work->scores;
    size_t width = panels_of(self->v) * WIDTH;
    const real *values = (const real *)self->values + first * width;
    score(self, work->queries, panels, first, rows, scores);
    for (size_t g = 0; g < panels; g++) {
        weigh_tile(work, g, first, rows, width, scores + g * 2 * self->tile);
    }
    for (size_t k = 0; k < width; k += NEAR) {
        size_t end = width - k < NEAR ? width : k + NEAR;
        for (size_t g = 0; g < panels; g++) {
            vector *out = (vector *)work->out + 2 * g * width;
            for (size_t p = k; p < end; p += WIDTH) {
                multiply(values + p * self->tile, 1, WIDTH, scores + g * 2 * self->tile,
                    rows, first > 0, out + 2 * p);
            }
        }
    }
}

/* Outputs of up to a panel of queries, divided by their sums. */
TARGET static void put(
    const vector *from, size_t v, const real *sum, size_t m, double *out, size_t stride)
{
    size_t k = 0;
    for (; k + WITHIN <= v; k += WITHIN) {
        for (size_t first = 0; first < m; first += WITHIN) {
            vector square[WITHIN];
            for (size_t i = 0; i < WITHIN; i++) {
                square[i] = from[2 * (k + i) + first / WITHIN];
            }
            transpose(square);
            for (size_t j = 0; j < WITHIN && first + j < m; j++) {
                store_doubles(out + (first + j) * stride + k, 1 / (double)sum[first + j],
                    &square[j]);
            }
        }
    }
    for (; k < v; k++) {
        for (size_t j = 0; j < m; j++) {
            out[j * stride + k] =
                (double)((const real *)(from + 2 * k))[j] * (1 / (double)sum[j]);
        }
    }
}

/* Outputs of a panel and what else is wanted of its queries. */
TARGET static void finish(const struct basin_softmax *self,
    struct basin_softmax_work *work, size_t panel, size_t j0, size_t m, double *out,
    size_t stride, const struct basin_softmax_extra *extra)
{
    size_t width = panels_of(self->v) * WIDTH;
    const real *sum = (const real *)work->sum + panel * LANES;
    const real *largest = (const real *)work->largest + panel * LANES;
    const real *score = (const real *)work->target_score + panel * LANES;
    put((const vector *)work->out + 2 * panel * width, self->v, sum, m, out + j0 * stride,
        stride);
    for (size_t j = 0; j < m; j++) {
        double weight = 1 / (double)sum[j];
        if (extra != NULL && extra->log_sum != NULL) {
            extra->log_sum[j0 + j] = (double)largest[j] + log((double)sum[j]);
        }
        if (extra != NULL && extra->largest != NULL) {
            extra->largest[j0 + j] = weight;
        }
        if (work->targets) {
            extra->target_weight[j0 + j] =
                exp((double)score[j] - (double)largest[j]) * weight;
        }
    }
}

/* Up to a block of panels, tile by tile. */
TARGET static void apply_block(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m)
{
    size_t panels = (m + LANES - 1) / LANES;
    for (size_t p = 0; p < panels; p++) {
        size_t j = p * LANES;
        take_queries(self, beta, queries + j * stride, stride,
            m - j < LANES ? m - j : LANES, (real *)work->queries + j * self->d);
    }
    real *largest = work->largest;
    for (size_t j = 0; j < panels * LANES; j++) {
        largest[j] = -INFINITY;
    }
    memset(work->sum, 0, panels * PANEL_BYTES);
    for (size_t first = 0; first < self->n; first += self->tile) {
        size_t rows = self->n - first < self->tile ? self->n - first : self->tile;
        visit(self, work, panels, first, rows);
    }
}

TARGET static void apply(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *out, size_t out_stride, const struct basin_softmax_extra *extra)
{
    size_t most = BLOCK * LANES;
    work->targets = extra != NULL && extra->target_weight != NULL;
    for (size_t j = 0; j < m; j += most) {
        size_t here = m - j < most ? m - j : most;
        for (size_t k = 0; k < most && work->targets; k++) {
            work->target[k] = k < here ? extra->target[j + k] : SIZE_MAX;
        }
        apply_block(self, work, beta, queries + j * stride, stride, here);
        for (size_t k = 0; k < here; k += LANES) {
            finish(self, work, k / LANES, j + k, here - k < LANES ? here - k : LANES, out,
                out_stride, extra);
        }
    }
}

/* Weights of up to a panel of queries, whose scores are all held in work->all. */
TARGET static void weigh(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *weights, size_t weight_stride)
{
    vector *all = work->all;
    vector *largest = work->largest;
    vector *sum = work->sum;
    vector factor[2];
    take_queries(self, beta, queries, stride, m, work->queries);
    for (size_t first = 0; first < self->n; first += self->tile) {
        size_t rows = self->n - first < self->tile ? self->n - first : self->tile;
        score(self, work->queries, 1, first, rows, all + 2 * first);
    }
    largest[0] = largest[1] = SPLAT(-(real)INFINITY);
    sum[0] = sum[1] = (vector){0};
    exponentiate(all, self->n, largest, sum, factor);
    for (size_t j = 0; j < m; j++) {
        const real *from = (const real *)all + j;
        double scale = 1 / (double)((const real *)sum)[j];
        for (size_t i = 0; i < self->n; i++) {
            weights[j * weight_stride + i] = (double)from[i * LANES] * scale;
        }
    }
}

#include "kernels/softmax_filter.h"

const struct softmax_code SOFTMAX_CODE = {
    .pack = pack,
    .apply = apply,
    .weigh = weigh,
    .filter = filter,
};
