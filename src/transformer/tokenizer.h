/* BERT's tokenizer (Devlin et al. 2019): words, then pieces of words.
 *
 * The text is cleaned (control characters go, white space becomes a space), Chinese
 * characters stand alone, an uncased model's letters are made lower case and lose their
 * accents, punctuation stands alone, and each word is cut greedily into the longest
 * pieces that the vocabulary has; a piece that does not begin the word is written
 * ##piece. Letters become lower case one by one: a final Greek sigma is not special.
 * Bytes that are not UTF-8 are skipped. "[MASK]" in a text is a text, not the special
 * token. */
#ifndef BASIN_TRANSFORMER_TOKENIZER_H
#define BASIN_TRANSFORMER_TOKENIZER_H

#include "base/err.h"
#include "transformer/vocabulary.h"

#include <stdbool.h>

struct basin_tokenizer {
    struct basin_vocabulary vocabulary;
    bool lower;       /* an uncased model */
    bool strip;       /* accents are stripped */
    bool chinese;     /* Chinese characters stand alone */
    size_t word_most; /* a word of more characters is unknown */
    int32_t unknown, cls, sep, mask;
};

/* A growing list of numbers of words. Start it as {0}. */
struct basin_tokens {
    int32_t *id; /* owned */
    size_t n, capacity;
};

/* Reads tokenizer.json of a folder or, where there is none, vocab.txt and the
 * do_lower_case of tokenizer_config.json (default true, as Hugging Face has it). On
 * failure nothing is left to free. */
BASIN_CHECKED int basin_tokenizer_load(
    struct basin_tokenizer *self, const char *folder, struct basin_diag *diag);

/* From the text of a tokenizer.json, and from that of a vocab.txt. */
BASIN_CHECKED int basin_tokenizer_parse(struct basin_tokenizer *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag);
BASIN_CHECKED int basin_tokenizer_lines(struct basin_tokenizer *self, const char *name,
    const char *text, size_t length, bool lower, struct basin_diag *diag);
void basin_tokenizer_free(struct basin_tokenizer *self);

/* Adds a text's tokens, without [CLS] and [SEP]. */
BASIN_CHECKED int basin_tokenizer_encode(const struct basin_tokenizer *self,
    const char *text, size_t length, struct basin_tokens *tokens,
    struct basin_diag *diag);
/* Receives a word before it is cut into pieces: UTF-8 of so many bytes and characters,
 * valid during the call. Returns whether there was memory. */
typedef bool basin_word_found(
    void *context, const char *word, size_t length, size_t characters);

/* Hands all words of a text over; the vocabulary is not needed. */
BASIN_CHECKED int basin_tokenizer_split(const struct basin_tokenizer *self,
    const char *text, size_t length, basin_word_found *found, void *context,
    struct basin_diag *diag);
void basin_tokens_free(struct basin_tokens *self);

#endif
