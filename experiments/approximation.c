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
#include "experiments/approximation.h"

#include "base/rng.h"
#include "features/favor.h"
#include "kernels/random.h"
#include "kernels/softmax.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#define T struct basin_approximation

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

static double approximation_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { PER_FEATURE = 120, PER_WEIGHT = 1100, PER_PRODUCT = 4 };
    const struct basin_approximation *own = params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(params);
    double length = (double)own->length;
    double m = (double)own->queries;
    double features = (double)options->features;
    double d = (double)own->dimension;
    double draw =
        features * (m * length * PER_PRODUCT + (length + d) * (4 * d + PER_FEATURE));
    return (double)own->redraws * draw + m * length * (PER_WEIGHT + 6 * d);
}

/* Inputs, features of keys, two sums of the weights and the weights themselves. */
static double approximation_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct basin_approximation *own = params->own[BASIN_MAPPING_OWN];
    double length = (double)own->length;
    double m = (double)own->queries;
    double width = (double)(own->dimension + basin_mapping_options(params)->features);
    return sizeof(double) * (2 * length * width + 3 * m * (length + width));
}

static void work_free(struct basin_approximation_work *work)
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

static int work_init(struct basin_approximation_work *work, const struct basin_task *task,
    struct basin_diag *diag)
{
    const struct basin_approximation *own = task->params->own[BASIN_MAPPING_OWN];
    size_t length = (size_t)own->length;
    size_t m = (size_t)own->queries;
    size_t d = (size_t)own->dimension;
    *work = (struct basin_approximation_work){.own = own,
        .options = basin_mapping_options(task->params),
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

static void draw_inputs(
    struct basin_approximation_work *work, const struct basin_task *task)
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
static int attend(struct basin_approximation_work *work, struct basin_diag *diag)
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
static int add_weights(struct basin_approximation_work *work, struct basin_favor *favor,
    size_t j, gsl_matrix *sum, struct basin_diag *diag)
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
        work->negative += D[i] < 0;
        work->tiny += D[i] >= 0 && D[i] < tiny;
        gsl_blas_daxpy(1 / D[i], &a.vector, &p.vector);
    }
    if (!work->options->subtract_max) {
        gsl_matrix_view AV = gsl_matrix_submatrix(work->AV, j, 0, rows, work->d);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &A.matrix, work->V, 0, &AV.matrix);
        gsl_vector_view all = gsl_vector_view_array(AV.matrix.data, rows * work->d);
        work->squares += gsl_pow_2(gsl_blas_dnrm2(&all.vector));
        for (size_t i = 0; i < rows; i++) {
            gsl_vector_view row = gsl_matrix_row(&AV.matrix, i);
            gsl_vector_const_view exact = gsl_matrix_const_row(work->o, j + i);
            gsl_vector_scale(&row.vector, D[i]);
            gsl_vector_sub(&row.vector, &exact.vector);
            work->multiplied += gsl_pow_2(gsl_blas_dnrm2(&row.vector));
        }
    }
    return 0;
}

/* Sums of the weights over even and over odd draws; denominators are counted. */
static int estimate(struct basin_approximation_work *work, const struct basin_task *task,
    struct basin_diag *diag)
{
    size_t draws = (size_t)work->own->redraws;
    double scale = pow((double)work->d, -0.25);
    uint64_t key =
        basin_rng_key(task->seed, basin_id_number(&task->cell), BASIN_FOR_FEATURES);
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
    return 0;
}

static int approximation_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    struct basin_approximation_work work;
    int ret = work_init(&work, task, diag);
    if (ret == 0) {
        draw_inputs(&work, task);
        ret = attend(&work, diag);
    }
    if (ret == 0) {
        ret = estimate(&work, task, diag);
    }
    if (ret == 0) {
        basin_approximation_measure(&work, record);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section approximation_sections[] = {
    BASIN_MAPPING_SECTIONS(own_kinds, basin_feature_maps)};

const struct basin_experiment basin_experiment_approximation = {
    .kind = {.name = "approximation",
        .summary = "attention by random features against softmax attention",
        .source = "Choromanski et al. 2021, eq. 4 and figure 4",
        .version = 1,
        .fields = approximation_fields,
        .size = sizeof(struct basin_approximation)},
    .example =
        "title: How good is attention by random features?\n"
        "seed: 1\n"
        "replicates: 4 # independent inputs and directions\n"
        "length: 128\n"
        "queries: 16\n"
        "maps:\n"
        "  - {label: positive, map: positive}\n"
        "sweep:\n"
        "  - grid: {features: [16, 64, 256], sigma: [0.5]}\n"
        "figures:\n"
        "  - {name: error, x: features, x_scale: log2, y: output_mse, y_scale: log}\n"
        "claims:\n"
        "  - id: hull\n"
        "    says: outputs lie within the range of the values\n"
        "    measure: {statistic: violations, of: outside, checks: outputs}\n"
        "    expect: {none_in: 1000}\n",
    .sections = approximation_sections,
    .metrics = basin_approximation_metrics,
    .check = basin_mapping_check,
    .shape = basin_approximation_shape,
    .cost = approximation_cost,
    .memory = approximation_memory,
    .run = approximation_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_approximation.kind, NULL};
