/* One head of a Hopfield layer between Gaussian inputs. */
#include "experiments/head.h"

#include "base/rng.h"
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

#define QUERY_SD 0.02 /* of learned queries before training */

/* Fills a matrix row by row; every row has a stream of its own, so that a wider or longer
 * matrix goes on where a smaller one ends. */
static void draw(gsl_rng *r, uint64_t key, uint32_t replicate, double sd, gsl_matrix *out)
{
    for (size_t i = 0; i < out->size1; i++) {
        basin_rng_start(r, key, basin_rng_sequence(replicate, (uint32_t)i));
        basin_draw_gaussian(r, sd, gsl_matrix_ptr(out, i, 0), out->size2);
    }
}

static void draw_all(
    struct basin_head *self, gsl_rng *r, uint64_t seed, uint32_t replicate)
{
    const struct basin_head_shape *shape = &self->shape;
    double sd_K = shape->key_scale / sqrt((double)shape->d_y);
    struct {
        gsl_matrix *matrix;
        double sd;
        enum basin_purpose purpose;
    } all[] = {
        {self->Y, 1, BASIN_FOR_PATTERNS},
        {self->R, shape->tied ? shape->noise : 1, BASIN_FOR_CUE},
        {self->W_K, sd_K, BASIN_FOR_WEIGHTS},
        {self->W_Q, sd_K, BASIN_FOR_WEIGHTS},
        {self->W_V, 1 / sqrt((double)shape->d_k), BASIN_FOR_WEIGHTS},
        {self->free_W, 1, BASIN_FOR_WEIGHTS},
        {self->query, QUERY_SD, BASIN_FOR_CHOICE},
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        draw(r, basin_rng_key(seed, i, all[i].purpose), replicate, all[i].sd,
            all[i].matrix);
    }
    if (shape->tied) {
        gsl_matrix_memcpy(self->W_Q, self->W_K);
        for (size_t j = 0; j < shape->s; j++) {
            gsl_vector_view state = gsl_matrix_row(self->R, j);
            gsl_vector_view pattern = gsl_matrix_row(self->Y, j % shape->n);
            gsl_vector_add(&state.vector, &pattern.vector);
        }
    }
}

int basin_head_init(struct basin_head *self, const struct basin_head_shape *shape,
    uint64_t seed, uint32_t replicate, struct basin_diag *diag)
{
    *self = (struct basin_head){.shape = *shape,
        .Y = gsl_matrix_alloc(shape->n, shape->d_y),
        .R = gsl_matrix_alloc(shape->s, shape->d_y),
        .W_K = gsl_matrix_alloc(shape->d_y, shape->d_k),
        .W_Q = gsl_matrix_alloc(shape->d_y, shape->d_k),
        .W_V = gsl_matrix_alloc(shape->d_k, shape->d_v),
        .free_W = gsl_matrix_alloc(shape->d_y, shape->d_v),
        .query = gsl_matrix_alloc(shape->s, shape->d_k),
        .K = gsl_matrix_alloc(shape->n, shape->d_k),
        .Q = gsl_matrix_alloc(shape->s, shape->d_k)};
    gsl_rng *r = basin_draw_rng(diag);
    if (self->Y == NULL || self->R == NULL || self->W_K == NULL || self->W_Q == NULL ||
        self->W_V == NULL || self->free_W == NULL || self->query == NULL ||
        self->K == NULL || self->Q == NULL || r == NULL) {
        gsl_rng_free(r);
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for %zu patterns and %zu states", shape->n, shape->s);
    }
    draw_all(self, r, seed, replicate);
    gsl_rng_free(r);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, self->Y, self->W_K, 0, self->K);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, self->R, self->W_Q, 0, self->Q);
    return 0;
}

void basin_head_free(struct basin_head *self)
{
    gsl_matrix *const matrices[] = {self->Y, self->R, self->W_K, self->W_Q, self->W_V,
        self->free_W, self->query, self->K, self->Q};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
}

/* Element i, j of A B. */
static double product(const gsl_matrix *A, size_t i, const gsl_matrix *B, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < A->size2; k++) {
        sum += gsl_matrix_get(A, i, k) * gsl_matrix_get(B, k, j);
    }
    return sum;
}

static void softmax_of(
    const struct basin_head *self, size_t j, double beta, double *weight)
{
    double greatest = -INFINITY;
    double sum = 0;
    for (size_t i = 0; i < self->shape.n; i++) {
        weight[i] = 0;
        for (size_t k = 0; k < self->shape.d_k; k++) {
            weight[i] +=
                product(self->R, j, self->W_Q, k) * product(self->Y, i, self->W_K, k);
        }
        weight[i] *= beta;
        greatest = fmax(greatest, weight[i]);
    }
    for (size_t i = 0; i < self->shape.n; i++) {
        weight[i] = exp(weight[i] - greatest);
        sum += weight[i];
    }
    for (size_t i = 0; i < self->shape.n; i++) {
        weight[i] /= sum;
    }
}

void basin_head_attention(
    const struct basin_head *self, double beta, double *weight, gsl_matrix *Z)
{
    gsl_matrix_set_zero(Z);
    for (size_t j = 0; j < self->shape.s; j++) {
        softmax_of(self, j, beta, weight);
        for (size_t i = 0; i < self->shape.n; i++) {
            for (size_t k = 0; k < self->shape.d_k; k++) {
                double key = product(self->Y, i, self->W_K, k);
                for (size_t l = 0; l < self->shape.d_v; l++) {
                    *gsl_matrix_ptr(Z, j, l) +=
                        weight[i] * key * gsl_matrix_get(self->W_V, k, l);
                }
            }
        }
    }
}

/* By QR of W_K, or, where it has more columns than rows, of as many of them as suffice.
 */
int basin_head_residual(
    const struct basin_head *self, double *residual, struct basin_diag *diag)
{
    size_t rows = self->W_K->size1;
    size_t columns = self->W_K->size2 < rows ? self->W_K->size2 : rows;
    gsl_matrix *QR = gsl_matrix_alloc(rows, columns);
    gsl_vector *work = gsl_vector_alloc(2 * columns + rows);
    double left = 0;
    double all = 0;
    if (QR == NULL || work == NULL) {
        gsl_matrix_free(QR);
        gsl_vector_free(work);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    gsl_vector_view tau = gsl_vector_subvector(work, 0, columns);
    gsl_vector_view solution = gsl_vector_subvector(work, columns, columns);
    gsl_vector_view rest = gsl_vector_subvector(work, 2 * columns, rows);
    gsl_matrix_const_view used =
        gsl_matrix_const_submatrix(self->W_K, 0, 0, rows, columns);
    gsl_matrix_memcpy(QR, &used.matrix);
    gsl_linalg_QR_decomp(QR, &tau.vector);
    for (size_t j = 0; j < self->free_W->size2; j++) {
        gsl_vector_const_view value = gsl_matrix_const_column(self->free_W, j);
        gsl_linalg_QR_lssolve(
            QR, &tau.vector, &value.vector, &solution.vector, &rest.vector);
        left = hypot(left, gsl_blas_dnrm2(&rest.vector));
        all = hypot(all, gsl_blas_dnrm2(&value.vector));
    }
    *residual = left / all;
    gsl_matrix_free(QR);
    gsl_vector_free(work);
    return 0;
}
