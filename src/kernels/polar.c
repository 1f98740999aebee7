/* The classical Hopfield network on packed patterns: packing, and the way of states
 * through tiles of 64. */
#include "kernels/polar.h"

#include "kernels/polar_work.h"

#include <math.h>
#include <string.h>

static const struct polar_code *code_of(const struct basin_polar *self)
{
    return BASIN_CODE(self->isa, basin_polar);
}

enum { SIZE_LIMIT = 1 << 30, UNITS_LIMIT = 1 << 19 };

static size_t batches_of(size_t n)
{
    return (n + BATCH - 1) / BATCH;
}

/* Words of a note, whole vectors: overlaps and the state that has them. */
static size_t notes_of(const struct basin_polar *self)
{
    return basin_whole_lines(self->words * 16 + self->row, sizeof(uint64_t));
}

void basin_polar_free(struct basin_polar *self)
{
    free(self->by_unit);
    free(self->by_pattern);
    free(self->columns);
    free(self->sum);
    free(self->all);
    free(self->quads);
    *self = (struct basin_polar){0};
}

/* Names the first value of row mu that is not -1 or +1. */
static int refuse(const double *row, size_t mu, struct basin_diag *diag)
{
    size_t i = 0;
    while (row[i] == 1 || row[i] == -1) {
        i++;
    }
    return basin_fail(diag, BASIN_ERR_DOMAIN,
        "unit %zu of pattern %zu is %g: packed patterns are -1 or +1", i, mu, row[i]);
}

int basin_polar_init(struct basin_polar *self, const double *patterns, size_t stride,
    size_t n, size_t d, struct basin_diag *diag)
{
    *self = (struct basin_polar){.n = n, .d = d, .isa = basin_isa_best()};
    if (n == 0 || d == 0 || d > UNITS_LIMIT || n > SIZE_LIMIT / d) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%zu patterns of %zu units: packed patterns need 1 to %d units and at most "
            "%d values",
            n, d, UNITS_LIMIT, SIZE_LIMIT);
    }
    self->words = (n + 63) / 64;
    self->by_unit = basin_aligned(batches_of(d) * (n + 1), sizeof(*self->by_unit));
    self->by_pattern = basin_aligned(batches_of(n) * d, sizeof(*self->by_pattern));
    self->columns = basin_aligned(self->words * d, sizeof(*self->columns));
    self->sum = basin_aligned(n, sizeof(*self->sum));
    self->all = basin_aligned(self->words, sizeof(*self->all));
    self->quads = basin_aligned((d + 63) / 64 * ((n + QUAD - 1) / QUAD), HALF);
    self->row = (d + 63) / 64 * 2;
    self->note = d <= INT16_MAX ? notes_of(self) : 0;
    if (self->by_unit == NULL || self->by_pattern == NULL || self->columns == NULL ||
        self->sum == NULL || self->all == NULL || self->quads == NULL) {
        basin_polar_free(self);
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to pack %zu patterns of %zu units", n, d);
    }
    for (size_t mu = 0; mu < n; mu++) {
        const double *row = patterns + mu * stride;
        if (!code_of(self)->is_polar(row, d)) {
            basin_polar_free(self);
            return refuse(row, mu, diag);
        }
    }
    code_of(self)->pack(self, patterns, stride);
    for (size_t mu = 0; mu < n; mu++) {
        self->all[mu / 64] |= (uint64_t)1 << mu % 64;
    }
    return 0;
}

static void *member(bool *ok, size_t n, size_t size)
{
    void *memory = basin_aligned(n, size);
    *ok = *ok && memory != NULL;
    return memory;
}

