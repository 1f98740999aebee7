/* Surgery: what are broad heads of a trained BERT for, and can something simpler do it?
 *
 * A cell trains one encoder, as `training` does, finds its broad heads (classes I and II
 * by the median k of all queries; the broadest one where there is none) and operates:
 * remove averages instead of broad heads and instead of as many others; refit replaces
 * broad heads by averaging, by no mixing and by a Gaussian, and trains on; exchange
 * separates the same scores otherwise; exclude asks which keys broad heads leave out. */
#include "experiments/averages.h"
#include "experiments/exchange.h"
#include "experiments/excluded.h"
#include "experiments/gaze.h"
#include "experiments/lesson.h"
#include "measure/spread.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum operation { REMOVE, REFIT, EXCHANGE, EXCLUDE, ANY };

struct surgery {
    struct basin_lesson_options lesson; /* the first */
    int operation;
    long draws, budget, top, shuffles;
    double refit_rate;
};

#define T struct surgery

static const struct basin_field surgery_fields[] = {
    BASIN_LESSON_FIELDS,
    BASIN_FIELD_CHOICE(T, operation, "remove|refit|exchange|exclude", "remove",
        "what is done to the trained model"),
    BASIN_FIELD_INT(T, draws, "8", 1, 1e4, "1", "remove: random choices of heads"),
    BASIN_FIELD_INT(
        T, budget, "200", 2, 1e8, "updates", "refit: how long it learns after that"),
    BASIN_FIELD_REAL(T, refit_rate, "5e-4", 0, 10, "1", "refit: greatest rate of these"),
    BASIN_FIELD_INT(T, top, "4", 1, 1024, "tokens", "exchange: k of topk"),
    BASIN_FIELD_INT(T, shuffles, "99", 1, 1e6, "1", "exclude: maps in random order"),
    BASIN_FIELD_END,
};

#undef T

/* The operation that has it, its name, its unit, what it is. */
#define SURGERY_METRICS(X)                                                               \
    X(ANY, LOSS, "loss", "nats", "mean -ln p of held-out hidden words, as trained")      \
    X(ANY, BROAD, "broad_heads", "1", "heads in classes I and II")                       \
    X(ANY, SHARE_I, "share_1", "1", "share of the heads in class I")                     \
    X(ANY, SHARE_II, "share_2", "1", "share of the heads in class II")                   \
    X(ANY, SHARE_III, "share_3", "1", "share of the heads in class III")                 \
    X(ANY, SHARE_IV, "share_4", "1", "share of the heads in class IV")                   \
    X(REMOVE, REPLACED, "replaced", "1",                                                 \
        "heads of rise_broad and of rise_others: the fewer of both kinds")               \
    X(REMOVE, RISE_BROAD, "rise_broad", "nats",                                          \
        "by which averaging in random broad heads raises the loss")                      \
    X(REMOVE, RISE_OTHERS, "rise_others", "nats",                                        \
        "by which averaging in as many random others raises the loss")                   \
    X(REMOVE, RISE_ALL, "rise_all_broad", "nats",                                        \
        "by which averaging in all broad heads raises the loss")                         \
    X(REFIT, UNTOUCHED, "loss_untouched", "nats", "loss after training on")              \
    X(REFIT, MEAN, "loss_mean", "nats", "the same, broad heads average uniformly")       \
    X(REFIT, IDENTITY, "loss_identity", "nats", "the same, broad heads do not mix")      \
    X(REFIT, GAUSSIAN, "loss_gaussian", "nats", "the same, broad heads are Gaussian")    \
    X(REFIT, EVERY, "loss_every_mean", "nats", "the same, every head averages")          \
    X(REFIT, MEAN_BEFORE, "before_mean", "nats", "loss_mean before training on")         \
    X(REFIT, IDENTITY_BEFORE, "before_identity", "nats",                                 \
        "loss_identity before training on")                                              \
    X(REFIT, GAUSSIAN_BEFORE, "before_gaussian", "nats",                                 \
        "loss_gaussian before training on")                                              \
    X(EXCHANGE, LOSS_SOFTMAX, "loss_softmax", "nats", "loss of the looked-at sequences") \
    X(EXCHANGE, LOSS_SPARSEMAX, "loss_sparsemax", "nats", "the same with sparsemax")     \
    X(EXCHANGE, LOSS_ENTMAX15, "loss_entmax15", "nats", "the same with 1.5-entmax")      \
    X(EXCHANGE, LOSS_TOPK, "loss_topk", "nats", "the same with the top scores alone")    \
    X(EXCHANGE, K_SOFTMAX, "k_softmax", "tokens", "mean k of all heads and queries")     \
    X(EXCHANGE, K_SPARSEMAX, "k_sparsemax", "tokens", "the same with sparsemax")         \
    X(EXCHANGE, K_ENTMAX15, "k_entmax15", "tokens", "the same with 1.5-entmax")          \
    X(EXCHANGE, K_TOPK, "k_topk", "tokens", "the same with the top scores alone")        \
    X(EXCLUDE, EXCLUDED, "excluded", "tokens",                                           \
        "keys whose exclusion explains half of KL(u||p) in broad heads")                 \
    X(EXCLUDE, EXCLUDED_NULL, "excluded_null", "tokens",                                 \
        "the same where every query has its keys in another order")                      \
    X(EXCLUDE, EXCLUDING, "excluding", "1",                                              \
        "share of the broad heads with fewer of them than in every random order")        \
    X(EXCLUDE, NEAR_ZERO, "near_zero", "1",                                              \
        "share of the broad heads' weights below 1/(10 L)")                              \
    X(EXCLUDE, AVOIDING, "avoiding", "1",                                                \
        "share of the broad heads in which more queries have such a weight for one "     \
        "key than in every random order")

