/* The loops of learn.c: compiled once for each instruction set, after vector_source.h,
 * with LEARN_CODE the name of the result. */
#include "kernels/learn.h"

#include <math.h>

#if AVX2
#define ROOT(v) (v) = (vector)_mm256_sqrt_ps(v);
#else
#define ROOT(v)                                                                          \
    for (size_t j = 0; j < WITHIN; j++) {                                                \
        (v)[j] = sqrtf((v)[j]);                                                          \
    }
#endif

/* The sum of the lanes, pair by pair. */
TARGET static inline float total(const vector *v)
{
    vector x = *v;
    return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7]));
}

TARGET static float norm(const float *x, size_t n, const float *gain, const float *bias,
    float epsilon, float *normal, float *y)
{
    vector v, g, b;
    vector sums = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        sums += v;
    }
    float mean = total(&sums) / (float)n;
    sums = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, mean, &v);
        v -= SPLAT(mean);
        sums = MADD(v, v, sums);
    }
    float inverse = 1 / sqrtf(total(&sums) / (float)n + epsilon);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        load(gain + i, n - i, 0, &g);
        load(bias + i, n - i, 0, &b);
        v = (v - SPLAT(mean)) * SPLAT(inverse);
        store(normal + i, n - i, &v);
        v = MADD(v, g, b);
        store(y + i, n - i, &v);
    }
    return inverse;
}

/* With d = dy gain: dx = inverse (d - mean(d) - normal mean(d normal)). */
TARGET static void norm_back(const float *dy, size_t n, const float *gain,
    const float *normal, float inverse, float *dx, float *gain_slope, float *bias_slope)
{
    vector d, g, x, s;
    vector sums = SPLAT(0.0F);
    vector products = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(dy + i, n - i, 0, &d);
        load(gain + i, n - i, 0, &g);
        load(normal + i, n - i, 0, &x);
        load(bias_slope + i, n - i, 0, &s);
        s += d;
        store(bias_slope + i, n - i, &s);
        load(gain_slope + i, n - i, 0, &s);
        s = MADD(d, x, s);
        store(gain_slope + i, n - i, &s);
        d *= g;
        sums += d;
        products = MADD(d, x, products);
    }
    vector mean = SPLAT(total(&sums) / (float)n);
    vector product = SPLAT(total(&products) / (float)n);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(dy + i, n - i, 0, &d);
        load(gain + i, n - i, 0, &g);
        load(normal + i, n - i, 0, &x);
        d = (d * g - mean - x * product) * SPLAT(inverse);
        store(dx + i, n - i, &d);
    }
}

/* gelu'(x) = Phi(x) + x phi(x), with Phi as in row_source.h: Abramowitz & Stegun 7.1.26.
 */
TARGET static void gelu_back(const float *x, size_t n, float *dy)
{
    for (size_t i = 0; i < n; i += WITHIN) {
        vector v, d;
        load(x + i, n - i, 0, &v);
        load(dy + i, n - i, 0, &d);
        vector a = (vector)((integers)v & 0x7fffffff);
        vector e = SPLAT(-0.5F) * v * v;
        exponential(&e);
        vector t = 1 / MADD(a, SPLAT(0.3275911F * 0.70710678F), SPLAT(1.0F));
        vector p = MADD(t, SPLAT(1.061405429F), SPLAT(-1.453152027F));
        p = MADD(p, t, SPLAT(1.421413741F));
        p = MADD(p, t, SPLAT(-0.284496736F));
        p = MADD(p, t, SPLAT(0.254829592F));
        vector tail = SPLAT(0.5F) * p * t * e;
        integers below = (integers)v < 0;
        vector phi = (vector)(((integers)tail & below) |
                              ((integers)(SPLAT(1.0F) - tail) & ~below));
        d *= MADD(v * SPLAT(0.39894228F), e, phi);
        store(dy + i, n - i, &d);
    }
}

/* gelu(x) = x s(u), s(u) = 1 / (1 + e^-u), u = 2 sqrt(2/pi) (x + 0.044715 x^3):
 * gelu' = s + x s (1 - s) u'. */
