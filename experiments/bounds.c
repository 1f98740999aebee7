/* Bounds: do the inequalities of the modern network hold, and how near do they come?
 *
 * Every replicate draws one set of patterns and evaluates, on the network that other
 * experiments use, both sides of the lemmas and theorems of Ramsauer et al. (2021), which
 * theory/bounds.h states: at random points of the patterns' hull, at a random point of
 * the ball around every pattern that is separated enough, and at the mean of every
 * pattern with its nearest neighbours. */
#include "experiments/stage.h"

#include "base/rng.h"
#include "measure/geometry.h"
#include "patterns/draw.h"
#include "patterns/states.h"
#include "rules/relax.h"
#include "theory/bounds.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>
#include <stdlib.h>

#define LARGEST_EXPONENT 700 /* of what a double holds */
#define ROUND_OFF 1e-9 /* of the greater side: a left side above the right by less */
#define NO_INFORMATION                                                                   \
    1e-9 /* a right side below this, of the scale, is round-off too                      \
          */

struct bounds {
    struct basin_population population;
    long states;
    long neighbours;
};

static const struct basin_field bounds_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT(
        struct bounds, states, "50", 1, 1e6, "1", "number of points of the hull"),
    BASIN_FIELD_INT(struct bounds, neighbours, "8", 2, 1e6, "patterns",
        "size l of the clusters: a pattern with its l - 1 nearest ones"),
    BASIN_FIELD_END,
};

/* Every inequality: its name, and what it says of which cases. */
#define INEQUALITIES(X)                                                                  \
    X(ENERGY, "energy", "Lemma A1: 0 <= E <= its bound in the hull")                     \
    X(SUM, "sum", "exp(beta lse) = sum of exp(beta x.xi), counted from E")               \
    X(DESCENT, "descent", "Theorem 1: an update does not raise E")                       \
    X(JACOBIAN, "jacobian", "Lemma A2: |J| <= 2 beta |X|^2 max p (1 - p)")               \
    X(MEAN, "mean", "Lemma A3: |J| <= beta m_max^2")                                     \
    X(BALL, "ball", "Lemma A7: separated patterns have their fixed point in a ball")     \
    X(CONTRACTION, "contraction", "Theorem 4: an update nears the fixed point by |J^m|") \
    X(ERROR, "error", "Theorem 5: one update comes near the pattern")                    \
    X(RETRIEVAL, "retrieval", "Theorem 5: the fixed point is near the pattern")          \
    X(CLUSTER, "cluster", "Lemma A12: separated clusters have their fixed point")

enum inequality {
#define INEQUALITY(symbol, name, text) symbol,
    INEQUALITIES(INEQUALITY)
#undef INEQUALITY
        COUNT,
};

/* What is recorded of each. */
enum part { CHECKS, VIOLATIONS, NEAREST, APPLIES, PARTS };

enum { LOG_ERROR = PARTS * COUNT, METRICS };

static const struct basin_metric bounds_metrics[METRICS + 1] = {
#define METRICS(symbol, name, text)                                                      \
    [PARTS * (symbol) +                                                                  \
        CHECKS] = BASIN_METRIC(name "_checks", "1", "cases checked; " text),             \
        [PARTS * (symbol) + VIOLATIONS] =                                                \
            BASIN_METRIC(name "_violations", "1", "cases that violate it; " text),       \
        [PARTS * (symbol) + NEAREST] =                                                   \
            BASIN_METRIC(name "_nearest", "1", "greatest left side over right; " text),  \
        [PARTS * (symbol) + APPLIES] = BASIN_METRIC(                                     \
            name "_applies", "1", "fraction of cases that meet its condition; " text),
    INEQUALITIES(METRICS)
#undef METRICS
        [LOG_ERROR] = BASIN_METRIC("log_error", "1",
            "mean over separated patterns of ln |f(x_i) - x_i| / Delta_i, the slope of "
            "which over beta is that of ln error over beta Delta_i"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static int bounds_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct bounds *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    int ret = basin_stage_check(shared, params, diag);
    if (ret != 0) {
        return ret;
    }
    if (stage.rule != basin_rule_of(basin_kind_find(basin_rules, "modern")) ||
        !stage.rule->descends(params->own[BASIN_STAGE_RULES])) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the bounds are those of rule modern without threshold");
    }
    if (stage.options->steps >= 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the bounds are about fixed points: steps must be converge");
    }
    if ((size_t)own->neighbours >= stage.n) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "%ld neighbours leave none of %zu patterns outside of the cluster",
            own->neighbours, stage.n);
    }
    return 0;
}

