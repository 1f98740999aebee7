/* The experiment on attention by random features: its numbers against their definitions,
 * made again from the layers below, and against what is known exactly. */
#include "suite.h"

#include "one_cell.h"

#include "base/rng.h"
#include "kernels/random.h"
#include "kernels/softmax.h"

#include <gsl/gsl_math.h>

#define CONFIG(fields, map)                                                              \
    "experiment: approximation\nseed: 5\n" fields "\nmaps: [{" map "}]\n"

static void measure(struct one_cell *c, const char *config, uint32_t replicate)
{
    ck_assert_msg(one_cell_open(c, config) == 0, "%s", c->diag.text);
    one_cell_run(c, replicate);
}

#define NUMBER(c, name) one_cell_value(&(c), name, 0)

/* With (many) exact features every error is nearly nothing. */
START_TEST(many_features_are_softmax)
{
    struct one_cell c;
    measure(&c,
        CONFIG("length: 40\ndimension: 4\nqueries: 70\nsigma: 0.4",
            "map: positive, features: 20000, stabilizer: 0"),
        0);
    ck_assert_double_lt(NUMBER(c, "output_mse"), 1e-5);
    ck_assert_double_lt(NUMBER(c, "weight_l1"), 0.03);
    ck_assert_double_gt(NUMBER(c, "rank_correlation"), 0.98);
    ck_assert_double_eq(NUMBER(c, "negative_rate"), 0);
    ck_assert_double_eq(NUMBER(c, "outside"), 0);
    ck_assert_double_eq(NUMBER(c, "outputs"), 280);
    ck_assert_double_eq_tol(NUMBER(c, "entropy"), NUMBER(c, "entropy_softmax"), 0.01);
    ck_assert_double_eq_tol(NUMBER(c, "k_median"), NUMBER(c, "k_median_softmax"), 1);
    ck_assert(!one_cell_has(&c, "squared_bias"));
    ck_assert(!one_cell_has(&c, "unnormalized"));
    one_cell_close(&c);
}
END_TEST

/* A map that is nothing but its stabiliser gives every key the same weight: the error is
 * that of the mean, the spread is over 9/10 of the keys. */
START_TEST(constant_features_give_the_mean)
{
    enum { L = 50, D = 3 };
    struct one_cell c;
    measure(&c,
        CONFIG("length: 50\ndimension: 3\nqueries: 5",
            "map: relu, features: 4, stabilizer: 1e9"),
        3);
    double values[L * D];
    double mean[D] = {0};
    uint64_t key = basin_rng_key(5, L, BASIN_FOR_PATTERNS);
    key = basin_rng_key(key, D, BASIN_FOR_PATTERNS);
    basin_random_gaussians(
        basin_isa_best(), key, basin_rng_sequence(3, 1), values, (size_t)L * D);
    for (size_t i = 0; i < (size_t)L * D; i++) {
        mean[i % D] += values[i] / L;
    }
    double keys[L * D];
    double queries[5 * D];
    basin_random_gaussians(
        basin_isa_best(), key, basin_rng_sequence(3, 0), keys, (size_t)L * D);
    basin_random_gaussians(
        basin_isa_best(), key, basin_rng_sequence(3, 2), queries, (size_t)5 * D);
    double mse = 0;
    double l1 = 0;
    for (size_t j = 0; j < 5; j++) {
        double p[L];
        double o[D];
        basin_softmax_plain(
            keys, D, values, D, L, D, D, 1 / sqrt(D), queries + j * D, p, o);
        for (size_t l = 0; l < D; l++) {
            mse += gsl_pow_2(o[l] - mean[l]) / (5 * D);
        }
        for (size_t i = 0; i < L; i++) {
            l1 += fabs(p[i] - 1.0 / L) / 5;
        }
    }
    ck_assert_double_eq_tol(NUMBER(c, "output_mse"), mse, 1e-6);
    ck_assert_double_eq_tol(NUMBER(c, "weight_l1"), l1, 1e-6);
    ck_assert_double_eq(NUMBER(c, "k_median"), 45);
    ck_assert_double_eq(NUMBER(c, "class"), 1);
    ck_assert_double_eq_tol(NUMBER(c, "entropy"), log(L), 1e-6);
    one_cell_close(&c);
}
END_TEST

