/* Experiment dynamics on systems whose dynamics are known. */
#include "one_cell.h"

static struct one_cell cell;

static void measure(const char *text)
{
    int ret = one_cell_open(&cell, text);
    ck_assert_msg(ret == 0, "%s", cell.diag.text);
    one_cell_run(&cell, 0);
}

static double value(const char *metric)
{
    return one_cell_value(&cell, metric, 0);
}

/* s' = tanh(beta s): for beta = 2 two fixed points s = +-0.957504, ratio 0.166371. */
START_TEST(the_pair_has_two_fixed_points_and_a_known_rate)
{
    measure("experiment: dynamics\n"
            "patterns: {kind: pair, dimension: 5}\n"
            "patterns_count: 2\n"
            "starts: 30\n"
            "start: hull\n"
            "updates: 30\n"
            "rules: [{label: a, rule: modern, beta: 2, tolerance: 1e-13}]\n");
    ck_assert_int_eq(cell.record.status, BASIN_STATUS_OK);
    ck_assert_double_eq_tol(value("ratio"), 0.166371, 1e-5);
    ck_assert_double_eq_tol(value("energy_ratio"), 0.166371 * 0.166371, 1e-4);
    ck_assert_double_eq_tol(value("from_mean"), 0.957504, 1e-6);
    ck_assert_double_eq(value("fixed_points"), 2);
    ck_assert_double_eq(value("single"), 2);
    ck_assert_double_eq(value("fixed_rate"), 1);
    ck_assert_double_eq(value("rises"), 0);
    ck_assert_double_gt(value("changes"), 30);
    ck_assert_double_lt(value("changes"), 30 * 30 + 1);
    for (size_t t = 1; t <= 30; t++) {
        ck_assert_double_le(one_cell_value(&cell, "energy", t),
            one_cell_value(&cell, "energy", t - 1) + 1e-12);
        ck_assert_double_le(one_cell_value(&cell, "distance", t),
            one_cell_value(&cell, "distance", t - 1) + 1e-12);
    }
    one_cell_close(&cell);
}
END_TEST

/* Q (K^T V) keeps the diagonal of W = X X^T, which holds N for all units. */
START_TEST(signs_of_attention_without_softmax_are_an_update_if_the_diagonal_is_kept)
{
    static const char *const text[] = {
        "experiment: dynamics\n"
        "patterns: {kind: polar, dimension: 40}\n"
        "patterns_count: 40\n"
        "start: random\n"
        "rules: [{label: a, rule: classical, update: sync, diagonal: kept}]\n",
        "experiment: dynamics\n"
        "patterns: {kind: polar, dimension: 40}\n"
        "patterns_count: 40\n"
        "start: random\n"
        "rules: [{label: a, rule: classical, update: sync, diagonal: zero}]\n"};
    for (size_t i = 0; i < 2; i++) {
        measure(text[i]);
        ck_assert_double_eq(value("together"), 0);
        ck_assert_double_le(value("attention"), 1e-12);
        ck_assert(value("attention_signs") == 0 ? i == 0 : i == 1);
        one_cell_close(&cell);
    }
}
END_TEST

START_TEST(the_pair_at_small_beta_has_the_mean_alone)
{
    measure("experiment: dynamics\n"
            "patterns: {kind: pair, dimension: 5}\n"
            "patterns_count: 2\n"
            "start: hull\n"
            "rules: [{label: a, rule: modern, beta: 0.5, tolerance: 1e-13}]\n");
    ck_assert_double_eq_tol(value("ratio"), 0.5, 1e-4);
    ck_assert_double_eq(value("fixed_points"), 1);
    ck_assert_double_eq(value("global"), 1);
    ck_assert_double_eq(value("k_median"), 2);
    ck_assert_double_lt(value("from_mean"), 1e-9);
    one_cell_close(&cell);
}
END_TEST

/* One pattern without its diagonal: the field of unit i is x_i (x.xi) - xi_i, so two
 * units that disagree with it on one unit both turn, for ever. */
