/* Curves with bands: data blocks first, then one plot command per panel. */
#include "plot/curves.h"

#include "plot/draw.h"
#include "plot/marks.h"

#include <math.h>
#include <stdlib.h>

struct basin_curve *basin_curves_add(
    struct basin_curves *self, size_t panel, size_t series, int theory)
{
    struct basin_curve *grown =
        realloc(self->curve, (self->n + 1) * sizeof(*self->curve));
    if (grown == NULL) {
        self->failed = true;
        return NULL;
    }
    self->curve = grown;
    self->curve[self->n] =
        (struct basin_curve){.panel = panel, .series = series, .theory = theory};
    return &self->curve[self->n++];
}

/* Room doubles whenever the number of rows is a power of two. */
void basin_curve_row_add(
    struct basin_curves *self, struct basin_curve *curve, struct basin_curve_row row)
{
    if (curve == NULL) {
        return;
    }
    if ((curve->n & (curve->n - 1)) == 0) {
        size_t room = curve->n == 0 ? 1 : 2 * curve->n;
        struct basin_curve_row *grown = realloc(curve->row, room * sizeof(*grown));
        if (grown == NULL) {
            self->failed = true;
            return;
        }
        curve->row = grown;
    }
    curve->row[curve->n++] = row;
}

static void free_all(struct basin_curves *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->curve[i].row);
    }
    free(self->curve);
    *self = (struct basin_curves){0};
}

/* Layers share their rows' x; what was not measured is empty. */
static void stack(struct basin_curves *self)
{
    for (size_t i = 0; i < self->n; i++) {
        struct basin_curve *curve = &self->curve[i];
        const struct basin_curve *below =
            i > 0 && self->curve[i - 1].panel == curve->panel ? &self->curve[i - 1]
                                                              : NULL;
        for (size_t j = 0; j < curve->n; j++) {
            struct basin_curve_row *row = &curve->row[j];
            row->low = below != NULL && j < below->n ? below->row[j].centre : 0;
            row->centre = row->low + (isfinite(row->centre) ? row->centre : 0);
            row->high = row->centre;
        }
    }
}

/* Everything that is shown must lie within the rulers, but on a logarithmic scale neither
 * theory nor the lower ends of intervals, which may be decades below the data. */
static void find_ranges(const struct basin_drawing *drawing,
    const struct basin_curves *curves, struct basin_ruler *x, struct basin_ruler *y)
{
    const struct basin_figure *figure = drawing->figure;
    struct basin_range across = BASIN_NOWHERE;
    struct basin_range up = BASIN_NOWHERE;
    for (size_t i = 0; i < curves->n; i++) {
        const struct basin_curve *curve = &curves->curve[i];
        for (size_t j = 0; j < curve->n; j++) {
            const struct basin_curve_row *row = &curve->row[j];
            basin_range_add(&across, curve->level ? NAN : row->x, x->scale);
            if (curve->theory != BASIN_MEASURED && y->scale != BASIN_LINEAR) {
                continue;
            }
            basin_range_add(&up, row->centre, y->scale);
            basin_range_add(&up, y->scale == BASIN_LINEAR ? row->low : NAN, y->scale);
            basin_range_add(&up, row->high, y->scale);
        }
    }
    for (size_t i = 0; i < figure->n_marks; i++) {
        basin_range_add(&across, figure->mark[i].x, x->scale);
        basin_range_add(&up, figure->mark[i].y, y->scale);
    }
    x->range = basin_range_drawn(&figure->x_range, &across, x->scale);
    y->range = basin_range_drawn(&figure->y_range, &up, y->scale);
    if ((figure->kind == BASIN_HISTOGRAM || figure->stacked) &&
        isnan(figure->y_range.low) && y->scale == BASIN_LINEAR) {
        y->range.low = 0;
    }
}

/* What a logarithmic scale cannot show is left out; a band that reaches to zero ends at
 * the panel's edge. */
static void write_row(const struct basin_drawing *drawing, struct basin_curve_row row,
    const struct basin_ruler *x, const struct basin_ruler *y)
{
    struct basin_str *out = drawing->script;
    if (isnan(row.x)) {
        basin_str_add(out, "\n");
        return;
    }
    bool hidden = (x->scale != BASIN_LINEAR && row.x <= 0) ||
                  (y->scale != BASIN_LINEAR && row.centre <= 0);
    if (hidden || !isfinite(row.centre)) {
        return;
    }
    if (y->scale != BASIN_LINEAR && row.low <= 0) {
        row.low = y->range.low;
    }
    basin_str_add(out, "%.9g %.9g", row.x, row.centre);
    if (isfinite(row.low) && isfinite(row.high)) {
        basin_str_add(out, " %.9g %.9g", row.low, row.high);
    } else {
        basin_str_add(out, " NaN NaN");
    }
    basin_str_add(out, "\n");
}

