/* Feature maps: what they estimate and how well, against the closed forms of the
 * Performer paper (lemma 2, theorem 2). Monte Carlo with fixed seeds; tolerances are in
 * standard errors, or per cent of a variance where tails are light enough (|x + y|^2 <=
 * 2). */
#include "suite.h"

#include "base/rng.h"
#include "config/field.h"
#include "features/feature.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_rstat.h>
#include <string.h>

enum { D = 16, M = 16 };

static int map_index(const char *name)
{
    for (int i = 0; basin_features[i] != NULL; i++) {
        if (strcmp(basin_features[i]->name, name) == 0) {
            return i;
        }
    }
    ck_abort_msg("no map %s", name);
    return -1;
}

static struct basin_feature_options options_of(const char *map, int directions)
{
    return (struct basin_feature_options){.map = map_index(map),
        .features = M,
        .directions = directions,
        .sign_correction = true,
        .stabilizer = 0};
}

static struct basin_feature_map draw_map(
    const struct basin_feature_options *options, size_t d, uint64_t sequence)
{
    struct basin_feature_map map;
    struct basin_diag diag = {{0}};
    ck_assert_msg(basin_feature_map_init(&map, options, d, 1, 7, sequence, &diag) == 0,
        "%s", diag.text);
    return map;
}

/* phi(x).phi(y) of one draw; x and y are the rows of Z. */
static double product(
    const struct basin_feature_options *options, const gsl_matrix *Z, uint64_t sequence)
{
    struct basin_feature_map map = draw_map(options, Z->size2, sequence);
    gsl_matrix *U = gsl_matrix_alloc(2, map.m);
    gsl_matrix *phi = gsl_matrix_alloc(2, map.r);
    const double shift[2] = {0, 0};
    double norm2[2];
    basin_feature_project(&map, Z, U, norm2);
    basin_feature_apply(&map, U, norm2, shift, phi);
    gsl_vector_view x = gsl_matrix_row(phi, 0);
    gsl_vector_view y = gsl_matrix_row(phi, 1);
    double estimate = 0;
    gsl_blas_ddot(&x.vector, &y.vector, &estimate);
    gsl_matrix_free(U);
    gsl_matrix_free(phi);
    basin_feature_map_free(&map);
    return estimate;
}

struct estimate {
    double mean, error; /* standard error of the mean */
    double mse;         /* about the true value */
};

static struct estimate estimate(const struct basin_feature_options *options,
    const gsl_matrix *Z, double truth, size_t draws)
{
    gsl_rstat_workspace *values = gsl_rstat_alloc();
    double squares = 0;
    for (uint64_t k = 0; k < draws; k++) {
        double value = product(options, Z, k);
        gsl_rstat_add(value, values);
        squares += (value - truth) * (value - truth);
    }
    struct estimate result = {
        gsl_rstat_mean(values), gsl_rstat_sd_mean(values), squares / (double)draws};
    gsl_rstat_free(values);
    return result;
}

/* Two vectors of the same length with an angle between them. */
static gsl_matrix *pair(double length, double angle)
{
    gsl_matrix *Z = gsl_matrix_calloc(2, D);
    gsl_matrix_set(Z, 0, 0, length);
    gsl_matrix_set(Z, 1, 0, length * cos(angle));
    gsl_matrix_set(Z, 1, 1, length * sin(angle));
    return Z;
}

/* Lemma 2. */
static double lemma(const char *map, double xx, double yy, double xy)
{
    double sum = xx + yy + 2 * xy;
    double difference = xx + yy - 2 * xy;
    double SM = exp(xy);
    if (strcmp(map, "trigonometric") == 0) {
        return exp(sum) / (SM * SM) * gsl_pow_2(1 - exp(-difference)) / (2 * M);
    }
    double positive = exp(sum) * SM * SM * (1 - exp(-sum)) / M;
    return strcmp(map, "positive") == 0 ? positive : positive * (1 - exp(-sum)) / 2;
}

START_TEST(choices_are_the_registry)
{
    char names[256] = "";
    for (size_t i = 0; basin_features[i] != NULL; i++) {
        const struct basin_feature *feature = basin_feature_of(basin_features[i]);
        strcat(strcat(names, i == 0 ? "" : "|"), feature->kind.name);
        ck_assert_uint_ge(feature->functions, 1);
        ck_assert_ptr_nonnull(feature->kind.source);
    }
    ck_assert_str_eq(names, BASIN_FEATURE_CHOICES);
}
END_TEST