static double bounds_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { UPDATES = 10 }; /* to a fixed point, roughly */
    const struct bounds *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage s = basin_stage_of(params);
    double d = (double)s.d;
    double n = (double)s.n;
    return (double)own->states * (n + d) * d * fmin(n, d) +
           2 * UPDATES * s.rule->cost(params->own[BASIN_STAGE_RULES], s.d, s.n, s.n);
}

struct tally {
    double cases, checks, violations, nearest;
};

struct work {
    const struct bounds *own;
    struct basin_stage stage;
    size_t m;
    void *memory;
    double beta;
    struct basin_geometry geometry;
    gsl_matrix *patterns;
    gsl_matrix *state, *next;   /* M x d: in the hull */
    gsl_matrix *weights;        /* M x N */
    gsl_vector *energy, *after; /* M */
    gsl_matrix *centred;        /* N x d: weighted distances from a weighted mean */
    gsl_matrix *end, *near;     /* N x d: fixed points; points of balls, cluster means */
    gsl_vector *apart;          /* N */
    gsl_permutation *order;     /* N */
    struct basin_outcome *outcome;
    struct tally tally[COUNT];
};

static void work_free(struct work *work)
{
    work->stage.rule->release(work->memory);
    gsl_matrix *const matrices[] = {work->patterns, work->state, work->next,
        work->weights, work->centred, work->end, work->near};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
    gsl_vector_free(work->energy);
    gsl_vector_free(work->after);
    gsl_vector_free(work->apart);
    gsl_permutation_free(work->order);
    free(work->outcome);
}

static int work_init(
    struct work *work, const struct basin_params *params, struct basin_diag *diag)
{
    work->own = params->own[BASIN_STAGE_OWN];
    work->stage = basin_stage_of(params);
    size_t m = work->m = (size_t)work->own->states;
    size_t n = work->stage.n;
    size_t d = work->stage.d;
    work->patterns = gsl_matrix_alloc(n, d);
    work->state = gsl_matrix_alloc(m, d);
    work->next = gsl_matrix_alloc(m, d);
    work->weights = gsl_matrix_alloc(m, n);
    work->energy = gsl_vector_alloc(m);
    work->after = gsl_vector_alloc(m);
    work->centred = gsl_matrix_alloc(n, d);
    work->end = gsl_matrix_alloc(n, d);
    work->near = gsl_matrix_alloc(n, d);
    work->apart = gsl_vector_alloc(n);
    work->order = gsl_permutation_alloc(n);
    work->outcome = malloc(n * sizeof(*work->outcome));
    if (work->patterns == NULL || work->state == NULL || work->next == NULL ||
        work->weights == NULL || work->energy == NULL || work->after == NULL ||
        work->centred == NULL || work->end == NULL || work->near == NULL ||
        work->apart == NULL || work->order == NULL || work->outcome == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for %zu patterns of %zu units", n, d);
    }
    return 0;
}

/* left <= right, both of the order of `scale` where nothing is known to be smaller. */
static void compare(
    struct work *work, enum inequality which, double left, double right, double scale)
{
    struct tally *tally = &work->tally[which];
    double slack = ROUND_OFF * fmax(fabs(right), scale);
    tally->checks++;
    tally->violations += !(left <= right + slack);
    if (right > NO_INFORMATION * scale) {
        tally->nearest = fmax(tally->nearest, left / right);
    }
}

/* |J| of J = beta sum_i p_i (x_i - m)(x_i - m)^T, m = sum_i p_i x_i: the square of the
 * largest singular value of the matrix with rows sqrt(p_i) (x_i - m). */
static int jacobian_norm(struct work *work, const gsl_vector *p, const gsl_vector *mean,
    double *norm, struct basin_diag *diag)
{
    struct basin_geometry geometry;
    gsl_matrix_memcpy(work->centred, work->patterns);
    for (size_t i = 0; i < p->size; i++) {
        gsl_vector_view row = gsl_matrix_row(work->centred, i);
        gsl_vector_sub(&row.vector, mean);
        gsl_vector_scale(&row.vector, sqrt(gsl_vector_get(p, i)));
    }
    int ret = basin_geometry_of(work->centred, &geometry, diag);
    *norm = work->beta * geometry.norm * geometry.norm;
    return ret;
}

