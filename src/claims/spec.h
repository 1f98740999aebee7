/* One claim as the configuration states it, read and checked. */
#ifndef BASIN_CLAIMS_SPEC_H
#define BASIN_CLAIMS_SPEC_H

#include "claims/expectation.h"
#include "claims/prediction.h"
#include "claims/select.h"
#include "claims/statistic.h"
#include "experiments/experiment.h"

/* Scalars at the top of a claim. */
struct basin_claim_head {
    const char *id, *says, *source, *origin;
    double confidence;
    bool control;
};

struct basin_claim {
    struct basin_claim_head head;
    struct basin_measure measure;
    struct basin_expectation expect;
    const struct basin_statistic *statistic;
    struct basin_selection where, against;
    bool has_against;
    struct basin_prediction theory; /* of `measure`; theory.theory is NULL if none */
};

struct basin_claims {
    size_t n;
    struct basin_claim *claim;
};

/* Reads `claims:` of the plan's document; none is no error. experiment says which metrics
 * there are; NULL: not checked. Free it also after a failure. */
BASIN_CHECKED int basin_claims_read(struct basin_claims *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    struct basin_diag *diag);
void basin_claims_free(struct basin_claims *self);

/* "crossing of recall_rate along load between dimension, where label fixed point". */
void basin_claim_describe(const struct basin_claim *self, struct basin_str *out);

#endif
