/* Loading a plan: the document, its overrides, sections, sweep, cells, identity. */
#include "config/inside.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#define HEAD(type, member, fallback, min, max, help)                                     \
    {                                                                                    \
#member, type, offsetof(struct basin_head, member), fallback, min, max, NULL,    \
            "1", help                                                                    \
    }

const struct basin_field basin_head_fields[] = {
    HEAD(BASIN_TEXT, title, "", 0, 0, "what figures and reports call it"),
    HEAD(BASIN_TEXT, source, "", 0, 0, "where the question comes from"),
    HEAD(BASIN_INT, seed, "1", 0, BASIN_WHOLE_MAX, "root of all random numbers"),
    HEAD(BASIN_INT, replicates, "1", 1, 1 << 20, "independent repetitions of each cell"),
    HEAD(BASIN_INT, max_cells, "1000000", 1, BASIN_CELLS_MOST,
        "a sweep that makes more cells is refused"),
    BASIN_FIELD_END,
};

/* Applies one "path=value". */
static int apply_set(struct basin_plan *self, const char *set, struct basin_diag *diag)
{
    const char *equals = strchr(set, '=');
    if (equals == NULL) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--set %s: needs path=value, such as cue.flip=0.1", set);
    }
    char *path = strndup(set, (size_t)(equals - set));
    if (path == NULL) {
        return basin_fail_memory(diag);
    }
    int code = basin_document_set(&self->document, path, equals + 1, diag);
    free(path);
    return code;
}

/* Puts the command line's globs in the place of the document's, so that the resolved
 * configuration knows them. */
static int apply_onlys(
    struct basin_plan *self, const struct basin_text_list *onlys, struct basin_diag *diag)
{
    struct basin_str list = {0};
    for (size_t i = 0; i < onlys->n; i++) {
        basin_str_add(&list, "%s", i == 0 ? "[" : ", ");
        basin_scalar_print(onlys->text[i], &list);
    }
    basin_str_add(&list, "]");
    int code = list.failed ? basin_fail_memory(diag)
                           : basin_document_set(&self->document, "only", list.text, diag);
    basin_str_free(&list);
    struct basin_node *node = basin_node_get(self->document.root, "only");
    for (size_t i = 0; code == 0 && i < node->n; i++) {
        free(node->items[i]->origin);
        node->items[i]->origin = basin_str_copy("--only");
    }
    return code;
}

static int apply_overrides(struct basin_plan *self,
    const struct basin_overrides *overrides, struct basin_diag *diag)
{
    int code = 0;
    if (overrides == NULL) {
        return 0;
    }
    for (size_t i = 0; overrides->sets != NULL && code == 0 && i < overrides->sets->n;
         i++) {
        code = apply_set(self, overrides->sets->text[i], diag);
    }
    if (code == 0 && overrides->onlys != NULL && overrides->onlys->n > 0) {
        code = apply_onlys(self, overrides->onlys, diag);
    }
    return code;
}

/* The words that may be keys at the top: allocated list of borrowed words, or NULL. */
static const char **list_keys(const struct basin_plan *self, size_t *n)
{
    const struct basin_registry *registry = basin_inside_of(self)->registry;
    const struct basin_field *own = self->experiment->fields;
    size_t most = 16 + self->n_sections + registry->n_other_keys;
    for (size_t i = 0; own != NULL && own[i].name != NULL; i++) {
        most++;
    }
    const char **keys = malloc(most * sizeof(*keys));
    if (keys == NULL) {
        return NULL;
    }
    *n = 0;
    keys[(*n)++] = "experiment";
    keys[(*n)++] = "sweep";
    keys[(*n)++] = "only";
    for (const struct basin_field *f = basin_head_fields; f->name != NULL; f++) {
        keys[(*n)++] = f->name;
    }
    for (const struct basin_field *f = own; f != NULL && f->name != NULL; f++) {
        keys[(*n)++] = f->name;
    }
    for (size_t s = 0; s < self->n_sections; s++) {
        if (self->sections[s].name[0] != '\0') {
            keys[(*n)++] = self->sections[s].name;
        }
    }
    for (size_t i = 0; i < registry->n_other_keys; i++) {
        keys[(*n)++] = registry->other_keys[i];
    }
    return keys;
}

