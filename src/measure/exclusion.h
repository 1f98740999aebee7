/* Attention to everything except a few: which keys lie below the uniform weight.
 *
 * The distance of n weights p from averaging is KL(u||p) = sum_j -ln(n p_j) / n, split by
 * key: keys above 1/n count against it. The keys with the greatest parts are those that
 * are left out. All queries of a map together have the parts' means over rows; against
 * chance stands the same map with every row's keys in an order of its own, which has the
 * same rows, but no keys that all of them avoid. */
#ifndef BASIN_MEASURE_EXCLUSION_H
#define BASIN_MEASURE_EXCLUSION_H

#include <gsl/gsl_rng.h>
#include <stddef.h>

/* Least number of parts, greatest first, that sum to half of the sum of all; 0 if that is
 * not above 1e-12. Sorts the parts. */
size_t basin_exclusion_keys(double *part, size_t n);

struct basin_exclusion {
    double keys;      /* that explain half of KL(u||p), mean over maps */
    double avoided;   /* share of the rows in which the key that is avoided most has a
                       * weight below 1/(10 n), mean over maps */
    double near_zero; /* share of all weights below 1/(10 n) */
};

/* Of `maps` maps of rows x n weights, one after another. Weights count as 1e-12 at least.
 * part: n doubles, count: n numbers of scratch. */
struct basin_exclusion basin_exclusion_of(const float *weights, size_t maps, size_t rows,
    size_t n, double *part, size_t *count);

/* Puts every row's n weights in a random order. */
void basin_exclusion_shuffle(gsl_rng *r, size_t rows, size_t n, float *weights);

#endif
