/* Layer: is a Hopfield update followed by a projection attention, and what do the
 * parameters of a Hopfield layer do?
 *
 * The memory is the one that other experiments use (rule modern), the layer that of
 * rules/attention.h; head.h has both once more in plain loops. Every draw depends on the
 * replicate alone, so that cells are compared on common random numbers. */
#include "experiments/experiment.h"

#include "experiments/derivative.h"
#include "experiments/head.h"
#include "measure/geometry.h"
#include "measure/spread.h"
#include "rules/attention.h"
#include "rules/rule.h"
#include "rules/scale.h"

#include <float.h>
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

enum section { OWN, RULES };
enum { LONGEST_WAY = 100000 }; /* further updates to a fixed point */

#define FIXED 1e-12  /* states that move by less are at their fixed point */
#define QUANTILE 0.9 /* k is the least number of weights with this sum */

struct layer {
    long patterns_count, states;
    long input_dimension, association_dimension, output_dimension;
    double key_scale;
    bool tied;
    double noise;
    long updates;
    double stop_at;
};

#define T struct layer

static const struct basin_field layer_fields[] = {
    BASIN_FIELD_INT(T, patterns_count, "32", 1, 1e6, "1", "number N of stored patterns"),
    BASIN_FIELD_INT(T, states, "16", 1, 1e6, "1", "number S of states"),
    BASIN_FIELD_INT(T, input_dimension, "32", 1, 1e4, "1", "dimension d_y of the inputs"),
    BASIN_FIELD_INT(T, association_dimension, "16", 1, 1e4, "1",
        "dimension d_k of the space in which they are associated"),
    BASIN_FIELD_INT(T, output_dimension, "16", 1, 1e4, "1", "dimension d_v of results"),
    BASIN_FIELD_REAL(T, key_scale, "1", BASIN_POSITIVE, 1e6, "1",
        "standard deviation of the components of keys: scales their largest norm M"),
    BASIN_FIELD_BOOL(T, tied, "true",
        "W_Q = W_K, and states are patterns with noise; else both are independent"),
    BASIN_FIELD_REAL(T, noise, "0.5", 0, 1e6, "1",
        "standard deviation of that noise, the patterns' being 1"),
    BASIN_FIELD_INT(T, updates, "0", 0, LONGEST_WAY, "1",
        "further updates after the first one, as the layer counts them"),
    BASIN_FIELD_REAL(T, stop_at, "1e-4", BASIN_POSITIVE, 1, "1",
        "change at which a layer stops by itself"),
    BASIN_FIELD_END,
};

#undef T

enum metric {
    HOPFIELD_DIFFERENCE,
    LAYER_DIFFERENCE,
    FREE_RESIDUAL,
    JACOBIAN_ERROR,
    GRADIENT_ERROR,
    FIRST_TERM_ERROR,
    DISTANCE,
    K_MEAN,
    LARGEST_NORM,
    HULL_CHECKS,
    HULL_VIOLATIONS,
    STOP_BY_STATE,
    STOP_BY_ASSOCIATION,
    METRICS,
};

