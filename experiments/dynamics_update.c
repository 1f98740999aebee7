/* One update of signs beside what it should equal: the same update of each state alone
 * (Performer blog, eq. 4), and attention without softmax, whose K^T V is a sum of outer
 * products, as W is (its section on FAVOR+ and Hopfield networks). */
#include "experiments/dynamics.h"

#include <gsl/gsl_blas.h>
#include <math.h>

bool basin_dynamics_signs(const struct basin_stage *stage)
{
    return stage->rule->discrete && stage->domain == BASIN_POLAR;
}

static double differing(const gsl_matrix *a, const gsl_matrix *b)
{
    double n = 0;
    for (size_t j = 0; j < a->size1; j++) {
        for (size_t l = 0; l < a->size2; l++) {
            n += gsl_matrix_get(a, j, l) != gsl_matrix_get(b, j, l);
        }
    }
    return n;
}

/* out = Q (sum over patterns of k v^T), with k = v = x. */
static int attend(const gsl_matrix *patterns, const gsl_matrix *Q, gsl_matrix *out,
    struct basin_diag *diag)
{
    gsl_matrix *KV = gsl_matrix_calloc(patterns->size2, patterns->size2);
    if (KV == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
        gsl_blas_dger(1, &x.vector, &x.vector, KV);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, Q, KV, 0, out);
    gsl_matrix_free(KV);
    return 0;
}

/* The largest difference of a row of `fields` from sum over patterns of x (x.xi). */
static double worst(const gsl_matrix *patterns, const gsl_matrix *states,
    const gsl_matrix *fields, gsl_vector *h)
{
    double difference = 0;
    double largest = 0;
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_const_view xi = gsl_matrix_const_row(states, j);
        gsl_vector_set_zero(h);
        for (size_t i = 0; i < patterns->size1; i++) {
            gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
            double overlap;
            gsl_blas_ddot(&x.vector, &xi.vector, &overlap);
            gsl_blas_daxpy(overlap, &x.vector, h);
        }
        for (size_t l = 0; l < h->size; l++) {
            double field = gsl_vector_get(h, l);
            largest = fmax(largest, fabs(field));
            difference = fmax(difference, fabs(gsl_matrix_get(fields, j, l) - field));
        }
    }
    return difference / largest;
}

/* Signs in place; a field of 0 keeps the state, as the rules do unless told otherwise. */
static void take_signs(gsl_matrix *fields, const gsl_matrix *states)
{
    for (size_t j = 0; j < fields->size1; j++) {
        for (size_t l = 0; l < fields->size2; l++) {
            double *h = gsl_matrix_ptr(fields, j, l);
            *h = *h == 0 ? gsl_matrix_get(states, j, l) : copysign(1, *h);
        }
    }
}

/* Updates every row by itself. */
static int step_alone(
    const struct basin_dynamics_work *work, gsl_matrix *states, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < work->m; j++) {
        gsl_matrix_view one = gsl_matrix_submatrix(states, j, 0, 1, work->stage.d);
        ret = work->stage.rule->step(work->memory, 0, &one.matrix, diag);
    }
    return ret;
}

int basin_dynamics_compare(const struct basin_dynamics_work *work,
    struct basin_dynamics_equal *equal, struct basin_diag *diag)
{
    size_t d = work->stage.d;
    gsl_matrix *together = gsl_matrix_alloc(work->m, d);
    gsl_matrix *other = gsl_matrix_alloc(work->m, d);
    gsl_vector *h = gsl_vector_alloc(d);
    int ret = 0;
    if (together == NULL || other == NULL || h == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    gsl_matrix_memcpy(together, work->start);
    gsl_matrix_memcpy(other, work->start);
    ret = work->stage.rule->step(work->memory, 0, together, diag);
    if (ret == 0) {
        ret = step_alone(work, other, diag);
    }
    if (ret == 0) {
        equal->together = differing(together, other);
        ret = attend(work->patterns, work->start, other, diag);
    }
    if (ret == 0) {
        equal->attention = worst(work->patterns, work->start, other, h);
        take_signs(other, work->start);
        equal->attention_signs = differing(together, other);
    }
out:
    gsl_vector_free(h);
    gsl_matrix_free(other);
    gsl_matrix_free(together);
    return ret;
}
