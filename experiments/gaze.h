/* Where a model's heads look, on the same sequences again and again while it learns. */
#ifndef BASIN_EXPERIMENTS_GAZE_H
#define BASIN_EXPERIMENTS_GAZE_H

#include "measure/spread.h"
#include "transformer/encoder.h"

/* What is seen at one look, of the rows (queries) that are looked at; means are over all
 * heads. */
struct basin_gaze_seen {
    double *k_median; /* of each head: the median of k(0.90) */
    double
        *k_histogram; /* of each head: rows by k / length (spread.h); NULL: not asked */
    double entropy, jacobian, distance; /* nats; norms of measure/uniformity.h */
};

struct basin_gaze {
    const struct basin_bert *model;
    struct basin_encoder encoder;
    size_t sequences, length;
    size_t *start;        /* owned; of the sequences, and the end */
    const int32_t *id;    /* sequences x length; the caller's */
    const int32_t *asked; /* the same size: rows below 0 are left out; NULL: none is */
    size_t rows;          /* that are looked at, of a head */
    double *k;            /* owned; heads of all layers x rows */
    size_t *filled;       /* owned; rows of each head so far */
    double *weights, *scratch; /* owned; length each */
    struct basin_gaze_seen sum;
};

/* id and asked outlive it; so does the model, whose weights may change between looks. */
BASIN_CHECKED int basin_gaze_init(struct basin_gaze *self, const struct basin_bert *model,
    const int32_t *id, const int32_t *asked, size_t sequences, size_t length,
    struct basin_diag *diag);
void basin_gaze_free(struct basin_gaze *self);

/* Fills seen, whose k_median has room for the heads of all layers, and k_histogram for
 * BASIN_SPREAD_BINS of each. */
BASIN_CHECKED int basin_gaze_look(
    struct basin_gaze *self, struct basin_gaze_seen *seen, struct basin_diag *diag);

#endif
