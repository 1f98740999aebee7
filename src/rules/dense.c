/* Dense associative memory on polar patterns: E = -sum_i F(o_i), o_i = x_i^T xi.
 *
 * Krotov & Hopfield (2016) with F(z) = z^n, or 0 below z = 0 where rectified; Demircigil
 * et al. (2017) with F(z) = e^z. Unit l takes the sign of the difference of energies
 *
 *   xi_l' = sgn sum_i [F(o_i - x_il xi_l + x_il) - F(o_i - x_il xi_l - x_il)].
 *
 * Closed form: with the gain G(v) = F(v + 1) - F(v - 1), a term is x_il G(o_i - x_il
 * xi_l), and as x_il xi_l is -1 or +1, the sum is sum_i x_il A_i + xi_l sum_i B_i with
 * A = (G(o - 1) + G(o + 1)) / 2 and B = (G(o - 1) - G(o + 1)) / 2: two gains for a
 * pattern instead of two for a pattern and unit, and two products with X: by look-up in
 * src/kernels, or GSL's. A unit of a cue that is 0, unknown, has the sum of x_il G(o_i).
 *
 * A sum so small that round-off could have decided its sign is summed exactly: ties are
 * ties. So look-up may be in single precision, with an error bound, and the next state is
 * the same to the bit; where too many sums are in doubt, GSL's products take over. */
#include "kernels/dense.h"
#include "rules/interaction.h"
#include "rules/order.h"
#include "rules/rule.h"
#include "rules/states.h"
#include "rules/ties.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

enum {
    /* An exact sum takes N steps of a few cycles, a unit's share of GSL's products 4 N
     * operations, of which a core does 8 or 16 in a cycle: as long as so many units. */
    COSTLY = 8,
};

struct params {
    int separation;
    long power;
    int update;
    int order;
    int ties;
};

struct memory {
    struct params params;
    const gsl_matrix *X; /* N x d, the caller's */
    signed char *column; /* d x N: the patterns' values at each unit */
    struct basin_interaction F;
    struct basin_order order; /* asynchronous only */
    bool packed;              /* synchronous updates by look-up: */
    struct basin_polar polar;
    struct basin_dense_work *work;
    gsl_matrix *overlaps; /* BASIN_TILE x N */
    gsl_matrix *A;        /* BASIN_TILE x N */
    gsl_matrix *fields;   /* BASIN_TILE x d */
};

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    free(self->column);
    basin_interaction_free(&self->F);
    basin_order_free(&self->order);
    basin_polar_free(&self->polar);
    basin_dense_work_free(self->work);
    gsl_matrix_free(self->overlaps);
    gsl_matrix_free(self->A);
    gsl_matrix_free(self->fields);
    free(self);
}

static void copy_columns(struct memory *self)
{
    for (size_t i = 0; i < self->X->size1; i++) {
        const double *x = gsl_matrix_const_ptr(self->X, i, 0);
        for (size_t l = 0; l < self->X->size2; l++) {
            self->column[l * self->X->size1 + i] = x[l] > 0 ? 1 : -1;
        }
    }
}

/* Everything but what look-up needs. */
static int make(
    struct memory *self, uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    const struct params *params = &self->params;
    size_t n = self->X->size1;
    size_t d = self->X->size2;
    self->column = malloc(n * d);
    self->overlaps = gsl_matrix_alloc(BASIN_TILE, n);
    self->A = gsl_matrix_alloc(BASIN_TILE, n);
    self->fields = gsl_matrix_alloc(BASIN_TILE, d);
    if (self->column == NULL || self->overlaps == NULL || self->A == NULL ||
        self->fields == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for %zu patterns of %zu units", n, d);
    }
    copy_columns(self);
    int ret = basin_interaction_init(&self->F,
        (enum basin_interaction_kind)params->separation, (int)params->power, n, d, diag);
    if (ret == 0 && params->update == BASIN_ASYNC) {
        ret = basin_order_init(
            &self->order, (enum basin_order_kind)params->order, d, key, replicate, diag);
    }
    return ret;
}

/* Packs the patterns, unless they are too many: then the products are GSL's. */
static int pack(struct memory *self, struct basin_diag *diag)
{
    const gsl_matrix *X = self->X;
    const struct basin_dense_gain gain = {
        self->F.gain, self->F.kind == BASIN_EXPONENTIAL};
    int ret = basin_polar_init(&self->polar, X->data, X->tda, X->size1, X->size2, NULL);
    if (ret == BASIN_ERR_DOMAIN) {
        return 0;
    }
    self->packed = ret == 0;
    self->work = ret == 0 ? basin_dense_work_new(&self->polar, &gain) : NULL;
    if (self->work == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to pack %zu patterns", X->size1);
    }
    return 0;
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a dense memory");
    }
    self->params = *(const struct params *)params;
    self->X = patterns;
    int ret = make(self, key, replicate, diag);
    if (ret == 0 && self->params.update == BASIN_SYNC &&
        options->engine == BASIN_ENGINE_FAST) {
        ret = pack(self, diag);
    }
    return basin_rule_hand_over(ret, self, release, memory);
}

