/* A result as tables that fit a terminal. */
#ifndef BASIN_REPORT_TABLE_H
#define BASIN_REPORT_TABLE_H

#include "base/str.h"
#include "config/plan.h"
#include "store/result.h"

/* One table for each group: a row per cell (at most `rows` of them) with its axes and the
 * mean and standard error of the metrics that the configuration's figures and claims are
 * about, or of the first ones if there are none. */
void basin_result_tables(const struct basin_plan *plan, const struct basin_result *result,
    size_t rows, struct basin_str *out);

#endif
