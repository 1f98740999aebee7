/* Attention's values: what a matrix W_V may be.
 *
 * In Ramsauer et al. (2021), eq. 10, values are V = Y W_K W_V, of rank d_k at most;
 * transformers take V = Y W with a free d_y x d_v matrix W. Of a random W the columns of
 * W_K, d_k random directions among d_y, give the part d_k/d_y of the square. */
#include "theory/families.h"

#include <gsl/gsl_math.h>
#include <math.h>

struct values {
    long input_dimension, association_dimension;
};

static int residual_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    const struct values *self = params;
    double part = (double)self->association_dimension / (double)self->input_dimension;
    *value = sqrt(GSL_MAX_DBL(1 - part, 0));
    return 0;
}

static const struct basin_field fields[] = {
    BASIN_FIELD_INT(
        struct values, input_dimension, NULL, 1, 1e9, "1", "dimension d_y of the inputs"),
    BASIN_FIELD_INT(struct values, association_dimension, NULL, 1, 1e9, "1",
        "dimension d_k of the association space"),
    BASIN_FIELD_END,
};

const struct basin_theory basin_theory_free_values = {
    .kind = {"free_values", "part of a random value matrix that is no W_K W_V",
        "Ramsauer et al. 2021, eq. 10: sqrt(1 - d_k / d_y)", 1, fields,
        sizeof(struct values)},
    .unit = "1",
    .value = residual_value,
};
