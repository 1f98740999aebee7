/* Which cells make which point of a figure: panels, series, places along the axes.
 *
 * A view follows from the plan alone, so that a figure in which two cells would fall on
 * the same point is refused before anything is run. */
#ifndef BASIN_PLOT_VIEW_H
#define BASIN_PLOT_VIEW_H

#include "plot/spec.h"
#include "store/result.h"

struct basin_slot {
    size_t cell;   /* of the plan */
    size_t metric; /* index into the figure's metrics */
    size_t panel, series;
    size_t
        place; /* of the metric's second dimension, where these have panels (places.h) */
    double x, y; /* value on the axis (of a text: its position); NAN: it has none */
};

struct basin_series {
    char *label;
    size_t colour; /* from 0: which colour and mark */
    size_t dash;   /* from 0: which dashes */
};

struct basin_view {
    size_t n;
    struct basin_slot *slots; /* by panel, series, x, y */
    size_t n_panels;
    char **panels; /* captions; empty if there is just one */
    size_t n_series;
    struct basin_series *series;
    char *series_title; /* names of what tells the series apart */
};

/* To be freed even after a failure. */
BASIN_CHECKED int basin_view_make(struct basin_view *self,
    const struct basin_figure *figure, const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag);
void basin_view_free(struct basin_view *self);

/* How a value of an axis is written in a figure; returns buffer. */
const char *basin_axis_value(
    const struct basin_axis *axis, size_t value, char buffer[64]);

/* A name without underscores; a theory, or what a paper published, by such a name; the
 * i-th metric as the figure, its classes or its own name say it. */
void basin_label_words(struct basin_str *out, const char *name);
void basin_label_theory(struct basin_str *out, const struct basin_theory *theory);
void basin_label_metric(struct basin_str *out, const struct basin_figure *figure,
    const struct basin_experiment *experiment, size_t i);

/* The numbers that a result holds for a metric of a plan's cell: n replicates of
 * variable->stride doubles. NULL if the result has none. */
const double *basin_view_data(const struct basin_result *result,
    const struct basin_plan *plan, size_t cell, const char *metric,
    const struct basin_variable **variable, size_t *n);

#endif
