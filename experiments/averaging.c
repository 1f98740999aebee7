/* Averaging: what does it cost to replace attention by something that does not look?
 *
 * One layer, the first layers, or one head get fixed weights instead of softmax: uniform
 * (1/N), Gaussian about the token's own or a random position, identity, or the mean
 * attention of a training text by position. The measure is the masked-word perplexity of
 * a text. Gaussian averaging (Ramsauer et al. 2021, A.5.1.5):
 *
 *   A_ij = exp(-((s_j - mu_i) / sigma_i)^2 / 2) / z_i,   s_j from -1 to 1,
 *   mu_i = s_i or from U[-1, 1], sigma_i from U[0.75, 1.25].
 *
 * The unit of replication is a set of sequences; all cells meet the same sequences with
 * the same words hidden, so that differences are paired. */
#include "experiments/averages.h"
#include "experiments/language.h"

#include "base/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum replacement { NONE, UNIFORM, GAUSSIAN, IDENTITY, POSITION };
enum scope { SCOPE_ONE, SCOPE_FIRST };
enum centre { CENTRE_OWN, CENTRE_RANDOM };

struct averaging {
    int replacement, scope, centre;
    long layer, head, learn;
    double masked;
};

static const struct basin_field averaging_fields[] = {
    BASIN_FIELD_CHOICE(struct averaging, replacement,
        "none|uniform|gaussian|identity|position", "none",
        "what stands for attention; position: its mean over training sequences"),
    BASIN_FIELD_INT(
        struct averaging, layer, "1", 1, 1024, "1", "layer that is replaced, from 1"),
    BASIN_FIELD_CHOICE(struct averaging, scope, "one|first", "one",
        "replace this layer alone, or all from the first to this one"),
    BASIN_FIELD_INT_OR(struct averaging, head, "all", "all", 1, 1024, "1",
        "head that is replaced, from 1"),
    BASIN_FIELD_CHOICE(struct averaging, centre, "own|random", "own",
        "middle of a Gaussian: the token's own position, or a random one"),
    BASIN_FIELD_INT(struct averaging, learn, "16", 1, 1e6, "1",
        "training sequences whose attention is averaged by position"),
    BASIN_FIELD_REAL(struct averaging, masked, "0.15", BASIN_POSITIVE, 1, "1",
        "share of the words that are hidden and have to be found"),
    BASIN_FIELD_END,
};

enum metric { LOSS, PERPLEXITY, ACCURACY, METRICS };

static const struct basin_metric averaging_metrics[METRICS + 1] = {
    [LOSS] = BASIN_METRIC("loss", "nats", "mean -ln p of the hidden words"),
    [PERPLEXITY] = BASIN_METRIC("perplexity", "words", "exp(loss)"),
    [ACCURACY] =
        BASIN_METRIC("accuracy", "1", "share of the hidden words that are found"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

static int averaging_open(void **shared, struct basin_diag *diag)
{
    *shared = calloc(1, sizeof(struct basin_languages));
    return *shared == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
}

static void averaging_close(void *shared)
{
    if (shared != NULL) {
        basin_languages_free(shared);
        free(shared);
    }
}

static int averaging_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    const struct averaging *own = params->own[BASIN_LANGUAGE_OWN];
    int ret = basin_languages_check(shared, params, diag);
    if (ret != 0) {
        return ret;
    }
    const struct basin_language *language = basin_languages_find(shared, params);
    if (!language->model.shape.masked_head) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "the model has no masked-word head (cls.predictions), so no perplexity");
    }
    return basin_language_check_head(
        language, own->layer, own->head > 0 ? own->head : 1, diag);
}

static double averaging_cost(const void *shared, const struct basin_params *params)
{
    const struct averaging *own = params->own[BASIN_LANGUAGE_OWN];
    const struct basin_text_options *text = params->common[BASIN_LANGUAGE_TEXT];
    long sequences = text->sequences + (own->replacement == POSITION ? own->learn : 0);
    return 2 * (double)basin_languages_find(shared, params)->model.n *
           (double)text->length * (double)sequences;
}

/* Everything one replicate needs. */
struct work {
    const struct averaging *own;
    const struct basin_language *language;
    const struct basin_task *task;
    size_t length;
    size_t first_layer, layers, first_head, heads; /* that are replaced */
    struct basin_encoder encoder;
    double *mean, *width; /* owned; of Gaussians: layers x heads x length */
    float *map;           /* owned; mean attention: layers x heads x length x length */
    int32_t *id;          /* owned; a sequence */
    size_t *places;       /* owned; all that may be hidden, then those that are */
    float *logits;        /* owned; of the hidden words */
    size_t hidden;        /* words of a sequence */
};

static void work_free(struct work *work)
{
    basin_encoder_free(&work->encoder);
    free(work->mean);
    free(work->width);
    free(work->map);
    free(work->id);
    free(work->places);
    free(work->logits);
}

