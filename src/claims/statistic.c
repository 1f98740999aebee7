/* All statistics: one line each. */
#include "claims/statistic.h"

#include <string.h>

const struct basin_statistic *const basin_statistics[] = {
    &basin_statistic_mean,
    &basin_statistic_proportion,
    &basin_statistic_quantile,
    &basin_statistic_maximum,
    &basin_statistic_minimum,
    &basin_statistic_range,
    &basin_statistic_violations,
    &basin_statistic_difference,
    &basin_statistic_equivalence,
    &basin_statistic_ratio,
    &basin_statistic_ratio_to_theory,
    &basin_statistic_monotone,
    &basin_statistic_crossing,
    &basin_statistic_threshold,
    &basin_statistic_extrapolation,
    &basin_statistic_slope,
    &basin_statistic_threshold_slope,
    NULL,
};

const struct basin_statistic *basin_statistic_find(const char *name)
{
    for (size_t i = 0; basin_statistics[i] != NULL; i++) {
        if (strcmp(basin_statistics[i]->name, name) == 0) {
            return basin_statistics[i];
        }
    }
    return NULL;
}
