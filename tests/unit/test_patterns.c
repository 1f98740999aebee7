/* Random pattern sources and normalisation. The seeds are fixed; the bounds of random
 * quantities are 5 standard deviations wide (a false alarm in 10^6 seeds). */
#include "suite.h"

#include "drawn.h"
#include "experiments/experiment.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_statistics_double.h>

static double dot(const gsl_matrix *x, size_t i, size_t j)
{
    gsl_vector_const_view a = gsl_matrix_const_row(x, i);
    gsl_vector_const_view b = gsl_matrix_const_row(x, j);
    double sum;
    gsl_blas_ddot(&a.vector, &b.vector, &sum);
    return sum;
}

static double cosine(const gsl_matrix *x, size_t i, size_t j)
{
    return dot(x, i, j) / sqrt(dot(x, i, i) * dot(x, j, j));
}

/* Over all pairs of rows. */
static double mean_cosine(const gsl_matrix *x)
{
    double sum = 0;
    for (size_t i = 0; i < x->size1; i++) {
        for (size_t j = 0; j < i; j++) {
            sum += cosine(x, i, j);
        }
    }
    return sum / ((double)x->size1 * (double)(x->size1 - 1) / 2);
}

static double mean(const gsl_matrix *x)
{
    return gsl_stats_mean(x->data, 1, x->size1 * x->size2);
}

static double sd(const gsl_matrix *x)
{
    return gsl_stats_sd(x->data, 1, x->size1 * x->size2);
}

/* One assertion for all units: each costs a system call. */
static bool all_polar(const gsl_matrix *x)
{
    bool polar = true;
    for (size_t i = 0; i < x->size1 * x->size2; i++) {
        polar = polar && fabs(x->data[i]) == 1;
    }
    return polar;
}

static const char *const RANDOM[] = {"polar", "binary", "bernoulli", "uniform",
    "gaussian", "sphere", "template", "clusters"};
enum { RANDOMS = sizeof(RANDOM) / sizeof(RANDOM[0]) };

START_TEST(the_first_patterns_of_more_are_the_same)
{
    gsl_matrix *few = drawn(RANDOM[_i], NO_PAIRS, 3, 5);
    gsl_matrix *many = drawn(RANDOM[_i], NO_PAIRS, 11, 5);
    gsl_matrix *others = drawn(RANDOM[_i], NO_PAIRS, 3, 6);
    ck_assert_uint_eq(few->size2, 100);
    ck_assert_mem_eq(few->data, many->data, 3 * 100 * sizeof(double));
    for (size_t i = 0; i < 3; i++) {
        ck_assert(memcmp(gsl_matrix_ptr(few, i, 0), gsl_matrix_ptr(others, i, 0),
                      100 * sizeof(double)) != 0);
        ck_assert(memcmp(gsl_matrix_ptr(many, i, 0), gsl_matrix_ptr(many, i + 1, 0),
                      100 * sizeof(double)) != 0);
    }
    gsl_matrix_free(few);
    gsl_matrix_free(many);
    gsl_matrix_free(others);
}
END_TEST

START_TEST(every_source_says_what_it_is)
{
    for (size_t i = 0; basin_sources[i] != NULL; i++) {
        const struct basin_source *source = basin_source_of(basin_sources[i]);
        union params params = params_of(&source->kind, NO_PAIRS);
        enum basin_domain domain = source->domain(&params);
        ck_assert(domain == BASIN_POLAR || domain == BASIN_BINARY ||
                  domain == BASIN_CONTINUOUS);
        ck_assert_uint_gt(strlen(source->kind.summary), 10);
        ck_assert_int_ge(source->kind.version, 1);
        ck_assert_uint_gt(source->dimension(&params), 0);
        ck_assert((source->open == NULL) == (source->close == NULL));
        if (source->side != NULL) {
            ck_assert_uint_eq(source->side(&params) * source->side(&params),
                source->dimension(&params));
        }
        for (const struct basin_field *f = source->kind.fields; f->name != NULL; f++) {
            ck_assert_uint_gt(strlen(f->help), 10);
        }
    }
    ck_assert_str_eq(basin_domain_name(BASIN_BINARY), "binary (0, 1)");
}
END_TEST

START_TEST(polar_signs_are_fair_and_independent)
{
    enum { N = 50, D = 1001 };
    gsl_matrix *x = drawn("polar", PAIRS("dimension", "1001"), N, 0);
    ck_assert(all_polar(x));
    ck_assert_double_lt(fabs(mean(x)), 5 / sqrt(N * D));
    ck_assert_double_lt(fabs(mean_cosine(x)), 5 / sqrt(N * (N - 1) / 2.0 * D));
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        sum += gsl_matrix_get(x, i, D - 1);
    }
    ck_assert_double_lt(fabs(sum), 5 * sqrt(N));
    gsl_matrix_free(x);
}
END_TEST

