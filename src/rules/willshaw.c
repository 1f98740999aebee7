/* Willshaw's memory: binary units and binary synapses (Willshaw, Buneman &
 * Longuet-Higgins 1969; Palm 1980).
 *
 *   w_ij = OR_mu x_mu,i x_mu,j  (i != j),   w_ii = 0,
 *   xi_i' = 1 if sum_j w_ij xi_j >= theta, else 0.
 *
 * theta is the number of the cue's active units, so that a unit answers if all of them
 * know it. As w_ii = 0, that is k for a silent unit of a cue with k active ones and k - 1
 * for an active one. Nothing is known of a cue without an active unit, and its answer is
 * empty. With a number as theta every unit has the same threshold.
 *
 * Synapses are bits: 50 MB at d = 20 000. A cue reads the k rows of its active units
 * only; the sums of all units are counted at once, 64 in a word, by counters that have
 * one bit in each of several planes. */
#include "rules/rule.h"
#include "rules/states.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64 };

struct params {
    double threshold; /* NAN: of the cue */
};

struct memory {
    double threshold;
    size_t d;
    size_t words;    /* of a row */
    size_t planes;   /* bits of a counter that holds d */
    uint64_t *W;     /* d x words */
    uint64_t *plane; /* planes x words: bit b of the counters */
    size_t *active;  /* d: the active units of a pattern or state */
};

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    free(self->W);
    free(self->plane);
    free(self->active);
    free(self);
}

/* Lists the active units in self->active and returns how many there are. */
static size_t list_active(struct memory *self, const double *x)
{
    size_t k = 0;
    for (size_t i = 0; i < self->d; i++) {
        if (x[i] != 0) {
            self->active[k++] = i;
        }
    }
    return k;
}

static void learn(struct memory *self, const double *x)
{
    size_t k = list_active(self, x);
    for (size_t a = 0; a < k; a++) {
        uint64_t *row = self->W + self->active[a] * self->words;
        for (size_t b = 0; b < k; b++) {
            if (b != a) {
                row[self->active[b] / WORD] |= UINT64_C(1) << self->active[b] % WORD;
            }
        }
    }
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    (void)options;
    (void)key;
    (void)replicate;
    int ret = 0;
    size_t d = patterns->size2;
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for synapses of %zu units", d);
    }
    self->threshold = ((const struct params *)params)->threshold;
    self->d = d;
    self->words = (d + WORD - 1) / WORD;
    for (self->planes = 1; d >> self->planes != 0;) {
        self->planes++;
    }
    self->W = calloc(d * self->words, sizeof(*self->W));
    self->plane = malloc(self->planes * self->words * sizeof(*self->plane));
    self->active = malloc(d * sizeof(*self->active));
    if (self->W == NULL || self->plane == NULL || self->active == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory for synapses of %zu units", d);
    }
    for (size_t i = 0; ret == 0 && i < patterns->size1; i++) {
        learn(self, gsl_matrix_const_ptr(patterns, i, 0));
    }
    return basin_rule_hand_over(ret, self, release, memory);
}

/* Counts for every unit how many of the k listed units are linked to it. */
static void count_links(struct memory *self, size_t k)
{
    memset(self->plane, 0, self->planes * self->words * sizeof(*self->plane));
    for (size_t a = 0; a < k; a++) {
        const uint64_t *row = self->W + self->active[a] * self->words;
        for (size_t w = 0; w < self->words; w++) {
            uint64_t carry = row[w];
            for (uint64_t *plane = self->plane + w; carry != 0; plane += self->words) {
                uint64_t both = *plane & carry;
                *plane ^= carry;
                carry = both;
            }
        }
    }
}

static size_t links(const struct memory *self, size_t i)
{
    size_t count = 0;
    for (size_t b = 0; b < self->planes; b++) {
        uint64_t word = self->plane[b * self->words + i / WORD];
        count |= (size_t)(word >> i % WORD & 1) << b;
    }
    return count;
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    struct memory *self = memory;
    int ret = basin_states_check_binary(states, "willshaw", diag);
    for (size_t j = 0; ret == 0 && j < states->size1; j++) {
        double *xi = gsl_matrix_ptr(states, j, 0);
        size_t k = list_active(self, xi);
        count_links(self, k);
        for (size_t i = 0; i < self->d; i++) {
            double theta = isnan(self->threshold) ? (double)k - xi[i] : self->threshold;
            xi[i] = k > 0 && (double)links(self, i) >= theta ? 1 : 0;
        }
    }
    return ret;
}

/* Each pattern and each state is read once; synapses are few. */
static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 4.0 * (double)d * (double)(n + 4 * m);
}

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL_OR(T, threshold, "cue", "cue", 0, BASIN_ANY_HIGH, "1",
        "links to active units that activate a unit; cue: to all of the cue's"),
    BASIN_FIELD_END,
};

#undef T

const struct basin_rule basin_rule_willshaw = {
    .kind = {.name = "willshaw",
        .summary = "binary units, binary synapses: OR of outer products",
        .source = "Willshaw, Buneman & Longuet-Higgins 1969; Palm 1980",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct params)},
    .takes = BASIN_BINARY,
    .discrete = true,
    .coupling_bits = 1,
    .store = store,
    .step = step,
    .release = release,
    .cost = cost,
};
