/* The loop that iterates any rule.
 *
 * All live states have made the same number t of updates. Cycles are found without
 * hashes, so without collisions: a period of two by comparison with the state two updates
 * ago, a longer one by Brent's method (R. P. Brent, "An improved Monte Carlo
 * factorization algorithm", 1980), comparison with the state at the last power of two.
 * A long cycle is therefore noticed some updates after it has closed, but its period is
 * exact. Real-valued states count as equal within the tolerance (and, in single
 * precision, within the rounding of a state, which would look like a cycle); an
 * oscillation that dies out so slowly that two updates change it by less than that is
 * called a cycle. */
#include "rules/relax.h"

#include "kernels/simd.h"

#include <float.h>
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Energies that differ by less than this, relative to their size (or to 1 where they are
 * smaller), are equal up to round-off. */
#define ROUND_OFF 1e-9

struct relaxation {
    const struct basin_rule *rule;
    void *memory;
    const struct basin_rule_options *options;
    struct basin_outcome *outcome;
    bool cycles;                         /* a state that is seen again is on a cycle */
    const struct basin_packing *packing; /* NULL: a row is the state's d numbers */
    size_t d, bytes, note;               /* units, and bytes of a row and of a note */

    /* Of the n live states, row i belonging to row[i] of the caller's states: */
    size_t n;
    size_t *row;
    char *now, *last, *older; /* rows after t, t - 1, t - 2 updates */
    char *mark;               /* after mark_t updates; NULL without cycles */
    char *notes;              /* of the packing, for each row; NULL: none */
    gsl_vector *energy, *next_energy;
    size_t mark_t;
};

static void relaxation_free(struct relaxation *self)
{
    free(self->row);
    free(self->now);
    free(self->last);
    free(self->older);
    free(self->mark);
    free(self->notes);
    gsl_vector_free(self->energy);
    gsl_vector_free(self->next_energy);
}

/* The numbers of all live states, which must not be packed. */
static gsl_matrix_view live(const struct relaxation *self)
{
    return gsl_matrix_view_array((double *)(void *)self->now, self->n, self->d);
}

static char *row_of(const struct relaxation *self, char *rows, size_t i)
{
    return rows + i * self->bytes;
}

static void copy_row(const struct relaxation *self, char *rows, size_t to, size_t from)
{
    memcpy(row_of(self, rows, to), row_of(self, rows, from), self->bytes);
}

static void copy_note(const struct relaxation *self, size_t to, size_t from)
{
    memcpy(self->notes + to * self->note, self->notes + from * self->note, self->note);
}

static void copy_live(const struct relaxation *self, char *to)
{
    memcpy(to, self->now, self->n * self->bytes);
}

/* The caller's states into rows. */
static int take_states(
    struct relaxation *self, const gsl_matrix *states, struct basin_diag *diag)
{
    if (self->packing != NULL) {
        return self->packing->pack(self->memory, states, self->now, diag);
    }
    gsl_matrix_view now = live(self);
    return gsl_matrix_memcpy(&now.matrix, states);
}

/* Row i is the end of one of the caller's states. */
static void give_state(const struct relaxation *self, size_t i, gsl_matrix *states)
{
    double *state = gsl_matrix_ptr(states, self->row[i], 0);
    const char *row = row_of(self, self->now, i);
    if (self->packing != NULL) {
        self->packing->unpack(self->memory, row, state);
    } else {
        memcpy(state, row, self->bytes);
    }
}

