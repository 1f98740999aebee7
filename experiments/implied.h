/* The attention that a Performer implies on an encoder's queries and keys: the weights
 * phi(q_i).phi(k_j) / sum_l phi(q_i).phi(k_l) of random features (Choromanski et al.
 * 2021), which a Performer uses without ever forming them. */
#ifndef BASIN_EXPERIMENTS_IMPLIED_H
#define BASIN_EXPERIMENTS_IMPLIED_H

#include "features/favor.h"
#include "transformer/encoder.h"

/* Start it as {0}, with its first three members set. */
struct basin_implied {
    const struct basin_feature_options *options;
    uint64_t key; /* of the random streams, one for each head */
    uint32_t replicate;
    bool drawn;
    struct basin_favor favor;  /* of the head at work */
    gsl_matrix *K, *V, *Q, *A; /* owned */
};

/* Weights of the tile's rows (rows x keys, in place of A); *weights stays owned. A head's
 * tiles come one after the other. Refuses weights that are no attention, as features that
 * can be negative make them. */
BASIN_CHECKED int basin_implied_rows(struct basin_implied *self,
    const struct basin_attention *tile, const gsl_matrix **weights,
    struct basin_diag *diag);
void basin_implied_free(struct basin_implied *self);

#endif