START_TEST(binary_patterns_have_exactly_k_ones)
{
    enum { N = 400, D = 50 };
    gsl_matrix *x = drawn("binary", PAIRS("dimension", "50", "activity", "0.13"), N, 0);
    for (size_t i = 0; i < N; i++) {
        double ones = 0;
        size_t zeros = 0;
        for (size_t j = 0; j < D; j++) {
            double unit = gsl_matrix_get(x, i, j);
            ones += unit;
            zeros += unit == 0;
        }
        ck_assert_double_eq(ones, 7); /* round(6.5) */
        ck_assert_uint_eq(zeros, D - 7);
    }
    double p = 7.0 / D;
    for (size_t j = 0; j < D; j++) {
        double share = gsl_stats_mean(x->data + j, D, N);
        ck_assert_double_lt(fabs(share - p), 5 * sqrt(p * (1 - p) / N));
    }
    gsl_matrix_free(x);
    x = drawn("binary", PAIRS("dimension", "50", "active", "4"), 1, 0);
    ck_assert_double_eq_tol(mean(x), 4.0 / D, 1e-15);
    gsl_matrix_free(x);
    assert_refused("binary", PAIRS("dimension", "50", "active", "51"), 1,
        BASIN_ERR_CONFIG, "active: 51 units cannot be 1 in patterns of dimension 50");
    assert_refused("binary", PAIRS("dimension", "50", "activity", "0.009"), 1,
        BASIN_ERR_CONFIG, "0 of 50 units are 1: all binary patterns would be the same");
    assert_refused("binary", PAIRS("dimension", "50", "active", "50"), 1,
        BASIN_ERR_CONFIG, "50 of 50 units are 1: all binary patterns would be the same");
}
END_TEST

START_TEST(uniform_and_gaussian_have_their_moments)
{
    enum { N = 200, D = 100 };
    double n = N * D;
    gsl_matrix *x = drawn("uniform", NO_PAIRS, N, 0);
    double least;
    double most;
    gsl_matrix_minmax(x, &least, &most);
    ck_assert(least >= -1 && least < -0.99 && most < 1 && most > 0.99);
    ck_assert_double_lt(fabs(mean(x)), 5 * sqrt(1.0 / 3 / n));
    ck_assert_double_lt(fabs(sd(x) - sqrt(1.0 / 3)), 5 * 0.26 / sqrt(n));
    gsl_matrix_free(x);
    x = drawn("gaussian", PAIRS("sd", "3"), N, 0);
    ck_assert_double_lt(fabs(mean(x)), 5 * 3 / sqrt(n));
    ck_assert_double_lt(fabs(sd(x) - 3), 5 * 3 / sqrt(2 * n));
    ck_assert_double_lt(fabs(gsl_stats_kurtosis(x->data, 1, N * D)), 5 * sqrt(24 / n));
    gsl_matrix_free(x);
}
END_TEST

START_TEST(sphere_points_have_their_norm_in_any_direction)
{
    enum { N = 200 };
    gsl_matrix *x = drawn("sphere", PAIRS("dimension", "3", "radius", "2.5"), N, 0);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(sqrt(dot(x, i, i)), 2.5, 1e-12);
    }
    /* On a sphere in three dimensions each coordinate is uniform (Archimedes). */
    for (size_t j = 0; j < 3; j++) {
        double tolerance = 5 * 2.5 / sqrt(3.0 * N);
        ck_assert_double_lt(fabs(gsl_stats_mean(x->data + j, 3, N)), tolerance);
        ck_assert_double_lt(
            fabs(gsl_stats_sd(x->data + j, 3, N) - 2.5 / sqrt(3)), tolerance);
    }
    gsl_matrix_free(x);
    x = drawn("sphere", PAIRS("dimension", "49"), 1, 0);
    ck_assert_double_eq_tol(sqrt(dot(x, 0, 0)), 7, 1e-12);
    gsl_matrix_free(x);
}
END_TEST

/* An axis and a metric of the same name could not stand in one result. */
START_TEST(no_parameter_is_called_like_a_metric)
{
    for (size_t s = 0; basin_sources[s] != NULL; s++) {
        const struct basin_field *field = basin_sources[s]->fields;
        for (; field->name != NULL; field++) {
            for (size_t i = 0; basin_experiments[i] != NULL; i++) {
                const struct basin_metric *metric =
                    basin_experiment_of(basin_experiments[i])->metrics;
                for (; metric->name != NULL; metric++) {
                    ck_assert_str_ne(field->name, metric->name);
                }
            }
        }
    }
}
END_TEST

