/* Histograms: which fraction fell into each bin, mean over replicates with its interval;
 * as outlines, or stacked one on another. */
#include "plot/curves.h"
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>

/* Counts of one replicate, summed over all dimensions but the last, as fractions; NANs
 * where nothing was counted. fraction[bin * stride]. */
static void fractions_of(const struct basin_variable *variable, size_t bins,
    const double *counts, double *fraction, size_t stride)
{
    double total = 0;
    for (size_t b = 0; b < bins; b++) {
        fraction[b * stride] = 0;
    }
    for (size_t i = 0; i < variable->stride; i++) {
        fraction[i % bins * stride] += counts[i];
        total += counts[i];
    }
    for (size_t b = 0; b < bins; b++) {
        fraction[b * stride] = total > 0 ? fraction[b * stride] / total : NAN;
    }
}

static bool any_known(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            return true;
        }
    }
    return false;
}

/* A bin is two rows, at its edges; the outline begins and ends at zero. */
static int add_bins(const struct basin_drawing *drawing, const struct basin_slot *slot,
    struct basin_curves *curves, struct basin_diag *diag)
{
    const struct basin_variable *variable;
    size_t n;
    const double *data = basin_view_data(drawing->result, drawing->plan, slot->cell,
        basin_draw_metric(drawing, slot->metric)->name, &variable, &n);
    size_t bins = data == NULL || variable->rank == 0 || variable->edges == NULL
                      ? 0
                      : variable->size[variable->rank - 1];
    if (bins == 0) {
        return 0;
    }
    const double *edges = variable->edges; /* the stored ones: what was counted */
    double *fractions = calloc(bins * n + 1, sizeof(*fractions));
    struct basin_curve *curve =
        basin_curves_add(curves, slot->panel, slot->series, BASIN_MEASURED);
    if (fractions == NULL || curve == NULL) {
        free(fractions);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t r = 0; r < n; r++) {
        fractions_of(variable, bins, data + r * variable->stride, fractions + r, n);
    }
    bool known = any_known(fractions, bins * n);
    if (known) {
        basin_curve_row_add(curves, curve, (struct basin_curve_row){edges[0], 0, 0, 0});
    }
    for (size_t b = 0; known && b < bins; b++) {
        struct basin_estimate e = basin_draw_statistic(drawing, fractions + b * n, n);
        double low = fmax(e.low, 0);
        basin_curve_row_add(curves, curve,
            (struct basin_curve_row){
                edges[b], e.centre, isnan(e.low) ? NAN : low, e.high});
        basin_curve_row_add(curves, curve,
            (struct basin_curve_row){
                edges[b + 1], e.centre, isnan(e.low) ? NAN : low, e.high});
    }
    if (known) {
        basin_curve_row_add(
            curves, curve, (struct basin_curve_row){edges[bins], 0, 0, 0});
    }
    free(fractions);
    return 0;
}

static char *fraction_label(const struct basin_drawing *drawing)
{
    const struct basin_metric *metric = basin_draw_metric(drawing, 0);
    struct basin_str label = {0};
    bool named = metric->unit != NULL && metric->unit[0] != '1';
    basin_str_add(&label, "fraction%s%s", named ? " of " : "", named ? metric->unit : "");
    char *text = label.failed
                     ? NULL
                     : basin_script_label(drawing->figure->y_label, label.text, "1");
    basin_str_free(&label);
    return text;
}

int basin_draw_histogram(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    const struct basin_metric *metric = basin_draw_metric(drawing, 0);
    struct basin_curves curves = {0};
    char *x_label =
        basin_script_label(figure->x_label, metric->dimension[metric->rank - 1], "1");
    char *y_label = fraction_label(drawing);
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < drawing->view->n; i++) {
        const struct basin_slot *slot = &drawing->view->slots[i];
        ret = add_bins(drawing, slot, &curves, diag);
    }
    return basin_curves_end(drawing, &curves, x_label, y_label, ret, diag);
}
