/* Retrieval: what does a memory make of a damaged cue?
 *
 * N patterns of dimension d are stored, M cues are made from them, every cue is iterated,
 * and the end state is compared with the pattern that was meant. All of the documents'
 * retrieval claims are sweeps of this experiment: storage capacity (load), basins of
 * attraction (flip), inverse temperature (beta), sparsity thresholds, random features,
 * pictures. The unit of replication is the pattern set: cues of one set share the
 * weights, so their results are averaged before any interval is made. */
#include "experiments/stage.h"

#include "measure/retrieval.h"
#include "measure/spread.h"
#include "rules/relax.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum success { SUCCESS_OVERLAP, SUCCESS_COSINE, SUCCESS_ERROR, SUCCESS_EXACT };
enum { K_BINS = 32, WEIGHT_ROWS = 64 };

struct retrieval {
    struct basin_population population;
    long cues;
    long first_target;
    int success;
    double success_at;
    double spread_quantile;
    double support_cut;
    long pictures;
};

static const struct basin_field retrieval_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT_OR(struct retrieval, cues, "all", "50", 1, 1e7, "1",
        "number M of cues per pattern set, for patterns first_target, first_target + 1, "
        "...; all: one for each pattern"),
    BASIN_FIELD_INT(struct retrieval, first_target, "0", 0, 1e8, "1",
        "pattern (from 0) that the first cue is made from"),
    BASIN_FIELD_CHOICE(struct retrieval, success, "overlap|cosine|error|exact", "overlap",
        "what decides whether a cue counts as recalled"),
    BASIN_FIELD_REAL(struct retrieval, success_at, "0.9", 0, 1, "1",
        "recalled if overlap or cosine are greater, or the error is at most, this"),
    BASIN_FIELD_REAL(struct retrieval, spread_quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_REAL(struct retrieval, support_cut, "0.01", 0, 1, "1",
        "weights above this count as support"),
    BASIN_FIELD_INT(struct retrieval, pictures, "0", 0, 64, "1",
        "number of cues whose stored pattern, cue and end state are kept as pictures"),
    BASIN_FIELD_END,
};

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
    EFFECTIVE_BETA,
    TARGET_WEIGHT,
    TARGET_FIRST,
    K_MEDIAN,
    SUPPORT,
    ENTROPY,
    PARTICIPATION,
    K_HISTOGRAM,
    PICTURES,
    METRICS,
};

/* Bins of k / N; the classes' borders 1/32, 1/8 and 1/2 are bin edges. */
static const double k_edges[K_BINS + 1] = {0, 1. / 32, 2. / 32, 3. / 32, 4. / 32, 5. / 32,
    6. / 32, 7. / 32, 8. / 32, 9. / 32, 10. / 32, 11. / 32, 12. / 32, 13. / 32, 14. / 32,
    15. / 32, 16. / 32, 17. / 32, 18. / 32, 19. / 32, 20. / 32, 21. / 32, 22. / 32,
    23. / 32, 24. / 32, 25. / 32, 26. / 32, 27. / 32, 28. / 32, 29. / 32, 30. / 32,
    31. / 32, 1};

#define NUMBER(metric, unit, summary)                                                    \
    {                                                                                    \
        metric, unit, summary, false, false, 0, {NULL}, NULL                             \
    }
#define NUMBER_IF(metric, unit, summary)                                                 \
    {                                                                                    \
        metric, unit, summary, false, true, 0, {NULL}, NULL                              \
    }

