/* Update rules: one file per rule, one line in the registry.
 *
 * A rule works on a batch. Patterns X (N x d) and states Xi (M x d) are GSL matrices with
 * patterns and states as rows, in the papers' symbols: W = sum_i x_i x_i^T, row i of X is
 * x_i, row j of Xi is the state xi_j, overlaps o = Xi X^T. `store` learns, `step` makes
 * one update of all states in place, `energy` and `weights` look in. Iteration to a fixed
 * point, cycles, dropping finished states and counting are not a rule's affair: relax.h.
 */
#ifndef BASIN_RULES_RULE_H
#define BASIN_RULES_RULE_H

#include "base/err.h"
#include "config/field.h"
#include "patterns/source.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stdint.h>

/* How the work is done, never what is computed. */
enum basin_engine {
    BASIN_ENGINE_FAST,      /* src/kernels */
    BASIN_ENGINE_REFERENCE, /* GSL, as the equation reads */
};

enum basin_precision {
    BASIN_DOUBLE,
    BASIN_SINGLE, /* patterns and states rounded to float inside; sums per tile */
};

/* Fields that every rule has besides its own: section "rules", common. */
struct basin_rule_options {
    long steps;       /* number of updates; -1: until converged */
    long max_steps;   /* limit where steps is "converge" */
    double tolerance; /* real-valued states: converged when an update moves the state by
                       * at most this (Euclidean norm); others: when nothing changes */
    int energy;    /* when it is measured: never, ends, steps (enum basin_energy_when) */
    int engine;    /* enum basin_engine */
    int precision; /* enum basin_precision */
};

enum basin_energy_when { BASIN_ENERGY_NEVER, BASIN_ENERGY_ENDS, BASIN_ENERGY_STEPS };

extern const struct basin_kind basin_rule_options;

/* A form in which a discrete rule keeps states from one update to the next: rows of
 * `size` bytes, equal byte by byte if and only if the states are. */
struct basin_packing {
    /* Bytes of a row; 0: with these parameters states are not packed. */
    size_t (*size)(const void *memory);
    /* Bytes, whole cache lines, that the step remembers of a state for the next one. They
     * are zero at first. 0: it remembers nothing. */
    size_t (*note)(const void *memory);
    int (*pack)(
        void *memory, const gsl_matrix *states, void *rows, struct basin_diag *diag);
    void (*unpack)(void *memory, const void *row, double *state);
    /* As the rule's. notes: one for each row, or NULL where there will be no next step.
     */
    void (*step)(void *memory, size_t t, void *rows, void *notes, size_t m);
};

struct basin_rule {
    struct basin_kind kind;
    unsigned takes;         /* enum basin_domain bits: patterns that it can store */
    bool discrete;          /* its states are -1/+1 or 0/1: converged means unchanged */
    unsigned coupling_bits; /* of memory for each pair of units; 0: it holds no W */

    /* Refuses what can be known to be wrong before anything is run (a parameter that
     * patterns of this size or domain do not allow). May be NULL. */
    int (*check)(const void *params, const struct basin_rule_options *options, size_t d,
        size_t n, enum basin_domain domain, struct basin_diag *diag);

    /* Stores the patterns. They outlive the memory and may be kept by pointer. key and
     * replicate are for the rule's own random numbers (update order, features). */
    int (*store)(const void *params, const struct basin_rule_options *options,
        const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
        struct basin_diag *diag);

    /* One update of every row; t = 0, 1, 2, ... counts the updates made so far, so that a
     * random order depends on t and not on which states are still in the batch. One
     * asynchronous step is a sweep over all d units. */
    int (*step)(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag);

    /* Saves those who update again and again the way there and back. NULL: there is none.
     */
    const struct basin_packing *packing;

    /* The k-th unit that the asynchronous sweep t visits, of every row; k = 0 to d - 1 in
     * turn are one step. For those who look at single flips; `step` is faster. NULL, or
     * one_by_one is false: a step is one update of all units. */
    int (*visit)(
        void *memory, size_t t, size_t k, gsl_matrix *states, struct basin_diag *diag);
    bool (*one_by_one)(const void *memory);

    /* Whether the update depends on t (a fresh random order, redrawn features), so that a
     * state that is seen again need not be on a cycle. NULL: it never does. */
    bool (*varies)(const void *memory);

    /* Energy of every row; NAN where these parameters leave it without one, infinite at
     * states that no update gives. NULL: the rule has no energy function. */
    int (*energy)(void *memory, const gsl_matrix *states, gsl_vector *energy,
        struct basin_diag *diag);

    /* Whether theory says that with these parameters no update raises the energy. NULL:
     * it does not say so in general. */
    bool (*descends)(const void *params);

    /* Association weights p (M x N, rows sum to 1) that the next update from these states
     * uses. NULL: the rule has none. */
    int (*weights)(void *memory, const gsl_matrix *states, gsl_matrix *weights,
        struct basin_diag *diag);

    /* Frees what store made; NULL does nothing. */
    void (*release)(void *memory);

    /* Inverse temperature that multiplies the plain inner products x.xi once every
     * scaling convention is applied ("effective beta"); NAN: it differs from state to
     * state. NULL: the rule has no beta. */
    double (*effective_beta)(const void *memory);

    /* Estimated floating-point operations of storing and of one update of M states. */
    double (*cost)(const void *params, size_t d, size_t n, size_t m);
};

/* The end of a rule's `store`: hands its memory over, or releases what an error (ret)
 * left of it. Returns ret. */
static inline int basin_rule_hand_over(
    int ret, void *self, void (*release)(void *), void **memory)
{
    if (ret != 0) {
        release(self);
        self = NULL;
    }
    *memory = self;
    return ret;
}

extern const struct basin_kind *basin_rules[BASIN_REGISTRY_ROOM];

/* Section "rules" of an experiment: a list of rules, each with its options. */
#define BASIN_RULES_SECTION                                                              \
    {                                                                                    \
        .name = "rules", .selector = "rule", .kinds = basin_rules,                       \
        .common = &basin_rule_options, .list = true                                      \
    }

static inline const struct basin_rule *basin_rule_of(const struct basin_kind *kind)
{
    return (const struct basin_rule *)kind;
}

#endif
