/* Energy differences of a dense associative memory on packed polar patterns.
 *
 *   h_l = sum_mu x_mul G(o_mu - x_mul s_l),   o_mu = x_mu . s,   G(v) = F(v+1) - F(v-1)
 *
 * (Krotov & Hopfield 2016), whose sign is the next state of unit l. As x_mul s_l is -1 or
 * +1, h = X^T A + s B with A_mu = (G(o_mu - 1) + G(o_mu + 1)) / 2 and
 * B = sum_mu B_mu, B_mu = (G(o_mu - 1) - G(o_mu + 1)) / 2: overlaps are integers, so A
 * and B are tables, and the product with X^T is look-up in sums of six, sixteen states
 * abreast in single precision.
 *
 * Hardly a sign depends on more than that, and where one could, h says so by its error
 * bound. With S = sum_mu (|A_mu| + |B_mu|) and u = 2^-24, the terms of h pass on their
 * way
 *
 *   the rounding to single, 1;      or for B:      the rounding to single, 1;
 *   a sum of six, 3 + 6;                           a sum of 24, 24;
 *   the sum of four of those, 2;
 *   a sum of 32 of those, 32;
 *
 * at the most 44 roundings of numbers below S, after which all is double. To first order
 * h is off by no more than 44 u S (Higham 2002, section 3.1). One more u S is more than
 * the second order (2.6e-6 of it), that S is a sum of that kind itself (1.6e-6), and the
 * roundings to double of up to 2^30 / 24 sums (2^-27.5 S) come to. Numbers below 2^-126
 * are taken for 0, so that
 *
 *   |h - exact| <= 45 u S + 2 N 2^-126,
 *
 * in units of a power of two (1 unless sums could overflow).
 *
 * Where gains are whole numbers and S < 2^23, all sums are multiples of 1/2 below 2^23,
 * and h is exact. */
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
struct basin_dense_work *basin_dense_work_new(
    const struct basin_polar *patterns, const struct basin_dense_gain *gain);
void basin_dense_work_free(struct basin_dense_work *work);

/* h of up to 32 states of -1 and +1 (rows of d doubles), and the error bound of each
 * state's: -1 where h is exact. Rows of states and fields are strides apart. */
void basin_dense_fields(const struct basin_polar *patterns, struct basin_dense_work *work,
    const double *states, size_t stride, size_t m, double *fields, size_t field_stride,
    double *error);

/* The N overlaps of state j of those. */
void basin_dense_overlaps(const struct basin_polar *patterns,
    const struct basin_dense_work *work, size_t j, double *overlaps);

/* The plain twin: the first equation, in double precision, of any number of states; and
 * their overlaps, m rows of N. */
void basin_dense_fields_plain(const struct basin_polar *patterns,
    const struct basin_dense_gain *gain, const double *states, size_t stride, size_t m,
    double *fields, size_t field_stride, int32_t *overlaps);

#endif
