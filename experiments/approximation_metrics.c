/* What approximation measures: error of outputs and weights, denominators, the range of
 * the outputs, the spread of the weights beside softmax's. */
#include "experiments/approximation.h"

#include "measure/spread.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define HULL_SLACK 1e-9 /* round-off of an output at the border of the hull */

enum metric {
    OUTPUT_MSE,
    WEIGHT_L1,
    RANK_CORRELATION,
    NEGATIVE_RATE,
    TINY_RATE,
    OUTSIDE,
    OUTPUTS,
    SQUARED_BIAS,
    UNNORMALIZED,
    MULTIPLIED_MSE,
    K_MEDIAN,
    K_MEDIAN_SOFTMAX,
    ENTROPY,
    ENTROPY_SOFTMAX,
    CLASS,
    CLASS_SOFTMAX,
    SAME_CLASS,
    K_DISTANCE,
    K_HISTOGRAM,
    K_HISTOGRAM_SOFTMAX,
    METRICS,
};

const struct basin_metric basin_approximation_metrics[METRICS + 1] = {
    [OUTPUT_MSE] = BASIN_METRIC("output_mse", "1", "mean squared error of outputs"),
    [WEIGHT_L1] =
        BASIN_METRIC("weight_l1", "1", "mean over queries of sum_i |p'_i - p_i|, 0 to 2"),
    [RANK_CORRELATION] = BASIN_METRIC(
        "rank_correlation", "1", "mean over queries of Spearman's rho of p' and p"),
    [NEGATIVE_RATE] =
        BASIN_METRIC("negative_rate", "1", "fraction of denominators D below 0"),
    [TINY_RATE] = BASIN_METRIC("tiny_rate", "1",
        "fraction of denominators D not below 0 that the products nearly cancel in"),
    [OUTSIDE] = BASIN_METRIC("outside", "1",
        "components of outputs outside the range of the values: outside their hull"),
    [OUTPUTS] = BASIN_METRIC("outputs", "1", "components of outputs"),
    [SQUARED_BIAS] = BASIN_METRIC_IF("squared_bias", "1",
        "mean over queries of sum_i (E p'_i - p_i)^2, from two halves of the redraws"),
    [UNNORMALIZED] = BASIN_METRIC_IF(
        "unnormalized", "1", "root mean square of outputs that are not divided by D"),
    [MULTIPLIED_MSE] = BASIN_METRIC_IF("multiplied_mse", "1",
        "mean squared error of outputs that are multiplied by D, not divided"),
    [K_MEDIAN] = BASIN_METRIC("k_median", "keys", "median over queries of k of p'"),
    [K_MEDIAN_SOFTMAX] =
        BASIN_METRIC("k_median_softmax", "keys", "median over queries of k of p"),
    [ENTROPY] = BASIN_METRIC("entropy", "nats", "mean entropy of p'"),
    [ENTROPY_SOFTMAX] = BASIN_METRIC("entropy_softmax", "nats", "mean entropy of p"),
    [CLASS] = BASIN_METRIC("class", "1", "class of the median k of p', 1 (broad) to 4"),
    [CLASS_SOFTMAX] = BASIN_METRIC("class_softmax", "1", "class of the median k of p"),
    [SAME_CLASS] = BASIN_METRIC(
        "same_class", "1", "fraction of queries whose k has one class for p' and for p"),
    [K_DISTANCE] = BASIN_METRIC("k_distance", "1",
        "half the sum of absolute differences of both histograms of k, as fractions"),
    [K_HISTOGRAM] = BASIN_METRIC_BINS("k_histogram", "queries",
        "histogram over queries of k / L of p'", "k_fraction", basin_spread_edges),
    [K_HISTOGRAM_SOFTMAX] = BASIN_METRIC_BINS("k_histogram_softmax", "queries",
        "histogram over queries of k / L of p", "k_fraction", basin_spread_edges),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

bool basin_approximation_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct basin_approximation *own = params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(params);
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case K_HISTOGRAM:
    case K_HISTOGRAM_SOFTMAX:
        size[0] = BASIN_SPREAD_BINS;
        return true;
    case SQUARED_BIAS:
        return own->redraws > 1;
    case UNNORMALIZED:
    case MULTIPLIED_MSE:
        return !options->subtract_max;
    default:
        return true;
    }
}

static void note_denominators(
    const struct basin_approximation_work *work, double *const out[METRICS])
{
    double denominators = (double)work->own->redraws * (double)work->m;
    *out[NEGATIVE_RATE] = (double)work->negative / denominators;
    *out[TINY_RATE] = (double)work->tiny / denominators;
    if (!work->options->subtract_max) {
        *out[UNNORMALIZED] = sqrt(work->squares / (denominators * (double)work->d));
        *out[MULTIPLIED_MSE] = work->multiplied / (denominators * (double)work->d);
    }
}

