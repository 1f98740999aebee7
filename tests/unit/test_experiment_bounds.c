/* Experiment bounds: where both sides of an inequality are known. */
#include "one_cell.h"

#include <math.h>
#include <stdio.h>

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

static void refused(const char *text, const char *sentence)
{
    ck_assert_int_eq(one_cell_open(&cell, text), BASIN_ERR_CONFIG);
    ck_assert_str_eq(cell.diag.text, sentence);
    one_cell_close(&cell);
}

/* x, -x, x, -x: J = beta M^2 (1 - s^2) at s x, so at s near 0 the bound beta m_max^2 is
 * nearly reached, and no pattern is separated from its copy. */
START_TEST(a_pair_comes_near_to_the_bound_of_the_jacobian)
{
    measure("experiment: bounds\n"
            "patterns: {kind: pair, dimension: 3, radius: 1}\n"
            "patterns_count: 4\n"
            "states: 400\n"
            "neighbours: 2\n"
            "rules: [{label: a, rule: modern, beta: 0.8}]\n");
    ck_assert_double_eq(value("mean_checks"), 400);
    ck_assert_double_eq(value("mean_violations"), 0);
    ck_assert_double_gt(value("mean_nearest"), 0.99);
    ck_assert_double_le(value("mean_nearest"), 1 + 1e-12);
    ck_assert_double_eq(value("energy_checks"), 800);
    ck_assert_double_eq(value("ball_applies"), 0);
    ck_assert_double_eq(value("error_checks"), 0);
    one_cell_close(&cell);
}
END_TEST

/* x, -x, x: only -x is separated, by 2; both others have the weight 1 / (exp(2 beta) + 2)
 * and are 2 away, so the error of its update is 4 / (exp(1.6) + 2). */
START_TEST(the_error_of_an_update_from_a_pattern_is_known_for_a_pair)
{
    measure("experiment: bounds\n"
            "patterns: {kind: pair, dimension: 3, radius: 1}\n"
            "patterns_count: 3\n"
            "neighbours: 2\n"
            "rules: [{label: a, rule: modern, beta: 0.8}]\n");
    ck_assert_double_eq_tol(value("log_error"), log(4 / (exp(1.6) + 2)) / 2, 1e-12);
    ck_assert_double_eq(value("sum_applies"), 1);
    ck_assert_double_eq(value("sum_violations"), 0);
    one_cell_close(&cell);
}
END_TEST

/* Far points on a sphere are all separated; the mean of any two is not a fixed point. */
START_TEST(far_points_meet_the_condition_of_the_ball)
{
    measure("experiment: bounds\n"
            "patterns: {kind: sphere, dimension: 30, radius: 12}\n"
            "patterns_count: 10\n"
            "neighbours: 2\n"
            "rules: [{label: a, rule: modern, beta: 0.1, tolerance: 1e-12}]\n");
    const char *always[] = {"energy", "descent", "jacobian", "mean", "ball",
        "contraction", "error", "retrieval"};
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
        char name[40];
        snprintf(name, sizeof(name), "%s_applies", always[i]);
        ck_assert_double_eq(value(name), 1);
        snprintf(name, sizeof(name), "%s_violations", always[i]);
        ck_assert_double_eq(value(name), 0);
    }
    ck_assert_double_gt(value("error_nearest"), 1e-6);
    ck_assert_double_lt(value("error_nearest"), 1);
    ck_assert_double_eq(value("cluster_applies"), 0);
    one_cell_close(&cell);
}
END_TEST

START_TEST(tight_clusters_meet_the_condition_of_the_cluster)
{
    measure("experiment: bounds\n"
            "patterns: {kind: clusters, dimension: 16, clusters: 3, center_radius: 8, "
            "spread: 0.05}\n"
            "patterns_count: 24\n"
            "neighbours: 8\n"
            "rules: [{label: a, rule: modern, beta: 5, tolerance: 1e-12}]\n");
    ck_assert_double_eq(value("cluster_checks"), 24);
    ck_assert_double_eq(value("cluster_violations"), 0);
    ck_assert_double_lt(value("cluster_nearest"), 1);
    one_cell_close(&cell);
}
END_TEST

START_TEST(what_the_bounds_do_not_speak_of_is_refused)
{
    refused("experiment: bounds\n"
            "patterns: {kind: sphere}\n"
            "patterns_count: 10\n"
            "rules: [{label: a, rule: continuous}]\n",
        "the bounds are those of rule modern without threshold");
    refused("experiment: bounds\n"
            "patterns: {kind: sphere}\n"
            "patterns_count: 10\n"
            "rules: [{label: a, rule: modern, steps: 1}]\n",
        "the bounds are about fixed points: steps must be converge");
    refused("experiment: bounds\n"
            "patterns: {kind: sphere}\n"
            "patterns_count: 8\n"
            "rules: [{label: a, rule: modern}]\n",
        "8 neighbours leave none of 8 patterns outside of the cluster");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("experiment bounds");
    TCase *t = tcase_create("experiment bounds");
    tcase_add_test(t, a_pair_comes_near_to_the_bound_of_the_jacobian);
    tcase_add_test(t, the_error_of_an_update_from_a_pattern_is_known_for_a_pair);
    tcase_add_test(t, far_points_meet_the_condition_of_the_ball);
    tcase_add_test(t, tight_clusters_meet_the_condition_of_the_cluster);
    tcase_add_test(t, what_the_bounds_do_not_speak_of_is_refused);
    suite_add_tcase(s, t);
    return s;
}
