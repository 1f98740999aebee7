/* Kernel: how well does phi(x).phi(y) estimate K(x, y)?
 *
 * One pair x, y of length `norm` at an angle; in every draw of the directions one
 * estimate. A replicate is `draws` independent draws. Against the mean of the estimates
 * stand K itself (bias), against their mean squared error lemma 2 and theorem 2 of
 * Choromanski et al. (2021). Squares of estimates have heavy tails: |x + y|^2 <= 2 is
 * where a mean squared error settles in thousands of draws.
 *
 * Where the pair lies matters to directions that are not uniform on the sphere, as those
 * of a QR decomposition without sign correction: along the first axes, along the diagonal
 * (1, ..., 1), or anew at random in every draw, which hides it. */
#include "experiments/mapping.h"

#include "base/rng.h"
#include "theory/theory.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

enum place { PLACE_AXES, PLACE_DIAGONAL, PLACE_RANDOM };

struct kernel {
    long dimension;
    double norm, angle;
    int place;
    long draws;
};

static const struct basin_field kernel_fields[] = {
    BASIN_FIELD_INT(
        struct kernel, dimension, "16", 2, 4096, "1", "dimension d of x and of y"),
    BASIN_FIELD_REAL(
        struct kernel, norm, "1", BASIN_POSITIVE, 10, "1", "norm of x and of y"),
    BASIN_FIELD_REAL(
        struct kernel, angle, "90", 0, 180, "degrees", "angle between x and y"),
    BASIN_FIELD_CHOICE(struct kernel, place, "axes|diagonal|random", "axes",
        "x along the first axis, or along (1, ..., 1), or at random in every draw"),
    BASIN_FIELD_INT(struct kernel, draws, "1000", 2, 1e8, "1",
        "independent draws of the directions in one replicate"),
    BASIN_FIELD_END,
};

static const struct basin_field map_fields[] = {
    BASIN_FEATURE_MAP_FIELDS, BASIN_FIELD_END};

enum metric {
    ESTIMATE,
    VARIANCE,
    ZERO_RATE,
    KERNEL,
    RATIO,
    RATIO_ERROR,
    BLOG_RATIO,
    MSE,
    MSE_ERROR,
    RELATIVE_MSE,
    METRICS,
};

static const struct basin_metric kernel_metrics[METRICS + 1] = {
    [ESTIMATE] = BASIN_METRIC("estimate", "1", "mean of phi(x).phi(y) over draws"),
    [VARIANCE] = BASIN_METRIC("variance", "1", "variance of phi(x).phi(y) over draws"),
    [ZERO_RATE] = BASIN_METRIC("zero_rate", "1", "fraction of features that are 0"),
    [KERNEL] = BASIN_METRIC_IF("kernel", "1", "K(x, y)"),
    [RATIO] =
        BASIN_METRIC_IF("ratio", "1", "mean of phi(x).phi(y) over K(x, y); 1: unbiased"),
    [RATIO_ERROR] = BASIN_METRIC_IF("ratio_error", "1", "standard error of the ratio"),
    [BLOG_RATIO] = BASIN_METRIC_IF("blog_ratio", "1",
        "the same with 1/sqrt(r) of all features, where l functions give r = l m, in the "
        "place of 1/sqrt(m)"),
    [MSE] = BASIN_METRIC_IF("mse", "1", "mean squared error of phi(x).phi(y)"),
    [MSE_ERROR] =
        BASIN_METRIC_IF("mse_error", "1", "standard error of the mean squared error"),
    [RELATIVE_MSE] = BASIN_METRIC_IF("relative_mse", "1",
        "mean squared error over lemma 2's of as many trigonometric features"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static const struct basin_feature *feature_of(const struct basin_feature_options *options)
{
    return basin_feature_of(basin_features[options->map]);
}

static bool kernel_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct kernel *own = params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(params);
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case KERNEL:
    case RATIO:
    case RATIO_ERROR:
    case BLOG_RATIO:
    case MSE:
    case MSE_ERROR:
        return feature_of(options)->kernel != NULL &&
               options->directions != BASIN_DIRECTIONS_NONE;
    case RELATIVE_MSE:
        return feature_of(options)->softmax && own->angle > 0;
    default:
        return true;
    }
}

static double kernel_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { PER_NUMBER = 300, SMALL = 20000 }; /* to draw a normal number; to begin */
    enum { PER_PAIR = 24, SMALL_QR = 100000 };
    const struct kernel *own = params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(params);
    double d = (double)own->dimension;
    double numbers = d * (double)options->features;
    double qr = options->directions == BASIN_DIRECTIONS_ORTHOGONAL
                    ? SMALL_QR + numbers * PER_PAIR * d
                    : 0;
    return (double)own->draws * (SMALL + numbers * PER_NUMBER + qr);
}

