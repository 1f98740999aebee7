/* The modern continuous network, xi' = X softmax(beta X^T xi).
 *
 * Ramsauer et al., "Hopfield networks is all you need" (2021): theorem 3 (A5) guarantees
 * that, with probability 1 - p, sqrt(p) c^((d-1)/4) random patterns on the sphere of
 * radius K sqrt(d-1) are stored; corollary A1 bounds c without Lambert's W. Two patterns
 * x and -x of norm M can be solved: xi = s x becomes s' = tanh(beta M^2 s). */
#include "theory/families.h"
#include "theory/solve.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_lambert.h>
#include <math.h>

struct guarantee {
    double beta, radius, failure;
    long dimension;
};

/* ln of the argument of W: a + ln b. */
static double exponent_of(const struct guarantee *self)
{
    double n = (double)self->dimension - 1;
    double k2 = self->radius * self->radius;
    double a = 2 / n * (1 + log(2 * self->beta * k2 * self->failure * n));
    return a + log(2 * k2 * self->beta / 5);
}

static double base_of(const struct guarantee *self)
{
    double b = 2 * gsl_pow_2(self->radius) * self->beta / 5;
    return b / gsl_sf_lambert_W0(exp(exponent_of(self)));
}

static int base_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    *value = base_of(params);
    return 0;
}

static int base_bound_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct guarantee *self = params;
    const double omega = gsl_sf_lambert_W0(1);
    double b = 2 * gsl_pow_2(self->radius) * self->beta / 5;
    double u = exponent_of(self);
    (void)diag;
    *value = u > 0 ? b * pow(u, -u / (1 + u))
                   : b / log((omega * exp(u) + 1) / (omega * (1 + omega)));
    return 0;
}

static double base_needed(const struct guarantee *self)
{
    return pow(2 / sqrt(self->failure), 4 / ((double)self->dimension - 1));
}

static int base_needed_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    *value = base_needed(params);
    return 0;
}

static int guarantee_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct guarantee *self = params;
    double c = base_of(self);
    if (c < base_needed(self)) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the theorem is silent: c = %.4g is below the %.4g that it needs", c,
            base_needed(self));
    }
    *value = sqrt(self->failure) * pow(c, ((double)self->dimension - 1) / 4);
    return 0;
}

struct expected {
    double beta, radius, base;
    long dimension;
};

/* The left side of the inequality that theorem A7 asks for, minus the right one. */
static int expected_margin_value(
    const void *params, double *value, struct basin_diag *diag)
{
    const struct expected *self = params;
    (void)diag;
    double n = (double)self->dimension - 1;
    double m2 = n * gsl_pow_2(self->radius);
    double separation = m2 / (5 * self->base) * gsl_pow_2(1 - log(n) / n);
    double needed =
        2 * pow(self->base, -n / 4) + n / 2 * log(self->base) + log(2 * self->beta * m2);
    *value = separation - needed / self->beta;
    return 0;
}

struct pair {
    double beta, radius;
};

static double pair_excess(double s, void *params)
{
    const double *gain = params;
    return tanh(*gain * s) - s;
}

static int pair_point(const struct pair *self, double *s, struct basin_diag *diag)
{
    double gain = self->beta * gsl_pow_2(self->radius);
    *s = 0;
    if (gain <= 1) {
        return 0;
    }
    /* Below s* the excess is positive; near 0 it is (gain - 1) s. */
    double low = sqrt(fmin(1, 3 * (gain - 1) / gsl_pow_3(gain))) / 2;
    return basin_solve_root(pair_excess, &gain, low, 1, s, diag);
}

static int pair_point_value(const void *params, double *value, struct basin_diag *diag)
{
    return pair_point(params, value, diag);
}

static int pair_rate_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct pair *self = params;
    double s;
    int ret = pair_point(self, &s, diag);
    if (ret == 0) {
        *value = self->beta * gsl_pow_2(self->radius) * (1 - s * s);
    }
    return ret;
}

/* Near its least value the energy goes as the square of the distance. */
static int pair_energy_rate_value(
    const void *params, double *value, struct basin_diag *diag)
{
    int ret = pair_rate_value(params, value, diag);
    *value *= *value;
    return ret;
}

struct jacobian {
    long k;
};

static int jacobian_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct jacobian *self = params;
    double k = (double)self->k;
    (void)diag;
    *value = sqrt(k - 1) / k;
    return 0;
}

struct uniform {
    long patterns_count;
    double spread_quantile;
};

/* The sum of equal weights 1/N reaches q at ceil(q N), with 1e-12 for round-off. */
static int uniform_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct uniform *self = params;
    (void)diag;
    *value =
        fmax(1, ceil((self->spread_quantile - 1e-12) * (double)self->patterns_count));
    return 0;
}

static const struct basin_field guarantee_fields[] = {
    BASIN_FIELD_INT(
        struct guarantee, dimension, NULL, 2, 1e9, "1", "number d of components"),
    BASIN_FIELD_REAL(
        struct guarantee, beta, "1", BASIN_POSITIVE, 1e9, "1", "inverse temperature"),
    BASIN_FIELD_REAL(struct guarantee, radius, "1", BASIN_POSITIVE, 1e9, "1",
        "K: patterns have norm K sqrt(d-1)"),
    BASIN_FIELD_REAL(struct guarantee, failure, "0.001", BASIN_POSITIVE, 1, "1",
        "probability p that the patterns are not all stored"),
    BASIN_FIELD_END,
};

