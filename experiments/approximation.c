/* Approximation: how far is attention by random features from softmax attention?
 *
 *   o_j = sum_i p_ji v_i,   p_ji = exp(q_j.k_i / sqrt(d)) / sum_l exp(q_j.k_l / sqrt(d))
 *
 * for M queries, L keys and values: Q, K ~ N(0, sigma^2), V ~ N(0, 1). Feature maps make
 * weights p' = phi(q_j).phi(k_i) / D_j of the same inputs (Choromanski et al. 2021, eq. 4
 * and figure 4). Inputs depend on seed, length, dimension and replicate alone, sigma
 * scales them, so that maps are compared on the same.
 *
 * Where several draws of the directions are averaged, p' is their mean. D_j in the
 * denominator makes it biased: its two halves have independent errors e and e', so that
 * e.e' estimates the squared bias without bias of its own. */
#include "experiments/experiment.h"

#include "base/rng.h"
#include "features/favor.h"
#include "kernels/random.h"
#include "kernels/softmax.h"
#include "measure/spread.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#define HULL_SLACK 1e-9 /* round-off of an output at the border of the hull */

enum section { OWN, MAPS };

struct approximation {
    long length, dimension, queries;
    double sigma;
    long redraws;
    double spread_quantile, tiny;
};

#define T struct approximation

static const struct basin_field approximation_fields[] = {
    BASIN_FIELD_INT(
        T, length, "1024", 2, 1 << 20, "1", "length L of the sequence: keys and values"),
    BASIN_FIELD_INT(T, dimension, "16", 1, 4096, "1", "dimension d of queries and keys"),
    BASIN_FIELD_INT(T, queries, "64", 1, 1 << 20, "1", "number M of queries"),
    BASIN_FIELD_REAL(T, sigma, "1", BASIN_POSITIVE, 100, "1",
        "input scale: standard deviation of the components of queries and keys"),
    BASIN_FIELD_INT(T, redraws, "1", 1, 1 << 24, "1",
        "independent draws of the directions whose weights are averaged"),
    BASIN_FIELD_REAL(T, spread_quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_REAL(T, tiny, "0.01", 0, 1, "1",
        "D is tiny below this times the sum of the products' sizes"),
    BASIN_FIELD_END,
};

#undef T

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

#define NUMBER(metric, unit, summary)                                                    \
    {                                                                                    \
        metric, unit, summary, false, false, 0, {NULL}, NULL                             \
    }
#define NUMBER_IF(metric, unit, summary)                                                 \
    {                                                                                    \
        metric, unit, summary, false, true, 0, {NULL}, NULL                              \
    }
#define HISTOGRAM(metric, summary)                                                       \
    {                                                                                    \
        metric, "queries", summary, false, false, 1, {"k_fraction"}, basin_spread_edges  \
    }

static const struct basin_metric approximation_metrics[METRICS + 1] = {
    [OUTPUT_MSE] = NUMBER("output_mse", "1", "mean squared error of outputs"),
    [WEIGHT_L1] =
        NUMBER("weight_l1", "1", "mean over queries of sum_i |p'_i - p_i|, 0 to 2"),
    [RANK_CORRELATION] = NUMBER(
        "rank_correlation", "1", "mean over queries of Spearman's rho of p' and p"),
    [NEGATIVE_RATE] = NUMBER("negative_rate", "1", "fraction of denominators D below 0"),
    [TINY_RATE] = NUMBER("tiny_rate", "1",
        "fraction of denominators D not below 0 that the products nearly cancel in"),
    [OUTSIDE] = NUMBER("outside", "1",
        "components of outputs outside the range of the values: outside their hull"),
    [OUTPUTS] = NUMBER("outputs", "1", "components of outputs"),
    [SQUARED_BIAS] = NUMBER_IF("squared_bias", "1",
        "mean over queries of sum_i (E p'_i - p_i)^2, from two halves of the redraws"),
    [UNNORMALIZED] = NUMBER_IF(
        "unnormalized", "1", "root mean square of outputs that are not divided by D"),
    [K_MEDIAN] = NUMBER("k_median", "keys", "median over queries of k of p'"),
    [K_MEDIAN_SOFTMAX] =
        NUMBER("k_median_softmax", "keys", "median over queries of k of p"),
    [ENTROPY] = NUMBER("entropy", "nats", "mean entropy of p'"),
    [ENTROPY_SOFTMAX] = NUMBER("entropy_softmax", "nats", "mean entropy of p"),
    [CLASS] = NUMBER("class", "1", "class of the median k of p', 1 (broad) to 4"),
    [CLASS_SOFTMAX] = NUMBER("class_softmax", "1", "class of the median k of p"),
    [SAME_CLASS] = NUMBER(
        "same_class", "1", "fraction of queries whose k has one class for p' and for p"),
    [K_DISTANCE] = NUMBER("k_distance", "1",
        "half the sum of absolute differences of both histograms of k, as fractions"),
    [K_HISTOGRAM] = HISTOGRAM("k_histogram", "histogram over queries of k / L of p'"),
    [K_HISTOGRAM_SOFTMAX] =
        HISTOGRAM("k_histogram_softmax", "histogram over queries of k / L of p"),
    [METRICS] = NUMBER(NULL, NULL, NULL),
};

static bool approximation_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct approximation *own = params->own[OWN];
    const struct basin_feature_options *options = params->own[MAPS];
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case K_HISTOGRAM:
    case K_HISTOGRAM_SOFTMAX:
        size[0] = BASIN_SPREAD_BINS;
        return true;
    case SQUARED_BIAS:
        return own->redraws > 1;
    case UNNORMALIZED:
        return !options->subtract_max;
    default:
        return true;
    }
}

