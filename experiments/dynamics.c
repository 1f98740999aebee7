/* Dynamics: how does a memory move, where does it end, and what kinds of end are there?
 *
 * M states start at cues, at random or inside the hull of the patterns. Each is iterated
 * to its end; then its way is followed again with energy and distance to the end at every
 * update. The ends are told apart and classed by their association weights: a single
 * pattern (k = 1), metastable (1 < k <= N/2), global (k > N/2).
 *
 * Continuous time integrates d xi / dt = f(xi) - xi, with f the update rule: the gradient
 * flow of E for the modern memory (grad E = xi - f(xi), Ramsauer et al. 2021), and a
 * descent for xi' = f(W xi - b) with any symmetric W, positive semidefinite or not,
 * because f is increasing (Hopfield 1984; Koiran 1994). */
#include "experiments/dynamics.h"

#include "base/rng.h"
#include "measure/geometry.h"
#include "patterns/states.h"
#include "rules/flow.h"
#include "rules/scale.h"

#include <math.h>
#include <stdlib.h>

#define T struct basin_dynamics

static const struct basin_field dynamics_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT(T, starts, "50", 1, 1e6, "1", "number M of states"),
    BASIN_FIELD_CHOICE(T, start, "cue|random|hull", "cue",
        "where they start: at cues, at random (+-1, 0/1 or uniform in -1..1), or at "
        "random convex combinations of the patterns"),
    BASIN_FIELD_CHOICE(T, course, "discrete|continuous", "discrete",
        "updates, or the flow d xi / dt = f(xi) - xi"),
    BASIN_FIELD_INT(T, updates, "20", 1, 10000, "1",
        "points at which the way is measured, behind the start"),
    BASIN_FIELD_REAL(T, horizon, "20", BASIN_POSITIVE, 1e6, "1",
        "end of the way in units of time where the course is continuous"),
    BASIN_FIELD_REAL(T, same, "1e-4", 0, 1, "1",
        "ends nearer than this times the largest pattern's norm are one fixed point"),
    BASIN_FIELD_REAL(T, spread_quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_END,
};

#undef T

static int dynamics_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct basin_dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    if (own->course == BASIN_COURSE_CONTINUOUS && stage.rule->discrete) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "course continuous needs real-valued states, which rule \"%s\" does not have",
            stage.rule->kind.name);
    }
    if (own->start == BASIN_START_HULL && stage.rule->discrete) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "start hull needs real-valued states, which rule \"%s\" does not have",
            stage.rule->kind.name);
    }
    return basin_stage_check(shared, params, diag);
}

static double dynamics_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { EVALUATIONS = 60 }; /* of f per unit of time, roughly */
    const struct basin_dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    double steps = own->course == BASIN_COURSE_CONTINUOUS ? EVALUATIONS * own->horizon
                                                          : (double)own->updates;
    return 2 * steps *
           stage.rule->cost(
               params->own[BASIN_STAGE_RULES], stage.d, stage.n, (size_t)own->starts);
}

static double dynamics_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct basin_dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    return basin_stage_memory(&stage, 3 * (size_t)own->starts);
}

static void work_free(struct basin_dynamics_work *work)
{
    work->stage.rule->release(work->memory);
    gsl_matrix_free(work->patterns);
    gsl_matrix_free(work->start);
    gsl_matrix_free(work->now);
    gsl_matrix_free(work->end);
    gsl_vector_free(work->energy);
    gsl_vector_free(work->before);
    gsl_vector_free(work->last);
    gsl_vector_free(work->energy_end);
    free(work->distance);
    free(work->ratio);
    free(work->energy_ratio);
    free(work->target);
    free(work->outcome);
}