/* Overlaps of a tile of states, a row of self->overlaps for each. */
static gsl_matrix_view measure_overlaps(struct memory *self, const gsl_matrix *states)
{
    gsl_matrix_view o =
        gsl_matrix_submatrix(self->overlaps, 0, 0, states->size1, self->X->size1);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, states, self->X, 0, &o.matrix);
    return o;
}

/* The new value of unit l, whose sum came out as h, up to this error. */
static double decide(
    struct memory *self, const double *o, size_t l, double xi, double h, double error)
{
    if (fabs(h) <= error) {
        h = basin_interaction_sum(&self->F, o, self->column + l * self->X->size1, xi);
    }
    return basin_sign(h, xi, (enum basin_ties)self->params.ties);
}

/* Updates the unknown units of a state with overlaps o. a: N doubles, h: d doubles. */
static void update_unknown(
    struct memory *self, const double *o, gsl_vector *a, gsl_vector *h, double *xi)
{
    double shift = basin_interaction_shift(&self->F, o);
    for (size_t i = 0; i < a->size; i++) {
        gsl_vector_set(a, i, self->F.gain[(long)(o[i] - shift)]);
    }
    gsl_blas_dgemv(CblasTrans, 1, self->X, a, 0, h);
    for (size_t l = 0; l < h->size; l++) {
        if (xi[l] == 0) {
            xi[l] = decide(self, o, l, 0, gsl_vector_get(h, l), self->F.ambiguous);
        }
    }
}

/* A of a state with overlaps o; returns sum_i B_i. */
static double measure_gains(const struct memory *self, const double *o, double *a)
{
    double shift = basin_interaction_shift(&self->F, o);
    double B = 0;
    for (size_t i = 0; i < self->X->size1; i++) {
        const double *gain = self->F.gain + (long)(o[i] - shift);
        double below = gain[-1];
        double above = gain[1];
        a[i] = (below + above) / 2;
        B += (below - above) / 2;
    }
    return B;
}

/* One synchronous update of a tile of states. */
static void update_tile(struct memory *self, gsl_matrix *states)
{
    size_t rows = states->size1;
    double B[BASIN_TILE] = {0};
    gsl_matrix_view overlaps = measure_overlaps(self, states);
    gsl_matrix_view A = gsl_matrix_submatrix(self->A, 0, 0, rows, self->X->size1);
    gsl_matrix_view H = gsl_matrix_submatrix(self->fields, 0, 0, rows, states->size2);
    for (size_t j = 0; j < rows; j++) {
        B[j] = measure_gains(self, gsl_matrix_const_ptr(&overlaps.matrix, j, 0),
            gsl_matrix_ptr(&A.matrix, j, 0));
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &A.matrix, self->X, 0, &H.matrix);
    for (size_t j = 0; j < rows; j++) {
        const double *o = gsl_matrix_const_ptr(&overlaps.matrix, j, 0);
        double *xi = gsl_matrix_ptr(states, j, 0);
        gsl_vector_view a = gsl_matrix_row(&A.matrix, j);
        gsl_vector_view h = gsl_matrix_row(&H.matrix, j);
        bool unknown = false;
        for (size_t l = 0; l < states->size2; l++) {
            if (xi[l] == 0) {
                unknown = true;
            } else {
                double sum = gsl_vector_get(&h.vector, l) + xi[l] * B[j];
                xi[l] = decide(self, o, l, xi[l], sum, self->F.ambiguous);
            }
        }
        if (unknown) {
            update_unknown(self, o, &a.vector, &h.vector, xi);
        }
    }
}

/* How many of a state's fields are no larger than their error. */
static size_t count_doubtful(const double *h, size_t d, double error)
{
    size_t count = 0;
    for (size_t l = 0; l < d; l++) {
        count += fabs(h[l]) <= error;
    }
    return count;
}

/* The same by look-up, for up to BASIN_POLAR_ABREAST states without unknown units. */
static void update_abreast(struct memory *self, gsl_matrix *states)
{
    double error[BASIN_POLAR_ABREAST];
    size_t doubtful[BASIN_POLAR_ABREAST];
    size_t m = states->size1;
    size_t d = states->size2;
    basin_dense_fields(&self->polar, self->work, states->data, states->tda, m,
        self->fields->data, self->fields->tda, error);
    size_t sum = 0;
    for (size_t j = 0; j < m; j++) {
        doubtful[j] =
            count_doubtful(gsl_matrix_const_ptr(self->fields, j, 0), d, error[j]);
        sum += doubtful[j];
    }
    if (sum > m * d / COSTLY) {
        update_tile(self, states);
        return;
    }
    double *o = gsl_matrix_ptr(self->overlaps, 0, 0);
    for (size_t j = 0; j < m; j++) {
        const double *h = gsl_matrix_const_ptr(self->fields, j, 0);
        double *xi = gsl_matrix_ptr(states, j, 0);
        if (doubtful[j] > 0) {
            basin_dense_overlaps(&self->polar, self->work, j, o);
        }
        for (size_t l = 0; l < d; l++) {
            xi[l] = decide(self, o, l, xi[l], h[l], error[j]);
        }
    }
}

