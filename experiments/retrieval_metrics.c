/* What retrieval measures: agreement with the patterns, how the iteration ended, where
 * the ends lie, the spread of the association weights, pictures. */
#include "experiments/retrieval.h"

#include "measure/attractors.h"
#include "measure/geometry.h"
#include "measure/spread.h"
#include "rules/scale.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HIT_BINS = 24, WEIGHT_ROWS = 64 };

enum metric {
    ERROR,
    OVERLAP,
    COSINE,
    RECALL_RATE,
    EXACT_RATE,
    ALL_EXACT,
    STEPS,
    STEPS_MAX,
    FIXED_RATE,
    CYCLE_RATE,
    LIMIT_RATE,
    ENERGY_START,
    ENERGY_END,
    ENERGY_RISES,
    ATTRACTORS,
    LARGEST_BASIN,
    SPURIOUS_RATE,
    HIT_HISTOGRAM,
    EFFECTIVE_BETA,
    TARGET_WEIGHT,
    TARGET_FIRST,
    K_MEDIAN,
    SUPPORT,
    ENTROPY,
    PARTICIPATION,
    K_HISTOGRAM,
    PICTURES,
    WEIGHTS,
    COSINES,
    TARGET_WEIGHTS,
    METRICS,
};

/* Bins of hits: 1, 2 or 3, 4 to 7, and so on. */
static const double hit_edges[HIT_BINS + 1] = {0x1p0, 0x1p1, 0x1p2, 0x1p3, 0x1p4, 0x1p5,
    0x1p6, 0x1p7, 0x1p8, 0x1p9, 0x1p10, 0x1p11, 0x1p12, 0x1p13, 0x1p14, 0x1p15, 0x1p16,
    0x1p17, 0x1p18, 0x1p19, 0x1p20, 0x1p21, 0x1p22, 0x1p23, 0x1p24};

