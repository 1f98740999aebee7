/* Heat maps: a metric over two axes, one rectangle per cell, so that logarithmic scales,
 * uneven axes and missing cells all come out right; on demand the line where the metric
 * passes a level. */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_TICKS = 8 }; /* on an axis: with more values gnuplot chooses */

/* Values of one axis that occur, ascending, and the borders halfway between them. */
struct steps {
    size_t n;
    double *at, *border; /* n values, n + 1 borders; one block, owned by at */
    int scale;
};

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double halfway(double a, double b, int scale)
{
    return scale == BASIN_LINEAR ? (a + b) / 2 : sqrt(a * b);
}

static double beyond(double end, double neighbour, int scale)
{
    return scale == BASIN_LINEAR ? end + (end - neighbour) / 2
                                 : end * sqrt(end / neighbour);
}

static bool placed(const struct basin_drawing *drawing, const struct basin_slot *slot)
{
    const struct basin_figure *figure = drawing->figure;
    return isfinite(slot->x) && isfinite(slot->y) &&
           (figure->x_scale == BASIN_LINEAR || slot->x > 0) &&
           (figure->y_scale == BASIN_LINEAR || slot->y > 0);
}

static void find_borders(struct steps *steps)
{
    size_t n = steps->n;
    int scale = steps->scale;
    for (size_t i = 1; i < n; i++) {
        steps->border[i] = halfway(steps->at[i - 1], steps->at[i], scale);
    }
    if (n == 1) {
        double half = scale == BASIN_LINEAR ? 0.5 : sqrt(2);
        steps->border[0] =
            scale == BASIN_LINEAR ? steps->at[0] - half : steps->at[0] / half;
        steps->border[1] =
            scale == BASIN_LINEAR ? steps->at[0] + half : steps->at[0] * half;
    } else if (n > 1) {
        steps->border[0] = beyond(steps->at[0], steps->at[1], scale);
        steps->border[n] = beyond(steps->at[n - 1], steps->at[n - 2], scale);
    }
}

