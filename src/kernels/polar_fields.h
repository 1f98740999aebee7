/* Overlaps and fields of a tile of states, and the update of all units at once: a part of
 * polar_tile.h. */

/* U of the tile's states, from bits plus and minus: with A the sum of the states' units
 * where the pattern is +1 and B that of all units, U = 2 A - B. The pattern of ones at
 * the end gives B. */
TARGET static void find_overlaps(
    const struct basin_polar *self, struct basin_polar_work *work)
{
    size_t rows = self->n + 1;
    size_t batches = (self->d + BATCH - 1) / BATCH;
    memset(work->overlap, 0, rows * LANES * sizeof(*work->overlap));
    for (size_t a = 0; a < batches; a++) {
        for (size_t j = 0; j < BATCH; j++) {
            spread(work->plus[a * BATCH + j], work->minus[a * BATCH + j],
                work->values + j * LANES);
        }
        tabulate8(work);
        look_up8(work->table, self->by_unit + a * rows, rows, work->narrow);
        bool last = a + 1 == batches;
        if (last || a % NARROW_BATCHES == NARROW_BATCHES - 1) {
            widen8(work->narrow, work->middle, rows * LANES);
        }
        if (last || a % MIDDLE_BATCHES == MIDDLE_BATCHES - 1) {
            widen16(work->middle, work->overlap, rows * LANES);
        }
    }
    basin_i32x8 *u = (basin_i32x8 *)(void *)work->overlap;
    const basin_i32x8 *b = u + self->n * LANES / 8;
    for (size_t i = 0; i < self->n * LANES / 8; i++) {
        u[i] = u[i] + u[i] - b[i % 8];
    }
}

/* The values of a batch of patterns in a half's lanes: U >> shift, cut to its low byte
 * if low. sum: their sum over the patterns. */
TARGET static void take_values(const struct basin_polar *self,
    struct basin_polar_work *work, size_t half, size_t a, int shift, bool low,
    int32_t sum[HALF])
{
    const int32_t *u = work->overlap + a * BATCH * LANES + half * HALF;
    size_t left = self->n - a * BATCH;
    basin_i16x8 *value = (basin_i16x8 *)(void *)work->values;
    memset(work->values, 0, (size_t)BATCH * 64);
    for (size_t j = 0; j < BATCH && j < left; j++, u += LANES) {
        for (size_t k = 0; k < HALF / 8; k++) {
            basin_i32x8 v = *(const basin_i32x8 *)(const void *)(u + 8 * k) >> shift;
            v &= low ? 255 : -1;
            value[j * HALF / 8 + k] = __builtin_convertvector(v, basin_i16x8);
            *(basin_i32x8 *)(void *)(sum + 8 * k) += v;
        }
    }
}

/* The first batch from a on that cannot be added to the same int16 halves: no field can
 * be larger than the sum of |U|. */
TARGET static size_t segment_end(const struct basin_polar *self,
    const struct basin_polar_work *work, size_t half, size_t a, int32_t sum[HALF])
{
    int32_t size[HALF] BASIN_ALIGNED = {0};
    memset(sum, 0, HALF * sizeof(*sum));
    for (; a * BATCH < self->n; a++) {
        int32_t more[HALF] BASIN_ALIGNED = {0};
        size_t end = (a + 1) * BATCH < self->n ? (a + 1) * BATCH : self->n;
        for (size_t mu = a * BATCH; mu < end; mu++) {
            for (size_t k = 0; k < HALF; k += 8) {
                basin_i32x8 u =
                    *(const basin_i32x8 *)(const void *)(work->overlap + mu * LANES +
                                                         half * HALF + k);
                basin_i32x8 negative = u >> 31;
                *(basin_i32x8 *)(void *)(size + k) += (u ^ negative) - negative;
                *(basin_i32x8 *)(void *)(more + k) += u;
            }
        }
        for (size_t k = 0; k < HALF; k++) {
            if (size[k] > FIELD_MAX) {
                return a;
            }
        }
        for (size_t k = 0; k < HALF; k++) {
            sum[k] += more[k];
        }
    }
    return a;
}

/* Puts the halves of fields at -(sum / 2), from where the look-ups bring them to half of
 * h = 2 A - sum, rounded up where sum is odd. All is modulo 2^16: only the end must fit.
 */
