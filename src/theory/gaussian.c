/* One update of the classical network: Gaussian crosstalk.
 *
 * The field of a unit is its pattern's signal, 1 - 2 flip, plus the crosstalk of the
 * N - 1 other patterns, a sum of (N-1)(d-1) signs: nearly Gaussian with variance
 * (N-1)/(d-1), which is alpha for large d. An error is a field of the wrong sign.
 * McEliece, Posner, Rodemich & Venkatesh, "The capacity of the Hopfield associative
 * memory" (1987): no errors up to d/(2 ln d) patterns for most of them, and up to
 * d/(4 ln d) for all of them at once. */
#include "theory/families.h"
#include "theory/storage.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct one_step {
    struct basin_storage stored;
    double flip;
};

/* (N-1)/(d-1) where d is finite, alpha where it is not. */
static int crosstalk_of(
    const struct basin_storage *stored, double *variance, struct basin_diag *diag)
{
    double load;
    int ret = basin_storage_load(stored, &load, diag);
    if (ret != 0) {
        return ret;
    }
    *variance = load;
    if (stored->dimension > 0) {
        double d = (double)stored->dimension;
        *variance = fmax(load * d - 1, 0) / (d - 1);
    }
    return 0;
}

/* A single pattern has no crosstalk: Q(x/0) is 0, 1/2 or 1 by the sign of x. */
static double tail(double signal, double variance)
{
    return signal == 0 ? 0.5 : gsl_cdf_ugaussian_Q(signal / sqrt(variance));
}

static int one_step_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct one_step *self = params;
    double variance;
    int ret = crosstalk_of(&self->stored, &variance, diag);
    if (ret == 0) {
        *value = tail(1 - 2 * self->flip, variance);
    }
    return ret;
}

/* The self-coupling, N in W and so alpha here, holds every unit where the cue has it:
 * right units are helped and flipped ones kept wrong. */
static int one_step_kept_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct one_step *self = params;
    double variance;
    double load;
    int ret = crosstalk_of(&self->stored, &variance, diag);
    if (ret == 0) {
        ret = basin_storage_load(&self->stored, &load, diag);
    }
    if (ret == 0) {
        double signal = 1 - 2 * self->flip;
        *value = (1 - self->flip) * tail(signal + load, variance) +
                 self->flip * tail(signal - load, variance);
    }
    return ret;
}

/* (1 - P_err)^(d n): n patterns without one wrong unit. */
static int no_error(
    const struct one_step *self, bool all, double *value, struct basin_diag *diag)
{
    double error;
    double d;
    double n;
    int ret = one_step_value(self, &error, diag);
    if (ret == 0) {
        ret = basin_storage_size(&self->stored, &d, &n, diag);
    }
    if (ret == 0) {
        *value = exp(d * (all ? n : 1) * log1p(-error));
    }
    return ret;
}

static int pattern_exact_value(const void *params, double *value, struct basin_diag *diag)
{
    return no_error(params, false, value, diag);
}

static int all_exact_value(const void *params, double *value, struct basin_diag *diag)
{
    return no_error(params, true, value, diag);
}

struct mceliece {
    long dimension;
};

static int mceliece_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct mceliece *self = params;
    (void)diag;
    *value = (double)self->dimension / (2 * log((double)self->dimension));
    return 0;
}

static int mceliece_all_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct mceliece *self = params;
    (void)diag;
    *value = (double)self->dimension / (4 * log((double)self->dimension));
    return 0;
}

static const struct basin_field one_step_fields[] = {
    BASIN_STORAGE_FIELDS(struct one_step),
    BASIN_FIELD_REAL(struct one_step, flip, "0", 0, 1, "1", "fraction of units flipped"),
    BASIN_FIELD_END,
};

static const struct basin_field mceliece_fields[] = {
    BASIN_FIELD_INT(struct mceliece, dimension, NULL, 2, 1e9, "1", "number d of units"),
    BASIN_FIELD_END,
};

#define GAUSSIAN "Gaussian crosstalk, (N-1)/(d-1); d infinite: alpha"
#define MCELIECE "McEliece, Posner, Rodemich & Venkatesh 1987"

const struct basin_theory basin_theory_one_step_error = {
    .kind = {"one_step_error", "fraction of wrong units after one update, zero diagonal",
        GAUSSIAN, 1, one_step_fields, sizeof(struct one_step)},
    .unit = "1",
    .value = one_step_value,
};

const struct basin_theory basin_theory_one_step_error_kept = {
    .kind = {"one_step_error_kept",
        "fraction of wrong units after one update, diagonal kept", GAUSSIAN, 1,
        one_step_fields, sizeof(struct one_step)},
    .unit = "1",
    .value = one_step_kept_value,
};

const struct basin_theory basin_theory_pattern_exact = {
    .kind = {"pattern_exact", "probability that one update leaves a pattern no error",
        GAUSSIAN ", (1 - P)^d", 1, one_step_fields, sizeof(struct one_step)},
    .unit = "1",
    .value = pattern_exact_value,
};

const struct basin_theory basin_theory_all_exact = {
    .kind = {"all_exact", "probability that one update leaves all N patterns no error",
        GAUSSIAN ", (1 - P)^(d N)", 1, one_step_fields, sizeof(struct one_step)},
    .unit = "1",
    .value = all_exact_value,
};

const struct basin_theory basin_theory_mceliece_patterns = {
    .kind = {"mceliece_patterns", "d/(2 ln d): patterns, most of them without errors",
        MCELIECE, 1, mceliece_fields, sizeof(struct mceliece)},
    .unit = "patterns",
    .value = mceliece_value,
};

const struct basin_theory basin_theory_mceliece_patterns_all = {
    .kind = {"mceliece_patterns_all", "d/(4 ln d): patterns, all of them without errors",
        MCELIECE, 1, mceliece_fields, sizeof(struct mceliece)},
    .unit = "patterns",
    .value = mceliece_all_value,
};
