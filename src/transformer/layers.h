/* The few operations that an encoder is made of, on rows of floats. */
#ifndef BASIN_TRANSFORMER_LAYERS_H
#define BASIN_TRANSFORMER_LAYERS_H

#include <stddef.h>

/* y = x W^T + b: x is n x inputs, y is n x outputs, W is outputs x inputs. */
void basin_layer_linear(const float *x, size_t n, size_t inputs, const float *w,
    const float *b, size_t outputs, float *y);

/* x = (x - mean) / sqrt(variance + epsilon) * gain + bias, row by row. */
void basin_layer_norm(float *x, size_t n, size_t size, const float *gain,
    const float *bias, double epsilon);

/* gelu(x) = x Phi(x), its approximation by tanh, or max(x, 0): enum basin_activation. */
void basin_layer_activate(float *x, size_t n, int activation);

#endif
