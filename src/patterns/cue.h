/* Cues: what a memory is asked with, a damaged copy of a stored pattern.
 *
 * Applied in this order: mixture, flip, noise, mask. Cue j of replicate r is a function
 * of (key, r, j) and its pattern. */
#ifndef BASIN_PATTERNS_CUE_H
#define BASIN_PATTERNS_CUE_H

#include "base/err.h"
#include "config/field.h"
#include "patterns/source.h"

#include <gsl/gsl_matrix.h>
#include <stdint.h>

/* Parameters of the section "cue". Fields are in cue.c. */
struct basin_cue {
    double flip;          /* fraction of units turned over: exactly round(flip d) of them,
                           * at random places (their sign; binary: 0 <-> 1, round(flip d
                           * / 2) of the ones and as many of the zeros, so that the
                           * activity stays) */
    double noise;         /* standard deviation of Gaussian noise added to every unit */
    int mask;             /* none, lower, upper, left, right (of a picture), random */
    double mask_fraction; /* of the units or of the picture's rows or columns */
    int fill;             /* what masked units become: constant, random (drawn from the
                           * domain: +-1, 0/1 with the pattern's activity, uniform -1..1) */
    double fill_value;    /* for fill: constant */
    double mixture;       /* weight of another stored pattern, the next one, in the cue:
                           * (1 - mixture) x_i + mixture x_j; polar and binary units take
                           * the heavier pattern's value, at 0.5 either's at random */
};

extern const struct basin_kind basin_cue_kind;

/* cues (M x d): row j becomes a cue for pattern target[j]. side: of the picture, 0 if it
 * is none (masks by region are then an error that says so). */
BASIN_CHECKED int basin_cue_make(const struct basin_cue *cue, enum basin_domain domain,
    size_t side, uint64_t key, uint32_t replicate, const gsl_matrix *patterns,
    const size_t *target, gsl_matrix *cues, struct basin_diag *diag);

/* Refuses, before anything is run, what this cue cannot do to such patterns. */
BASIN_CHECKED int basin_cue_check(const struct basin_cue *cue, enum basin_domain domain,
    size_t side, struct basin_diag *diag);

#endif
