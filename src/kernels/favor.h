/* FAVOR+ attention with positive features (Choromanski et al. 2021), in linear time.
 *
 *   phi(z)_k = (exp(w_k.z - |z|^2/2 - shift) + eps) / sqrt(r),      k = 1..r
 *   AV_j = sum_i phi(q_j).phi(k_i) v_i,   D_j = sum_i phi(q_j).phi(k_i)
 *
 * for queries q, keys k and values v, all z being multiplied by `scale` first. The shift
 * is, of a query, the largest exponent among its features and, of all keys, the largest
 * of them all (both cancel in AV/D), or 0.
 *
 * Both halves are softmax attention in disguise and done by its kernel: a direction w_k
 * asks the keys (z, -|z|^2/2) for their values, and the log-sum-exp of its scores and
 * what it gets make row k of sum_i phi(k_i) v_i; a query then asks the directions for
 * those rows. eps, which has no part in the exponentials, comes in by sums of values and
 * rows. Keys are taken in by blocks and forgotten; nothing grows with N x r. */
#ifndef BASIN_KERNELS_FAVOR_H
#define BASIN_KERNELS_FAVOR_H

#include "kernels/softmax.h"

/* What is kept of keys and values (constant after init, to be shared by threads). */
struct basin_favor_memory {
    size_t r, d, v;
    double scale, eps;
    bool shifted; /* else both shifts are 0 */
    struct basin_softmax directions;
    double *total; /* v + 1: sum of the rows, which have sum_i phi(k_i) as last column */
};

/* A thread's workspace. */
struct basin_favor_work;

/* Shapes: directions r x d, keys n x d, values n x v, rows of doubles strides apart. On
 * failure (memory) nothing is left to free. */
BASIN_CHECKED int basin_favor_memory_init(struct basin_favor_memory *self,
    const double *directions, size_t direction_stride, size_t r, const double *keys,
    size_t key_stride, const double *values, size_t value_stride, size_t n, size_t d,
    size_t v, double scale, double eps, bool shifted, bool single,
    struct basin_diag *diag);
void basin_favor_memory_free(struct basin_favor_memory *self);

/* NULL when memory is out. */
struct basin_favor_work *basin_favor_work_new(const struct basin_favor_memory *self);
void basin_favor_work_free(struct basin_favor_work *work);

/* AV (m rows of v doubles) and D (m) of m queries. */
void basin_favor_memory_read(const struct basin_favor_memory *self,
    struct basin_favor_work *work, const double *queries, size_t stride, size_t m,
    double *av, size_t av_stride, double *D);

/* The plain twin: features and both sums for one query. phi: r doubles. */
void basin_favor_plain(const double *directions, size_t r, const double *keys,
    const double *values, size_t n, size_t d, size_t v, double scale, double eps,
    bool shifted, const double *query, double *phi, double *av, double *D);

#endif
