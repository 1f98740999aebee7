/* Statistics of the values themselves: means, quantiles, extremes, counts. */
#include "claims/statistic.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static double mean_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    return basin_sample_mean(&data->first, pick, n_pick);
}

static const struct basin_field mean_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_EACH, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_mean = {
    .kind = {"mean", "mean over the selected cells and replicates", "Student's t", 1,
        mean_fields, sizeof(struct basin_measure)},
    .method = BASIN_BY_T,
    .estimate = mean_of,
};

static const struct basin_field proportion_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_EACH, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_proportion = {
    .kind = {"proportion", "mean of a fraction, each pattern set counting as one trial",
        "Wilson's score", 1, proportion_fields, sizeof(struct basin_measure)},
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
    return gsl_stats_quantile_from_sorted_data(
        data->scratch, 1, n, data->measure->quantile);
}

static const struct basin_field quantile_fields[] = {BASIN_KEY_OF, BASIN_KEY_EACH,
    BASIN_KEY_QUANTILE, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_quantile = {
    .kind = {"quantile", "quantile (median if none is named) of the selected values",
        "expanded percentiles of the bootstrap", 1, quantile_fields,
        sizeof(struct basin_measure)},
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

static const struct basin_field maximum_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_maximum = {
    .kind = {"maximum", "greatest of the cells' means",
        "expanded percentiles of the bootstrap", 1, maximum_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .estimate = maximum_of,
};

static const struct basin_field minimum_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_minimum = {
    .kind = {"minimum", "least of the cells' means",
        "expanded percentiles of the bootstrap", 1, minimum_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .estimate = minimum_of,
};

static const struct basin_field range_fields[] = {BASIN_KEY_OF, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_range = {
    .kind = {"range", "every single value, with no chance involved",
        "the least and the greatest value", 1, range_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_RANGE,
    .arrays = true,
};

static const struct basin_field violations_fields[] = {BASIN_KEY_OF, BASIN_KEY_BOUND,
    BASIN_KEY_THAN, BASIN_KEY_WRONG, BASIN_KEY_SLACK, BASIN_KEY_CHECKS, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_violations = {
    .kind = {"violations",
        "fraction of values on the wrong side of a bound (or of what `checks` "
        "counts)",
        "Clopper & Pearson", 1, violations_fields, sizeof(struct basin_measure)},
    .method = BASIN_BY_COUNT,
    .arrays = true,
};
