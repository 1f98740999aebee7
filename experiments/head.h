/* One head of a Hopfield layer between Gaussian inputs, and its attention written down
 * once more in plain loops, as a twin of the memory and of the layer:
 *
 *   K = Y W_K,  Q = R W_Q,  Z = softmax(beta Q K^T) K W_V
 *
 * with N stored patterns Y and S states R as rows (Ramsauer et al. 2021, eq. 10). */
#ifndef BASIN_EXPERIMENTS_HEAD_H
#define BASIN_EXPERIMENTS_HEAD_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <stdbool.h>
#include <stdint.h>

struct basin_head_shape {
    size_t n, s;          /* patterns, states */
    size_t d_y, d_k, d_v; /* of inputs, of the association, of results */
    double key_scale;     /* standard deviation of the components of K */
    bool tied;            /* W_Q = W_K, states are patterns with noise */
    double noise;         /* its standard deviation, that of Y being 1 */
};

struct basin_head {
    struct basin_head_shape shape;
    gsl_matrix *Y, *R;     /* N, S x d_y */
    gsl_matrix *W_K, *W_Q; /* d_y x d_k */
    gsl_matrix *W_V;       /* d_k x d_v */
    gsl_matrix *free_W;    /* d_y x d_v: values that do not come through W_K */
    gsl_matrix *query;     /* S x d_k: learned queries, small as at their start */
    gsl_matrix *K, *Q;     /* N, S x d_k */
};

/* Draws everything. The numbers depend on seed and replicate alone: heads of different
 * shapes, scales and noise have them in common as far as they go. Free it also after a
 * failure. */
BASIN_CHECKED int basin_head_init(struct basin_head *self,
    const struct basin_head_shape *shape, uint64_t seed, uint32_t replicate,
    struct basin_diag *diag);
void basin_head_free(struct basin_head *self);

/* Z (S x d_v, the caller's) in plain loops. weight: N doubles of scratch. */
void basin_head_attention(
    const struct basin_head *self, double beta, double *weight, gsl_matrix *Z);

/* |free_W - W_K W|/|free_W| for the best W, in Frobenius norms: what attention with free
 * values has beyond a Hopfield update with projection. */
BASIN_CHECKED int basin_head_residual(
    const struct basin_head *self, double *residual, struct basin_diag *diag);

#endif
