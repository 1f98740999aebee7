/* Roots and maxima of functions of one number: GSL's bracketing solvers in one call. */
#ifndef BASIN_THEORY_SOLVE_H
#define BASIN_THEORY_SOLVE_H

#include "base/err.h"

typedef double (*basin_function)(double x, void *params);

/* The root of f between low and high, where f has different signs; to round-off. */
BASIN_CHECKED int basin_solve_root(basin_function f, void *params, double low,
    double high, double *root, struct basin_diag *diag);

/* The x between low and high where f is greatest. f(guess) must be above both ends. */
BASIN_CHECKED int basin_solve_maximum(basin_function f, void *params, double low,
    double guess, double high, double *x, struct basin_diag *diag);

#endif
