/* Entropy, support and squares of weights: plain and fast agree, and both sets of
 * instructions to the bit. */
#include "suite.h"

#include "kernels/concentration.h"

#include <math.h>
#include <string.h>

enum { MOST = 70 };

/* Weights from e^-spread to 1 in an order that looks random, with zeros, and divided by
 * their sum; exactly n of them are there, so that overruns are seen. */
static double *weights_of(size_t n, double spread)
{
    double *weights = malloc(n * sizeof(*weights));
    double sum = 0;
    ck_assert_ptr_nonnull(weights);
    for (size_t i = 0; i < n; i++) {
        double x = (double)(i * 37 % 101) / 101;
        weights[i] = i % 11 == 5 ? 0 : exp(-spread * x);
        sum += weights[i];
    }
    for (size_t i = 0; i < n; i++) {
        weights[i] /= sum;
    }
    return weights;
}

START_TEST(concentration_is_that_of_the_plain_twin)
{
    const double spreads[] = {0, 1, 20, 600};
    for (size_t n = 1; n < MOST; n++) {
        for (size_t s = 0; s < 4; s++) {
            double *weights = weights_of(n, spreads[s]);
            double cut = weights[n / 2];
            struct basin_concentration fast =
                basin_concentration_of(basin_isa_best(), weights, n, cut);
            struct basin_concentration portable =
                basin_concentration_of(BASIN_ISA_PORTABLE, weights, n, cut);
            struct basin_concentration plain = basin_concentration_plain(weights, n, cut);
            ck_assert_uint_eq(fast.above, plain.above);
            ck_assert_double_eq_tol(fast.entropy, plain.entropy, 2e-14);
            ck_assert_double_eq_tol(fast.squares, plain.squares, 2e-15);
            ck_assert_mem_eq(&fast, &portable, sizeof(fast));
            free(weights);
        }
    }
}
END_TEST

START_TEST(extreme_weights_have_known_values)
{
    const double weights[] = {1, 0, 0x1p-1074, 0, 0, 0, 0, -0.25, 0};
    for (int isa = 0; isa <= (int)basin_isa_best(); isa++) {
        struct basin_concentration c =
            basin_concentration_of((enum basin_isa)isa, weights, 9, 0);
        ck_assert_uint_eq(c.above, 2);
        ck_assert_double_eq(c.entropy, 0);
        ck_assert_double_eq(c.squares, 1.0625);
        ck_assert_uint_eq(
            basin_concentration_of((enum basin_isa)isa, weights, 9, -1).above, 9);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_concentration");
    TCase *c = tcase_create("concentration");
    tcase_add_test(c, concentration_is_that_of_the_plain_twin);
    tcase_add_test(c, extreme_weights_have_known_values);
    suite_add_tcase(s, c);
    return s;
}
