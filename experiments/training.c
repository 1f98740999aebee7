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

#include "experiments/averages.h"
#include "experiments/gaze.h"
#include "experiments/lesson.h"
#include "measure/learning.h"
#include "measure/spread.h"

#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>

enum rows { ROWS_ASKED, ROWS_ALL };

struct training {
    struct basin_lesson_options lesson; /* the first */
    long every;
    int rows;
    double fallen;
};

static const struct basin_field training_fields[] = {
    BASIN_LESSON_FIELDS,
    BASIN_FIELD_INT(
        struct training, every, "20", 1, 1e8, "updates", "from one look to the next"),
    BASIN_FIELD_CHOICE(struct training, rows, "asked|all", "asked",
        "queries that are looked at: those of the hidden words, or all"),
    BASIN_FIELD_REAL(struct training, fallen, "0.5", 0, 1, "1",
        "share of the way down to the entropy without context that ends the first fall"),
    BASIN_FIELD_END,
};

enum metric {
    AT,
    LOSS,
    FOUND,
    K_LEAST,
    K_MEAN,
    K_MEDIAN,
    K_HISTOGRAM,
    SHARE_I,
    SHARE_II,
    SHARE_III,
    SHARE_IV,
    LAYER_SHARE_I,
    LAYER_SHARE_II,
    LAYER_SHARE_III,
    LAYER_SHARE_IV,
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
    BELOW_ALONE,
    BELOW_BIGRAM,
    SHARP_HEADS,
    RISE_UNIFORM,
    RISE_GAUSSIAN,
    LEAST_UNIFORM,
    LEAST_GAUSSIAN,
    METRICS,
};

#define SERIES(name, unit, summary)                                                      \
    {                                                                                    \
        name, unit, summary, false, false, 1, {"look"}, NULL                             \
    }
#define LAYERS_SERIES(name, unit, summary)                                               \
    {                                                                                    \
        name, unit, summary, false, false, 2, {"look", "trained_layer"}, NULL            \
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
    [K_HISTOGRAM] = {"k_histogram", "queries", "queries of each head by k / L", true,
        false, 3, {"look", "trained_head", "k_bin"}, basin_spread_edges},
    [SHARE_I] = SERIES("share_1", "1", "share of the heads in class I"),
    [SHARE_II] = SERIES("share_2", "1", "share of the heads in class II"),
    [SHARE_III] = SERIES("share_3", "1", "share of the heads in class III"),
    [SHARE_IV] = SERIES("share_4", "1", "share of the heads in class IV"),
    [LAYER_SHARE_I] =
        LAYERS_SERIES("layer_share_1", "1", "share of a layer's heads in class I"),
    [LAYER_SHARE_II] =
        LAYERS_SERIES("layer_share_2", "1", "share of a layer's heads in class II"),
    [LAYER_SHARE_III] =
        LAYERS_SERIES("layer_share_3", "1", "share of a layer's heads in class III"),
    [LAYER_SHARE_IV] =
        LAYERS_SERIES("layer_share_4", "1", "share of a layer's heads in class IV"),
    [ENTROPY] = SERIES("entropy", "nats", "mean entropy of a query's weights"),
    [JACOBIAN] = SERIES("jacobian", "1", "mean norm of the softmax's Jacobian"),
    [DISTANCE] = SERIES("distance", "1", "mean distance of a query's weights from 1/L"),
    [K_START] =
        BASIN_METRIC("k_start", "tokens", "mean of the heads' medians of k, untrained"),
    [PLATEAU] = BASIN_METRIC("plateau", "nats", "mean loss on the way to the break"),
    [PLATEAU_RELATIVE] = BASIN_METRIC("plateau_relative", "1",
        "plateau, relative to the entropy of a hidden word without context"),
    [BREAK_AT] =
        BASIN_METRIC("break_at", "updates", "middle of the steepest drop of the loss"),
    [BREAK_DROP] =
        BASIN_METRIC("break_drop", "nats", "by which the loss falls in that window"),
    [BREAK_STEEPNESS] = BASIN_METRIC("break_steepness", "1",
        "break_drop, relative to that of an even descent from the plateau to the end"),
    [SHARP_AT] = BASIN_METRIC("sharp_at", "updates", "first look at which k_least < L/8"),
    [SHARP_LATE] =
        BASIN_METRIC("sharp_late", "1", "sharp_at less break_at, relative to break_at"),
    [LOSS_END] = BASIN_METRIC("loss_end", "nats", "loss at the last look"),
    [BELOW_ALONE] = BASIN_METRIC("below_alone", "nats",
        "entropy of a hidden word without context, less the loss at the end"),
    [BELOW_BIGRAM] = BASIN_METRIC_IF("below_bigram", "nats",
        "entropy of a value given its key, less the loss at the end"),
    [SHARP_HEADS] =
        BASIN_METRIC("sharp_heads", "1", "heads in classes III and IV at the end"),
    [RISE_UNIFORM] = BY_LAYER("rise_uniform", "nats",
        "by which uniform averaging instead of a layer's attention raises the loss"),
    [RISE_GAUSSIAN] = BY_LAYER("rise_gaussian", "nats",
        "by which Gaussian averaging instead of a layer's attention raises the loss"),
    [LEAST_UNIFORM] = BASIN_METRIC(
        "least_rise_uniform", "nats", "the least of rise_uniform over layers"),
    [LEAST_GAUSSIAN] = BASIN_METRIC(
        "least_rise_gaussian", "nats", "the least of rise_gaussian over layers"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static size_t looks_of(const struct training *own)
{
    return (size_t)(own->lesson.updates / own->every) + 1;
}

static bool training_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct training *own = params->own[BASIN_LESSON_OWN];
    if (metric == BELOW_BIGRAM) {
        return !basin_lesson_is_text(params);
    }
    if (metric == RISE_UNIFORM || metric == RISE_GAUSSIAN) {
        size[0] = (size_t)own->lesson.layers;
    } else if (training_metrics[metric].rank > 0) {
        size[0] = looks_of(own);
        size[1] = (size_t)own->lesson.layers;
        if (metric == K_MEDIAN || metric == K_HISTOGRAM) {
            size[1] *= (size_t)own->lesson.heads;
        }
        size[2] = BASIN_SPREAD_BINS;
    }
    return true;
}

static int training_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct training *own = params->own[BASIN_LESSON_OWN];
    int ret = basin_lesson_check(shared, params, diag);
    if (ret == 0 && own->every > own->lesson.updates) {
        ret = basin_fail(diag, BASIN_ERR_CONFIG,
            "every %ld updates is never: there are only %ld", own->every,
            own->lesson.updates);
    }
    return ret;
}

