/* Attention by feature maps in linear time. */
#include "features/favor.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>

extern const struct basin_feature basin_feature_positive;

static gsl_matrix_view first_rows(gsl_matrix *matrix, size_t rows)
{
    return gsl_matrix_submatrix(matrix, 0, 0, rows, matrix->size2);
}

static _gsl_matrix_const_view tile_of(const gsl_matrix *matrix, size_t first)
{
    size_t rows = GSL_MIN(BASIN_FAVOR_TILE, matrix->size1 - first);
    return gsl_matrix_const_submatrix(matrix, first, 0, rows, matrix->size2);
}

void basin_favor_free(struct basin_favor *self)
{
    basin_feature_map_free(&self->map);
    basin_favor_memory_free(&self->packed);
    basin_favor_work_free(self->work);
    gsl_matrix_free(self->KV);
    gsl_vector_free(self->K1);
    gsl_matrix_free(self->A);
    gsl_matrix_free(self->U);
    gsl_matrix_free(self->query_phi);
    gsl_matrix_free(self->key_phi);
    *self = (struct basin_favor){.K = NULL};
}

/* Features of a tile of keys. */
static gsl_matrix_view key_features(struct basin_favor *self, const gsl_matrix *keys)
{
    gsl_matrix_view U = first_rows(self->U, keys->size1);
    gsl_matrix_view phi = first_rows(self->key_phi, keys->size1);
    for (size_t i = 0; i < keys->size1; i++) {
        self->row_shift[i] = self->shift;
    }
    basin_feature_project(&self->map, keys, &U.matrix, self->norm2);
    basin_feature_apply(&self->map, &U.matrix, self->norm2, self->row_shift, &phi.matrix);
    return phi;
}

/* Features of a tile of queries, each divided by the largest of its own. */
static gsl_matrix_view query_features(struct basin_favor *self, const gsl_matrix *Q)
{
    gsl_matrix_view U = first_rows(self->U, Q->size1);
    gsl_matrix_view phi = first_rows(self->query_phi, Q->size1);
    for (size_t i = 0; i < Q->size1; i++) {
        self->row_shift[i] = 0;
    }
    basin_feature_project(&self->map, Q, &U.matrix, self->norm2);
    if (self->subtract_max) {
        basin_feature_log_sizes(&self->map, &U.matrix, self->norm2, self->row_shift);
    }
    basin_feature_apply(&self->map, &U.matrix, self->norm2, self->row_shift, &phi.matrix);
    return phi;
}

/* The largest log size of all keys; 0 if nothing is to be subtracted. */
static double find_shift(struct basin_favor *self)
{
    if (!self->subtract_max) {
        return 0;
    }
    double shift = -INFINITY;
    for (size_t first = 0; first < self->K->size1; first += BASIN_FAVOR_TILE) {
        gsl_matrix_const_view keys = tile_of(self->K, first);
        gsl_matrix_view U = first_rows(self->U, keys.matrix.size1);
        basin_feature_project(&self->map, &keys.matrix, &U.matrix, self->norm2);
        basin_feature_log_sizes(&self->map, &U.matrix, self->norm2, self->row_shift);
        for (size_t i = 0; i < keys.matrix.size1; i++) {
            shift = fmax(shift, self->row_shift[i]);
        }
    }
    return shift;
}

/* K'^T V and K'^T 1. */
static int take_in(struct basin_favor *self)
{
    const gsl_matrix *V = self->V;
    self->KV = gsl_matrix_calloc(self->map.r, V->size2);
    self->K1 = gsl_vector_calloc(self->map.r);
    if (self->KV == NULL || self->K1 == NULL) {
        return BASIN_ERR_NOMEM;
    }
    self->shift = find_shift(self);
    for (size_t first = 0; first < self->K->size1; first += BASIN_FAVOR_TILE) {
        gsl_matrix_const_view keys = tile_of(self->K, first);
        gsl_matrix_const_view values = tile_of(V, first);
        gsl_matrix_view phi = key_features(self, &keys.matrix);
        gsl_blas_dgemm(
            CblasTrans, CblasNoTrans, 1, &phi.matrix, &values.matrix, 1, self->KV);
        for (size_t i = 0; i < keys.matrix.size1; i++) {
            gsl_vector_view row = gsl_matrix_row(&phi.matrix, i);
            gsl_vector_add(self->K1, &row.vector);
        }
    }
    return 0;
}

