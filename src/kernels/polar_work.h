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
    FIELD_MAX = 65000,     /* fields up to this are held as halves in int16 */
};

/* A field h > above makes the unit +1, h < below makes it -1; else it is a tie. */
struct polar_threshold {
    int32_t above, below;
};

/* Unit i of the states is +1 in the lanes that plus[i] has a bit for, -1 in those of
 * minus[i], 0 in the others. */
struct basin_polar_work {
    uint64_t *plus, *minus;
    uint64_t *next_plus, *next_minus;
    uint64_t lanes;                         /* that hold a state */
    struct polar_threshold (*threshold)[3]; /* of unit i in state -1, 0, +1 */
    bool uniform;                           /* the same for all units */
    int8_t *table;                          /* four tables */
    int8_t *values;   /* BATCH x 64 bytes: what the tables are made from */
    int8_t *narrow;   /* (n + 1) x 64: sums of a few batches */
    int16_t *middle;  /* (n + 1) x 64: sums of many */
    int32_t *overlap; /* (n + 1) x 64: U; the last row is for a pattern of ones */
    int16_t *half;    /* rows x 32: (h + odd) / 2 */
    int32_t *odd;     /* 32: 1 where the sum of U is odd */
    int16_t *odd_half;
    int32_t *field; /* rows x 32: h, where it may be too large for its half */
    bool wide;      /* h is in field */
    int32_t *lane;  /* of one state, for the plain twins */
};

#endif
