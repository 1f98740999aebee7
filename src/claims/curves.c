/* Statistics of curves: where they cross, where they fall through a level, how steep they
 * are, and where that goes for large systems. */
#include "claims/statistic.h"

#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Where a function given at points changes its sign for good, by linear interpolation.
 *
 * Noise makes many sign changes; the one meant is the place that leaves the least area on
 * the wrong side. With the integral S(x) from the left end that is the x where S is
 * greatest (for a function that falls through 0) or least (one that rises). NAN if that
 * place is an end: then there is no crossing. */
static double sign_change(const double *x, const double *f, size_t n)
{
    double s = 0;
    double greatest = 0;
    double least = 0;
    double above = 0; /* area above 0 */
    double x_falling = NAN;
    double x_rising = NAN;
    for (size_t i = 1; i < n; i++) {
        double width = x[i] - x[i - 1];
        bool crosses = (f[i - 1] > 0 && f[i] <= 0) || (f[i - 1] < 0 && f[i] >= 0);
        double part = crosses ? width * f[i - 1] / (f[i - 1] - f[i]) : width;
        double first = crosses ? f[i - 1] * part / 2 : (f[i - 1] + f[i]) * width / 2;
        double second = crosses ? f[i] * (width - part) / 2 : 0;
        double s_there = s + first;
        if (crosses && s_there > greatest) {
            greatest = s_there;
            x_falling = x[i - 1] + part;
        }
        if (crosses && s_there < least) {
            least = s_there;
            x_rising = x[i - 1] + part;
        }
        s = s_there + second;
        above += fmax(first, 0) + fmax(second, 0);
    }
    /* Best at the right end: no crossing in between. */
    x_falling = s >= greatest ? NAN : x_falling;
    x_rising = s <= least ? NAN : x_rising;
    double wrong_falling = above - greatest;
    double wrong_rising = above - s + least;
    if (isnan(x_rising)) {
        return x_falling;
    }
    return isnan(x_falling) || wrong_rising < wrong_falling ? x_rising : x_falling;
}

/* Sizes count by their ratios, other numbers by their differences. */
static double size_of(const struct basin_sample *sample, size_t b)
{
    return sample->between[0] > 0 ? log(sample->between[b]) : sample->between[b];
}

/* Slope of the metric against the size at each place: positive where a larger system does
 * better. Two curves give their difference, up to a factor. */
static double crossing_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    const struct basin_sample *first = &data->first;
    double *x = data->scratch;
    double *f = x + first->n_along;
    double mean = 0;
    size_t n = 0;
    for (size_t b = 0; b < first->n_between; b++) {
        mean += size_of(first, b) / (double)first->n_between;
    }
    basin_data_curves(data, pick, n_pick);
    for (size_t a = 0; a < first->n_along; a++) {
        double slope = 0;
        for (size_t b = 0; b < first->n_between; b++) {
            slope += (size_of(first, b) - mean) * data->curve[b * first->n_along + a];
        }
        if (isfinite(slope)) {
            x[n] = first->along[a];
            f[n++] = slope;
        }
    }
    return sign_change(x, f, n);
}

