/* The classical network with synapses missing at random (Derrida, Gardner & Zippelius
 * 1987).
 *
 *   xi' = sgn(W xi),   w_ij = c_ij sum_n x_ni x_nj,   w_ii = 0,   E = -1/2 xi^T W xi,
 *
 * with c_ij = 1 with probability c, else 0. If c_ij = c_ji, W is symmetric and all is as
 * in the classical network. If both are drawn, W is not, and nothing that is proved from
 * an energy holds: no descent, no end at a fixed point or a 2-cycle. Fields are whole
 * numbers, exact. */
#include "base/rng.h"
#include "rules/order.h"
#include "rules/rule.h"
#include "rules/states.h"
#include "rules/ties.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <stdlib.h>

struct params {
    int update;
    int order;
    double connectivity;
    bool symmetric;
};

#define T struct params

static const struct basin_field fields[] = {
    BASIN_UPDATE_FIELDS(T, "sync"),
    BASIN_FIELD_REAL(
        T, connectivity, "0.5", 0, 1, "1", "probability c that a synapse is there"),
    BASIN_FIELD_BOOL(T, symmetric, "false",
        "whether synapses are missing in both directions or in each by itself"),
    BASIN_FIELD_END,
};

#undef T

struct memory {
    struct params params;
    gsl_matrix *W;
    gsl_matrix *h; /* workspace: fields of a tile */
    struct basin_order order;
};

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    gsl_matrix_free(self->W);
    gsl_matrix_free(self->h);
    basin_order_free(&self->order);
    free(self);
}

/* Takes the diagonal and the missing synapses out of W. Row i draws from stream i. */
static int dilute(struct memory *self, uint64_t key, uint32_t replicate)
{
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    if (rng == NULL) {
        return BASIN_ERR_NOMEM;
    }
    uint64_t synapses = basin_rng_key(key, 0, BASIN_FOR_CHOICE);
    for (size_t i = 0; i < self->W->size1; i++) {
        gsl_matrix_set(self->W, i, i, 0);
        basin_rng_start(rng, synapses, basin_rng_sequence(replicate, (uint32_t)i));
        for (size_t j = self->params.symmetric ? i + 1 : 0; j < self->W->size2; j++) {
            if (gsl_rng_uniform(rng) < self->params.connectivity) {
                continue;
            }
            gsl_matrix_set(self->W, i, j, 0);
            if (self->params.symmetric) {
                gsl_matrix_set(self->W, j, i, 0);
            }
        }
    }
    gsl_rng_free(rng);
    return 0;
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    (void)options;
    size_t d = patterns->size2;
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a diluted network");
    }
    self->params = *(const struct params *)params;
    self->W = gsl_matrix_alloc(d, d);
    self->h = gsl_matrix_alloc(BASIN_TILE, d);
    int ret = self->W == NULL || self->h == NULL ? BASIN_ERR_NOMEM : 0;
    if (ret == 0) {
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, patterns, patterns, 0, self->W);
        ret = dilute(self, key, replicate);
    }
    if (ret != 0) {
        basin_fail(diag, ret, "no memory for %zu x %zu synapses", d, d);
    } else {
        ret = basin_order_init(&self->order, (enum basin_order_kind)self->params.order, d,
            key, replicate, diag);
    }
    return basin_rule_hand_over(ret, self, release, memory);
}

/* W xi of a tile of states, in the workspace. */
static gsl_matrix_view fields_of(struct memory *self, const gsl_matrix *tile)
{
    gsl_matrix_view h = gsl_matrix_submatrix(self->h, 0, 0, tile->size1, tile->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, tile, self->W, 0, &h.matrix);
    return h;
}

static void update_at_once(struct memory *self, gsl_matrix *tile)
{
    gsl_matrix_view h = fields_of(self, tile);
    for (size_t j = 0; j < tile->size1; j++) {
        for (size_t i = 0; i < tile->size2; i++) {
            double *xi = gsl_matrix_ptr(tile, j, i);
            *xi = basin_sign(gsl_matrix_get(&h.matrix, j, i), *xi, BASIN_TIES_KEEP);
        }
    }
}

static void update_unit(const struct memory *self, size_t i, gsl_vector *xi)
{
    gsl_vector_const_view w = gsl_matrix_const_row(self->W, i);
    double *unit = gsl_vector_ptr(xi, i);
    double h = 0;
    gsl_blas_ddot(&w.vector, xi, &h);
    *unit = basin_sign(h, *unit, BASIN_TIES_KEEP);
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = t == 0 ? basin_states_check_polar(states, "diluted", diag) : 0;
    if (ret != 0) {
        return ret;
    }
    if (self->params.update == BASIN_ASYNC) {
        const size_t *order = basin_order_of_sweep(&self->order, t);
        for (size_t j = 0; j < states->size1; j++) {
            gsl_vector_view xi = gsl_matrix_row(states, j);
            for (size_t k = 0; k < xi.vector.size; k++) {
                update_unit(self, order[k], &xi.vector);
            }
        }
        return 0;
    }
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, j);
        update_at_once(self, &tile.matrix);
    }
    return 0;
}

static int visit(
    void *memory, size_t t, size_t k, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = t == 0 && k == 0 ? basin_states_check_polar(states, "diluted", diag) : 0;
    if (ret != 0) {
        return ret;
    }
    size_t i = basin_order_of_sweep(&self->order, t)[k];
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view xi = gsl_matrix_row(states, j);
        update_unit(self, i, &xi.vector);
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

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    (void)diag;
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        gsl_matrix_view h = fields_of(memory, &tile.matrix);
        for (size_t k = 0; k < tile.matrix.size1; k++) {
            gsl_vector_const_view xi = gsl_matrix_const_row(&tile.matrix, k);
            gsl_vector_const_view field = gsl_matrix_const_row(&h.matrix, k);
            double product = 0;
            gsl_blas_ddot(&xi.vector, &field.vector, &product);
            gsl_vector_set(energies, j + k, -product / 2);
        }
    }
    return 0;
}

static bool descends(const void *params)
{
    const struct params *p = params;
    return p->symmetric && p->update == BASIN_ASYNC;
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 2.0 * (double)d * (double)d * (double)(n + m);
}

const struct basin_rule basin_rule_diluted = {
    .kind =
        {
            .name = "diluted",
            .summary = "binary Hopfield network in which synapses are missing at random",
            .source = "Derrida, Gardner & Zippelius 1987",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct params),
        },
    .takes = BASIN_POLAR,
    .discrete = true,
    .coupling_bits = 64,
    .store = store,
    .step = step,
    .visit = visit,
    .one_by_one = one_by_one,
    .varies = varies,
    .energy = energy,
    .descends = descends,
    .release = release,
    .cost = cost,
};