/* The same by the kernel. */
static int pack(struct basin_favor *self, bool single)
{
    const gsl_matrix *V = self->V;
    const gsl_matrix *W = self->map.W;
    int ret = basin_favor_memory_init(&self->packed, W->data, W->tda, W->size1,
        self->K->data, self->K->tda, V->data, V->tda, V->size1, W->size2, V->size2,
        self->map.scale, self->map.stabilizer, self->subtract_max, single, NULL);
    if (ret == 0) {
        self->work = basin_favor_work_new(&self->packed);
        ret = self->work != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    return ret;
}

static int make(struct basin_favor *self, bool single)
{
    size_t r = self->map.r;
    self->U = gsl_matrix_alloc(BASIN_FAVOR_TILE, self->map.m);
    self->query_phi = gsl_matrix_alloc(BASIN_FAVOR_TILE, r);
    self->key_phi = gsl_matrix_alloc(BASIN_FAVOR_TILE, r);
    if (self->U == NULL || self->query_phi == NULL || self->key_phi == NULL) {
        return BASIN_ERR_NOMEM;
    }
    if (self->K->size1 < self->V->size2) {
        self->A = gsl_matrix_alloc(BASIN_FAVOR_TILE, self->K->size1);
        return self->A != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    bool packs = self->map.feature == &basin_feature_positive && self->map.W != NULL;
    return packs ? pack(self, single) : take_in(self);
}

int basin_favor_init(struct basin_favor *self,
    const struct basin_feature_options *options, const gsl_matrix *K, const gsl_matrix *V,
    double scale, bool single, uint64_t key, uint64_t sequence, struct basin_diag *diag)
{
    *self = (struct basin_favor){
        .K = K, .V = V, .subtract_max = options->subtract_max, .shift = NAN};
    int ret =
        basin_feature_map_init(&self->map, options, K->size2, scale, key, sequence, diag);
    if (ret != 0) {
        return ret;
    }
    size_t r = self->map.r;
    ret = basin_feature_map_see_set(&self->map, K, diag);
    if (ret != 0) {
        basin_favor_free(self);
        return ret;
    }
    ret = make(self, single);
    if (ret != 0) {
        basin_favor_free(self);
        return basin_fail(diag, ret, "no memory for %zu features", r);
    }
    return 0;
}

void basin_favor_products(
    struct basin_favor *self, const gsl_matrix *Q, gsl_matrix *A, double *D)
{
    if (isnan(self->shift)) {
        self->shift = find_shift(self);
    }
    gsl_matrix_view phi = query_features(self, Q);
    for (size_t first = 0; first < self->K->size1; first += BASIN_FAVOR_TILE) {
        gsl_matrix_const_view keys = tile_of(self->K, first);
        gsl_matrix_view key_phi = key_features(self, &keys.matrix);
        gsl_matrix_view block =
            gsl_matrix_submatrix(A, 0, first, Q->size1, keys.matrix.size1);
        gsl_blas_dgemm(
            CblasNoTrans, CblasTrans, 1, &phi.matrix, &key_phi.matrix, 0, &block.matrix);
    }
    for (size_t j = 0; j < Q->size1; j++) {
        gsl_vector_view row = gsl_matrix_row(A, j);
        D[j] = gsl_vector_sum(&row.vector);
    }
}

void basin_favor_read(
    struct basin_favor *self, const gsl_matrix *Q, gsl_matrix *AV, double *D)
{
    if (self->work != NULL) {
        basin_favor_memory_read(
            &self->packed, self->work, Q->data, Q->tda, Q->size1, AV->data, AV->tda, D);
        return;
    }
    if (self->A != NULL) {
        gsl_matrix_view A = first_rows(self->A, Q->size1);
        basin_favor_products(self, Q, &A.matrix, D);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &A.matrix, self->V, 0, AV);
        return;
    }
    gsl_matrix_view phi = query_features(self, Q);
    gsl_vector_view sums = gsl_vector_view_array(D, Q->size1);
    gsl_blas_dgemv(CblasNoTrans, 1, &phi.matrix, self->K1, 0, &sums.vector);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &phi.matrix, self->KV, 0, AV);
}
