/* Spread: how widely does each head of an encoder spread its attention?
 *
 * k is the least number of weights, largest first, that sum to 0.90; a head's median of k
 * over queries and sequences puts it into one of four classes, global averaging to single
 * patterns: red (I) k > N/2, orange (II) k > N/8, green (III) k > N/32, blue (IV). Beside
 * it, on the same weights, the rival definitions: support above a cut, exp(entropy) and
 * the participation ratio 1 / sum p^2, each a number of tokens, classed alike.
 *
 * A cell is one head. What all heads of a model do on a replicate's sequences is measured
 * in one pass over the text, by whichever cell comes first, and kept for the others. */
#include "experiments/language.h"

#include "kernels/select.h"
#include "measure/spread.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { K_BINS = 32, CLASSES = 4 };
enum order { ORDER_SORTED, ORDER_GIVEN };

/* In units of N tokens, so that sequences of several lengths can be pooled. */
enum definition { BY_K, BY_SUPPORT, BY_ENTROPY, BY_PARTICIPATION, DEFINITIONS };

struct spread {
    long layer, head;
    int order;
    double quantile, support_cut;
};

static const struct basin_field spread_fields[] = {
    BASIN_FIELD_INT(struct spread, layer, "1", 1, 1024, "1", "layer, from 1"),
    BASIN_FIELD_INT(struct spread, head, "1", 1, 1024, "1", "head of the layer, from 1"),
    BASIN_FIELD_CHOICE(struct spread, order, "sorted|given", "sorted",
        "heads are numbered by their median k, ascending, or as the model has them"),
    BASIN_FIELD_REAL(struct spread, quantile, "0.9", BASIN_POSITIVE, 1, "1",
        "k is the least number of weights whose sum reaches this"),
    BASIN_FIELD_REAL(struct spread, support_cut, "0.01", 0, 1, "1",
        "weights above this count as support"),
    BASIN_FIELD_END,
};

enum metric {
    K_MEDIAN,
    K_FRACTION,
    SUPPORT_FRACTION,
    ENTROPY_FRACTION,
    PARTICIPATION_FRACTION,
    CLASS,
    RED,
    ORANGE,
    GREEN,
    BLUE,
    SUPPORT_AGREES,
    ENTROPY_AGREES,
    PARTICIPATION_AGREES,
    HEAD_INDEX,
    K_HISTOGRAM,
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

static const struct basin_metric spread_metrics[METRICS + 1] = {
    [K_MEDIAN] = NUMBER("k_median", "tokens", "median over queries of k"),
    [K_FRACTION] = NUMBER("k_fraction", "1", "median of k / N"),
    [SUPPORT_FRACTION] =
        NUMBER("support_fraction", "1", "median number of weights above the cut, / N"),
    [ENTROPY_FRACTION] = NUMBER("entropy_fraction", "1", "median of exp(entropy) / N"),
    [PARTICIPATION_FRACTION] =
        NUMBER("participation_fraction", "1", "median participation ratio / N"),
    [CLASS] = NUMBER("class", "1", "1 to 4: I to IV by the median of k / N"),
    [RED] = NUMBER("red", "1", "1 if the head is of class I: k > N/2"),
    [ORANGE] = NUMBER("orange", "1", "1 if it is of class II: k > N/8"),
    [GREEN] = NUMBER("green", "1", "1 if it is of class III: k > N/32"),
    [BLUE] = NUMBER("blue", "1", "1 if it is of class IV: k <= N/32"),
    [SUPPORT_AGREES] =
        NUMBER("support_agrees", "1", "1 if the support gives the same class"),
    [ENTROPY_AGREES] =
        NUMBER("entropy_agrees", "1", "1 if exp(entropy) gives the same class"),
    [PARTICIPATION_AGREES] = NUMBER(
        "participation_agrees", "1", "1 if the participation ratio gives the same class"),
    [HEAD_INDEX] = NUMBER("head_index", "1", "the model's number of this head, from 1"),
    [K_HISTOGRAM] = {"k_histogram", "queries", "histogram over queries of k / N", false,
        false, 1, {"k_fraction"}, k_edges},
    [METRICS] = NUMBER(NULL, NULL, NULL),
};

/* What one head does. */
struct head {
    size_t index;
    double k_median;
    double median[DEFINITIONS];
    double histogram[K_BINS];
};

/* All heads of a model on one replicate's sequences, layer after layer, sorted or not. */
struct atlas {
    uint64_t model, text;
    uint32_t replicate;
    uint64_t seed;
    struct spread own; /* quantile, cut and order are part of what was measured */
    size_t layers, heads;
    struct head *head; /* owned */
};

struct shared {
    struct basin_languages languages;
    pthread_mutex_t lock;
    size_t n;
    struct atlas *atlas; /* owned */
};

static int spread_open(void **shared, struct basin_diag *diag)
{
    struct shared *self = calloc(1, sizeof(*self));
    *shared = self;
    if (self == NULL || pthread_mutex_init(&self->lock, NULL) != 0) {
        free(self);
        *shared = NULL;
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return 0;
}

static void spread_close(void *shared)
{
    struct shared *self = shared;
    if (self != NULL) {
        for (size_t i = 0; i < self->n; i++) {
            free(self->atlas[i].head);
        }
        free(self->atlas);
        basin_languages_free(&self->languages);
        pthread_mutex_destroy(&self->lock);
        free(self);
    }
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
    size_t layers = basin_language_layers(language);
    size_t heads = basin_language_heads(language);
    if ((size_t)own->layer > layers || (size_t)own->head > heads) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "layer %ld, head %ld is not among the model's %zu layers of %zu heads",
            own->layer, own->head, layers, heads);
    }
    return 0;
}

