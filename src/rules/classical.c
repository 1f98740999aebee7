/* The classical binary Hopfield network (Hopfield 1982).
 *
 *   xi' = sgn(W xi - b),   W = X^T X with rows x_i as patterns,
 *   E = -1/2 xi^T W xi + b^T xi.
 *
 * W is never formed: the overlaps o = X xi give W xi = X^T o. Its diagonal, N by Hebb's
 * rule, decides the theory: the capacity of 0.138 d is stated for a zero diagonal;
 * asynchronous updates lower E if w_ii >= 0, synchronous ones if W is positive
 * semidefinite. Cues may have units that are 0 (unknown): they take part in nothing and
 * become -1 or +1 at their first update that is no tie. Overlaps may be negative: there
 * are no association weights. All fields are whole numbers and exact in either precision,
 * unless there is a bias. */
#include "base/rng.h"
#include "kernels/polar.h"
#include "rules/order.h"
#include "rules/rule.h"
#include "rules/states.h"
#include "rules/ties.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>

enum { ZERO, KEPT };

struct params {
    int update;
    int order;
    int diagonal;
    double self_coupling;
    double bias;
    double bias_sd;
    int ties;
};

#define T struct params

static const struct basin_field fields[] = {
    BASIN_UPDATE_FIELDS(T, "async"),
    BASIN_FIELD_CHOICE(T, diagonal, "zero|kept", "zero",
        "self-coupling w_ii: none, or the number of patterns as Hebb's rule makes it"),
    BASIN_FIELD_REAL(
        T, self_coupling, "0", BASIN_ANY_LOW, BASIN_ANY_HIGH, "1", "added to every w_ii"),
    BASIN_FIELD_REAL(T, bias, "0", BASIN_ANY_LOW, BASIN_ANY_HIGH, "1",
        "threshold b of every unit, compared with W xi"),
    BASIN_FIELD_REAL(T, bias_sd, "0", 0, BASIN_ANY_HIGH, "1",
        "standard deviation of a Gaussian part of the thresholds"),
    BASIN_FIELD_CHOICE(T, ties, "keep|plus|minus", "keep",
        "what a unit becomes whose field equals its threshold"),
    BASIN_FIELD_END,
};

#undef T

struct memory {
    struct params params;
    const gsl_matrix *X;
    double self; /* to add to Hebb's w_ii = N */
    gsl_vector *b;
    bool biased; /* some b is not 0 */
    struct basin_order order;

    bool fast;
    struct basin_polar packed; /* engine fast */
    struct basin_polar_work *work;
    gsl_matrix *XT; /* engine reference: row i has unit i of all patterns */
    gsl_matrix *o;  /* workspace: overlaps and fields of a tile */
    gsl_matrix *h;
};

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    gsl_vector_free(self->b);
    basin_order_free(&self->order);
    basin_polar_work_free(self->work);
    basin_polar_free(&self->packed);
    gsl_matrix_free(self->XT);
    gsl_matrix_free(self->o);
    gsl_matrix_free(self->h);
    free(self);
}

static int draw_bias(struct memory *self, uint64_t key, uint32_t replicate)
{
    gsl_vector_set_all(self->b, self->params.bias);
    self->biased = self->params.bias != 0 || self->params.bias_sd != 0;
    if (self->params.bias_sd == 0) {
        return 0;
    }
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    if (rng == NULL) {
        return BASIN_ERR_NOMEM;
    }
    basin_rng_start(
        rng, basin_rng_key(key, 0, BASIN_FOR_NOISE), basin_rng_sequence(replicate, 0));
    for (size_t i = 0; i < self->b->size; i++) {
        *gsl_vector_ptr(self->b, i) += gsl_ran_gaussian(rng, self->params.bias_sd);
    }
    gsl_rng_free(rng);
    return 0;
}

