/* Bars: a metric of the rules, or of the values of an axis, side by side. */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double GROUP = 0.8; /* of the distance between neighbours, filled by bars */

struct bar {
    size_t panel, series;
    double left, right;
    double floor; /* where it stands, if on another */
    struct basin_estimate estimate;
};

/* Places that no cell uses take no room: the column of each place, or SIZE_MAX. */
static size_t *columns_of(const struct basin_view *view, size_t *n_columns)
{
    size_t most = 0;
    for (size_t i = 0; i < view->n; i++) {
        if (isfinite(view->slots[i].x) && (size_t)view->slots[i].x >= most) {
            most = (size_t)view->slots[i].x + 1;
        }
    }
    size_t *columns = calloc(most + 1, sizeof(*columns));
    for (size_t i = 0; columns != NULL && i < view->n; i++) {
        if (isfinite(view->slots[i].x)) {
            columns[(size_t)view->slots[i].x] = 1;
        }
    }
    *n_columns = 0;
    for (size_t i = 0; columns != NULL && i <= most; i++) {
        columns[i] = columns[i] == 1 ? (*n_columns)++ : SIZE_MAX;
    }
    return columns;
}

static void write_ticks(
    const struct basin_drawing *drawing, const size_t *columns, size_t n_columns)
{
    const struct basin_plan *plan = drawing->plan;
    int factor = drawing->figure->x;
    size_t n = factor == BASIN_BY_RULE ? plan->n_variants : plan->axes[factor].n;
    size_t written = 0;
    basin_str_add(drawing->script, "set xtics (");
    for (size_t i = 0; i < n && written < n_columns; i++) {
        if (columns[i] != SIZE_MAX) {
            char buffer[64];
            basin_str_add(drawing->script, "%s", written++ > 0 ? ", " : "");
            basin_script_tick(
                drawing->script, factor == BASIN_BY_RULE
                                     ? plan->variants[i].label
                                     : basin_axis_value(&plan->axes[factor], i, buffer));
            basin_str_add(drawing->script, " %zu", columns[i]);
        }
    }
    basin_str_add(drawing->script,
        ")%s\nunset grid\nif (!text) { set grid ytics lt 1 lw "
        "0.6 lc rgb '#e0e0e0' back }\n",
        n_columns > 6 ? " rotate by -30" : "");
}

/* Puts every bar on top of those of its column in earlier series; a height built of
 * several has no interval. */
static void stack(struct bar *bars, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct bar *bar = &bars[i];
        for (size_t j = i; j-- > 0;) {
            if (bars[j].panel == bar->panel && bars[j].left == bar->left) {
                bar->floor = bars[j].estimate.centre;
                break;
            }
        }
        bar->estimate.centre += bar->floor;
        bar->estimate.low = bar->estimate.high = NAN;
    }
}

static size_t measure_bars(const struct basin_drawing *drawing, const size_t *columns,
    struct bar *bars, int *ret, struct basin_diag *diag)
{
    const struct basin_view *view = drawing->view;
    bool stacked = drawing->figure->stacked;
    double width = GROUP / (double)(view->n_series > 0 && !stacked ? view->n_series : 1);
    size_t n = 0;
    *ret = 0;
    for (size_t i = 0; *ret == 0 && i < view->n; i++) {
        const struct basin_slot *slot = &view->slots[i];
        if (isnan(slot->x)) {
            continue;
        }
        struct bar *bar = &bars[n];
        bar->panel = slot->panel;
        bar->series = slot->series;
        bar->left = (double)columns[(size_t)slot->x] - GROUP / 2 +
                    (stacked ? 0 : (double)slot->series * width);
        bar->right = bar->left + width;
        *ret = basin_draw_estimate(drawing, slot, &bar->estimate, diag);
        n += isfinite(bar->estimate.centre) != 0;
    }
    if (stacked) {
        stack(bars, n);
    }
    return n;
}

static struct basin_range height_of(
    const struct basin_figure *figure, const struct bar *bars, size_t n)
{
    struct basin_range up = BASIN_NOWHERE;
    for (size_t i = 0; i < n; i++) {
        basin_range_add(&up, bars[i].estimate.centre, figure->y_scale);
        basin_range_add(&up, bars[i].estimate.low, figure->y_scale);
        basin_range_add(&up, bars[i].estimate.high, figure->y_scale);
    }
    if (figure->y_scale == BASIN_LINEAR) {
        basin_range_add(&up, 0, BASIN_LINEAR);
    }
    struct basin_range drawn = basin_range_drawn(&figure->y_range, &up, figure->y_scale);
    bool from_zero = isnan(figure->y_range.low) && figure->y_scale == BASIN_LINEAR;
    if (from_zero && up.low == 0) {
        drawn.low = 0;
    }
    return drawn;
}

