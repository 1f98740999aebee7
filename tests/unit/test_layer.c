/* Experiment layer: its twin by hand, and what it must notice. */
#include "one_cell.h"
#include "rule_setup.h"

#include "experiments/derivative.h"
#include "experiments/head.h"

static struct basin_head draw(struct basin_head_shape shape)
{
    struct basin_head head;
    struct basin_diag diag = {{0}};
    int ret = basin_head_init(&head, &shape, 5, 2, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    return head;
}

/* Keys 1 and -1, query 2, value 3: Z = 3 tanh(2 beta). */
START_TEST(plain_attention_has_its_known_value)
{
    struct basin_head head = draw((struct basin_head_shape){
        .n = 2, .s = 1, .d_y = 1, .d_k = 1, .d_v = 1, .key_scale = 1});
    double weight[2];
    gsl_matrix *Z = gsl_matrix_alloc(1, 1);
    gsl_matrix_set(head.Y, 0, 0, 1);
    gsl_matrix_set(head.Y, 1, 0, -1);
    gsl_matrix_set(head.R, 0, 0, 0.5);
    gsl_matrix_set(head.W_K, 0, 0, 1);
    gsl_matrix_set(head.W_Q, 0, 0, 4);
    gsl_matrix_set(head.W_V, 0, 0, 3);
    basin_head_attention(&head, 0.7, weight, Z);
    ck_assert_double_eq_tol(gsl_matrix_get(Z, 0, 0), 3 * tanh(1.4), 1e-15);
    gsl_matrix_free(Z);
    basin_head_free(&head);
}
END_TEST

/* Of the value (3, 4) the direction (1, 0) leaves 4 of 5; two directions leave nothing.
 */
START_TEST(the_residual_is_what_sticks_out_of_the_keys)
{
    for (size_t d_k = 1; d_k <= 3; d_k++) {
        struct basin_head head = draw((struct basin_head_shape){
            .n = 1, .s = 1, .d_y = 2, .d_k = d_k, .d_v = 1, .key_scale = 1});
        double residual;
        gsl_matrix_set(head.W_K, 0, 0, 2);
        gsl_matrix_set(head.W_K, 1, 0, 0);
        gsl_matrix_set(head.free_W, 0, 0, 3);
        gsl_matrix_set(head.free_W, 1, 0, 4);
        ck_assert_int_eq(basin_head_residual(&head, &residual, NULL), 0);
        ck_assert_double_eq_tol(residual, d_k == 1 ? 0.8 : 0, 1e-15);
        basin_head_free(&head);
    }
}
END_TEST

/* Cells are compared on common random numbers. */
START_TEST(heads_share_what_their_shapes_have_in_common)
{
    struct basin_head small = draw((struct basin_head_shape){
        .n = 3, .s = 2, .d_y = 4, .d_k = 2, .d_v = 1, .key_scale = 1, .tied = true});
    struct basin_head large = draw((struct basin_head_shape){
        .n = 5, .s = 9, .d_y = 4, .d_k = 6, .d_v = 3, .key_scale = 2, .tied = true});
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 2; k++) {
            ck_assert_double_eq(
                2 * gsl_matrix_get(small.K, i, k), gsl_matrix_get(large.K, i, k));
        }
    }
    basin_head_free(&small);
    basin_head_free(&large);
}
END_TEST

/* The formulas hold; half of one, with the weights taken as constant, is seen to fail. */
START_TEST(a_wrong_derivative_is_noticed)
{
    gsl_rng *r = test_rng(3);
    gsl_matrix *K = random_gaussian(7, 4, r);
    gsl_matrix *Q = random_gaussian(5, 4, r);
    struct setup net = SETUP(basin_rule_modern, K, 0, "beta", "0.5");
    struct basin_derivative_errors errors;
    ck_assert_int_eq(basin_derivative_check(&basin_rule_modern, net.params, &net.options,
                         K, Q, 1, 0, &errors, NULL),
        0);
    ck_assert_double_lt(errors.state, 1e-8);
    ck_assert_double_lt(errors.patterns, 1e-8);
    ck_assert_double_gt(errors.first_term, 0.05);
    setup_free(&net);
    gsl_matrix_free(K);
    gsl_matrix_free(Q);
    gsl_rng_free(r);
}
END_TEST

static struct one_cell cell;

static double value(const char *metric)
{
    return one_cell_value(&cell, metric, 0);
}

/* Two separate patterns: one of them is read out at once, and stays. */
START_TEST(a_cold_layer_reads_out_single_patterns)
{
    ck_assert_int_eq(
        one_cell_open(&cell, "experiment: layer\n"
                             "patterns_count: 4\n"
                             "noise: 0.01\n"
                             "rules: [{label: a, rule: modern, beta: 50}]\n"),
        0);
    one_cell_run(&cell, 0);
    ck_assert_double_le(value("hopfield_difference"), 1e-12);
    ck_assert_double_le(value("layer_difference"), 1e-12);
    ck_assert_double_eq(value("k_mean"), 1);
    ck_assert_double_le(value("distance"), 1e-12);
    ck_assert_double_le(value("stop_by_state"), 2);
    ck_assert_double_eq(value("hull_checks"), 16 * 16);
    ck_assert_double_eq(value("hull_violations"), 0);
    one_cell_close(&cell);
}
END_TEST

/* What is not softmax attention differs from it. */
START_TEST(another_separation_is_not_attention)
{
    ck_assert_int_eq(one_cell_open(&cell,
                         "experiment: layer\n"
                         "rules: [{label: a, rule: modern, separation: sparsemax}]\n"),
        0);
    one_cell_run(&cell, 0);
    ck_assert_double_gt(value("hopfield_difference"), 0.01);
    ck_assert_double_le(value("layer_difference"), 1e-12);
    one_cell_close(&cell);
}
END_TEST

START_TEST(a_layer_associates_by_the_modern_rule)
{
    ck_assert_int_eq(one_cell_open(&cell, "experiment: layer\n"
                                          "rules: [{label: a, rule: classical}]\n"),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(
        cell.diag.text, "a layer associates by rule modern without threshold");
    one_cell_close(&cell);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("layer");
    TCase *t = tcase_create("layer");
    tcase_add_test(t, plain_attention_has_its_known_value);
    tcase_add_test(t, the_residual_is_what_sticks_out_of_the_keys);
    tcase_add_test(t, heads_share_what_their_shapes_have_in_common);
    tcase_add_test(t, a_wrong_derivative_is_noticed);
    tcase_add_test(t, a_cold_layer_reads_out_single_patterns);
    tcase_add_test(t, another_separation_is_not_attention);
    tcase_add_test(t, a_layer_associates_by_the_modern_rule);
    suite_add_tcase(s, t);
    return s;
}
