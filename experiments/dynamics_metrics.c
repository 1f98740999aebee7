/* What is measured of a memory's dynamics: energy and distance along the way, and what
 * dynamics_update.c and dynamics_ends.c find. Where units are updated one by one, the
 * energy is looked at after every single one of them. */
#include "experiments/dynamics.h"

#include "measure/geometry.h"
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

#define COURSE(metric, summary, optional)                                                \
    {                                                                                    \
        metric, "1", summary, false, optional, 1, {"update"}, NULL                       \
    }

const struct basin_metric basin_dynamics_metrics[METRICS + 1] = {
    [ENERGY] = COURSE("energy", "mean energy along the way", true),
    [DISTANCE] = COURSE("distance", "mean distance to the end along the way", false),
    [CHANGES] = BASIN_METRIC_IF("changes", "updates",
        "updates that changed the energy, of single units where they are updated one by "
        "one"),
    [RISES] =
        BASIN_METRIC_IF("rises", "updates", "those among them that raised the energy"),
    [LARGEST_RISE] = BASIN_METRIC_IF("largest_rise", "1",
        "largest rise of the energy in one update, relative to its size"),
    [MIRROR] = BASIN_METRIC_IF("mirror", "1",
        "largest difference of the energies of a start and its negative, relative to "
        "their size"),
    [TOGETHER] = BASIN_METRIC_IF("together", "units",
        "units in which an update of all starts at once differs from one of each alone"),
    [ATTENTION] = BASIN_METRIC_IF("attention", "1",
        "largest difference of Q (K^T V), with K = V = the patterns, from X (X^T xi), "
        "relative to its largest component"),
    [ATTENTION_SIGNS] = BASIN_METRIC_IF("attention_signs", "units",
        "units in which the signs of Q (K^T V) differ from an update"),
    [RATIO] = BASIN_METRIC("ratio", "1",
        "median over states of the last measurable ratio of successive distances to the "
        "end"),
    [ENERGY_RATIO] = BASIN_METRIC_IF("energy_ratio", "1",
        "median over states of the last measurable ratio of successive energies above "
        "the end's"),
    [STEPS] = BASIN_METRIC("steps", "updates", "mean number of updates to the end"),
    [FIXED_RATE] =
        BASIN_METRIC("fixed_rate", "1", "fraction of states that end at a fixed point"),
    [TWO_CYCLE_RATE] =
        BASIN_METRIC("two_cycle_rate", "1", "fraction of states that end on a 2-cycle"),
    [LONGEST_PERIOD] = BASIN_METRIC(
        "longest_period", "updates", "longest period of an end; 0 where one never ended"),
    [FIXED_POINTS] =
        BASIN_METRIC("fixed_points", "1", "number of different fixed points"),
    [SINGLE] =
        BASIN_METRIC_IF("single", "1", "fixed points whose weights sit on one pattern"),
    [METASTABLE] = BASIN_METRIC_IF(
        "metastable", "1", "fixed points whose weights sit on some patterns"),
    [GLOBAL] = BASIN_METRIC_IF(
        "global", "1", "fixed points whose weights sit on more than half of them"),
    [K_MEDIAN] =
        BASIN_METRIC_IF("k_median", "patterns", "median over states of k at the end"),
    [FROM_MEAN] = BASIN_METRIC("from_mean", "1",
        "mean distance of the ends from the patterns' mean, in largest norms"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
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

static int note_ends(const struct basin_dynamics_work *work, enum basin_status *status,
    double *out[METRICS], struct basin_diag *diag)
{
    struct basin_dynamics_ends ends;
    int ret = basin_dynamics_classify(work, &ends, diag);
    if (ret != 0) {
        return ret;
    }
    *status = ends.status;
    *out[STEPS] = ends.steps;
    *out[FIXED_RATE] = ends.fixed_rate;
    *out[TWO_CYCLE_RATE] = ends.two_cycle_rate;
    *out[LONGEST_PERIOD] = ends.longest_period;
    *out[FROM_MEAN] = ends.from_mean;
    *out[FIXED_POINTS] = ends.fixed_points;
    if (work->stage.rule->weights != NULL) {
        *out[SINGLE] = ends.single;
        *out[METASTABLE] = ends.metastable;
        *out[GLOBAL] = ends.global;
        *out[K_MEDIAN] = ends.k_median;
    }
    return 0;
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
    basin_record_outputs(record, METRICS, out);
    int ret = follow(work, out, diag);
    if (ret == 0) {
        ret = compare_updates(work, out, diag);
    }
    if (ret == 0) {
        ret = note_ends(work, &record->status, out, diag);
    }
    return ret;
}