const struct basin_metric basin_retrieval_metrics[METRICS + 1] = {
    [ERROR] = BASIN_METRIC("error", "1",
        "retrieval error: fraction of wrong units, or |xi - x| / |x| for real patterns"),
    [OVERLAP] = BASIN_METRIC("overlap", "1", "overlap of the end state with the pattern"),
    [COSINE] = BASIN_METRIC("cosine", "1", "cosine of the end state and the pattern"),
    [RECALL_RATE] = BASIN_METRIC("recall_rate", "1", "fraction of cues recalled"),
    [EXACT_RATE] =
        BASIN_METRIC("exact_rate", "1", "fraction of cues recalled without any error"),
    [ALL_EXACT] =
        BASIN_METRIC("all_exact", "1", "1 if every cue was recalled without error"),
    [STEPS] = BASIN_METRIC("steps", "updates", "mean number of updates"),
    [STEPS_MAX] = BASIN_METRIC("steps_max", "updates", "largest number of updates"),
    [FIXED_RATE] =
        BASIN_METRIC("fixed_rate", "1", "fraction of cues that end at a fixed point"),
    [CYCLE_RATE] =
        BASIN_METRIC("cycle_rate", "1", "fraction of cues that end on a cycle"),
    [LIMIT_RATE] =
        BASIN_METRIC("limit_rate", "1", "fraction of cues still moving at the limit"),
    [ENERGY_START] = BASIN_METRIC("energy_start", "1", "mean energy of the cues"),
    [ENERGY_END] = BASIN_METRIC("energy_end", "1", "mean energy of the end states"),
    [ENERGY_RISES] =
        BASIN_METRIC("energy_rises", "updates", "updates that raised the energy"),
    [ATTRACTORS] = BASIN_METRIC_IF("attractors", "1", "number of different end states"),
    [LARGEST_BASIN] = BASIN_METRIC_IF(
        "largest_basin", "1", "fraction of cues that end in the most visited end state"),
    [SPURIOUS_RATE] = BASIN_METRIC_IF("spurious_rate", "1",
        "fraction of cues whose end recalls no stored pattern and no negative of one"),
    [HIT_HISTOGRAM] = {"hit_histogram", "attractors",
        "histogram over end states of the cues that end there", false, true, 1, {"hits"},
        hit_edges},
    [EFFECTIVE_BETA] = BASIN_METRIC_IF("effective_beta", "1",
        "inverse temperature that multiplies plain inner products of patterns and state"),
    [TARGET_WEIGHT] = BASIN_METRIC_IF(
        "target_weight", "1", "association weight of the pattern that was meant"),
    [TARGET_FIRST] = BASIN_METRIC_IF(
        "target_first", "1", "fraction of cues whose largest weight is on that pattern"),
    [K_MEDIAN] = BASIN_METRIC_IF("k_median", "patterns",
        "median over cues of k, the number of weights that hold the quantile"),
    [SUPPORT] =
        BASIN_METRIC_IF("support", "patterns", "mean number of weights above the cut"),
    [ENTROPY] =
        BASIN_METRIC_IF("entropy", "nats", "mean entropy of the association weights"),
    [PARTICIPATION] = BASIN_METRIC_IF(
        "participation", "patterns", "mean participation ratio 1 / sum p^2"),
    [K_HISTOGRAM] = {"k_histogram", "cues", "histogram over cues of k / N", false, true,
        1, {"k_fraction"}, basin_spread_edges},
    [PICTURES] = {"pictures", "1", "stored pattern, cue and end state", true, true, 3,
        {"role", "item", "pixel"}, NULL},
    [WEIGHTS] = {"weights", "1",
        "association weights of all patterns in the last update, for cues with pictures",
        true, true, 2, {"item", "pattern"}, NULL},
    [COSINES] = {"cosines", "1",
        "cosine of the end state and the pattern, for cues with pictures", false, true, 1,
        {"item"}, NULL},
    [TARGET_WEIGHTS] = {"target_weights", "1",
        "association weight of the pattern that was meant, for cues with pictures", false,
        true, 1, {"item"}, NULL},
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

bool basin_retrieval_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct basin_retrieval *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    size_t m = basin_retrieval_cues(own, &stage);
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case HIT_HISTOGRAM:
        size[0] = HIT_BINS;
        return own->attractors;
    case ATTRACTORS:
    case LARGEST_BASIN:
    case SPURIOUS_RATE:
        return own->attractors;
    case EFFECTIVE_BETA:
        return stage.rule->effective_beta != NULL;
    case K_HISTOGRAM:
        size[0] = BASIN_SPREAD_BINS;
        return stage.rule->weights != NULL;
    case TARGET_WEIGHT:
    case TARGET_FIRST:
    case K_MEDIAN:
    case SUPPORT:
    case ENTROPY:
    case PARTICIPATION:
        return stage.rule->weights != NULL;
    case PICTURES:
        size[0] = 3;
        size[1] = (size_t)own->pictures < m ? (size_t)own->pictures : m;
        size[2] = stage.d;
        return own->pictures > 0;
    case COSINES:
        size[0] = (size_t)own->pictures < m ? (size_t)own->pictures : m;
        return own->pictures > 0;
    case TARGET_WEIGHTS:
        size[0] = (size_t)own->pictures < m ? (size_t)own->pictures : m;
        return own->pictures > 0 && stage.rule->weights != NULL;
    case WEIGHTS:
        size[0] = (size_t)own->pictures < m ? (size_t)own->pictures : m;
        size[1] = stage.n;
        return own->pictures > 0 && stage.rule->weights != NULL;
    default:
        return true;
    }
}

/* items: cues whose own cosine is kept. */
static void measure_agreement(
    const struct basin_retrieval_work *work, size_t items, double *out[METRICS])
{
    const struct basin_stage *s = &work->stage;
    double error = 0, overlap = 0, cosine = 0, success = 0, exact = 0;
    for (size_t j = 0; j < work->m; j++) {
        struct basin_agreement a = basin_agreement_of(
            gsl_matrix_const_ptr(work->states, j, 0),
            gsl_matrix_const_ptr(work->patterns, work->target[j], 0), s->d, s->domain);
        error += a.error;
        overlap += a.overlap;
        cosine += a.cosine;
        success += basin_is_recalled(&work->own->criterion, &a);
        exact += a.error == 0;
        if (j < items) {
            out[COSINES][j] = a.cosine;
        }
    }
    double m = (double)work->m;
    *out[ERROR] = error / m;
    *out[OVERLAP] = overlap / m;
    *out[COSINE] = cosine / m;
    *out[RECALL_RATE] = success / m;
    *out[EXACT_RATE] = exact / m;
    *out[ALL_EXACT] = exact == m;
}

