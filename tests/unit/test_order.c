/* The order of asynchronous sweeps, and ties. */
#include "suite.h"

#include "base/rng.h"
#include "rules/order.h"
#include "rules/ties.h"

#include <gsl/gsl_randist.h>
#include <string.h>

enum { D = 50 };

static struct basin_order order_of(enum basin_order_kind kind, uint32_t replicate)
{
    struct basin_order order;
    ck_assert_int_eq(basin_order_init(&order, kind, D, 7, replicate, NULL), 0);
    return order;
}

START_TEST(a_fixed_order_is_the_index)
{
    struct basin_order order = order_of(BASIN_ORDER_FIXED, 0);
    const size_t *unit = basin_order_of_sweep(&order, 3);
    for (size_t l = 0; l < D; l++) {
        ck_assert_uint_eq(unit[l], l);
    }
    basin_order_free(&order);
}
END_TEST

START_TEST(a_random_order_visits_every_unit_once_and_depends_on_the_sweep_alone)
{
    struct basin_order order = order_of(BASIN_ORDER_RANDOM, 0);
    struct basin_order other = order_of(BASIN_ORDER_RANDOM, 1);
    size_t first[D];
    size_t seen[D] = {0};
    memcpy(first, basin_order_of_sweep(&order, 2), sizeof(first));
    for (size_t l = 0; l < D; l++) {
        seen[first[l]]++;
    }
    for (size_t l = 0; l < D; l++) {
        ck_assert_uint_eq(seen[l], 1);
    }
    ck_assert_mem_ne(first, basin_order_of_sweep(&order, 3), sizeof(first));
    ck_assert_mem_ne(first, basin_order_of_sweep(&other, 2), sizeof(first));
    ck_assert_mem_eq(first, basin_order_of_sweep(&order, 2), sizeof(first));
    basin_order_free(&order);
    basin_order_free(&other);
}
END_TEST

START_TEST(a_random_order_is_that_of_gsl_ran_shuffle)
{
    struct basin_order order = order_of(BASIN_ORDER_RANDOM, 3);
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    basin_rng_start(rng, basin_rng_key(7, 0, BASIN_FOR_ORDER), basin_rng_sequence(3, 5));
    size_t expected[D];
    for (size_t l = 0; l < D; l++) {
        expected[l] = l;
    }
    gsl_ran_shuffle(rng, expected, D, sizeof(*expected));
    ck_assert_mem_eq(basin_order_of_sweep(&order, 5), expected, sizeof(expected));
    gsl_rng_free(rng);
    basin_order_free(&order);
}
END_TEST

START_TEST(a_tie_is_broken_as_asked)
{
    ck_assert_double_eq(basin_sign(0.3, -1, BASIN_TIES_MINUS), 1);
    ck_assert_double_eq(basin_sign(-0.3, 1, BASIN_TIES_PLUS), -1);
    for (int xi = -1; xi <= 1; xi += 2) {
        ck_assert_double_eq(basin_sign(0, xi, BASIN_TIES_KEEP), xi);
        ck_assert_double_eq(basin_sign(0, xi, BASIN_TIES_PLUS), 1);
        ck_assert_double_eq(basin_sign(-0.0, xi, BASIN_TIES_MINUS), -1);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("order");
    TCase *c = tcase_create("order");
    tcase_add_test(c, a_fixed_order_is_the_index);
    tcase_add_test(
        c, a_random_order_visits_every_unit_once_and_depends_on_the_sweep_alone);
    tcase_add_test(c, a_random_order_is_that_of_gsl_ran_shuffle);
    tcase_add_test(c, a_tie_is_broken_as_asked);
    suite_add_tcase(s, c);
    return s;
}
