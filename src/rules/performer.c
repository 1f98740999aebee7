/* The Performer as a memory (Performer blog, eq. 34 and 35; Choromanski et al. 2021).
 *
 *   xi' = X^T E[D^-1 X' xi'],   D = 1^T X' xi',
 *
 * rows x_i of X being the patterns, X' the features phi(sqrt(beta) x_i) and xi' those of
 * the state: phi(x).phi(y) estimates exp(beta x.y), so that the weights D^-1 X' xi'
 * estimate the modern network's softmax. The expectation E is the mean over draws of the
 * directions. X'^T X and X'^T 1 are made once; an update costs no more for more patterns.
 * A thresholded memory takes features of thresholded patterns and states and reads out
 * the dense X.
 *
 * Weights of trigonometric and linear features may be negative, and their sum D may be
 * nearly nothing or negative where the estimate is bad: such a state is refused unless
 * allow_negative is set. Without normalisation the products themselves weigh the
 * patterns; the association weights are then their shares. */
#include "base/rng.h"
#include "features/favor.h"
#include "rules/rule.h"
#include "rules/threshold.h"
#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

_Static_assert(
    (int)BASIN_TILE <= (int)BASIN_FAVOR_TILE, "a tile of states is a tile of queries");

struct params {
    struct basin_feature_options features;
    double beta;
    int scale;
    struct basin_threshold threshold;
    long redraws;
    bool normalized;
    bool allow_negative;
};

#define T struct params

static const struct basin_field fields[] = {
    BASIN_FEATURE_SPAN_FIELDS,
    BASIN_FIELD_REAL(T, beta, "1", 0, BASIN_ANY_HIGH, "1",
        "inverse temperature beta: multiplies the scaled inner products"),
    BASIN_FIELD_CHOICE(T, scale, BASIN_SCALE_CHOICES, "none",
        "what inner products are divided by: 1, sqrt(d), sqrt(d) times the largest norm"),
    BASIN_THRESHOLD_FIELDS(T),
    BASIN_FIELD_INT(T, redraws, "1", 1, 1 << 20, "1",
        "independent draws of the directions whose weights are averaged"),
    BASIN_FIELD_BOOL(T, normalized, "true",
        "divide by D; else the estimates of the kernel weigh the patterns"),
    BASIN_FIELD_BOOL(T, allow_negative, "false",
        "go on where the estimate of D is negative; spreads then mean nothing"),
    BASIN_FIELD_END,
};

#undef T

struct memory {
    struct params params;
    bool reference;
    struct basin_keys keys;
    double beta; /* scale included */
    size_t draws;
    struct basin_favor *favor; /* one for each draw */
    gsl_matrix *q;             /* workspace for a tile: states as they are compared, */
    gsl_matrix *AV;            /* what one draw reads out, */
    gsl_matrix *mean;          /* the mean of that, */
    gsl_matrix *A;             /* products with all patterns */
};

static int check(const void *params, const struct basin_rule_options *options, size_t d,
    size_t n, enum basin_domain domain, struct basin_diag *diag)
{
    (void)options;
    (void)d;
    (void)n;
    (void)domain;
    return basin_feature_check(&((const struct params *)params)->features, diag);
}

static void release(void *memory)
{
    struct memory *self = memory;
    if (self == NULL) {
        return;
    }
    for (size_t k = 0; k < self->draws; k++) {
        basin_favor_free(&self->favor[k]);
    }
    free(self->favor);
    basin_keys_free(&self->keys);
    gsl_matrix_free(self->q);
    gsl_matrix_free(self->AV);
    gsl_matrix_free(self->mean);
    gsl_matrix_free(self->A);
    free(self);
}

