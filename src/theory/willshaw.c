/* Willshaw's memory: binary synapses, W = OR of the patterns' outer products.
 *
 * Willshaw, Buneman & Longuet-Higgins, "Non-holographic associative memory" (1969).
 * k = activity d of the d units of each of the N patterns are active. A synapse is set
 * with probability p1 = 1 - (1 - k(k-1)/(d(d-1)))^N; a silent unit fires by mistake if
 * all its k synapses from the cue are set, taken as independent. Half of the synapses
 * are set at N = ln 2 (d/k)^2, where the information is greatest.
 *
 * The synapses of one unit are not independent: a unit that happens to be in many
 * patterns has more of them (Buckingham & Willshaw, "Performance characteristics of the
 * associative net", 1992). A silent unit fires if the patterns that it is in cover the
 * cue; by inclusion and exclusion over s cue units that they miss, with probability
 *
 *     sum_s (-1)^s (k over s) (1 - k/d (1 - q_s))^(N-1),
 *     q_s = (d-1-s over k-1) / (d-1 over k-1). */
#include "theory/families.h"
#include "theory/storage.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

struct willshaw {
    struct basin_storage stored;
    double activity;
};

struct sizes {
    double d, n, k;
};

static int sizes_of(
    const struct willshaw *self, struct sizes *sizes, struct basin_diag *diag)
{
    int ret = basin_storage_size(&self->stored, &sizes->d, &sizes->n, diag);
    if (ret == 0) {
        sizes->k = round(self->activity * sizes->d);
        if (sizes->k < 1) {
            ret = basin_fail(diag, BASIN_ERR_DOMAIN, "no unit is active");
        }
    }
    return ret;
}

static double fill_of(const struct sizes *s)
{
    return -expm1(s->n * log1p(-s->k * (s->k - 1) / (s->d * (s->d - 1))));
}

static int fill_value(const void *params, double *value, struct basin_diag *diag)
{
    struct sizes sizes;
    int ret = sizes_of(params, &sizes, diag);
    if (ret == 0) {
        *value = fill_of(&sizes);
    }
    return ret;
}

static int false_positives_value(
    const void *params, double *value, struct basin_diag *diag)
{
    struct sizes sizes;
    int ret = sizes_of(params, &sizes, diag);
    if (ret == 0) {
        *value = (sizes.d - sizes.k) * pow(fill_of(&sizes), sizes.k);
    }
    return ret;
}

/* A full cue loses no active unit: all errors are false positives. */
static int error_value(const void *params, double *value, struct basin_diag *diag)
{
    struct sizes sizes;
    int ret = sizes_of(params, &sizes, diag);
    if (ret == 0) {
        *value = (1 - sizes.k / sizes.d) * pow(fill_of(&sizes), sizes.k);
    }
    return ret;
}

enum { MOST_ACTIVE = 24 }; /* beyond, the terms cancel to nothing in double precision */

/* Probability that the patterns of a silent unit cover the cue. */
static int covered(const struct willshaw *self, struct sizes *z, double *probability,
    struct basin_diag *diag)
{
    int ret = sizes_of(self, z, diag);
    if (ret != 0) {
        return ret;
    }
    if (z->k > MOST_ACTIVE) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%g units are active; the sum is exact up to %d", z->k, MOST_ACTIVE);
    }
    double sum = 0;
    double q = 1;
    for (unsigned s = 0; s <= (unsigned)z->k; s++) {
        double uncovered = exp((z->n - 1) * log1p(-z->k / z->d * (1 - q)));
        sum += (s % 2 == 0 ? 1 : -1) * gsl_sf_choose((unsigned)z->k, s) * uncovered;
        q *= (z->d - z->k - s) / (z->d - 1 - s);
    }
    *probability = sum;
    return 0;
}

