/* Bounds at random points of the patterns' hull: Lemmas A1 to A3 and Theorem 1 of
 * Ramsauer et al. (2021), and the identity of the new energy with the old one's log. */
#include "experiments/bounds.h"

#include "patterns/states.h"

#include <gsl/gsl_blas.h>
#include <math.h>

#define LARGEST_EXPONENT 700 /* of what a double holds */

/* |J| of J = beta sum_i p_i (x_i - m)(x_i - m)^T, m = sum_i p_i x_i: the square of the
 * largest singular value of the matrix with rows sqrt(p_i) (x_i - m). */
static int jacobian_norm(struct basin_bounds_work *work, const gsl_vector *p,
    const gsl_vector *mean, double *norm, struct basin_diag *diag)
{
    struct basin_geometry geometry;
    gsl_matrix_memcpy(work->centred, work->patterns);
    for (size_t i = 0; i < p->size; i++) {
        gsl_vector_view row = gsl_matrix_row(work->centred, i);
        gsl_vector_sub(&row.vector, mean);
        gsl_vector_scale(&row.vector, sqrt(gsl_vector_get(p, i)));
    }
    int ret = basin_geometry_of(work->centred, &geometry, diag);
    *norm = work->beta * geometry.norm * geometry.norm;
    return ret;
}

static int compare_jacobian(
    struct basin_bounds_work *work, size_t j, struct basin_diag *diag)
{
    gsl_vector_const_view p = gsl_matrix_const_row(work->weights, j);
    gsl_vector_const_view mean = gsl_matrix_const_row(work->next, j);
    const struct basin_geometry *g = &work->geometry;
    double norm;
    double spread = 0;
    for (size_t i = 0; i < p.vector.size; i++) {
        double weight = gsl_vector_get(&p.vector, i);
        spread = fmax(spread, weight * (1 - weight));
    }
    int ret = jacobian_norm(work, &p.vector, &mean.vector, &norm, diag);
    double scale = work->beta * g->largest * g->largest;
    basin_bounds_compare(work, BASIN_BOUNDS_JACOBIAN, norm,
        basin_jacobian_bound(g, work->beta, spread), scale);
    basin_bounds_compare(
        work, BASIN_BOUNDS_MEAN, norm, basin_jacobian_bound_mean(g, work->beta), scale);
    return ret;
}

/* exp(beta lse(beta, X^T xi)), with lse from the energy, against the sum itself. */
static void compare_sum(struct basin_bounds_work *work, size_t j)
{
    const struct basin_geometry *g = &work->geometry;
    gsl_vector_const_view xi = gsl_matrix_const_row(work->state, j);
    double beta = work->beta;
    double inner;
    double sum = 0;
    gsl_blas_ddot(&xi.vector, &xi.vector, &inner);
    double lse = inner / 2 + log(g->n) / beta + g->largest * g->largest / 2 -
                 gsl_vector_get(work->energy, j);
    if (beta * lse > LARGEST_EXPONENT) {
        return;
    }
    for (size_t i = 0; i < work->patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, i);
        gsl_blas_ddot(&x.vector, &xi.vector, &inner);
        sum += exp(beta * inner);
    }
    basin_bounds_compare(work, BASIN_BOUNDS_SUM, fabs(exp(beta * lse) - sum), 0, sum);
}

int basin_bounds_hull(struct basin_bounds_work *work, uint64_t key, uint32_t replicate,
    struct basin_diag *diag)
{
    const struct basin_rule *rule = work->stage.rule;
    int ret = basin_states_hull(work->patterns, key, replicate, work->state, diag);
    if (ret == 0) {
        gsl_matrix_memcpy(work->next, work->state);
        ret = rule->weights(work->memory, work->state, work->weights, diag);
    }
    if (ret == 0) {
        ret = rule->energy(work->memory, work->state, work->energy, diag);
    }
    if (ret == 0) {
        ret = rule->step(work->memory, 0, work->next, diag);
    }
    if (ret == 0) {
        ret = rule->energy(work->memory, work->next, work->after, diag);
    }
    double scale = work->geometry.largest * work->geometry.largest;
    for (size_t j = 0; ret == 0 && j < work->m; j++) {
        double before = gsl_vector_get(work->energy, j);
        double after = gsl_vector_get(work->after, j);
        basin_bounds_compare(work, BASIN_BOUNDS_ENERGY, before,
            basin_energy_bound(&work->geometry, work->beta), scale);
        basin_bounds_compare(work, BASIN_BOUNDS_ENERGY, -before, 0, scale);
        compare_sum(work, j);
        basin_bounds_compare(work, BASIN_BOUNDS_DESCENT, after, before, scale);
        ret = compare_jacobian(work, j, diag);
    }
    double cases = (double)work->m;
    work->tally[BASIN_BOUNDS_ENERGY].cases = 2 * cases;
    work->tally[BASIN_BOUNDS_DESCENT].cases = work->tally[BASIN_BOUNDS_SUM].cases = cases;
    work->tally[BASIN_BOUNDS_JACOBIAN].cases = work->tally[BASIN_BOUNDS_MEAN].cases =
        cases;
    return ret;
}
