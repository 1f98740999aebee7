/* From a result to the data of a claim. */
#include "claims/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_missing(const struct basin_point *point, const double *value,
    size_t width, size_t n_replicates, struct basin_missing *missing)
{
    const struct basin_group *group = point->group;
    for (size_t r = 0; r < n_replicates; r++) {
        size_t absent = 0;
        for (size_t i = 0; i < width; i++) {
            absent += isnan(value[r * width + i]) ? 1 : 0;
        }
        missing->all += width;
        missing->values += absent;
        if (absent > 0) {
            uint8_t status = group->status[point->cell * group->n_replicates + r];
            missing->failed += status == BASIN_STATUS_FAILED;
            missing->not_run += status == BASIN_STATUS_NOT_RUN;
        }
    }
}

static double coordinate_of(
    const struct basin_group *group, size_t cell, const char *name, double otherwise)
{
    const struct basin_coordinate *c = basin_group_coordinate(group, name);
    return c == NULL ? otherwise
                     : basin_group_value(group, cell, (size_t)(c - group->coordinates));
}

static int predict(struct basin_point *point, const struct basin_claim *claim,
    const struct basin_plan *plan, struct basin_diag *diag)
{
    size_t variant = 0;
    while (variant + 1 < plan->n_variants &&
           strcmp(plan->variants[variant].label, point->group->label) != 0) {
        variant++;
    }
    double *at = calloc(plan->n_axes + 1, sizeof(*at));
    if (at == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t a = 0; a < plan->n_axes; a++) {
        at[a] = coordinate_of(point->group, point->cell, plan->axes[a].name, NAN);
    }
    int ret =
        basin_prediction_at(&claim->theory, plan, variant, at, &point->theory, diag);
    free(at);
    return ret;
}

/* A variable's values of one cell. */
static const double *values_of(
    const struct basin_variable *variable, const struct basin_group *group, size_t cell)
{
    size_t replicates = variable->once ? 1 : group->n_replicates;
    return variable->data + cell * replicates * variable->stride;
}

static int add_point(struct basin_sample *self, const struct basin_claim *claim,
    const struct basin_group *group, size_t cell, const char *metric, const char *than,
    struct basin_missing *missing, struct basin_diag *diag)
{
    const struct basin_variable *variable = basin_group_variable(group, metric);
    const struct basin_variable *other =
        than[0] == '\0' ? NULL : basin_group_variable(group, than);
    if (variable == NULL || (than[0] != '\0' && other == NULL)) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "%s was not measured for %s",
            variable == NULL ? metric : than, group->label);
    }
    size_t replicates = variable->once ? 1 : group->n_replicates;
    if (other != NULL && (other->once ? 1 : group->n_replicates) != replicates) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "only one of %s and %s is measured for every replicate", metric, than);
    }
    struct basin_point *point = &self->point[self->n++];
    *point = (struct basin_point){
        .group = group,
        .cell = cell,
        .value = values_of(variable, group, cell),
        .than = other == NULL ? NULL : values_of(other, group, cell),
        .width = variable->stride,
        .than_width = other == NULL ? 0 : other->stride,
        .along = coordinate_of(group, cell, claim->measure.along, 0),
        .between = coordinate_of(group, cell, claim->measure.between, 0),
        .theory = NAN,
    };
    self->n_replicates = replicates;
    count_missing(point, point->value, point->width, replicates, missing);
    if (other != NULL) {
        count_missing(point, point->than, point->than_width, replicates, missing);
    }
    return 0;
}

