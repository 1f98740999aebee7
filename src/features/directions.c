/* Random directions for feature maps. */
#include "features/directions.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>

static void draw_gaussian(gsl_rng *r, gsl_matrix *G)
{
    for (size_t i = 0; i < G->size1; i++) {
        for (size_t j = 0; j < G->size2; j++) {
            gsl_matrix_set(G, i, j, gsl_ran_gaussian(r, 1));
        }
    }
}

/* Orthonormal rows, at most as many as columns. */
static int draw_block(
    bool sign_correction, gsl_rng *r, gsl_matrix *block, struct basin_diag *diag)
{
    size_t m = block->size1;
    size_t d = block->size2;
    int ret = BASIN_ERR_NOMEM;
    gsl_matrix *G = gsl_matrix_alloc(d, m);
    gsl_matrix *T = gsl_matrix_alloc(m, m);
    gsl_matrix *Q = gsl_matrix_alloc(d, d);
    gsl_matrix *R = gsl_matrix_alloc(m, m);
    if (G == NULL || T == NULL || Q == NULL || R == NULL) {
        basin_fail(diag, ret, "no memory for %zu directions in %zu dimensions", m, d);
        goto out;
    }
    draw_gaussian(r, G);
    ret = gsl_linalg_QR_decomp_r(G, T);
    if (ret == 0) {
        ret = gsl_linalg_QR_unpack_r(G, T, Q, R);
    }
    if (ret != 0) {
        ret = basin_fail(
            diag, BASIN_ERR_NUMERIC, "QR decomposition: %s", gsl_strerror(ret));
        goto out;
    }
    for (size_t k = 0; k < m; k++) {
        gsl_vector_view q = gsl_matrix_column(Q, k);
        gsl_matrix_set_row(block, k, &q.vector);
        if (sign_correction && gsl_matrix_get(R, k, k) < 0) {
            gsl_vector_view w = gsl_matrix_row(block, k);
            gsl_vector_scale(&w.vector, -1);
        }
    }

out:
    gsl_matrix_free(G);
    gsl_matrix_free(T);
    gsl_matrix_free(Q);
    gsl_matrix_free(R);
    return ret;
}

int basin_directions_draw(enum basin_directions directions, enum basin_norms norms,
    bool sign_correction, gsl_rng *r, gsl_matrix *W, struct basin_diag *diag)
{
    size_t m = W->size1;
    size_t d = W->size2;
    if (directions == BASIN_DIRECTIONS_IID) {
        draw_gaussian(r, W);
        if (norms == BASIN_NORMS_CHI) {
            return 0;
        }
    }
    for (size_t first = 0; directions == BASIN_DIRECTIONS_ORTHOGONAL && first < m;
         first += d) {
        size_t rows = m - first < d ? m - first : d;
        gsl_matrix_view block = gsl_matrix_submatrix(W, first, 0, rows, d);
        int ret = draw_block(sign_correction, r, &block.matrix, diag);
        if (ret != 0) {
            return ret;
        }
    }
    for (size_t k = 0; k < m; k++) {
        gsl_vector_view w = gsl_matrix_row(W, k);
        double norm = norms == BASIN_NORMS_CHI ? sqrt(gsl_ran_chisq(r, (double)d))
                                               : sqrt((double)d);
        gsl_vector_scale(&w.vector, norm / gsl_blas_dnrm2(&w.vector));
    }
    return 0;
}
