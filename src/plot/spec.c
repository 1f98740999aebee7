/* Reading one entry of `figures:`: every word is looked up now, so that a misspelt one
 * is reported before anything is run. */
#include "plot/figure.h"
#include "plot/reader.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct basin_field basin_figure_fields[] = {
    BASIN_FIELD_CHOICE(struct basin_figure, kind,
        "lines|heat|histogram|pictures|bars|violins|course|densities", "lines",
        "how it is drawn"),
    BASIN_FIELD_TEXT(struct basin_figure, name, NULL, "name of the files"),
    BASIN_FIELD_TEXT(struct basin_figure, title, "", "title; the plan's if empty"),
    BASIN_FIELD_TEXT(struct basin_figure, x_label, "", "name of the x axis"),
    BASIN_FIELD_TEXT(struct basin_figure, y_label, "", "name of the y axis"),
    BASIN_FIELD_CHOICE(
        struct basin_figure, x_scale, "linear|log|log2", "linear", "scale of x"),
    BASIN_FIELD_CHOICE(
        struct basin_figure, y_scale, "linear|log|log2", "linear", "scale of y"),
    BASIN_FIELD_CHOICE(struct basin_figure, z_scale, "linear|log|log2", "linear",
        "heat: scale of the colours"),
    BASIN_FIELD_CHOICE(struct basin_figure, statistic, "mean|median", "mean",
        "over replicates: mean with 95 % t-interval, or median with quartiles"),
    BASIN_FIELD_BOOL(struct basin_figure, points, "true", "mark the measured points"),
    BASIN_FIELD_BOOL(struct basin_figure, stacked, "false",
        "histograms, bars and courses: one on another"),
    BASIN_FIELD_BOOL(struct basin_figure, classes, "false",
        "bars and courses: in the colours of the classes I to IV, in this order"),
    BASIN_FIELD_REAL_OR(struct basin_figure, contour, "none", "none", BASIN_ANY_LOW,
        BASIN_ANY_HIGH, "1", "heat: value at which a line is drawn"),
    BASIN_FIELD_END,
};

enum { MOST_KEYS = 24 };

#define ANY_KEYS "name", "kind", "title", "where", "panels"
#define LABEL_KEYS "x_label", "y_label"
#define SCALE_KEYS "x_scale", "y_scale"

/* The keys that each kind has; one without a meaning there is refused. */
static const char *const KEYS[][MOST_KEYS] = {
    [BASIN_LINES] = {ANY_KEYS, LABEL_KEYS, SCALE_KEYS, "x", "y", "series", "statistic",
        "points", "names", "theory", "marks", "x_range", "y_range"},
    [BASIN_HEAT] = {ANY_KEYS, LABEL_KEYS, SCALE_KEYS, "z_scale", "x", "y", "z",
        "statistic", "contour"},
    [BASIN_HISTOGRAM] = {ANY_KEYS, LABEL_KEYS, SCALE_KEYS, "y", "series", "statistic",
        "stacked", "names", "marks", "x_range", "y_range"},
    [BASIN_PICTURES] = {ANY_KEYS, "x", "x_label", "y", "rows", "bars", "labels"},
    [BASIN_BARS] = {ANY_KEYS, LABEL_KEYS, "y_scale", "x", "y", "series", "statistic",
        "stacked", "classes", "names", "y_range"},
    [BASIN_VIOLINS] = {ANY_KEYS, LABEL_KEYS, "x", "y", "z", "statistic"},
    [BASIN_COURSE] = {ANY_KEYS, LABEL_KEYS, SCALE_KEYS, "x", "y", "series", "statistic",
        "points", "stacked", "classes", "names", "marks", "x_range", "y_range"},
    [BASIN_DENSITIES] = {ANY_KEYS, LABEL_KEYS, "x", "y", "marks"},
};

/* A name becomes a file's name, so it is letters, digits, '-', '_', '.'. */
static int check_name(const struct basin_reader *r)
{
    const char *name = r->figure->name;
    bool good = name[0] != '\0' && name[0] != '.' && name[0] != '-';
    for (const char *c = name; *c != '\0'; c++) {
        good = good && (isalnum((unsigned char)*c) || strchr("-_.", *c) != NULL);
    }
    if (!good || strlen(name) > 100) {
        return basin_fail_at(r->diag, r->document,
            basin_node_get(r->figure->node, "name"),
            "\"%s\" cannot be a file's name; use letters, digits, - and _", name);
    }
    return 0;
}