static int approximation_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    return basin_feature_check(params->own[MAPS], diag);
}

static double approximation_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { PER_FEATURE = 60, PER_WEIGHT = 400 };
    const struct approximation *own = params->own[OWN];
    const struct basin_feature_options *options = params->own[MAPS];
    double length = (double)own->length;
    double m = (double)own->queries;
    double features = (double)options->features;
    double d = (double)own->dimension;
    double draw = features * (m * length * 2 + (length + d) * (2 * d + PER_FEATURE));
    return (double)own->redraws * draw + m * length * (PER_WEIGHT + 6 * d);
}

struct work {
    const struct approximation *own;
    const struct basin_feature_options *options;
    size_t length, m, d;
    double *out[METRICS];
    gsl_matrix *Q, *K, *V;
    gsl_matrix *p, *o;   /* exact weights (M x L) and outputs (M x d) */
    gsl_matrix *half[2]; /* sums of p' over even and odd draws, then p' and one half */
    gsl_matrix *AV;      /* outputs by features */
    gsl_matrix *A;       /* products of a tile */
    double *scratch;     /* 3 L */
    double *k, *k_softmax;
};

static void work_free(struct work *work)
{
    gsl_matrix *const all[] = {work->Q, work->K, work->V, work->p, work->o, work->half[0],
        work->half[1], work->AV, work->A};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        gsl_matrix_free(all[i]);
    }
    free(work->scratch);
    free(work->k);
    free(work->k_softmax);
}

static int work_init(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    const struct approximation *own = task->params->own[OWN];
    size_t length = (size_t)own->length;
    size_t m = (size_t)own->queries;
    size_t d = (size_t)own->dimension;
    *work = (struct work){.own = own,
        .options = task->params->own[MAPS],
        .length = length,
        .m = m,
        .d = d,
        .Q = gsl_matrix_alloc(m, d),
        .K = gsl_matrix_alloc(length, d),
        .V = gsl_matrix_alloc(length, d),
        .p = gsl_matrix_alloc(m, length),
        .o = gsl_matrix_alloc(m, d),
        .half = {gsl_matrix_calloc(m, length), gsl_matrix_calloc(m, length)},
        .AV = gsl_matrix_alloc(m, d),
        .A = gsl_matrix_alloc(BASIN_FAVOR_TILE, length),
        .scratch = malloc(3 * length * sizeof(double)),
        .k = malloc(m * sizeof(double)),
        .k_softmax = malloc(m * sizeof(double))};
    bool lacks = work->Q == NULL || work->K == NULL || work->V == NULL ||
                 work->p == NULL || work->o == NULL || work->half[0] == NULL ||
                 work->half[1] == NULL || work->AV == NULL || work->A == NULL ||
                 work->scratch == NULL || work->k == NULL || work->k_softmax == NULL;
    return lacks ? basin_fail(diag, BASIN_ERR_NOMEM,
                       "no memory for the weights of %zu queries on %zu keys", m, length)
                 : 0;
}