int basin_collect(struct basin_sample *self, const struct basin_claim *claim,
    const struct basin_selection *selection, const char *metric, const char *than,
    const struct basin_plan *plan, const struct basin_result *result,
    struct basin_missing *missing, struct basin_diag *diag)
{
    size_t most = 0;
    for (size_t g = 0; g < result->n_groups; g++) {
        most += result->groups[g].n_cells;
    }
    self->point = calloc(most + 1, sizeof(*self->point));
    if (self->point == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t g = 0; g < result->n_groups; g++) {
        const struct basin_group *group = &result->groups[g];
        for (size_t cell = 0; cell < group->n_cells; cell++) {
            if (!basin_selection_has(selection, group, cell)) {
                continue;
            }
            int ret = add_point(self, claim, group, cell, metric, than, missing, diag);
            if (ret == 0 && claim->theory.theory != NULL) {
                ret = predict(&self->point[self->n - 1], claim, plan, diag);
            }
            if (ret != 0) {
                return ret;
            }
        }
    }
    return self->n > 0 ? 0
                       : basin_fail(diag, BASIN_ERR_DOMAIN,
                             "no stored cell is among those selected");
}

/* A point's value of a coordinate of its group; NULL if it has none. */
static const char *text_of(
    const struct basin_point *point, const struct basin_coordinate *coordinate)
{
    const struct basin_group *group = point->group;
    size_t c = (size_t)(coordinate - group->coordinates);
    uint32_t value = group->index[point->cell * group->n_coordinates + c];
    return value < coordinate->n ? coordinate->text[value] : NULL;
}

/* Whether an axis tells parts apart: not those that the statistic uses up and, between a
 * point and its partners in `against`, not those by which `against` differs. */
static bool separates(const struct basin_claim *claim, const char *name, bool partner)
{
    return strcmp(name, claim->measure.along) != 0 &&
           strcmp(name, claim->measure.between) != 0 &&
           !(partner && basin_selection_names(&claim->against, name));
}

static bool apart(const struct basin_claim *claim, const struct basin_point *p,
    const struct basin_point *q, bool partner)
{
    if (p->group != q->group && separates(claim, "label", partner)) {
        return true;
    }
    for (size_t c = 0; c < p->group->n_coordinates; c++) {
        const struct basin_coordinate *own = &p->group->coordinates[c];
        const struct basin_coordinate *other =
            basin_group_coordinate(q->group, own->name);
        if (other != NULL && separates(claim, own->name, partner) &&
            text_of(p, own) != NULL && text_of(q, other) != NULL &&
            strcmp(text_of(p, own), text_of(q, other)) != 0) {
            return true;
        }
    }
    return false;
}

/* Copies the points marked. */
static int copy_points(struct basin_sample *self, const struct basin_sample *from,
    const bool *keep, struct basin_diag *diag)
{
    self->n_replicates = from->n_replicates;
    self->point = calloc(from->n + 1, sizeof(*self->point));
    if (self->point == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < from->n; i++) {
        if (keep[i]) {
            self->point[self->n++] = from->point[i];
        }
    }
    return 0;
}

/* One part. keep: room for a mark on every point of either sample. */
static int split_whole(struct basin_parts_list *self, const struct basin_sample *first,
    const struct basin_sample *second, bool *keep, struct basin_diag *diag)
{
    struct basin_data *data = &self->data[self->n++];
    for (size_t i = 0; i < first->n || i < second->n; i++) {
        keep[i] = true;
    }
    int ret = copy_points(&data->first, first, keep, diag);
    return ret != 0 ? ret : copy_points(&data->second, second, keep, diag);
}

/* The points of `second` that belong to one of `first`. */
static int copy_partners(struct basin_sample *self, const struct basin_claim *claim,
    const struct basin_point *point, const struct basin_sample *second, bool *keep,
    struct basin_diag *diag)
{
    for (size_t j = 0; j < second->n; j++) {
        keep[j] = !apart(claim, point, &second->point[j], true);
    }
    int ret = copy_points(self, second, keep, diag);
    if (ret == 0 && second->n > 0 && self->n == 0) {
        ret = basin_fail(
            diag, BASIN_ERR_DOMAIN, "a cell has none in \"against\" to compare with");
    }
    return ret;
}