/* Reads the axes and metrics that the kind of figure is made of. */
static int read_what(const struct basin_reader *r)
{
    struct basin_figure *figure = r->figure;
    const struct basin_node *x = basin_node_get(figure->node, "x");
    const struct basin_node *y = basin_node_get(figure->node, "y");
    bool y_needed = figure->kind == BASIN_HEAT || figure->kind == BASIN_VIOLINS;
    bool x_needed = figure->kind == BASIN_LINES || y_needed;
    figure->x = figure->kind == BASIN_BARS ? BASIN_BY_RULE : BASIN_BY_NOTHING;
    figure->y = BASIN_BY_NOTHING;
    if (figure->kind == BASIN_COURSE || figure->kind == BASIN_DENSITIES) {
        return basin_reader_course(r);
    }
    if (x_needed && x == NULL) {
        return basin_fail_at(r->diag, r->document, figure->node,
            "the figure needs \"x\": the axis that runs from left to right");
    }
    int ret = 0;
    if (x != NULL) {
        ret = basin_reader_factor(r, x, figure->kind == BASIN_BARS, &figure->x);
    }
    if (ret == 0 && y_needed) {
        ret = y != NULL
                  ? basin_reader_factor(r, y, false, &figure->y)
                  : basin_fail_at(r->diag, r->document, figure->node,
                        "the figure needs \"y\": the axis that runs from bottom to top");
    }
    if (ret != 0) {
        return ret;
    }
    switch (figure->kind) {
    case BASIN_HEAT:
        return basin_reader_metrics(r, "z", 0, 0);
    case BASIN_VIOLINS:
        return basin_reader_metrics(r, "z", 0, 1);
    case BASIN_PICTURES:
        ret = basin_reader_metrics(r, "y", 2, BASIN_METRIC_RANK);
        return ret != 0 ? ret : basin_reader_items(r);
    case BASIN_HISTOGRAM:
        return basin_reader_metrics(r, "y", 1, BASIN_METRIC_RANK);
    default:
        return basin_reader_metrics(r, "y", 0, 0);
    }
}

/* One metric where a list makes no sense, and edges where bins are drawn. */
static int check_metrics(const struct basin_reader *r)
{
    const struct basin_figure *figure = r->figure;
    bool single = figure->kind == BASIN_HEAT || figure->kind == BASIN_PICTURES ||
                  figure->kind == BASIN_DENSITIES;
    if (single && figure->n_metrics != 1) {
        return basin_fail_at(
            r->diag, r->document, figure->node, "this kind of figure shows one metric");
    }
    if (figure->kind == BASIN_VIOLINS && figure->n_metrics != 3) {
        return basin_fail_at(r->diag, r->document, figure->node,
            "violins show three metrics: [histogram, number, class from 1 to 4]");
    }
    for (size_t i = 0; i < figure->n_metrics; i++) {
        const struct basin_metric *metric = &r->experiment->metrics[figure->metric[i]];
        bool binned = figure->kind == BASIN_HISTOGRAM ||
                      figure->kind == BASIN_DENSITIES ||
                      (figure->kind == BASIN_VIOLINS && i == 0);
        if (binned && metric->edges == NULL) {
            return basin_fail_at(r->diag, r->document, figure->node,
                "metric \"%s\" has no bins; this kind of figure shows metrics that have",
                metric->name);
        }
    }
    return 0;
}

/* The plain fields; which other keys there may be depends on the kind. */
static int read_fields(const struct basin_reader *r)
{
    const struct basin_node *node = r->figure->node;
    if (node->kind != BASIN_MAPPING) {
        return basin_fail_at(r->diag, r->document, node,
            "a figure is a mapping such as {name: overlap, x: load, y: overlap}");
    }
    const struct basin_node *kind = basin_node_get(node, "kind");
    r->figure->kind = BASIN_LINES;
    int ret = kind == NULL ? 0
                           : basin_node_field(r->document, kind, &basin_figure_fields[0],
                                 r->figure, r->diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_field fields[sizeof(basin_figure_fields) / sizeof(*basin_figure_fields)];
    const char *others[MOST_KEYS];
    size_t n_fields = 0;
    size_t n_others = 0;
    for (const char *const *key = KEYS[r->figure->kind]; *key != NULL; key++) {
        const struct basin_field *field = basin_field_find(basin_figure_fields, *key);
        if (field != NULL) {
            fields[n_fields++] = *field;
        } else {
            others[n_others++] = *key;
        }
    }
    fields[n_fields] = (struct basin_field)BASIN_FIELD_END;
    ret = basin_fields_default(basin_figure_fields, r->figure, r->diag);
    return ret != 0 ? ret
                    : basin_node_fields(r->document, node, fields, others, n_others,
                          r->figure, r->diag);
}

int basin_figure_read(struct basin_figure *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *node,
    struct basin_diag *diag)
{
    *self = (struct basin_figure){.node = node};
    const struct basin_reader reader = {self, plan, experiment, &plan->document, diag};
    int (*const steps[])(const struct basin_reader *) = {read_fields, check_name,
        basin_reader_show_all, read_what, check_metrics, basin_reader_where,
        basin_reader_theories, basin_reader_marks, basin_reader_names,
        basin_reader_factors, basin_reader_ranges};
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < sizeof(steps) / sizeof(steps[0]); i++) {
        ret = steps[i](&reader);
    }
    return ret;
}

void basin_figure_free(struct basin_figure *self, const struct basin_plan *plan)
{
    for (size_t i = 0; self->values != NULL && i < plan->n_axes; i++) {
        free(self->values[i]);
    }
    free(self->values);
    free(self->variants);
    *self = (struct basin_figure){0};
}