static int compare_jacobian(struct work *work, size_t j, struct basin_diag *diag)
{
    gsl_vector_const_view p = gsl_matrix_const_row(work->weights, j);
    gsl_vector_const_view mean = gsl_matrix_const_row(work->next, j);
    const struct basin_geometry *g = &work->geometry;
    double norm;
    double spread = 0;
    for (size_t i = 0; i < p.vector.size; i++) {
        double weight = gsl_vector_get(&p.vector, i);
        spread = fmax(spread, weight * (1 - weight));
    }
    int ret = jacobian_norm(work, &p.vector, &mean.vector, &norm, diag);
    double scale = work->beta * g->largest * g->largest;
    compare(work, JACOBIAN, norm, basin_jacobian_bound(g, work->beta, spread), scale);
    compare(work, MEAN, norm, basin_jacobian_bound_mean(g, work->beta), scale);
    return ret;
}

/* exp(beta lse(beta, X^T xi)), with lse from the energy, against the sum itself. */
static void compare_sum(struct work *work, size_t j)
{
    const struct basin_geometry *g = &work->geometry;
    gsl_vector_const_view xi = gsl_matrix_const_row(work->state, j);
    double beta = work->beta;
    double inner;
    double sum = 0;
    gsl_blas_ddot(&xi.vector, &xi.vector, &inner);
    double lse = inner / 2 + log(g->n) / beta + g->largest * g->largest / 2 -
                 gsl_vector_get(work->energy, j);
    if (beta * lse > LARGEST_EXPONENT) {
        return;
    }
    for (size_t i = 0; i < work->patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, i);
        gsl_blas_ddot(&x.vector, &xi.vector, &inner);
        sum += exp(beta * inner);
    }
    compare(work, SUM, fabs(exp(beta * lse) - sum), 0, sum);
}

/* Lemmas A1 to A3 and Theorem 1 at random points of the hull. */
static int check_hull(
    struct work *work, uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    const struct basin_rule *rule = work->stage.rule;
    int ret = basin_states_hull(work->patterns, key, replicate, work->state, diag);
    if (ret == 0) {
        gsl_matrix_memcpy(work->next, work->state);
        ret = rule->weights(work->memory, work->state, work->weights, diag);
    }
    if (ret == 0) {
        ret = rule->energy(work->memory, work->state, work->energy, diag);
    }
    if (ret == 0) {
        ret = rule->step(work->memory, 0, work->next, diag);
    }
    if (ret == 0) {
        ret = rule->energy(work->memory, work->next, work->after, diag);
    }
    double scale = work->geometry.largest * work->geometry.largest;
    for (size_t j = 0; ret == 0 && j < work->m; j++) {
        double before = gsl_vector_get(work->energy, j);
        double after = gsl_vector_get(work->after, j);
        compare(
            work, ENERGY, before, basin_energy_bound(&work->geometry, work->beta), scale);
        compare(work, ENERGY, -before, 0, scale);
        compare_sum(work, j);
        compare(work, DESCENT, after, before, scale);
        ret = compare_jacobian(work, j, diag);
    }
    double cases = (double)work->m;
    work->tally[ENERGY].cases = 2 * cases;
    work->tally[DESCENT].cases = work->tally[SUM].cases = cases;
    work->tally[JACOBIAN].cases = work->tally[MEAN].cases = cases;
    return ret;
}

/* A point of the ball around every pattern, at a random part of its radius. */
static int draw_near(
    struct work *work, uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    double radius = basin_ball_radius(&work->geometry, work->beta);
    basin_rng_start(r, key, basin_rng_sequence(replicate, 0));
    for (size_t i = 0; i < work->near->size1; i++) {
        gsl_vector_view near = gsl_matrix_row(work->near, i);
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, i);
        double part = gsl_rng_uniform_pos(r);
        basin_draw_sphere(r, part * radius, near.vector.data, near.vector.size);
        gsl_vector_add(&near.vector, &x.vector);
    }
    gsl_rng_free(r);
    return 0;
}

/* from: |xi - x_i| before the update that made work->near from xi. */
static void compare_pattern(struct work *work, size_t i, double from, double from_end)
{
    const struct basin_geometry *g = &work->geometry;
    double beta = work->beta;
    double scale = g->largest;
    double separation = basin_separation_of(work->patterns, i);
    double radius = basin_ball_radius(g, beta);
    if (separation < basin_separation_needed(g, beta)) {
        return;
    }
    double end = basin_row_distance(work->end, i, work->patterns, i);
    double now = basin_row_distance(work->near, i, work->patterns, i);
    double now_end = basin_row_distance(work->near, i, work->end, i);
    double far = fmax(from, end);
    compare(work, BALL, end, radius, scale);
    compare(work, BALL, now, radius, scale);
    compare(work, CONTRACTION, now_end,
        basin_contraction_bound(g, beta, separation, far) * from_end, scale);
    compare(work, ERROR, now, basin_error_bound(g, beta, separation, far), scale);
    if (far <= 1 / (2 * beta * g->largest)) {
        compare(work, RETRIEVAL, end, basin_retrieval_bound(g, beta, separation), scale);
    }
}

