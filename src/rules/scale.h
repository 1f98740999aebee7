/* What inner products x.xi are divided by before a gain or an inverse temperature
 * multiplies them. Papers and their programs differ in this, and seldom say so:
 *
 *   none             x.xi             Ramsauer et al. 2020, eq. 3
 *   sqrt_d           x.xi/sqrt(d)     their program for images; attention
 *   sqrt_d_max_norm  x.xi/(sqrt(d) M) Performer blog; M = max |x_i| of the stored set */
#ifndef BASIN_RULES_SCALE_H
#define BASIN_RULES_SCALE_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>

enum basin_product_scale {
    BASIN_SCALE_NONE,
    BASIN_SCALE_SQRT_D,
    BASIN_SCALE_SQRT_D_MAX_NORM
};

#define BASIN_SCALE_CHOICES "none|sqrt_d|sqrt_d_max_norm"

/* M = max |x_i|. */
double basin_max_norm(const gsl_matrix *patterns);

/* The factor that divides: 1, 1/sqrt(d) or 1/(sqrt(d) M). DOMAIN error if M is 0. */
BASIN_CHECKED int basin_scale_factor(enum basin_product_scale scale,
    const gsl_matrix *patterns, double *factor, struct basin_diag *diag);

#endif
