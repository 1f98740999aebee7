/* The interaction function F of a dense associative memory, which separates overlaps
 * (field "separation"), and its gain G(v) = F(v + 1) - F(v - 1), by which a pattern acts
 * on one unit.
 *
 * Overlaps of polar states with polar patterns are integers, so gains are a table, and
 * sums of gains have an exact sign. Exponentials are divided by e^shift, where shift is
 * the largest overlap of a state: no sign and no share depends on it, and nothing
 * overflows. Where F is a power, shift is 0. */
#ifndef BASIN_RULES_INTERACTION_H
#define BASIN_RULES_INTERACTION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* polynomial|rectified|exponential */
enum basin_interaction_kind {
    BASIN_POLYNOMIAL,  /* F(z) = z^n */
    BASIN_RECTIFIED,   /* F(z) = z^n above 0, else 0 */
    BASIN_EXPONENTIAL, /* F(z) = e^z */
};

struct basin_interaction {
    enum basin_interaction_kind kind;
    int power;          /* n */
    size_t patterns;    /* N */
    long d;             /* of the states: |overlap| <= d */
    double *table;      /* owned */
    const double *gain; /* into it: G(v) is gain[v - shift] */
    double ambiguous;   /* sums of N gains up to this may be round-off; -1: none are */
    long *count;        /* owned: basin_interaction_sum's */
};

/* On failure nothing is left to free. */
BASIN_CHECKED int basin_interaction_init(struct basin_interaction *self,
    enum basin_interaction_kind kind, int power, size_t patterns, size_t d,
    struct basin_diag *diag);
void basin_interaction_free(struct basin_interaction *self);

/* What the N overlaps o of a state have to be reduced by before exponentials. */
double basin_interaction_shift(const struct basin_interaction *self, const double *o);

/* sum_i x_i G(o_i - x_i xi) up to a positive factor, zero exactly where it is zero: from
 * how often each gain is added and subtracted. x: the patterns at one unit, -1 or +1.
 * Exponentials of different integers cannot cancel (e is transcendental): their sum is
 * zero only where every count is. Powers are integers, summed exactly up to 2^53; beyond
 * that only counts that cancel are sure to make a zero. */
double basin_interaction_sum(
    struct basin_interaction *self, const double *o, const signed char *x, double xi);

/* Energy -sum F(o_i). Of the exponential -lse(1, o) = -ln sum e^o_i, which rises and
 * falls with it and does not overflow. */
double basin_interaction_energy(const struct basin_interaction *self, const double *o);

/* Shares p of |F'(o_i)|, by which a pattern drives the next update: the softmax of the
 * overlaps if F is the exponential. Equal shares where no pattern drives. */
void basin_interaction_shares(
    const struct basin_interaction *self, const double *o, double *p);

#endif
