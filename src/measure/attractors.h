/* Where many states ended: which ends are the same, and which are no stored pattern.
 *
 * An attractor is a set of ends that are equal, for real-valued states up to a distance;
 * its hits are the states that ended there. Both are counts of a sample of starts: an
 * attractor that no start fell to is not seen. */
#ifndef BASIN_MEASURE_ATTRACTORS_H
#define BASIN_MEASURE_ATTRACTORS_H

#include "measure/retrieval.h"

#include <gsl/gsl_matrix.h>

/* Attractors of the ends (M x d): hits[j] (M of them) is the number of ends that are at
 * most `same` away from end j if no earlier attractor has it, else 0. Returns their
 * number. */
size_t basin_attractors_find(const gsl_matrix *ends, double same, size_t *hits);

/* Whether a state is, by the criterion, none of the patterns (N x d) nor the negative of
 * one; binary patterns have none. scratch: d doubles. */
bool basin_is_spurious(const double *state, const gsl_matrix *patterns,
    enum basin_domain domain, const struct basin_criterion *criterion, double *scratch);

#endif
