/* Energy differences of a dense associative memory on packed polar patterns. */
#include "kernels/dense.h"

#include <string.h>

enum {
    ABREAST = 8, /* states; a row of their numbers is a cache line */
    BATCH = 24,  /* patterns of a look-up word: four tables of six */
    TABLE_ROWS = 64,
};

struct basin_dense_work {
    struct basin_polar_work *polar;
    double *table; /* 4 x 64 rows */
    double *A;     /* N rows, and zeros to a whole batch */
    double *h;     /* d rows */
    double B[ABREAST];
};

void basin_dense_work_free(struct basin_dense_work *work)
{
    if (work == NULL) {
        return;
    }
    basin_polar_work_free(work->polar);
    free(work->table);
    free(work->A);
    free(work->h);
    free(work);
}

struct basin_dense_work *basin_dense_work_new(const struct basin_polar *patterns)
{
    struct basin_dense_work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    size_t row = ABREAST * sizeof(double);
    work->polar = basin_polar_work_new(patterns);
    work->table = basin_aligned((size_t)4 * TABLE_ROWS, row);
    work->A = basin_aligned((patterns->n + BATCH - 1) / BATCH * BATCH, row);
    work->h = basin_aligned(patterns->d, row);
    if (work->polar == NULL || work->table == NULL || work->A == NULL ||
        work->h == NULL) {
        basin_dense_work_free(work);
        return NULL;
    }
    return work;
}

static int32_t shift_of(
    const struct basin_dense_gain *gain, const int32_t *overlaps, size_t n)
{
    int32_t largest = overlaps[0];
    for (size_t mu = 1; mu < n; mu++) {
        largest = overlaps[mu] > largest ? overlaps[mu] : largest;
    }
    return gain->shifted ? largest : 0;
}

/* A and B of one of the states abreast. */
static void measure_gains(const struct basin_dense_gain *gain, const int32_t *overlaps,
    size_t n, double *A, double *B)
{
    int32_t shift = shift_of(gain, overlaps, n);
    double sum = 0;
    for (size_t mu = 0; mu < n; mu++) {
        const double *G = gain->gain + (overlaps[mu] - shift);
        A[mu * ABREAST] = (G[-1] + G[1]) / 2;
        sum += (G[-1] - G[1]) / 2;
    }
    *B = sum;
}

/* Row r of table k: the sum over j of rows 6 k + j of A, added where r has bit j and else
 * subtracted. */
BASIN_INLINE void tabulate(const double *A, double *table)
{
    for (size_t k = 0; k < 4; k++) {
        const basin_f64x4 *a = (const basin_f64x4 *)(const void *)(A + 6 * k * ABREAST);
        basin_f64x4 *row = (basin_f64x4 *)(void *)(table + k * TABLE_ROWS * ABREAST);
        row[0] = -((a[0] + a[2]) + (a[4] + a[6]) + (a[8] + a[10]));
        row[1] = -((a[1] + a[3]) + (a[5] + a[7]) + (a[9] + a[11]));
        for (size_t rows = 2; rows < (size_t)2 * TABLE_ROWS; rows *= 2, a += 2) {
            basin_f64x4 a0 = a[0] + a[0];
            basin_f64x4 a1 = a[1] + a[1];
            for (size_t r = 0; r < rows; r += 2) {
                row[rows + r] = row[r] + a0;
                row[rows + r + 1] = row[r + 1] + a1;
            }
        }
    }
}

BASIN_INLINE const basin_f64x4 *table_row(const double *table, size_t k, uint32_t row)
{
    return (const basin_f64x4 *)(const void *)(table + (k * TABLE_ROWS + row) * ABREAST);
}

BASIN_INLINE void look_up(
    const double *table, const uint32_t *restrict words, size_t rows, double *restrict h)
{
    basin_f64x4 *sum = (basin_f64x4 *)(void *)h;
    for (size_t l = 0; l < rows; l++, sum += 2) {
        uint32_t w = words[l];
        const basin_f64x4 *a = table_row(table, 0, w & 63);
        const basin_f64x4 *b = table_row(table, 1, w >> 6 & 63);
        const basin_f64x4 *c = table_row(table, 2, w >> 12 & 63);
        const basin_f64x4 *e = table_row(table, 3, w >> 18 & 63);
        sum[0] += (a[0] + b[0]) + (c[0] + e[0]);
        sum[1] += (a[1] + b[1]) + (c[1] + e[1]);
    }
}

/* h = X^T A, eight states abreast. */
BASIN_INLINE void project(
    const struct basin_polar *patterns, struct basin_dense_work *work)
{
    memset(work->h, 0, patterns->d * ABREAST * sizeof(*work->h));
    for (size_t a = 0; a * BATCH < patterns->n; a++) {
        tabulate(work->A + a * BATCH * ABREAST, work->table);
        look_up(
            work->table, patterns->by_pattern + a * patterns->d, patterns->d, work->h);
    }
}

#if BASIN_HAVE_AVX2
BASIN_TARGET_AVX2 static void project_avx2(
    const struct basin_polar *patterns, struct basin_dense_work *work)
{
    project(patterns, work);
}
#endif

static void project_best(
    const struct basin_polar *patterns, struct basin_dense_work *work)
{
#if BASIN_HAVE_AVX2
    if (patterns->isa != BASIN_ISA_PORTABLE) {
        project_avx2(patterns, work);
        return;
    }
#endif
    project(patterns, work);
}

void basin_dense_fields(const struct basin_polar *patterns,
    const struct basin_dense_gain *gain, struct basin_dense_work *work,
    const double *states, size_t stride, size_t m, double *fields, size_t field_stride,
    int32_t *overlaps)
{
    size_t n = patterns->n;
    basin_polar_overlaps(patterns, work->polar, states, stride, m, overlaps);
    for (size_t j = 0; j < m; j += ABREAST) {
        size_t abreast = m - j < ABREAST ? m - j : ABREAST;
        for (size_t k = 0; k < abreast; k++) {
            measure_gains(gain, overlaps + (j + k) * n, n, work->A + k, &work->B[k]);
        }
        project_best(patterns, work);
        for (size_t k = 0; k < abreast; k++) {
            const double *s = states + (j + k) * stride;
            double *h = fields + (j + k) * field_stride;
            for (size_t l = 0; l < patterns->d; l++) {
                h[l] = work->h[l * ABREAST + k] + s[l] * work->B[k];
            }
        }
    }
}

void basin_dense_fields_plain(const struct basin_polar *patterns,
    const struct basin_dense_gain *gain, const double *states, size_t stride, size_t m,
    double *fields, size_t field_stride, int32_t *overlaps)
{
    size_t n = patterns->n;
    basin_polar_overlaps_plain(patterns, states, stride, m, overlaps);
    for (size_t j = 0; j < m; j++) {
        const int32_t *o = overlaps + j * n;
        int32_t shift = shift_of(gain, o, n);
        for (size_t l = 0; l < patterns->d; l++) {
            int s = states[j * stride + l] > 0 ? 1 : -1;
            double h = 0;
            for (size_t mu = 0; mu < n; mu++) {
                uint32_t word = patterns->by_pattern[mu / BATCH * patterns->d + l];
                int x = (word >> mu % BATCH & 1) != 0 ? 1 : -1;
                h += x * gain->gain[o[mu] - x * s - shift];
            }
            fields[j * field_stride + l] = h;
        }
    }
}
