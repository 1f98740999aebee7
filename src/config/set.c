/* Setting one value of a document by its path, as `--set` does. */
#include "config/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setting {
    const char *path;
    char *origin;             /* "--set path": the place of what is wrong with it */
    struct basin_node *value; /* owned until it is put into the tree */
    struct basin_diag *diag;
};

static int fail_memory(const struct setting *self)
{
    return basin_fail(self->diag, BASIN_ERR_NOMEM, "%s: out of memory", self->origin);
}

/* Whether the path goes on with this word; *rest is what follows its dot, or "". */
static bool starts_with(const char *path, const char *word, const char **rest)
{
    size_t length = strlen(word);
    if (length == 0 || strncmp(path, word, length) != 0 ||
        (path[length] != '\0' && path[length] != '.')) {
        return false;
    }
    *rest = path + length + (path[length] == '.');
    return true;
}

/* The entry of a mapping by its key, of a list by its position or its label. Keys and
 * labels may hold dots themselves, so the longest that fits is meant. */
static struct basin_node **find_entry(
    const struct basin_node *node, const char *path, const char **rest)
{
    struct basin_node **found = NULL;
    const char *after;
    for (size_t i = 0; i < node->n; i++) {
        char position[24];
        snprintf(position, sizeof(position), "%zu", i);
        const struct basin_node *label = basin_node_get(node->items[i], "label");
        bool fits;
        if (node->kind == BASIN_MAPPING) {
            fits = starts_with(path, node->keys[i], &after);
        } else {
            fits = starts_with(path, position, &after) ||
                   (label != NULL && label->text != NULL &&
                       starts_with(path, label->text, &after));
        }
        if (fits && (found == NULL || after > *rest)) {
            found = &node->items[i];
            *rest = after;
        }
    }
    return found;
}

static int set_origin(const struct setting *self, struct basin_node *node)
{
    node->origin = basin_str_copy(self->origin);
    int code = node->origin == NULL ? fail_memory(self) : 0;
    for (size_t i = 0; i < node->n && code == 0; i++) {
        code = set_origin(self, node->items[i]);
    }
    return code;
}

/* Room for one more pair in a mapping. */
static int grow(struct basin_node *map)
{
    size_t n = map->n + 1;
    char **keys = realloc(map->keys, n * sizeof(*keys));
    map->keys = keys == NULL ? map->keys : keys;
    size_t *lines = realloc(map->key_lines, n * sizeof(*lines));
    map->key_lines = lines == NULL ? map->key_lines : lines;
    size_t *columns = realloc(map->key_columns, n * sizeof(*columns));
    map->key_columns = columns == NULL ? map->key_columns : columns;
    struct basin_node **items = realloc(map->items, n * sizeof(struct basin_node *));
    map->items = items == NULL ? map->items : items;
    return keys == NULL || lines == NULL || columns == NULL || items == NULL ? -1 : 0;
}

static struct basin_node *empty_mapping(const struct setting *self)
{
    struct basin_node *map = calloc(1, sizeof(*map));
    if (map != NULL) {
        map->kind = BASIN_MAPPING;
        map->origin = basin_str_copy(self->origin);
        if (map->origin == NULL) {
            free(map);
            return NULL;
        }
    }
    return map;
}

/* Adds the value under the rest of the path, with a mapping for every dot in it. */
static int add_entry(struct setting *self, struct basin_node *map, const char *path)
{
    size_t length = strcspn(path, ".");
    bool nested = path[length] == '.';
    char *key = strndup(path, length);
    if (key == NULL || grow(map) != 0) {
        free(key);
        return fail_memory(self);
    }
    struct basin_node *item = self->value;
    if (nested) {
        item = empty_mapping(self);
        if (item == NULL) {
            free(key);
            return fail_memory(self);
        }
    } else {
        self->value = NULL;
    }
    map->keys[map->n] = key;
    map->key_lines[map->n] = 1;
    map->key_columns[map->n] = 1;
    map->items[map->n++] = item;
    return nested ? add_entry(self, item, path + length + 1) : 0;
}

static int fail_path(
    const struct setting *self, const struct basin_node *at, const char *path)
{
    size_t length = strcspn(path, ".");
    if (at->kind == BASIN_SEQUENCE) {
        return basin_fail(self->diag, BASIN_ERR_CONFIG,
            "%s: \"%.*s\" is neither a label nor a position in a list of %zu, counted "
            "from 0",
            self->origin, (int)length, path, at->n);
    }
    return basin_fail(self->diag, BASIN_ERR_CONFIG,
        "%s: there is no \"%s\" inside a single value", self->origin, path);
}

static int put(struct setting *self, struct basin_node *root)
{
    struct basin_node *node = root;
    for (const char *path = self->path;;) {
        const char *rest = path;
        struct basin_node **entry = find_entry(node, path, &rest);
        if (entry == NULL) {
            return node->kind == BASIN_MAPPING ? add_entry(self, node, path)
                                               : fail_path(self, node, path);
        }
        if (*rest == '\0') {
            basin_node_free(*entry);
            *entry = self->value;
            self->value = NULL;
            return 0;
        }
        node = *entry;
        path = rest;
    }
}

static bool is_path(const char *path)
{
    size_t length = strlen(path);
    return length > 0 && length <= 8 * BASIN_DOCUMENT_KEY && path[0] != '.' &&
           path[length - 1] != '.' && strstr(path, "..") == NULL;
}

int basin_document_set(struct basin_document *self, const char *path, const char *value,
    struct basin_diag *diag)
{
    struct setting setting = {.path = path, .diag = diag};
    struct basin_document parsed = {0};
    struct basin_str origin = {0};
    basin_str_add(&origin, "--set %s", path);
    if (origin.failed) {
        basin_str_free(&origin);
        return basin_fail(diag, BASIN_ERR_NOMEM, "--set: out of memory");
    }
    setting.origin = origin.text;
    int code = 0;
    if (!is_path(path)) {
        code = basin_fail(diag, BASIN_ERR_CONFIG,
            "%s: a path is keys with dots between them, such as cue.flip", origin.text);
    } else {
        code = basin_document_read(&parsed, origin.text, value, strlen(value), diag);
    }
    if (code == 0) {
        setting.value = parsed.root;
        parsed.root = NULL;
        code = set_origin(&setting, setting.value);
    }
    if (code == 0) {
        code = put(&setting, self->root);
    }
    basin_node_free(setting.value);
    basin_document_free(&parsed);
    basin_str_free(&origin);
    return code;
}