static const struct basin_field crossing_fields[] = {BASIN_KEY_OF, BASIN_KEY_ALONG,
    BASIN_KEY_BETWEEN, BASIN_KEY_EACH, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_crossing = {
    .kind = {"crossing",
        "value of `along` where the curves of all values of `between` cross: where "
        "growth stops to help",
        "expanded percentiles of the bootstrap", 1, crossing_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "the curves do not cross",
    .estimate = crossing_of,
};

/* Where curve b passes the level. Uses the scratch's first 2 n_along numbers. */
static double threshold_of_curve(struct basin_data *data, size_t b)
{
    const struct basin_sample *first = &data->first;
    double *x = data->scratch;
    double *f = x + first->n_along;
    size_t n = 0;
    for (size_t a = 0; a < first->n_along; a++) {
        double y = data->curve[b * first->n_along + a];
        if (isfinite(y)) {
            x[n] = first->along[a];
            f[n++] = y - data->measure->level;
        }
    }
    return sign_change(x, f, n);
}

static double threshold_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    basin_data_curves(data, pick, n_pick);
    return threshold_of_curve(data, 0);
}

static const struct basin_field threshold_fields[] = {BASIN_KEY_OF, BASIN_KEY_ALONG,
    BASIN_KEY_LEVEL, BASIN_KEY_EACH, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_threshold = {
    .kind = {"threshold", "value of `along` where the mean passes `level`",
        "expanded percentiles of the bootstrap", 1, threshold_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "the curve does not pass the level",
    .estimate = threshold_of,
};

/* Thresholds of all curves, written over the curves' own memory. */
static double *thresholds(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    basin_data_curves(data, pick, n_pick);
    for (size_t b = 0; b < data->first.n_between; b++) {
        data->curve[b] = threshold_of_curve(data, b);
    }
    return data->curve;
}

/* What is asked of the line of least squares y = intercept + slope x. */
enum line { INTERCEPT, SLOPE, EXPLAINED };

/* EXPLAINED: R^2, the part of the variance of y. NAN with fewer than two places. */
static double fitted(const double *x, const double *y, size_t n, enum line wanted)
{
    double intercept;
    double slope;
    double c00;
    double c01;
    double c11;
    double chi2;
    if (n < 2) {
        return NAN;
    }
    gsl_fit_linear(x, 1, y, 1, n, &intercept, &slope, &c00, &c01, &c11, &chi2);
    if (wanted == EXPLAINED) {
        return 1 - chi2 / gsl_stats_tss(y, 1, n);
    }
    return wanted == INTERCEPT ? intercept : slope;
}

static double extrapolation_of(
    struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    const struct basin_sample *first = &data->first;
    double *y = thresholds(data, pick, n_pick);
    double *x = data->scratch;
    for (size_t b = 0; b < first->n_between; b++) {
        x[b] = pow(first->between[b], -data->measure->power);
    }
    return fitted(x, y, first->n_between, INTERCEPT);
}

static const struct basin_field extrapolation_fields[] = {BASIN_KEY_OF, BASIN_KEY_ALONG,
    BASIN_KEY_BETWEEN, BASIN_KEY_LEVEL, BASIN_KEY_EACH, BASIN_KEY_POWER,
    BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_extrapolation = {
    .kind = {"extrapolation",
        "the threshold for infinite `between`, by a line against 1 / between^power",
        "expanded percentiles of the bootstrap", 1, extrapolation_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "a curve does not pass the level",
    .estimate = extrapolation_of,
};

/* Of the line on the scale that the claim names. */
static double scaled(const struct basin_data *data, const double *x, const double *y,
    size_t n, enum line wanted)
{
    double *u = data->scratch;
    double *v = u + n;
    for (size_t i = 0; i < n; i++) {
        bool log_x =
            data->measure->scale == BASIN_LOG_LOG || data->measure->scale == BASIN_LOG_X;
        bool log_y =
            data->measure->scale == BASIN_LOG_LOG || data->measure->scale == BASIN_LOG_Y;
        u[i] = log_x ? log(x[i]) : x[i];
        v[i] = log_y ? log(y[i]) : y[i];
    }
    double value = fitted(u, v, n, wanted);
    return isfinite(value) ? value : NAN;
}

static double slope_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    basin_data_curves(data, pick, n_pick);
    return scaled(data, data->first.along, data->curve, data->first.n_along, SLOPE);
}

static const struct basin_field slope_fields[] = {BASIN_KEY_OF, BASIN_KEY_ALONG,
    BASIN_KEY_SCALE, BASIN_KEY_EACH, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_slope = {
    .kind = {"slope", "slope of the mean along an axis, on the `scale` named",
        "expanded percentiles of the bootstrap", 1, slope_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "fewer than two places, or a logarithm of 0",
    .estimate = slope_of,
};

static double threshold_slope_of(
    struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    double *y = thresholds(data, pick, n_pick);
    return scaled(data, data->first.between, y, data->first.n_between, SLOPE);
}

static const struct basin_field threshold_slope_fields[] = {BASIN_KEY_OF, BASIN_KEY_ALONG,
    BASIN_KEY_BETWEEN, BASIN_KEY_LEVEL, BASIN_KEY_SCALE, BASIN_KEY_EACH,
    BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_threshold_slope = {
    .kind = {"threshold_slope",
        "slope of the threshold against `between`, on the `scale` named",
        "expanded percentiles of the bootstrap", 1, threshold_slope_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "fewer than two curves pass the level, or a logarithm of 0",
    .estimate = threshold_slope_of,
};

static double threshold_fit_of(
    struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    double *y = thresholds(data, pick, n_pick);
    return scaled(data, data->first.between, y, data->first.n_between, EXPLAINED);
}

const struct basin_statistic basin_statistic_threshold_fit = {
    .kind = {"threshold_fit",
        "R^2 of the line of thresholds against `between`: whether their law is the one "
        "that the `scale` makes straight",
        "expanded percentiles of the bootstrap", 1, threshold_slope_fields,
        sizeof(struct basin_measure)},
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "fewer than two curves pass the level, or a logarithm of 0",
    .estimate = threshold_fit_of,
};
