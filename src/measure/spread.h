/* Spread of association or attention weights p over N patterns or tokens.
 *
 * Four definitions are in use; all are computed on the same weights:
 * k(q): least number of weights, largest first, that sum to at least q (HNIAYN, sec. 4,
 * q = 0.90), in double precision with 1e-12 allowed on the comparison; support: number of
 * weights above a cut; entropy -sum p ln p in nats; participation ratio 1 / sum p^2. */
#ifndef BASIN_MEASURE_SPREAD_H
#define BASIN_MEASURE_SPREAD_H

#include <stddef.h>

struct basin_spread {
    size_t k;
    size_t support;
    double entropy;       /* nats, 0 to ln N */
    double participation; /* 1 to N */
};

/* weights: n numbers >= 0 that sum to 1. scratch: n doubles. quantile in (0, 1]. */
struct basin_spread basin_spread_of(
    const double *weights, size_t n, double quantile, double cut, double *scratch);

/* k(quantile) alone. */
size_t basin_spread_k(const double *weights, size_t n, double quantile, double *scratch);
size_t basin_spread_k_single(
    const float *weights, size_t n, double quantile, double *scratch);

/* Histograms of k / N: bins are open below and closed above, as the classes are, whose
 * borders 1/32, 1/8 and 1/2 are edges. */
enum { BASIN_SPREAD_BINS = 32 };
extern const double basin_spread_edges[BASIN_SPREAD_BINS + 1];
size_t basin_spread_bin(size_t k, size_t n); /* k in 1 to n */

/* Class of a median k for N keys (HNIAYN, fig. A.3): 1 if k > N/2, 2 if k > N/8, 3 if
 * k > N/32, else 4. */
int basin_spread_class(double k, size_t n);

#endif
