/* How concentrated a row of weights is, but for k(q), which is select.h's.
 *
 * Sums go in eight lanes, the same on every machine: only operations that IEEE 754 rounds
 * correctly are used, in one order. The logarithm's relative error is 2e-15. */
#ifndef BASIN_KERNELS_CONCENTRATION_H
#define BASIN_KERNELS_CONCENTRATION_H

#include "kernels/simd.h"

struct basin_concentration {
    size_t above;   /* number of weights above the cut */
    double entropy; /* -sum p ln p; weights that are not positive count as 0 */
    double squares; /* sum p^2 */
};

/* Of n weights of at most 1. */
struct basin_concentration basin_concentration_of(
    enum basin_isa isa, const double *weights, size_t n, double cut);

/* The plain twin, with the C library's logarithm. */
struct basin_concentration basin_concentration_plain(
    const double *weights, size_t n, double cut);

#endif
