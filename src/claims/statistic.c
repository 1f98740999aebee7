/* All statistics: one line each. */
#include "claims/statistic.h"

const struct basin_kind *const basin_statistics[] = {
    &basin_statistic_mean.kind,
    &basin_statistic_proportion.kind,
    &basin_statistic_quantile.kind,
    &basin_statistic_maximum.kind,
    &basin_statistic_minimum.kind,
    &basin_statistic_range.kind,
    &basin_statistic_violations.kind,
    &basin_statistic_difference.kind,
    &basin_statistic_equivalence.kind,
    &basin_statistic_ratio.kind,
    &basin_statistic_ratio_to_theory.kind,
    &basin_statistic_monotone.kind,
    &basin_statistic_crossing.kind,
    &basin_statistic_threshold.kind,
    &basin_statistic_extrapolation.kind,
    &basin_statistic_slope.kind,
    &basin_statistic_threshold_slope.kind,
    &basin_statistic_threshold_fit.kind,
    NULL,
};
