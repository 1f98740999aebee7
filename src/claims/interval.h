/* Intervals: what is known of the error of an estimate, and the interval it gives at any
 * confidence. Kept apart so that one estimate serves every confidence that is asked of it
 * (a correction for many cells, the error probability of a verdict). */
#ifndef BASIN_CLAIMS_INTERVAL_H
#define BASIN_CLAIMS_INTERVAL_H

#include <stddef.h>

enum basin_method {
    BASIN_BY_T,      /* Student's t on one number per replicate */
    BASIN_BY_WILSON, /* Wilson's score interval of a proportion, one trial per replicate
                      */
    BASIN_BY_COUNT,  /* Clopper & Pearson, hits among checks */
    BASIN_BY_BOOTSTRAP, /* replicates resampled */
    BASIN_BY_RANGE,     /* least and greatest value: no chance is involved */
};

struct basin_uncertainty {
    enum basin_method method;
    double estimate;
    double n;              /* replicates, or checks */
    double standard_error; /* BASIN_BY_T */
    double hits;           /* BASIN_BY_COUNT */
    double low, high;      /* BASIN_BY_RANGE */
    const double *draws;   /* BASIN_BY_BOOTSTRAP: ascending; the caller's */
    size_t n_draws;
};

struct basin_interval {
    double low, high; /* NAN where there is none, as with one replicate */
};

/* The two-sided interval. confidence in (0, 1).
 *
 * The bootstrap is the expanded percentile interval: plain percentiles are too narrow for
 * few replicates, so the levels are moved out until a normal mean gets its t-interval
 * (Hesterberg, "What teachers should know about the bootstrap", 2015, sec. 5.3). Beyond
 * the outermost percentiles that the resamples can tell, tails go on as a normal one's.
 */
struct basin_interval basin_interval_at(
    const struct basin_uncertainty *self, double confidence);

#endif
