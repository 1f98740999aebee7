/* Messages about words that are not known. */
#include "claims/words.h"

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
