/* Where training sequences come from: a function from a random stream to one sequence.
 *
 * A sequence is what the model sees, with some words hidden, and the words that are asked
 * for. Sequence i of update t has a stream of its own, so what is drawn depends neither
 * on threads nor on where a run was taken up again. */
#ifndef BASIN_TRANSFORMER_SOURCE_H
#define BASIN_TRANSFORMER_SOURCE_H

#include "transformer/corpus.h"

#include <gsl/gsl_rng.h>

struct basin_task_source {
    size_t length; /* tokens of every sequence */
    size_t vocab;  /* words are 0 to vocab - 1 */
    /* Fills id and target (length each); target is -1 where nothing is asked. */
    void (*draw)(const void *context, gsl_rng *r, int32_t *id, int32_t *target);
    const void *context;
};

/* ---- Text ----------------------------------------------------------------------- */

/* Pieces of a text's token stream from a random place on, between [CLS] and [SEP].
 * round(masked (length - 2)) of their words, at least one, are asked for; of these, 80 %
 * become [MASK], 10 % any word, 10 % stay (Devlin et al. 2019), anew each time. */
struct basin_text_source {
    const struct basin_tokens *tokens; /* at least length - 2 */
    size_t length, vocab;
    int32_t cls, sep, mask;
    double masked; /* share of the words, in (0, 1] */
    bool shuffled; /* every word from a random place: neighbours tell nothing */
};

/* Refuses a text that is shorter than one sequence. tokenizer and corpus outlive self. */
BASIN_CHECKED int basin_text_source_init(struct basin_text_source *self,
    const struct basin_corpus *corpus, enum basin_part part,
    const struct basin_tokenizer *tokenizer, size_t length, double masked,
    struct basin_diag *diag);
struct basin_task_source basin_text_source(const struct basin_text_source *self);

/* The mean -ln p (nats) that is left of the words of a part that are asked for, to whom
 * knows nothing but how frequent words are in the part to train on (each counted once
 * more, for none is impossible) and what stands in their own place: the best that can be
 * without attention. vocab: words. */
BASIN_CHECKED int basin_text_entropy(const struct basin_corpus *corpus,
    enum basin_part part, size_t vocab, double *nats, struct basin_diag *diag);

/* ---- Recall --------------------------------------------------------------------- */

/* Repeat the word that followed the previous occurrence, with exact entropies.
 *
 * A sequence is length / 2 pairs of a key a and its value v. length / 4 of the keys
 * occur, each twice, in random order (or, as neighbours, one pair beside the other). The
 * first value follows B(v|a), by Zipf's law B ~ 1 / rank^skew with an order of the values
 * of each key's own; the second one repeats it with probability `copy`, else follows
 * B(v|a) again. One of the two values, either with the same probability, is hidden (word
 * 0) and asked for. The pair is symmetric, so the best that can be known of v is without
 * attention:  u(v) = mean_a B(v|a) entropy `unigram` from its key:       B(v|a) entropy
 * `bigram` from the other v':  copy [v = v'] + (1 - copy) B(v|a)          entropy `copy`
 * Control that attention cannot help with: shared = true, copy = 0; all three are equal.
 * Words: 0 hides, 1 to keys are keys, the `values` after them are values. */
struct basin_recall_source {
    size_t length, keys, values;
    double copy;
    bool neighbours;
    double *sums; /* owned: keys x values, running sums of B(v|a) */
    double entropy_unigram, entropy_bigram, entropy_copy; /* nats */
};

struct basin_recall_options {
    size_t length;   /* a multiple of 4 */
    size_t keys;     /* at least length / 4 */
    size_t values;   /* at least 2 */
    double copy;     /* 0 to 1 */
    double skew;     /* 0: values are equally likely */
    bool shared;     /* one order of the values for all keys */
    bool neighbours; /* both occurrences of a key side by side: place tells the copy */
    uint64_t seed;   /* of the orders */
};

/* Refuses options that make no task. */
BASIN_CHECKED int basin_recall_source_init(struct basin_recall_source *self,
    const struct basin_recall_options *options, struct basin_diag *diag);
void basin_recall_source_free(struct basin_recall_source *self);
struct basin_task_source basin_recall_source(const struct basin_recall_source *self);

#endif
