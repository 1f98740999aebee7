/* Training sequences from a text, with words hidden anew each time. */
#include "transformer/source.h"

#include <math.h>
#include <string.h>

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
    if (u < 0.8) {
        return self->mask;
    }
    return u < 0.9 ? (int32_t)gsl_rng_uniform_int(r, self->vocab) : word;
}

static void draw(const void *context, gsl_rng *r, int32_t *id, int32_t *target)
{
    const struct basin_text_source *self = context;
    size_t inner = self->length - 2;
    size_t first = gsl_rng_uniform_int(r, self->tokens->n - inner + 1);
    size_t wanted = (size_t)fmax(1, round(self->masked * (double)inner));
    id[0] = self->cls;
    memcpy(id + 1, self->tokens->id + first, inner * sizeof(*id));
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

struct basin_source basin_text_source(const struct basin_text_source *self)
{
    return (struct basin_source){
        .length = self->length, .vocab = self->vocab, .draw = draw, .context = self};
}
