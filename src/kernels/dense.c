/* Energy differences of a dense associative memory on packed polar patterns. */
#include "kernels/dense.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    ABREAST = 16, /* states; a row of their numbers is a cache line */
    BATCH = 24,   /* patterns of a look-up word: four tables of six */
    TABLE_ROWS = 64,
    BLOCK = 32, /* batches that are summed in single precision */
};

/* By overlap. */
struct gains {
    float A, B;
};

struct basin_dense_work {
    struct basin_polar_work *polar;
    struct gains *owned;
    const struct gains *gains; /* into it: those of overlap - shift */
    bool shifted;
    bool whole;              /* all A and B are multiples of 1/2 */
    double unit;             /* of A and B, and so of all sums */
    const int32_t *overlaps; /* N rows of BASIN_POLAR_ABREAST */
    float *table;            /* 4 x 64 rows */
    float *block;            /* d rows: the sums of a block */
    double *h;               /* d rows: X^T A */
    int32_t shift[ABREAST] BASIN_ALIGNED;
    struct gains batch[BATCH * ABREAST] BASIN_ALIGNED;
    float A[BATCH * ABREAST] BASIN_ALIGNED;
    double sum_B[ABREAST] BASIN_ALIGNED;
    double sum[ABREAST] BASIN_ALIGNED; /* of |A| + |B| */
};

static float single(double x)
{
    return fabs(x) < FLT_MIN ? 0 : (float)x;
}

/* A power of two that keeps the sums of n gains finite in single precision. */
static double scale_of(const double *gain, long count, size_t n)
{
    double largest = 0;
    int exponent;
    for (long i = 0; i < count; i++) {
        largest = fmax(largest, fabs(gain[i]));
    }
    (void)frexp(4 * (double)n * largest, &exponent);
    return exponent < FLT_MAX_EXP ? 1 : ldexp(1, FLT_MAX_EXP - 1 - exponent);
}

/* Of all overlaps that d units can have, less their shift: -d to d, or -2d to 0. */
static int tabulate_gains(struct basin_dense_work *work,
    const struct basin_dense_gain *gain, const struct basin_polar *patterns)
{
    long least = (gain->shifted ? -2 : -1) * (long)patterns->d;
    long count = 2 * (long)patterns->d + 1;
    work->owned = malloc((size_t)count * sizeof(*work->owned));
    if (work->owned == NULL) {
        return BASIN_ERR_NOMEM;
    }
    const double *G = gain->gain + least;
    double scale = scale_of(G - 1, count + 2, patterns->n);
    work->gains = work->owned - least;
    work->shifted = gain->shifted;
    work->unit = 1 / scale;
    work->whole = true;
    for (long i = 0; i < count; i++, G++) {
        double A = (G[-1] + G[1]) / 2;
        double B = (G[-1] - G[1]) / 2;
        work->owned[i] = (struct gains){single(scale * A), single(scale * B)};
        work->whole = work->whole && floor(2 * A) == 2 * A && floor(2 * B) == 2 * B;
    }
    return 0;
}

void basin_dense_work_free(struct basin_dense_work *work)
{
    if (work == NULL) {
        return;
    }
    basin_polar_work_free(work->polar);
    free(work->owned);
    free(work->table);
    free(work->block);
    free(work->h);
    free(work);
}

struct basin_dense_work *basin_dense_work_new(
    const struct basin_polar *patterns, const struct basin_dense_gain *gain)
{
    struct basin_dense_work *work = basin_aligned(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    work->polar = basin_polar_work_new(patterns);
    work->table = basin_aligned((size_t)4 * TABLE_ROWS * ABREAST, sizeof(*work->table));
    work->block = basin_aligned(patterns->d * ABREAST, sizeof(*work->block));
    work->h = basin_aligned(patterns->d * ABREAST, sizeof(*work->h));
    if (work->polar == NULL || work->table == NULL || work->block == NULL ||
        work->h == NULL || tabulate_gains(work, gain, patterns) != 0) {
        basin_dense_work_free(work);
        return NULL;
    }
    return work;
}

/* Sums of single precision on into double: to += from, from = 0. */
BASIN_INLINE void widen(float *restrict from, double *restrict to, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        basin_f32x4 *f = (basin_f32x4 *)(void *)(from + i);
        *(basin_f64x4 *)(void *)(to + i) += __builtin_convertvector(*f, basin_f64x4);
        *f = (basin_f32x4){0};
    }
}