/* One update from each pattern: its error by the weights of the others, because the
 * difference f(x_i) - x_i has none of it left once they are below round-off. */
static int measure_log_error(
    struct work *work, struct basin_record *record, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    gsl_matrix_view p = gsl_matrix_submatrix(work->weights, 0, 0, 1, n);
    gsl_vector_view error = gsl_matrix_row(work->centred, 0);
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_view state =
            gsl_matrix_submatrix(work->patterns, i, 0, 1, work->stage.d);
        gsl_vector_const_view own = gsl_matrix_const_row(work->patterns, i);
        double separation = basin_separation_of(work->patterns, i);
        int ret = work->stage.rule->weights(work->memory, &state.matrix, &p.matrix, diag);
        if (ret != 0) {
            return ret;
        }
        gsl_vector_set_zero(&error.vector);
        for (size_t j = 0; j < n; j++) {
            gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, j);
            double weight = j == i ? 0 : gsl_matrix_get(&p.matrix, 0, j);
            gsl_blas_daxpy(weight, &x.vector, &error.vector);
            gsl_blas_daxpy(-weight, &own.vector, &error.vector);
        }
        double size = gsl_blas_dnrm2(&error.vector);
        if (separation > 0 && size > 0) {
            sum += log(size) / separation;
            count++;
        }
    }
    record->values[record->offset[LOG_ERROR]] = sum / count;
    return 0;
}

static int find_ends(struct work *work, struct basin_diag *diag)
{
    return basin_relax(work->stage.rule, work->memory, work->stage.options, work->end,
        work->outcome, diag);
}

/* Lemma A7, Theorems 4 and 5 at every pattern that is separated enough. */
static int check_patterns(
    struct work *work, uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    gsl_matrix_memcpy(work->end, work->patterns);
    int ret = find_ends(work, diag);
    if (ret == 0) {
        ret = draw_near(work, key, replicate, diag);
    }
    if (ret != 0) {
        return ret;
    }
    gsl_matrix_memcpy(work->centred, work->near);
    ret = work->stage.rule->step(work->memory, 0, work->near, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        compare_pattern(work, i, basin_row_distance(work->centred, i, work->patterns, i),
            basin_row_distance(work->centred, i, work->end, i));
    }
    work->tally[BALL].cases = 2 * (double)n;
    work->tally[CONTRACTION].cases = work->tally[ERROR].cases = (double)n;
    work->tally[RETRIEVAL].cases = (double)n;
    return ret;
}

/* Orders the patterns by their distance from pattern i and puts the mean of the first l
 * into row i of work->near. */
static void find_cluster(struct work *work, size_t i)
{
    size_t l = (size_t)work->own->neighbours;
    gsl_vector_view mean = gsl_matrix_row(work->near, i);
    for (size_t j = 0; j < work->stage.n; j++) {
        gsl_vector_set(
            work->apart, j, basin_row_distance(work->patterns, i, work->patterns, j));
    }
    gsl_sort_vector_index(work->order, work->apart);
    gsl_vector_set_zero(&mean.vector);
    for (size_t k = 0; k < l; k++) {
        gsl_vector_const_view x =
            gsl_matrix_const_row(work->patterns, gsl_permutation_get(work->order, k));
        gsl_blas_daxpy(1 / (double)l, &x.vector, &mean.vector);
    }
}

/* The cluster's m_max, and how far its mean is separated from the other patterns. */
static void measure_cluster(
    struct work *work, size_t i, double *about_mean, double *separation)
{
    gsl_vector_const_view mean = gsl_matrix_const_row(work->near, i);
    double own;
    double greatest = -INFINITY;
    gsl_blas_ddot(&mean.vector, &mean.vector, &own);
    *about_mean = 0;
    for (size_t k = 0; k < work->stage.n; k++) {
        size_t j = gsl_permutation_get(work->order, k);
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, j);
        double inner;
        gsl_blas_ddot(&mean.vector, &x.vector, &inner);
        if (k < (size_t)work->own->neighbours) {
            *about_mean =
                fmax(*about_mean, basin_row_distance(work->near, i, work->patterns, j));
        } else {
            greatest = fmax(greatest, inner);
        }
    }
    *separation = own - greatest;
}

