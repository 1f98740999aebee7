/* The inside of reading a figure: shared by spec.c (which keys there are), words.c (axes
 * and metrics), select.c (where) and extras.c (theories, marks, ranges), by no others. */
#ifndef BASIN_PLOT_READER_H
#define BASIN_PLOT_READER_H

#include "plot/spec.h"

struct basin_reader {
    struct basin_figure *figure;
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const struct basin_document *document;
    struct basin_diag *diag;
};

/* A list, or one item that stands for a list of one. The count fails if there are more
 * than BASIN_FIGURE_MOST. */
const struct basin_node *basin_reader_item(const struct basin_node *node, size_t i);
int basin_reader_count(const struct basin_reader *r, const struct basin_node *node,
    const char *key, size_t *n);

/* The index of the word that a node holds, or the message that names the right ones. */
int basin_reader_word(const struct basin_reader *r, const struct basin_node *node,
    const char *what, const char *const *words, size_t n, size_t *index);

/* Names of the plan's axes, after them "rule"; the caller frees the array, not the
 * names. NULL when memory is out. */
const char **basin_reader_factor_words(const struct basin_plan *plan);

int basin_reader_factor(const struct basin_reader *r, const struct basin_node *node,
    bool rule_allowed, int *factor);
int basin_reader_factors(const struct basin_reader *r);

/* The index of the metric that a node names; it has least to most dimensions. */
int basin_reader_metric(const struct basin_reader *r, const struct basin_node *node,
    size_t least_rank, size_t most_rank, size_t *metric);
int basin_reader_metrics(
    const struct basin_reader *r, const char *key, size_t least_rank, size_t most_rank);
int basin_reader_items(const struct basin_reader *r);
int basin_reader_course(const struct basin_reader *r);

int basin_reader_show_all(const struct basin_reader *r);
int basin_reader_where(const struct basin_reader *r);

int basin_reader_theories(const struct basin_reader *r);
int basin_reader_marks(const struct basin_reader *r);
int basin_reader_names(const struct basin_reader *r);
int basin_reader_ranges(const struct basin_reader *r);

#endif
