/* Where many states ended: attractors with their hits, spurious ends. */
#include "measure/attractors.h"

/* Gives up at the first unit that settles it, which for random states is soon. */
static bool is_near(const double *a, const double *b, size_t d, double same)
{
    double squared = 0;
    for (size_t u = 0; u < d; u++) {
        squared += (a[u] - b[u]) * (a[u] - b[u]);
        if (squared > same * same) {
            return false;
        }
    }
    return true;
}

size_t basin_attractors_find(const gsl_matrix *ends, double same, size_t *hits)
{
    size_t n = 0;
    for (size_t j = 0; j < ends->size1; j++) {
        const double *end = gsl_matrix_const_ptr(ends, j, 0);
        size_t i = 0;
        while (i < j && (hits[i] == 0 || !is_near(end, gsl_matrix_const_ptr(ends, i, 0),
                                             ends->size2, same))) {
            i++;
        }
        hits[j] = 0;
        hits[i]++;
        n += i == j;
    }
    return n;
}

/* Whether the criterion is met with one of the patterns. */
static bool agrees(const double *state, const gsl_matrix *patterns,
    enum basin_domain domain, const struct basin_criterion *criterion)
{
    for (size_t i = 0; i < patterns->size1; i++) {
        struct basin_agreement agreement = basin_agreement_of(
            state, gsl_matrix_const_ptr(patterns, i, 0), patterns->size2, domain);
        if (basin_is_recalled(criterion, &agreement)) {
            return true;
        }
    }
    return false;
}

bool basin_is_spurious(const double *state, const gsl_matrix *patterns,
    enum basin_domain domain, const struct basin_criterion *criterion, double *scratch)
{
    if (agrees(state, patterns, domain, criterion)) {
        return false;
    }
    for (size_t u = 0; u < patterns->size2; u++) {
        scratch[u] = -state[u];
    }
    return domain == BASIN_BINARY || !agrees(scratch, patterns, domain, criterion);
}