enum metric {
#define SURGERY_ENUM(operation, id, name, unit, summary) id,
    SURGERY_METRICS(SURGERY_ENUM)
#undef SURGERY_ENUM
        METRICS
};

static const struct basin_metric surgery_metrics[METRICS + 1] = {
#define SURGERY_METRIC(operation, id, name, unit, summary)                               \
    {name, unit, summary, false, (operation) != ANY, 0, {NULL}, NULL},
    SURGERY_METRICS(SURGERY_METRIC)
#undef SURGERY_METRIC
        BASIN_METRIC(NULL, NULL, NULL)};

static const enum operation operation_of[METRICS] = {
#define SURGERY_OPERATION(operation, id, name, unit, summary) operation,
    SURGERY_METRICS(SURGERY_OPERATION)
#undef SURGERY_OPERATION
};

static bool surgery_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    (void)size;
    const struct surgery *own = params->own[BASIN_LESSON_OWN];
    return operation_of[metric] == ANY || (int)operation_of[metric] == own->operation;
}

static int surgery_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    const struct surgery *own = params->own[BASIN_LESSON_OWN];
    int ret = basin_lesson_check(params, diag);
    long length = ret == 0 ? (long)basin_lesson_length(params) : 0;
    if (ret == 0 && own->top > length) {
        ret = basin_fail(diag, BASIN_ERR_CONFIG,
            "top is %ld scores of a sequence of %ld tokens", own->top, length);
    }
    return ret;
}

static double surgery_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct surgery *own = params->own[BASIN_LESSON_OWN];
    double more = own->operation == REFIT
                      ? 5 * (double)own->budget / (double)own->lesson.updates
                      : 0;
    return basin_lesson_cost(params) * (1 + more);
}

enum map { UNIFORM, NO_MIXING, BELL, MAPS };

struct work {
    const struct surgery *own;
    struct basin_lesson lesson;
    size_t heads;           /* of all layers */
    size_t *broad, *others; /* owned: heads of either kind, and how many */
    size_t n_broad, n_others;
    size_t *chosen;      /* owned */
    float *map[MAPS];    /* owned; length x length */
    const float **fixed; /* owned: a map, or NULL, of each head */
    gsl_rng *r;          /* owned */
    double *const *out;  /* of each metric */
};

static void work_free(struct work *work)
{
    basin_lesson_free(&work->lesson);
    free(work->broad);
    free(work->others);
    free(work->chosen);
    for (size_t i = 0; i < MAPS; i++) {
        free(work->map[i]);
    }
    free(work->fixed);
    if (work->r != NULL) {
        gsl_rng_free(work->r);
    }
}

