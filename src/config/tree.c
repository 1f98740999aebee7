/* A loaded libyaml document to a tree of nodes.
 *
 * libyaml resolves aliases to node numbers, so a small text can stand for a huge or even
 * endless tree ("billion laughs"). The tree is copied out under the limits of node.h,
 * each checked before memory is taken. */
#include "config/tree.h"

#include <stdlib.h>
#include <string.h>

struct builder {
    struct basin_document *document;
    yaml_document_t *yaml;
    size_t nodes;
    size_t bytes;
    int path[BASIN_DOCUMENT_DEPTH]; /* libyaml's numbers of the nodes being copied */
    size_t depth;
    struct basin_diag *diag;
};

static int build(struct builder *b, int number, struct basin_node **out);

static int fail_mark(const struct builder *b, const yaml_mark_t *mark, const char *text)
{
    return basin_fail_mark(b->diag, b->document, mark, text);
}

static int fail_memory(const struct builder *b)
{
    return basin_fail_document_memory(b->diag, b->document);
}

/* A copy of a scalar's text, which must be a C string. */
static int build_text(struct builder *b, const yaml_node_t *from, char **out)
{
    size_t length = from->data.scalar.length;
    if (memchr(from->data.scalar.value, '\0', length) != NULL) {
        return fail_mark(b, &from->start_mark, "a text cannot hold a NUL character");
    }
    b->bytes += length;
    if (b->bytes > BASIN_DOCUMENT_TEXT) {
        return basin_fail(b->diag, BASIN_ERR_CONFIG,
            "%s:%zu:%zu: with its aliases expanded the document has more than %d bytes "
            "of text",
            b->document->file, from->start_mark.line + 1, from->start_mark.column + 1,
            BASIN_DOCUMENT_TEXT);
    }
    *out = malloc(length + 1);
    if (*out == NULL) {
        return fail_memory(b);
    }
    memcpy(*out, from->data.scalar.value, length);
    (*out)[length] = '\0';
    return 0;
}

static int build_key(struct builder *b, struct basin_node *map, int number)
{
    const yaml_node_t *from = yaml_document_get_node(b->yaml, number);
    if (from->type != YAML_SCALAR_NODE) {
        return fail_mark(
            b, &from->start_mark, "a key must be a word, not a list or a mapping");
    }
    if (from->data.scalar.length > BASIN_DOCUMENT_KEY) {
        return fail_mark(b, &from->start_mark, "a key of more than 128 bytes");
    }
    if (strcmp((const char *)from->data.scalar.value, "<<") == 0) {
        return fail_mark(b, &from->start_mark,
            "merge keys (<<) are not supported; write the keys out or use an alias as "
            "a value");
    }
    map->key_lines[map->n] = from->start_mark.line + 1;
    map->key_columns[map->n] = from->start_mark.column + 1;
    return build_text(b, from, &map->keys[map->n]);
}

struct place {
    const char *key;
    size_t i;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *p = a;
    const struct place *q = b;
    int order = strcmp(p->key, q->key);
    return order != 0 ? order : (p->i > q->i) - (p->i < q->i);
}

/* The first key that stands in the mapping already. Sorted, since a hostile document can
 * have as many keys as nodes. */
static int check_duplicates(struct builder *b, const struct basin_node *map)
{
    struct place *places = malloc((map->n + 1) * sizeof(*places));
    if (places == NULL) {
        return fail_memory(b);
    }
    for (size_t i = 0; i < map->n; i++) {
        places[i] = (struct place){map->keys[i], i};
    }
    qsort(places, map->n, sizeof(*places), compare_places);
    size_t second = map->n;
    size_t first = 0;
    for (size_t i = 1; i < map->n; i++) {
        if (strcmp(places[i - 1].key, places[i].key) == 0 && places[i].i < second) {
            second = places[i].i;
            first = places[i - 1].i;
        }
    }
    free(places);
    if (second == map->n) {
        return 0;
    }
    return basin_fail_key(b->diag, b->document, map, second,
        "duplicate key \"%s\"; it stands in line %zu already", map->keys[second],
        map->key_lines[first]);
}

