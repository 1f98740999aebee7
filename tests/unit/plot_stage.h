/* What tests of figures share: a toy experiment with a metric of every shape, swept over
 * rules and axes, its results, and the scripts that are drawn of them. */
#ifndef BASIN_TESTS_PLOT_STAGE_H
#define BASIN_TESTS_PLOT_STAGE_H

#include "config/plan.h"
#include "experiments/experiment.h"
#include "store/result.h"

enum {
    REPLICATES = 4,
    SIDE = 8,
    ITEMS = 6,
    BINS = 4,
    BARS = 4,
    LOOKS = 3,
    HEADS = 2,
    SIZES = 3 * ITEMS * SIDE * SIDE
};

enum stage_metric {
    OVERLAP,
    ERROR,
    K_HISTOGRAM,
    PICTURES,
    WEIGHTS,
    AT,
    LOSS,
    GAIN,
    WIDTH,
    K_LOOKS,
    BREAK_AT,
    METRICS,
};

extern const struct basin_experiment stage_toy;

/* Two rules, two dimensions, three loads; `figures:` is to follow, from line 12 on. */
extern const char STAGE_SWEEP[];

/* Everything a test needs: a plan, a result of it, a folder for the drawings. */
struct stage {
    struct basin_plan plan;
    struct basin_result result;
    char folder[64];
    struct basin_diag diag;
};

/* Nothing is measured at first. */
void stage_set(struct stage *s, const char *sweep, const char *figures);
void stage_clear(struct stage *s);

/* Simple numbers: a cell's overlap is 1 - load, replicates 0.01 apart around it. */
void stage_measure(struct stage *s);

void stage_make(struct stage *s, unsigned formats, struct basin_str *drawn);

/* A file of the folder, the caller's to free; that a text is in it, and how often in
 * another text. */
char *stage_text(const struct stage *s, const char *name);
void stage_expect(const struct stage *s, const char *file, const char *wanted);
size_t stage_count(const char *text, const char *word);

#endif
