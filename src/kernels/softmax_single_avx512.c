/* Streaming softmax in single precision, with AVX-512 (elsewhere never called). */
#include "kernels/simd.h"

#define SOFTMAX_CODE basin_softmax_single_avx512
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#define AVX512 1
#include "kernels/vector_source.h"

#include "kernels/softmax_source.h"
