/* Scaling: what do exact attention and FAVOR+ cost as the sequence grows?
 *
 * Exact attention costs 4 L^2 d operations and as it streams no L x L matrix; naive exact
 * attention holds one; FAVOR+ costs about 8 L r d with projections (Choromanski et al.
 * 2021, section 2.1), so that both cost the same at L = 2r. All methods run in turn,
 * `repeats` times over; of each the median is kept: processor time of the thread, and the
 * memory that its workspace adds to inputs and outputs. Directions are drawn once for
 * many sequences and so are not counted.
 *
 * These metrics are clocked: they differ from run to run. Cells run one at a time, memory
 * being that of the whole process. */
#include "experiments/mapping.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/rng.h"
#include "features/favor.h"
#include "kernels/random.h"
#include "kernels/softmax.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

enum { REPEATS_MOST = 101 };

struct scaling {
    long length, dimension, repeats;
    long exact_longest, naive_longest;
    int precision;
};

#define T struct scaling

static const struct basin_field scaling_fields[] = {
    BASIN_FIELD_INT(
        T, length, "1024", 2, 1 << 24, "1", "length L of the sequence: queries and keys"),
    BASIN_FIELD_INT(T, dimension, "64", 1, 4096, "1", "dimension d"),
    BASIN_FIELD_INT(
        T, repeats, "5", 1, REPEATS_MOST, "1", "times that each method is measured"),
    BASIN_FIELD_INT(T, exact_longest, "16384", 0, 1 << 24, "1",
        "longest sequence for exact attention, which takes L^2 time"),
    BASIN_FIELD_INT(T, naive_longest, "4096", 0, 1 << 15, "1",
        "longest sequence for naive attention, which holds L^2 weights"),
    BASIN_FIELD_CHOICE(T, precision, "double|single", "double",
        "numbers inside of exact attention and of positive features"),
    BASIN_FIELD_END,
};

#undef T

enum method { EXACT, NAIVE, FAVOR, METHODS };

enum metric {
    EXACT_TIME,
    NAIVE_TIME,
    FAVOR_TIME,
    EXACT_MEMORY,
    NAIVE_MEMORY,
    FAVOR_MEMORY,
    DRAW_TIME,
    SPEED_UP,
    PROCESS_MEMORY,
    METRICS,
};

static const struct basin_metric scaling_metrics[METRICS + 1] = {
    [EXACT_TIME] =
        BASIN_METRIC_IF("exact_time", "s", "time of streaming exact attention"),
    [NAIVE_TIME] =
        BASIN_METRIC_IF("naive_time", "s", "time of exact attention by a matrix"),
    [FAVOR_TIME] = BASIN_METRIC("favor_time", "s", "time of FAVOR+"),
    [EXACT_MEMORY] = BASIN_METRIC_IF(
        "exact_memory", "bytes", "workspace of streaming exact attention"),
    [NAIVE_MEMORY] = BASIN_METRIC_IF(
        "naive_memory", "bytes", "workspace of exact attention by a matrix"),
    [FAVOR_MEMORY] = BASIN_METRIC("favor_memory", "bytes", "workspace of FAVOR+"),
    [DRAW_TIME] = BASIN_METRIC("draw_time", "s", "time to draw the directions"),
    [SPEED_UP] = BASIN_METRIC_IF(
        "speed_up", "1", "time of streaming exact attention over FAVOR+'s"),
    [PROCESS_MEMORY] = BASIN_METRIC("process_memory", "bytes",
        "peak of the process in streaming exact attention and FAVOR+"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static bool takes_part(const struct scaling *own, enum method method)
{
    long longest[METHODS] = {own->exact_longest, own->naive_longest, own->length};
    return own->length <= longest[method];
}

static bool scaling_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct scaling *own = params->own[BASIN_MAPPING_OWN];
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case EXACT_TIME:
    case EXACT_MEMORY:
    case SPEED_UP:
        return takes_part(own, EXACT);
    case NAIVE_TIME:
    case NAIVE_MEMORY:
        return takes_part(own, NAIVE);
    default:
        return true;
    }
}

/* Weights where they are held, and what features take. */
static double scaling_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct scaling *own = params->own[BASIN_MAPPING_OWN];
    double length = (double)own->length;
    double width =
        4 * (double)own->dimension + 2 * (double)basin_mapping_options(params)->features;
    return sizeof(double) * length * (width + (takes_part(own, NAIVE) ? length : 0));
}

