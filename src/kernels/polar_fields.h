/* Overlaps and fields of a tile of states, and the update of all units at once: a part of
 * polar_tile.h. */

/* The units of a batch in 32 lanes: 0 for -1 and 1 for +1; if some are unknown, 0, 1, 2
 * for -1, 0, +1. */
TARGET static void count_units(struct basin_polar_work *work, size_t half, size_t a)
{
    const uint64_t *plus = work->plus + a * BATCH;
    const uint64_t *minus = work->minus + a * BATCH;
    basin_i8x32 *value = (basin_i8x32 *)(void *)work->values;
    for (size_t j = 0; j < BATCH; j++) {
        uint64_t m = work->unknown ? minus[j] : 0;
        spread((uint32_t)(plus[j] >> half * HALF), (uint32_t)(m >> half * HALF),
            work->values + j * HALF);
    }
    for (size_t j = 0; work->unknown && j < BATCH; j++) {
        value[j] += 1;
    }
}

/* U of 32 states. With counts v = (s + 1) / 2, A their sum where the pattern is +1, B
 * that of all units (of the pattern of ones at the end) and X the pattern's own sum, U =
 * 2 (2 A - B) - X; with v = s + 1, U = 2 A - B - X. */
TARGET static void find_half_overlaps(
    const struct basin_polar *self, struct basin_polar_work *work, size_t half)
{
    size_t rows = self->n + 1;
    size_t batches = (self->d + BATCH - 1) / BATCH;
    size_t narrow = work->unknown ? NARROW_UNKNOWN : NARROW_KNOWN;
    int32_t *overlap = work->half[half].overlap;
    memset(overlap, 0, rows * HALF * sizeof(*overlap));
    for (size_t a = 0; a < batches; a++) {
        count_units(work, half, a);
        tabulate8(work);
        look_up8(work->table, self->by_unit + a * rows, rows, work->narrow);
        bool last = a + 1 == batches;
        if (last || a % narrow == narrow - 1) {
            widen8(work->narrow, work->middle, rows * HALF);
        }
        if (last || a % MIDDLE_BATCHES == MIDDLE_BATCHES - 1) {
            widen16(work->middle, overlap, rows * HALF);
        }
    }
    int32_t scale = work->unknown ? 1 : 2;
    basin_i32x8 *u = (basin_i32x8 *)(void *)overlap;
    const basin_i32x8 *b = u + self->n * HALF / 8;
    for (size_t mu = 0; mu < self->n; mu++) {
        for (size_t k = 0; k < HALF / 8; k++, u++) {
            *u = (*u + *u - b[k]) * scale - self->sum[mu];
        }
    }
}

TARGET static void find_overlaps(
    const struct basin_polar *self, struct basin_polar_work *work)
{
    for (size_t half = 0; half < work->halves; half++) {
        find_half_overlaps(self, work, half);
    }
}

/* The values of a batch of patterns in a half's lanes: U >> shift, cut to its low byte
 * if low. sum: their sum over the patterns. */
