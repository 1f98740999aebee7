/* What an encoder does to rows of single-precision numbers: softmax, layer norm and GELU.
 *
 *   gelu(x) = x Phi(x) = max(x, 0) - |x| Q(|x|),   Q = 1 - Phi,
 *
 * with Q from the error function of Abramowitz & Stegun 7.1.26 (absolute error 8e-8), or
 * by Hendrycks & Gimpel's (2016) tanh, where Q(x) = e / (1 + e),
 * e = exp(-2 sqrt(2/pi) (x + 0.044715 x^3)). Exponentials have a relative error of 2e-7
 * and end at e^-87. */
#ifndef BASIN_KERNELS_ROW_H
#define BASIN_KERNELS_ROW_H

#include "kernels/simd.h"

struct basin_row_code {
    /* x_i = exp(factor x_i) / sum_j exp(factor x_j), factor >= 0. */
    void (*softmax)(float *x, size_t n, float factor);

    /* x = (x - mean) / sqrt(variance + epsilon) * gain + bias (Ba, Kiros & Hinton 2016),
     * sums in single precision. */
    void (*norm)(float *x, size_t n, const float *gain, const float *bias, float epsilon);

    /* Each number by itself, exact and by tanh. */
    void (*gelu)(float *x, size_t n);
    void (*gelu_tanh)(float *x, size_t n);
};

/* The functions for a set of instructions. */
const struct basin_row_code *basin_row_code(enum basin_isa isa);

/* The plain twin, with the C library's functions. */
extern const struct basin_row_code basin_row_plain;

extern const struct basin_row_code basin_row_avx512, basin_row_avx2, basin_row_portable;

#endif
