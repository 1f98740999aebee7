/* One thread's way through a BERT and back: the loss of hidden words and its slope by
 * every weight.
 *
 * Forward keeps what the way back needs. The last layer's queries, its output and its
 * feed-forward network, and the vocabulary projection, are computed only for the words
 * that are asked for: the others have no part in the loss. So a pass costs about
 * 6 x (weights met) operations a token. What is computed does not depend on threads. */
#ifndef BASIN_TRANSFORMER_PASS_H
#define BASIN_TRANSFORMER_PASS_H

#include "transformer/bert.h"

/* Start it as {0} and change what is wanted otherwise. */
struct basin_pass_setting {
    double dropout;           /* share of the hidden states that is dropped */
    double attention_dropout; /* share of the attention weights */
    double sharpness;         /* multiplies the scores q.k / sqrt(d_k); 0 stands for 1 */
    /* Attention that is not learnt: of layer l, head a at [l heads + a], NULL where
     * softmax attends, or the weights (length x length) that stand for it. May be NULL.
     */
    const float *const *fixed;
    bool every_row; /* compute the last layer for all rows: the same numbers, slower */
};

/* Sequences of one length, one after another. */
struct basin_pass_batch {
    size_t n, length;
    const int32_t *id;     /* n x length: what the model sees */
    const int32_t *target; /* n x length: the word that is asked for, -1: none is */
    uint64_t key;          /* of the dropped numbers' streams */
    size_t first;          /* number of sequence 0 in those streams */
};

struct basin_pass_result {
    double loss;         /* sum of -ln p over the words asked for */
    size_t asked, found; /* found: no word was likelier */
};

struct basin_pass; /* workspace */

/* For at most so many sequences of that length at once. Model and setting outlive it.
 * *self is NULL on failure. */
BASIN_CHECKED int basin_pass_new(struct basin_pass **self, const struct basin_bert *model,
    const struct basin_pass_setting *setting, size_t sequences, size_t length,
    struct basin_diag *diag);
void basin_pass_free(struct basin_pass *self);

/* Adds to the result. drop: whether numbers are dropped (in training), or all are kept
 * (in judging). The batch must fit and its words be the model's. */
void basin_pass_forward(struct basin_pass *self, const struct basin_pass_batch *batch,
    bool drop, struct basin_pass_result *result);

/* After a forward pass of the same batch: adds the slopes of the loss's sum by all
 * weights to `slope`, a BERT of the model's shape. */
void basin_pass_back(struct basin_pass *self, const struct basin_pass_batch *batch,
    struct basin_bert *slope);

#endif