static int make_fast(struct memory *self, struct basin_diag *diag)
{
    const gsl_matrix *X = self->X;
    int ret = basin_polar_init(&self->packed, X->data, X->tda, X->size1, X->size2, diag);
    if (ret == 0) {
        self->work = basin_polar_work_new(&self->packed);
        ret = self->work != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    return ret;
}

static int make_reference(struct memory *self)
{
    size_t n = self->X->size1;
    size_t d = self->X->size2;
    self->XT = gsl_matrix_alloc(d, n);
    self->o = gsl_matrix_alloc(BASIN_TILE, n);
    self->h = gsl_matrix_alloc(BASIN_TILE, d);
    if (self->XT == NULL || self->o == NULL || self->h == NULL) {
        return BASIN_ERR_NOMEM;
    }
    gsl_matrix_transpose_memcpy(self->XT, self->X);
    return 0;
}

static int make(
    struct memory *self, uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    size_t d = self->X->size2;
    self->b = gsl_vector_alloc(d);
    int ret = self->b != NULL ? draw_bias(self, key, replicate) : BASIN_ERR_NOMEM;
    if (ret == 0) {
        ret = basin_order_init(&self->order, (enum basin_order_kind)self->params.order, d,
            key, replicate, diag);
    }
    if (ret == 0) {
        ret = self->fast ? make_fast(self, diag) : make_reference(self);
    }
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(
            diag, ret, "no memory to store %zu patterns of %zu units", self->X->size1, d);
    }
    return ret;
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a classical network");
    }
    self->params = *(const struct params *)params;
    self->fast = options->engine == BASIN_ENGINE_FAST;
    self->X = patterns;
    self->self = self->params.self_coupling;
    if (self->params.diagonal == ZERO) {
        self->self -= (double)patterns->size1;
    }
    int ret = make(self, key, replicate, diag);
    return basin_rule_hand_over(ret, self, release, memory);
}

static struct basin_polar_update update_of(const struct memory *self)
{
    return (struct basin_polar_update){.self = self->self,
        .bias = self->biased ? self->b->data : NULL,
        .tie = (enum basin_polar_tie)self->params.ties};
}

static void step_fast(struct memory *self, size_t t, gsl_matrix *states)
{
    const struct basin_polar_update update = update_of(self);
    if (self->params.update == BASIN_SYNC) {
        basin_polar_step(
            &self->packed, &update, self->work, states->data, states->tda, states->size1);
    } else {
        basin_polar_sweep(&self->packed, &update, self->work,
            basin_order_of_sweep(&self->order, t), states->data, states->tda,
            states->size1);
    }
}

/* o = Xi X^T of a tile of states. */
static gsl_matrix_view overlaps(struct memory *self, const gsl_matrix *states)
{
    gsl_matrix_view o =
        gsl_matrix_submatrix(self->o, 0, 0, states->size1, self->o->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, states, self->X, 0, &o.matrix);
    return o;
}

static void update_at_once(struct memory *self, gsl_matrix *states)
{
    gsl_matrix_view o = overlaps(self, states);
    gsl_matrix_view h = gsl_matrix_submatrix(self->h, 0, 0, states->size1, states->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &o.matrix, self->X, 0, &h.matrix);
    for (size_t j = 0; j < states->size1; j++) {
        for (size_t i = 0; i < states->size2; i++) {
            double *xi = gsl_matrix_ptr(states, j, i);
            double field = gsl_matrix_get(&h.matrix, j, i) + self->self * *xi;
            *xi = basin_sign(field - gsl_vector_get(self->b, i), *xi,
                (enum basin_ties)self->params.ties);
        }
    }
}

/* One sweep of one state: the overlaps follow every unit that changes. */
static void sweep(struct memory *self, const size_t *order, gsl_vector *xi, gsl_vector *o)
{
    gsl_blas_dgemv(CblasNoTrans, 1, self->X, xi, 0, o);
    for (size_t k = 0; k < xi->size; k++) {
        size_t i = order[k];
        gsl_vector_const_view x = gsl_matrix_const_row(self->XT, i);
        double old = gsl_vector_get(xi, i);
        double h = 0;
        gsl_blas_ddot(&x.vector, o, &h);
        h += self->self * old;
        double new = basin_sign(
            h - gsl_vector_get(self->b, i), old, (enum basin_ties)self->params.ties);
        if (new != old) {
            gsl_vector_set(xi, i, new);
            gsl_blas_daxpy(new - old, &x.vector, o);
        }
    }
}

static void step_reference(struct memory *self, size_t t, gsl_matrix *states)
{
    if (self->params.update == BASIN_SYNC) {
        for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
            gsl_matrix_view tile = basin_tile(states, j);
            update_at_once(self, &tile.matrix);
        }
        return;
    }
    const size_t *order = basin_order_of_sweep(&self->order, t);
    gsl_vector_view o = gsl_matrix_row(self->o, 0);
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view xi = gsl_matrix_row(states, j);
        sweep(self, order, &xi.vector, &o.vector);
    }
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    /* Later states are the network's own. */
    int ret = t == 0 ? basin_states_check_polar(states, "classical", diag) : 0;
    if (ret != 0) {
        return ret;
    }
    if (self->fast) {
        step_fast(self, t, states);
    } else {
        step_reference(self, t, states);
    }
    return 0;
}

static size_t packed_size(const void *memory)
{
    const struct memory *self = memory;
    return self->fast ? self->packed.row * sizeof(uint64_t) : 0;
}

static int pack(
    void *memory, const gsl_matrix *states, void *rows, struct basin_diag *diag)
{
    struct memory *self = memory;
    bool polar =
        basin_polar_pack(&self->packed, states->data, states->tda, states->size1, rows);
    return polar ? 0 : basin_states_check_polar(states, "classical", diag);
}

