/* What is measured of a memory's dynamics: energy and distance along the way, the kinds
 * of its ends. Where units are updated one by one, the energy is looked at after every
 * single one of them. */
#include "experiments/dynamics.h"

#include "measure/geometry.h"
#include "measure/spread.h"
#include "rules/flow.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#define ROUND_OFF 1e-9       /* relative rises of the energy below this are none */
#define MEASURABLE 1e-9      /* distances below this, in largest norms, are round-off */
#define MEASURABLE_GAP 1e-12 /* energies above the end by less, relatively, too */
#define END_ERRORS 1e4       /* and distances below this many errors of the end */

enum metric {
    ENERGY,
    DISTANCE,
    CHANGES,
    RISES,
    LARGEST_RISE,
    MIRROR,
    TOGETHER,
    ATTENTION,
    ATTENTION_SIGNS,
    RATIO,
    ENERGY_RATIO,
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

const struct basin_metric basin_dynamics_metrics[METRICS + 1] = {
    [ENERGY] = COURSE("energy", "mean energy along the way", true),
    [DISTANCE] = COURSE("distance", "mean distance to the end along the way", false),
    [CHANGES] = NUMBER("changes", "updates",
        "updates that changed the energy, of single units where they are updated one by "
        "one",
        true),
    [RISES] = NUMBER("rises", "updates", "those among them that raised the energy", true),
    [LARGEST_RISE] = NUMBER("largest_rise", "1",
        "largest rise of the energy in one update, relative to its size", true),
    [MIRROR] = NUMBER("mirror", "1",
        "largest difference of the energies of a start and its negative, relative to "
        "their size",
        true),
    [TOGETHER] = NUMBER("together", "units",
        "units in which an update of all starts at once differs from one of each alone",
        true),
    [ATTENTION] = NUMBER("attention", "1",
        "largest difference of Q (K^T V), with K = V = the patterns, from X (X^T xi), "
        "relative to its largest component",
        true),
    [ATTENTION_SIGNS] = NUMBER("attention_signs", "units",
        "units in which the signs of Q (K^T V) differ from an update", true),
    [RATIO] = NUMBER("ratio", "1",
        "median over states of the last measurable ratio of successive distances to the "
        "end",
        false),
    [ENERGY_RATIO] = NUMBER("energy_ratio", "1",
        "median over states of the last measurable ratio of successive energies above "
        "the end's",
        true),
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

bool basin_dynamics_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct basin_dynamics *own = params->own[BASIN_STAGE_OWN];
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
    case ENERGY_RATIO:
        return stage.rule->energy != NULL;
    case TOGETHER:
    case ATTENTION:
    case ATTENTION_SIGNS:
        return basin_dynamics_signs(&stage);
    case MIRROR:
        return stage.rule->energy != NULL && stage.domain == BASIN_POLAR;
    case SINGLE:
    case METASTABLE:
    case GLOBAL:
    case K_MEDIAN:
        return stage.rule->weights != NULL;
    default:
        return true;
    }
}

/* Energies of all states, compared with those before. */
static int look_at_energy(
    struct basin_dynamics_work *work, double *out[METRICS], struct basin_diag *diag)
{
    gsl_vector_memcpy(work->before, work->energy);
    int ret = work->stage.rule->energy(work->memory, work->now, work->energy, diag);
    for (size_t j = 0; ret == 0 && j < work->m; j++) {
        double energy = gsl_vector_get(work->energy, j);
        double before = gsl_vector_get(work->before, j);
        double rise = (energy - before) / fmax(1, fabs(before));
        *out[CHANGES] += energy != before;
        if (rise > ROUND_OFF) {
            *out[RISES] += 1;
            *out[LARGEST_RISE] = fmax(*out[LARGEST_RISE], rise);
        }
    }
    return ret;
}

/* Energies of the negatives of all starts beside theirs. */
static int compare_mirrored(
    struct basin_dynamics_work *work, double *out[METRICS], struct basin_diag *diag)
{
    gsl_matrix_scale(work->now, -1);
    int ret = work->stage.rule->energy(work->memory, work->now, work->before, diag);
    gsl_matrix_scale(work->now, -1);
    *out[MIRROR] = 0;
    for (size_t j = 0; ret == 0 && j < work->m; j++) {
        double energy = gsl_vector_get(work->energy, j);
        double other = gsl_vector_get(work->before, j);
        *out[MIRROR] = fmax(*out[MIRROR], fabs(other - energy) / fmax(1, fabs(energy)));
    }
    return ret;
}

/* One point further along the way: an update of all units or of one after the other, or a
 * part of the flow. */
