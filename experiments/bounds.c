/* Bounds: do the inequalities of the modern network hold, and how near do they come?
 *
 * Every replicate draws one set of patterns and evaluates, on the network that other
 * experiments use, both sides of the lemmas and theorems of Ramsauer et al. (2021), which
 * theory/bounds.h states: at random points of the patterns' hull, at a random point of
 * the ball around every pattern that is separated enough, and at the mean of every
 * pattern with its nearest neighbours. */
#include "experiments/bounds.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

/* A left side above the right by less than this, of the greater one, does not violate. */
#define ROUND_OFF 1e-9

/* A right side below this, of the scale, is itself round-off. */
#define NO_INFORMATION 1e-9

static const struct basin_field bounds_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT(
        struct basin_bounds, states, "50", 1, 1e6, "1", "number of points of the hull"),
    BASIN_FIELD_INT(struct basin_bounds, neighbours, "8", 2, 1e6, "patterns",
        "size l of the clusters: a pattern with its l - 1 nearest ones"),
    BASIN_FIELD_END,
};

/* What is recorded of each. */
enum part { CHECKS, VIOLATIONS, NEAREST, APPLIES, PARTS };

enum { LOG_ERROR = PARTS * BASIN_BOUNDS_COUNT, METRICS };

static const struct basin_metric bounds_metrics[METRICS + 1] = {
#define METRICS(symbol, name, text)                                                      \
    [PARTS * BASIN_BOUNDS_##symbol +                                                     \
        CHECKS] = BASIN_METRIC(name "_checks", "1", "cases checked; " text),             \
        [PARTS * BASIN_BOUNDS_##symbol + VIOLATIONS] =                                   \
            BASIN_METRIC(name "_violations", "1", "cases that violate it; " text),       \
        [PARTS * BASIN_BOUNDS_##symbol + NEAREST] =                                      \
            BASIN_METRIC(name "_nearest", "1", "greatest left side over right; " text),  \
        [PARTS * BASIN_BOUNDS_##symbol + APPLIES] = BASIN_METRIC(                        \
            name "_applies", "1", "fraction of cases that meet its condition; " text),
    BASIN_INEQUALITIES(METRICS)
#undef METRICS
        [LOG_ERROR] = BASIN_METRIC("log_error", "1",
            "mean over separated patterns of ln |f(x_i) - x_i| / Delta_i, the slope of "
            "which over beta is that of ln error over beta Delta_i"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static int bounds_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct basin_bounds *own = params->own[BASIN_STAGE_OWN];
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
    const struct basin_bounds *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage s = basin_stage_of(params);
    double d = (double)s.d;
    double n = (double)s.n;
    return (double)own->states * (n + d) * d * fmin(n, d) +
           2 * UPDATES * s.rule->cost(params->own[BASIN_STAGE_RULES], s.d, s.n, s.n);
}

/* Weights of every state, and as many states again as there are patterns, three times. */
static double bounds_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct basin_bounds *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage s = basin_stage_of(params);
    double states = (double)own->states;
    return basin_stage_memory(&s, 2 * (size_t)own->states + 3 * s.n) +
           sizeof(double) * states * (double)s.n;
}

static void work_free(struct basin_bounds_work *work)
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

static int work_init(struct basin_bounds_work *work, const struct basin_params *params,
    struct basin_diag *diag)
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

void basin_bounds_compare(struct basin_bounds_work *work, enum basin_inequality which,
    double left, double right, double scale)
{
    struct basin_bounds_tally *tally = &work->tally[which];
    double slack = ROUND_OFF * fmax(fabs(right), scale);
    tally->checks++;
    tally->violations += !(left <= right + slack);
    if (right > NO_INFORMATION * scale) {
        tally->nearest = fmax(tally->nearest, left / right);
    }
}

static void record_tallies(
    const struct basin_bounds_work *work, struct basin_record *record)
{
    for (size_t i = 0; i < BASIN_BOUNDS_COUNT; i++) {
        const struct basin_bounds_tally *t = &work->tally[i];
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
    struct basin_bounds_work work = {0};
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
        ret = basin_bounds_hull(&work,
            basin_rng_key(task->seed, identity, BASIN_FOR_CHOICE), task->replicate, diag);
    }
    if (ret == 0) {
        ret = basin_bounds_patterns(&work,
            basin_rng_key(task->seed, identity, BASIN_FOR_NOISE), task->replicate, diag);
    }
    if (ret == 0) {
        ret = basin_bounds_clusters(&work, diag);
    }
    if (ret == 0) {
        ret = basin_bounds_log_error(
            &work, &record->values[record->offset[LOG_ERROR]], diag);
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
        .size = sizeof(struct basin_bounds)},
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
    .memory = bounds_memory,
    .run = bounds_run,
};

static const struct basin_kind *const own_kinds[] = {&basin_experiment_bounds.kind, NULL};
