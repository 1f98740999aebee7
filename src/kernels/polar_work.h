/* What polar.c and its tile code share: a thread's workspace for 64 states at a time. */
#ifndef BASIN_KERNELS_POLAR_WORK_H
#define BASIN_KERNELS_POLAR_WORK_H

#include "kernels/polar.h"

#include <stdbool.h>

enum {
    LANES = 64,            /* states of a tile, side by side */
    HALF = 32,             /* lanes whose fields are computed together, int16 each */
    BATCH = 24,            /* units or patterns of a look-up word: four tables of six */
    TABLE = 64 * 64,       /* bytes of a table: 64 rows of a cache line */
    NARROW_BATCHES = 5,    /* that an int8 holds: 5 * 24 <= 127 */
    MIDDLE_BATCHES = 1365, /* that an int16 holds: 1365 * 24 <= 32767 */
    BLOCK = 256,           /* units of a sweep whose fields are found together */
    CHANGES = 63,          /* units of a block that may change: 2 * 63 <= 127 */
    CHANGE_BATCHES = 3,
    FEW = 8,           /* states that are swept one by one */
    FIELD_MAX = 65000, /* fields up to this are held as halves in int16 */
};

/* A field h > above makes the unit +1, h < below makes it -1; else it is a tie. */
struct polar_threshold {
    int32_t above, below;
};

/* Fields of some units (rows) in 32 lanes. */
struct polar_fields {
    int16_t *half;  /* rows x 32: h / 2, rounded up */
    int16_t *odd;   /* 32: 1 where h is odd: h = 2 half - odd */
    int32_t *whole; /* rows x 32: h itself */
    bool wide;      /* h is in whole, since it may be too large for a half */
};

/* Unit i of the states is +1 in the lanes that plus[i] has a bit for, -1 in those of
 * minus[i], 0 in the others. */
struct basin_polar_work {
    uint64_t *plus, *minus;
    uint64_t *next_plus, *next_minus;
    uint64_t lanes;                         /* that hold a state */
    struct polar_threshold (*threshold)[3]; /* by unit; for states -1, 0, +1 */
    bool uniform;                           /* those of unit 0 hold for all */
    int8_t *table;                          /* four tables */
    int8_t *values;   /* BATCH x 64 bytes: what the tables are made from */
    int8_t *narrow;   /* (n + 1) x 64: sums of a few batches */
    int16_t *middle;  /* (n + 1) x 64: sums of many */
    int32_t *overlap; /* (n + 1) x 64: U; the last row is for a pattern of ones */
    uint32_t *words;  /* look-up words that are not side by side in the patterns */
    struct polar_fields fields[2]; /* of lanes 0 to 31 and 32 to 63 */

    /* Of a sweep: */
    size_t halves;       /* of the tile that hold states */
    bool unknown;        /* some units are 0 */
    bool wide;           /* the fields of the block are whole */
    int spare;           /* changes per lane that halves can take */
    size_t changes;      /* units of the block that have changed: */
    size_t *change_unit; /* which */
    int16_t *change;     /* changes x 64: by how much, or half of it if not wide */
    int16_t *changed;    /* 64: sum of the squares of the changes */

    int32_t *lane; /* of one state, for the plain twins */
};

/* The thresholds of unit i in states -1, 0, +1. */
static inline const struct polar_threshold *polar_thresholds(
    const struct basin_polar_work *work, size_t i)
{
    return work->threshold[work->uniform ? 0 : i];
}

/* What depends on the instruction set. */
struct polar_code {
    bool (*is_polar)(const double *x, size_t n);
    void (*pack)(struct basin_polar *self, const double *patterns, size_t stride);
    void (*load_tile)(const struct basin_polar *self, struct basin_polar_work *work,
        const double *states, size_t stride, size_t m);
    void (*store_tile)(const struct basin_polar *self, struct basin_polar_work *work,
        double *states, size_t stride, size_t m);
    void (*find_overlaps)(const struct basin_polar *self, struct basin_polar_work *work);
    void (*step)(const struct basin_polar *self, struct basin_polar_work *work);
    void (*sweep)(const struct basin_polar *self, struct basin_polar_work *work,
        enum basin_polar_tie tie, const size_t *order);
    void (*sweep_alone)(const struct basin_polar *self, struct basin_polar_work *work,
        enum basin_polar_tie tie, const size_t *order, double *state);
};

extern const struct polar_code basin_polar_avx2, basin_polar_portable;

/* What a unit becomes whose field is at its threshold: adds the lanes to plus and minus.
 */
static inline void polar_settle_tie(const struct basin_polar_work *work,
    enum basin_polar_tie tie, size_t i, uint64_t *plus, uint64_t *minus)
{
    uint64_t tied = work->lanes & ~(*plus | *minus);
    *plus &= work->lanes;
    *minus &= work->lanes;
    switch (tie) {
    case BASIN_POLAR_KEEP:
        *plus |= tied & work->plus[i];
        *minus |= tied & work->minus[i];
        break;
    case BASIN_POLAR_PLUS:
        *plus |= tied;
        break;
    case BASIN_POLAR_MINUS:
        *minus |= tied;
        break;
    }
}

#endif
