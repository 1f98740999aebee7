/* Exclusions of a block: a cell that matches all pairs of one is left out. */
#include "config/inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The block's axis that a key names. */
static int find_axis(const struct basin_plan *self, const struct basin_block *block,
    const struct basin_node *map, size_t key, const struct basin_block_axis **found,
    struct basin_diag *diag)
{
    size_t section;
    const char *name;
    int code = basin_axis_resolve(self, map->keys[key], map, key, &section, &name, diag);
    if (code != 0) {
        return code;
    }
    size_t axis = basin_axis_index(self, section, name);
    for (size_t i = 0; i < block->n_axes; i++) {
        if (block->axes[i].axis == axis) {
            *found = &block->axes[i];
            return 0;
        }
    }
    return basin_fail_key(diag, &self->document, map, key,
        "axis \"%s\" is not in this block, so nothing can be excluded by it",
        map->keys[key]);
}

/* Which values there are: the nearest number, or the first words. */
static int fail_value(const struct basin_plan *self, const struct basin_node *node,
    const char *name, const struct basin_met *wrong, const struct basin_met *met,
    const struct basin_block_axis *axis, struct basin_diag *diag)
{
    enum { SHOWN = 12 };
    struct basin_str hint = {0};
    char *const *values = met->text + axis->first;
    const double *numbers = met->number + axis->first;
    size_t nearest = 0;
    for (size_t i = 0; i < axis->n; i++) {
        if (fabs(numbers[i] - wrong->number[0]) <
            fabs(numbers[nearest] - wrong->number[0])) {
            nearest = i;
        }
    }
    enum basin_type type = self->axes[axis->axis].field->type;
    if (type == BASIN_INT || type == BASIN_REAL) {
        basin_str_add(&hint, "the nearest is %s", values[nearest]);
    } else {
        basin_str_add(&hint, "it takes");
        for (size_t i = 0; i < axis->n && i < SHOWN; i++) {
            basin_str_add(&hint, "%s%s", i == 0 ? " " : ", ", values[i]);
        }
    }
    int code = hint.failed ? basin_fail_memory(diag)
                           : basin_fail_at(diag, &self->document, node,
                                 "%s does not take the value %s in this block; %s", name,
                                 wrong->text[0], hint.text);
    basin_str_free(&hint);
    return code;
}

/* One pair: an axis of the block and one of its values there. */
static int read_pair(const struct basin_plan *self, const struct basin_sweep *sweep,
    const struct basin_block *block, const struct basin_node *map, size_t key,
    struct basin_exclude *exclude, struct basin_diag *diag)
{
    const struct basin_block_axis *axis = NULL;
    struct basin_met value = {0};
    int code = find_axis(self, block, map, key, &axis, diag);
    if (axis == NULL) {
        return code;
    }
    if (code == 0) {
        code = basin_met_read(
            &value, &self->document, map->items[key], self->axes[axis->axis].field, diag);
    }
    if (code == 0) {
        char **values = sweep->met[axis->axis].text + axis->first;
        size_t i = 0;
        while (i < axis->n && strcmp(values[i], value.text[0]) != 0) {
            i++;
        }
        exclude->axis[exclude->n] = axis->axis;
        exclude->value[exclude->n++] = axis->first + i;
        if (i == axis->n) {
            code = fail_value(self, map->items[key], map->keys[key], &value,
                &sweep->met[axis->axis], axis, diag);
        }
    }
    basin_met_free(&value);
    return code;
}

static int read_exclude(const struct basin_plan *self, const struct basin_sweep *sweep,
    const struct basin_block *block, const struct basin_node *map,
    struct basin_exclude *exclude, struct basin_diag *diag)
{
    if (map->kind != BASIN_MAPPING || map->n == 0) {
        return basin_fail_at(diag, &self->document, map,
            "an exclusion must be a mapping from axes to one value each");
    }
    exclude->axis = calloc(map->n, sizeof(*exclude->axis));
    exclude->value = calloc(map->n, sizeof(*exclude->value));
    if (exclude->axis == NULL || exclude->value == NULL) {
        return basin_fail_memory(diag);
    }
    int code = 0;
    for (size_t i = 0; i < map->n && code == 0; i++) {
        code = read_pair(self, sweep, block, map, i, exclude, diag);
    }
    return code;
}

int basin_excludes_read(const struct basin_plan *self, const struct basin_sweep *sweep,
    struct basin_block *block, const struct basin_node *list, struct basin_diag *diag)
{
    if (list->kind != BASIN_SEQUENCE || list->n == 0) {
        return basin_fail_at(diag, &self->document, list,
            "exclude must be a list of mappings from axes to values, at least one");
    }
    block->excludes = calloc(list->n, sizeof(*block->excludes));
    if (block->excludes == NULL) {
        return basin_fail_memory(diag);
    }
    int code = 0;
    for (size_t i = 0; i < list->n && code == 0; i++) {
        block->n_excludes = i + 1;
        code =
            read_exclude(self, sweep, block, list->items[i], &block->excludes[i], diag);
    }
    return code;
}