START_TEST(orthogonal_directions_are_orthogonal_in_their_block)
{
    for (int norms = 0; norms < 2; norms++) {
        gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
        basin_rng_start(r, 5, 0);
        gsl_matrix *W = gsl_matrix_alloc(40, D); /* blocks of 16, 16 and 8 */
        gsl_matrix *G = gsl_matrix_alloc(40, 40);
        ck_assert_int_eq(basin_directions_draw(BASIN_DIRECTIONS_ORTHOGONAL,
                             (enum basin_norms)norms, true, r, W, NULL),
            0);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, W, W, 0, G);
        double across = 0;
        for (size_t i = 0; i < 40; i++) {
            for (size_t j = 0; j < i; j++) {
                double g = gsl_matrix_get(G, i, j);
                across += i / D == j / D ? 0 : fabs(g);
                ck_assert(i / D != j / D || fabs(g) < 1e-12);
            }
            double length = sqrt(gsl_matrix_get(G, i, i));
            ck_assert(norms == BASIN_NORMS_SQRT_D ? fabs(length - 4) < 1e-14
                                                  : fabs(length - 4) > 1e-6);
        }
        ck_assert_double_gt(across, 100);
        gsl_matrix_free(W);
        gsl_matrix_free(G);
        gsl_rng_free(r);
    }
}
END_TEST

START_TEST(directions_depend_on_key_and_sequence_alone)
{
    struct basin_feature_options options =
        options_of("positive", BASIN_DIRECTIONS_ORTHOGONAL);
    struct basin_feature_map a = draw_map(&options, 5, 3);
    struct basin_feature_map b = draw_map(&options, 5, 3);
    struct basin_feature_map c = draw_map(&options, 5, 4);
    ck_assert(gsl_matrix_equal(a.W, b.W));
    ck_assert(!gsl_matrix_equal(a.W, c.W));
    basin_feature_map_free(&a);
    basin_feature_map_free(&b);
    basin_feature_map_free(&c);
}
END_TEST

static const char *const softmax_maps[] = {"positive", "hyperbolic", "trigonometric"};

/* Mean within 4 standard errors of exp(x.y); mean squared error within 8 % of lemma 2. */
START_TEST(independent_features_err_as_lemma_2_says)
{
    const char *map = softmax_maps[_i];
    struct basin_feature_options options = options_of(map, BASIN_DIRECTIONS_IID);
    const double lengths[] = {0.4, 0.6};
    const double angles[] = {0.4, 2.2};
    for (size_t k = 0; k < 2; k++) {
        gsl_matrix *Z = pair(lengths[k], angles[k]);
        double xx = gsl_pow_2(lengths[k]);
        double xy = xx * cos(angles[k]);
        struct estimate e = estimate(&options, Z, exp(xy), 8000);
        ck_assert_double_eq_tol(e.mean, exp(xy), 4 * e.error);
        ck_assert_double_eq_tol(e.mse / lemma(map, xx, xx, xy), 1, 0.08);
        gsl_matrix_free(Z);
    }
}
END_TEST

/* Theorem 2 (m <= d), with 3 % for the sampling of both sides. */
START_TEST(orthogonal_features_err_less)
{
    const char *map = softmax_maps[_i];
    struct basin_feature_options options = options_of(map, BASIN_DIRECTIONS_ORTHOGONAL);
    gsl_matrix *Z = pair(0.4, 0.5);
    double xx = 0.16;
    double xy = 0.16 * cos(0.5);
    struct estimate e = estimate(&options, Z, exp(xy), 5000);
    double independent = lemma(map, xx, xx, xy);
    double gain = 2.0 * (M - 1) / (M * (D + 2.0)) * gsl_pow_2(exp(xy) - exp(-xx));
    ck_assert_double_eq_tol(e.mean, exp(xy), 4 * e.error);
    ck_assert_double_gt(gain, 0);
    if (_i == 0) { /* the theorem is about positive features */
        ck_assert_double_le(e.mse, (independent - gain) + 0.03 * independent);
    } else { /* and these gain far more from it: their ratios are about .2 */
        ck_assert_double_lt(e.mse, 0.35 * independent);
    }
    gsl_matrix_free(Z);
}
END_TEST

/* d = m = 16, x = y = .6 e_1: without the signs of R's diagonal the first direction
 * always points to the same side, and the estimate is 4 % too small. */
