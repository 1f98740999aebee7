/* Texts of figures that LaTeX sets. */
#ifndef BASIN_PLOT_TEX_H
#define BASIN_PLOT_TEX_H

#include "base/err.h"

/* gnuplot's cairolatex writes texts as they are; in folder/<name>.tex this puts a
 * backslash before the characters of labels that LaTeX would read as commands. */
BASIN_CHECKED int basin_tex_escape(
    const char *folder, const char *name, struct basin_diag *diag);

#endif
