/* What a figure shows besides the data: theories, marks, ranges, names of rows. */
#include "plot/reader.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether some variant gives the theory all that it requires. */
static const char *theory_lacks(
    const struct basin_reader *r, const struct basin_theory *theory)
{
    const char *lacking = NULL;
    for (size_t v = 0; v < r->plan->n_variants; v++) {
        lacking = NULL;
        const struct basin_field *field = theory->kind.fields;
        for (; field != NULL && field->name != NULL; field++) {
            bool known = field->fallback != NULL ||
                         !isnan(basin_plan_constant(r->plan, v, field->name));
            for (size_t a = 0; !known && a < r->plan->n_axes; a++) {
                known = strcmp(r->plan->axes[a].field->name, field->name) == 0;
            }
            lacking = known ? lacking : field->name;
        }
        if (lacking == NULL) {
            return NULL;
        }
    }
    return lacking;
}

int basin_reader_theories(const struct basin_reader *r)
{
    const struct basin_node *list = basin_node_get(r->figure->node, "theory");
    if (list == NULL) {
        return 0;
    }
    size_t n = 0;
    while (basin_theories[n] != NULL) {
        n++;
    }
    const char **words = calloc(n + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = basin_theories[i]->name;
    }
    int ret = basin_reader_count(r, list, "theory", &r->figure->n_theories);
    for (size_t i = 0; ret == 0 && i < r->figure->n_theories; i++) {
        size_t index;
        ret =
            basin_reader_word(r, basin_reader_item(list, i), "theory", words, n, &index);
        if (ret != 0) {
            break;
        }
        r->figure->theory[i] = basin_theory_of(basin_theories[index]);
        const char *lacks = theory_lacks(r, r->figure->theory[i]);
        if (lacks != NULL) {
            ret = basin_fail_at(r->diag, r->document, basin_reader_item(list, i),
                "theory \"%s\" needs \"%s\", which this configuration neither sweeps nor "
                "sets",
                words[index], lacks);
        }
    }
    free(words);
    return ret;
}

/* In a course or densities x may be a metric's name. */
static int read_mark_place(const struct basin_reader *r, const struct basin_node *x,
    const struct basin_node *y, struct basin_mark *mark)
{
    bool named = r->figure->along != NULL && x != NULL && x->kind == BASIN_SCALAR &&
                 isalpha((unsigned char)x->text[0]);
    if (!named) {
        return basin_node_real(
            r->document, x != NULL ? x : y, x != NULL ? &mark->x : &mark->y, r->diag);
    }
    size_t metric;
    int ret = basin_reader_metric(r, x, 0, 0, &metric);
    if (ret == 0) {
        mark->metric = &r->experiment->metrics[metric];
    }
    return ret;
}

static int read_mark(
    const struct basin_reader *r, const struct basin_node *node, struct basin_mark *mark)
{
    static const char *const words[] = {"x", "y", "text"};
    if (node->kind != BASIN_MAPPING) {
        return basin_fail_at(
            r->diag, r->document, node, "a mark is {x: value, text: name} or {y: ...}");
    }
    *mark = (struct basin_mark){.x = NAN, .y = NAN, .text = ""};
    int ret = basin_node_check_keys(r->document, node, words, 3, r->diag);
    const struct basin_node *x = basin_node_get(node, "x");
    const struct basin_node *y = basin_node_get(node, "y");
    const struct basin_node *text = basin_node_get(node, "text");
    if (ret == 0 && (x == NULL) == (y == NULL)) {
        ret = basin_fail_at(
            r->diag, r->document, node, "a mark stands at either an x or a y");
    }
    if (ret == 0) {
        ret = read_mark_place(r, x, y, mark);
    }
    if (ret == 0 && text != NULL) {
        ret = basin_node_text(r->document, text, &mark->text, r->diag);
    }
    return ret;
}

int basin_reader_marks(const struct basin_reader *r)
{
    const struct basin_node *list = basin_node_get(r->figure->node, "marks");
    if (list == NULL) {
        return 0;
    }
    int ret = basin_reader_count(r, list, "marks", &r->figure->n_marks);
    for (size_t i = 0; ret == 0 && i < r->figure->n_marks; i++) {
        ret = read_mark(r, basin_reader_item(list, i), &r->figure->mark[i]);
    }
    return ret;
}

static int read_range(
    const struct basin_reader *r, const char *key, int scale, struct basin_range *range)
{
    *range = (struct basin_range){NAN, NAN};
    const struct basin_node *node = basin_node_get(r->figure->node, key);
    if (node == NULL) {
        return 0;
    }
    if (node->kind != BASIN_SEQUENCE || node->n != 2) {
        return basin_fail_at(
            r->diag, r->document, node, "%s is a list of two numbers", key);
    }
    int ret = basin_node_real(r->document, node->items[0], &range->low, r->diag);
    if (ret == 0) {
        ret = basin_node_real(r->document, node->items[1], &range->high, r->diag);
    }
    if (ret == 0 && !(range->low < range->high)) {
        ret = basin_fail_at(r->diag, r->document, node,
            "%s must rise: %g is not below %g", key, range->low, range->high);
    }
    if (ret == 0 && scale != BASIN_LINEAR && range->low <= 0) {
        ret = basin_fail_at(r->diag, r->document, node,
            "%s begins at %g, but a logarithmic scale begins above 0", key, range->low);
    }
    return ret;
}

static int read_texts(
    const struct basin_reader *r, const char *key, const char *text[], size_t *n)
{
    const struct basin_node *list = basin_node_get(r->figure->node, key);
    int ret = list == NULL ? 0 : basin_reader_count(r, list, key, n);
    for (size_t i = 0; ret == 0 && i < *n; i++) {
        ret = basin_node_text(r->document, basin_reader_item(list, i), &text[i], r->diag);
    }
    return ret;
}

/* Of rows of pictures, and of metrics. */
int basin_reader_names(const struct basin_reader *r)
{
    struct basin_figure *figure = r->figure;
    int ret = read_texts(r, "rows", figure->row, &figure->n_rows);
    if (ret == 0) {
        ret = read_texts(r, "names", figure->metric_name, &figure->n_names);
    }
    if (ret == 0 && figure->n_names > 0 && figure->n_names != figure->n_metrics) {
        ret = basin_fail_at(r->diag, r->document, basin_node_get(figure->node, "names"),
            "%zu names for %zu metrics; there is one for each", figure->n_names,
            figure->n_metrics);
    }
    return ret;
}

int basin_reader_ranges(const struct basin_reader *r)
{
    struct basin_figure *figure = r->figure;
    int ret = read_range(r, "x_range", figure->x_scale, &figure->x_range);
    return ret != 0 ? ret : read_range(r, "y_range", figure->y_scale, &figure->y_range);
}
