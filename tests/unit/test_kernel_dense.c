/* Dense associative memories by look-up against the sum over patterns. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/dense.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const struct {
    size_t n, d, m;
} sizes[] = {{1, 1, 1}, {3, 2, 9}, {24, 30, 8}, {25, 25, 70}, {200, 64, 13}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), VARIANTS = 4 };

static double *numbers(size_t n)
{
    double *x = calloc(n, sizeof(*x));
    ck_assert_ptr_nonnull(x);
    return x;
}

static double *signs(gsl_rng *rng, size_t n)
{
    double *x = numbers(n);
    for (size_t i = 0; i < n; i++) {
        x[i] = gsl_rng_get(rng) & 1 ? 1 : -1;
    }
    return x;
}

/* G of F(z) = z^3 for v = -d-1..d+1, or of e^z for v - shift = -2d-1..1. */
static double *gains(long d, bool exponential)
{
    long least = exponential ? -2 * d - 1 : -d - 1;
    long most = exponential ? 1 : d + 1;
    double *table = numbers((size_t)(most - least + 1));
    for (long v = least; v <= most; v++) {
        double z = (double)v;
        table[v - least] =
            exponential ? exp(z + 1) - exp(z - 1) : pow(z + 1, 3) - pow(z - 1, 3);
    }
    return table;
}

/* Fields of cubes are exact, those of exponentials nearly. */
START_TEST(fields_equal_the_plain_twin)
{
    size_t n = sizes[_i / VARIANTS].n;
    size_t d = sizes[_i / VARIANTS].d;
    size_t m = sizes[_i / VARIANTS].m;
    bool exponential = _i % 2 != 0;
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 2016);
    double *patterns = signs(rng, n * d);
    double *states = signs(rng, m * d);
    double *fields = numbers(m * d);
    double *expected = numbers(m * d);
    int32_t *overlaps = calloc(m * n, sizeof(*overlaps));
    double *table = gains((long)d, exponential);
    struct basin_dense_gain gain = {
        .gain = table + (exponential ? 2 * d + 1 : d + 1), .shifted = exponential};
    struct basin_polar polar;
    ck_assert_int_eq(basin_polar_init(&polar, patterns, d, n, d, NULL), 0);
    polar.isa = _i / 2 % 2 == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
    struct basin_dense_work *work = basin_dense_work_new(&polar);
    ck_assert_ptr_nonnull(work);

    basin_dense_fields_plain(&polar, &gain, states, d, m, expected, d, overlaps);
    basin_dense_fields(&polar, &gain, work, states, d, m, fields, d, overlaps);
    for (size_t i = 0; i < m * d; i++) {
        double tolerance = exponential ? 8 * (double)n * DBL_EPSILON : 0;
        ck_assert_msg(fabs(fields[i] - expected[i]) <= tolerance,
            "field %zu of state %zu is %.17g, not %.17g", i % d, i / d, fields[i],
            expected[i]);
    }
    for (size_t j = 0; j < m; j++) {
        double o = 0;
        for (size_t l = 0; l < d; l++) {
            o += states[j * d + l] * patterns[(n - 1) * d + l];
        }
        ck_assert(overlaps[j * n + n - 1] == o);
    }

    basin_dense_work_free(work);
    basin_polar_free(&polar);
    free(patterns);
    free(states);
    free(fields);
    free(expected);
    free(overlaps);
    free(table);
    gsl_rng_free(rng);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_dense");
    TCase *c = tcase_create("dense");
    tcase_add_loop_test(c, fields_equal_the_plain_twin, 0, SIZES * VARIANTS);
    suite_add_tcase(s, c);
    return s;
}
