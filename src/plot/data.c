/* Finding a plan's cell in a result: by label and by the values of its axes, so that a
 * result of a plan with fewer or more cells can be drawn too. */
#include "plot/view.h"

#include <math.h>
#include <string.h>

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_cell(const struct basin_plan *plan, const struct basin_cell *cell,
    const struct basin_group *group, size_t row)
{
    const uint32_t *index = group->index + row * group->n_coordinates;
    for (size_t a = 0; a < plan->n_axes; a++) {
        const struct basin_axis *axis = &plan->axes[a];
        const struct basin_coordinate *at = basin_group_coordinate(group, axis->name);
        if (cell->value[a] == BASIN_NO_VALUE) {
            continue;
        }
        uint32_t i = at == NULL ? BASIN_NO_VALUE : index[at - group->coordinates];
        if (i == BASIN_NO_VALUE) {
            return false;
        }
        bool same = axis->field->type == BASIN_TEXT
                        ? strcmp(axis->text[cell->value[a]], at->text[i]) == 0
                        : same_number(axis->number[cell->value[a]], at->number[i]);
        if (!same) {
            return false;
        }
    }
    return true;
}

/* A result usually holds the cells in the plan's order: the search begins where the cell
 * would be then. The plan's cells are sorted by variant. */
static size_t expected_row(const struct basin_plan *plan, size_t cell)
{
    size_t low = 0;
    size_t high = cell;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->cells[middle].variant < plan->cells[cell].variant) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return cell - low;
}

const double *basin_view_data(const struct basin_result *result,
    const struct basin_plan *plan, size_t cell, const char *metric,
    const struct basin_variable **variable, size_t *n)
{
    const struct basin_cell *wanted = &plan->cells[cell];
    const struct basin_group *group =
        basin_result_group(result, plan->variants[wanted->variant].label);
    *variable = group == NULL ? NULL : basin_group_variable(group, metric);
    if (*variable == NULL || (*variable)->stride == 0) {
        return NULL;
    }
    size_t first = expected_row(plan, cell);
    for (size_t i = 0; i < group->n_cells; i++) {
        size_t row = (first + i) % group->n_cells;
        if (same_cell(plan, wanted, group, row)) {
            *n = (*variable)->once ? 1 : group->n_replicates;
            return (*variable)->data + row * *n * (*variable)->stride;
        }
    }
    return NULL;
}
