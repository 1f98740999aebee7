/* Products of matrices, with AVX-512 (or, on other machines, never called). */
#include "kernels/simd.h"

#define GEMM_CODE basin_gemm_avx512
#define ROW_CODE basin_row_avx512
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#define AVX512 1
#include "kernels/vector_source.h"

#include "kernels/gemm_source.h"
