/* How many points of a sphere are at least an angle apart.
 *
 * Ramsauer et al. (2021), theorems A3 and A4, place N = (2 pi / alpha)^(d-1) patterns
 * with pairwise angles of at least alpha. So many do not fit: from 90 degrees on Rankin
 * (1955) allows 2 d at 90, and above it as many as the mean of all cosines, which cannot
 * be below -1/(N - 1), lets through. */
#include "theory/families.h"

#include <gsl/gsl_math.h>
#include <math.h>

struct packing {
    long dimension;
    double angle; /* degrees */
};

static double radians(double degrees)
{
    return degrees / 180 * M_PI;
}

static int packing_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    const struct packing *self = params;
    *value = pow(2 * M_PI / radians(self->angle), (double)self->dimension - 1);
    return 0;
}

static int rankin_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct packing *self = params;
    double d = (double)self->dimension;
    if (self->angle < 90) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the bound is known in this form from 90 degrees on, not at %g", self->angle);
    }
    /* The last term keeps what rounding would take from a whole number. */
    *value = self->angle == 90
                 ? 2 * d
                 : fmin(d + 1, floor(1 - 1 / cos(radians(self->angle)) + 1e-9));
    return 0;
}

static const struct basin_field fields[] = {
    BASIN_FIELD_INT(
        struct packing, dimension, NULL, 2, 1e9, "1", "number d of components"),
    BASIN_FIELD_REAL(struct packing, angle, "90", BASIN_POSITIVE, 180, "degrees",
        "least angle between two points"),
    BASIN_FIELD_END,
};

const struct basin_theory basin_theory_packing_claimed = {
    .kind = {"packing_claimed", "points that the paper says can be placed (it is wrong)",
        "Ramsauer et al. 2021, theorem A3: (2 pi / alpha)^(d-1)", 1, fields,
        sizeof(struct packing)},
    .unit = "points",
    .value = packing_value,
};

const struct basin_theory basin_theory_packing_bound = {
    .kind = {"packing_bound",
        "most points of a sphere with pairwise angles of at least 90", "Rankin 1955", 1,
        fields, sizeof(struct packing)},
    .unit = "points",
    .value = rankin_value,
};
