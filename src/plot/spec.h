/* What a figure shows: one entry of the list `figures:`, checked against the plan.
 *
 *   - {name: overlap, x: load, y: overlap, series: [rule, dimension], theory:
 * ags_overlap}
 *
 * The words of a configuration become indices here, so that drawing looks up no names. */
#ifndef BASIN_PLOT_SPEC_H
#define BASIN_PLOT_SPEC_H

#include "base/err.h"
#include "config/plan.h"
#include "experiments/experiment.h"
#include "theory/theory.h"

enum basin_figure_kind {
    BASIN_LINES,
    BASIN_HEAT,
    BASIN_HISTOGRAM,
    BASIN_PICTURES,
    BASIN_BARS,
    BASIN_VIOLINS,   /* of three metrics: histogram, number, class from 1 to 4 */
    BASIN_COURSE,    /* of metrics along another one of the same dimension */
    BASIN_DENSITIES, /* of a histogram along a metric, for each place between them */
};

enum basin_scale { BASIN_LINEAR, BASIN_LOG, BASIN_LOG2 };
enum basin_centre { BASIN_MEAN, BASIN_MEDIAN };

/* A factor tells the points of a figure apart: an axis of the plan (its index), or */
enum { BASIN_BY_RULE = -1, BASIN_BY_METRIC = -2, BASIN_BY_NOTHING = -3 };

enum { BASIN_FIGURE_MOST = 8 }; /* of anything that a figure lists */

struct basin_factors {
    bool given; /* else the view chooses: all that varies and is not shown otherwise */
    size_t n;
    int factor[BASIN_FIGURE_MOST];
};

struct basin_range {
    double low, high; /* low > high: nothing in it */
};

/* A reference line: vertical at x or horizontal at y, the other is NAN; or vertical where
 * a metric of rank 0 is (x and y are NAN). */
struct basin_mark {
    double x, y;
    const struct basin_metric *metric; /* NULL: none */
    const char *text;
};

struct basin_figure {
    const char *name;
    int kind;
    const char *title, *x_label, *y_label;
    int x_scale, y_scale, z_scale;
    int statistic;
    bool points, stacked, classes;
    double contour; /* NAN: none */

    const struct basin_node *node;
    int x, y; /* factors */
    size_t n_metrics;
    size_t metric[BASIN_FIGURE_MOST];
    const struct basin_metric *along;  /* x of a course or densities, of one dimension */
    const struct basin_metric *bars;   /* (item, place), under the pictures; NULL: none */
    const struct basin_metric *labels; /* (item), below them; NULL: none */
    struct basin_factors series, panels;
    bool *variants; /* owned; which are shown */
    bool **values;  /* owned; which values of each axis */
    size_t n_theories;
    const struct basin_theory *theory[BASIN_FIGURE_MOST];
    size_t n_marks;
    struct basin_mark mark[BASIN_FIGURE_MOST];
    size_t n_names;
    const char *metric_name[BASIN_FIGURE_MOST]; /* of the metrics, in the key */
    size_t n_rows;
    const char *row[BASIN_FIGURE_MOST];  /* names of the rows of pictures */
    struct basin_range x_range, y_range; /* NAN, NAN: from the data */
};

/* Reads one entry; texts stay owned by the plan's document. To be freed even after a
 * failure. */
BASIN_CHECKED int basin_figure_read(struct basin_figure *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_node *node, struct basin_diag *diag);
void basin_figure_free(struct basin_figure *self, const struct basin_plan *plan);

#endif
