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
#include "experiments/stage.h"

#include "base/rng.h"
#include "measure/geometry.h"
#include "measure/spread.h"
#include "patterns/states.h"
#include "rules/flow.h"
#include "rules/relax.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#define ROUND_OFF 1e-9      /* relative rises of the energy below this are none */
#define MEASURABLE 1e-9     /* distances below this, in largest norms, are round-off */
#define END_ERRORS 1e4      /* and those below this many errors of the end tell nothing */
#define FLOW_ACCURACY 1e-10 /* of the integration, per step */

enum start { START_CUE, START_RANDOM, START_HULL };
enum course { COURSE_DISCRETE, COURSE_CONTINUOUS };

struct dynamics {
    struct basin_population population;
    long starts;
    int start;
    int course;
    long updates;
    double horizon;
    double same;
    double spread_quantile;
};

static const struct basin_field dynamics_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT(struct dynamics, starts, "50", 1, 1e6, "1", "number M of states"),
    BASIN_FIELD_CHOICE(struct dynamics, start, "cue|random|hull", "cue",
        "where they start: at cues, at random (+-1, 0/1 or uniform in -1..1), or at "
        "random convex combinations of the patterns"),
    BASIN_FIELD_CHOICE(struct dynamics, course, "discrete|continuous", "discrete",
        "updates, or the flow d xi / dt = f(xi) - xi"),
    BASIN_FIELD_INT(struct dynamics, updates, "20", 1, 10000, "1",
        "points at which the way is measured, behind the start"),
    BASIN_FIELD_REAL(struct dynamics, horizon, "20", BASIN_POSITIVE, 1e6, "1",
        "end of the way in units of time where the course is continuous"),
    BASIN_FIELD_REAL(struct dynamics, same, "1e-4", 0, 1, "1",
        "ends nearer than this times the largest pattern's norm are one fixed point"),
    BASIN_FIELD_REAL(struct dynamics, spread_quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_END,
};

enum metric {
    ENERGY,
    DISTANCE,
    CHANGES,
    RISES,
    LARGEST_RISE,
    RATIO,
    STEPS,
    FIXED_RATE,
    TWO_CYCLE_RATE,
    LONGEST_PERIOD,
    FIXED_POINTS,
    SINGLE,
    METASTABLE,
    GLOBAL,
    K_MEDIAN,
    FROM_MEAN,
    METRICS,
};

#define NUMBER(metric, unit, summary, optional)                                          \
    {                                                                                    \
        metric, unit, summary, false, optional, 0, {NULL}, NULL                          \
    }
#define COURSE(metric, summary, optional)                                                \
    {                                                                                    \
        metric, "1", summary, false, optional, 1, {"update"}, NULL                       \
    }

static const struct basin_metric dynamics_metrics[METRICS + 1] = {
    [ENERGY] = COURSE("energy", "mean energy along the way", true),
    [DISTANCE] = COURSE("distance", "mean distance to the end along the way", false),
    [CHANGES] = NUMBER("changes", "updates", "updates that changed the energy", true),
    [RISES] = NUMBER("rises", "updates", "updates that raised the energy", true),
    [LARGEST_RISE] = NUMBER("largest_rise", "1",
        "largest rise of the energy in one update, relative to its size", true),
    [RATIO] = NUMBER("ratio", "1",
        "median over states of the last measurable ratio of successive distances to the "
        "end",
        false),
    [STEPS] = NUMBER("steps", "updates", "mean number of updates to the end", false),
    [FIXED_RATE] =
        NUMBER("fixed_rate", "1", "fraction of states that end at a fixed point", false),
    [TWO_CYCLE_RATE] =
        NUMBER("two_cycle_rate", "1", "fraction of states that end on a 2-cycle", false),
    [LONGEST_PERIOD] = NUMBER("longest_period", "updates",
        "longest period of an end; 0 where one never ended", false),
    [FIXED_POINTS] =
        NUMBER("fixed_points", "1", "number of different fixed points", false),
    [SINGLE] =
        NUMBER("single", "1", "fixed points whose weights sit on one pattern", true),
    [METASTABLE] = NUMBER(
        "metastable", "1", "fixed points whose weights sit on some patterns", true),
    [GLOBAL] = NUMBER(
        "global", "1", "fixed points whose weights sit on more than half of them", true),
    [K_MEDIAN] =
        NUMBER("k_median", "patterns", "median over states of k at the end", true),
    [FROM_MEAN] = NUMBER("from_mean", "1",
        "mean distance of the ends from the patterns' mean, in largest norms", false),
    [METRICS] = NUMBER(NULL, NULL, NULL, false),
};

