/* From a claim's data to its estimate and what is known of its error. */
#ifndef BASIN_CLAIMS_MEASURE_H
#define BASIN_CLAIMS_MEASURE_H

#include "claims/data.h"
#include "claims/interval.h"
#include "claims/spec.h"

struct basin_measurement {
    struct basin_uncertainty found;
    double *draws;        /* owned; of the bootstrap */
    const char *obstacle; /* why there is no number or no interval; NULL if there is */
};

/* seed keys the bootstrap: the same claim on the same result gives the same interval.
 * Arranges the data's samples. Free the measurement also after a failure. */
BASIN_CHECKED int basin_measure(struct basin_measurement *self,
    const struct basin_claim *claim, struct basin_data *data, uint64_t seed,
    struct basin_diag *diag);
void basin_measurement_free(struct basin_measurement *self);

#endif
