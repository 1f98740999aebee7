/* Training: does attention sharpen suddenly while a small BERT learns?
 *
 * A cell trains one encoder from random weights to find hidden words, and looks at it
 * every so many updates, always at the same held-out sequences: loss, how widely each
 * head spreads its attention (k(0.90), classes I to IV), entropy, the norm of the
 * softmax's Jacobian, through which the slopes of queries and keys flow, and the distance
 * from averaging (Ramsauer et al. 2021, A.5.1.2 to A.5.1.4). Change points are those of
 * measure/learning.h. At the end the attention of each layer is replaced by uniform and
 * by Gaussian averaging. A replicate has initial weights, batches and a task table of its
 * own, the same ones in every cell, so that settings are compared in pairs. */
#include "experiments/experiment.h"

#include "base/rng.h"
#include "experiments/averages.h"
#include "experiments/gaze.h"
#include "measure/learning.h"
#include "measure/spread.h"
#include "transformer/trainer.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>

enum section { OWN, TASKS };
enum rows { ROWS_ASKED, ROWS_ALL };

struct training {
    long layers, heads, hidden;
    double deviation, sharpness;
    long updates, every, warmup, batch;
    double rate, dropout;
    long looked, judged;
    int rows;
};

#define T struct training

static const struct basin_field training_fields[] = {
    BASIN_FIELD_INT(T, layers, "2", 1, 64, "1", "number of layers"),
    BASIN_FIELD_INT(T, heads, "4", 1, 64, "1", "heads of a layer"),
    BASIN_FIELD_INT(T, hidden, "64", 1, 4096, "1",
        "size of the hidden states; the feed-forward network has four times as many"),
    BASIN_FIELD_REAL(T, deviation, "0.02", BASIN_POSITIVE, 10, "1",
        "standard deviation of the initial weights"),
    BASIN_FIELD_REAL(T, sharpness, "1", 0, 1e6, "1",
        "multiplies the initial weights of the queries, and so the first scores"),
    BASIN_FIELD_INT(T, updates, "1000", 1, 1e8, "updates", "how long it learns"),
    BASIN_FIELD_INT(T, every, "20", 1, 1e8, "updates", "from one look to the next"),
    BASIN_FIELD_INT(T, warmup, "100", 0, 1e8, "updates", "in which the rate rises"),
    BASIN_FIELD_INT(T, batch, "32", 1, 1e6, "1", "sequences of an update"),
    BASIN_FIELD_REAL(T, rate, "1e-3", 0, 10, "1", "the greatest, of AdamW"),
    BASIN_FIELD_REAL(
        T, dropout, "0", 0, 0.9, "1", "share of hidden states and weights dropped"),
    BASIN_FIELD_INT(
        T, looked, "16", 1, 1e6, "1", "sequences at whose attention is looked"),
    BASIN_FIELD_CHOICE(T, rows, "asked|all", "asked",
        "queries that are looked at: those of the hidden words, or all"),
    BASIN_FIELD_INT(T, judged, "64", 1, 1e6, "1", "sequences that give the loss"),
    BASIN_FIELD_END,
};

#undef T

struct recall {
    long length, keys, values;
    double copy, skew;
    bool shared, neighbours;
};

#define T struct recall

static const struct basin_field recall_fields[] = {
    BASIN_FIELD_INT(T, length, "32", 8, 1024, "tokens",
        "length L of the sequences, a multiple of 4: each of L/4 keys twice, with "
        "values"),
    BASIN_FIELD_INT(T, keys, "16", 2, 1e4, "1", "different keys"),
    BASIN_FIELD_INT(T, values, "16", 2, 1e4, "1", "different values"),
    BASIN_FIELD_REAL(T, copy, "0.9", 0, 1, "1",
        "probability that a key's second value repeats the first one"),
    BASIN_FIELD_REAL(T, skew, "1", 0, 10, "1",
        "of Zipf's law, by which values follow keys; 0: all are equally likely"),
    BASIN_FIELD_BOOL(T, shared, "false", "the same values are frequent with every key"),
    BASIN_FIELD_BOOL(T, neighbours, "false",
        "a key's two occurrences are side by side, else anywhere in the sequence"),
    BASIN_FIELD_END,
};

#undef T

static const struct basin_kind recall = {.name = "recall",
    .summary = "repeat the value that followed the same key; entropies are known",
    .source = "induction task; see src/transformer/source.h",
    .version = 1,
    .fields = recall_fields,
    .size = sizeof(struct recall)};

