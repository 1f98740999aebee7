/* Rows of single-precision numbers, on any machine. */
#include "kernels/simd.h"

#define ROW_CODE basin_row_portable
#define SINGLE 1
#define AVX2 0
#include "kernels/vector_source.h"

#include "kernels/row_source.h"
