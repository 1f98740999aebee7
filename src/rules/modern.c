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
#include "kernels/softmax.h"
#include "rules/rule.h"
#include "rules/scale.h"
#include "rules/separation.h"
#include "rules/threshold.h"
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
        "inverse temperature: multiplies the scaled inner products"),
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
    double beta; /* scale included */
    double M;
    gsl_matrix *q; /* workspace for a tile: states as they are compared */

    bool fast; /* softmax by the streaming kernel */
    struct basin_softmax packed;
    struct basin_softmax_work *work;
    gsl_matrix *p; /* engine reference: weights of a tile, sorted logits */
    double *scratch;
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
    gsl_matrix_free(self->q);
    basin_softmax_work_free(self->work);
    basin_softmax_free(&self->packed);
    gsl_matrix_free(self->p);
    free(self->scratch);
    free(self);
}

static int make_fast(struct memory *self, struct basin_diag *diag)
{
    const gsl_matrix *K = self->keys.K;
    const gsl_matrix *X = self->keys.X;
    int ret = basin_softmax_init(&self->packed, K->data, K->tda, X->data, X->tda,
        X->size1, X->size2, X->size2, self->keys.single, diag);
    if (ret == 0) {
        self->work = basin_softmax_work_new(&self->packed);
        ret = self->work != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    return ret;
}

static int make_reference(struct memory *self)
{
    size_t n = self->keys.X->size1;
    self->p = gsl_matrix_alloc(BASIN_TILE, n);
    self->scratch = malloc(n * sizeof(*self->scratch));
    return self->p != NULL && self->scratch != NULL ? 0 : BASIN_ERR_NOMEM;
}

static int make(
    struct memory *self, const gsl_matrix *patterns, bool single, struct basin_diag *diag)
{
    const struct params *params = &self->params;
    double factor = 0;
    int ret = basin_keys_init(&self->keys, patterns, &params->threshold, single, diag);
    if (ret == 0) {
        ret = basin_scale_factor(
            (enum basin_scale)params->scale, self->keys.X, &factor, diag);
    }
    if (ret != 0) {
        return ret;
    }
    self->beta = params->beta * factor;
    self->M = basin_max_norm(self->keys.X);
    self->q = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    ret = self->q == NULL ? BASIN_ERR_NOMEM : self->fast ? make_fast(self, diag) : 0;
    /* The kernel's energies in single precision would show rises that are none. */
    if (ret == 0 && (!self->fast || single)) {
        ret = make_reference(self);
    }
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(
            diag, ret, "no memory to compare states with %zu patterns", patterns->size1);
    }
    return ret;
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
    self->fast =
        options->engine == BASIN_ENGINE_FAST && self->params.separation == BASIN_SOFTMAX;
    int ret = make(self, patterns, options->precision == BASIN_SINGLE, diag);
    if (ret != 0) {
        release(self);
        return ret;
    }
    *memory = self;
    return 0;
}

/* What a tile of states is compared as, in the workspace. */
static int query(struct memory *self, const gsl_matrix *states, gsl_matrix_view *q,
    struct basin_diag *diag)
{
    *q = gsl_matrix_submatrix(self->q, 0, 0, states->size1, states->size2);
    return basin_keys_query(&self->keys, states, &q->matrix, diag);
}

/* p = separation(beta q K^T), in the workspace. */
static gsl_matrix_view associate(struct memory *self, const gsl_matrix *q)
{
    gsl_matrix_view p = gsl_matrix_submatrix(self->p, 0, 0, q->size1, self->p->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, self->beta, q, self->keys.K, 0, &p.matrix);
    for (size_t j = 0; j < q->size1; j++) {
        basin_separate((enum basin_separation)self->params.separation,
            (size_t)self->params.top_k, gsl_matrix_ptr(&p.matrix, j, 0), p.matrix.size2,
            self->scratch);
    }
    return p;
}

/* next = p X for states that are compared as q; next may be q. */
static void update_fast(
    struct memory *self, const gsl_matrix *q, gsl_matrix *next, double *log_sums)
{
    const struct basin_softmax_extra extra = {.log_sum = log_sums};
    basin_softmax_apply(&self->packed, self->work, self->beta, q->data, q->tda, q->size1,
        next->data, next->tda, &extra);
}

