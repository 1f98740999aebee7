/* Sections and variants: which kinds a configuration chooses, with which values. */
#include "config/inside.h"

#include <stdlib.h>
#include <string.h>

static const struct basin_field *common_fields(const struct basin_section *section)
{
    return section->common == NULL ? NULL : section->common->fields;
}

static size_t count_fields(const struct basin_field *fields)
{
    size_t n = 0;
    while (fields != NULL && fields[n].name != NULL) {
        n++;
    }
    return n;
}

const struct basin_field *basin_entry_field_at(const struct basin_entry *entry,
    const struct basin_section *section, size_t i, void **params)
{
    size_t n = count_fields(entry->kind->fields);
    if (i < n) {
        *params = entry->own;
        return &entry->kind->fields[i];
    }
    *params = entry->common;
    return i - n < count_fields(common_fields(section)) ? &common_fields(section)[i - n]
                                                        : NULL;
}

const struct basin_field *basin_entry_field(const struct basin_entry *entry,
    const struct basin_section *section, const char *name, void **params)
{
    const struct basin_field *field = basin_field_find(entry->kind->fields, name);
    void *owner = entry->own;
    if (field == NULL) {
        field = basin_field_find(common_fields(section), name);
        owner = entry->common;
    }
    if (params != NULL) {
        *params = owner;
    }
    return field;
}

int basin_kind_read(const struct basin_plan *self, const struct basin_node *map,
    const char *key, const struct basin_kind *const *kinds,
    const struct basin_kind **kind, struct basin_diag *diag)
{
    struct basin_str names = {0};
    struct basin_str allowed = {0};
    for (size_t i = 0; kinds[i] != NULL; i++) {
        basin_str_add(&names, "%s%s", i == 0 ? "" : "|", kinds[i]->name);
    }
    struct basin_field field = {key, BASIN_CHOICE, 0, NULL, 0, 0, names.text, "1", ""};
    const struct basin_node *node = basin_node_get(map, key);
    int index = 0;
    int code;
    if (names.failed) {
        code = basin_fail_memory(diag);
    } else if (node == NULL) {
        basin_value_expected(&field, &allowed);
        code = allowed.failed ? basin_fail_memory(diag)
                              : basin_fail_at(diag, &self->document, map,
                                    "\"%s\" is missing; it is %s", key, allowed.text);
    } else if (node->kind != BASIN_SCALAR) {
        code = basin_fail_at(
            diag, &self->document, node, "%s must be one word; it cannot be swept", key);
    } else {
        code = basin_node_field(&self->document, node, &field, &index, diag);
    }
    *kind = code == 0 ? kinds[index] : NULL;
    basin_str_free(&names);
    basin_str_free(&allowed);
    return code;
}

static int check_keys(const struct basin_plan *self, const struct basin_entry *entry,
    const struct basin_section *section, struct basin_diag *diag)
{
    size_t most =
        count_fields(entry->kind->fields) + count_fields(common_fields(section)) + 2;
    const char **allowed = malloc(most * sizeof(*allowed));
    if (allowed == NULL) {
        return basin_fail_memory(diag);
    }
    size_t n = 0;
    void *params;
    const struct basin_field *field;
    while ((field = basin_entry_field_at(entry, section, n, &params)) != NULL) {
        allowed[n++] = field->name;
    }
    if (section->list) {
        allowed[n++] = "label";
    }
    if (section->selector != NULL) {
        allowed[n++] = section->selector;
    }
    int code = basin_node_check_keys(&self->document, entry->node, allowed, n, diag);
    free(allowed);
    return code;
}

static int read_values(const struct basin_plan *self, struct basin_entry *entry,
    const struct basin_section *section, struct basin_diag *diag)
{
    size_t common = section->common == NULL ? 0 : section->common->size;
    entry->own = calloc(1, entry->kind->size + 1);
    entry->common = section->common == NULL ? NULL : calloc(1, common + 1);
    if (entry->own == NULL || (section->common != NULL && entry->common == NULL)) {
        return basin_fail_memory(diag);
    }
    int code = basin_fields_default(entry->kind->fields, entry->own, diag);
    if (code == 0) {
        code = basin_fields_default(common_fields(section), entry->common, diag);
    }
    for (size_t i = 0; code == 0; i++) {
        void *params;
        const struct basin_field *field =
            basin_entry_field_at(entry, section, i, &params);
        if (field == NULL) {
            break;
        }
        const struct basin_node *node = basin_node_get(entry->node, field->name);
        if (node != NULL && node->kind == BASIN_SEQUENCE) {
            code = basin_fail_at(diag, &self->document, node,
                "%s takes one value here; to try several, sweep it: "
                "sweep: {grid: {%s: [...]}}",
                field->name, field->name);
        } else if (node != NULL) {
            code = basin_node_field(&self->document, node, field, params, diag);
        }
    }
    return code;
}

