/* The attention that a Performer implies on an encoder's queries and keys. */
#include "experiments/implied.h"

#include "base/rng.h"

#include <math.h>

static void drop_head(struct basin_implied *self)
{
    if (self->drawn) {
        basin_favor_free(&self->favor);
    }
    self->drawn = false;
    gsl_matrix_free(self->K);
    gsl_matrix_free(self->V);
    gsl_matrix_free(self->Q);
    gsl_matrix_free(self->A);
    self->K = self->V = self->Q = self->A = NULL;
}

void basin_implied_free(struct basin_implied *self)
{
    drop_head(self);
}

static void copy_rows(const float *from, size_t stride, gsl_matrix *to, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t c = 0; c < to->size2; c++) {
            gsl_matrix_set(to, i, c, (double)from[i * stride + c]);
        }
    }
}

/* Takes in the keys of the tile's head, whose first tile has the most rows; values are
 * not asked for. */
static int take_head(struct basin_implied *self, const struct basin_attention *tile,
    struct basin_diag *diag)
{
    drop_head(self);
    self->K = gsl_matrix_alloc(tile->keys, tile->d_k);
    self->V = gsl_matrix_calloc(tile->keys, 1);
    self->Q = gsl_matrix_alloc(tile->rows, tile->d_k);
    self->A = gsl_matrix_alloc(tile->rows, tile->keys);
    if (self->K == NULL || self->V == NULL || self->Q == NULL || self->A == NULL) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "no memory for the features of %zu keys", tile->keys);
    }
    copy_rows(tile->key, tile->stride, self->K, tile->keys);
    double scale = pow((double)tile->d_k, -0.25); /* twice: 1 / sqrt(d_k) */
    uint32_t head = (uint32_t)(tile->layer << 16 | tile->head);
    int ret = basin_favor_init(&self->favor, self->options, self->K, self->V, scale,
        false, self->key, basin_rng_sequence(self->replicate, head), diag);
    self->drawn = ret == 0;
    return ret;
}

/* Divides the rows of A by their sums D. */
static int divide(gsl_matrix *A, const double *D, size_t rows, struct basin_diag *diag)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < A->size2; j++) {
            double p = gsl_matrix_get(A, i, j) / D[i];
            if (!(p >= 0 && isfinite(p))) {
                return basin_fail(diag, BASIN_ERR_NUMERIC,
                    "features give a key the weight %g, which is no attention", p);
            }
            gsl_matrix_set(A, i, j, p);
        }
    }
    return 0;
}

int basin_implied_rows(struct basin_implied *self, const struct basin_attention *tile,
    const gsl_matrix **weights, struct basin_diag *diag)
{
    int ret = tile->first == 0 ? take_head(self, tile, diag) : 0;
    if (ret != 0) {
        return ret;
    }
    double D[BASIN_FAVOR_TILE];
    copy_rows(tile->query, tile->stride, self->Q, tile->rows);
    for (size_t first = 0; ret == 0 && first < tile->rows; first += BASIN_FAVOR_TILE) {
        size_t left = tile->rows - first;
        size_t rows = left < BASIN_FAVOR_TILE ? left : BASIN_FAVOR_TILE;
        gsl_matrix_view Q = gsl_matrix_submatrix(self->Q, first, 0, rows, tile->d_k);
        gsl_matrix_view A = gsl_matrix_submatrix(self->A, first, 0, rows, tile->keys);
        basin_favor_products(&self->favor, &Q.matrix, &A.matrix, D);
        ret = divide(&A.matrix, D, rows, diag);
    }
    *weights = self->A;
    return ret;
}
