/* The kinds of figures: each writes the whole script of one figure. */
#ifndef BASIN_PLOT_DRAW_H
#define BASIN_PLOT_DRAW_H

#include "plot/estimate.h"
#include "plot/script.h"

BASIN_CHECKED int basin_draw_lines(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_bars(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_histogram(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_heat(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_violins(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_course(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_densities(
    const struct basin_drawing *drawing, struct basin_diag *diag);
BASIN_CHECKED int basin_draw_pictures(
    const struct basin_drawing *drawing, struct basin_diag *diag);

/* The figure's statistic of n values, which are reordered. */
struct basin_estimate basin_draw_statistic(
    const struct basin_drawing *drawing, double *values, size_t n);

/* The replicates of a slot's metric, one number each, as the figure's statistic. */
BASIN_CHECKED int basin_draw_estimate(const struct basin_drawing *drawing,
    const struct basin_slot *slot, struct basin_estimate *estimate,
    struct basin_diag *diag);

/* The metric that a slot shows. */
static inline const struct basin_metric *basin_draw_metric(
    const struct basin_drawing *drawing, size_t metric)
{
    return &drawing->experiment->metrics[drawing->figure->metric[metric]];
}

/* Colour of a series; of its class, where these are asked for. */
const char *basin_draw_colour(const struct basin_drawing *drawing, size_t series);

/* Labels of the axes: as given, or made from help or summary and unit; the caller's to
 * free; NULL when memory is out. */
char *basin_draw_axis_label(
    const struct basin_drawing *drawing, const char *given, int factor);
char *basin_draw_metric_label(const struct basin_drawing *drawing, const char *given);

#endif
