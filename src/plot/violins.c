/* Violins: a distribution in every rectangle of two axes, mirrored, on the colour of its
 * class, with a number, as heads of attention are shown by layer (Ramsauer et al.
 * 2021, fig. A.3). The metrics of z are three layers: histogram, number, class. */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>

enum layer { HISTOGRAM, NUMBER, CLASS };

static const double HALF = 0.47;  /* of a rectangle's side */
static const double VIOLIN = 0.4; /* half of the widest violin */

struct ends {
    struct basin_range x, y;
};

static struct ends ends_of(const struct basin_view *view)
{
    struct ends ends = {BASIN_NOWHERE, BASIN_NOWHERE};
    for (size_t i = 0; i < view->n; i++) {
        basin_range_add(&ends.x, view->slots[i].x, BASIN_LINEAR);
        basin_range_add(&ends.y, view->slots[i].y, BASIN_LINEAR);
    }
    return ends;
}

/* Mean fractions of a histogram's bins over the replicates that have counted. */
static double *fractions_of(const struct basin_drawing *drawing,
    const struct basin_slot *slot, const struct basin_variable **variable, size_t *bins)
{
    size_t n;
    const double *data = basin_view_data(drawing->result, drawing->plan, slot->cell,
        basin_draw_metric(drawing, slot->metric)->name, variable, &n);
    bool binned = data != NULL && (*variable)->rank == 1 && (*variable)->edges != NULL;
    *bins = binned ? (*variable)->stride : 0;
    double *sum = calloc(*bins + 1, sizeof(*sum));
    for (size_t r = 0; sum != NULL && *bins > 0 && r < n; r++) {
        double total = 0;
        for (size_t b = 0; b < *bins; b++) {
            total += data[r * *bins + b];
        }
        for (size_t b = 0; total > 0 && b < *bins; b++) {
            sum[b] += data[r * *bins + b] / total;
        }
    }
    return sum;
}

