/* Reading the sweep: a list of blocks, each a grid, zipped axes and exclusions.
 *
 * Blocks name the plan's axes and leave their values in basin_met; cells.c makes the
 * product and the union. */
#include "config/inside.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct basin_plan *plan;
    struct basin_sweep *sweep;
    struct basin_diag *diag;
};

/* Number of axes that a grid or zip names: a mapping, or a list of mappings. */
static size_t count_keys(const struct basin_node *node)
{
    size_t n = 0;
    if (node != NULL && node->kind == BASIN_MAPPING) {
        n = node->n;
    } else if (node != NULL) {
        for (size_t i = 0; i < node->n; i++) {
            n += node->items[i]->kind == BASIN_MAPPING ? node->items[i]->n : 0;
        }
    }
    return n;
}

/* The plan's axis for a key of a block, added when it is met first. */
static int find_axis(
    struct reader *r, const struct basin_node *map, size_t key, size_t *axis)
{
    struct basin_plan *plan = r->plan;
    size_t section;
    const char *name;
    int code =
        basin_axis_resolve(plan, map->keys[key], map, key, &section, &name, r->diag);
    if (code != 0) {
        return code;
    }
    *axis = basin_axis_index(plan, section, name);
    if (*axis != BASIN_NONE) {
        return 0;
    }
    size_t v = 0;
    while (basin_entry_field(basin_entry_of(plan, v, section), &plan->sections[section],
               name, NULL) == NULL) {
        v++;
    }
    struct basin_str text = {0};
    basin_axis_name(plan, section, name, &text);
    if (text.failed) {
        basin_str_free(&text);
        return basin_fail_memory(r->diag);
    }
    *axis = plan->n_axes++;
    plan->axes[*axis] = (struct basin_axis){
        .name = text.text,
        .section = section,
        .field = basin_entry_field(
            basin_entry_of(plan, v, section), &plan->sections[section], name, NULL),
    };
    return 0;
}

/* Fails if the axis is in the block already, or none of its variants has it. */
static int check_use(struct reader *r, const struct basin_block *block, size_t axis,
    const struct basin_node *map, size_t key)
{
    const struct basin_axis *of = &r->plan->axes[axis];
    for (size_t i = 0; i < block->n_axes; i++) {
        if (block->axes[i].axis == axis) {
            return basin_fail_key(r->diag, &r->plan->document, map, key,
                "axis \"%s\" is in this block already", map->keys[key]);
        }
    }
    for (size_t v = 0; v < r->plan->n_variants; v++) {
        if (block->has[v] &&
            basin_axis_applies(r->plan, v, of->section, of->field->name)) {
            return 0;
        }
    }
    return basin_fail_key(r->diag, &r->plan->document, map, key,
        "axis \"%s\" changes nothing: every entry of %s in this block gives %s itself or "
        "does not have it",
        map->keys[key], r->plan->sections[of->section].name, of->field->name);
}

/* One key of a grid or zip: an axis and its values. */
static int read_axis(struct reader *r, struct basin_block *block,
    const struct basin_node *map, size_t key, size_t group)
{
    size_t axis;
    int code = find_axis(r, map, key, &axis);
    if (code == 0) {
        code = check_use(r, block, axis, map, key);
    }
    if (code != 0) {
        return code;
    }
    struct basin_block_axis *self = &block->axes[block->n_axes++];
    *self =
        (struct basin_block_axis){.axis = axis, .group = group, .node = map->items[key]};
    return basin_axis_read(r->plan, block, self, &r->sweep->met[axis], r->diag);
}

static int check_mapping(struct reader *r, const struct basin_node *node, const char *key)
{
    if (node->kind == BASIN_MAPPING && node->n > 0) {
        return 0;
    }
    return basin_fail_at(r->diag, &r->plan->document, node,
        "%s must be a mapping from axes to values, with at least one axis", key);
}

static int read_grid(
    struct reader *r, struct basin_block *block, const struct basin_node *grid)
{
    int code = check_mapping(r, grid, "grid");
    for (size_t i = 0; code == 0 && i < grid->n; i++) {
        code = read_axis(r, block, grid, i, i);
    }
    return code;
}

