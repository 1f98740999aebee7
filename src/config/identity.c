/* A cell's canonical text, whose hash is its identity, and its name.
 *
 * The text is the same for every cell of a variant but for the values of its axes, so it
 * is composed once per variant, in pieces with places for values between them. */
#include "config/inside.h"

#include <stdlib.h>
#include <string.h>

/* A field of an entry with its struct, for sorting by name. */
struct named {
    const struct basin_field *field;
    const void *params;
};

static int compare_named(const void *a, const void *b)
{
    return strcmp(
        ((const struct named *)a)->field->name, ((const struct named *)b)->field->name);
}

/* All fields of an entry by name; NULL when memory is out. */
static struct named *sorted_fields(
    const struct basin_entry *entry, const struct basin_section *section, size_t *n)
{
    void *params;
    *n = 0;
    while (basin_entry_field_at(entry, section, *n, &params) != NULL) {
        ++*n;
    }
    struct named *fields = malloc((*n + 1) * sizeof(*fields));
    for (size_t i = 0; fields != NULL && i < *n; i++) {
        fields[i].field = basin_entry_field_at(entry, section, i, &params);
        fields[i].params = params;
    }
    if (fields != NULL) {
        qsort(fields, *n, sizeof(*fields), compare_named);
    }
    return fields;
}

static bool has_axis(const struct basin_variant *variant, size_t axis)
{
    for (size_t i = 0; i < variant->n_axes; i++) {
        if (variant->axes[i] == axis) {
            return true;
        }
    }
    return false;
}

/* Closes the text collected so far as a piece; then the value of an axis, if any. */
static void add_pieces(struct basin_part *part, struct basin_str *text, size_t axis)
{
    if (text->length > 0) {
        part->pieces[part->n_pieces++] =
            (struct basin_piece){text->text, text->length, BASIN_NONE, false};
        *text = (struct basin_str){.failed = text->failed};
    }
    if (axis != BASIN_NONE) {
        part->pieces[part->n_pieces++] = (struct basin_piece){NULL, 0, axis, false};
    }
}

/* "patterns.path content=", and then what the files hold that the field names: its value,
 * or the axis'. */
static int add_content(struct basin_plan *self, struct basin_part *part,
    const struct basin_field *field, const char *name, size_t axis, const char *path,
    struct basin_diag *diag)
{
    struct basin_str text = {0};
    int code = 0;
    basin_str_add(&text, "%s.%s content=", name, field->name);
    if (axis == BASIN_NONE) {
        code = basin_reads_add(self, field, path, diag);
        if (code == 0) {
            basin_str_add(&text, "%s\n", basin_reads_content(self, field, path));
        }
    }
    for (size_t i = 0; axis != BASIN_NONE && code == 0 && i < self->axes[axis].n; i++) {
        code = basin_reads_add(self, field, self->axes[axis].text[i], diag);
    }
    code = text.failed ? basin_fail_memory(diag) : code;
    add_pieces(part, &text, axis);
    for (size_t i = part->n_pieces - (axis == BASIN_NONE ? 1 : 2); i < part->n_pieces;
         i++) {
        part->pieces[i].content = true;
    }
    return code;
}

/* Texts are quoted where they could be taken for something else. */
static void add_value(
    const struct basin_field *field, const char *value, struct basin_str *out)
{
    if (field->type == BASIN_TEXT) {
        basin_scalar_print(value, out);
    } else {
        basin_str_add_bytes(out, value, strlen(value));
    }
}

/* "patterns: polar 1", then a line for each field: "patterns.dimension=100". */
static int prepare_section(
    struct basin_plan *self, size_t variant, size_t s, struct basin_diag *diag)
{
    const struct basin_section *section = &self->sections[s];
    struct basin_part *part = &basin_inside_of(self)->parts[variant];
    const struct basin_entry *entry = &part->entries[s];
    const char *prefix = section->name[0] == '\0' ? "experiment" : section->name;
    struct basin_str text = {0};
    struct basin_str value = {0};
    size_t n;
    int code = 0;
    struct named *fields = sorted_fields(entry, section, &n);
    struct basin_piece *pieces =
        fields == NULL
            ? NULL
            : realloc(part->pieces, (part->n_pieces + 4 * n + 2) * sizeof(*pieces));
    if (pieces == NULL) {
        free(fields);
        return basin_fail_memory(diag);
    }
    part->pieces = pieces;
    part->first_piece[s] = part->n_pieces;
    basin_str_add(&text, "%s: %s %d", prefix, entry->kind->name, entry->kind->version);
    if (section->common != NULL) {
        basin_str_add(&text, ", %s %d", section->common->name, section->common->version);
    }
    basin_str_add(&text, "\n");
    for (size_t i = 0; code == 0 && i < n; i++) {
        const struct basin_field *field = fields[i].field;
        size_t axis = basin_axis_index(self, s, field->name);
        if (axis != BASIN_NONE && !has_axis(&self->variants[variant], axis)) {
            axis = BASIN_NONE;
        }
        value.length = 0;
        basin_str_add(&text, "%s.%s=", prefix, field->name);
        if (axis != BASIN_NONE) {
            add_pieces(part, &text, axis);
        } else {
            basin_value_text(field, fields[i].params, &value);
            add_value(field, value.length == 0 ? "" : value.text, &text);
        }
        basin_str_add(&text, "\n");
        if (field->reads != NULL && !basin_inside_of(self)->blind) {
            add_pieces(part, &text, BASIN_NONE);
            code = add_content(self, part, field, prefix, axis,
                value.length == 0 ? "" : value.text, diag);
        }
    }
    add_pieces(part, &text, BASIN_NONE);
    part->last_piece[s] = part->n_pieces;
    bool failed = text.failed || value.failed;
    basin_str_free(&text);
    basin_str_free(&value);
    free(fields);
    return failed ? basin_fail_memory(diag) : code;
}

