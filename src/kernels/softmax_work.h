/* What softmax.c and its source share. */
#ifndef BASIN_KERNELS_SOFTMAX_WORK_H
#define BASIN_KERNELS_SOFTMAX_WORK_H

#include "kernels/candidates.h"
#include "kernels/softmax.h"

enum {
    CACHE = 384 * 1024, /* bytes */
    TILE_LEAST = 144,   /* keys */
    TILE_MOST = 480,
    BLOCK = 8,         /* panels of queries that a tile is used for */
    WIDTH = 6,         /* keys or dimensions side by side in a panel */
    PANEL_BYTES = 64,  /* a row of queries or scores: 8 double or 16 float */
    DEPTH = 256,       /* dimensions that are multiplied before the scores are stored */
    NEAR = 32 * WIDTH, /* dimensions whose values stay near while panels use them */
};

/* Rows of 64 bytes, a lane for each query of a panel. */
struct basin_softmax_work {
    void *queries; /* block x d rows, multiplied by beta */
    void *out;     /* block x v rows, before the division by sum */
    void *scores;  /* block x tile rows: scores, then exponentials */
    void *largest; /* block rows: greatest score so far */
    void *sum;     /* block rows: of exponentials relative to it */
    void *target_score;
    size_t *target;                 /* a key for each query of the block */
    bool targets;                   /* they are wanted */
    struct basin_candidates *lists; /* of a block of queries */
    size_t list_count;
    void *all; /* n rows: all scores of a panel; NULL until weights are asked for */
};

static inline size_t panels_of(size_t n)
{
    return (n + WIDTH - 1) / WIDTH;
}

/* What depends on precision and instruction set. */
struct softmax_code {
    void (*pack)(const struct basin_softmax *self, const double *keys, size_t key_stride,
        const double *values, size_t value_stride);
    void (*apply)(const struct basin_softmax *self, struct basin_softmax_work *work,
        double beta, const double *queries, size_t stride, size_t m, double *out,
        size_t out_stride, const struct basin_softmax_extra *extra);
    void (*weigh)(const struct basin_softmax *self, struct basin_softmax_work *work,
        double beta, const double *queries, size_t stride, size_t m, double *weights,
        size_t weight_stride);
    bool (*filter)(const struct basin_softmax *self, struct basin_softmax_work *work,
        double beta, const double *queries, size_t stride, size_t m);
};

extern const struct softmax_code basin_softmax_single_avx512, basin_softmax_double_avx512,
    basin_softmax_single_avx2, basin_softmax_double_avx2, basin_softmax_single_portable,
    basin_softmax_double_portable;

#endif
