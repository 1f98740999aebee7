/* Real vectors for sources that are compiled for two precisions and two instruction sets.
 * Takes SINGLE and AVX2 (0 or 1) and defines
 *   real, vector     a number; 32 bytes of them, WITHIN in number
 *   TARGET           the attribute of functions
 *   SPLAT, MADD, MAX a number in all lanes; a b + c, rounded once where AVX2; the greater
 * and functions: load, store, exponential and multiply. */
#include "kernels/simd.h"

#include <string.h>

#if SINGLE
#define real float
#define vector basin_f32x8
#define integers basin_i32x8
#define WITHIN 8
#else
#define real double
#define vector basin_f64x4
#define integers basin_i64x4
#define WITHIN 4
#endif

#if AVX2
#include <immintrin.h>
#define TARGET BASIN_TARGET_AVX2
#else
#define TARGET
#endif

#if AVX2 && SINGLE
#define SPLAT(x) ((vector)_mm256_set1_ps(x))
#define MADD(a, b, c) ((vector)_mm256_fmadd_ps((a), (b), (c)))
#define MAX(a, b) ((vector)_mm256_max_ps((a), (b)))
#elif AVX2
#define SPLAT(x) ((vector)_mm256_set1_pd(x))
#define MADD(a, b, c) ((vector)_mm256_fmadd_pd((a), (b), (c)))
#define MAX(a, b) ((vector)_mm256_max_pd((a), (b)))
#else
#if SINGLE
#define SPLAT(x) ((vector){(x), (x), (x), (x), (x), (x), (x), (x)})
#else
#define SPLAT(x) ((vector){(x), (x), (x), (x)})
#endif
#define MADD(a, b, c) ((a) * (b) + (c))
#define MAX(a, b)                                                                        \
    ((vector)(((integers)(a) & ((a) > (b))) | ((integers)(b) & ~((a) > (b)))))
#endif

/* The next numbers of a row, of which n are left; lanes beyond its end hold `rest`. */
TARGET static inline void load(const real *x, size_t n, real rest, vector *out)
{
    if (n >= WITHIN) {
        memcpy(out, x, sizeof(*out));
    } else {
        *out = SPLAT(rest);
        memcpy(out, x, n * sizeof(*x));
    }
}

TARGET static inline void store(real *x, size_t n, const vector *v)
{
    if (n >= WITHIN) {
        memcpy(x, v, sizeof(*v));
    } else {
        memcpy(x, v, n * sizeof(*x));
    }
}

/* x = e^x for x <= 0, from e^x = 2^k e^r with |r| <= ln 2 / 2 and a Taylor polynomial;
 * below the logarithm of the least normal number it stays at that. */
TARGET static inline void exponential(vector *x)
{
#if SINGLE
    const vector shift = SPLAT(0x1.8p23F);
    vector y = MAX(*x, SPLAT(-87.0F));
    vector k = MADD(y, SPLAT(1.442695041F), shift);
    integers power = ((integers)k - (integers)shift + 127) << 23;
    k -= shift;
    vector r = MADD(k, SPLAT(-0.693359375F), y);
    r = MADD(k, SPLAT(2.12194440e-4F), r);
    vector p = MADD(r, SPLAT(1.0F / 5040), SPLAT(1.0F / 720));
    p = MADD(p, r, SPLAT(1.0F / 120));
#else
    const vector shift = SPLAT(0x1.8p52);
    vector y = MAX(*x, SPLAT(-708.0));
    vector k = MADD(y, SPLAT(1.4426950408889634), shift);
    integers power = ((integers)k - (integers)shift + 1023) << 52;
    k -= shift;
    vector r = MADD(k, SPLAT(-0x1.62e42fee00000p-1), y);
    r = MADD(k, SPLAT(-0x1.a39ef35793c76p-33), r);
    vector p = MADD(r, SPLAT(1.0 / 479001600), SPLAT(1.0 / 39916800));
    p = MADD(p, r, SPLAT(1.0 / 3628800));
    p = MADD(p, r, SPLAT(1.0 / 362880));
    p = MADD(p, r, SPLAT(1.0 / 40320));
    p = MADD(p, r, SPLAT(1.0 / 5040));
    p = MADD(p, r, SPLAT(1.0 / 720));
    p = MADD(p, r, SPLAT(1.0 / 120));
#endif
    p = MADD(p, r, SPLAT((real)1 / 24));
    p = MADD(p, r, SPLAT((real)1 / 6));
    p = MADD(p, r, SPLAT((real)0.5));
    p = MADD(p, r, SPLAT((real)1));
    p = MADD(p, r, SPLAT((real)1));
    *x = p * (vector)power;
}

/* Six rows of two vectors: c += a b, with a of depth x 6 and b of depth x 2 vectors. */
#define ROW(i)                                                                           \
    x = SPLAT(a[i]);                                                                     \
    c##i##0 = MADD(x, b0, c##i##0);                                                      \
    c##i##1 = MADD(x, b1, c##i##1);
#define ADD(i)                                                                           \
    c[2 * (i)] += c##i##0;                                                               \
    c[2 * (i) + 1] += c##i##1;
TARGET static inline void multiply(
    const real *restrict a, const vector *restrict b, size_t depth, vector *restrict c)
{
    const vector zero = {0};
    vector c00 = zero, c10 = zero, c20 = zero, c30 = zero, c40 = zero, c50 = zero;
    vector c01 = zero, c11 = zero, c21 = zero, c31 = zero, c41 = zero, c51 = zero;
    for (size_t k = 0; k < depth; k++, a += 6, b += 2) {
        vector b0 = b[0];
        vector b1 = b[1];
        vector x;
        ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5)
    }
    ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5)
}
#undef ROW
#undef ADD
