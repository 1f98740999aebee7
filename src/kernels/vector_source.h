/* Real vectors for sources that are compiled for two precisions and each instruction set.
 * Takes SINGLE and AVX2 (0 or 1), AVX512 where that may be used besides, and defines
 *   real, vector     a number; 32 bytes of them, WITHIN in number
 *   TARGET           the attribute of functions
 *   SPLAT, MADD, MAX a number in all lanes; a b + c, rounded once where AVX2; the greater
 * and functions: load, store (of doubles, too), transpose, exponential and multiply. */
#include "kernels/simd.h"

#include <stdbool.h>
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
#ifdef AVX512
#define TARGET BASIN_TARGET_AVX512
#else
#define TARGET BASIN_TARGET_AVX2
#endif
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

/* The next numbers of a row, of which n are left; lanes beyond its end hold `rest`. What
 * is not whole goes by a copy, so that whole vectors stay in registers. */
TARGET BASIN_INLINE void load(const real *x, size_t n, real rest, vector *out)
{
    if (n >= WITHIN) {
        memcpy(out, x, sizeof(*out));
    } else {
        vector part = SPLAT(rest);
        memcpy(&part, x, n * sizeof(*x));
        *out = part;
    }
}

TARGET BASIN_INLINE void store(real *x, size_t n, const vector *v)
{
    if (n >= WITHIN) {
        memcpy(x, v, sizeof(*v));
    } else {
        vector part = *v;
        memcpy(x, &part, n * sizeof(*x));
    }
}

/* Of n > 0 numbers. */
TARGET static inline real greatest(const real *x, size_t n)
{
    vector v;
    vector most = SPLAT(x[0]);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, x[0], &v);
        most = MAX(most, v);
    }
    real all = most[0];
    for (size_t i = 1; i < WITHIN; i++) {
        all = most[i] > all ? most[i] : all;
    }
    return all;
}

/* WITHIN doubles times a factor, from and to any place. */
TARGET BASIN_INLINE void load_doubles(const double *x, double factor, vector *out)
{
#if AVX2 && SINGLE
    __m256d times = _mm256_set1_pd(factor);
    __m128 low = _mm256_cvtpd_ps(_mm256_mul_pd(_mm256_loadu_pd(x), times));
    __m128 high = _mm256_cvtpd_ps(_mm256_mul_pd(_mm256_loadu_pd(x + 4), times));
    *out = (vector)_mm256_set_m128(high, low);
#else
    for (size_t i = 0; i < WITHIN; i++) {
        (*out)[i] = (real)(x[i] * factor);
    }
#endif
}

TARGET BASIN_INLINE void store_doubles(double *x, double factor, const vector *v)
{
#if AVX2 && SINGLE
    __m256d times = _mm256_set1_pd(factor);
    __m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(*v));
    __m256d high = _mm256_cvtps_pd(_mm256_extractf128_ps(*v, 1));
    _mm256_storeu_pd(x, _mm256_mul_pd(low, times));
    _mm256_storeu_pd(x + 4, _mm256_mul_pd(high, times));
#else
    for (size_t i = 0; i < WITHIN; i++) {
        x[i] = (double)(*v)[i] * factor;
    }
#endif
}

