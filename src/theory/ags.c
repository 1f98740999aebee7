/* The classical network with many patterns, at zero temperature.
 *
 * Amit, Gutfreund & Sompolinsky, "Storing infinite numbers of patterns in a spin-glass
 * model of neural networks" (1985): replica-symmetric equations at T = 0, no
 * self-coupling, d to infinity at load alpha = N/d. With y = m / sqrt(2 alpha r) they
 * reduce to one equation, erf(y) = y (sqrt(2 alpha) + (2/sqrt(pi)) exp(-y^2)), and
 * m = erf(y). Fixed points near the patterns exist up to alpha_c, where they vanish. */
#include "theory/families.h"
#include "theory/solve.h"
#include "theory/storage.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

/* sqrt(2 alpha) as a function of y: rises from 0 to its maximum, then falls as 1/y. */
static double root_of_load(double y, void *params)
{
    (void)params;
    return gsl_sf_erf(y) / y - M_2_SQRTPI * exp(-y * y);
}

static double excess_load(double y, void *params)
{
    const double *load = params;
    return root_of_load(y, NULL) - sqrt(2 * *load);
}

static int critical_point(double *y, double *load, struct basin_diag *diag)
{
    int ret = basin_solve_maximum(root_of_load, NULL, 0.1, 1.5, 10, y, diag);
    if (ret == 0) {
        *load = 0.5 * gsl_pow_2(root_of_load(*y, NULL));
    }
    return ret;
}

struct ags {
    struct basin_storage stored;
};

static int overlap_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct ags *self = params;
    double load;
    double critical_y;
    double critical_load;
    double y;
    int ret = basin_storage_load(&self->stored, &load, diag);
    if (ret == 0) {
        ret = critical_point(&critical_y, &critical_load, diag);
    }
    if (ret == 0 && load > critical_load) {
        ret = basin_fail(diag, BASIN_ERR_DOMAIN,
            "above load %.6f no fixed point is near a pattern; load is %g", critical_load,
            load);
    }
    if (ret == 0) {
        ret = basin_solve_root(
            excess_load, &load, critical_y, 1 / sqrt(2 * load), &y, diag);
    }
    if (ret == 0) {
        *value = gsl_sf_erf(y);
    }
    return ret;
}

static int capacity_value(const void *params, double *value, struct basin_diag *diag)
{
    double y;
    (void)params;
    return critical_point(&y, value, diag);
}

static int critical_overlap_value(
    const void *params, double *value, struct basin_diag *diag)
{
    double y;
    double load;
    (void)params;
    int ret = critical_point(&y, &load, diag);
    if (ret == 0) {
        *value = gsl_sf_erf(y);
    }
    return ret;
}

static const struct basin_field fields[] = {
    BASIN_STORAGE_FIELDS(struct ags),
    BASIN_FIELD_END,
};

#define AGS "Amit, Gutfreund & Sompolinsky 1985, replica symmetry at T = 0"

const struct basin_theory basin_theory_ags_overlap = {
    .kind = {"ags_overlap", "overlap of the fixed point near a pattern, large d", AGS, 1,
        fields, sizeof(struct ags)},
    .unit = "1",
    .value = overlap_value,
};

const struct basin_theory basin_theory_ags_capacity = {
    .kind = {"ags_capacity", "load up to which fixed points near the patterns exist", AGS,
        1, NULL, 0},
    .unit = "patterns per unit",
    .value = capacity_value,
};

const struct basin_theory basin_theory_ags_critical_overlap = {
    .kind = {"ags_critical_overlap", "overlap of the fixed point at ags_capacity", AGS, 1,
        NULL, 0},
    .unit = "1",
    .value = critical_overlap_value,
};
