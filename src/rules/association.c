/* Association of states with stored patterns. */
#include "rules/association.h"

#include "rules/tile.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int pack(struct basin_association *self, bool single, struct basin_diag *diag)
{
    const gsl_matrix *K = self->K;
    const gsl_matrix *X = self->X;
    int ret = basin_softmax_init(&self->packed, K->data, K->tda, X->data, X->tda,
        X->size1, K->size2, X->size2, single, diag);
    if (ret == 0) {
        self->work = basin_softmax_work_new(&self->packed);
        ret = self->work != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    return ret;
}

int basin_association_init(struct basin_association *self, const struct basin_keys *keys,
    bool fast, struct basin_diag *diag)
{
    size_t n = keys->X->size1;
    self->X = keys->X;
    self->K = keys->K;
    self->fast = fast;
    int ret = self->fast ? pack(self, keys->single, diag) : 0;
    /* Energies in the kernel's single precision would show rises that are none. */
    if (ret == 0 && (!fast || keys->single || self->separation != BASIN_SOFTMAX)) {
        self->p = gsl_matrix_alloc(BASIN_TILE, n);
        self->scratch = malloc(2 * n * sizeof(*self->scratch));
        ret = self->p != NULL && self->scratch != NULL ? 0 : BASIN_ERR_NOMEM;
    }
    if (ret != 0) {
        basin_association_free(self);
        return basin_fail(diag, ret, "no memory to compare states with %zu patterns", n);
    }
    return 0;
}

void basin_association_free(struct basin_association *self)
{
    basin_softmax_work_free(self->work);
    basin_softmax_free(&self->packed);
    gsl_matrix_free(self->p);
    free(self->scratch);
    *self = (struct basin_association){.X = NULL};
}

/* p, in the workspace. */
static gsl_matrix_view associate(struct basin_association *self, const gsl_matrix *q)
{
    gsl_matrix_view p = gsl_matrix_submatrix(self->p, 0, 0, q->size1, self->p->size2);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, self->beta, q, self->K, 0, &p.matrix);
    for (size_t j = 0; j < q->size1; j++) {
        basin_separate(self->separation, self->k, gsl_matrix_ptr(&p.matrix, j, 0),
            p.matrix.size2, self->scratch);
    }
    return p;
}

static gsl_matrix_view read_out(
    struct basin_association *self, const gsl_matrix *q, gsl_matrix *next)
{
    gsl_matrix_view p = associate(self, q);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &p.matrix, self->X, 0, next);
    return p;
}

static void stream(struct basin_association *self, const gsl_matrix *q, gsl_matrix *next,
    double *log_sums)
{
    const struct basin_softmax_extra extra = {.log_sum = log_sums};
    basin_softmax_apply(&self->packed, self->work, self->beta, q->data, q->tda, q->size1,
        next->data, next->tda, &extra);
}

/* Where the few weights of a query go: into a row of them all, or into what they read. */
struct sparse {
    struct basin_association *association;
    gsl_matrix *out;
    bool weights;
};

static void take_sparse(
    void *context, size_t query, size_t count, const size_t *index, const double *score)
{
    const struct sparse *self = context;
    const struct basin_association *association = self->association;
    gsl_vector_view out = gsl_matrix_row(self->out, query);
    double *p = association->scratch;
    memcpy(p, score, count * sizeof(*p));
    basin_separate(
        association->separation == BASIN_TOPK ? BASIN_SOFTMAX : association->separation,
        count, p, count, p + count);
    gsl_vector_set_zero(&out.vector);
    for (size_t i = 0; i < count; i++) {
        if (self->weights) {
            gsl_vector_set(&out.vector, index[i], p[i]);
        } else if (p[i] > 0) {
            gsl_vector_const_view x = gsl_matrix_const_row(association->X, index[i]);
            gsl_blas_daxpy(p[i], &x.vector, &out.vector);
        }
    }
}

/* Only patterns with logits this near to the largest can have a weight. */
static int filter(struct basin_association *self, const gsl_matrix *q, gsl_matrix *out,
    bool weights, struct basin_diag *diag)
{
    struct sparse sparse = {self, out, weights};
    double width = self->separation == BASIN_SPARSEMAX  ? 1
                   : self->separation == BASIN_ENTMAX15 ? 2
                                                        : INFINITY;
    size_t most = self->separation == BASIN_TOPK ? self->k : 0;
    int ret = basin_softmax_filter(&self->packed, self->work, self->beta, q->data, q->tda,
        q->size1, width, most, take_sparse, &sparse);
    return ret == 0 ? 0
                    : basin_fail(diag, ret, "no memory for the logits of %zu patterns",
                          self->X->size1);
}

int basin_association_update(struct basin_association *self, const gsl_matrix *q,
    gsl_matrix *next, struct basin_diag *diag)
{
    if (!self->fast) {
        read_out(self, q, next);
        return 0;
    }
    if (self->separation != BASIN_SOFTMAX) {
        return filter(self, q, next, false, diag);
    }
    stream(self, q, next, NULL);
    return 0;
}

void basin_association_costs(
    struct basin_association *self, const gsl_matrix *q, gsl_matrix *next, double *omega)
{
    if (self->p != NULL) {
        gsl_matrix_view p = read_out(self, q, next);
        for (size_t j = 0; j < q->size1; j++) {
            omega[j] = basin_separation_cost(self->separation, self->k,
                gsl_matrix_ptr(&p.matrix, j, 0), p.matrix.size2);
        }
        return;
    }
    /* sum p ln p + ln N = beta q.xi' - ln sum exp(beta q.k_i) + ln N where K = X */
    stream(self, q, next, omega);
    for (size_t j = 0; j < q->size1; j++) {
        gsl_vector_const_view state = gsl_matrix_const_row(q, j);
        gsl_vector_view mixture = gsl_matrix_row(next, j);
        double product = 0;
        gsl_blas_ddot(&state.vector, &mixture.vector, &product);
        omega[j] = self->beta * product - omega[j] + log((double)self->X->size1);
    }
}

int basin_association_weights(struct basin_association *self, const gsl_matrix *q,
    gsl_matrix *weights, struct basin_diag *diag)
{
    if (!self->fast) {
        gsl_matrix_view p = associate(self, q);
        return gsl_matrix_memcpy(weights, &p.matrix);
    }
    if (self->separation != BASIN_SOFTMAX) {
        return filter(self, q, weights, true, diag);
    }
    int ret = basin_softmax_weights(&self->packed, self->work, self->beta, q->data,
        q->tda, q->size1, weights->data, weights->tda);
    return ret == 0 ? 0
                    : basin_fail(diag, ret, "no memory for the weights of %zu patterns",
                          weights->size2);
}