/* From sums of halves to the squared bias, and to the mean in half[0]. */
static void average(struct basin_approximation_work *work, double *const out[METRICS])
{
    double draws = (double)work->own->redraws;
    double even = ceil(draws / 2);
    double odd = draws - even;
    if (odd > 0) {
        double sum = 0;
        for (size_t j = 0; j < work->m; j++) {
            for (size_t i = 0; i < work->length; i++) {
                double p = gsl_matrix_get(work->p, j, i);
                sum += (gsl_matrix_get(work->half[0], j, i) / even - p) *
                       (gsl_matrix_get(work->half[1], j, i) / odd - p);
            }
        }
        *out[SQUARED_BIAS] = sum / (double)work->m;
        gsl_matrix_add(work->half[0], work->half[1]);
    }
    gsl_matrix_scale(work->half[0], 1 / draws);
}

static void note_outputs(
    struct basin_approximation_work *work, double *const out[METRICS])
{
    double outside = 0;
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, work->half[0], work->V, 0, work->AV);
    for (size_t l = 0; l < work->d; l++) {
        gsl_vector_const_view v = gsl_matrix_const_column(work->V, l);
        double least = gsl_vector_min(&v.vector);
        double most = gsl_vector_max(&v.vector);
        double slack = HULL_SLACK * (most - least);
        for (size_t j = 0; j < work->m; j++) {
            double o = gsl_matrix_get(work->AV, j, l);
            outside += o < least - slack || o > most + slack;
        }
    }
    *out[OUTSIDE] = outside;
    *out[OUTPUTS] = (double)(work->m * work->d);
    gsl_matrix_sub(work->AV, work->o);
    gsl_vector_view all = gsl_vector_view_array(work->AV->data, work->m * work->d);
    *out[OUTPUT_MSE] =
        gsl_pow_2(gsl_blas_dnrm2(&all.vector)) / (double)(work->m * work->d);
}

static void note_weights(
    struct basin_approximation_work *work, double *const out[METRICS])
{
    double l1 = 0;
    double rho = 0;
    gsl_vector_view error = gsl_vector_view_array(work->scratch, work->length);
    for (size_t j = 0; j < work->m; j++) {
        gsl_vector_const_view p = gsl_matrix_const_row(work->p, j);
        gsl_vector_const_view estimated = gsl_matrix_const_row(work->half[0], j);
        rho += gsl_stats_spearman(
            p.vector.data, 1, estimated.vector.data, 1, work->length, work->scratch);
        gsl_vector_memcpy(&error.vector, &estimated.vector);
        gsl_vector_sub(&error.vector, &p.vector);
        l1 += gsl_blas_dasum(&error.vector);
    }
    *out[WEIGHT_L1] = l1 / (double)work->m;
    *out[RANK_CORRELATION] = rho / (double)work->m;
}

/* k of every query, their median, histogram and class, and the mean entropy. */
static void note_spread(struct basin_approximation_work *work, const gsl_matrix *p,
    double *k, double *median, double *entropy, double *class, double *histogram)
{
    double sum = 0;
    for (size_t b = 0; b < BASIN_SPREAD_BINS; b++) {
        histogram[b] = 0;
    }
    for (size_t j = 0; j < work->m; j++) {
        struct basin_spread spread = basin_spread_of(gsl_matrix_const_ptr(p, j, 0),
            work->length, work->own->spread_quantile, 0, work->scratch);
        k[j] = (double)spread.k;
        sum += spread.entropy;
        histogram[basin_spread_bin(spread.k, work->length)]++;
    }
    for (size_t j = 0; j < work->m; j++) {
        work->AV->data[j * work->AV->tda] = k[j];
    }
    gsl_sort(work->AV->data, work->AV->tda, work->m);
    *median = gsl_stats_median_from_sorted_data(work->AV->data, work->AV->tda, work->m);
    *entropy = sum / (double)work->m;
    *class = basin_spread_class(*median, work->length);
}

/* Weights of which some are negative have no spread; then there is none measured. */
static void note_spreads(
    struct basin_approximation_work *work, double *const out[METRICS])
{
    double same = 0;
    double distance = 0;
    note_spread(work, work->p, work->k_softmax, out[K_MEDIAN_SOFTMAX],
        out[ENTROPY_SOFTMAX], out[CLASS_SOFTMAX], out[K_HISTOGRAM_SOFTMAX]);
    if (gsl_matrix_min(work->half[0]) < 0) {
        return;
    }
    note_spread(work, work->half[0], work->k, out[K_MEDIAN], out[ENTROPY], out[CLASS],
        out[K_HISTOGRAM]);
    for (size_t j = 0; j < work->m; j++) {
        same += basin_spread_class(work->k[j], work->length) ==
                basin_spread_class(work->k_softmax[j], work->length);
    }
    for (size_t b = 0; b < BASIN_SPREAD_BINS; b++) {
        distance += fabs(out[K_HISTOGRAM][b] - out[K_HISTOGRAM_SOFTMAX][b]);
    }
    *out[SAME_CLASS] = same / (double)work->m;
    *out[K_DISTANCE] = distance / 2 / (double)work->m;
}

void basin_approximation_measure(
    struct basin_approximation_work *work, struct basin_record *record)
{
    double *out[METRICS];
    basin_record_outputs(record, METRICS, out);
    note_denominators(work, out);
    average(work, out);
    note_outputs(work, out);
    note_weights(work, out);
    note_spreads(work, out);
}
