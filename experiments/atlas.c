/* What every head of a model does on a replicate's sequences. */
#include "experiments/atlas.h"

#include "base/rng.h"
#include "experiments/implied.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { K_TOKENS = BASIN_SPREAD_DEFINITIONS, K_SOFTMAX, ENTROPY_SOFTMAX, COLUMNS };

/* The pass over the text: one value of every column for each query of each head. */
struct pass {
    const struct basin_language *language;
    const struct basin_task *task;
    const struct basin_atlas_options *options;
    struct basin_atlas *atlas;
    size_t length, sequences;
    size_t rows_most;             /* queries of a head */
    size_t *rows;                 /* owned; of every head, so far */
    double *column;               /* owned; heads x COLUMNS x rows_most */
    struct basin_implied implied; /* of a Performer */
    double *weights; /* owned; one row, and as many numbers of scratch space */
};

static int pass_init(struct pass *self, struct basin_diag *diag)
{
    const struct basin_language *language = self->language;
    const struct basin_text_options *text =
        self->task->params->common[BASIN_LANGUAGE_TEXT];
    struct basin_atlas *atlas = self->atlas;
    *atlas = (struct basin_atlas){.layers = basin_language_layers(language),
        .heads = basin_language_heads(language)};
    size_t heads = atlas->layers * atlas->heads;
    self->length = language->has_maps ? language->maps.length : (size_t)text->length;
    self->sequences = (size_t)text->sequences;
    self->rows_most = self->length * self->sequences;
    atlas->head = calloc(heads, sizeof(*atlas->head));
    self->rows = calloc(heads, sizeof(*self->rows));
    self->column = malloc(heads * COLUMNS * self->rows_most * sizeof(*self->column));
    self->weights = malloc((2 * self->length) * sizeof(*self->weights));
    if (atlas->head == NULL || self->rows == NULL || self->column == NULL ||
        self->weights == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for the spread of %zu heads on %zu tokens", heads,
            self->rows_most);
    }
    return 0;
}

static void pass_free(struct pass *self)
{
    basin_implied_free(&self->implied);
    free(self->rows);
    free(self->column);
    free(self->weights);
}

static double *column_of(const struct pass *self, size_t head, size_t column)
{
    return self->column + (head * COLUMNS + column) * self->rows_most;
}

/* Divides n weights that sum to 1 but for the rounding of their type, by their sum:
 * equal weights in single precision would else need one more to reach the quantile. Four
 * sums at once need not wait for one another. */
static void normalize(double *weights, size_t n)
{
    double sum[4] = {0};
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        sum[0] += weights[j];
        sum[1] += weights[j + 1];
        sum[2] += weights[j + 2];
        sum[3] += weights[j + 3];
    }
    for (; j < n; j++) {
        sum[0] += weights[j];
    }
    double all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    for (j = 0; j < n; j++) {
        weights[j] /= all;
    }
}

/* Adds the row of n weights that self->weights holds. */
static void add_row(struct pass *self, size_t head, size_t n)
{
    const struct basin_atlas_options *options = self->options;
    double size = (double)n;
    normalize(self->weights, n);
    struct basin_spread spread = basin_spread_of(self->weights, n, options->quantile,
        options->support_cut, self->weights + self->length);
    size_t row = self->rows[head]++;
    column_of(self, head, K_TOKENS)[row] = (double)spread.k;
    column_of(self, head, BASIN_BY_K)[row] = (double)spread.k / size;
    column_of(self, head, BASIN_BY_SUPPORT)[row] = (double)spread.support / size;
    column_of(self, head, BASIN_BY_ENTROPY)[row] = exp(spread.entropy) / size;
    column_of(self, head, BASIN_BY_PARTICIPATION)[row] = spread.participation / size;
    self->atlas->head[head].histogram[basin_spread_bin(spread.k, n)]++;
}

/* The softmax weights of the row that was added last, beside its own. */
static void add_softmax(struct pass *self, size_t head, size_t n)
{
    normalize(self->weights, n);
    struct basin_spread spread =
        basin_spread_of(self->weights, n, self->options->quantile,
            self->options->support_cut, self->weights + self->length);
    size_t row = self->rows[head] - 1;
    double k = (double)spread.k;
    double own = column_of(self, head, K_TOKENS)[row];
    struct basin_atlas_head *to = &self->atlas->head[head];
    column_of(self, head, K_SOFTMAX)[row] = k;
    column_of(self, head, ENTROPY_SOFTMAX)[row] = exp(spread.entropy) / (double)n;
    to->softmax.histogram[basin_spread_bin(spread.k, n)]++;
    to->softmax.same_class += basin_spread_class(k, n) == basin_spread_class(own, n);
}

