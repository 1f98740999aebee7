/* The diluted network: with all synapses it is the classical one; the two ways of taking
 * some out. */
#include "rule_setup.h"
#include "suite.h"

enum { N = 7, D = 31, M = 90 };

START_TEST(with_all_synapses_it_is_the_classical_network)
{
    const char *updates[] = {"sync", "async"};
    gsl_rng *r = test_rng(1);
    gsl_matrix *X = random_polar(N, D, r);
    gsl_matrix *states = random_polar(M, D, r);
    for (size_t u = 0; u < 2; u++) {
        struct setup whole = SETUP(basin_rule_diluted, X, 5, "connectivity", "1",
            "update", updates[u], "order", "fixed");
        struct setup classical = SETUP(basin_rule_classical, X, 5, "update", updates[u],
            "order", "fixed", "diagonal", "zero");
        gsl_matrix *a = matrix_copy(states);
        gsl_matrix *b = matrix_copy(states);
        setup_step(&whole, 0, a);
        setup_step(&classical, 0, b);
        ck_assert_double_gt(max_difference(a, states), 0);
        ck_assert_double_eq(max_difference(a, b), 0);
        for (size_t j = 0; j < M; j += 10) {
            ck_assert_double_eq(
                setup_energy(&whole, a, j), setup_energy(&classical, a, j));
        }
        gsl_matrix_free(a);
        gsl_matrix_free(b);
        setup_free(&whole);
        setup_free(&classical);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

/* Unit by unit, in the order of its sweep, a step is the same. */
START_TEST(visits_of_all_units_are_a_step)
{
    const struct basin_rule *rules[] = {&basin_rule_diluted, &basin_rule_classical};
    const char *orders[] = {"random", "fixed"};
    gsl_rng *r = test_rng(7);
    gsl_matrix *X = random_polar(N, D, r);
    gsl_matrix *states = random_polar(M, D, r);
    for (size_t c = 0; c < 4; c++) {
        const struct basin_rule *rule = rules[c / 2];
        struct setup sync = SETUP(*rule, X, 5, "update", "sync");
        struct setup net = SETUP(*rule, X, 5, "update", "async", "order", orders[c % 2],
            rule == &basin_rule_diluted ? "symmetric" : "diagonal",
            rule == &basin_rule_diluted ? "false" : "kept");
        gsl_matrix *a = matrix_copy(states);
        gsl_matrix *b = matrix_copy(states);
        ck_assert(!rule->one_by_one(sync.memory) && rule->one_by_one(net.memory));
        for (size_t t = 0; t < 3; t++) {
            setup_step(&net, t, a);
            for (size_t k = 0; k < D; k++) {
                ck_assert_int_eq(rule->visit(net.memory, t, k, b, NULL), 0);
            }
            ck_assert_double_eq(max_difference(a, b), 0);
        }
        ck_assert_double_gt(max_difference(a, states), 0);
        gsl_matrix_free(a);
        gsl_matrix_free(b);
        setup_free(&net);
        setup_free(&sync);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

START_TEST(without_synapses_nothing_moves)
{
    gsl_rng *r = test_rng(2);
    gsl_matrix *X = random_polar(N, D, r);
    gsl_matrix *states = random_polar(M, D, r);
    gsl_matrix *next = matrix_copy(states);
    struct setup net = SETUP(basin_rule_diluted, X, 5, "connectivity", "0");
    setup_step(&net, 0, next);
    ck_assert_double_eq(max_difference(states, next), 0);
    ck_assert_double_eq(setup_energy(&net, states, 0), 0);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(next);
    setup_free(&net);
    gsl_rng_free(r);
}
END_TEST

/* How often a state is seen again after more than two synchronous updates. */
static size_t long_ends(const char *symmetric)
{
    gsl_rng *r = test_rng(3);
    gsl_matrix *X = random_polar(D, D, r);
    gsl_matrix *states = random_polar(M, D, r);
    struct basin_outcome outcome[M];
    struct setup net = SETUP(basin_rule_diluted, X, 5, "symmetric", symmetric);
    size_t n = 0;
    setup_relax(&net, states, outcome);
    for (size_t j = 0; j < M; j++) {
        n += outcome[j].end == BASIN_END_LONG_CYCLE || outcome[j].end == BASIN_END_LIMIT;
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    setup_free(&net);
    gsl_rng_free(r);
    return n;
}

START_TEST(only_asymmetric_synapses_make_long_cycles)
{
    ck_assert_uint_eq(long_ends("true"), 0);
    ck_assert_uint_gt(long_ends("false"), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("diluted");
    TCase *t = tcase_create("diluted");
    tcase_add_test(t, with_all_synapses_it_is_the_classical_network);
    tcase_add_test(t, visits_of_all_units_are_a_step);
    tcase_add_test(t, without_synapses_nothing_moves);
    tcase_add_test(t, only_asymmetric_synapses_make_long_cycles);
    suite_add_tcase(s, t);
    return s;
}
