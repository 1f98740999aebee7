/* Measures: spread of weights, agreement of states, geometry. */
#include "suite.h"

#include "base/rng.h"
#include "measure/geometry.h"
#include "measure/retrieval.h"
#include "measure/spread.h"
#include "rules/scale.h"

#include <gsl/gsl_rng.h>
#include <math.h>

enum { MOST = 600 };

static double scratch[MOST];

static struct basin_spread spread_of(const double *weights, size_t n)
{
    return basin_spread_of(weights, n, 0.9, 0.01, scratch);
}

/* Uniform attention gives ceil(0.9 N): 461 of 512, 116 of 128. */
START_TEST(uniform_weights_spread_over_nine_tenths)
{
    const size_t sizes[] = {1, 2, 10, 128, 512};
    const size_t expected[] = {1, 2, 9, 116, 461};
    for (size_t i = 0; i < 5; i++) {
        double weights[MOST];
        for (size_t j = 0; j < sizes[i]; j++) {
            weights[j] = 1.0 / (double)sizes[i];
        }
        struct basin_spread s = spread_of(weights, sizes[i]);
        ck_assert_uint_eq(s.k, expected[i]);
        ck_assert_double_eq_tol(s.entropy, log((double)sizes[i]), 1e-12);
        ck_assert_double_eq_tol(s.participation, (double)sizes[i], 1e-9);
    }
}
END_TEST

START_TEST(one_weight_has_no_spread)
{
    const double weights[] = {0, 0, 1, 0};
    struct basin_spread s = spread_of(weights, 4);
    ck_assert_uint_eq(s.k, 1);
    ck_assert_uint_eq(s.support, 1);
    ck_assert_double_eq(s.entropy, 0);
    ck_assert_double_eq(s.participation, 1);
}
END_TEST

/* p_i = (1 - r) r^i sums to 1 - r^k over k weights: k = ceil(ln 0.1 / ln r). */
START_TEST(geometric_weights_have_a_known_spread)
{
    const double ratios[] = {0.3, 0.5, 0.8, 0.95};
    for (size_t i = 0; i < 4; i++) {
        double weights[MOST];
        for (size_t j = 0; j < MOST; j++) {
            weights[(j * 7) % MOST] = (1 - ratios[i]) * pow(ratios[i], (double)j);
        }
        /* 7 and 600 have no common divisor: this is a permutation. */
        size_t expected = (size_t)ceil(log(0.1) / log(ratios[i]));
        ck_assert_uint_eq(basin_spread_k(weights, MOST, 0.9, scratch), expected);
    }
}
END_TEST

START_TEST(a_sum_that_is_reached_but_for_round_off_is_reached)
{
    const double weights[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    ck_assert_uint_eq(basin_spread_k(weights, 10, 0.9, scratch), 9);
    ck_assert_uint_eq(basin_spread_k(weights, 10, 0.3, scratch), 3);
    ck_assert_uint_eq(basin_spread_k(weights, 10, 1, scratch), 10);
}
END_TEST

START_TEST(classes_have_their_borders_at_a_half_an_eighth_and_a_thirtysecond)
{
    const double k[] = {512, 257, 256, 65, 64, 17, 16, 1};
    const int expected[] = {1, 1, 2, 2, 3, 3, 4, 4};
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(basin_spread_class(k[i], 512), expected[i]);
    }
}
END_TEST

START_TEST(agreement_of_polar_states)
{
    const double pattern[] = {1, -1, 1, -1};
    const double state[] = {1, -1, 1, 1};
    struct basin_agreement a = basin_agreement_of(state, pattern, 4, BASIN_POLAR);
    ck_assert_double_eq(a.error, 0.25);
    ck_assert_double_eq(a.overlap, 0.5);
    ck_assert_double_eq(a.cosine, 0.5);
}
END_TEST

/* Overlap of binary states is hits minus false alarms: 1/2 - 1/6 here. */
START_TEST(agreement_of_binary_states)
{
    const double pattern[] = {1, 1, 0, 0, 0, 0, 0, 0};
    const double state[] = {1, 0, 1, 0, 0, 0, 0, 0};
    struct basin_agreement a = basin_agreement_of(state, pattern, 8, BASIN_BINARY);
    ck_assert_double_eq(a.error, 0.25);
    ck_assert_double_eq_tol(a.overlap, 0.5 - 1.0 / 6, 1e-15);
}
END_TEST

START_TEST(agreement_of_real_states)
{
    const double pattern[] = {3, 4};
    const double state[] = {3, 0};
    const double nothing[] = {0, 0};
    struct basin_agreement a = basin_agreement_of(state, pattern, 2, BASIN_CONTINUOUS);
    ck_assert_double_eq(a.error, 0.8);
    ck_assert_double_eq(a.overlap, 9.0 / 25);
    ck_assert_double_eq(a.cosine, 0.6);
    ck_assert_double_eq(
        basin_agreement_of(nothing, pattern, 2, BASIN_CONTINUOUS).cosine, 0);
}
END_TEST

START_TEST(geometry_of_rows)
{
    double numbers[] = {3, 4, 0, 0, 6, 8};
    double mean[2];
    gsl_matrix_view x = gsl_matrix_view_array(numbers, 3, 2);
    gsl_vector_view m = gsl_vector_view_array(mean, 2);
    ck_assert_double_eq(basin_row_distance(&x.matrix, 0, &x.matrix, 1), 5);
    ck_assert_double_eq(basin_max_norm(&x.matrix), 10);
    basin_row_mean(&x.matrix, &m.vector);
    ck_assert_double_eq(mean[0], 3);
    ck_assert_double_eq(mean[1], 4);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("measure");
    TCase *c = tcase_create("measure");
    tcase_add_test(c, uniform_weights_spread_over_nine_tenths);
    tcase_add_test(c, one_weight_has_no_spread);
    tcase_add_test(c, geometric_weights_have_a_known_spread);
    tcase_add_test(c, a_sum_that_is_reached_but_for_round_off_is_reached);
    tcase_add_test(c, classes_have_their_borders_at_a_half_an_eighth_and_a_thirtysecond);
    tcase_add_test(c, agreement_of_polar_states);
    tcase_add_test(c, agreement_of_binary_states);
    tcase_add_test(c, agreement_of_real_states);
    tcase_add_test(c, geometry_of_rows);
    suite_add_tcase(s, c);
    return s;
}