START_TEST(directions_without_the_sign_correction_are_biased)
{
    struct basin_feature_options options =
        options_of("positive", BASIN_DIRECTIONS_ORTHOGONAL);
    gsl_matrix *Z = pair(0.6, 0);
    double truth = exp(0.36);
    struct estimate corrected = estimate(&options, Z, truth, 8000);
    options.sign_correction = false;
    struct estimate biased = estimate(&options, Z, truth, 8000);
    ck_assert_double_eq_tol(corrected.mean, truth, 4 * corrected.error);
    ck_assert_double_eq_tol(biased.mean / truth, 0.959, 4 * biased.error / truth);
    ck_assert_double_lt(biased.mean, truth - 8 * biased.error);
    gsl_matrix_free(Z);
}
END_TEST

/* Directions of length sqrt(d): K = SM e^-w sum_k w^k/k! prod_{j<k} d/(d+2j), w =
 * |x+y|^2/2 (for w = 2, d = 16: .83706 SM). */
START_TEST(equal_lengths_estimate_the_regularised_kernel)
{
    double w = 2;
    double ratio = 0;
    double term = exp(-w);
    for (int k = 0; k < 60; k++) {
        ratio += term;
        term *= w / (k + 1) * D / (D + 2.0 * k);
    }
    ck_assert_double_eq_tol(ratio, 0.83706, 1e-5);
    struct basin_feature_options options =
        options_of("hyperbolic", BASIN_DIRECTIONS_ORTHOGONAL);
    options.norms = BASIN_NORMS_SQRT_D;
    gsl_matrix *Z = pair(1, 0);
    struct estimate e = estimate(&options, Z, M_E, 3000);
    ck_assert_double_eq_tol(e.mean / M_E, ratio, 4 * e.error / M_E);
    ck_assert_double_lt(4 * e.error / M_E, 0.03);
    gsl_matrix_free(Z);
}
END_TEST

static const char *const generalized_maps[] = {"relu", "exp", "abs", "linear"};

START_TEST(generalised_maps_estimate_their_kernels)
{
    struct basin_feature_options options =
        options_of(generalized_maps[_i], BASIN_DIRECTIONS_IID);
    const struct basin_feature *feature = basin_feature_of(basin_features[options.map]);
    const double angles[] = {0, 1.1, 2.6};
    for (size_t k = 0; k < 3; k++) {
        gsl_matrix *Z = pair(0.5, angles[k]);
        double truth = feature->kernel(0.25, 0.25, 0.25 * cos(angles[k]));
        struct estimate e = estimate(&options, Z, truth, 1500);
        ck_assert_double_eq_tol(e.mean, truth, 4 * e.error);
        ck_assert_double_lt(e.error, 0.015);
        gsl_matrix_free(Z);
    }
}
END_TEST

/* |x||y|/(2 pi) (sin t + (pi - t) cos t) at t = pi/2, 0 and pi. */
START_TEST(the_relu_kernel_is_known)
{
    const struct basin_feature *relu =
        basin_feature_of(basin_features[map_index("relu")]);
    ck_assert_double_eq_tol(relu->kernel(4, 9, 0), 6 / (2 * M_PI), 1e-15);
    ck_assert_double_eq_tol(relu->kernel(4, 9, 6), 3, 1e-15);
    ck_assert_double_eq_tol(relu->kernel(4, 9, -6), 0, 1e-15);
    ck_assert_double_eq(relu->kernel(0, 9, 0), 0);
}
END_TEST

/* y = -x: directions cancel, and every draw of positive features is exact. */
START_TEST(positive_features_are_exact_for_opposite_vectors)
{
    struct basin_feature_options options = options_of("positive", BASIN_DIRECTIONS_IID);
    gsl_matrix *Z = pair(1.5, M_PI);
    for (uint64_t k = 0; k < 10; k++) {
        ck_assert_double_eq_tol(product(&options, Z, k) / exp(-2.25), 1, 1e-13);
    }
    gsl_matrix_free(Z);
}
END_TEST

/* Whatever a map: a shift divides all features, and shifted by its log size no feature is
 * greater than 1 (|z|^2 up to 3000: far beyond the range of doubles). */