static void draw_inputs(struct work *work, const struct basin_task *task)
{
    uint64_t key = basin_rng_key(task->seed, work->length, BASIN_FOR_PATTERNS);
    key = basin_rng_key(key, work->d, BASIN_FOR_PATTERNS);
    gsl_matrix *const input[] = {work->K, work->V, work->Q};
    for (uint32_t i = 0; i < 3; i++) {
        basin_random_gaussians(basin_isa_best(), key,
            basin_rng_sequence(task->replicate, i), input[i]->data,
            input[i]->size1 * input[i]->size2);
    }
    gsl_matrix_scale(work->K, work->own->sigma);
    gsl_matrix_scale(work->Q, work->own->sigma);
}

/* p and o. */
static int attend(struct work *work, struct basin_diag *diag)
{
    struct basin_softmax softmax;
    double beta = 1 / sqrt((double)work->d);
    int ret = basin_softmax_init(&softmax, work->K->data, work->K->tda, work->V->data,
        work->V->tda, work->length, work->d, work->d, false, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_softmax_work *own = basin_softmax_work_new(&softmax);
    if (own == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory for softmax attention");
    } else {
        basin_softmax_apply(&softmax, own, beta, work->Q->data, work->Q->tda, work->m,
            work->o->data, work->o->tda, NULL);
        ret = basin_softmax_weights(&softmax, own, beta, work->Q->data, work->Q->tda,
            work->m, work->p->data, work->p->tda);
    }
    basin_softmax_work_free(own);
    basin_softmax_free(&softmax);
    return ret;
}

/* Adds the weights of a tile of queries, the first being j, by one draw. */
static int add_weights(struct work *work, struct basin_favor *favor, size_t j,
    gsl_matrix *sum, struct basin_diag *diag)
{
    double D[BASIN_FAVOR_TILE];
    size_t rows = GSL_MIN(BASIN_FAVOR_TILE, work->m - j);
    gsl_matrix_const_view Q = gsl_matrix_const_submatrix(work->Q, j, 0, rows, work->d);
    gsl_matrix_view A = gsl_matrix_submatrix(work->A, 0, 0, rows, work->length);
    basin_favor_products(favor, &Q.matrix, &A.matrix, D);
    for (size_t i = 0; i < rows; i++) {
        gsl_vector_const_view a = gsl_matrix_const_row(&A.matrix, i);
        gsl_vector_view p = gsl_matrix_row(sum, j + i);
        if (!isfinite(D[i]) || D[i] == 0) {
            return basin_fail(diag, BASIN_ERR_NUMERIC,
                "%s features make D %g, by which nothing can be divided",
                favor->map.feature->kind.name, D[i]);
        }
        double tiny = work->own->tiny * gsl_blas_dasum(&a.vector);
        *work->out[NEGATIVE_RATE] += D[i] < 0;
        *work->out[TINY_RATE] += D[i] >= 0 && D[i] < tiny;
        gsl_blas_daxpy(1 / D[i], &a.vector, &p.vector);
    }
    if (!work->options->subtract_max) {
        gsl_matrix_view AV = gsl_matrix_submatrix(work->AV, j, 0, rows, work->d);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &A.matrix, work->V, 0, &AV.matrix);
        gsl_vector_view all = gsl_vector_view_array(AV.matrix.data, rows * work->d);
        *work->out[UNNORMALIZED] += gsl_pow_2(gsl_blas_dnrm2(&all.vector));
    }
    return 0;
}