TARGET static void start_halves(
    struct polar_fields *fields, const int32_t sum[HALF], size_t rows)
{
    int16_t start[HALF] BASIN_ALIGNED;
    for (size_t k = 0; k < HALF; k++) {
        start[k] = (int16_t)(uint16_t)(-(sum[k] >> 1));
        fields->odd[k] = (int16_t)(sum[k] & 1);
    }
    basin_i16x16 *half = (basin_i16x16 *)(void *)fields->half;
    const basin_i16x16 *s = (const basin_i16x16 *)(const void *)start;
    for (size_t i = 0; i < rows; i++) {
        half[2 * i] = s[0];
        half[2 * i + 1] = s[1];
    }
}

/* Adds scale times the fields that the halves stand for to the wide fields. */
TARGET static void add_halves(struct polar_fields *fields, size_t rows, int32_t scale)
{
    if (!fields->wide) {
        memset(fields->whole, 0, rows * HALF * sizeof(*fields->whole));
        fields->wide = true;
    }
    for (size_t i = 0; i < rows * HALF; i += 8) {
        const basin_i16x8 *g = (const basin_i16x8 *)(const void *)(fields->half + i);
        const basin_i16x8 *odd =
            (const basin_i16x8 *)(const void *)(fields->odd + i % HALF);
        basin_i32x8 h = __builtin_convertvector(*g, basin_i32x8) * 2 -
                        __builtin_convertvector(*odd, basin_i32x8);
        *(basin_i32x8 *)(void *)(fields->whole + i) += h * scale;
    }
}

/* The look-ups of a batch of patterns for the fields of some units. */
TARGET static void add_batch(const struct basin_polar *self,
    struct basin_polar_work *work, size_t half, size_t a, const size_t *units,
    size_t rows)
{
    const uint32_t *words = self->by_pattern + a * self->d;
    tabulate16(work);
    if (units != NULL) {
        for (size_t r = 0; r < rows; r++) {
            work->words[r] = words[units[r]];
        }
        words = work->words;
    }
    look_up16(work->table, words, rows, work->fields[half].half);
}

/* h of some units (all d if NULL) in 32 lanes: as halves if no field can be larger than
 * FIELD_MAX, else wide. A batch with overlaps too large for that goes byte by byte. */
TARGET static void find_fields(const struct basin_polar *self,
    struct basin_polar_work *work, size_t half, const size_t *units, size_t rows)
{
    struct polar_fields *fields = &work->fields[half];
    size_t batches = (self->n + BATCH - 1) / BATCH;
    int32_t sum[HALF] BASIN_ALIGNED;
    fields->wide = false;
    for (size_t a = 0; a < batches;) {
        size_t end = segment_end(self, work, half, a, sum);
        if (end > a) {
            start_halves(fields, sum, rows);
            for (; a < end; a++) {
                take_values(self, work, half, a, 0, false, sum);
                add_batch(self, work, half, a, units, rows);
            }
            if (fields->wide || end < batches) {
                add_halves(fields, rows, 1);
            }
            continue;
        }
        for (int shift = 0; shift <= 8; shift += 8) {
            memset(sum, 0, sizeof(sum));
            take_values(self, work, half, a, shift, shift == 0, sum);
            start_halves(fields, sum, rows);
            add_batch(self, work, half, a, units, rows);
            add_halves(fields, rows, 1 << shift);
        }
        a++;
    }
}

/* A bit for each of 32 lanes that is -1 and not 0. */
TARGET static uint32_t mask_of(const basin_i16x16 lanes[2])
{
#if POLAR_AVX2
    const __m256i *v = (const __m256i *)(const void *)lanes;
    __m256i bytes = _mm256_packs_epi16(v[0], v[1]);
    bytes = _mm256_permute4x64_epi64(bytes, 0xD8);
    return (uint32_t)_mm256_movemask_epi8(bytes);
#else
    uint32_t mask = 0;
    for (int j = 0; j < HALF; j++) { /* the analyzer does not follow halves of vectors */
        mask |= (uint32_t)(lanes[j / 16][j % 16] < 0) << j; // NOLINT(clang-analyzer-*)
    }
    return mask;
#endif
}

/* With which halves g a field 2 g - odd is above and below the thresholds of a unit in
 * state -1, 0, +1. */
struct cuts {
    basin_i16x16 above[3][2], below[3][2];
};

