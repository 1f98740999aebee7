/* What training does to rows, with AVX-512 (or, on other machines, never called). */
#include "kernels/simd.h"

#define LEARN_CODE basin_learn_avx512
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#define AVX512 1
#include "kernels/vector_source.h"

#include "kernels/learn_source.h"