enum metric {
    AT,
    LOSS,
    FOUND,
    K_LEAST,
    K_MEAN,
    K_MEDIAN,
    SHARE_I,
    SHARE_II,
    SHARE_III,
    SHARE_IV,
    ENTROPY,
    JACOBIAN,
    DISTANCE,
    K_START,
    PLATEAU,
    PLATEAU_RELATIVE,
    BREAK_AT,
    BREAK_DROP,
    BREAK_STEEPNESS,
    SHARP_AT,
    SHARP_LATE,
    LOSS_END,
    BELOW_BIGRAM,
    SHARP_HEADS,
    RISE_UNIFORM,
    RISE_GAUSSIAN,
    LEAST_UNIFORM,
    LEAST_GAUSSIAN,
    METRICS,
};

#define NUMBER(name, unit, summary)                                                      \
    {                                                                                    \
        name, unit, summary, false, false, 0, {NULL}, NULL                               \
    }
#define SERIES(name, unit, summary)                                                      \
    {                                                                                    \
        name, unit, summary, false, false, 1, {"look"}, NULL                             \
    }
#define BY_LAYER(name, unit, summary)                                                    \
    {                                                                                    \
        name, unit, summary, false, false, 1, {"trained_layer"}, NULL                    \
    }

static const struct basin_metric training_metrics[METRICS + 1] = {
    [AT] = SERIES("at", "updates", "updates made before a look"),
    [LOSS] = SERIES("loss", "nats", "mean -ln p of the hidden words of held-out text"),
    [FOUND] = SERIES("found", "1", "share of the hidden words that are found"),
    [K_LEAST] = SERIES("k_least", "tokens", "least of the heads' medians of k"),
    [K_MEAN] = SERIES("k_mean", "tokens", "mean of the heads' medians of k"),
    [K_MEDIAN] = {"k_median", "tokens", "median over queries of k, of each head", false,
        false, 2, {"look", "trained_head"}, NULL},
    [SHARE_I] = SERIES("share_1", "1", "share of the heads in class I"),
    [SHARE_II] = SERIES("share_2", "1", "share of the heads in class II"),
    [SHARE_III] = SERIES("share_3", "1", "share of the heads in class III"),
    [SHARE_IV] = SERIES("share_4", "1", "share of the heads in class IV"),
    [ENTROPY] = SERIES("entropy", "nats", "mean entropy of a query's weights"),
    [JACOBIAN] = SERIES("jacobian", "1", "mean norm of the softmax's Jacobian"),
    [DISTANCE] = SERIES("distance", "1", "mean distance of a query's weights from 1/L"),
    [K_START] = NUMBER("k_start", "tokens", "mean of the heads' medians of k, untrained"),
    [PLATEAU] = NUMBER("plateau", "nats", "mean loss on the way to the break"),
    [PLATEAU_RELATIVE] = NUMBER("plateau_relative", "1",
        "plateau, relative to the entropy of a value without context"),
    [BREAK_AT] = NUMBER("break_at", "updates", "middle of the steepest drop of the loss"),
    [BREAK_DROP] = NUMBER("break_drop", "nats", "by which the loss falls in that window"),
    [BREAK_STEEPNESS] = NUMBER("break_steepness", "1",
        "break_drop, relative to that of an even descent from the plateau to the end"),
    [SHARP_AT] = NUMBER("sharp_at", "updates", "first look at which k_least < L/8"),
    [SHARP_LATE] =
        NUMBER("sharp_late", "1", "sharp_at less break_at, relative to break_at"),
    [LOSS_END] = NUMBER("loss_end", "nats", "loss at the last look"),
    [BELOW_BIGRAM] = NUMBER("below_bigram", "nats",
        "entropy of a value given its key, less the loss at the end"),
    [SHARP_HEADS] = NUMBER("sharp_heads", "1", "heads in classes III and IV at the end"),
    [RISE_UNIFORM] = BY_LAYER("rise_uniform", "nats",
        "by which uniform averaging instead of a layer's attention raises the loss"),
    [RISE_GAUSSIAN] = BY_LAYER("rise_gaussian", "nats",
        "by which Gaussian averaging instead of a layer's attention raises the loss"),
    [LEAST_UNIFORM] =
        NUMBER("least_rise_uniform", "nats", "the least of rise_uniform over layers"),
    [LEAST_GAUSSIAN] =
        NUMBER("least_rise_gaussian", "nats", "the least of rise_gaussian over layers"),
    [METRICS] = NUMBER(NULL, NULL, NULL),
};

