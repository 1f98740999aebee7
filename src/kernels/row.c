/* Softmax, layer norm and GELU of rows of single-precision numbers. */
#include "kernels/row.h"

#include <math.h>

const struct basin_row_code *basin_row_code(enum basin_isa isa)
{
    return BASIN_CODE(isa, basin_row);
}

static void softmax(float *x, size_t n, float factor)
{
    float most = x[0];
    for (size_t i = 1; i < n; i++) {
        most = fmaxf(most, x[i]);
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        x[i] = expf((x[i] - most) * factor);
        sum += (double)x[i];
    }
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)((double)x[i] / sum);
    }
}

static void norm(float *x, size_t n, const float *gain, const float *bias, float epsilon)
{
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        mean += (double)x[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        squares += ((double)x[i] - mean) * ((double)x[i] - mean);
    }
    double scale = 1 / sqrt(squares / (double)n + (double)epsilon);
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(((double)x[i] - mean) * scale * (double)gain[i] + (double)bias[i]);
    }
}

static void gelu(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = 0.5F * x[i] * (1 + erff(x[i] * 0.70710678F));
    }
}

static void gelu_tanh(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float inner = 0.79788456F * (x[i] + 0.044715F * x[i] * x[i] * x[i]);
        x[i] = 0.5F * x[i] * (1 + tanhf(inner));
    }
}

const struct basin_row_code basin_row_plain = {
    .softmax = softmax, .norm = norm, .gelu = gelu, .gelu_tanh = gelu_tanh};
