/* A result built from a plan: coordinates, cells, and room for every metric. */
#include "store/inside.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Coordinates ---------------------------------------------------------------- */

/* Numbers get one spelling, so that a result in memory and one from a file agree. */
static char *value_text(const struct basin_axis *axis, size_t i)
{
    char *end;
    char buffer[32];
    double read = strtod(axis->text[i], &end);
    bool number = *end == '\0' && end != axis->text[i] && read == axis->number[i];
    return basin_str_copy(
        number ? basin_str_of_double(axis->number[i], buffer) : axis->text[i]);
}

/* Takes over those values of an axis that cells of the variant have. place[i] receives
 * the new index of value i. */
static int take_values(struct basin_coordinate *self, const struct basin_axis *axis,
    uint32_t *place, struct basin_diag *diag)
{
    self->name = basin_str_copy(axis->name);
    self->unit = basin_str_copy(axis->field->unit != NULL ? axis->field->unit : "1");
    self->long_name = basin_str_copy(axis->field->help);
    self->number = calloc(axis->n + 1, sizeof(*self->number));
    self->text = calloc(axis->n + 1, sizeof(*self->text));
    if (self->name == NULL || self->unit == NULL || self->long_name == NULL ||
        self->number == NULL || self->text == NULL) {
        return fail_memory(diag);
    }
    for (size_t i = 0; i < axis->n; i++) {
        if (place[i] == BASIN_NO_VALUE) {
            continue;
        }
        self->number[self->n] =
            axis->field->type == BASIN_TEXT ? (double)self->n : axis->number[i];
        self->text[self->n] = value_text(axis, i);
        if (self->text[self->n] == NULL) {
            return fail_memory(diag);
        }
        place[i] = (uint32_t)self->n++;
    }
    return 0;
}

/* Fills one coordinate of a group and its column of index. first: the variant's first
 * cell in the plan. */
static int add_coordinate(struct basin_group *group, size_t column,
    const struct basin_plan *plan, size_t axis, size_t first, struct basin_diag *diag)
{
    uint32_t *place = malloc((plan->axes[axis].n + 1) * sizeof(*place));
    if (place == NULL) {
        return fail_memory(diag);
    }
    memset(place, 0xff, (plan->axes[axis].n + 1) * sizeof(*place));
    for (size_t c = 0; c < group->n_cells; c++) {
        uint32_t value = plan->cells[first + c].value[axis];
        if (value != BASIN_NO_VALUE) {
            place[value] = 0;
        }
    }
    int ret = take_values(&group->coordinates[column], &plan->axes[axis], place, diag);
    for (size_t c = 0; ret == 0 && c < group->n_cells; c++) {
        uint32_t value = plan->cells[first + c].value[axis];
        group->index[c * group->n_coordinates + column] =
            value == BASIN_NO_VALUE ? value : place[value];
    }
    free(place);
    return ret;
}

/* ---- Variables ------------------------------------------------------------------ */

static int name_variable(struct basin_variable *self, const struct basin_metric *metric,
    size_t n_cells, struct basin_diag *diag)
{
    self->name = basin_str_copy(metric->name);
    self->unit = basin_str_copy(metric->unit);
    self->long_name = basin_str_copy(metric->summary);
    self->once = metric->once;
    self->rank = metric->rank;
    self->extent = calloc(n_cells * basin_variable_width(self), sizeof(*self->extent));
    bool failed = self->name == NULL || self->unit == NULL || self->long_name == NULL ||
                  self->extent == NULL;
    for (size_t k = 0; k < self->rank; k++) {
        self->dimension[k] = basin_str_copy(metric->dimension[k]);
        failed = failed || self->dimension[k] == NULL;
    }
    return failed ? fail_memory(diag) : 0;
}

/* Asks every cell for the sizes of its metrics. */
static int measure(struct basin_group *group, const struct basin_plan *plan, size_t first,
    const struct basin_experiment *experiment, const void *shared,
    struct basin_diag *diag)
{
    struct basin_params params = {0};
    int ret = 0;
    for (size_t c = 0; c < group->n_cells; c++) {
        if (experiment->shape != NULL &&
            (ret = basin_plan_params(plan, first + c, &params, diag)) != 0) {
            break;
        }
        for (size_t i = 0; i < group->n_variables; i++) {
            struct basin_variable *variable = &group->variables[i];
            size_t size[BASIN_METRIC_RANK];
            if (!basin_experiment_shape(experiment, shared, &params, i, size)) {
                continue;
            }
            for (size_t k = 0; k < basin_variable_width(variable); k++) {
                variable->extent[c * basin_variable_width(variable) + k] =
                    (uint32_t)size[k];
                variable->size[k] =
                    size[k] > variable->size[k] ? size[k] : variable->size[k];
            }
        }
    }
    basin_params_free(&params);
    return ret;
}

