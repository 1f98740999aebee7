/* Two results, cell by cell: what differs, by how much, and whether it is more than
 * chance.
 *
 * Cells are the same if label and all axis values are. Replicates are compared in pairs:
 * with one seed a pair shares its pattern set, with two seeds pairs are independent, and
 * the t-interval of the mean difference is valid for both. Intervals are simultaneous
 * over all means that are compared (Bonferroni), so that one false alarm in all of them
 * has a probability of 5 %. */
#ifndef BASIN_REPORT_COMPARE_H
#define BASIN_REPORT_COMPARE_H

#include "base/err.h"
#include "base/str.h"
#include "store/result.h"

enum basin_difference_kind {
    BASIN_DIFFERENT_NUMBER, /* a metric that is one number per replicate */
    BASIN_DIFFERENT_ARRAY, /* an array: a, b are its means, difference the greatest one */
    BASIN_DIFFERENT_STATUS, /* a, b: how many replicates are ok */
    BASIN_ONLY_FIRST,       /* the cell or the metric is in one result alone */
    BASIN_ONLY_SECOND,
};

struct basin_difference {
    enum basin_difference_kind kind;
    const char *label;
    char *cell;         /* "dimension=500,load=0.1"; owned */
    const char *metric; /* "" where the whole cell is meant */
    double a, b;        /* means over the pairs */
    double difference;  /* b - a */
    double low, high;   /* of it, simultaneous; NAN where there is none */
    size_t n;           /* pairs */
    bool significant;   /* the interval excludes zero */
    bool clocked;       /* differs from run to run: counts only if significant */
};

struct basin_comparison {
    size_t n_cells;   /* that both have */
    size_t n_numbers; /* means compared */
    size_t n_significant;
    size_t n_counted; /* differences that are no matter of the clock */
    size_t n;
    struct basin_difference *difference; /* owned; in the order of the first result */
};

/* Texts stay the results'. Results without a common cell are a USAGE error. Free with
 * basin_comparison_free, also after a failure. */
BASIN_CHECKED int basin_results_compare(const struct basin_result *a,
    const struct basin_result *b, struct basin_comparison *self, struct basin_diag *diag);
void basin_comparison_free(struct basin_comparison *self);

const char *basin_difference_name(enum basin_difference_kind kind);

#endif
