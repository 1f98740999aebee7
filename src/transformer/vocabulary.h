/* A vocabulary: words and their numbers, from vocab.txt or tokenizer.json. */
#ifndef BASIN_TRANSFORMER_VOCABULARY_H
#define BASIN_TRANSFORMER_VOCABULARY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct basin_vocabulary {
    size_t n;
    char **word;    /* owned; NULL for a number without a word */
    size_t longest; /* bytes of the longest word */
    size_t slots;   /* of the hash table: a power of two */
    int32_t *slot;  /* owned; number of a word, or -1 */
};

/* One word a line. On failure nothing is left to free; name is for the sentence. */
BASIN_CHECKED int basin_vocabulary_lines(struct basin_vocabulary *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag);

/* From n words, which are taken over (also on failure). */
BASIN_CHECKED int basin_vocabulary_take(struct basin_vocabulary *self, const char *name,
    char **words, size_t n, struct basin_diag *diag);
void basin_vocabulary_free(struct basin_vocabulary *self);

/* The number of a word of so many bytes, or -1. */
int32_t basin_vocabulary_find(
    const struct basin_vocabulary *self, const char *word, size_t length);

#endif