static const struct basin_metric retrieval_metrics[METRICS + 1] = {
    [ERROR] = NUMBER("error", "1",
        "retrieval error: fraction of wrong units, or |xi - x| / |x| for real patterns"),
    [OVERLAP] = NUMBER("overlap", "1", "overlap of the end state with the pattern"),
    [COSINE] = NUMBER("cosine", "1", "cosine of the end state and the pattern"),
    [RECALL_RATE] = NUMBER("recall_rate", "1", "fraction of cues recalled"),
    [EXACT_RATE] =
        NUMBER("exact_rate", "1", "fraction of cues recalled without any error"),
    [ALL_EXACT] = NUMBER("all_exact", "1", "1 if every cue was recalled without error"),
    [STEPS] = NUMBER("steps", "updates", "mean number of updates"),
    [STEPS_MAX] = NUMBER("steps_max", "updates", "largest number of updates"),
    [FIXED_RATE] =
        NUMBER("fixed_rate", "1", "fraction of cues that end at a fixed point"),
    [CYCLE_RATE] = NUMBER("cycle_rate", "1", "fraction of cues that end on a cycle"),
    [LIMIT_RATE] =
        NUMBER("limit_rate", "1", "fraction of cues still moving at the limit"),
    [ENERGY_START] = NUMBER("energy_start", "1", "mean energy of the cues"),
    [ENERGY_END] = NUMBER("energy_end", "1", "mean energy of the end states"),
    [ENERGY_RISES] = NUMBER("energy_rises", "updates", "updates that raised the energy"),
    [EFFECTIVE_BETA] = NUMBER_IF("effective_beta", "1",
        "inverse temperature that multiplies plain inner products of patterns and state"),
    [TARGET_WEIGHT] = NUMBER_IF(
        "target_weight", "1", "association weight of the pattern that was meant"),
    [TARGET_FIRST] = NUMBER_IF(
        "target_first", "1", "fraction of cues whose largest weight is on that pattern"),
    [K_MEDIAN] = NUMBER_IF("k_median", "patterns",
        "median over cues of k, the number of weights that hold the quantile"),
    [SUPPORT] = NUMBER_IF("support", "patterns", "mean number of weights above the cut"),
    [ENTROPY] = NUMBER_IF("entropy", "nats", "mean entropy of the association weights"),
    [PARTICIPATION] =
        NUMBER_IF("participation", "patterns", "mean participation ratio 1 / sum p^2"),
    [K_HISTOGRAM] = {"k_histogram", "cues", "histogram over cues of k / N", false, true,
        1, {"k_fraction"}, k_edges},
    [PICTURES] = {"pictures", "1", "stored pattern, cue and end state", true, true, 3,
        {"role", "item", "pixel"}, NULL},
    [METRICS] = NUMBER(NULL, NULL, NULL),
};

static size_t cues_of(const struct retrieval *own, const struct basin_stage *stage)
{
    return own->cues > 0 ? (size_t)own->cues : stage->n;
}

static int retrieval_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct retrieval *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    int ret = basin_stage_check(shared, params, diag);
    if (ret != 0) {
        return ret;
    }
    if ((size_t)own->first_target >= stage.n) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "first_target %ld is not among the %zu patterns (0 to %zu)",
            own->first_target, stage.n, stage.n - 1);
    }
    if (own->pictures > 0 && stage.side == 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "patterns of kind \"%s\" are no pictures; set pictures to 0",
            stage.source->kind.name);
    }
    return 0;
}

static bool retrieval_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct retrieval *own = params->own[BASIN_STAGE_OWN];
    struct basin_stage stage = basin_stage_of(params);
    size_t m = cues_of(own, &stage);
    size[0] = size[1] = size[2] = 1;
    switch (metric) {
    case EFFECTIVE_BETA:
        return stage.rule->effective_beta != NULL;
    case K_HISTOGRAM:
        size[0] = K_BINS;
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
    default:
        return true;
    }
}

static double retrieval_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { TYPICAL_UPDATES = 8 };
    struct basin_stage stage = basin_stage_of(params);
    size_t m = cues_of(params->own[BASIN_STAGE_OWN], &stage);
    long steps = stage.options->steps;
    return (double)(steps > 0 ? steps : TYPICAL_UPDATES) *
           stage.rule->cost(params->own[BASIN_STAGE_RULES], stage.d, stage.n, m);
}

/* Everything one replicate needs. */
struct work {
    const struct retrieval *own;
    struct basin_stage stage;
    size_t m;
    gsl_matrix *patterns, *cues, *states;
    size_t *target;
    struct basin_outcome *outcome;
    void *memory;
};

static void work_free(struct work *work)
{
    work->stage.rule->release(work->memory);
    gsl_matrix_free(work->patterns);
    gsl_matrix_free(work->cues);
    gsl_matrix_free(work->states);
    free(work->target);
    free(work->outcome);
}

static int work_init(
    struct work *work, const struct basin_params *params, struct basin_diag *diag)
{
    work->own = params->own[BASIN_STAGE_OWN];
    work->stage = basin_stage_of(params);
    work->m = cues_of(work->own, &work->stage);
    size_t n = work->stage.n;
    size_t d = work->stage.d;
    work->patterns = gsl_matrix_alloc(n, d);
    work->cues = gsl_matrix_alloc(work->m, d);
    work->states = gsl_matrix_alloc(work->m, d);
    work->target = malloc(work->m * sizeof(*work->target));
    work->outcome = malloc(work->m * sizeof(*work->outcome));
    if (work->patterns == NULL || work->cues == NULL || work->states == NULL ||
        work->target == NULL || work->outcome == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for %zu patterns and %zu cues of %zu units", n, work->m, d);
    }
    for (size_t j = 0; j < work->m; j++) {
        work->target[j] = ((size_t)work->own->first_target + j) % n;
    }
    return 0;
}

