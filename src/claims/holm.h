/* Holm's correction: of many verdicts, which would stand if the chance of even one false
 * one among them were to stay below a bound (Holm 1979; no independence is needed). */
#ifndef BASIN_CLAIMS_HOLM_H
#define BASIN_CLAIMS_HOLM_H

#include "base/err.h"

#include <stddef.h>

/* adjusted[i], the caller's: the least chance of any false verdict in the family of n at
 * which verdict i stands, at most 1. p[i] is its own error probability; NAN is a test
 * that came to no verdict: it counts in n, and its adjusted p is NAN. */
BASIN_CHECKED int basin_holm(
    const double *p, size_t n, double *adjusted, struct basin_diag *diag);

#endif