static const struct basin_field expected_fields[] = {
    BASIN_FIELD_REAL(
        struct expected, beta, "1", BASIN_POSITIVE, 1e9, "1", "inverse temperature"),
    BASIN_FIELD_REAL(struct expected, radius, NULL, BASIN_POSITIVE, 1e9, "1",
        "K, the norm of the patterns over sqrt(d - 1)"),
    BASIN_FIELD_REAL(
        struct expected, base, NULL, 1, 1e9, "1", "c: c^((d-1)/4) patterns are stored"),
    BASIN_FIELD_INT(
        struct expected, dimension, NULL, 2, 1e9, "1", "number d of components"),
    BASIN_FIELD_END,
};

static const struct basin_field pair_fields[] = {
    BASIN_FIELD_REAL(
        struct pair, beta, "1", BASIN_POSITIVE, 1e9, "1", "inverse temperature"),
    BASIN_FIELD_REAL(
        struct pair, radius, "1", BASIN_POSITIVE, 1e9, "1", "norm M of the two patterns"),
    BASIN_FIELD_END,
};

static const struct basin_field jacobian_fields[] = {
    BASIN_FIELD_INT(
        struct jacobian, k, NULL, 1, 1e9, "patterns", "number of equal weights"),
    BASIN_FIELD_END,
};

static const struct basin_field uniform_fields[] = {
    BASIN_FIELD_INT(
        struct uniform, patterns_count, NULL, 1, 1e9, "1", "number N of weights"),
    BASIN_FIELD_REAL(struct uniform, spread_quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "sum that the k weights reach"),
    BASIN_FIELD_END,
};

#define MODERN "Ramsauer et al. 2021"

const struct basin_theory basin_theory_modern_base = {
    .kind = {"modern_base", "c: the guaranteed patterns grow as c^((d-1)/4)",
        MODERN ", theorem A5", 1, guarantee_fields, sizeof(struct guarantee)},
    .unit = "1",
    .value = base_value,
};

const struct basin_theory basin_theory_modern_base_bound = {
    .kind = {"modern_base_bound", "lower bound of modern_base without Lambert's W",
        MODERN ", corollary A1", 1, guarantee_fields, sizeof(struct guarantee)},
    .unit = "1",
    .value = base_bound_value,
};

const struct basin_theory basin_theory_modern_base_needed = {
    .kind = {"modern_base_needed", "least modern_base for which the theorem speaks",
        MODERN ", theorem A5", 1, guarantee_fields, sizeof(struct guarantee)},
    .unit = "1",
    .value = base_needed_value,
};

const struct basin_theory basin_theory_modern_guarantee = {
    .kind = {"modern_guarantee", "patterns that are stored with probability 1 - p",
        MODERN ", theorem A5", 1, guarantee_fields, sizeof(struct guarantee)},
    .unit = "patterns",
    .value = guarantee_value,
};

const struct basin_theory basin_theory_modern_expected_margin = {
    .kind = {"modern_expected_margin",
        "left minus right side of what c must fulfil for the expected separation; the "
        "theorem speaks from 0 on, in its example not from d = 17 but from d = 21",
        MODERN ", theorem A7", 1, expected_fields, sizeof(struct expected)},
    .unit = "1",
    .value = expected_margin_value,
};

const struct basin_theory basin_theory_pair_point = {
    .kind = {"pair_point", "fixed point s of two patterns x and -x, xi = s x",
        "s = tanh(beta M^2 s)", 1, pair_fields, sizeof(struct pair)},
    .unit = "1",
    .value = pair_point_value,
};

const struct basin_theory basin_theory_pair_rate = {
    .kind = {"pair_rate", "factor by which one update shrinks the distance to pair_point",
        "beta M^2 (1 - s^2)", 1, pair_fields, sizeof(struct pair)},
    .unit = "1",
    .value = pair_rate_value,
};

const struct basin_theory basin_theory_pair_energy_rate = {
    .kind = {"pair_energy_rate",
        "factor by which one update shrinks the energy above that of pair_point",
        "(beta M^2 (1 - s^2))^2", 1, pair_fields, sizeof(struct pair)},
    .unit = "1",
    .value = pair_energy_rate_value,
};

const struct basin_theory basin_theory_softmax_jacobian = {
    .kind = {"softmax_jacobian", "Frobenius norm of diag(p) - p p^T, k equal weights",
        "sqrt(k - 1) / k", 1, jacobian_fields, sizeof(struct jacobian)},
    .unit = "1",
    .value = jacobian_value,
};

const struct basin_theory basin_theory_uniform_k = {
    .kind = {"uniform_k", "k of N equal weights: the least number whose sum reaches q",
        MODERN ", section 4", 1, uniform_fields, sizeof(struct uniform)},
    .unit = "patterns",
    .value = uniform_value,
};
