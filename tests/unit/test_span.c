/* Directions drawn in a span have the law of whole ones.
 *
 * Exact properties hold in each draw. The law is compared by two-sample
 * Kolmogorov-Smirnov tests at a level of 1e-4 each, seven in all: were the seeds random,
 * one run in 1400 would fail by chance. The same test must tell independent directions
 * from orthogonal ones. */
#include "suite.h"

#include "base/rng.h"
#include "features/feature.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { D = 12, DRAWS = 3000 };

static gsl_matrix *gaussian(size_t rows, size_t columns, uint64_t sequence)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    gsl_matrix *Z = gsl_matrix_alloc(rows, columns);
    basin_rng_start(r, 3, sequence);
    ck_assert_int_eq(
        basin_directions_draw(BASIN_DIRECTIONS_IID, BASIN_NORMS_CHI, true, r, Z, NULL),
        0);
    gsl_rng_free(r);
    return Z;
}

static struct basin_feature_map draw(
    enum basin_directions directions, enum basin_norms norms, size_t m, uint64_t sequence)
{
    struct basin_feature_options options = {.features = (long)m,
        .directions = (int)directions,
        .norms = (int)norms,
        .sign_correction = true};
    struct basin_feature_map map;
    ck_assert_int_eq(basin_feature_map_init(&map, &options, D, 1, 11, sequence, NULL), 0);
    return map;
}

/* Lets the map see the rows of Z, n at a time, then projects them. */
static gsl_matrix *project(struct basin_feature_map *map, gsl_matrix *Z, size_t n)
{
    gsl_matrix *U = gsl_matrix_alloc(Z->size1, map->m);
    double *norm2 = malloc(Z->size1 * sizeof(*norm2));
    for (size_t first = 0; first < Z->size1; first += n) {
        gsl_matrix_view some = gsl_matrix_submatrix(Z, first, 0, n, Z->size2);
        ck_assert_int_eq(basin_feature_map_see(map, &some.matrix, NULL), 0);
    }
    basin_feature_project(map, Z, U, norm2);
    free(norm2);
    return U;
}

/* Once everything is seen, the projections of the unit vectors are the directions. */
START_TEST(a_block_is_orthogonal_and_blocks_are_not)
{
    enum { M = 2 * D + 5 };
    struct basin_feature_map map =
        draw(BASIN_DIRECTIONS_ORTHOGONAL_SPAN, BASIN_NORMS_SQRT_D, M, 0);
    gsl_matrix *unit = gsl_matrix_alloc(D, D);
    gsl_matrix *G = gsl_matrix_alloc(M, M);
    gsl_matrix_set_identity(unit);
    gsl_matrix *Z = gaussian(D, D, 1);
    gsl_matrix_free(project(&map, Z, 3));
    gsl_matrix *W = project(&map, unit, D);
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, W, W, 0, G);
    double across = 0;
    for (size_t i = 0; i < M; i++) {
        ck_assert_double_eq_tol(gsl_matrix_get(G, i, i), D, 1e-10);
        for (size_t j = 0; j < i; j++) {
            double g = fabs(gsl_matrix_get(G, i, j));
            if (i / D == j / D) {
                ck_assert_double_lt(g, 1e-10);
            }
            across = fmax(across, g);
        }
    }
    ck_assert_double_gt(across, 1);
    gsl_matrix_free(unit);
    gsl_matrix_free(G);
    gsl_matrix_free(Z);
    gsl_matrix_free(W);
    basin_feature_map_free(&map);
}
END_TEST