/* Axes that advance together. */
static int read_zip(struct reader *r, struct basin_block *block,
    const struct basin_node *zip, size_t group)
{
    int code = check_mapping(r, zip, "zip");
    size_t first = block->n_axes;
    for (size_t i = 0; code == 0 && i < zip->n; i++) {
        code = read_axis(r, block, zip, i, group);
        if (code == 0 && block->axes[first + i].n != block->axes[first].n) {
            code = basin_fail_at(r->diag, &r->plan->document, zip->items[i],
                "zipped axes need equally many values: %s has %zu, %s has %zu",
                zip->keys[0], block->axes[first].n, zip->keys[i],
                block->axes[first + i].n);
        }
    }
    return code;
}

static int read_zips(
    struct reader *r, struct basin_block *block, const struct basin_node *zips)
{
    if (zips->kind != BASIN_SEQUENCE || zips->n == 0) {
        return read_zip(r, block, zips, block->n_axes);
    }
    int code = 0;
    for (size_t i = 0; code == 0 && i < zips->n; i++) {
        code = read_zip(r, block, zips->items[i], block->n_axes);
    }
    return code;
}

static int fail_label(struct reader *r, const struct basin_node *node, const char *label)
{
    const struct basin_plan *plan = r->plan;
    struct basin_str hint = {0};
    const char **labels = calloc(plan->n_variants, sizeof(*labels));
    int code = labels == NULL ? BASIN_ERR_NOMEM : 0;
    for (size_t v = 0; code == 0 && v < plan->n_variants; v++) {
        labels[v] = plan->variants[v].label;
    }
    if (code == 0) {
        code = basin_words_hint(label, labels, plan->n_variants, &hint);
    }
    code = code != 0
               ? basin_fail_memory(r->diag)
               : basin_fail_at(r->diag, &plan->document, node,
                     "no entry of %s is called \"%s\"%s",
                     plan->sections[basin_inside_of(plan)->list].name, label, hint.text);
    free(labels);
    basin_str_free(&hint);
    return code;
}

/* The variants that a block is restricted to, by their labels. */
static int read_labels(
    struct reader *r, struct basin_block *block, const struct basin_node *list)
{
    const struct basin_plan *plan = r->plan;
    if (list->kind != BASIN_SEQUENCE || list->n == 0) {
        return basin_fail_at(r->diag, &plan->document, list,
            "%s must be a list of labels, at least one",
            plan->sections[basin_inside_of(plan)->list].name);
    }
    memset(block->has, 0, plan->n_variants * sizeof(*block->has));
    for (size_t i = 0; i < list->n; i++) {
        const char *label;
        int code = basin_node_text(&plan->document, list->items[i], &label, r->diag);
        if (code != 0) {
            return code;
        }
        size_t v = 0;
        while (v < plan->n_variants && strcmp(plan->variants[v].label, label) != 0) {
            v++;
        }
        if (v == plan->n_variants) {
            return fail_label(r, list->items[i], label);
        }
        block->has[v] = true;
    }
    return 0;
}

static int allocate_block(
    struct reader *r, struct basin_block *block, const struct basin_node *node)
{
    size_t axes = count_keys(basin_node_get(node, "grid")) +
                  count_keys(basin_node_get(node, "zip"));
    block->node = node;
    block->has = malloc(r->plan->n_variants * sizeof(*block->has));
    block->axes = calloc(axes + 1, sizeof(*block->axes));
    if (block->has == NULL || block->axes == NULL) {
        return basin_fail_memory(r->diag);
    }
    memset(block->has, 1, r->plan->n_variants * sizeof(*block->has));
    return 0;
}

