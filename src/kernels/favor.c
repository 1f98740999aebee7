/* FAVOR+ attention with positive features, in linear time. */
#include "kernels/favor.h"

#include "kernels/favor_intake.h"

#include <math.h>
#include <string.h>

enum { QUERIES = 128 }; /* answered together */

struct basin_favor_work {
    struct basin_softmax_work *softmax;
    double *out; /* QUERIES x (v + 1) */
    double largest[QUERIES];
    double log_sum[QUERIES];
};

void basin_favor_memory_free(struct basin_favor_memory *self)
{
    basin_softmax_free(&self->directions);
    free(self->total);
    *self = (struct basin_favor_memory){0};
}

int basin_favor_memory_init(struct basin_favor_memory *self, const double *directions,
    size_t direction_stride, size_t r, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n, size_t d, size_t v, double scale,
    double eps, bool shifted, bool single, struct basin_diag *diag)
{
    *self = (struct basin_favor_memory){
        .r = r, .d = d, .v = v, .scale = scale, .eps = eps, .shifted = shifted};
    self->total = basin_aligned(v + 1, sizeof(*self->total));
    double *rows = basin_aligned(r * (v + 1), sizeof(*rows));
    int ret = self->total == NULL || rows == NULL
                  ? BASIN_ERR_NOMEM
                  : basin_favor_take_in(self, directions, direction_stride, keys,
                        key_stride, values, value_stride, n, single, rows);
    if (ret == 0) {
        for (size_t k = 0; k < r; k++) {
            for (size_t c = 0; c <= v; c++) {
                self->total[c] += rows[k * (v + 1) + c];
            }
        }
        ret = basin_softmax_init(&self->directions, directions, direction_stride, rows,
            v + 1, r, d, v + 1, single, diag);
    }
    free(rows);
    if (ret != 0) {
        basin_favor_memory_free(self);
        basin_fail(diag, ret, "no memory for %zu features of %zu numbers", r, v);
    }
    return ret;
}

void basin_favor_work_free(struct basin_favor_work *work)
{
    if (work == NULL) {
        return;
    }
    basin_softmax_work_free(work->softmax);
    free(work->out);
    free(work);
}

struct basin_favor_work *basin_favor_work_new(const struct basin_favor_memory *self)
{
    struct basin_favor_work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    work->softmax = basin_softmax_work_new(&self->directions);
    work->out = basin_aligned(QUERIES * (self->v + 1), sizeof(*work->out));
    if (work->softmax == NULL || work->out == NULL) {
        basin_favor_work_free(work);
        return NULL;
    }
    return work;
}

/* Up to QUERIES of them. */
static void read_block(const struct basin_favor_memory *self,
    struct basin_favor_work *work, const double *queries, size_t stride, size_t m,
    double *av, size_t av_stride, double *D)
{
    size_t v = self->v;
    struct basin_softmax_extra extra = {
        .log_sum = work->log_sum, .largest = work->largest};
    basin_softmax_apply(&self->directions, work->softmax, self->scale, queries, stride, m,
        work->out, v + 1, &extra);
    for (size_t j = 0; j < m; j++) {
        double factor = 1 / work->largest[j];
        if (!self->shifted) {
            double norm2 = 0;
            for (size_t k = 0; k < self->d; k++) {
                norm2 += queries[j * stride + k] * queries[j * stride + k];
            }
            factor = exp(work->log_sum[j] - self->scale * self->scale * norm2 / 2);
        }
        const double *out = work->out + j * (v + 1);
        double share = factor / (double)self->r;
        double eps = self->eps / (double)self->r;
        for (size_t c = 0; c < v; c++) {
            av[j * av_stride + c] = out[c] * share + self->total[c] * eps;
        }
        D[j] = out[v] * share + self->total[v] * eps;
    }
}

void basin_favor_memory_read(const struct basin_favor_memory *self,
    struct basin_favor_work *work, const double *queries, size_t stride, size_t m,
    double *av, size_t av_stride, double *D)
{
    for (size_t j = 0; j < m; j += QUERIES) {
        read_block(self, work, queries + j * stride, stride,
            m - j < QUERIES ? m - j : QUERIES, av + j * av_stride, av_stride, D + j);
    }
}

/* Exponents of the features of z into u; returns the largest. */
static double exponents(const double *directions, size_t r, size_t d, double scale,
    const double *z, double *u)
{
    double norm2 = 0;
    double largest = -INFINITY;
    for (size_t c = 0; c < d; c++) {
        norm2 += scale * z[c] * scale * z[c];
    }
    for (size_t k = 0; k < r; k++) {
        u[k] = -norm2 / 2;
        for (size_t c = 0; c < d; c++) {
            u[k] += directions[k * d + c] * scale * z[c];
        }
        largest = fmax(largest, u[k]);
    }
    return largest;
}

void basin_favor_plain(const double *directions, size_t r, const double *keys,
    const double *values, size_t n, size_t d, size_t v, double scale, double eps,
    bool shifted, const double *query, double *phi, double *av, double *D)
{
    double key_shift = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        key_shift =
            fmax(key_shift, exponents(directions, r, d, scale, keys + i * d, phi));
    }
    memset(av, 0, v * sizeof(*av));
    *D = 0;
    for (size_t i = 0; i < n; i++) {
        double product = 0;
        double query_shift = exponents(directions, r, d, scale, query, phi);
        for (size_t k = 0; k < r; k++) {
            double u;
            (void)exponents(directions + k * d, 1, d, scale, keys + i * d, &u);
            product += (exp(phi[k] - (shifted ? query_shift : 0)) + eps) *
                       (exp(u - (shifted ? key_shift : 0)) + eps) / (double)r;
        }
        for (size_t c = 0; c < v; c++) {
            av[c] += product * values[i * v + c];
        }
        *D += product;
    }
}
