/* Derivatives of a modern memory's update, by formula and by central differences. */
#include "experiments/derivative.h"

#include "base/rng.h"
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

#define STEP 1e-5 /* errors of its square and of round-off divided by it are alike */

struct work {
    const struct basin_rule *rule;
    const void *params;
    const struct basin_rule_options *options;
    const gsl_matrix *K, *Q;
    uint32_t replicate;
    void *memory;
    double beta;
    gsl_matrix *p;           /* S x N: weights at Q */
    gsl_matrix *m;           /* S x d: the update of Q */
    gsl_matrix *more, *less; /* S x d: updates a step further and a step back */
    gsl_matrix *v;           /* S x d: directions, of states or of results */
    gsl_matrix *D, *moved;   /* N x d: direction of the patterns, patterns moved */
    gsl_vector *pull;        /* N */
};

static void work_free(struct work *work)
{
    gsl_matrix *const matrices[] = {
        work->p, work->m, work->more, work->less, work->v, work->D, work->moved};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
    gsl_vector_free(work->pull);
    work->rule->release(work->memory);
}

static void draw(
    gsl_rng *r, uint64_t seed, size_t which, uint32_t replicate, gsl_matrix *direction)
{
    basin_rng_start(
        r, basin_rng_key(seed, which, BASIN_FOR_NOISE), basin_rng_sequence(replicate, 0));
    basin_draw_gaussian(r, 1, direction->data, direction->size1 * direction->size2);
}

static int store(const struct work *work, const gsl_matrix *patterns, void **memory,
    struct basin_diag *diag)
{
    return work->rule->store(
        work->params, work->options, patterns, 0, work->replicate, memory, diag);
}

static int work_init(struct work *work, uint64_t seed, struct basin_diag *diag)
{
    size_t n = work->K->size1;
    size_t s = work->Q->size1;
    size_t d = work->K->size2;
    gsl_rng *r = basin_draw_rng(diag);
    work->p = gsl_matrix_alloc(s, n);
    work->m = gsl_matrix_alloc(s, d);
    work->more = gsl_matrix_alloc(s, d);
    work->less = gsl_matrix_alloc(s, d);
    work->v = gsl_matrix_alloc(s, d);
    work->D = gsl_matrix_alloc(n, d);
    work->moved = gsl_matrix_alloc(n, d);
    work->pull = gsl_vector_alloc(n);
    if (work->p == NULL || work->m == NULL || work->more == NULL || work->less == NULL ||
        work->v == NULL || work->D == NULL || work->moved == NULL || work->pull == NULL ||
        r == NULL) {
        gsl_rng_free(r);
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory to differentiate %zu states", s);
    }
    draw(r, seed, 0, work->replicate, work->v);
    draw(r, seed, 1, work->replicate, work->D);
    gsl_rng_free(r);
    gsl_matrix_memcpy(work->m, work->Q);
    int ret = store(work, work->K, &work->memory, diag);
    if (ret == 0) {
        work->beta = work->rule->effective_beta(work->memory);
        ret = work->rule->weights(work->memory, work->Q, work->p, diag);
    }
    return ret == 0 ? work->rule->step(work->memory, 0, work->m, diag) : ret;
}

/* to = from + step along */
static void move(
    const gsl_matrix *from, double step, const gsl_matrix *along, gsl_matrix *to)
{
    for (size_t i = 0; i < to->size1 * to->size2; i++) {
        to->data[i] = from->data[i] + step * along->data[i];
    }
}

static double dot(const gsl_matrix *a, size_t i, const gsl_matrix *b, size_t j)
{
    gsl_vector_const_view x = gsl_matrix_const_row(a, i);
    gsl_vector_const_view y = gsl_matrix_const_row(b, j);
    double value;
    gsl_blas_ddot(&x.vector, &y.vector, &value);
    return value;
}