static int draw(struct memory *self, bool single, uint64_t key, uint32_t replicate,
    struct basin_diag *diag)
{
    struct basin_feature_options options = self->params.features;
    options.subtract_max = options.subtract_max && self->params.normalized;
    while (self->draws < (size_t)self->params.redraws) {
        int ret = basin_favor_init(&self->favor[self->draws], &options, self->keys.K,
            self->keys.X, sqrt(self->beta), single, key,
            basin_rng_sequence(replicate, (uint32_t)self->draws), diag);
        if (ret != 0) {
            return ret;
        }
        self->draws++;
    }
    return 0;
}

static int make(struct memory *self, const gsl_matrix *patterns, bool single,
    uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    const struct params *params = &self->params;
    int ret = basin_keys_init(&self->keys, patterns, &params->threshold,
        (enum basin_product_scale)params->scale, single, diag);
    if (ret != 0) {
        return ret;
    }
    self->beta = params->beta * self->keys.factor;
    self->favor = calloc((size_t)params->redraws, sizeof(*self->favor));
    self->q = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    self->AV = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    self->mean = gsl_matrix_alloc(BASIN_TILE, patterns->size2);
    self->A = gsl_matrix_alloc(BASIN_TILE, patterns->size1);
    if (self->favor == NULL || self->q == NULL || self->AV == NULL ||
        self->mean == NULL || self->A == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory to compare states with %zu patterns", patterns->size1);
    }
    return draw(self, single, key, replicate, diag);
}

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    struct memory *self = calloc(1, sizeof(*self));
    if (self == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a Performer");
    }
    self->params = *(const struct params *)params;
    self->reference = options->engine == BASIN_ENGINE_REFERENCE;
    int ret =
        make(self, patterns, options->precision == BASIN_SINGLE, key, replicate, diag);
    return basin_rule_hand_over(ret, self, release, memory);
}

/* Directions of a span are drawn as states come. */
static int see(struct memory *self, const gsl_matrix *q, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t k = 0; ret == 0 && k < self->draws; k++) {
        ret = basin_feature_map_see(&self->favor[k].map, q, diag);
    }
    return ret;
}

/* Refuses a D by which nothing should be divided. */
static int check_sum(
    const struct memory *self, size_t k, double D, struct basin_diag *diag)
{
    const char *map = self->favor[k].map.feature->kind.name;
    if (!isfinite(D)) {
        return basin_fail(diag, BASIN_ERR_NUMERIC,
            "%s features of draw %zu make D %g; set subtract_max, or lower beta", map, k,
            D);
    }
    if (D > 0 || (D < 0 && self->params.allow_negative)) {
        return 0;
    }
    return basin_fail(diag, BASIN_ERR_DOMAIN,
        "%s features of draw %zu estimate D as %g, which must be greater than 0; take "
        "more features or another map%s",
        map, k, D, D < 0 ? ", or set allow_negative" : "");
}

/* Divides every row by what makes the mean over draws of (normalised) products. */
static int divide(const struct memory *self, size_t k, const double *D, gsl_matrix *rows,
    struct basin_diag *diag)
{
    for (size_t j = 0; j < rows->size1; j++) {
        double divisor = (double)self->draws;
        if (self->params.normalized) {
            int ret = check_sum(self, k, D[j], diag);
            if (ret != 0) {
                return ret;
            }
            divisor *= D[j];
        }
        gsl_vector_view row = gsl_matrix_row(rows, j);
        gsl_vector_scale(&row.vector, 1 / divisor);
    }
    return 0;
}

