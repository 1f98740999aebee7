/* The code of polar.c that depends on the instruction set: compiled once for each, by
 * polar_avx512.c, polar_avx2.c and polar_portable.c, with TARGET the attribute of its
 * functions, POLAR_AVX2 whether they have AVX2, and POLAR_CODE the name of the result. */
#include "kernels/polar_work.h"

#include <string.h>

#if POLAR_AVX2
#include <immintrin.h>
#endif

#include "kernels/polar_lookup.h"

#include "kernels/polar_fields.h"

#if POLAR_AVX2
/* Bits of 32 units: 1, -1 and 0 are told apart by the upper halves of their doubles,
 * whose bytes, saturated, are 127, -128 and 0. Adds to *other what is not 0 for other
 * values: (x^2 - 1) x. */
TARGET static void take_32_signs(
    const double *state, uint64_t *plus, uint64_t *minus, __m256d *other)
{
    __m256i half[4];
    for (size_t k = 0; k < 4; k++) {
        __m256d x = _mm256_loadu_pd(state + 8 * k);
        __m256d y = _mm256_loadu_pd(state + 8 * k + 4);
        __m256d one = _mm256_set1_pd(1);
        *other = _mm256_or_pd(*other, _mm256_mul_pd(_mm256_fmsub_pd(x, x, one), x));
        *other = _mm256_or_pd(*other, _mm256_mul_pd(_mm256_fmsub_pd(y, y, one), y));
        x = _mm256_add_pd(x, _mm256_setzero_pd()); /* -0 becomes 0 */
        y = _mm256_add_pd(y, _mm256_setzero_pd());
        half[k] = _mm256_castps_si256(_mm256_shuffle_ps(
            _mm256_castpd_ps(x), _mm256_castpd_ps(y), _MM_SHUFFLE(3, 1, 3, 1)));
    }
    __m256i bytes = _mm256_packs_epi16(
        _mm256_packs_epi32(half[0], half[1]), _mm256_packs_epi32(half[2], half[3]));
    const __m256i order = _mm256_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7,
        14, 15, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
    bytes = _mm256_shuffle_epi8(_mm256_permute4x64_epi64(bytes, 0xD8), order);
    __m256i positive = _mm256_cmpgt_epi8(bytes, _mm256_setzero_si256());
    *plus = (uint32_t)_mm256_movemask_epi8(positive);
    *minus = (uint32_t)_mm256_movemask_epi8(bytes);
}
#endif

/* Bits of up to 64 units of one state; whether all are -1, 0 or +1. */
TARGET static bool take_signs(
    const double *state, size_t units, uint64_t *plus, uint64_t *minus)
{
    uint64_t p = 0;
    uint64_t q = 0;
    bool polar = true;
    size_t k = 0;
#if POLAR_AVX2
    __m256d other = _mm256_setzero_pd();
    for (; k + 32 <= units; k += 32) {
        uint64_t more_plus;
        uint64_t more_minus;
        take_32_signs(state + k, &more_plus, &more_minus, &other);
        p |= more_plus << k;
        q |= more_minus << k;
    }
    const __m256i magnitude = _mm256_set1_epi64x(INT64_MAX);
    polar = _mm256_testz_si256(_mm256_castpd_si256(other), magnitude) != 0;
#endif
    for (; k < units; k++) {
        p |= (uint64_t)(state[k] > 0) << k;
        q |= (uint64_t)(state[k] < 0) << k;
        polar &= state[k] == 0 || state[k] == 1 || state[k] == -1;
    }
    *plus = p;
    *minus = q;
    return polar;
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

TARGET static bool pack_state(
    const struct basin_polar *self, const double *state, uint64_t *row)
{
    size_t words = self->row / 2;
    bool polar = true;
    for (size_t w = 0; w < words; w++) {
        size_t units = self->d - 64 * w < 64 ? self->d - 64 * w : 64;
        polar &= take_signs(state + 64 * w, units, row + w, row + words + w);
    }
    return polar;
}

TARGET static void unpack_state(
    const struct basin_polar *self, const uint64_t *row, double *state)
{
    size_t words = self->row / 2;
    for (size_t w = 0; w < words; w++) {
        size_t units = self->d - 64 * w < 64 ? self->d - 64 * w : 64;
        put_signs(state + 64 * w, units, row[w], row[words + w]);
    }
}

/* Whether a unit of some states is 0. */
TARGET static bool has_unknown(
    const struct basin_polar *self, const uint64_t *rows, size_t m)
{
    size_t words = self->row / 2;
    uint64_t unknown = 0;
    for (size_t j = 0; j < m; j++, rows += self->row) {
        for (size_t w = 0; w < words; w++) {
            unknown |= polar_units(self, w) & ~(rows[w] | rows[words + w]);
        }
    }
    return unknown != 0;
}

/* Up to 64 packed states into the tile. */
TARGET static void load_tile(const struct basin_polar *self,
    struct basin_polar_work *work, const uint64_t *rows, size_t m)
{
    size_t words = self->row / 2;
    work->halves = m <= HALF ? 1 : 2;
    work->unknown = has_unknown(self, rows, m);
    for (size_t w = 0; w < words; w++) {
        uint64_t *plus = work->plus + w * LANES;
        uint64_t *minus = work->minus + w * LANES;
        for (size_t j = 0; j < LANES; j++) {
            /* The first state fills the lanes of those that are missing. */
            const uint64_t *row = rows + (j < m ? j : 0) * self->row;
            plus[j] = row[w];
            minus[j] = row[words + w];
        }
        transpose(plus);
        if (work->unknown) {
            transpose(minus);
            continue;
        }
        for (size_t j = 0; j < LANES; j++) {
            minus[j] = ~plus[j];
        }
    }
}

/* The next states of the tile back into rows. */
TARGET static void store_tile(const struct basin_polar *self,
    struct basin_polar_work *work, uint64_t *rows, size_t m)
{
    size_t words = self->row / 2;
    for (size_t w = 0; w < words; w++) {
        uint64_t *plus = work->next_plus + w * LANES;
        uint64_t *minus = work->next_minus + w * LANES;
        transpose(plus);
        if (work->unknown) {
            transpose(minus);
        }
        uint64_t units = polar_units(self, w);
        for (size_t j = 0; j < m; j++) {
            uint64_t *row = rows + j * self->row;
            row[w] = plus[j] & units;
            row[words + w] = (work->unknown ? minus[j] : ~plus[j]) & units;
        }
    }
}

#include "kernels/polar_pack.h"

#include "kernels/polar_sweep.h"

#include "kernels/polar_recall.h"

#include "kernels/polar_few.h"

#include "kernels/polar_quads.h"

const struct polar_code POLAR_CODE = {
    .is_polar = is_polar,
    .pack = pack,
    .pack_state = pack_state,
    .unpack_state = unpack_state,
    .load_tile = load_tile,
    .store_tile = store_tile,
    .find_overlaps = find_overlaps,
    .recall = recall,
    .step = step,
    .step_alone = step_alone,
    .sweep = sweep,
    .sweep_alone = sweep_alone,
};
