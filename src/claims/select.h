/* Selections: which cells a claim is about.
 *
 *   where: {label: fixed point, dimension: [500, 1000], load: {from: 0.1, to: 0.14}}
 *
 * `label` and every swept axis can be named; what is not named is not restricted. A cell
 * that lacks a named axis is not selected. */
#ifndef BASIN_CLAIMS_SELECT_H
#define BASIN_CLAIMS_SELECT_H

#include "config/plan.h"
#include "store/result.h"

/* One key of a selection: values, or a range of numbers. */
struct basin_condition {
    const char *name; /* "label" or an axis; the document's */
    size_t n;
    const char **text; /* of every value; the document's words */
    double *number;    /* NAN where it is none */
    double from, to;   /* used where n = 0 */
};

struct basin_selection {
    size_t n;
    size_t n_own; /* the first ones, that it states itself; the others are its base's */
    struct basin_condition *condition;
};

/* Reads map, after it the keys of base that map does not have; both may be NULL. Fails
 * where a name or a value is not in the plan. Free it also after a failure. */
BASIN_CHECKED int basin_selection_read(struct basin_selection *self,
    const struct basin_plan *plan, const struct basin_node *map,
    const struct basin_node *base, struct basin_diag *diag);
void basin_selection_free(struct basin_selection *self);

/* Whether a selection itself names `label` or an axis. */
bool basin_selection_names(const struct basin_selection *self, const char *name);

bool basin_selection_has_cell(const struct basin_selection *self,
    const struct basin_plan *plan, const struct basin_cell *cell);
bool basin_selection_has(
    const struct basin_selection *self, const struct basin_group *group, size_t cell);

/* "label fixed point, dimension 500 or 1000, load from 0.1 to 0.14"; nothing if
 * everything. */
void basin_selection_describe(const struct basin_selection *self, struct basin_str *out);

#endif
