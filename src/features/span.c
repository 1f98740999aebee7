/* Random directions seen from the span of the vectors that meet them. */
#include "features/span.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };
static const double NEW = 1e-10; /* of a vector's length: less is round-off */

static int fail_memory(const struct basin_span *self, struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM,
        "no memory for %zu directions in a span of %zu dimensions", self->m, self->s + 1);
}

/* Columns of Q: whole blocks of d, for as many as m directions. */
static size_t whole_blocks(const struct basin_span *self)
{
    return (self->m + self->d - 1) / self->d * self->d;
}

void basin_span_free(struct basin_span *self)
{
    gsl_vector_free(self->length);
    gsl_matrix_free(self->B);
    gsl_matrix_free(self->Q);
    gsl_matrix_free(self->W);
    gsl_vector_free(self->rest);
    gsl_rng_free(self->r);
    *self = (struct basin_span){.d = 0};
}

/* Replaces *matrix by a larger one with the same first rows. */
static int grow_matrix(gsl_matrix **matrix, size_t used, size_t room, size_t columns)
{
    gsl_matrix *larger = gsl_matrix_alloc(room, columns);
    if (larger == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < used; i++) {
        gsl_vector_const_view row = gsl_matrix_const_row(*matrix, i);
        gsl_matrix_set_row(larger, i, &row.vector);
    }
    gsl_matrix_free(*matrix);
    *matrix = larger;
    return 0;
}

static int grow(struct basin_span *self, struct basin_diag *diag)
{
    size_t room = self->B == NULL ? 0 : self->B->size1;
    if (self->s < room) {
        return 0;
    }
    room = GSL_MIN(self->d, room == 0 ? FIRST_ROOM : 2 * room);
    int ret = grow_matrix(&self->W, self->s, room, self->m);
    if (ret == 0 && self->orthogonal) {
        ret = grow_matrix(&self->Q, self->s, room, whole_blocks(self));
    }
    if (ret == 0) {
        ret = grow_matrix(&self->B, self->s, room, self->d);
    }
    return ret == 0 ? 0 : fail_memory(self, diag);
}

int basin_span_init(struct basin_span *self, bool orthogonal, bool chi, size_t m,
    size_t d, gsl_rng *r, struct basin_diag *diag)
{
    *self = (struct basin_span){.d = d, .m = m, .orthogonal = orthogonal, .r = r};
    self->length = gsl_vector_alloc(m);
    self->rest = gsl_vector_alloc(d);
    if (self->length == NULL || self->rest == NULL) {
        int ret = fail_memory(self, diag);
        basin_span_free(self);
        return ret;
    }
    for (size_t k = 0; orthogonal && k < m; k++) {
        gsl_vector_set(
            self->length, k, sqrt(chi ? gsl_ran_chisq(r, (double)d) : (double)d));
    }
    return 0;
}

/* Takes from x what it has of each of the first n rows (of that length, orthonormal);
 * twice, for the first time leaves round-off. */
static void orthogonalize(const gsl_matrix *rows, size_t first, size_t n, gsl_vector *x)
{
    for (size_t i = 0; i < 2 * n; i++) {
        gsl_vector_const_view row = gsl_matrix_const_subrow(rows, i % n, first, x->size);
        double product = 0;
        gsl_blas_ddot(&row.vector, x, &product);
        gsl_blas_daxpy(-product, &row.vector, x);
    }
}

/* A unit vector, uniform among those orthogonal to the same part of the rows before. */
static void draw_column(struct basin_span *self, size_t first)
{
    gsl_vector_view q = gsl_matrix_subrow(self->Q, self->s, first, self->d);
    double norm;
    do {
        for (size_t i = 0; i < self->d; i++) {
            gsl_vector_set(&q.vector, i, gsl_ran_gaussian(self->r, 1));
        }
        orthogonalize(self->Q, first, self->s, &q.vector);
        norm = gsl_blas_dnrm2(&q.vector);
    } while (norm < NEW);
    gsl_vector_scale(&q.vector, 1 / norm);
}

/* Components of all directions along one more vector of the basis. */
static void draw_components(struct basin_span *self)
{
    gsl_vector_view w = gsl_matrix_row(self->W, self->s);
    if (!self->orthogonal) {
        for (size_t k = 0; k < self->m; k++) {
            gsl_vector_set(&w.vector, k, gsl_ran_gaussian(self->r, 1));
        }
        return;
    }
    for (size_t first = 0; first < self->m; first += self->d) {
        draw_column(self, first);
    }
    gsl_vector_const_view q = gsl_matrix_const_subrow(self->Q, self->s, 0, self->m);
    gsl_vector_memcpy(&w.vector, &q.vector);
    gsl_vector_mul(&w.vector, self->length);
}

/* Grows the basis by what of z is new. */
static int see_one(struct basin_span *self, const gsl_vector *z, struct basin_diag *diag)
{
    if (self->s == self->d) {
        return 0;
    }
    double length = gsl_blas_dnrm2(z);
    gsl_vector_memcpy(self->rest, z);
    orthogonalize(self->B, 0, self->s, self->rest);
    double rest = gsl_blas_dnrm2(self->rest);
    if (!(rest > NEW * length)) {
        return 0;
    }
    int ret = grow(self, diag);
    if (ret != 0) {
        return ret;
    }
    gsl_vector_scale(self->rest, 1 / rest);
    gsl_matrix_set_row(self->B, self->s, self->rest);
    draw_components(self);
    self->s++;
    return 0;
}

int basin_span_see(struct basin_span *self, const gsl_matrix *Z, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < Z->size1; j++) {
        gsl_vector_const_view z = gsl_matrix_const_row(Z, j);
        ret = see_one(self, &z.vector, diag);
    }
    return ret;
}

/* Lexicographic. */
static int compare_rows(const void *one, const void *other)
{
    const gsl_vector *a = &((const _gsl_vector_const_view *)one)->vector;
    const gsl_vector *b = &((const _gsl_vector_const_view *)other)->vector;
    for (size_t i = 0; i < a->size; i++) {
        double difference = gsl_vector_get(a, i) - gsl_vector_get(b, i);
        if (difference != 0) {
            return difference < 0 ? -1 : 1;
        }
    }
    return 0;
}

int basin_span_see_set(
    struct basin_span *self, const gsl_matrix *Z, struct basin_diag *diag)
{
    _gsl_vector_const_view *row = malloc(Z->size1 * sizeof(*row));
    if (row == NULL) {
        return fail_memory(self, diag);
    }
    for (size_t j = 0; j < Z->size1; j++) {
        row[j] = gsl_matrix_const_row(Z, j);
    }
    qsort(row, Z->size1, sizeof(*row), compare_rows);
    int ret = 0;
    for (size_t j = 0; ret == 0 && j < Z->size1; j++) {
        ret = see_one(self, &row[j].vector, diag);
    }
    free(row);
    return ret;
}

void basin_span_project(
    const struct basin_span *self, const gsl_matrix *Z, double scale, gsl_matrix *U)
{
    gsl_matrix_set_zero(U);
    for (size_t i = 0; i < self->s; i++) {
        gsl_vector_const_view b = gsl_matrix_const_row(self->B, i);
        gsl_vector_const_view w = gsl_matrix_const_row(self->W, i);
        for (size_t j = 0; j < Z->size1; j++) {
            gsl_vector_const_view z = gsl_matrix_const_row(Z, j);
            gsl_vector_view u = gsl_matrix_row(U, j);
            double component = 0;
            gsl_blas_ddot(&b.vector, &z.vector, &component);
            gsl_blas_daxpy(scale * component, &w.vector, &u.vector);
        }
    }
}
