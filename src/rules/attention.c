/* The association layer: for every head, the states of the whole batch are updated
 * together until the head stops. */
#include "rules/attention.h"

#include "rules/separation.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>

/* One sequence while its heads are computed one after the other. */
struct work {
    const struct basin_sequence *sequence;
    gsl_matrix *R, *Y, *P; /* inputs, normalized; P times W_K where it is connected */
    gsl_matrix *q, *k, *v; /* of the head */
    gsl_matrix *p;
    gsl_matrix *last_q, *last_p;
    gsl_matrix *heads; /* results side by side */
};

struct shape {
    size_t d_k;
    size_t d_p; /* columns of P, times W_K where it is connected */
    size_t d_v;
};

static bool connects(const struct basin_attention_layer *self)
{
    return self->connected && self->W_K != NULL;
}

static struct shape shape_of(
    const struct basin_attention_layer *self, const struct basin_sequence *sequence)
{
    struct shape shape = {0};
    shape.d_k = self->W_K != NULL ? self->W_K->size2 / self->heads : sequence->Y->size2;
    shape.d_p = connects(self) ? self->W_K->size2 : sequence->P->size2;
    shape.d_v = self->W_V != NULL ? self->W_V->size2 / self->heads
                : connects(self)  ? shape.d_k
                                  : shape.d_p;
    return shape;
}

static size_t rows(const gsl_matrix *matrix, size_t otherwise)
{
    return matrix != NULL ? matrix->size1 : otherwise;
}

static size_t columns(const gsl_matrix *matrix, size_t otherwise)
{
    return matrix != NULL ? matrix->size2 : otherwise;
}

static size_t length(const gsl_vector *vector, size_t otherwise)
{
    return vector != NULL ? vector->size : otherwise;
}

static int check_shapes(const struct basin_attention_layer *self,
    const struct basin_sequence *sequence, struct basin_diag *diag)
{
    struct shape shape = shape_of(self, sequence);
    size_t s = sequence->R->size1;
    size_t n = sequence->Y->size1;
    size_t all_k = self->heads * shape.d_k;
    size_t all_v = self->heads * shape.d_v;
    size_t out = columns(self->W_O, all_v);
    const struct {
        const char *what;
        size_t found, right;
    } checks[] = {
        {"number of columns of R", sequence->R->size2, rows(self->W_Q, shape.d_k)},
        {"number of columns of Y", sequence->Y->size2, rows(self->W_K, shape.d_k)},
        {"number of columns of P", shape.d_p, rows(self->W_V, shape.d_p)},
        {"number of columns of P", sequence->P->size2,
            connects(self) ? self->W_K->size1 : sequence->P->size2},
        {"number of columns of W_Q", columns(self->W_Q, all_k), all_k},
        {"number of columns of W_K", columns(self->W_K, all_k), all_k},
        {"number of columns of W_V", columns(self->W_V, all_v), all_v},
        {"number of rows of W_O", rows(self->W_O, all_v), all_v},
        {"length of b_Q", length(self->b_Q, all_k), all_k},
        {"length of b_K", length(self->b_K, all_k), all_k},
        {"length of b_V", length(self->b_V, all_v), all_v},
        {"length of b_O", length(self->b_O, out), out},
        {"number of rows of P", sequence->P->size1, n},
        {"number of rows of Z", sequence->Z->size1, s},
        {"number of columns of Z", sequence->Z->size2, out},
        {"number of rows of the mask", rows(sequence->mask, s), s},
        {"number of columns of the mask", columns(sequence->mask, n), n},
        {"number of rows of p", rows(sequence->p, self->heads * s), self->heads * s},
        {"number of columns of p", columns(sequence->p, n), n},
    };
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i].found != checks[i].right) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "attention: the %s is %zu and should be %zu", checks[i].what,
                checks[i].found, checks[i].right);
        }
    }
    return 0;
}

static void work_free(struct work *self)
{
    gsl_matrix *matrices[] = {self->R, self->Y, self->P, self->q, self->k, self->v,
        self->p, self->last_q, self->last_p, self->heads};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
}

