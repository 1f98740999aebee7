/* Figures: from the `figures:` of a configuration and a stored result to one gnuplot
 * script each, self-contained, data inline; gnuplot makes SVG and PNG from it. */
#ifndef BASIN_PLOT_FIGURE_H
#define BASIN_PLOT_FIGURE_H

#include "base/err.h"
#include "base/str.h"
#include "config/plan.h"
#include "store/result.h"

/* The scalar keys of an entry of `figures:`. Not scalars, and read elsewhere: x, y, z,
 * series, panels, where, theory, marks, names, rows, bars, x_range, y_range. */
extern const struct basin_field basin_figure_fields[];

/* Checks the figures of a configuration without any result: called before anything is
 * run, so that a misspelt metric or axis costs nothing. */
BASIN_CHECKED int basin_figures_check(const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag);

enum {
    BASIN_PLOT_SVG = 1,
    BASIN_PLOT_PNG = 2,
    BASIN_PLOT_DUMB = 4, /* characters */
    BASIN_PLOT_PDF = 8,
    BASIN_PLOT_TEX = 16, /* cairolatex: folder/<figure>-tex.tex and its picture in PDF */
    BASIN_PLOT_SIXEL = 32, /* pixels for terminals */
};

/* Millimetres on paper; 0: as it comes. */
struct basin_size {
    double width, height;
};

/* "single" or "double", a column or a page's width that fits the usual journals, or
 * "120x80". */
BASIN_CHECKED int basin_size_read(
    struct basin_size *self, const char *text, struct basin_diag *diag);

/* Writes folder/<figure>.gp (the folder is made) for every figure and runs gnuplot on it
 * for the formats asked for (folder/<figure>.svg, .png). With DUMB or SIXEL
 * the drawings are added to `drawn`, which may be NULL. The scripts name the plan's
 * identity and the command that made them.
 */
BASIN_CHECKED int basin_figures_make(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_result *result,
    const char *folder, unsigned formats, struct basin_size size, struct basin_str *drawn,
    struct basin_diag *diag);

#endif
