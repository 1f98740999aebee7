/* All theories: one line each. */
#include "theory/families.h"

const struct basin_kind *const basin_theories[] = {
    &basin_theory_ags_overlap.kind,
    &basin_theory_ags_capacity.kind,
    &basin_theory_ags_critical_overlap.kind,
    &basin_theory_one_step_error.kind,
    &basin_theory_one_step_error_kept.kind,
    &basin_theory_pattern_exact.kind,
    &basin_theory_all_exact.kind,
    &basin_theory_mceliece_patterns.kind,
    &basin_theory_mceliece_patterns_all.kind,
    NULL,
};
