/* Random numbers of a whole stream: the same as one after the other, on every path. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/random.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 2000, MANY = 1 << 20 };

static const size_t sizes[] = {
    0, 1, 3, 4, 7, 8, 9, 31, 32, 33, 127, 128, 511, 512, 513, 1023, 1025, MOST};
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

typedef void fill(
    enum basin_isa isa, uint64_t key, uint64_t sequence, double *x, size_t n);
typedef void fill_plain(uint64_t key, uint64_t sequence, double *x, size_t n);

static const uint64_t KEY = 0x0123456789abcdefU;
static const uint64_t SEQUENCE = 0xfedcba9876543210U;

/* All of a size, and nothing beyond; relative tolerance, 0: the same bits. */
static void expect_twin(fill *fast, fill_plain *plain, size_t n, double tolerance)
{
    double x[MOST + 1];
    double y[MOST + 1];
    double expected[MOST];
    x[n] = y[n] = 77;
    fast(basin_isa_best(), KEY, SEQUENCE, x, n);
    fast(BASIN_ISA_PORTABLE, KEY, SEQUENCE, y, n);
    plain(KEY, SEQUENCE, expected, n);
    ck_assert_mem_eq(x, y, (n + 1) * sizeof(*x));
    ck_assert(x[n] == 77);
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(fabs(x[i] - expected[i]) <= tolerance * fabs(expected[i]),
            "number %zu is %.17g, not %.17g", i, x[i], expected[i]);
    }
}

START_TEST(signs_equal_the_plain_twin)
{
    expect_twin(basin_random_signs, basin_random_signs_plain, sizes[_i], 0);
}
END_TEST

START_TEST(uniforms_equal_the_plain_twin)
{
    expect_twin(basin_random_uniforms, basin_random_uniforms_plain, sizes[_i], 0);
}
END_TEST

/* The plain twin's own angle is rounded by up to 2^-51, which counts near its zeros. */
START_TEST(gaussians_equal_the_plain_twin)
{
    expect_twin(basin_random_gaussians, basin_random_gaussians_plain, sizes[_i], 2e-12);
}
END_TEST

START_TEST(uniforms_are_those_of_the_generator)
{
    double x[100];
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    basin_rng_start(r, KEY, SEQUENCE);
    basin_random_uniforms(basin_isa_best(), KEY, SEQUENCE, x, 100);
    for (size_t i = 0; i < 100; i++) {
        ck_assert(x[i] == gsl_rng_uniform(r));
    }
    gsl_rng_free(r);
}
END_TEST

/* Moments up to the fourth and the tails of a million; fails by chance once in 10^5, and
 * the key is fixed. */
START_TEST(gaussians_are_normal)
{
    double *x = malloc(MANY * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    basin_random_gaussians(basin_isa_best(), KEY, SEQUENCE, x, MANY);
    double moment[5] = {0};
    size_t tail = 0;
    for (size_t i = 0; i < MANY; i++) {
        double power = 1;
        for (int k = 0; k <= 4; k++) {
            moment[k] += power / MANY;
            power *= x[i];
        }
        tail += fabs(x[i]) > 3.5;
    }
    double sigma = 1 / sqrt(MANY);
    ck_assert_double_le(fabs(moment[1]), 4.5 * sigma);
    ck_assert_double_le(fabs(moment[2] - 1), 4.5 * sqrt(2) * sigma);
    ck_assert_double_le(fabs(moment[3]), 4.5 * sqrt(15) * sigma);
    ck_assert_double_le(fabs(moment[4] - 3), 4.5 * sqrt(96) * sigma);
    double expected = 2 * gsl_cdf_ugaussian_Q(3.5) * MANY;
    ck_assert_double_le(fabs((double)tail - expected), 4.5 * sqrt(expected));
    free(x);
}
END_TEST

START_TEST(drops_equal_the_plain_twin)
{
    size_t n = sizes[_i];
    float x[MOST + 1], y[MOST + 1], expected[MOST + 1];
    for (size_t i = 0; i <= n; i++) {
        x[i] = y[i] = expected[i] = (float)i - 7.5F;
    }
    basin_random_drop(basin_isa_best(), KEY, SEQUENCE, 24, 20000, x, n);
    basin_random_drop(BASIN_ISA_PORTABLE, KEY, SEQUENCE, 24, 20000, y, n);
    basin_random_drop_plain(KEY, SEQUENCE, 24, 20000, expected, n);
    for (size_t i = 0; i <= n; i++) {
        ck_assert_float_eq(x[i], expected[i]);
        ck_assert_float_eq(y[i], expected[i]);
    }
}
END_TEST

/* 2^20 numbers: a binomial count is within 4 standard deviations but for 1 of 16000. */
START_TEST(a_share_is_dropped_and_the_mean_stays)
{
    const uint32_t below = 6554;
    double p = below / 65536.0;
    float *x = malloc(MANY * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < MANY; i++) {
        x[i] = 1;
    }
    basin_random_drop(basin_isa_best(), KEY, SEQUENCE, 0, below, x, MANY);
    double dropped = 0;
    double kept = 0;
    for (size_t i = 0; i < MANY; i++) {
        dropped += x[i] == 0;
        kept += fabs((double)x[i] - 1 / (1 - p)) < 1e-6;
    }
    ck_assert_double_eq(dropped + kept, MANY);
    ck_assert_double_eq_tol(dropped, p * MANY, 4 * sqrt(p * (1 - p) * MANY));
    free(x);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_random");
    TCase *c = tcase_create("random");
    tcase_add_loop_test(c, signs_equal_the_plain_twin, 0, SIZES);
    tcase_add_loop_test(c, uniforms_equal_the_plain_twin, 0, SIZES);
    tcase_add_loop_test(c, gaussians_equal_the_plain_twin, 0, SIZES);
    tcase_add_test(c, uniforms_are_those_of_the_generator);
    tcase_add_test(c, gaussians_are_normal);
    tcase_add_loop_test(c, drops_equal_the_plain_twin, 0, SIZES);
    tcase_add_test(c, a_share_is_dropped_and_the_mean_stays);
    suite_add_tcase(s, c);
    return s;
}
