/* A rule outside basin's tree: the nearest stored pattern, as the limit of large beta.
 *
 *   xi' = x_k,   k = argmax_i x_i . xi
 */
#include "rules/rule.h"

#include <gsl/gsl_blas.h>
#include <stdlib.h>

struct params {
    double margin;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(struct params, margin, "0", 0, BASIN_ANY_HIGH, "1",
        "a state stays as it is unless the largest product exceeds the next by this"),
    BASIN_FIELD_END,
};

struct memory {
    struct params params;
    const gsl_matrix *patterns;
};

static int store(const void *params, const struct basin_rule_options *options,
    const gsl_matrix *patterns, uint64_t key, uint32_t replicate, void **memory,
    struct basin_diag *diag)
{
    (void)options;
    (void)key;
    (void)replicate;
    struct memory *m = malloc(sizeof(*m));
    if (m == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    m->params = *(const struct params *)params;
    m->patterns = patterns;
    *memory = m;
    return 0;
}

static int step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    (void)diag;
    const struct memory *m = memory;
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view state = gsl_matrix_row(states, j);
        size_t best = 0;
        double first = -BASIN_ANY_HIGH;
        double second = -BASIN_ANY_HIGH;
        for (size_t i = 0; i < m->patterns->size1; i++) {
            gsl_vector_const_view pattern = gsl_matrix_const_row(m->patterns, i);
            double product;
            gsl_blas_ddot(&pattern.vector, &state.vector, &product);
            if (product > first) {
                second = first;
                first = product;
                best = i;
            } else if (product > second) {
                second = product;
            }
        }
        if (first - second > m->params.margin) {
            gsl_vector_const_view pattern = gsl_matrix_const_row(m->patterns, best);
            gsl_vector_memcpy(&state.vector, &pattern.vector);
        }
    }
    return 0;
}

static double cost(const void *params, size_t d, size_t n, size_t m)
{
    (void)params;
    return 2.0 * (double)d * (double)n * (double)m;
}

const struct basin_rule rule_nearest = {
    .kind = {.name = "nearest",
        .summary = "the nearest stored pattern, in one update",
        .source = "limit of large beta",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct params)},
    .takes = BASIN_POLAR | BASIN_CONTINUOUS,
    .store = store,
    .step = step,
    .release = free,
    .cost = cost,
};
