/* Bounds at patterns and clusters that are separated enough: Lemmas A7 and A12, Theorems
 * 4 and 5 of Ramsauer et al. (2021). */
#include "experiments/bounds.h"

#include "base/rng.h"
#include "measure/geometry.h"
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>

/* A point of the ball around every pattern, at a random part of its radius. */
static int draw_near(struct basin_bounds_work *work, uint64_t key, uint32_t replicate,
    struct basin_diag *diag)
{
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    double radius = basin_ball_radius(&work->geometry, work->beta);
    basin_rng_start(r, key, basin_rng_sequence(replicate, 0));
    for (size_t i = 0; i < work->near->size1; i++) {
        gsl_vector_view near = gsl_matrix_row(work->near, i);
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, i);
        double part = gsl_rng_uniform_pos(r);
        basin_draw_sphere(r, part * radius, near.vector.data, near.vector.size);
        gsl_vector_add(&near.vector, &x.vector);
    }
    gsl_rng_free(r);
    return 0;
}

/* from: |xi - x_i| before the update that made work->near from xi. */
static void compare_pattern(
    struct basin_bounds_work *work, size_t i, double from, double from_end)
{
    const struct basin_geometry *g = &work->geometry;
    double beta = work->beta;
    double scale = g->largest;
    double separation = basin_separation_of(work->patterns, i);
    double radius = basin_ball_radius(g, beta);
    if (separation < basin_separation_needed(g, beta)) {
        return;
    }
    double end = basin_row_distance(work->end, i, work->patterns, i);
    double now = basin_row_distance(work->near, i, work->patterns, i);
    double now_end = basin_row_distance(work->near, i, work->end, i);
    double far = fmax(from, end);
    basin_bounds_compare(work, BASIN_BOUNDS_BALL, end, radius, scale);
    basin_bounds_compare(work, BASIN_BOUNDS_BALL, now, radius, scale);
    basin_bounds_compare(work, BASIN_BOUNDS_CONTRACTION, now_end,
        basin_contraction_bound(g, beta, separation, far) * from_end, scale);
    basin_bounds_compare(work, BASIN_BOUNDS_ERROR, now,
        basin_error_bound(g, beta, separation, far), scale);
    if (far <= 1 / (2 * beta * g->largest)) {
        basin_bounds_compare(work, BASIN_BOUNDS_RETRIEVAL, end,
            basin_retrieval_bound(g, beta, separation), scale);
    }
}

static int find_ends(struct basin_bounds_work *work, struct basin_diag *diag)
{
    return basin_relax(work->stage.rule, work->memory, work->stage.options, work->end,
        work->outcome, diag);
}

int basin_bounds_patterns(struct basin_bounds_work *work, uint64_t key,
    uint32_t replicate, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    gsl_matrix_memcpy(work->end, work->patterns);
    int ret = find_ends(work, diag);
    if (ret == 0) {
        ret = draw_near(work, key, replicate, diag);
    }
    if (ret != 0) {
        return ret;
    }
    gsl_matrix_memcpy(work->centred, work->near);
    ret = work->stage.rule->step(work->memory, 0, work->near, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        compare_pattern(work, i, basin_row_distance(work->centred, i, work->patterns, i),
            basin_row_distance(work->centred, i, work->end, i));
    }
    work->tally[BASIN_BOUNDS_BALL].cases = 2 * (double)n;
    work->tally[BASIN_BOUNDS_CONTRACTION].cases = work->tally[BASIN_BOUNDS_ERROR].cases =
        (double)n;
    work->tally[BASIN_BOUNDS_RETRIEVAL].cases = (double)n;
    return ret;
}

/* One update from each pattern: its error by the weights of the others, because the
 * difference f(x_i) - x_i has none of it left once they are below round-off. */
