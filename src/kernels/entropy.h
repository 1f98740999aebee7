/* Sums over weights that say how widely they are spread, in one pass. */
#ifndef BASIN_KERNELS_ENTROPY_H
#define BASIN_KERNELS_ENTROPY_H

#include "kernels/simd.h"

struct basin_entropy {
    double
        entropy; /* -sum p ln p over p > 0, in nats; each ln within 4e-16 of its size */
    double squares; /* sum p^2 */
    size_t above;   /* how many are larger than cut */
};

/* Of n finite numbers; the ln of those below 2^-1022 is wrong, but finite, too. The bits
 * are the same for every set of instructions. */
void basin_entropy_of(
    enum basin_isa isa, const double *p, size_t n, double cut, struct basin_entropy *out);

/* The plain twin, with the C library's logarithm. */
void basin_entropy_plain(
    const double *p, size_t n, double cut, struct basin_entropy *out);

#endif
