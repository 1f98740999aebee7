/* One number for a figure from the replicates: centre and interval.
 *
 * Figures show only; what claims need is computed by src/claims. */
#ifndef BASIN_PLOT_ESTIMATE_H
#define BASIN_PLOT_ESTIMATE_H

#include <stddef.h>

struct basin_estimate {
    double centre, low, high; /* NAN where there is none */
};

/* Mean with Student's 95 % interval, or median with quartiles, of the values that are
 * finite; values are reordered. */
struct basin_estimate basin_estimate_mean(double *values, size_t n);
struct basin_estimate basin_estimate_median(double *values, size_t n);

#endif
