/* What training does to rows, with AVX2 (or, on other machines, never called). */
#include "kernels/simd.h"

#define LEARN_CODE basin_learn_avx2
#define SINGLE 1
#define AVX2 BASIN_HAVE_AVX2
#include "kernels/vector_source.h"

#if AVX2
#define ROOT(v) (v) = (vector)_mm256_sqrt_ps(v);
#else
#define ROOT(v)                                                                          \
    for (size_t j = 0; j < WITHIN; j++) {                                                \
        (v)[j] = sqrtf((v)[j]);                                                          \
    }
#endif
#include "kernels/learn_source.h"
