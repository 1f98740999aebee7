/* Reference lines: at numbers of the configuration, and at centres of metrics. */
#include "plot/marks.h"

#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* gnuplot knows arrows, labels and objects by numbers; those of a panel begin here. */
enum { OF_PANEL = 100 };

/* Where it is to be seen. */
static const char *grey_of(const struct basin_drawing *drawing)
{
    return drawing->figure->kind == BASIN_DENSITIES ? "#ffffff" : "#444444";
}

static bool hides(const struct basin_drawing *drawing)
{
    return drawing->figure->stacked || drawing->figure->kind == BASIN_DENSITIES;
}

/* Areas would hide what is behind them. */
static void add_vertical(
    const struct basin_drawing *drawing, size_t id, double x, const char *colour)
{
    basin_str_add(drawing->script,
        "set arrow %zu from %.9g,graph 0 to %.9g,graph 1 nohead lw 1.2 dt '.' lc rgb "
        "'%s'%s\n",
        id, x, x, colour, hides(drawing) ? " front" : "");
}

static void add_name_above(struct basin_str *out, size_t id, double x, const char *text)
{
    basin_str_add(out, "set label %zu ", id);
    basin_script_text(out, text);
    basin_str_add(
        out, " at %.9g,graph 1 center offset 0,0.6 front tc rgb '#444444'\n", x);
}

void basin_marks_write(const struct basin_drawing *drawing)
{
    struct basin_str *out = drawing->script;
    for (size_t i = 0; i < drawing->figure->n_marks; i++) {
        const struct basin_mark *mark = &drawing->figure->mark[i];
        if (!isnan(mark->x)) {
            add_vertical(drawing, i + 1, mark->x, grey_of(drawing));
            add_name_above(out, i + 1, mark->x, mark->text);
        } else if (mark->metric == NULL) {
            basin_str_add(out,
                "set arrow %zu from graph 0,first %.9g to graph 1,first %.9g nohead lw "
                "1.2 dt '.' lc rgb '#444444'\nset label %zu ",
                i + 1, mark->y, mark->y, i + 1);
            basin_script_text(out, mark->text);
            basin_str_add(out,
                " at graph 0.02,first %.9g left offset 0,0.6 front tc rgb '#444444'\n",
                mark->y);
        }
    }
}

/* Every cell once, though it is there with each of the figure's metrics. */
static bool stands_for_cell(const struct basin_slot *slot, size_t panel)
{
    return slot->panel == panel && slot->metric == 0;
}

static struct basin_estimate estimate_of(
    const struct basin_drawing *drawing, size_t cell, const struct basin_metric *metric)
{
    const struct basin_variable *variable;
    size_t n;
    const double *data = basin_view_data(
        drawing->result, drawing->plan, cell, metric->name, &variable, &n);
    double *values = data == NULL ? NULL : malloc((n + 1) * sizeof(*values));
    drawing->script->failed |= data != NULL && values == NULL;
    if (values == NULL) {
        return (struct basin_estimate){NAN, NAN, NAN};
    }
    /* Densities are those of the first replicate. */
    n = drawing->figure->kind == BASIN_DENSITIES && n > 1 ? 1 : n;
    memcpy(values, data, n * sizeof(*values));
    struct basin_estimate estimate = basin_draw_statistic(drawing, values, n);
    free(values);
    return estimate;
}

/* The only cell's line is grey, several have the colours of their series; the first is
 * named. */
static void open_one(const struct basin_drawing *drawing, const struct basin_mark *mark,
    size_t panel, const struct basin_range *x)
{
    struct basin_str *out = drawing->script;
    const struct basin_view *view = drawing->view;
    size_t cells = 0;
    for (size_t i = 0; i < view->n; i++) {
        cells += stands_for_cell(&view->slots[i], panel);
    }
    bool named = false;
    for (size_t i = 0; i < view->n; i++) {
        const struct basin_slot *slot = &view->slots[i];
        if (!stands_for_cell(slot, panel)) {
            continue;
        }
        struct basin_estimate e = estimate_of(drawing, slot->cell, mark->metric);
        if (!(e.centre >= x->low && e.centre <= x->high)) {
            continue;
        }
        size_t id =
            OF_PANEL + i * BASIN_FIGURE_MOST + (size_t)(mark - drawing->figure->mark);
        const char *colour =
            cells > 1 ? basin_draw_colour(drawing, slot->series) : grey_of(drawing);
        if (isfinite(e.low)) {
            basin_str_add(out,
                "if (!text) { set object %zu rectangle from %.9g,graph 0 to %.9g,graph 1 "
                "%s fc rgb '%s' fs transparent solid 0.08 noborder }\n",
                id, fmax(e.low, x->low), fmin(e.high, x->high),
                drawing->figure->stacked ? "front" : "behind", colour);
        }
        add_vertical(drawing, id, e.centre, colour);
        if (!named) {
            add_name_above(out, id, e.centre, mark->text);
        }
        named = true;
    }
}

void basin_marks_open(
    const struct basin_drawing *drawing, size_t panel, const struct basin_range *x)
{
    for (size_t i = 0; i < drawing->figure->n_marks; i++) {
        if (drawing->figure->mark[i].metric != NULL) {
            open_one(drawing, &drawing->figure->mark[i], panel, x);
        }
    }
}

/* What was set for one panel would show in the next; the others are set again. */
void basin_marks_close(const struct basin_drawing *drawing)
{
    bool any = false;
    for (size_t i = 0; i < drawing->figure->n_marks; i++) {
        any = any || drawing->figure->mark[i].metric != NULL;
    }
    if (any) {
        basin_str_add(drawing->script, "unset arrow\nunset label\nunset object\n");
        basin_marks_write(drawing);
    }
}
