/* The covariance rule on sparse binary units (Tsodyks & Feigelman 1988).
 *
 *   w_ij = 1 / (d p (1 - p)) sum_mu (x_mu,i - p) (x_mu,j - p),   w_ii = 0,
 *   xi_i' = Theta(sum_j w_ij xi_j - theta),
 *   E = -1/2 xi^T W xi + theta sum_i xi_i,
 *
 * with units and patterns in {0, 1} and p = k/d the activity of the patterns. With C =
 * X^T X, whose element C_ij counts the patterns in which i and j are both active, and c_i
 * = C_ii,
 *
 *   k d (d - k) w_ij = d^2 C_ij - k d (c_i + c_j) + k^2 N.
 *
 * If all patterns have k active units these are whole numbers, and a field that equals a
 * threshold like 1/2 does so exactly. Only active units contribute. Where patterns are
 * fewer than units, C is not formed: sum_j C_ij xi_j is the sum of the overlaps o_mu =
 * x_mu . xi of the patterns in which i is active. */
#include "rules/order.h"
#include "rules/rule.h"
#include "rules/states.h"
#include "rules/ties.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct params {
    double threshold;
    double assumed_activity; /* NAN: measured */
    int update;
    int order;
    int ties;
};

struct memory {
    struct params params;
    double k;     /* active units of a pattern */
    double scale; /* k d (d - k): fields are multiplied by it */
    size_t n;
    size_t d;
    size_t *first;      /* d + 1: where each unit's patterns start in pattern */
    uint32_t *pattern;  /* the patterns in which unit 0 is active, unit 1, ... */
    uint32_t *C;        /* d x d if N >= d, else NULL */
    long *sum;          /* sum_j C_ij xi_j of every unit, or o_mu of every pattern */
    long active;        /* sum_j xi_j */
    long active_counts; /* sum_j c_j xi_j */
    double *next;       /* d: new states of synchronous updates */
    struct basin_order order;
    gsl_matrix *W; /* engine: reference */
};

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    free(self->first);
    free(self->pattern);
    free(self->C);
    free(self->sum);
    free(self->next);
    basin_order_free(&self->order);
    gsl_matrix_free(self->W);
    free(self);
}

/* c_i */
static long count(const struct memory *self, size_t i)
{
    return (long)(self->first[i + 1] - self->first[i]);
}

/* Lists for every unit the patterns in which it is active; false if memory is out. */
static bool list_patterns(struct memory *self, const gsl_matrix *X)
{
    self->first = calloc(self->d + 2, sizeof(*self->first));
    if (self->first == NULL) {
        return false;
    }
    size_t *next = self->first + 1; /* where the next pattern of each unit goes */
    for (size_t mu = 0; mu < self->n; mu++) {
        const double *x = gsl_matrix_const_ptr(X, mu, 0);
        for (size_t i = 0; i < self->d; i++) {
            next[i + 1] += x[i] != 0;
        }
    }
    for (size_t i = 0; i < self->d; i++) {
        next[i + 1] += next[i];
    }
    self->pattern = malloc((next[self->d] + 1) * sizeof(*self->pattern));
    if (self->pattern == NULL) {
        return false;
    }
    for (size_t mu = 0; mu < self->n; mu++) {
        const double *x = gsl_matrix_const_ptr(X, mu, 0);
        for (size_t i = 0; i < self->d; i++) {
            if (x[i] != 0) {
                self->pattern[next[i]++] = (uint32_t)mu;
            }
        }
    } /* now next[i] is the end of unit i's list, where that of i + 1 begins: first */
    return true;
}

/* C, from the active units of every pattern, listed in the workspace. */
static void count_pairs(struct memory *self, const gsl_matrix *X)
{
    long *unit = self->sum;
    for (size_t mu = 0; mu < self->n; mu++) {
        const double *x = gsl_matrix_const_ptr(X, mu, 0);
        size_t k = 0;
        for (size_t i = 0; i < self->d; i++) {
            if (x[i] != 0) {
                unit[k++] = (long)i;
            }
        }
        for (size_t a = 0; a < k; a++) {
            uint32_t *row = self->C + (size_t)unit[a] * self->d;
            for (size_t b = 0; b < k; b++) {
                row[unit[b]]++;
            }
        }
    }
}

