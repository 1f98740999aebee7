/* Which cells a figure shows: `where: {axis: value, label: name}`. */
#include "plot/reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int basin_reader_show_all(const struct basin_reader *r)
{
    const struct basin_plan *plan = r->plan;
    r->figure->variants = calloc(plan->n_variants + 1, sizeof(bool));
    r->figure->values = calloc(plan->n_axes + 1, sizeof(bool *));
    if (r->figure->variants == NULL || r->figure->values == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    memset(r->figure->variants, 1, plan->n_variants * sizeof(bool));
    for (size_t i = 0; i < plan->n_axes; i++) {
        r->figure->values[i] = malloc((plan->axes[i].n + 1) * sizeof(bool));
        if (r->figure->values[i] == NULL) {
            return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
        }
        memset(r->figure->values[i], 1, plan->axes[i].n * sizeof(bool));
    }
    return 0;
}

/* Where a value of the configuration stands on an axis: numbers to nine digits. */
static bool same_value(
    const struct basin_axis *axis, size_t i, const struct basin_node *node)
{
    if (node->kind != BASIN_SCALAR) {
        return false;
    }
    char *end;
    double wanted = strtod(node->text, &end);
    bool number = axis->field->type == BASIN_INT || axis->field->type == BASIN_REAL;
    if (number && end != node->text && *end == '\0') {
        double value = axis->number[i];
        return value == wanted || fabs(value - wanted) <= 1e-9 * fabs(wanted);
    }
    return strcmp(axis->text[i], node->text) == 0;
}

static int where_axis(
    const struct basin_reader *r, size_t axis_index, const struct basin_node *node)
{
    const struct basin_axis *axis = &r->plan->axes[axis_index];
    bool *shown = r->figure->values[axis_index];
    memset(shown, 0, axis->n * sizeof(*shown));
    size_t n = node->kind == BASIN_SEQUENCE ? node->n : 1;
    for (size_t i = 0; i < n; i++) {
        const struct basin_node *item = basin_reader_item(node, i);
        size_t at = 0;
        while (at < axis->n && !same_value(axis, at, item)) {
            at++;
        }
        if (at == axis->n) {
            return basin_fail_at(r->diag, r->document, item,
                "axis \"%s\" has no value \"%s\"; it has %zu, from %s to %s", axis->name,
                item->kind == BASIN_SCALAR ? item->text : "(a list or mapping)", axis->n,
                axis->text[0], axis->text[axis->n - 1]);
        }
        shown[at] = true;
    }
    return 0;
}

static int where_label(const struct basin_reader *r, const struct basin_node *node)
{
    const struct basin_plan *plan = r->plan;
    const char **labels = calloc(plan->n_variants, sizeof(*labels));
    if (labels == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < plan->n_variants; i++) {
        labels[i] = plan->variants[i].label;
    }
    memset(r->figure->variants, 0, plan->n_variants * sizeof(bool));
    size_t n = node->kind == BASIN_SEQUENCE ? node->n : 1;
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < n; i++) {
        size_t label;
        ret = basin_reader_word(
            r, basin_reader_item(node, i), "label", labels, plan->n_variants, &label);
        if (ret == 0) {
            r->figure->variants[label] = true;
        }
    }
    free(labels);
    return ret;
}

int basin_reader_where(const struct basin_reader *r)
{
    const struct basin_node *where = basin_node_get(r->figure->node, "where");
    if (where == NULL) {
        return 0;
    }
    if (where->kind != BASIN_MAPPING) {
        return basin_fail_at(r->diag, r->document, where,
            "where selects by {axis: value} or {label: name}");
    }
    const char **words = basin_reader_factor_words(r->plan);
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    size_t n = r->plan->n_axes;
    words[n] = "label";
    int ret = basin_node_check_keys(r->document, where, words, n + 1, r->diag);
    for (size_t i = 0; ret == 0 && i < where->n; i++) {
        size_t axis = 0;
        while (axis < n && strcmp(words[axis], where->keys[i]) != 0) {
            axis++;
        }
        ret = axis == n ? where_label(r, where->items[i])
                        : where_axis(r, axis, where->items[i]);
    }
    free(words);
    return ret;
}
