/* Random numbers of a whole stream at once. */
#include "kernels/random.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

enum { CHUNK = 64 }; /* numbers made at a time */

#if BASIN_HAVE_AVX2
#include <immintrin.h>
#define ISA(name) name##_avx2
#define TARGET BASIN_TARGET_AVX2
#define AVX2 1
#include "kernels/random_source.h"
#undef ISA
#undef TARGET
#undef AVX2
#endif

#define ISA(name) name##_portable
#define TARGET
#define AVX2 0
#include "kernels/random_source.h"

#if BASIN_HAVE_AVX2
#define CALL(isa, name, ...)                                                             \
    ((isa) != BASIN_ISA_PORTABLE ? name##_avx2(__VA_ARGS__)                              \
                                 : name##_portable(__VA_ARGS__))
#else
#define CALL(isa, name, ...) ((void)(isa), name##_portable(__VA_ARGS__))
#endif

void basin_random_signs(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n)
{
    CALL(isa, fill_signs, key, sequence, x, n);
}

void basin_random_uniforms(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n)
{
    CALL(isa, fill_uniforms, key, sequence, x, n);
}

void basin_random_gaussians(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n)
{
    CALL(isa, fill_gaussians, key, sequence, x, n);
}

void basin_random_drop(enum basin_isa isa, uint64_t key, uint64_t sequence,
    uint64_t block, uint32_t below, float *x, size_t n)
{
    CALL(isa, drop, key, sequence, block, below, x, n);
}

/* Number i of a stream. */
static uint32_t number(uint64_t key, uint64_t sequence, uint64_t i)
{
    const uint32_t keys[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    uint32_t counter[4] = {(uint32_t)(i / 4), (uint32_t)(i / 4 >> 32), (uint32_t)sequence,
        (uint32_t)(sequence >> 32)};
    basin_philox_block(keys, counter);
    return counter[i % 4];
}

void basin_random_signs_plain(uint64_t key, uint64_t sequence, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (number(key, sequence, i / 32) >> i % 32 & 1) != 0 ? 1 : -1;
    }
}

void basin_random_uniforms_plain(uint64_t key, uint64_t sequence, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t high = number(key, sequence, 2 * i) >> 5;
        uint64_t low = number(key, sequence, 2 * i + 1) >> 6;
        x[i] = (double)(high << 26 | low) * 0x1p-53;
    }
}

void basin_random_gaussians_plain(uint64_t key, uint64_t sequence, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double u[2];
        for (size_t k = 0; k < 2; k++) {
            uint64_t high = number(key, sequence, i / 2 * 4 + 2 * k) >> 5;
            uint64_t low = number(key, sequence, i / 2 * 4 + 2 * k + 1) >> 6;
            u[k] = (double)(high << 26 | low) * 0x1p-53;
        }
        double angle = 2 * 3.14159265358979323846 * u[1];
        x[i] = sqrt(-2 * log1p(-u[0])) * (i % 2 == 0 ? cos(angle) : sin(angle));
    }
}

void basin_random_drop_plain(
    uint64_t key, uint64_t sequence, uint64_t block, uint32_t below, float *x, size_t n)
{
    float scale = 65536.0F / (65536.0F - (float)below);
    for (size_t i = 0; i < n; i++) {
        uint64_t at = block + i / 64 * 8 + i % 8 / 2 + i % 2 * 4;
        uint32_t word = number(key, sequence, 4 * at + i % 64 / 16);
        uint32_t bits = word >> (i % 16 / 8 * 16) & 0xffff;
        x[i] = bits < below ? 0 : x[i] * scale;
    }
}
