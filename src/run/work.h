/* The work of a run: items not yet done, the threads that do them, what they share. */
#ifndef BASIN_RUN_WORK_H
#define BASIN_RUN_WORK_H

#include "base/str.h"
#include "run/lookup.h"
#include "run/progress.h"
#include "run/run.h"
#include "store/journal.h"
#include "store/result.h"

#include <pthread.h>

/* One replicate of one cell. */
struct basin_item {
    uint32_t replicate;
    size_t cell;
    double cost;
};

struct basin_work {
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const struct basin_run_options *options;
    struct basin_run_summary *summary;
    void *shared;
    struct basin_str config; /* resolved */
    struct basin_lookup lookup;
    struct basin_result result;
    uint64_t *cell_at;
    size_t n_items;
    struct basin_item *items;
    int threads;

    pthread_mutex_t lock;
    pthread_cond_t over;
    bool finished; /* workers are done: the ticker may go */
    struct basin_journal journal;
    struct basin_progress progress;
    int trouble; /* first failure that ends the run */
    struct basin_diag trouble_diag;
    struct basin_diag first_failure;
};

/* Lists what is due, longest first; *cost is the estimate of all. */
BASIN_CHECKED int basin_work_list(
    struct basin_work *self, double *cost, struct basin_diag *diag);

/* Workers and ticker, from the first item to the last. */
BASIN_CHECKED int basin_work_run(
    struct basin_work *self, double cost, struct basin_diag *diag);

#endif