static int check_top(const struct basin_plan *self, struct basin_diag *diag)
{
    size_t n;
    const char **keys = list_keys(self, &n);
    if (keys == NULL) {
        return basin_fail_memory(diag);
    }
    int code = basin_node_check_keys(&self->document, self->document.root, keys, n, diag);
    free(keys);
    return code;
}

static int read_head(struct basin_plan *self, struct basin_diag *diag)
{
    struct basin_head *head = &basin_inside_of(self)->head;
    int code = basin_fields_default(basin_head_fields, head, diag);
    for (const struct basin_field *f = basin_head_fields; code == 0 && f->name != NULL;
         f++) {
        const struct basin_node *node = basin_node_get(self->document.root, f->name);
        if (node != NULL) {
            code = basin_node_field(&self->document, node, f, head, diag);
        }
    }
    if (code != 0) {
        return code;
    }
    self->seed = (uint64_t)head->seed;
    self->replicates = (uint32_t)head->replicates;
    self->title = basin_str_copy(*head->title == '\0' ? self->name : head->title);
    self->source = basin_str_copy(head->source);
    return self->title == NULL || self->source == NULL ? basin_fail_memory(diag) : 0;
}

static int read_experiment(struct basin_plan *self, struct basin_diag *diag)
{
    const struct basin_registry *registry = basin_inside_of(self)->registry;
    int code = basin_kind_read(self, self->document.root, "experiment",
        registry->experiments, &self->experiment, diag);
    if (code == 0) {
        self->sections = registry->sections(self->experiment);
        while (self->sections[self->n_sections].name != NULL) {
            self->n_sections++;
        }
        code = check_top(self, diag);
    }
    return code;
}

static int read_sweep(struct basin_plan *self, struct basin_diag *diag)
{
    struct basin_sweep sweep = {0};
    int code = basin_sweep_read(self, &sweep, diag);
    if (code == 0) {
        code = basin_cells_make(self, &sweep, diag);
    }
    basin_sweep_free(&sweep);
    return code;
}

static int fail_only(
    const struct basin_plan *self, const struct basin_node *node, struct basin_diag *diag)
{
    enum { SHOWN = 4 };
    struct basin_str names = {0};
    size_t step = (self->n_cells + SHOWN - 1) / SHOWN;
    for (size_t i = 0; i < self->n_cells; i += step) {
        basin_str_add(&names, "%s", i == 0 ? "" : "; ");
        basin_plan_cell_name(self, i, &names);
    }
    int code =
        names.failed
            ? basin_fail_memory(diag)
            : basin_fail_at(diag, &self->document, node,
                  "no cell is called \"%s\" (with * for any characters); some are: %s",
                  node->text, names.text);
    basin_str_free(&names);
    return code;
}

/* Marks the cells that a glob matches; false when memory is out or none is. */
static int mark_cells(const struct basin_plan *self, const struct basin_node *glob,
    bool *marked, struct basin_diag *diag)
{
    struct basin_str name = {0};
    bool any = false;
    for (size_t i = 0; i < self->n_cells && !name.failed; i++) {
        name.length = 0;
        if (basin_plan_cell_name(self, i, &name) == 0 &&
            fnmatch(glob->text, name.text, 0) == 0) {
            marked[i] = true;
            any = true;
        }
    }
    int code = name.failed ? basin_fail_memory(diag)
               : any       ? 0
                           : fail_only(self, glob, diag);
    basin_str_free(&name);
    return code;
}

