/* How concentrated a row of weights is. */
#include "kernels/concentration.h"

#include <math.h>
#include <string.h>

#define ISA(name) name##_portable
#define TARGET
#include "kernels/concentration_source.h"
#undef ISA
#undef TARGET

#if BASIN_HAVE_AVX2
#define ISA(name) name##_avx2
#define TARGET BASIN_TARGET_AVX2
#include "kernels/concentration_source.h"
#endif

struct basin_concentration basin_concentration_of(
    enum basin_isa isa, const double *weights, size_t n, double cut)
{
#if BASIN_HAVE_AVX2
    if (isa == BASIN_ISA_AVX2) {
        return concentration_avx2(weights, n, cut);
    }
#endif
    (void)isa;
    return concentration_portable(weights, n, cut);
}

struct basin_concentration basin_concentration_plain(
    const double *weights, size_t n, double cut)
{
    struct basin_concentration all = {0};
    for (size_t i = 0; i < n; i++) {
        double p = weights[i];
        all.above += p > cut;
        all.entropy -= p > 0 ? p * log(p) : 0;
        all.squares += p * p;
    }
    return all;
}
