/* One update of the classical network, exactly: crosstalk as a sum of random signs.
 *
 * With random patterns and no diagonal the field of a unit, times the sign that is right,
 * is d - 1 - 2 k' + S: k' of the other d - 1 units of the cue are flipped, and the
 * crosstalk S is a sum of (N-1)(d-1) independent signs, whatever the cue. A unit with
 * field 0 keeps its state. */
#include "theory/families.h"
#include "theory/storage.h"

#include <gsl/gsl_cdf.h>
#include <limits.h>
#include <math.h>

struct signs {
    struct basin_storage stored;
    double flip;
};

/* P(signal + S < 0), or <= 0; S = 2 K - n with K binomial. */
static double wrong(double n, double signal, bool tie_is_wrong)
{
    double limit = (n - signal) / 2;
    double most = tie_is_wrong ? floor(limit) : ceil(limit) - 1;
    if (most < 0) {
        return 0;
    }
    return most >= n ? 1 : gsl_cdf_binomial_P((unsigned)most, 0.5, (unsigned)n);
}

static int signs_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct signs *self = params;
    double d;
    double patterns;
    int ret = basin_storage_size(&self->stored, &d, &patterns, diag);
    if (ret != 0) {
        return ret;
    }
    double n = (round(patterns) - 1) * (d - 1);
    if (n < 0 || n > UINT_MAX) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%.0f patterns of dimension %.0f: one_step_error has no such limits",
            round(patterns), d);
    }
    double k = round(self->flip * d);
    *value = (1 - k / d) * wrong(n, d - 1 - 2 * k, false);
    if (k > 0) {
        *value += k / d * wrong(n, d - 1 - 2 * (k - 1), true);
    }
    return 0;
}

static const struct basin_field fields[] = {
    BASIN_STORAGE_FIELDS(struct signs),
    BASIN_FIELD_REAL(struct signs, flip, "0", 0, 1, "1", "fraction of units flipped"),
    BASIN_FIELD_END,
};

const struct basin_theory basin_theory_one_step_error_exact = {
    .kind = {"one_step_error_exact",
        "one_step_error without the Gaussian approximation, ties keeping their state",
        "binomial distribution of (N-1)(d-1) signs", 1, fields, sizeof(struct signs)},
    .unit = "1",
    .value = signs_value,
};
