/* Values of the units of a state. */
#include "rules/states.h"

#include "kernels/simd.h"

#include <string.h>

/* Whether all of d units are least, 0 or 1. No branches: nearly always they are. */
static bool are_allowed(const double *xi, size_t d, double least)
{
    basin_i64x4 other = {0};
    size_t i = 0;
    for (; i + 4 <= d; i += 4) {
        basin_f64x4 x;
        memcpy(&x, xi + i, sizeof(x));
        other |= (x != least) & (x != 0.0) & (x != 1.0);
    }
    bool allowed = (other[0] | other[1] | other[2] | other[3]) == 0;
    for (; i < d; i++) {
        allowed &= xi[i] == least || xi[i] == 0 || xi[i] == 1;
    }
    return allowed;
}

static int check(const gsl_matrix *states, double least, const char *values,
    const char *rule, struct basin_diag *diag)
{
    for (size_t j = 0; j < states->size1; j++) {
        const double *xi = gsl_matrix_const_ptr(states, j, 0);
        if (are_allowed(xi, states->size2, least)) {
            continue;
        }
        for (size_t i = 0; i < states->size2; i++) {
            if (xi[i] != least && xi[i] != 0 && xi[i] != 1) {
                return basin_fail(diag, BASIN_ERR_DOMAIN,
                    "unit %zu of a state is %g; rule %s takes %s", i, xi[i], rule,
                    values);
            }
        }
    }
    return 0;
}

int basin_states_check_polar(
    const gsl_matrix *states, const char *rule, struct basin_diag *diag)
{
    return check(states, -1, "-1, +1 and 0 (unknown)", rule, diag);
}

int basin_states_check_binary(
    const gsl_matrix *states, const char *rule, struct basin_diag *diag)
{
    return check(states, 0, "0 and 1", rule, diag);
}

bool basin_states_know_all(const gsl_matrix *states)
{
    for (size_t j = 0; j < states->size1; j++) {
        const double *xi = gsl_matrix_const_ptr(states, j, 0);
        for (size_t i = 0; i < states->size2; i++) {
            if (xi[i] == 0) {
                return false;
            }
        }
    }
    return true;
}
