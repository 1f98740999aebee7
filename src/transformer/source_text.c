/* Training sequences from a text, with words hidden anew each time. */
#include "transformer/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the words asked for, so many become the mask, and so many any word; the rest stays.
 */
static const double MASKED = 0.8, REPLACED = 0.1;

int basin_text_source_init(struct basin_text_source *self,
    const struct basin_corpus *corpus, enum basin_part part,
    const struct basin_tokenizer *tokenizer, size_t length, double masked,
    struct basin_diag *diag)
{
    *self = (struct basin_text_source){.tokens = &corpus->part[part],
        .length = length,
        .vocab = tokenizer->vocabulary.n,
        .cls = tokenizer->cls,
        .sep = tokenizer->sep,
        .mask = tokenizer->mask,
        .masked = masked};
    if (basin_corpus_sequences(corpus, part, length) == 0) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the text has %zu tokens %s, too few for a sequence of %zu", self->tokens->n,
            part == BASIN_TRAIN ? "to train on" : "held out", length);
    }
    return 0;
}

static int32_t hide(const struct basin_text_source *self, gsl_rng *r, int32_t word)
{
    double u = gsl_rng_uniform(r);
    if (u < MASKED) {
        return self->mask;
    }
    return u < MASKED + REPLACED ? (int32_t)gsl_rng_uniform_int(r, self->vocab) : word;
}

static void draw(const void *context, gsl_rng *r, int32_t *id, int32_t *target)
{
    const struct basin_text_source *self = context;
    size_t inner = self->length - 2;
    size_t first = gsl_rng_uniform_int(r, self->tokens->n - inner + 1);
    size_t wanted = (size_t)fmax(1, round(self->masked * (double)inner));
    id[0] = self->cls;
    memcpy(id + 1, self->tokens->id + first, inner * sizeof(*id));
    for (size_t i = 1; self->shuffled && i <= inner; i++) {
        id[i] = self->tokens->id[gsl_rng_uniform_int(r, self->tokens->n)];
    }
    id[self->length - 1] = self->sep;
    target[0] = -1;
    target[self->length - 1] = -1;
    for (size_t i = 1; i <= inner; i++) {
        /* Each choice of `wanted` places is as likely as any other (Knuth's S). */
        bool asked = gsl_rng_uniform(r) * (double)(inner + 1 - i) < (double)wanted;
        target[i] = asked ? id[i] : -1;
        id[i] = asked ? hide(self, r, id[i]) : id[i];
        wanted -= asked;
    }
}

struct basin_task_source basin_text_source(const struct basin_text_source *self)
{
    return (struct basin_task_source){
        .length = self->length, .vocab = self->vocab, .draw = draw, .context = self};
}

/* Shares of the words in a part, each counted `more` times besides. */
static void count_words(
    const struct basin_tokens *tokens, size_t vocab, double more, double *share)
{
    double all = (double)tokens->n + more * (double)vocab;
    for (size_t w = 0; w < vocab; w++) {
        share[w] = more / all;
    }
    for (size_t i = 0; i < tokens->n; i++) {
        share[tokens->id[i]] += 1 / all;
    }
}

int basin_text_entropy(const struct basin_corpus *corpus, enum basin_part part,
    size_t vocab, double *nats, struct basin_diag *diag)
{
    double *q = malloc(2 * vocab * sizeof(*q));
    if (q == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu words", vocab);
    }
    double *p = q + vocab;
    double any = REPLACED / (double)vocab, stays = 1 - MASKED - REPLACED;
    double seen = 0;
    count_words(&corpus->part[BASIN_TRAIN], vocab, 1, q);
    count_words(&corpus->part[part], vocab, 0, p);
    /* Of the word v in the place of t is known: P(t|v) = q_t (any + stays [t = v]) /
     * P(v), P(v) = any + stays q_v. */
    for (size_t v = 0; v < vocab; v++) {
        seen += log(any + stays * q[v]);
    }
    *nats = 0;
    for (size_t t = 0; t < vocab; t++) {
        double alone = log(any + stays) - log(any + stays * q[t]); /* it stands there */
        double among = (double)vocab * log(any) - seen + log(any + stays) - log(any);
        *nats -= p[t] * (log(q[t]) + stays * alone + any * among);
    }
    free(q);
    return 0;
}