static int work_init(
    struct work *work, const struct basin_task *task, struct basin_diag *diag)
{
    int ret = basin_lesson_init(&work->lesson, task, diag);
    if (ret != 0) {
        return ret;
    }
    size_t length = work->lesson.source.length;
    work->heads = work->lesson.model.shape.layers * work->lesson.model.shape.heads;
    work->broad = calloc(work->heads, sizeof(size_t));
    work->others = calloc(work->heads, sizeof(size_t));
    work->chosen = calloc(work->heads, sizeof(size_t));
    work->fixed = calloc(work->heads, sizeof(*work->fixed));
    work->r = gsl_rng_alloc(basin_rng_philox);
    bool all = work->broad != NULL && work->others != NULL && work->chosen != NULL &&
               work->fixed != NULL && work->r != NULL;
    for (size_t m = 0; m < MAPS; m++) {
        work->map[m] = calloc(length * length, sizeof(float));
        all = all && work->map[m] != NULL;
    }
    if (!all) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu heads", work->heads);
    }
    basin_rng_start(work->r, basin_lesson_key(task, BASIN_FOR_ORDER), 0);
    for (size_t i = 0; i < length; i++) {
        for (size_t j = 0; j < length; j++) {
            work->map[UNIFORM][i * length + j] = 1 / (float)length;
        }
        work->map[NO_MIXING][i * length + i] = 1;
        basin_averages_gaussian(
            basin_averages_place(i, length), 1, length, work->map[BELL] + i * length);
    }
    return 0;
}

/* Sorts the trained heads into broad ones and others. */
static int find_broad(struct work *work, struct basin_diag *diag)
{
    const struct basin_lesson *lesson = &work->lesson;
    struct basin_gaze gaze;
    struct basin_gaze_seen seen = {.k_median = calloc(work->heads, sizeof(double))};
    if (seen.k_median == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu heads", work->heads);
    }
    int ret = basin_gaze_init(&gaze, &lesson->model, lesson->id, NULL,
        (size_t)lesson->own->looked, lesson->source.length, diag);
    ret = ret != 0 ? ret : basin_gaze_look(&gaze, &seen, diag);
    for (size_t c = 0; c < 4; c++) {
        *work->out[SHARE_I + c] = 0;
    }
    size_t broadest = 0;
    for (size_t h = 0; ret == 0 && h < work->heads; h++) {
        int class = basin_spread_class(seen.k_median[h], lesson->source.length);
        *work->out[SHARE_I + class - 1] += 1 / (double)work->heads;
        broadest = seen.k_median[h] > seen.k_median[broadest] ? h : broadest;
        if (class <= 2) {
            work->broad[work->n_broad++] = h;
        } else {
            work->others[work->n_others++] = h;
        }
    }
    *work->out[BROAD] = (double)work->n_broad;
    if (work->n_broad == 0 && work->own->operation != REMOVE) {
        work->broad[work->n_broad++] = broadest;
    }
    basin_gaze_free(&gaze);
    free(seen.k_median);
    return ret;
}

/* Puts a map in the place of some heads, and nothing in that of the others. */
static void fix(struct work *work, const size_t *head, size_t n, enum map map)
{
    for (size_t h = 0; h < work->heads; h++) {
        work->fixed[h] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        work->fixed[head[i]] = work->map[map];
    }
}

static int rise_without(struct work *work, const size_t *head, size_t n, double *rise,
    struct basin_diag *diag)
{
    fix(work, head, n, UNIFORM);
    int ret = basin_lesson_judge_fixed(&work->lesson, work->fixed, rise, diag);
    *rise -= *work->out[LOSS];
    return ret;
}

static int remove_heads(struct work *work, struct basin_diag *diag)
{
    size_t n = work->n_broad < work->n_others ? work->n_broad : work->n_others;
    size_t draws = (size_t)work->own->draws;
    double rise = 0;
    *work->out[REPLACED] = (double)n;
    *work->out[RISE_BROAD] = 0;
    *work->out[RISE_OTHERS] = 0;
    int ret = rise_without(work, work->broad, work->n_broad, work->out[RISE_ALL], diag);
    for (size_t i = 0; ret == 0 && n > 0 && i < draws; i++) {
        gsl_ran_choose(
            work->r, work->chosen, n, work->broad, work->n_broad, sizeof(size_t));
        ret = rise_without(work, work->chosen, n, &rise, diag);
        *work->out[RISE_BROAD] += rise / (double)draws;
        gsl_ran_choose(
            work->r, work->chosen, n, work->others, work->n_others, sizeof(size_t));
        ret = ret != 0 ? ret : rise_without(work, work->chosen, n, &rise, diag);
        *work->out[RISE_OTHERS] += rise / (double)draws;
    }
    return ret;
}

