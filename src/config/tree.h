/* From libyaml's document to nodes: between document.c, which reads, and tree.c. */
#ifndef BASIN_CONFIG_TREE_H
#define BASIN_CONFIG_TREE_H

#include "config/node.h"

#include <yaml.h>

/* Copies a loaded document, aliases expanded, into document->root. */
BASIN_CHECKED int basin_tree_build(
    struct basin_document *document, yaml_document_t *yaml, struct basin_diag *diag);

/* "file:line:column: text", code BASIN_ERR_CONFIG. */
static inline int basin_fail_mark(struct basin_diag *diag,
    const struct basin_document *document, const yaml_mark_t *mark, const char *text)
{
    return basin_fail(diag, BASIN_ERR_CONFIG, "%s:%zu:%zu: %s", document->file,
        mark->line + 1, mark->column + 1, text);
}

static inline int basin_fail_document_memory(
    struct basin_diag *diag, const struct basin_document *document)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "%s: out of memory", document->file);
}

#endif
