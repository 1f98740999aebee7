/* Distances and means of patterns and states kept as rows. */
#ifndef BASIN_MEASURE_GEOMETRY_H
#define BASIN_MEASURE_GEOMETRY_H

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>

/* Euclidean distance of row i of a and row j of b, which have equally many columns. */
double basin_row_distance(const gsl_matrix *a, size_t i, const gsl_matrix *b, size_t j);

/* Arithmetic mean of the rows; mean has as many places as there are columns. */
void basin_row_mean(const gsl_matrix *patterns, gsl_vector *mean);

#endif