static enum basin_status measure_outcome(
    const struct basin_retrieval_work *work, double *out[METRICS])
{
    size_t m = work->m;
    double steps = 0, longest = 0, rises = 0, start = 0, end = 0;
    size_t ends[BASIN_END_LIMIT + 1] = {0};
    for (size_t j = 0; j < m; j++) {
        const struct basin_outcome *outcome = &work->outcome[j];
        ends[outcome->end]++;
        steps += (double)outcome->steps;
        longest = fmax(longest, (double)outcome->steps);
        rises += (double)outcome->energy_rises;
        start += outcome->energy_start;
        end += outcome->energy_end;
    }
    size_t cycles = ends[BASIN_END_TWO_CYCLE] + ends[BASIN_END_LONG_CYCLE];
    *out[STEPS] = steps / (double)m;
    *out[STEPS_MAX] = longest;
    *out[ENERGY_START] = start / (double)m;
    *out[ENERGY_END] = end / (double)m;
    if (work->stage.options->energy == BASIN_ENERGY_STEPS &&
        work->stage.rule->energy != NULL) {
        *out[ENERGY_RISES] = rises;
    }
    if (ends[BASIN_END_STEPS] < m) {
        *out[FIXED_RATE] = (double)ends[BASIN_END_FIXED_POINT] / (double)m;
        *out[CYCLE_RATE] = (double)cycles / (double)m;
        *out[LIMIT_RATE] = (double)ends[BASIN_END_LIMIT] / (double)m;
    }
    if (ends[BASIN_END_LIMIT] > 0) {
        return BASIN_STATUS_NOT_CONVERGED;
    }
    return cycles > 0 ? BASIN_STATUS_CYCLE : BASIN_STATUS_OK;
}

