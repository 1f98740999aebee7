/* How well a retrieved state agrees with the pattern that was meant. */
#ifndef BASIN_MEASURE_RETRIEVAL_H
#define BASIN_MEASURE_RETRIEVAL_H

#include "patterns/source.h"

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

#endif
