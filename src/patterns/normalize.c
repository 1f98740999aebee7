/* Normalisation of patterns: papers differ in it and rarely say which they used. */
#include "patterns/source.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_statistics_double.h>

static const struct basin_field fields[] = {
    BASIN_FIELD_CHOICE(struct basin_pattern_options, normalize,
        "none|unit|centered_unit|common", "none",
        "divide patterns by their norm (unit), by it after subtracting their mean "
        "(centered_unit), or all by the largest norm of the set (common)"),
    BASIN_FIELD_END,
};

const struct basin_kind basin_pattern_options = {
    .name = "patterns",
    .summary = "what every pattern source has besides its own fields",
    .version = 1,
    .fields = fields,
    .size = sizeof(struct basin_pattern_options),
};

static int normalize_common(gsl_matrix *patterns, struct basin_diag *diag)
{
    double largest = 0;
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(patterns, i);
        largest = GSL_MAX(largest, gsl_blas_dnrm2(&x.vector));
    }
    if (largest == 0) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "patterns cannot be normalised: all of them are zero");
    }
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(patterns, i);
        gsl_blas_dscal(1 / largest, &x.vector);
    }
    return 0;
}

static int normalize_unit(gsl_matrix *patterns, bool centered, struct basin_diag *diag)
{
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(patterns, i);
        if (centered) {
            double least;
            double most;
            gsl_vector_minmax(&x.vector, &least, &most);
            if (least == most) {
                return basin_fail(diag, BASIN_ERR_DOMAIN,
                    "pattern %zu cannot be normalised: all its units are %g", i, least);
            }
            gsl_vector_add_constant(
                &x.vector, -gsl_stats_mean(x.vector.data, 1, x.vector.size));
        }
        double norm = gsl_blas_dnrm2(&x.vector);
        if (norm == 0) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "pattern %zu cannot be normalised: all its units are 0", i);
        }
        gsl_blas_dscal(1 / norm, &x.vector);
    }
    return 0;
}

int basin_patterns_normalize(
    gsl_matrix *patterns, enum basin_normalize how, struct basin_diag *diag)
{
    switch (how) {
    case BASIN_NORMALIZE_UNIT:
        return normalize_unit(patterns, false, diag);
    case BASIN_NORMALIZE_CENTERED_UNIT:
        return normalize_unit(patterns, true, diag);
    case BASIN_NORMALIZE_COMMON:
        return normalize_common(patterns, diag);
    case BASIN_NORMALIZE_NONE:
        break;
    }
    return 0;
}