static int relaxation_init(
    struct relaxation *self, const gsl_matrix *states, struct basin_diag *diag)
{
    size_t m = states->size1;
    self->n = m;
    self->d = states->size2;
    self->bytes = self->packing != NULL ? self->packing->size(self->memory)
                                        : self->d * sizeof(double);
    self->row = malloc(m * sizeof(*self->row));
    self->now = malloc(m * self->bytes);
    self->last = malloc(m * self->bytes);
    self->older = malloc(m * self->bytes);
    self->mark = self->cycles ? malloc(m * self->bytes) : NULL;
    if (self->packing != NULL && self->options->steps != 1) {
        self->note = self->packing->note(self->memory);
    }
    self->notes = self->note != 0 ? basin_aligned(m, self->note) : NULL;
    self->energy = gsl_vector_alloc(m);
    self->next_energy = gsl_vector_alloc(m);
    if (self->row == NULL || self->now == NULL || self->last == NULL ||
        self->older == NULL || (self->cycles && self->mark == NULL) ||
        (self->note != 0 && self->notes == NULL) || self->energy == NULL ||
        self->next_energy == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory to iterate %zu states of %zu units", m, self->d);
    }
    for (size_t i = 0; i < m; i++) {
        self->row[i] = i;
    }
    gsl_vector_set_all(self->energy, NAN);
    int ret = take_states(self, states, diag);
    if (ret == 0 && self->cycles) {
        copy_live(self, self->mark);
    }
    return ret;
}

/* Whether row i of both is the same state: most that are equal are so bit by bit. */
static bool same(const struct relaxation *self, char *a, char *b, size_t i)
{
    const double *x = (const double *)(const void *)row_of(self, a, i);
    const double *y = (const double *)(const void *)row_of(self, b, i);
    if (memcmp(x, y, self->bytes) == 0) {
        return true;
    }
    if (self->packing != NULL) {
        return false;
    }
    double limit = self->rule->discrete ? 0 : self->options->tolerance;
    if (!self->rule->discrete && self->options->precision == BASIN_SINGLE) {
        gsl_vector_const_view state = gsl_vector_const_view_array(x, self->d);
        limit = fmax(limit, FLT_EPSILON * gsl_blas_dnrm2(&state.vector));
    }
    double squared = 0;
    for (size_t j = 0; j < self->d; j++) {
        squared += (x[j] - y[j]) * (x[j] - y[j]);
        if (squared > limit * limit) {
            return false;
        }
    }
    return true;
}

/* Discrete states cannot be anything else. */
static int check_finite(const struct relaxation *self, size_t t, struct basin_diag *diag)
{
    for (size_t i = 0; !self->rule->discrete && i < self->n; i++) {
        const double *x = (const double *)(const void *)row_of(self, self->now, i);
        for (size_t j = 0; j < self->d; j++) {
            if (!isfinite(x[j])) {
                return basin_fail(diag, BASIN_ERR_NUMERIC,
                    "update %zu of rule %s made unit %zu of state %zu %g", t,
                    self->rule->kind.name, j, self->row[i], x[j]);
            }
        }
    }
    return 0;
}

static int count_rises(struct relaxation *self, struct basin_diag *diag)
{
    gsl_matrix_view now = live(self);
    gsl_vector_view energy = gsl_vector_subvector(self->next_energy, 0, self->n);
    int ret = self->rule->energy(self->memory, &now.matrix, &energy.vector, diag);
    if (ret != 0) {
        return ret;
    }
    for (size_t i = 0; i < self->n; i++) {
        double before = gsl_vector_get(self->energy, i);
        double after = gsl_vector_get(self->next_energy, i);
        if (after - before > ROUND_OFF * fmax(1, fabs(before))) {
            self->outcome[self->row[i]].energy_rises++;
        }
        gsl_vector_set(self->energy, i, after);
    }
    return 0;
}

/* Period of state i after t updates, or 0 while it is moving. */
static size_t period(const struct relaxation *self, size_t i, size_t t)
{
    if (same(self, self->now, self->last, i)) {
        return 1;
    }
    if (!self->cycles) {
        return 0;
    }
    if (t >= 2 && same(self, self->now, self->older, i)) {
        return 2;
    }
    return same(self, self->now, self->mark, i) ? t - self->mark_t : 0;
}

/* Takes the states that have ended out of the batch; the others keep their order. What
 * was before the last update is not needed any more. */
