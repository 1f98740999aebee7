/* The classical Hopfield network with continuous states (Hopfield 1984).
 *
 *   xi' = f(g W xi - b),   W = X^T X with rows x_i as patterns, g = gain x scale,
 *   E = -g/2 xi^T W xi + b^T xi + sum_i int^xi_i f^-1(y) dy.
 *
 * E never rises if f increases and W is positive semidefinite, for which the diagonal has
 * to be kept. W is never formed: W xi = X^T (X xi). A thresholded memory (Performer blog,
 * eq. 31) updates by f(g X^T X_s xi_s - b): it has no energy. The association weights are
 * the shares |o_i|/sum |o| of the overlaps o = X_s xi_s that mix the patterns. */
#include "rules/rule.h"
#include "rules/threshold.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

enum { TANH, LOGISTIC, SIN };
enum { ZERO, KEPT };

struct params {
    int activation;
    double gain;
    int scale;
    int diagonal;
    double bias;
    struct basin_threshold threshold;
};

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FIELD_CHOICE(T, activation, "tanh|logistic|sin", "tanh",
        "f of every unit; sin does not increase everywhere: a control that may raise the "
        "energy"),
    BASIN_FIELD_REAL(T, gain, "1", 0, BASIN_ANY_HIGH, "1", "multiplies the scaled W"),
    BASIN_FIELD_CHOICE(T, scale, BASIN_SCALE_CHOICES, "none",
        "what W is divided by: 1, sqrt(d), sqrt(d) times the largest norm of a pattern"),
    BASIN_FIELD_CHOICE(T, diagonal, "zero|kept", "kept",
        "self-coupling w_ii: none, or as Hebb's rule makes it"),
    BASIN_FIELD_REAL(
        T, bias, "0", BASIN_ANY_LOW, BASIN_ANY_HIGH, "1", "threshold b of every unit"),
    BASIN_THRESHOLD_FIELDS(T),
    BASIN_FIELD_END,
};

#undef T

struct memory {
    struct params params;
    struct basin_keys keys;
    double gain;          /* scale included */
    gsl_vector *coupling; /* w_ii that is taken away; NULL where it is kept */
    gsl_matrix *q;        /* workspace for a tile: states, overlaps, fields */
    gsl_matrix *o;
    gsl_matrix *h;
};

static bool descends(const void *params)
{
    const struct params *p = params;
    return p->activation != SIN && p->diagonal == KEPT &&
           basin_threshold_is_plain(&p->threshold);
}

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    basin_keys_free(&self->keys);
    gsl_vector_free(self->coupling);
    gsl_matrix_free(self->q);
    gsl_matrix_free(self->o);
    gsl_matrix_free(self->h);
    free(self);
}

/* w_ii = sum over patterns of x_i k_i. */
static int make_coupling(struct memory *self)
{
    const gsl_matrix *X = self->keys.X;
    self->coupling = gsl_vector_calloc(X->size2);
    if (self->coupling == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t n = 0; n < X->size1; n++) {
        for (size_t i = 0; i < X->size2; i++) {
            *gsl_vector_ptr(self->coupling, i) +=
                gsl_matrix_get(X, n, i) * gsl_matrix_get(self->keys.K, n, i);
        }
    }
    return 0;
}

static int make(
    struct memory *self, const gsl_matrix *patterns, bool single, struct basin_diag *diag)
{
    const struct params *params = &self->params;
    int ret = basin_keys_init(&self->keys, patterns, &params->threshold,
        (enum basin_product_scale)params->scale, single, diag);
    if (ret != 0) {
        return ret;
    }
    self->gain = params->gain * self->keys.factor;
    self->q = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    self->o = gsl_matrix_alloc(BASIN_TILE, patterns->size1);
    self->h = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    if (params->diagonal == ZERO) {
        ret = make_coupling(self);
    }
    if (ret != 0 || self->q == NULL || self->o == NULL || self->h == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory to compare states with %zu patterns", patterns->size1);
    }
    return 0;
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    (void)key;
    (void)replicate;
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a continuous network");
    }
    self->params = *(const struct params *)params;
    int ret = make(self, patterns, options->precision == BASIN_SINGLE, diag);
    return basin_rule_hand_over(ret, self, release, memory);
}

/* Overlaps o = q K^T of a tile of states, in the workspace. */
static int overlaps(struct memory *self, const gsl_matrix *states, gsl_matrix_view *o,
    struct basin_diag *diag)
{
    gsl_matrix_view q = gsl_matrix_submatrix(self->q, 0, 0, states->size1, states->size2);
    *o = gsl_matrix_submatrix(self->o, 0, 0, states->size1, self->o->size2);
    int ret = basin_keys_query(&self->keys, states, &q.matrix, diag);
    if (ret == 0) {
        gsl_blas_dgemm(
            CblasNoTrans, CblasTrans, 1, &q.matrix, self->keys.K, 0, &o->matrix);
    }
    return ret;
}

