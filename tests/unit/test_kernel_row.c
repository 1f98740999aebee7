/* Softmax, layer norm and GELU of rows: plain and fast agree, at every length and with
 * either set of instructions. */
#include "suite.h"

#include "kernels/row.h"

#include <math.h>
#include <string.h>

enum { MOST = 67 };

/* Numbers of both signs and many sizes. */
static void fill(float *x, size_t n, float scale)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = scale * (float)sin(2.385 + 1.7 * (double)i) * (float)(i % 5);
    }
    x[n] = -17; /* not a part of the row */
}

START_TEST(softmax_is_that_of_the_plain_twin)
{
    const struct basin_row_code *code = basin_row_code((enum basin_isa)_i);
    const float scales[] = {0, 0.1F, 1, 30};
    for (size_t n = 1; n < MOST; n++) {
        for (size_t s = 0; s < 4; s++) {
            float fast[MOST + 1], plain[MOST + 1];
            double sum = 0;
            fill(fast, n, scales[s]);
            fill(plain, n, scales[s]);
            code->softmax(fast, n, 0.7F);
            basin_row_plain.softmax(plain, n, 0.7F);
            for (size_t i = 0; i < n; i++) {
                ck_assert_float_eq_tol(fast[i], plain[i], 1e-6F * plain[i] + 1e-30F);
                sum += (double)fast[i];
            }
            ck_assert_double_eq_tol(sum, 1, 1e-6);
            ck_assert_float_eq(fast[n], -17);
        }
    }
}
END_TEST

START_TEST(norm_is_that_of_the_plain_twin)
{
    const struct basin_row_code *code = basin_row_code((enum basin_isa)_i);
    float gain[MOST + 1], bias[MOST + 1];
    fill(gain, MOST, 1);
    fill(bias, MOST, 0.5F);
    for (size_t n = 1; n < MOST; n++) {
        float fast[MOST + 1], plain[MOST + 1];
        fill(fast, n, 3);
        fill(plain, n, 3);
        code->norm(fast, n, gain, bias, 1e-3F);
        basin_row_plain.norm(plain, n, gain, bias, 1e-3F);
        for (size_t i = 0; i < n; i++) {
            ck_assert_float_eq_tol(fast[i], plain[i], 1e-5F);
        }
        ck_assert_float_eq(fast[n], -17);
    }
}
END_TEST

START_TEST(gelu_is_that_of_the_plain_twin)
{
    const struct basin_row_code *code = basin_row_code((enum basin_isa)_i);
    for (size_t n = 1; n < MOST; n++) {
        float fast[MOST + 1], plain[MOST + 1];
        fill(fast, n, 3);
        fill(plain, n, 3);
        code->gelu(fast, n);
        basin_row_plain.gelu(plain, n);
        for (size_t i = 0; i < n; i++) {
            ck_assert_float_eq_tol(fast[i], plain[i], 1e-6F);
        }
        ck_assert_float_eq(fast[n], -17);
        fill(fast, n, 3);
        fill(plain, n, 3);
        code->gelu_tanh(fast, n);
        basin_row_plain.gelu_tanh(plain, n);
        for (size_t i = 0; i < n; i++) {
            ck_assert_float_eq_tol(fast[i], plain[i], 1.5e-6F);
        }
        ck_assert_float_eq(fast[n], -17);
    }
}
END_TEST

START_TEST(extreme_numbers_stay_finite)
{
    const struct basin_row_code *code = basin_row_code((enum basin_isa)_i);
    float row[] = {1000, 999, -1e30F, 1000};
    code->softmax(row, 4, 1);
    ck_assert_float_eq_tol(row[0], 0.42231880F, 1e-6F);
    ck_assert_float_eq_tol(row[1], 0.15536240F, 1e-6F);
    ck_assert_float_eq_tol(row[2], 0, 1e-30F);
    float x[] = {1e10F, -1e10F, 1e-30F, -1e-30F, 0};
    const float expected[] = {1e10F, 0, 0, 0, 0};
    float y[5];
    memcpy(y, x, sizeof(x));
    code->gelu(x, 5);
    code->gelu_tanh(y, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_float_eq_tol(x[i], expected[i], 1e-25F);
        ck_assert_float_eq_tol(y[i], expected[i], 1e-25F);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel row");
    TCase *c = tcase_create("row");
    int n = basin_isa_best() + 1;
    tcase_add_loop_test(c, softmax_is_that_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, norm_is_that_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, gelu_is_that_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, extreme_numbers_stay_finite, 0, n);
    suite_add_tcase(s, c);
    return s;
}
