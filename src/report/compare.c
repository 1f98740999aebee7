/* Two results, cell by cell. */
#include "report/compare.h"

#include "claims/interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CONFIDENCE = 0.95;

/* One cell of both results. */
struct pair {
    const struct basin_group *a, *b;
    size_t cell_a, cell_b;
    size_t n; /* replicates that both have */
};

const char *basin_difference_name(enum basin_difference_kind kind)
{
    static const char *const names[] = {
        "number", "array", "status", "only in the first", "only in the second"};
    return names[kind];
}

static const char *value_of(
    const struct basin_group *group, size_t cell, const struct basin_coordinate *at)
{
    uint32_t index =
        group->index[cell * group->n_coordinates + (size_t)(at - group->coordinates)];
    return index == BASIN_NO_VALUE ? NULL : at->text[index];
}

/* Every axis of the first cell has the same value in the second one. */
static bool covers(const struct basin_group *a, size_t cell_a,
    const struct basin_group *b, size_t cell_b)
{
    for (size_t i = 0; i < a->n_coordinates; i++) {
        const char *value = value_of(a, cell_a, &a->coordinates[i]);
        const struct basin_coordinate *at =
            basin_group_coordinate(b, a->coordinates[i].name);
        const char *other = at == NULL ? NULL : value_of(b, cell_b, at);
        if ((value == NULL) != (other == NULL) ||
            (value != NULL && strcmp(value, other) != 0)) {
            return false;
        }
    }
    return true;
}

/* Results mostly hold the cells in the same order: the search begins there. */
static bool find_cell(const struct basin_group *a, size_t cell_a,
    const struct basin_group *b, size_t *cell_b)
{
    for (size_t i = 0; b != NULL && i < b->n_cells; i++) {
        *cell_b = (cell_a + i) % b->n_cells;
        if (covers(a, cell_a, b, *cell_b) && covers(b, *cell_b, a, cell_a)) {
            return true;
        }
    }
    return false;
}

static char *cell_name(const struct basin_group *group, size_t cell)
{
    struct basin_str name = {0};
    basin_str_add(&name, "%s", "");
    for (size_t i = 0; i < group->n_coordinates; i++) {
        const char *value = value_of(group, cell, &group->coordinates[i]);
        if (value != NULL) {
            basin_str_add(&name, "%s%s=%s", name.length == 0 ? "" : ",",
                group->coordinates[i].name, value);
        }
    }
    if (name.failed) {
        basin_str_free(&name);
    }
    return name.text;
}

static int add(struct basin_comparison *self, const struct basin_group *group,
    size_t cell, struct basin_difference difference, struct basin_diag *diag)
{
    if ((self->n & (self->n + 1)) == 0) {
        void *grown =
            realloc(self->difference, (2 * self->n + 2) * sizeof(*self->difference));
        if (grown == NULL) {
            return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        }
        self->difference = grown;
    }
    difference.label = group->label;
    difference.cell = cell_name(group, cell);
    if (difference.cell == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->difference[self->n++] = difference;
    return 0;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static const double *data_of(
    const struct basin_variable *v, const struct basin_group *group, size_t cell)
{
    return v->data + cell * (v->once ? 1 : group->n_replicates) * v->stride;
}

static bool is_number(const struct basin_variable *v)
{
    return v->stride == 1 && v->rank == 0 && !v->once;
}

/* Mean difference over the pairs that have both values. */
static void judge_numbers(const double *a, const double *b, size_t n, double confidence,
    struct basin_difference *d)
{
    double sum_a = 0;
    double sum_b = 0;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(a[i]) && isfinite(b[i])) {
            sum_a += a[i];
            sum_b += b[i];
            d->n++;
        }
    }
    double count = (double)d->n;
    d->a = sum_a / count;
    d->b = sum_b / count;
    d->difference = d->b - d->a;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(a[i]) && isfinite(b[i])) {
            double rest = b[i] - a[i] - d->difference;
            squares += rest * rest;
        }
    }
    struct basin_uncertainty uncertainty = {.method = BASIN_BY_T,
        .estimate = d->difference,
        .n = count,
        .standard_error = sqrt(squares / (count - 1) / count)};
    struct basin_interval interval = d->n < 2
                                         ? (struct basin_interval){NAN, NAN}
                                         : basin_interval_at(&uncertainty, confidence);
    d->low = interval.low;
    d->high = interval.high;
    d->significant = d->low > 0 || d->high < 0;
}

/* The greatest difference of two arrays; an entry that one lacks counts as infinite. */
static void judge_arrays(
    const double *a, const double *b, size_t n, struct basin_difference *d)
{
    d->low = d->high = NAN;
    d->n = n;
    for (size_t i = 0; i < n; i++) {
        double difference = same(a[i], b[i])                   ? 0
                            : isfinite(a[i]) && isfinite(b[i]) ? b[i] - a[i]
                                                               : INFINITY;
        if (fabs(difference) > fabs(d->difference)) {
            d->difference = difference;
            d->a = a[i];
            d->b = b[i];
        }
    }
}