TARGET static void gelu_tanh_back(const float *x, size_t n, float *dy)
{
    for (size_t i = 0; i < n; i += WITHIN) {
        vector v, d;
        load(x + i, n - i, 0, &v);
        load(dy + i, n - i, 0, &d);
        vector square = v * v;
        vector a = (vector)((integers)v & 0x7fffffff);
        vector e = SPLAT(-1.5957691F) * a * MADD(square, SPLAT(0.044715F), SPLAT(1.0F));
        exponential(&e);
        vector small = e / (SPLAT(1.0F) + e); /* s(-|u|) */
        integers below = (integers)v < 0;
        vector s = (vector)(((integers)small & below) |
                            ((integers)(SPLAT(1.0F) - small) & ~below));
        vector slope =
            SPLAT(1.5957691F) * MADD(square, SPLAT(3 * 0.044715F), SPLAT(1.0F));
        d *= MADD(v * slope, small * (SPLAT(1.0F) - small), s);
        store(dy + i, n - i, &d);
    }
}

TARGET static void softmax_back(const float *p, size_t n, float factor, float *dp)
{
    vector v, d;
    vector sums = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(p + i, n - i, 0, &v);
        load(dp + i, n - i, 0, &d);
        sums = MADD(v, d, sums);
    }
    vector mean = SPLAT(total(&sums));
    for (size_t i = 0; i < n; i += WITHIN) {
        load(p + i, n - i, 0, &v);
        load(dp + i, n - i, 0, &d);
        d = (d - mean) * v * SPLAT(factor);
        store(dp + i, n - i, &d);
    }
}

TARGET static double cross_entropy(float *x, size_t n, size_t target)
{
    vector v;
    float most = greatest(x, n);
    double below = (double)most - (double)x[target];
    vector sums = SPLAT(0.0F);
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, most, &v);
        v -= SPLAT(most);
        exponential(&v);
        store(x + i, n - i, &v);
        sums += v;
    }
    float sum = total(&sums) - (float)((WITHIN - n % WITHIN) % WITHIN); /* e^0 beyond n */
    for (size_t i = 0; i < n; i += WITHIN) {
        load(x + i, n - i, 0, &v);
        v *= SPLAT(1 / sum);
        store(x + i, n - i, &v);
    }
    x[target] -= 1;
    return below + log((double)sum);
}

TARGET static void add(const float *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i += WITHIN) {
        vector v, u;
        load(x + i, n - i, 0, &v);
        load(y + i, n - i, 0, &u);
        u += v;
        store(y + i, n - i, &u);
    }
}

TARGET static void scale(float *x, size_t n, float factor)
{
    for (size_t i = 0; i < n; i += WITHIN) {
        vector v;
        load(x + i, n - i, 0, &v);
        v *= SPLAT(factor);
        store(x + i, n - i, &v);
    }
}

TARGET static double squares(const float *x, size_t n)
{
    double sum = 0;
    for (size_t first = 0; first < n; first += 4096) {
        size_t last = n - first < 4096 ? n : first + 4096;
        vector v;
        vector sums = SPLAT(0.0F);
        for (size_t i = first; i < last; i += WITHIN) {
            load(x + i, last - i, 0, &v);
            sums = MADD(v, v, sums);
        }
        sum += (double)total(&sums);
    }
    return sum;
}

TARGET static void adam(
    const struct basin_adam *adam, const float *g, size_t n, float *m, float *v, float *w)
{
    for (size_t i = 0; i < n; i += WITHIN) {
        vector slope, mean, square, x;
        load(g + i, n - i, 0, &slope);
        load(m + i, n - i, 0, &mean);
        load(v + i, n - i, 0, &square);
        load(w + i, n - i, 0, &x);
        mean = MADD(mean, SPLAT(adam->beta1), slope * SPLAT(1 - adam->beta1));
        square = MADD(square, SPLAT(adam->beta2), slope * slope * SPLAT(1 - adam->beta2));
        vector root = square * SPLAT(adam->v_scale);
        ROOT(root)
        vector change = mean * SPLAT(adam->m_scale) / (root + SPLAT(adam->epsilon));
        x -= SPLAT(adam->rate) * MADD(x, SPLAT(adam->decay), change);
        store(m + i, n - i, &mean);
        store(v + i, n - i, &square);
        store(w + i, n - i, &x);
    }
}

const struct basin_learn_code LEARN_CODE = {.norm = norm,
    .norm_back = norm_back,
    .gelu_back = gelu_back,
    .gelu_tanh_back = gelu_tanh_back,
    .softmax_back = softmax_back,
    .cross_entropy = cross_entropy,
    .add = add,
    .scale = scale,
    .squares = squares,
    .adam = adam};
