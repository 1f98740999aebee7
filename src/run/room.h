/* What the workers of a run need of the machine's memory, by the experiment's estimate.
 */
#ifndef BASIN_RUN_ROOM_H
#define BASIN_RUN_ROOM_H

#include "base/err.h"
#include "config/plan.h"

/* The cell that works in most. Start it as {0}. */
struct basin_room {
    size_t cell;
    double bytes;
};

void basin_room_add(struct basin_room *self, size_t cell, double bytes);

/* Refuses (BASIN_ERR_CONFIG) what as many workers could need at worst, if it is more than
 * the machine has, or than as many GiB as BASIN_MEMORY in the environment says. */
BASIN_CHECKED int basin_room_check(const struct basin_room *self,
    const struct basin_plan *plan, int workers, struct basin_diag *diag);

#endif
