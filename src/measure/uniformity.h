/* How far weights p are from averaging, and how much of a slope they let through. */
#ifndef BASIN_MEASURE_UNIFORMITY_H
#define BASIN_MEASURE_UNIFORMITY_H

#include <stddef.h>

/* Frobenius norm of the softmax's Jacobian diag p - p p^T (HNIAYN, A.5.1.3):
 *
 *   sqrt(S_2 - 2 S_3 + S_2^2),   S_q = sum p^q,
 *
 * sqrt(k - 1) / k for k equal weights: 0 for one, greatest for two. */
double basin_jacobian_norm(const double *p, size_t n);

/* Total variation distance from 1/n: 0 for averaging, 1 - 1/n for a single weight. */
double basin_uniform_distance(const double *p, size_t n);

#endif
