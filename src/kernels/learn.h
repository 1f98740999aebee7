/* What training does to rows of single-precision numbers: layer norms that remember, and
 * the slopes of what an encoder is made of.
 *
 * A name with `back` turns the slope dy of a loss by a function's outputs into the slope
 * by its inputs. */
#ifndef BASIN_KERNELS_LEARN_H
#define BASIN_KERNELS_LEARN_H

#include "kernels/simd.h"

/* One step of AdamW (Loshchilov & Hutter 2019) with bias correction:
 *   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2,
 *   w = w - rate (m_scale m / (sqrt(v_scale v) + epsilon) + decay w). */
struct basin_adam {
    float beta1, beta2, epsilon, rate, decay;
    float m_scale, v_scale; /* 1 / (1 - b1^t), 1 / (1 - b2^t) */
};

struct basin_learn_code {
    /* normal = (x - mean) / sqrt(variance + epsilon), y = normal * gain + bias, with the
     * variance over n. Returns 1 / sqrt(variance + epsilon). normal may be x. */
    float (*norm)(const float *x, size_t n, const float *gain, const float *bias,
        float epsilon, float *normal, float *y);
    /* dx may be dy; adds to the slopes of gain and bias. */
    void (*norm_back)(const float *dy, size_t n, const float *gain, const float *normal,
        float inverse, float *dx, float *gain_slope, float *bias_slope);

    /* dy = dy f'(x) for GELU, exact and by tanh. */
    void (*gelu_back)(const float *x, size_t n, float *dy);
    void (*gelu_tanh_back)(const float *x, size_t n, float *dy);

    /* dp = factor p (dp - sum_j p_j dp_j), for p = softmax(factor x). */
    void (*softmax_back)(const float *p, size_t n, float factor, float *dp);

    /* x = softmax(x) - e_target, the slope of the loss -ln softmax(x)_target, which is
     * returned. */
    double (*cross_entropy)(float *x, size_t n, size_t target);

    void (*add)(const float *x, size_t n, float *y); /* y += x */
    void (*scale)(float *x, size_t n, float factor); /* x *= factor */
    double (*squares)(const float *x, size_t n);     /* sum of x^2 */
    void (*adam)(const struct basin_adam *adam, const float *g, size_t n, float *m,
        float *v, float *w);
};

/* The functions for a set of instructions. */
const struct basin_learn_code *basin_learn_code(enum basin_isa isa);

/* The plain twin: as the equations read, sums in double precision. */
extern const struct basin_learn_code basin_learn_plain;

extern const struct basin_learn_code basin_learn_avx512, basin_learn_avx2,
    basin_learn_portable;

#endif