START_TEST(template_patterns_overlap_as_asked)
{
    enum { N = 20, D = 4096 };
    const char *const overlaps[] = {"0", "0.2", "0.5", "1"};
    for (size_t k = 0; k < 4; k++) {
        gsl_matrix *x = drawn(
            "template", PAIRS("dimension", "4096", "correlation", overlaps[k]), N, 0);
        double c = strtod(overlaps[k], NULL);
        /* Pairs share patterns: their mean varies by at most 2 sqrt(c (1 - c) / N D) and
         * the independent part. */
        double tolerance =
            5 * (2 * sqrt(c * (1 - c) / (N * D)) + sqrt((1 - c * c) / (190.0 * D)));
        ck_assert_double_le(fabs(mean_cosine(x) - c), tolerance + 1e-12);
        ck_assert(all_polar(x));
        gsl_matrix_free(x);
    }
}
END_TEST

/* The correlation of two patterns varies by about 1/(2 sqrt(k)) = .025 from pair to pair,
 * their mean over 190 pairs by .002; the bound is five times that, and what rounding j
 * does.
 */
START_TEST(binary_template_patterns_correlate_as_asked)
{
    enum { N = 20, D = 4096, K = 410 };
    const char *const correlations[] = {"0", "0.2", "0.5", "1"};
    for (size_t k = 0; k < 4; k++) {
        gsl_matrix *x = drawn("template_binary",
            PAIRS("dimension", "4096", "correlation", correlations[k]), N, 0);
        double p = (double)K / D;
        double c = (mean_cosine(x) - p) / (1 - p);
        ck_assert_double_le(fabs(c - strtod(correlations[k], NULL)), 0.01 + 1.0 / K);
        for (size_t i = 0; i < N; i++) {
            ck_assert_double_eq(dot(x, i, i), K);
        }
        gsl_matrix_free(x);
    }
    gsl_matrix *x = drawn("template_binary",
        PAIRS("dimension", "10", "activity", "0.8", "correlation", "0"), N, 0);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq(dot(x, i, i), 8);
    }
    gsl_matrix_free(x);
}
END_TEST

START_TEST(clusters_are_filled_in_turn)
{
    enum { N = 30, C = 4 };
    gsl_matrix *x = drawn("clusters",
        PAIRS("dimension", "1000", "spread", "0.5", "center_radius", "20"), N, 0);
    /* cosine = R^2 / (R^2 + d s^2) = 400 / 650 inside, 0 between clusters */
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < i; j++) {
            double expected = i % C == j % C ? 400.0 / 650 : 0;
            ck_assert_double_lt(fabs(cosine(x, i, j) - expected), 0.17);
        }
    }
    gsl_matrix_free(x);
    x = drawn("clusters", PAIRS("equal_norms", "true", "center_radius", "3"), N, 0);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(sqrt(dot(x, i, i)), 3, 1e-12);
    }
    gsl_matrix_free(x);
}
END_TEST

/* The statistics of 24 real pictures: pixel mean .10, sd .39, cosine .20. Averages of 40
 * sets; the bounds are about 5 standard errors. */
START_TEST(fields_look_like_real_pictures)
{
    enum { SETS = 40, N = 12 };
    double m = 0;
    double s = 0;
    double c = 0;
    for (uint32_t r = 0; r < SETS; r++) {
        gsl_matrix *x = drawn("fields", PAIRS("side", "32"), N, r);
        double least;
        double most;
        gsl_matrix_minmax(x, &least, &most);
        ck_assert(least >= -1 && most <= 1);
        m += mean(x) / SETS;
        s += sd(x) / SETS;
        c += mean_cosine(x) / SETS;
        gsl_matrix_free(x);
    }
    ck_assert_double_eq_tol(m, 0.10, 0.03);
    ck_assert_double_eq_tol(s, 0.39, 0.02);
    ck_assert_double_eq_tol(c, 0.20, 0.04);
    assert_refused("fields", PAIRS("mean", "0.5", "mean_cosine", "0.1"), 1,
        BASIN_ERR_CONFIG,
        "mean_cosine: 0.1 is less than the 0.622 that pictures of mean 0.5 and sd 0.39 "
        "have");
}
END_TEST