/* Trains a copy of the model on, with the maps that are fixed now. */
static int train_on(
    struct work *work, double *before, double *after, struct basin_diag *diag)
{
    const struct basin_lesson *lesson = &work->lesson;
    struct basin_trainer_options options = lesson->options;
    struct basin_trainer_result judged = {0}, result;
    struct basin_trainer *trainer = NULL;
    struct basin_bert model;
    options.seed = basin_lesson_key(lesson->task, BASIN_FOR_BATCH);
    options.updates = (size_t)work->own->budget;
    options.warmup = options.updates / 10;
    options.rate = work->own->refit_rate;
    options.setting.fixed = work->fixed;
    int ret = basin_bert_init(&model, &lesson->model.shape, diag);
    if (ret != 0) {
        return ret;
    }
    memcpy(model.block, lesson->model.block, model.n * sizeof(*model.block));
    ret = basin_trainer_new(&trainer, &model, &lesson->source, &options, diag);
    ret = ret != 0 ? ret : basin_lesson_judge(lesson, trainer, &judged, diag);
    *before = judged.loss;
    for (size_t i = 0; ret == 0 && i < options.updates; i++) {
        ret = basin_trainer_step(trainer, &result, diag);
    }
    ret = ret != 0 ? ret : basin_lesson_judge(lesson, trainer, &judged, diag);
    *after = judged.loss;
    basin_trainer_free(trainer);
    basin_bert_free(&model);
    return ret;
}

static int refit(struct work *work, struct basin_diag *diag)
{
    double before;
    fix(work, work->broad, 0, UNIFORM);
    int ret = train_on(work, &before, work->out[UNTOUCHED], diag);
    for (size_t m = 0; ret == 0 && m < MAPS; m++) {
        fix(work, work->broad, work->n_broad, (enum map)m);
        ret = train_on(work, work->out[MEAN_BEFORE + m], work->out[MEAN + m], diag);
    }
    for (size_t h = 0; h < work->heads; h++) {
        work->fixed[h] = work->map[UNIFORM];
    }
    return ret != 0 ? ret : train_on(work, &before, work->out[EVERY], diag);
}

static int exchange(struct work *work, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t kind = BASIN_SOFTMAX; ret == 0 && kind <= BASIN_TOPK; kind++) {
        struct basin_exchange seen;
        ret = basin_exchange_judge(&work->lesson, (enum basin_separation)kind,
            (size_t)work->own->top, &seen, diag);
        *work->out[LOSS_SOFTMAX + kind] = seen.loss;
        *work->out[K_SOFTMAX + kind] = seen.k;
    }
    return ret;
}

static int exclude(struct work *work, struct basin_diag *diag)
{
    static const enum metric all[] = {
        EXCLUDED, EXCLUDED_NULL, EXCLUDING, NEAR_ZERO, AVOIDING};
    double n = (double)work->n_broad;
    int ret = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *work->out[all[i]] = 0;
    }
    for (size_t i = 0; ret == 0 && i < work->n_broad; i++) {
        struct basin_excluded seen = {{0}, 0, false, false};
        ret = basin_excluded_judge(&work->lesson, work->broad[i],
            (size_t)work->own->shuffles, work->r, &seen, diag);
        *work->out[EXCLUDED] += seen.seen.keys / n;
        *work->out[EXCLUDED_NULL] += seen.keys_by_chance / n;
        *work->out[EXCLUDING] += (double)seen.fewer / n;
        *work->out[NEAR_ZERO] += seen.seen.near_zero / n;
        *work->out[AVOIDING] += (double)seen.avoids / n;
    }
    return ret;
}

static int surgery_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    static int (*const operate[])(struct work *, struct basin_diag *) = {
        [REMOVE] = remove_heads,
        [REFIT] = refit,
        [EXCHANGE] = exchange,
        [EXCLUDE] = exclude};
    (void)shared;
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    struct work work = {.own = task->params->own[BASIN_LESSON_OWN], .out = out};
    struct basin_trainer_result judged = {0};
    int ret = work_init(&work, task, diag);
    ret = ret != 0
              ? ret
              : basin_lesson_learn(&work.lesson, (size_t)work.own->lesson.updates, diag);
    ret = ret != 0 ? ret
                   : basin_lesson_judge(&work.lesson, work.lesson.trainer, &judged, diag);
    if (ret == 0) {
        *out[LOSS] = judged.loss;
        ret = find_broad(&work, diag);
    }
    ret = ret != 0 ? ret : operate[work.own->operation](&work, diag);
    work_free(&work);
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
        .size = sizeof(struct surgery)},
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
    .sections = surgery_sections,
    .metrics = surgery_metrics,
    .check = surgery_check,
    .shape = surgery_shape,
    .cost = surgery_cost,
    .run = surgery_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_surgery.kind, NULL};
