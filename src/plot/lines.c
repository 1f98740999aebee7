/* Lines: a metric along an axis, with its interval, and what theory says of it. */
#include "plot/curves.h"
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THEORY_POINTS = 201, THEORY_FIELDS = 32 };

/* Slots are sorted by panel and series: each run is a curve. Slots without x come first
 * and make a level of their own. */
static int measured_curves(const struct basin_drawing *drawing,
    struct basin_curves *curves, struct basin_diag *diag)
{
    const struct basin_view *view = drawing->view;
    struct basin_curve *curve = NULL;
    for (size_t i = 0; i < view->n; i++) {
        const struct basin_slot *slot = &view->slots[i];
        struct basin_estimate estimate;
        int ret = basin_draw_estimate(drawing, slot, &estimate, diag);
        if (ret != 0) {
            return ret;
        }
        bool level = isnan(slot->x);
        if (curve == NULL || curve->panel != slot->panel ||
            curve->series != slot->series || curve->level != level) {
            curve = basin_curves_add(curves, slot->panel, slot->series, BASIN_MEASURED);
            if (curve == NULL) {
                break;
            }
            curve->level = level;
        }
        basin_curve_row_add(curves, curve,
            (struct basin_curve_row){
                slot->x, estimate.centre, estimate.low, estimate.high});
    }
    return 0;
}

/* The value of a theory at x, its other parameters by name from the cell's axes and the
 * variant's constants; NAN where it says nothing. */
static double theory_at(const struct basin_drawing *drawing,
    const struct basin_theory *theory, size_t cell_index, double x)
{
    const struct basin_plan *plan = drawing->plan;
    const struct basin_cell *cell = &plan->cells[cell_index];
    const char *names[THEORY_FIELDS];
    double values[THEORY_FIELDS];
    size_t n = 0;
    const struct basin_field *field = theory->kind.fields;
    for (; field != NULL && field->name != NULL && n < THEORY_FIELDS; field++) {
        double value = basin_plan_constant(plan, cell->variant, field->name);
        for (size_t a = 0; a < plan->n_axes; a++) {
            if (strcmp(plan->axes[a].field->name, field->name) == 0 &&
                cell->value[a] != BASIN_NO_VALUE) {
                value = (int)a == drawing->figure->x
                            ? x
                            : plan->axes[a].number[cell->value[a]];
            }
        }
        if (!isnan(value)) {
            names[n] = field->name;
            values[n++] = value;
        }
    }
    double result;
    int ret = basin_theory_at(theory, names, values, n, &result, NULL);
    return ret == 0 ? result : NAN;
}

/* Another axis may run along with x (zip); then theory is known at the cells alone. */
static bool only_x_runs(
    const struct basin_drawing *drawing, const struct basin_slot *run, size_t n)
{
    const struct basin_plan *plan = drawing->plan;
    for (size_t i = 1; i < n; i++) {
        for (size_t a = 0; a < plan->n_axes; a++) {
            if ((int)a != drawing->figure->x &&
                plan->cells[run[i].cell].value[a] != plan->cells[run[0].cell].value[a]) {
                return false;
            }
        }
    }
    return true;
}

/* The i-th of the places where theory is evaluated between the ends of a run. */
static double theory_place(
    const struct basin_drawing *drawing, double low, double high, size_t i)
{
    double part = (double)i / (THEORY_POINTS - 1);
    double x = drawing->figure->x_scale == BASIN_LINEAR || low <= 0
                   ? low + part * (high - low)
                   : low * pow(high / low, part);
    const struct basin_field *field = drawing->plan->axes[drawing->figure->x].field;
    return field->type == BASIN_INT ? round(x) : x;
}

static void theory_rows(const struct basin_drawing *drawing, struct basin_curves *curves,
    struct basin_curve *curve, const struct basin_slot *run, size_t n)
{
    const struct basin_theory *theory = drawing->figure->theory[curve->theory];
    bool fine = only_x_runs(drawing, run, n);
    size_t places = fine ? THEORY_POINTS : n;
    double last = NAN;
    for (size_t i = 0; i < places; i++) {
        double x = fine ? theory_place(drawing, run[0].x, run[n - 1].x, i) : run[i].x;
        if (x == last) {
            continue;
        }
        last = x;
        double value = theory_at(drawing, theory, run[fine ? 0 : i].cell, x);
        bool known = isfinite(value);
        if (known || (curve->n > 0 && !isnan(curve->row[curve->n - 1].x))) {
            basin_curve_row_add(curves, curve,
                (struct basin_curve_row){known ? x : NAN, value, NAN, NAN});
        }
    }
}

static bool same_curve(const struct basin_curve *a, const struct basin_curve *b)
{
    if (a->panel != b->panel || a->theory != b->theory || a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        bool gaps = isnan(a->row[i].x) && isnan(b->row[i].x);
        if (!gaps &&
            (a->row[i].x != b->row[i].x || a->row[i].centre != b->row[i].centre)) {
            return false;
        }
    }
    return true;
}

/* Drops the last curve if it says nothing, or nothing new. */
static void keep_if_new(struct basin_curves *curves)
{
    struct basin_curve *last = &curves->curve[curves->n - 1];
    bool drop = last->n == 0;
    for (size_t i = 0; !drop && i + 1 < curves->n; i++) {
        drop = same_curve(&curves->curve[i], last);
    }
    if (drop) {
        free(last->row);
        curves->n--;
    }
}

static void theory_curves(
    const struct basin_drawing *drawing, struct basin_curves *curves)
{
    const struct basin_view *view = drawing->view;
    for (size_t start = 0, n; start < view->n; start += n) {
        const struct basin_slot *run = &view->slots[start];
        for (n = 1; start + n < view->n && run[n].panel == run->panel &&
                    run[n].series == run->series && isnan(run[n].x) == isnan(run->x);) {
            n++;
        }
        for (size_t t = 0; !isnan(run->x) && t < drawing->figure->n_theories; t++) {
            struct basin_curve *curve =
                basin_curves_add(curves, run->panel, run->series, (int)t);
            if (curve != NULL) {
                theory_rows(drawing, curves, curve, run, n);
                keep_if_new(curves);
            }
        }
    }
}

int basin_draw_lines(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    struct basin_curves curves = {0};
    char *x_label = basin_draw_axis_label(drawing, figure->x_label, figure->x);
    char *y_label = basin_draw_metric_label(drawing, figure->y_label);
    int ret = measured_curves(drawing, &curves, diag);
    if (ret == 0) {
        theory_curves(drawing, &curves);
    }
    return basin_curves_end(drawing, &curves, x_label, y_label, ret, diag);
}
