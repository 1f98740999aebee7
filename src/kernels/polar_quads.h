/* Fields of one state: a part of polar_tile.h, included by it. A tile would be nearly
 * empty, so sums over all subsets of four patterns are tabulated for one state; sixteen
 * bytes, twice, which one shuffle looks up for 32 units. */

/* U of pattern mu, in the order of place_of(). */
TARGET static int16_t overlap_alone(
    const struct basin_polar *self, const int16_t *overlap, size_t mu)
{
    return mu < self->n ? overlap[mu / 64 * 64 + place_of(mu % 64)] : 0;
}

/* The sums of U over subsets: their low bytes, then their high ones. Returns the sum of
 * |U|, which no field is larger than. */
TARGET static int32_t tabulate_quads(
    const struct basin_polar *self, const int16_t *overlap, int8_t *table)
{
    const basin_i16x16 subset = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    int32_t size = 0;
    for (size_t mu = 0; mu < self->n; mu += QUAD, table += 2 * QUAD_ROWS) {
        basin_i16x16 sum = {0};
        for (size_t j = 0; j < QUAD; j++) {
            int16_t u = overlap_alone(self, overlap, mu + j);
            int16_t bit = (int16_t)(1 << j);
            sum += ((subset & bit) == bit) & u;
            size += u < 0 ? -u : u;
        }
        *(basin_i8x16 *)(void *)table = __builtin_convertvector(sum, basin_i8x16);
        *(basin_i8x16 *)(void *)(table + QUAD_ROWS) =
            __builtin_convertvector(sum >> 8, basin_i8x16);
    }
    return size;
}

/* start + the sums that 64 units choose. */
TARGET static void look_up_quads(const struct basin_polar *self, const int8_t *table,
    const uint8_t *quads, int16_t start, int16_t field[LANES])
{
    size_t groups = (self->n + QUAD - 1) / QUAD;
#if POLAR_AVX2
    const __m256i four = _mm256_set1_epi8(15);
    __m256i a = _mm256_set1_epi16(start);
    __m256i b = a;
    __m256i c = a;
    __m256i e = a;
    for (size_t g = 0; g < groups; g++, table += 2 * QUAD_ROWS, quads += HALF) {
        const __m128i *t = (const __m128i *)(const void *)table;
        __m256i low = _mm256_broadcastsi128_si256(_mm_load_si128(t));
        __m256i high = _mm256_broadcastsi128_si256(_mm_load_si128(t + 1));
        __m256i both = _mm256_load_si256((const __m256i *)(const void *)quads);
        __m256i first = _mm256_and_si256(both, four);
        __m256i second = _mm256_and_si256(_mm256_srli_epi16(both, 4), four);
        __m256i x = _mm256_shuffle_epi8(low, first);
        __m256i y = _mm256_shuffle_epi8(high, first);
        a = _mm256_add_epi16(a, _mm256_unpacklo_epi8(x, y));
        b = _mm256_add_epi16(b, _mm256_unpackhi_epi8(x, y));
        x = _mm256_shuffle_epi8(low, second);
        y = _mm256_shuffle_epi8(high, second);
        c = _mm256_add_epi16(c, _mm256_unpacklo_epi8(x, y));
        e = _mm256_add_epi16(e, _mm256_unpackhi_epi8(x, y));
    }
    __m256i *to = (__m256i *)(void *)field;
    _mm256_store_si256(to, _mm256_permute2x128_si256(a, b, 0x20));
    _mm256_store_si256(to + 1, _mm256_permute2x128_si256(a, b, 0x31));
    _mm256_store_si256(to + 2, _mm256_permute2x128_si256(c, e, 0x20));
    _mm256_store_si256(to + 3, _mm256_permute2x128_si256(c, e, 0x31));
#else
    for (size_t i = 0; i < LANES; i++) {
        field[i] = start;
    }
    for (size_t g = 0; g < groups; g++, table += 2 * QUAD_ROWS, quads += HALF) {
        for (size_t i = 0; i < LANES; i++) {
            int row = quads[i % HALF] >> i / HALF * QUAD & (QUAD_ROWS - 1);
            field[i] += (int16_t)((uint8_t)table[row] + 256 * table[QUAD_ROWS + row]);
        }
    }
#endif
}

/* The cuts of the units from i on, which a bias makes different. */
TARGET static void make_cuts_of_units(const struct basin_polar *self,
    const struct basin_polar_work *work, size_t i, struct cuts *cuts)
{
    for (size_t k = 0; k < HALF && i + k < self->d; k++) {
        struct cuts one;
        make_cuts(&work->half[0], polar_thresholds(work, i + k), &one);
        for (size_t s = 0; s < 3; s++) {
            cuts->plus[s][k / 16][k % 16] = one.plus[s][k / 16][k % 16];
        }
        cuts->minus[k / 16][k % 16] = one.minus[k / 16][k % 16];
    }
}

/* What 32 units become. */
TARGET static void decide_alone(
    const int16_t *field, const struct cuts *cuts, uint32_t *plus, uint32_t *minus)
{
    uint32_t zero = ~(*plus | *minus);
    uint32_t up = (lanes_above(field, cuts->plus[0]) & *minus) |
                  (lanes_above(field, cuts->plus[2]) & *plus);
    uint32_t down = (*plus | *minus) & ~up;
    if (zero != 0) {
        up |= lanes_above(field, cuts->plus[1]) & zero;
        down |= lanes_below(field, cuts->minus) & zero;
    }
    *plus = up;
    *minus = down;
}

/* One update of one state, whose overlaps may be remembered. Leaves the state as it is
 * and returns false where fields may be too large for halves. */
TARGET static bool step_alone(const struct basin_polar *self,
    struct basin_polar_work *work, uint64_t *row, uint64_t *note)
{
    int16_t *overlap = note != NULL ? (int16_t *)note : work->middle;
    int32_t sum = overlaps_alone(self, work, row, note, overlap);
    int32_t size = tabulate_quads(self, overlap, work->quad_table);
    if (note == NULL) {
        memset(work->middle, 0, self->words * 64 * sizeof(*work->middle));
    }
    if (size > FIELD_MAX) {
        return false;
    }
    for (size_t k = 0; k < HALF; k++) {
        work->half[0].odd[k] = (int16_t)(sum & 1);
    }
    struct cuts cuts;
    make_cuts(&work->half[0], polar_thresholds(work, 0), &cuts);
    size_t words = self->row / 2;
    size_t bytes = (self->n + QUAD - 1) / QUAD * HALF;
    for (size_t w = 0; w < words; w++) {
        int16_t field[LANES] BASIN_ALIGNED;
        look_up_quads(self, work->quad_table, self->quads + w * bytes,
            (int16_t)(uint16_t)(-(sum >> 1)), field);
        uint64_t next_plus = 0;
        uint64_t next_minus = 0;
        for (size_t half = 0; half < 2; half++) {
            uint32_t plus = (uint32_t)(row[w] >> half * HALF);
            uint32_t minus = (uint32_t)(row[words + w] >> half * HALF);
            if (!work->uniform) {
                make_cuts_of_units(self, work, 64 * w + half * HALF, &cuts);
            }
            decide_alone(field + half * HALF, &cuts, &plus, &minus);
            next_plus |= (uint64_t)plus << half * HALF;
            next_minus |= (uint64_t)minus << half * HALF;
        }
        row[w] = next_plus & polar_units(self, w);
        row[words + w] = next_minus & polar_units(self, w);
    }
    return true;
}
