/* Sums over weights: fast ones against their plain twin, and the same bits by any
 * instructions. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/entropy.h"

#include <float.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

enum { MOST = 700 };

/* n weights over many decades that sum to 1. */
static void draw(size_t n, double *p)
{
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, (unsigned long)n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        p[i] = exp(40 * (gsl_rng_uniform(rng) - 1));
        sum += p[i];
    }
    for (size_t i = 0; i < n; i++) {
        p[i] /= sum;
    }
    gsl_rng_free(rng);
}

static void expect_near(double got, double expected, double error)
{
    ck_assert_msg(
        fabs(got - expected) <= error, "%.17g, not %.17g +- %g", got, expected, error);
}

/* Each ln is off by two roundings at most, and n sums add as many of the whole. */
START_TEST(sums_are_those_of_the_plain_twin)
{
    const size_t sizes[] = {1, 2, 3, 4, 5, 64, 127, MOST};
    double p[MOST];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t n = sizes[i];
        struct basin_entropy portable, best, plain;
        draw(n, p);
        basin_entropy_of(BASIN_ISA_PORTABLE, p, n, 1e-6, &portable);
        basin_entropy_of(basin_isa_best(), p, n, 1e-6, &best);
        basin_entropy_plain(p, n, 1e-6, &plain);
        double error = (double)(n + 4) * DBL_EPSILON;
        expect_near(best.entropy, plain.entropy, error * plain.entropy);
        expect_near(best.squares, plain.squares, error * plain.squares);
        ck_assert_uint_eq(best.above, plain.above);
        ck_assert_double_eq(best.entropy, portable.entropy);
        ck_assert_double_eq(best.squares, portable.squares);
        ck_assert_uint_eq(best.above, portable.above);
    }
}
END_TEST

/* One number at a time, -x ln x over the whole range, and around the borders of m. */
START_TEST(each_logarithm_is_right_to_two_roundings)
{
    const double around[] = {1, M_SQRT1_2, M_SQRT2 / 4, 0.5, 1 + DBL_EPSILON,
        1 - DBL_EPSILON / 2, 2, 1e17, 1e-17, 2 * DBL_MIN};
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        for (int j = -200; j <= 200; j++) {
            double x = around[i] * pow(1.003, j);
            struct basin_entropy sums;
            double expected = -x * log(x);
            basin_entropy_of(basin_isa_best(), &x, 1, 0, &sums);
            expect_near(sums.entropy, expected, 3 * DBL_EPSILON * fabs(expected));
        }
    }
}
END_TEST

START_TEST(zeros_and_negative_numbers_have_no_entropy)
{
    const double p[] = {0, -0.25, 0.5, 0, 0.5};
    struct basin_entropy sums;
    basin_entropy_of(basin_isa_best(), p, 5, -1, &sums);
    ck_assert_double_eq_tol(sums.entropy, M_LN2, 1e-15);
    ck_assert_double_eq(sums.squares, 0.5625);
    ck_assert_uint_eq(sums.above, 5);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_entropy");
    TCase *c = tcase_create("entropy");
    tcase_add_test(c, sums_are_those_of_the_plain_twin);
    tcase_add_test(c, each_logarithm_is_right_to_two_roundings);
    tcase_add_test(c, zeros_and_negative_numbers_have_no_entropy);
    suite_add_tcase(s, c);
    return s;
}
