/* One number for a figure from the replicates: centre and interval. */
#include "plot/estimate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static size_t keep_finite(double *values, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            values[kept++] = values[i];
        }
    }
    return kept;
}

struct basin_estimate basin_estimate_mean(double *values, size_t n)
{
    struct basin_estimate estimate = {NAN, NAN, NAN};
    n = keep_finite(values, n);
    if (n > 0) {
        estimate.centre = gsl_stats_mean(values, 1, n);
    }
    if (n > 1) {
        double error = gsl_stats_sd_m(values, 1, n, estimate.centre) / sqrt((double)n);
        double half = gsl_cdf_tdist_Pinv(0.975, (double)n - 1) * error;
        estimate.low = estimate.centre - half;
        estimate.high = estimate.centre + half;
    }
    return estimate;
}

struct basin_estimate basin_estimate_median(double *values, size_t n)
{
    struct basin_estimate estimate = {NAN, NAN, NAN};
    n = keep_finite(values, n);
    gsl_sort(values, 1, n);
    if (n > 0) {
        estimate.centre = gsl_stats_median_from_sorted_data(values, 1, n);
    }
    if (n > 1) {
        estimate.low = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.25);
        estimate.high = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.75);
    }
    return estimate;
}