static void drop_ended(struct relaxation *self, size_t t, gsl_matrix *states)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        size_t found = period(self, i, t);
        if (found != 0) {
            struct basin_outcome *outcome = &self->outcome[self->row[i]];
            outcome->end = found == 1   ? BASIN_END_FIXED_POINT
                           : found == 2 ? BASIN_END_TWO_CYCLE
                                        : BASIN_END_LONG_CYCLE;
            outcome->steps = t;
            outcome->period = found;
            outcome->energy_end = gsl_vector_get(self->energy, i);
            give_state(self, i, states);
            continue;
        }
        if (kept != i) {
            self->row[kept] = self->row[i];
            gsl_vector_set(self->energy, kept, gsl_vector_get(self->energy, i));
            copy_row(self, self->now, kept, i);
            copy_row(self, self->last, kept, i);
            if (self->cycles) {
                copy_row(self, self->mark, kept, i);
            }
            if (self->notes != NULL) {
                copy_note(self, kept, i);
            }
        }
        kept++;
    }
    self->n = kept;
}

static int update(struct relaxation *self, size_t t, struct basin_diag *diag)
{
    char *spare = self->older;
    self->older = self->last;
    self->last = spare;
    copy_live(self, self->last);
    if (self->packing != NULL) {
        self->packing->step(self->memory, t, self->now, self->notes, self->n);
        return 0;
    }
    gsl_matrix_view now = live(self);
    int ret = self->rule->step(self->memory, t, &now.matrix, diag);
    return ret != 0 ? ret : check_finite(self, t + 1, diag);
}

static int iterate(
    struct relaxation *self, gsl_matrix *states, bool every_step, struct basin_diag *diag)
{
    bool converge = self->options->steps < 0;
    size_t limit = (size_t)(converge ? self->options->max_steps : self->options->steps);
    for (size_t t = 1; t <= limit && self->n > 0; t++) {
        int ret = update(self, t - 1, diag);
        if (ret == 0 && every_step) {
            ret = count_rises(self, diag);
        }
        if (ret != 0) {
            return ret;
        }
        if (converge) {
            drop_ended(self, t, states);
        }
        if (self->cycles && (t & (t - 1)) == 0) {
            copy_live(self, self->mark);
            self->mark_t = t;
        }
    }
    for (size_t i = 0; i < self->n; i++) {
        struct basin_outcome *outcome = &self->outcome[self->row[i]];
        outcome->end = converge ? BASIN_END_LIMIT : BASIN_END_STEPS;
        outcome->steps = limit;
        outcome->energy_end = gsl_vector_get(self->energy, i);
        give_state(self, i, states);
    }
    return 0;
}

/* The energies of all final states where they were not followed step by step. */
static int measure_ends(
    struct relaxation *self, const gsl_matrix *states, struct basin_diag *diag)
{
    int ret = self->rule->energy(self->memory, states, self->energy, diag);
    for (size_t i = 0; ret == 0 && i < states->size1; i++) {
        self->outcome[i].energy_end = gsl_vector_get(self->energy, i);
    }
    return ret;
}

int basin_relax(const struct basin_rule *rule, void *memory,
    const struct basin_rule_options *options, gsl_matrix *states,
    struct basin_outcome *outcome, struct basin_diag *diag)
{
    struct relaxation self = {.rule = rule,
        .memory = memory,
        .options = options,
        .outcome = outcome,
        .cycles = rule->varies == NULL || !rule->varies(memory)};
    int when = rule->energy == NULL ? BASIN_ENERGY_NEVER : options->energy;
    if (rule->packing != NULL && rule->packing->size(memory) != 0 &&
        when != BASIN_ENERGY_STEPS) {
        self.packing = rule->packing;
    }
    int ret = relaxation_init(&self, states, diag);
    if (ret == 0 && when != BASIN_ENERGY_NEVER) {
        ret = rule->energy(memory, states, self.energy, diag);
    }
    if (ret != 0) {
        goto out;
    }
    for (size_t i = 0; i < states->size1; i++) {
        double start = gsl_vector_get(self.energy, i);
        outcome[i] = (struct basin_outcome){.energy_start = start, .energy_end = start};
    }
    ret = iterate(&self, states, when == BASIN_ENERGY_STEPS, diag);
    if (ret == 0 && when == BASIN_ENERGY_ENDS) {
        ret = measure_ends(&self, states, diag);
    }

out:
    relaxation_free(&self);
    return ret;
}
