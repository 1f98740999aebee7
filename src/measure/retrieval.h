/* How well a retrieved state agrees with the pattern that was meant. */
#ifndef BASIN_MEASURE_RETRIEVAL_H
#define BASIN_MEASURE_RETRIEVAL_H

#include "patterns/source.h"

#include <stdbool.h>
#include <stddef.h>

struct basin_agreement {
    double error; /* polar, binary: fraction of wrong units; continuous: |xi - x| / |x| */
    double overlap; /* polar, continuous: xi.x / x.x; binary: hits - false alarms, that is
                     * xi.(x - p) / x.(x - p) with p the pattern's activity */
    double cosine;  /* xi.x / (|xi| |x|); 0 if the state is zero */
};

/* state and pattern: d numbers each. */
struct basin_agreement basin_agreement_of(
    const double *state, const double *pattern, size_t d, enum basin_domain domain);

/* What decides whether a pattern counts as recalled. */
enum basin_success {
    BASIN_SUCCESS_OVERLAP,
    BASIN_SUCCESS_COSINE,
    BASIN_SUCCESS_ERROR,
    BASIN_SUCCESS_EXACT,
};

struct basin_criterion {
    int success; /* enum basin_success */
    double at;   /* overlap or cosine must be greater, the error at most this */
};

bool basin_is_recalled(
    const struct basin_criterion *criterion, const struct basin_agreement *agreement);

#endif
