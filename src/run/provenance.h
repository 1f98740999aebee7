/* provenance.yaml: when, where, with what and how long. What differs between
 * two runs of the same plan is here and, of a results file, in clocked metrics only. */
#ifndef BASIN_RUN_PROVENANCE_H
#define BASIN_RUN_PROVENANCE_H

#include "run/run.h"

BASIN_CHECKED int basin_provenance_write(const char *path, const struct basin_plan *plan,
    int threads, const struct basin_run_summary *summary, struct basin_diag *diag);

#endif
