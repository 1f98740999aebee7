/* Weighted selection against sorting. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/select.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 3000 };

static const size_t sizes[] = {
    1, 2, 3, 4, 5, 15, 16, 17, 31, 64, 100, 511, 512, 1000, MOST};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

/* Weights of an attention row: softmax of Gaussian logits, from flat to a few large. */
static void softmax_row(gsl_rng *rng, double spread, size_t n, double *weights)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        weights[i] = exp(gsl_ran_gaussian(rng, spread));
        sum += weights[i];
    }
    for (size_t i = 0; i < n; i++) {
        weights[i] /= sum;
    }
}

static void expect_sorted_answer(const double *weights, size_t n, double mass)
{
    ck_assert_uint_gt(n, 0);
    double *scratch = malloc(n * sizeof(*scratch)); /* so that overruns are seen */
    ck_assert_ptr_nonnull(scratch);
    size_t expected = basin_select_k_plain(weights, n, mass, scratch);
    for (int i = 0; i < 2; i++) {
        enum basin_isa isa = i == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
        size_t k = basin_select_k(isa, weights, n, mass, scratch);
        ck_assert_msg(k == expected, "%zu of %zu weights for mass %g, not %zu", k, n,
            mass, expected);
    }
    free(scratch);
}

/* Of the same weights as floats: the plain twin gets what they are after rounding. */
static void expect_sorted_answer_single(const double *weights, size_t n, double mass)
{
    float *single = malloc(n * sizeof(*single));
    double *rounded = malloc(n * sizeof(*rounded));
    double *scratch = malloc(n * sizeof(*scratch));
    ck_assert(single != NULL && rounded != NULL && scratch != NULL);
    for (size_t i = 0; i < n; i++) {
        single[i] = (float)weights[i];
        rounded[i] = (double)single[i];
    }
    size_t expected = basin_select_k_plain(rounded, n, mass, scratch);
    for (int i = 0; i < 2; i++) {
        enum basin_isa isa = i == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
        size_t k = basin_select_k_single(isa, single, n, mass, scratch);
        ck_assert_msg(k == expected, "%zu of %zu floats for mass %g, not %zu", k, n, mass,
            expected);
    }
    free(single);
    free(rounded);
    free(scratch);
}

START_TEST(random_rows_agree_with_sorting)
{
    static const double masses[] = {0, 1e-9, 0.1, 0.5, 0.9, 0.99, 1 - 1e-9, 2};
    double weights[MOST] = {0};
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 90);
    for (size_t i = 0; i < sizeof(masses) / sizeof(masses[0]); i++) {
        for (int j = 0; j < 7; j++) {
            softmax_row(rng, 0.01 * pow(3, j), sizes[_i], weights);
            expect_sorted_answer(weights, sizes[_i], masses[i]);
            expect_sorted_answer_single(weights, sizes[_i], masses[i]);
        }
    }
    gsl_rng_free(rng);
}
END_TEST

START_TEST(equal_and_vanishing_weights_are_counted)
{
    size_t n = sizes[_i];
    double weights[MOST] = {0};
    for (size_t i = 0; i < n; i++) {
        weights[i] = 1.0 / (double)n;
    }
    expect_sorted_answer(weights, n, 0.9 - 1e-12);
    for (size_t i = 0; i < n; i++) {
        weights[i] = i % 3 == 0 ? 2.0 / (double)n : 0;
    }
    expect_sorted_answer(weights, n, 0.5 - 1e-12);
    expect_sorted_answer_single(weights, n, 0.5 - 1e-7);
    for (size_t i = 0; i < n; i++) {
        weights[i] = i == n / 2;
    }
    expect_sorted_answer(weights, n, 0.9);
}
END_TEST

/* As from feature maps with sines: sums rise to the last positive weight and fall then.
 */
START_TEST(negative_weights_agree_with_sorting)
{
    size_t n = sizes[_i];
    double weights[MOST] = {0};
    for (size_t i = 0; i < n; i++) {
        weights[i] = (i % 4 == 1 ? -1.0 : 2.0) / (double)n;
    }
    expect_sorted_answer(weights, n, 0.9);
    expect_sorted_answer(weights, n, 1.2);
    expect_sorted_answer(weights, n, 1.4);
    expect_sorted_answer_single(weights, n, 0.9);
}
END_TEST

/* Every weight half of the one before: k weights sum to 1 - 2^-k. */
START_TEST(halving_weights_have_a_known_answer)
{
    double weights[50];
    double scratch[50];
    for (size_t i = 0; i < 50; i++) {
        weights[(i * 37) % 50] = ldexp(1, -(int)i - 1);
    }
    for (int i = 0; i < 2; i++) {
        enum basin_isa isa = i == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
        ck_assert_uint_eq(basin_select_k(isa, weights, 50, 0.9, scratch), 4);
        ck_assert_uint_eq(basin_select_k(isa, weights, 50, 0.5, scratch), 1);
        ck_assert_uint_eq(basin_select_k(isa, weights, 50, 1 - 0x1p-20, scratch), 20);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_select");
    TCase *c = tcase_create("select");
    tcase_add_loop_test(c, random_rows_agree_with_sorting, 0, SIZES);
    tcase_add_loop_test(c, equal_and_vanishing_weights_are_counted, 0, SIZES);
    tcase_add_loop_test(c, negative_weights_agree_with_sorting, 0, SIZES);
    tcase_add_test(c, halving_weights_have_a_known_answer);
    suite_add_tcase(s, c);
    return s;
}
