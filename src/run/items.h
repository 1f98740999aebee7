/* The items of a plan, replicates of cells: in the order in which they are run, and dealt
 * to shards and to the ranks of an MPI job.
 *
 * Longest estimated first, otherwise the plan's order: long items at the end would leave
 * workers idle. Shards: each item, longest first, goes to the shard that has least to do
 * so far (Graham's rule, at most 4/3 of the best division), so it depends on the plan and
 * on the number of shards alone, never on what is already done. */
#ifndef BASIN_RUN_ITEMS_H
#define BASIN_RUN_ITEMS_H

#include "base/err.h"
#include "config/plan.h"
#include "experiments/experiment.h"

#include <stddef.h>
#include <stdint.h>

/* One replicate of one cell. */
struct basin_item {
    uint32_t replicate;
    uint32_t shard; /* from 1; 0: the plan is not divided */
    size_t cell;
    double cost; /* estimated operations */
};

enum { BASIN_SHARDS_MOST = 100000 };

/* Lists all items of a plan, owned by the caller: n_cells * replicates of them. */
BASIN_CHECKED int basin_items_list(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared,
    struct basin_item **items, struct basin_diag *diag);

/* Fills in the shard of each of the listed items. */
BASIN_CHECKED int basin_items_divide(
    struct basin_item *items, size_t n, uint32_t shards, struct basin_diag *diag);

/* Items dealt out in batches to workers who ask for the next one when they are done. */
struct basin_deal {
    const struct basin_item *items;
    size_t n, next;
    double left; /* cost of those from next on */
    size_t workers;
};

/* How many items, from the former next on, a free worker gets: a share of what is left
 * that shrinks as it does (guided self-scheduling), but not so few that dealing them
 * costs more than it gives; at least one while there are any. `rate` is the cost that all
 * workers do in a second, by what was seen so far; 0: not known. */
size_t basin_deal_batch(struct basin_deal *self, double rate);

#endif
