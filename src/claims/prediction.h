/* A theory named in a claim, with the parameters that the claim gives.
 *
 *   theory: one_step_error        or        theory: {name: one_step_error, flip: 0.1}
 */
#ifndef BASIN_CLAIMS_PREDICTION_H
#define BASIN_CLAIMS_PREDICTION_H

#include "config/plan.h"
#include "theory/theory.h"

struct basin_prediction {
    const struct basin_theory *theory; /* NULL: none */
    size_t n;                          /* parameters that the claim gives */
    const char **name;                 /* what the claim gives, with room for the rest */
    double *value;
};

BASIN_CHECKED int basin_prediction_read(struct basin_prediction *self,
    const struct basin_plan *plan, const struct basin_node *node,
    struct basin_diag *diag);
void basin_prediction_free(struct basin_prediction *self);

/* The value with what the claim gives, and nothing else. */
BASIN_CHECKED int basin_prediction_value(
    const struct basin_prediction *self, double *value, struct basin_diag *diag);

/* The value in a cell: the variant's constants, the cell's axes (at[axis of the plan];
 * NAN if it has none), and before both what the claim gives. */
BASIN_CHECKED int basin_prediction_at(const struct basin_prediction *self,
    const struct basin_plan *plan, size_t variant, const double *at, double *value,
    struct basin_diag *diag);

#endif