/* The keys of the section "" are those of the whole document: plan.c checks them. */
static int read_entry(const struct basin_plan *self, const struct basin_section *section,
    const struct basin_node *node, struct basin_entry *entry, struct basin_diag *diag)
{
    if (node != NULL && node->kind == BASIN_SCALAR && node->plain &&
        *node->text == '\0' && !section->list) {
        node = NULL; /* "cue:" with nothing in it */
    }
    entry->node = node;
    entry->kind = section->kinds[0];
    if (node != NULL && node->kind != BASIN_MAPPING) {
        return basin_fail_at(diag, &self->document, node,
            "%s%s must be a mapping (key: value), not a %s",
            section->list ? "an entry of " : "", section->name,
            node->kind == BASIN_SCALAR ? "single value" : "list");
    }
    int code = 0;
    if (node != NULL && section->selector != NULL) {
        code = basin_kind_read(
            self, node, section->selector, section->kinds, &entry->kind, diag);
    }
    if (code == 0 && node != NULL && section->name[0] != '\0') {
        code = check_keys(self, entry, section, diag);
    }
    return code == 0 ? read_values(self, entry, section, diag) : code;
}

/* A label names a group of the results file, so it may not look like a path. */
static int read_label(struct basin_plan *self, size_t variant, struct basin_diag *diag)
{
    const struct basin_inside *inside = basin_inside_of(self);
    const struct basin_entry *entry = basin_entry_of(self, variant, inside->list);
    const struct basin_node *node = basin_node_get(entry->node, "label");
    const char *label = entry->kind->name;
    if (node != NULL) {
        int code = basin_node_text(&self->document, node, &label, diag);
        if (code != 0) {
            return code;
        }
        if (*label == '\0' || strchr(label, '/') != NULL || strcmp(label, ".") == 0 ||
            strcmp(label, "..") == 0) {
            return basin_fail_at(diag, &self->document, node,
                "a label must be a text without \"/\", not \"%s\"", label);
        }
    }
    for (size_t i = 0; i < variant; i++) {
        if (strcmp(self->variants[i].label, label) == 0) {
            return basin_fail_at(diag, &self->document, node == NULL ? entry->node : node,
                "entry %zu of %s is called \"%s\" already; give this one a label of its "
                "own",
                i + 1, self->sections[inside->list].name, label);
        }
    }
    self->variants[variant].label = basin_str_copy(label);
    return self->variants[variant].label == NULL ? basin_fail_memory(diag) : 0;
}

static int read_variant(struct basin_plan *self, size_t variant, struct basin_diag *diag)
{
    const struct basin_inside *inside = basin_inside_of(self);
    for (size_t s = 0; s < self->n_sections; s++) {
        const struct basin_section *section = &self->sections[s];
        const struct basin_node *node =
            section->name[0] == '\0' ? self->document.root
                                     : basin_node_get(self->document.root, section->name);
        if (s == inside->list) {
            node = node->items[variant];
        }
        int code =
            read_entry(self, section, node, basin_entry_of(self, variant, s), diag);
        if (code != 0) {
            return code;
        }
    }
    if (inside->list != BASIN_NONE) {
        self->variants[variant].kind = basin_entry_of(self, variant, inside->list)->kind;
        return read_label(self, variant, diag);
    }
    self->variants[variant].kind = self->experiment;
    self->variants[variant].label = basin_str_copy(self->experiment->name);
    return self->variants[variant].label == NULL ? basin_fail_memory(diag) : 0;
}

/* The number of variants: entries of the list section, or one. */
static int count_variants(
    const struct basin_plan *self, size_t *n, struct basin_diag *diag)
{
    size_t list = basin_inside_of(self)->list;
    *n = 1;
    if (list == BASIN_NONE) {
        return 0;
    }
    const char *name = self->sections[list].name;
    const struct basin_node *node = basin_node_get(self->document.root, name);
    if (node == NULL) {
        return basin_fail_at(diag, &self->document, self->document.root,
            "\"%s\" is missing: a list with at least one entry", name);
    }
    if (node->kind != BASIN_SEQUENCE || node->n == 0 || node->n > BASIN_LIST_MOST) {
        return basin_fail_at(diag, &self->document, node,
            "%s must be a list with at least one entry and at most %d", name,
            BASIN_LIST_MOST);
    }
    *n = node->n;
    return 0;
}

int basin_entries_read(struct basin_plan *self, struct basin_diag *diag)
{
    struct basin_inside *inside = basin_inside_of(self);
    inside->list = BASIN_NONE;
    for (size_t s = 0; s < self->n_sections; s++) {
        if (self->sections[s].list) {
            inside->list = s;
        }
    }
    size_t n;
    int code = count_variants(self, &n, diag);
    if (code != 0) {
        return code;
    }
    self->variants = calloc(n, sizeof(*self->variants));
    inside->parts = calloc(n, sizeof(*inside->parts));
    if (self->variants == NULL || inside->parts == NULL) {
        return basin_fail_memory(diag);
    }
    self->n_variants = n;
    for (size_t v = 0; v < n && code == 0; v++) {
        code = read_variant(self, v, diag);
    }
    return code;
}

void basin_entries_free(struct basin_plan *self)
{
    struct basin_inside *inside = basin_inside_of(self);
    for (size_t v = 0; v < self->n_variants; v++) {
        for (size_t s = 0; s < BASIN_SECTIONS; s++) {
            free(inside->parts[v].entries[s].own);
            free(inside->parts[v].entries[s].common);
        }
        basin_identity_free(&inside->parts[v]);
        free(self->variants[v].label);
        free(self->variants[v].axes);
    }
    free(self->variants);
    free(inside->parts);
}