/* A closed outline: out along the upper side, back along the lower. */
static int write_violin(const struct basin_drawing *drawing,
    const struct basin_slot *slot, bool *any, struct basin_diag *diag)
{
    const struct basin_variable *variable;
    size_t bins;
    double *fraction = fractions_of(drawing, slot, &variable, &bins);
    if (fraction == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    double most = 0;
    for (size_t b = 0; b < bins; b++) {
        most = fmax(most, fraction[b]);
    }
    if (most > 0) {
        struct basin_str *out = drawing->script;
        double low = variable->edges[0];
        double width = variable->edges[bins] - low;
        double left = slot->x - HALF;
        basin_str_add(out, "%.6g %.6g\n", left, slot->y);
        for (size_t i = 0; i < 2 * bins; i++) {
            size_t b = i < bins ? i : 2 * bins - 1 - i;
            double centre = (variable->edges[b] + variable->edges[b + 1]) / 2;
            double height = fraction[b] / most * (i < bins ? VIOLIN : -VIOLIN);
            if (i == bins) {
                basin_str_add(out, "%.6g %.6g\n", slot->x + HALF, slot->y);
            }
            basin_str_add(out, "%.6g %.6g\n", left + 2 * HALF * (centre - low) / width,
                slot->y + height);
        }
        basin_str_add(out, "%.6g %.6g\n\n", left, slot->y);
        *any = true;
    }
    free(fraction);
    return 0;
}

static int write_number(const struct basin_drawing *drawing,
    const struct basin_slot *slot, bool *any, struct basin_diag *diag)
{
    struct basin_estimate estimate;
    int ret = basin_draw_estimate(drawing, slot, &estimate, diag);
    if (ret == 0 && isfinite(estimate.centre)) {
        basin_str_add(
            drawing->script, "%.6g %.6g \"%.0f\"\n", slot->x, slot->y, estimate.centre);
        *any = true;
    }
    return ret;
}

static int write_class(const struct basin_drawing *drawing, const struct basin_slot *slot,
    bool *any, struct basin_diag *diag)
{
    struct basin_estimate estimate;
    int ret = basin_draw_estimate(drawing, slot, &estimate, diag);
    double class = round(estimate.centre);
    if (ret == 0 && class >= 1 && class <= BASIN_SCRIPT_CLASSES) {
        basin_str_add(drawing->script, "%.6g %.6g %.0f\n", slot->x, slot->y, class - 1);
        *any = true;
    }
    return ret;
}

/* The data block of one layer of one panel; whether there is anything in it. */
static int write_layer(const struct basin_drawing *drawing, size_t panel,
    enum layer layer, bool *any, struct basin_diag *diag)
{
    static int (*const write[])(const struct basin_drawing *, const struct basin_slot *,
        bool *, struct basin_diag *) = {
        [HISTOGRAM] = write_violin, [NUMBER] = write_number, [CLASS] = write_class};
    const struct basin_view *view = drawing->view;
    int ret = 0;
    *any = false;
    basin_str_add(drawing->script, "$layer%zu_%d << EOD\n", panel, (int)layer);
    for (size_t i = 0; ret == 0 && i < view->n; i++) {
        const struct basin_slot *slot = &view->slots[i];
        if (slot->panel == panel && slot->metric == layer && isfinite(slot->x) &&
            isfinite(slot->y)) {
            ret = write[layer](drawing, slot, any, diag);
        }
    }
    basin_str_add(drawing->script, "EOD\n");
    return ret;
}

static void add_key(const struct basin_drawing *drawing, bool wanted)
{
    for (size_t c = 0; wanted && c < BASIN_SCRIPT_CLASSES; c++) {
        basin_str_add(drawing->script,
            ", \\\n     keyentry with boxes fill solid 1 noborder lc rgb '%s' title "
            "'%s'",
            basin_script_class[c], basin_script_class_name[c]);
    }
}

static int plot_panel(const struct basin_drawing *drawing, const struct basin_page *page,
    size_t panel, struct basin_diag *diag)
{
    struct basin_str *out = drawing->script;
    const char *comma = "plot ";
    bool any[CLASS + 1] = {false};
    int ret = 0;
    for (enum layer layer = HISTOGRAM; ret == 0 && layer <= CLASS; layer++) {
        ret = write_layer(drawing, panel, layer, &any[layer], diag);
    }
    for (size_t c = 0; any[CLASS] && c < BASIN_SCRIPT_CLASSES; c++) {
        basin_str_add(out,
            "%s$layer%zu_%d using ($3==%zu?$1:NaN):2:(%g):(%g) with boxxyerror fill "
            "solid 1 noborder lc rgb '%s' notitle",
            comma, panel, CLASS, c, HALF, HALF, basin_script_class[c]);
        comma = ", \\\n     ";
    }
    if (any[HISTOGRAM]) {
        basin_str_add(out,
            "%s$layer%zu_%d using 1:2 with filledcurves closed fill solid 0.75 border "
            "lc rgb 'white' lw 0.5 lc rgb 'white' notitle",
            comma, panel, HISTOGRAM);
        comma = ", \\\n     ";
    }
    if (any[NUMBER]) {
        basin_str_add(out,
            "%s$layer%zu_%d using 1:2:3 with labels font (format eq 'svg' ? "
            "'' : ':Bold') textcolor rgb 'black' "
            "notitle",
            comma, panel, NUMBER);
        comma = ", \\\n     ";
    }
    if (comma[0] == 'p') {
        basin_script_nothing(drawing);
    } else {
        add_key(drawing, basin_script_key_inside(page));
        basin_str_add(out, "\n");
    }
    return ret;
}

int basin_draw_violins(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    struct ends ends = ends_of(drawing->view);
    char *x_label = basin_draw_axis_label(drawing, figure->x_label, figure->x);
    char *y_label = basin_draw_axis_label(drawing, figure->y_label, figure->y);
    struct basin_ruler x = {.label = x_label, .range = {0, 1}, .whole = true};
    struct basin_ruler y = {.label = y_label, .range = {0, 1}, .whole = true};
    if (!basin_range_empty(&ends.x) && !basin_range_empty(&ends.y)) {
        x.range = (struct basin_range){ends.x.low - 0.5, ends.x.high + 0.5};
        y.range = (struct basin_range){ends.y.low - 0.5, ends.y.high + 0.5};
    }
    int ret = x_label == NULL || y_label == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    if (ret == 0) {
        struct basin_page page = basin_script_page(drawing, true, &x, &y);
        basin_str_add(drawing->script, "unset grid\nset ytics 1\n");
        for (size_t p = 0; ret == 0 && (p < drawing->view->n_panels || p == 0); p++) {
            basin_script_panel(drawing, &page, p, &x, &y);
            ret = plot_panel(drawing, &page, p, diag);
        }
        if (basin_script_key(drawing, &page)) {
            add_key(drawing, true);
            basin_str_add(drawing->script, "\n");
        }
        basin_script_close(drawing, &page);
    }
    free(x_label);
    free(y_label);
    return ret;
}