static int find_steps(const struct basin_drawing *drawing, bool vertical,
    struct steps *steps, struct basin_diag *diag)
{
    const struct basin_view *view = drawing->view;
    *steps = (struct steps){0};
    steps->scale = vertical ? drawing->figure->y_scale : drawing->figure->x_scale;
    steps->at = calloc(2 * view->n + 2, sizeof(double));
    if (steps->at == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    steps->border = steps->at + view->n;
    size_t n = 0;
    for (size_t i = 0; i < view->n; i++) {
        if (placed(drawing, &view->slots[i])) {
            steps->at[n++] = vertical ? view->slots[i].y : view->slots[i].x;
        }
    }
    qsort(steps->at, n, sizeof(double), compare_doubles);
    for (size_t i = 0; i < n; i++) {
        if (steps->n == 0 || steps->at[steps->n - 1] != steps->at[i]) {
            steps->at[steps->n++] = steps->at[i];
        }
    }
    find_borders(steps);
    return 0;
}

static size_t step_index(const struct steps *steps, double value)
{
    const double *found =
        bsearch(&value, steps->at, steps->n, sizeof(double), compare_doubles);
    return (size_t)(found - steps->at);
}

static double along(double a, double b, double part, int scale)
{
    return scale == BASIN_LINEAR ? a + part * (b - a) : a * pow(b / a, part);
}

/* The segments of one square of four neighbouring cells (marching squares; a saddle is
 * cut into two corners). z: corners in order (0,0), (1,0), (1,1), (0,1). */
static bool contour_square(struct basin_str *out, const struct steps *x, size_t i,
    const struct steps *y, size_t j, const double z[4], double level)
{
    static const int corner[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    bool any = false;
    for (int e = 0; e < 4; e++) {
        int f = (e + 1) % 4;
        if (!isfinite(z[e]) || !isfinite(z[f])) {
            return any;
        }
    }
    int crossings = 0;
    for (int e = 0; e < 4; e++) {
        int f = (e + 1) % 4;
        if ((z[e] < level) == (z[f] < level)) {
            continue;
        }
        double part = (level - z[e]) / (z[f] - z[e]);
        basin_str_add(out, "%.9g %.9g\n",
            along(x->at[i + (size_t)corner[e][0]], x->at[i + (size_t)corner[f][0]], part,
                x->scale),
            along(y->at[j + (size_t)corner[e][1]], y->at[j + (size_t)corner[f][1]], part,
                y->scale));
        any = true;
        if (++crossings % 2 == 0) {
            basin_str_add(out, "\n");
        }
    }
    return any;
}

/* What the eye measures colours by, up to a factor; not finite where there is none. */
static double on_scale(double value, int scale)
{
    return scale == BASIN_LINEAR ? value : log(value);
}

static bool write_contour(const struct basin_drawing *drawing, const struct steps *x,
    const struct steps *y, const double *z, size_t panel)
{
    struct basin_str *out = drawing->script;
    int scale = drawing->figure->z_scale;
    double level = on_scale(drawing->figure->contour, scale);
    bool any = false;
    basin_str_add(out, "$contour%zu << EOD\n", panel);
    for (size_t j = 0; j + 1 < y->n; j++) {
        for (size_t i = 0; i + 1 < x->n; i++) {
            const double *at = z + j * x->n + i;
            const double square[4] = {on_scale(at[0], scale), on_scale(at[1], scale),
                on_scale(at[x->n + 1], scale), on_scale(at[x->n], scale)};
            any = contour_square(out, x, i, y, j, square, level) || any;
        }
    }
    basin_str_add(out, any ? "EOD\n" : "NaN NaN\nEOD\n");
    return any;
}

/* The cells of a panel as a grid; NAN where none is. Returns how many are known. */
static size_t fill_grid(const struct basin_drawing *drawing, const double *centres,
    const struct steps *x, const struct steps *y, size_t panel, double *z)
{
    size_t known = 0;
    for (size_t i = 0; i < x->n * y->n; i++) {
        z[i] = NAN;
    }
    for (size_t i = 0; i < drawing->view->n; i++) {
        const struct basin_slot *slot = &drawing->view->slots[i];
        if (slot->panel == panel && isfinite(centres[i]) && placed(drawing, slot)) {
            z[step_index(y, slot->y) * x->n + step_index(x, slot->x)] = centres[i];
            known++;
        }
    }
    return known;
}

static void write_grid(const struct basin_drawing *drawing, const struct steps *x,
    const struct steps *y, const double *z, size_t panel)
{
    struct basin_str *out = drawing->script;
    basin_str_add(out, "$heat%zu << EOD\n", panel);
    for (size_t j = 0; j < y->n; j++) {
        for (size_t i = 0; i < x->n; i++) {
            if (isfinite(z[j * x->n + i])) {
                basin_str_add(out, "%.9g %.9g %.9g %.9g %.9g %.9g %.9g\n", x->at[i],
                    y->at[j], x->border[i], x->border[i + 1], y->border[j],
                    y->border[j + 1], z[j * x->n + i]);
            }
        }
    }
    basin_str_add(out, "EOD\n");
}

static void plot_panel(const struct basin_drawing *drawing, const double *centres,
    const struct steps *x, const struct steps *y, size_t panel, double *z)
{
    struct basin_str *out = drawing->script;
    if (fill_grid(drawing, centres, x, y, panel, z) == 0) {
        basin_script_nothing(drawing);
        return;
    }
    write_grid(drawing, x, y, z, panel);
    bool line =
        !isnan(drawing->figure->contour) && write_contour(drawing, x, y, z, panel);
    basin_str_add(out,
        "plot $heat%zu using 1:2:3:4:5:6:7 with boxxyerror lc palette "
        "fill solid border notitle",
        panel);
    if (line) {
        basin_str_add(out,
            ", \\\n     $contour%zu using 1:2 with lines lw 3 lc rgb 'white' notitle"
            ", \\\n     $contour%zu using 1:2 with lines lw 1.2 lc rgb 'black' notitle",
            panel, panel);
    }
    basin_str_add(out, "\n");
}

static void write_heat(const struct basin_drawing *drawing, const double *centres,
    const struct steps *x, const struct steps *y, double *z, const char *labels[3])
{
    struct basin_str *out = drawing->script;
    struct basin_ruler across = {.label = labels[0],
        .scale = x->scale,
        .range = {0, 1},
        .ticks = x->at,
        .n_ticks = x->n <= MOST_TICKS ? x->n : 0};
    struct basin_ruler up = {.label = labels[1],
        .scale = y->scale,
        .range = {0, 1},
        .ticks = y->at,
        .n_ticks = y->n <= MOST_TICKS ? y->n : 0};
    if (x->n > 0) {
        across.range = (struct basin_range){x->border[0], x->border[x->n]};
        up.range = (struct basin_range){y->border[0], y->border[y->n]};
    }
    struct basin_range colours = BASIN_NOWHERE;
    for (size_t i = 0; i < drawing->view->n; i++) {
        basin_range_add(&colours, centres[i], drawing->figure->z_scale);
    }
    if (!(colours.low < colours.high)) {
        colours = basin_range_drawn(
            &(struct basin_range){NAN, NAN}, &colours, drawing->figure->z_scale);
    }
    struct basin_page page = basin_script_page(drawing, false, &across, &up);
    static const char *const scales[] = {[BASIN_LINEAR] = "",
        [BASIN_LOG] = "set logscale cb\n",
        [BASIN_LOG2] = "set logscale cb 2\n"};
    basin_str_add(out, "%s%sset cbrange [%.9g:%.9g]\nunset grid\nset cblabel ",
        basin_script_viridis, scales[drawing->figure->z_scale], colours.low,
        colours.high);
    basin_script_lines(out, labels[2], 50);
    basin_str_add(out, " offset 1.2,0\n");
    for (size_t p = 0; p < drawing->view->n_panels || p == 0; p++) {
        basin_script_panel(drawing, &page, p, &across, &up);
        plot_panel(drawing, centres, x, y, p, z);
    }
    basin_script_close(drawing, &page);
}

int basin_draw_heat(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    const struct basin_view *view = drawing->view;
    struct steps x = {0};
    struct steps y = {0};
    char *labels[3] = {basin_draw_axis_label(drawing, figure->x_label, figure->x),
        basin_draw_axis_label(drawing, figure->y_label, figure->y),
        basin_draw_metric_label(drawing, "")};
    double *centres = calloc(view->n + 1, sizeof(double));
    double *z = NULL;
    int ret = find_steps(drawing, false, &x, diag);
    if (ret == 0) {
        ret = find_steps(drawing, true, &y, diag);
    }
    for (size_t i = 0; ret == 0 && centres != NULL && i < view->n; i++) {
        struct basin_estimate estimate;
        ret = basin_draw_estimate(drawing, &view->slots[i], &estimate, diag);
        centres[i] = ret == 0 ? estimate.centre : NAN;
    }
    if (ret == 0) {
        z = calloc(x.n * y.n + 1, sizeof(double));
        bool memory = z != NULL && centres != NULL && labels[0] != NULL &&
                      labels[1] != NULL && labels[2] != NULL;
        ret = memory ? 0 : basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (ret == 0) {
        const char *shown[3] = {labels[0], labels[1], labels[2]};
        write_heat(drawing, centres, &x, &y, z, shown);
    }
    free(x.at);
    free(y.at);
    free(centres);
    free(z);
    for (int i = 0; i < 3; i++) {
        free(labels[i]);
    }
    return ret;
}
