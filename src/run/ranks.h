/* Ranks: the processes of an MPI job. Rank 0 deals out the work and writes; the others
 * compute and know no file. Built with MPI=1 (ranks_mpi.c); any other program is one rank
 * (ranks_none.c). */
#ifndef BASIN_RUN_RANKS_H
#define BASIN_RUN_RANKS_H

#include "base/err.h"
#include "base/hash.h"

#include <stdbool.h>

struct basin_work;

/* Joins the job, if this process was started as a part of one. A program without MPI
 * refuses that: its processes would all do the same. `shard` tells that each has a shard
 * of its own to do. */
BASIN_CHECKED int basin_ranks_start(bool shard, struct basin_diag *diag);
void basin_ranks_end(void);

int basin_ranks_count(void);
int basin_ranks_own(void); /* from 0 */

/* All ranks call this, each with how it fared and its plan (which may be NULL after a
 * failure). 0 if all fared well with the same plan; else not 0, and rank 0 has the first
 * trouble in diag. */
BASIN_CHECKED int basin_ranks_agree(
    int ret, const struct basin_id *plan, struct basin_diag *diag);

/* Rank 0: deals out all items, hands in what comes back. */
void basin_ranks_lead(struct basin_work *work);

/* The others: do what they are given until there is no more. */
BASIN_CHECKED int basin_ranks_follow(struct basin_work *work, struct basin_diag *diag);

#endif
