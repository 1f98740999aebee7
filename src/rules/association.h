/* Association of states with stored patterns, p = separation(beta q K^T), and what it
 * reads out, p X: the update of a modern Hopfield network. Two engines: GSL as the
 * equation reads, or the streaming kernel, which never holds all weights. Where weights
 * are sparse, the kernel finds the patterns that can have one, and only they are read. */
#ifndef BASIN_RULES_ASSOCIATION_H
#define BASIN_RULES_ASSOCIATION_H

#include "base/err.h"
#include "kernels/softmax.h"
#include "rules/separation.h"
#include "rules/threshold.h"

#include <gsl/gsl_matrix.h>
#include <stdbool.h>

struct basin_association {
    enum basin_separation separation;
    size_t k; /* of topk */
    double beta;
    const gsl_matrix *X;
    const gsl_matrix *K;

    bool fast;
    struct basin_softmax packed;
    struct basin_softmax_work *work;

    gsl_matrix *p;   /* weights of a tile; NULL where the kernel does it all */
    double *scratch; /* two rows */
};

/* X and K are those of keys, which stay the caller's and outlive this. The other members
 * of self before fast are set by the caller. On failure nothing is left to free. */
BASIN_CHECKED int basin_association_init(struct basin_association *self,
    const struct basin_keys *keys, bool fast, struct basin_diag *diag);
void basin_association_free(struct basin_association *self);

/* next = p X for a tile of queries. */
BASIN_CHECKED int basin_association_update(struct basin_association *self,
    const gsl_matrix *q, gsl_matrix *next, struct basin_diag *diag);

/* The same, and Omega(p) - min Omega of each query. */
void basin_association_costs(
    struct basin_association *self, const gsl_matrix *q, gsl_matrix *next, double *omega);

/* p of a tile of queries. */
BASIN_CHECKED int basin_association_weights(struct basin_association *self,
    const gsl_matrix *q, gsl_matrix *weights, struct basin_diag *diag);

#endif