static bool spread_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    (void)params;
    size[0] = metric == K_HISTOGRAM ? K_BINS : 1;
    size[1] = size[2] = 1;
    return true;
}

static double spread_cost(const void *shared, const struct basin_params *params)
{
    const struct shared *self = shared;
    const struct basin_language *language =
        basin_languages_find(&self->languages, params);
    const struct basin_text_options *text = params->common[BASIN_LANGUAGE_TEXT];
    double heads = (double)(basin_language_layers(language) *
                            basin_language_heads(language)); /* which share one pass */
    return 2 * (double)language->model.n * (double)text->length *
           (double)text->sequences / heads;
}

/* A pass over the text: values of every query, by head and definition. */
struct pass {
    const struct spread *own;
    const struct basin_language *language;
    size_t heads_all, rows_most; /* layers times heads; queries of a head at most */
    size_t *rows;                /* of every head, so far */
    double *k;                   /* tokens; heads_all x rows_most */
    double *value[DEFINITIONS];  /* / N; likewise */
    double *weights, *scratch;   /* one row of doubles, and four more */
    double *block;               /* owned: all of the above but rows */
};

static void pass_free(struct pass *self)
{
    free(self->rows);
    free(self->block);
}

static int pass_init(struct pass *self, const struct spread *own,
    const struct basin_language *language, const struct basin_text_options *text,
    struct basin_diag *diag)
{
    size_t length = language->has_maps ? language->maps.length : (size_t)text->length;
    size_t all = basin_language_layers(language) * basin_language_heads(language);
    size_t rows = length * (size_t)text->sequences;
    *self = (struct pass){
        .own = own, .language = language, .heads_all = all, .rows_most = rows};
    self->rows = calloc(all, sizeof(*self->rows));
    self->block = malloc(
        ((1 + DEFINITIONS) * all * rows + 2 * (length + 4)) * sizeof(*self->block));
    if (self->rows == NULL || self->block == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for the spread of %zu heads on %zu tokens", all, rows);
    }
    self->k = self->block;
    for (size_t i = 0; i < DEFINITIONS; i++) {
        self->value[i] = self->block + (1 + i) * all * rows;
    }
    self->weights = self->block + (1 + DEFINITIONS) * all * rows;
    self->scratch = self->weights + length + 4;
    return 0;
}

static void add_row(struct pass *self, size_t head, const double *p, size_t n)
{
    size_t at = head * self->rows_most + self->rows[head]++;
    const struct spread *own = self->own;
    double size = (double)n;
    struct basin_spread spread =
        basin_spread_of(p, n, own->quantile, own->support_cut, self->scratch);
    self->k[at] = (double)spread.k;
    self->value[BY_K][at] = (double)spread.k / size;
    self->value[BY_SUPPORT][at] = (double)spread.support / size;
    self->value[BY_ENTROPY][at] = exp(spread.entropy) / size;
    self->value[BY_PARTICIPATION][at] = spread.participation / size;
}
