/* The code of polar.c that depends on the instruction set: compiled once for each, by
 * polar_avx2.c and polar_portable.c, with TARGET the attribute of its functions,
 * POLAR_AVX2 whether they have AVX2, and POLAR_CODE the name of the result. */
#include "kernels/polar_work.h"

#include <string.h>

#if POLAR_AVX2
#include <immintrin.h>
#endif

#include "kernels/polar_lookup.h"

#include "kernels/polar_fields.h"

/* Bits of up to 64 units of one state. */
TARGET static void take_signs(
    const double *state, size_t units, uint64_t *plus, uint64_t *minus)
{
    uint64_t p = 0;
    uint64_t q = 0;
    size_t k = 0;
#if POLAR_AVX2
    const __m256d zero = _mm256_setzero_pd();
    for (; k + 4 <= units; k += 4) {
        __m256d x = _mm256_loadu_pd(state + k);
        p |= (uint64_t)_mm256_movemask_pd(_mm256_cmp_pd(x, zero, _CMP_GT_OQ)) << k;
        q |= (uint64_t)_mm256_movemask_pd(_mm256_cmp_pd(x, zero, _CMP_LT_OQ)) << k;
    }
#endif
    for (; k < units; k++) {
        p |= (uint64_t)(state[k] > 0) << k;
        q |= (uint64_t)(state[k] < 0) << k;
    }
    *plus = p;
    *minus = q;
}

TARGET static void put_signs(double *state, size_t units, uint64_t plus, uint64_t minus)
{
    size_t k = 0;
#if POLAR_AVX2
    const __m256d one = _mm256_set1_pd(1);
    const __m256i p = _mm256_set1_epi64x((long long)plus);
    const __m256i q = _mm256_set1_epi64x((long long)minus);
    __m256i shift = _mm256_setr_epi64x(63, 62, 61, 60);
    for (; k + 4 <= units; k += 4) {
        __m256d is_plus = _mm256_castsi256_pd(_mm256_sllv_epi64(p, shift));
        __m256d is_minus = _mm256_castsi256_pd(_mm256_sllv_epi64(q, shift));
        __m256d x = _mm256_blendv_pd(_mm256_setzero_pd(), one, is_plus);
        x = _mm256_blendv_pd(x, _mm256_set1_pd(-1), is_minus);
        _mm256_storeu_pd(state + k, x);
        shift = _mm256_sub_epi64(shift, _mm256_set1_epi64x(4));
    }
#endif
    for (; k < units; k++) {
        state[k] = (double)((int)(plus >> k & 1) - (int)(minus >> k & 1));
    }
}

/* Up to 64 states from rows of doubles into the tile. */
TARGET static void load_tile(const struct basin_polar *self,
    struct basin_polar_work *work, const double *states, size_t stride, size_t m)
{
    work->lanes = m == LANES ? ~(uint64_t)0 : ((uint64_t)1 << m) - 1;
    for (size_t i = 0; i < self->d; i += LANES) {
        size_t units = self->d - i < LANES ? self->d - i : LANES;
        uint64_t *plus = work->plus + i;
        uint64_t *minus = work->minus + i;
        memset(plus, 0, LANES * sizeof(*plus));
        memset(minus, 0, LANES * sizeof(*minus));
        for (size_t j = 0; j < m; j++) {
            take_signs(states + j * stride + i, units, plus + j, minus + j);
        }
        transpose(plus);
        transpose(minus);
    }
}

/* The next states of the tile back into rows of doubles. */
TARGET static void store_tile(const struct basin_polar *self,
    struct basin_polar_work *work, double *states, size_t stride, size_t m)
{
    for (size_t i = 0; i < self->d; i += LANES) {
        size_t units = self->d - i < LANES ? self->d - i : LANES;
        uint64_t *plus = work->next_plus + i;
        uint64_t *minus = work->next_minus + i;
        transpose(plus);
        transpose(minus);
        for (size_t j = 0; j < m; j++) {
            put_signs(states + j * stride + i, units, plus[j], minus[j]);
        }
    }
}

#include "kernels/polar_pack.h"

#include "kernels/polar_sweep.h"

#include "kernels/polar_few.h"

const struct polar_code POLAR_CODE = {
    .is_polar = is_polar,
    .pack = pack,
    .load_tile = load_tile,
    .store_tile = store_tile,
    .find_overlaps = find_overlaps,
    .step = step,
    .sweep = sweep,
    .sweep_alone = sweep_alone,
};
