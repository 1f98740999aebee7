/* The few operations that an encoder is made of. */
#include "transformer/layers.h"

#include "kernels/row.h"
#include "transformer/bert.h"

#include <gsl/gsl_cblas.h>
#include <stdbool.h>
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
    const struct basin_row_code *row = basin_row_code(basin_isa_best());
    bool many = n * size > 1 << 16; /* else threads take longer to wake */
#pragma omp parallel for schedule(static) if (many)
    for (size_t i = 0; i < n; i++) {
        row->norm(x + i * size, size, gain, bias, (float)epsilon);
    }
}

void basin_layer_activate(float *x, size_t n, int activation)
{
    switch (activation) {
    case BASIN_GELU:
        basin_row_code(basin_isa_best())->gelu(x, n);
        break;
    case BASIN_GELU_TANH:
        basin_row_code(basin_isa_best())->gelu_tanh(x, n);
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            x[i] = x[i] > 0 ? x[i] : 0;
        }
    }
}