/* Whether a curve has anything to draw; gnuplot takes an empty block for an error. */
static bool visible(const struct basin_curve *curve, const struct basin_ruler *x,
    const struct basin_ruler *y)
{
    for (size_t i = 0; i < curve->n; i++) {
        const struct basin_curve_row *row = &curve->row[i];
        if (isfinite(row->centre) && (isfinite(row->x) || curve->level) &&
            (x->scale == BASIN_LINEAR || curve->level || row->x > 0) &&
            (y->scale == BASIN_LINEAR || row->centre > 0)) {
            return true;
        }
    }
    return false;
}

static void write_block(const struct basin_drawing *drawing,
    const struct basin_curve *curve, size_t index, const struct basin_ruler *x,
    const struct basin_ruler *y)
{
    struct basin_str *out = drawing->script;
    if (!visible(curve, x, y)) {
        return;
    }
    basin_str_add(out, "$curve%zu << EOD\n", index);
    for (size_t i = 0; i < curve->n; i++) {
        struct basin_curve_row row = curve->row[i];
        row.x = curve->level ? x->range.low : row.x;
        write_row(drawing, row, x, y);
        if (curve->level) {
            row.x = x->range.high;
            write_row(drawing, row, x, y);
        }
    }
    basin_str_add(out, "EOD\n");
}

static bool has_band(const struct basin_curve *curve)
{
    for (size_t i = 0; i < curve->n; i++) {
        if (isfinite(curve->row[i].low)) {
            return true;
        }
    }
    return false;
}

/* How many curves of a theory there are in a panel: a single one is drawn dark, several
 * in the colours of the series that they belong to. */
static size_t theory_curves(const struct basin_curves *curves, size_t panel, int theory)
{
    size_t n = 0;
    for (size_t i = 0; i < curves->n; i++) {
        n += curves->curve[i].panel == panel && curves->curve[i].theory == theory;
    }
    return n;
}

static void add_theory(const struct basin_drawing *drawing,
    const struct basin_curves *curves, size_t index, const char *comma)
{
    struct basin_str *out = drawing->script;
    const struct basin_curve *curve = &curves->curve[index];
    bool single = theory_curves(curves, curve->panel, curve->theory) == 1;
    const struct basin_series *series = &drawing->view->series[curve->series];
    basin_str_add(out,
        "%s$curve%zu using 1:2 with lines lw 2.2 dt '%s' lc rgb '%s' notitle", comma,
        index, curve->theory % 2 == 0 ? "_" : "_.",
        single ? "#333333" : basin_script_colour(series->colour));
}

static void add_band(const struct basin_drawing *drawing, const struct basin_curve *curve,
    size_t index, const char *comma)
{
    basin_str_add(drawing->script,
        "%s$curve%zu using 1:(shade($3)):4 with filledcurves "
        "fill transparent solid %s noborder lc rgb '%s' notitle",
        comma, index, drawing->figure->stacked ? "0.75" : "0.20",
        basin_draw_colour(drawing, curve->series));
}

/* Whether a figure marks its points. */
static bool has_points(const struct basin_figure *figure)
{
    bool runs = figure->kind == BASIN_LINES || figure->kind == BASIN_COURSE;
    return figure->points && runs && !figure->stacked;
}

/* One of many in a colour: half transparent. */
static void add_thin(const struct basin_drawing *drawing, const struct basin_curve *curve,
    size_t index, const char *comma)
{
    basin_str_add(drawing->script,
        "%s$curve%zu using 1:2 with lines lw 1 lc rgb '#80%s' notitle", comma, index,
        basin_draw_colour(drawing, curve->series) + 1);
}

/* Areas need no lines but where they cannot be shaded: one of height 0 would show. */
static void add_line(const struct basin_drawing *drawing, const struct basin_curve *curve,
    size_t index, const char *comma)
{
    struct basin_str *out = drawing->script;
    const struct basin_series *series = &drawing->view->series[curve->series];
    bool points = has_points(drawing->figure) && !curve->level;
    basin_str_add(out, "%s$curve%zu using 1:%s with %s lw 2 dt %s lc rgb '%s'", comma,
        index, drawing->figure->stacked ? "(text ? $2 : NaN)" : "2",
        points ? "linespoints" : "lines", basin_script_dash(series->dash),
        basin_draw_colour(drawing, curve->series));
    if (points) {
        basin_str_add(
            out, " pt %d ps 0.8", basin_script_point(series->colour, series->dash));
    }
    basin_str_add(out, " notitle");
}

static bool series_thin(const struct basin_curves *curves, size_t series)
{
    for (size_t i = 0; i < curves->n; i++) {
        if (curves->curve[i].series == series && curves->curve[i].thin) {
            return true;
        }
    }
    return false;
}

