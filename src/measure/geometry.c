/* Distances and means of patterns and states kept as rows. */
#include "measure/geometry.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

double basin_row_distance(const gsl_matrix *a, size_t i, const gsl_matrix *b, size_t j)
{
    const double *x = gsl_matrix_const_ptr(a, i, 0);
    const double *y = gsl_matrix_const_ptr(b, j, 0);
    double squared = 0;
    for (size_t u = 0; u < a->size2; u++) {
        squared += (x[u] - y[u]) * (x[u] - y[u]);
    }
    return sqrt(squared);
}

void basin_row_mean(const gsl_matrix *patterns, gsl_vector *mean)
{
    for (size_t u = 0; u < patterns->size2; u++) {
        gsl_vector_set(mean, u,
            gsl_stats_mean(
                gsl_matrix_const_ptr(patterns, 0, u), patterns->tda, patterns->size1));
    }
}
