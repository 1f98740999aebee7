/* Streaming softmax in single precision, on any machine. */
#include "kernels/simd.h"

#define SOFTMAX_CODE basin_softmax_single_portable
#define SINGLE 1
#define AVX2 0
#include "kernels/vector_source.h"

#include "kernels/softmax_source.h"
