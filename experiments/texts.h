/* Texts that models learn from: a corpus, and a vocabulary learnt from the part of it
 * that is to train on. They are read once for a whole plan. */
#ifndef BASIN_EXPERIMENTS_TEXTS_H
#define BASIN_EXPERIMENTS_TEXTS_H

#include "transformer/corpus.h"

struct basin_text {
    char *path;   /* owned */
    size_t vocab; /* words asked for; a short text has fewer */
    struct basin_tokenizer tokenizer;
    struct basin_corpus corpus;
    double entropy; /* nats, of held-out words without attention (source.h) */
};

/* Start it as {0}. */
struct basin_texts {
    size_t n;
    struct basin_text *text; /* owned */
};

void basin_texts_free(struct basin_texts *self);

/* Reads a text, unless that was done before. */
BASIN_CHECKED int basin_texts_read(
    struct basin_texts *self, const char *path, size_t vocab, struct basin_diag *diag);

/* What basin_texts_read has read, or NULL. */
const struct basin_text *basin_texts_find(
    const struct basin_texts *self, const char *path, size_t vocab);

#endif
