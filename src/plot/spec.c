/* Reading one entry of `figures:`: every word is looked up now, so that a misspelt one
 * is reported before anything is run. */
#include "plot/spec.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct basin_field FIELDS[] = {
    BASIN_FIELD_CHOICE(struct basin_figure, kind, "lines|heat|histogram|pictures|bars",
        "lines", "how it is drawn"),
    BASIN_FIELD_TEXT(struct basin_figure, name, NULL, "name of the files"),
    BASIN_FIELD_TEXT(struct basin_figure, title, "", "title; the plan's if empty"),
    BASIN_FIELD_TEXT(struct basin_figure, x_label, "", "name of the x axis"),
    BASIN_FIELD_TEXT(struct basin_figure, y_label, "", "name of the y axis"),
    BASIN_FIELD_CHOICE(
        struct basin_figure, x_scale, "linear|log|log2", "linear", "scale of x"),
    BASIN_FIELD_CHOICE(
        struct basin_figure, y_scale, "linear|log|log2", "linear", "scale of y"),
    BASIN_FIELD_CHOICE(struct basin_figure, statistic, "mean|median", "mean",
        "over replicates: mean with 95 % t-interval, or median with quartiles"),
    BASIN_FIELD_BOOL(struct basin_figure, points, "true", "mark the measured points"),
    BASIN_FIELD_BOOL(struct basin_figure, stacked, "false", "histograms: one on another"),
    BASIN_FIELD_REAL_OR(struct basin_figure, contour, "none", "none", BASIN_ANY_LOW,
        BASIN_ANY_HIGH, "1", "heat: value at which a line is drawn"),
    BASIN_FIELD_END,
};

enum { MOST_KEYS = 12 };

/* The keys each kind has besides the fields. */
static const char *const KEYS[][MOST_KEYS] = {
    [BASIN_LINES] = {"x", "y", "series", "panels", "where", "theory", "marks", "x_range",
        "y_range"},
    [BASIN_HEAT] = {"x", "y", "z", "panels", "where"},
    [BASIN_HISTOGRAM] = {"y", "series", "panels", "where", "marks", "x_range", "y_range"},
    [BASIN_PICTURES] = {"metric", "rows", "panels", "where"},
    [BASIN_BARS] = {"x", "y", "series", "panels", "where", "y_range"},
};

/* Everything that reading an entry needs. */
struct reader {
    struct basin_figure *figure;
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const struct basin_document *document;
    struct basin_diag *diag;
};

/* A list, or one item that stands for a list of one. */
static const struct basin_node *item_at(const struct basin_node *node, size_t i)
{
    return node->kind == BASIN_SEQUENCE ? node->items[i] : node;
}

static int item_count(
    const struct reader *r, const struct basin_node *node, const char *key, size_t *n)
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
static int word_index(const struct reader *r, const struct basin_node *node,
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
static const char **factor_words(const struct basin_plan *plan)
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

static int read_factor(
    const struct reader *r, const struct basin_node *node, bool rule_allowed, int *factor)
{
    const char **words = factor_words(r->plan);
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    size_t index;
    int ret = word_index(
        r, node, "axis", words, r->plan->n_axes + (rule_allowed ? 1 : 0), &index);
    if (ret == 0) {
        *factor = index == r->plan->n_axes ? BASIN_BY_RULE : (int)index;
    }
    free(words);
    return ret;
}

static int read_factors(
    const struct reader *r, const char *key, struct basin_factors *factors)
{
    const struct basin_node *node = basin_node_get(r->figure->node, key);
    if (node == NULL) {
        return 0;
    }
    size_t n;
    int ret = item_count(r, node, key, &n);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        ret = read_factor(r, item_at(node, i), true, &factors->factor[i]);
    }
    factors->given = true;
    factors->n = n;
    return ret;
}

