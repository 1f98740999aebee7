/* Messages about words that are not known. */
#ifndef BASIN_CLAIMS_WORDS_H
#define BASIN_CLAIMS_WORDS_H

#include "config/node.h"

/* `unknown axis "laod"; did you mean "load"? allowed: dimension, load` */
int basin_fail_word(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *node, const char *what, const char *word,
    const char *const *words, size_t n);

/* The kind of a registry that a node names. */
BASIN_CHECKED int basin_kind_named(const struct basin_document *document,
    const struct basin_node *node, const char *what,
    const struct basin_kind *const *kinds, const struct basin_kind **kind,
    struct basin_diag *diag);

#endif
