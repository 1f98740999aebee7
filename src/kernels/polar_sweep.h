/* Asynchronous sweeps of polar.c: the second part of polar_tile.h, included by it.
 *
 * The fields of a block of units are found by look-up as if no unit of the block changed;
 * then the block is gone through in order, and to each unit's field comes W_ik times the
 * change of every unit k of the block that has changed before it. W_ik is a count of
 * bits. After the block the overlaps follow the changes, by look-up again. */

/* The largest field of the block in either half of the tile. */
TARGET static int largest_half(const struct polar_half *half, size_t rows)
{
    const basin_i16x16 *g = (const basin_i16x16 *)(const void *)half->field;
    basin_i16x16 high = {0};
    basin_i16x16 low = {0};
    for (size_t i = 0; i < 2 * rows; i++) {
        basin_i16x16 higher = g[i] > high;
        basin_i16x16 lower = g[i] < low;
        high = (g[i] & higher) | (high & ~higher);
        low = (g[i] & lower) | (low & ~lower);
    }
    int largest = 0;
    for (int j = 0; j < 16; j++) {
        largest = high[j] > largest ? high[j] : largest;
        largest = -low[j] > largest ? -low[j] : largest;
    }
    return largest;
}

/* Finds the fields of a block; how often a lane may then change without its fields
 * leaving the halves goes into work->spare. */
TARGET static void start_block(const struct basin_polar *self,
    struct basin_polar_work *work, const size_t *units, size_t rows)
{
    bool wide = work->unknown;
    int largest = 0;
    for (size_t half = 0; half < work->halves; half++) {
        find_fields(self, work, half, units, rows);
        if (work->half[half].wide) {
            wide = true;
            continue;
        }
        int here = largest_half(&work->half[half], rows);
        largest = here > largest ? here : largest;
    }
    work->spare = (FIELD_MAX - 2 * largest) / (2 * (int)self->n);
    wide = wide || work->spare < 1;
    for (size_t half = 0; half < work->halves && wide; half++) {
        if (!work->half[half].wide) {
            add_halves(&work->half[half], rows, 1);
        }
    }
    work->wide = wide;
    work->changes = 0;
    memset(work->changed, 0, LANES * sizeof(*work->changed));
}

/* W_ik = N - 2 (number of patterns in which units i and k differ). */
TARGET static int weight(const struct basin_polar *self, size_t i, size_t k)
{
    const uint64_t *x = self->columns + i * self->words;
    const uint64_t *y = self->columns + k * self->words;
    int differ = 0;
    for (size_t w = 0; w < self->words; w++) {
        differ += __builtin_popcountll(x[w] ^ y[w]);
    }
    return (int)self->n - 2 * differ;
}

/* Brings row r, the fields of unit i, up to date. */
TARGET static void correct_halves(
    const struct basin_polar *self, struct basin_polar_work *work, size_t r, size_t i)
{
    basin_i16x16 *low = (basin_i16x16 *)(void *)(work->half[0].field + r * HALF);
    basin_i16x16 *high = (basin_i16x16 *)(void *)(work->half[1].field + r * HALF);
    basin_i16x16 g0 = low[0];
    basin_i16x16 g1 = low[1];
    basin_i16x16 g2 = high[0];
    basin_i16x16 g3 = high[1];
    const basin_i16x16 *change = (const basin_i16x16 *)(const void *)work->change;
    for (size_t k = 0; k < work->changes; k++, change += 4) {
        int16_t w = (int16_t)weight(self, i, work->change_unit[k]);
        g0 += change[0] * w;
        g1 += change[1] * w;
        g2 += change[2] * w;
        g3 += change[3] * w;
    }
    low[0] = g0;
    low[1] = g1;
    high[0] = g2;
    high[1] = g3;
}

TARGET static void correct_whole(
    const struct basin_polar *self, struct basin_polar_work *work, size_t r, size_t i)
{
    for (size_t k = 0; k < work->changes; k++) {
        int32_t w = weight(self, i, work->change_unit[k]);
        const int16_t *change = work->change + k * LANES;
        for (size_t half = 0; half < work->halves; half++) {
            int32_t *whole = work->half[half].whole + r * HALF;
            for (size_t j = 0; j < HALF; j += 8) {
                basin_i16x8 c =
                    *(const basin_i16x8 *)(const void *)(change + half * HALF + j);
                *(basin_i32x8 *)(void *)(whole + j) +=
                    __builtin_convertvector(c, basin_i32x8) * w;
            }
        }
    }
}

TARGET static void spread64(uint64_t plus, uint64_t minus, int8_t *lanes)
{
    spread((uint32_t)plus, (uint32_t)minus, lanes);
    spread((uint32_t)(plus >> HALF), (uint32_t)(minus >> HALF), lanes + HALF);
}

/* Notes that unit i goes to other states in some lanes: the change, or half of it if
 * fields are halves. */
TARGET static void note_change(
    struct basin_polar_work *work, size_t i, uint64_t next_plus, uint64_t next_minus)
{
    uint64_t lanes = (work->plus[i] ^ next_plus) | (work->minus[i] ^ next_minus);
    int8_t after[LANES] BASIN_ALIGNED;
    int8_t before[LANES] BASIN_ALIGNED = {0};
    spread64(next_plus & lanes, next_minus & lanes, after);
    if (work->wide) {
        spread64(work->plus[i] & lanes, work->minus[i] & lanes, before);
    }
    int16_t *change = work->change + work->changes * LANES;
    for (size_t j = 0; j < LANES; j += 16) {
        basin_i8x16 c =
            *(basin_i8x16 *)(void *)(after + j) - *(basin_i8x16 *)(void *)(before + j);
        basin_i16x16 wider = __builtin_convertvector(c, basin_i16x16);
        *(basin_i16x16 *)(void *)(change + j) = wider;
        *(basin_i16x16 *)(void *)(work->changed + j) += wider * wider;
    }
    work->change_unit[work->changes++] = i;
    work->plus[i] = next_plus;
    work->minus[i] = next_minus;
}

