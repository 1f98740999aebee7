/* An item while it is being worked on: what it tells of itself moves the progress, and in
 * return it is told when to keep what it has, so that a killed run loses seconds, and
 * when to stop. What it keeps is beside the journal until its record is in there. */
#ifndef BASIN_RUN_UNDERWAY_H
#define BASIN_RUN_UNDERWAY_H

#include "run/work.h"

struct basin_underway {
    struct basin_midway midway;
    struct basin_work *work;
    const struct basin_item *item;
    char *path;        /* owned */
    double told;       /* the share that was told last; below 0: none yet */
    double kept, next; /* seconds: when it was told to keep, and when it is to be next */
};

/* For an experiment that keeps. To be ended in any case; it must not move. */
BASIN_CHECKED int basin_underway_start(struct basin_underway *self,
    struct basin_work *work, const struct basin_item *item, struct basin_diag *diag);
void basin_underway_end(struct basin_underway *self);

/* The record of an item is in the journal's memory: makes sure that it is on the disc,
 * then removes what the item kept. */
BASIN_CHECKED int basin_underway_forget(
    struct basin_work *work, const struct basin_item *item, struct basin_diag *diag);

#endif
