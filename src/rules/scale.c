/* Scales of inner products. */
#include "rules/scale.h"

#include <gsl/gsl_blas.h>
#include <math.h>

double basin_max_norm(const gsl_matrix *patterns)
{
    double max = 0;
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
        max = fmax(max, gsl_blas_dnrm2(&x.vector));
    }
    return max;
}

int basin_scale_factor(enum basin_product_scale scale, const gsl_matrix *patterns,
    double *factor, struct basin_diag *diag)
{
    *factor = 1;
    if (scale != BASIN_SCALE_NONE) {
        *factor /= sqrt((double)patterns->size2);
    }
    if (scale == BASIN_SCALE_SQRT_D_MAX_NORM) {
        double max = basin_max_norm(patterns);
        if (max == 0) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "scale sqrt_d_max_norm: every stored pattern is zero");
        }
        *factor /= max;
    }
    return 0;
}
