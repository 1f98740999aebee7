/* Surgery: what are broad heads of a trained BERT for, and can something simpler do it?
 *
 * A cell trains one encoder, as `training` does, finds its broad heads (classes I and II
 * by the median k of all queries; the broadest one where there is none) and operates:
 * remove averages instead of broad heads and instead of as many others; refit replaces
 * broad heads by averaging, by no mixing and by a Gaussian, fitted to what the heads gave
 * if asked, and trains on; exchange
 * separates the same scores otherwise; exclude asks which keys broad heads leave out. */
#include "experiments/surgery.h"

#include "experiments/exchange.h"
#include "experiments/excluded.h"

#define T struct basin_surgery

static const struct basin_field surgery_fields[] = {
    BASIN_LESSON_FIELDS,
    BASIN_FIELD_CHOICE(T, operation, "remove|refit|exchange|exclude", "remove",
        "what is done to the trained model"),
    BASIN_FIELD_INT(T, draws, "8", 1, 1e4, "1", "remove: random choices of heads"),
    BASIN_FIELD_INT(
        T, budget, "200", 2, 1e8, "updates", "refit: how long it learns after that"),
    BASIN_FIELD_REAL(T, refit_rate, "5e-4", 0, 10, "1", "refit: greatest rate of these"),
    BASIN_FIELD_CHOICE(T, fit, "none|least_squares", "none",
        "refit: values, and Gaussians, are fitted to what each head gave, before "
        "training "
        "on"),
    BASIN_FIELD_INT(T, fitted, "256", 1, 1e6, "1", "refit: sequences to fit them on"),
    BASIN_FIELD_INT(T, top, "4", 1, 1024, "tokens", "exchange: k of topk"),
    BASIN_FIELD_INT(T, shuffles, "99", 1, 1e6, "1", "exclude: maps in random order"),
    BASIN_FIELD_END,
};

#undef T

static const struct basin_metric surgery_metrics[BASIN_SURGERY_METRICS_N + 1] = {
#define SURGERY_METRIC(operation, id, name, unit, summary)                               \
    {name, unit, summary, false, BASIN_##operation != BASIN_ANY_OPERATION, 0, {NULL},    \
        NULL},
    BASIN_SURGERY_METRICS(SURGERY_METRIC)
#undef SURGERY_METRIC
        BASIN_METRIC(NULL, NULL, NULL)};

static const enum basin_surgery_operation operation_of[BASIN_SURGERY_METRICS_N] = {
#define SURGERY_OPERATION(operation, id, name, unit, summary) BASIN_##operation,
    BASIN_SURGERY_METRICS(SURGERY_OPERATION)
#undef SURGERY_OPERATION
};

static bool surgery_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    (void)size;
    const struct basin_surgery *own = params->own[BASIN_LESSON_OWN];
    if (metric >= BASIN_SURGERY_MISSED_MEAN && metric <= BASIN_SURGERY_MISSED_GAUSSIAN &&
        own->fit == BASIN_FIT_NONE) {
        return false;
    }
    return operation_of[metric] == BASIN_ANY_OPERATION ||
           (int)operation_of[metric] == own->operation;
}

static int surgery_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct basin_surgery *own = params->own[BASIN_LESSON_OWN];
    int ret = basin_lesson_check(shared, params, diag);
    long length = ret == 0 ? (long)basin_lesson_length(params) : 0;
    if (ret == 0 && own->top > length) {
        ret = basin_fail(diag, BASIN_ERR_CONFIG,
            "top is %ld scores of a sequence of %ld tokens", own->top, length);
    }
    return ret;
}

static double surgery_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    return basin_lesson_memory(params);
}

static double surgery_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct basin_surgery *own = params->own[BASIN_LESSON_OWN];
    double more = own->operation == BASIN_REFIT
                      ? 5 * (double)own->budget / (double)own->lesson.updates
                      : 0;
    return basin_lesson_cost(params) * (1 + more);
}

static int exchange(struct basin_surgery_work *work, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t kind = BASIN_SOFTMAX; ret == 0 && kind <= BASIN_TOPK; kind++) {
        struct basin_exchange seen;
        ret = basin_exchange_judge(&work->lesson, (enum basin_separation)kind,
            (size_t)work->own->top, &seen, diag);
        *work->out[BASIN_SURGERY_LOSS_SOFTMAX + kind] = seen.loss;
        *work->out[BASIN_SURGERY_K_SOFTMAX + kind] = seen.k;
    }
    return ret;
}

