/* An axis of a panel as gnuplot's commands. */
#ifndef BASIN_PLOT_RULER_H
#define BASIN_PLOT_RULER_H

#include "plot/script.h"

/* room: pixels along the axis; outer: with its name. */
void basin_ruler_write(struct basin_str *out, char axis, const struct basin_ruler *ruler,
    bool outer, int room);

/* Characters of the longest number, about; lines of the name. */
int basin_ruler_digits(const struct basin_ruler *ruler);
int basin_ruler_lines(const struct basin_ruler *ruler, int room);

#endif
