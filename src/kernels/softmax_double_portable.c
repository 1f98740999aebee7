/* Streaming softmax in double precision, on any machine. */
#include "kernels/simd.h"

#define SOFTMAX_CODE basin_softmax_double_portable
#define SINGLE 0
#define AVX2 0
#include "kernels/vector_source.h"

#include "kernels/softmax_source.h"
