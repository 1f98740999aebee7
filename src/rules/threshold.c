/* Thresholded patterns and states. */
#include "rules/threshold.h"

#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <math.h>

static bool is_none(const struct basin_threshold *self)
{
    return isnan(self->value);
}

bool basin_threshold_is_plain(const struct basin_threshold *self)
{
    return is_none(self) && self->scale != BASIN_THRESHOLD_UNIT_NORM;
}

bool basin_threshold_keeps_scale(const struct basin_threshold *self)
{
    return self->scale == BASIN_THRESHOLD_SAME || basin_threshold_is_plain(self);
}

/* Returns whether a component other than 0 is left. */
static bool threshold_row(const struct basin_threshold *self, double *x, size_t d)
{
    bool left = false;
    for (size_t i = 0; i < d; i++) {
        bool stays =
            self->keep == BASIN_KEEP_BELOW ? x[i] <= self->value : x[i] >= self->value;
        x[i] = stays ? x[i] : 0;
        left = left || x[i] != 0;
    }
    return left;
}

/* Thresholds every row; returns how many have a component left. */
static size_t threshold_rows(const struct basin_threshold *self, gsl_matrix *rows)
{
    size_t left = 0;
    for (size_t i = 0; i < rows->size1; i++) {
        left += threshold_row(self, gsl_matrix_ptr(rows, i, 0), rows->size2);
    }
    return left;
}

static int fail_empty(
    const struct basin_threshold *self, const char *what, struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_DOMAIN,
        "threshold %g (keep %s) leaves nothing of %s", self->value,
        self->keep == BASIN_KEEP_BELOW ? "below" : "above", what);
}

/* A row of norm 0 stays as it is: all its products are 0. */
static void normalize_rows(gsl_matrix *rows)
{
    for (size_t i = 0; i < rows->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(rows, i);
        double norm = gsl_blas_dnrm2(&x.vector);
        if (norm > 0) {
            gsl_vector_scale(&x.vector, 1 / norm);
        }
    }
}

static void round_to_single(gsl_matrix *rows)
{
    for (size_t i = 0; i < rows->size1; i++) {
        for (size_t j = 0; j < rows->size2; j++) {
            double *x = gsl_matrix_ptr(rows, i, j);
            *x = (double)(float)*x;
        }
    }
}

static gsl_matrix *copy_of(const gsl_matrix *matrix)
{
    gsl_matrix *copy = gsl_matrix_alloc(matrix->size1, matrix->size2);
    if (copy != NULL) {
        gsl_matrix_memcpy(copy, matrix);
    }
    return copy;
}

static bool matches(const struct basin_threshold *self)
{
    return self->scale == BASIN_THRESHOLD_MATCHED && !is_none(self);
}

static int make_patterns(
    struct basin_keys *self, const gsl_matrix *patterns, struct basin_diag *diag)
{
    self->X = patterns;
    if (self->single) {
        self->own_X = copy_of(patterns);
        if (self->own_X == NULL) {
            return BASIN_ERR_NOMEM;
        }
        round_to_single(self->own_X);
        self->X = self->own_X;
    }
    self->K = self->X;
    bool unit = self->threshold.scale == BASIN_THRESHOLD_UNIT_NORM;
    bool cut = !is_none(&self->threshold) && self->threshold.on != BASIN_THRESHOLD_QUERY;
    if (!unit && !cut) {
        return 0;
    }
    self->own_K = copy_of(self->X);
    if (self->own_K == NULL) {
        return BASIN_ERR_NOMEM;
    }
    self->K = self->own_K;
    if (cut && threshold_rows(&self->threshold, self->own_K) == 0) {
        return fail_empty(&self->threshold, "any stored pattern", diag);
    }
    if (unit) {
        normalize_rows(self->own_K);
    }
    return 0;
}

int basin_keys_init(struct basin_keys *self, const gsl_matrix *patterns,
    const struct basin_threshold *threshold, enum basin_product_scale scale, bool single,
    struct basin_diag *diag)
{
    *self = (struct basin_keys){.threshold = *threshold, .single = single};
    int ret = make_patterns(self, patterns, diag);
    if (ret == 0) {
        ret = basin_scale_factor(scale, self->X, &self->factor, diag);
    }
    if (ret == 0 && matches(threshold)) {
        self->products = gsl_matrix_alloc(BASIN_TILE, patterns->size1);
        ret = self->products != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(diag, ret, "no memory for %zu patterns of %zu units", patterns->size1,
            patterns->size2);
    }
    if (ret != 0) {
        basin_keys_free(self);
    }
    return ret;
}

void basin_keys_free(struct basin_keys *self)
{
    gsl_matrix_free(self->own_X);
    gsl_matrix_free(self->own_K);
    gsl_matrix_free(self->products);
    *self = (struct basin_keys){.X = NULL};
}

/* The largest product of every state with a pattern. */
static void largest_products(struct basin_keys *self, const gsl_matrix *states,
    const gsl_matrix *patterns, double max[BASIN_TILE])
{
    gsl_matrix_view z =
        gsl_matrix_submatrix(self->products, 0, 0, states->size1, patterns->size1);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, states, patterns, 0, &z.matrix);
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view row = gsl_matrix_row(&z.matrix, j);
        max[j] = gsl_vector_max(&row.vector);
    }
}

static int match(struct basin_keys *self, const gsl_matrix *states, gsl_matrix *q,
    struct basin_diag *diag)
{
    double dense[BASIN_TILE] = {0};
    double sparse[BASIN_TILE] = {0};
    largest_products(self, states, self->X, dense);
    largest_products(self, q, self->K, sparse);
    for (size_t j = 0; j < q->size1; j++) {
        if (dense[j] <= 0 || sparse[j] <= 0) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "threshold_scale matched: a state's largest product with a pattern is "
                "%g, "
                "thresholded %g; both must be greater than 0",
                dense[j], sparse[j]);
        }
        gsl_vector_view row = gsl_matrix_row(q, j);
        gsl_vector_scale(&row.vector, dense[j] / sparse[j]);
    }
    return 0;
}

int basin_keys_query(struct basin_keys *self, const gsl_matrix *states, gsl_matrix *q,
    struct basin_diag *diag)
{
    gsl_matrix_memcpy(q, states);
    if (self->single) {
        round_to_single(q);
    }
    if (!is_none(&self->threshold) && self->threshold.on != BASIN_THRESHOLD_KEYS &&
        threshold_rows(&self->threshold, q) < q->size1) {
        return fail_empty(&self->threshold, "a state", diag);
    }
    if (self->threshold.scale == BASIN_THRESHOLD_UNIT_NORM) {
        normalize_rows(q);
    }
    return matches(&self->threshold) ? match(self, states, q, diag) : 0;
}