struct work {
    const struct kernel *own;
    const struct basin_feature_options *options;
    uint64_t key;
    uint32_t replicate;
    gsl_rng *r;         /* places */
    gsl_matrix *pair;   /* x and y */
    gsl_matrix *U;      /* projections and */
    gsl_matrix *phi;    /* features of both */
    double *estimate;   /* of every draw */
    double *deviation2; /* squared, from K */
    double zeros;
};

static void work_free(struct work *work)
{
    gsl_rng_free(work->r);
    gsl_matrix_free(work->pair);
    gsl_matrix_free(work->U);
    gsl_matrix_free(work->phi);
    free(work->estimate);
    free(work->deviation2);
}

static int work_init(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    const struct kernel *own = task->params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(task->params);
    size_t d = (size_t)own->dimension;
    size_t m =
        options->directions == BASIN_DIRECTIONS_NONE ? d : (size_t)options->features;
    uint64_t identity = basin_id_number(&task->cell);
    *work = (struct work){.own = own,
        .options = options,
        .key = basin_rng_key(task->seed, identity, BASIN_FOR_FEATURES),
        .replicate = task->replicate,
        .r = gsl_rng_alloc(basin_rng_philox),
        .pair = gsl_matrix_alloc(2, d),
        .U = gsl_matrix_alloc(2, m),
        .phi = gsl_matrix_alloc(2, feature_of(options)->functions * m),
        .estimate = calloc((size_t)own->draws, sizeof(double)),
        .deviation2 = malloc((size_t)own->draws * sizeof(double))};
    if (work->r == NULL || work->pair == NULL || work->U == NULL || work->phi == NULL ||
        work->estimate == NULL || work->deviation2 == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for %ld draws of %zu directions", own->draws, m);
    }
    basin_rng_start(work->r, basin_rng_key(task->seed, identity, BASIN_FOR_PATTERNS),
        basin_rng_sequence(task->replicate, 0));
    return 0;
}

/* Two orthogonal unit vectors a and b, the plane of the pair. */
static void make_plane(struct work *work, gsl_vector *a, gsl_vector *b)
{
    double inner;
    gsl_vector_set_zero(b);
    gsl_vector_set_basis(a, 0);
    gsl_vector_set(b, 1, 1);
    switch ((enum place)work->own->place) {
    case PLACE_AXES:
        return;
    case PLACE_DIAGONAL:
        gsl_vector_set_all(a, 1);
        gsl_vector_set(b, 0, -1);
        break;
    case PLACE_RANDOM:
        for (size_t i = 0; i < a->size; i++) {
            gsl_vector_set(a, i, gsl_ran_gaussian(work->r, 1));
            gsl_vector_set(b, i, gsl_ran_gaussian(work->r, 1));
        }
        gsl_vector_scale(a, 1 / gsl_blas_dnrm2(a));
        gsl_blas_ddot(a, b, &inner);
        gsl_blas_daxpy(-inner, a, b);
        break;
    }
    gsl_vector_scale(a, 1 / gsl_blas_dnrm2(a));
    gsl_vector_scale(b, 1 / gsl_blas_dnrm2(b));
}

/* x = norm a, y = norm (a cos angle + b sin angle). */
static void make_pair(struct work *work)
{
    double angle = work->own->angle * M_PI / 180;
    gsl_vector_view x = gsl_matrix_row(work->pair, 0);
    gsl_vector_view y = gsl_matrix_row(work->pair, 1);
    make_plane(work, &x.vector, &y.vector);
    gsl_vector_scale(&y.vector, sin(angle));
    gsl_blas_daxpy(cos(angle), &x.vector, &y.vector);
    gsl_matrix_scale(work->pair, work->own->norm);
}

static int estimate(struct work *work, uint32_t draw, struct basin_diag *diag)
{
    static const double no_shift[2] = {0, 0};
    struct basin_feature_map map;
    double norm2[2];
    int ret = basin_feature_map_init(&map, work->options, work->pair->size2, 1, work->key,
        basin_rng_sequence(work->replicate, draw), diag);
    if (ret != 0) {
        return ret;
    }
    if (work->own->place == PLACE_RANDOM) {
        make_pair(work);
    }
    basin_feature_project(&map, work->pair, work->U, norm2);
    basin_feature_apply(&map, work->U, norm2, no_shift, work->phi);
    gsl_vector_view x = gsl_matrix_row(work->phi, 0);
    gsl_vector_view y = gsl_matrix_row(work->phi, 1);
    gsl_blas_ddot(&x.vector, &y.vector, &work->estimate[draw]);
    for (size_t k = 0; k < work->phi->size2; k++) {
        work->zeros += x.vector.data[k] == 0;
        work->zeros += y.vector.data[k] == 0;
    }
    basin_feature_map_free(&map);
    return 0;
}

