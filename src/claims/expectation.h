/* What a claim expects of its interval.
 *
 *   expect: {within: [0.130, 0.150]}              expect: {at_least: 0.9}
 *   expect: {near: 0.998, tolerance: 0.001}       expect: {at_most: 0.05}
 *   expect: {near: ags_capacity, relative: 0.03}  expect: {none_in: 10000}
 *
 * A theory can stand for a number after near, at_least and at_most, with its parameters
 * if it needs some: {at_least: {name: orthogonal_gain, dimension: 16, features: 16}}.
 */
#ifndef BASIN_CLAIMS_EXPECTATION_H
#define BASIN_CLAIMS_EXPECTATION_H

#include "claims/statistic.h"
#include "config/plan.h"

struct basin_expectation {
    double low, high; /* -INFINITY, INFINITY where open */
    double none_in;   /* no violation in at least so many checks; 0: not asked */
};

BASIN_CHECKED int basin_expectation_read(struct basin_expectation *self,
    const struct basin_plan *plan, const struct basin_statistic *statistic,
    const struct basin_node *map, struct basin_diag *diag);

/* "within 0.13 to 0.15", "at least 3", "none in at least 10000". */
void basin_expectation_describe(
    const struct basin_expectation *self, struct basin_str *out);

#endif
