/* Looking into a tree of nodes, and failing at a place in it. */
#include "config/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct basin_node *basin_node_get(const struct basin_node *map, const char *key)
{
    if (map == NULL || map->kind != BASIN_MAPPING) {
        return NULL;
    }
    for (size_t i = 0; i < map->n; i++) {
        if (strcmp(map->keys[i], key) == 0) {
            return map->items[i];
        }
    }
    return NULL;
}

enum { PLACE = 512 };

/* "place: sentence", on one line whatever the words in it hold. */
static int fail_in_place(struct basin_diag *diag, const char *place, char *sentence)
{
    for (char *c = sentence; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ') {
            *c = ' ';
        }
    }
    return basin_fail(diag, BASIN_ERR_CONFIG, "%s: %s", place, sentence);
}

/* The node's place, for messages. */
static const char *place_of(const struct basin_document *document,
    const struct basin_node *node, size_t line, size_t column, char buffer[PLACE])
{
    if (node->origin != NULL) {
        snprintf(buffer, PLACE, "%s", node->origin);
    } else {
        snprintf(buffer, PLACE, "%s:%zu:%zu", document->file, line, column);
    }
    return buffer;
}

int basin_fail_at(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *node, const char *format, ...)
{
    char place[PLACE];
    char sentence[BASIN_DIAG_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return fail_in_place(
        diag, place_of(document, node, node->line, node->column, place), sentence);
}

int basin_fail_key(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *map, size_t i, const char *format, ...)
{
    char place[PLACE];
    char sentence[BASIN_DIAG_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return fail_in_place(diag,
        place_of(document, map->items[i], map->key_lines[i], map->key_columns[i], place),
        sentence);
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int basin_words_hint(
    const char *word, const char *const *words, size_t n, struct basin_str *out)
{
    const char **sorted = malloc((n + 1) * sizeof(*sorted));
    if (sorted == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = words[i];
    }
    qsort(sorted, n, sizeof(*sorted), compare_words);
    const char *nearest = basin_str_nearest(word, sorted, n);
    if (nearest != NULL) {
        basin_str_add(out, "; did you mean \"%s\"? allowed: ", nearest);
    } else {
        basin_str_add(out, "; allowed: ");
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(sorted[i - 1], sorted[i]) != 0) {
            basin_str_add(out, "%s%s", i == 0 ? "" : ", ", sorted[i]);
        }
    }
    free(sorted);
    return out->failed ? BASIN_ERR_NOMEM : 0;
}

int basin_node_check_keys(const struct basin_document *document,
    const struct basin_node *map, const char *const *allowed, size_t n,
    struct basin_diag *diag)
{
    if (map->kind != BASIN_MAPPING) {
        return basin_fail_at(diag, document, map,
            "must be a mapping (key: value), not a %s",
            map->kind == BASIN_SCALAR ? "single value" : "list");
    }
    for (size_t i = 0; i < map->n; i++) {
        bool known = false;
        for (size_t j = 0; j < n && !known; j++) {
            known = strcmp(map->keys[i], allowed[j]) == 0;
        }
        if (!known) {
            struct basin_str hint = {0};
            int code = basin_words_hint(map->keys[i], allowed, n, &hint);
            if (code == 0) {
                code = basin_fail_key(diag, document, map, i, "unknown key \"%s\"%s",
                    map->keys[i], hint.text);
            }
            basin_str_free(&hint);
            return code;
        }
    }
    return 0;
}