static int measure_attractors(const struct basin_retrieval_work *work,
    double *out[METRICS], struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    double same = work->own->same * basin_max_norm(work->patterns);
    size_t *hits = malloc(work->m * sizeof(*hits));
    double *scratch = malloc(s->d * sizeof(*scratch));
    size_t largest = 0, spurious = 0;
    int ret = 0;
    if (hits == NULL || scratch == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    *out[ATTRACTORS] = (double)basin_attractors_find(work->states, same, hits);
    for (size_t b = 0; b < HIT_BINS; b++) {
        out[HIT_HISTOGRAM][b] = 0;
    }
    for (size_t j = 0; j < work->m; j++) {
        if (hits[j] == 0) {
            continue;
        }
        out[HIT_HISTOGRAM][ilogb((double)hits[j])]++;
        largest = hits[j] > largest ? hits[j] : largest;
        if (basin_is_spurious(gsl_matrix_const_ptr(work->states, j, 0), work->patterns,
                s->domain, &work->own->criterion, scratch)) {
            spurious += hits[j];
        }
    }
    *out[LARGEST_BASIN] = (double)largest / (double)work->m;
    *out[SPURIOUS_RATE] = (double)spurious / (double)work->m;
out:
    free(hits);
    free(scratch);
    return ret;
}

/* Sums over cues of what the association weights show. */
struct spread_sums {
    double target, first, support, entropy, participation;
    double *k; /* of every cue */
};

static void add_spread(const struct basin_retrieval_work *work, const double *p, size_t j,
    double *scratch, struct spread_sums *sums, double *histogram)
{
    const struct basin_stage *s = &work->stage;
    struct basin_spread spread = basin_spread_of(
        p, s->n, work->own->spread_quantile, work->own->support_cut, scratch);
    size_t target = work->target[j];
    size_t bin = basin_spread_bin(spread.k, s->n);
    sums->k[j] = (double)spread.k;
    sums->target += p[target];
    sums->first += p[target] >= gsl_stats_max(p, 1, s->n);
    sums->support += (double)spread.support;
    sums->entropy += spread.entropy;
    sums->participation += spread.participation;
    histogram[bin]++;
}

/* Weights of the last update: they start at the cue if one update was made, else at the
 * end state. Computed for a few cues at a time, never as one N x M matrix. Of the first
 * cues their target's weight (items) and all weights (kept) are kept. */
static int measure_spread(const struct basin_retrieval_work *work, double *out[METRICS],
    size_t items, size_t kept, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    gsl_matrix *from = s->options->steps == 1 ? work->cues : work->states;
    size_t rows = work->m < WEIGHT_ROWS ? work->m : WEIGHT_ROWS;
    gsl_matrix *weights = gsl_matrix_alloc(rows, s->n);
    double *scratch = malloc((s->n + work->m) * sizeof(*scratch));
    int ret = 0;
    if (weights == NULL || scratch == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    struct spread_sums sums = {.k = scratch + s->n};
    for (size_t b = 0; b < BASIN_SPREAD_BINS; b++) {
        out[K_HISTOGRAM][b] = 0;
    }
    for (size_t first = 0; first < work->m; first += rows) {
        size_t now = work->m - first < rows ? work->m - first : rows;
        gsl_matrix_view states = gsl_matrix_submatrix(from, first, 0, now, s->d);
        gsl_matrix_view p = gsl_matrix_submatrix(weights, 0, 0, now, s->n);
        ret = s->rule->weights(work->memory, &states.matrix, &p.matrix, diag);
        if (ret != 0) {
            goto out;
        }
        for (size_t j = 0; j < now; j++) {
            add_spread(work, gsl_matrix_const_ptr(weights, j, 0), first + j, scratch,
                &sums, out[K_HISTOGRAM]);
        }
        for (size_t j = 0; j < now && first + j < items; j++) {
            out[TARGET_WEIGHTS][first + j] =
                gsl_matrix_get(weights, j, work->target[first + j]);
        }
        for (size_t j = 0; j < now && first + j < kept; j++) {
            memcpy(out[WEIGHTS] + (first + j) * s->n, gsl_matrix_const_ptr(weights, j, 0),
                s->n * sizeof(double));
        }
    }
    gsl_sort(sums.k, 1, work->m);
    double m = (double)work->m;
    *out[TARGET_WEIGHT] = sums.target / m;
    *out[TARGET_FIRST] = sums.first / m;
    *out[K_MEDIAN] = gsl_stats_median_from_sorted_data(sums.k, 1, work->m);
    *out[SUPPORT] = sums.support / m;
    *out[ENTROPY] = sums.entropy / m;
    *out[PARTICIPATION] = sums.participation / m;
out:
    gsl_matrix_free(weights);
    free(scratch);
    return ret;
}

static void keep_pictures(
    const struct basin_retrieval_work *work, size_t items, double *pictures)
{
    size_t d = work->stage.d;
    for (size_t j = 0; j < items; j++) {
        const double *role[3] = {gsl_matrix_const_ptr(work->patterns, work->target[j], 0),
            gsl_matrix_const_ptr(work->cues, j, 0),
            gsl_matrix_const_ptr(work->states, j, 0)};
        for (size_t r = 0; r < 3; r++) {
            memcpy(pictures + (r * items + j) * d, role[r], d * sizeof(*pictures));
        }
    }
}

int basin_retrieval_measure(const struct basin_retrieval_work *work,
    struct basin_record *record, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    double *out[METRICS];
    int ret = 0;
    basin_record_outputs(record, METRICS, out);
    measure_agreement(work, record->offset[COSINES + 1] - record->offset[COSINES], out);
    record->status = measure_outcome(work, out);
    if (s->rule->effective_beta != NULL) {
        *out[EFFECTIVE_BETA] = s->rule->effective_beta(work->memory);
    }
    if (work->own->attractors) {
        ret = measure_attractors(work, out, diag);
    }
    size_t kept = (record->offset[PICTURES + 1] - record->offset[PICTURES]) / (3 * s->d);
    if (ret == 0 && s->rule->weights != NULL) {
        size_t items =
            record->offset[TARGET_WEIGHTS + 1] - record->offset[TARGET_WEIGHTS];
        ret = measure_spread(work, out, items, kept, diag);
    }
    if (ret == 0) {
        keep_pictures(work, kept, out[PICTURES]);
    }
    return ret;
}
