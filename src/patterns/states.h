/* States that are no cue of any pattern: at random, or inside the patterns' hull. */
#ifndef BASIN_PATTERNS_STATES_H
#define BASIN_PATTERNS_STATES_H

#include "base/err.h"
#include "patterns/source.h"

#include <gsl/gsl_matrix.h>
#include <stdint.h>

/* Every unit at random: +-1, 0 or 1, or uniform in -1..1. Row j is a function of
 * (key, replicate, j). */
BASIN_CHECKED int basin_states_random(enum basin_domain domain, uint64_t key,
    uint32_t replicate, gsl_matrix *states, struct basin_diag *diag);

/* Convex combinations of the patterns, their weights uniform over the simplex. */
BASIN_CHECKED int basin_states_hull(const gsl_matrix *patterns, uint64_t key,
    uint32_t replicate, gsl_matrix *states, struct basin_diag *diag);

#endif