static int advance(struct basin_dynamics_work *work, size_t t, double *out[METRICS],
    struct basin_diag *diag)
{
    const struct basin_rule *rule = work->stage.rule;
    const struct basin_dynamics *own = work->own;
    int ret = 0;
    if (own->course == BASIN_COURSE_CONTINUOUS) {
        ret = basin_flow(rule, work->memory, own->horizon / (double)own->updates,
            BASIN_FLOW_ACCURACY, work->now, diag);
    } else if (rule->energy != NULL && rule->visit != NULL &&
               rule->one_by_one(work->memory)) {
        for (size_t k = 0; ret == 0 && k < work->stage.d; k++) {
            ret = rule->visit(work->memory, t, k, work->now, diag);
            if (ret == 0) {
                ret = look_at_energy(work, out, diag);
            }
        }
        return ret;
    } else {
        ret = rule->step(work->memory, t, work->now, diag);
    }
    return ret == 0 && rule->energy != NULL ? look_at_energy(work, out, diag) : ret;
}

static void note_energy(struct basin_dynamics_work *work, size_t t, double *out[METRICS])
{
    double sum = 0;
    for (size_t j = 0; j < work->m; j++) {
        double energy = gsl_vector_get(work->energy, j);
        double end = gsl_vector_get(work->energy_end, j);
        if (t > 0 && energy - end > MEASURABLE_GAP * fmax(1, fabs(end))) {
            work->energy_ratio[j] =
                (energy - end) / (gsl_vector_get(work->last, j) - end);
        }
        sum += energy;
    }
    out[ENERGY][t] = sum / (double)work->m;
}

static void note_distance(
    struct basin_dynamics_work *work, size_t t, double *out[METRICS])
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

/* Median of what is known; NAN if nothing is. Reorders value. */
static double median_of_known(double *value, size_t n)
{
    size_t known = 0;
    for (size_t j = 0; j < n; j++) {
        if (!isnan(value[j])) {
            value[known++] = value[j];
        }
    }
    gsl_sort(value, 1, known);
    return known > 0 ? gsl_stats_median_from_sorted_data(value, 1, known) : NAN;
}

static int follow(
    struct basin_dynamics_work *work, double *out[METRICS], struct basin_diag *diag)
{
    const struct basin_rule *rule = work->stage.rule;
    bool energy = rule->energy != NULL;
    int ret = 0;
    gsl_matrix_memcpy(work->now, work->start);
    if (energy) {
        *out[CHANGES] = *out[RISES] = *out[LARGEST_RISE] = 0;
        ret = rule->energy(work->memory, work->end, work->energy_end, diag);
        if (ret == 0) {
            ret = rule->energy(work->memory, work->now, work->energy, diag);
        }
        if (ret == 0 && work->stage.domain == BASIN_POLAR) {
            ret = compare_mirrored(work, out, diag);
        }
    }
    for (size_t t = 0; ret == 0 && t <= (size_t)work->own->updates; t++) {
        if (energy) {
            gsl_vector_memcpy(work->last, work->energy);
        }
        if (t > 0) {
            ret = advance(work, t - 1, out, diag);
        }
        if (ret == 0 && energy) {
            note_energy(work, t, out);
        }
        if (ret == 0) {
            note_distance(work, t, out);
        }
    }
    if (ret == 0) {
        *out[RATIO] = median_of_known(work->ratio, work->m);
    }
    if (ret == 0 && energy) {
        *out[ENERGY_RATIO] = median_of_known(work->energy_ratio, work->m);
    }
    return ret;
}

static enum basin_status note_ends(
    const struct basin_dynamics_work *work, double *out[METRICS])
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
static bool is_new(const struct basin_dynamics_work *work, size_t j)
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
    struct basin_dynamics_work *work, double *out[METRICS], struct basin_diag *diag)
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

static int compare_updates(
    const struct basin_dynamics_work *work, double *out[METRICS], struct basin_diag *diag)
{
    struct basin_dynamics_equal equal;
    if (!basin_dynamics_signs(&work->stage)) {
        return 0;
    }
    int ret = basin_dynamics_compare(work, &equal, diag);
    if (ret == 0) {
        *out[TOGETHER] = equal.together;
        *out[ATTENTION] = equal.attention;
        *out[ATTENTION_SIGNS] = equal.attention_signs;
    }
    return ret;
}

int basin_dynamics_measure(struct basin_dynamics_work *work, struct basin_record *record,
    struct basin_diag *diag)
{
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    int ret = follow(work, out, diag);
    if (ret == 0) {
        ret = compare_updates(work, out, diag);
    }
    if (ret == 0) {
        record->status = note_ends(work, out);
        ret = count_fixed_points(work, out, diag);
    }
    return ret;
}
