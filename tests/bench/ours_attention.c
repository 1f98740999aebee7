/* Attention, exact and by FAVOR+, and the spread of its weights. */
#include "ours.h"

#include "kernels/favor.h"
#include "kernels/softmax.h"
#include "measure/spread.h"

#include <omp.h>
#include <stdlib.h>

enum {
    SHORT = 64, /* queries at least: four panels of the kernel in single precision */
    TILE = 128, /* queries at a time */
};

struct bench_softmax {
    struct basin_softmax packed;
    size_t n;
    struct basin_softmax_work *work[];
};

struct bench_softmax *bench_softmax_new(const double *keys, const double *values,
    size_t n, size_t d, size_t v, size_t threads)
{
    struct bench_softmax *self = calloc(1, sizeof(*self) + threads * sizeof(void *));
    if (self == NULL ||
        basin_softmax_init(&self->packed, keys, d, values, v, n, d, v, true, NULL) != 0) {
        free(self);
        return NULL;
    }
    self->n = threads;
    for (size_t t = 0; t < threads; t++) {
        self->work[t] = basin_softmax_work_new(&self->packed);
        if (self->work[t] == NULL) {
            bench_softmax_free(self);
            return NULL;
        }
    }
    return self;
}

void bench_softmax_free(struct bench_softmax *self)
{
    for (size_t t = 0; self != NULL && t < self->n; t++) {
        basin_softmax_work_free(self->work[t]);
    }
    if (self != NULL) {
        basin_softmax_free(&self->packed);
    }
    free(self);
}

void bench_softmax_run(struct bench_softmax *self, double beta, const double *queries,
    size_t M, double *out, int threads)
{
    size_t d = self->packed.d;
    size_t v = self->packed.v;
    size_t next = 0;
#pragma omp parallel num_threads(threads)
    {
        struct basin_softmax_work *work = self->work[omp_get_thread_num()];
        size_t first;
        for (size_t m; (m = bench_take(&next, M, SHORT, threads, &first)) > 0;) {
            basin_softmax_apply(&self->packed, work, beta, queries + first * d, d, m,
                out + first * v, v, NULL);
        }
    }
}

static void read_favor(const struct basin_favor_memory *memory,
    struct basin_favor_work *work, const double *queries, size_t d, size_t m, double *out)
{
    double D[TILE];
    basin_favor_memory_read(memory, work, queries, d, m, out, d, D);
    for (size_t j = 0; j < m; j++) {
        double factor = 1 / D[j];
        for (size_t k = 0; k < d; k++) {
            out[j * d + k] *= factor;
        }
    }
}

int bench_favor(const double *directions, size_t r, const double *queries,
    const double *keys, const double *values, size_t n, size_t d, double scale,
    double eps, double *out, int threads)
{
    struct basin_favor_memory memory;
    int ret = basin_favor_memory_init(&memory, directions, d, r, keys, d, values, d, n, d,
        d, scale, eps, true, true, NULL);
    if (ret != 0) {
        return ret;
    }
    int failed = 0;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        struct basin_favor_work *work = basin_favor_work_new(&memory);
        failed |= work == NULL;
#pragma omp for schedule(dynamic)
        for (size_t j = 0; j < n; j += TILE) {
            size_t m = n - j < TILE ? n - j : TILE;
            if (work != NULL) {
                read_favor(&memory, work, queries + j * d, d, m, out + j * d);
            }
        }
        basin_favor_work_free(work);
    }
    basin_favor_memory_free(&memory);
    return failed ? BASIN_ERR_NOMEM : 0;
}

int bench_spread(const float *weights, size_t rows, size_t n, int32_t *k, int threads)
{
    int failed = 0;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        double *scratch = malloc(n * sizeof(*scratch));
        failed |= scratch == NULL;
#pragma omp for schedule(dynamic, 256)
        for (size_t j = 0; j < rows; j++) {
            k[j] = scratch == NULL ? 0
                                   : (int32_t)basin_spread_k_single(
                                         weights + j * n, n, 0.90, scratch);
        }
        free(scratch);
    }
    return failed ? BASIN_ERR_NOMEM : 0;
}
