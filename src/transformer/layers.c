/* The few operations that an encoder is made of. */
#include "transformer/layers.h"

#include "transformer/bert.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <string.h>

void basin_layer_linear(const float *x, size_t n, size_t inputs, const float *w,
    const float *b, size_t outputs, float *y)
{
    for (size_t i = 0; i < n; i++) {
        memcpy(y + i * outputs, b, outputs * sizeof(*y));
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)outputs,
        (int)inputs, 1, x, (int)inputs, w, (int)inputs, 1, y, (int)outputs);
}

void basin_layer_norm(
    float *x, size_t n, size_t size, const float *gain, const float *bias, double epsilon)
{
    for (size_t i = 0; i < n; i++, x += size) {
        double sum = 0;
        double squares = 0;
        for (size_t j = 0; j < size; j++) {
            sum += (double)x[j];
        }
        double mean = sum / (double)size;
        for (size_t j = 0; j < size; j++) {
            double deviation = (double)x[j] - mean;
            squares += deviation * deviation;
        }
        float scale = (float)(1 / sqrt(squares / (double)size + epsilon));
        for (size_t j = 0; j < size; j++) {
            x[j] = (x[j] - (float)mean) * scale * gain[j] + bias[j];
        }
    }
}

void basin_layer_activate(float *x, size_t n, int activation)
{
    const float root_half = 0.70710678118654752F;        /* sqrt(1/2) */
    const float root_two_over_pi = 0.79788456080286536F; /* sqrt(2/pi) */
    switch (activation) {
    case BASIN_GELU:
        for (size_t i = 0; i < n; i++) {
            x[i] = 0.5F * x[i] * (1 + erff(x[i] * root_half));
        }
        break;
    case BASIN_GELU_TANH:
        for (size_t i = 0; i < n; i++) {
            float inner = root_two_over_pi * (x[i] + 0.044715F * x[i] * x[i] * x[i]);
            x[i] = 0.5F * x[i] * (1 + tanhf(inner));
        }
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            x[i] = fmaxf(x[i], 0);
        }
    }
}

void basin_layer_softmax(float *x, size_t n, float factor)
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
    float scale = (float)(1 / sum);
    for (size_t i = 0; i < n; i++) {
        x[i] *= scale;
    }
}
