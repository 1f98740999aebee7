/* Derivatives of a modern memory's update, by formula and by central differences of the
 * memory itself. With weights p, patterns k_i, m = sum_i p_i k_i and f(xi) = m, along a
 * direction v of the state and directions D_i of the patterns (Ramsauer et al. 2021,
 * section A.1.7)
 *
 *   J v = beta sum_i p_i (k_i - m).v k_i,
 *   d(a.f) = sum_i p_i a.D_i + beta sum_i p_i a.(k_i - m) D_i.xi. */
#ifndef BASIN_EXPERIMENTS_DERIVATIVE_H
#define BASIN_EXPERIMENTS_DERIVATIVE_H

#include "rules/rule.h"

/* Largest errors over all states, relative to the root mean square of the values. */
struct basin_derivative_errors {
    double state;      /* of J v */
    double patterns;   /* of d(a.f) */
    double first_term; /* of its first sum alone, as if the weights were constant */
};

/* For patterns K (N x d) and states Q (S x d), along Gaussian directions that depend on
 * seed and replicate alone. params and options are rule modern's. */
BASIN_CHECKED int basin_derivative_check(const struct basin_rule *rule,
    const void *params, const struct basin_rule_options *options, const gsl_matrix *K,
    const gsl_matrix *Q, uint64_t seed, uint32_t replicate,
    struct basin_derivative_errors *errors, struct basin_diag *diag);

#endif