static size_t looks_of(const struct training *own)
{
    return (size_t)(own->updates / own->every) + 1;
}

static bool training_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct training *own = params->own[OWN];
    if (metric == RISE_UNIFORM || metric == RISE_GAUSSIAN) {
        size[0] = (size_t)own->layers;
    } else if (training_metrics[metric].rank > 0) {
        size[0] = looks_of(own);
        size[1] = (size_t)(own->layers * own->heads);
    }
    return true;
}

/* Random numbers of a replicate: the same ones in every cell. */
static uint64_t key_of(const struct basin_task *task, enum basin_purpose purpose)
{
    return basin_rng_key(task->seed, (uint64_t)task->replicate + 1, purpose);
}

static struct basin_recall_options recall_of(const struct basin_params *params)
{
    const struct recall *task = params->own[TASKS];
    return (struct basin_recall_options){.length = (size_t)task->length,
        .keys = (size_t)task->keys,
        .values = (size_t)task->values,
        .copy = task->copy,
        .skew = task->skew,
        .shared = task->shared,
        .neighbours = task->neighbours};
}

static struct basin_bert_shape shape_of(
    const struct training *own, const struct basin_source *source)
{
    return (struct basin_bert_shape){.layers = (size_t)own->layers,
        .heads = (size_t)own->heads,
        .hidden = (size_t)own->hidden,
        .intermediate = 4 * (size_t)own->hidden,
        .vocab = source->vocab,
        .positions = source->length,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU,
        .masked_head = true,
        .tied = true};
}

static int training_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    const struct training *own = params->own[OWN];
    const struct basin_recall_options options = recall_of(params);
    struct basin_recall_source task;
    int ret = basin_recall_source_init(&task, &options, diag);
    if (ret != 0) {
        return BASIN_ERR_CONFIG;
    }
    const struct basin_source source = basin_recall_source(&task);
    const struct basin_bert_shape shape = shape_of(own, &source);
    ret = basin_bert_shape_check(&shape, "the model", diag);
    basin_recall_source_free(&task);
    if (ret == 0 && own->every > own->updates) {
        ret = basin_fail(diag, BASIN_ERR_CONFIG,
            "every %ld updates is never: there are only %ld", own->every, own->updates);
    }
    if (ret == 0 && own->warmup >= own->updates) {
        ret = basin_fail(diag, BASIN_ERR_CONFIG,
            "a warm-up of %ld updates leaves nothing of %ld", own->warmup, own->updates);
    }
    return ret == 0 ? 0 : BASIN_ERR_CONFIG;
}

static double training_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct training *own = params->own[OWN];
    double weights = 12.0 * (double)(own->layers * own->hidden * own->hidden);
    double tokens =
        (double)(own->updates * own->batch) * (double)recall_of(params).length;
    return 6 * weights * tokens;
}

struct work {
    const struct basin_task *task;
    const struct training *own;
    struct basin_recall_source recall;
    struct basin_source source;
    struct basin_bert model;
    struct basin_trainer_options options;
    struct basin_trainer *trainer;
    struct basin_gaze gaze;
    int32_t *id, *target; /* owned: the sequences that are looked at */
    double *const *out;   /* of each metric */
};

static void work_free(struct work *work)
{
    basin_gaze_free(&work->gaze);
    basin_trainer_free(work->trainer);
    basin_bert_free(&work->model);
    basin_recall_source_free(&work->recall);
    free(work->id);
    free(work->target);
}

/* The sequences at whose attention is looked. */
static int draw_looked(struct work *work, struct basin_diag *diag)
{
    size_t length = work->source.length;
    size_t n = (size_t)work->own->looked;
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    work->id = malloc(n * length * sizeof(*work->id));
    work->target = malloc(n * length * sizeof(*work->target));
    if (r == NULL || work->id == NULL || work->target == NULL) {
        if (r != NULL) {
            gsl_rng_free(r);
        }
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu sequences", n);
    }
    for (size_t i = 0; i < n; i++) {
        basin_rng_start(r, key_of(work->task, BASIN_FOR_CHOICE), i);
        work->source.draw(
            work->source.context, r, work->id + i * length, work->target + i * length);
    }
    gsl_rng_free(r);
    return 0;
}