static double training_memory(const void *shared, const struct basin_params *params)
{
    (void)shared;
    return basin_lesson_memory(params);
}

static double training_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    return basin_lesson_cost(params);
}

struct work {
    const struct training *own;
    struct basin_lesson lesson;
    struct basin_gaze gaze;
    bool has_histogram; /* the first replicate's */
    double *const *out; /* of each metric */
};

static int work_init(struct work *work, const void *shared, const struct basin_task *task,
    struct basin_diag *diag)
{
    int ret = basin_lesson_init(&work->lesson, shared, task, diag);
    return ret != 0 ? ret
                    : basin_gaze_init(&work->gaze, &work->lesson.model, work->lesson.id,
                          work->own->rows == ROWS_ASKED ? work->lesson.target : NULL,
                          (size_t)work->own->lesson.looked,
                          work->lesson.content.source.length, diag);
}

/* What the i-th look says of k and of classes. */
static void sort_heads(struct work *work, size_t i, const double *k_median)
{
    double *const *out = work->out;
    size_t layers = work->lesson.model.shape.layers;
    size_t heads = work->lesson.model.shape.heads;
    out[K_LEAST][i] = INFINITY;
    out[K_MEAN][i] = 0;
    for (size_t c = 0; c < 4; c++) {
        out[SHARE_I + c][i] = 0;
        for (size_t l = 0; l < layers; l++) {
            out[LAYER_SHARE_I + c][i * layers + l] = 0;
        }
    }
    for (size_t h = 0; h < layers * heads; h++) {
        double k = k_median[h];
        int class = basin_spread_class(k, work->lesson.content.source.length);
        out[K_LEAST][i] = fmin(out[K_LEAST][i], k);
        out[K_MEAN][i] += k / (double)(layers * heads);
        out[SHARE_I + class - 1][i] += 1 / (double)(layers * heads);
        out[LAYER_SHARE_I + class - 1][i * layers + h / heads] += 1 / (double)heads;
    }
}