TARGET static void make_cuts(const struct polar_fields *fields,
    const struct polar_threshold threshold[3], struct cuts *cuts)
{
    const int limit = FIELD_MAX + 100;
    for (int s = 0; s < 3; s++) {
        int a = threshold[s].above;
        int b = threshold[s].below;
        a = a > limit ? limit : a < -limit ? -limit : a;
        b = (b > limit ? limit : b < -limit ? -limit : b) + 1;
        for (size_t k = 0; k < 2; k++) {
            basin_i16x16 odd =
                *(const basin_i16x16 *)(const void *)(fields->odd + 16 * k);
            cuts->above[s][k] = (odd & (int16_t)(a & 1)) + (int16_t)(a >> 1);
            cuts->below[s][k] = (odd & (int16_t)(b & 1)) + (int16_t)(b >> 1);
        }
    }
}

TARGET static void compare_halves(
    const int16_t *half, const struct cuts *cuts, int s, uint32_t *above, uint32_t *below)
{
    const basin_i16x16 *g = (const basin_i16x16 *)(const void *)half;
    const basin_i16x16 is_above[2] = {g[0] > cuts->above[s][0], g[1] > cuts->above[s][1]};
    const basin_i16x16 is_below[2] = {g[0] < cuts->below[s][0], g[1] < cuts->below[s][1]};
    *above = mask_of(is_above);
    *below = mask_of(is_below);
}

TARGET static void compare_whole(const int32_t *whole, struct polar_threshold threshold,
    uint32_t *above, uint32_t *below)
{
    basin_i16x16 is_above[2] = {{0}, {0}};
    basin_i16x16 is_below[2] = {{0}, {0}};
    for (size_t k = 0; k < 4; k++) {
        basin_i32x8 h = *(const basin_i32x8 *)(const void *)(whole + 8 * k);
        ((basin_i16x8 *)is_above)[k] =
            __builtin_convertvector(h > threshold.above, basin_i16x8);
        ((basin_i16x8 *)is_below)[k] =
            __builtin_convertvector(h < threshold.below, basin_i16x8);
    }
    *above = mask_of(is_above);
    *below = mask_of(is_below);
}

/* Which of 32 lanes become +1 and -1 at unit i, whose fields are in row r: above and
 * below the threshold of their state; in the others there is a tie. */
TARGET static void decide(const struct basin_polar_work *work, size_t half, size_t r,
    size_t i, const struct cuts *cuts, uint32_t *above, uint32_t *below)
{
    const struct polar_fields *fields = &work->fields[half];
    uint32_t plus = (uint32_t)(work->plus[i] >> half * HALF);
    uint32_t minus = (uint32_t)(work->minus[i] >> half * HALF);
    const uint32_t in_state[3] = {minus, ~(plus | minus), plus};
    *above = 0;
    *below = 0;
    for (int s = 0; s < 3; s++) {
        if (in_state[s] == 0) {
            continue;
        }
        uint32_t is_above;
        uint32_t is_below;
        if (fields->wide) {
            compare_whole(fields->whole + r * HALF, polar_thresholds(work, i)[s],
                &is_above, &is_below);
        } else {
            compare_halves(fields->half + r * HALF, cuts, s, &is_above, &is_below);
        }
        *above |= is_above & in_state[s];
        *below |= is_below & in_state[s];
    }
}

/* One update of all units of the tile. */
TARGET static void step(const struct basin_polar *self, struct basin_polar_work *work)
{
    find_overlaps(self, work);
    memset(work->next_plus, 0, self->d * sizeof(*work->next_plus));
    memset(work->next_minus, 0, self->d * sizeof(*work->next_minus));
    for (size_t half = 0; half < 2 && work->lanes >> half * HALF != 0; half++) {
        struct cuts cuts;
        find_fields(self, work, half, NULL, self->d);
        for (size_t i = 0; i < self->d; i++) {
            uint32_t above;
            uint32_t below;
            if (i == 0 || !work->uniform) {
                make_cuts(&work->fields[half], polar_thresholds(work, i), &cuts);
            }
            decide(work, half, i, i, &cuts, &above, &below);
            work->next_plus[i] |= (uint64_t)above << half * HALF;
            work->next_minus[i] |= (uint64_t)below << half * HALF;
        }
    }
}
