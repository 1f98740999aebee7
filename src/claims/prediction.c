/* A theory named in a claim, with the parameters that the claim gives. */
#include "claims/prediction.h"

#include "claims/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 32 };

static size_t field_count(const struct basin_field *fields)
{
    size_t n = 0;
    while (fields != NULL && fields[n].name != NULL) {
        n++;
    }
    return n;
}

/* The parameters beside `name` in a mapping. */
static int read_given(struct basin_prediction *self, const struct basin_plan *plan,
    const struct basin_node *map, struct basin_diag *diag)
{
    const struct basin_field *fields = self->theory->kind.fields;
    const char *allowed[FIELDS_MAX + 1] = {"name"};
    size_t n = 1;
    for (size_t i = 0; i < field_count(fields) && n <= FIELDS_MAX; i++) {
        allowed[n++] = fields[i].name;
    }
    int ret = basin_node_check_keys(&plan->document, map, allowed, n, diag);
    for (size_t i = 0; ret == 0 && i < map->n; i++) {
        if (strcmp(map->keys[i], "name") != 0) {
            self->name[self->n] = map->keys[i];
            ret = basin_node_real(
                &plan->document, map->items[i], &self->value[self->n++], diag);
        }
    }
    return ret;
}

int basin_prediction_read(struct basin_prediction *self, const struct basin_plan *plan,
    const struct basin_node *node, struct basin_diag *diag)
{
    const struct basin_node *name = node;
    if (node->kind == BASIN_MAPPING) {
        name = basin_node_get(node, "name");
        if (name == NULL) {
            return basin_fail_at(
                diag, &plan->document, node, "a theory needs its \"name\"");
        }
    }
    const struct basin_kind *kind;
    int ret =
        basin_kind_named(&plan->document, name, "theory", basin_theories, &kind, diag);
    if (ret != 0) {
        return ret;
    }
    self->theory = basin_theory_of(kind);
    size_t room = node->n + plan->n_axes + field_count(self->theory->kind.fields) + 1;
    self->name = calloc(room, sizeof(*self->name));
    self->value = calloc(room, sizeof(*self->value));
    if (self->name == NULL || self->value == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return node->kind == BASIN_MAPPING ? read_given(self, plan, node, diag) : 0;
}

void basin_prediction_free(struct basin_prediction *self)
{
    free(self->name);
    free(self->value);
    *self = (struct basin_prediction){0};
}

int basin_prediction_value(
    const struct basin_prediction *self, double *value, struct basin_diag *diag)
{
    return basin_theory_at(self->theory, self->name, self->value, self->n, value, diag);
}

static bool is_given(const struct basin_prediction *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++) {
        if (strcmp(self->name[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The axis whose name, with or without its section, is the parameter's. */
static size_t axis_of(const struct basin_plan *plan, const double *at, const char *name)
{
    for (size_t a = 0; a < plan->n_axes; a++) {
        const char *dot = strrchr(plan->axes[a].name, '.');
        const char *own = dot == NULL ? plan->axes[a].name : dot + 1;
        if (strcmp(own, name) == 0 && !isnan(at[a])) {
            return a;
        }
    }
    return plan->n_axes;
}

int basin_prediction_at(const struct basin_prediction *self,
    const struct basin_plan *plan, size_t variant, const double *at, double *value,
    struct basin_diag *diag)
{
    const struct basin_field *fields = self->theory->kind.fields;
    size_t n = self->n;
    for (size_t i = 0; i < field_count(fields); i++) {
        if (!is_given(self, fields[i].name)) {
            size_t a = axis_of(plan, at, fields[i].name);
            self->name[n] = fields[i].name;
            self->value[n++] = a < plan->n_axes
                                   ? at[a]
                                   : basin_plan_constant(plan, variant, fields[i].name);
        }
    }
    return basin_theory_at(self->theory, self->name, self->value, n, value, diag);
}
