/* What experiments on a memory share: the population of patterns, cues made from it, and
 * a rule that has stored it. Their sections are own, patterns, cue, rules, in this order.
 */
#ifndef BASIN_EXPERIMENTS_STAGE_H
#define BASIN_EXPERIMENTS_STAGE_H

#include "experiments/experiment.h"
#include "patterns/cue.h"
#include "patterns/source.h"
#include "rules/rule.h"

enum basin_stage_section {
    BASIN_STAGE_OWN,
    BASIN_STAGE_PATTERNS,
    BASIN_STAGE_CUE,
    BASIN_STAGE_RULES,
};

/* How many patterns; the first member of the experiment's own parameters. */
struct basin_population {
    long patterns_count;
    double load;
};

#define BASIN_POPULATION_FIELDS                                                          \
    BASIN_FIELD_INT_OR(struct basin_population, patterns_count, "by_load", "by_load", 1, \
        1e8, "1", "number N of stored patterns; by_load: round(load d)"),                \
        BASIN_FIELD_REAL_OR(struct basin_population, load, "by_count", "by_count",       \
            BASIN_POSITIVE, 1e6, "patterns per unit",                                    \
            "load alpha = N / d; by_count: patterns_count is given")

/* The four sections, for an experiment whose own kind is in a NULL-terminated list. */
extern const struct basin_kind *const basin_stage_cues[];
#define BASIN_STAGE_SECTIONS(own_kinds)                                                  \
    {.name = "", .kinds = (own_kinds)},                                                  \
        {.name = "patterns",                                                             \
            .selector = "kind",                                                          \
            .kinds = basin_sources,                                                      \
            .common = &basin_pattern_options},                                           \
        {.name = "cue", .kinds = basin_stage_cues}, BASIN_RULES_SECTION,                 \
    {                                                                                    \
        .name = NULL                                                                     \
    }

/* What a cell's parameters say, resolved. */
struct basin_stage {
    const struct basin_params *params;
    const struct basin_source *source;
    const struct basin_rule *rule;
    const struct basin_rule_options *options;
    const struct basin_cue *cue;
    enum basin_domain domain;
    size_t d, n, side; /* units, patterns, side of a picture or 0 */
};

struct basin_stage basin_stage_of(const struct basin_params *params);

/* Bytes of the patterns, of the rule's own form of them and its couplings, and of so many
 * states. */
double basin_stage_memory(const struct basin_stage *self, size_t states);

/* Shared data of a plan: images and fonts, read once. */
BASIN_CHECKED int basin_stage_open(void **shared, struct basin_diag *diag);
void basin_stage_close(void *shared);

/* Refuses what cannot work together, and reads what the cell needs into shared. */
BASIN_CHECKED int basin_stage_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag);

/* Draws the patterns (N x d), normalised. Keys come from what is drawn and not from the
 * cell, so that every rule meets the same patterns and cues. */
BASIN_CHECKED int basin_stage_draw(const struct basin_stage *self, const void *shared,
    const struct basin_task *task, gsl_matrix *patterns, struct basin_diag *diag);

/* Makes cue j from pattern target[j] (M x d). */
BASIN_CHECKED int basin_stage_ask(const struct basin_stage *self,
    const struct basin_task *task, const gsl_matrix *patterns, const size_t *target,
    gsl_matrix *cues, struct basin_diag *diag);

/* Stores the patterns; the caller releases *memory with the rule. */
BASIN_CHECKED int basin_stage_store(const struct basin_stage *self,
    const struct basin_task *task, const gsl_matrix *patterns, void **memory,
    struct basin_diag *diag);

#endif