static gsl_matrix_view update_reference(
    struct memory *self, const gsl_matrix *q, gsl_matrix *next)
{
    gsl_matrix_view p = associate(self, q);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &p.matrix, self->keys.X, 0, next);
    return p;
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    struct memory *self = memory;
    if (self->fast && basin_threshold_is_plain(&self->params.threshold)) {
        update_fast(self, states, states, NULL); /* the kernel has its own tiles */
        return 0;
    }
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, j);
        gsl_matrix_view q;
        int ret = query(self, &tile.matrix, &q, diag);
        if (ret != 0) {
            return ret;
        }
        if (self->fast) {
            update_fast(self, &q.matrix, &tile.matrix, NULL);
        } else {
            update_reference(self, &q.matrix, &tile.matrix);
        }
    }
    return 0;
}

static int weigh(struct memory *self, const gsl_matrix *q, gsl_matrix *weights,
    struct basin_diag *diag)
{
    if (!self->fast) {
        gsl_matrix_view p = associate(self, q);
        return gsl_matrix_memcpy(weights, &p.matrix);
    }
    int ret = basin_softmax_weights(&self->packed, self->work, self->beta, q->data,
        q->tda, q->size1, weights->data, weights->tda);
    return ret == 0 ? 0
                    : basin_fail(diag, ret, "no memory for the weights of %zu patterns",
                          weights->size2);
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
            ret = weigh(self, &q.matrix, &target.matrix, diag);
        }
    }
    return ret;
}

/* Omega(p) - min Omega of every state of a tile, and the states after an update, in the
 * workspace. For the softmax it is beta xi.xi' - ln sum exp(beta x_i.xi) + ln N. */
static gsl_matrix_view costs(
    struct memory *self, const gsl_matrix *states, double omega[BASIN_TILE])
{
    size_t m = states->size1;
    gsl_matrix_view next = gsl_matrix_submatrix(self->q, 0, 0, m, self->q->size2);
    if (self->p != NULL) {
        gsl_matrix_view p = update_reference(self, states, &next.matrix);
        for (size_t i = 0; i < m; i++) {
            omega[i] =
                basin_separation_cost((enum basin_separation)self->params.separation,
                    (size_t)self->params.top_k, gsl_matrix_ptr(&p.matrix, i, 0),
                    p.matrix.size2);
        }
        return next;
    }
    update_fast(self, states, &next.matrix, omega);
    for (size_t i = 0; i < m; i++) {
        gsl_vector_const_view xi = gsl_matrix_const_row(states, i);
        gsl_vector_view xi_next = gsl_matrix_row(&next.matrix, i);
        double product = 0;
        gsl_blas_ddot(&xi.vector, &xi_next.vector, &product);
        omega[i] = self->beta * product - omega[i] + log((double)self->packed.n);
    }
    return next;
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    (void)diag;
    struct memory *self = memory;
    if (!basin_threshold_is_plain(&self->params.threshold)) {
        gsl_vector_set_all(energies, NAN);
        return 0;
    }
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        double omega[BASIN_TILE];
        gsl_matrix_view next = costs(self, &tile.matrix, omega);
        for (size_t i = 0; i < tile.matrix.size1; i++) {
            gsl_vector_const_view xi = gsl_matrix_const_row(&tile.matrix, i);
            gsl_vector_view xi_next = gsl_matrix_row(&next.matrix, i);
            double squared = 0;
            double product = 0;
            gsl_blas_ddot(&xi.vector, &xi.vector, &squared);
            gsl_blas_ddot(&xi.vector, &xi_next.vector, &product);
            /* For beta -> 0 the weights become uniform faster than beta. */
            double entropic = self->beta > 0 ? omega[i] / self->beta : 0;
            gsl_vector_set(
                energies, j + i, (squared + self->M * self->M) / 2 - product + entropic);
        }
    }
    return 0;
}

static double effective_beta(const void *memory)
{
    const struct memory *self = memory;
    return basin_threshold_keeps_scale(&self->params.threshold) ? self->beta : NAN;
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
