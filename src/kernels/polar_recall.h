/* Overlaps of single states, remembered from one update to the next: a part of
 * polar_tile.h, included by it. Near the end of a run few units change, and the overlaps
 * follow them: U += change x. */

/* Of 64 patterns, bit b of a unit's word stands in place place_of(b): so that each of
 * four vectors finds its sixteen bits in a vector of four equal words without moving any.
 */
TARGET static size_t place_of(size_t b)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    size_t quarter = 3 - b / 16;
#else
    size_t quarter = b / 16;
#endif
    return b % 16 / 4 * 16 + b % 4 * 4 + quarter;
}

/* The bits of vector q in a word. */
#define ONE(b) (b), (b), (b), (b)
#define BITS(q)                                                                          \
    ((basin_i16x16){ONE(1 << 4 * (q)), ONE(2 << 4 * (q)), ONE(4 << 4 * (q)),             \
        ONE((int16_t)(uint16_t)(8 << 4 * (q)))})

/* Lists the units in which two states differ, or some more of them than `most`. */
TARGET static size_t find_changes(const struct basin_polar *self, const uint64_t *from,
    const uint64_t *to, size_t most, struct polar_change *change)
{
    size_t words = self->row / 2;
    size_t n = 0;
    for (size_t w = 0; w < words && n <= most; w++) {
        uint64_t p = from[w] ^ to[w];
        uint64_t q = from[words + w] ^ to[words + w];
        for (uint64_t left = p | q; left != 0; left &= left - 1, n++) {
            uint64_t bit = left & -left;
            int up = ((to[w] & bit) != 0) - ((from[w] & bit) != 0);
            int down = ((to[words + w] & bit) != 0) - ((from[words + w] & bit) != 0);
            change[n].unit = 64 * w + (size_t)__builtin_ctzll(left);
            change[n].by = up - down;
        }
    }
    return n;
}

/* U += change x for n units; x is 2 bit - 1. */
TARGET static void add_changes(const struct basin_polar *self,
    const struct polar_change *change, size_t n, int16_t *u)
{
    const basin_i16x16 bits[4] = {BITS(0), BITS(1), BITS(2), BITS(3)};
    basin_i16x16 *v = (basin_i16x16 *)(void *)u;
    int total = 0;
    for (size_t k = 0; k < n; k++) {
        total += change[k].by;
    }
    for (size_t w = 0; w < self->words; w++, v += 4) {
        basin_i16x16 a = {0}; /* in registers, where an array would not be */
        basin_i16x16 b = {0};
        basin_i16x16 c = {0};
        basin_i16x16 e = {0};
        for (size_t k = 0; k < n; k++) {
            uint64_t column = self->columns[change[k].unit * self->words + w];
            basin_i16x16 word = (basin_i16x16)((basin_u64x4){0} + column);
            basin_i16x16 by = (basin_i16x16){0} + (int16_t)change[k].by;
            a += ((word & bits[0]) == bits[0]) & by;
            b += ((word & bits[1]) == bits[1]) & by;
            c += ((word & bits[2]) == bits[2]) & by;
            e += ((word & bits[3]) == bits[3]) & by;
        }
        v[0] += a + a - (int16_t)total;
        v[1] += b + b - (int16_t)total;
        v[2] += c + c - (int16_t)total;
        v[3] += e + e - (int16_t)total;
    }
}

/* Brings remembered overlaps to a state, unless too much has changed. */
TARGET static bool follow(const struct basin_polar *self, struct basin_polar_work *work,
    const uint64_t *row, uint64_t *note)
{
    uint64_t *from = polar_note_state(self, note);
    size_t most = self->d / FOLLOWED;
    size_t n = find_changes(self, from, row, most, work->changes_of_state);
    if (n > most) {
        return false;
    }
    if (n > 0) {
        add_changes(self, work->changes_of_state, n, (int16_t *)note);
        memcpy(from, row, self->row * sizeof(*row));
    }
    return true;
}

/* Overlaps of a tile's states, by what is remembered of them or else by look-up. */
TARGET static void recall(const struct basin_polar *self, struct basin_polar_work *work,
    const uint64_t *rows, uint64_t *notes, size_t m)
{
    bool known = notes != NULL;
    for (size_t j = 0; j < m && known; j++) {
        known = follow(self, work, rows + j * self->row, notes + j * self->note);
    }
    if (!known) {
        find_overlaps(self, work);
    }
    for (size_t j = 0; j < m && notes != NULL; j++) {
        int32_t *overlap = work->half[j / HALF].overlap + j % HALF;
        uint64_t *note = notes + j * self->note;
        int16_t *u = (int16_t *)note;
        for (size_t mu = 0; mu < self->n; mu++) {
            int16_t *at = u + mu / 64 * 64 + place_of(mu % 64);
            if (known) {
                overlap[mu * HALF] = *at;
            } else {
                *at = (int16_t)overlap[mu * HALF];
            }
        }
        if (!known) {
            memcpy(polar_note_state(self, note), rows + j * self->row,
                self->row * sizeof(*rows));
        }
    }
}
