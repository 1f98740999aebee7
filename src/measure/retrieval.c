/* Agreement of a state with a pattern: error, overlap, cosine. */
#include "measure/retrieval.h"

#include <math.h>

struct sums {
    double state, pattern, state2, pattern2, product, distance2;
    size_t wrong;
};

static struct sums sums_of(const double *state, const double *pattern, size_t d)
{
    struct sums s = {0};
    for (size_t i = 0; i < d; i++) {
        double difference = state[i] - pattern[i];
        s.state += state[i];
        s.pattern += pattern[i];
        s.state2 += state[i] * state[i];
        s.pattern2 += pattern[i] * pattern[i];
        s.product += state[i] * pattern[i];
        s.distance2 += difference * difference;
        s.wrong += difference != 0;
    }
    return s;
}

struct basin_agreement basin_agreement_of(
    const double *state, const double *pattern, size_t d, enum basin_domain domain)
{
    struct sums s = sums_of(state, pattern, d);
    double norms = sqrt(s.state2 * s.pattern2);
    struct basin_agreement agreement = {
        .error = domain == BASIN_CONTINUOUS ? sqrt(s.distance2 / s.pattern2)
                                            : (double)s.wrong / (double)d,
        .overlap = s.product / s.pattern2,
        .cosine = norms > 0 ? s.product / norms : 0,
    };
    if (domain == BASIN_BINARY) {
        double p = s.pattern / (double)d;
        agreement.overlap = (s.product - p * s.state) / (s.pattern2 - p * s.pattern);
    }
    return agreement;
}

bool basin_is_recalled(
    const struct basin_criterion *criterion, const struct basin_agreement *agreement)
{
    switch (criterion->success) {
    case BASIN_SUCCESS_COSINE:
        return agreement->cosine > criterion->at;
    case BASIN_SUCCESS_ERROR:
        return agreement->error <= criterion->at;
    case BASIN_SUCCESS_EXACT:
        return agreement->error == 0;
    default:
        return agreement->overlap > criterion->at;
    }
}
