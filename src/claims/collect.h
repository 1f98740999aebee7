/* From a result to the data of a claim: the cells selected, what is missing, the parts.
 */
#ifndef BASIN_CLAIMS_COLLECT_H
#define BASIN_CLAIMS_COLLECT_H

#include "claims/data.h"
#include "claims/spec.h"

/* Values that a claim needs and a result does not have. */
struct basin_missing {
    size_t values, all;     /* missing values, and how many were asked for */
    size_t failed, not_run; /* why, where a replicate as a whole is missing */
};

/* The points of one selection, not yet arranged, with the values of a metric and, if
 * `than` is not empty, of another one beside it. */
BASIN_CHECKED int basin_collect(struct basin_sample *self,
    const struct basin_claim *claim, const struct basin_selection *selection,
    const char *metric, const char *than, const struct basin_plan *plan,
    const struct basin_result *result, struct basin_missing *missing,
    struct basin_diag *diag);

/* The parts of a claim's points, each to be judged alone. Owned by the caller. */
struct basin_parts_list {
    size_t n;
    struct basin_data *data; /* samples not yet arranged */
};

BASIN_CHECKED int basin_split(struct basin_parts_list *self,
    const struct basin_claim *claim, const struct basin_sample *first,
    const struct basin_sample *second, struct basin_diag *diag);
void basin_parts_free(struct basin_parts_list *self);

/* "label one step, dimension 500, load 0.1": what distinguishes a part. */
void basin_part_describe(const struct basin_data *self, const struct basin_claim *claim,
    struct basin_str *out);

#endif