TARGET static void take_values(const struct basin_polar *self,
    struct basin_polar_work *work, size_t half, size_t a, int shift, bool low,
    int32_t sum[HALF])
{
    const int32_t *u = work->half[half].overlap + a * BATCH * HALF;
    size_t left = self->n - a * BATCH;
    basin_i16x8 *value = (basin_i16x8 *)(void *)work->values;
    memset(work->values, 0, BATCH * HALF * sizeof(int16_t));
    for (size_t j = 0; j < BATCH && j < left; j++, u += HALF) {
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
    const struct polar_half *half, size_t a, int32_t sum[HALF])
{
    int32_t size[HALF] BASIN_ALIGNED = {0};
    memset(sum, 0, HALF * sizeof(*sum));
    for (; a * BATCH < self->n; a++) {
        int32_t more[HALF] BASIN_ALIGNED = {0};
        size_t end = (a + 1) * BATCH < self->n ? (a + 1) * BATCH : self->n;
        for (size_t mu = a * BATCH; mu < end; mu++) {
            for (size_t k = 0; k < HALF; k += 8) {
                basin_i32x8 u =
                    *(const basin_i32x8 *)(const void *)(half->overlap + mu * HALF + k);
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
    struct polar_half *half, const int32_t sum[HALF], size_t rows)
{
    int16_t start[HALF] BASIN_ALIGNED;
    for (size_t k = 0; k < HALF; k++) {
        start[k] = (int16_t)(uint16_t)(-(sum[k] >> 1));
        half->odd[k] = (int16_t)(sum[k] & 1);
    }
    basin_i16x16 *field = (basin_i16x16 *)(void *)half->field;
    const basin_i16x16 *s = (const basin_i16x16 *)(const void *)start;
    for (size_t i = 0; i < rows; i++) {
        field[2 * i] = s[0];
        field[2 * i + 1] = s[1];
    }
}

/* Adds scale times the fields that the halves stand for to the wide fields. */
TARGET static void add_halves(struct polar_half *half, size_t rows, int32_t scale)
{
    if (!half->wide) {
        memset(half->whole, 0, rows * HALF * sizeof(*half->whole));
        half->wide = true;
    }
    for (size_t i = 0; i < rows * HALF; i += 8) {
        const basin_i16x8 *g = (const basin_i16x8 *)(const void *)(half->field + i);
        const basin_i16x8 *odd =
            (const basin_i16x8 *)(const void *)(half->odd + i % HALF);
        basin_i32x8 h = __builtin_convertvector(*g, basin_i32x8) * 2 -
                        __builtin_convertvector(*odd, basin_i32x8);
        *(basin_i32x8 *)(void *)(half->whole + i) += h * scale;
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
    look_up16(work->table, words, rows, work->half[half].field);
}

/* h of some units (all d if NULL) in 32 lanes: as halves if no field can be larger than
 * FIELD_MAX, else wide. A batch with overlaps too large for that goes byte by byte. */
TARGET static void find_fields(const struct basin_polar *self,
    struct basin_polar_work *work, size_t half, const size_t *units, size_t rows)
{
    struct polar_half *to = &work->half[half];
    size_t batches = (self->n + BATCH - 1) / BATCH;
    int32_t sum[HALF] BASIN_ALIGNED;
    to->wide = false;
    for (size_t a = 0; a < batches;) {
        size_t end = segment_end(self, to, a, sum);
        if (end > a) {
            start_halves(to, sum, rows);
            for (; a < end; a++) {
                take_values(self, work, half, a, 0, false, sum);
                add_batch(self, work, half, a, units, rows);
            }
            if (to->wide || end < batches) {
                add_halves(to, rows, 1);
            }
            continue;
        }
        for (int shift = 0; shift <= 8; shift += 8) {
            memset(sum, 0, sizeof(sum));
            take_values(self, work, half, a, shift, shift == 0, sum);
            start_halves(to, sum, rows);
            add_batch(self, work, half, a, units, rows);
            add_halves(to, rows, 1 << shift);
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

/* A field 2 g - odd makes a unit in state -1, 0, +1 into +1 where g > plus, and one in
 * state 0 into -1 where g < minus. */
struct cuts {
    basin_i16x16 plus[3][2], minus[2];
};

TARGET static void make_cut(const struct polar_half *half, int32_t h, basin_i16x16 cut[2])
{
    const int32_t limit = FIELD_MAX + 100;
    h = h > limit ? limit : h < -limit ? -limit : h;
    for (size_t k = 0; k < 2; k++) {
        basin_i16x16 odd = *(const basin_i16x16 *)(const void *)(half->odd + 16 * k);
        cut[k] = (odd & (int16_t)(h & 1)) + (int16_t)(h >> 1);
    }
}

TARGET static void make_cuts(const struct polar_half *half,
    const struct polar_threshold threshold[3], struct cuts *cuts)
{
    for (int s = 0; s < 3; s++) {
        make_cut(half, threshold[s].plus - 1, cuts->plus[s]);
    }
    make_cut(half, threshold[1].minus + 2, cuts->minus);
}

TARGET static uint32_t lanes_above(const int16_t *field, const basin_i16x16 cut[2])
{
    const basin_i16x16 *g = (const basin_i16x16 *)(const void *)field;
    const basin_i16x16 above[2] = {g[0] > cut[0], g[1] > cut[1]};
    return mask_of(above);
}

TARGET static uint32_t lanes_below(const int16_t *field, const basin_i16x16 cut[2])
{
    const basin_i16x16 *g = (const basin_i16x16 *)(const void *)field;
    const basin_i16x16 below[2] = {g[0] < cut[0], g[1] < cut[1]};
    return mask_of(below);
}

/* Lanes whose whole field is at least this. */
TARGET static uint32_t lanes_from(const int32_t *whole, int32_t least)
{
    basin_i16x16 from[2] = {{0}, {0}};
    for (size_t k = 0; k < 4; k++) {
        basin_i32x8 h = *(const basin_i32x8 *)(const void *)(whole + 8 * k);
        ((basin_i16x8 *)from)[k] = __builtin_convertvector(h >= least, basin_i16x8);
    }
    return mask_of(from);
}

/* What 32 lanes become at unit i, whose fields are in row r. */
TARGET static void decide(const struct basin_polar_work *work, size_t half, size_t r,
    size_t i, const struct cuts *cuts, uint64_t *next_plus, uint64_t *next_minus)
{
    const struct polar_half *from = &work->half[half];
    const struct polar_threshold *threshold = polar_thresholds(work, i);
    const int16_t *field = from->field + r * HALF;
    const int32_t *whole = from->whole + r * HALF;
    uint32_t plus = (uint32_t)(work->plus[i] >> half * HALF);
    uint32_t minus = (uint32_t)(work->minus[i] >> half * HALF);
    uint32_t zero = ~(plus | minus);
    uint32_t up = from->wide ? (lanes_from(whole, threshold[0].plus) & minus) |
                                   (lanes_from(whole, threshold[2].plus) & plus)
                             : (lanes_above(field, cuts->plus[0]) & minus) |
                                   (lanes_above(field, cuts->plus[2]) & plus);
    uint32_t down = (plus | minus) & ~up;
    if (zero != 0) {
        up |= zero & (from->wide ? lanes_from(whole, threshold[1].plus)
                                 : lanes_above(field, cuts->plus[1]));
        down |= zero & (from->wide ? ~lanes_from(whole, threshold[1].minus + 1)
                                   : lanes_below(field, cuts->minus));
    }
    *next_plus |= (uint64_t)up << half * HALF;
    *next_minus |= (uint64_t)down << half * HALF;
}

/* One update of all units of the tile, whose overlaps have been found. */
TARGET static void step(const struct basin_polar *self, struct basin_polar_work *work)
{
    memset(work->next_plus, 0, self->d * sizeof(*work->next_plus));
    memset(work->next_minus, 0, self->d * sizeof(*work->next_minus));
    for (size_t half = 0; half < work->halves; half++) {
        struct cuts cuts;
        find_fields(self, work, half, NULL, self->d);
        for (size_t i = 0; i < self->d; i++) {
            if (i == 0 || !work->uniform) {
                make_cuts(&work->half[half], polar_thresholds(work, i), &cuts);
            }
            decide(work, half, i, i, &cuts, &work->next_plus[i], &work->next_minus[i]);
        }
    }
}