static double scaling_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct scaling *own = params->own[BASIN_MAPPING_OWN];
    const struct basin_feature_options *options = basin_mapping_options(params);
    double length = (double)own->length;
    double d = (double)own->dimension;
    double exact = 4 * length * length * d;
    double favor = 8 * length * d * (double)options->features;
    return (double)own->repeats *
           (favor + exact * (takes_part(own, EXACT) + takes_part(own, NAIVE)));
}

struct work {
    const struct scaling *own;
    const struct basin_feature_options *options;
    uint64_t key;
    uint32_t replicate;
    gsl_matrix *Q, *K, *V, *O;
    double draw;                          /* seconds of the last drawing */
    double time[METHODS][REPEATS_MOST];   /* seconds and */
    double memory[METHODS][REPEATS_MOST]; /* bytes of every repeat */
    double draws[REPEATS_MOST];
    double peak;
};

static void work_free(struct work *work)
{
    gsl_matrix_free(work->Q);
    gsl_matrix_free(work->K);
    gsl_matrix_free(work->V);
    gsl_matrix_free(work->O);
}

static int work_init(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    const struct scaling *own = task->params->own[BASIN_MAPPING_OWN];
    size_t length = (size_t)own->length;
    size_t d = (size_t)own->dimension;
    *work = (struct work){.own = own,
        .options = basin_mapping_options(task->params),
        .key =
            basin_rng_key(task->seed, basin_id_number(&task->cell), BASIN_FOR_FEATURES),
        .replicate = task->replicate,
        .Q = gsl_matrix_alloc(length, d),
        .K = gsl_matrix_alloc(length, d),
        .V = gsl_matrix_alloc(length, d),
        .O = gsl_matrix_calloc(length, d)};
    if (work->Q == NULL || work->K == NULL || work->V == NULL || work->O == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for sequences of length %zu", length);
    }
    gsl_matrix *const input[] = {work->Q, work->K, work->V};
    for (uint32_t i = 0; i < 3; i++) {
        basin_random_gaussians(basin_isa_best(),
            basin_rng_key(work->key, 0, BASIN_FOR_PATTERNS),
            basin_rng_sequence(task->replicate, i), input[i]->data, length * d);
    }
    return 0;
}

