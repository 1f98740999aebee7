/* Curves: what line figures, courses and histograms have in common. */
#ifndef BASIN_PLOT_CURVES_H
#define BASIN_PLOT_CURVES_H

#include "plot/script.h"

enum { BASIN_MEASURED = -1 };

/* x, the value, and the interval around it (NAN: none). A row of NANs is a gap. */
struct basin_curve_row {
    double x, centre, low, high;
};

struct basin_curve {
    size_t panel, series;
    int theory; /* index into the figure's theories, or BASIN_MEASURED */
    bool thin;  /* one of many, without points */
    bool level; /* does not depend on x: one row, drawn across the panel */
    size_t n;
    struct basin_curve_row *row; /* owned */
};

struct basin_curves {
    size_t n;
    struct basin_curve *curve; /* owned; by panel, measured ones by series */
    bool failed;               /* memory was out: nothing more is added */
};

struct basin_curve *basin_curves_add(
    struct basin_curves *self, size_t panel, size_t series, int theory);
void basin_curve_row_add(
    struct basin_curves *self, struct basin_curve *curve, struct basin_curve_row row);

/* How every figure of curves ends: stacks them where that is asked for (each on the one
 * before, the band becomes the layer) and writes the whole script; rulers without range
 * get that of the curves. Frees curves and labels, and does nothing else if ret is not 0
 * or memory is out. */
BASIN_CHECKED int basin_curves_end(const struct basin_drawing *drawing,
    struct basin_curves *curves, char *x_label, char *y_label, int ret,
    struct basin_diag *diag);

#endif
