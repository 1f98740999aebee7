/* Words of a figure: axes, metrics, lists of them. */
#include "plot/reader.h"

#include <stdlib.h>
#include <string.h>

/* A list, or one item that stands for a list of one. */
const struct basin_node *basin_reader_item(const struct basin_node *node, size_t i)
{
    return node->kind == BASIN_SEQUENCE ? node->items[i] : node;
}

int basin_reader_count(const struct basin_reader *r, const struct basin_node *node,
    const char *key, size_t *n)
{
    *n = node->kind == BASIN_SEQUENCE ? node->n : 1;
    if (*n > BASIN_FIGURE_MOST) {
        return basin_fail_at(r->diag, r->document, node,
            "%s has %zu entries; a figure can show at most %d", key, *n,
            BASIN_FIGURE_MOST);
    }
    return 0;
}

/* The index of the word that a node holds, or the message that names the right ones. */
int basin_reader_word(const struct basin_reader *r, const struct basin_node *node,
    const char *what, const char *const *words, size_t n, size_t *index)
{
    const char *text;
    int ret = basin_node_text(r->document, node, &text, r->diag);
    if (ret != 0) {
        return ret;
    }
    for (*index = 0; *index < n; (*index)++) {
        if (strcmp(words[*index], text) == 0) {
            return 0;
        }
    }
    struct basin_str sentence = {0};
    basin_str_add(&sentence, "unknown %s \"%s\"", what, text);
    ret = basin_words_hint(text, words, n, &sentence);
    ret = ret == 0 && !sentence.failed
              ? basin_fail_at(r->diag, r->document, node, "%s", sentence.text)
              : basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    basin_str_free(&sentence);
    return ret;
}

/* Names of the plan's axes, after them "rule"; the caller frees the array. */
const char **basin_reader_factor_words(const struct basin_plan *plan)
{
    const char **words = calloc(plan->n_axes + 1, sizeof(*words));
    for (size_t i = 0; words != NULL && i < plan->n_axes; i++) {
        words[i] = plan->axes[i].name;
    }
    if (words != NULL) {
        words[plan->n_axes] = "rule";
    }
    return words;
}

int basin_reader_factor(const struct basin_reader *r, const struct basin_node *node,
    bool rule_allowed, int *factor)
{
    const char **words = basin_reader_factor_words(r->plan);
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    size_t index;
    int ret = basin_reader_word(
        r, node, "axis", words, r->plan->n_axes + (rule_allowed ? 1 : 0), &index);
    if (ret == 0) {
        *factor = index == r->plan->n_axes ? BASIN_BY_RULE : (int)index;
    }
    free(words);
    return ret;
}

static int read_factors(
    const struct basin_reader *r, const char *key, struct basin_factors *factors)
{
    const struct basin_node *node = basin_node_get(r->figure->node, key);
    if (node == NULL) {
        return 0;
    }
    size_t n;
    int ret = basin_reader_count(r, node, key, &n);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        ret =
            basin_reader_factor(r, basin_reader_item(node, i), true, &factors->factor[i]);
    }
    factors->given = true;
    factors->n = n;
    return ret;
}

int basin_reader_factors(const struct basin_reader *r)
{
    int ret = read_factors(r, "series", &r->figure->series);
    return ret != 0 ? ret : read_factors(r, "panels", &r->figure->panels);
}

int basin_reader_metric(const struct basin_reader *r, const struct basin_node *node,
    size_t least_rank, size_t most_rank, size_t *metric)
{
    size_t n = basin_experiment_metrics(r->experiment);
    const char **words = calloc(n + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = r->experiment->metrics[i].name;
    }
    int ret = basin_reader_word(r, node, "metric", words, n, metric);
    size_t rank = ret == 0 ? r->experiment->metrics[*metric].rank : least_rank;
    if (rank < least_rank || rank > most_rank) {
        bool few = rank < least_rank;
        ret = basin_fail_at(r->diag, r->document, node,
            "metric \"%s\" has %zu dimensions; here it %s %zu", words[*metric], rank,
            few ? "needs at least" : "can have at most", few ? least_rank : most_rank);
    }
    free(words);
    return ret;
}

int basin_reader_metrics(
    const struct basin_reader *r, const char *key, size_t least_rank, size_t most_rank)
{
    const struct basin_node *list = basin_node_get(r->figure->node, key);
    if (list == NULL) {
        return basin_fail_at(r->diag, r->document, r->figure->node,
            "the figure needs \"%s\": the metric that it shows", key);
    }
    int ret = basin_reader_count(r, list, key, &r->figure->n_metrics);
    for (size_t i = 0; ret == 0 && i < r->figure->n_metrics; i++) {
        ret = basin_reader_metric(
            r, basin_reader_item(list, i), least_rank, most_rank, &r->figure->metric[i]);
    }
    return ret;
}

/* The metric that a key names, of that rank; NULL where the key is missing. */
static int read_of_items(const struct basin_reader *r, const char *key, size_t rank,
    const struct basin_metric **metric)
{
    const struct basin_node *node = basin_node_get(r->figure->node, key);
    size_t index;
    int ret = node == NULL ? 0 : basin_reader_metric(r, node, rank, rank, &index);
    if (ret == 0 && node != NULL) {
        *metric = &r->experiment->metrics[index];
    }
    return ret;
}

int basin_reader_items(const struct basin_reader *r)
{
    int ret = read_of_items(r, "bars", 2, &r->figure->bars);
    return ret != 0 ? ret : read_of_items(r, "labels", 1, &r->figure->labels);
}

/* What a course or densities are drawn along, and metrics that have its dimension first.
 */
int basin_reader_course(const struct basin_reader *r)
{
    struct basin_figure *figure = r->figure;
    int ret = read_of_items(r, "x", 1, &figure->along);
    if (figure->along == NULL) {
        return ret != 0 ? ret
                        : basin_fail_at(r->diag, r->document, figure->node,
                              "the figure needs \"x\": the metric that runs from left to "
                              "right");
    }
    bool dense = figure->kind == BASIN_DENSITIES;
    ret = basin_reader_metrics(r, "y", dense ? 3 : 1, dense ? 3 : 2);
    for (size_t i = 0; ret == 0 && i < figure->n_metrics; i++) {
        const struct basin_metric *metric = &r->experiment->metrics[figure->metric[i]];
        if (strcmp(metric->dimension[0], figure->along->dimension[0]) != 0) {
            ret = basin_fail_at(r->diag, r->document,
                basin_reader_item(basin_node_get(figure->node, "y"), i),
                "metric \"%s\" runs along \"%s\", but x, which is \"%s\", along \"%s\"",
                metric->name, metric->dimension[0], figure->along->name,
                figure->along->dimension[0]);
        } else if (figure->stacked &&
                   metric->rank != r->experiment->metrics[figure->metric[0]].rank) {
            ret = basin_fail_at(r->diag, r->document,
                basin_reader_item(basin_node_get(figure->node, "y"), i),
                "metric \"%s\" cannot be stacked on the first one: it has %zu "
                "dimensions, not %zu",
                metric->name, metric->rank,
                r->experiment->metrics[figure->metric[0]].rank);
        }
    }
    return ret;
}
