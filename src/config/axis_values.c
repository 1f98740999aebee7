/* The values of an axis: a list, or one of the generators
 *
 *   {linspace: [a, b, n]}            a + (b - a) i / (n - 1)
 *   {logspace: [a, b, n]}            a (b / a)^(i / (n - 1))
 *   {geometric: [start, ratio, n]}   start ratio^i
 *   {range: [start, stop, step]}     start + step i, up to stop, stop included
 *
 * Generated values are rounded to 12 significant digits, the ends a and b are exact. */
#include "config/inside.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int met_reserve(struct basin_met *self)
{
    if (self->n < self->capacity) {
        return 0;
    }
    size_t capacity = self->capacity == 0 ? 16 : 2 * self->capacity;
    double *number = realloc(self->number, capacity * sizeof(*number));
    self->number = number == NULL ? self->number : number;
    char **text = realloc(self->text, capacity * sizeof(*text));
    self->text = text == NULL ? self->text : text;
    if (number == NULL || text == NULL) {
        return BASIN_ERR_NOMEM;
    }
    self->capacity = capacity;
    return 0;
}

int basin_met_add(struct basin_met *self, const struct basin_field *field,
    const void *params, struct basin_diag *diag)
{
    struct basin_str text = {0};
    basin_value_text(field, params, &text);
    if (text.failed || met_reserve(self) != 0) {
        basin_str_free(&text);
        return basin_fail_memory(diag);
    }
    self->number[self->n] = basin_value_number(field, params);
    self->text[self->n++] = text.text;
    return 0;
}

void basin_met_free(struct basin_met *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->text[i]);
    }
    free(self->number);
    free(self->text);
    free(self->rank);
    *self = (struct basin_met){0};
}

int basin_met_read(struct basin_met *self, const struct basin_document *document,
    const struct basin_node *node, const struct basin_field *field,
    struct basin_diag *diag)
{
    union basin_any any;
    struct basin_field moved = basin_field_alone(field);
    int code = basin_node_field(document, node, &moved, &any, diag);
    return code == 0 ? basin_met_add(self, &moved, &any, diag) : code;
}

struct generator {
    const char *name;
    const char *arguments;
    double (*value)(const double *arguments, double i);
};

static double linspace(const double *p, double i)
{
    return i == p[2] - 1 && i > 0 ? p[1] : p[0] + (p[1] - p[0]) * i / fmax(p[2] - 1, 1);
}

static double logspace(const double *p, double i)
{
    return i == p[2] - 1 && i > 0 ? p[1] : p[0] * pow(p[1] / p[0], i / fmax(p[2] - 1, 1));
}

static double geometric(const double *p, double i)
{
    return p[0] * pow(p[1], i);
}

static double range(const double *p, double i)
{
    return p[0] + p[2] * i;
}

static const struct generator generators[] = {
    {"linspace", "first value, last value, how many", linspace},
    {"logspace", "first value, last value, how many", logspace},
    {"geometric", "first value, ratio, how many", geometric},
    {"range", "first value, last value, step", range},
};
enum { GENERATORS = sizeof(generators) / sizeof(generators[0]) };

/* What is wrong with a generator's arguments, or NULL; *n is the number of values. */
static const char *check_arguments(
    const struct generator *generator, const double *p, double *n)
{
    *n = p[2];
    if (generator->value == range) {
        *n = floor((p[1] - p[0]) / p[2] + 1e-9) + 1;
        return p[2] != 0 && *n >= 1 ? NULL
                                    : "the step must lead from the first value to "
                                      "the last";
    }
    if (*n < 1 || *n != floor(*n)) {
        return "the number of values must be a whole number of at least 1";
    }
    if (generator->value == logspace && !(p[0] > 0 && p[1] > 0)) {
        return "the first and the last value must be greater than 0";
    }
    if (generator->value == geometric && (p[0] == 0 || p[1] == 0)) {
        return "the first value and the ratio must not be 0";
    }
    return NULL;
}

static int find_generator(const struct basin_plan *self, const struct basin_node *node,
    const struct basin_field *field, const struct generator **found,
    struct basin_diag *diag)
{
    const char *names[GENERATORS];
    for (size_t i = 0; i < GENERATORS; i++) {
        names[i] = generators[i].name;
    }
    if (node->kind != BASIN_MAPPING || node->n != 1) {
        return basin_fail_at(diag, &self->document, node,
            "the values of %s must be a list, or one of {linspace: [a, b, n]}, "
            "{logspace: [a, b, n]}, {geometric: [start, ratio, n]}, "
            "{range: [start, stop, step]}",
            field->name);
    }
    int code = basin_node_check_keys(&self->document, node, names, GENERATORS, diag);
    for (size_t i = 0; i < GENERATORS && code == 0; i++) {
        if (strcmp(node->keys[0], names[i]) == 0) {
            *found = &generators[i];
        }
    }
    if (code == 0 && field->type != BASIN_INT && field->type != BASIN_REAL) {
        code = basin_fail_at(diag, &self->document, node,
            "%s is not a number; give a list of its values", field->name);
    }
    return code;
}

