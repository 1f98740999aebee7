/* Inequalities of the modern continuous network. */
#include "theory/bounds.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_vector.h>
#include <math.h>
#include <stdbool.h>

/* The largest singular value: root of the largest eigenvalue of the smaller Gram matrix.
 */
static int spectral_norm(
    const gsl_matrix *patterns, double *norm, struct basin_diag *diag)
{
    bool wide = patterns->size1 < patterns->size2;
    size_t n = wide ? patterns->size1 : patterns->size2;
    gsl_matrix *gram = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(n);
    int ret = 0;
    if (gram == NULL || values == NULL || workspace == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    gsl_blas_dsyrk(CblasLower, wide ? CblasNoTrans : CblasTrans, 1, patterns, 0, gram);
    gsl_eigen_symm(gram, values, workspace);
    *norm = sqrt(fmax(gsl_vector_max(values), 0));
out:
    gsl_eigen_symm_free(workspace);
    gsl_vector_free(values);
    gsl_matrix_free(gram);
    return ret;
}

int basin_geometry_of(
    const gsl_matrix *patterns, struct basin_geometry *geometry, struct basin_diag *diag)
{
    gsl_vector *mean = gsl_vector_calloc(patterns->size2);
    gsl_vector *apart = gsl_vector_alloc(patterns->size2);
    int ret = 0;
    if (mean == NULL || apart == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    *geometry = (struct basin_geometry){.n = (double)patterns->size1};
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
        gsl_blas_daxpy(1 / geometry->n, &x.vector, mean);
        geometry->largest = fmax(geometry->largest, gsl_blas_dnrm2(&x.vector));
    }
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
        gsl_vector_memcpy(apart, &x.vector);
        gsl_vector_sub(apart, mean);
        geometry->about_mean = fmax(geometry->about_mean, gsl_blas_dnrm2(apart));
    }
    ret = spectral_norm(patterns, &geometry->norm, diag);
out:
    gsl_vector_free(apart);
    gsl_vector_free(mean);
    return ret;
}

double basin_separation_of(const gsl_matrix *patterns, size_t i)
{
    gsl_vector_const_view x = gsl_matrix_const_row(patterns, i);
    double own;
    double greatest = -INFINITY;
    gsl_blas_ddot(&x.vector, &x.vector, &own);
    for (size_t j = 0; j < patterns->size1; j++) {
        if (j != i) {
            gsl_vector_const_view y = gsl_matrix_const_row(patterns, j);
            double inner;
            gsl_blas_ddot(&x.vector, &y.vector, &inner);
            greatest = fmax(greatest, inner);
        }
    }
    return own - greatest;
}

double basin_energy_bound(const struct basin_geometry *g, double beta)
{
    double m2 = gsl_pow_2(g->largest);
    return fmin(log(g->n) / beta + m2 / 2, 2 * m2);
}

double basin_jacobian_bound(const struct basin_geometry *g, double beta, double spread)
{
    return 2 * beta * gsl_pow_2(g->norm) * spread;
}

double basin_jacobian_bound_mean(const struct basin_geometry *g, double beta)
{
    return beta * gsl_pow_2(g->about_mean);
}

double basin_update_bound(const struct basin_geometry *g, double beta, double lead)
{
    return 2 * (g->n - 1) * g->largest * exp(-beta * lead);
}

double basin_separation_needed(const struct basin_geometry *g, double beta)
{
    double n = g->n;
    return 2 / (beta * n) + log(2 * (n - 1) * n * beta * gsl_pow_2(g->largest)) / beta;
}

double basin_ball_radius(const struct basin_geometry *g, double beta)
{
    return 1 / (beta * g->n * g->largest);
}

/* xi leads by at least this if it is near x_i. */
static double lead_of(const struct basin_geometry *g, double separation, double distance)
{
    return separation - 2 * distance * g->largest;
}

double basin_contraction_bound(
    const struct basin_geometry *g, double beta, double separation, double distance)
{
    return 2 * beta * g->n * gsl_pow_2(g->largest) * (g->n - 1) *
           exp(-beta * lead_of(g, separation, distance));
}

double basin_error_bound(
    const struct basin_geometry *g, double beta, double separation, double distance)
{
    return basin_update_bound(g, beta, lead_of(g, separation, distance));
}

double basin_retrieval_bound(
    const struct basin_geometry *g, double beta, double separation)
{
    return M_E * basin_update_bound(g, beta, separation);
}

double basin_cluster_separation_needed(
    const struct basin_geometry *g, double beta, size_t l, double about_mean)
{
    double others = g->n - (double)l;
    double room = 1 - beta * gsl_pow_2(about_mean);
    if (room <= 0) {
        return INFINITY;
    }
    return 2 * g->largest / (beta * about_mean) -
           log(room /
               (2 * beta * others * g->largest * fmax(about_mean, 2 * g->largest))) /
               beta;
}
