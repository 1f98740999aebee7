/* Spread: how widely does each head of an encoder spread its attention?
 *
 * k is the least number of weights, largest first, that sum to 0.90; a head's median of k
 * over queries and sequences puts it into one of four classes (Ramsauer et al. 2021, fig.
 * A.3), from global averaging to single patterns: red (I) k > N/2, orange (II) k > N/8,
 * green (III) k > N/32, blue (IV). Beside it, on the same weights, the rival definitions:
 * support above a cut, exp(entropy) and the participation ratio 1 / sum p^2, each a
 * number of tokens, classed alike.
 *
 * A cell is one head. All heads of a model are measured in one pass over a replicate's
 * sequences, by whichever cell comes first, and kept for the others. */
#include "experiments/atlas.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum order { ORDER_SORTED, ORDER_GIVEN };
enum attention { ATTENTION_SOFTMAX, ATTENTION_PERFORMER };

struct spread {
    struct basin_feature_options features; /* of a Performer */
    int attention;
    long layer, head;
    int order;
    double quantile, support_cut;
};

static const struct basin_field spread_fields[] = {
    BASIN_FIELD_INT(struct spread, layer, "1", 1, 1024, "1", "layer, from 1"),
    BASIN_FIELD_INT(struct spread, head, "1", 1, 1024, "1", "head of the layer, from 1"),
    BASIN_FIELD_CHOICE(struct spread, order, "sorted|given", "sorted",
        "heads are numbered by their median k, ascending, or as the model has them"),
    BASIN_FIELD_CHOICE(struct spread, attention, "softmax|performer", "softmax",
        "the model's own, or what a Performer implies on the same queries and keys"),
    BASIN_FEATURE_FIELDS,
    BASIN_FIELD_REAL(struct spread, quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_REAL(struct spread, support_cut, "0.01", 0, 1, "1",
        "weights above this count as support"),
    BASIN_FIELD_END,
};

enum metric {
    K_MEDIAN,
    K_RELATIVE,
    SUPPORT_RELATIVE,
    ENTROPY_RELATIVE,
    PARTICIPATION_RELATIVE,
    CLASS,
    SUPPORT_AGREES,
    ENTROPY_AGREES,
    PARTICIPATION_AGREES,
    HEAD_INDEX,
    LAYER_K,
    LAYER_RED,
    LAYER_ORANGE,
    LAYER_GREEN,
    LAYER_BLUE,
    K_HISTOGRAM,
    K_MEDIAN_SOFTMAX,
    ENTROPY_SOFTMAX,
    SAME_CLASS,
    K_DISTANCE,
    METRICS,
};

static const struct basin_metric spread_metrics[METRICS + 1] = {
    [K_MEDIAN] = BASIN_METRIC("k_median", "tokens", "median over queries of k"),
    [K_RELATIVE] = BASIN_METRIC("k_relative", "1", "median of k / N"),
    [SUPPORT_RELATIVE] = BASIN_METRIC(
        "support_relative", "1", "median number of weights above the cut, / N"),
    [ENTROPY_RELATIVE] =
        BASIN_METRIC("entropy_relative", "1", "median of exp(entropy) / N"),
    [PARTICIPATION_RELATIVE] =
        BASIN_METRIC("participation_relative", "1", "median participation ratio / N"),
    [CLASS] = BASIN_METRIC("class", "1", "1 to 4: I to IV by the median of k / N"),
    [SUPPORT_AGREES] =
        BASIN_METRIC("support_agrees", "1", "1 if the support gives the same class"),
    [ENTROPY_AGREES] =
        BASIN_METRIC("entropy_agrees", "1", "1 if exp(entropy) gives the same class"),
    [PARTICIPATION_AGREES] = BASIN_METRIC(
        "participation_agrees", "1", "1 if the participation ratio gives the same class"),
    [HEAD_INDEX] =
        BASIN_METRIC("head_index", "1", "the model's number of this head, from 1"),
    [LAYER_K] = BASIN_METRIC(
        "layer_k", "tokens", "mean of the median k over all heads of the layer"),
    [LAYER_RED] = BASIN_METRIC("layer_red", "1", "share of the layer's heads in class I"),
    [LAYER_ORANGE] = BASIN_METRIC("layer_orange", "1", "share of its heads in class II"),
    [LAYER_GREEN] = BASIN_METRIC("layer_green", "1", "share of its heads in class III"),
    [LAYER_BLUE] = BASIN_METRIC("layer_blue", "1", "share of its heads in class IV"),
    [K_HISTOGRAM] = BASIN_METRIC_BINS("k_histogram", "queries",
        "histogram over queries of k / N", "k_fraction", basin_spread_edges),
    [K_MEDIAN_SOFTMAX] = BASIN_METRIC_IF(
        "k_median_softmax", "tokens", "median over queries of k of softmax weights"),
    [ENTROPY_SOFTMAX] = BASIN_METRIC_IF(
        "entropy_relative_softmax", "1", "median of exp(entropy) / N of softmax weights"),
    [SAME_CLASS] = BASIN_METRIC_IF("same_class", "1",
        "fraction of queries whose k has one class for Performer and softmax"),
    [K_DISTANCE] = BASIN_METRIC_IF("k_distance", "1",
        "half the sum of absolute differences of both histograms of k, as fractions"),
    [METRICS] = BASIN_METRIC(NULL, NULL, NULL),
};

/* An atlas, and what it is measured on and how. */
struct page {
    uint64_t model, text;
    uint32_t replicate;
    struct basin_atlas_options options;
    struct basin_feature_options features; /* that options.performer points to */
    bool measuring;
    int ret; /* of measuring, and its sentence */
    struct basin_diag diag;
    struct basin_atlas atlas;
    struct page *next; /* owned */
};

struct shared {
    struct basin_languages languages;
    pthread_mutex_t lock; /* of the pages, and of files that maps are read from */
    pthread_cond_t measured;
    struct page *pages; /* owned */
};

static int spread_open(void **shared, struct basin_diag *diag)
{
    struct shared *self = calloc(1, sizeof(*self));
    *shared = self;
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->measured, NULL);
    return 0;
}