static bool dynamics_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case ENERGY:
        size[0] = (size_t)own->updates + 1;
        return stage.rule->energy != NULL;
    case DISTANCE:
        size[0] = (size_t)own->updates + 1;
        return true;
    case CHANGES:
    case RISES:
    case LARGEST_RISE:
        return stage.rule->energy != NULL;
    case SINGLE:
    case METASTABLE:
    case GLOBAL:
    case K_MEDIAN:
        return stage.rule->weights != NULL;
    default:
        return true;
    }
}

static int dynamics_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    if (own->course == COURSE_CONTINUOUS && stage.rule->discrete) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "course continuous needs real-valued states, which rule \"%s\" does not have",
            stage.rule->kind.name);
    }
    if (own->start == START_HULL && stage.rule->discrete) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "start hull needs real-valued states, which rule \"%s\" does not have",
            stage.rule->kind.name);
    }
    return basin_stage_check(shared, params, diag);
}

static double dynamics_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { EVALUATIONS = 12 }; /* of f per unit of time, roughly */
    const struct dynamics *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    double steps = own->course == COURSE_CONTINUOUS ? EVALUATIONS * own->horizon
                                                    : (double)own->updates;
    return 2 * steps *
           stage.rule->cost(
               params->own[BASIN_STAGE_RULES], stage.d, stage.n, (size_t)own->starts);
}

struct work {
    const struct dynamics *own;
    struct basin_stage stage;
    size_t m;
    double norm; /* the largest pattern's */
    void *memory;
    gsl_matrix *patterns, *start, *now, *end;
    gsl_vector *energy, *before;
    double *distance; /* of every state at the last two points */
    double *ratio;    /* of every state, NAN while unknown */
    size_t *target;
    struct basin_outcome *outcome;
};

static void work_free(struct work *work)
{
    work->stage.rule->release(work->memory);
    gsl_matrix_free(work->patterns);
    gsl_matrix_free(work->start);
    gsl_matrix_free(work->now);
    gsl_matrix_free(work->end);
    gsl_vector_free(work->energy);
    gsl_vector_free(work->before);
    free(work->distance);
    free(work->ratio);
    free(work->target);
    free(work->outcome);
}

static int work_init(
    struct work *work, const struct basin_params *params, struct basin_diag *diag)
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
    work->distance = malloc(m * sizeof(*work->distance));
    work->ratio = malloc(m * sizeof(*work->ratio));
    work->target = malloc(m * sizeof(*work->target));
    work->outcome = malloc(m * sizeof(*work->outcome));
    if (work->patterns == NULL || work->start == NULL || work->now == NULL ||
        work->end == NULL || work->energy == NULL || work->before == NULL ||
        work->distance == NULL || work->ratio == NULL || work->target == NULL ||
        work->outcome == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for %zu states of %zu units", m, d);
    }
    for (size_t j = 0; j < m; j++) {
        work->target[j] = j % work->stage.n;
        work->ratio[j] = NAN;
    }
    return 0;
}

static int make_starts(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    uint64_t key = basin_rng_key(
        task->seed, task->params->identity[BASIN_STAGE_PATTERNS], BASIN_FOR_CHOICE);
    switch (work->own->start) {
    case START_RANDOM:
        return basin_states_random(
            work->stage.domain, key, task->replicate, work->start, diag);
    case START_HULL:
        return basin_states_hull(work->patterns, key, task->replicate, work->start, diag);
    default:
        return basin_stage_ask(
            &work->stage, task, work->patterns, work->target, work->start, diag);
    }
}