/* Leaves out the metrics that no cell has; copies bin edges. */
static int drop_absent(struct basin_group *group,
    const struct basin_experiment *experiment, struct basin_diag *diag)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->n_variables; i++) {
        struct basin_variable variable = group->variables[i];
        const double *edges = experiment->metrics[i].edges;
        group->variables[i] = (struct basin_variable){0};
        bool absent = variable.size[0] == 0;
        for (size_t k = 1; k < variable.rank; k++) {
            absent = absent || variable.size[k] == 0;
        }
        if (absent) {
            basin_variable_free(&variable);
            continue;
        }
        group->variables[kept] = variable;
        if (edges != NULL && variable.rank > 0) {
            size_t bytes = (variable.size[variable.rank - 1] + 1) * sizeof(*edges);
            group->variables[kept].edges = malloc(bytes);
            if (group->variables[kept].edges == NULL) {
                return fail_memory(diag);
            }
            memcpy(group->variables[kept].edges, edges, bytes);
        }
        kept++;
    }
    group->n_variables = kept;
    return 0;
}

/* One size for every dimension of a group: the largest. */
static int share_dimensions(struct basin_group *group, struct basin_diag *diag)
{
    for (size_t i = 0; i < group->n_variables; i++) {
        struct basin_variable *a = &group->variables[i];
        for (size_t k = 0; k < a->rank; k++) {
            size_t own = a->size[k];
            for (size_t j = 0; j < group->n_variables; j++) {
                const struct basin_variable *b = &group->variables[j];
                for (size_t l = 0; l < b->rank; l++) {
                    if (strcmp(a->dimension[k], b->dimension[l]) == 0 &&
                        b->size[l] > a->size[k]) {
                        a->size[k] = b->size[l];
                    }
                }
            }
            if (a->edges != NULL && k == a->rank - 1 && a->size[k] != own) {
                return basin_fail(diag, BASIN_ERR_CONFIG,
                    "metric %s has %zu bins, but its dimension %s has %zu elsewhere",
                    a->name, own, a->dimension[k], a->size[k]);
            }
        }
    }
    return 0;
}

/* Forgets extents that say nothing, and adds the numbers of all variables to total. */
static int count_numbers(
    struct basin_group *group, size_t *total, struct basin_diag *diag)
{
    for (size_t i = 0; i < group->n_variables; i++) {
        struct basin_variable *variable = &group->variables[i];
        variable->stride = 1;
        bool full = true;
        for (size_t k = 0; k < basin_variable_width(variable); k++) {
            variable->stride *= variable->size[k];
            for (size_t c = 0; c < group->n_cells && full; c++) {
                full = variable->extent[c * basin_variable_width(variable) + k] ==
                       variable->size[k];
            }
        }
        if (full) {
            free(variable->extent);
            variable->extent = NULL;
        }
        size_t blocks = group->n_cells * (variable->once ? 1 : group->n_replicates);
        size_t room = basin_result_most() - *total;
        if (variable->stride > room || blocks > room / variable->stride) {
            return basin_fail(diag, BASIN_ERR_CONFIG,
                "the result would hold more than %zu numbers (metric %s of %s: %zu "
                "cells x %zu replicates x %zu)\nask for fewer cells, replicates or "
                "recorded pictures, or allow more: BASIN_MEMORY=<GiB> in the environment",
                basin_result_most(), variable->name, group->label, group->n_cells,
                group->n_replicates, variable->stride);
        }
        *total += blocks * variable->stride;
    }
    return 0;
}

/* Makes room for the numbers. */
static int allocate(struct basin_group *group, struct basin_diag *diag)
{
    for (size_t i = 0; i < group->n_variables; i++) {
        struct basin_variable *variable = &group->variables[i];
        size_t n = group->n_cells * (variable->once ? 1 : group->n_replicates) *
                   variable->stride;
        variable->data = malloc(n * sizeof(*variable->data));
        if (variable->data == NULL) {
            return fail_memory(diag);
        }
        for (size_t j = 0; j < n; j++) {
            variable->data[j] = NAN;
        }
    }
    return 0;
}

