/* What values the units of a state may have, for rules that are defined on two or three
 * values only. A cue may have others, from noise or from a fill; such a state is refused
 * with a sentence, never rounded. */
#ifndef BASIN_RULES_STATES_H
#define BASIN_RULES_STATES_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <stdbool.h>

/* -1, +1, or 0 where a cue does not know the unit; a DOMAIN error otherwise. */
BASIN_CHECKED int basin_states_check_polar(
    const gsl_matrix *states, const char *rule, struct basin_diag *diag);

/* 0 or 1; a DOMAIN error otherwise. */
BASIN_CHECKED int basin_states_check_binary(
    const gsl_matrix *states, const char *rule, struct basin_diag *diag);

/* Whether no unit is 0. */
bool basin_states_know_all(const gsl_matrix *states);

#endif