static int error_exact_value(const void *params, double *value, struct basin_diag *diag)
{
    struct sizes z;
    double probability;
    int ret = covered(params, &z, &probability, diag);
    if (ret == 0) {
        *value = (1 - z.k / z.d) * probability;
    }
    return ret;
}

static int exact_value(const void *params, double *value, struct basin_diag *diag)
{
    struct sizes z;
    double probability;
    int ret = covered(params, &z, &probability, diag);
    if (ret == 0) {
        *value = exp((z.d - z.k) * log1p(-probability));
    }
    return ret;
}

/* N log2 (d over k) bits in d^2 synapses. */
static int information_value(const void *params, double *value, struct basin_diag *diag)
{
    struct sizes sizes;
    int ret = sizes_of(params, &sizes, diag);
    if (ret == 0) {
        *value = sizes.n * gsl_sf_lnchoose((unsigned)sizes.d, (unsigned)sizes.k) /
                 (M_LN2 * sizes.d * sizes.d);
    }
    return ret;
}

struct size {
    long dimension;
    double activity;
};

static int patterns_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct size *self = params;
    double k = round(self->activity * (double)self->dimension);
    if (k < 1) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "no unit is active");
    }
    *value = M_LN2 * gsl_pow_2((double)self->dimension / k);
    return 0;
}

static const struct basin_field fields[] = {
    BASIN_STORAGE_FIELDS(struct willshaw),
    BASIN_FIELD_REAL(struct willshaw, activity, NULL, BASIN_POSITIVE, 1, "1",
        "fraction of active units, k / d"),
    BASIN_FIELD_END,
};

static const struct basin_field size_fields[] = {
    BASIN_FIELD_INT(struct size, dimension, NULL, 2, 1e9, "1", "number d of units"),
    BASIN_FIELD_REAL(struct size, activity, NULL, BASIN_POSITIVE, 1, "1",
        "fraction of active units, k / d"),
    BASIN_FIELD_END,
};

#define WILLSHAW "Willshaw, Buneman & Longuet-Higgins 1969"

const struct basin_theory basin_theory_willshaw_fill = {
    .kind = {"willshaw_fill", "fraction of synapses that are set", WILLSHAW, 1, fields,
        sizeof(struct willshaw)},
    .unit = "1",
    .value = fill_value,
};

const struct basin_theory basin_theory_willshaw_false_positives = {
    .kind = {"willshaw_false_positives", "silent units that fire, for a full cue",
        WILLSHAW, 1, fields, sizeof(struct willshaw)},
    .unit = "units",
    .value = false_positives_value,
};

const struct basin_theory basin_theory_willshaw_error = {
    .kind = {"willshaw_error", "fraction of wrong units, for a full cue", WILLSHAW, 1,
        fields, sizeof(struct willshaw)},
    .unit = "1",
    .value = error_value,
};

const struct basin_theory basin_theory_willshaw_error_exact = {
    .kind = {"willshaw_error_exact",
        "willshaw_error without taking synapses as independent",
        "Buckingham & Willshaw 1992, unit usage; inclusion and exclusion", 1, fields,
        sizeof(struct willshaw)},
    .unit = "1",
    .value = error_exact_value,
};

const struct basin_theory basin_theory_willshaw_exact = {
    .kind = {"willshaw_exact", "probability that no silent unit fires, for a full cue",
        WILLSHAW, 1, fields, sizeof(struct willshaw)},
    .unit = "1",
    .value = exact_value,
};

const struct basin_theory basin_theory_willshaw_information = {
    .kind = {"willshaw_information", "bits stored per synapse", WILLSHAW, 1, fields,
        sizeof(struct willshaw)},
    .unit = "bits",
    .value = information_value,
};

const struct basin_theory basin_theory_willshaw_patterns = {
    .kind = {"willshaw_patterns", "ln 2 (d/k)^2: patterns that set half of the synapses",
        WILLSHAW, 1, size_fields, sizeof(struct size)},
    .unit = "patterns",
    .value = patterns_value,
};