/* A square of WITHIN rows into its columns. */
TARGET BASIN_INLINE void transpose(vector *square)
{
#if AVX2 && SINGLE
    __m256 t[8];
    __m256 r[8];
#pragma GCC unroll 4
    for (size_t i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(square[i], square[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(square[i], square[i + 1]);
    }
#pragma GCC unroll 2
    for (size_t i = 0; i < 8; i += 4) {
        r[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        r[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xEE);
        r[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        r[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xEE);
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++) {
        square[i] = (vector)_mm256_permute2f128_ps(r[i], r[i + 4], 0x20);
        square[i + 4] = (vector)_mm256_permute2f128_ps(r[i], r[i + 4], 0x31);
    }
#elif AVX2
    __m256d t[4];
    for (size_t i = 0; i < 4; i += 2) {
        t[i] = _mm256_unpacklo_pd(square[i], square[i + 1]);
        t[i + 1] = _mm256_unpackhi_pd(square[i], square[i + 1]);
    }
    for (size_t i = 0; i < 2; i++) {
        square[i] = (vector)_mm256_permute2f128_pd(t[i], t[i + 2], 0x20);
        square[i + 2] = (vector)_mm256_permute2f128_pd(t[i], t[i + 2], 0x31);
    }
#else
    vector row[WITHIN];
    memcpy(row, square, sizeof(row));
    for (size_t i = 0; i < WITHIN; i++) {
        for (size_t j = 0; j < WITHIN; j++) {
            square[i][j] = row[j][i];
        }
    }
#endif
}

/* x = e^x for x <= 0, from e^x = 2^k e^r with |r| <= ln 2 / 2 and a polynomial: Taylor's,
 * or, for floats, that of degree six with the least relative error (3e-9); below the
 * logarithm of the least normal number it stays at that. The exponent k, with its bias,
 * is what rounding leaves in the last bits of a large number. */
TARGET static inline void exponential(vector *x)
{
#if SINGLE
    const vector shift = SPLAT(0x1.8p23F + 127);
    vector y = MAX(*x, SPLAT(-87.0F));
    vector k = MADD(y, SPLAT(1.442695041F), shift);
    integers power = (integers)k << 23;
    k -= shift;
    vector r = MADD(k, SPLAT(-0.693359375F), y);
    r = MADD(k, SPLAT(2.12194440e-4F), r);
    vector p = MADD(r, SPLAT(1.4061422e-3F), SPLAT(8.3790591e-3F));
    p = MADD(p, r, SPLAT(4.1664773e-2F));
    p = MADD(p, r, SPLAT(1.6666365e-1F));
    p = MADD(p, r, SPLAT(5.0000004e-1F));
#else
    const vector shift = SPLAT(0x1.8p52 + 1023);
    vector y = MAX(*x, SPLAT(-708.0));
    vector k = MADD(y, SPLAT(1.4426950408889634), shift);
    integers power = (integers)k << 52;
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
    p = MADD(p, r, SPLAT(1.0 / 24));
    p = MADD(p, r, SPLAT(1.0 / 6));
    p = MADD(p, r, SPLAT(0.5));
#endif
    p = MADD(p, r, SPLAT((real)1));
    p = MADD(p, r, SPLAT((real)1));
    *x = p * (vector)power;
}

/* Six rows of two vectors: c = a b, or c += a b, with number k of a's row i at a[i across
 * + k down] and b of depth x 2 vectors; AVX-512 takes a row's two as one. Each sum is
 * over the depth in order. */
#if AVX2 && defined(AVX512)
typedef real panel_row __attribute__((vector_size(64), may_alias));
#if SINGLE
#define MADD_ROW(a, b, c) ((panel_row)_mm512_fmadd_ps(_mm512_set1_ps(a), (b), (c)))
#else
#define MADD_ROW(a, b, c) ((panel_row)_mm512_fmadd_pd(_mm512_set1_pd(a), (b), (c)))
#endif
#define LINE panel_row
#define FILL(i) panel_row c##i = {0};
#define ROW(i) c##i = MADD_ROW(a##i[k * down], b0, c##i);
#define ADD(i) c##i += to[i];
#define PUT(i) to[i] = c##i;
#else
#define LINE vector
#define FILL(i) vector c##i##0 = {0}, c##i##1 = {0};
#define ROW(i)                                                                           \
    x = SPLAT(a##i[k * down]);                                                           \
    c##i##0 = MADD(x, b0, c##i##0);                                                      \
    c##i##1 = MADD(x, b1, c##i##1);
#define ADD(i)                                                                           \
    c##i##0 += to[2 * (i)];                                                              \
    c##i##1 += to[2 * (i) + 1];
#define PUT(i)                                                                           \
    to[2 * (i)] = c##i##0;                                                               \
    to[2 * (i) + 1] = c##i##1;
#endif
#define SIX(does) does(0) does(1) does(2) does(3) does(4) does(5)
#define FROM(i) const real *a##i = a + (i)*across;
TARGET BASIN_INLINE void multiply(const real *restrict a, size_t across, size_t down,
    const vector *restrict b, size_t depth, bool add, vector *restrict c)
{
    const LINE *from = (const LINE *)(const void *)b;
    LINE *to = (LINE *)(void *)c;
    SIX(FROM)
    SIX(FILL)
    for (size_t k = 0; k < depth; k++) {
#if AVX2 && defined(AVX512)
        const panel_row b0 = from[k];
#else
        vector b0 = from[2 * k];
        vector b1 = from[2 * k + 1];
        vector x;
#endif
        SIX(ROW)
    }
    if (add) {
        SIX(ADD)
    }
    SIX(PUT)
}
#undef LINE
#undef FILL
#undef ROW
#undef ADD
#undef PUT
#undef SIX
#undef FROM