int basin_bounds_log_error(
    struct basin_bounds_work *work, double *log_error, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    gsl_matrix_view p = gsl_matrix_submatrix(work->weights, 0, 0, 1, n);
    gsl_vector_view error = gsl_matrix_row(work->centred, 0);
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_view state =
            gsl_matrix_submatrix(work->patterns, i, 0, 1, work->stage.d);
        gsl_vector_const_view own = gsl_matrix_const_row(work->patterns, i);
        double separation = basin_separation_of(work->patterns, i);
        int ret = work->stage.rule->weights(work->memory, &state.matrix, &p.matrix, diag);
        if (ret != 0) {
            return ret;
        }
        gsl_vector_set_zero(&error.vector);
        for (size_t j = 0; j < n; j++) {
            gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, j);
            double weight = j == i ? 0 : gsl_matrix_get(&p.matrix, 0, j);
            gsl_blas_daxpy(weight, &x.vector, &error.vector);
            gsl_blas_daxpy(-weight, &own.vector, &error.vector);
        }
        double size = gsl_blas_dnrm2(&error.vector);
        if (separation > 0 && size > 0) {
            sum += log(size) / separation;
            count++;
        }
    }
    *log_error = sum / count;
    return 0;
}

/* Orders the patterns by their distance from pattern i and puts the mean of the first l
 * into row i of work->near. */
static void find_cluster(struct basin_bounds_work *work, size_t i)
{
    size_t l = (size_t)work->own->neighbours;
    gsl_vector_view mean = gsl_matrix_row(work->near, i);
    for (size_t j = 0; j < work->stage.n; j++) {
        gsl_vector_set(
            work->apart, j, basin_row_distance(work->patterns, i, work->patterns, j));
    }
    gsl_sort_vector_index(work->order, work->apart);
    gsl_vector_set_zero(&mean.vector);
    for (size_t k = 0; k < l; k++) {
        gsl_vector_const_view x =
            gsl_matrix_const_row(work->patterns, gsl_permutation_get(work->order, k));
        gsl_blas_daxpy(1 / (double)l, &x.vector, &mean.vector);
    }
}

/* The cluster's m_max, and how far its mean is separated from the other patterns. */
static void measure_cluster(
    struct basin_bounds_work *work, size_t i, double *about_mean, double *separation)
{
    gsl_vector_const_view mean = gsl_matrix_const_row(work->near, i);
    double own;
    double greatest = -INFINITY;
    gsl_blas_ddot(&mean.vector, &mean.vector, &own);
    *about_mean = 0;
    for (size_t k = 0; k < work->stage.n; k++) {
        size_t j = gsl_permutation_get(work->order, k);
        gsl_vector_const_view x = gsl_matrix_const_row(work->patterns, j);
        double inner;
        gsl_blas_ddot(&mean.vector, &x.vector, &inner);
        if (k < (size_t)work->own->neighbours) {
            *about_mean =
                fmax(*about_mean, basin_row_distance(work->near, i, work->patterns, j));
        } else {
            greatest = fmax(greatest, inner);
        }
    }
    *separation = own - greatest;
}

int basin_bounds_clusters(struct basin_bounds_work *work, struct basin_diag *diag)
{
    size_t n = work->stage.n;
    for (size_t i = 0; i < n; i++) {
        find_cluster(work, i);
    }
    gsl_matrix_memcpy(work->end, work->near);
    int ret = find_ends(work, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        double about_mean;
        double separation;
        find_cluster(work, i);
        measure_cluster(work, i, &about_mean, &separation);
        if (separation >= basin_cluster_separation_needed(&work->geometry, work->beta,
                              (size_t)work->own->neighbours, about_mean)) {
            basin_bounds_compare(work, BASIN_BOUNDS_CLUSTER,
                basin_row_distance(work->end, i, work->near, i),
                1 / (work->beta * about_mean), work->geometry.largest);
        }
    }
    work->tally[BASIN_BOUNDS_CLUSTER].cases = (double)n;
    return ret;
}