/* Correlation exp(-1/2) at the correlation length, far less beyond. */
START_TEST(fields_are_smooth)
{
    enum { SETS = 200, SIDE = 50 };
    double near = 0;
    double far = 0;
    double variance = 0;
    for (uint32_t r = 0; r < SETS; r++) {
        gsl_matrix *x = drawn("fields",
            PAIRS("side", "50", "mean", "0", "sd", "0.1", "mean_cosine", "0"), 1, r);
        for (size_t y = 0; y < SIDE; y++) {
            const double *row = x->data + y * SIDE;
            variance += row[0] * row[0];
            near += row[0] * row[4];
            far += row[0] * row[16];
        }
        gsl_matrix_free(x);
    }
    ck_assert_double_eq_tol(sqrt(variance / (SETS * SIDE)), 0.1, 0.01);
    ck_assert_double_eq_tol(near / variance, exp(-0.5), 0.05);
    ck_assert_double_eq_tol(far / variance, 0, 0.1);
}
END_TEST

static gsl_matrix *small_matrix(void)
{
    const double values[] = {3, 4, 0, 0, 1, 1};
    gsl_matrix *x = gsl_matrix_alloc(3, 2);
    memcpy(x->data, values, sizeof(values));
    return x;
}

START_TEST(normalisations_do_what_they_say)
{
    struct basin_diag diag = {{0}};
    gsl_matrix *x = small_matrix();
    gsl_matrix *y = small_matrix();
    ck_assert_int_eq(basin_patterns_normalize(x, BASIN_NORMALIZE_NONE, &diag), 0);
    ck_assert_mem_eq(x->data, y->data, 6 * sizeof(double));
    ck_assert_int_eq(basin_patterns_normalize(x, BASIN_NORMALIZE_COMMON, &diag), 0);
    ck_assert_double_eq_tol(gsl_matrix_get(x, 0, 1), 0.8, 1e-15);
    ck_assert_double_eq_tol(gsl_matrix_get(x, 2, 1), 0.2, 1e-15);
    gsl_matrix_set(y, 1, 0, -5);
    ck_assert_int_eq(basin_patterns_normalize(y, BASIN_NORMALIZE_UNIT, &diag), 0);
    ck_assert_double_eq_tol(gsl_matrix_get(y, 0, 0), 0.6, 1e-15);
    ck_assert_double_eq_tol(gsl_matrix_get(y, 1, 0), -1, 1e-15);
    gsl_matrix_set(y, 2, 0, 7);
    ck_assert_int_eq(
        basin_patterns_normalize(y, BASIN_NORMALIZE_CENTERED_UNIT, &diag), 0);
    ck_assert_double_eq_tol(gsl_matrix_get(y, 2, 0), sqrt(0.5), 1e-15);
    ck_assert_double_eq_tol(gsl_matrix_get(y, 2, 1), -sqrt(0.5), 1e-15);
    gsl_matrix_free(x);
    gsl_matrix_free(y);
}
END_TEST

START_TEST(what_cannot_be_normalised_is_named)
{
    struct basin_diag diag = {{0}};
    gsl_matrix *x = small_matrix();
    ck_assert_int_eq(
        basin_patterns_normalize(x, BASIN_NORMALIZE_UNIT, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "pattern 1 cannot be normalised: all its units are 0");
    gsl_matrix_set(x, 1, 0, 2);
    ck_assert_int_eq(basin_patterns_normalize(x, BASIN_NORMALIZE_CENTERED_UNIT, &diag),
        BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "pattern 2 cannot be normalised: all its units are 1");
    gsl_matrix_set_zero(x);
    ck_assert_int_eq(
        basin_patterns_normalize(x, BASIN_NORMALIZE_COMMON, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "patterns cannot be normalised: all of them are zero");
    gsl_matrix_free(x);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("patterns");
    TCase *c = tcase_create("patterns");
    tcase_add_loop_test(c, the_first_patterns_of_more_are_the_same, 0, RANDOMS);
    tcase_add_test(c, every_source_says_what_it_is);
    tcase_add_test(c, polar_signs_are_fair_and_independent);
    tcase_add_test(c, binary_patterns_have_exactly_k_ones);
    tcase_add_test(c, uniform_and_gaussian_have_their_moments);
    tcase_add_test(c, sphere_points_have_their_norm_in_any_direction);
    tcase_add_test(c, no_parameter_is_called_like_a_metric);
    tcase_add_test(c, template_patterns_overlap_as_asked);
    tcase_add_test(c, binary_template_patterns_correlate_as_asked);
    tcase_add_test(c, clusters_are_filled_in_turn);
    tcase_add_test(c, fields_look_like_real_pictures);
    tcase_add_test(c, fields_are_smooth);
    tcase_add_test(c, normalisations_do_what_they_say);
    tcase_add_test(c, what_cannot_be_normalised_is_named);
    suite_add_tcase(s, c);
    return s;
}
