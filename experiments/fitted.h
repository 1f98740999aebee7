/* Heads that do not look, fitted by least squares to what heads of a trained model do.
 *
 * A head gives P (X W^T + b): P its attention, X the layer's input, W and b its values.
 * With weights A that do not look in the place of P, new values W', b' are fitted so that
 *
 *   sum |A (X W'^T + b') - P (X W^T + b)|^2   over the queries of training sequences
 *
 * is least. Whatever linear layer follows, no other values come nearer to what it gives.
 * A Gaussian's middles and widths (averages.h) are fitted likewise, query by query, to
 * the head's mean attention by position. */
#ifndef BASIN_EXPERIMENTS_FITTED_H
#define BASIN_EXPERIMENTS_FITTED_H

#include "experiments/lesson.h"

struct basin_fitted_head {
    size_t head;      /* layer x heads of a layer + head of the layer */
    const float *map; /* length x length: A; rows sum to 1 */
    double missed;    /* share of the variance of what it gives that the fit misses */
};

/* Fits the values of n heads, each alone, on so many sequences that the lesson's trained
 * model sees, and writes them into `model`, a copy of it. */
BASIN_CHECKED int basin_fitted_values(const struct basin_lesson *lesson, size_t sequences,
    struct basin_fitted_head *heads, size_t n, struct basin_bert *model,
    struct basin_diag *diag);

/* Fits a Gaussian to each query of n heads: maps holds n x length x length weights. */
BASIN_CHECKED int basin_fitted_gaussians(const struct basin_lesson *lesson,
    size_t sequences, const size_t *heads, size_t n, float *maps,
    struct basin_diag *diag);

#endif
