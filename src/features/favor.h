/* Attention by feature maps in linear time: FAVOR+ (Choromanski et al. 2021, eq. 4).
 *
 *   A = Q' K'^T,   D = diag(A 1),   D^-1 A V = D^-1 (Q' (K'^T V)),
 *
 * Q' and K' being the features of the rows of Q and K. K'^T V (r x d_v) and K'^T 1 are
 * made once, from tiles of K: of positive features by src/kernels, of others by GSL. A is
 * formed, a tile of queries at a time, where it is asked for, and where keys are so few
 * (N < d_v) that A V costs less than what K'^T V would save. */
#ifndef BASIN_FEATURES_FAVOR_H
#define BASIN_FEATURES_FAVOR_H

#include "base/err.h"
#include "features/feature.h"
#include "kernels/favor.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stdint.h>

enum { BASIN_FAVOR_TILE = 64 }; /* most queries at a time */

struct basin_favor {
    struct basin_feature_map map;
    const gsl_matrix *K; /* the caller's */
    const gsl_matrix *V;
    bool subtract_max;
    struct basin_favor_memory packed; /* by the kernel: */
    struct basin_favor_work *work;    /* or NULL, */
    gsl_matrix *KV;                   /* K'^T V by GSL, or NULL, */
    gsl_vector *K1;                   /* K'^T 1 */
    gsl_matrix *A;                    /* a tile of A where keys are few, or NULL */
    double shift;                     /* of all keys; NAN until it is needed */
    gsl_matrix *U;                    /* workspace for a tile: projections, */
    gsl_matrix *query_phi;            /* features of queries and of keys */
    gsl_matrix *key_phi;
    double norm2[BASIN_FAVOR_TILE];
    double row_shift[BASIN_FAVOR_TILE];
};

/* Draws the map as a function of (key, sequence) and takes in keys K (N x d) and values V
 * (N x d_v). Products are multiplied by scale^2. single: the kernel may compute in float.
 * On failure nothing is left to free. */
BASIN_CHECKED int basin_favor_init(struct basin_favor *self,
    const struct basin_feature_options *options, const gsl_matrix *K, const gsl_matrix *V,
    double scale, bool single, uint64_t key, uint64_t sequence, struct basin_diag *diag);
void basin_favor_free(struct basin_favor *self);

/* Queries: of a map with directions of a span, ones that it has seen
 * (basin_feature_map_see); keys it has seen.
 *
 * A V (rows x d_v) and D (rows) of at most BASIN_FAVOR_TILE queries. If subtract_max is
 * set, both are divided by the same factor, which cancels in D^-1 A V. */
void basin_favor_read(
    struct basin_favor *self, const gsl_matrix *Q, gsl_matrix *AV, double *D);

/* The same of A (rows x N) itself, always by GSL. D: its row sums. */
void basin_favor_products(
    struct basin_favor *self, const gsl_matrix *Q, gsl_matrix *A, double *D);

#endif
