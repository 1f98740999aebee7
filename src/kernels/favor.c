/* FAVOR+ attention with positive features, in linear time. */
#include "kernels/favor.h"

#include <math.h>
#include <string.h>

enum {
    KEYS = 2048,   /* taken in together */
    QUERIES = 128, /* answered together */
};

struct basin_favor_work {
    struct basin_softmax_work *softmax;
    double *out; /* QUERIES x (v + 1) */
    double largest[QUERIES];
    double log_sum[QUERIES];
};

/* Sums over keys while they are taken in. */
struct intake {
    const struct basin_favor_memory *memory;
    double *directions; /* r x (d + 1): each with a 1 */
    double *keys;       /* KEYS x (d + 1) */
    double *values;     /* KEYS x (v + 1): each with a 1 */
    double *answers;    /* r x (v + 1) */
    double *log_sum;    /* r */
    double *largest;    /* r */
    double *rows;       /* r x (v + 1): sums of exp(. - shift[k]) (value, 1) */
    double *shift;      /* r */
    double *sum;        /* v + 1: sum of (value, 1) */
    double most;        /* largest exponent of all */
};

static void intake_free(struct intake *self)
{
    free(self->directions);
    free(self->keys);
    free(self->values);
    free(self->answers);
    free(self->log_sum);
    free(self->largest);
    free(self->rows);
    free(self->shift);
    free(self->sum);
}

static int intake_init(struct intake *self, const struct basin_favor_memory *memory)
{
    size_t r = memory->r;
    size_t d = memory->d + 1;
    size_t v = memory->v + 1;
    *self = (struct intake){.memory = memory, .most = -INFINITY};
    self->directions = basin_aligned(r * d, sizeof(double));
    self->keys = basin_aligned(KEYS * d, sizeof(double));
    self->values = basin_aligned(KEYS * v, sizeof(double));
    self->answers = basin_aligned(r * v, sizeof(double));
    self->log_sum = basin_aligned(r, sizeof(double));
    self->largest = basin_aligned(r, sizeof(double));
    self->rows = basin_aligned(r * v, sizeof(double));
    self->shift = basin_aligned(r, sizeof(double));
    self->sum = basin_aligned(v, sizeof(double));
    if (self->directions == NULL || self->keys == NULL || self->values == NULL ||
        self->answers == NULL || self->log_sum == NULL || self->largest == NULL ||
        self->rows == NULL || self->shift == NULL || self->sum == NULL) {
        intake_free(self);
        return BASIN_ERR_NOMEM;
    }
    for (size_t k = 0; k < r; k++) {
        self->shift[k] = -INFINITY;
    }
    return 0;
}

/* Adds the answers of a block of keys to the rows, which are relative to the greatest
 * log-sum so far. */
static void merge(struct intake *self)
{
    size_t v = self->memory->v + 1;
    for (size_t k = 0; k < self->memory->r; k++) {
        double shift = fmax(self->shift[k], self->log_sum[k]);
        double before = exp(self->shift[k] - shift);
        double here = exp(self->log_sum[k] - shift);
        for (size_t c = 0; c < v; c++) {
            self->rows[k * v + c] =
                self->rows[k * v + c] * before + self->answers[k * v + c] * here;
        }
        self->shift[k] = shift;
        self->most = fmax(self->most, self->log_sum[k] + log(self->largest[k]));
    }
}

/* A block of keys and their values, with what goes beside them. */
static void stage(struct intake *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n)
{
    size_t d = self->memory->d;
    size_t v = self->memory->v;
    for (size_t i = 0; i < n; i++) {
        double *key = self->keys + i * (d + 1);
        double *value = self->values + i * (v + 1);
        double norm2 = 0;
        for (size_t k = 0; k < d; k++) {
            key[k] = self->memory->scale * keys[i * key_stride + k];
            norm2 += key[k] * key[k];
        }
        key[d] = -norm2 / 2;
        memcpy(value, values + i * value_stride, v * sizeof(*value));
        value[v] = 1;
        for (size_t c = 0; c <= v; c++) {
            self->sum[c] += value[c];
        }
    }
}