static void unpack(void *memory, const void *row, double *state)
{
    struct memory *self = memory;
    basin_polar_unpack(&self->packed, row, 1, state, self->X->size2);
}

static size_t note_size(const void *memory)
{
    const struct memory *self = memory;
    return self->params.update == BASIN_SYNC ? self->packed.note * sizeof(uint64_t) : 0;
}

static void step_packed(void *memory, size_t t, void *rows, void *notes, size_t m)
{
    struct memory *self = memory;
    const struct basin_polar_update update = update_of(self);
    if (self->params.update == BASIN_SYNC) {
        basin_polar_step_packed(&self->packed, &update, self->work, rows, notes, m);
    } else {
        basin_polar_sweep_packed(&self->packed, &update, self->work,
            basin_order_of_sweep(&self->order, t), rows, m);
    }
}

static const struct basin_packing packing = {.size = packed_size,
    .note = note_size,
    .pack = pack,
    .unpack = unpack,
    .step = step_packed};

/* One unit of every state, without any workspace: h = sum_mu x_mu,i x_mu.xi. */
static int visit(
    void *memory, size_t t, size_t k, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = t == 0 && k == 0 ? basin_states_check_polar(states, "classical", diag) : 0;
    if (ret != 0) {
        return ret;
    }
    size_t i = basin_order_of_sweep(&self->order, t)[k];
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_const_view xi = gsl_matrix_const_row(states, j);
        double old = gsl_matrix_get(states, j, i);
        double h = self->self * old;
        for (size_t mu = 0; mu < self->X->size1; mu++) {
            gsl_vector_const_view x = gsl_matrix_const_row(self->X, mu);
            double o = 0;
            gsl_blas_ddot(&x.vector, &xi.vector, &o);
            h += o * gsl_vector_get(&x.vector, i);
        }
        gsl_matrix_set(states, j, i,
            basin_sign(
                h - gsl_vector_get(self->b, i), old, (enum basin_ties)self->params.ties));
    }
    return 0;
}

static bool one_by_one(const void *memory)
{
    return ((const struct memory *)memory)->params.update == BASIN_ASYNC;
}

static bool varies(const void *memory)
{
    const struct params *params = &((const struct memory *)memory)->params;
    return params->update == BASIN_ASYNC && params->order == BASIN_ORDER_RANDOM;
}

static void energy_fast(struct memory *self, const gsl_matrix *tile, double *energies)
{
    const struct basin_polar_update update = update_of(self);
    basin_polar_energy(
        &self->packed, &update, self->work, tile->data, tile->tda, tile->size1, energies);
}

/* E = -1/2 (|o|^2 + self |xi|^2) + b.xi */
static void energy_reference(
    struct memory *self, const gsl_matrix *tile, double *energies)
{
    gsl_matrix_view o = overlaps(self, tile);
    for (size_t i = 0; i < tile->size1; i++) {
        gsl_vector_const_view overlap = gsl_matrix_const_row(&o.matrix, i);
        gsl_vector_const_view xi = gsl_matrix_const_row(tile, i);
        double oo = 0;
        double ss = 0;
        double bs = 0;
        gsl_blas_ddot(&overlap.vector, &overlap.vector, &oo);
        gsl_blas_ddot(&xi.vector, &xi.vector, &ss);
        gsl_blas_ddot(&xi.vector, self->b, &bs);
        energies[i] = bs - (oo + self->self * ss) / 2;
    }
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    (void)diag;
    struct memory *self = memory;
    double values[BASIN_TILE];
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        if (self->fast) {
            energy_fast(self, &tile.matrix, values);
        } else {
            energy_reference(self, &tile.matrix, values);
        }
        for (size_t i = 0; i < tile.matrix.size1; i++) {
            gsl_vector_set(energies, j + i, values[i]);
        }
    }
    return 0;
}

static bool descends(const void *params)
{
    const struct params *p = params;
    return p->self_coupling >= 0 && (p->update == BASIN_ASYNC || p->diagonal == KEPT);
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 4.0 * (double)n * (double)d * (double)m;
}

const struct basin_rule basin_rule_classical = {
    .kind =
        {
            .name = "classical",
            .summary = "binary Hopfield network: the sign of W xi - b",
            .source = "Hopfield 1982; Performer blog, eq. 2 and 3",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct params),
        },
    .takes = BASIN_POLAR,
    .discrete = true,
    .store = store,
    .step = step,
    .packing = &packing,
    .visit = visit,
    .one_by_one = one_by_one,
    .varies = varies,
    .energy = energy,
    .descends = descends,
    .release = release,
    .cost = cost,
};
