/* Courses: metrics along another one of the same dimension, such as the loss at every
 * look along the updates made until then. A point is the centre over replicates of both.
 * Metrics of a second dimension are one thin line for each of its places and replicates:
 * heads of two replicates have no more than their number in common. In a stack they have
 * a panel for each place. */
#include "plot/curves.h"
#include "plot/draw.h"
#include "plot/places.h"

#include <math.h>
#include <stdlib.h>

/* One cell's numbers of one metric: value[replicate * stride + look * columns + column].
 */
struct record {
    const double *value; /* NULL: nothing was kept */
    size_t replicates, stride, looks, columns;
};

static struct record record_of(
    const struct basin_drawing *drawing, size_t cell, const char *metric)
{
    const struct basin_variable *variable;
    struct record record = {0};
    record.value = basin_view_data(
        drawing->result, drawing->plan, cell, metric, &variable, &record.replicates);
    if (record.value != NULL && variable->rank > 0) {
        record.stride = variable->stride;
        record.looks = variable->size[0];
        record.columns = record.stride / record.looks;
    }
    return record;
}

/* Over replicates; scratch has room for all of them. */
static struct basin_estimate estimate_at(const struct basin_drawing *drawing,
    const struct record *record, size_t look, size_t column, double *scratch)
{
    for (size_t r = 0; r < record->replicates; r++) {
        scratch[r] = record->value[r * record->stride + look * record->columns + column];
    }
    return basin_draw_statistic(drawing, scratch, record->replicates);
}

static void add_band(const struct basin_drawing *drawing, struct basin_curves *curves,
    struct basin_curve *curve, const struct record *x, const struct record *y,
    size_t column, double *scratch)
{
    for (size_t i = 0; i < x->looks && i < y->looks; i++) {
        double at = estimate_at(drawing, x, i, 0, scratch).centre;
        struct basin_estimate e = estimate_at(drawing, y, i, column, scratch);
        if (isfinite(at)) {
            basin_curve_row_add(
                curves, curve, (struct basin_curve_row){at, e.centre, e.low, e.high});
        }
    }
}

static void add_thin(struct basin_curves *curves, const struct basin_slot *slot,
    const struct record *x, const struct record *y)
{
    for (size_t k = 0; k < y->replicates * y->columns; k++) {
        struct basin_curve *curve =
            basin_curves_add(curves, slot->panel, slot->series, BASIN_MEASURED);
        if (curve == NULL) {
            return;
        }
        curve->thin = true;
        size_t r = k / y->columns;
        size_t r_x = r < x->replicates ? r : 0; /* an x that was kept once */
        for (size_t i = 0; i < x->looks && i < y->looks; i++) {
            double at = x->value[r_x * x->stride + i];
            double value = y->value[r * y->stride + i * y->columns + k % y->columns];
            if (isfinite(at)) {
                basin_curve_row_add(
                    curves, curve, (struct basin_curve_row){at, value, NAN, NAN});
            }
        }
    }
}

static int add_slot(const struct basin_drawing *drawing, const struct basin_slot *slot,
    struct basin_curves *curves, struct basin_diag *diag)
{
    const struct basin_metric *metric = basin_draw_metric(drawing, slot->metric);
    struct record x = record_of(drawing, slot->cell, drawing->figure->along->name);
    struct record y = record_of(drawing, slot->cell, metric->name);
    if (x.looks == 0 || y.looks == 0 || slot->place >= y.columns) {
        return 0;
    }
    if (metric->rank > 1 && !drawing->figure->stacked) {
        add_thin(curves, slot, &x, &y);
        return 0;
    }
    size_t most = x.replicates > y.replicates ? x.replicates : y.replicates;
    double *scratch = malloc((most + 1) * sizeof(*scratch));
    struct basin_curve *curve =
        basin_curves_add(curves, slot->panel, slot->series, BASIN_MEASURED);
    if (scratch == NULL || curve == NULL) {
        free(scratch);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    add_band(drawing, curves, curve, &x, &y, slot->place, scratch);
    free(scratch);
    return 0;
}

static int draw_curves(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    struct basin_curves curves = {0};
    char *x_label =
        basin_script_label(figure->x_label, figure->along->summary, figure->along->unit);
    char *y_label = basin_draw_metric_label(drawing, figure->y_label);
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < drawing->view->n; i++) {
        ret = add_slot(drawing, &drawing->view->slots[i], &curves, diag);
    }
    return basin_curves_end(drawing, &curves, x_label, y_label, ret, diag);
}

int basin_draw_course(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    if (!drawing->figure->stacked || basin_draw_metric(drawing, 0)->rank == 1) {
        return draw_curves(drawing, diag);
    }
    struct basin_view view;
    struct basin_drawing wide = *drawing;
    wide.view = &view;
    int ret = basin_places_open(&view, drawing, diag);
    ret = ret != 0 ? ret : draw_curves(&wide, diag);
    basin_places_close(&view);
    return ret;
}