static bool recalled(const struct retrieval *own, const struct basin_agreement *agreement)
{
    switch (own->success) {
    case SUCCESS_COSINE:
        return agreement->cosine > own->success_at;
    case SUCCESS_ERROR:
        return agreement->error <= own->success_at;
    case SUCCESS_EXACT:
        return agreement->error == 0;
    default:
        return agreement->overlap > own->success_at;
    }
}

static void measure_agreement(const struct work *work, double *out[METRICS])
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
        success += recalled(work->own, &a);
        exact += a.error == 0;
    }
    double m = (double)work->m;
    *out[ERROR] = error / m;
    *out[OVERLAP] = overlap / m;
    *out[COSINE] = cosine / m;
    *out[RECALL_RATE] = success / m;
    *out[EXACT_RATE] = exact / m;
    *out[ALL_EXACT] = exact == m;
}

static enum basin_status measure_outcome(const struct work *work, double *out[METRICS])
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

/* Sums over cues of what the association weights show. */
struct spread_sums {
    double target, first, support, entropy, participation;
    double *k; /* of every cue */
};

static void add_spread(const struct work *work, const double *p, size_t j,
    double *scratch, struct spread_sums *sums, double *histogram)
{
    const struct basin_stage *s = &work->stage;
    struct basin_spread spread = basin_spread_of(
        p, s->n, work->own->spread_quantile, work->own->support_cut, scratch);
    size_t target = work->target[j];
    size_t bin =
        (spread.k * K_BINS - 1) / s->n; /* bins are open below: k = N/32 is class IV */
    sums->k[j] = (double)spread.k;
    sums->target += p[target];
    sums->first += p[target] >= gsl_stats_max(p, 1, s->n);
    sums->support += (double)spread.support;
    sums->entropy += spread.entropy;
    sums->participation += spread.participation;
    histogram[bin]++;
}

/* Weights of the last update: they start at the cue if one update was made, else at the
 * end state. Computed for a few cues at a time, never as one N x M matrix. */
static int measure_spread(
    const struct work *work, double *out[METRICS], struct basin_diag *diag)
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
    for (size_t b = 0; b < K_BINS; b++) {
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

static void keep_pictures(const struct work *work, size_t items, double *pictures)
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

static int retrieval_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct work work = {0};
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    int ret = work_init(&work, task->params, diag);
    const struct basin_stage *s = &work.stage;
    if (ret == 0) {
        ret = basin_stage_draw(s, shared, task, work.patterns, diag);
    }
    if (ret == 0) {
        ret = basin_stage_ask(s, task, work.patterns, work.target, work.cues, diag);
    }
    if (ret == 0) {
        ret = basin_stage_store(s, task, work.patterns, &work.memory, diag);
    }
    if (ret == 0) {
        gsl_matrix_memcpy(work.states, work.cues);
        ret = basin_relax(
            s->rule, work.memory, s->options, work.states, work.outcome, diag);
    }
    if (ret != 0) {
        goto out;
    }
    measure_agreement(&work, out);
    record->status = measure_outcome(&work, out);
    if (s->rule->effective_beta != NULL) {
        *out[EFFECTIVE_BETA] = s->rule->effective_beta(work.memory);
    }
    if (s->rule->weights != NULL) {
        ret = measure_spread(&work, out, diag);
    }
    size_t kept = record->offset[PICTURES + 1] - record->offset[PICTURES];
    if (kept > 0) {
        keep_pictures(&work, kept / (3 * s->d), out[PICTURES]);
    }
out:
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section retrieval_sections[] = {
    BASIN_STAGE_SECTIONS(own_kinds)};

const struct basin_experiment basin_experiment_retrieval = {
    .kind = {.name = "retrieval",
        .summary = "store patterns, ask with damaged cues, compare what comes back",
        .source = "Hopfield 1982; Ramsauer et al. 2021; seed documents' retrieval claims",
        .version = 1,
        .fields = retrieval_fields,
        .size = sizeof(struct retrieval)},
    .sections = retrieval_sections,
    .metrics = retrieval_metrics,
    .open = basin_stage_open,
    .close = basin_stage_close,
    .check = retrieval_check,
    .shape = retrieval_shape,
    .cost = retrieval_cost,
    .run = retrieval_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_retrieval.kind, NULL};
