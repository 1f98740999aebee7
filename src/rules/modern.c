/* The modern continuous Hopfield network (Ramsauer et al. 2020).
 *
 *   xi' = X^T p,   p = separation(beta X xi),
 *   E = -Omega*(beta X xi)/beta + 1/2 xi.xi + 1/2 M^2 - min Omega/beta
 *     = -xi.xi' + (Omega(p) - min Omega)/beta + 1/2 xi.xi + 1/2 M^2 >= 0,
 *
 * rows x_i of X being the patterns, M = max |x_i|; for the softmax Omega* is the
 * log-sum-exp function and -min Omega = ln N (their eq. 2 and 3). The other separations
 * have energies of the same form. A thresholded memory (Performer blog, eq. 33) compares
 * thresholded states and patterns but reads out the dense X: it has no energy. */
#include "rules/association.h"
#include "rules/rule.h"
#include "rules/scale.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

struct params {
    double beta;
    int scale;
    int separation;
    long top_k;
    struct basin_threshold threshold;
};

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(T, beta, "1", 0, BASIN_ANY_HIGH, "1",
        "inverse temperature beta: multiplies the scaled inner products"),
    BASIN_FIELD_CHOICE(T, scale, BASIN_SCALE_CHOICES, "none",
        "what inner products are divided by: 1, sqrt(d), sqrt(d) times the largest norm"),
    BASIN_FIELD_CHOICE(T, separation, BASIN_SEPARATION_CHOICES, "softmax",
        "from logits to association weights"),
    BASIN_FIELD_INT(T, top_k, "1", 1, INT_MAX, "patterns",
        "how many patterns have a weight where separation is topk"),
    BASIN_THRESHOLD_FIELDS(T),
    BASIN_FIELD_END,
};

#undef T

struct memory {
    struct params params;
    struct basin_keys keys;
    struct basin_association association;
    double M;
    gsl_matrix *q;    /* workspace for a tile: states as they are compared, */
    gsl_matrix *next; /* and after the update */
};

static bool descends(const void *params)
{
    return basin_threshold_is_plain(&((const struct params *)params)->threshold);
}

static int check(const void *params, const struct basin_rule_options *options, size_t d,
    size_t n, enum basin_domain domain, struct basin_diag *diag)
{
    (void)options;
    (void)d;
    (void)domain;
    const struct params *p = params;
    if (p->separation == BASIN_TOPK && (size_t)p->top_k > n) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "top_k %ld is more than the %zu stored patterns", p->top_k, n);
    }
    return 0;
}

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    basin_keys_free(&self->keys);
    basin_association_free(&self->association);
    gsl_matrix_free(self->q);
    gsl_matrix_free(self->next);
    free(self);
}

static int make(struct memory *self, const gsl_matrix *patterns,
    const struct basin_rule_options *options, struct basin_diag *diag)
{
    const struct params *params = &self->params;
    int ret = basin_keys_init(&self->keys, patterns, &params->threshold,
        (enum basin_product_scale)params->scale, options->precision == BASIN_SINGLE,
        diag);
    if (ret == 0) {
        self->M = basin_max_norm(self->keys.X);
        self->association.separation = (enum basin_separation)params->separation;
        self->association.k = (size_t)params->top_k;
        self->association.beta = params->beta * self->keys.factor;
        ret = basin_association_init(
            &self->association, &self->keys, options->engine == BASIN_ENGINE_FAST, diag);
    }
    if (ret != 0) {
        return ret;
    }
    self->q = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    self->next = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    return self->q != NULL && self->next != NULL
               ? 0
               : basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a modern network");
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    (void)key;
    (void)replicate;
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a modern network");
    }
    self->params = *(const struct params *)params;
    int ret = make(self, patterns, options, diag);
    return basin_rule_hand_over(ret, self, release, memory);
}

/* What a tile of states is compared as, in the workspace. */
static int query(struct memory *self, const gsl_matrix *states, gsl_matrix_view *q,
    struct basin_diag *diag)
{
    *q = gsl_matrix_submatrix(self->q, 0, 0, states->size1, states->size2);
    return basin_keys_query(&self->keys, states, &q->matrix, diag);
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    struct memory *self = memory;
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < states->size1; j += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, j);
        gsl_matrix_view q;
        ret = query(self, &tile.matrix, &q, diag);
        if (ret == 0) {
            ret = basin_association_update(
                &self->association, &q.matrix, &tile.matrix, diag);
        }
    }
    return ret;
}

static int weights(
    void *memory, const gsl_matrix *states, gsl_matrix *weights, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        gsl_matrix_view target = basin_tile(weights, j);
        gsl_matrix_view q;
        ret = query(self, &tile.matrix, &q, diag);
        if (ret == 0) {
            ret = basin_association_weights(
                &self->association, &q.matrix, &target.matrix, diag);
        }
    }
    return ret;
}

static double energy_of(
    const struct memory *self, const gsl_vector *xi, const gsl_vector *next, double omega)
{
    double beta = self->association.beta;
    double squared = 0;
    double product = 0;
    gsl_blas_ddot(xi, xi, &squared);
    gsl_blas_ddot(xi, next, &product);
    /* For beta -> 0 the weights become uniform faster than beta. */
    double entropic = beta > 0 ? omega / beta : 0;
    return (squared + self->M * self->M) / 2 - product + entropic;
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = 0;
    if (!basin_threshold_is_plain(&self->params.threshold)) {
        gsl_vector_set_all(energies, NAN);
        return 0;
    }
    for (size_t j = 0; ret == 0 && j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        size_t m = tile.matrix.size1;
        gsl_matrix_view next =
            gsl_matrix_submatrix(self->next, 0, 0, m, self->next->size2);
        gsl_matrix_view q;
        double omega[BASIN_TILE];
        ret = query(self, &tile.matrix, &q, diag);
        if (ret == 0) {
            basin_association_costs(&self->association, &q.matrix, &next.matrix, omega);
        }
        for (size_t i = 0; ret == 0 && i < m; i++) {
            gsl_vector_view xi = gsl_matrix_row(&q.matrix, i);
            gsl_vector_view xi_next = gsl_matrix_row(&next.matrix, i);
            gsl_vector_set(
                energies, j + i, energy_of(self, &xi.vector, &xi_next.vector, omega[i]));
        }
    }
    return ret;
}

static double effective_beta(const void *memory)
{
    const struct memory *self = memory;
    return basin_threshold_keeps_scale(&self->params.threshold) ? self->association.beta
                                                                : NAN;
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 4.0 * (double)n * (double)d * (double)m;
}

const struct basin_rule basin_rule_modern = {
    .kind =
        {
            .name = "modern",
            .summary = "modern continuous Hopfield network: softmax over patterns",
            .source = "Ramsauer et al. 2020, eq. 2 and 3; Performer blog, eq. 33",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct params),
        },
    .takes = BASIN_POLAR | BASIN_BINARY | BASIN_CONTINUOUS,
    .check = check,
    .store = store,
    .step = step,
    .energy = energy,
    .descends = descends,
    .weights = weights,
    .release = release,
    .effective_beta = effective_beta,
    .cost = cost,
};