struct basin_polar_work *basin_polar_work_new(const struct basin_polar *self)
{
    struct basin_polar_work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    bool ok = true;
    size_t units = batches_of(self->d) * BATCH + LANES;
    size_t rows = self->n + 1;
    work->rows = member(&ok, LANES * self->row, sizeof(*work->rows));
    work->plus = member(&ok, units, sizeof(*work->plus));
    work->minus = member(&ok, units, sizeof(*work->minus));
    work->next_plus = member(&ok, units, sizeof(*work->next_plus));
    work->next_minus = member(&ok, units, sizeof(*work->next_minus));
    work->threshold = member(&ok, self->d, sizeof(*work->threshold));
    work->table = member(&ok, (size_t)4 * TABLE_ROWS * HALF, sizeof(int16_t));
    work->values = member(&ok, (size_t)BATCH * HALF, sizeof(int16_t));
    work->narrow = member(&ok, rows, HALF);
    size_t lanes = self->words * 64 > rows * HALF ? self->words * 64 : rows * HALF;
    work->middle = member(&ok, lanes, sizeof(*work->middle));
    size_t words = self->d > CHANGE_BATCHES * rows ? self->d : CHANGE_BATCHES * rows;
    work->words = member(&ok, words, sizeof(*work->words));
    work->change_unit = member(&ok, CHANGES, sizeof(*work->change_unit));
    work->change = member(&ok, CHANGES * LANES, sizeof(*work->change));
    work->changed = member(&ok, LANES, sizeof(*work->changed));
    for (size_t half = 0; half < 2; half++) {
        struct polar_half *of = &work->half[half];
        of->overlap = member(&ok, rows * HALF, sizeof(*of->overlap));
        of->field = member(&ok, self->d * HALF, sizeof(*of->field));
        of->odd = member(&ok, HALF, sizeof(*of->odd));
        of->whole = member(&ok, self->d * HALF, sizeof(*of->whole));
    }
    work->changes_of_state =
        member(&ok, self->d / FOLLOWED + 64, sizeof(*work->changes_of_state));
    work->quad_table = member(&ok, (self->n + QUAD - 1) / QUAD, (size_t)2 * QUAD_ROWS);
    work->lane = member(&ok, self->n, sizeof(*work->lane));
    if (!ok) {
        basin_polar_work_free(work);
        return NULL;
    }
    return work;
}

void basin_polar_work_free(struct basin_polar_work *work)
{
    if (work == NULL) {
        return;
    }
    free(work->rows);
    free(work->plus);
    free(work->minus);
    free(work->next_plus);
    free(work->next_minus);
    free(work->threshold);
    free(work->table);
    free(work->values);
    free(work->narrow);
    free(work->middle);
    free(work->words);
    for (size_t half = 0; half < 2; half++) {
        free(work->half[half].overlap);
        free(work->half[half].field);
        free(work->half[half].odd);
        free(work->half[half].whole);
    }
    free(work->change_unit);
    free(work->change);
    free(work->changed);
    free(work->changes_of_state);
    free(work->quad_table);
    free(work->lane);
    free(work);
}

/* A whole number h is above b - self s if it is above its floor, and below if below its
 * ceiling. No |h| is larger than SIZE_LIMIT. */
static struct polar_threshold threshold_of(
    double threshold, enum basin_polar_tie tie, int s)
{
    double limit = SIZE_LIMIT + 1;
    threshold = fmax(-limit, fmin(limit, threshold));
    int32_t whole = (int32_t)threshold;
    int32_t plus = whole - (threshold < whole) + 1;
    int32_t minus = whole + (threshold > whole) - 1;
    if (tie == BASIN_POLAR_PLUS || (tie == BASIN_POLAR_KEEP && s > 0)) {
        plus = minus + 1;
    }
    if (tie == BASIN_POLAR_MINUS || (tie == BASIN_POLAR_KEEP && s < 0)) {
        minus = plus - 1;
    }
    return (struct polar_threshold){plus, minus};
}

static void set_thresholds(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work)
{
    work->uniform = update->bias == NULL;
    for (size_t i = 0; i < (work->uniform ? 1 : self->d); i++) {
        double bias = work->uniform ? 0 : update->bias[i];
        for (int s = -1; s <= 1; s++) {
            work->threshold[i][s + 1] =
                threshold_of(bias - update->self * s, update->tie, s);
        }
    }
}

bool basin_polar_pack(const struct basin_polar *self, const double *states, size_t stride,
    size_t m, uint64_t *rows)
{
    bool polar = true;
    for (size_t j = 0; j < m; j++) {
        polar &=
            code_of(self)->pack_state(self, states + j * stride, rows + j * self->row);
    }
    return polar;
}

void basin_polar_unpack(const struct basin_polar *self, const uint64_t *rows, size_t m,
    double *states, size_t stride)
{
    for (size_t j = 0; j < m; j++) {
        code_of(self)->unpack_state(self, rows + j * self->row, states + j * stride);
    }
}

static size_t tile_from(size_t j, size_t m)
{
    return m - j < LANES ? m - j : LANES;
}

static uint64_t *note_at(const struct basin_polar *self, uint64_t *notes, size_t j)
{
    return notes == NULL ? NULL : notes + j * self->note;
}

/* The next of m packed states: a tile or half of one, or one by one where they are few.
 * Returns how many. */