/* What lemma 2 says of as many trigonometric features. */
static int trigonometric_mse(
    const struct work *work, double *mse, struct basin_diag *diag)
{
    static const char *const name[] = {"features", "norm", "angle"};
    const double value[] = {
        (double)work->options->features, work->own->norm, work->own->angle};
    const struct basin_kind *theory =
        basin_kind_find(basin_theories, "trigonometric_mse");
    return basin_theory_at(basin_theory_of(theory), name, value, 3, mse, diag);
}

static int note(struct work *work, const struct basin_params *params,
    double *const out[METRICS], struct basin_diag *diag)
{
    size_t n = (size_t)work->own->draws;
    size_t size[BASIN_METRIC_RANK];
    double mean = gsl_stats_mean(work->estimate, 1, n);
    double variance = gsl_stats_variance_m(work->estimate, 1, n, mean);
    *out[ESTIMATE] = mean;
    *out[VARIANCE] = variance;
    *out[ZERO_RATE] =
        work->zeros / ((double)n * (double)(work->phi->size1 * work->phi->size2));
    if (!kernel_shape(NULL, params, KERNEL, size)) {
        return 0;
    }
    double square = gsl_pow_2(work->own->norm);
    double K = feature_of(work->options)
                   ->kernel(square, square, square * cos(work->own->angle * M_PI / 180));
    for (size_t i = 0; i < n; i++) {
        work->deviation2[i] = gsl_pow_2(work->estimate[i] - K);
    }
    *out[KERNEL] = K;
    *out[RATIO] = mean / K;
    *out[RATIO_ERROR] = sqrt(variance / (double)n) / K;
    *out[BLOG_RATIO] = mean / K / (double)feature_of(work->options)->functions;
    *out[MSE] = gsl_stats_mean(work->deviation2, 1, n);
    *out[MSE_ERROR] = gsl_stats_sd(work->deviation2, 1, n) / sqrt((double)n);
    if (!kernel_shape(NULL, params, RELATIVE_MSE, size)) {
        return 0;
    }
    double expected;
    int ret = trigonometric_mse(work, &expected, diag);
    *out[RELATIVE_MSE] = *out[MSE] / expected;
    return ret;
}

static int kernel_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    struct work work;
    double *out[METRICS];
    basin_record_outputs(record, METRICS, out);
    int ret = work_init(&work, task, diag);
    if (ret == 0) {
        make_pair(&work);
    }
    for (uint32_t draw = 0; ret == 0 && draw < (uint32_t)work.own->draws; draw++) {
        ret = estimate(&work, draw, diag);
    }
    if (ret == 0) {
        ret = note(&work, task->params, out, diag);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind feature_kind = {.name = "features",
    .summary = "random feature maps",
    .source = "Choromanski et al. 2021, eq. 5",
    .version = 1,
    .fields = map_fields,
    .size = sizeof(struct basin_feature_options)};

static const struct basin_kind *const map_kinds[] = {&feature_kind, NULL};
static const struct basin_kind *const own_kinds[2];
static const struct basin_section kernel_sections[] = {
    BASIN_MAPPING_SECTIONS(own_kinds, map_kinds)};

const struct basin_experiment basin_experiment_kernel = {
    .kind = {.name = "kernel",
        .summary = "bias and error of random features for one pair x, y",
        .source = "Choromanski et al. 2021, lemma 2 and theorem 2",
        .version = 1,
        .fields = kernel_fields,
        .size = sizeof(struct kernel)},
    .example = "title: How far is a random-feature estimate from the kernel?\n"
               "seed: 1\n"
               "replicates: 8 # independent estimates of bias and error\n"
               "draws: 100\n"
               "dimension: 8\n"
               "maps:\n"
               "  - {label: positive, map: positive}\n"
               "  - {label: trigonometric, map: trigonometric, directions: iid}\n"
               "sweep:\n"
               "  - grid: {features: [8, 16, 32], norm: [0.5]}\n"
               "figures:\n"
               "  - {name: mse, x: features, x_scale: log2, y: mse, y_scale: log}\n"
               "claims:\n"
               "  - id: unbiased\n"
               "    says: positive features are unbiased\n"
               "    measure: {statistic: mean, of: ratio, where: {label: positive}}\n"
               "    expect: {within: [0.95, 1.05]}\n",
    .sections = kernel_sections,
    .metrics = kernel_metrics,
    .check = basin_mapping_check,
    .shape = kernel_shape,
    .cost = kernel_cost,
    .run = kernel_run,
};

static const struct basin_kind *const own_kinds[] = {&basin_experiment_kernel.kind, NULL};