static int attend_exactly(struct work *work, struct basin_diag *diag)
{
    struct basin_softmax softmax;
    int ret = basin_softmax_init(&softmax, work->K->data, work->K->tda, work->V->data,
        work->V->tda, work->K->size1, work->K->size2, work->V->size2,
        work->own->precision == 1, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_softmax_work *own = basin_softmax_work_new(&softmax);
    if (own == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory for softmax attention");
    } else {
        basin_softmax_apply(&softmax, own, 1 / sqrt((double)work->K->size2),
            work->Q->data, work->Q->tda, work->Q->size1, work->O->data, work->O->tda,
            NULL);
    }
    basin_softmax_work_free(own);
    basin_softmax_free(&softmax);
    return ret;
}

/* As the equation reads: D^-1 exp(Q K^T / sqrt(d)) V. */
static int attend_naively(struct work *work, struct basin_diag *diag)
{
    size_t length = work->K->size1;
    gsl_matrix *A = gsl_matrix_alloc(length, length);
    if (A == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for %zu x %zu weights", length, length);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1 / sqrt((double)work->K->size2), work->Q,
        work->K, 0, A);
    for (size_t j = 0; j < length; j++) {
        gsl_vector_view row = gsl_matrix_row(A, j);
        double largest = gsl_vector_max(&row.vector);
        double sum = 0;
        for (size_t i = 0; i < length; i++) {
            row.vector.data[i] = exp(row.vector.data[i] - largest);
            sum += row.vector.data[i];
        }
        gsl_vector_scale(&row.vector, 1 / sum);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, A, work->V, 0, work->O);
    gsl_matrix_free(A);
    return 0;
}

/* Draws the directions once more beforehand, to know what that takes. */
static int attend_by_features(struct work *work, struct basin_diag *diag)
{
    double D[BASIN_FAVOR_TILE];
    double scale = pow((double)work->K->size2, -0.25);
    uint64_t sequence = basin_rng_sequence(work->replicate, 0);
    struct basin_feature_map map;
    double start = basin_clock_thread();
    int ret = basin_feature_map_init(
        &map, work->options, work->K->size2, scale, work->key, sequence, diag);
    if (ret != 0) {
        return ret;
    }
    basin_feature_map_free(&map);
    work->draw = basin_clock_thread() - start;
    struct basin_favor favor;
    ret = basin_favor_init(&favor, work->options, work->K, work->V, scale,
        work->own->precision == 1, work->key, sequence, diag);
    if (ret != 0) {
        return ret;
    }
    for (size_t j = 0; j < work->Q->size1; j += BASIN_FAVOR_TILE) {
        size_t rows = GSL_MIN(BASIN_FAVOR_TILE, work->Q->size1 - j);
        gsl_matrix_const_view Q =
            gsl_matrix_const_submatrix(work->Q, j, 0, rows, work->Q->size2);
        gsl_matrix_view O = gsl_matrix_submatrix(work->O, j, 0, rows, work->O->size2);
        basin_favor_read(&favor, &Q.matrix, &O.matrix, D);
        for (size_t i = 0; i < rows; i++) {
            gsl_vector_view o = gsl_matrix_row(&O.matrix, i);
            gsl_vector_scale(&o.vector, 1 / D[i]);
        }
    }
    basin_favor_free(&favor);
    return 0;
}

static int measure(
    struct work *work, enum method method, size_t repeat, struct basin_diag *diag)
{
    static int (*const attend[METHODS])(struct work *, struct basin_diag *) = {
        attend_exactly, attend_naively, attend_by_features};
    double before = basin_memory_mark();
    double start = basin_clock_thread();
    work->draw = 0;
    int ret = attend[method](work, diag);
    double taken = basin_clock_thread() - start;
    double peak = basin_memory_peak();
    /* The directions were drawn twice, and once is no part of attention. */
    work->time[method][repeat] = fmax(taken - 2 * work->draw, 0);
    work->memory[method][repeat] = peak - before;
    work->draws[repeat] = work->draw;
    if (method != NAIVE) {
        work->peak = fmax(work->peak, peak);
    }
    return ret;
}

static double median(double *values, size_t n)
{
    gsl_sort(values, 1, n);
    return gsl_stats_median_from_sorted_data(values, 1, n);
}

static void note(struct work *work, double *const out[METRICS])
{
    size_t n = (size_t)work->own->repeats;
    *out[DRAW_TIME] = median(work->draws, n);
    *out[PROCESS_MEMORY] = work->peak;
    for (enum method method = EXACT; method < METHODS; method++) {
        if (takes_part(work->own, method)) {
            *out[EXACT_TIME + method] = median(work->time[method], n);
            *out[EXACT_MEMORY + method] = median(work->memory[method], n);
        }
    }
    if (takes_part(work->own, EXACT)) {
        *out[SPEED_UP] = *out[EXACT_TIME] / *out[FAVOR_TIME];
    }
}

static int scaling_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    struct work work;
    double *out[METRICS];
    basin_record_outputs(record, METRICS, out);
    int ret = work_init(&work, task, diag);
    for (size_t repeat = 0; ret == 0 && repeat < (size_t)work.own->repeats; repeat++) {
        for (enum method method = EXACT; ret == 0 && method < METHODS; method++) {
            if (takes_part(work.own, method)) {
                ret = measure(&work, method, repeat, diag);
            }
        }
    }
    if (ret == 0) {
        note(&work, out);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section scaling_sections[] = {
    BASIN_MAPPING_SECTIONS(own_kinds, basin_feature_maps)};

const struct basin_experiment basin_experiment_scaling = {
    .kind = {.name = "scaling",
        .summary = "time and memory of attention, exact and by features (clocked)",
        .source = "Choromanski et al. 2021, section 2.1",
        .version = 1,
        .fields = scaling_fields,
        .size = sizeof(struct scaling)},
    .example =
        "title: What does attention cost as the sequence grows?\n"
        "seed: 1\n"
        "repeats: 1\n"
        "dimension: 16\n"
        "naive_longest: 1024\n"
        "maps:\n"
        "  - {label: positive, map: positive, features: 32}\n"
        "sweep:\n"
        "  - grid: {length: [256, 512, 1024, 2048]}\n"
        "figures:\n"
        "  - {name: time, x: length, x_scale: log2, y: [naive_time, exact_time, "
        "favor_time], y_scale: log}\n"
        "claims:\n"
        "  - id: memory\n"
        "    says: streaming attention holds no L x L matrix\n"
        "    measure: {statistic: range, of: exact_memory, where: {length: 2048}}\n"
        "    expect: {at_most: 16000000}\n",
    .sections = scaling_sections,
    .metrics = scaling_metrics,
    .clocked = true,
    .check = basin_mapping_check,
    .shape = scaling_shape,
    .cost = scaling_cost,
    .memory = scaling_memory,
    .run = scaling_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_scaling.kind, NULL};