static int update_tile(struct memory *self, gsl_matrix *states, struct basin_diag *diag)
{
    size_t m = states->size1;
    double D[BASIN_TILE];
    gsl_matrix_view q = gsl_matrix_submatrix(self->q, 0, 0, m, states->size2);
    gsl_matrix_view A = gsl_matrix_submatrix(self->A, 0, 0, m, self->A->size2);
    gsl_matrix_view AV = gsl_matrix_submatrix(self->AV, 0, 0, m, states->size2);
    gsl_matrix_view mean = gsl_matrix_submatrix(self->mean, 0, 0, m, states->size2);
    int ret = basin_keys_query(&self->keys, states, &q.matrix, diag);
    gsl_matrix_set_zero(&mean.matrix);
    if (ret == 0) {
        ret = see(self, &q.matrix, diag);
    }
    for (size_t k = 0; ret == 0 && k < self->draws; k++) {
        if (self->reference) {
            basin_favor_products(&self->favor[k], &q.matrix, &A.matrix, D);
            gsl_blas_dgemm(
                CblasNoTrans, CblasNoTrans, 1, &A.matrix, self->keys.X, 0, &AV.matrix);
        } else {
            basin_favor_read(&self->favor[k], &q.matrix, &AV.matrix, D);
        }
        ret = divide(self, k, D, &AV.matrix, diag);
        gsl_matrix_add(&mean.matrix, &AV.matrix);
    }
    if (ret == 0) {
        gsl_matrix_memcpy(states, &mean.matrix);
    }
    return ret;
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_view tile = basin_tile(states, j);
        int ret = update_tile(memory, &tile.matrix, diag);
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

/* Divides every row by its sum. */
static int make_shares(const struct memory *self, gsl_matrix *p, struct basin_diag *diag)
{
    for (size_t j = 0; j < p->size1; j++) {
        gsl_vector_view row = gsl_matrix_row(p, j);
        double sum = gsl_vector_sum(&row.vector);
        int ret = check_sum(self, 0, sum, diag);
        if (ret != 0) {
            return ret;
        }
        gsl_vector_scale(&row.vector, 1 / sum);
    }
    return 0;
}

static int weigh_tile(
    struct memory *self, const gsl_matrix *states, gsl_matrix *p, struct basin_diag *diag)
{
    size_t m = states->size1;
    double D[BASIN_TILE];
    gsl_matrix_view q = gsl_matrix_submatrix(self->q, 0, 0, m, states->size2);
    gsl_matrix_view A = gsl_matrix_submatrix(self->A, 0, 0, m, self->A->size2);
    int ret = basin_keys_query(&self->keys, states, &q.matrix, diag);
    gsl_matrix_set_zero(p);
    if (ret == 0) {
        ret = see(self, &q.matrix, diag);
    }
    for (size_t k = 0; ret == 0 && k < self->draws; k++) {
        basin_favor_products(&self->favor[k], &q.matrix, &A.matrix, D);
        ret = divide(self, k, D, &A.matrix, diag);
        gsl_matrix_add(p, &A.matrix);
    }
    return ret != 0 || self->params.normalized ? ret : make_shares(self, p, diag);
}

static int weights(
    void *memory, const gsl_matrix *states, gsl_matrix *p, struct basin_diag *diag)
{
    for (size_t j = 0; j < states->size1; j += BASIN_TILE) {
        gsl_matrix_const_view tile = basin_const_tile(states, j);
        gsl_matrix_view target = basin_tile(p, j);
        int ret = weigh_tile(memory, &tile.matrix, &target.matrix, diag);
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

static double effective_beta(const void *memory)
{
    const struct memory *self = memory;
    return basin_threshold_keeps_scale(&self->params.threshold) ? self->beta : NAN;
}

/* A projection and a product with the features of every pattern, once, and every state.
 */
static double cost(const void *params, size_t d, size_t n, size_t m)
{
    const struct params *p = params;
    bool spans = p->features.directions > BASIN_DIRECTIONS_NONE;
    size_t dimension = spans && n + m < d ? n + m : d;
    double products = 4.0 * (double)p->features.features * (double)dimension;
    return (double)p->redraws * products * (double)(n + m);
}

const struct basin_rule basin_rule_performer = {
    .kind =
        {
            .name = "performer",
            .summary = "Performer as a memory: softmax estimated by random features",
            .source = "Choromanski et al. 2021; Performer blog, eq. 34 and 35",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct params),
        },
    .takes = BASIN_POLAR | BASIN_BINARY | BASIN_CONTINUOUS,
    .check = check,
    .store = store,
    .step = step,
    .weights = weights,
    .release = release,
    .effective_beta = effective_beta,
    .cost = cost,
};
