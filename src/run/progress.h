/* Progress for the person who waits: a bar on a terminal, a plain line now and then in a
 * log. The time left is estimated by cost, not by count: long cells come first. */
#ifndef BASIN_RUN_PROGRESS_H
#define BASIN_RUN_PROGRESS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct basin_progress {
    FILE *out; /* NULL: silent */
    bool terminal;
    size_t items, done, failed;
    double cost, cost_done;
    double cost_found;   /* of cost_done, what an earlier run did of unfinished items */
    double start, shown; /* seconds */
};

void basin_progress_start(
    struct basin_progress *self, FILE *out, bool terminal, size_t items, double cost);

/* One more item is done. */
void basin_progress_add(struct basin_progress *self, double cost, bool failed);

/* An unfinished item has come so far since it told last; it was found so far. */
void basin_progress_move(struct basin_progress *self, double cost);
void basin_progress_found(struct basin_progress *self, double cost);

/* Shows the state if it is time to. */
void basin_progress_tick(struct basin_progress *self);

/* Seconds that are left, by cost; NAN before anything is done. */
double basin_progress_left(const struct basin_progress *self);

/* Writes a line above the bar. */
void basin_progress_say(struct basin_progress *self, const char *format, ...)
    BASIN_PRINTF(2, 3);

/* "1:02:03", "2:03" or "3 s". */
void basin_progress_time(FILE *out, double seconds);

/* The last state, and the end of its line. */
void basin_progress_end(struct basin_progress *self);

#endif
