/* Packed classical networks on any machine. */
#define POLAR_CODE basin_polar_portable
#define POLAR_AVX2 0
#define TARGET
#include "kernels/polar_tile.h"