/* Sums of the weights over even and over odd draws; denominators are counted. */
static int estimate(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    size_t draws = (size_t)work->own->redraws;
    double scale = pow((double)work->d, -0.25);
    uint64_t key =
        basin_rng_key(task->seed, basin_id_number(&task->cell), BASIN_FOR_FEATURES);
    *work->out[NEGATIVE_RATE] = *work->out[TINY_RATE] = 0;
    if (!work->options->subtract_max) {
        *work->out[UNNORMALIZED] = 0;
    }
    for (uint32_t r = 0; r < draws; r++) {
        struct basin_favor favor;
        int ret = basin_favor_init(&favor, work->options, work->K, work->V, scale, false,
            key, basin_rng_sequence(task->replicate, r), diag);
        if (ret != 0) {
            return ret;
        }
        for (size_t j = 0; ret == 0 && j < work->m; j += BASIN_FAVOR_TILE) {
            ret = add_weights(work, &favor, j, work->half[r % 2], diag);
        }
        basin_favor_free(&favor);
        if (ret != 0) {
            return ret;
        }
    }
    double denominators = (double)(draws * work->m);
    *work->out[NEGATIVE_RATE] /= denominators;
    *work->out[TINY_RATE] /= denominators;
    if (!work->options->subtract_max) {
        *work->out[UNNORMALIZED] =
            sqrt(*work->out[UNNORMALIZED] / (denominators * (double)work->d));
    }
    return 0;
}

/* From sums of halves to the squared bias, and to the mean in half[0]. */
static void average(struct work *work)
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
        *work->out[SQUARED_BIAS] = sum / (double)work->m;
        gsl_matrix_add(work->half[0], work->half[1]);
    }
    gsl_matrix_scale(work->half[0], 1 / draws);
}

static void note_outputs(struct work *work)
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
    *work->out[OUTSIDE] = outside;
    *work->out[OUTPUTS] = (double)(work->m * work->d);
    gsl_matrix_sub(work->AV, work->o);
    gsl_vector_view all = gsl_vector_view_array(work->AV->data, work->m * work->d);
    *work->out[OUTPUT_MSE] =
        gsl_pow_2(gsl_blas_dnrm2(&all.vector)) / (double)(work->m * work->d);
}

static void note_weights(struct work *work)
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
    *work->out[WEIGHT_L1] = l1 / (double)work->m;
    *work->out[RANK_CORRELATION] = rho / (double)work->m;
}

/* k of every query, their median, histogram and class, and the mean entropy. */
static void note_spread(struct work *work, const gsl_matrix *p, double *k, double *median,
    double *entropy, double *class, double *histogram)
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
static void note_spreads(struct work *work)
{
    double **out = work->out;
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

static int approximation_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    struct work work;
    int ret = work_init(&work, task, diag);
    for (size_t i = 0; i < METRICS; i++) {
        work.out[i] = record->values + record->offset[i];
    }
    if (ret == 0) {
        draw_inputs(&work, task);
        ret = attend(&work, diag);
    }
    if (ret == 0) {
        ret = estimate(&work, task, diag);
    }
    if (ret == 0) {
        average(&work);
        note_outputs(&work);
        note_weights(&work);
        note_spreads(&work);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];

static const struct basin_section approximation_sections[] = {
    {.name = "", .kinds = own_kinds},
    {.name = "maps", .kinds = basin_feature_maps, .list = true},
    {.name = NULL},
};

const struct basin_experiment basin_experiment_approximation = {
    .kind = {.name = "approximation",
        .summary = "attention by random features against softmax attention",
        .source = "Choromanski et al. 2021, eq. 4 and figure 4",
        .version = 1,
        .fields = approximation_fields,
        .size = sizeof(struct approximation)},
    .sections = approximation_sections,
    .metrics = approximation_metrics,
    .check = approximation_check,
    .shape = approximation_shape,
    .cost = approximation_cost,
    .run = approximation_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_approximation.kind, NULL};