static int read_arguments(const struct basin_plan *self, const struct basin_node *node,
    const struct generator *generator, double *p, double *n, struct basin_diag *diag)
{
    const struct basin_node *list = node->items[0];
    if (list->kind != BASIN_SEQUENCE || list->n != 3) {
        return basin_fail_at(diag, &self->document, list,
            "%s needs a list of three numbers: %s", generator->name,
            generator->arguments);
    }
    for (size_t i = 0; i < 3; i++) {
        int code = basin_node_real(&self->document, list->items[i], &p[i], diag);
        if (code != 0) {
            return code;
        }
    }
    const char *problem = check_arguments(generator, p, n);
    if (problem != NULL) {
        return basin_fail_at(
            diag, &self->document, list, "%s: %s", generator->name, problem);
    }
    long most = basin_inside_of(self)->head.max_cells;
    if (!(*n <= (double)most)) {
        return basin_fail_at(diag, &self->document, list,
            "%s makes %.0f values, more than max_cells (%ld)", generator->name, *n, most);
    }
    return 0;
}

/* 0.30000000000000004 is not what anybody asked for. */
static double rounded(double value, double exact_last)
{
    char text[32];
    snprintf(text, sizeof(text), "%.12g", value);
    return value == exact_last ? value : strtod(text, NULL);
}

static int generate(const struct basin_plan *self, const struct basin_node *node,
    const struct basin_field *field, struct basin_met *met, struct basin_diag *diag)
{
    const struct generator *generator = NULL;
    double p[3];
    double n = 0;
    int code = find_generator(self, node, field, &generator, diag);
    if (code == 0) {
        code = read_arguments(self, node, generator, p, &n, diag);
    }
    size_t first = met->n;
    for (size_t i = 0; code == 0 && i < (size_t)n; i++) {
        double value = generator->value(p, (double)i);
        value = i == 0 ? p[0] : rounded(value, p[1]);
        value = field->type == BASIN_INT ? round(value) : value;
        char text[32];
        union basin_any any;
        struct basin_diag sentence = {{0}};
        basin_str_of_double(value + 0.0, text);
        code = basin_value_read(field, text, true, &any, &sentence);
        if (code == BASIN_ERR_CONFIG) {
            return basin_fail_at(diag, &self->document, node, "%s gives %s: %s",
                generator->name, text, sentence.text);
        }
        if (code == 0 && (met->n == first || value != met->number[met->n - 1])) {
            code = basin_met_add(met, field, &any, diag);
        }
    }
    return code;
}

static int read_list(const struct basin_plan *self, const struct basin_node *list,
    const struct basin_field *field, struct basin_met *met, struct basin_diag *diag)
{
    if (list->n == 0) {
        return basin_fail_at(
            diag, &self->document, list, "%s has no values to sweep", field->name);
    }
    int code = 0;
    for (size_t i = 0; i < list->n && code == 0; i++) {
        code = basin_met_read(met, &self->document, list->items[i], field, diag);
    }
    return code;
}

/* The same field may be another one for another variant's kind, with another range. */
static int check_variants(const struct basin_plan *self, const struct basin_block *block,
    const struct basin_block_axis *axis, const struct basin_met *met,
    struct basin_diag *diag)
{
    const struct basin_axis *of = &self->axes[axis->axis];
    const struct basin_field *checked = of->field;
    for (size_t v = 0; v < self->n_variants; v++) {
        const struct basin_field *field =
            basin_entry_field(basin_entry_of(self, v, of->section),
                &self->sections[of->section], of->field->name, NULL);
        if (!block->has[v] || field == NULL || field == checked ||
            !basin_axis_applies(self, v, of->section, of->field->name)) {
            continue;
        }
        checked = field;
        struct basin_field moved = basin_field_alone(field);
        for (size_t i = 0; i < axis->n; i++) {
            union basin_any any;
            struct basin_diag sentence = {{0}};
            int code = basin_value_read(&moved, met->text[axis->first + i],
                field->type != BASIN_TEXT, &any, &sentence);
            if (code != 0) {
                bool list = axis->node->kind == BASIN_SEQUENCE;
                return basin_fail_at(diag, &self->document,
                    list ? axis->node->items[i] : axis->node, "for \"%s\" %s",
                    self->variants[v].label, sentence.text);
            }
        }
    }
    return 0;
}

int basin_axis_read(const struct basin_plan *self, const struct basin_block *block,
    struct basin_block_axis *axis, struct basin_met *met, struct basin_diag *diag)
{
    struct basin_field field = basin_field_alone(self->axes[axis->axis].field);
    axis->first = met->n;
    int code = axis->node->kind == BASIN_SEQUENCE
                   ? read_list(self, axis->node, &field, met, diag)
                   : generate(self, axis->node, &field, met, diag);
    axis->n = met->n - axis->first;
    return code == 0 ? check_variants(self, block, axis, met, diag) : code;
}
