/* The classical Hopfield network on packed patterns, exact in integers.
 *
 * Patterns x_mu of -1 and +1 (mu = 1..N, d units) are stored with Hebb's weights
 * W = sum_mu x_mu x_mu^T, which are never formed: overlaps U_mu = x_mu . s give fields
 * h = W s = sum_mu U_mu x_mu. An update is
 *
 *   s_i' = sgn(h_i + self s_i - b_i),
 *
 * with self = -N for a zero diagonal and 0 for Hebb's own w_ii = N. Units that are 0
 * (unknown) take part in nothing. All sums are integers and exact for every N and d that
 * init accepts; self and b are doubles, and h_i is compared with b_i - self s_i.
 *
 * Many states are updated at once by table look-up ("four Russians": V. Arlazarov,
 * E. Dinic, M. Kronrod & I. Faradzhev 1970): the sums over all subsets of six units are
 * tabulated for 32 states side by side, and six bits of a pattern choose one.
 *
 * States are packed, too: two bits a unit. Who updates them again and again keeps them
 * so, and converts them only at the ends. */
#ifndef BASIN_KERNELS_POLAR_H
#define BASIN_KERNELS_POLAR_H

#include "base/err.h"
#include "kernels/simd.h"

#include <stdbool.h>
#include <stdint.h>

/* What a unit becomes whose field equals its threshold. */
enum basin_polar_tie { BASIN_POLAR_KEEP, BASIN_POLAR_PLUS, BASIN_POLAR_MINUS };

struct basin_polar_update {
    double self;        /* added to every w_ii = N */
    const double *bias; /* d thresholds, or NULL for none */
    enum basin_polar_tie tie;
};

/* The packed patterns (constant, to be shared by threads) and a thread's workspace. */
struct basin_polar {
    size_t n, d;
    enum basin_isa isa;
    uint32_t *by_unit; /* by_unit[a * n + mu]: units 24 a.. of pattern mu, a bit each */
    uint32_t *by_pattern; /* by_pattern[a * d + i]: unit i of patterns 24 a.. */
    uint64_t *columns;    /* columns[i * words + w]: unit i of patterns 64 w.. */
    uint8_t *quads; /* for 64 units and 4 patterns 32 bytes: units i, i + 32 in one */
    size_t words;
    int32_t *sum;  /* of the units of a pattern */
    uint64_t *all; /* a bit for each pattern */
    size_t row;    /* words of a packed state */
    size_t note;   /* words of what is remembered of one; 0: nothing can be */
};

struct basin_polar_work;

/* Packs the rows of a matrix of -1 and +1, stride doubles apart. N d <= 2^30, d <=
 * 2^19. BASIN_ERR_DOMAIN for other sizes or another value, BASIN_ERR_NOMEM; on failure
 * nothing is left to free. */
BASIN_CHECKED int basin_polar_init(struct basin_polar *self, const double *patterns,
    size_t stride, size_t n, size_t d, struct basin_diag *diag);
void basin_polar_free(struct basin_polar *self);

/* One thread's workspace for these patterns; NULL when memory is out. */
struct basin_polar_work *basin_polar_work_new(const struct basin_polar *self);
void basin_polar_work_free(struct basin_polar_work *work);

/* In all that follows states are m rows of d doubles, -1, 0 or +1, stride doubles apart;
 * packed, they are m rows of self->row words, the same words if and only if they are the
 * same states. Packing says whether all units are one of the three. */
bool basin_polar_pack(const struct basin_polar *self, const double *states, size_t stride,
    size_t m, uint64_t *rows);
void basin_polar_unpack(const struct basin_polar *self, const uint64_t *rows, size_t m,
    double *states, size_t stride);

/* One update of all units at once. notes: m rows of self->note words, which go with the
 * states from one update to the next, on cache lines and zero before the first; they
 * remember overlaps, so that the next update is faster. NULL: for one update. */
void basin_polar_step_packed(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    uint64_t *rows, uint64_t *notes, size_t m);
void basin_polar_step(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    double *states, size_t stride, size_t m);

/* One update of the d units one after the other in the given order, the same for all
 * states; each sees what those before it became. */
void basin_polar_sweep_packed(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, uint64_t *rows, size_t m);
void basin_polar_sweep(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, double *states, size_t stride, size_t m);

/* U = states X^T of up to 32 states side by side: row mu, of 32, has their overlaps with
 * pattern mu, and those of the first state where there are fewer. In the workspace, until
 * it is used again. */
enum { BASIN_POLAR_ABREAST = 32 };
const int32_t *basin_polar_overlaps(const struct basin_polar *self,
    struct basin_polar_work *work, const double *states, size_t stride, size_t m);

/* E = -1/2 (|U|^2 + self |s|^2) + b.s of every state; exact up to the rounding of one
 * double while |U|^2 < 2^63, and of the sum b.s. */
void basin_polar_energy(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const double *states, size_t stride, size_t m, double *energy);

/* The plain twins: the specification, one state and one unit after the other. */
void basin_polar_step_plain(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    double *states, size_t stride, size_t m);
void basin_polar_sweep_plain(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, double *states, size_t stride, size_t m);
/* m rows of N overlaps. */
void basin_polar_overlaps_plain(const struct basin_polar *self, const double *states,
    size_t stride, size_t m, int32_t *overlaps);

#endif
