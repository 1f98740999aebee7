/* How many of the largest weights it takes to reach a given mass: k(q) of the spread of
 * association weights (Ramsauer et al. 2020, sec. 4) with mass = q.
 *
 * Weighted quickselect: what is above the mean of the candidates either holds the answer
 * or is taken whole; expected time is proportional to n, without a sort. Sums are in
 * double precision; since their order differs from a sorted sum's, a mass within about
 * n * 1e-16 of a partial sum may be decided either way. */
#ifndef BASIN_KERNELS_SELECT_H
#define BASIN_KERNELS_SELECT_H

#include "kernels/simd.h"

/* The least k such that the k largest of n weights sum to at least mass; n if none do, 0
 * if mass <= 0. Where some weights are negative it sorts, as its twin does. scratch: n
 * doubles. */
size_t basin_select_k(
    enum basin_isa isa, const double *weights, size_t n, double mass, double *scratch);

/* The same of floats, whose sums are in double precision, too. */
size_t basin_select_k_single(
    enum basin_isa isa, const float *weights, size_t n, double mass, double *scratch);

/* The plain twin: sorts. scratch: n doubles. */
size_t basin_select_k_plain(
    const double *weights, size_t n, double mass, double *scratch);

#endif
