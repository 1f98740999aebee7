/* Heads that do not look, fitted by least squares to what heads of a trained model do. */
#include "experiments/fitted.h"

#include "experiments/averages.h"
#include "transformer/encoder.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the mean square of an input: a layer norm makes inputs depend on one another up to
 * rounding (1e-14 of a square), and equations without this would fit the rounding. */
#define RIDGE 1e-8

/* ---- Looking at the trained model ----------------------------------------------- */

/* Shows all attention of the trained model on fresh sequences of its task to a hook. */
static int look(const struct basin_lesson *lesson, struct basin_encoder *encoder,
    size_t sequences, const struct basin_attention_hook *hook, struct basin_diag *diag)
{
    size_t length = lesson->content.source.length;
    const size_t start[] = {0, length};
    int32_t *id = malloc(2 * length * sizeof(*id));
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    int ret = id == NULL || r == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a sequence")
                  : 0;
    for (size_t i = 0; ret == 0 && i < sequences; i++) {
        const struct basin_batch batch = {1, start, id, NULL};
        basin_rng_start(r, basin_lesson_key(lesson->task, BASIN_FOR_FITTING), i);
        lesson->content.source.draw(lesson->content.source.context, r, id, id + length);
        ret = basin_encoder_run(encoder, &batch, hook, diag);
    }
    if (r != NULL) {
        gsl_rng_free(r);
    }
    free(id);
    return ret;
}

/* ---- Values --------------------------------------------------------------------- */

/* Normal equations of one head: G B = H, for rows f = (A X, 1) and what the head gives,
 * y = P (X W^T + b). */
struct equations {
    gsl_matrix *G, *H; /* p x p, lower half; p x d_k */
    gsl_vector *sum;   /* of y */
    double square;     /* sum of y^2 */
    size_t rows;
};

struct fit {
    const struct basin_lesson *lesson;
    struct basin_encoder encoder;
    struct basin_fitted_head *heads;
    struct equations *equations; /* owned; of n heads */
    size_t n, p, d_k;
    gsl_matrix *P, *X, *F, *Z, *Y, *W; /* of a tile */
};

static void fit_free(struct fit *self)
{
    for (size_t i = 0; self->equations != NULL && i < self->n; i++) {
        gsl_matrix_free(self->equations[i].G);
        gsl_matrix_free(self->equations[i].H);
        gsl_vector_free(self->equations[i].sum);
    }
    free(self->equations);
    gsl_matrix *const all[] = {self->P, self->X, self->F, self->Z, self->Y, self->W};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        gsl_matrix_free(all[i]);
    }
    basin_encoder_free(&self->encoder);
}

static int fit_init(struct fit *self, struct basin_diag *diag)
{
    const struct basin_bert *model = &self->lesson->model;
    size_t length = self->lesson->content.source.length;
    size_t h = model->shape.hidden;
    self->d_k = h / model->shape.heads;
    self->p = h + 1;
    self->equations = calloc(self->n + 1, sizeof(*self->equations));
    self->P = gsl_matrix_alloc(length, length);
    self->X = gsl_matrix_alloc(length, h);
    self->F = gsl_matrix_alloc(length, self->p);
    self->Z = gsl_matrix_alloc(length, h);
    self->Y = gsl_matrix_alloc(length, self->d_k);
    self->W = gsl_matrix_alloc(self->d_k, h);
    bool all = self->equations != NULL && self->P != NULL && self->X != NULL &&
               self->F != NULL && self->Z != NULL && self->Y != NULL && self->W != NULL;
    for (size_t i = 0; all && i < self->n; i++) {
        struct equations *e = &self->equations[i];
        e->G = gsl_matrix_calloc(self->p, self->p);
        e->H = gsl_matrix_calloc(self->p, self->d_k);
        e->sum = gsl_vector_calloc(self->d_k);
        all = e->G != NULL && e->H != NULL && e->sum != NULL;
    }
    return all ? basin_encoder_init(&self->encoder, model, length, length, diag)
               : basin_fail(diag, BASIN_ERR_NOMEM, "no memory to fit %zu heads", self->n);
}

static void copy(const float *from, size_t stride, gsl_matrix *to)
{
    for (size_t i = 0; i < to->size1; i++) {
        for (size_t j = 0; j < to->size2; j++) {
            gsl_matrix_set(to, i, j, (double)from[i * stride + j]);
        }
    }
}

/* y of a tile's queries: what the head gives, as it was trained. */
static void outputs_of(
    struct fit *self, const struct basin_attention *tile, gsl_matrix *Z, gsl_matrix *Y)
{
    const struct basin_bert *model = &self->lesson->model;
    float *const *w = model->layer[tile->layer];
    size_t h = model->shape.hidden;
    size_t first = tile->head * self->d_k;
    gsl_matrix_view P = gsl_matrix_submatrix(self->P, 0, 0, tile->rows, tile->keys);
    copy(tile->weights, tile->keys, &P.matrix);
    copy(w[BASIN_VALUE] + first * h, h, self->W);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &P.matrix, self->X, 0, Z);
    for (size_t j = 0; j < self->d_k; j++) {
        gsl_vector_view y = gsl_matrix_column(Y, j);
        gsl_vector_set_all(&y.vector, (double)w[BASIN_VALUE_BIAS][first + j]);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, Z, self->W, 1, Y);
}

