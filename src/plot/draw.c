/* What all kinds of figures take from a result: estimates and labels. */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct basin_estimate basin_draw_statistic(
    const struct basin_drawing *drawing, double *values, size_t n)
{
    return drawing->figure->statistic == BASIN_MEAN ? basin_estimate_mean(values, n)
                                                    : basin_estimate_median(values, n);
}

int basin_draw_estimate(const struct basin_drawing *drawing,
    const struct basin_slot *slot, struct basin_estimate *estimate,
    struct basin_diag *diag)
{
    const struct basin_variable *variable;
    size_t n;
    *estimate = (struct basin_estimate){NAN, NAN, NAN};
    const double *data = basin_view_data(drawing->result, drawing->plan, slot->cell,
        basin_draw_metric(drawing, slot->metric)->name, &variable, &n);
    if (data == NULL || n == 0) {
        return 0;
    }
    double *values = malloc(n * sizeof(*values));
    if (values == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    memcpy(values, data, n * sizeof(*values));
    *estimate = basin_draw_statistic(drawing, values, n);
    free(values);
    return 0;
}

const char *basin_draw_colour(const struct basin_drawing *drawing, size_t series)
{
    return drawing->figure->classes
               ? basin_script_class[series % BASIN_SCRIPT_CLASSES]
               : basin_script_colour(drawing->view->series[series].colour);
}

char *basin_draw_axis_label(
    const struct basin_drawing *drawing, const char *given, int factor)
{
    if (factor < 0) {
        return basin_script_label(given, factor == BASIN_BY_RULE ? "rule" : "", "1");
    }
    const struct basin_axis *axis = &drawing->plan->axes[factor];
    return basin_script_label(given, axis->field->help, axis->field->unit);
}

/* Several metrics share an axis: their names are in the key, their unit is here. */
char *basin_draw_metric_label(const struct basin_drawing *drawing, const char *given)
{
    const struct basin_metric *metric = basin_draw_metric(drawing, 0);
    if (drawing->figure->n_metrics == 1) {
        return basin_script_label(given, metric->summary, metric->unit);
    }
    bool plain = strcmp(metric->unit, "1") == 0;
    return basin_script_label(given, plain ? "value" : metric->unit, "1");
}
