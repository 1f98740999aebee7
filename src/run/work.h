/* The work of a run: items not yet done, who does them, what they share. */
#ifndef BASIN_RUN_WORK_H
#define BASIN_RUN_WORK_H

#include "base/str.h"
#include "run/items.h"
#include "run/lookup.h"
#include "run/progress.h"
#include "run/run.h"
#include "store/journal.h"
#include "store/result.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>

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
    struct basin_item *items; /* due, in the order in which they are started */
    double cost;              /* of all of them */
    int threads;
    double start;                 /* seconds */
    gsl_error_handler_t *handler; /* to be put back */

    pthread_mutex_t lock;
    pthread_cond_t over;
    bool finished; /* workers are done: the ticker may go */
    bool misfit;   /* the journal's records are not of this program's sizes */
    struct basin_journal journal;
    struct basin_progress progress;
    double stated; /* when others were told how far it is */
    int trouble;   /* first failure that ends the run */
    struct basin_diag trouble_diag;
    size_t told; /* failures so far */
    struct basin_diag first_failure;
};

/* ---- Before and after: ends.c --------------------------------------------------- */

/* Everything that is asked of the plan and the experiment before the disc is touched. */
BASIN_CHECKED int basin_work_prepare(struct basin_work *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_run_options *options, struct basin_run_summary *summary,
    struct basin_diag *diag);

/* Takes the folder and its journal, and recalls what is in it. */
BASIN_CHECKED int basin_work_open(struct basin_work *self, struct basin_diag *diag);

/* Writes what a run leaves behind, and completes the summary. */
BASIN_CHECKED int basin_work_store(struct basin_work *self, struct basin_diag *diag);

/* Ends what basin_work_prepare began, even if that failed. Returns ret, or what closing
 * the journal gave. */
BASIN_CHECKED int basin_work_close(
    struct basin_work *self, int ret, struct basin_diag *diag);

/* ---- The work: work.c ----------------------------------------------------------- */

/* Lists what is due. */
BASIN_CHECKED int basin_work_list(struct basin_work *self, struct basin_diag *diag);

/* Workers and ticker, from the first item to the last. */
BASIN_CHECKED int basin_work_run(struct basin_work *self, struct basin_diag *diag);

/* Whether no more items should be started. */
bool basin_work_is_over(const struct basin_work *self);

/* Runs one item with a worker (run/worker.h), which keeps what it has in case that it is
 * interrupted. */
struct basin_worker;
BASIN_CHECKED int basin_work_do(struct basin_work *self, struct basin_worker *worker,
    const struct basin_item *item, struct basin_record *record, struct basin_diag *diag);

/* Puts a finished item's record where it belongs. Any thread may call these two. */
void basin_work_hand_in(struct basin_work *self, const struct basin_item *item,
    const struct basin_record *record);
void basin_work_take_trouble(
    struct basin_work *self, int ret, const struct basin_diag *diag);

#endif