/* While a layer attends, encoder.hidden holds its input. */
static int add_tile(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct fit *self = context;
    size_t head = tile->layer * self->lesson->model.shape.heads + tile->head;
    size_t i = 0;
    while (i < self->n && self->heads[i].head != head) {
        i++;
    }
    if (i == self->n) {
        return 0;
    }
    struct equations *e = &self->equations[i];
    size_t h = self->p - 1;
    gsl_matrix_view F = gsl_matrix_submatrix(self->F, 0, 0, tile->rows, self->p);
    gsl_matrix_view AX = gsl_matrix_submatrix(self->F, 0, 0, tile->rows, h);
    gsl_matrix_view A = gsl_matrix_submatrix(self->P, 0, 0, tile->rows, tile->keys);
    gsl_matrix_view Z = gsl_matrix_submatrix(self->Z, 0, 0, tile->rows, h);
    gsl_matrix_view Y = gsl_matrix_submatrix(self->Y, 0, 0, tile->rows, self->d_k);
    copy(self->encoder.hidden, h, self->X);
    outputs_of(self, tile, &Z.matrix, &Y.matrix);
    copy(self->heads[i].map + tile->first * tile->keys, tile->keys, &A.matrix);
    gsl_matrix_set_all(&F.matrix, 1);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &A.matrix, self->X, 0, &AX.matrix);
    gsl_blas_dsyrk(CblasLower, CblasTrans, 1, &F.matrix, 1, e->G);
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, &F.matrix, &Y.matrix, 1, e->H);
    for (size_t row = 0; row < tile->rows; row++) {
        gsl_vector_view y = gsl_matrix_row(&Y.matrix, row);
        gsl_vector_add(e->sum, &y.vector);
        e->square += pow(gsl_blas_dnrm2(&y.vector), 2);
    }
    e->rows += tile->rows;
    return 0;
}

/* Solves a head's equations, and puts what they give into the model. */
static int solve(struct fit *self, size_t i, struct basin_bert *model)
{
    struct equations *e = &self->equations[i];
    struct basin_fitted_head *head = &self->heads[i];
    size_t h = self->p - 1;
    size_t first = head->head % model->shape.heads * self->d_k;
    float *const *w = model->layer[head->head / model->shape.heads];
    gsl_vector_view diagonal = gsl_matrix_diagonal(e->G);
    double ridge = RIDGE * gsl_blas_dasum(&diagonal.vector) / (double)self->p;
    double variance =
        e->square - pow(gsl_blas_dnrm2(e->sum), 2) / (double)e->rows; /* x rows */
    double missed = e->square;
    gsl_vector_add_constant(&diagonal.vector, ridge);
    int ret = gsl_linalg_cholesky_decomp1(e->G);
    for (size_t j = 0; ret == 0 && j < self->d_k; j++) {
        gsl_vector_view y = gsl_matrix_column(e->H, j);
        gsl_vector_view B = gsl_matrix_row(self->F, 0);
        double explained;
        gsl_vector_memcpy(&B.vector, &y.vector);
        ret = gsl_linalg_cholesky_svx(e->G, &B.vector);
        gsl_blas_ddot(&B.vector, &y.vector, &explained);
        missed -= explained + ridge * pow(gsl_blas_dnrm2(&B.vector), 2);
        for (size_t k = 0; k < h; k++) {
            w[BASIN_VALUE][(first + j) * h + k] = (float)gsl_vector_get(&B.vector, k);
        }
        w[BASIN_VALUE_BIAS][first + j] = (float)gsl_vector_get(&B.vector, h);
    }
    head->missed = missed > 0 && variance > 0 ? fmin(missed / variance, 1) : 0;
    return ret;
}

int basin_fitted_values(const struct basin_lesson *lesson, size_t sequences,
    struct basin_fitted_head *heads, size_t n, struct basin_bert *model,
    struct basin_diag *diag)
{
    struct fit self = {.lesson = lesson, .heads = heads, .n = n};
    const struct basin_attention_hook hook = {add_tile, &self};
    int ret = fit_init(&self, diag);
    ret = ret != 0 ? ret : look(lesson, &self.encoder, sequences, &hook, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        int status = solve(&self, i, model);
        if (status != 0) {
            ret = basin_fail(diag, BASIN_ERR_NUMERIC, "fitting head %zu: %s",
                heads[i].head + 1, gsl_strerror(status));
        }
    }
    fit_free(&self);
    return ret;
}

/* ---- Gaussians ------------------------------------------------------------------ */

struct means {
    const size_t *heads;
    size_t n, of_layer, length;
    double *sum; /* owned; n x length x length */
};

