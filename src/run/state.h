/* How far a run is, for another terminal: folder/running, a few lines of text that are
 * renewed while it is at work and removed at its end. The journal alone tells what is
 * done; this adds how fast. */
#ifndef BASIN_RUN_STATE_H
#define BASIN_RUN_STATE_H

#include "run/progress.h"

#include <stdbool.h>

#define BASIN_STATE_SECONDS 1.0

struct basin_state {
    double age;     /* seconds since it was renewed */
    double seconds; /* that the run has been at work */
    double done;    /* replicates of cells in that time */
    double left;    /* seconds, by estimated cost; NAN: not known yet */
};

/* Trouble is no trouble here: the next one may succeed. */
void basin_state_write(const char *folder, const struct basin_progress *progress);
void basin_state_remove(const char *folder);

/* False where no run is at work, or one that died without a word more than ten times the
 * usual pause ago. */
bool basin_state_read(const char *folder, struct basin_state *state);

#endif