static int work_init(struct work *work, struct basin_diag *diag)
{
    const struct training *own = work->own;
    struct basin_recall_options options = recall_of(work->task->params);
    options.seed = key_of(work->task, BASIN_FOR_PATTERNS);
    int ret = basin_recall_source_init(&work->recall, &options, diag);
    if (ret != 0) {
        return ret;
    }
    work->source = basin_recall_source(&work->recall);
    const struct basin_bert_shape shape = shape_of(own, &work->source);
    work->options = basin_trainer_defaults();
    work->options.seed = key_of(work->task, BASIN_FOR_TRAINING);
    work->options.batch = (size_t)own->batch;
    work->options.updates = (size_t)own->updates;
    work->options.warmup = (size_t)own->warmup;
    work->options.rate = own->rate;
    work->options.setting.dropout = own->dropout;
    work->options.setting.attention_dropout = own->dropout;
    ret = basin_bert_init(&work->model, &shape, diag);
    ret = ret != 0 ? ret
                   : basin_bert_randomize(&work->model, own->deviation, own->sharpness,
                         key_of(work->task, BASIN_FOR_WEIGHTS), diag);
    ret = ret != 0 ? ret
                   : basin_trainer_new(&work->trainer, &work->model, &work->source,
                         &work->options, diag);
    ret = ret != 0 ? ret : draw_looked(work, diag);
    return ret != 0 ? ret
                    : basin_gaze_init(&work->gaze, &work->model, work->id,
                          own->rows == ROWS_ASKED ? work->target : NULL,
                          (size_t)own->looked, work->source.length, diag);
}

/* What the i-th look sees. */
static int look(struct work *work, size_t i, struct basin_diag *diag)
{
    double *const *out = work->out;
    size_t heads = work->model.shape.layers * work->model.shape.heads;
    struct basin_gaze_seen seen = {.k_median = out[K_MEDIAN] + i * heads};
    struct basin_trainer_result judged;
    int ret = basin_gaze_look(&work->gaze, &seen, diag);
    ret = ret != 0 ? ret
                   : basin_trainer_judge(work->trainer, &work->source,
                         key_of(work->task, BASIN_FOR_NOISE), (size_t)work->own->judged,
                         &judged, diag);
    if (ret != 0) {
        return ret;
    }
    out[AT][i] = (double)basin_trainer_done(work->trainer);
    out[LOSS][i] = judged.loss;
    out[FOUND][i] = judged.found;
    out[ENTROPY][i] = seen.entropy;
    out[JACOBIAN][i] = seen.jacobian;
    out[DISTANCE][i] = seen.distance;
    out[K_LEAST][i] = INFINITY;
    out[K_MEAN][i] = 0;
    for (size_t c = 0; c < 4; c++) {
        out[SHARE_I + c][i] = 0;
    }
    for (size_t h = 0; h < heads; h++) {
        double k = seen.k_median[h];
        int class = basin_spread_class(k, work->source.length);
        out[K_LEAST][i] = fmin(out[K_LEAST][i], k);
        out[K_MEAN][i] += k / (double)heads;
        out[SHARE_I + class - 1][i] += 1 / (double)heads;
    }
    return 0;
}

/* What the curves say. */
static void find_changes(struct work *work)
{
    double *const *out = work->out;
    size_t n = looks_of(work->own);
    double known = work->recall.entropy_unigram;
    double bigram = work->recall.entropy_bigram;
    double heads = (double)(work->own->layers * work->own->heads);
    struct basin_break found = basin_learning_break(out[AT], out[LOSS], n, known);
    *out[K_START] = out[K_MEAN][0];
    *out[PLATEAU] = found.plateau;
    *out[PLATEAU_RELATIVE] = found.plateau / known;
    *out[BREAK_AT] = found.at;
    *out[BREAK_DROP] = found.drop;
    *out[BREAK_STEEPNESS] = found.steepness;
    *out[SHARP_AT] =
        basin_learning_below(out[AT], out[K_LEAST], n, (double)work->source.length / 8);
    *out[SHARP_LATE] = (*out[SHARP_AT] - found.at) / found.at;
    *out[LOSS_END] = out[LOSS][n - 1];
    *out[BELOW_BIGRAM] = bigram - out[LOSS][n - 1];
    *out[SHARP_HEADS] = heads * (out[SHARE_III][n - 1] + out[SHARE_IV][n - 1]);
}