static void update_packed_tile(struct memory *self, gsl_matrix *states)
{
    for (size_t first = 0; first < states->size1; first += BASIN_POLAR_ABREAST) {
        size_t left = states->size1 - first;
        size_t rows = left < BASIN_POLAR_ABREAST ? left : BASIN_POLAR_ABREAST;
        gsl_matrix_view part =
            gsl_matrix_submatrix(states, first, 0, rows, states->size2);
        update_abreast(self, &part.matrix);
    }
}

/* One asynchronous sweep of a state; its overlaps follow every flip. */
static void sweep(struct memory *self, const size_t *order, double *xi, double *o)
{
    size_t n = self->X->size1;
    const double *gain = self->F.gain;
    double shift = basin_interaction_shift(&self->F, o);
    for (size_t k = 0; k < self->X->size2; k++) {
        size_t l = order[k];
        const signed char *x = self->column + l * n;
        double h = 0;
        for (size_t i = 0; i < n; i++) {
            h += x[i] * gain[(long)(o[i] - shift - x[i] * xi[l])];
        }
        double next = decide(self, o, l, xi[l], h, self->F.ambiguous);
        if (next != xi[l]) {
            for (size_t i = 0; i < n; i++) {
                o[i] += x[i] * (next - xi[l]);
            }
            shift = basin_interaction_shift(&self->F, o);
            xi[l] = next;
        }
    }
}

static void sweep_tile(struct memory *self, const size_t *order, gsl_matrix *states)
{
    gsl_matrix_view o = measure_overlaps(self, states);
    for (size_t j = 0; j < states->size1; j++) {
        sweep(self, order, gsl_matrix_ptr(states, j, 0), gsl_matrix_ptr(&o.matrix, j, 0));
    }
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = basin_states_check_polar(states, "dense", diag);
    if (ret != 0) {
        return ret;
    }
    const size_t *order =
        self->params.update == BASIN_ASYNC ? basin_order_of_sweep(&self->order, t) : NULL;
    for (size_t first = 0; first < states->size1; first += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, first);
        if (order != NULL) {
            sweep_tile(self, order, &tile.matrix);
        } else if (self->packed && basin_states_know_all(&tile.matrix)) {
            update_packed_tile(self, &tile.matrix);
        } else {
            update_tile(self, &tile.matrix);
        }
    }
    return 0;
}

static bool varies(const void *memory)
{
    const struct memory *self = memory;
    return self->params.update == BASIN_ASYNC && self->params.order == BASIN_ORDER_RANDOM;
}

static bool descends(const void *params)
{
    return ((const struct params *)params)->update == BASIN_ASYNC;
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    (void)diag;
    struct memory *self = memory;
    for (size_t first = 0; first < states->size1; first += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, first);
        gsl_matrix_view o = measure_overlaps(self, &tile.matrix);
        for (size_t j = 0; j < tile.matrix.size1; j++) {
            gsl_vector_set(energies, first + j,
                basin_interaction_energy(&self->F, gsl_matrix_ptr(&o.matrix, j, 0)));
        }
    }
    return 0;
}

static int weights(
    void *memory, const gsl_matrix *states, gsl_matrix *p, struct basin_diag *diag)
{
    (void)diag;
    struct memory *self = memory;
    for (size_t first = 0; first < states->size1; first += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, first);
        gsl_matrix_view o = measure_overlaps(self, &tile.matrix);
        for (size_t j = 0; j < tile.matrix.size1; j++) {
            basin_interaction_shares(&self->F, gsl_matrix_ptr(&o.matrix, j, 0),
                gsl_matrix_ptr(p, first + j, 0));
        }
    }
    return 0;
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 4.0 * (double)m * (double)n * (double)d;
}

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FIELD_CHOICE(T, separation, "polynomial|rectified|exponential", "polynomial",
        "F: z^n; z^n above 0 and 0 below; e^z"),
    BASIN_FIELD_INT(T, power, "3", 2, 64, "1", "n of the powers; 2 is the classical net"),
    BASIN_UPDATE_FIELDS(T, "sync"),
    BASIN_FIELD_CHOICE(T, ties, "keep|plus|minus", "keep",
        "what a unit becomes if both of its values have the same energy"),
    BASIN_FIELD_END,
};

#undef T

const struct basin_rule basin_rule_dense = {
    .kind = {.name = "dense",
        .summary = "dense associative memory: energy-difference sign rule on polar units",
        .source = "Krotov & Hopfield 2016, eq. 3; Demircigil et al. 2017",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct params)},
    .takes = BASIN_POLAR,
    .discrete = true,
    .store = store,
    .step = step,
    .varies = varies,
    .energy = energy,
    .descends = descends,
    .weights = weights,
    .release = release,
    .cost = cost,
};
