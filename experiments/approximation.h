/* What the two halves of the approximation experiment share: approximation.c draws inputs
 * and attends; approximation_metrics.c says what is measured of it. */
#ifndef BASIN_EXPERIMENTS_APPROXIMATION_H
#define BASIN_EXPERIMENTS_APPROXIMATION_H

#include "experiments/mapping.h"

#include <gsl/gsl_matrix.h>

struct basin_approximation {
    long length, dimension, queries;
    double sigma;
    long redraws;
    double spread_quantile, tiny;
};

/* Everything one replicate needs. */
struct basin_approximation_work {
    const struct basin_approximation *own;
    const struct basin_feature_options *options;
    size_t length, m, d;
    gsl_matrix *Q, *K, *V;
    gsl_matrix *p, *o;   /* exact weights (M x L) and outputs (M x d) */
    gsl_matrix *half[2]; /* sums of p' over even and odd draws */
    gsl_matrix *AV;      /* outputs by features */
    gsl_matrix *A;       /* products of a tile */
    double *scratch;     /* 3 L */
    double *k, *k_softmax;
    /* Over all draws and queries: */
    size_t negative, tiny; /* denominators */
    double squares;        /* of the components of outputs that are not divided by D */
    double multiplied;     /* of the errors of outputs that are multiplied by it */
};

/* Its metrics, in the order of the record; ends with a NULL name. */
extern const struct basin_metric basin_approximation_metrics[];

/* struct basin_experiment's shape. */
bool basin_approximation_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK]);

/* Fills the record; the halves become the mean weights, AV the error of outputs. */
void basin_approximation_measure(
    struct basin_approximation_work *work, struct basin_record *record);

#endif
