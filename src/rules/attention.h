/* The association layer: a modern Hopfield network between learned projections
 * (Ramsauer et al. 2020, eq. 10 and their program's layers). For every head
 *
 *   Q = R W_Q,  K = Y W_K,  V = P W_V,   p = softmax(beta Q K^T),   Z = p V,
 *
 * with state patterns R, stored patterns Y and pattern projections P as rows; heads stand
 * side by side and W_O mixes them. P = Y and no further updates is attention with
 * beta = 1/sqrt(d_k). Further updates Q <- p K follow the Hopfield dynamics; all heads
 * and sequences have their own states, but a head stops for the whole batch at once.
 *
 * The layers by their names:
 *   Hopfield         R, Y, P are all inputs (one input thrice: self-attention)
 *   HopfieldPooling  R is learned, W_Q is NULL: fixed questions to the input Y = P
 *   HopfieldLayer    Y and P are learned, W_K is NULL: a table that R looks into */
#ifndef BASIN_RULES_ATTENTION_H
#define BASIN_RULES_ATTENTION_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>

/* Layer normalization of rows: (x - mean)/sqrt(variance + epsilon), then times gain plus
 * shift, element by element. */
struct basin_layer_norm {
    bool on;
    double epsilon;
    const gsl_vector *gain;  /* NULL: 1 */
    const gsl_vector *shift; /* NULL: 0 */
};

/* What is compared with update_eps after a further update. */
enum basin_attention_stop {
    BASIN_STOP_BY_ASSOCIATION, /* max over the batch of |p_new - p|_F, as the program */
    BASIN_STOP_BY_STATE,       /* max over all states of |xi_new - xi|, as the paper */
};

struct basin_attention_layer {
    size_t heads; /* at least 1 */
    /* Of all heads side by side. NULL: static, every head takes the rows as they are. */
    const gsl_matrix *W_Q;                   /* columns of R x heads d_k */
    const gsl_matrix *W_K;                   /* columns of Y x heads d_k */
    const gsl_matrix *W_V;                   /* columns of P x heads d_v */
    const gsl_matrix *W_O;                   /* heads d_v x columns of Z; NULL: none */
    const gsl_vector *b_Q, *b_K, *b_V, *b_O; /* added after the projection, or NULL */
    bool connected; /* V = (P W_K + b_K) W_V as in the paper; W_V has heads d_k rows */
    const double *beta;                             /* one per head; NULL: 1/sqrt(d_k) */
    struct basin_layer_norm norm_R, norm_Y, norm_P; /* of the inputs */
    struct basin_layer_norm
        norm_QK;  /* of every head's Q and K, before the first update */
    long updates; /* further ones; 0: attention; -1: until the change is update_eps */
    double update_eps; /* greater than 0 */
    enum basin_attention_stop stop;
};

/* One sequence of the batch. S states, N stored patterns. */
struct basin_sequence {
    const gsl_matrix *R;    /* S rows */
    const gsl_matrix *Y;    /* N rows */
    const gsl_matrix *P;    /* N rows */
    const gsl_matrix *mask; /* S x N, added to the logits; -INFINITY forbids; or NULL */
    const bool *absent;     /* N; true: padding, not a pattern; or NULL */
    gsl_matrix *Z;          /* S rows; the result, the caller's */
    gsl_matrix *p;          /* heads S x N, head after head; the caller's, or NULL */
};

/* Fills Z (and p) of every sequence; n is at least 1. updates: for each head how many
 * further updates were made; the caller's, or NULL. DOMAIN error if shapes do not fit (it
 * says which) or if a state has no pattern that is not masked. */
BASIN_CHECKED int basin_attend(const struct basin_attention_layer *self,
    const struct basin_sequence *batch, size_t n, size_t *updates,
    struct basin_diag *diag);

#endif