static void normalize(const struct basin_layer_norm *norm, gsl_matrix *matrix)
{
    for (size_t i = 0; norm->on && i < matrix->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(matrix, i);
        size_t d = matrix->size2;
        double mean = gsl_stats_mean(x.vector.data, 1, d);
        double variance = gsl_stats_variance_with_fixed_mean(x.vector.data, 1, d, mean);
        gsl_vector_add_constant(&x.vector, -mean);
        gsl_vector_scale(&x.vector, 1 / sqrt(variance + norm->epsilon));
        if (norm->gain != NULL) {
            gsl_vector_mul(&x.vector, norm->gain);
        }
        if (norm->shift != NULL) {
            gsl_vector_add(&x.vector, norm->shift);
        }
    }
}

/* out = in W + b, of the columns that belong to the head; or in itself. */
static void project(const gsl_matrix *in, const gsl_matrix *W, const gsl_vector *b,
    size_t head, gsl_matrix *out)
{
    size_t width = out->size2;
    if (W != NULL) {
        gsl_matrix_const_view own =
            gsl_matrix_const_submatrix(W, 0, head * width, W->size1, width);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, in, &own.matrix, 0, out);
    } else {
        gsl_matrix_memcpy(out, in);
    }
    for (size_t i = 0; b != NULL && i < out->size1; i++) {
        gsl_vector_view row = gsl_matrix_row(out, i);
        gsl_vector_const_view own = gsl_vector_const_subvector(b, head * width, width);
        gsl_vector_add(&row.vector, &own.vector);
    }
}

static int work_init(struct work *self, const struct basin_attention_layer *layer,
    const struct basin_sequence *sequence)
{
    struct shape shape = shape_of(layer, sequence);
    size_t s = sequence->R->size1;
    size_t n = sequence->Y->size1;
    *self = (struct work){.sequence = sequence,
        .R = gsl_matrix_alloc(s, sequence->R->size2),
        .Y = gsl_matrix_alloc(n, sequence->Y->size2),
        .P = gsl_matrix_alloc(n, sequence->P->size2),
        .q = gsl_matrix_alloc(s, shape.d_k),
        .k = gsl_matrix_alloc(n, shape.d_k),
        .v = gsl_matrix_alloc(n, shape.d_v),
        .p = gsl_matrix_alloc(s, n),
        .last_q = gsl_matrix_alloc(s, shape.d_k),
        .last_p = gsl_matrix_alloc(s, n),
        .heads = gsl_matrix_alloc(s, layer->heads * shape.d_v)};
    if (self->R == NULL || self->Y == NULL || self->P == NULL || self->q == NULL ||
        self->k == NULL || self->v == NULL || self->p == NULL || self->last_q == NULL ||
        self->last_p == NULL || self->heads == NULL) {
        return BASIN_ERR_NOMEM;
    }
    gsl_matrix_memcpy(self->R, sequence->R);
    gsl_matrix_memcpy(self->Y, sequence->Y);
    gsl_matrix_memcpy(self->P, sequence->P);
    normalize(&layer->norm_R, self->R);
    normalize(&layer->norm_Y, self->Y);
    normalize(&layer->norm_P, self->P);
    if (connects(layer)) {
        gsl_matrix *projected = gsl_matrix_alloc(n, shape.d_p);
        if (projected == NULL) {
            return BASIN_ERR_NOMEM;
        }
        project(self->P, layer->W_K, layer->b_K, 0, projected);
        gsl_matrix_free(self->P);
        self->P = projected;
    }
    return 0;
}

static void begin_head(
    struct work *self, const struct basin_attention_layer *layer, size_t head)
{
    project(self->R, layer->W_Q, layer->b_Q, head, self->q);
    project(self->Y, layer->W_K, layer->b_K, head, self->k);
    normalize(&layer->norm_QK, self->q);
    normalize(&layer->norm_QK, self->k);
    if (layer->W_V == NULL && connects(layer)) {
        gsl_matrix_view own = gsl_matrix_submatrix(
            self->P, 0, head * self->v->size2, self->P->size1, self->v->size2);
        project(&own.matrix, NULL, NULL, 0, self->v);
    } else {
        project(self->P, layer->W_V, layer->b_V, head, self->v);
    }
}

