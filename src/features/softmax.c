/* Feature maps of the softmax kernel K(x, y) = exp(x.y) (Choromanski et al. 2021).
 *
 *   trigonometric   h = e^(|z|^2/2)            f = sin, cos             (section 2.3)
 *   positive        h = e^(-|z|^2/2)           f = exp                  (lemma 1)
 *   hyperbolic      h = e^(-|z|^2/2)/sqrt(2)   f = exp(u), exp(-u)      (lemma 1) */
#include "features/feature.h"

#include <gsl/gsl_math.h>
#include <math.h>

static double softmax_kernel(double xx, double yy, double xy)
{
    (void)xx;
    (void)yy;
    return exp(xy);
}

static double positive_log_size(const double *u, size_t m, double norm2)
{
    double largest = u[0];
    for (size_t k = 1; k < m; k++) {
        largest = fmax(largest, u[k]);
    }
    return largest - norm2 / 2;
}

static void positive_map(
    const double *u, size_t m, double norm2, double shift, double *phi)
{
    for (size_t k = 0; k < m; k++) {
        phi[k] = exp(u[k] - norm2 / 2 - shift);
    }
}

static double hyperbolic_log_size(const double *u, size_t m, double norm2)
{
    double largest = 0;
    for (size_t k = 0; k < m; k++) {
        largest = fmax(largest, fabs(u[k]));
    }
    return largest - norm2 / 2;
}

static void hyperbolic_map(
    const double *u, size_t m, double norm2, double shift, double *phi)
{
    for (size_t k = 0; k < m; k++) {
        phi[k] = M_SQRT1_2 * exp(u[k] - norm2 / 2 - shift);
        phi[m + k] = M_SQRT1_2 * exp(-u[k] - norm2 / 2 - shift);
    }
}

static double trigonometric_log_size(const double *u, size_t m, double norm2)
{
    (void)u;
    (void)m;
    return norm2 / 2;
}

static void trigonometric_map(
    const double *u, size_t m, double norm2, double shift, double *phi)
{
    double h = exp(norm2 / 2 - shift);
    for (size_t k = 0; k < m; k++) {
        phi[k] = h * sin(u[k]);
        phi[m + k] = h * cos(u[k]);
    }
}

#define SOFTMAX(name_, l, eps, text, place)                                              \
    const struct basin_feature basin_feature_##name_ = {                                 \
        .kind = {.name = #name_,                                                         \
            .summary = (text),                                                           \
            .source = "Choromanski et al. 2021, " place,                                 \
            .version = 1},                                                               \
        .functions = (l),                                                                \
        .softmax = true,                                                                 \
        .stabilizer = (eps),                                                             \
        .log_size = name_##_log_size,                                                    \
        .map = name_##_map,                                                              \
        .kernel = softmax_kernel,                                                        \
    }

SOFTMAX(positive, 1, 1e-6, "positive features of the softmax kernel", "lemma 1");
SOFTMAX(hyperbolic, 2, 1e-6, "positive features, each with its mirror image", "lemma 1");
SOFTMAX(trigonometric, 2, 0, "sines and cosines; weights may be negative", "section 2.3");
