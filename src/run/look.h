/* What a folder holds of a plan, in its own journal and in those of its shards: read
 * without locking, so that it tells of a run that is at work, too. */
#ifndef BASIN_RUN_LOOK_H
#define BASIN_RUN_LOOK_H

#include "base/err.h"
#include "config/plan.h"
#include "experiments/experiment.h"
#include "run/lookup.h"

struct basin_look {
    const struct basin_plan *plan;
    size_t items;          /* replicates of cells in the plan */
    size_t done;           /* of them, failed ones included */
    size_t failed;         /* and not measured by another shard or later */
    bool other_plan;       /* the folder's own journal is of another plan */
    unsigned char *status; /* [cell][replicate] */
    char **reason;         /* [cell][replicate]; NULL where nothing failed */
    struct basin_lookup lookup;
};

BASIN_CHECKED int basin_look_open(struct basin_look *self, const struct basin_plan *plan,
    const char *folder, struct basin_diag *diag);
void basin_look_free(struct basin_look *self);

enum basin_status basin_look_status(
    const struct basin_look *self, size_t cell, uint32_t replicate);

/* Why a replicate failed; "" if it did not. */
const char *basin_look_reason(
    const struct basin_look *self, size_t cell, uint32_t replicate);

#endif
