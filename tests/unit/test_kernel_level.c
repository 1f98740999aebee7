/* The experiment on one pair x, y: what its numbers have to do with each other and with
 * what is known exactly. */
#include "suite.h"

#include "one_cell.h"

#define CONFIG(fields, map) "experiment: kernel\nseed: 3\n" fields "\nmaps: [{" map "}]\n"

static void measure(struct one_cell *c, const char *config, uint32_t replicate)
{
    ck_assert_msg(one_cell_open(c, config) == 0, "%s", c->diag.text);
    one_cell_run(c, replicate);
}

START_TEST(a_mean_squared_error_is_variance_and_bias)
{
    struct one_cell c;
    measure(&c,
        CONFIG("dimension: 4\nangle: 30\ndraws: 500",
            "map: positive, features: 4, stabilizer: 0.1"),
        2);
    double K = one_cell_value(&c, "kernel", 0);
    double mean = one_cell_value(&c, "estimate", 0);
    double variance = one_cell_value(&c, "variance", 0) * 499 / 500;
    ck_assert_double_eq_tol(K, exp(cos(M_PI / 6)), 1e-12);
    ck_assert_double_eq_tol(one_cell_value(&c, "ratio", 0), mean / K, 1e-12);
    ck_assert_double_eq_tol(
        one_cell_value(&c, "mse", 0), variance + (mean - K) * (mean - K), 1e-10);
    ck_assert_double_eq_tol(
        one_cell_value(&c, "ratio_error", 0), sqrt(variance / 499) / K, 1e-12);
    ck_assert_double_gt(one_cell_value(&c, "mse_error", 0), 0);
    one_cell_close(&c);
}
END_TEST

START_TEST(numbers_depend_on_cell_and_replicate_alone)
{
    static const char config[] = CONFIG("draws: 10\nplace: random", "map: trigonometric");
    struct one_cell a;
    struct one_cell b;
    struct one_cell other;
    measure(&a, config, 0);
    measure(&b, config, 0);
    measure(&other, config, 1);
    ck_assert_mem_eq(a.record.values, b.record.values, a.record.n * sizeof(double));
    ck_assert_double_ne(
        one_cell_value(&a, "estimate", 0), one_cell_value(&other, "estimate", 0));
    one_cell_close(&a);
    one_cell_close(&b);
    one_cell_close(&other);
}
END_TEST

/* Lemma 2: positive features of x and -x have no error at all. */
START_TEST(positive_features_are_exact_for_opposite_vectors)
{
    struct one_cell c;
    measure(&c, CONFIG("angle: 180\ndraws: 20", "stabilizer: 0"), 0);
    ck_assert_double_eq_tol(one_cell_value(&c, "ratio", 0), 1, 1e-12);
    ck_assert_double_lt(one_cell_value(&c, "mse", 0), 1e-24);
    one_cell_close(&c);
}
END_TEST

/* Wherever the pair lies, its kernel is the same, and so are estimates without bias. */
START_TEST(the_place_does_not_change_lengths_and_angle)
{
    static const char *const configs[] = {
        CONFIG("angle: 70\ndraws: 4000\nplace: axes", "features: 8, directions: iid"),
        CONFIG("angle: 70\ndraws: 4000\nplace: diagonal", "features: 8, directions: iid"),
        CONFIG("angle: 70\ndraws: 4000\nplace: random", "features: 8, directions: iid")};
    struct one_cell c;
    measure(&c, configs[_i], 0);
    ck_assert_double_eq_tol(
        one_cell_value(&c, "kernel", 0), exp(cos(70 * M_PI / 180)), 1e-12);
    ck_assert_double_eq_tol(
        one_cell_value(&c, "ratio", 0), 1, 5 * one_cell_value(&c, "ratio_error", 0));
    one_cell_close(&c);
}
END_TEST

/* Householder's reflections give the first direction a component of fixed sign: along the
 * first axis a plane's two directions lose a third (measured before: 0.660). */
START_TEST(directions_without_signs_are_biased)
{
    struct one_cell with;
    struct one_cell without;
    measure(&with,
        CONFIG("dimension: 2\nnorm: 0.5\nangle: 0\ndraws: 20000",
            "features: 2, stabilizer: 0"),
        0);
    measure(&without,
        CONFIG("dimension: 2\nnorm: 0.5\nangle: 0\ndraws: 20000",
            "features: 2, stabilizer: 0, sign_correction: false"),
        0);
    ck_assert_double_eq_tol(one_cell_value(&with, "ratio", 0), 1, 0.04);
    ck_assert_double_eq_tol(one_cell_value(&without, "ratio", 0), 0.66, 0.04);
    one_cell_close(&with);
    one_cell_close(&without);
}
END_TEST

START_TEST(half_of_the_relu_features_are_zero)
{
    struct one_cell c;
    measure(&c,
        CONFIG("draws: 2000", "map: relu, features: 8, directions: iid, stabilizer: 0"),
        0);
    ck_assert_double_eq_tol(one_cell_value(&c, "zero_rate", 0), 0.5, 0.02);
    ck_assert(!one_cell_has(&c, "relative_mse"));
    one_cell_close(&c);
}
END_TEST

START_TEST(what_has_no_kernel_has_no_error)
{
    static const char *const maps[] = {CONFIG("draws: 2", "map: sigmoid"),
        CONFIG("draws: 2", "map: relu, directions: none")};
    struct one_cell c;
    measure(&c, maps[_i], 0);
    ck_assert(isfinite(one_cell_value(&c, "estimate", 0)));
    ck_assert(!one_cell_has(&c, "kernel"));
    ck_assert(!one_cell_has(&c, "mse"));
    one_cell_close(&c);
}
END_TEST

START_TEST(a_softmax_map_without_directions_is_refused)
{
    struct one_cell c;
    ck_assert_int_eq(
        one_cell_open(&c, CONFIG("draws: 2", "map: positive, directions: none")),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(c.diag.text,
        "map positive estimates the softmax kernel and needs random directions; "
        "\"directions: none\" goes with the generalised maps");
    one_cell_close(&c);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel level");
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, a_mean_squared_error_is_variance_and_bias);
    tcase_add_test(numbers, numbers_depend_on_cell_and_replicate_alone);
    tcase_add_loop_test(numbers, what_has_no_kernel_has_no_error, 0, 2);
    tcase_add_test(numbers, a_softmax_map_without_directions_is_refused);
    suite_add_tcase(s, numbers);
    TCase *known = tcase_create("what is known");
    tcase_add_test(known, positive_features_are_exact_for_opposite_vectors);
    tcase_add_loop_test(known, the_place_does_not_change_lengths_and_angle, 0, 3);
    tcase_add_test(known, directions_without_signs_are_biased);
    tcase_add_test(known, half_of_the_relu_features_are_zero);
    suite_add_tcase(s, known);
    return s;
}
