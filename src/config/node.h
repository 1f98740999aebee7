/* YAML documents: a tree of nodes that remember where they stand.
 *
 * Read through libyaml's document API. Refused with file:line:column: syntax errors,
 * duplicate keys, merge keys, tags, keys that are not text, more than one document,
 * documents that are larger, deeper or, with their aliases expanded, bigger than the
 * limits below. */
#ifndef BASIN_CONFIG_NODE_H
#define BASIN_CONFIG_NODE_H

#include "base/err.h"
#include "base/str.h"
#include "config/field.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    BASIN_DOCUMENT_BYTES = 1 << 20,
    BASIN_DOCUMENT_DEPTH = 32,
    BASIN_DOCUMENT_NODES = 200000, /* with aliases expanded */
    BASIN_DOCUMENT_TEXT = 4 << 20, /* bytes of all scalars, with aliases expanded */
    BASIN_DOCUMENT_KEY = 128,      /* bytes of a key */
};

enum basin_node_kind { BASIN_SCALAR, BASIN_SEQUENCE, BASIN_MAPPING };

struct basin_node {
    enum basin_node_kind kind;
    size_t line, column; /* from 1; of the value */
    char *origin;        /* where it stands if not in the file: "--set cue.flip" */
    bool plain;          /* scalar without quotes: may be a number or a boolean */
    char *text;          /* scalar's value; else NULL */
    size_t n;            /* items of a sequence, pairs of a mapping */
    char **keys;         /* of a mapping */
    size_t *key_lines, *key_columns;
    struct basin_node **items; /* of a sequence; values of a mapping */
};

/* A document owns all its nodes. Aliases are expanded to copies. */
struct basin_document {
    char *file;              /* as it is shown in messages */
    struct basin_node *root; /* a mapping */
};

/* Reads a file, or text that messages call by the name given. */
BASIN_CHECKED int basin_document_load(
    struct basin_document *self, const char *path, struct basin_diag *diag);
BASIN_CHECKED int basin_document_parse(struct basin_document *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag);
void basin_document_free(struct basin_document *self);

/* Sets one value by its path, as `--set` does: path "cue.flip", "rules.0.beta" or, by an
 * entry's label, "rules.fixed point.beta"; value is YAML flow text ("0.1", "[1, 2]",
 * "{linspace: [0, 1, 5]}"). Missing keys are added. The place of the new nodes is
 * "--set path" in messages. */
BASIN_CHECKED int basin_document_set(struct basin_document *self, const char *path,
    const char *value, struct basin_diag *diag);

/* The value of a key, or NULL. */
struct basin_node *basin_node_get(const struct basin_node *map, const char *key);

/* "file:line:column: sentence", code BASIN_ERR_CONFIG. */
int basin_fail_at(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *node, const char *format, ...) BASIN_PRINTF(4, 5);

/* The same, at the i-th key of a mapping. */
int basin_fail_key(struct basin_diag *diag, const struct basin_document *document,
    const struct basin_node *map, size_t i, const char *format, ...) BASIN_PRINTF(5, 6);

/* Checks that each key of a mapping is one of the allowed ones (n words); the message
 * names what is allowed and the nearest spelling. */
BASIN_CHECKED int basin_node_check_keys(const struct basin_document *document,
    const struct basin_node *map, const char *const *allowed, size_t n,
    struct basin_diag *diag);

/* Adds `; did you mean "x"? allowed: x, y, z` to a sentence about a wrong word, the words
 * sorted. Returns 0 or BASIN_ERR_NOMEM. */
BASIN_CHECKED int basin_words_hint(
    const char *word, const char *const *words, size_t n, struct basin_str *out);

/* Typed readers: each fails with what was expected and what was found. */
BASIN_CHECKED int basin_node_text(const struct basin_document *document,
    const struct basin_node *node, const char **text, struct basin_diag *diag);
BASIN_CHECKED int basin_node_real(const struct basin_document *document,
    const struct basin_node *node, double *value, struct basin_diag *diag);

/* Reads one scalar into the member that a field describes (type, range, choices). The
 * text of a TEXT field stays owned by the document. */
BASIN_CHECKED int basin_node_field(const struct basin_document *document,
    const struct basin_node *node, const struct basin_field *field, void *params,
    struct basin_diag *diag);

/* Sets every field to its default; required fields are left zero (NULL). */
BASIN_CHECKED int basin_fields_default(
    const struct basin_field *fields, void *params, struct basin_diag *diag);

/* Reads a mapping into a struct: defaults first, then each key that is a field. Keys in
 * `others` (n_others words) are let pass for the caller; any other is an error, as is a
 * missing required field. */
BASIN_CHECKED int basin_node_fields(const struct basin_document *document,
    const struct basin_node *map, const struct basin_field *fields,
    const char *const *others, size_t n_others, void *params, struct basin_diag *diag);

/* Writes a node as block YAML at the given indentation, readable and parsed back to an
 * equal tree. Quotes stay where without them a text would be a number or a boolean. */
void basin_node_print(const struct basin_node *node, int indent, struct basin_str *out);

/* Writes a text as one line of YAML that reads back as this text: bare if it may be, else
 * in double quotes. */
void basin_scalar_print(const char *text, struct basin_str *out);

/* Frees a node and all below it; NULL does nothing. */
void basin_node_free(struct basin_node *node);

/* Reads YAML text of any shape, as a document whose root need not be a mapping. */
BASIN_CHECKED int basin_document_read(struct basin_document *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag);

#endif
