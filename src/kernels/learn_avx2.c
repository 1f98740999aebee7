/* What training does to rows, with AVX2 (or, on other machines, never called). */
#include "kernels/simd.h"

#define LEARN_CODE basin_learn_avx2
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#include "kernels/vector_source.h"

#include "kernels/learn_source.h"