static void add_key(const struct basin_drawing *drawing, bool wanted)
{
    const struct basin_view *view = drawing->view;
    for (size_t i = 0; wanted && view->n_series > 1 && i < view->n_series; i++) {
        basin_str_add(drawing->script,
            ", \\\n     keyentry with boxes fill solid 0.8 noborder lc rgb '%s' title ",
            basin_draw_colour(drawing, i));
        basin_script_text(drawing->script, view->series[i].label);
    }
}

static void plot_panel(const struct basin_drawing *drawing, const struct bar *bars,
    size_t n, const struct basin_page *page, size_t panel, double floor)
{
    struct basin_str *out = drawing->script;
    const char *comma = "plot ";
    for (size_t s = 0; s < drawing->view->n_series; s++) {
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            const struct bar *bar = &bars[i];
            if (bar->panel != panel || bar->series != s) {
                continue;
            }
            if (!any) {
                basin_str_add(out, "$bars%zu_%zu << EOD\n", panel, s);
            }
            any = true;
            bool interval = isfinite(bar->estimate.low);
            basin_str_add(out, "%.9g %.9g %.9g %.9g %.9g %.9g\n", bar->left, bar->right,
                drawing->figure->stacked ? bar->floor : floor, bar->estimate.centre,
                interval ? bar->estimate.low : bar->estimate.centre,
                interval ? bar->estimate.high : bar->estimate.centre);
        }
        basin_str_add(out, "%s", any ? "EOD\n" : "");
    }
    for (size_t s = 0; s < drawing->view->n_series; s++) {
        size_t in_series = 0;
        for (size_t i = 0; i < n; i++) {
            in_series += bars[i].panel == panel && bars[i].series == s;
        }
        if (in_series == 0) {
            continue;
        }
        basin_str_add(out,
            "%s$bars%zu_%zu using (($1+$2)/2):4:1:2:3:4 with boxxyerror fill solid 0.8 "
            "noborder lc rgb '%s' notitle",
            comma, panel, s, basin_draw_colour(drawing, s));
        comma = ", \\\n     ";
        basin_str_add(out,
            "%s$bars%zu_%zu using (($1+$2)/2):5:(0):($6-$5) with vectors heads "
            "size screen 0.006,90 lw 1.6 lc rgb '#222222' notitle",
            comma, panel, s);
    }
    if (comma[0] == 'p') {
        basin_script_nothing(drawing);
    } else {
        add_key(drawing, basin_script_key_inside(page));
        basin_str_add(out, "\n");
    }
}

static void write_bars(const struct basin_drawing *drawing, const struct bar *bars,
    size_t n, const size_t *columns, size_t n_columns, const char *x_label,
    const char *y_label)
{
    const struct basin_view *view = drawing->view;
    struct basin_ruler x = {
        .label = x_label, .range = {-0.6, (double)n_columns - 0.4}, .named = true};
    struct basin_ruler y = {.label = y_label,
        .scale = drawing->figure->y_scale,
        .range = height_of(drawing->figure, bars, n)};
    if (n_columns == 0) {
        x.range = (struct basin_range){0, 1};
    }
    double floor = y.range.low > 0 || y.scale != BASIN_LINEAR ? y.range.low : 0;
    struct basin_page page = basin_script_page(drawing, view->n_series > 1, &x, &y);
    if (n_columns > 0) {
        write_ticks(drawing, columns, n_columns);
    }
    for (size_t p = 0; p < view->n_panels || p == 0; p++) {
        basin_script_panel(drawing, &page, p, &x, &y);
        plot_panel(drawing, bars, n, &page, p, floor);
    }
    if (basin_script_key(drawing, &page)) {
        add_key(drawing, true);
        basin_str_add(drawing->script, "\n");
    }
    basin_script_close(drawing, &page);
}

int basin_draw_bars(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    size_t n_columns;
    size_t *columns = columns_of(drawing->view, &n_columns);
    struct bar *bars = calloc(drawing->view->n + 1, sizeof(*bars));
    char *x_label = basin_draw_axis_label(drawing, figure->x_label, figure->x);
    char *y_label = basin_draw_metric_label(drawing, figure->y_label);
    int ret = 0;
    if (columns != NULL && bars != NULL && x_label != NULL && y_label != NULL) {
        size_t n = measure_bars(drawing, columns, bars, &ret, diag);
        if (ret == 0) {
            write_bars(drawing, bars, n, columns, n_columns, x_label, y_label);
        }
    } else {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    free(columns);
    free(bars);
    free(x_label);
    free(y_label);
    return ret;
}
