/* Dense associative memories: energies -sum F(x_i xi), F a power or an exponential.
 *
 * Krotov & Hopfield, "Dense associative memory for pattern recognition" (2016): with
 * F(z) = z^n the crosstalk of N patterns has variance N (2n-3)!! / d^(n-1), so that the
 * number of patterns grows as d^(n-1). Demircigil, Heusel, Loewe, Upgang & Vermet, "On a
 * model of associative memory with huge storage capacity" (2017), theorem 3: with
 * F(z) = e^z all of e^(alpha d) + 1 patterns are retrieved in one update from cues with a
 * fraction `flip` of units wrong, as d grows, if alpha < I(1 - 2 flip) / 2, where
 * I(a) = ((1+a) ln(1+a) + (1-a) ln(1-a)) / 2. */
#include "theory/families.h"
#include "theory/storage.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

struct dense {
    struct basin_storage stored;
    long power;
    double error;
};

/* (2n-3)!! */
static double crosstalk_factor(long power)
{
    return gsl_sf_doublefact((unsigned)(2 * power - 3));
}

static int dense_error_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct dense *self = params;
    double d;
    double n;
    int ret = basin_storage_size(&self->stored, &d, &n, diag);
    if (ret == 0) {
        double room = pow(d, (double)self->power - 1);
        *value = gsl_cdf_ugaussian_Q(sqrt(room / (n * crosstalk_factor(self->power))));
    }
    return ret;
}

static int dense_exact_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct dense *self = params;
    double error;
    int ret = dense_error_value(params, &error, diag);
    if (ret == 0) {
        *value = exp((double)self->stored.dimension * log1p(-error));
    }
    return ret;
}

/* alpha_n of N = alpha_n d^(n-1). */
static int dense_load_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct dense *self = params;
    (void)diag;
    double z = gsl_cdf_ugaussian_Qinv(self->error);
    *value = 1 / (z * z * crosstalk_factor(self->power));
    return 0;
}

static int dense_patterns_value(
    const void *params, double *value, struct basin_diag *diag)
{
    const struct dense *self = params;
    double d = (double)self->stored.dimension;
    if (d < 0) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "dimension is not known: give it");
    }
    *value =
        pow(d, (double)self->power - 1) / (2 * crosstalk_factor(self->power) * log(d));
    return 0;
}

struct exponential {
    long dimension;
    double flip;
};

/* x ln x, which is 0 at 0. */
static double x_log_x(double x)
{
    return x > 0 ? x * log(x) : 0;
}

static int exponential_rate_value(
    const void *params, double *value, struct basin_diag *diag)
{
    const struct exponential *self = params;
    double a = 1 - 2 * self->flip;
    (void)diag;
    *value = (x_log_x(1 + a) + x_log_x(1 - a)) / 4;
    return 0;
}

static int exponential_patterns_value(
    const void *params, double *value, struct basin_diag *diag)
{
    const struct exponential *self = params;
    double rate;
    int ret = exponential_rate_value(params, &rate, diag);
    if (ret == 0 && rate * (double)self->dimension > GSL_LOG_DBL_MAX) {
        ret = basin_fail(
            diag, BASIN_ERR_DOMAIN, "e^%g patterns", rate * (double)self->dimension);
    }
    if (ret == 0) {
        *value = exp(rate * (double)self->dimension) + 1;
    }
    return ret;
}

#define POWER_FIELD                                                                      \
    BASIN_FIELD_INT(struct dense, power, "3", 2, 64, "1", "power n of the energy")

static const struct basin_field error_fields[] = {
    BASIN_STORAGE_FIELDS(struct dense),
    POWER_FIELD,
    BASIN_FIELD_END,
};

static const struct basin_field load_fields[] = {
    POWER_FIELD,
    BASIN_FIELD_REAL(struct dense, error, "0.0036", BASIN_POSITIVE, 0.499, "1",
        "fraction of wrong units that is allowed"),
    BASIN_FIELD_END,
};

static const struct basin_field patterns_fields[] = {
    {"dimension", BASIN_INT, offsetof(struct dense, stored.dimension), NULL, 2, 1e9, NULL,
        "1", "number d of units"},
    POWER_FIELD,
    BASIN_FIELD_END,
};

static const struct basin_field rate_fields[] = {
    BASIN_FIELD_REAL(
        struct exponential, flip, "0", 0, 0.5, "1", "fraction of units flipped"),
    BASIN_FIELD_END,
};

static const struct basin_field exponential_fields[] = {
    BASIN_FIELD_INT(
        struct exponential, dimension, NULL, 2, 1e9, "1", "number d of units"),
    BASIN_FIELD_REAL(
        struct exponential, flip, "0", 0, 0.5, "1", "fraction of units flipped"),
    BASIN_FIELD_END,
};

#define POLYNOMIAL "Krotov & Hopfield 2016"
#define EXPONENTIAL "Demircigil, Heusel, Loewe, Upgang & Vermet 2017, theorem 3"

const struct basin_theory basin_theory_dense_error = {
    .kind = {"dense_error", "fraction of wrong units after one update, energy -sum z^n",
        POLYNOMIAL, 1, error_fields, sizeof(struct dense)},
    .unit = "1",
    .value = dense_error_value,
};

const struct basin_theory basin_theory_dense_exact = {
    .kind = {"dense_exact", "probability that one update leaves a pattern no error",
        POLYNOMIAL ", (1 - P)^d", 1, error_fields, sizeof(struct dense)},
    .unit = "1",
    .value = dense_exact_value,
};

const struct basin_theory basin_theory_dense_load = {
    .kind = {"dense_load", "alpha_n: alpha_n d^(n-1) patterns with few errors",
        POLYNOMIAL, 1, load_fields, sizeof(struct dense)},
    .unit = "1",
    .value = dense_load_value,
};

const struct basin_theory basin_theory_dense_patterns = {
    .kind = {"dense_patterns", "d^(n-1) / (2 (2n-3)!! ln d): patterns without errors",
        POLYNOMIAL, 1, patterns_fields, sizeof(struct dense)},
    .unit = "patterns",
    .value = dense_patterns_value,
};

const struct basin_theory basin_theory_exponential_rate = {
    .kind = {"exponential_rate", "alpha up to which e^(alpha d) patterns are retrieved",
        EXPONENTIAL, 1, rate_fields, sizeof(struct exponential)},
    .unit = "1",
    .value = exponential_rate_value,
};

const struct basin_theory basin_theory_exponential_patterns = {
    .kind = {"exponential_patterns", "e^(alpha d) + 1 at the greatest alpha", EXPONENTIAL,
        1, exponential_fields, sizeof(struct exponential)},
    .unit = "patterns",
    .value = exponential_patterns_value,
};
