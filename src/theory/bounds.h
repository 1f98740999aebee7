/* Inequalities of the modern continuous network that can be checked cell by cell.
 *
 * Ramsauer et al., "Hopfield networks is all you need" (2021), lemmas A1 to A12 and
 * theorems A8 and A9 (4 and 5 of the main text), for the update
 * f(xi) = X softmax(beta X^T xi) and the energy
 * E(xi) = -lse(beta, X^T xi) + xi^T xi / 2 + (ln N) / beta + M^2 / 2. Symbols: N
 * patterns, M their largest norm, Delta_i the separation of pattern i, x*_i the fixed
 * point near it.
 */
#ifndef BASIN_THEORY_BOUNDS_H
#define BASIN_THEORY_BOUNDS_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <stddef.h>

/* Patterns are rows (N x d), as everywhere. */
struct basin_geometry {
    double n;          /* N */
    double largest;    /* M, the largest norm */
    double about_mean; /* m_max, the largest distance from the patterns' mean */
    double norm;       /* |X|_2, the largest singular value */
};

BASIN_CHECKED int basin_geometry_of(
    const gsl_matrix *patterns, struct basin_geometry *geometry, struct basin_diag *diag);

/* Delta_i = x_i.x_i - max over j != i of x_i.x_j; INFINITY for a single pattern. */
double basin_separation_of(const gsl_matrix *patterns, size_t i);

/* Lemma A1: in the convex hull of the patterns 0 <= E <= this. */
double basin_energy_bound(const struct basin_geometry *g, double beta);

/* Lemma A2: |J|_2 <= this, where spread = max p_i (1 - p_i) of the weights at xi. */
double basin_jacobian_bound(const struct basin_geometry *g, double beta, double spread);

/* Lemma A3: |J|_2 <= this everywhere; below 1 there is one fixed point only. */
double basin_jacobian_bound_mean(const struct basin_geometry *g, double beta);

/* Lemma A4: |x_i - f(xi)| <= this, where pattern i has the greatest inner product with xi
 * and exceeds the next one by `lead`. */
double basin_update_bound(const struct basin_geometry *g, double beta, double lead);

/* Lemmas A5 to A7: a pattern separated by at least this has one fixed point in the ball
 * of radius 1 / (beta N M) around it, and f maps the ball into itself. */
double basin_separation_needed(const struct basin_geometry *g, double beta);
double basin_ball_radius(const struct basin_geometry *g, double beta);

/* Theorem A8: |f(xi) - x*_i| <= this |xi - x*_i|, where distance is the greater of
 * |xi - x_i| and |x*_i - x_i|. */
double basin_contraction_bound(
    const struct basin_geometry *g, double beta, double separation, double distance);

/* Theorem A9: |f(xi) - x_i| <= this; and if distance <= 1 / (2 beta M),
 * |x_i - x*_i| <= basin_retrieval_bound. */
double basin_error_bound(
    const struct basin_geometry *g, double beta, double separation, double distance);
double basin_retrieval_bound(
    const struct basin_geometry *g, double beta, double separation);

/* Lemmas A10 to A12: the mean of l patterns, all within about_mean of it, has a fixed
 * point within 1 / (beta about_mean) if beta about_mean^2 <= 1 and the mean is separated
 * from the others by at least this; INFINITY where beta about_mean^2 >= 1. */
double basin_cluster_separation_needed(
    const struct basin_geometry *g, double beta, size_t l, double about_mean);

#endif
