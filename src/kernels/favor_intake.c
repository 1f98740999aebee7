/* Keys and values into the rows of a FAVOR+ memory. */
#include "kernels/favor_intake.h"

#include <math.h>
#include <string.h>

enum {
    BLOCKS = 8, /* that keys are taken in by, unless they would be too small or large */
    KEYS_LEAST = 256,
    KEYS_MOST = 2048,
};

/* Sums over keys while they are taken in. */
struct intake {
    const struct basin_favor_memory *memory;
    bool single;
    size_t block;       /* keys taken in together */
    double *directions; /* r x (d + 1): each with a 1 */
    double *rows;       /* of the caller, r x (v + 1): of exp(. - shift[k]) (value, 1) */
    double *shift;      /* r */
    double *sum;        /* v + 1: sum of (value, 1) */
    double most;        /* largest exponent of all */
};

/* One block of keys, in the hands of a thread. */
struct block {
    double *keys;    /* block x (d + 1) */
    double *values;  /* block x (v + 1): each with a 1 */
    double *sum;     /* v + 1: theirs */
    double *answers; /* r x (v + 1): what each direction gets of them */
    double *log_sum; /* r */
    double *largest; /* r */
    struct basin_softmax softmax;
    struct basin_softmax_work *work;
};

static void intake_free(struct intake *self)
{
    free(self->directions);
    free(self->shift);
    free(self->sum);
}

static int intake_init(struct intake *self, const struct basin_favor_memory *memory,
    const double *directions, size_t stride, size_t n, bool single, double *rows)
{
    size_t r = memory->r;
    size_t d = memory->d + 1;
    size_t v = memory->v + 1;
    size_t block = (n + BLOCKS - 1) / BLOCKS;
    block = block < KEYS_LEAST ? KEYS_LEAST : block > KEYS_MOST ? KEYS_MOST : block;
    *self = (struct intake){.memory = memory,
        .single = single,
        .block = block,
        .rows = rows,
        .most = -INFINITY};
    self->directions = basin_aligned(r * d, sizeof(double));
    self->shift = basin_aligned(r, sizeof(double));
    self->sum = basin_aligned(v, sizeof(double));
    if (self->directions == NULL || self->shift == NULL || self->sum == NULL) {
        intake_free(self);
        return BASIN_ERR_NOMEM;
    }
    memset(rows, 0, r * v * sizeof(*rows));
    for (size_t k = 0; k < r; k++) {
        double *direction = self->directions + k * d;
        memcpy(direction, directions + k * stride, (d - 1) * sizeof(*direction));
        direction[d - 1] = 1;
        self->shift[k] = -INFINITY;
    }
    return 0;
}

static void block_free(struct block *self)
{
    free(self->keys);
    free(self->values);
    free(self->sum);
    free(self->answers);
    free(self->log_sum);
    free(self->largest);
    basin_softmax_work_free(self->work);
    basin_softmax_free(&self->softmax);
}

static int block_init(struct block *self, const struct intake *intake)
{
    size_t r = intake->memory->r;
    size_t d = intake->memory->d + 1;
    size_t v = intake->memory->v + 1;
    *self = (struct block){.keys = basin_aligned(intake->block * d, sizeof(double)),
        .values = basin_aligned(intake->block * v, sizeof(double)),
        .sum = basin_aligned(v, sizeof(double)),
        .answers = basin_aligned(r * v, sizeof(double)),
        .log_sum = basin_aligned(r, sizeof(double)),
        .largest = basin_aligned(r, sizeof(double))};
    int ret =
        basin_softmax_reserve(&self->softmax, intake->block, d, v, intake->single, NULL);
    if (ret == 0) {
        self->work = basin_softmax_work_new(&self->softmax);
    }
    if (self->keys == NULL || self->values == NULL || self->sum == NULL ||
        self->answers == NULL || self->log_sum == NULL || self->largest == NULL ||
        self->work == NULL) {
        block_free(self);
        return BASIN_ERR_NOMEM;
    }
    return 0;
}

/* y = factor x; the sum of squares, in four parts. */
static double scale(const double *x, size_t n, double factor, double *y)
{
    basin_f64x4 sum = {0};
    double rest = 0;
    size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        basin_f64x4 part;
        memcpy(&part, x + k, sizeof(part));
        part *= factor;
        sum += part * part;
        memcpy(y + k, &part, sizeof(part));
    }
    for (; k < n; k++) {
        y[k] = factor * x[k];
        rest += y[k] * y[k];
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]) + rest;
}