static int exclude(struct basin_surgery_work *work, struct basin_diag *diag)
{
    static const enum basin_surgery_metric all[] = {BASIN_SURGERY_EXCLUDED,
        BASIN_SURGERY_EXCLUDED_NULL, BASIN_SURGERY_EXCLUDING, BASIN_SURGERY_NEAR_ZERO,
        BASIN_SURGERY_AVOIDING};
    double n = (double)work->n_broad;
    int ret = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *work->out[all[i]] = 0;
    }
    for (size_t i = 0; ret == 0 && i < work->n_broad; i++) {
        struct basin_excluded seen = {{0}, 0, false, false};
        ret = basin_excluded_judge(&work->lesson, work->broad[i],
            (size_t)work->own->shuffles, work->r, &seen, diag);
        *work->out[BASIN_SURGERY_EXCLUDED] += seen.seen.keys / n;
        *work->out[BASIN_SURGERY_EXCLUDED_NULL] += seen.keys_by_chance / n;
        *work->out[BASIN_SURGERY_EXCLUDING] += (double)seen.fewer / n;
        *work->out[BASIN_SURGERY_NEAR_ZERO] += seen.seen.near_zero / n;
        *work->out[BASIN_SURGERY_AVOIDING] += (double)seen.avoids / n;
    }
    return ret;
}

static int surgery_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    static int (*const operate[])(struct basin_surgery_work *, struct basin_diag *) = {
        [BASIN_REMOVE] = basin_surgery_remove,
        [BASIN_REFIT] = basin_surgery_refit,
        [BASIN_EXCHANGE] = exchange,
        [BASIN_EXCLUDE] = exclude};
    double *out[BASIN_SURGERY_METRICS_N];
    for (size_t i = 0; i < BASIN_SURGERY_METRICS_N; i++) {
        out[i] = record->values + record->offset[i];
    }
    struct basin_surgery_work work = {
        .own = task->params->own[BASIN_LESSON_OWN], .out = out};
    struct basin_trainer_result judged = {0};
    int ret = basin_surgery_init(&work, shared, task, diag);
    ret = ret != 0 ? ret : basin_lesson_resume(&work.lesson, NULL, 0, diag);
    ret = ret != 0
              ? ret
              : basin_lesson_learn(&work.lesson, (size_t)work.own->lesson.updates, diag);
    ret = ret != 0 ? ret
                   : basin_lesson_judge(&work.lesson, work.lesson.trainer, &judged, diag);
    if (ret == 0) {
        *out[BASIN_SURGERY_LOSS] = judged.loss;
        ret = basin_surgery_find_broad(&work, diag);
    }
    ret = ret != 0 ? ret : operate[work.own->operation](&work, diag);
    basin_surgery_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section surgery_sections[] = {BASIN_LESSON_SECTIONS(own_kinds)};

const struct basin_experiment basin_experiment_surgery = {
    .kind = {.name = "surgery",
        .summary = "train a small BERT, change its broad heads and see what is lost",
        .source = "review of Ramsauer et al. 2020, open questions",
        .version = 1,
        .fields = surgery_fields,
        .size = sizeof(struct basin_surgery)},
    .example =
        "title: What is lost where broad heads of a trained BERT average?\n"
        "seed: 1\n"
        "replicates: 4 # initial weights, batches and a task of its own each\n"
        "layers: 1\n"
        "heads: 2\n"
        "hidden: 16\n"
        "batch: 8\n"
        "updates: 150\n"
        "warmup: 20\n"
        "rate: 1e-2\n"
        "operation: remove\n"
        "tasks:\n"
        "  - {label: copy, task: recall, length: 16, keys: 16, values: 16, copy: 1, "
        "neighbours: true}\n"
        "sweep:\n"
        "  - grid: {updates: [75, 150]}\n"
        "figures:\n"
        "  - {name: rise, x: updates, y: [rise_broad, rise_others]}\n"
        "claims:\n"
        "  - id: broad\n"
        "    says: broad heads can be averages at little cost\n"
        "    measure: {statistic: mean, of: rise_all_broad}\n"
        "    expect: {at_most: 0.1}\n",
    .keeps = true,
    .sections = surgery_sections,
    .metrics = surgery_metrics,
    .open = basin_lesson_open,
    .close = basin_lesson_close,
    .check = surgery_check,
    .shape = surgery_shape,
    .cost = surgery_cost,
    .memory = surgery_memory,
    .run = surgery_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_surgery.kind, NULL};
