/* Fields that every rule has besides its own. */
#include "rules/rule.h"

#define T struct basin_rule_options

static const struct basin_field fields[] = {
    BASIN_FIELD_INT_OR(T, steps, "converge", "converge", 0, 1000000, "updates",
        "number of updates; converge: until a fixed point, a cycle or max_steps"),
    BASIN_FIELD_INT(T, max_steps, "1000", 1, 1000000, "updates",
        "where an iteration to convergence gives up"),
    BASIN_FIELD_REAL(T, tolerance, "1e-8", 0, 1, "1",
        "real-valued states are equal if their distance is at most this (single "
        "precision: or its rounding)"),
    BASIN_FIELD_CHOICE(T, energy, "never|ends|steps", "ends",
        "when the energy is measured: never, at both ends, after every step"),
    BASIN_FIELD_CHOICE(T, engine, "fast|reference", "fast",
        "tuned kernels, or GSL as the equation reads; the results agree"),
    BASIN_FIELD_CHOICE(T, precision, "double|single", "double",
        "of patterns and states inside the rule; sums are in double"),
    BASIN_FIELD_END,
};

#undef T

const struct basin_kind basin_rule_options = {
    .name = "rule options",
    .summary = "how a rule is iterated and computed",
    .version = 1,
    .fields = fields,
    .size = sizeof(struct basin_rule_options),
};