static void spread_close(void *shared)
{
    struct shared *self = shared;
    if (self == NULL) {
        return;
    }
    while (self->pages != NULL) {
        struct page *page = self->pages;
        self->pages = page->next;
        basin_atlas_free(&page->atlas);
        free(page);
    }
    basin_languages_free(&self->languages);
    pthread_cond_destroy(&self->measured);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

static int spread_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    struct shared *self = shared;
    const struct spread *own = params->own[BASIN_LANGUAGE_OWN];
    int ret = basin_languages_check(&self->languages, params, diag);
    if (ret != 0) {
        return ret;
    }
    const struct basin_language *language =
        basin_languages_find(&self->languages, params);
    if (own->attention == ATTENTION_PERFORMER) {
        ret = language->has_maps
                  ? basin_fail(diag, BASIN_ERR_CONFIG,
                        "maps have no queries and keys that a Performer could use")
                  : basin_feature_check(&own->features, diag);
    }
    return ret != 0 ? ret
                    : basin_language_check_head(language, own->layer, own->head, diag);
}

static bool spread_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct spread *own = params->own[BASIN_LANGUAGE_OWN];
    size[0] = metric == K_HISTOGRAM ? BASIN_SPREAD_BINS : 1;
    return metric < K_MEDIAN_SOFTMAX || own->attention == ATTENTION_PERFORMER;
}

static double spread_cost(const void *shared, const struct basin_params *params)
{
    const struct shared *self = shared;
    const struct basin_language *language =
        basin_languages_find(&self->languages, params);
    const struct basin_text_options *text = params->common[BASIN_LANGUAGE_TEXT];
    double heads = (double)(basin_language_layers(language) *
                            basin_language_heads(language)); /* share one pass */
    double tokens = (double)text->length * (double)text->sequences;
    return (2 * (double)language->model.n + 1) * tokens / heads;
}

static bool same_features(
    const struct basin_feature_options *a, const struct basin_feature_options *b)
{
    return a->map == b->map && a->features == b->features &&
           a->directions == b->directions && a->norms == b->norms &&
           a->sign_correction == b->sign_correction &&
           a->subtract_max == b->subtract_max &&
           (a->stabilizer == b->stabilizer ||
               (isnan(a->stabilizer) && isnan(b->stabilizer)));
}

static bool same_page(const struct page *a, const struct page *b)
{
    return a->model == b->model && a->text == b->text && a->replicate == b->replicate &&
           a->options.quantile == b->options.quantile &&
           a->options.support_cut == b->options.support_cut &&
           a->options.sorted == b->options.sorted &&
           (a->options.performer == NULL) == (b->options.performer == NULL) &&
           (a->options.performer == NULL || same_features(&a->features, &b->features));
}

/* Measures a page for all who wait for it. The lock is held, and given up meanwhile
 * unless a file is read. */
static void measure(struct shared *self, const struct basin_task *task, struct page *page)
{
    struct basin_language *language =
        basin_languages_find(&self->languages, task->params);
    page->measuring = true;
    if (!language->has_maps) {
        pthread_mutex_unlock(&self->lock);
    }
    page->ret =
        basin_atlas_measure(&page->atlas, language, task, &page->options, &page->diag);
    if (!language->has_maps) {
        pthread_mutex_lock(&self->lock);
    }
    page->measuring = false;
    pthread_cond_broadcast(&self->measured);
}

/* Finds the cell's page, waits for it or measures it; NULL when memory is out. The lock
 * is held. */
