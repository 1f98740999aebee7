/* Random features for the softmax kernel SM(x, y) = exp(x.y).
 *
 * Choromanski et al., "Rethinking attention with Performers" (2021), lemma 2: variances
 * of the trigonometric, positive and hyperbolic estimators from m independent Gaussian
 * directions; theorem 2: what orthogonal directions gain at least (m <= d); the
 * regularised kernel, for directions of fixed length sqrt(d). Here |x| = |y| = norm, at
 * an angle. The ReLU kernel is Cho & Saul's (2009) first arc-cosine kernel, halved. */
#include "theory/families.h"
#include "theory/solve.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_hyperg.h>
#include <math.h>

struct features {
    long features;
    double norm, angle;
    long dimension;
};

/* What all formulas are written in. */
struct kernel {
    double m;
    double squares; /* |x|^2 + |y|^2 */
    double inner;   /* x.y */
    double sum;     /* |x+y|^2 */
    double apart;   /* |x-y|^2 */
};

static struct kernel kernel_of(const struct features *self)
{
    double squares = 2 * self->norm * self->norm;
    double inner = squares / 2 * cos(self->angle * M_PI / 180);
    return (struct kernel){.m = (double)self->features,
        .squares = squares,
        .inner = inner,
        .sum = fmax(squares + 2 * inner, 0),
        .apart = fmax(squares - 2 * inner, 0)};
}

static double trigonometric_mse(const struct kernel *k)
{
    return exp(k->sum - 2 * k->inner) * gsl_pow_2(expm1(-k->apart)) / (2 * k->m);
}

static double positive_mse(const struct kernel *k)
{
    return exp(k->sum + 2 * k->inner) * -expm1(-k->sum) / k->m;
}

static int trigonometric_value(const void *params, double *value, struct basin_diag *diag)
{
    struct kernel k = kernel_of(params);
    (void)diag;
    *value = trigonometric_mse(&k);
    return 0;
}

static int positive_value(const void *params, double *value, struct basin_diag *diag)
{
    struct kernel k = kernel_of(params);
    (void)diag;
    *value = positive_mse(&k);
    return 0;
}

static int hyperbolic_value(const void *params, double *value, struct basin_diag *diag)
{
    struct kernel k = kernel_of(params);
    (void)diag;
    *value = -expm1(-k.sum) / 2 * positive_mse(&k);
    return 0;
}

static double log_ratio(double angle, void *params)
{
    const struct features *self = params;
    struct features at = {.features = 1, .norm = self->norm, .angle = angle};
    struct kernel k = kernel_of(&at);
    return log(trigonometric_mse(&k) / positive_mse(&k));
}

static int equal_angle_value(const void *params, double *value, struct basin_diag *diag)
{
    struct features self = *(const struct features *)params;
    return basin_solve_root(log_ratio, &self, 1, 179, value, diag);
}

static int orthogonal_gain_value(
    const void *params, double *value, struct basin_diag *diag)
{
    const struct features *self = params;
    struct kernel k = kernel_of(self);
    double d = (double)self->dimension;
    if (k.m > d) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "more features (%.0f) than dimensions (%.0f) cannot be orthogonal", k.m, d);
    }
    *value =
        2 * (k.m - 1) / (k.m * (d + 2)) * gsl_pow_2(exp(k.inner) - exp(-k.squares / 2));
    return 0;
}

/* e^-w sum_k w^k/k! prod_{j<k} d/(d+2j), w = |x+y|^2/2: a hypergeometric 0F1. */
static int regularised_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct features *self = params;
    struct kernel k = kernel_of(self);
    double half = (double)self->dimension / 2;
    double w = k.sum / 2;
    (void)diag;
    *value = exp(-w) * gsl_sf_hyperg_0F1(half, w * half);
    return 0;
}

static int relu_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct features *self = params;
    double t = self->angle * M_PI / 180;
    (void)diag;
    *value = gsl_pow_2(self->norm) / (2 * M_PI) * (sin(t) + (M_PI - t) * cos(t));
    return 0;
}

#define NORM_FIELD                                                                       \
    BASIN_FIELD_REAL(                                                                    \
        struct features, norm, "1", BASIN_POSITIVE, 10, "1", "norm of x and of y")
#define ANGLE_FIELD                                                                      \
    BASIN_FIELD_REAL(                                                                    \
        struct features, angle, "90", 0, 180, "degrees", "angle between x and y")
#define DIMENSION_FIELD                                                                  \
    BASIN_FIELD_INT(struct features, dimension, NULL, 1, 1e9, "1", "dimension d of x")
#define FEATURES_FIELD                                                                   \
    BASIN_FIELD_INT(                                                                     \
        struct features, features, NULL, 1, 1e9, "1", "number m of random directions")

static const struct basin_field mse_fields[] = {
    FEATURES_FIELD,
    NORM_FIELD,
    ANGLE_FIELD,
    BASIN_FIELD_END,
};

static const struct basin_field orthogonal_fields[] = {
    FEATURES_FIELD,
    DIMENSION_FIELD,
    NORM_FIELD,
    ANGLE_FIELD,
    BASIN_FIELD_END,
};

static const struct basin_field regularised_fields[] = {
    DIMENSION_FIELD,
    NORM_FIELD,
    ANGLE_FIELD,
    BASIN_FIELD_END,
};

static const struct basin_field relu_fields[] = {
    NORM_FIELD, ANGLE_FIELD, BASIN_FIELD_END};
static const struct basin_field norm_fields[] = {NORM_FIELD, BASIN_FIELD_END};

#define LEMMA "Choromanski et al. 2021, lemma 2"
#define KIND(name, summary, source, fields)                                              \
    {                                                                                    \
        name, summary, source, 1, fields, sizeof(struct features)                        \
    }

const struct basin_theory basin_theory_trigonometric_mse = {
    .kind = KIND("trigonometric_mse", "mean squared error of trigonometric features",
        LEMMA, mse_fields),
    .unit = "1",
    .value = trigonometric_value,
};

const struct basin_theory basin_theory_positive_mse = {
    .kind = KIND(
        "positive_mse", "mean squared error of positive features", LEMMA, mse_fields),
    .unit = "1",
    .value = positive_value,
};

const struct basin_theory basin_theory_hyperbolic_mse = {
    .kind = KIND(
        "hyperbolic_mse", "mean squared error of hyperbolic features", LEMMA, mse_fields),
    .unit = "1",
    .value = hyperbolic_value,
};

const struct basin_theory basin_theory_equal_angle = {
    .kind = KIND("equal_angle",
        "angle above which positive features are better than trigonometric ones", LEMMA,
        norm_fields),
    .unit = "degrees",
    .value = equal_angle_value,
};

const struct basin_theory basin_theory_orthogonal_gain = {
    .kind = KIND("orthogonal_gain", "least fall of the error by orthogonal directions",
        "Choromanski et al. 2021, theorem 2", orthogonal_fields),
    .unit = "1",
    .value = orthogonal_gain_value,
};

const struct basin_theory basin_theory_regularised_kernel = {
    .kind = KIND("regularised_kernel", "kernel of directions of length sqrt(d), over SM",
        "Choromanski et al. 2021, theorem 1", regularised_fields),
    .unit = "1",
    .value = regularised_value,
};

const struct basin_theory basin_theory_relu_kernel = {
    .kind = KIND("relu_kernel", "E[ReLU(w.x) ReLU(w.y)] for Gaussian w",
        "Cho & Saul 2009, arc-cosine kernel of degree 1", relu_fields),
    .unit = "1",
    .value = relu_value,
};