static const struct basin_metric layer_metrics[METRICS + 1] = {
    [HOPFIELD_DIFFERENCE] = BASIN_METRIC("hopfield_difference", "1",
        "largest difference of a Hopfield update with projection from attention, "
        "relative to the largest result"),
    [LAYER_DIFFERENCE] =
        BASIN_METRIC("layer_difference", "1", "the same of the association layer"),
    [FREE_RESIDUAL] = BASIN_METRIC("free_residual", "1",
        "part of a free value matrix, in its norm, that no W_K W_V can give"),
    [JACOBIAN_ERROR] = BASIN_METRIC("jacobian_error", "1",
        "largest error of the formula for d xi' / d xi, relative to the rms value"),
    [GRADIENT_ERROR] = BASIN_METRIC("gradient_error", "1",
        "largest error of the formula for d xi' / d X, relative to the rms value"),
    [FIRST_TERM_ERROR] = BASIN_METRIC(
        "first_term_error", "1", "the same if the weights are taken as constant"),
    [DISTANCE] = BASIN_METRIC("distance", "1",
        "mean distance from the fixed point after the further updates, in M"),
    [K_MEAN] = BASIN_METRIC("k_mean", "patterns",
        "mean number of weights with sum 0.9 after the further updates"),
    [LARGEST_NORM] = BASIN_METRIC("largest_norm", "1", "norm M of the largest pattern"),
    [HULL_CHECKS] =
        BASIN_METRIC("hull_checks", "1", "components of pooled results checked"),
    [HULL_VIOLATIONS] = BASIN_METRIC(
        "hull_violations", "1", "those below the least or above the greatest value's"),
    [STOP_BY_STATE] = BASIN_METRIC("stop_by_state", "updates",
        "further updates until no state moves by more than stop_at"),
    [STOP_BY_ASSOCIATION] = BASIN_METRIC("stop_by_association", "updates",
        "further updates until the association matrix does not"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static const struct basin_rule *rule_of(const struct basin_params *params)
{
    return basin_rule_of(params->kind[RULES]);
}

static int layer_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    const struct basin_rule *rule = rule_of(params);
    if (rule != basin_rule_of(basin_kind_find(basin_rules, "modern")) ||
        !rule->descends(params->own[RULES])) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "a layer associates by rule modern without threshold");
    }
    return 0;
}

static struct basin_head_shape shape_of(const struct layer *own)
{
    return (struct basin_head_shape){.n = (size_t)own->patterns_count,
        .s = (size_t)own->states,
        .d_y = (size_t)own->input_dimension,
        .d_k = (size_t)own->association_dimension,
        .d_v = (size_t)own->output_dimension,
        .key_scale = own->key_scale,
        .tied = own->tied,
        .noise = own->noise};
}

static double layer_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { UPDATES = 100 }; /* in all, roughly */
    struct basin_head_shape h = shape_of(params->own[OWN]);
    double plain = 2 * (double)(h.s * h.n * h.d_k) * (double)(2 * h.d_y + h.d_v);
    return plain + UPDATES * rule_of(params)->cost(params->own[RULES], h.d_k, h.n, h.s);
}

/* Weights twice, inputs, queries, keys, values and outputs. */
static double layer_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    struct basin_head_shape h = shape_of(params->own[OWN]);
    return sizeof(double) * (double)(h.s + h.n) *
           (double)(3 * h.n + 4 * (h.d_k + h.d_v + h.d_y));
}

struct work {
    const struct basin_task *task;
    const struct layer *own;
    struct basin_head head;
    void *memory;
    double beta;
    gsl_matrix *Z, *plain; /* S x d_v */
    gsl_matrix *now, *end; /* S x d_k: states */
    gsl_matrix *p;         /* S x N */
    double *scratch;       /* N */
};

static void work_free(struct work *work)
{
    gsl_matrix *const matrices[] = {work->Z, work->plain, work->now, work->end, work->p};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
    rule_of(work->task->params)->release(work->memory);
    basin_head_free(&work->head);
    free(work->scratch);
}

static int work_init(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    const struct basin_params *params = task->params;
    struct basin_head_shape h = shape_of(params->own[OWN]);
    *work = (struct work){.task = task,
        .own = params->own[OWN],
        .Z = gsl_matrix_alloc(h.s, h.d_v),
        .plain = gsl_matrix_alloc(h.s, h.d_v),
        .now = gsl_matrix_alloc(h.s, h.d_k),
        .end = gsl_matrix_alloc(h.s, h.d_k),
        .p = gsl_matrix_alloc(h.s, h.n),
        .scratch = malloc(h.n * sizeof(*work->scratch))};
    if (work->Z == NULL || work->plain == NULL || work->now == NULL ||
        work->end == NULL || work->p == NULL || work->scratch == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for a layer of %zu states", h.s);
    }
    int ret = basin_head_init(&work->head, &h, task->seed, task->replicate, diag);
    if (ret == 0) {
        ret = rule_of(params)->store(params->own[RULES], params->common[RULES],
            work->head.K, 0, task->replicate, &work->memory, diag);
    }
    if (ret == 0) {
        work->beta = rule_of(params)->effective_beta(work->memory);
    }
    return ret;
}