static int add_map(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct means *self = context;
    for (size_t i = 0; i < self->n; i++) {
        if (self->heads[i] == tile->layer * self->of_layer + tile->head) {
            double *sum = self->sum + (i * self->length + tile->first) * self->length;
            for (size_t j = 0; j < tile->rows * self->length; j++) {
                sum[j] += (double)tile->weights[j];
            }
        }
    }
    return 0;
}

/* One query's mean attention, and a row to try Gaussians in. */
struct row {
    const double *sum;
    double sequences;
    size_t length;
    float *p;
};

/* at: middle, ln width. Middles stay among the places, and widths between a quarter of
 * the way from place to place and all but uniform. */
static double try_gaussian(const gsl_vector *at, void *params)
{
    const struct row *row = params;
    double narrowest = log(0.5 / (double)(row->length - 1));
    double middle = fmax(-1, fmin(1, gsl_vector_get(at, 0)));
    double width = exp(fmax(narrowest, fmin(log(100), gsl_vector_get(at, 1))));
    double squares = 0;
    basin_averages_gaussian(middle, width, row->length, row->p);
    for (size_t j = 0; j < row->length; j++) {
        squares += pow(row->sum[j] / row->sequences - (double)row->p[j], 2);
    }
    return squares;
}

/* The nearest Gaussian from a start on, by the simplex method of Nelder & Mead. */
static double nearest(
    struct row *row, gsl_multimin_fminimizer *solver, gsl_vector *at, gsl_vector *step)
{
    enum { STEPS_MAX = 300 };
    gsl_multimin_function f = {.f = try_gaussian, .n = 2, .params = row};
    int status = GSL_CONTINUE;
    gsl_vector_set_all(step, 0.3);
    gsl_multimin_fminimizer_set(solver, &f, at, step);
    for (int i = 0; i < STEPS_MAX && status == GSL_CONTINUE; i++) {
        gsl_multimin_fminimizer_iterate(solver);
        status = gsl_multimin_test_size(gsl_multimin_fminimizer_size(solver), 1e-6);
    }
    gsl_vector_memcpy(at, solver->x);
    return solver->fval;
}

/* From a wide Gaussian about the token itself, and from a narrow one about the place that
 * gets most: the better end. */
static void fit_row(struct row *row, size_t query, gsl_multimin_fminimizer *solver,
    gsl_vector *at[2], gsl_vector *step)
{
    size_t most = 0;
    double squares[2];
    for (size_t j = 1; j < row->length; j++) {
        most = row->sum[j] > row->sum[most] ? j : most;
    }
    gsl_vector_set(at[0], 0, basin_averages_place(query, row->length));
    gsl_vector_set(at[0], 1, 0);
    gsl_vector_set(at[1], 0, basin_averages_place(most, row->length));
    gsl_vector_set(at[1], 1, log(2 / (double)(row->length - 1)));
    for (size_t i = 0; i < 2; i++) {
        squares[i] = nearest(row, solver, at[i], step);
    }
    try_gaussian(at[squares[1] < squares[0]], row); /* leaves it in row->p */
}

static int fit_rows(
    const struct means *means, size_t sequences, float *maps, struct basin_diag *diag)
{
    gsl_multimin_fminimizer *solver =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 2);
    gsl_vector *at[2] = {gsl_vector_alloc(2), gsl_vector_alloc(2)};
    gsl_vector *step = gsl_vector_alloc(2);
    int ret = solver == NULL || at[0] == NULL || at[1] == NULL || step == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory to fit a Gaussian")
                  : 0;
    for (size_t i = 0; ret == 0 && i < means->n * means->length; i++) {
        struct row row = {.sum = means->sum + i * means->length,
            .sequences = (double)sequences,
            .length = means->length,
            .p = maps + i * means->length};
        fit_row(&row, i % means->length, solver, at, step);
    }
    gsl_multimin_fminimizer_free(solver);
    gsl_vector_free(at[0]);
    gsl_vector_free(at[1]);
    gsl_vector_free(step);
    return ret;
}

int basin_fitted_gaussians(const struct basin_lesson *lesson, size_t sequences,
    const size_t *heads, size_t n, float *maps, struct basin_diag *diag)
{
    size_t length = lesson->content.source.length;
    struct basin_encoder encoder = {0};
    struct means means = {.heads = heads,
        .n = n,
        .of_layer = lesson->model.shape.heads,
        .length = length,
        .sum = calloc(n * length * length + 1, sizeof(*means.sum))};
    const struct basin_attention_hook hook = {add_map, &means};
    int ret = means.sum == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu mean maps", n)
                  : basin_encoder_init(&encoder, &lesson->model, length, length, diag);
    ret = ret != 0 ? ret : look(lesson, &encoder, sequences, &hook, diag);
    ret = ret != 0 ? ret : fit_rows(&means, sequences, maps, diag);
    basin_encoder_free(&encoder);
    free(means.sum);
    return ret;
}
