/* Roots and maxima of functions of one number. */
#include "theory/solve.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>
#include <math.h>

enum { STEPS_MAX = 500 };

int basin_solve_root(basin_function f, void *params, double low, double high,
    double *root, struct basin_diag *diag)
{
    gsl_function function = {.function = f, .params = params};
    if (!(f(low, params) * f(high, params) <= 0)) {
        return basin_fail(diag, BASIN_ERR_NUMERIC,
            "no root between %g and %g: the function keeps its sign", low, high);
    }
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    gsl_root_fsolver_set(solver, &function, low, high);
    int status = GSL_CONTINUE;
    for (int i = 0; i < STEPS_MAX && status == GSL_CONTINUE; i++) {
        gsl_root_fsolver_iterate(solver);
        status = gsl_root_test_interval(gsl_root_fsolver_x_lower(solver),
            gsl_root_fsolver_x_upper(solver), GSL_DBL_MIN, 4 * GSL_DBL_EPSILON);
    }
    *root = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return 0;
}

/* GSL minimises. */
struct negative {
    basin_function f;
    void *params;
};

static double negative_value(double x, void *params)
{
    const struct negative *self = params;
    return -self->f(x, self->params);
}

int basin_solve_maximum(basin_function f, void *params, double low, double guess,
    double high, double *x, struct basin_diag *diag)
{
    struct negative negative = {f, params};
    gsl_function function = {.function = negative_value, .params = &negative};
    if (!(f(guess, params) > fmax(f(low, params), f(high, params)))) {
        return basin_fail(diag, BASIN_ERR_NUMERIC,
            "no maximum between %g and %g: %g is not above both ends", low, high, guess);
    }
    gsl_min_fminimizer *solver = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (solver == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    gsl_min_fminimizer_set(solver, &function, guess, low, high);
    int status = GSL_CONTINUE;
    for (int i = 0; i < STEPS_MAX && status == GSL_CONTINUE; i++) {
        gsl_min_fminimizer_iterate(solver);
        /* Nearer than the square root of round-off the function cannot be told apart. */
        status = gsl_min_test_interval(gsl_min_fminimizer_x_lower(solver),
            gsl_min_fminimizer_x_upper(solver), 0, GSL_SQRT_DBL_EPSILON);
    }
    *x = gsl_min_fminimizer_x_minimum(solver);
    gsl_min_fminimizer_free(solver);
    return 0;
}
