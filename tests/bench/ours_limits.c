/* What the machine can do at most, measured by loops that do nothing else. */
#include "ours.h"

#include "base/clock.h"
#include "kernels/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 5 };

/* volatile: the sums are wanted, and their starts unknown. */
static volatile float sink;
static volatile float source = 0.25F;

#if BASIN_HAVE_AVX2
#include <immintrin.h>
#define TARGET BASIN_TARGET_AVX2
#define MADD(a, b, c) ((basin_f32x8)_mm256_fmadd_ps((a), (b), (c)))
#else
#define TARGET
#define MADD(a, b, c) ((a) * (b) + (c))
#endif

/* Twelve sums hide the latency of two units; returns operations. */
TARGET static double multiply_add(size_t n)
{
    basin_f32x8 c[12];
    const basin_f32x8 a = {0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F};
    for (size_t k = 0; k < 12; k++) {
        c[k] = a * source; /* each by itself, or a compiler does one of equals */
    }
    for (size_t i = 0; i < n; i++) {
#pragma GCC unroll 12
        for (size_t k = 0; k < 12; k++) {
            c[k] = MADD(c[k], a, a);
        }
    }
    for (size_t k = 0; k < 12; k++) {
        sink = c[k][0];
    }
    return (double)n * 12 * 8 * 2;
}

/* Sums of 16 KB over and over; returns bytes. */
TARGET static double load(size_t n)
{
    enum { VECTORS = 512 };
    basin_i32x8 block[VECTORS] BASIN_ALIGNED;
    memset(block, 1, sizeof(block)); /* untouched pages would all be one */
    basin_i32x8 sum[8] = {{0}};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < VECTORS; k += 8) {
#pragma GCC unroll 8
            for (size_t j = 0; j < 8; j++) {
                sum[j] += block[k + j];
            }
        }
        __asm__ volatile("" ::"r"(block) : "memory"); /* it might have changed */
    }
    for (size_t j = 0; j < 8; j++) {
        sink = (float)sum[j][0];
    }
    return (double)n * sizeof(block);
}

static double best_rate(double (*work)(size_t), size_t n, int threads)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double done = 0;
        double start = basin_clock_seconds();
#pragma omp parallel num_threads(threads) reduction(+ : done)
        done += work(n);
        best = fmax(best, done / (basin_clock_seconds() - start));
    }
    return best;
}

double bench_limit_fma(int threads)
{
    return best_rate(multiply_add, 20000000, threads);
}

double bench_limit_loads(int threads)
{
    return best_rate(load, 200000, threads);
}

double bench_limit_triad(int threads)
{
    size_t n = 1 << 23;
    double *a = malloc(3 * n * sizeof(*a));
    double best = 0;
    if (a == NULL) {
        return NAN;
    }
    double *b = a + n;
    double *c = b + n;
    for (int round = 0; round <= ROUNDS; round++) {
        double start = basin_clock_seconds();
#pragma omp parallel for num_threads(threads) schedule(static)
        for (size_t i = 0; i < n; i++) {
            if (round == 0) {
                a[i] = b[i] = c[i] = 1;
            } else {
                a[i] = b[i] + 3 * c[i];
            }
        }
        double rate = 3 * (double)n * sizeof(*a) / (basin_clock_seconds() - start);
        best = round == 0 ? 0 : fmax(best, rate);
    }
    free(a);
    return best;
}