static int work_init(struct work *work, struct basin_diag *diag)
{
    const struct averaging *own = work->own;
    const struct basin_bert *model = &work->language->model;
    size_t length = work->length;
    bool all = own->head < 0;
    work->first_layer = own->scope == SCOPE_FIRST ? 0 : (size_t)own->layer - 1;
    work->layers = own->replacement == NONE ? 0 : (size_t)own->layer - work->first_layer;
    work->first_head = all ? 0 : (size_t)own->head - 1;
    work->heads = all ? model->shape.heads : 1;
    work->hidden = (size_t)fmax(1, round(own->masked * (double)(length - 2)));
    size_t maps = work->layers * work->heads;
    work->mean = calloc(maps * length + 1, sizeof(*work->mean));
    work->width = calloc(maps * length + 1, sizeof(*work->width));
    work->map = own->replacement == POSITION
                    ? calloc(maps * length * length, sizeof(*work->map))
                    : NULL;
    work->id = malloc(length * sizeof(*work->id));
    work->places = malloc((length + work->hidden) * sizeof(*work->places));
    work->logits = malloc(work->hidden * model->shape.vocab * sizeof(*work->logits));
    if (work->mean == NULL || work->width == NULL || work->id == NULL ||
        work->places == NULL || work->logits == NULL ||
        (own->replacement == POSITION && work->map == NULL)) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for %zu averaged maps of %zu tokens", maps, length);
    }
    return basin_encoder_init(&work->encoder, model, length, length, diag);
}

/* Middles and widths belong to the model, not to the replicate. */
static int draw_gaussians(struct work *work, struct basin_diag *diag)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    if (r == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for random numbers");
    }
    uint64_t key = basin_rng_key(work->task->seed, 0, BASIN_FOR_WEIGHTS);
    for (size_t m = 0; m < work->layers * work->heads; m++) {
        size_t layer = work->first_layer + m / work->heads;
        size_t head = work->first_head + m % work->heads;
        basin_rng_start(r, key, basin_rng_sequence((uint32_t)layer, (uint32_t)head));
        for (size_t i = 0; i < work->length; i++) {
            double random = gsl_ran_flat(r, -1, 1);
            size_t at = m * work->length + i;
            work->mean[at] = work->own->centre == CENTRE_OWN
                                 ? basin_averages_place(i, work->length)
                                 : random;
            work->width[at] = gsl_ran_flat(r, 0.75, 1.25);
        }
    }
    gsl_rng_free(r);
    return 0;
}

/* Which of the replaced maps this one is; SIZE_MAX if it is none. */
static size_t map_index(const struct work *work, const struct basin_attention *tile)
{
    size_t layer = tile->layer - work->first_layer;
    size_t head = tile->head - work->first_head;
    return tile->layer >= work->first_layer && layer < work->layers &&
                   tile->head >= work->first_head && head < work->heads
               ? layer * work->heads + head
               : SIZE_MAX;
}

static int replace(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    const struct work *work = context;
    size_t map = map_index(work, tile);
    size_t n = tile->keys;
    for (size_t i = 0; map != SIZE_MAX && i < tile->rows; i++) {
        float *p = tile->weights + i * n;
        size_t query = tile->first + i;
        size_t at = map * n + query;
        for (size_t j = 0; j < n; j++) {
            switch (work->own->replacement) {
            case IDENTITY:
                p[j] = j == query ? 1 : 0;
                break;
            case POSITION:
                p[j] = work->map[at * n + j];
                break;
            default:
                p[j] = (float)(1 / (double)n);
            }
        }
        if (work->own->replacement == GAUSSIAN) {
            basin_averages_gaussian(work->mean[at], work->width[at], n, p);
        }
    }
    return 0;
}

static int add_map(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    const struct work *work = context;
    size_t map = map_index(work, tile);
    size_t n = tile->keys;
    float share = (float)(1 / (double)work->own->learn);
    if (map != SIZE_MAX) {
        float *mean = work->map + (map * n + tile->first) * n;
        for (size_t i = 0; i < tile->rows * n; i++) {
            mean[i] += share * tile->weights[i];
        }
    }
    return 0;
}

static int run_encoder(struct work *work,
    int (*look)(void *, const struct basin_attention *, struct basin_diag *),
    struct basin_diag *diag)
{
    const size_t start[] = {0, work->length};
    const struct basin_batch batch = {1, start, work->id, NULL};
    const struct basin_attention_hook hook = {look, work};
    return basin_encoder_run(&work->encoder, &batch, &hook, diag);
}

static int learn_maps(struct work *work, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < (size_t)work->own->learn; i++) {
        ret = basin_language_training_sequence(
            work->language, work->task, i, work->id, diag);
        ret = ret != 0 ? ret : run_encoder(work, add_map, diag);
    }
    return ret;
}

