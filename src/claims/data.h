/* The numbers of a claim: the selected cells of a result, arranged for its statistic. */
#ifndef BASIN_CLAIMS_DATA_H
#define BASIN_CLAIMS_DATA_H

#include "claims/keys.h"
#include "store/result.h"

#include <stddef.h>
#include <stdint.h>

/* One selected cell. */
struct basin_point {
    const struct basin_group *group;
    size_t cell;
    const double *value; /* [replicate][width] of the metric, in the result */
    const double *than;  /* of the metric it is compared with, or NULL */
    size_t width;        /* numbers per replicate */
    size_t than_width;
    double along, between; /* coordinates; 0 where the claim has no such axis */
    double theory;         /* what a theory predicts here, or NAN */
};

/* The cells of one selection, sorted by between and along, and as curves over a grid: one
 * curve for each value of `between`, one place for each value of `along`. */
struct basin_sample {
    size_t n;
    struct basin_point *point;
    size_t n_replicates;
    size_t n_along, n_between;
    double *along, *between; /* distinct values, ascending */
    size_t *place;           /* [point]: between * n_along + along */
    double *count;           /* [place]: points there */
};

/* What a statistic works on. */
struct basin_data {
    struct basin_sample first;
    struct basin_sample second; /* of `against`; n = 0 where there is none */
    double *curve;              /* scratch [between][along] of the first sample */
    double *scratch;            /* as many numbers as first has values, at least
                                 * 2 n_along and 2 n_between */
    const struct basin_measure *measure; /* the keys of the claim */
};

/* Sorts the points and lays out the grid. The points stay the sample's own; free with
 * basin_sample_free, also after a failure. */
BASIN_CHECKED int basin_sample_arrange(
    struct basin_sample *self, struct basin_diag *diag);
void basin_sample_free(struct basin_sample *self);

/* Makes room for curves and scratch once both samples are arranged. */
BASIN_CHECKED int basin_data_prepare(struct basin_data *self, struct basin_diag *diag);
void basin_data_free(struct basin_data *self);

/* Mean over all points and the picked replicates. */
double basin_sample_mean(
    const struct basin_sample *self, const uint32_t *pick, size_t n_pick);

/* Fills self->curve with means over the picked replicates; NAN where no point is. */
void basin_data_curves(struct basin_data *self, const uint32_t *pick, size_t n_pick);

#endif