/* W as the equation reads. */
static bool make_weights(struct memory *self, const gsl_matrix *X)
{
    self->W = gsl_matrix_calloc(self->d, self->d);
    gsl_matrix *centred = gsl_matrix_alloc(self->n, self->d);
    bool made = self->W != NULL && centred != NULL;
    if (made) {
        gsl_matrix_memcpy(centred, X);
        double p = self->k / (double)self->d;
        double factor = 1 / ((double)self->d * p * (1 - p));
        gsl_matrix_add_constant(centred, -p);
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, factor, centred, centred, 0, self->W);
        gsl_vector_view diagonal = gsl_matrix_diagonal(self->W);
        gsl_vector_set_zero(&diagonal.vector);
    }
    gsl_matrix_free(centred);
    return made;
}

static int set_activity(struct memory *self, struct basin_diag *diag)
{
    double d = (double)self->d;
    self->k = isnan(self->params.assumed_activity)
                  ? (double)self->first[self->d] / (double)self->n
                  : self->params.assumed_activity * d;
    self->scale = self->k * d * (d - self->k);
    if (self->scale > 0) {
        return 0;
    }
    return basin_fail(diag, BASIN_ERR_DOMAIN,
        "rule covariance needs an activity between 0 and 1; the patterns have %g",
        self->k / d);
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    size_t n = patterns->size1;
    size_t d = patterns->size2;
    int ret = BASIN_ERR_NOMEM;
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        goto out;
    }
    self->params = *(const struct params *)params;
    self->n = n;
    self->d = d;
    self->sum = malloc((n > d ? n : d) * sizeof(*self->sum));
    self->next = malloc(d * sizeof(*self->next));
    if (self->sum == NULL || self->next == NULL || !list_patterns(self, patterns)) {
        goto out;
    }
    ret = set_activity(self, diag);
    if (ret != 0) {
        goto out;
    }
    if (options->engine == BASIN_ENGINE_REFERENCE) {
        ret = make_weights(self, patterns) ? 0 : BASIN_ERR_NOMEM;
    } else if (n >= d) {
        self->C = calloc(d * d, sizeof(*self->C));
        ret = self->C != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    if (ret == 0 && self->C != NULL) {
        count_pairs(self, patterns);
    }
    if (ret == 0 && self->params.update == BASIN_ASYNC) {
        ret = basin_order_init(&self->order, (enum basin_order_kind)self->params.order, d,
            key, replicate, diag);
    }

out:
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(diag, ret, "no memory for %zu patterns of %zu units", n, d);
    }
    return basin_rule_hand_over(ret, self, release, memory);
}

/* Unit i becomes active (by = 1) or silent (by = -1). */
static void turn(struct memory *self, size_t i, long by)
{
    if (self->C != NULL) {
        const uint32_t *row = self->C + i * self->d;
        for (size_t j = 0; j < self->d; j++) {
            self->sum[j] += by * (long)row[j];
        }
    } else {
        for (size_t a = self->first[i]; a < self->first[i + 1]; a++) {
            self->sum[self->pattern[a]] += by;
        }
    }
    self->active += by;
    self->active_counts += by * count(self, i);
}

static void load(struct memory *self, const double *xi)
{
    memset(self->sum, 0, (self->C != NULL ? self->d : self->n) * sizeof(*self->sum));
    self->active = 0;
    self->active_counts = 0;
    for (size_t i = 0; i < self->d; i++) {
        if (xi[i] != 0) {
            turn(self, i, 1);
        }
    }
}

