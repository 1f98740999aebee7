/* Rules go through a batch in tiles of rows, so that their workspace, made once by
 * `store`, does not depend on the size of the batch. */
#ifndef BASIN_RULES_TILE_H
#define BASIN_RULES_TILE_H

#include <gsl/gsl_matrix.h>

enum { BASIN_TILE = 64 };

static inline size_t basin_tile_rows(const gsl_matrix *matrix, size_t first)
{
    size_t left = matrix->size1 - first;
    return left < BASIN_TILE ? left : BASIN_TILE;
}

/* The rows from the first on, BASIN_TILE of them or as many as there are. */
static inline gsl_matrix_view basin_tile(gsl_matrix *matrix, size_t first)
{
    size_t rows = basin_tile_rows(matrix, first);
    return gsl_matrix_submatrix(matrix, first, 0, rows, matrix->size2);
}

static inline _gsl_matrix_const_view basin_const_tile(
    const gsl_matrix *matrix, size_t first)
{
    size_t rows = basin_tile_rows(matrix, first);
    return gsl_matrix_const_submatrix(matrix, first, 0, rows, matrix->size2);
}

#endif
