/* A rule with parameters set by name, and patterns to store in it. */
#ifndef BASIN_TESTS_RULE_SETUP_H
#define BASIN_TESTS_RULE_SETUP_H

#include "params.h"

#include "base/rng.h"
#include "rules/relax.h"
#include "rules/rule.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>

struct setup {
    const struct basin_rule *rule;
    void *params;
    struct basin_rule_options options;
    const gsl_matrix *X;
    void *memory; /* NULL if storing failed */
    int code;     /* what store returned */
    struct basin_diag diag;
};

/* Pairs of name and value, NULL at the end; options of the iteration may be among them.
 */
static inline struct setup setup_rule(const struct basin_rule *rule, const gsl_matrix *X,
    uint64_t key, const char *const *pairs)
{
    const char *own[33] = {NULL};
    size_t n_own = 0;
    const char *common[33] = {NULL};
    size_t n_common = 0;
    for (; *pairs != NULL; pairs += 2) {
        bool is_common = basin_field_find(basin_rule_options.fields, pairs[0]) != NULL;
        const char **to = is_common ? &common[n_common] : &own[n_own];
        *(is_common ? &n_common : &n_own) += 2;
        to[0] = pairs[0];
        to[1] = pairs[1];
    }
    struct setup self = {.rule = rule, .params = params_of(&rule->kind, own), .X = X};
    struct basin_rule_options *options = params_of(&basin_rule_options, common);
    self.options = *options;
    free(options);
    self.code =
        rule->store(self.params, &self.options, X, key, 0, &self.memory, &self.diag);
    return self;
}

static inline void setup_free(struct setup *self)
{
    self->rule->release(self->memory);
    free(self->params);
}

static inline void setup_step(struct setup *self, size_t t, gsl_matrix *states)
{
    ck_assert_msg(self->rule->step(self->memory, t, states, &self->diag) == 0, "%s",
        self->diag.text);
}

static inline void setup_relax(
    struct setup *self, gsl_matrix *states, struct basin_outcome *outcome)
{
    int ret = basin_relax(
        self->rule, self->memory, &self->options, states, outcome, &self->diag);
    ck_assert_msg(ret == 0, "%s", self->diag.text);
}

static inline double setup_energy(struct setup *self, const gsl_matrix *states, size_t i)
{
    double energy = 0;
    gsl_matrix_const_view row =
        gsl_matrix_const_submatrix(states, i, 0, 1, states->size2);
    gsl_vector_view value = gsl_vector_view_array(&energy, 1);
    ck_assert_msg(
        self->rule->energy(self->memory, &row.matrix, &value.vector, &self->diag) == 0,
        "%s", self->diag.text);
    return energy;
}

static inline gsl_rng *test_rng(uint64_t seed)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    basin_rng_start(r, seed, 0);
    return r;
}

static inline gsl_matrix *random_polar(size_t n, size_t d, gsl_rng *r)
{
    gsl_matrix *X = gsl_matrix_alloc(n, d);
    for (size_t i = 0; i < n * d; i++) {
        X->data[i] = gsl_rng_uniform(r) < 0.5 ? -1 : 1;
    }
    return X;
}

static inline gsl_matrix *random_uniform(size_t n, size_t d, gsl_rng *r)
{
    gsl_matrix *X = gsl_matrix_alloc(n, d);
    for (size_t i = 0; i < n * d; i++) {
        X->data[i] = gsl_ran_flat(r, -1, 1);
    }
    return X;
}

static inline gsl_matrix *random_gaussian(size_t n, size_t d, gsl_rng *r)
{
    gsl_matrix *X = gsl_matrix_alloc(n, d);
    for (size_t i = 0; i < n * d; i++) {
        X->data[i] = gsl_ran_ugaussian(r);
    }
    return X;
}

static inline gsl_matrix *matrix_copy(const gsl_matrix *matrix)
{
    gsl_matrix *copy = gsl_matrix_alloc(matrix->size1, matrix->size2);
    gsl_matrix_memcpy(copy, matrix);
    return copy;
}

static inline double max_difference(const gsl_matrix *a, const gsl_matrix *b)
{
    double max = 0;
    for (size_t i = 0; i < a->size1; i++) {
        for (size_t j = 0; j < a->size2; j++) {
            double difference = fabs(gsl_matrix_get(a, i, j) - gsl_matrix_get(b, i, j));
            max = isnan(difference) ? INFINITY : fmax(max, difference);
        }
    }
    return max;
}

#define SETUP(rule, X, key, ...)                                                         \
    setup_rule(&(rule), X, key, (const char *const[]){__VA_ARGS__, NULL})

extern const struct basin_rule basin_rule_classical;
extern const struct basin_rule basin_rule_continuous;
extern const struct basin_rule basin_rule_covariance;
extern const struct basin_rule basin_rule_dense;
extern const struct basin_rule basin_rule_diluted;
extern const struct basin_rule basin_rule_modern;
extern const struct basin_rule basin_rule_performer;
extern const struct basin_rule basin_rule_willshaw;

#endif