static size_t step_next(const struct basin_polar *self, struct basin_polar_work *work,
    uint64_t *rows, uint64_t *notes, size_t m)
{
    bool few = m <= FEW_STEPPED && self->d <= INT16_MAX;
    if (few && code_of(self)->step_alone(self, work, rows, notes)) {
        return 1;
    }
    size_t lanes = m > HALF && m <= HALF + FEW_STEPPED ? HALF : tile_from(0, m);
    code_of(self)->load_tile(self, work, rows, lanes);
    code_of(self)->recall(self, work, rows, notes, lanes);
    code_of(self)->step(self, work);
    code_of(self)->store_tile(self, work, rows, lanes);
    return lanes;
}

static void step_rows(const struct basin_polar *self, struct basin_polar_work *work,
    uint64_t *rows, uint64_t *notes, size_t m)
{
    for (size_t j = 0; j < m;) {
        j += step_next(self, work, rows + j * self->row, note_at(self, notes, j), m - j);
    }
}

static void sweep_tile(const struct basin_polar *self, struct basin_polar_work *work,
    const size_t *order, uint64_t *rows, size_t m)
{
    if (m <= FEW_SWEPT && self->d <= INT16_MAX) {
        for (size_t j = 0; j < m; j++) {
            code_of(self)->sweep_alone(self, work, order, rows + j * self->row);
        }
        return;
    }
    code_of(self)->load_tile(self, work, rows, m);
    code_of(self)->sweep(self, work, order);
    code_of(self)->store_tile(self, work, rows, m);
}

void basin_polar_step_packed(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    uint64_t *rows, uint64_t *notes, size_t m)
{
    set_thresholds(self, update, work);
    step_rows(self, work, rows, self->note != 0 ? notes : NULL, m);
}

void basin_polar_sweep_packed(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, uint64_t *rows, size_t m)
{
    set_thresholds(self, update, work);
    for (size_t j = 0; j < m; j += LANES) {
        sweep_tile(self, work, order, rows + j * self->row, tile_from(j, m));
    }
}

void basin_polar_step(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    double *states, size_t stride, size_t m)
{
    set_thresholds(self, update, work);
    for (size_t j = 0; j < m; j += LANES) {
        size_t lanes = tile_from(j, m);
        basin_polar_pack(self, states + j * stride, stride, lanes, work->rows);
        step_rows(self, work, work->rows, NULL, lanes);
        basin_polar_unpack(self, work->rows, lanes, states + j * stride, stride);
    }
}

void basin_polar_sweep(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, double *states, size_t stride, size_t m)
{
    set_thresholds(self, update, work);
    for (size_t j = 0; j < m; j += LANES) {
        size_t lanes = tile_from(j, m);
        basin_polar_pack(self, states + j * stride, stride, lanes, work->rows);
        sweep_tile(self, work, order, work->rows, lanes);
        basin_polar_unpack(self, work->rows, lanes, states + j * stride, stride);
    }
}

/* The overlaps of a tile's states, into the halves of the workspace. */
static void overlaps_of_tile(const struct basin_polar *self,
    struct basin_polar_work *work, const double *states, size_t stride, size_t m)
{
    basin_polar_pack(self, states, stride, m, work->rows);
    code_of(self)->load_tile(self, work, work->rows, m);
    code_of(self)->find_overlaps(self, work);
}

static int32_t overlap_at(const struct basin_polar_work *work, size_t mu, size_t lane)
{
    return work->half[lane / HALF].overlap[mu * HALF + lane % HALF];
}

const int32_t *basin_polar_overlaps(const struct basin_polar *self,
    struct basin_polar_work *work, const double *states, size_t stride, size_t m)
{
    overlaps_of_tile(self, work, states, stride, m);
    return work->half[0].overlap;
}

void basin_polar_energy(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const double *states, size_t stride, size_t m, double *energy)
{
    for (size_t j = 0; j < m; j++) {
        const double *state = states + j * stride;
        if (j % LANES == 0) {
            overlaps_of_tile(self, work, state, stride, tile_from(j, m));
        }
        int64_t squares = 0;
        for (size_t mu = 0; mu < self->n; mu++) {
            int64_t u = overlap_at(work, mu, j % LANES);
            squares += u * u;
        }
        double units = 0;
        double bias = 0;
        for (size_t i = 0; i < self->d; i++) {
            int s = (state[i] > 0) - (state[i] < 0);
            units += s * s;
            bias += update->bias == NULL ? 0 : update->bias[i] * s;
        }
        energy[j] = bias - ((double)squares + update->self * units) / 2;
    }
}
