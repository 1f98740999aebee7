/* Training sequences of keys and values, of which everything is known. */
#include "transformer/source.h"

#include "base/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* Sequences have at most 4 x KEYS_MOST tokens. */
enum { KEYS_MOST = 256 };

static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* B(v|a) of all keys, as probabilities, into self->sums. */
static int draw_table(struct basin_recall_source *self,
    const struct basin_recall_options *options, struct basin_diag *diag)
{
    size_t *order = malloc(options->values * sizeof(*order));
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    double sum = 0;
    for (size_t i = 0; i < options->values; i++) {
        sum += pow((double)(i + 1), -options->skew);
    }
    for (size_t a = 0; order != NULL && r != NULL && a < options->keys; a++) {
        uint64_t key = basin_rng_key(options->seed, 0, BASIN_FOR_PATTERNS);
        basin_rng_start(r, key, basin_rng_sequence(0, (uint32_t)a));
        for (size_t i = 0; i < options->values; i++) {
            order[i] = i;
        }
        if (!options->shared) {
            gsl_ran_shuffle(r, order, options->values, sizeof(*order));
        }
        for (size_t i = 0; i < options->values; i++) {
            self->sums[a * options->values + order[i]] =
                pow((double)(i + 1), -options->skew) / sum;
        }
    }
    int ret = order == NULL || r == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a recall task")
                  : 0;
    free(order);
    if (r != NULL) {
        gsl_rng_free(r);
    }
    return ret;
}

/* Entropies of the probabilities in self->sums, and these into running sums. */
static void finish_table(struct basin_recall_source *self)
{
    size_t n = self->values;
    double share = 1 / (double)self->keys;
    for (size_t v = 0; v < n; v++) {
        double mean = 0;
        for (size_t a = 0; a < self->keys; a++) {
            mean += share * self->sums[a * n + v];
        }
        self->entropy_unigram += surprise(mean);
    }
    for (size_t a = 0; a < self->keys; a++) {
        double *p = self->sums + a * n;
        double bigram = 0;
        double others = 0; /* sum_v -q ln q, q = (1 - copy) p_v, over all v */
        for (size_t v = 0; v < n; v++) {
            bigram += surprise(p[v]);
            others += surprise((1 - self->copy) * p[v]);
        }
        double copy = 0;
        for (size_t v = 0; v < n; v++) {
            double q = (1 - self->copy) * p[v];
            copy += p[v] * (others - surprise(q) + surprise(self->copy + q));
        }
        self->entropy_bigram += share * bigram;
        self->entropy_copy += share * copy;
        for (size_t v = 1; v < n; v++) {
            p[v] += p[v - 1];
        }
    }
}

int basin_recall_source_init(struct basin_recall_source *self,
    const struct basin_recall_options *options, struct basin_diag *diag)
{
    size_t present = options->length / 4;
    *self = (struct basin_recall_source){.length = options->length,
        .keys = options->keys,
        .values = options->values,
        .copy = options->copy,
        .neighbours = options->neighbours};
    if (options->length % 4 != 0 || present < 1 || present > KEYS_MOST) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sequences of %zu tokens cannot hold each key and its value twice; the "
            "length is a multiple of 4, up to %d",
            options->length, 4 * KEYS_MOST);
    }
    if (options->keys < present) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "%zu keys are too few for sequences of %zu tokens, which hold %zu of them",
            options->keys, options->length, present);
    }
    self->sums = calloc(options->keys * options->values, sizeof(*self->sums));
    int ret = self->sums == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a recall task")
                  : draw_table(self, options, diag);
    if (ret == 0) {
        finish_table(self);
    } else {
        basin_recall_source_free(self);
    }
    return ret;
}

void basin_recall_source_free(struct basin_recall_source *self)
{
    free(self->sums);
    *self = (struct basin_recall_source){0};
}

/* A value of key a by B(v|a). */
static size_t draw_value(const struct basin_recall_source *self, gsl_rng *r, size_t a)
{
    const double *sums = self->sums + a * self->values;
    double u = gsl_rng_uniform(r);
    size_t v = 0;
    while (v + 1 < self->values && sums[v] <= u) {
        v++;
    }
    return v;
}

static void draw(const void *context, gsl_rng *r, int32_t *id, int32_t *target)
{
    const struct basin_recall_source *self = context;
    size_t present = self->length / 4;
    size_t slot[2 * KEYS_MOST];
    for (size_t i = 0; i < 2 * present; i++) {
        slot[i] = i;
    }
    if (!self->neighbours) {
        gsl_ran_shuffle(r, slot, 2 * present, sizeof(*slot));
    }
    size_t left = present;
    for (size_t a = 0; left > 0; a++) {
        if (gsl_rng_uniform(r) * (double)(self->keys - a) >= (double)left) {
            continue;
        }
        left--;
        size_t first = draw_value(self, r, a);
        size_t second = gsl_rng_uniform(r) < self->copy ? first : draw_value(self, r, a);
        size_t hidden = gsl_rng_uniform(r) < 0.5 ? 0 : 1;
        for (size_t k = 0; k < 2; k++) {
            size_t at = 2 * slot[2 * left + k];
            int32_t value = (int32_t)(1 + self->keys + (k == 0 ? first : second));
            id[at] = (int32_t)(1 + a);
            target[at] = -1;
            id[at + 1] = k == hidden ? 0 : value;
            target[at + 1] = k == hidden ? value : -1;
        }
    }
}

struct basin_task_source basin_recall_source(const struct basin_recall_source *self)
{
    return (struct basin_task_source){.length = self->length,
        .vocab = 1 + self->keys + self->values,
        .draw = draw,
        .context = self};
}
