/* Panels within cells: one for each place of a metric's second dimension, such as the
 * layers or heads of a model. */
#ifndef BASIN_PLOT_PLACES_H
#define BASIN_PLOT_PLACES_H

#include "plot/script.h"

/* The drawing's view with a panel for each place of its first metric's second dimension
 * instead of each, and every slot once for each place. Captions add "trained head 3" for
 * the dimension "trained_head". To be freed even after a failure; the drawing's view
 * outlives it. */
BASIN_CHECKED int basin_places_open(struct basin_view *self,
    const struct basin_drawing *drawing, struct basin_diag *diag);
void basin_places_close(struct basin_view *self);

#endif