/* What was seen keeps its projections, and a vector of the span adds no dimension. */
START_TEST(products_are_linear_and_stay)
{
    for (enum basin_directions directions = BASIN_DIRECTIONS_ORTHOGONAL_SPAN;
         directions <= BASIN_DIRECTIONS_IID_SPAN; directions++) {
        struct basin_feature_map map = draw(directions, BASIN_NORMS_CHI, 7, 0);
        gsl_matrix *Z = gaussian(4, D, 1);
        gsl_vector_view last = gsl_matrix_row(Z, 3);
        gsl_vector_set_zero(&last.vector);
        for (size_t i = 0; i < 3; i++) {
            gsl_vector_const_view z = gsl_matrix_const_row(Z, i);
            gsl_vector_axpby((double)i - 0.5, &z.vector, 1, &last.vector);
        }
        gsl_matrix *U = project(&map, Z, 4);
        ck_assert_uint_eq(map.span->s, 3);
        gsl_matrix *more = gaussian(20, D, 2);
        gsl_matrix_free(project(&map, more, 1));
        ck_assert_uint_eq(map.span->s, D);
        gsl_matrix *again = project(&map, Z, 1);
        for (size_t k = 0; k < 7; k++) {
            double sum = 0;
            for (size_t i = 0; i < 3; i++) {
                sum += ((double)i - 0.5) * gsl_matrix_get(U, i, k);
            }
            ck_assert_double_eq_tol(gsl_matrix_get(U, 3, k), sum, 1e-12);
            for (size_t i = 0; i < 4; i++) {
                ck_assert_double_eq_tol(
                    gsl_matrix_get(U, i, k), gsl_matrix_get(again, i, k), 1e-12);
            }
        }
        gsl_matrix_free(Z);
        gsl_matrix_free(U);
        gsl_matrix_free(more);
        gsl_matrix_free(again);
        basin_feature_map_free(&map);
    }
}
END_TEST

/* Rows seen as a set have the same directions in any order. */
START_TEST(the_order_of_a_set_changes_nothing)
{
    enum { ROWS = 5, M = 7 };
    for (enum basin_directions directions = BASIN_DIRECTIONS_ORTHOGONAL_SPAN;
         directions <= BASIN_DIRECTIONS_IID_SPAN; directions++) {
        gsl_matrix *Z = gaussian(ROWS, D, 1);
        for (size_t i = 1; i < ROWS; i++) { /* ties, decided by later entries */
            gsl_matrix_set(Z, i, 0, gsl_matrix_get(Z, 0, 0));
        }
        gsl_matrix *reversed = gsl_matrix_alloc(ROWS, D);
        for (size_t i = 0; i < ROWS; i++) {
            gsl_vector_const_view z = gsl_matrix_const_row(Z, i);
            gsl_matrix_set_row(reversed, ROWS - 1 - i, &z.vector);
        }
        struct basin_feature_map map = draw(directions, BASIN_NORMS_CHI, M, 0);
        struct basin_feature_map mirror = draw(directions, BASIN_NORMS_CHI, M, 0);
        ck_assert_int_eq(basin_feature_map_see_set(&map, Z, NULL), 0);
        ck_assert_int_eq(basin_feature_map_see_set(&mirror, reversed, NULL), 0);
        gsl_matrix *U = project(&map, Z, ROWS);
        gsl_matrix *V = project(&mirror, reversed, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            for (size_t k = 0; k < M; k++) {
                ck_assert_double_eq(
                    gsl_matrix_get(U, i, k), gsl_matrix_get(V, ROWS - 1 - i, k));
            }
        }
        gsl_matrix_free(Z);
        gsl_matrix_free(reversed);
        gsl_matrix_free(U);
        gsl_matrix_free(V);
        basin_feature_map_free(&map);
        basin_feature_map_free(&mirror);
    }
}
END_TEST

/* A number that depends on how directions lie to each other: sum_k (w_k.x)(w_k.y) of
 * orthogonal x and y, which are 0.9 long; or the estimate of exp(x.y). */