START_TEST(two_units_without_diagonal_cycle)
{
    measure("experiment: dynamics\n"
            "patterns: {kind: polar, dimension: 2}\n"
            "patterns_count: 1\n"
            "start: random\n"
            "starts: 64\n"
            "rules: [{label: a, rule: classical, update: sync, diagonal: zero}]\n");
    ck_assert_int_eq(cell.record.status, BASIN_STATUS_CYCLE);
    ck_assert_double_eq(value("mirror"), 0);
    ck_assert_double_eq(value("longest_period"), 2);
    ck_assert_double_eq(value("fixed_points"), 2);
    ck_assert_double_gt(value("two_cycle_rate"), 0.2);
    ck_assert_double_eq(value("two_cycle_rate") + value("fixed_rate"), 1);
    one_cell_close(&cell);
}
END_TEST

START_TEST(units_that_inhibit_themselves_raise_the_energy)
{
    measure("experiment: dynamics\n"
            "patterns: {kind: polar, dimension: 30}\n"
            "patterns_count: 3\n"
            "start: random\n"
            "rules: [{label: a, rule: classical, self_coupling: -40, bias_sd: 3, "
            "max_steps: 50}]\n");
    ck_assert_int_eq(cell.record.status, BASIN_STATUS_NOT_CONVERGED);
    ck_assert_double_eq(value("longest_period"), 0);
    ck_assert_double_eq(value("fixed_rate"), 0);
    ck_assert_double_gt(value("rises"), 100);
    ck_assert_double_gt(value("largest_rise"), 0.01);
    one_cell_close(&cell);
}
END_TEST

/* d s / dt = tanh(beta s) - s: near 0 the distance shrinks by exp((beta - 1) t). */
START_TEST(continuous_time_decays_exponentially)
{
    measure("experiment: dynamics\n"
            "patterns: {kind: pair, dimension: 5}\n"
            "patterns_count: 2\n"
            "course: continuous\n"
            "horizon: 20\n"
            "updates: 40\n"
            "start: hull\n"
            "rules: [{label: a, rule: modern, beta: 0.5, tolerance: 1e-13}]\n");
    ck_assert_double_eq_tol(value("ratio"), exp(-0.5 * 0.5), 1e-4);
    ck_assert_double_eq(value("rises"), 0);
    ck_assert_double_eq(value("fixed_points"), 1);
    one_cell_close(&cell);
}
END_TEST

static void refused(const char *text, const char *sentence)
{
    ck_assert_int_eq(one_cell_open(&cell, text), BASIN_ERR_CONFIG);
    ck_assert_str_eq(cell.diag.text, sentence);
    one_cell_close(&cell);
}

START_TEST(signs_have_no_continuous_time)
{
    refused("experiment: dynamics\n"
            "patterns_count: 2\n"
            "course: continuous\n"
            "rules: [{label: a, rule: classical}]\n",
        "course continuous needs real-valued states, which rule \"classical\" does not "
        "have");
    refused("experiment: dynamics\n"
            "patterns_count: 2\n"
            "start: hull\n"
            "rules: [{label: a, rule: classical}]\n",
        "start hull needs real-valued states, which rule \"classical\" does not have");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("dynamics");
    TCase *t = tcase_create("dynamics");
    tcase_add_test(t, the_pair_has_two_fixed_points_and_a_known_rate);
    tcase_add_test(
        t, signs_of_attention_without_softmax_are_an_update_if_the_diagonal_is_kept);
    tcase_add_test(t, the_pair_at_small_beta_has_the_mean_alone);
    tcase_add_test(t, two_units_without_diagonal_cycle);
    tcase_add_test(t, units_that_inhibit_themselves_raise_the_energy);
    tcase_add_test(t, continuous_time_decays_exponentially);
    tcase_add_test(t, signs_have_no_continuous_time);
    suite_add_tcase(s, t);
    return s;
}