/* sum_j w_ij xi_j of the state that was loaded, times scale. */
static double scaled_field(const struct memory *self, size_t i, const double *xi)
{
    if (self->W != NULL) {
        gsl_vector_const_view w = gsl_matrix_const_row(self->W, i);
        gsl_vector_const_view state = gsl_vector_const_view_array(xi, self->d);
        double h = 0;
        gsl_blas_ddot(&w.vector, &state.vector, &h);
        return h * self->scale;
    }
    long pairs = 0;
    if (self->C != NULL) {
        pairs = self->sum[i];
    } else {
        for (size_t a = self->first[i]; a < self->first[i + 1]; a++) {
            pairs += self->sum[self->pattern[a]];
        }
    }
    long own = xi[i] != 0 ? 1 : 0; /* w_ii = 0 */
    long others = self->active - own;
    long counts = self->active_counts + (others - own) * count(self, i);
    double d = (double)self->d;
    return d * d * (double)(pairs - own * count(self, i)) - self->k * d * (double)counts +
           self->k * self->k * (double)self->n * (double)others;
}

static double update_of(const struct memory *self, size_t i, const double *xi)
{
    double h = scaled_field(self, i, xi) - self->params.threshold * self->scale;
    enum basin_ties ties = (enum basin_ties)self->params.ties;
    return basin_sign(h, 2 * xi[i] - 1, ties) > 0 ? 1 : 0;
}

static void sweep(struct memory *self, const size_t *order, double *xi)
{
    for (size_t k = 0; k < self->d; k++) {
        size_t i = order[k];
        double next = update_of(self, i, xi);
        if (next != xi[i]) {
            turn(self, i, next > 0 ? 1 : -1);
            xi[i] = next;
        }
    }
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    struct memory *self = memory;
    int ret = basin_states_check_binary(states, "covariance", diag);
    if (ret != 0) {
        return ret;
    }
    const size_t *order =
        self->params.update == BASIN_ASYNC ? basin_order_of_sweep(&self->order, t) : NULL;
    for (size_t j = 0; j < states->size1; j++) {
        double *xi = gsl_matrix_ptr(states, j, 0);
        load(self, xi);
        if (order != NULL) {
            sweep(self, order, xi);
            continue;
        }
        for (size_t i = 0; i < self->d; i++) {
            self->next[i] = update_of(self, i, xi);
        }
        memcpy(xi, self->next, self->d * sizeof(*xi));
    }
    return 0;
}

static int energy(
    void *memory, const gsl_matrix *states, gsl_vector *energies, struct basin_diag *diag)
{
    (void)diag;
    struct memory *self = memory;
    for (size_t j = 0; j < states->size1; j++) {
        const double *xi = gsl_matrix_const_ptr(states, j, 0);
        load(self, xi);
        double sum = 0;
        for (size_t i = 0; i < self->d; i++) {
            if (xi[i] != 0) {
                sum += self->params.threshold -
                       0.5 * scaled_field(self, i, xi) / self->scale;
            }
        }
        gsl_vector_set(energies, j, sum);
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

/* Patterns are taken to have one active unit in ten. */
static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    double a = 0.1 * (double)n * (double)d;
    return n < d ? a * (10 + (double)m) : (double)d * (a + 0.1 * (double)(m * d));
}

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(T, threshold, "0.5", BASIN_ANY_LOW, BASIN_ANY_HIGH, "1",
        "theta; the field of a pattern's active unit is 1 - p on average"),
    BASIN_FIELD_REAL_OR(T, assumed_activity, "measured", "measured", BASIN_POSITIVE, 1,
        "1", "p in the rule; measured: the fraction of active units in the patterns"),
    BASIN_UPDATE_FIELDS(T, "async"),
    BASIN_FIELD_CHOICE(T, ties, "keep|plus|minus", "keep",
        "what a unit becomes whose field equals theta; plus: active, minus: silent"),
    BASIN_FIELD_END,
};

#undef T

const struct basin_rule basin_rule_covariance = {
    .kind = {.name = "covariance",
        .summary = "covariance rule on sparse binary units",
        .source = "Tsodyks & Feigelman 1988",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct params)},
    .takes = BASIN_BINARY,
    .discrete = true,
    .coupling_bits = 64,
    .store = store,
    .step = step,
    .varies = varies,
    .energy = energy,
    .descends = descends,
    .release = release,
    .cost = cost,
};