static int read_metrics(
    const struct reader *r, const char *key, size_t least_rank, size_t most_rank)
{
    const struct basin_node *list = basin_node_get(r->figure->node, key);
    if (list == NULL) {
        return basin_fail_at(r->diag, r->document, r->figure->node,
            "the figure needs \"%s\": the metric that it shows", key);
    }
    size_t n_words = basin_experiment_metrics(r->experiment);
    const char **words = calloc(n_words + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(r->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n_words; i++) {
        words[i] = r->experiment->metrics[i].name;
    }
    int ret = item_count(r, list, key, &r->figure->n_metrics);
    for (size_t i = 0; ret == 0 && i < r->figure->n_metrics; i++) {
        size_t *metric = &r->figure->metric[i];
        ret = word_index(r, item_at(list, i), "metric", words, n_words, metric);
        size_t rank = ret == 0 ? r->experiment->metrics[*metric].rank : least_rank;
        if (rank < least_rank || rank > most_rank) {
            ret = basin_fail_at(r->diag, r->document, item_at(list, i),
                "metric \"%s\" has %zu dimensions; this kind of figure shows metrics "
                "with %zu to %zu",
                words[*metric], rank, least_rank, most_rank);
        }
    }
    free(words);
    return ret;
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
    const struct reader *r, size_t axis_index, const struct basin_node *node)
{
    const struct basin_axis *axis = &r->plan->axes[axis_index];
    bool *shown = r->figure->values[axis_index];
    memset(shown, 0, axis->n * sizeof(*shown));
    size_t n = node->kind == BASIN_SEQUENCE ? node->n : 1;
    for (size_t i = 0; i < n; i++) {
        const struct basin_node *item = item_at(node, i);
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

static int where_label(const struct reader *r, const struct basin_node *node)
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
        ret = word_index(r, item_at(node, i), "label", labels, plan->n_variants, &label);
        if (ret == 0) {
            r->figure->variants[label] = true;
        }
    }
    free(labels);
    return ret;
}

static int read_where(const struct reader *r)
{
    const struct basin_node *where = basin_node_get(r->figure->node, "where");
    if (where == NULL) {
        return 0;
    }
    if (where->kind != BASIN_MAPPING) {
        return basin_fail_at(r->diag, r->document, where,
            "where selects by {axis: value} or {label: name}");
    }
    const char **words = factor_words(r->plan);
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

/* Whether some variant gives the theory all that it requires. */
static const char *theory_lacks(const struct reader *r, const struct basin_theory *theory)
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

static int read_theories(const struct reader *r)
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
    int ret = item_count(r, list, "theory", &r->figure->n_theories);
    for (size_t i = 0; ret == 0 && i < r->figure->n_theories; i++) {
        size_t index;
        ret = word_index(r, item_at(list, i), "theory", words, n, &index);
        if (ret != 0) {
            break;
        }
        r->figure->theory[i] = basin_theory_of(basin_theories[index]);
        const char *lacks = theory_lacks(r, r->figure->theory[i]);
        if (lacks != NULL) {
            ret = basin_fail_at(r->diag, r->document, item_at(list, i),
                "theory \"%s\" needs \"%s\", which this configuration neither sweeps nor "
                "sets",
                words[index], lacks);
        }
    }
    free(words);
    return ret;
}

static int read_mark(
    const struct reader *r, const struct basin_node *node, struct basin_mark *mark)
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
        ret = basin_node_real(
            r->document, x != NULL ? x : y, x != NULL ? &mark->x : &mark->y, r->diag);
    }
    if (ret == 0 && text != NULL) {
        ret = basin_node_text(r->document, text, &mark->text, r->diag);
    }
    return ret;
}

static int read_marks(const struct reader *r)
{
    const struct basin_node *list = basin_node_get(r->figure->node, "marks");
    if (list == NULL) {
        return 0;
    }
    int ret = item_count(r, list, "marks", &r->figure->n_marks);
    for (size_t i = 0; ret == 0 && i < r->figure->n_marks; i++) {
        ret = read_mark(r, item_at(list, i), &r->figure->mark[i]);
    }
    return ret;
}

static int read_range(
    const struct reader *r, const char *key, int scale, struct basin_range *range)
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

static int read_rows(const struct reader *r)
{
    const struct basin_node *list = basin_node_get(r->figure->node, "rows");
    if (list == NULL) {
        return 0;
    }
    int ret = item_count(r, list, "rows", &r->figure->n_rows);
    for (size_t i = 0; ret == 0 && i < r->figure->n_rows; i++) {
        ret = basin_node_text(r->document, item_at(list, i), &r->figure->row[i], r->diag);
    }
    return ret;
}

