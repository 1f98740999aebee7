/* Iteration of any rule: a fixed number of updates, or until each state is at a fixed
 * point, on a cycle or at the limit. One loop for all rules: finished states leave the
 * batch, so the work shrinks with them. */
#ifndef BASIN_RULES_RELAX_H
#define BASIN_RULES_RELAX_H

#include "rules/rule.h"

/* How a state ended. Values are written into result files: never change one. */
#define BASIN_ENDS(X)                                                                    \
    X(STEPS, 0, "steps") /* the asked number of updates was made */                      \
    X(FIXED_POINT, 1, "fixed_point")                                                     \
    X(TWO_CYCLE, 2, "two_cycle")                                                         \
    X(LONG_CYCLE, 3, "long_cycle")                                                       \
    X(LIMIT, 4, "limit") /* still moving after max_steps */

enum basin_end {
#define BASIN_END_VALUE(name, value, text) BASIN_END_##name = (value),
    BASIN_ENDS(BASIN_END_VALUE)
#undef BASIN_END_VALUE
};

struct basin_outcome {
    enum basin_end end;
    size_t steps;        /* updates made, the one that found the end included */
    size_t period;       /* of the cycle; 1 at a fixed point; 0 if unknown */
    double energy_start; /* NAN where it was not measured or the rule has none */
    double energy_end;
    size_t energy_rises; /* updates that raised the energy beyond round-off (1e-9 of its
                          * size, or of 1); counted where it is measured at steps */
};

/* Iterates the rows of states in place. outcome: one per row, the caller's. */
BASIN_CHECKED int basin_relax(const struct basin_rule *rule, void *memory,
    const struct basin_rule_options *options, gsl_matrix *states,
    struct basin_outcome *outcome, struct basin_diag *diag);

#endif