/* ---- Building ------------------------------------------------------------------- */

static int build_group(struct basin_group *self, const struct basin_plan *plan,
    size_t first, const struct basin_experiment *experiment, const void *shared,
    size_t *total, struct basin_diag *diag)
{
    const struct basin_variant *variant = &plan->variants[plan->cells[first].variant];
    const struct basin_kind *kind =
        variant->kind != NULL ? variant->kind : plan->experiment;
    self->n_replicates = plan->replicates;
    self->n_coordinates = variant->n_axes;
    self->n_variables = basin_experiment_metrics(experiment);
    self->label = basin_str_copy(variant->label);
    self->kind = basin_str_copy(kind->name);
    self->coordinates = calloc(variant->n_axes + 1, sizeof(*self->coordinates));
    self->index = calloc(self->n_cells * variant->n_axes + 1, sizeof(*self->index));
    self->status = calloc(self->n_cells, self->n_replicates);
    self->variables = calloc(self->n_variables + 1, sizeof(*self->variables));
    if (self->label == NULL || self->kind == NULL || self->coordinates == NULL ||
        self->index == NULL || self->status == NULL || self->variables == NULL) {
        return fail_memory(diag);
    }
    int ret = 0;
    for (size_t a = 0; ret == 0 && a < variant->n_axes; a++) {
        ret = add_coordinate(self, a, plan, variant->axes[a], first, diag);
    }
    for (size_t i = 0; ret == 0 && i < self->n_variables; i++) {
        ret = name_variable(
            &self->variables[i], &experiment->metrics[i], self->n_cells, diag);
        self->variables[i].clocked = experiment->clocked;
    }
    ret = ret != 0 ? ret : measure(self, plan, first, experiment, shared, diag);
    ret = ret != 0 ? ret : drop_absent(self, experiment, diag);
    ret = ret != 0 ? ret : share_dimensions(self, diag);
    return ret != 0 ? ret : count_numbers(self, total, diag);
}

/* All but the room for numbers, of which there are *total. */
static int build(struct basin_result *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, const char *config,
    uint64_t *cell_at, size_t *total, struct basin_diag *diag)
{
    *self = (struct basin_result){
        .name = basin_str_copy(plan->name),
        .title = basin_str_copy(plan->title),
        .experiment = basin_str_copy(experiment->kind.name),
        .config = basin_str_copy(config),
        .plan = plan->id,
        .groups = calloc(plan->n_variants + 1, sizeof(*self->groups)),
    };
    int ret = 0;
    if (self->name == NULL || self->title == NULL || self->experiment == NULL ||
        self->config == NULL || self->groups == NULL) {
        ret = fail_memory(diag);
    }
    *total = 0;
    for (size_t first = 0; ret == 0 && first < plan->n_cells;) {
        size_t g = self->n_groups++;
        struct basin_group *group = &self->groups[g];
        size_t end = first;
        while (end < plan->n_cells &&
               plan->cells[end].variant == plan->cells[first].variant) {
            if (cell_at != NULL) {
                cell_at[end] = (uint64_t)g << 32 | (end - first);
            }
            end++;
        }
        group->n_cells = end - first;
        ret = build_group(group, plan, first, experiment, shared, total, diag);
        first = end;
    }
    return ret;
}

int basin_result_of_plan(struct basin_result *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, const char *config,
    uint64_t *cell_at, struct basin_diag *diag)
{
    size_t total;
    int ret = build(self, plan, experiment, shared, config, cell_at, &total, diag);
    for (size_t g = 0; ret == 0 && g < self->n_groups; g++) {
        ret = allocate(&self->groups[g], diag);
    }
    if (ret != 0) {
        basin_result_free(self);
    }
    return ret;
}

int basin_result_estimate(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, size_t *numbers,
    struct basin_diag *diag)
{
    struct basin_result result;
    int ret = build(&result, plan, experiment, shared, "", NULL, numbers, diag);
    basin_result_free(&result);
    return ret;
}

size_t basin_result_most(void)
{
    const char *allowed = getenv("BASIN_MEMORY");
    double gib = allowed == NULL ? 0 : strtod(allowed, NULL);
    return gib > 0 && gib < 1 << 20 ? (size_t)(gib * (double)(1 << 27))
                                    : BASIN_RESULT_MAX;
}