/* What the i-th look sees. */
static int look(struct work *work, size_t i, struct basin_diag *diag)
{
    double *const *out = work->out;
    size_t heads = work->lesson.model.shape.layers * work->lesson.model.shape.heads;
    struct basin_gaze_seen seen = {.k_median = out[K_MEDIAN] + i * heads};
    struct basin_trainer_result judged;
    if (work->has_histogram) {
        seen.k_histogram = out[K_HISTOGRAM] + i * heads * BASIN_SPREAD_BINS;
    }
    int ret = basin_gaze_look(&work->gaze, &seen, diag);
    ret = ret != 0
              ? ret
              : basin_lesson_judge(&work->lesson, work->lesson.trainer, &judged, diag);
    if (ret != 0) {
        return ret;
    }
    out[AT][i] = (double)basin_trainer_done(work->lesson.trainer);
    out[LOSS][i] = judged.loss;
    out[FOUND][i] = judged.found;
    out[ENTROPY][i] = seen.entropy;
    out[JACOBIAN][i] = seen.jacobian;
    out[DISTANCE][i] = seen.distance;
    sort_heads(work, i, seen.k_median);
    return 0;
}

/* What the curves say. */
static void find_changes(struct work *work)
{
    double *const *out = work->out;
    size_t n = looks_of(work->own);
    double known = work->lesson.content.alone;
    double heads = (double)(work->own->lesson.layers * work->own->lesson.heads);
    struct basin_break found =
        basin_learning_break(out[AT], out[LOSS], n, known, work->own->fallen);
    *out[K_START] = out[K_MEAN][0];
    *out[PLATEAU] = found.plateau;
    *out[PLATEAU_RELATIVE] = found.plateau / known;
    *out[BREAK_AT] = found.at;
    *out[BREAK_DROP] = found.drop;
    *out[BREAK_STEEPNESS] = found.steepness;
    *out[SHARP_AT] = basin_learning_below(
        out[AT], out[K_LEAST], n, (double)work->lesson.content.source.length / 8);
    *out[SHARP_LATE] = (*out[SHARP_AT] - found.at) / found.at;
    *out[LOSS_END] = out[LOSS][n - 1];
    *out[BELOW_ALONE] = known - out[LOSS][n - 1];
    if (!isnan(work->lesson.content.from_key)) {
        *out[BELOW_BIGRAM] = work->lesson.content.from_key - out[LOSS][n - 1];
    }
    *out[SHARP_HEADS] = heads * (out[SHARE_III][n - 1] + out[SHARE_IV][n - 1]);
}

/* The loss if this map stands for a layer's attention; fixed has room for all heads. */
static int judge_fixed(struct work *work, size_t layer, const float *map,
    const float **fixed, double *loss, struct basin_diag *diag)
{
    size_t heads = work->lesson.model.shape.heads;
    for (size_t i = 0; i < work->lesson.model.shape.layers * heads; i++) {
        fixed[i] = i / heads == layer ? map : NULL;
    }
    return basin_lesson_judge_fixed(&work->lesson, fixed, loss, diag);
}

static int replace_layers(struct work *work, struct basin_diag *diag)
{
    size_t length = work->lesson.content.source.length;
    size_t layers = work->lesson.model.shape.layers;
    const float **fixed = calloc(layers * work->lesson.model.shape.heads, sizeof(*fixed));
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
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    struct work work = {.own = task->params->own[BASIN_LESSON_OWN],
        .has_histogram = record->offset[K_HISTOGRAM + 1] > record->offset[K_HISTOGRAM],
        .out = out};
    int ret = work_init(&work, shared, task, diag);
    ret = ret != 0 ? ret
                   : basin_lesson_resume(&work.lesson, record->values, record->n, diag);
    size_t every = (size_t)work.own->every;
    size_t kept = ret == 0 ? basin_trainer_done(work.lesson.trainer) : 0;
    for (size_t i = (kept + every - 1) / every; ret == 0 && i < looks_of(work.own); i++) {
        ret = basin_lesson_learn(&work.lesson, i * every, diag);
        ret = ret != 0 ? ret : look(&work, i, diag);
    }
    if (ret == 0) {
        find_changes(&work);
        ret = replace_layers(&work, diag);
    }
    basin_gaze_free(&work.gaze);
    basin_lesson_free(&work.lesson);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section training_sections[] = {
    BASIN_LESSON_SECTIONS(own_kinds)};

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
    .keeps = true,
    .sections = training_sections,
    .metrics = training_metrics,
    .open = basin_lesson_open,
    .close = basin_lesson_close,
    .check = training_check,
    .shape = training_shape,
    .cost = training_cost,
    .memory = training_memory,
    .run = training_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_training.kind, NULL};