static int build_mapping(
    struct builder *b, const yaml_node_t *from, struct basin_node *self)
{
    const yaml_node_pair_t *pairs = from->data.mapping.pairs.start;
    size_t n = (size_t)(from->data.mapping.pairs.top - pairs);
    self->keys = calloc(n + 1, sizeof(*self->keys));
    self->items = calloc(n + 1, sizeof(struct basin_node *));
    self->key_lines = calloc(n + 1, sizeof(*self->key_lines));
    self->key_columns = calloc(n + 1, sizeof(*self->key_columns));
    if (self->keys == NULL || self->items == NULL || self->key_lines == NULL ||
        self->key_columns == NULL) {
        return fail_memory(b);
    }
    for (size_t i = 0; i < n; i++) {
        int code = build_key(b, self, pairs[i].key);
        self->n = i + 1;
        if (code == 0) {
            code = build(b, pairs[i].value, &self->items[i]);
        }
        if (code != 0) {
            return code;
        }
    }
    return check_duplicates(b, self);
}

static int build_sequence(
    struct builder *b, const yaml_node_t *from, struct basin_node *self)
{
    const yaml_node_item_t *items = from->data.sequence.items.start;
    size_t n = (size_t)(from->data.sequence.items.top - items);
    self->items = calloc(n + 1, sizeof(struct basin_node *));
    if (self->items == NULL) {
        return fail_memory(b);
    }
    for (size_t i = 0; i < n; i++) {
        self->n = i + 1;
        int code = build(b, items[i], &self->items[i]);
        if (code != 0) {
            return code;
        }
    }
    return 0;
}

/* Checks that one more node, here, is within the limits. */
static int check_limits(struct builder *b, int number, const yaml_node_t *from)
{
    static const char *const defaults[] = {
        [YAML_SCALAR_NODE] = YAML_STR_TAG,
        [YAML_SEQUENCE_NODE] = YAML_SEQ_TAG,
        [YAML_MAPPING_NODE] = YAML_MAP_TAG,
    };
    for (size_t i = 0; i < b->depth; i++) {
        if (b->path[i] == number) {
            return fail_mark(
                b, &from->start_mark, "an alias in here refers to what it stands in");
        }
    }
    if (b->depth == BASIN_DOCUMENT_DEPTH) {
        return fail_mark(b, &from->start_mark, "nested more than 32 levels deep");
    }
    if (++b->nodes > BASIN_DOCUMENT_NODES) {
        return fail_mark(b, &from->start_mark,
            "with its aliases expanded the document has more than 200000 values");
    }
    if (strcmp((const char *)from->tag, defaults[from->type]) != 0) {
        return fail_mark(b, &from->start_mark,
            "tags (!...) are not supported; a value's type follows from its key");
    }
    return 0;
}

static int build(struct builder *b, int number, struct basin_node **out)
{
    const yaml_node_t *from = yaml_document_get_node(b->yaml, number);
    int code = check_limits(b, number, from);
    if (code != 0) {
        return code;
    }
    struct basin_node *self = calloc(1, sizeof(*self));
    *out = self;
    if (self == NULL) {
        return fail_memory(b);
    }
    self->line = from->start_mark.line + 1;
    self->column = from->start_mark.column + 1;
    b->path[b->depth++] = number;
    switch (from->type) {
    case YAML_MAPPING_NODE:
        self->kind = BASIN_MAPPING;
        code = build_mapping(b, from, self);
        break;
    case YAML_SEQUENCE_NODE:
        self->kind = BASIN_SEQUENCE;
        code = build_sequence(b, from, self);
        break;
    default:
        self->kind = BASIN_SCALAR;
        self->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        code = build_text(b, from, &self->text);
        break;
    }
    b->depth--;
    return code;
}

int basin_tree_build(
    struct basin_document *document, yaml_document_t *yaml, struct basin_diag *diag)
{
    struct builder b = {.document = document, .yaml = yaml, .diag = diag};
    return build(&b, 1, &document->root);
}

void basin_node_free(struct basin_node *node)
{
    if (node == NULL) {
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        basin_node_free(node->items[i]);
        if (node->keys != NULL) {
            free(node->keys[i]);
        }
    }
    free(node->text);
    free(node->origin);
    free(node->keys);
    free(node->key_lines);
    free(node->key_columns);
    free(node->items);
    free(node);
}
