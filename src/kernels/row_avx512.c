/* Rows of single-precision numbers, with AVX-512 (elsewhere never called). */
#include "kernels/simd.h"

#define ROW_CODE basin_row_avx512
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#define AVX512 1
#include "kernels/vector_source.h"

#include "kernels/row_source.h"
