/* The runner: plan's cells to workers, records to the journal, journal to the result.
 *
 * Work items are replicates of cells, longest estimated first, done by OpenMP threads or
 * by the ranks of an MPI job. The result file is built from the journal in canonical
 * order when all is done, or as far as it goes when interrupted, so neither order nor
 * threads nor ranks nor restarts show in it. A shard writes a journal alone; merging
 * builds the result from the journals of all. */
#ifndef BASIN_RUN_RUN_H
#define BASIN_RUN_RUN_H

#include "base/err.h"
#include "config/plan.h"
#include "experiments/experiment.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* What is done if the folder holds results of another plan. */
enum basin_on_change {
    BASIN_REFUSE,  /* BASIN_ERR_PLAN, with what can be done */
    BASIN_EXTEND,  /* keep finished cells that the new plan has too, run the others */
    BASIN_REPLACE, /* set the old folder aside (renamed, never deleted) and start anew */
};

struct basin_run_options {
    const char *folder;  /* results/<name>, or that of the shard; made if it is missing */
    int jobs;            /* threads; 0: one per core, one in all for clocked metrics */
    uint32_t shard;      /* the one to run, from 1 */
    uint32_t n_shards;   /* 0: the whole plan */
    const char *command; /* "basin run x.yaml", for advice; NULL: none is given */
    enum basin_on_change on_change;
    bool retry_failed;           /* run cells again that failed before */
    FILE *progress;              /* where progress goes; NULL: nowhere */
    bool progress_terminal;      /* a bar with ETA; else a plain line now and then */
    volatile sig_atomic_t *stop; /* becomes non-zero: finish running cells, then return
                                  * BASIN_ERR_INTERRUPTED; may be NULL */
};

struct basin_run_summary {
    size_t items;      /* replicates of cells in the plan, or in the shard */
    size_t reused;     /* found finished in the journal */
    size_t done;       /* run now */
    size_t failed;     /* in the whole result */
    size_t torn;       /* bytes of a torn record dropped from the journal */
    double seconds;    /* wall time */
    size_t merged;     /* taken over from shards */
    char *result_path; /* owned; folder/<name>.h5; of a shard: its journal */
};

/* Runs what is not yet done and writes folder/<name>.h5, journal.bin, config.yaml (the
 * resolved configuration) and provenance.yaml (date, host, seconds, versions). Returns
 * BASIN_ERR_FAILED if a cell failed (everything else is stored). */
BASIN_CHECKED int basin_run(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_run_options *options,
    struct basin_run_summary *summary, struct basin_diag *diag);
void basin_run_summary_free(struct basin_run_summary *summary);

/* Takes over what the journals of shards hold: of those named, folders or journals, or
 * of all in the folder where none is. What two of them hold must be equal. The result is
 * written as far as it goes; BASIN_ERR_FAILED if cells are missing (named with their
 * shards) or failed, BASIN_ERR_PLAN, before anything is changed, if a journal is of
 * another plan. */
BASIN_CHECKED int basin_merge(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_run_options *options,
    const struct basin_text_list *sources, struct basin_run_summary *summary,
    struct basin_diag *diag);

#endif