static int look(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    struct pass *self = context;
    size_t head = tile->layer * self->atlas->heads + tile->head;
    const gsl_matrix *implied = NULL;
    int ret = self->options->performer == NULL
                  ? 0
                  : basin_implied_rows(&self->implied, tile, &implied, diag);
    for (size_t i = 0; ret == 0 && i < tile->rows; i++) {
        if (implied != NULL) {
            memcpy(self->weights, gsl_matrix_const_ptr(implied, i, 0),
                tile->keys * sizeof(*self->weights));
            add_row(self, head, tile->keys);
        }
        for (size_t j = 0; j < tile->keys; j++) {
            self->weights[j] = (double)tile->weights[i * tile->keys + j];
        }
        (implied != NULL ? add_softmax : add_row)(self, head, tile->keys);
    }
    return ret;
}

static int run_encoder(struct pass *self, struct basin_diag *diag)
{
    struct basin_encoder encoder;
    struct basin_attention_hook hook = {look, self};
    const size_t start[] = {0, self->length};
    int32_t *id = malloc(self->length * sizeof(*id));
    if (id == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a sequence");
    }
    int ret = basin_encoder_init(
        &encoder, &self->language->model, self->length, self->length, diag);
    for (size_t i = 0; ret == 0 && i < self->sequences; i++) {
        struct basin_batch batch = {1, start, id, NULL};
        ret = basin_language_sequence(self->language, self->task, i, id, diag);
        ret = ret != 0 ? ret : basin_encoder_run(&encoder, &batch, &hook, diag);
    }
    basin_encoder_free(&encoder);
    free(id);
    return ret;
}

static int read_maps(struct pass *self, struct basin_maps *maps, struct basin_diag *diag)
{
    size_t heads = self->atlas->heads;
    size_t first = self->task->replicate * self->sequences;
    if (first + self->sequences > maps->sequences) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%s has the maps of only %zu sequences; number %zu is asked for", maps->name,
            maps->sequences, first + self->sequences);
    }
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < self->sequences * self->atlas->layers * heads;
         i++) {
        size_t head = i % (self->atlas->layers * heads);
        size_t sequence = first + i / (self->atlas->layers * heads);
        size_t n = 0;
        ret = basin_maps_read(maps, sequence, head / heads, head % heads, &n, diag);
        for (size_t row = 0; ret == 0 && row < n; row++) {
            memcpy(self->weights, maps->map + row * n, n * sizeof(*self->weights));
            add_row(self, head, n);
        }
    }
    return ret;
}

static int by_median(const void *a, const void *b)
{
    const struct basin_atlas_head *x = a;
    const struct basin_atlas_head *y = b;
    double difference = x->median[BASIN_BY_K] - y->median[BASIN_BY_K];
    if (difference != 0) {
        return difference < 0 ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

static double median_of(struct pass *self, size_t head, size_t column)
{
    return gsl_stats_median(column_of(self, head, column), 1, self->rows[head]);
}

/* From counts to what the softmax weights of a Performer's head have to do with its own.
 */
static void compare(struct pass *self, size_t i)
{
    struct basin_atlas_head *head = &self->atlas->head[i];
    double rows = (double)self->rows[i];
    double apart = 0;
    for (size_t b = 0; b < BASIN_SPREAD_BINS; b++) {
        apart += fabs(head->histogram[b] - head->softmax.histogram[b]);
    }
    head->softmax.k = median_of(self, i, K_SOFTMAX);
    head->softmax.entropy = median_of(self, i, ENTROPY_SOFTMAX);
    head->softmax.same_class /= rows;
    head->softmax.distance = apart / 2 / rows;
}

static void summarise(struct pass *self)
{
    struct basin_atlas *atlas = self->atlas;
    for (size_t i = 0; i < atlas->layers * atlas->heads; i++) {
        struct basin_atlas_head *head = &atlas->head[i];
        head->index = i % atlas->heads;
        head->k = median_of(self, i, K_TOKENS);
        for (size_t by = 0; by < BASIN_SPREAD_DEFINITIONS; by++) {
            head->median[by] = median_of(self, i, by);
        }
        if (self->options->performer != NULL) {
            compare(self, i);
        }
    }
    for (size_t l = 0; self->options->sorted && l < atlas->layers; l++) {
        qsort(atlas->head + l * atlas->heads, atlas->heads, sizeof(*atlas->head),
            by_median);
    }
}

int basin_atlas_measure(struct basin_atlas *self, struct basin_language *language,
    const struct basin_task *task, const struct basin_atlas_options *options,
    struct basin_diag *diag)
{
    struct pass pass = {.language = language,
        .task = task,
        .options = options,
        .atlas = self,
        .implied = {.options = options->performer,
            .key = basin_rng_key(task->seed, 0, BASIN_FOR_FEATURES),
            .replicate = task->replicate}};
    int ret = pass_init(&pass, diag);
    if (ret == 0) {
        ret = language->has_maps ? read_maps(&pass, &language->maps, diag)
                                 : run_encoder(&pass, diag);
    }
    if (ret == 0) {
        summarise(&pass);
    } else {
        basin_atlas_free(self);
    }
    pass_free(&pass);
    return ret;
}

void basin_atlas_free(struct basin_atlas *self)
{
    free(self->head);
    *self = (struct basin_atlas){0};
}