/* One point further along the way. */
static int advance(struct work *work, size_t t, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    if (work->own->course == COURSE_DISCRETE) {
        return s->rule->step(work->memory, t, work->now, diag);
    }
    return basin_flow(s->rule, work->memory,
        work->own->horizon / (double)work->own->updates, FLOW_ACCURACY, work->now, diag);
}

/* Ends of all starts: by updates to convergence; a flow ends where updates started from
 * its last point do, because both have the same fixed points. */
static int find_ends(struct work *work, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    int ret = 0;
    gsl_matrix_memcpy(work->end, work->start);
    if (work->own->course == COURSE_CONTINUOUS) {
        ret = basin_flow(
            s->rule, work->memory, work->own->horizon, FLOW_ACCURACY, work->end, diag);
    }
    return ret != 0 ? ret
                    : basin_relax(s->rule, work->memory, s->options, work->end,
                          work->outcome, diag);
}

static void note_energy(struct work *work, size_t t, double *out[METRICS])
{
    double sum = 0;
    for (size_t j = 0; j < work->m; j++) {
        double energy = gsl_vector_get(work->energy, j);
        double before = gsl_vector_get(work->before, j);
        double rise = (energy - before) / fmax(1, fabs(before));
        *out[CHANGES] += t > 0 && energy != before;
        if (t > 0 && rise > ROUND_OFF) {
            *out[RISES] += 1;
            *out[LARGEST_RISE] = fmax(*out[LARGEST_RISE], rise);
        }
        sum += energy;
    }
    out[ENERGY][t] = sum / (double)work->m;
    gsl_vector_memcpy(work->before, work->energy);
}

static void note_distance(struct work *work, size_t t, double *out[METRICS])
{
    double least =
        fmax(MEASURABLE * work->norm, END_ERRORS * work->stage.options->tolerance);
    double sum = 0;
    for (size_t j = 0; j < work->m; j++) {
        double distance = basin_row_distance(work->now, j, work->end, j);
        if (t > 0 && distance > least) {
            work->ratio[j] = distance / work->distance[j];
        }
        work->distance[j] = distance;
        sum += distance;
    }
    out[DISTANCE][t] = sum / (double)work->m;
}

static int follow(struct work *work, double *out[METRICS], struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    bool energy = s->rule->energy != NULL;
    if (energy) {
        *out[CHANGES] = *out[RISES] = *out[LARGEST_RISE] = 0;
    }
    gsl_matrix_memcpy(work->now, work->start);
    for (size_t t = 0; t <= (size_t)work->own->updates; t++) {
        int ret = t == 0 ? 0 : advance(work, t - 1, diag);
        if (ret == 0 && energy) {
            ret = s->rule->energy(work->memory, work->now, work->energy, diag);
        }
        if (ret != 0) {
            return ret;
        }
        if (energy) {
            note_energy(work, t, out);
        }
        note_distance(work, t, out);
    }
    size_t known = 0;
    for (size_t j = 0; j < work->m; j++) {
        if (!isnan(work->ratio[j])) {
            work->ratio[known++] = work->ratio[j];
        }
    }
    if (known > 0) {
        gsl_sort(work->ratio, 1, known);
        *out[RATIO] = gsl_stats_median_from_sorted_data(work->ratio, 1, known);
    }
    return 0;
}

