/* The runner: plan's cells to workers, records to the journal, journal to the result.
 *
 * Work items are replicates of cells, longest estimated first, done by OpenMP threads.
 * The result file is built from the journal in canonical order when all is done, or as
 * far as it goes when interrupted, so neither order nor threads nor restarts show in it.
 */
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
    const char *folder; /* results/<name>; made if it is missing */
    int jobs;           /* threads; 0: one per core */
    enum basin_on_change on_change;
    bool retry_failed;           /* run cells again that failed before */
    FILE *progress;              /* where progress goes; NULL: nowhere */
    bool progress_terminal;      /* a bar with ETA; else a plain line now and then */
    volatile sig_atomic_t *stop; /* becomes non-zero: finish running cells, then return
                                  * BASIN_ERR_INTERRUPTED; may be NULL */
};

struct basin_run_summary {
    size_t items;      /* replicates of cells in the plan */
    size_t reused;     /* found finished in the journal */
    size_t done;       /* run now */
    size_t failed;     /* in the whole result */
    size_t torn;       /* bytes of a torn record dropped from the journal */
    double seconds;    /* wall time */
    char *result_path; /* owned; folder/<name>.h5 */
};

/* Runs what is not yet done and writes folder/<name>.h5, journal.bin, config.yaml (the
 * resolved configuration) and provenance.yaml (date, host, seconds, versions). Returns
 * BASIN_ERR_FAILED if a cell failed (everything else is stored). */
BASIN_CHECKED int basin_run(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_run_options *options,
    struct basin_run_summary *summary, struct basin_diag *diag);
void basin_run_summary_free(struct basin_run_summary *summary);

/* What a folder holds of this plan already. items and reused are filled, failed too. */
BASIN_CHECKED int basin_run_look(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const char *folder,
    struct basin_run_summary *summary, struct basin_diag *diag);

#endif