/* J v of every state, and the central differences of the memory beside it. */
static int compare_state(
    struct work *work, struct basin_derivative_errors *errors, struct basin_diag *diag)
{
    const struct basin_rule *rule = work->rule;
    const gsl_matrix *K = work->K;
    double error = 0;
    double square = 0;
    move(work->Q, STEP, work->v, work->more);
    move(work->Q, -STEP, work->v, work->less);
    int ret = rule->step(work->memory, 0, work->more, diag);
    if (ret == 0) {
        ret = rule->step(work->memory, 0, work->less, diag);
    }
    for (size_t j = 0; ret == 0 && j < work->v->size1; j++) {
        double m_v = dot(work->m, j, work->v, j);
        for (size_t i = 0; i < K->size1; i++) {
            gsl_vector_set(work->pull, i,
                work->beta * gsl_matrix_get(work->p, j, i) *
                    (dot(K, i, work->v, j) - m_v));
        }
        for (size_t l = 0; l < K->size2; l++) {
            double found =
                (gsl_matrix_get(work->more, j, l) - gsl_matrix_get(work->less, j, l)) /
                (2 * STEP);
            gsl_vector_const_view k = gsl_matrix_const_column(K, l);
            double expected = 0;
            gsl_blas_ddot(work->pull, &k.vector, &expected);
            error = fmax(error, fabs(found - expected));
            square += gsl_pow_2(expected);
        }
    }
    errors->state = error / sqrt(square / (double)(work->v->size1 * work->v->size2));
    return ret;
}

/* The update of Q by a memory whose patterns are moved by a step along D. */
static int update_moved(
    struct work *work, double step, gsl_matrix *states, struct basin_diag *diag)
{
    void *memory = NULL;
    const struct basin_rule *rule = work->rule;
    move(work->K, step, work->D, work->moved);
    gsl_matrix_memcpy(states, work->Q);
    int ret = store(work, work->moved, &memory, diag);
    if (ret == 0) {
        ret = rule->step(memory, 0, states, diag);
    }
    rule->release(memory);
    return ret;
}

/* d(a.f) of every state, likewise; directions a of results are those of states. */
static int compare_patterns(
    struct work *work, struct basin_derivative_errors *errors, struct basin_diag *diag)
{
    const gsl_matrix *K = work->K;
    double error = 0;
    double first_error = 0;
    double square = 0;
    int ret = update_moved(work, STEP, work->more, diag);
    if (ret == 0) {
        ret = update_moved(work, -STEP, work->less, diag);
    }
    for (size_t j = 0; ret == 0 && j < work->v->size1; j++) {
        double a_m = dot(work->v, j, work->m, j);
        double first = 0;
        double second = 0;
        for (size_t i = 0; i < K->size1; i++) {
            double p = gsl_matrix_get(work->p, j, i);
            first += p * dot(work->v, j, work->D, i);
            second += work->beta * p * (dot(work->v, j, K, i) - a_m) *
                      dot(work->D, i, work->Q, j);
        }
        double found = (dot(work->v, j, work->more, j) - dot(work->v, j, work->less, j)) /
                       (2 * STEP);
        error = fmax(error, fabs(found - first - second));
        first_error = fmax(first_error, fabs(found - first));
        square += gsl_pow_2(first + second);
    }
    double rms = sqrt(square / (double)work->v->size1);
    errors->patterns = error / rms;
    errors->first_term = first_error / rms;
    return ret;
}

int basin_derivative_check(const struct basin_rule *rule, const void *params,
    const struct basin_rule_options *options, const gsl_matrix *K, const gsl_matrix *Q,
    uint64_t seed, uint32_t replicate, struct basin_derivative_errors *errors,
    struct basin_diag *diag)
{
    struct work work = {.rule = rule,
        .params = params,
        .options = options,
        .K = K,
        .Q = Q,
        .replicate = replicate};
    int ret = work_init(&work, seed, diag);
    if (ret == 0) {
        ret = compare_state(&work, errors, diag);
    }
    if (ret == 0) {
        ret = compare_patterns(&work, errors, diag);
    }
    work_free(&work);
    return ret;
}
