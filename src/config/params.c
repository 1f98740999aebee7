/* A cell's parameters as the structs that its kinds declare. */
#include "config/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounded up so that any struct may follow. */
static size_t aligned(size_t size)
{
    return (size + 15) / 16 * 16;
}

/* Copies the structs of a variant's entries into the block. */
static int copy_structs(const struct basin_plan *self, size_t variant,
    struct basin_params *params, struct basin_diag *diag)
{
    size_t size = 1;
    for (size_t s = 0; s < self->n_sections; s++) {
        const struct basin_kind *common = self->sections[s].common;
        size += aligned(basin_entry_of(self, variant, s)->kind->size) +
                (common == NULL ? 0 : aligned(common->size));
    }
    char *block = realloc(params->block, size);
    if (block == NULL) {
        return basin_fail_memory(diag);
    }
    params->block = block;
    for (size_t s = 0; s < self->n_sections; s++) {
        const struct basin_entry *entry = basin_entry_of(self, variant, s);
        const struct basin_kind *common = self->sections[s].common;
        params->kind[s] = entry->kind;
        params->own[s] = memcpy(block, entry->own, entry->kind->size);
        block += aligned(entry->kind->size);
        params->common[s] = NULL;
        if (common != NULL) {
            params->common[s] = memcpy(block, entry->common, common->size);
            block += aligned(common->size);
        }
    }
    return 0;
}

/* The struct of a copy that holds an entry's field. */
static void *owner_of(const struct basin_params *params, size_t section,
    const struct basin_entry *entry, const void *original)
{
    return original == entry->own ? params->own[section] : params->common[section];
}

int basin_plan_params(const struct basin_plan *self, size_t cell,
    struct basin_params *params, struct basin_diag *diag)
{
    const struct basin_cell *of = &self->cells[cell];
    const struct basin_variant *variant = &self->variants[of->variant];
    int code = copy_structs(self, of->variant, params, diag);
    for (size_t i = 0; code == 0 && i < variant->n_axes; i++) {
        const struct basin_axis *axis = &self->axes[variant->axes[i]];
        const struct basin_entry *entry =
            basin_entry_of(self, of->variant, axis->section);
        void *original;
        const struct basin_field *field = basin_entry_field(
            entry, &self->sections[axis->section], axis->field->name, &original);
        code = basin_value_read(field, axis->text[of->value[variant->axes[i]]],
            field->type != BASIN_TEXT, owner_of(params, axis->section, entry, original),
            diag);
    }
    struct basin_str text = {0};
    for (size_t s = 0; code == 0 && s < self->n_sections; s++) {
        text.length = 0;
        basin_identity_section(self, of, s, &text);
        if (text.failed) {
            code = basin_fail_memory(diag);
        } else {
            struct basin_id id = basin_id_of(text.text, text.length);
            params->identity[s] = basin_id_number(&id);
        }
    }
    params->key = of->id;
    if (code == 0 && basin_inside_of(self)->n_reads > 0) {
        text.length = 0;
        basin_identity_text(self, of, false, &text);
        code = text.failed ? basin_fail_memory(diag) : 0;
        params->key = text.failed ? of->id : basin_id_of(text.text, text.length);
    }
    basin_str_free(&text);
    return code;
}

void basin_params_free(struct basin_params *params)
{
    free(params->block);
    *params = (struct basin_params){0};
}

double basin_plan_constant(
    const struct basin_plan *self, size_t variant, const char *field_name)
{
    size_t section;
    const char *name;
    if (basin_axis_resolve(self, field_name, NULL, 0, &section, &name, NULL) != 0) {
        return NAN;
    }
    size_t axis = basin_axis_index(self, section, name);
    for (size_t i = 0; i < self->variants[variant].n_axes; i++) {
        if (self->variants[variant].axes[i] == axis) {
            return NAN;
        }
    }
    void *params;
    const struct basin_field *field = basin_entry_field(
        basin_entry_of(self, variant, section), &self->sections[section], name, &params);
    return field == NULL ? NAN : basin_value_number(field, params);
}