/* y = x; sum += x. */
static void count_in(const double *x, size_t n, double *y, double *sum)
{
    size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        basin_f64x4 part;
        basin_f64x4 all;
        memcpy(&part, x + k, sizeof(part));
        memcpy(&all, sum + k, sizeof(all));
        all += part;
        memcpy(y + k, &part, sizeof(part));
        memcpy(sum + k, &all, sizeof(all));
    }
    for (; k < n; k++) {
        y[k] = x[k];
        sum[k] += x[k];
    }
}

/* Keys and their values, with what goes beside them. */
static void stage(struct block *self, const struct basin_favor_memory *memory,
    const double *keys, size_t key_stride, const double *values, size_t value_stride,
    size_t n)
{
    size_t d = memory->d;
    size_t v = memory->v;
    memset(self->sum, 0, (v + 1) * sizeof(*self->sum));
    for (size_t i = 0; i < n; i++) {
        double *key = self->keys + i * (d + 1);
        double *value = self->values + i * (v + 1);
        key[d] = -scale(keys + i * key_stride, d, memory->scale, key) / 2;
        count_in(values + i * value_stride, v, value, self->sum);
        value[v] = 1;
    }
    self->sum[v] = (double)n;
}

/* What the directions get of n keys. */
static void ask(struct block *self, const struct intake *intake, const double *keys,
    size_t key_stride, const double *values, size_t value_stride, size_t n)
{
    size_t d = intake->memory->d + 1;
    size_t v = intake->memory->v + 1;
    struct basin_softmax_extra extra = {
        .log_sum = self->log_sum, .largest = self->largest};
    stage(self, intake->memory, keys, key_stride, values, value_stride, n);
    basin_softmax_pack(&self->softmax, self->keys, d, self->values, v, n);
    basin_softmax_apply(&self->softmax, self->work, 1, intake->directions, d,
        intake->memory->r, self->answers, v, &extra);
}

/* Adds a block's answers to the rows, which are relative to the greatest log-sum so far.
 */
static void merge(struct intake *self, const struct block *block)
{
    size_t v = self->memory->v + 1;
    for (size_t k = 0; k < self->memory->r; k++) {
        double shift = fmax(self->shift[k], block->log_sum[k]);
        double before = exp(self->shift[k] - shift);
        double here = exp(block->log_sum[k] - shift);
        for (size_t c = 0; c < v; c++) {
            self->rows[k * v + c] =
                self->rows[k * v + c] * before + block->answers[k * v + c] * here;
        }
        self->shift[k] = shift;
        self->most = fmax(self->most, block->log_sum[k] + log(block->largest[k]));
    }
    for (size_t c = 0; c < v; c++) {
        self->sum[c] += block->sum[c];
    }
}

/* All keys, block by block: threads share them out, but add them in order. */
static int take_all(struct intake *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n)
{
    bool failed = false;
#pragma omp parallel if (n > self->block)
    {
        struct block block;
        bool ready = block_init(&block, self) == 0;
#pragma omp for ordered schedule(static, 1)
        for (size_t i = 0; i < n; i += self->block) {
            size_t here = n - i < self->block ? n - i : self->block;
            if (ready) {
                ask(&block, self, keys + i * key_stride, key_stride,
                    values + i * value_stride, value_stride, here);
            }
#pragma omp ordered
            {
                failed = failed || !ready;
                if (ready) {
                    merge(self, &block);
                }
            }
        }
        if (ready) {
            block_free(&block);
        }
    }
    return failed ? BASIN_ERR_NOMEM : 0;
}

/* All rows relative to one shift, with eps. */
static void finish(struct intake *self)
{
    const struct basin_favor_memory *memory = self->memory;
    size_t v = memory->v + 1;
    double shift = memory->shifted ? self->most : 0;
    for (size_t k = 0; k < memory->r; k++) {
        double factor = exp(self->shift[k] - shift);
        double *row = self->rows + k * v;
        for (size_t c = 0; c < v; c++) {
            row[c] = row[c] * factor + memory->eps * self->sum[c];
        }
    }
}

int basin_favor_take_in(const struct basin_favor_memory *memory, const double *directions,
    size_t direction_stride, const double *keys, size_t key_stride, const double *values,
    size_t value_stride, size_t n, bool single, double *rows)
{
    struct intake self;
    int ret = intake_init(&self, memory, directions, direction_stride, n, single, rows);
    if (ret == 0) {
        ret = take_all(&self, keys, key_stride, values, value_stride, n);
        finish(&self);
        intake_free(&self);
    }
    return ret;
}
