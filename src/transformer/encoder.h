/* The encoder's forward pass: from tokens to hidden states, and to words.
 *
 * A batch is packed: its sequences follow one another without padding. Work goes in tiles
 * of fixed size, shared out among OpenMP's threads, so the numbers do not depend on them;
 * or several threads use one encoder each on one model. Attention is streamed: a tile of
 * rows is computed, shown to a hook and used; maps are kept nowhere. */
#ifndef BASIN_TRANSFORMER_ENCODER_H
#define BASIN_TRANSFORMER_ENCODER_H

#include "kernels/gemm.h"
#include "transformer/bert.h"

struct basin_batch {
    size_t n;            /* sequences */
    const size_t *start; /* n + 1: sequence i has the tokens start[i] to start[i+1] */
    const int32_t *id;
    const int32_t *type; /* of every token; NULL: all 0 */
};

/* Some rows of one attention map, softmax(Q K^T / sqrt(d_k)), before they multiply V. */
struct basin_attention {
    size_t sequence, layer, head;
    size_t first, rows; /* queries */
    size_t keys;        /* length of the sequence */
    size_t d_k;
    const float *query; /* of row `first`; the next one is `stride` further */
    const float *key;   /* of key 0 */
    size_t stride;
    float *weights; /* rows x keys; a hook may change them */
};

/* What looks at attention, or replaces it, tile after tile in order; run may be NULL. */
struct basin_attention_hook {
    int (*run)(
        void *context, const struct basin_attention *tile, struct basin_diag *diag);
    void *context;
};

struct basin_encoder {
    const struct basin_bert *model;
    size_t tokens_most, length_most;
    double sharpness; /* multiplies the scores q.k / sqrt(d_k); 1 unless changed */
    float *hidden;    /* tokens x hidden: the last layer's states after a run */
    float *block;     /* owned: hidden and all work space */
    float *projected, *context, *inner;
    struct basin_gemm_work gemm;
    int threads; /* that share out attention, each with room of its own */
    float *rooms;
    struct basin_gemm_work *gemm_of; /* owned */
};

/* For batches of at most so many tokens and sequences of at most such a length. The model
 * outlives it. */
BASIN_CHECKED int basin_encoder_init(struct basin_encoder *self,
    const struct basin_bert *model, size_t tokens_most, size_t length_most,
    struct basin_diag *diag);
void basin_encoder_free(struct basin_encoder *self);

/* Fills self->hidden. Refuses tokens, types and lengths that the model does not have. */
BASIN_CHECKED int basin_encoder_run(struct basin_encoder *self,
    const struct basin_batch *batch, const struct basin_attention_hook *hook,
    struct basin_diag *diag);

/* Logits (n x vocab) of the words at some rows of self->hidden. The model must have a
 * masked-word head. */
BASIN_CHECKED int basin_encoder_words(struct basin_encoder *self, const size_t *rows,
    size_t n, float *logits, struct basin_diag *diag);

#endif
