/* A program without MPI is one rank. */
#include "run/ranks.h"

#include <stdlib.h>

int basin_ranks_start(bool shard, struct basin_diag *diag)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");
    return size == NULL || atoi(size) < 2 || shard
               ? 0
               : basin_fail(diag, BASIN_ERR_USAGE,
                     "started as %s ranks, but built without MPI: they would all do the "
                     "same\nbuild with `make MPI=1` and start build/release-mpi/basin, "
                     "or "
                     "give each a --shard of its own",
                     size);
}

void basin_ranks_end(void)
{
}

int basin_ranks_count(void)
{
    return 1;
}

int basin_ranks_own(void)
{
    return 0;
}

int basin_ranks_agree(int ret, const struct basin_id *plan, struct basin_diag *diag)
{
    (void)plan;
    (void)diag;
    return ret;
}

void basin_ranks_lead(struct basin_work *work)
{
    (void)work;
}

int basin_ranks_follow(struct basin_work *work, struct basin_diag *diag)
{
    (void)work;
    (void)diag;
    return 0;
}
