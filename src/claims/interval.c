/* Intervals by t, Wilson, Clopper & Pearson, bootstrap and range. */
#include "claims/interval.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* So many draws must lie outside of a percentile that is read off. */
enum { TAIL_DRAWS = 5 };

static const struct basin_interval none = {NAN, NAN};

static struct basin_interval by_t(const struct basin_uncertainty *self, double tail)
{
    if (!(self->n >= 2)) {
        return none;
    }
    double reach = gsl_cdf_tdist_Qinv(tail, self->n - 1) * self->standard_error;
    return (struct basin_interval){self->estimate - reach, self->estimate + reach};
}

static struct basin_interval by_wilson(const struct basin_uncertainty *self, double tail)
{
    double n = self->n;
    double p = self->estimate;
    if (!(n >= 1)) {
        return none;
    }
    double z = gsl_cdf_ugaussian_Qinv(tail);
    double scale = 1 + z * z / n;
    double centre = (p + z * z / (2 * n)) / scale;
    double reach = z * sqrt(fmax(p * (1 - p), 0) / n + z * z / (4 * n * n)) / scale;
    return (struct basin_interval){fmax(centre - reach, 0), fmin(centre + reach, 1)};
}

static struct basin_interval by_count(const struct basin_uncertainty *self, double tail)
{
    double hits = self->hits;
    double misses = self->n - hits;
    if (!(self->n >= 1)) {
        return none;
    }
    struct basin_interval interval = {
        hits > 0 ? gsl_cdf_beta_Pinv(tail, hits, misses + 1) : 0,
        misses > 0 ? gsl_cdf_beta_Qinv(tail, hits + 1, misses) : 1,
    };
    /* GSL may find no inverse for counts in the thousands, where the two agree. */
    return isnan(interval.low) || isnan(interval.high) ? by_wilson(self, tail) : interval;
}

static struct basin_interval by_bootstrap(
    const struct basin_uncertainty *self, double tail)
{
    double n = self->n;
    if (!(n >= 2) || self->n_draws == 0) {
        return none;
    }
    const double *draws = self->draws;
    size_t n_draws = self->n_draws;
    double z = gsl_cdf_tdist_Qinv(tail, n - 1) * sqrt(n / (n - 1));
    double rarest = fmin(TAIL_DRAWS / (double)n_draws, gsl_cdf_ugaussian_Q(1));
    double level = fmax(gsl_cdf_ugaussian_Q(z), rarest);
    double beyond = fmax(z / gsl_cdf_ugaussian_Qinv(rarest), 1);
    double middle = gsl_stats_median_from_sorted_data(draws, 1, n_draws);
    double low = gsl_stats_quantile_from_sorted_data(draws, 1, n_draws, level);
    double high = gsl_stats_quantile_from_sorted_data(draws, 1, n_draws, 1 - level);
    return (struct basin_interval){
        middle + beyond * (low - middle), middle + beyond * (high - middle)};
}

struct basin_interval basin_interval_at(
    const struct basin_uncertainty *self, double confidence)
{
    double tail = (1 - confidence) / 2;
    if (isnan(self->estimate)) {
        return none;
    }
    switch (self->method) {
    case BASIN_BY_T:
        return by_t(self, tail);
    case BASIN_BY_WILSON:
        return by_wilson(self, tail);
    case BASIN_BY_COUNT:
        return by_count(self, tail);
    case BASIN_BY_BOOTSTRAP:
        return by_bootstrap(self, tail);
    case BASIN_BY_RANGE:
        return (struct basin_interval){self->low, self->high};
    }
    return none;
}
