/* Random numbers of a whole stream at once: Philox4x32-10 of base/rng.h, several blocks
 * side by side.
 *
 * Most functions fill n numbers from the start of stream (key, sequence). The results are
 * the same bits on every machine: only operations that IEEE 754 rounds correctly are
 * used, in one order, and never a fused multiplication. */
#ifndef BASIN_KERNELS_RANDOM_H
#define BASIN_KERNELS_RANDOM_H

#include "kernels/simd.h"

/* Fair signs -1 and +1, one for each bit of the stream's numbers, lowest first. */
void basin_random_signs(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n);

/* Uniform in [0, 1) with 53 random bits: what gsl_rng_uniform gives on the stream. */
void basin_random_uniforms(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n);

/* Normal with mean 0 and standard deviation 1, by Box and Muller (1958) from pairs of the
 * uniform numbers u, u':
 *   x = sqrt(-2 ln(1 - u)) cos 2 pi u',   x' = sqrt(-2 ln(1 - u)) sin 2 pi u'.
 * Relative error at most 2e-15; |x| < 8.6. */
void basin_random_gaussians(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n);

/* Dropout (Srivastava et al. 2014): of 64 numbers for every 8 blocks of the stream from
 * `block` on, those whose 16 random bits are less than `below` become 0, the others are
 * multiplied by 65536 / (65536 - below). Number 16 w + 8 h + 2 b + g of the 64 has half h
 * (the lower one first) of word w of block b + 4 g. */
void basin_random_drop(enum basin_isa isa, uint64_t key, uint64_t sequence,
    uint64_t block, uint32_t below, float *x, size_t n);
void basin_random_drop_plain(
    uint64_t key, uint64_t sequence, uint64_t block, uint32_t below, float *x, size_t n);

/* The plain twins: number after number from the generator, with the library's functions.
 */
void basin_random_signs_plain(uint64_t key, uint64_t sequence, double *x, size_t n);
void basin_random_uniforms_plain(uint64_t key, uint64_t sequence, double *x, size_t n);
void basin_random_gaussians_plain(uint64_t key, uint64_t sequence, double *x, size_t n);

#endif
