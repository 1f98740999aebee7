/* What polar.c and its tile code share: a thread's workspace for 64 states at a time. */
#ifndef BASIN_KERNELS_POLAR_WORK_H
#define BASIN_KERNELS_POLAR_WORK_H

#include "kernels/polar.h"

#include <stdbool.h>

enum {
    LANES = 64,                 /* states of a tile, side by side */
    HALF = BASIN_POLAR_ABREAST, /* lanes that are looked up together */
    BATCH = 24,           /* units or patterns of a look-up word: four tables of six */
    TABLE_ROWS = 64,      /* of a table */
    NARROW_KNOWN = 10,    /* batches that a byte holds: of 0 or 1, 10 * 24 <= 255 */
    NARROW_UNKNOWN = 5,   /* of 0, 1 or 2 */
    MIDDLE_BATCHES = 680, /* that an int16 holds: 680 * 48 <= 32767 */
    BLOCK = 256,          /* units of a sweep whose fields are found together */
    CHANGES = 63,         /* units of a block that may change: 2 * 63 <= 127 */
    CHANGE_BATCHES = 3,
    FOLLOWED = 16,    /* of the units, one in so many may change for overlaps to follow */
    QUAD = 4,         /* patterns that a state alone looks up together */
    QUAD_ROWS = 16,   /* of their table */
    FEW_STEPPED = 24, /* states that are updated one by one */
    FEW_SWEPT = 8,
    FIELD_MAX = 65000, /* fields up to this are held as halves in int16 */
};

/* A unit becomes +1 where its field h >= plus and -1 where h <= minus; else it stays. */
struct polar_threshold {
    int32_t plus, minus;
};

/* Overlaps with 32 states, and fields of some units (rows) in them. */
struct polar_half {
    int32_t *overlap; /* n x 32: U */
    int16_t *field;   /* rows x 32: h / 2, rounded up */
    int16_t *odd;     /* 32: 1 where h is odd: h = 2 field - odd */
    int32_t *whole;   /* rows x 32: h itself */
    bool wide;        /* h is in whole, since it may be too large for a half */
};

/* By how much a unit of a state has changed. */
struct polar_change {
    size_t unit;
    int by;
};

/* Unit i of the states is +1 in the lanes that plus[i] has a bit for, -1 in those of
 * minus[i], 0 in the others; in lanes without a state it is anything. */
struct basin_polar_work {
    uint64_t *rows; /* 64 packed states */
    uint64_t *plus, *minus;
    uint64_t *next_plus, *next_minus;
    size_t halves;                          /* of the tile that hold states */
    bool unknown;                           /* some units are 0 */
    struct polar_threshold (*threshold)[3]; /* by unit; for states -1, 0, +1 */
    bool uniform;                           /* those of unit 0 hold for all */
    int8_t *table;   /* four tables of 64 rows: 32 bytes or 32 int16 each */
    int8_t *values;  /* BATCH rows: what the tables are made from */
    int8_t *narrow;  /* (n + 1) x 32: sums of a few batches */
    int16_t *middle; /* (n + 1) x 32: sums of many */
    uint32_t *words; /* look-up words that are not side by side in the patterns */
    struct polar_half half[2]; /* lanes 0 to 31 and 32 to 63 */

    /* Of a sweep: */
    bool wide;           /* the fields of the block are whole */
    int spare;           /* changes per lane that halves can take */
    size_t changes;      /* units of the block that have changed: */
    size_t *change_unit; /* which */
    int16_t *change;     /* changes x 64: by how much, or half of it if not wide */
    int16_t *changed;    /* 64: sum of the squares of the changes */

    struct polar_change *changes_of_state;
    int8_t *quad_table; /* n / 4 tables of 16 rows: low bytes, high bytes */

    int32_t *lane; /* of one state, for the plain twins */
};

/* The thresholds of unit i in states -1, 0, +1. */
static inline const struct polar_threshold *polar_thresholds(
    const struct basin_polar_work *work, size_t i)
{
    return work->threshold[work->uniform ? 0 : i];
}

/* The bits of word w of a state that are units. */
static inline uint64_t polar_units(const struct basin_polar *self, size_t w)
{
    size_t units = self->d - 64 * w;
    return units >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << units) - 1;
}

/* The state whose overlaps, as int16 in the order of place_of(), a note begins with. */
static inline uint64_t *polar_note_state(const struct basin_polar *self, uint64_t *note)
{
    return note + self->words * 64 * sizeof(int16_t) / sizeof(*note);
}

/* What depends on the instruction set. */
struct polar_code {
    bool (*is_polar)(const double *x, size_t n);
    void (*pack)(struct basin_polar *self, const double *patterns, size_t stride);
    bool (*pack_state)(
        const struct basin_polar *self, const double *state, uint64_t *row);
    void (*unpack_state)(
        const struct basin_polar *self, const uint64_t *row, double *state);
    void (*load_tile)(const struct basin_polar *self, struct basin_polar_work *work,
        const uint64_t *rows, size_t m);
    void (*store_tile)(const struct basin_polar *self, struct basin_polar_work *work,
        uint64_t *rows, size_t m);
    void (*find_overlaps)(const struct basin_polar *self, struct basin_polar_work *work);
    void (*recall)(const struct basin_polar *self, struct basin_polar_work *work,
        const uint64_t *rows, uint64_t *notes, size_t m);
    void (*step)(const struct basin_polar *self, struct basin_polar_work *work);
    bool (*step_alone)(const struct basin_polar *self, struct basin_polar_work *work,
        uint64_t *row, uint64_t *note);
    void (*sweep)(const struct basin_polar *self, struct basin_polar_work *work,
        const size_t *order);
    void (*sweep_alone)(const struct basin_polar *self, struct basin_polar_work *work,
        const size_t *order, uint64_t *row);
};

extern const struct polar_code basin_polar_avx512, basin_polar_avx2, basin_polar_portable;

#endif
