/* Running gnuplot on a script, without a shell. */
#ifndef BASIN_PLOT_GNUPLOT_H
#define BASIN_PLOT_GNUPLOT_H

#include "base/err.h"
#include "base/str.h"

/* Runs folder/<name>.gp with folder as the working directory; format: svg, png, pdf,
 * tex, dumb or sixel. What gnuplot prints is added to `printed`, which may be NULL. A
 * failure is a TOOL error with gnuplot's own words. */
BASIN_CHECKED int basin_gnuplot_run(const char *folder, const char *name,
    const char *format, struct basin_str *printed, struct basin_diag *diag);

#endif
