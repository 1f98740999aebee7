/* Rules as an experiment runs them: store, then relax. */
#include "ours.h"

#include "base/memory.h"
#include "config/node.h"
#include "config/value.h"
#include "rules/relax.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 128 }; /* states that kernels take together, or more */

struct bench_rule {
    const struct basin_rule *rule;
    struct basin_rule_options options;
    void *params;
    _gsl_matrix_const_view X;
    size_t n;
    void *memory[];
};

static int set_field(struct bench_rule *self, const char *name, const char *value)
{
    const struct basin_field *own = basin_field_find(self->rule->kind.fields, name);
    if (own != NULL) {
        return basin_value_read(own, value, true, self->params, NULL);
    }
    const struct basin_field *common = basin_field_find(basin_rule_options.fields, name);
    return common == NULL ? BASIN_ERR_CONFIG
                          : basin_value_read(common, value, true, &self->options, NULL);
}

static int set_fields(struct bench_rule *self, const char *const *pairs, size_t n)
{
    int ret = basin_fields_default(self->rule->kind.fields, self->params, NULL);
    ret = ret != 0
              ? ret
              : basin_fields_default(basin_rule_options.fields, &self->options, NULL);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        ret = set_field(self, pairs[2 * i], pairs[2 * i + 1]);
    }
    return ret;
}

struct bench_rule *bench_rule_new(const char *name, const char *const *pairs, size_t n,
    const double *patterns, size_t N, size_t d, size_t threads)
{
    const struct basin_kind *kind = basin_kind_find(basin_rules, name);
    struct bench_rule *self = calloc(1, sizeof(*self) + threads * sizeof(void *));
    if (kind == NULL || self == NULL) {
        free(self);
        return NULL;
    }
    self->rule = basin_rule_of(kind);
    self->X = gsl_matrix_const_view_array(patterns, N, d);
    self->n = threads;
    self->params = calloc(1, kind->size);
    int ret = self->params == NULL ? BASIN_ERR_NOMEM : set_fields(self, pairs, n);
    for (size_t t = 0; ret == 0 && t < threads; t++) {
        ret = self->rule->store(
            self->params, &self->options, &self->X.matrix, 1, 0, &self->memory[t], NULL);
    }
    if (ret != 0) {
        bench_rule_free(self);
        return NULL;
    }
    return self;
}

void bench_rule_free(struct bench_rule *self)
{
    for (size_t t = 0; self != NULL && t < self->n; t++) {
        self->rule->release(self->memory[t]);
    }
    free(self == NULL ? NULL : self->params);
    free(self);
}

static int run_part(
    struct bench_rule *self, size_t t, double *states, size_t m, size_t *steps)
{
    gsl_matrix_view Xi = gsl_matrix_view_array(states, m, self->X.matrix.size2);
    struct basin_outcome *outcome = calloc(m, sizeof(*outcome));
    int ret = outcome == NULL ? BASIN_ERR_NOMEM
                              : basin_relax(self->rule, self->memory[t], &self->options,
                                    &Xi.matrix, outcome, NULL);
    for (size_t j = 0; ret == 0 && j < m; j++) {
        *steps += outcome[j].steps;
    }
    free(outcome);
    return ret;
}

int bench_rule_run(
    struct bench_rule *self, double *states, size_t M, int threads, size_t *steps)
{
    size_t d = self->X.matrix.size2;
    size_t next = 0;
    size_t sum = 0;
    int failed = 0;
#pragma omp parallel num_threads(threads) reduction(+ : sum) reduction(| : failed)
    {
        size_t t = (size_t)omp_get_thread_num();
        size_t first;
        for (size_t m; (m = bench_take(&next, M, SHORT, threads, &first)) > 0;) {
            failed |= run_part(self, t, states + first * d, m, &sum) != 0;
        }
    }
    *steps = sum;
    return failed ? BASIN_ERR_FAILED : 0;
}

double bench_memory_mark(void)
{
    return basin_memory_mark();
}

double bench_memory_peak(void)
{
    return basin_memory_peak();
}
