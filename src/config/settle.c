/* Settling the sweep: which axes each variant has, and what stands where a block does not
 * give a value: the section's, if it has one. */
#include "config/inside.h"

#include <stdlib.h>

struct settler {
    struct basin_plan *plan;
    struct basin_sweep *sweep;
    struct basin_diag *diag;
};

/* Whether a block gives a variant values along an axis. */
static bool gives(const struct basin_plan *plan, const struct basin_block *block,
    size_t variant, size_t axis)
{
    for (size_t i = 0; i < block->n_axes && block->has[variant]; i++) {
        if (block->axes[i].axis == axis) {
            return basin_axis_applies(
                plan, variant, plan->axes[axis].section, plan->axes[axis].field->name);
        }
    }
    return false;
}

static int fail_missing(struct settler *r, const struct basin_block *block,
    size_t variant, size_t section, const struct basin_field *field, bool swept)
{
    const struct basin_plan *plan = r->plan;
    const struct basin_entry *entry = basin_entry_of(plan, variant, section);
    const struct basin_node *at = entry->node == NULL ? plan->document.root : entry->node;
    struct basin_str name = {0};
    basin_axis_name(plan, section, field->name, &name);
    int code =
        name.failed ? basin_fail_memory(r->diag)
        : swept
            ? basin_fail_at(r->diag, &plan->document, block->node,
                  "\"%s\" is missing in this block: %s \"%s\" needs it, here or where it "
                  "is configured (%s)",
                  name.text, section == 0 ? "experiment" : plan->sections[section].name,
                  section == basin_inside_of(plan)->list ? plan->variants[variant].label
                                                         : entry->kind->name,
                  field->help)
            : basin_fail_at(r->diag, &plan->document, at,
                  "\"%s\" is missing, here or in the sweep: %s (%s)", name.text,
                  field->help, entry->kind->name);
    basin_str_free(&name);
    return code;
}

/* Every required field must be given, by its section or by each block. */
static int check_required(
    struct settler *r, const struct basin_block *block, size_t variant)
{
    const struct basin_plan *plan = r->plan;
    for (size_t s = 0; s < plan->n_sections; s++) {
        const struct basin_entry *entry = basin_entry_of(plan, variant, s);
        const struct basin_field *field;
        void *params;
        for (size_t i = 0; (field = basin_entry_field_at(
                                entry, &plan->sections[s], i, &params)) != NULL;
             i++) {
            if (field->fallback != NULL || basin_node_get(entry->node, field->name)) {
                continue;
            }
            size_t axis = basin_axis_index(plan, s, field->name);
            if (axis == BASIN_NONE || !gives(plan, block, variant, axis)) {
                return fail_missing(r, block, variant, s, field, axis != BASIN_NONE);
            }
        }
    }
    return 0;
}

/* Which axes a variant has, and its value where a block of it does not sweep one. */
static int settle_variant(struct settler *r, size_t variant)
{
    struct basin_plan *plan = r->plan;
    struct basin_variant *self = &plan->variants[variant];
    self->axes = malloc((plan->n_axes + 1) * sizeof(*self->axes));
    if (self->axes == NULL) {
        return basin_fail_memory(r->diag);
    }
    for (size_t a = 0; a < plan->n_axes; a++) {
        size_t swept = 0;
        size_t blocks = 0;
        for (size_t b = 0; b < r->sweep->n_blocks; b++) {
            blocks += r->sweep->blocks[b].has[variant];
            swept += gives(plan, &r->sweep->blocks[b], variant, a);
        }
        if (swept == 0) {
            continue;
        }
        self->axes[self->n_axes++] = a;
        if (swept < blocks) {
            void *params;
            size_t s = plan->axes[a].section;
            const struct basin_field *field =
                basin_entry_field(basin_entry_of(plan, variant, s), &plan->sections[s],
                    plan->axes[a].field->name, &params);
            basin_inside_of(plan)->partly_swept[a] = true;
            r->sweep->fixed[variant * plan->n_axes + a] = r->sweep->met[a].n;
            int code = basin_met_add(&r->sweep->met[a], field, params, r->diag);
            if (code != 0) {
                return code;
            }
        }
    }
    return 0;
}

int basin_sweep_settle(
    struct basin_plan *self, struct basin_sweep *sweep, struct basin_diag *diag)
{
    struct settler r = {self, sweep, diag};
    sweep->fixed = calloc(self->n_variants * self->n_axes + 1, sizeof(*sweep->fixed));
    basin_inside_of(self)->partly_swept = calloc(self->n_axes + 1, sizeof(bool));
    if (sweep->fixed == NULL || basin_inside_of(self)->partly_swept == NULL) {
        return basin_fail_memory(diag);
    }
    int code = 0;
    for (size_t v = 0; v < self->n_variants && code == 0; v++) {
        for (size_t b = 0; b < sweep->n_blocks && code == 0; b++) {
            if (sweep->blocks[b].has[v]) {
                code = check_required(&r, &sweep->blocks[b], v);
            }
        }
        if (code == 0) {
            code = settle_variant(&r, v);
        }
    }
    return code;
}
