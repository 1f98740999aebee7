/* Which cell of a plan a journal's record belongs to: a hash table, as identities are
 * hashes already. */
#ifndef BASIN_RUN_LOOKUP_H
#define BASIN_RUN_LOOKUP_H

#include "base/err.h"
#include "config/plan.h"

#include <stddef.h>

struct basin_lookup {
    const struct basin_plan *plan;
    size_t mask;
    size_t *slots; /* number of the cell + 1, or 0 */
};

/* The plan must outlive it. */
BASIN_CHECKED int basin_lookup_open(
    struct basin_lookup *self, const struct basin_plan *plan, struct basin_diag *diag);
void basin_lookup_free(struct basin_lookup *self);

/* The plan's cell of that identity, or BASIN_NO_CELL: journals that grew with --extend
 * also hold cells of earlier plans. */
#define BASIN_NO_CELL ((size_t)-1)
size_t basin_lookup_find(const struct basin_lookup *self, const struct basin_id *id);

#endif
