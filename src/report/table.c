/* A result as tables that fit a terminal. */
#include "report/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { METRICS = 5, WIDTH = 22 };

struct chosen {
    size_t n;
    const char *name[METRICS];
};

static void choose(struct chosen *self, const struct basin_node *word)
{
    bool there = word == NULL || word->kind != BASIN_SCALAR || self->n == METRICS;
    for (size_t i = 0; !there && i < self->n; i++) {
        there = strcmp(self->name[i], word->text) == 0;
    }
    if (!there) {
        self->name[self->n++] = word->text;
    }
}

/* `key` of every entry of a list at the top; of its `inner` mapping if that is given. */
static void choose_all(struct chosen *self, const struct basin_plan *plan,
    const char *list_name, const char *inner, const char *key)
{
    const struct basin_node *list = basin_node_get(plan->document.root, list_name);
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const struct basin_node *map =
            inner == NULL ? list->items[i] : basin_node_get(list->items[i], inner);
        const struct basin_node *word = map == NULL ? NULL : basin_node_get(map, key);
        for (size_t j = 0; word != NULL && word->kind == BASIN_SEQUENCE && j < word->n;
             j++) {
            choose(self, word->items[j]);
        }
        choose(self, word);
    }
}

static bool is_number(const struct basin_variable *v)
{
    return v != NULL && v->rank == 0 && !v->once;
}

/* The group's variables of the chosen names, or its first ones. */
static size_t pick(const struct chosen *chosen, const struct basin_group *group,
    const struct basin_variable *picked[METRICS])
{
    size_t n = 0;
    for (size_t i = 0; i < chosen->n; i++) {
        const struct basin_variable *v = basin_group_variable(group, chosen->name[i]);
        if (is_number(v)) {
            picked[n++] = v;
        }
    }
    for (size_t i = 0; chosen->n == 0 && i < group->n_variables && n < METRICS; i++) {
        if (is_number(&group->variables[i])) {
            picked[n++] = &group->variables[i];
        }
    }
    return n;
}

static void add_mean(const struct basin_variable *v, const struct basin_group *group,
    size_t cell, struct basin_str *out)
{
    const double *data = v->data + cell * group->n_replicates;
    double n = 0;
    double sum = 0;
    double squares = 0;
    char text[64] = "-";
    for (size_t i = 0; i < group->n_replicates; i++) {
        n += isfinite(data[i]);
        sum += isfinite(data[i]) ? data[i] : 0;
    }
    for (size_t i = 0; i < group->n_replicates; i++) {
        double rest = isfinite(data[i]) ? data[i] - sum / n : 0;
        squares += rest * rest;
    }
    if (n > 1) {
        snprintf(
            text, sizeof(text), "%.5g +- %.2g", sum / n, sqrt(squares / (n - 1) / n));
    } else if (n > 0) {
        snprintf(text, sizeof(text), "%.5g", sum);
    }
    basin_str_add(out, "  %*s", WIDTH, text);
}

static int axis_width(const struct basin_coordinate *axis)
{
    size_t width = strlen(axis->name);
    for (size_t i = 0; i < axis->n; i++) {
        size_t length = strlen(axis->text[i]);
        width = length > width ? length : width;
    }
    return (int)(width > 24 ? 24 : width);
}

static void add_row(const struct basin_group *group, size_t cell,
    const struct basin_variable *const *picked, size_t n, struct basin_str *out)
{
    for (size_t a = 0; a < group->n_coordinates; a++) {
        const struct basin_coordinate *axis = &group->coordinates[a];
        uint32_t index = group->index[cell * group->n_coordinates + a];
        basin_str_add(out, "  %*s", axis_width(axis),
            index == BASIN_NO_VALUE ? "" : axis->text[index]);
    }
    for (size_t i = 0; i < n; i++) {
        add_mean(picked[i], group, cell, out);
    }
    basin_str_add(out, "\n");
}

static void add_counts(const struct basin_group *group, struct basin_str *out)
{
#define STATUS_NAME(name, value, text) text,
    static const char *const names[] = {BASIN_STATUSES(STATUS_NAME)};
#undef STATUS_NAME
    enum { NAMES = sizeof(names) / sizeof(names[0]) };
    size_t count[NAMES] = {0};
    for (size_t i = 0; i < group->n_cells * group->n_replicates; i++) {
        count[group->status[i] < NAMES ? group->status[i] : 0]++;
    }
    basin_str_add(out, "%s (%s): %zu cells x %zu replicates", group->label, group->kind,
        group->n_cells, group->n_replicates);
    for (size_t i = 0; i < NAMES; i++) {
        if (count[i] > 0) {
            basin_str_add(out, ", %zu %s", count[i], names[i]);
        }
    }
    basin_str_add(out, "\n");
}

static void add_group(const struct chosen *chosen, const struct basin_group *group,
    size_t rows, struct basin_str *out)
{
    const struct basin_variable *picked[METRICS];
    size_t n = pick(chosen, group, picked);
    add_counts(group, out);
    for (size_t a = 0; a < group->n_coordinates; a++) {
        basin_str_add(
            out, "  %*s", axis_width(&group->coordinates[a]), group->coordinates[a].name);
    }
    for (size_t i = 0; i < n; i++) {
        basin_str_add(out, "  %*s", WIDTH, picked[i]->name);
    }
    basin_str_add(out, "\n");
    for (size_t c = 0; c < group->n_cells && c < rows; c++) {
        add_row(group, c, picked, n, out);
    }
    if (group->n_cells > rows) {
        basin_str_add(out, "  ... and %zu cells more; `basin export` writes all\n",
            group->n_cells - rows);
    }
    basin_str_add(out, "\n");
}

void basin_result_tables(const struct basin_plan *plan, const struct basin_result *result,
    size_t rows, struct basin_str *out)
{
    struct chosen chosen = {0};
    choose_all(&chosen, plan, "figures", NULL, "y");
    choose_all(&chosen, plan, "figures", NULL, "z");
    choose_all(&chosen, plan, "claims", "measure", "of");
    for (size_t g = 0; g < result->n_groups; g++) {
        add_group(&chosen, &result->groups[g], rows, out);
    }
}
