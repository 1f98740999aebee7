/* Statistics of the values themselves: means, quantiles, extremes, counts. */
#include "claims/statistic.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static double mean_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    return basin_sample_mean(&data->first, pick, n_pick);
}

const struct basin_statistic basin_statistic_mean = {
    .name = "mean",
    .summary = "mean over the selected cells and replicates",
    .needs = "of",
    .takes = "where|each",
    .method = BASIN_BY_T,
    .estimate = mean_of,
};

const struct basin_statistic basin_statistic_proportion = {
    .name = "proportion",
    .summary = "mean of a fraction, each pattern set counting as one trial",
    .needs = "of",
    .takes = "where|each",
    .method = BASIN_BY_WILSON,
    .miss = "a value is not between 0 and 1",
    .estimate = mean_of,
};

static double quantile_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    const struct basin_sample *first = &data->first;
    size_t n = 0;
    for (size_t i = 0; i < first->n; i++) {
        for (size_t r = 0; r < n_pick; r++) {
            data->scratch[n++] = first->point[i].value[pick[r]];
        }
    }
    gsl_sort(data->scratch, 1, n);
    return gsl_stats_quantile_from_sorted_data(data->scratch, 1, n, data->quantile);
}

const struct basin_statistic basin_statistic_quantile = {
    .name = "quantile",
    .summary = "quantile (median if none is named) of the selected values",
    .needs = "of",
    .takes = "where|each|quantile|resamples",
    .method = BASIN_BY_BOOTSTRAP,
    .estimate = quantile_of,
};

static double maximum_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    struct basin_sample *first = &data->first;
    double greatest = -INFINITY;
    for (size_t i = 0; i < first->n; i++) {
        struct basin_sample cell = {.n = 1, .point = &first->point[i]};
        greatest = fmax(greatest, basin_sample_mean(&cell, pick, n_pick));
    }
    return greatest;
}

static double minimum_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    struct basin_sample *first = &data->first;
    double least = INFINITY;
    for (size_t i = 0; i < first->n; i++) {
        struct basin_sample cell = {.n = 1, .point = &first->point[i]};
        least = fmin(least, basin_sample_mean(&cell, pick, n_pick));
    }
    return least;
}

const struct basin_statistic basin_statistic_maximum = {
    .name = "maximum",
    .summary = "greatest of the cells' means",
    .needs = "of",
    .takes = "where|resamples",
    .method = BASIN_BY_BOOTSTRAP,
    .estimate = maximum_of,
};

const struct basin_statistic basin_statistic_minimum = {
    .name = "minimum",
    .summary = "least of the cells' means",
    .needs = "of",
    .takes = "where|resamples",
    .method = BASIN_BY_BOOTSTRAP,
    .estimate = minimum_of,
};

const struct basin_statistic basin_statistic_range = {
    .name = "range",
    .summary = "every single value, with no chance involved",
    .needs = "of",
    .takes = "where",
    .method = BASIN_BY_RANGE,
    .arrays = true,
};

const struct basin_statistic basin_statistic_violations = {
    .name = "violations",
    .summary = "fraction of values on the wrong side of a bound (or of what `checks` "
               "counts)",
    .needs = "of",
    .takes = "where|bound|than|wrong|slack|checks",
    .method = BASIN_BY_COUNT,
    .arrays = true,
};
