/* Packing of patterns for polar.c: a part of polar_tile.h, included by it. */

/* Whether all n numbers are -1 or +1. */
TARGET static bool is_polar(const double *x, size_t n)
{
    basin_i64x4 other = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        basin_f64x4 v;
        memcpy(&v, x + i, sizeof(v));
        other |= (v != 1.0) & (v != -1.0);
    }
    bool polar = (other[0] | other[1] | other[2] | other[3]) == 0;
    for (; i < n; i++) {
        polar = polar && (x[i] == 1 || x[i] == -1);
    }
    return polar;
}

/* Units 64 v.. of pattern mu into the words of 24 units, and into its sum. */
TARGET static void put_units(struct basin_polar *self, size_t mu, size_t v, uint64_t bits)
{
    size_t end = self->d - 64 * v < 64 ? self->d : 64 * (v + 1);
    for (size_t a = 64 * v / BATCH; a * BATCH < end; a++) {
        uint64_t batch = a * BATCH < 64 * v ? bits << (64 * v - a * BATCH)
                                            : bits >> (a * BATCH - 64 * v);
        self->by_unit[a * (self->n + 1) + mu] |= (uint32_t)batch & ((1U << BATCH) - 1);
    }
    self->sum[mu] += 2 * __builtin_popcountll(bits) - (int32_t)(end - 64 * v);
}

/* Units of patterns 64 w to 64 w + 63 into the columns and the words of units. */
TARGET static void pack_columns(
    struct basin_polar *self, const double *patterns, size_t stride, size_t w)
{
    size_t m = self->n - 64 * w < 64 ? self->n - 64 * w : 64;
    uint64_t bits[LANES] BASIN_ALIGNED;
    uint64_t minus;
    for (size_t i = 0; i < self->d; i += LANES) {
        size_t units = self->d - i < LANES ? self->d - i : LANES;
        memset(bits, 0, sizeof(bits));
        for (size_t j = 0; j < m; j++) {
            take_signs(patterns + (64 * w + j) * stride + i, units, &bits[j], &minus);
            put_units(self, 64 * w + j, i / 64, bits[j]);
        }
        transpose(bits);
        for (size_t k = 0; k < units; k++) {
            self->columns[(i + k) * self->words + w] = bits[k];
        }
    }
}

/* The bits of unit i for each four patterns. */
TARGET static void put_quads(struct basin_polar *self, size_t i)
{
    size_t groups = (self->n + QUAD - 1) / QUAD;
    uint8_t *quads = self->quads + i / 64 * groups * HALF + i % HALF;
    for (size_t g = 0; g < groups; g++) {
        uint64_t word = self->columns[i * self->words + g * QUAD / 64];
        uint8_t quad = word >> g * QUAD % 64 & (QUAD_ROWS - 1);
        quads[g * HALF] |= (uint8_t)(quad << i % 64 / HALF * QUAD);
    }
}

TARGET static void pack(struct basin_polar *self, const double *patterns, size_t stride)
{
    size_t rows = self->n + 1;
    for (size_t w = 0; w < self->words; w++) {
        pack_columns(self, patterns, stride, w);
    }
    for (size_t i = 0; i < self->d; i += BATCH) { /* the pattern of ones */
        size_t units = self->d - i < BATCH ? self->d - i : BATCH;
        self->by_unit[i / BATCH * rows + self->n] = (1U << units) - 1;
    }
    for (size_t mu = 0; mu < self->n; mu += BATCH) {
        uint32_t *words = self->by_pattern + mu / BATCH * self->d;
        for (size_t i = 0; i < self->d; i++) {
            const uint64_t *column = self->columns + i * self->words + mu / 64;
            uint64_t bits = column[0] >> mu % 64;
            if (mu % 64 > 64 - BATCH && mu / 64 + 1 < self->words) {
                bits |= column[1] << (64 - mu % 64);
            }
            words[i] = (uint32_t)bits & ((1U << BATCH) - 1);
        }
    }
    for (size_t i = 0; i < self->d; i++) {
        put_quads(self, i);
    }
}