static enum basin_status note_ends(const struct work *work, double *out[METRICS])
{
    double steps = 0, fixed = 0, cycles = 0, longest = 1, limits = 0, from_mean = 0;
    gsl_vector_view mean = gsl_matrix_row(work->now, 0);
    basin_row_mean(work->patterns, &mean.vector);
    for (size_t j = 0; j < work->m; j++) {
        const struct basin_outcome *outcome = &work->outcome[j];
        steps += (double)outcome->steps;
        fixed += outcome->end == BASIN_END_FIXED_POINT;
        cycles += outcome->end == BASIN_END_TWO_CYCLE;
        limits += outcome->end == BASIN_END_LIMIT;
        longest = fmax(longest, (double)outcome->period);
        from_mean += basin_row_distance(work->end, j, work->now, 0);
    }
    double m = (double)work->m;
    *out[STEPS] = steps / m;
    *out[FIXED_RATE] = fixed / m;
    *out[TWO_CYCLE_RATE] = cycles / m;
    *out[LONGEST_PERIOD] = limits > 0 ? 0 : longest;
    *out[FROM_MEAN] = from_mean / m / work->norm;
    return limits > 0 ? BASIN_STATUS_NOT_CONVERGED
                      : (longest > 1 ? BASIN_STATUS_CYCLE : BASIN_STATUS_OK);
}

/* Whether end j is a fixed point that no earlier state ended at. */
static bool is_new(const struct work *work, size_t j)
{
    if (work->outcome[j].end != BASIN_END_FIXED_POINT) {
        return false;
    }
    for (size_t i = 0; i < j; i++) {
        if (work->outcome[i].end == BASIN_END_FIXED_POINT &&
            basin_row_distance(work->end, i, work->end, j) <=
                work->own->same * work->norm) {
            return false;
        }
    }
    return true;
}

static int count_fixed_points(
    struct work *work, double *out[METRICS], struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    bool weighted = s->rule->weights != NULL;
    gsl_matrix *weights = gsl_matrix_alloc(1, s->n);
    double *k = malloc((work->m + s->n) * sizeof(*k));
    int ret = 0;
    if (weights == NULL || k == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    *out[FIXED_POINTS] = 0;
    if (weighted) {
        *out[SINGLE] = *out[METASTABLE] = *out[GLOBAL] = 0;
    }
    for (size_t j = 0; j < work->m; j++) {
        bool counts = is_new(work, j);
        *out[FIXED_POINTS] += counts;
        if (!weighted) {
            continue;
        }
        gsl_matrix_view state = gsl_matrix_submatrix(work->end, j, 0, 1, s->d);
        ret = s->rule->weights(work->memory, &state.matrix, weights, diag);
        if (ret != 0) {
            goto out;
        }
        k[j] = (double)basin_spread_k(
            weights->data, s->n, work->own->spread_quantile, k + work->m);
        if (counts) {
            enum metric kind = k[j] <= 1                   ? SINGLE
                               : k[j] > 0.5 * (double)s->n ? GLOBAL
                                                           : METASTABLE;
            *out[kind] += 1;
        }
    }
    if (weighted) {
        gsl_sort(k, 1, work->m);
        *out[K_MEDIAN] = gsl_stats_median_from_sorted_data(k, 1, work->m);
    }
out:
    gsl_matrix_free(weights);
    free(k);
    return ret;
}

static int dynamics_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct work work = {0};
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    int ret = work_init(&work, task->params, diag);
    if (ret == 0) {
        ret = basin_stage_draw(&work.stage, shared, task, work.patterns, diag);
    }
    if (ret == 0) {
        work.norm = basin_largest_norm(work.patterns);
        ret = make_starts(&work, task, diag);
    }
    if (ret == 0) {
        ret = basin_stage_store(&work.stage, task, work.patterns, &work.memory, diag);
    }
    if (ret == 0) {
        ret = find_ends(&work, diag);
    }
    if (ret == 0) {
        ret = follow(&work, out, diag);
    }
    if (ret == 0) {
        record->status = note_ends(&work, out);
        ret = count_fixed_points(&work, out, diag);
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
        .version = 1,
        .fields = dynamics_fields,
        .size = sizeof(struct dynamics)},
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
    .metrics = dynamics_metrics,
    .open = basin_stage_open,
    .close = basin_stage_close,
    .check = dynamics_check,
    .shape = dynamics_shape,
    .cost = dynamics_cost,
    .run = dynamics_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_dynamics.kind, NULL};
