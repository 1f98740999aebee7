/* Statistics: what a claim measures. One const struct and one line in the registry each.
 *
 * A statistic turns the picked replicates of the selected cells into one number. Its
 * interval comes from picking: each replicate alone (t), or replicates drawn again
 * (bootstrap). The pattern set is the unit, and all cells are picked alike, because they
 * share their pattern sets. */
#ifndef BASIN_CLAIMS_STATISTIC_H
#define BASIN_CLAIMS_STATISTIC_H

#include "claims/data.h"
#include "claims/interval.h"

#include <stdbool.h>

/* Into which parts the selected cells fall. A claim holds if it holds for every part. */
enum basin_parts {
    BASIN_WHOLE, /* one part, or, where the claim says `each: true`, one for each cell or
                  * curve */
    BASIN_STEPS, /* one for every two neighbouring values of `along` */
};

struct basin_statistic {
    struct basin_kind kind; /* its source is the interval; its fields are the scalar keys
                             * of `measure` that it takes */
    enum basin_method method;
    enum basin_parts parts;
    bool arrays;      /* metrics that are arrays will do */
    bool pair;        /* compares: needs `against`, `than` or both */
    bool theory;      /* needs `theory` */
    bool one_sided;   /* two one-sided tests: their interval has twice the error */
    const char *miss; /* what it means if estimate is NAN: "the curves do not cross" */

    /* NAN where the numbers have none. NULL: made from all values at once, by method. */
    double (*estimate)(struct basin_data *data, const uint32_t *pick, size_t n_pick);
};

extern const struct basin_kind *const basin_statistics[]; /* NULL-terminated */

static inline const struct basin_statistic *basin_statistic_of(
    const struct basin_kind *kind)
{
    return (const struct basin_statistic *)kind;
}

/* means.c */
extern const struct basin_statistic basin_statistic_mean;
extern const struct basin_statistic basin_statistic_proportion;
extern const struct basin_statistic basin_statistic_quantile;
extern const struct basin_statistic basin_statistic_maximum;
extern const struct basin_statistic basin_statistic_minimum;
extern const struct basin_statistic basin_statistic_range;
extern const struct basin_statistic basin_statistic_violations;

/* comparisons.c */
extern const struct basin_statistic basin_statistic_difference;
extern const struct basin_statistic basin_statistic_equivalence;
extern const struct basin_statistic basin_statistic_ratio;
extern const struct basin_statistic basin_statistic_ratio_to_theory;
extern const struct basin_statistic basin_statistic_monotone;

/* curves.c */
extern const struct basin_statistic basin_statistic_crossing;
extern const struct basin_statistic basin_statistic_threshold;
extern const struct basin_statistic basin_statistic_extrapolation;
extern const struct basin_statistic basin_statistic_slope;
extern const struct basin_statistic basin_statistic_threshold_slope;
extern const struct basin_statistic basin_statistic_threshold_fit;

#endif
