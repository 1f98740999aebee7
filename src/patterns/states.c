/* States that are no cue of any pattern: at random, or inside the patterns' hull. */
#include "patterns/states.h"

#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>

int basin_states_random(enum basin_domain domain, uint64_t key, uint32_t replicate,
    gsl_matrix *states, struct basin_diag *diag)
{
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t j = 0; j < states->size1; j++) {
        basin_rng_start(r, key, basin_rng_sequence(replicate, (uint32_t)j));
        for (size_t i = 0; i < states->size2; i++) {
            gsl_matrix_set(states, j, i, basin_draw_unit(r, domain, 0.5));
        }
    }
    gsl_rng_free(r);
    return 0;
}

/* Exponential variates divided by their sum are uniform over the simplex. */
int basin_states_hull(const gsl_matrix *patterns, uint64_t key, uint32_t replicate,
    gsl_matrix *states, struct basin_diag *diag)
{
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    gsl_matrix_set_zero(states);
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view state = gsl_matrix_row(states, j);
        double sum = 0;
        basin_rng_start(r, key, basin_rng_sequence(replicate, (uint32_t)j));
        for (size_t i = 0; i < patterns->size1; i++) {
            double weight = gsl_ran_exponential(r, 1);
            gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
            gsl_blas_daxpy(weight, &x.vector, &state.vector);
            sum += weight;
        }
        gsl_vector_scale(&state.vector, 1 / sum);
    }
    gsl_rng_free(r);
    return 0;
}
