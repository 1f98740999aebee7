/* What gemm.c and its source share. */
#ifndef BASIN_KERNELS_GEMM_WORK_H
#define BASIN_KERNELS_GEMM_WORK_H

#include "kernels/gemm.h"

/* Fixed, for they decide how sums are rounded and shared out. */
enum {
    HIGH = 6,    /* rows of A side by side in a panel */
    WIDE = 16,   /* columns of B: a cache line */
    DEPTH = 256, /* a panel of B that deep, 16 KB, stays in the nearest cache */
    TILE_HIGH = 32 * HIGH,
    TILE_WIDE = 8 * WIDE,
    DIRECT = 4 * TILE_WIDE, /* columns of C up to which A is used too little to pack it */
};

/* B in panels, block of DEPTH by block, and of A what is not read where it lies: all of
 * it, or what is no whole panel. Panels are filled up with zeros. */
struct gemm_packed {
    float *a;      /* of a block from k0 on: [k0 rows + (panel depth + k) 6 + row] */
    float *b;      /* [k0 columns + (panel depth + k) 16 + column] */
    size_t direct; /* rows of A that are not packed */
    size_t rows, columns; /* the other m - direct, and n, rounded up to whole panels */
};

/* What depends on the instruction set. */
struct gemm_code {
    void (*pack_a)(
        const struct basin_gemm *self, const struct gemm_packed *packed, size_t panel);
    void (*pack_b)(
        const struct basin_gemm *self, const struct gemm_packed *packed, size_t panel);
    void (*tile)(const struct basin_gemm *self, const struct gemm_packed *packed,
        size_t row, size_t column);
};

extern const struct gemm_code basin_gemm_avx512, basin_gemm_avx2, basin_gemm_portable;

#endif