static double statistic_of(struct basin_feature_map *map, bool kernel)
{
    static const double shift[2];
    double norm2[2];
    gsl_matrix *Z = gsl_matrix_calloc(2, D);
    gsl_matrix *phi = gsl_matrix_alloc(2, map->r);
    for (size_t i = 0; i < D; i++) {
        gsl_matrix_set(Z, 0, i, 0.9 / sqrt(D));
        gsl_matrix_set(Z, 1, i, (i % 2 == 0 ? 0.9 : -0.9) / sqrt(D));
    }
    gsl_matrix *U = project(map, Z, 1);
    basin_feature_project(map, Z, U, norm2);
    basin_feature_apply(map, U, norm2, shift, phi);
    gsl_matrix *of = kernel ? phi : U;
    gsl_vector_view x = gsl_matrix_row(of, 0);
    gsl_vector_view y = gsl_matrix_row(of, 1);
    double result;
    gsl_blas_ddot(&x.vector, &y.vector, &result);
    gsl_matrix_free(Z);
    gsl_matrix_free(U);
    gsl_matrix_free(phi);
    return result;
}

static void sample(
    enum basin_directions directions, size_t m, bool kernel, double values[DRAWS])
{
    for (uint64_t k = 0; k < DRAWS; k++) {
        struct basin_feature_map map =
            draw(directions, BASIN_NORMS_CHI, m, k + DRAWS * (uint64_t)directions);
        values[k] = statistic_of(&map, kernel);
        basin_feature_map_free(&map);
    }
    gsl_sort(values, 1, DRAWS);
}

/* Largest distance of two empirical distributions over its critical value at 1e-4. */
static double distance(const double a[DRAWS], const double b[DRAWS])
{
    double most = 0;
    for (size_t i = 0, j = 0; i < DRAWS && j < DRAWS;) {
        bool first = a[i] <= b[j];
        i += first;
        j += !first;
        most = fmax(most, fabs((double)i - (double)j) / DRAWS);
    }
    return most / (sqrt(-log(1e-4 / 2) / 2) * sqrt(2.0 / DRAWS));
}

/* Part of a block, a block, a block and a half. */
static const size_t counts[] = {5, D, D + D / 2};

START_TEST(the_law_is_that_of_whole_directions)
{
    static double whole[DRAWS], span[DRAWS];
    size_t m = counts[_i];
    for (int kernel = 0; kernel < 2; kernel++) {
        sample(BASIN_DIRECTIONS_ORTHOGONAL, m, kernel, whole);
        sample(BASIN_DIRECTIONS_ORTHOGONAL_SPAN, m, kernel, span);
        ck_assert_double_lt(distance(whole, span), 1);
    }
}
END_TEST

START_TEST(independent_directions_are_told_from_orthogonal_ones)
{
    static double whole[DRAWS], span[DRAWS], independent[DRAWS];
    sample(BASIN_DIRECTIONS_ORTHOGONAL, D, false, whole);
    sample(BASIN_DIRECTIONS_IID_SPAN, D, false, span);
    sample(BASIN_DIRECTIONS_IID, D, false, independent);
    ck_assert_double_gt(distance(whole, span), 1);
    ck_assert_double_lt(distance(independent, span), 1);
}
END_TEST

START_TEST(what_a_span_cannot_know_is_refused)
{
    struct basin_feature_options options = {.features = 4,
        .directions = BASIN_DIRECTIONS_ORTHOGONAL_SPAN,
        .sign_correction = false};
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_feature_check(&options, &diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "sign_correction"));
    options = (struct basin_feature_options){.features = 4,
        .directions = BASIN_DIRECTIONS_IID_SPAN,
        .norms = BASIN_NORMS_SQRT_D,
        .sign_correction = true};
    diag = (struct basin_diag){{0}};
    ck_assert_int_eq(basin_feature_check(&options, &diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "norms"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("span");
    TCase *c = tcase_create("span");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_block_is_orthogonal_and_blocks_are_not);
    tcase_add_test(c, products_are_linear_and_stay);
    tcase_add_test(c, the_order_of_a_set_changes_nothing);
    tcase_add_loop_test(c, the_law_is_that_of_whole_directions, 0, 3);
    tcase_add_test(c, independent_directions_are_told_from_orthogonal_ones);
    tcase_add_test(c, what_a_span_cannot_know_is_refused);
    suite_add_tcase(s, c);
    return s;
}