static int read_block(
    struct reader *r, struct basin_block *block, const struct basin_node *node)
{
    const struct basin_plan *plan = r->plan;
    size_t list = basin_inside_of(plan)->list;
    const char *const keys[] = {
        "grid", "zip", "exclude", list == BASIN_NONE ? NULL : plan->sections[list].name};
    if (node->kind != BASIN_MAPPING) {
        return basin_fail_at(r->diag, &plan->document, node,
            "a block of the sweep must be a mapping with grid, zip or both");
    }
    int code = basin_node_check_keys(
        &plan->document, node, keys, list == BASIN_NONE ? 3 : 4, r->diag);
    const struct basin_node *grid = basin_node_get(node, "grid");
    const struct basin_node *zip = basin_node_get(node, "zip");
    const struct basin_node *exclude = basin_node_get(node, "exclude");
    const struct basin_node *labels =
        list == BASIN_NONE ? NULL : basin_node_get(node, keys[3]);
    if (code == 0 && grid == NULL && zip == NULL) {
        code = basin_fail_at(r->diag, &plan->document, node,
            "this block sweeps nothing: it needs grid or zip");
    }
    if (code == 0 && labels != NULL) {
        code = read_labels(r, block, labels);
    }
    if (code == 0 && grid != NULL) {
        code = read_grid(r, block, grid);
    }
    if (code == 0 && zip != NULL) {
        code = read_zips(r, block, zip);
    }
    if (code == 0 && exclude != NULL) {
        code = basin_excludes_read(plan, r->sweep, block, exclude, r->diag);
    }
    return code;
}

/* Room for all blocks and for as many axes as they name. */
static int allocate_sweep(struct reader *r, const struct basin_node *sweep)
{
    size_t blocks = sweep != NULL && sweep->kind == BASIN_SEQUENCE ? sweep->n : 1;
    size_t axes = 0;
    for (size_t b = 0; b < blocks && sweep != NULL; b++) {
        const struct basin_node *block =
            sweep->kind == BASIN_SEQUENCE ? sweep->items[b] : sweep;
        axes += count_keys(basin_node_get(block, "grid")) +
                count_keys(basin_node_get(block, "zip"));
    }
    r->sweep->met = calloc(axes + 1, sizeof(*r->sweep->met));
    r->sweep->blocks = calloc(blocks + 1, sizeof(*r->sweep->blocks));
    r->plan->axes = calloc(axes + 1, sizeof(*r->plan->axes));
    if (r->sweep->met == NULL || r->sweep->blocks == NULL || r->plan->axes == NULL) {
        return basin_fail_memory(r->diag);
    }
    r->sweep->n_blocks = blocks;
    r->sweep->capacity = axes;
    return 0;
}

int basin_sweep_read(
    struct basin_plan *self, struct basin_sweep *sweep, struct basin_diag *diag)
{
    struct reader r = {self, sweep, diag};
    const struct basin_node *node = basin_node_get(self->document.root, "sweep");
    if (node != NULL && node->kind != BASIN_MAPPING &&
        (node->kind != BASIN_SEQUENCE || node->n == 0 || node->n > BASIN_LIST_MOST)) {
        return basin_fail_at(diag, &self->document, node,
            "sweep must be a list of blocks, at least one and at most %d",
            BASIN_LIST_MOST);
    }
    int code = allocate_sweep(&r, node);
    for (size_t b = 0; code == 0 && b < sweep->n_blocks; b++) {
        const struct basin_node *block =
            node != NULL && node->kind == BASIN_SEQUENCE ? node->items[b] : node;
        code = allocate_block(&r, &sweep->blocks[b], block);
        if (code == 0 && block != NULL) {
            code = read_block(&r, &sweep->blocks[b], block);
        }
    }
    return code == 0 ? basin_sweep_settle(self, sweep, diag) : code;
}

void basin_sweep_free(struct basin_sweep *sweep)
{
    for (size_t b = 0; b < sweep->n_blocks; b++) {
        struct basin_block *block = &sweep->blocks[b];
        for (size_t i = 0; i < block->n_excludes; i++) {
            free(block->excludes[i].axis);
            free(block->excludes[i].value);
        }
        free(block->has);
        free(block->axes);
        free(block->excludes);
    }
    for (size_t a = 0; a < sweep->capacity; a++) {
        basin_met_free(&sweep->met[a]);
    }
    free(sweep->blocks);
    free(sweep->met);
    free(sweep->fixed);
}
