/* Rows of single-precision numbers, with AVX2 (or, on other machines, never called). */
#include "kernels/simd.h"

#define ROW_CODE basin_row_avx2
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#include "kernels/vector_source.h"

#include "kernels/row_source.h"
