/* Products of row-major matrices of floats, for networks and their gradients.
 *
 *   C = f(A B + 1 b^T)   or   C = C + A B,
 *
 * where A (m x k) and B (k x n) may each be given transposed, b is a row of n biases and
 * f an activation. So a layer y = f(x W^T + b) and its two gradients dx = dy W and
 * dW += dy^T x are one call each.
 *
 * Factors are packed into panels, A only where enough columns make it worth it; then
 * tiles of C of a fixed size are shared out among OpenMP's threads (one, where the caller
 * is a thread of a team already). Every element is summed in one order, k by k in blocks
 * of 256, whatever the shape, the tile and the number of threads: a row of C depends on
 * its row of A alone. */
#ifndef BASIN_KERNELS_GEMM_H
#define BASIN_KERNELS_GEMM_H

#include "base/err.h"
#include "kernels/simd.h"

#include <stdbool.h>

enum basin_gemm_activation {
    BASIN_GEMM_LINEAR,
    BASIN_GEMM_GELU,
    BASIN_GEMM_GELU_TANH,
    BASIN_GEMM_RELU
};

/* What is not named in an initialiser is off. Strides are the distances of rows. */
struct basin_gemm {
    size_t m, n, k;
    const float *a; /* m x k; k x m if transposed */
    size_t a_stride;
    bool a_transposed;
    const float *b; /* k x n; n x k if transposed */
    size_t b_stride;
    bool b_transposed;
    float *b_packed; /* B by basin_gemm_pack, only read; NULL: packed in passing */
    float *c;        /* m x n; not a part of a or b */
    size_t c_stride;
    bool add;          /* to what is in C */
    const float *bias; /* n; NULL: none */
    float *before;     /* what f is taken of, with C's stride; NULL: not wanted */
    enum basin_gemm_activation activation;
};

/* Room for packed factors, kept from call to call. Start it as {0}. */
struct basin_gemm_work {
    float *packed; /* owned */
    size_t size;
};

void basin_gemm_work_free(struct basin_gemm_work *work);

/* B of a product in panels, for products that share it; b_packed then takes the place of
 * b. The size is in floats, the place on a boundary of 64 bytes. */
size_t basin_gemm_packed_size(size_t n, size_t k);
void basin_gemm_pack(enum basin_isa isa, const struct basin_gemm *self, float *packed);

/* m, n, k >= 1. BASIN_ERR_NOMEM if the work space cannot grow to hold both factors. */
BASIN_CHECKED int basin_gemm_run(enum basin_isa isa, const struct basin_gemm *self,
    struct basin_gemm_work *work, struct basin_diag *diag);

/* The plain twin: element by element, summed in double precision. */
void basin_gemm_plain(const struct basin_gemm *self);

#endif
