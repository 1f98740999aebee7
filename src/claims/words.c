/* Messages about words that are not known. */
#include "claims/words.h"

#include <stdlib.h>

int basin_fail_word(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *node, const char *what, const char *word,
    const char *const *words, size_t n)
{
    struct basin_str hint = {0};
    int ret = basin_words_hint(word, words, n, &hint);
    ret = ret != 0 ? basin_fail(diag, ret, "out of memory")
                   : basin_fail_at(diag, document, node, "unknown %s \"%s\"%s", what,
                         word, hint.text);
    basin_str_free(&hint);
    return ret;
}

int basin_kind_named(const struct basin_document *document, const struct basin_node *node,
    const char *what, const struct basin_kind *const *kinds,
    const struct basin_kind **kind, struct basin_diag *diag)
{
    const char *name;
    size_t n = 0;
    int ret = basin_node_text(document, node, &name, diag);
    if (ret != 0) {
        return ret;
    }
    *kind = basin_kind_find(kinds, name);
    if (*kind != NULL) {
        return 0;
    }
    while (kinds[n] != NULL) {
        n++;
    }
    const char **words = calloc(n + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = kinds[i]->name;
    }
    ret = basin_fail_word(diag, document, node, what, name, words, n);
    free(words);
    return ret;
}
