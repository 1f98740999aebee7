/* Energy differences of a dense associative memory on packed polar patterns.
 *
 *   h_l = sum_mu x_mul G(o_mu - x_mul s_l),   o_mu = x_mu . s,   G(v) = F(v+1) - F(v-1)
 *
 * (Krotov & Hopfield 2016), whose sign is the next state of unit l. As x_mul s_l is -1 or
 * +1, h = X^T A + s B with A_mu = (G(o_mu - 1) + G(o_mu + 1)) / 2 and
 * B = sum_mu (G(o_mu - 1) - G(o_mu + 1)) / 2: overlaps are integers, so the caller's
 * table has every G, and the product with X^T is look-up in sums of six, eight states
 * abreast.
 *
 * Where gains and all sums of them are whole numbers below 2^53, h is exact; else its
 * error is that of N additions. States of -1 and +1 only. */
#ifndef BASIN_KERNELS_DENSE_H
#define BASIN_KERNELS_DENSE_H

#include "kernels/polar.h"

#include <stdbool.h>

/* gain[v - shift] = G(v) up to a factor; shift is 0, or the largest overlap of a state.
 */
struct basin_dense_gain {
    const double *gain;
    bool shifted;
};

/* A thread's workspace; NULL when memory is out. */
struct basin_dense_work;
struct basin_dense_work *basin_dense_work_new(const struct basin_polar *patterns);
void basin_dense_work_free(struct basin_dense_work *work);

/* h of m states (rows of d doubles), and their overlaps (m rows of N integers). Rows of
 * states and fields are strides apart. */
void basin_dense_fields(const struct basin_polar *patterns,
    const struct basin_dense_gain *gain, struct basin_dense_work *work,
    const double *states, size_t stride, size_t m, double *fields, size_t field_stride,
    int32_t *overlaps);

/* The plain twin: the first equation. */
void basin_dense_fields_plain(const struct basin_polar *patterns,
    const struct basin_dense_gain *gain, const double *states, size_t stride, size_t m,
    double *fields, size_t field_stride, int32_t *overlaps);

#endif
