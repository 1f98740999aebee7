/* Every theory, by the file of the family that defines it. */
#ifndef BASIN_THEORY_FAMILIES_H
#define BASIN_THEORY_FAMILIES_H

#include "theory/theory.h"

/* ags.c: the classical network at zero temperature, many updates */
extern const struct basin_theory basin_theory_ags_overlap;
extern const struct basin_theory basin_theory_ags_capacity;
extern const struct basin_theory basin_theory_ags_critical_overlap;

/* gaussian.c: the classical network, one update */
extern const struct basin_theory basin_theory_one_step_error;
extern const struct basin_theory basin_theory_one_step_error_kept;
extern const struct basin_theory basin_theory_pattern_exact;
extern const struct basin_theory basin_theory_all_exact;
extern const struct basin_theory basin_theory_mceliece_patterns;
extern const struct basin_theory basin_theory_mceliece_patterns_all;

#endif
