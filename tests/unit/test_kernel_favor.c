/* FAVOR+ by the softmax kernel against features and sums as the equations read. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/favor.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

static const struct {
    size_t r, n, d, v, m;
} sizes[] = {
    {1, 1, 1, 1, 1}, {7, 5, 3, 2, 4}, {64, 40, 16, 16, 130}, {20, 2100, 4, 3, 3}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), VARIANTS = 4 };

static double *gaussians(gsl_rng *rng, size_t n)
{
    double *x = malloc(n * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; i++) {
        x[i] = gsl_ran_gaussian(rng, 1);
    }
    return x;
}

static void expect_near(double got, double expected, double tolerance)
{
    ck_assert_msg(fabs(got - expected) <= tolerance, "%.17g, not %.17g", got, expected);
}

/* Variants: single precision or double, shifted or not; a stabiliser large enough to be
 * seen in both. */
START_TEST(sums_equal_the_plain_twin)
{
    size_t r = sizes[_i / VARIANTS].r;
    size_t n = sizes[_i / VARIANTS].n;
    size_t d = sizes[_i / VARIANTS].d;
    size_t v = sizes[_i / VARIANTS].v;
    size_t m = sizes[_i / VARIANTS].m;
    bool single = _i % 2 != 0;
    bool shifted = _i / 2 % 2 != 0;
    const double scale = 0.7;
    const double eps = 0.01;
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 2021);
    double *directions = gaussians(rng, r * d);
    double *keys = gaussians(rng, n * d);
    double *values = gaussians(rng, n * v);
    double *queries = gaussians(rng, m * d);
    double *av = gaussians(rng, m * v);
    double *D = gaussians(rng, m);
    double *plain = gaussians(rng, r + v);
    struct basin_favor_memory memory;
    ck_assert_int_eq(basin_favor_memory_init(&memory, directions, d, r, keys, d, values,
                         v, n, d, v, scale, eps, shifted, single, NULL),
        0);
    struct basin_favor_work *work = basin_favor_work_new(&memory);
    ck_assert_ptr_nonnull(work);
    basin_favor_memory_read(&memory, work, queries, d, m, av, v, D);
    double epsilon = single ? FLT_EPSILON : DBL_EPSILON;
    for (size_t j = 0; j < m; j++) {
        double expected;
        basin_favor_plain(directions, r, keys, values, n, d, v, scale, eps, shifted,
            queries + j * d, plain, plain + r, &expected);
        expect_near(D[j], expected, 200 * epsilon * expected);
        for (size_t c = 0; c < v; c++) {
            expect_near(av[j * v + c], plain[r + c], 400 * epsilon * expected);
        }
    }
    basin_favor_work_free(work);
    basin_favor_memory_free(&memory);
    free(directions);
    free(keys);
    free(values);
    free(queries);
    free(av);
    free(D);
    free(plain);
    gsl_rng_free(rng);
}
END_TEST

/* Exponents up to some 10^4, which only the shifts keep finite. */
START_TEST(large_exponents_do_not_overflow)
{
    const double directions[] = {100, -100, 3};
    const double keys[] = {90, 80, -85};
    const double values[] = {1, 2, 3};
    const double query = 90;
    double phi[3];
    double av;
    double D;
    double plain_av;
    double plain_D;
    struct basin_favor_memory memory;
    ck_assert_int_eq(basin_favor_memory_init(&memory, directions, 1, 3, keys, 1, values,
                         1, 3, 1, 1, 1, 1e-6, true, false, NULL),
        0);
    struct basin_favor_work *work = basin_favor_work_new(&memory);
    ck_assert_ptr_nonnull(work);
    basin_favor_memory_read(&memory, work, &query, 1, 1, &av, 1, &D);
    basin_favor_plain(directions, 3, keys, values, 3, 1, 1, 1, 1e-6, true, &query, phi,
        &plain_av, &plain_D);
    expect_near(av, plain_av, 1e-12 * plain_D);
    expect_near(D, plain_D, 1e-12 * plain_D);
    basin_favor_work_free(work);
    basin_favor_memory_free(&memory);
}
END_TEST

/* Keys of three blocks on one thread, two and three. */
START_TEST(threads_change_no_bit)
{
    enum { R = 20, N = 700, D = 5, V = 3, M = 4, WAYS = 3 };
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 7);
    double *directions = gaussians(rng, (size_t)R * D);
    double *keys = gaussians(rng, (size_t)N * D);
    double *values = gaussians(rng, (size_t)N * V);
    double av[WAYS][M * V];
    double sums[WAYS][M];
    int threads = omp_get_max_threads();
    for (int i = 0; i < WAYS; i++) {
        struct basin_favor_memory memory;
        omp_set_num_threads(i + 1);
        ck_assert_int_eq(basin_favor_memory_init(&memory, directions, D, R, keys, D,
                             values, V, N, D, V, 0.7, 1e-4, true, true, NULL),
            0);
        struct basin_favor_work *work = basin_favor_work_new(&memory);
        ck_assert_ptr_nonnull(work);
        basin_favor_memory_read(&memory, work, keys, D, M, av[i], V, sums[i]);
        ck_assert_mem_eq(av[i], av[0], sizeof(av[0]));
        ck_assert_mem_eq(sums[i], sums[0], sizeof(sums[0]));
        basin_favor_work_free(work);
        basin_favor_memory_free(&memory);
    }
    omp_set_num_threads(threads);
    free(directions);
    free(keys);
    free(values);
    gsl_rng_free(rng);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_favor");
    TCase *c = tcase_create("favor");
    tcase_add_loop_test(c, sums_equal_the_plain_twin, 0, SIZES * VARIANTS);
    tcase_add_test(c, large_exponents_do_not_overflow);
    tcase_add_test(c, threads_change_no_bit);
    suite_add_tcase(s, c);
    return s;
}