/* The loss if these maps stand for a layer's attention; fixed has room for all heads. */
static int judge_fixed(struct work *work, size_t layer, const float *map,
    const float **fixed, double *loss, struct basin_diag *diag)
{
    struct basin_trainer_options options = work->options;
    struct basin_trainer_result judged;
    struct basin_trainer *trainer = NULL;
    for (size_t i = 0; i < work->model.shape.layers * work->model.shape.heads; i++) {
        fixed[i] = i / work->model.shape.heads == layer ? map : NULL;
    }
    options.setting.fixed = fixed;
    int ret = basin_trainer_new(&trainer, &work->model, &work->source, &options, diag);
    ret = ret != 0 ? ret
                   : basin_trainer_judge(trainer, &work->source,
                         key_of(work->task, BASIN_FOR_NOISE), (size_t)work->own->judged,
                         &judged, diag);
    if (ret == 0) {
        *loss = judged.loss;
    }
    basin_trainer_free(trainer);
    return ret;
}

static int replace_layers(struct work *work, struct basin_diag *diag)
{
    size_t length = work->source.length;
    size_t layers = work->model.shape.layers;
    const float **fixed = calloc(layers * work->model.shape.heads, sizeof(*fixed));
    float *map = malloc(length * length * sizeof(*map));
    double loss = 0;
    int ret = fixed == NULL || map == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for averaging heads")
                  : 0;
    for (size_t i = 0; ret == 0 && i < length * length; i++) {
        map[i] = 1 / (float)length;
    }
    for (size_t l = 0; ret == 0 && l < layers; l++) {
        ret = judge_fixed(work, l, map, fixed, &loss, diag);
        work->out[RISE_UNIFORM][l] = loss - *work->out[LOSS_END];
    }
    for (size_t i = 0; ret == 0 && i < length; i++) {
        basin_averages_gaussian(
            basin_averages_place(i, length), 1, length, map + i * length);
    }
    for (size_t l = 0; ret == 0 && l < layers; l++) {
        ret = judge_fixed(work, l, map, fixed, &loss, diag);
        work->out[RISE_GAUSSIAN][l] = loss - *work->out[LOSS_END];
    }
    *work->out[LEAST_UNIFORM] = gsl_stats_min(work->out[RISE_UNIFORM], 1, layers);
    *work->out[LEAST_GAUSSIAN] = gsl_stats_min(work->out[RISE_GAUSSIAN], 1, layers);
    free(map);
    free(fixed);
    return ret;
}

static int training_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    struct work work = {.task = task, .own = task->params->own[OWN], .out = out};
    struct basin_trainer_result result;
    int ret = work_init(&work, diag);
    for (size_t i = 0; ret == 0 && i < looks_of(work.own); i++) {
        ret = look(&work, i, diag);
        size_t end = (i + 1) * (size_t)work.own->every;
        while (ret == 0 && i + 1 < looks_of(work.own) &&
               basin_trainer_done(work.trainer) < end) {
            ret = basin_trainer_step(work.trainer, &result, diag);
        }
    }
    if (ret == 0) {
        find_changes(&work);
        ret = replace_layers(&work, diag);
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_kind *const tasks[] = {&recall, NULL};
static const struct basin_section training_sections[] = {
    [OWN] = {.name = "", .kinds = own_kinds},
    [TASKS] = {.name = "tasks", .selector = "task", .kinds = tasks, .list = true},
    {.name = NULL},
};

const struct basin_experiment basin_experiment_training = {
    .kind = {.name = "training",
        .summary = "train a small BERT and watch its attention sharpen",
        .source = "Ramsauer et al. 2021, A.5.1.2 to A.5.1.5",
        .version = 1,
        .fields = training_fields,
        .size = sizeof(struct training)},
    .example = "title: When does attention sharpen while a small BERT learns to copy?\n"
               "seed: 1\n"
               "replicates: 4 # weights, batches and task of its own each\n"
               "layers: 1\n"
               "heads: 2\n"
               "hidden: 32\n"
               "updates: 300\n"
               "batch: 8\n"
               "every: 20\n"
               "tasks:\n"
               "  - {label: copy, task: recall, length: 16, neighbours: true}\n"
               "sweep:\n"
               "  - grid: {rate: [1e-3, 3e-3]}\n"
               "figures:\n"
               "  - {name: end, x: rate, y: loss_end, x_scale: log}\n"
               "claims:\n"
               "  - id: start\n"
               "    says: untrained heads average, k = 0.9 L\n"
               "    measure: {statistic: mean, of: k_start}\n"
               "    expect: {within: [14.5, 15]}\n",
    .sections = training_sections,
    .metrics = training_metrics,
    .check = training_check,
    .shape = training_shape,
    .cost = training_cost,
    .run = training_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_training.kind, NULL};
