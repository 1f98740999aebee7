/* The work on one item: its parameters, its record. Every thread or rank has one. */
#ifndef BASIN_RUN_WORKER_H
#define BASIN_RUN_WORKER_H

#include "experiments/experiment.h"
#include "run/items.h"

struct basin_worker {
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const void *shared;
    struct basin_params params;
    size_t cell; /* that params are of, or BASIN_NO_CELL */
    int threads; /* that may help with an item */
    size_t *offset;
    double *values;
    size_t capacity;
};

/* Workers are what runs side by side: from here on the thread starts no others, not even
 * where there is one worker, but those that the item is told of. */
void basin_worker_start(struct basin_worker *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, int threads);
void basin_worker_free(struct basin_worker *self);

/* Runs one item, which tells how far it is where midway is not NULL. A failure of the
 * experiment is a record, too; the worker's own is returned, and BASIN_ERR_INTERRUPTED of
 * an item that was told to stop. The record's numbers are the worker's, good until its
 * next item. */
BASIN_CHECKED int basin_worker_run(struct basin_worker *self,
    const struct basin_item *item, const struct basin_midway *midway,
    struct basin_record *record, struct basin_diag *diag);

#endif
