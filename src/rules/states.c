/* Values of the units of a state. */
#include "rules/states.h"

/* Of d units, how many are none of least, 0 and 1. No branches: nearly always none. */
static size_t count_others(const double *xi, size_t d, double least)
{
    size_t others = 0;
    for (size_t i = 0; i < d; i++) {
        others += (xi[i] != least) & (xi[i] != 0) & (xi[i] != 1);
    }
    return others;
}

static int check(const gsl_matrix *states, double least, const char *values,
    const char *rule, struct basin_diag *diag)
{
    for (size_t j = 0; j < states->size1; j++) {
        const double *xi = gsl_matrix_const_ptr(states, j, 0);
        if (count_others(xi, states->size2, least) == 0) {
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