static int work_init(struct basin_dynamics_work *work, const struct basin_params *params,
    struct basin_diag *diag)
{
    work->own = params->own[BASIN_STAGE_OWN];
    work->stage = basin_stage_of(params);
    size_t m = work->m = (size_t)work->own->starts;
    size_t d = work->stage.d;
    work->patterns = gsl_matrix_alloc(work->stage.n, d);
    work->start = gsl_matrix_alloc(m, d);
    work->now = gsl_matrix_alloc(m, d);
    work->end = gsl_matrix_alloc(m, d);
    work->energy = gsl_vector_alloc(m);
    work->before = gsl_vector_alloc(m);
    work->last = gsl_vector_calloc(m);
    work->energy_end = gsl_vector_alloc(m);
    work->distance = malloc(m * sizeof(*work->distance));
    work->ratio = malloc(m * sizeof(*work->ratio));
    work->energy_ratio = malloc(m * sizeof(*work->energy_ratio));
    work->target = malloc(m * sizeof(*work->target));
    work->outcome = malloc(m * sizeof(*work->outcome));
    if (work->patterns == NULL || work->start == NULL || work->now == NULL ||
        work->end == NULL || work->energy == NULL || work->before == NULL ||
        work->last == NULL || work->energy_end == NULL || work->energy_ratio == NULL ||
        work->distance == NULL || work->ratio == NULL || work->target == NULL ||
        work->outcome == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for %zu states of %zu units", m, d);
    }
    for (size_t j = 0; j < m; j++) {
        work->target[j] = j % work->stage.n;
        work->ratio[j] = work->energy_ratio[j] = NAN;
    }
    return 0;
}

static int make_starts(struct basin_dynamics_work *work, const struct basin_task *task,
    struct basin_diag *diag)
{
    uint64_t key = basin_rng_key(
        task->seed, task->params->identity[BASIN_STAGE_PATTERNS], BASIN_FOR_CHOICE);
    switch (work->own->start) {
    case BASIN_START_RANDOM:
        return basin_states_random(
            work->stage.domain, key, task->replicate, work->start, diag);
    case BASIN_START_HULL:
        return basin_states_hull(work->patterns, key, task->replicate, work->start, diag);
    default:
        return basin_stage_ask(
            &work->stage, task, work->patterns, work->target, work->start, diag);
    }
}

/* Ends of all starts: by updates to convergence; a flow ends where updates started from
 * its last point do, because both have the same fixed points. */
static int find_ends(struct basin_dynamics_work *work, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    int ret = 0;
    gsl_matrix_memcpy(work->end, work->start);
    if (work->own->course == BASIN_COURSE_CONTINUOUS) {
        ret = basin_flow(s->rule, work->memory, work->own->horizon, BASIN_FLOW_ACCURACY,
            work->end, diag);
    }
    return ret != 0 ? ret
                    : basin_relax(s->rule, work->memory, s->options, work->end,
                          work->outcome, diag);
}

static int dynamics_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct basin_dynamics_work work = {0};
    int ret = work_init(&work, task->params, diag);
    if (ret == 0) {
        ret = basin_stage_draw(&work.stage, shared, task, work.patterns, diag);
    }
    if (ret == 0) {
        work.norm = basin_max_norm(work.patterns);
        ret = make_starts(&work, task, diag);
    }
    if (ret == 0) {
        ret = basin_stage_store(&work.stage, task, work.patterns, &work.memory, diag);
    }
    if (ret == 0) {
        ret = find_ends(&work, diag);
    }
    if (ret == 0) {
        ret = basin_dynamics_measure(&work, record, diag);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section dynamics_sections[] = {BASIN_STAGE_SECTIONS(own_kinds)};

const struct basin_experiment basin_experiment_dynamics = {
    .kind = {.name = "dynamics",
        .summary = "follow states to their ends; count and class the fixed points",
        .source =
            "Hopfield 1984; Bruck & Goodman 1988; Ramsauer et al. 2021, Theorems 1-2",
        .version = 2,
        .fields = dynamics_fields,
        .size = sizeof(struct basin_dynamics)},
    .example = "title: How do states move until they rest?\n"
               "seed: 1\n"
               "replicates: 4 # independent pattern sets\n"
               "starts: 20\n"
               "patterns: {kind: gaussian, dimension: 16}\n"
               "patterns_count: 8\n"
               "rules:\n"
               "  - {label: modern, rule: modern}\n"
               "sweep:\n"
               "  - grid: {beta: [0.1, 0.3, 1, 3]} # inverse temperature\n"
               "figures:\n"
               "  - {name: steps, x: beta, x_scale: log, y: steps}\n"
               "claims:\n"
               "  - id: rests\n"
               "    says: the mean state rests within 200 updates\n"
               "    measure: {statistic: maximum, of: steps}\n"
               "    expect: {at_most: 200}\n",
    .sections = dynamics_sections,
    .metrics = basin_dynamics_metrics,
    .open = basin_stage_open,
    .close = basin_stage_close,
    .check = dynamics_check,
    .shape = basin_dynamics_shape,
    .cost = dynamics_cost,
    .memory = dynamics_memory,
    .run = dynamics_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_dynamics.kind, NULL};