static int split_each(struct basin_parts_list *self, const struct basin_claim *claim,
    const struct basin_sample *first, const struct basin_sample *second, bool *keep,
    struct basin_diag *diag)
{
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < first->n; i++) {
        const struct basin_point *point = &first->point[i];
        bool seen = false;
        for (size_t j = 0; j < first->n; j++) {
            keep[j] = !apart(claim, point, &first->point[j], false);
            seen = seen || (keep[j] && j < i);
        }
        if (!seen) {
            struct basin_data *data = &self->data[self->n++];
            ret = copy_points(&data->first, first, keep, diag);
            if (ret == 0) {
                ret = copy_partners(&data->second, claim, point, second, keep, diag);
            }
        }
    }
    return ret;
}

static int copy_place(struct basin_sample *self, const struct basin_sample *from,
    double along, bool *keep, struct basin_diag *diag)
{
    for (size_t i = 0; i < from->n; i++) {
        keep[i] = from->point[i].along == along;
    }
    return copy_points(self, from, keep, diag);
}

/* The least value of `along` above a value; INFINITY if there is none. */
static double next_along(const struct basin_sample *self, double value)
{
    double next = INFINITY;
    for (size_t i = 0; i < self->n; i++) {
        if (self->point[i].along > value) {
            next = fmin(next, self->point[i].along);
        }
    }
    return next;
}

static int split_steps(struct basin_parts_list *self, const struct basin_claim *claim,
    const struct basin_sample *first, bool *keep, struct basin_diag *diag)
{
    bool up = claim->measure.direction == BASIN_INCREASING;
    double low = next_along(first, -INFINITY);
    double high = next_along(first, low);
    int ret = 0;
    while (ret == 0 && isfinite(high)) {
        struct basin_data *data = &self->data[self->n++];
        ret = copy_place(&data->first, first, up ? high : low, keep, diag);
        if (ret == 0) {
            ret = copy_place(&data->second, first, up ? low : high, keep, diag);
        }
        low = high;
        high = next_along(first, low);
    }
    if (ret == 0 && self->n == 0) {
        ret = basin_fail(diag, BASIN_ERR_DOMAIN, "there is only one value of %s",
            claim->measure.along);
    }
    return ret;
}

int basin_split(struct basin_parts_list *self, const struct basin_claim *claim,
    const struct basin_sample *first, const struct basin_sample *second,
    struct basin_diag *diag)
{
    *self = (struct basin_parts_list){
        .data = calloc(first->n + 1, sizeof(*self->data)),
    };
    bool *keep = calloc(first->n + second->n + 1, sizeof(*keep));
    int ret = 0;
    if (self->data == NULL || keep == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    } else if (claim->statistic->parts == BASIN_STEPS) {
        ret = split_steps(self, claim, first, keep, diag);
    } else if (claim->measure.each) {
        ret = split_each(self, claim, first, second, keep, diag);
    } else {
        ret = split_whole(self, first, second, keep, diag);
    }
    free(keep);
    return ret;
}

void basin_parts_free(struct basin_parts_list *self)
{
    for (size_t p = 0; p < self->n; p++) {
        basin_data_free(&self->data[p]);
    }
    free(self->data);
    *self = (struct basin_parts_list){0};
}

void basin_part_describe(
    const struct basin_data *self, const struct basin_claim *claim, struct basin_str *out)
{
    const struct basin_point *point = &self->first.point[0];
    const struct basin_group *group = point->group;
    if (claim->statistic->parts == BASIN_STEPS) {
        basin_str_add(out, "%s %g to %g", claim->measure.along,
            fmin(point->along, self->second.point[0].along),
            fmax(point->along, self->second.point[0].along));
        return;
    }
    basin_str_add(out, "%s", group->label);
    for (size_t c = 0; c < group->n_coordinates; c++) {
        const struct basin_coordinate *coordinate = &group->coordinates[c];
        const char *text = text_of(point, coordinate);
        if (separates(claim, coordinate->name, false) && text != NULL) {
            basin_str_add(out, ", %s %s", coordinate->name, text);
        }
    }
}
