/* Feature maps of generalised kernels: h = 1 and one function f (Choromanski et al. 2021,
 * section 2.2 and appendix). To add a function is to add it here and in the registry. */
#include "features/feature.h"

#include <gsl/gsl_math.h>
#include <math.h>

static double no_log_size(const double *u, size_t m, double norm2)
{
    (void)u;
    (void)m;
    (void)norm2;
    return 0;
}

static double exp_log_size(const double *u, size_t m, double norm2)
{
    (void)norm2;
    double largest = u[0];
    for (size_t k = 1; k < m; k++) {
        largest = fmax(largest, u[k]);
    }
    return largest;
}

static double relu(double u)
{
    return fmax(u, 0);
}

static double sigmoid(double u)
{
    return 1 / (1 + exp(-u));
}

/* The cosine of the angle, kept in range. */
static double cosine(double xx, double yy, double xy)
{
    double c = xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0;
    return fmin(1, fmax(-1, c));
}

/* The arc-cosine kernel of degree 1 (Cho & Saul 2009), halved. */
static double relu_kernel(double xx, double yy, double xy)
{
    double c = cosine(xx, yy, xy);
    return sqrt(xx * yy) / (2 * M_PI) * (sqrt(1 - c * c) + (M_PI - acos(c)) * c);
}

/* |u| = relu(u) + relu(-u). */
static double abs_kernel(double xx, double yy, double xy)
{
    return 2 * (relu_kernel(xx, yy, xy) + relu_kernel(xx, yy, -xy));
}

static double exp_kernel(double xx, double yy, double xy)
{
    return exp((xx + yy) / 2 + xy);
}

static double linear_kernel(double xx, double yy, double xy)
{
    (void)xx;
    (void)yy;
    return xy;
}

/* name, f(u) e^-shift, log size, stabiliser, kernel */
#define GENERALIZED(name_, value, size, eps, K)                                          \
    static void name_##_map(                                                             \
        const double *u, size_t m, double norm2, double shift, double *phi)              \
    {                                                                                    \
        (void)norm2;                                                                     \
        for (size_t k = 0; k < m; k++) {                                                 \
            phi[k] = (value);                                                            \
        }                                                                                \
        (void)shift;                                                                     \
    }                                                                                    \
    const struct basin_feature basin_feature_##name_ = {                                 \
        .kind = {.name = #name_,                                                         \
            .summary = "generalised kernel with f = " #name_,                            \
            .source = "Choromanski et al. 2021, section 2.2",                            \
            .version = 1},                                                               \
        .functions = 1,                                                                  \
        .stabilizer = (eps),                                                             \
        .log_size = (size),                                                              \
        .map = name_##_map,                                                              \
        .kernel = (K),                                                                   \
    }

GENERALIZED(relu, relu(u[k]), no_log_size, 1e-3, relu_kernel);
GENERALIZED(exp, exp(u[k] - shift), exp_log_size, 1e-3, exp_kernel);
GENERALIZED(abs, fabs(u[k]), no_log_size, 1e-3, abs_kernel);
GENERALIZED(sigmoid, sigmoid(u[k]), no_log_size, 1e-3, NULL);
GENERALIZED(linear, u[k], no_log_size, 0, linear_kernel);
