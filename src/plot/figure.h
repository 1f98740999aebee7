/* Figures: from the `figures:` of a configuration and a stored result to one gnuplot
 * script each, self-contained, data inline; gnuplot makes SVG and PNG from it. */
#ifndef BASIN_PLOT_FIGURE_H
#define BASIN_PLOT_FIGURE_H

#include "base/err.h"
#include "base/str.h"
#include "config/plan.h"
#include "store/result.h"

struct basin_figure;

/* Checks the figures of a configuration without any result: called before anything is
 * run, so that a misspelt metric or axis costs nothing. */
BASIN_CHECKED int basin_figures_check(const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag);

enum { BASIN_PLOT_SVG = 1, BASIN_PLOT_PNG = 2, BASIN_PLOT_DUMB = 4, BASIN_PLOT_PDF = 8 };

/* Writes folder/<figure>.gp (the folder is made) for every figure and runs gnuplot on it
 * for the formats asked for (folder/<figure>.svg, .png). With DUMB the text drawings are
 * added to `drawn`, which may be NULL. The scripts name the plan's identity and the
 * command that made them.
 */
BASIN_CHECKED int basin_figures_make(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_result *result,
    const char *folder, unsigned formats, struct basin_str *drawn,
    struct basin_diag *diag);

#endif