/* Whether the block must end before another change. */
TARGET static bool block_is_full(const struct basin_polar_work *work)
{
    if (work->changes == CHANGES) {
        return true;
    }
    if (work->wide || (int)work->changes < work->spare) {
        return false;
    }
    for (size_t j = 0; j < LANES; j++) {
        if (work->changed[j] >= work->spare) {
            return true;
        }
    }
    return false;
}

/* Goes through the units of a block; returns how many it has come through. */
TARGET static size_t settle_block(const struct basin_polar *self,
    struct basin_polar_work *work, const size_t *units, size_t rows)
{
    struct cuts cuts[2];
    for (size_t r = 0; r < rows; r++) {
        size_t i = units[r];
        uint64_t plus = 0;
        uint64_t minus = 0;
        if (work->wide) {
            correct_whole(self, work, r, i);
        } else {
            correct_halves(self, work, r, i);
        }
        for (size_t half = 0; half < work->halves; half++) {
            if (r == 0 || !work->uniform) {
                make_cuts(&work->half[half], polar_thresholds(work, i), &cuts[half]);
            }
            decide(work, half, r, i, &cuts[half], &plus, &minus);
        }
        uint64_t lanes = work->halves == 1 ? ~(uint32_t)0 : ~(uint64_t)0;
        if (((plus ^ work->plus[i]) | (minus ^ work->minus[i])) & lanes) {
            note_change(work, i, plus, minus);
            if (block_is_full(work)) {
                return r + 1;
            }
        }
    }
    return rows;
}

/* The look-up words of the changed units: of batch b, pattern mu in words[b (n + 1) +
 * mu].
 */
TARGET static void pick_words(
    const struct basin_polar *self, struct basin_polar_work *work)
{
    size_t rows = self->n + 1;
    uint64_t bits[LANES] BASIN_ALIGNED;
    for (size_t w = 0; w < self->words; w++) {
        memset(bits, 0, sizeof(bits));
        for (size_t k = 0; k < work->changes; k++) {
            bits[k] = self->columns[work->change_unit[k] * self->words + w];
        }
        transpose(bits);
        for (size_t mu = w * 64; mu < self->n && mu < w * 64 + 64; mu++) {
            for (size_t b = 0; b < CHANGE_BATCHES; b++) {
                work->words[b * rows + mu] =
                    (uint32_t)(bits[mu % 64] >> b * BATCH) & ((1U << BATCH) - 1);
            }
        }
    }
    for (size_t b = 0; b < CHANGE_BATCHES; b++) {
        work->words[b * rows + self->n] = (1U << BATCH) - 1;
    }
}

/* The overlaps of a half after the changes of a block: U += scale (2 A - B), with A the
 * sum of the changes where the pattern is +1 and B that of all. */
TARGET static void follow_changes(
    const struct basin_polar *self, struct basin_polar_work *work, size_t half)
{
    size_t rows = self->n + 1;
    for (size_t b = 0; b * BATCH < work->changes; b++) {
        memset(work->values, 0, (size_t)BATCH * HALF);
        for (size_t k = 0; k < BATCH && b * BATCH + k < work->changes; k++) {
            const int16_t *change = work->change + (b * BATCH + k) * LANES + half * HALF;
            for (size_t j = 0; j < HALF; j += 16) {
                *(basin_i8x16 *)(void *)(work->values + k * HALF + j) =
                    __builtin_convertvector(
                        *(const basin_i16x16 *)(const void *)(change + j), basin_i8x16);
            }
        }
        tabulate8(work);
        look_up8(work->table, work->words + b * rows, rows, work->narrow);
    }
    int16_t scale = work->wide ? 1 : 2;
    const int8_t *all = work->narrow + self->n * HALF;
    for (size_t mu = 0; mu < self->n; mu++) {
        for (size_t j = 0; j < HALF; j += 16) {
            basin_i8x16 *sum = (basin_i8x16 *)(void *)(work->narrow + mu * HALF + j);
            basin_i16x16 change =
                __builtin_convertvector(*sum, basin_i16x16) * 2 -
                __builtin_convertvector(
                    *(const basin_i8x16 *)(const void *)(all + j), basin_i16x16);
            *(basin_i16x16 *)(void *)(work->middle + j) = change * scale;
            *sum = (basin_i8x16){0};
        }
        widen16(work->middle, work->half[half].overlap + mu * HALF, HALF);
    }
    memset(work->narrow + self->n * HALF, 0, HALF);
}

/* One update of the units of the tile one after the other. */
TARGET static void sweep(
    const struct basin_polar *self, struct basin_polar_work *work, const size_t *order)
{
    find_overlaps(self, work);
    size_t rows = 64;
    for (size_t k = 0; k < self->d;) {
        rows = rows < self->d - k ? rows : self->d - k;
        start_block(self, work, order + k, rows);
        size_t done = settle_block(self, work, order + k, rows);
        k += done;
        if (work->changes > 0 && k < self->d) {
            pick_words(self, work);
            for (size_t half = 0; half < work->halves; half++) {
                follow_changes(self, work, half);
            }
        }
        rows = done * CHANGES * 3 / 4 / (work->changes + 1);
        rows = rows < 32 ? 32 : rows > BLOCK ? BLOCK : rows;
    }
    memcpy(work->next_plus, work->plus, self->d * sizeof(*work->plus));
    memcpy(work->next_minus, work->minus, self->d * sizeof(*work->minus));
}
