/* The resolved configuration: every field written, so that it says the whole experiment.
 */
#include "config/inside.h"

/* "name: value  # default: x" */
static void add_field(const struct basin_field *field, const void *params, int indent,
    const char *remark, bool mark, struct basin_str *out)
{
    struct basin_str value = {0};
    basin_value_text(field, params, &value);
    const char *text = value.length == 0 ? "" : value.text;
    basin_str_add(out, "%*s%s: ", indent, "", field->name);
    basin_scalar_print(text, out);
    if (remark != NULL) {
        basin_str_add(out, "  # %s", remark);
    } else if (mark && field->fallback != NULL && *field->fallback != '\0' &&
               !basin_value_is_default(field, params)) {
        basin_str_add(out, "  # default: ");
        basin_scalar_print(field->fallback, out);
    }
    basin_str_add(out, "\n");
    out->failed |= value.failed;
    basin_str_free(&value);
}

/* A section that is no list is written once for all variants. */
static bool is_swept(const struct basin_plan *self, size_t variant, size_t section,
    const struct basin_field *field)
{
    size_t axis = basin_axis_index(self, section, field->name);
    if (!self->sections[section].list) {
        return axis != BASIN_NONE;
    }
    for (size_t i = 0; i < self->variants[variant].n_axes; i++) {
        if (self->variants[variant].axes[i] == axis) {
            return true;
        }
    }
    return false;
}

/* The fields of one entry. A swept field of a variant is left out, as one that is written
 * would be fixed, and so is any that every block sweeps. */
static void add_fields(const struct basin_plan *self, size_t variant, size_t section,
    int indent, bool mark, struct basin_str *out)
{
    const struct basin_entry *entry = basin_entry_of(self, variant, section);
    const bool *partly_swept = basin_inside_of(self)->partly_swept;
    const struct basin_field *field;
    void *params;
    for (size_t i = 0; (field = basin_entry_field_at(
                            entry, &self->sections[section], i, &params)) != NULL;
         i++) {
        if (!is_swept(self, variant, section, field)) {
            add_field(field, params, indent, NULL, mark, out);
        } else if (self->sections[section].list ||
                   !partly_swept[basin_axis_index(self, section, field->name)]) {
            basin_str_add(out, "%*s# %s: see sweep\n", indent, "", field->name);
        } else {
            add_field(field, params, indent, "where not swept", mark, out);
        }
    }
}

static void add_section(
    const struct basin_plan *self, size_t section, bool mark, struct basin_str *out)
{
    const struct basin_section *of = &self->sections[section];
    basin_str_add(out, "%s:", of->name);
    size_t n = of->list ? self->n_variants : 1;
    int indent = of->list ? 4 : 2;
    for (size_t v = 0; v < n; v++) {
        const struct basin_entry *entry = basin_entry_of(self, v, section);
        basin_str_add(out, "\n");
        if (of->list) {
            basin_str_add(out, "  - label: ");
            basin_scalar_print(self->variants[v].label, out);
            basin_str_add(out, "\n");
        }
        if (of->selector != NULL) {
            basin_str_add(out, "%*s%s: ", indent, "", of->selector);
            basin_scalar_print(entry->kind->name, out);
            basin_str_add(out, "\n");
        }
        add_fields(self, v, section, indent, mark, out);
    }
}

/* A key as it is written in the document, if it is. */
static void add_verbatim(
    const struct basin_plan *self, const char *key, struct basin_str *out)
{
    const struct basin_node *node = basin_node_get(self->document.root, key);
    if (node != NULL && node->kind != BASIN_SCALAR && node->n > 0) {
        basin_str_add(out, "%s:\n", key);
        basin_node_print(node, 2, out);
    } else if (node != NULL) {
        basin_str_add(out, "%s:", key);
        basin_node_print(node, 1, out);
    }
}

int basin_plan_print(const struct basin_plan *self, bool mark, struct basin_str *out,
    struct basin_diag *diag)
{
    const struct basin_inside *inside = basin_inside_of(self);
    basin_str_add(out, "experiment: ");
    basin_scalar_print(self->experiment->name, out);
    basin_str_add(out, "\n");
    for (const struct basin_field *f = basin_head_fields; f->name != NULL; f++) {
        add_field(f, &inside->head, 0, NULL, mark, out);
    }
    for (size_t s = 0; s < self->n_sections; s++) {
        if (self->sections[s].name[0] == '\0') {
            add_fields(self, 0, s, 0, mark, out);
        } else {
            add_section(self, s, mark, out);
        }
    }
    add_verbatim(self, "sweep", out);
    add_verbatim(self, "only", out);
    for (size_t i = 0; i < inside->n_reads; i++) {
        basin_str_add(out, "# content of ");
        basin_scalar_print(inside->reads[i].path, out);
        basin_str_add(out, ": %s\n", inside->reads[i].content);
    }
    for (size_t i = 0; i < inside->registry->n_other_keys; i++) {
        add_verbatim(self, inside->registry->other_keys[i], out);
    }
    return out->failed ? basin_fail_memory(diag) : 0;
}