/* A name becomes a file's name, so it is letters, digits, '-', '_', '.'. */
static int check_name(const struct reader *r)
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
static int read_what(const struct reader *r)
{
    struct basin_figure *figure = r->figure;
    const struct basin_node *x = basin_node_get(figure->node, "x");
    const struct basin_node *y = basin_node_get(figure->node, "y");
    bool x_needed = figure->kind == BASIN_LINES || figure->kind == BASIN_HEAT;
    figure->x = figure->kind == BASIN_BARS ? BASIN_BY_RULE : BASIN_BY_NOTHING;
    figure->y = BASIN_BY_NOTHING;
    if (x_needed && x == NULL) {
        return basin_fail_at(r->diag, r->document, figure->node,
            "the figure needs \"x\": the axis that runs from left to right");
    }
    int ret = 0;
    if (x != NULL) {
        ret = read_factor(r, x, figure->kind == BASIN_BARS, &figure->x);
    }
    if (ret == 0 && figure->kind == BASIN_HEAT) {
        ret = y != NULL
                  ? read_factor(r, y, false, &figure->y)
                  : basin_fail_at(r->diag, r->document, figure->node,
                        "the figure needs \"y\": the axis that runs from bottom to top");
    }
    if (ret != 0) {
        return ret;
    }
    switch (figure->kind) {
    case BASIN_HEAT:
        return read_metrics(r, "z", 0, 0);
    case BASIN_PICTURES:
        return read_metrics(r, "metric", 2, BASIN_METRIC_RANK);
    case BASIN_HISTOGRAM:
        return read_metrics(r, "y", 1, BASIN_METRIC_RANK);
    default:
        return read_metrics(r, "y", 0, 0);
    }
}

/* One metric where a list makes no sense, and edges where bins are drawn. */
static int check_metrics(const struct reader *r)
{
    const struct basin_figure *figure = r->figure;
    bool single = figure->kind == BASIN_HEAT || figure->kind == BASIN_PICTURES;
    if (single && figure->n_metrics != 1) {
        return basin_fail_at(
            r->diag, r->document, figure->node, "this kind of figure shows one metric");
    }
    for (size_t i = 0; i < figure->n_metrics; i++) {
        const struct basin_metric *metric = &r->experiment->metrics[figure->metric[i]];
        if (figure->kind == BASIN_HISTOGRAM && metric->edges == NULL) {
            return basin_fail_at(r->diag, r->document, figure->node,
                "metric \"%s\" has no bins; kind: histogram shows metrics that have",
                metric->name);
        }
    }
    return 0;
}

static int show_all(const struct reader *r)
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

/* The plain fields; which other keys there may be depends on the kind. */
static int read_fields(const struct reader *r)
{
    const struct basin_node *node = r->figure->node;
    if (node->kind != BASIN_MAPPING) {
        return basin_fail_at(r->diag, r->document, node,
            "a figure is a mapping such as {name: overlap, x: load, y: overlap}");
    }
    const struct basin_node *kind = basin_node_get(node, "kind");
    r->figure->kind = BASIN_LINES;
    int ret = kind == NULL
                  ? 0
                  : basin_node_field(r->document, kind, &FIELDS[0], r->figure, r->diag);
    if (ret != 0) {
        return ret;
    }
    const char *const *keys = KEYS[r->figure->kind];
    size_t n = 0;
    while (n < MOST_KEYS && keys[n] != NULL) {
        n++;
    }
    return basin_node_fields(r->document, node, FIELDS, keys, n, r->figure, r->diag);
}

int basin_figure_read(struct basin_figure *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *node,
    struct basin_diag *diag)
{
    *self = (struct basin_figure){.node = node};
    const struct reader reader = {self, plan, experiment, &plan->document, diag};
    int (*const steps[])(const struct reader *) = {read_fields, check_name, show_all,
        read_what, check_metrics, read_where, read_theories, read_marks, read_rows};
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < sizeof(steps) / sizeof(steps[0]); i++) {
        ret = steps[i](&reader);
    }
    if (ret == 0) {
        ret = read_factors(&reader, "series", &self->series);
    }
    if (ret == 0) {
        ret = read_factors(&reader, "panels", &self->panels);
    }
    if (ret == 0) {
        ret = read_range(&reader, "x_range", self->x_scale, &self->x_range);
    }
    if (ret == 0) {
        ret = read_range(&reader, "y_range", self->y_scale, &self->y_range);
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
