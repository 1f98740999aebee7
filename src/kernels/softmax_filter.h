/* The streaming filter of softmax.c: the second part of softmax_source.h, included by it.
 */

/* The lanes of a row that are above their floors, a bit for each. */
TARGET BASIN_INLINE unsigned lanes_above(const vector row[2], const vector low[2])
{
    integers above[2] = {row[0] > low[0], row[1] > low[1]};
    unsigned lanes = 0;
    for (size_t k = 0; k < 2; k++) {
#if AVX2 && SINGLE
        lanes |= (unsigned)_mm256_movemask_ps((__m256)above[k]) << k * WITHIN;
#elif AVX2
        lanes |= (unsigned)_mm256_movemask_pd((__m256d)above[k]) << k * WITHIN;
#else
        for (size_t j = 0; j < WITHIN; j++) {
            lanes |= (unsigned)(above[k][j] != 0) << (k * WITHIN + j);
        }
#endif
    }
    return lanes;
}

/* Takes what is above the floors from the scores of a tile; false when memory is out. */
TARGET static bool collect(struct basin_candidates *lists, size_t m, size_t first,
    size_t rows, const vector *scores)
{
    vector low[2] = {SPLAT((real)INFINITY), SPLAT((real)INFINITY)};
    real *floors = (real *)low;
    vector high[2] = {scores[0], scores[1]};
    for (size_t i = 1; i < rows; i++) {
        high[0] = MAX(scores[2 * i], high[0]);
        high[1] = MAX(scores[2 * i + 1], high[1]);
    }
    for (size_t j = 0; j < m; j++) {
        basin_candidates_raise(&lists[j], (double)((const real *)high)[j]);
        floors[j] = (real)lists[j].floor;
    }
    for (size_t i = 0; i < rows; i++) {
        const real *row = (const real *)(scores + 2 * i);
        for (unsigned left = lanes_above(scores + 2 * i, low); left != 0;
             left &= left - 1) {
            int j = __builtin_ctz(left);
            if (!basin_candidates_add(&lists[j], first + i, (double)row[j])) {
                return false;
            }
            floors[j] = (real)lists[j].floor;
        }
    }
    return true;
}

/* Candidates of up to a block of queries. */
TARGET static bool filter(const struct basin_softmax *self,
    struct basin_softmax_work *work, double beta, const double *queries, size_t stride,
    size_t m)
{
    size_t panels = (m + LANES - 1) / LANES;
    for (size_t j = 0; j < m; j += LANES) {
        take_queries(self, beta, queries + j * stride, stride,
            m - j < LANES ? m - j : LANES, (real *)work->queries + j * self->d);
    }
    for (size_t first = 0; first < self->n; first += self->tile) {
        size_t rows = self->n - first < self->tile ? self->n - first : self->tile;
        const vector *scores = work->scores;
        score(self, work->queries, panels, first, rows, work->scores);
        for (size_t j = 0; j < m; j += LANES, scores += 2 * self->tile) {
            if (!collect(work->lists + j, m - j < LANES ? m - j : LANES, first, rows,
                    scores)) {
                return false;
            }
        }
    }
    return true;
}
