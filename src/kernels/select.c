/* How many of the largest weights it takes to reach a given mass. */
#include "kernels/select.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { FEW = 16 };

#if BASIN_HAVE_AVX2
#include <immintrin.h>

/* For each set of four numbers the order that brings it to the front. */
#define ORDERS(X)                                                                        \
    X(0, 0, 0, 0), X(0, 0, 0, 0), X(1, 0, 0, 0), X(0, 1, 0, 0), X(2, 0, 0, 0),           \
        X(0, 2, 0, 0), X(1, 2, 0, 0), X(0, 1, 2, 0), X(3, 0, 0, 0), X(0, 3, 0, 0),       \
        X(1, 3, 0, 0), X(0, 1, 3, 0), X(2, 3, 0, 0), X(0, 2, 3, 0), X(1, 2, 3, 0),       \
        X(0, 1, 2, 3)
#define WORDS(a, b, c, d)                                                                \
    {                                                                                    \
        (a), (b), (c), (d)                                                               \
    }
#define PAIRS(a, b, c, d)                                                                \
    {                                                                                    \
        2 * (a), 2 * (a) + 1, 2 * (b), 2 * (b) + 1, 2 * (c), 2 * (c) + 1, 2 * (d),       \
            2 * (d) + 1                                                                  \
    }
static const int32_t FRONT_SINGLE[16][4] BASIN_ALIGNED = {ORDERS(WORDS)};
static const int32_t FRONT[16][8] BASIN_ALIGNED = {ORDERS(PAIRS)};
#endif

#define real double
#define SINGLE 0
#define TARGET
#define ISA(name) name##_portable
#define AVX2 0
#include "kernels/select_source.h"
#undef TARGET
#undef ISA
#undef AVX2

#if BASIN_HAVE_AVX2
#define TARGET BASIN_TARGET_AVX2
#define ISA(name) name##_avx2
#define AVX2 1
#include "kernels/select_source.h"
#undef TARGET
#undef ISA
#undef AVX2
#endif
#undef real
#undef SINGLE

#define real float
#define SINGLE 1
#define TARGET
#define ISA(name) name##_single_portable
#define AVX2 0
#include "kernels/select_source.h"
#undef TARGET
#undef ISA
#undef AVX2

#if BASIN_HAVE_AVX2
#define TARGET BASIN_TARGET_AVX2
#define ISA(name) name##_single_avx2
#define AVX2 1
#include "kernels/select_source.h"
#endif

size_t basin_select_k(
    enum basin_isa isa, const double *weights, size_t n, double mass, double *scratch)
{
#if BASIN_HAVE_AVX2
    if (isa != BASIN_ISA_PORTABLE) {
        return select_k_avx2(weights, n, mass, scratch);
    }
#endif
    (void)isa;
    return select_k_portable(weights, n, mass, scratch);
}

size_t basin_select_k_single(
    enum basin_isa isa, const float *weights, size_t n, double mass, double *scratch)
{
#if BASIN_HAVE_AVX2
    if (isa != BASIN_ISA_PORTABLE) {
        return select_k_single_avx2(weights, n, mass, scratch);
    }
#endif
    (void)isa;
    return select_k_single_portable(weights, n, mass, scratch);
}

size_t basin_select_k_plain(const double *weights, size_t n, double mass, double *scratch)
{
    memmove(scratch, weights, n * sizeof(*scratch));
    gsl_sort(scratch, 1, n);
    double sum = 0;
    size_t k = 0;
    while (k < n && sum < mass) {
        k++;
        sum += scratch[n - k];
    }
    return k;
}
