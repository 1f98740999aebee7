/* Retrieval: what does a memory make of a damaged cue?
 *
 * N patterns of dimension d are stored, M cues are made from them, every cue is iterated,
 * and the end state is compared with the pattern that was meant. All of the documents'
 * retrieval claims are sweeps of this experiment: storage capacity (load), basins of
 * attraction (flip), inverse temperature (beta), sparsity thresholds, random features,
 * pictures. The unit of replication is the pattern set: cues of one set share the
 * weights, so their results are averaged before any interval is made. */
#include "experiments/retrieval.h"

#include <stdlib.h>

static const struct basin_field retrieval_fields[] = {
    BASIN_POPULATION_FIELDS,
    BASIN_FIELD_INT_OR(struct basin_retrieval, cues, "all", "50", 1, 1e7, "1",
        "number M of cues per pattern set, for patterns first_target, first_target + 1, "
        "...; all: one for each pattern"),
    BASIN_FIELD_INT(struct basin_retrieval, first_target, "0", 0, 1e8, "1",
        "pattern (from 0) that the first cue is made from"),
    {"success", BASIN_CHOICE, offsetof(struct basin_retrieval, criterion.success),
        "overlap", 0, 0, "overlap|cosine|error|exact", "1",
        "what decides whether a cue counts as recalled"},
    {"success_at", BASIN_REAL, offsetof(struct basin_retrieval, criterion.at), "0.9", 0,
        1, NULL, "1",
        "recalled if overlap or cosine are greater, or the error is at most, this"},
    BASIN_FIELD_BOOL(struct basin_retrieval, attractors, "false",
        "tell the cues' ends apart: count attractors, their hits and the spurious ends"),
    BASIN_FIELD_REAL(struct basin_retrieval, same, "1e-4", 0, 1, "1",
        "ends nearer than this times the largest pattern's norm are one attractor"),
    BASIN_FIELD_REAL(struct basin_retrieval, spread_quantile, "0.9", BASIN_POSITIVE, 1,
        "1", "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_REAL(struct basin_retrieval, support_cut, "0.01", 0, 1, "1",
        "weights above this count as support"),
    BASIN_FIELD_INT(struct basin_retrieval, pictures, "0", 0, 64, "1",
        "number of cues whose stored pattern, cue and end state are kept as pictures"),
    BASIN_FIELD_END,
};

size_t basin_retrieval_cues(
    const struct basin_retrieval *own, const struct basin_stage *stage)
{
    return own->cues > 0 ? (size_t)own->cues : stage->n;
}

static int retrieval_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct basin_retrieval *own = params->own[BASIN_STAGE_OWN];
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

static double retrieval_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    enum { TYPICAL_UPDATES = 8 };
    struct basin_stage stage = basin_stage_of(params);
    size_t m = basin_retrieval_cues(params->own[BASIN_STAGE_OWN], &stage);
    long steps = stage.options->steps;
    return (double)(steps > 0 ? steps : TYPICAL_UPDATES) *
           stage.rule->cost(params->own[BASIN_STAGE_RULES], stage.d, stage.n, m);
}

static double retrieval_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    struct basin_stage stage = basin_stage_of(params);
    return basin_stage_memory(
        &stage, 2 * basin_retrieval_cues(params->own[BASIN_STAGE_OWN], &stage));
}

static void work_free(struct basin_retrieval_work *work)
{
    work->stage.rule->release(work->memory);
    gsl_matrix_free(work->patterns);
    gsl_matrix_free(work->cues);
    gsl_matrix_free(work->states);
    free(work->target);
    free(work->outcome);
}

static int work_init(struct basin_retrieval_work *work, const struct basin_params *params,
    struct basin_diag *diag)
{
    work->own = params->own[BASIN_STAGE_OWN];
    work->stage = basin_stage_of(params);
    work->m = basin_retrieval_cues(work->own, &work->stage);
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

static int retrieval_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct basin_retrieval_work work = {0};
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
    if (ret == 0) {
        ret = basin_retrieval_measure(&work, record, diag);
    }
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
        .size = sizeof(struct basin_retrieval)},
    .example =
        "title: How many patterns does a classical Hopfield network hold?\n"
        "seed: 1\n"
        "replicates: 8 # independent pattern sets: the unit of replication\n"
        "patterns: {kind: polar}\n"
        "cue: {flip: 0.1} # a tenth of the units is turned over\n"
        "rules:\n"
        "  - {label: fixed point, rule: classical, update: async, steps: converge}\n"
        "sweep:\n"
        "  - grid:\n"
        "      dimension: [200]\n"
        "      load: {linspace: [0.02, 0.24, 12]} # patterns per unit\n"
        "figures:\n"
        "  - {name: overlap, x: load, y: overlap, theory: ags_overlap}\n"
        "claims:\n"
        "  - id: holds\n"
        "    says: at load 0.1 the network holds its patterns\n"
        "    measure: {statistic: mean, of: overlap, where: {load: 0.1}}\n"
        "    expect: {at_least: 0.9}\n",
    .sections = retrieval_sections,
    .metrics = basin_retrieval_metrics,
    .open = basin_stage_open,
    .close = basin_stage_close,
    .check = retrieval_check,
    .shape = basin_retrieval_shape,
    .cost = retrieval_cost,
    .memory = retrieval_memory,
    .run = retrieval_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_retrieval.kind, NULL};
