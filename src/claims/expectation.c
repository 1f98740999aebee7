/* What a claim expects of its interval: read and described. */
#include "claims/expectation.h"

#include "claims/prediction.h"

#include <math.h>
#include <stdlib.h>

/* Reads the value of one form's key; map is all of `expect`. */
typedef int (*reader)(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag);

static int read_within(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag)
{
    (void)map;
    if (node->kind != BASIN_SEQUENCE || node->n != 2) {
        return basin_fail_at(
            diag, &plan->document, node, "expected two numbers: within: [least, most]");
    }
    int ret = basin_node_real(&plan->document, node->items[0], &self->low, diag);
    if (ret == 0) {
        ret = basin_node_real(&plan->document, node->items[1], &self->high, diag);
    }
    if (ret == 0 && !(self->low < self->high)) {
        ret = basin_fail_at(
            diag, &plan->document, node, "the first number must be less than the second");
    }
    return ret;
}

/* A number, or a theory that gives one. */
static int read_number(const struct basin_plan *plan, const struct basin_node *node,
    double *value, struct basin_diag *diag)
{
    char *end = NULL;
    if (node->kind == BASIN_SCALAR && (strtod(node->text, &end), *end == '\0')) {
        return basin_node_real(&plan->document, node, value, diag);
    }
    struct basin_prediction prediction = {0};
    int ret = basin_prediction_read(&prediction, plan, node, diag);
    if (ret == 0) {
        struct basin_diag why = {{0}};
        if (basin_prediction_value(&prediction, value, &why) != 0) {
            ret = basin_fail_at(diag, &plan->document, node, "%s", why.text);
        }
    }
    basin_prediction_free(&prediction);
    return ret;
}

static int read_at_least(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag)
{
    (void)map;
    return read_number(plan, node, &self->low, diag);
}

static int read_at_most(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag)
{
    (void)map;
    return read_number(plan, node, &self->high, diag);
}

static int read_none_in(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag)
{
    (void)map;
    int ret = basin_node_real(&plan->document, node, &self->none_in, diag);
    if (ret == 0 && !(self->none_in >= 1)) {
        ret = basin_fail_at(diag, &plan->document, node, "expected at least 1 check");
    }
    return ret;
}

static int read_near(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *node, struct basin_diag *diag)
{
    const struct basin_node *tolerance = basin_node_get(map, "tolerance");
    const struct basin_node *relative = basin_node_get(map, "relative");
    double centre;
    double reach;
    if ((tolerance == NULL) == (relative == NULL)) {
        return basin_fail_at(diag, &plan->document, map,
            "\"near\" needs either a \"tolerance\" or a \"relative\" one");
    }
    int ret = read_number(plan, node, &centre, diag);
    if (ret == 0) {
        ret = basin_node_real(
            &plan->document, tolerance == NULL ? relative : tolerance, &reach, diag);
    }
    if (ret == 0) {
        reach *= tolerance == NULL ? fabs(centre) : 1;
        self->low = centre - reach;
        self->high = centre + reach;
        if (!(reach > 0)) {
            ret = basin_fail_at(
                diag, &plan->document, map, "the tolerance must be above 0");
        }
    }
    return ret;
}

enum { FORMS = 5, KEYS = 7, NEAR = 3, NONE_IN = 4 };

static const char *const keys[KEYS] = {
    "within", "at_least", "at_most", "near", "none_in", "tolerance", "relative"};

static const reader readers[FORMS] = {
    read_within, read_at_least, read_at_most, read_near, read_none_in};

/* The one form that is given. */
static int find_form(const struct basin_plan *plan, const struct basin_node *map,
    size_t *form, struct basin_diag *diag)
{
    *form = FORMS;
    for (size_t i = 0; i < KEYS; i++) {
        const struct basin_node *node = basin_node_get(map, keys[i]);
        if (node == NULL) {
            continue;
        }
        if (i < FORMS && *form < FORMS) {
            return basin_fail_at(diag, &plan->document, node,
                "\"%s\" and \"%s\" exclude each other", keys[*form], keys[i]);
        }
        if (i < FORMS) {
            *form = i;
        } else if (*form != NEAR && *form < FORMS) {
            return basin_fail_at(
                diag, &plan->document, node, "\"%s\" goes with \"near\" only", keys[i]);
        }
    }
    return *form < FORMS
               ? 0
               : basin_fail_at(diag, &plan->document, map,
                     "\"expect\" needs one of: within, at_least, at_most, near, "
                     "none_in");
}

int basin_expectation_read(struct basin_expectation *self, const struct basin_plan *plan,
    const struct basin_statistic *statistic, const struct basin_node *map,
    struct basin_diag *diag)
{
    size_t form;
    *self = (struct basin_expectation){-INFINITY, INFINITY, 0};
    int ret = basin_node_check_keys(&plan->document, map, keys, KEYS, diag);
    if (ret == 0) {
        ret = find_form(plan, map, &form, diag);
    }
    if (ret != 0) {
        return ret;
    }
    const struct basin_node *node = basin_node_get(map, keys[form]);
    if (form == NONE_IN && statistic->method != BASIN_BY_COUNT) {
        return basin_fail_at(diag, &plan->document, node,
            "\"none_in\" is for statistic violations, not for %s", statistic->kind.name);
    }
    return readers[form](self, plan, map, node, diag);
}

void basin_expectation_describe(
    const struct basin_expectation *self, struct basin_str *out)
{
    char low[32];
    char high[32];
    if (self->none_in > 0) {
        basin_str_add(out, "none in at least %.0f", self->none_in);
    } else if (isinf(self->high)) {
        basin_str_add(out, "at least %s", basin_str_of_double(self->low, low));
    } else if (isinf(self->low)) {
        basin_str_add(out, "at most %s", basin_str_of_double(self->high, high));
    } else {
        basin_str_add(out, "within %.6g to %.6g", self->low, self->high);
    }
}
