/* Holm's correction: the k-th smallest of n error probabilities (k = 0, 1, ...) is
 * multiplied by n - k, and made no smaller than the one before it. */
#include "claims/holm.h"

#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdlib.h>

int basin_holm(const double *p, size_t n, double *adjusted, struct basin_diag *diag)
{
    size_t *order = malloc((n + 1) * sizeof(*order));
    double before = 0;
    if (order == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        adjusted[i] = isnan(p[i]) ? INFINITY : p[i];
    }
    gsl_sort_index(order, adjusted, 1, n);
    for (size_t k = 0; k < n; k++) {
        double *value = &adjusted[order[k]];
        before = fmax(before, fmin(1, *value * (double)(n - k)));
        *value = isinf(*value) ? NAN : before;
    }
    free(order);
    return 0;
}