START_TEST(log_sizes_keep_features_small)
{
    enum { FEATURES = 8 };
    struct basin_feature_options options = options_of("positive", BASIN_DIRECTIONS_IID);
    options.map = _i;
    const struct basin_feature *feature = basin_feature_of(basin_features[_i]);
    bool exponential = feature->softmax || strcmp(feature->kind.name, "exp") == 0;
    const double lengths[] = {0.8, 55};
    for (size_t k = 0; k < 2; k++) {
        gsl_matrix *Z = pair(lengths[k], 1);
        struct basin_feature_map map = draw_map(&options, D, k);
        gsl_matrix *U = gsl_matrix_alloc(2, map.m);
        gsl_matrix *phi = gsl_matrix_alloc(2, map.r);
        gsl_matrix *plain = gsl_matrix_alloc(2, map.r);
        double norm2[2];
        double shift[2];
        const double none[2] = {0, 0};
        basin_feature_project(&map, Z, U, norm2);
        ck_assert_double_eq_tol(norm2[1], gsl_pow_2(lengths[k]), 1e-9);
        basin_feature_log_sizes(&map, U, norm2, shift);
        basin_feature_apply(&map, U, norm2, shift, phi);
        basin_feature_apply(&map, U, norm2, none, plain);
        for (size_t j = 0; j < 2; j++) {
            double largest = 0;
            for (size_t i = 0; i < map.r; i++) {
                double feature_value = gsl_matrix_get(phi, j, i);
                largest = fmax(largest, fabs(feature_value));
                ck_assert(isfinite(feature_value));
                ck_assert(k == 1 || fabs(feature_value * exp(shift[j]) -
                                         gsl_matrix_get(plain, j, i)) < 1e-12);
            }
            ck_assert(!exponential || largest <= 0.25 * (1 + 1e-12));
            ck_assert(!exponential || largest > 0.1);
        }
        gsl_matrix_free(Z);
        gsl_matrix_free(U);
        gsl_matrix_free(phi);
        gsl_matrix_free(plain);
        basin_feature_map_free(&map);
    }
}
END_TEST

START_TEST(the_stabiliser_is_added_to_every_feature)
{
    struct basin_feature_options options = options_of("relu", BASIN_DIRECTIONS_NONE);
    options.stabilizer = NAN;
    const double z[] = {2, -1, 0.5};
    gsl_matrix_const_view Z = gsl_matrix_const_view_array(z, 1, 3);
    struct basin_feature_map map = draw_map(&options, 3, 0);
    gsl_matrix *U = gsl_matrix_alloc(1, 3);
    gsl_matrix *phi = gsl_matrix_alloc(1, 3);
    const double shift = 0;
    double norm2 = 0;
    ck_assert_uint_eq(map.r, 3);
    basin_feature_project(&map, &Z.matrix, U, &norm2);
    basin_feature_apply(&map, U, &norm2, &shift, phi);
    ck_assert_double_eq(gsl_matrix_get(phi, 0, 0), 2.001);
    ck_assert_double_eq(gsl_matrix_get(phi, 0, 1), 0.001);
    ck_assert_double_eq(gsl_matrix_get(phi, 0, 2), 0.501);
    gsl_matrix_free(U);
    gsl_matrix_free(phi);
    basin_feature_map_free(&map);
}
END_TEST

START_TEST(the_softmax_needs_directions)
{
    struct basin_feature_options options =
        options_of("trigonometric", BASIN_DIRECTIONS_NONE);
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_feature_check(&options, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text,
        "map trigonometric estimates the softmax kernel and needs random directions; "
        "\"directions: none\" goes with the generalised maps");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("features");
    TCase *c = tcase_create("features");
    tcase_set_timeout(c, 120); /* a busy machine is no failure */
    tcase_add_test(c, choices_are_the_registry);
    tcase_add_test(c, orthogonal_directions_are_orthogonal_in_their_block);
    tcase_add_test(c, directions_depend_on_key_and_sequence_alone);
    tcase_add_loop_test(c, independent_features_err_as_lemma_2_says, 0, 3);
    tcase_add_loop_test(c, orthogonal_features_err_less, 0, 3);
    tcase_add_test(c, directions_without_the_sign_correction_are_biased);
    tcase_add_test(c, equal_lengths_estimate_the_regularised_kernel);
    tcase_add_loop_test(c, generalised_maps_estimate_their_kernels, 0, 4);
    tcase_add_test(c, the_relu_kernel_is_known);
    tcase_add_test(c, positive_features_are_exact_for_opposite_vectors);
    tcase_add_loop_test(c, log_sizes_keep_features_small, 0, 8);
    tcase_add_test(c, the_stabiliser_is_added_to_every_feature);
    tcase_add_test(c, the_softmax_needs_directions);
    suite_add_tcase(s, c);
    return s;
}
