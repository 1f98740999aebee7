/* What the papers predict, by name: `basin theory NAME --set x=...`, dashed lines in
 * figures, expectations of claims.
 *
 * A theory is a kind whose parameters carry the names of axes (load, dimension, flip,
 * beta...), so a figure can evaluate it at a cell without further mapping. */
#ifndef BASIN_THEORY_THEORY_H
#define BASIN_THEORY_THEORY_H

#include "base/err.h"
#include "config/field.h"

struct basin_theory {
    struct basin_kind kind; /* name, summary, source (paper, equation), fields */
    const char *unit;
    bool published; /* numbers read off a paper, not derived */
    /* The predicted value; DOMAIN error where the prediction does not exist. */
    int (*value)(const void *params, double *value, struct basin_diag *diag);
};

extern const struct basin_kind *basin_theories[BASIN_REGISTRY_ROOM];

static inline const struct basin_theory *basin_theory_of(const struct basin_kind *kind)
{
    return (const struct basin_theory *)kind;
}

/* Value of a theory where parameter name[i] is value[i] (others at their defaults; names
 * that the theory does not have are passed over). Required parameters that are not given,
 * and values out of range, are DOMAIN errors that name them. */
BASIN_CHECKED int basin_theory_at(const struct basin_theory *self,
    const char *const *name, const double *value, size_t n, double *result,
    struct basin_diag *diag);

#endif
