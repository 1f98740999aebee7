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
    size_t *offset;
    double *values;
    size_t capacity;
};

/* Workers are what runs side by side: from here on the thread starts no others, not even
 * where there is one worker. */
void basin_worker_start(struct basin_worker *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared);
void basin_worker_free(struct basin_worker *self);

/* Runs one item. A failure of the experiment is a record, too; the worker's own is
 * returned. The record's numbers are the worker's, good until its next item. */
BASIN_CHECKED int basin_worker_run(struct basin_worker *self,
    const struct basin_item *item, struct basin_record *record, struct basin_diag *diag);

#endif
