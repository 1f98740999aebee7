/* What the two halves of the retrieval experiment share: retrieval.c stores, asks and
 * iterates; retrieval_metrics.c says what is measured of it. */
#ifndef BASIN_EXPERIMENTS_RETRIEVAL_H
#define BASIN_EXPERIMENTS_RETRIEVAL_H

#include "experiments/stage.h"
#include "measure/retrieval.h"
#include "rules/relax.h"

struct basin_retrieval {
    struct basin_population population;
    long cues;
    long first_target;
    struct basin_criterion criterion;
    bool attractors;
    double same;
    double spread_quantile;
    double support_cut;
    long pictures;
};

/* Everything one replicate needs. */
struct basin_retrieval_work {
    const struct basin_retrieval *own;
    struct basin_stage stage;
    size_t m;
    gsl_matrix *patterns, *cues, *states;
    size_t *target;
    struct basin_outcome *outcome;
    void *memory;
};

/* Its metrics, in the order of the record; ends with a NULL name. */
extern const struct basin_metric basin_retrieval_metrics[];

/* struct basin_experiment's shape. */
bool basin_retrieval_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK]);

/* Fills the record from the end states. */
BASIN_CHECKED int basin_retrieval_measure(const struct basin_retrieval_work *work,
    struct basin_record *record, struct basin_diag *diag);

/* Number M of cues. */
size_t basin_retrieval_cues(
    const struct basin_retrieval *own, const struct basin_stage *stage);

#endif
