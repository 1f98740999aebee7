/* Verdicts: an interval against an expectation. */
#ifndef BASIN_CLAIMS_VERDICT_H
#define BASIN_CLAIMS_VERDICT_H

#include "claims/claim.h"
#include "claims/measure.h"
#include "claims/spec.h"

#include <stdbool.h>

/* One part of a claim, judged. */
struct basin_judgement {
    enum basin_verdict verdict;
    struct basin_interval interval;
    double margin;  /* how far inside the expected range the interval lies; less than 0:
                     * it sticks out so far */
    bool by_chance; /* see struct basin_finding */
    double p;       /* least error probability at which the verdict stands; NAN if none */
};

/* n_parts intervals are to hold together: each has its share of the error (Bonferroni).
 */
struct basin_judgement basin_judge(const struct basin_measurement *measurement,
    const struct basin_claim *claim, size_t n_parts);

/* The reason of a verdict, in one line. */
void basin_judgement_explain(const struct basin_judgement *self,
    const struct basin_measurement *measurement, const struct basin_claim *claim,
    struct basin_str *out);

#endif