/* p = softmax(beta Q K^T + mask) */
static int associate(struct work *self, double beta, struct basin_diag *diag)
{
    const struct basin_sequence *sequence = self->sequence;
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, beta, self->q, self->k, 0, self->p);
    if (sequence->mask != NULL) {
        gsl_matrix_add(self->p, sequence->mask);
    }
    for (size_t i = 0; i < self->p->size1; i++) {
        gsl_vector_view z = gsl_matrix_row(self->p, i);
        for (size_t j = 0; sequence->absent != NULL && j < z.vector.size; j++) {
            if (sequence->absent[j]) {
                gsl_vector_set(&z.vector, j, -INFINITY);
            }
        }
        if (gsl_vector_max(&z.vector) == -INFINITY) {
            return basin_fail(diag, BASIN_ERR_DOMAIN,
                "attention: every pattern is masked for state %zu", i);
        }
        basin_separate(BASIN_SOFTMAX, 0, z.vector.data, z.vector.size, NULL);
    }
    return 0;
}

/* The largest change of a row, or of all rows together. */
static double change(const gsl_matrix *a, const gsl_matrix *b, bool of_rows)
{
    double largest = 0;
    double squared = 0;
    for (size_t i = 0; i < a->size1; i++) {
        if (of_rows) {
            squared = 0;
        }
        for (size_t j = 0; j < a->size2; j++) {
            double difference = gsl_matrix_get(a, i, j) - gsl_matrix_get(b, i, j);
            squared += difference * difference;
        }
        largest = fmax(largest, squared);
    }
    return sqrt(largest);
}

/* Q <- p K and its association; *moved becomes the change if it is larger. */
static int update(struct work *self, const struct basin_attention_layer *layer,
    double beta, double *moved, struct basin_diag *diag)
{
    gsl_matrix_memcpy(self->last_q, self->q);
    gsl_matrix_memcpy(self->last_p, self->p);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, self->p, self->k, 0, self->q);
    int ret = associate(self, beta, diag);
    *moved = fmax(*moved, layer->stop == BASIN_STOP_BY_STATE
                              ? change(self->q, self->last_q, true)
                              : change(self->p, self->last_p, false));
    return ret;
}

static void end_head(struct work *self, size_t head)
{
    size_t s = self->p->size1;
    gsl_matrix_view z =
        gsl_matrix_submatrix(self->heads, 0, head * self->v->size2, s, self->v->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, self->p, self->v, 0, &z.matrix);
    if (self->sequence->p != NULL) {
        gsl_matrix_view p =
            gsl_matrix_submatrix(self->sequence->p, head * s, 0, s, self->p->size2);
        gsl_matrix_memcpy(&p.matrix, self->p);
    }
}

static int run_head(struct work *works, size_t n,
    const struct basin_attention_layer *layer, size_t head, size_t *updates,
    struct basin_diag *diag)
{
    double beta =
        layer->beta != NULL ? layer->beta[head] : 1 / sqrt((double)works[0].k->size2);
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < n; i++) {
        begin_head(&works[i], layer, head);
        ret = associate(&works[i], beta, diag);
    }
    size_t made = 0;
    double moved = INFINITY;
    while (ret == 0 && moved > layer->update_eps &&
           (layer->updates < 0 || made < (size_t)layer->updates)) {
        moved = 0;
        for (size_t i = 0; ret == 0 && i < n; i++) {
            ret = update(&works[i], layer, beta, &moved, diag);
        }
        made++;
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        end_head(&works[i], head);
    }
    if (updates != NULL) {
        updates[head] = made;
    }
    return ret;
}

int basin_attend(const struct basin_attention_layer *self,
    const struct basin_sequence *batch, size_t n, size_t *updates,
    struct basin_diag *diag)
{
    struct work *works = calloc(n, sizeof(*works));
    int ret = works != NULL ? 0 : BASIN_ERR_NOMEM;
    for (size_t i = 0; ret == 0 && i < n; i++) {
        ret = check_shapes(self, &batch[i], diag);
        if (ret == 0) {
            ret = work_init(&works[i], self, &batch[i]);
        }
    }
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(diag, ret, "no memory for the attention of %zu sequences", n);
    }
    for (size_t head = 0; ret == 0 && head < self->heads; head++) {
        ret = run_head(works, n, self, head, updates, diag);
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        project(works[i].heads, self->W_O, self->b_O, 0, batch[i].Z);
    }
    for (size_t i = 0; works != NULL && i < n; i++) {
        work_free(&works[i]);
    }
    free(works);
    return ret;
}