/* Lemma A12 at the cluster of every pattern. */
static int check_clusters(struct work *work, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    for (size_t i = 0; i < n; i++) {
        find_cluster(work, i);
    }
    gsl_matrix_memcpy(work->end, work->near);
    int ret = find_ends(work, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        double about_mean;
        double separation;
        find_cluster(work, i);
        measure_cluster(work, i, &about_mean, &separation);
        if (separation >= basin_cluster_separation_needed(&work->geometry, work->beta,
                              (size_t)work->own->neighbours, about_mean)) {
            compare(work, CLUSTER, basin_row_distance(work->end, i, work->near, i),
                1 / (work->beta * about_mean), work->geometry.largest);
        }
    }
    work->tally[CLUSTER].cases = (double)n;
    return ret;
}

static void record_tallies(const struct work *work, struct basin_record *record)
{
    for (size_t i = 0; i < COUNT; i++) {
        const struct tally *t = &work->tally[i];
        const double values[PARTS] = {[CHECKS] = t->checks,
            [VIOLATIONS] = t->violations,
            [NEAREST] = t->nearest,
            [APPLIES] = t->checks / t->cases};
        for (size_t part = 0; part < PARTS; part++) {
            record->values[record->offset[PARTS * i + part]] = values[part];
        }
    }
}

static int bounds_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct work work = {0};
    const struct basin_stage *s = &work.stage;
    uint64_t identity = task->params->identity[BASIN_STAGE_PATTERNS];
    int ret = work_init(&work, task->params, diag);
    if (ret == 0) {
        ret = basin_stage_draw(s, shared, task, work.patterns, diag);
    }
    if (ret == 0) {
        ret = basin_geometry_of(work.patterns, &work.geometry, diag);
    }
    if (ret == 0) {
        ret = basin_stage_store(s, task, work.patterns, &work.memory, diag);
    }
    if (ret == 0) {
        work.beta = s->rule->effective_beta(work.memory);
        ret = check_hull(&work, basin_rng_key(task->seed, identity, BASIN_FOR_CHOICE),
            task->replicate, diag);
    }
    if (ret == 0) {
        ret = check_patterns(&work, basin_rng_key(task->seed, identity, BASIN_FOR_NOISE),
            task->replicate, diag);
    }
    if (ret == 0) {
        ret = check_clusters(&work, diag);
    }
    if (ret == 0) {
        ret = measure_log_error(&work, record, diag);
    }
    if (ret == 0) {
        record_tallies(&work, record);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section bounds_sections[] = {BASIN_STAGE_SECTIONS(own_kinds)};

const struct basin_experiment basin_experiment_bounds = {
    .kind = {.name = "bounds",
        .summary = "evaluate the inequalities of the modern network on random patterns",
        .source = "Ramsauer et al. 2021, Lemmas A1 to A12, Theorems 1, 4 and 5",
        .version = 1,
        .fields = bounds_fields,
        .size = sizeof(struct bounds)},
    .example =
        "title: Do the inequalities of the modern network hold?\n"
        "seed: 1\n"
        "replicates: 4 # independent pattern sets\n"
        "states: 40\n"
        "patterns: {kind: clusters, dimension: 16}\n"
        "patterns_count: 24\n"
        "rules:\n"
        "  - {label: modern, rule: modern, max_steps: 100000, tolerance: 1e-12}\n"
        "sweep:\n"
        "  - grid: {beta: [0.2, 0.8, 3.2], center_radius: [4], spread: [0.05, 0.5]}\n"
        "figures:\n"
        "  - {name: applies, x: beta, x_scale: log, y: ball_applies, series: [spread]}\n"
        "claims:\n"
        "  - id: energy\n"
        "    says: in the hull of the patterns the energy lies between 0 and its bound\n"
        "    measure: {statistic: violations, of: energy_violations, checks: "
        "energy_checks}\n"
        "    expect: {none_in: 100}\n",
    .sections = bounds_sections,
    .metrics = bounds_metrics,
    .open = basin_stage_open,
    .close = basin_stage_close,
    .check = bounds_check,
    .cost = bounds_cost,
    .run = bounds_run,
};

static const struct basin_kind *const own_kinds[] = {&basin_experiment_bounds.kind, NULL};