static double largest(const gsl_matrix *matrix)
{
    return fmax(gsl_matrix_max(matrix), -gsl_matrix_min(matrix));
}

/* Relative to the plain loops' result; overwrites Z. */
static double difference(struct work *work)
{
    gsl_matrix_sub(work->Z, work->plain);
    return largest(work->Z) / largest(work->plain);
}

static int compare_attention(
    struct work *work, double *const out[METRICS], struct basin_diag *diag)
{
    const struct basin_head *head = &work->head;
    basin_head_attention(head, work->beta, work->scratch, work->plain);
    gsl_matrix_memcpy(work->now, head->Q);
    int ret = rule_of(work->task->params)->step(work->memory, 0, work->now, diag);
    if (ret != 0) {
        return ret;
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, work->now, head->W_V, 0, work->Z);
    *out[HOPFIELD_DIFFERENCE] = difference(work);
    struct basin_attention_layer layer = {.heads = 1,
        .W_Q = head->W_Q,
        .W_K = head->W_K,
        .W_V = head->W_V,
        .connected = true,
        .beta = &work->beta,
        .update_eps = 1};
    struct basin_sequence sequence = {
        .R = head->R, .Y = head->Y, .P = head->Y, .Z = work->Z};
    ret = basin_attend(&layer, &sequence, 1, NULL, diag);
    if (ret == 0) {
        *out[LAYER_DIFFERENCE] = difference(work);
        ret = basin_head_residual(head, out[FREE_RESIDUAL], diag);
    }
    return ret;
}

static int compare_derivatives(
    struct work *work, double *const out[METRICS], struct basin_diag *diag)
{
    const struct basin_params *params = work->task->params;
    struct basin_derivative_errors errors;
    int ret = basin_derivative_check(rule_of(params), params->own[RULES],
        params->common[RULES], work->head.K, work->head.Q, work->task->seed,
        work->task->replicate, &errors, diag);
    if (ret == 0) {
        *out[JACOBIAN_ERROR] = errors.state;
        *out[GRADIENT_ERROR] = errors.patterns;
        *out[FIRST_TERM_ERROR] = errors.first_term;
    }
    return ret;
}

/* Z are the states themselves: a layer without W_V. */
static int iterate(struct work *work, long updates, double update_eps,
    enum basin_attention_stop stop, gsl_matrix *states, size_t *made,
    struct basin_diag *diag)
{
    const struct basin_head *head = &work->head;
    struct basin_attention_layer layer = {.heads = 1,
        .W_Q = head->W_Q,
        .W_K = head->W_K,
        .connected = true,
        .beta = &work->beta,
        .updates = updates,
        .update_eps = update_eps,
        .stop = stop};
    struct basin_sequence sequence = {
        .R = head->R, .Y = head->Y, .P = head->Y, .Z = states, .p = work->p};
    return basin_attend(&layer, &sequence, 1, made, diag);
}

/* What further updates do; leaves p after them. */
static int measure_way(
    struct work *work, double *const out[METRICS], struct basin_diag *diag)
{
    size_t made[2];
    double distance = 0;
    double k = 0;
    size_t s = work->p->size1;
    size_t n = work->p->size2;
    double M = basin_max_norm(work->head.K);
    int ret = 0;
    for (size_t stop = 0; ret == 0 && stop < 2; stop++) {
        ret = iterate(work, LONGEST_WAY, work->own->stop_at,
            (enum basin_attention_stop)stop, work->now, &made[stop], diag);
    }
    if (ret == 0) {
        ret =
            iterate(work, LONGEST_WAY, FIXED, BASIN_STOP_BY_STATE, work->end, NULL, diag);
    }
    if (ret == 0) { /* a change below the least number never stops it */
        ret = iterate(work, work->own->updates, DBL_MIN, BASIN_STOP_BY_STATE, work->now,
            NULL, diag);
    }
    for (size_t j = 0; ret == 0 && j < s; j++) {
        distance += basin_row_distance(work->now, j, work->end, j);
        k += (double)basin_spread_k(
            gsl_matrix_const_ptr(work->p, j, 0), n, QUANTILE, work->scratch);
    }
    *out[STOP_BY_STATE] = (double)made[BASIN_STOP_BY_STATE];
    *out[STOP_BY_ASSOCIATION] = (double)made[BASIN_STOP_BY_ASSOCIATION];
    *out[LARGEST_NORM] = M;
    *out[DISTANCE] = distance / (double)s / M;
    *out[K_MEAN] = k / (double)s;
    return ret;
}

