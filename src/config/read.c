/* Reading nodes: typed values, and mappings into structs as their fields say. */
#include "config/node.h"
#include "config/value.h"

#include <stdlib.h>
#include <string.h>

/* The key under which a node stands, or that of the list which holds it. */
static const char *name_of(
    const struct basin_node *tree, const struct basin_node *node, const char *name)
{
    if (tree == node) {
        return name;
    }
    const char *found = NULL;
    for (size_t i = 0; i < tree->n && found == NULL; i++) {
        found = name_of(
            tree->items[i], node, tree->kind == BASIN_MAPPING ? tree->keys[i] : name);
    }
    return found;
}

static int fail_shape(const struct basin_document *document,
    const struct basin_node *node, const struct basin_field *field,
    struct basin_diag *diag)
{
    struct basin_str expected = {0};
    basin_value_expected(field, &expected);
    if (expected.failed) {
        basin_str_free(&expected);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int code = basin_fail_at(diag, document, node, "%s must be %s, not a %s", field->name,
        expected.text, node->kind == BASIN_SEQUENCE ? "list" : "mapping");
    basin_str_free(&expected);
    return code;
}

int basin_node_field(const struct basin_document *document, const struct basin_node *node,
    const struct basin_field *field, void *params, struct basin_diag *diag)
{
    if (node->kind != BASIN_SCALAR) {
        return fail_shape(document, node, field, diag);
    }
    struct basin_diag sentence = {{0}};
    int code = basin_value_read(field, node->text, node->plain, params, &sentence);
    if (code == BASIN_ERR_CONFIG) {
        return basin_fail_at(diag, document, node, "%s", sentence.text);
    }
    return code == 0 ? 0 : basin_fail(diag, code, "%s", sentence.text);
}

/* Reads a value that no descriptor describes. */
static int read_as(const struct basin_document *document, const struct basin_node *node,
    enum basin_type type, void *value, struct basin_diag *diag)
{
    const char *name =
        document->root == NULL ? NULL : name_of(document->root, node, NULL);
    struct basin_field field = {name == NULL ? "the value" : name, type, 0, NULL,
        BASIN_ANY_LOW, BASIN_ANY_HIGH, NULL, "1", ""};
    return basin_node_field(document, node, &field, value, diag);
}

int basin_node_text(const struct basin_document *document, const struct basin_node *node,
    const char **text, struct basin_diag *diag)
{
    return read_as(document, node, BASIN_TEXT, text, diag);
}

int basin_node_real(const struct basin_document *document, const struct basin_node *node,
    double *value, struct basin_diag *diag)
{
    return read_as(document, node, BASIN_REAL, value, diag);
}

int basin_fields_default(
    const struct basin_field *fields, void *params, struct basin_diag *diag)
{
    for (const struct basin_field *f = fields; f != NULL && f->name != NULL; f++) {
        int code = f->fallback == NULL ? 0
                                       : basin_value_read(f, f->fallback,
                                             f->type != BASIN_TEXT, params, diag);
        if (code != 0) {
            return basin_fail_in(diag, code, "the default");
        }
    }
    return 0;
}

static size_t count_fields(const struct basin_field *fields)
{
    size_t n = 0;
    while (fields != NULL && fields[n].name != NULL) {
        n++;
    }
    return n;
}

static int check_fields(const struct basin_document *document,
    const struct basin_node *map, const struct basin_field *fields,
    const char *const *others, size_t n_others, struct basin_diag *diag)
{
    size_t n = count_fields(fields);
    const char **allowed = malloc((n + n_others + 1) * sizeof(*allowed));
    if (allowed == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        allowed[i] = fields[i].name;
    }
    for (size_t i = 0; i < n_others; i++) {
        allowed[n + i] = others[i];
    }
    int code = basin_node_check_keys(document, map, allowed, n + n_others, diag);
    free(allowed);
    return code;
}

int basin_node_fields(const struct basin_document *document, const struct basin_node *map,
    const struct basin_field *fields, const char *const *others, size_t n_others,
    void *params, struct basin_diag *diag)
{
    int code = check_fields(document, map, fields, others, n_others, diag);
    if (code == 0) {
        code = basin_fields_default(fields, params, diag);
    }
    for (const struct basin_field *f = fields; code == 0 && f->name != NULL; f++) {
        const struct basin_node *node = basin_node_get(map, f->name);
        if (node != NULL) {
            code = basin_node_field(document, node, f, params, diag);
        } else if (f->fallback == NULL) {
            code = basin_fail_at(
                diag, document, map, "\"%s\" is missing: %s", f->name, f->help);
        }
    }
    return code;
}
