/* What training does to rows, on any machine. */
#include "kernels/simd.h"

#define LEARN_CODE basin_learn_portable
#define SINGLE 1
#define AVX2 0
#include "kernels/vector_source.h"

#include "kernels/learn_source.h"