/* Pooling asks with learned queries and reads out keys: a weighted mean of them. */
static int check_pooling(
    struct work *work, double *const out[METRICS], struct basin_diag *diag)
{
    const struct basin_head *head = &work->head;
    struct basin_attention_layer layer = {.heads = 1,
        .W_K = head->W_K,
        .connected = true,
        .beta = &work->beta,
        .updates = work->own->updates,
        .update_eps = DBL_MIN};
    struct basin_sequence sequence = {
        .R = head->query, .Y = head->Y, .P = head->Y, .Z = work->now};
    int ret = basin_attend(&layer, &sequence, 1, NULL, diag);
    *out[HULL_CHECKS] = (double)(work->now->size1 * work->now->size2);
    *out[HULL_VIOLATIONS] = 0;
    for (size_t l = 0; ret == 0 && l < head->K->size2; l++) {
        gsl_vector_const_view values = gsl_matrix_const_column(head->K, l);
        gsl_vector_const_view pooled = gsl_matrix_const_column(work->now, l);
        double least = gsl_vector_min(&values.vector);
        double most = gsl_vector_max(&values.vector);
        double room = FIXED * (most - least);
        for (size_t j = 0; j < pooled.vector.size; j++) {
            double z = gsl_vector_get(&pooled.vector, j);
            *out[HULL_VIOLATIONS] += z < least - room || z > most + room;
        }
    }
    return ret;
}

static int layer_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    struct work work;
    double *out[METRICS];
    basin_record_outputs(record, METRICS, out);
    int ret = work_init(&work, task, diag);
    if (ret == 0) {
        ret = compare_attention(&work, out, diag);
    }
    if (ret == 0) {
        ret = compare_derivatives(&work, out, diag);
    }
    if (ret == 0) {
        ret = measure_way(&work, out, diag);
    }
    if (ret == 0) {
        ret = check_pooling(&work, out, diag);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];

static const struct basin_section layer_sections[] = {
    {.name = "", .kinds = own_kinds},
    BASIN_RULES_SECTION,
    {.name = NULL},
};

const struct basin_experiment basin_experiment_layer = {
    .kind = {.name = "layer",
        .summary = "compare Hopfield layers with attention, and see what they do",
        .source = "Ramsauer et al. 2021, eq. 10 and section A.1.7",
        .version = 1,
        .fields = layer_fields,
        .size = sizeof(struct layer)},
    .example = "title: Which parameters of a Hopfield layer decide how many patterns it "
               "averages?\n"
               "seed: 1\n"
               "replicates: 8 # independent draws of patterns and projections\n"
               "rules:\n"
               "  - {label: by beta, rule: modern, scale: sqrt_d}\n"
               "sweep:\n"
               "  - grid: {beta: {geometric: [0.25, 4, 3]}, states: [64]}\n"
               "figures:\n"
               "  - {name: averaged, x: beta, y: k_mean, x_scale: log2, y_scale: log2}\n"
               "claims:\n"
               "  - id: fewer\n"
               "    says: the larger beta, the fewer patterns a state averages\n"
               "    measure: {statistic: monotone, of: k_mean, along: beta, direction: "
               "decreasing}\n"
               "    expect: {at_least: 0}\n",
    .sections = layer_sections,
    .metrics = layer_metrics,
    .check = layer_check,
    .cost = layer_cost,
    .memory = layer_memory,
    .run = layer_run,
};

static const struct basin_kind *const own_kinds[] = {&basin_experiment_layer.kind, NULL};
