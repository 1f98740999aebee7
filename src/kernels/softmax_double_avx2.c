/* Streaming softmax in double precision, with AVX2 (or, on other machines, never called).
 */
#include "kernels/simd.h"

#define SOFTMAX_CODE basin_softmax_double_avx2
#define SINGLE 0
#define AVX2 BASIN_HAVE_AVX2
#include "kernels/vector_source.h"

#include "kernels/softmax_source.h"
