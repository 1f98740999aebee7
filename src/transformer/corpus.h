/* A text as tokens: a file, or the files of a folder, split for training and testing.
 *
 * A document is a file of the folder, in byte order of the names, or, of a single file, a
 * paragraph (up to an empty line). Documents 10, 20, 30, ... are held out. The tokens of
 * the documents of a part follow one another; sequences are cut from that stream. */
#ifndef BASIN_TRANSFORMER_CORPUS_H
#define BASIN_TRANSFORMER_CORPUS_H

#include "base/err.h"
#include "transformer/tokenizer.h"

enum basin_part { BASIN_TRAIN, BASIN_HELD_OUT, BASIN_PARTS };

struct basin_corpus {
    size_t documents;
    struct basin_tokens part[BASIN_PARTS];
};

/* Receives a document of a part. */
typedef int basin_document_found(void *context, enum basin_part part, const char *text,
    size_t length, struct basin_diag *diag);

/* Hands over all documents in order, until one call fails; counts them. */
BASIN_CHECKED int basin_corpus_walk(const char *path, basin_document_found *found,
    void *context, size_t *documents, struct basin_diag *diag);

/* On failure nothing is left to free. */
BASIN_CHECKED int basin_corpus_read(struct basin_corpus *self, const char *path,
    const struct basin_tokenizer *tokenizer, struct basin_diag *diag);
void basin_corpus_free(struct basin_corpus *self);

/* How many whole sequences of so many tokens ([CLS] and [SEP] included) a part has. */
size_t basin_corpus_sequences(
    const struct basin_corpus *self, enum basin_part part, size_t length);

/* Sequence i of them, length tokens. */
void basin_corpus_sequence(const struct basin_corpus *self, enum basin_part part,
    size_t length, size_t i, const struct basin_tokenizer *tokenizer, int32_t *out);

#endif
