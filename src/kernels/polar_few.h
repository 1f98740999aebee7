/* Updates of polar.c for a few states: a part of polar_tile.h, included by it. A
 * tile would be nearly empty, so each state is updated alone, with its overlaps as int16
 * and a unit's patterns as bits. */

/* Bits 24 a to 24 a + 23 of some words. */
TARGET static uint32_t batch_of(const uint64_t *words, size_t n, size_t a)
{
    size_t w = a * BATCH / 64;
    size_t b = a * BATCH % 64;
    uint64_t bits = words[w] >> b;
    if (b > 64 - BATCH && w + 1 < n) {
        bits |= words[w + 1] << (64 - b);
    }
    return (uint32_t)bits & ((1U << BATCH) - 1);
}

/* U of one state, from counts of the units that differ, eight patterns at a time; returns
 * the sum. */
TARGET static int32_t find_overlaps_alone(const struct basin_polar *self,
    struct basin_polar_work *work, const uint64_t *row, int16_t *overlap)
{
    enum { BYTES_HOLD = 31 }; /* batches of at most 8 bits a byte */
    size_t rows = self->n + 1;
    size_t batches = (self->d + BATCH - 1) / BATCH;
    uint32_t *bits = work->words;
    int32_t known = 0;
    for (size_t a = 0; a < batches; a++) {
        uint32_t plus = batch_of(row, self->row / 2, a);
        uint32_t minus = batch_of(row + self->row / 2, self->row / 2, a);
        bits[2 * a] = plus;
        bits[2 * a + 1] = plus | minus;
        known += __builtin_popcountll(plus | minus);
    }
    int32_t sum = 0;
    for (size_t mu = 0; mu < self->n; mu += 8) {
        basin_u32x8 differ = {0};
        for (size_t a = 0; a < batches; a += BYTES_HOLD) {
            basin_u32x8 bytes = {0};
            for (size_t b = a; b < batches && b < a + BYTES_HOLD; b++) {
                basin_u32x8 x;
                memcpy(&x, self->by_unit + b * rows + mu, sizeof(x));
                x = (x ^ bits[2 * b]) & bits[2 * b + 1];
                x -= x >> 1 & 0x555555;
                x = (x & 0x333333) + (x >> 2 & 0x333333);
                bytes += (x + (x >> 4)) & 0x0F0F0F;
            }
            differ += (bytes & 255) + (bytes >> 8 & 255) + (bytes >> 16);
        }
        for (size_t k = 0; k < 8 && mu + k < self->n; k++) {
            int32_t u = known - 2 * (int32_t)differ[k];
            sum += u;
            overlap[(mu + k) / 64 * 64 + place_of((mu + k) % 64)] = (int16_t)u;
        }
    }
    return sum;
}

/* sum + u over the lanes of a mask, in pairs. */
TARGET static void add_masked(
    basin_i32x8 *sum, const basin_i16x16 *u, const basin_i16x16 *mask)
{
#if POLAR_AVX2
    *sum -= (basin_i32x8)_mm256_madd_epi16((__m256i)*u, (__m256i)*mask);
#else
    basin_i16x16 x = *u & *mask;
    for (int j = 0; j < 16; j++) {
        (*sum)[j % 8] += x[j];
    }
#endif
}

/* Sum of U over the patterns in which the unit is +1. */
TARGET static int32_t sum_of_plus(const uint64_t *words, size_t n, const int16_t *u)
{
    const basin_i16x16 *v = (const basin_i16x16 *)(const void *)u;
    basin_i32x8 even = {0};
    basin_i32x8 odd = {0};
    for (size_t w = 0; w < n; w++, v += 4) {
        basin_i16x16 word = (basin_i16x16)((basin_u64x4){0} + words[w]);
        basin_i16x16 plus[4] = {(word & BITS(0)) == BITS(0), (word & BITS(1)) == BITS(1),
            (word & BITS(2)) == BITS(2), (word & BITS(3)) == BITS(3)};
        add_masked(&even, v, plus);
        add_masked(&odd, v + 1, plus + 1);
        add_masked(&even, v + 2, plus + 2);
        add_masked(&odd, v + 3, plus + 3);
    }
    even += odd;
    return ((even[0] + even[1]) + (even[2] + even[3])) +
           ((even[4] + even[5]) + (even[6] + even[7]));
}

/* U += change x; returns by how much the sum of U grows. */
TARGET static int32_t add_unit(
    const struct basin_polar *self, const uint64_t *words, int change, int16_t *u)
{
    const basin_i16x16 bits[4] = {BITS(0), BITS(1), BITS(2), BITS(3)};
    basin_i16x16 *v = (basin_i16x16 *)(void *)u;
    int plus = 0;
    for (size_t w = 0; w < self->words; w++) {
        basin_u64x4 word = (basin_u64x4){0} + words[w];
        plus += __builtin_popcountll(words[w]);
        for (size_t q = 0; q < 4; q++) {
            basin_i16x16 is_plus = ((basin_i16x16)word & bits[q]) == bits[q];
            v[4 * w + q] += ~(is_plus + is_plus) * (int16_t)change;
        }
    }
    return change * (2 * plus - (int32_t)self->n);
}

/* What unit i of a state becomes, put into the state; returns by how much it changes. */
TARGET static int update_alone(const struct basin_polar *self,
    const struct basin_polar_work *work, size_t i, const int16_t *overlap, int32_t sum,
    uint64_t *row)
{
    uint64_t *plus = row + i / 64;
    uint64_t *minus = row + self->row / 2 + i / 64;
    uint64_t bit = (uint64_t)1 << i % 64;
    int s = ((*plus & bit) != 0) - ((*minus & bit) != 0);
    const uint64_t *words = self->columns + i * self->words;
    int32_t h = 2 * sum_of_plus(words, self->words, overlap) - sum;
    const struct polar_threshold *threshold = &polar_thresholds(work, i)[s + 1];
    int next = h >= threshold->plus ? 1 : h <= threshold->minus ? -1 : s;
    if (next == s) {
        return 0;
    }
    *plus = next > 0 ? *plus | bit : *plus & ~bit;
    *minus = next < 0 ? *minus | bit : *minus & ~bit;
    return next - s;
}

/* U of one state, which may be remembered; returns the sum. */
TARGET static int32_t overlaps_alone(const struct basin_polar *self,
    struct basin_polar_work *work, const uint64_t *row, uint64_t *note, int16_t *overlap)
{
    if (note != NULL && follow(self, work, row, note)) {
        return sum_of_plus(self->all, self->words, overlap);
    }
    if (note != NULL) {
        memcpy(polar_note_state(self, note), row, self->row * sizeof(*row));
    }
    return find_overlaps_alone(self, work, row, overlap);
}

TARGET static void sweep_alone(const struct basin_polar *self,
    struct basin_polar_work *work, const size_t *order, uint64_t *row)
{
    int32_t sum = find_overlaps_alone(self, work, row, work->middle);
    for (size_t k = 0; k < self->d; k++) {
        size_t i = order[k];
        int change = update_alone(self, work, i, work->middle, sum, row);
        if (change != 0) {
            const uint64_t *words = self->columns + i * self->words;
            sum += add_unit(self, words, change, work->middle);
        }
    }
    memset(work->middle, 0, self->words * 64 * sizeof(*work->middle));
}

#undef ONE
#undef BITS
