/* Products of matrices, with AVX2 (or, on other machines, never called). */
#include "kernels/simd.h"

#define GEMM_CODE basin_gemm_avx2
#define ROW_CODE basin_row_avx2
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#include "kernels/vector_source.h"

#include "kernels/gemm_source.h"
