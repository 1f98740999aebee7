/* Packed classical networks with AVX-512 (or, on other machines, never called). */
#include "kernels/simd.h"

#define POLAR_CODE basin_polar_avx512
#define POLAR_AVX2 BASIN_HAVE_AVX2
#define TARGET BASIN_TARGET_AVX512
#include "kernels/polar_tile.h"
