/* Softmax retrieval and attention, streaming: no N x M matrix is ever held.
 *
 *   o_j = sum_i p_ji v_i,   p_ji = exp(beta q_j.k_i) / sum_l exp(beta q_j.k_l),
 *
 * for M queries q_j, N keys k_i (both of d numbers) and values v_i (of v numbers); in
 * retrieval from a modern Hopfield network (Ramsauer et al. 2020) keys and values are the
 * patterns and queries the states. Keys go by in tiles whose scores stay in the nearest
 * cache; maximum and sum run along (Milakov & Gimelshein 2018), so nothing overflows.
 *
 * Sums are taken tile by tile, in one order for all machines with the same instructions,
 * and a query's result does not depend on the queries beside it. Relative error of a
 * weight: the exponential's (2e-16 double, 2e-7 single) and that of its score, about
 * beta sqrt(d) |q| |k| roundings; absolute error of an output about the same times max
 * |v|.
 */
#ifndef BASIN_KERNELS_SOFTMAX_H
#define BASIN_KERNELS_SOFTMAX_H

#include "base/err.h"
#include "kernels/simd.h"

#include <stdbool.h>

/* Packed keys and values (constant, to be shared by threads). */
struct basin_softmax {
    size_t n, d, v;
    bool single; /* numbers inside are float, not double */
    enum basin_isa isa;
    size_t tile;  /* keys at a time, a multiple of six */
    void *keys;   /* owned: tile by tile, six keys side by side */
    void *values; /* owned: tile by tile, six dimensions side by side */
};

/* A thread's workspace. */
struct basin_softmax_work;

/* What else is wanted of each of the m queries; NULL for what is not. */
struct basin_softmax_extra {
    double *log_sum;       /* ln sum_i exp(beta q.k_i) */
    double *largest;       /* the largest weight */
    const size_t *target;  /* a key for each query, and */
    double *target_weight; /* its weight */
};

/* Packs n keys and their values, rows of doubles that are strides apart; n, d, v >= 1. On
 * failure (memory) nothing is left to free. */
BASIN_CHECKED int basin_softmax_init(struct basin_softmax *self, const double *keys,
    size_t key_stride, const double *values, size_t value_stride, size_t n, size_t d,
    size_t v, bool single, struct basin_diag *diag);
void basin_softmax_free(struct basin_softmax *self);

/* The same in two steps: room for n keys, and, as often as wanted, keys in the place of
 * the former ones, at most as many. */
BASIN_CHECKED int basin_softmax_reserve(struct basin_softmax *self, size_t n, size_t d,
    size_t v, bool single, struct basin_diag *diag);
void basin_softmax_pack(struct basin_softmax *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n);

/* NULL when memory is out. */
struct basin_softmax_work *basin_softmax_work_new(const struct basin_softmax *self);
void basin_softmax_work_free(struct basin_softmax_work *work);

/* Outputs of m queries, rows of v doubles; out may be the queries if d = v. extra may be
 * NULL. */
void basin_softmax_apply(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *out, size_t out_stride, const struct basin_softmax_extra *extra);

/* The weights themselves, m rows of n doubles. BASIN_ERR_NOMEM without memory for the
 * scores of a panel, 64 bytes for each key. */
BASIN_CHECKED int basin_softmax_weights(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double *weights, size_t weight_stride);

/* Receives the keys that one query keeps, and their scores beta q.k, in an order that is
 * always the same. */
typedef void basin_softmax_found(
    void *context, size_t query, size_t count, const size_t *index, const double *score);

/* The keys that can have a weight where weights are sparse: those whose score is larger
 * than the query's largest minus width (1: sparsemax; 2: 1.5-entmax, whose logits are
 * halved), and of these, where most is not 0, the `most` largest, the first ones of
 * equals. Calls found for each query in turn. BASIN_ERR_NOMEM without memory for them. */
BASIN_CHECKED int basin_softmax_filter(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m, double width, size_t most, basin_softmax_found *found, void *context);

/* The plain twin: one query, weights (n) and output (v) as the equations read, in double
 * precision. Returns the log-sum-exp. */
double basin_softmax_plain(const double *keys, size_t key_stride, const double *values,
    size_t value_stride, size_t n, size_t d, size_t v, double beta, const double *query,
    double *weights, double *out);

#endif
