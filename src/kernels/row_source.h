/* The loops of row.c: compiled once for each instruction set, after vector_source.h, with
 * ROW_CODE the name of the result. */
#include "kernels/row.h"

#include <math.h>

TARGET static inline float total(const vector *v)
{
    float sum = 0;
    for (size_t i = 0; i < WITHIN; i++) {
        sum += (*v)[i];
    }
    return sum;
}

TARGET static void softmax(float *x, size_t n, float factor)
{
    vector v;
    float most = greatest(x, n);
    vector sums = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, most, &v);
        v = (v - SPLAT(most)) * SPLAT(factor);
        exponential(&v);
        store(x + i, n - i, &v);
        sums += v;
    }
    float beyond = (float)((WITHIN - n % WITHIN) % WITHIN); /* e^0 of lanes beyond n */
    float sum = total(&sums) - beyond;
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        v *= SPLAT(1 / sum);
        store(x + i, n - i, &v);
    }
}

TARGET static void norm(
    float *x, size_t n, const float *gain, const float *bias, float epsilon)
{
    vector v, g, b;
    vector sums = SPLAT(0.0F);
    vector squares = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        sums += v;
    }
    float mean = total(&sums) / (float)n;
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, mean, &v);
        v -= SPLAT(mean);
        squares = MADD(v, v, squares);
    }
    float scale = 1 / sqrtf(total(&squares) / (float)n + epsilon);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        load(gain + i, n - i, 0, &g);
        load(bias + i, n - i, 0, &b);
        v = MADD((v - SPLAT(mean)) * SPLAT(scale), g, b);
        store(x + i, n - i, &v);
    }
}

TARGET static inline void magnitude(const vector *x, vector *out)
{
    *out = (vector)((integers)*x & 0x7fffffff);
}

/* Q(a) = erfc(a / sqrt 2) / 2 for a >= 0. */
TARGET static inline void upper_tail(const vector *a, vector *q)
{
    vector z = *a * SPLAT(0.70710678F);
    vector t = 1 / MADD(z, SPLAT(0.3275911F), SPLAT(1.0F));
    vector p = MADD(t, SPLAT(1.061405429F), SPLAT(-1.453152027F));
    p = MADD(p, t, SPLAT(1.421413741F));
    p = MADD(p, t, SPLAT(-0.284496736F));
    p = MADD(p, t, SPLAT(0.254829592F));
    vector e = -z * z;
    exponential(&e);
    *q = SPLAT(0.5F) * p * t * e;
}

TARGET static inline void upper_tail_tanh(const vector *a, vector *q)
{
    vector cubed = *a * *a * *a;
    vector e = SPLAT(-1.5957691F) * MADD(cubed, SPLAT(0.044715F), *a);
    exponential(&e);
    *q = e / (SPLAT(1.0F) + e);
}

#define GELU(function, tail)                                                             \
    TARGET static void function(float *x, size_t n)                                      \
    {                                                                                    \
        for (size_t i = 0; i < n; i += WITHIN) {                                         \
            vector v, a, q;                                                              \
            load(x + i, n - i, 0, &v);                                                   \
            magnitude(&v, &a);                                                           \
            tail(&a, &q);                                                                \
            v = MAX(v, SPLAT(0.0F)) - a * q;                                             \
            store(x + i, n - i, &v);                                                     \
        }                                                                                \
    }
GELU(gelu, upper_tail)
GELU(gelu_tanh, upper_tail_tanh)
#undef GELU

const struct basin_row_code ROW_CODE = {
    .softmax = softmax, .norm = norm, .gelu = gelu, .gelu_tanh = gelu_tanh};