/* Inputs are shared by maps and scales, so softmax's own numbers are the same. */
START_TEST(maps_meet_the_same_inputs)
{
    struct one_cell a;
    struct one_cell b;
    measure(&a, CONFIG("length: 30\nqueries: 9", "map: relu, directions: none"), 1);
    measure(&b, CONFIG("length: 30\nqueries: 9\nredraws: 2", "map: positive"), 1);
    ck_assert_double_eq(NUMBER(a, "entropy_softmax"), NUMBER(b, "entropy_softmax"));
    one_cell_close(&a);
    one_cell_close(&b);
}
END_TEST

/* Few trigonometric features of large inputs: sums that are negative, weights without a
 * spread, outputs far outside the values. */
START_TEST(trigonometric_features_break)
{
    struct one_cell c;
    measure(&c, CONFIG("length: 64\nsigma: 1.5", "map: trigonometric, features: 8"), 0);
    ck_assert_double_gt(NUMBER(c, "negative_rate"), 0.1);
    ck_assert_double_gt(NUMBER(c, "outside"), 0);
    ck_assert(isnan(NUMBER(c, "k_median")));
    ck_assert(isnan(NUMBER(c, "same_class")));
    ck_assert(isfinite(NUMBER(c, "k_median_softmax")));
    one_cell_close(&c);
}
END_TEST

/* One feature: the weights are exp(w.k)/sum exp(w.k) for any query, far from softmax even
 * in expectation; the squared bias is less than the error and not nothing. */
START_TEST(averaging_leaves_the_bias)
{
    struct one_cell c;
    measure(&c,
        CONFIG("length: 6\ndimension: 4\nredraws: 400", "map: positive, features: 1"), 0);
    double bias = sqrt(NUMBER(c, "squared_bias"));
    ck_assert_double_gt(bias, 0.1);
    ck_assert_double_lt(bias, NUMBER(c, "weight_l1") * 1.5);
    one_cell_close(&c);
}
END_TEST

/* Linear features without D: o' = V^T (K q) / sqrt(d), linear in q, so that doubled
 * inputs give four times the output. */
START_TEST(outputs_without_d_are_sums)
{
    struct one_cell a;
    struct one_cell b;
    measure(&a,
        CONFIG("length: 32\nqueries: 65\nsigma: 0.5",
            "map: linear, directions: none, subtract_max: false"),
        0);
    measure(&b,
        CONFIG("length: 32\nqueries: 65\nsigma: 1",
            "map: linear, directions: none, subtract_max: false"),
        0);
    double single = NUMBER(a, "unnormalized");
    ck_assert_double_gt(single, 0);
    ck_assert_double_eq_tol(NUMBER(b, "unnormalized"), 4 * single, 1e-9 * single);
    one_cell_close(&a);
    one_cell_close(&b);
}
END_TEST

START_TEST(histograms_count_every_query)
{
    struct one_cell c;
    measure(&c, CONFIG("length: 64\nqueries: 33", "map: positive"), 0);
    double n = 0;
    double exact = 0;
    double distance = 0;
    for (size_t b = 0; b < 32; b++) {
        double p = one_cell_value(&c, "k_histogram", b);
        double q = one_cell_value(&c, "k_histogram_softmax", b);
        n += p;
        exact += q;
        distance += fabs(p - q) / 2 / 33;
    }
    ck_assert_double_eq(n, 33);
    ck_assert_double_eq(exact, 33);
    ck_assert_double_eq_tol(NUMBER(c, "k_distance"), distance, 1e-12);
    one_cell_close(&c);
}
END_TEST

/* e^(scaled products) above the range of doubles: a failure with its reason. */
START_TEST(a_denominator_out_of_range_is_a_failure)
{
    struct one_cell c;
    ck_assert_int_eq(
        one_cell_open(&c, CONFIG("length: 8\nsigma: 100",
                              "map: trigonometric, features: 4, subtract_max: false")),
        0);
    ck_assert_int_eq(one_cell_try(&c, 0), BASIN_ERR_NUMERIC);
    ck_assert_ptr_nonnull(strstr(c.diag.text, "trigonometric features make D "));
    ck_assert_ptr_nonnull(strstr(c.diag.text, ", by which nothing can be divided"));
    one_cell_close(&c);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("approximation");
    TCase *t = tcase_create("approximation");
    tcase_add_test(t, many_features_are_softmax);
    tcase_add_test(t, constant_features_give_the_mean);
    tcase_add_test(t, maps_meet_the_same_inputs);
    tcase_add_test(t, trigonometric_features_break);
    tcase_add_test(t, averaging_leaves_the_bias);
    tcase_add_test(t, outputs_without_d_are_sums);
    tcase_add_test(t, histograms_count_every_query);
    tcase_add_test(t, a_denominator_out_of_range_is_a_failure);
    suite_add_tcase(s, t);
    return s;
}
