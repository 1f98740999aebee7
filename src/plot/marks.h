/* Reference lines across the panels of a figure, with their names. */
#ifndef BASIN_PLOT_MARKS_H
#define BASIN_PLOT_MARKS_H

#include "plot/script.h"

/* Those at numbers: written once, they stay for all panels. */
void basin_marks_write(const struct basin_drawing *drawing);

/* Those at metrics, with their intervals: where the cells of a panel have them. Before
 * and after its plot command. */
void basin_marks_open(
    const struct basin_drawing *drawing, size_t panel, const struct basin_range *x);
void basin_marks_close(const struct basin_drawing *drawing);

#endif