static const struct page *turn_to(struct shared *self, const struct basin_task *task)
{
    const struct basin_params *params = task->params;
    const struct spread *own = params->own[BASIN_LANGUAGE_OWN];
    const struct page wanted = {.model = params->identity[BASIN_LANGUAGE_MODELS],
        .text = params->identity[BASIN_LANGUAGE_TEXT],
        .replicate = task->replicate,
        .features = own->features,
        .options = {.quantile = own->quantile,
            .support_cut = own->support_cut,
            .performer = own->attention == ATTENTION_PERFORMER ? &own->features : NULL,
            .sorted = own->order == ORDER_SORTED}};
    struct page *page = self->pages;
    while (page != NULL && !same_page(page, &wanted)) {
        page = page->next;
    }
    if (page == NULL && (page = malloc(sizeof(*page))) != NULL) {
        *page = wanted;
        if (page->options.performer != NULL) {
            page->options.performer = &page->features;
        }
        page->next = self->pages;
        self->pages = page;
        measure(self, task, page);
    }
    while (page != NULL && page->measuring) {
        pthread_cond_wait(&self->measured, &self->lock);
    }
    return page;
}

static void fill_head(const struct basin_atlas_head *head, double *out[METRICS])
{
    int class = basin_spread_class(head->median[BASIN_BY_K], 1);
    *out[K_MEDIAN] = head->k;
    *out[CLASS] = class;
    *out[HEAD_INDEX] = (double)head->index + 1;
    for (size_t by = 0; by < BASIN_SPREAD_DEFINITIONS; by++) {
        *out[K_RELATIVE + by] = head->median[by];
    }
    for (size_t by = BASIN_BY_SUPPORT; by < BASIN_SPREAD_DEFINITIONS; by++) {
        *out[SUPPORT_AGREES + by - BASIN_BY_SUPPORT] =
            basin_spread_class(head->median[by], 1) == class;
    }
    memcpy(out[K_HISTOGRAM], head->histogram, sizeof(head->histogram));
}

/* What only a Performer has. */
static void fill_comparison(const struct basin_atlas_head *head, double *out[METRICS])
{
    *out[K_MEDIAN_SOFTMAX] = head->softmax.k;
    *out[ENTROPY_SOFTMAX] = head->softmax.entropy;
    *out[SAME_CLASS] = head->softmax.same_class;
    *out[K_DISTANCE] = head->softmax.distance;
}

static void fill_layer(
    const struct basin_atlas_head *layer, size_t heads, double *out[METRICS])
{
    double share = 1 / (double)heads;
    for (size_t i = LAYER_K; i <= LAYER_BLUE; i++) {
        *out[i] = 0;
    }
    for (size_t h = 0; h < heads; h++) {
        int class = basin_spread_class(layer[h].median[BASIN_BY_K], 1);
        *out[LAYER_K] += layer[h].k * share;
        *out[LAYER_RED + class - 1] += share;
    }
}

static int spread_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    struct shared *self = (struct shared *)(uintptr_t)shared; /* under its lock */
    const struct spread *own = task->params->own[BASIN_LANGUAGE_OWN];
    double *out[METRICS];
    for (size_t i = 0; i < METRICS; i++) {
        out[i] = record->values + record->offset[i];
    }
    int ret = 0;
    pthread_mutex_lock(&self->lock);
    const struct page *page = turn_to(self, task);
    if (page == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    } else if (page->ret != 0) {
        ret = basin_fail(diag, page->ret, "%s", page->diag.text);
    } else {
        const struct basin_atlas *atlas = &page->atlas;
        const struct basin_atlas_head *layer =
            atlas->head + (size_t)(own->layer - 1) * atlas->heads;
        fill_head(&layer[own->head - 1], out);
        if (own->attention == ATTENTION_PERFORMER) {
            fill_comparison(&layer[own->head - 1], out);
        }
        fill_layer(layer, atlas->heads, out);
    }
    pthread_mutex_unlock(&self->lock);
    return ret;
}

static const struct basin_kind *const own_kinds[2];
static const struct basin_section spread_sections[] = {
    BASIN_LANGUAGE_SECTIONS(own_kinds, basin_language_models_and_maps)};

const struct basin_experiment basin_experiment_spread = {
    .kind = {.name = "spread",
        .summary = "how widely each head of an encoder spreads its attention",
        .source = "Ramsauer et al. 2021, section 4 and figure A.3",
        .version = 1,
        .fields = spread_fields,
        .size = sizeof(struct spread)},
    .example =
        "title: How widely does each head spread its attention?\n"
        "seed: 1\n"
        "replicates: 4 # independent sequences\n"
        "models:\n"
        "  - {label: random, model: random, layers: 2, heads: 4, hidden: 32, deviation: "
        "0.3, sharpness: 2}\n"
        "text: {kind: random, length: 64, sequences: 2}\n"
        "sweep:\n"
        "  - grid: {layer: [1, 2], head: [1, 2, 3, 4]}\n"
        "figures:\n"
        "  - {name: heads, x: head, y: k_median, series: [layer]}\n"
        "claims:\n"
        "  - id: few\n"
        "    says: nine tenths of the weight lie on less than nine tenths of the tokens\n"
        "    measure: {statistic: mean, of: k_median}\n"
        "    expect: {at_most: 57.5}\n",
    .sections = spread_sections,
    .metrics = spread_metrics,
    .open = spread_open,
    .close = spread_close,
    .check = spread_check,
    .shape = spread_shape,
    .cost = spread_cost,
    .run = spread_run,
};

static const struct basin_kind *const own_kinds[] = {&basin_experiment_spread.kind, NULL};