/* Hides words of the sequence in work->id: their places and what they were. */
static void hide_words(
    const struct work *work, gsl_rng *r, size_t i, size_t *places, int32_t *words)
{
    size_t inner = work->length - 2;
    for (size_t j = 0; j < inner; j++) {
        work->places[j] = j + 1;
    }
    uint64_t key = basin_rng_key(work->task->seed, 0, BASIN_FOR_CHOICE);
    basin_rng_start(r, key, basin_rng_sequence(work->task->replicate, (uint32_t)i));
    gsl_ran_choose(r, places, work->hidden, work->places, inner, sizeof(*places));
    for (size_t j = 0; j < work->hidden; j++) {
        words[j] = work->id[places[j]];
        work->id[places[j]] = basin_language_mask(work->language);
    }
}

/* Adds -ln p of a word, and 1 to the hits if no word is likelier. */
static void add_word(
    const float *logits, size_t vocab, int32_t word, double *loss, double *hits)
{
    double most = (double)logits[0];
    double sum = 0;
    for (size_t w = 1; w < vocab; w++) {
        most = fmax(most, (double)logits[w]);
    }
    for (size_t w = 0; w < vocab; w++) {
        sum += exp((double)logits[w] - most);
    }
    *loss += log(sum) + most - (double)logits[word];
    *hits += (double)logits[word] >= most;
}

static int measure(struct work *work, double out[METRICS], struct basin_diag *diag)
{
    const struct basin_text_options *text =
        work->task->params->common[BASIN_LANGUAGE_TEXT];
    size_t vocab = work->language->model.shape.vocab;
    size_t *places = work->places + work->length;
    int32_t *words = calloc(work->hidden, sizeof(*words));
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    double loss = 0;
    double hits = 0;
    int ret = words == NULL || r == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for hidden words")
                  : 0;
    for (size_t i = 0; ret == 0 && i < (size_t)text->sequences; i++) {
        ret = basin_language_sequence(work->language, work->task, i, work->id, diag);
        if (ret == 0) {
            hide_words(work, r, i, places, words);
            ret = run_encoder(work, replace, diag);
        }
        ret = ret != 0 ? ret
                       : basin_encoder_words(
                             &work->encoder, places, work->hidden, work->logits, diag);
        for (size_t j = 0; ret == 0 && j < work->hidden; j++) {
            add_word(work->logits + j * vocab, vocab, words[j], &loss, &hits);
        }
    }
    double all = (double)(work->hidden * (size_t)text->sequences);
    out[LOSS] = loss / all;
    out[PERPLEXITY] = exp(loss / all);
    out[ACCURACY] = hits / all;
    free(words);
    if (r != NULL) {
        gsl_rng_free(r);
    }
    return ret;
}

static int averaging_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    const struct basin_text_options *text = task->params->common[BASIN_LANGUAGE_TEXT];
    struct work work = {.own = task->params->own[BASIN_LANGUAGE_OWN],
        .language = basin_languages_find(shared, task->params),
        .task = task,
        .length = (size_t)text->length};
    double out[METRICS];
    int ret = work_init(&work, diag);
    if (ret == 0 && work.own->replacement == GAUSSIAN) {
        ret = draw_gaussians(&work, diag);
    } else if (ret == 0 && work.own->replacement == POSITION) {
        ret = learn_maps(&work, diag);
    }
    ret = ret != 0 ? ret : measure(&work, out, diag);
    for (size_t i = 0; ret == 0 && i < METRICS; i++) {
        record->values[record->offset[i]] = out[i];
    }
    work_free(&work);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section averaging_sections[] = {
    BASIN_LANGUAGE_SECTIONS(own_kinds, basin_language_models)};

const struct basin_experiment basin_experiment_averaging = {
    .kind = {.name = "averaging",
        .summary = "replace attention by averaging and see what it costs in perplexity",
        .source = "Ramsauer et al. 2020, first version; 2021, A.5.1.5",
        .version = 1,
        .fields = averaging_fields,
        .size = sizeof(struct averaging)},
    .example = "title: What is lost where attention is replaced by averaging?\n"
               "seed: 1\n"
               "replicates: 2 # independent sequences\n"
               "learn: 4\n"
               "models:\n"
               "  - {label: random, model: random, layers: 2, heads: 2, hidden: 16, "
               "vocab: 50, deviation: 0.3, sharpness: 4}\n"
               "text: {kind: random, length: 30, sequences: 2}\n"
               "sweep:\n"
               "  - grid: {replacement: [none]}\n"
               "  - grid: {replacement: [uniform, gaussian, identity, position], layer: "
               "[1, 2]}\n"
               "figures:\n"
               "  - {name: loss, x: layer, y: loss, series: [replacement]}\n"
               "claims:\n"
               "  - id: finite\n"
               "    says: a loss is never negative\n"
               "    measure: {statistic: minimum, of: loss}\n"
               "    expect: {at_least: 0}\n",
    .sections = averaging_sections,
    .metrics = averaging_metrics,
    .open = averaging_open,
    .close = averaging_close,
    .check = averaging_check,
    .cost = averaging_cost,
    .run = averaging_run,
};

static const struct basin_kind *const own_kinds[] = {
    &basin_experiment_averaging.kind, NULL};
