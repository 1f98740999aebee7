/* Products of matrices, on any machine. */
#include "kernels/simd.h"

#define GEMM_CODE basin_gemm_portable
#define ROW_CODE basin_row_portable
#define SINGLE 1
#define AVX2 0
#include "kernels/vector_source.h"

#include "kernels/gemm_source.h"