/* The largest overlap of each of sixteen states with n patterns. */
BASIN_INLINE void find_largest(const int32_t *overlaps, size_t n, int32_t *largest)
{
    const basin_i32x8 *o = (const basin_i32x8 *)(const void *)overlaps;
    basin_i32x8 most[2] = {o[0], o[1]};
    for (size_t mu = 1; mu < n; mu++) {
        o += BASIN_POLAR_ABREAST / 8;
        for (size_t k = 0; k < 2; k++) {
            basin_i32x8 larger = o[k] > most[k];
            most[k] = (o[k] & larger) | (most[k] & ~larger);
        }
    }
    memcpy(largest, most, sizeof(most));
}

/* Gains of the next patterns, of which a batch has so many; others have none. */
BASIN_INLINE void gather_gains(
    struct basin_dense_work *work, const int32_t *overlaps, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        const int32_t *o = overlaps + j * BASIN_POLAR_ABREAST;
        for (size_t k = 0; k < ABREAST; k++) {
            work->batch[j * ABREAST + k] = work->gains[o[k] - work->shift[k]];
        }
    }
    memset(work->batch + n * ABREAST, 0, (BATCH - n) * ABREAST * sizeof(*work->batch));
}

/* Which number of a row is that of state k: separate_gains puts those of four states to
 * the even places of a vector and those of the next four to the odd ones. */
static size_t place_of(size_t k)
{
    return k / 8 * 8 + k % 4 * 2 + k / 4 % 2;
}

/* Rows of A from the gathered gains, four in a vector (A in the lower halves of words, B
 * in the upper ones: the machine is little-endian), and the sums of B and |A| + |B|. */
BASIN_INLINE void separate_gains(struct basin_dense_work *work)
{
    const uint64_t low = UINT32_MAX;
    const basin_u64x4 *four = (const basin_u64x4 *)(const void *)work->batch;
    basin_f32x8 *A = (basin_f32x8 *)(void *)work->A;
    basin_f32x8 sum_B[2] BASIN_ALIGNED = {{0}, {0}};
    basin_f32x8 sum[2] BASIN_ALIGNED = {{0}, {0}};
    for (size_t j = 0; j < BATCH; j++) {
        for (size_t k = 0; k < 2; k++, four += 2) {
            basin_u64x4 a = (four[0] & low) | four[1] << 32;
            basin_u64x4 b = four[0] >> 32 | (four[1] & ~low);
            A[2 * j + k] = (basin_f32x8)a;
            sum_B[k] += (basin_f32x8)b;
            sum[k] += (basin_f32x8)((basin_i32x8)a & INT32_MAX) +
                      (basin_f32x8)((basin_i32x8)b & INT32_MAX);
        }
    }
    widen((float *)sum_B, work->sum_B, ABREAST);
    widen((float *)sum, work->sum, ABREAST);
}

/* Row r of table k: the sum over j of rows 6 k + j of A, added where r has bit j and else
 * subtracted. */
BASIN_INLINE void tabulate(const float *A, float *table)
{
    for (size_t k = 0; k < 4; k++) {
        const basin_f32x8 *a = (const basin_f32x8 *)(const void *)(A + 6 * k * ABREAST);
        basin_f32x8 *row = (basin_f32x8 *)(void *)(table + k * TABLE_ROWS * ABREAST);
        row[0] = -((a[0] + a[2]) + (a[4] + a[6]) + (a[8] + a[10]));
        row[1] = -((a[1] + a[3]) + (a[5] + a[7]) + (a[9] + a[11]));
        for (size_t rows = 2; rows < (size_t)2 * TABLE_ROWS; rows *= 2, a += 2) {
            basin_f32x8 a0 = a[0] + a[0];
            basin_f32x8 a1 = a[1] + a[1];
            for (size_t r = 0; r < rows; r += 2) {
                row[rows + r] = row[r] + a0;
                row[rows + r + 1] = row[r + 1] + a1;
            }
        }
    }
}

