/* Which keys a trained head leaves out, against chance. */
#ifndef BASIN_EXPERIMENTS_EXCLUDED_H
#define BASIN_EXPERIMENTS_EXCLUDED_H

#include "experiments/lesson.h"
#include "measure/exclusion.h"

struct basin_excluded {
    struct basin_exclusion seen;
    double keys_by_chance; /* seen.keys of maps in random order, their mean */
    bool fewer;            /* seen.keys is less than in every random order */
    bool avoids;           /* seen.avoided is more than in every random order */
};

/* Of one head (from 0, through all layers) on the looked-at sequences. With so many
 * random orders, fewer and avoids are false alarms once in shuffles + 1 each. */
BASIN_CHECKED int basin_excluded_judge(const struct basin_lesson *lesson, size_t head,
    size_t shuffles, gsl_rng *r, struct basin_excluded *seen, struct basin_diag *diag);

#endif