/* g W xi of a tile of states, in the workspace. */
static int fields_of(struct memory *self, const gsl_matrix *states, gsl_matrix_view *h,
    struct basin_diag *diag)
{
    gsl_matrix_view o;
    int ret = overlaps(self, states, &o, diag);
    if (ret != 0) {
        return ret;
    }
    *h = gsl_matrix_submatrix(self->h, 0, 0, states->size1, states->size2);
    gsl_blas_dgemm(
        CblasNoTrans, CblasNoTrans, self->gain, &o.matrix, self->keys.X, 0, &h->matrix);
    for (size_t j = 0; self->coupling != NULL && j < states->size1; j++) {
        for (size_t i = 0; i < states->size2; i++) {
            *gsl_matrix_ptr(&h->matrix, j, i) -= self->gain *
                                                 gsl_vector_get(self->coupling, i) *
                                                 gsl_matrix_get(self->q, j, i);
        }
    }
    return 0;
}

static double activate(int activation, double h)
{
    switch (activation) {
    case LOGISTIC:
        return 1 / (1 + exp(-h));
    case SIN:
        return sin(h);
    default:
        return tanh(h);
    }
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    struct memory *self = memory;
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, j);
        gsl_matrix_view h;
        int ret = fields_of(self, &tile.matrix, &h, diag);
        if (ret != 0) {
            return ret;
        }
        for (size_t k = 0; k < tile.matrix.size1; k++) {
            for (size_t i = 0; i < tile.matrix.size2; i++) {
                gsl_matrix_set(&tile.matrix, k, i,
                    activate(self->params.activation,
                        gsl_matrix_get(&h.matrix, k, i) - self->params.bias));
            }
        }
    }
    return 0;
}

/* x ln x, continued to x = 0; no number where x < 0. */
static double x_log_x(double x)
{
    return x == 0 ? 0 : x * log(x);
}

/* The integral of f^-1 from 0 (of the logistic function: from 1/2, up to a constant) to
 * xi; infinite outside the range of f. */
static double integral(int activation, double xi)
{
    double value = 0;
    switch (activation) {
    case LOGISTIC:
        value = x_log_x(xi) + x_log_x(1 - xi);
        break;
    case SIN:
        value = xi * asin(xi) + sqrt(1 - xi * xi) - 1;
        break;
    default:
        value = (x_log_x(1 + xi) + x_log_x(1 - xi)) / 2;
        break;
    }
    return isnan(value) ? INFINITY : value;
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    struct memory *self = memory;
    if (!basin_threshold_is_plain(&self->params.threshold)) {
        gsl_vector_set_all(energies, NAN);
        return 0;
    }
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        gsl_matrix_view h;
        int ret = fields_of(self, &tile.matrix, &h, diag);
        if (ret != 0) {
            return ret;
        }
        for (size_t k = 0; k < tile.matrix.size1; k++) {
            double sum = 0;
            for (size_t i = 0; i < tile.matrix.size2; i++) {
                double xi = gsl_matrix_get(&tile.matrix, k, i);
                sum += xi * (self->params.bias - gsl_matrix_get(&h.matrix, k, i) / 2) +
                       integral(self->params.activation, xi);
            }
            gsl_vector_set(energies, j + k, sum);
        }
    }
    return 0;
}

/* Where every overlap is 0 no pattern has a larger share than another. */
static int weights(
    void *memory, const gsl_matrix *states, gsl_matrix *weights, struct basin_diag *diag)
{
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        gsl_matrix_view target = basin_tile(weights, j);
        gsl_matrix_view o;
        int ret = overlaps(memory, &tile.matrix, &o, diag);
        if (ret != 0) {
            return ret;
        }
        for (size_t k = 0; k < o.matrix.size1; k++) {
            gsl_vector_view row = gsl_matrix_row(&o.matrix, k);
            double sum = gsl_blas_dasum(&row.vector);
            for (size_t i = 0; i < row.vector.size; i++) {
                double share = sum > 0 ? fabs(gsl_vector_get(&row.vector, i)) / sum
                                       : 1.0 / (double)row.vector.size;
                gsl_matrix_set(&target.matrix, k, i, share);
            }
        }
    }
    return 0;
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    enum { PER_UNIT = 500 }; /* of its nonlinearity and energy */
    return (4.0 * (double)n + PER_UNIT) * (double)d * (double)m;
}

const struct basin_rule basin_rule_continuous = {
    .kind =
        {
            .name = "continuous",
            .summary = "Hopfield network with continuous states: tanh of W xi - b",
            .source = "Hopfield 1984; Performer blog, eq. 7 to 13 and 31",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct params),
        },
    .takes = BASIN_POLAR | BASIN_BINARY | BASIN_CONTINUOUS,
    .store = store,
    .step = step,
    .energy = energy,
    .descends = descends,
    .weights = weights,
    .release = release,
    .cost = cost,
};
