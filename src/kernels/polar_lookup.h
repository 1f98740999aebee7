/* Sums by look-up, for polar_tile.h: tables of the sums over all subsets of six, rows of
 * sums that grow by them, and the way from bits to lanes. Sums wrap, so vectors are of
 * unsigned numbers. */

/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses. */

/* Four tables: row r of table k becomes the sum, over the bits j of r, of row 6 k + j of
 * the values. A row has 32 lanes: one vector of bytes or two of int16. */
#define TABULATE(name, vector, vectors)                                                  \
    TARGET static void name(struct basin_polar_work *work)                               \
    {                                                                                    \
        vector *row = (vector *)(void *)work->table;                                     \
        const vector *v = (const vector *)(const void *)work->values;                    \
        for (int k = 0; k < BATCH / 6; k++, row += (size_t)TABLE_ROWS * (vectors)) {     \
            row[0] = (vector){0};                                                        \
            row[(vectors)-1] = (vector){0};                                              \
            for (size_t rows = (vectors); rows < (size_t)TABLE_ROWS * (vectors);         \
                 rows *= 2, v += (vectors)) {                                            \
                vector v0 = v[0];                                                        \
                vector v1 = v[(vectors)-1];                                              \
                for (size_t r = 0; r < rows; r += (vectors)) {                           \
                    row[rows + r] = row[r] + v0;                                         \
                    if ((vectors) == 2) {                                                \
                        row[rows + r + 1] = row[r + 1] + v1;                             \
                    }                                                                    \
                }                                                                        \
            }                                                                            \
        }                                                                                \
    }
TABULATE(tabulate8, basin_u8x32, 1)
TABULATE(tabulate16, basin_u16x16, 2)
#undef TABULATE

/* To row i of sums come the four table rows that word i chooses, six bits each. */
#define LOOK_UP(name, number, vector, vectors)                                           \
    TARGET static void name(const int8_t *restrict table,                                \
        const uint32_t *restrict words, size_t rows, number *restrict sums)              \
    {                                                                                    \
        enum { ROW = 32 * (vectors), MASK = 63 * ROW, TABLE = 64 * ROW };                \
        enum { SHIFT = (vectors) == 2 ? 6 : 5 };                                         \
        vector *sum = (vector *)(void *)sums;                                            \
        for (size_t i = 0; i < rows; i++, sum += (vectors)) {                            \
            uint32_t w = words[i];                                                       \
            const vector *a =                                                            \
                (const vector *)(const void *)(table + (w << SHIFT & MASK));             \
            const vector *b = (const vector *)(const void *)(table + TABLE +             \
                                                             (w >> (6 - SHIFT) & MASK)); \
            const vector *c =                                                            \
                (const vector *)(const void *)(table + 2 * TABLE +                       \
                                               (w >> (12 - SHIFT) & MASK));              \
            const vector *e =                                                            \
                (const vector *)(const void *)(table + 3 * TABLE +                       \
                                               (w >> (18 - SHIFT) & MASK));              \
            sum[0] += (a[0] + b[0]) + (c[0] + e[0]);                                     \
            if ((vectors) == 2) {                                                        \
                sum[1] += (a[1] + b[1]) + (c[1] + e[1]);                                 \
            }                                                                            \
        }                                                                                \
    }
LOOK_UP(look_up8, int8_t, basin_u8x32, 1)
LOOK_UP(look_up16, int16_t, basin_u16x16, 2)
#undef LOOK_UP

/* NOLINTEND(bugprone-macro-parentheses) */

/* Moves sums on into wider ones: to += from, from = 0. The narrow ones are not negative.
 */
TARGET static void widen8(int8_t *restrict from, int16_t *restrict to, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        basin_u8x16 *f = (basin_u8x16 *)(void *)(from + i);
        *(basin_i16x16 *)(void *)(to + i) += __builtin_convertvector(*f, basin_i16x16);
        *f = (basin_u8x16){0};
    }
}

TARGET static void widen16(int16_t *restrict from, int32_t *restrict to, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        basin_i16x8 *f = (basin_i16x8 *)(void *)(from + i);
        *(basin_i32x8 *)(void *)(to + i) += __builtin_convertvector(*f, basin_i32x8);
        *f = (basin_i16x8){0};
    }
}

/* Swaps bits with words j further on: one round of transpose. */
#define SWAP(type, from, to)                                                             \
    {                                                                                    \
        type t = ((from) >> j ^ (to)) & mask;                                            \
        (from) ^= t << j;                                                                \
        (to) ^= t;                                                                       \
    }

/* Transposes 64 x 64 bits, word r bit c to word c bit r (Hacker's Delight, 7-3). */
TARGET static void transpose(uint64_t words[LANES])
{
    uint64_t mask = 0x00000000FFFFFFFFULL;
    for (size_t j = 32; j >= 4; j >>= 1, mask ^= mask << j) {
        for (size_t block = 0; block < LANES; block += 2 * j) {
            for (size_t k = block; k < block + j; k += 4) {
                basin_u64x4 *from = (basin_u64x4 *)(void *)(words + k);
                basin_u64x4 *to = (basin_u64x4 *)(void *)(words + k + j);
                SWAP(basin_u64x4, *from, *to)
            }
        }
    }
    for (size_t j = 2; j != 0; j >>= 1, mask ^= mask << j) {
        for (size_t block = 0; block < LANES; block += 2 * j) {
            for (size_t k = block; k < block + j; k++) {
                SWAP(uint64_t, words[k], words[k + j])
            }
        }
    }
}
#undef SWAP

/* 32 lanes of -1, 0, +1 from their bits. */
TARGET static void spread(uint32_t plus, uint32_t minus, int8_t *lanes)
{
#if POLAR_AVX2
    const __m256i byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
        2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201ULL);
    __m256i p = _mm256_set1_epi32((int)plus);
    __m256i m = _mm256_set1_epi32((int)minus);
    p = _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(p, byte), bit), bit);
    m = _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(m, byte), bit), bit);
    _mm256_store_si256((__m256i *)(void *)lanes, _mm256_sub_epi8(m, p));
#else
    for (int j = 0; j < HALF; j++) {
        lanes[j] = (int8_t)((int)(plus >> j & 1) - (int)(minus >> j & 1));
    }
#endif
}