/* To row l of sums come the four table rows that word l chooses, six bits each. */
BASIN_INLINE void look_up(
    const float *table, const uint32_t *restrict words, size_t rows, float *restrict sums)
{
    enum { ROW = ABREAST * sizeof(float), MASK = 63 * ROW, TABLE = TABLE_ROWS * ROW };
    const char *from = (const char *)table;
    basin_f32x8 *sum = (basin_f32x8 *)(void *)sums;
    for (size_t l = 0; l < rows; l++, sum += 2) {
        uint32_t w = words[l];
        const basin_f32x8 *a = (const void *)(from + (w * ROW & MASK));
        const basin_f32x8 *b = (const void *)(from + TABLE + (w / 64 * ROW & MASK));
        const basin_f32x8 *c = (const void *)(from + 2 * TABLE + (w / 4096 * ROW & MASK));
        const basin_f32x8 *e =
            (const void *)(from + 3 * TABLE + (w / 262144 * ROW & MASK));
        sum[0] += (a[0] + b[0]) + (c[0] + e[0]);
        sum[1] += (a[1] + b[1]) + (c[1] + e[1]);
    }
}

/* X^T A and the sums of gains of sixteen states, from lane `first` on. */
BASIN_INLINE void project(
    const struct basin_polar *patterns, struct basin_dense_work *work, size_t first)
{
    size_t n = patterns->n;
    size_t d = patterns->d;
    const int32_t *overlaps = work->overlaps + first;
    memset(work->h, 0, d * ABREAST * sizeof(*work->h));
    memset(work->sum_B, 0, sizeof(work->sum_B));
    memset(work->sum, 0, sizeof(work->sum));
    if (work->shifted) {
        find_largest(overlaps, n, work->shift);
    }
    for (size_t a = 0, mu = 0; mu < n; a++, mu += BATCH) {
        size_t left = n - mu;
        gather_gains(
            work, overlaps + mu * BASIN_POLAR_ABREAST, left < BATCH ? left : BATCH);
        separate_gains(work);
        tabulate(work->A, work->table);
        look_up(work->table, patterns->by_pattern + a * d, d, work->block);
        if (left <= BATCH || a % BLOCK == BLOCK - 1) {
            widen(work->block, work->h, d * ABREAST);
        }
    }
}

#if BASIN_HAVE_AVX2
BASIN_TARGET_AVX2 static void project_avx2(
    const struct basin_polar *patterns, struct basin_dense_work *work, size_t first)
{
    project(patterns, work, first);
}
#endif

static void project_best(
    const struct basin_polar *patterns, struct basin_dense_work *work, size_t first)
{
#if BASIN_HAVE_AVX2
    if (patterns->isa != BASIN_ISA_PORTABLE) {
        project_avx2(patterns, work, first);
        return;
    }
#endif
    project(patterns, work, first);
}

static double error_of(const struct basin_dense_work *work, size_t n, size_t k)
{
    if (work->whole && work->unit == 1 && work->sum[k] < 0x1p23) {
        return -1;
    }
    return (45 * 0x1p-24 * work->sum[k] + 2 * (double)n * 0x1p-126) * work->unit;
}

void basin_dense_fields(const struct basin_polar *patterns, struct basin_dense_work *work,
    const double *states, size_t stride, size_t m, double *fields, size_t field_stride,
    double *error)
{
    size_t n = patterns->n;
    work->overlaps = basin_polar_overlaps(patterns, work->polar, states, stride, m);
    for (size_t j = 0; j < m; j++) {
        if (j % ABREAST == 0) {
            project_best(patterns, work, j);
        }
        size_t k = place_of(j % ABREAST);
        const double *s = states + j * stride;
        double *h = fields + j * field_stride;
        for (size_t l = 0; l < patterns->d; l++) {
            h[l] = (work->h[l * ABREAST + k] + s[l] * work->sum_B[k]) * work->unit;
        }
        error[j] = error_of(work, n, k);
    }
}

void basin_dense_overlaps(const struct basin_polar *patterns,
    const struct basin_dense_work *work, size_t j, double *overlaps)
{
    for (size_t mu = 0; mu < patterns->n; mu++) {
        overlaps[mu] = work->overlaps[mu * BASIN_POLAR_ABREAST + j];
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
        int32_t shift = gain->shifted ? o[0] : 0;
        for (size_t mu = 1; gain->shifted && mu < n; mu++) {
            shift = o[mu] > shift ? o[mu] : shift;
        }
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