/* Sections by name: their order in the experiment's table is no part of the identity. */
static size_t next_section(const struct basin_plan *self, const char *after)
{
    size_t next = BASIN_NONE;
    for (size_t s = 0; s < self->n_sections; s++) {
        const char *name = self->sections[s].name;
        if ((after == NULL || strcmp(name, after) > 0) &&
            (next == BASIN_NONE || strcmp(name, self->sections[next].name) < 0)) {
            next = s;
        }
    }
    return next;
}

int basin_identity_prepare(struct basin_plan *self, struct basin_diag *diag)
{
    int code = 0;
    for (size_t v = 0; v < self->n_variants; v++) {
        const char *after = NULL;
        for (size_t i = 0; code == 0 && i < self->n_sections; i++) {
            size_t s = next_section(self, after);
            code = prepare_section(self, v, s, diag);
            after = self->sections[s].name;
        }
    }
    return code;
}

void basin_identity_free(struct basin_part *part)
{
    for (size_t i = 0; i < part->n_pieces; i++) {
        free(part->pieces[i].text);
    }
    free(part->pieces);
}

static void add_range(const struct basin_plan *self, const struct basin_cell *cell,
    size_t first, size_t last, bool content, struct basin_str *out)
{
    const struct basin_part *part = &basin_inside_of(self)->parts[cell->variant];
    for (size_t i = first; i < last; i++) {
        const struct basin_piece *piece = &part->pieces[i];
        if (piece->content && !content) {
            continue;
        }
        if (piece->axis == BASIN_NONE) {
            basin_str_add_bytes(out, piece->text, piece->length);
            continue;
        }
        const struct basin_axis *axis = &self->axes[piece->axis];
        const char *value = axis->text[cell->value[piece->axis]];
        if (piece->content) {
            basin_str_add(out, "%s\n", basin_reads_content(self, axis->field, value));
        } else {
            add_value(axis->field, value, out);
        }
    }
}

void basin_identity_section(const struct basin_plan *self, const struct basin_cell *cell,
    size_t section, struct basin_str *out)
{
    const struct basin_part *part = &basin_inside_of(self)->parts[cell->variant];
    add_range(
        self, cell, part->first_piece[section], part->last_piece[section], false, out);
}

void basin_identity_text(const struct basin_plan *self, const struct basin_cell *cell,
    bool content, struct basin_str *out)
{
    add_range(self, cell, 0, basin_inside_of(self)->parts[cell->variant].n_pieces,
        content, out);
}

int basin_plan_cell_text(
    const struct basin_plan *self, size_t cell, struct basin_str *out)
{
    basin_identity_text(self, &self->cells[cell], true, out);
    return out->failed ? BASIN_ERR_NOMEM : 0;
}

int basin_plan_cell_name(
    const struct basin_plan *self, size_t cell, struct basin_str *out)
{
    const struct basin_cell *of = &self->cells[cell];
    const struct basin_variant *variant = &self->variants[of->variant];
    size_t list = basin_inside_of(self)->list;
    const char *separator = "";
    if (list != BASIN_NONE) {
        const struct basin_section *section = &self->sections[list];
        basin_str_add(out, "%s=%s",
            section->selector == NULL ? section->name : section->selector,
            variant->label);
        separator = ",";
    } else if (variant->n_axes == 0) {
        basin_str_add(out, "%s", variant->label);
    }
    for (size_t i = 0; i < variant->n_axes; i++) {
        const struct basin_axis *axis = &self->axes[variant->axes[i]];
        basin_str_add(out, "%s%s=%s", separator, axis->name,
            axis->text[of->value[variant->axes[i]]]);
        separator = ",";
    }
    return out->failed ? BASIN_ERR_NOMEM : 0;
}
