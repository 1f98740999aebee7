/* The loops of gemm.c: compiled once for each instruction set, after vector_source.h,
 * with GEMM_CODE the name of the result. */
#include "kernels/gemm_work.h"
#include "kernels/row.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { TOGETHER = WITHIN }; /* lines of a panel that are packed at once */

/* Lines of a panel from rows that are `across` apart. */
TARGET BASIN_INLINE void pack_rows(
    const float *x, size_t across, size_t wide, float *line)
{
    const size_t rest = wide % WITHIN;
    for (size_t i = 0; i < wide; i += WITHIN) {
        vector square[WITHIN];
        bool whole = i + WITHIN <= wide;
#pragma GCC unroll 8
        for (size_t j = 0; j < WITHIN; j++) {
            load(x + (i + (whole || j < rest ? j : 0)) * across, WITHIN, 0, &square[j]);
        }
        transpose(square);
#pragma GCC unroll 8
        for (size_t j = 0; j < TOGETHER; j++) {
            if (whole) {
                memcpy(line + j * wide + i, &square[j], sizeof(square[j]));
            } else {
                memcpy(line + j * wide + i, &square[j], rest * sizeof(*line));
            }
        }
    }
}

/* Lines of a panel from rows that hold them, `down` apart. */
TARGET BASIN_INLINE void pack_lines(const float *x, size_t down, size_t wide, float *line)
{
    for (size_t j = 0; j < TOGETHER; j++) {
        memcpy(line + j * wide, x + j * down, wide * sizeof(*line));
    }
}

/* One panel, `wide` side by side, of a factor whose number (i, k) is at from[i across + k
 * down], i < n and k < depth; of all panels together `all` are side by side. */
TARGET BASIN_INLINE void pack(const float *from, size_t across, size_t down, size_t n,
    size_t depth, size_t wide, size_t all, size_t panel, float *to)
{
    size_t first = panel * wide;
    size_t here = least(wide, n - first);
    for (size_t k0 = 0; k0 < depth; k0 += DEPTH) {
        size_t block = least(DEPTH, depth - k0);
        float *line = to + k0 * all + first * block;
        for (size_t k = 0, done; k < block; k += done, line += done * wide) {
            const float *x = from + first * across + (k0 + k) * down;
            done = TOGETHER;
            if (here < wide || block - k < TOGETHER) {
                for (size_t i = 0; i < wide; i++) {
                    line[i] = i < here ? x[i * across] : 0;
                }
                done = 1;
            } else if (across == 1) {
                pack_lines(x, down, wide, line);
            } else {
                pack_rows(x, across, wide, line);
            }
        }
    }
}

TARGET static void pack_a(
    const struct basin_gemm *self, const struct gemm_packed *packed, size_t panel)
{
    size_t across = self->a_transposed ? 1 : self->a_stride;
    size_t down = self->a_transposed ? self->a_stride : 1;
    pack(self->a + packed->direct * across, across, down, self->m - packed->direct,
        self->k, HIGH, packed->rows, panel, packed->a);
}

TARGET static void pack_b(
    const struct basin_gemm *self, const struct gemm_packed *packed, size_t panel)
{
    size_t across = self->b_transposed ? self->b_stride : 1;
    size_t down = self->b_transposed ? 1 : self->b_stride;
    pack(
        self->b, across, down, self->n, self->k, WIDE, packed->columns, panel, packed->b);
}

/* Activation of a part of one row of C, while it is near. */
TARGET static void activate(const struct basin_gemm *self, float *c, size_t n)
{
    if (self->before != NULL) {
        memcpy(self->before + (c - self->c), c, n * sizeof(*c));
    }
    switch (self->activation) {
    case BASIN_GEMM_GELU:
        ROW_CODE.gelu(c, n);
        break;
    case BASIN_GEMM_GELU_TANH:
        ROW_CODE.gelu_tanh(c, n);
        break;
    case BASIN_GEMM_RELU:
        for (size_t j = 0; j < n; j++) {
            c[j] = c[j] > 0 ? c[j] : 0;
        }
        break;
    default:
        break;
    }
}

/* The sums of a tile, panel by panel, into rows of C. */
TARGET static void put(
    const struct basin_gemm *self, const float *sums, size_t row, size_t column)
{
    enum { PANEL = TILE_HIGH * WIDE };
    float bias[TILE_WIDE] BASIN_ALIGNED = {0};
    size_t n = least(TILE_WIDE, self->n - column);
    if (self->bias != NULL) {
        memcpy(bias, self->bias + column, n * sizeof(*bias));
    }
    for (size_t i = 0; i < TILE_HIGH && row + i < self->m; i++, sums += WIDE) {
        float *c = self->c + (row + i) * self->c_stride + column;
        for (size_t j = 0; j < n; j += WIDE) {
            size_t left = n - j;
            const vector *sum = (const vector *)(const void *)(sums + j / WIDE * PANEL);
            for (size_t k = 0; k < WIDE && k < left; k += WITHIN) {
                vector x = sum[k / WITHIN] + *(vector *)(void *)(bias + j + k);
                vector y = {0};
                if (self->add) {
                    load(c + j + k, left - k, 0, &y);
                }
                x += y;
                store(c + j + k, left - k, &x);
            }
        }
        activate(self, c, n);
    }
}

/* Brings the part of the next panel of B that one product has the time for. */
TARGET static inline void fetch(const float *next)
{
    for (size_t i = 0; i < (size_t)WIDE * DEPTH * HIGH / TILE_HIGH; i += WIDE) {
        __builtin_prefetch(next + i);
    }
}

/* A panel of A, which may lie in A itself, times one of B. */
TARGET BASIN_INLINE void multiply_panel(const struct basin_gemm *self,
    const struct gemm_packed *packed, size_t row, size_t k0, const vector *b,
    size_t depth, vector *sums)
{
    if (row < packed->direct) {
        multiply(self->a + row * self->a_stride + k0, self->a_stride, 1, b, depth, k0 > 0,
            sums);
    } else {
        row -= packed->direct;
        multiply(
            packed->a + k0 * packed->rows + row * depth, 1, HIGH, b, depth, k0 > 0, sums);
    }
}

/* The tile of C from that row and column on. */
TARGET static void tile(const struct basin_gemm *self, const struct gemm_packed *packed,
    size_t row, size_t column)
{
    vector sums[TILE_HIGH * TILE_WIDE / WITHIN] BASIN_ALIGNED;
    enum { PANEL = HIGH * WIDE / WITHIN };
    size_t high = (least(TILE_HIGH, self->m - row) + HIGH - 1) / HIGH;
    size_t wide = least(TILE_WIDE, packed->columns - column) / WIDE;
    for (size_t k0 = 0; k0 < self->k; k0 += DEPTH) {
        size_t depth = least(DEPTH, self->k - k0);
        const float *b = packed->b + k0 * packed->columns + column * depth;
        for (size_t q = 0; q < wide; q++, b += WIDE * depth) {
            const vector *panel = (const vector *)(const void *)b;
            for (size_t p = 0; p < high; p++) {
                fetch(b + WIDE * depth + p * WIDE * depth * HIGH / TILE_HIGH);
                multiply_panel(self, packed, row + p * HIGH, k0, panel, depth,
                    sums + (q * TILE_HIGH / HIGH + p) * PANEL);
            }
        }
    }
    put(self, (const float *)(const void *)sums, row, column);
}

const struct gemm_code GEMM_CODE = {.pack_a = pack_a, .pack_b = pack_b, .tile = tile};
