/* What training does to rows of single-precision numbers: the plain twins. */
#include "kernels/learn.h"

#include <math.h>

const struct basin_learn_code *basin_learn_code(enum basin_isa isa)
{
    return BASIN_CODE(isa, basin_learn);
}

static float norm(const float *x, size_t n, const float *gain, const float *bias,
    float epsilon, float *normal, float *y)
{
    double mean = 0;
    double variance = 0;
    for (size_t i = 0; i < n; i++) {
        mean += (double)x[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double deviation = (double)x[i] - mean;
        variance += deviation * deviation / (double)n;
    }
    double inverse = 1 / sqrt(variance + (double)epsilon);
    for (size_t i = 0; i < n; i++) {
        normal[i] = (float)(((double)x[i] - mean) * inverse);
        y[i] = normal[i] * gain[i] + bias[i];
    }
    return (float)inverse;
}

static void norm_back(const float *dy, size_t n, const float *gain, const float *normal,
    float inverse, float *dx, float *gain_slope, float *bias_slope)
{
    double mean = 0;
    double product = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (double)dy[i] * (double)gain[i];
        mean += d / (double)n;
        product += d * (double)normal[i] / (double)n;
        gain_slope[i] += dy[i] * normal[i];
        bias_slope[i] += dy[i];
    }
    for (size_t i = 0; i < n; i++) {
        double d = (double)dy[i] * (double)gain[i];
        dx[i] = (float)((double)inverse * (d - mean - (double)normal[i] * product));
    }
}

static void gelu_back(const float *x, size_t n, float *dy)
{
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        double phi = exp(-v * v / 2) * 0.39894228040143268;
        dy[i] = (float)((double)dy[i] * (0.5 * erfc(-v * 0.70710678118654752) + v * phi));
    }
}

static void gelu_tanh_back(const float *x, size_t n, float *dy)
{
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        double t = tanh(0.79788456080286536 * (v + 0.044715 * v * v * v));
        double slope = 0.79788456080286536 * (1 + 3 * 0.044715 * v * v);
        dy[i] = (float)((double)dy[i] * (0.5 * (1 + t) + 0.5 * v * (1 - t * t) * slope));
    }
}

static void softmax_back(const float *p, size_t n, float factor, float *dp)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)p[i] * (double)dp[i];
    }
    for (size_t i = 0; i < n; i++) {
        dp[i] = (float)((double)factor * (double)p[i] * ((double)dp[i] - sum));
    }
}

static double cross_entropy(float *x, size_t n, size_t target)
{
    double most = (double)x[0];
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, (double)x[i]);
    }
    for (size_t i = 0; i < n; i++) {
        sum += exp((double)x[i] - most);
    }
    double loss = most - (double)x[target] + log(sum);
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(exp((double)x[i] - most) / sum - (i == target ? 1 : 0));
    }
    return loss;
}

static void add(const float *x, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] += x[i];
    }
}

static void scale(float *x, size_t n, float factor)
{
    for (size_t i = 0; i < n; i++) {
        x[i] *= factor;
    }
}

static double squares(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum;
}

static void adam(
    const struct basin_adam *adam, const float *g, size_t n, float *m, float *v, float *w)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = adam->beta1 * m[i] + (1 - adam->beta1) * g[i];
        v[i] = adam->beta2 * v[i] + (1 - adam->beta2) * g[i] * g[i];
        float root = sqrtf(v[i] * adam->v_scale) + adam->epsilon;
        w[i] -= adam->rate * (m[i] * adam->m_scale / root + adam->decay * w[i]);
    }
}

const struct basin_learn_code basin_learn_plain = {.norm = norm,
    .norm_back = norm_back,
    .gelu_back = gelu_back,
    .gelu_tanh_back = gelu_tanh_back,
    .softmax_back = softmax_back,
    .cross_entropy = cross_entropy,
    .add = add,
    .scale = scale,
    .squares = squares,
    .adam = adam};