static int compare_variable(struct basin_comparison *self, const struct pair *pair,
    const struct basin_variable *va, double confidence, struct basin_diag *diag)
{
    const struct basin_variable *vb = basin_group_variable(pair->b, va->name);
    struct basin_difference d = {.metric = va->name, .clocked = va->clocked};
    if (vb == NULL || vb->stride != va->stride || vb->once != va->once) {
        d.kind = BASIN_ONLY_FIRST;
        d.low = d.high = NAN;
        return add(self, pair->a, pair->cell_a, d, diag);
    }
    size_t n = (va->once ? 1 : pair->n) * va->stride;
    const double *a = data_of(va, pair->a, pair->cell_a);
    const double *b = data_of(vb, pair->b, pair->cell_b);
    bool equal = true;
    for (size_t i = 0; equal && i < n; i++) {
        equal = same(a[i], b[i]);
    }
    if (equal) {
        return 0;
    }
    if (is_number(va)) {
        judge_numbers(a, b, n, confidence, &d);
    } else {
        d.kind = BASIN_DIFFERENT_ARRAY;
        judge_arrays(a, b, n, &d);
    }
    return add(self, pair->a, pair->cell_a, d, diag);
}

/* Replicates in which the two cells do not have the same status. */
static int compare_status(
    struct basin_comparison *self, const struct pair *pair, struct basin_diag *diag)
{
    const uint8_t *a = pair->a->status + pair->cell_a * pair->a->n_replicates;
    const uint8_t *b = pair->b->status + pair->cell_b * pair->b->n_replicates;
    struct basin_difference d = {.kind = BASIN_DIFFERENT_STATUS,
        .metric = "status",
        .low = NAN,
        .high = NAN,
        .n = pair->n};
    bool equal = true;
    for (size_t i = 0; i < pair->n; i++) {
        equal = equal && a[i] == b[i];
        d.a += a[i] == BASIN_STATUS_OK;
        d.b += b[i] == BASIN_STATUS_OK;
    }
    d.difference = d.b - d.a;
    return equal ? 0 : add(self, pair->a, pair->cell_a, d, diag);
}

static int compare_cell(struct basin_comparison *self, const struct pair *pair,
    double confidence, struct basin_diag *diag)
{
    int ret = compare_status(self, pair, diag);
    for (size_t v = 0; ret == 0 && v < pair->a->n_variables; v++) {
        ret = compare_variable(self, pair, &pair->a->variables[v], confidence, diag);
    }
    for (size_t v = 0; ret == 0 && v < pair->b->n_variables; v++) {
        const char *name = pair->b->variables[v].name;
        struct basin_difference d = {
            .kind = BASIN_ONLY_SECOND, .metric = name, .low = NAN, .high = NAN};
        if (basin_group_variable(pair->a, name) == NULL) {
            ret = add(self, pair->a, pair->cell_a, d, diag);
        }
    }
    return ret;
}

/* How many cells both have and how many means will be compared. */
static void count(const struct basin_result *a, const struct basin_result *b,
    struct basin_comparison *self)
{
    for (size_t g = 0; g < a->n_groups; g++) {
        const struct basin_group *group = &a->groups[g];
        const struct basin_group *other = basin_result_group(b, group->label);
        size_t numbers = 0;
        for (size_t v = 0; other != NULL && v < group->n_variables; v++) {
            numbers += is_number(&group->variables[v]);
        }
        for (size_t c = 0; c < group->n_cells; c++) {
            size_t there;
            if (find_cell(group, c, other, &there)) {
                self->n_cells++;
                self->n_numbers += numbers;
            }
        }
    }
}

/* Cells of one result that the other does not have. */
static int add_missing(struct basin_comparison *self, const struct basin_result *a,
    const struct basin_result *b, enum basin_difference_kind kind,
    struct basin_diag *diag)
{
    int ret = 0;
    for (size_t g = 0; g < a->n_groups; g++) {
        const struct basin_group *group = &a->groups[g];
        const struct basin_group *other = basin_result_group(b, group->label);
        for (size_t c = 0; ret == 0 && c < group->n_cells; c++) {
            size_t there;
            struct basin_difference d = {
                .kind = kind, .metric = "", .low = NAN, .high = NAN};
            if (!find_cell(group, c, other, &there)) {
                ret = add(self, group, c, d, diag);
            }
        }
    }
    return ret;
}

static int compare_group(struct basin_comparison *self, const struct basin_group *a,
    const struct basin_group *b, double confidence, struct basin_diag *diag)
{
    int ret = 0;
    size_t n = a->n_replicates < b->n_replicates ? a->n_replicates : b->n_replicates;
    for (size_t c = 0; ret == 0 && c < a->n_cells; c++) {
        struct pair pair = {a, b, c, 0, n};
        if (find_cell(a, c, b, &pair.cell_b)) {
            ret = compare_cell(self, &pair, confidence, diag);
        }
    }
    return ret;
}

int basin_results_compare(const struct basin_result *a, const struct basin_result *b,
    struct basin_comparison *self, struct basin_diag *diag)
{
    *self = (struct basin_comparison){0};
    count(a, b, self);
    if (self->n_cells == 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "the results of %s and %s have no cell in common", a->name, b->name);
    }
    double confidence = 1 - (1 - CONFIDENCE) / (double)(self->n_numbers + 1);
    int ret = 0;
    for (size_t g = 0; ret == 0 && g < a->n_groups; g++) {
        const struct basin_group *other = basin_result_group(b, a->groups[g].label);
        if (other != NULL) {
            ret = compare_group(self, &a->groups[g], other, confidence, diag);
        }
    }
    if (ret == 0) {
        ret = add_missing(self, a, b, BASIN_ONLY_FIRST, diag);
    }
    if (ret == 0) {
        ret = add_missing(self, b, a, BASIN_ONLY_SECOND, diag);
    }
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_difference *d = &self->difference[i];
        self->n_significant += d->significant;
        self->n_counted += !d->clocked || d->significant;
    }
    return ret;
}

void basin_comparison_free(struct basin_comparison *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->difference[i].cell);
    }
    free(self->difference);
    *self = (struct basin_comparison){0};
}
