/* Which BLAS is at work. GSL brings a slow one of its own (gslcblas), which must lose
 * against OpenBLAS at link time; this looks whether it did. */
#ifndef BASIN_BASE_BLAS_H
#define BASIN_BASE_BLAS_H

#include <stdbool.h>

enum { BASIN_BLAS_TEXT = 256 };

/* Makes OpenBLAS use one thread, because the workers above it are threads already, and
 * describes the BLAS that cblas_dgemm belongs to. Returns whether it is OpenBLAS. */
bool basin_blas_start(char text[BASIN_BLAS_TEXT]);

#endif