/* `only`: leaves the cells whose names one of the globs matches. */
static int apply_only(struct basin_plan *self, struct basin_diag *diag)
{
    const struct basin_node *list = basin_node_get(self->document.root, "only");
    if (list == NULL) {
        return 0;
    }
    if (list->kind != BASIN_SEQUENCE || list->n == 0) {
        return basin_fail_at(diag, &self->document, list,
            "only must be a list of patterns for names of cells, at least one");
    }
    bool *marked = calloc(self->n_cells, sizeof(*marked));
    int code = marked == NULL ? basin_fail_memory(diag) : 0;
    for (size_t i = 0; i < list->n && code == 0; i++) {
        const char *text;
        code = basin_node_text(&self->document, list->items[i], &text, diag);
        if (code == 0) {
            code = mark_cells(self, list->items[i], marked, diag);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < self->n_cells && code == 0; i++) {
        self->cells[kept] = self->cells[i];
        kept += marked[i];
    }
    self->n_cells = code == 0 ? kept : self->n_cells;
    free(marked);
    return code;
}

static int compare_ids(const void *a, const void *b)
{
    return basin_id_compare(a, b);
}

/* All that decides the numbers, whatever the order of the cells. */
static int identify(struct basin_plan *self, struct basin_diag *diag)
{
    struct basin_id *ids = malloc(self->n_cells * sizeof(*ids));
    struct basin_str text = {0};
    if (ids == NULL) {
        return basin_fail_memory(diag);
    }
    for (size_t i = 0; i < self->n_cells; i++) {
        ids[i] = self->cells[i].id;
    }
    qsort(ids, self->n_cells, sizeof(*ids), compare_ids);
    basin_str_add(&text, "seed=%llu\nreplicates=%u\n", (unsigned long long)self->seed,
        self->replicates);
    basin_str_add_bytes(&text, (const char *)ids, self->n_cells * sizeof(*ids));
    if (!text.failed) {
        self->id = basin_id_of(text.text, text.length);
    }
    int code = text.failed ? basin_fail_memory(diag) : 0;
    basin_str_free(&text);
    free(ids);
    return code;
}

/* Everything after the document is there, in self->document. */
static int make_plan(struct basin_plan *self, const char *name,
    const struct basin_registry *registry, const struct basin_overrides *overrides,
    struct basin_diag *diag)
{
    struct basin_inside *inside = calloc(1, sizeof(*inside));
    self->internal = inside;
    self->name = basin_str_copy(name);
    int code = inside == NULL || self->name == NULL ? basin_fail_memory(diag) : 0;
    if (code == 0) {
        inside->registry = registry;
        inside->blind = overrides != NULL && overrides->blind;
        code = apply_overrides(self, overrides, diag);
    }
    int (*const steps[])(struct basin_plan *, struct basin_diag *) = {
        read_experiment, read_head, basin_entries_read, read_sweep, apply_only, identify};
    for (size_t i = 0; code == 0 && i < sizeof(steps) / sizeof(steps[0]); i++) {
        code = steps[i](self, diag);
    }
    if (code != 0) {
        basin_plan_free(self);
    }
    return code;
}

/* "configs/capacity.yaml" is called "capacity". */
static char *name_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    return strndup(
        base, dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base));
}

int basin_plan_load(struct basin_plan *self, const char *path,
    const struct basin_registry *registry, const struct basin_overrides *overrides,
    struct basin_diag *diag)
{
    *self = (struct basin_plan){0};
    char *name = name_of_path(path);
    if (name == NULL) {
        return basin_fail_memory(diag);
    }
    int code = basin_document_load(&self->document, path, diag);
    if (code == 0) {
        code = make_plan(self, name, registry, overrides, diag);
    }
    free(name);
    return code;
}

int basin_plan_parse(struct basin_plan *self, const char *name, const char *text,
    size_t length, const struct basin_registry *registry,
    const struct basin_overrides *overrides, struct basin_diag *diag)
{
    *self = (struct basin_plan){0};
    int code = basin_document_parse(&self->document, name, text, length, diag);
    return code == 0 ? make_plan(self, name, registry, overrides, diag) : code;
}

void basin_plan_free(struct basin_plan *self)
{
    struct basin_inside *inside = basin_inside_of(self);
    if (inside != NULL) {
        basin_entries_free(self);
        basin_reads_free(inside);
        free(inside->partly_swept);
        free(inside->values);
    }
    for (size_t a = 0; a < self->n_axes; a++) {
        for (size_t i = 0; self->axes[a].text != NULL && i < self->axes[a].n; i++) {
            free(self->axes[a].text[i]);
        }
        free(self->axes[a].name);
        free(self->axes[a].number);
        free(self->axes[a].text);
    }
    free(self->axes);
    free(self->cells);
    free(self->name);
    free(self->title);
    free(self->source);
    free(inside);
    basin_document_free(&self->document);
    *self = (struct basin_plan){0};
}