static int take_in(struct intake *self, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n, bool single,
    struct basin_diag *diag)
{
    size_t d = self->memory->d + 1;
    size_t v = self->memory->v + 1;
    struct basin_softmax softmax;
    stage(self, keys, key_stride, values, value_stride, n);
    int ret = basin_softmax_init(
        &softmax, self->keys, d, self->values, v, n, d, v, single, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_softmax_work *work = basin_softmax_work_new(&softmax);
    if (work != NULL) {
        struct basin_softmax_extra extra = {
            .log_sum = self->log_sum, .largest = self->largest};
        basin_softmax_apply(&softmax, work, 1, self->directions, d, self->memory->r,
            self->answers, v, &extra);
        merge(self);
    }
    basin_softmax_free(&softmax);
    basin_softmax_work_free(work);
    return work == NULL ? BASIN_ERR_NOMEM : 0;
}

/* sum_i phi(k_i) (v_i, 1), without the factor 1/sqrt(r), and its sum over k. */
static void finish(struct intake *self, double *total)
{
    const struct basin_favor_memory *memory = self->memory;
    size_t v = memory->v + 1;
    double shift = memory->shifted ? self->most : 0;
    for (size_t k = 0; k < memory->r; k++) {
        double factor = exp(self->shift[k] - shift);
        for (size_t c = 0; c < v; c++) {
            double *row = self->rows + k * v;
            row[c] = row[c] * factor + memory->eps * self->sum[c];
            total[c] += row[c];
        }
    }
}

void basin_favor_memory_free(struct basin_favor_memory *self)
{
    basin_softmax_free(&self->directions);
    free(self->total);
    *self = (struct basin_favor_memory){0};
}

int basin_favor_memory_init(struct basin_favor_memory *self, const double *directions,
    size_t direction_stride, size_t r, const double *keys, size_t key_stride,
    const double *values, size_t value_stride, size_t n, size_t d, size_t v, double scale,
    double eps, bool shifted, bool single, struct basin_diag *diag)
{
    struct intake intake;
    *self = (struct basin_favor_memory){
        .r = r, .d = d, .v = v, .scale = scale, .eps = eps, .shifted = shifted};
    self->total = basin_aligned(v + 1, sizeof(*self->total));
    int ret = intake_init(&intake, self);
    if (ret != 0 || self->total == NULL) {
        ret = BASIN_ERR_NOMEM;
        goto out;
    }
    for (size_t k = 0; k < r; k++) {
        double *direction = intake.directions + k * (d + 1);
        memcpy(direction, directions + k * direction_stride, d * sizeof(*direction));
        direction[d] = 1;
    }
    for (size_t i = 0; ret == 0 && i < n; i += KEYS) {
        ret =
            take_in(&intake, keys + i * key_stride, key_stride, values + i * value_stride,
                value_stride, n - i < KEYS ? n - i : KEYS, single, diag);
    }
    if (ret == 0) {
        finish(&intake, self->total);
        ret = basin_softmax_init(&self->directions, directions, direction_stride,
            intake.rows, v + 1, r, d, v + 1, single, diag);
    }
    intake_free(&intake);

out:
    if (ret != 0) {
        basin_favor_memory_free(self);
        basin_fail(diag, ret, "no memory for %zu features of %zu numbers", r, v);
    }
    return ret;
}

void basin_favor_work_free(struct basin_favor_work *work)
{
    if (work == NULL) {
        return;
    }
    basin_softmax_work_free(work->softmax);
    free(work->out);
    free(work);
}

struct basin_favor_work *basin_favor_work_new(const struct basin_favor_memory *self)
{
    struct basin_favor_work *work = calloc(1, sizeof(*work));
    if (work == NULL) {
        return NULL;
    }
    work->softmax = basin_softmax_work_new(&self->directions);
    work->out = basin_aligned(QUERIES * (self->v + 1), sizeof(*work->out));
    if (work->softmax == NULL || work->out == NULL) {
        basin_favor_work_free(work);
        return NULL;
    }
    return work;
}

/* Up to QUERIES of them. */
static void read_block(const struct basin_favor_memory *self,
    struct basin_favor_work *work, const double *queries, size_t stride, size_t m,
    double *av, size_t av_stride, double *D)
{
    size_t v = self->v;
    struct basin_softmax_extra extra = {
        .log_sum = work->log_sum, .largest = work->largest};
    basin_softmax_apply(&self->directions, work->softmax, self->scale, queries, stride, m,
        work->out, v + 1, &extra);
    for (size_t j = 0; j < m; j++) {
        double factor = 1 / work->largest[j];
        if (!self->shifted) {
            double norm2 = 0;
            for (size_t k = 0; k < self->d; k++) {
                norm2 += queries[j * stride + k] * queries[j * stride + k];
            }
            factor = exp(work->log_sum[j] - self->scale * self->scale * norm2 / 2);
        }
        const double *out = work->out + j * (v + 1);
        for (size_t c = 0; c < v; c++) {
            av[j * av_stride + c] =
                (out[c] * factor + self->eps * self->total[c]) / (double)self->r;
        }
        D[j] = (out[v] * factor + self->eps * self->total[v]) / (double)self->r;
    }
}

void basin_favor_memory_read(const struct basin_favor_memory *self,
    struct basin_favor_work *work, const double *queries, size_t stride, size_t m,
    double *av, size_t av_stride, double *D)
{
    for (size_t j = 0; j < m; j += QUERIES) {
        read_block(self, work, queries + j * stride, stride,
            m - j < QUERIES ? m - j : QUERIES, av + j * av_stride, av_stride, D + j);
    }
}

/* Exponents of the features of z into u; returns the largest. */
static double exponents(const double *directions, size_t r, size_t d, double scale,
    const double *z, double *u)
{
    double norm2 = 0;
    double largest = -INFINITY;
    for (size_t c = 0; c < d; c++) {
        norm2 += scale * z[c] * scale * z[c];
    }
    for (size_t k = 0; k < r; k++) {
        u[k] = -norm2 / 2;
        for (size_t c = 0; c < d; c++) {
            u[k] += directions[k * d + c] * scale * z[c];
        }
        largest = fmax(largest, u[k]);
    }
    return largest;
}

void basin_favor_plain(const double *directions, size_t r, const double *keys,
    const double *values, size_t n, size_t d, size_t v, double scale, double eps,
    bool shifted, const double *query, double *phi, double *av, double *D)
{
    double key_shift = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        key_shift =
            fmax(key_shift, exponents(directions, r, d, scale, keys + i * d, phi));
    }
    memset(av, 0, v * sizeof(*av));
    *D = 0;
    for (size_t i = 0; i < n; i++) {
        double product = 0;
        double query_shift = exponents(directions, r, d, scale, query, phi);
        for (size_t k = 0; k < r; k++) {
            double u;
            (void)exponents(directions + k * d, 1, d, scale, keys + i * d, &u);
            product += (exp(phi[k] - (shifted ? query_shift : 0)) + eps) *
                       (exp(u - (shifted ? key_shift : 0)) + eps) / (double)r;
        }
        for (size_t c = 0; c < v; c++) {
            av[c] += product * values[i * v + c];
        }
        *D += product;
    }
}