static void add_series_key(const struct basin_drawing *drawing, size_t index, bool thin)
{
    struct basin_str *out = drawing->script;
    const struct basin_series *series = &drawing->view->series[index];
    const char *colour = basin_draw_colour(drawing, index);
    bool points = has_points(drawing->figure) && !thin;
    basin_str_add(out, ", \\\n     keyentry with ");
    if (drawing->figure->stacked) {
        basin_str_add(out, "boxes fill solid 0.75 noborder lc rgb '%s'", colour);
    } else {
        basin_str_add(out, "%s lw %d dt %s lc rgb '%s'", points ? "linespoints" : "lines",
            thin ? 1 : 2, thin ? "1" : basin_script_dash(series->dash), colour);
    }
    if (points) {
        basin_str_add(
            out, " pt %d ps 0.8", basin_script_point(series->colour, series->dash));
    }
    basin_str_add(out, " title ");
    basin_script_text(out, series->label);
}

/* The key names all series and theories once, whichever panel they are in. */
static void add_key(
    const struct basin_drawing *drawing, const struct basin_curves *curves)
{
    struct basin_str *out = drawing->script;
    const struct basin_view *view = drawing->view;
    for (size_t i = 0; view->n_series > 1 && i < view->n_series; i++) {
        add_series_key(drawing, i, series_thin(curves, i));
    }
    for (size_t i = 0; i < drawing->figure->n_theories; i++) {
        bool drawn = false;
        for (size_t p = 0; p < view->n_panels; p++) {
            drawn = drawn || theory_curves(curves, p, (int)i) > 0;
        }
        if (drawn) {
            basin_str_add(out,
                ", \\\n     keyentry with lines lw 2.2 dt '%s' lc rgb '#333333' title '",
                i % 2 == 0 ? "_" : "_.");
            basin_label_theory(out, drawing->figure->theory[i]);
            basin_str_add(out, "'");
        }
    }
}

/* What is thin below, then bands, theories over them, measured lines on top. */
static void plot_panel(const struct basin_drawing *drawing,
    const struct basin_curves *curves, const struct basin_page *page, size_t panel,
    const struct basin_ruler *x, const struct basin_ruler *y)
{
    enum { THIN, BANDS, THEORIES, LINES, LAYERS };
    struct basin_str *out = drawing->script;
    const char *comma = "plot ";
    for (int layer = 0; layer < LAYERS; layer++) {
        for (size_t i = 0; i < curves->n; i++) {
            const struct basin_curve *curve = &curves->curve[i];
            bool theory = curve->theory != BASIN_MEASURED;
            if (curve->panel != panel || !visible(curve, x, y)) {
                continue;
            }
            if (layer == THIN && curve->thin) {
                add_thin(drawing, curve, i, comma);
            } else if (layer == THEORIES && theory) {
                add_theory(drawing, curves, i, comma);
            } else if (layer == BANDS && !theory && has_band(curve)) {
                add_band(drawing, curve, i, comma);
            } else if (layer == LINES && !theory && !curve->thin) {
                add_line(drawing, curve, i, comma);
            } else {
                continue;
            }
            comma = ", \\\n     ";
        }
    }
    if (comma[0] == 'p') {
        basin_script_nothing(drawing);
        return;
    }
    if (basin_script_key_inside(page)) {
        add_key(drawing, curves);
    }
    basin_str_add(out, "\n");
}

static bool x_whole(const struct basin_drawing *drawing)
{
    int x = drawing->figure->x;
    return x >= 0 && drawing->plan->axes[x].field->type == BASIN_INT;
}

static void draw(const struct basin_drawing *drawing, const struct basin_curves *curves,
    struct basin_ruler x, struct basin_ruler y)
{
    const struct basin_view *view = drawing->view;
    struct basin_str *out = drawing->script;
    find_ranges(drawing, curves, &x, &y);
    bool key = view->n_series > 1 || drawing->figure->n_theories > 0;
    struct basin_page page = basin_script_page(drawing, key, &x, &y);
    for (size_t i = 0; i < curves->n; i++) {
        write_block(drawing, &curves->curve[i], i, &x, &y);
    }
    basin_marks_write(drawing);
    for (size_t p = 0; p < view->n_panels; p++) {
        basin_script_panel(drawing, &page, p, &x, &y);
        basin_marks_open(drawing, p, &x.range);
        plot_panel(drawing, curves, &page, p, &x, &y);
        basin_marks_close(drawing);
    }
    if (view->n_panels == 0) {
        basin_script_panel(drawing, &page, 0, &x, &y);
        basin_script_nothing(drawing);
    }
    if (basin_script_key(drawing, &page)) {
        add_key(drawing, curves);
        basin_str_add(out, "\n");
    }
    basin_script_close(drawing, &page);
}

int basin_curves_end(const struct basin_drawing *drawing, struct basin_curves *curves,
    char *x_label, char *y_label, int ret, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    if (ret == 0 && (curves->failed || x_label == NULL || y_label == NULL)) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (ret == 0) {
        if (figure->stacked) {
            stack(curves);
        }
        draw(drawing, curves,
            (struct basin_ruler){
                .label = x_label, .scale = figure->x_scale, .whole = x_whole(drawing)},
            (struct basin_ruler){.label = y_label, .scale = figure->y_scale});
    }
    free_all(curves);
    free(x_label);
    free(y_label);
    return ret;
}
