/* What training does to rows: plain and fast agree at every length, with either set of
 * instructions, and leave what is beyond a row alone. */
#include "suite.h"

#include "kernels/learn.h"

#include <math.h>
#include <string.h>

enum { MOST = 67, BEYOND = -17 };

/* A row of n numbers of both signs and many sizes, and one that is no part of it. */
struct row {
    float x[MOST + 1];
};

static struct row row_of(size_t n, double phase, double scale)
{
    struct row row;
    for (size_t i = 0; i < n; i++) {
        row.x[i] = (float)(scale * sin(phase + 1.7 * (double)i) * (double)(1 + i % 5));
    }
    row.x[n] = BEYOND;
    return row;
}

static void expect_row(
    const struct row *fast, const struct row *plain, size_t n, float tolerance)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_float_eq_tol(
            fast->x[i], plain->x[i], tolerance * (1 + fabsf(plain->x[i])));
    }
    ck_assert_float_eq(fast->x[n], BEYOND);
}

START_TEST(norms_are_those_of_the_plain_twin)
{
    const struct basin_learn_code *code = basin_learn_code((enum basin_isa)_i);
    for (size_t n = 2; n < MOST; n++) {
        struct row x = row_of(n, 2.385, 1);
        struct row gain = row_of(n, 0.3, 1);
        struct row bias = row_of(n, 0.7, 1);
        struct row fast[2] = {x, x};
        struct row plain[2] = {x, x};
        float a = code->norm(x.x, n, gain.x, bias.x, 1e-3F, fast[0].x, fast[1].x);
        float b =
            basin_learn_plain.norm(x.x, n, gain.x, bias.x, 1e-3F, plain[0].x, plain[1].x);
        ck_assert_float_eq_tol(a, b, 1e-5F * b);
        expect_row(&fast[0], &plain[0], n, 2e-6F);
        expect_row(&fast[1], &plain[1], n, 5e-6F);
    }
}
END_TEST

START_TEST(slopes_of_norms_are_those_of_the_plain_twin)
{
    const struct basin_learn_code *code = basin_learn_code((enum basin_isa)_i);
    for (size_t n = 2; n < MOST; n++) {
        struct row normal = row_of(n, 2.385, 0.5);
        struct row gain = row_of(n, 0.3, 1);
        struct row fast[3] = {row_of(n, 1, 1), row_of(n, 2, 1), row_of(n, 3, 1)};
        struct row plain[3] = {fast[0], fast[1], fast[2]};
        code->norm_back(
            fast[0].x, n, gain.x, normal.x, 0.7F, fast[0].x, fast[1].x, fast[2].x);
        basin_learn_plain.norm_back(
            plain[0].x, n, gain.x, normal.x, 0.7F, plain[0].x, plain[1].x, plain[2].x);
        for (size_t i = 0; i < 3; i++) {
            expect_row(&fast[i], &plain[i], n, 1e-5F);
        }
    }
}
END_TEST

START_TEST(other_slopes_are_those_of_the_plain_twin)
{
    const struct basin_learn_code *code = basin_learn_code((enum basin_isa)_i);
    for (size_t n = 1; n < MOST; n++) {
        struct row x = row_of(n, 2.385, 1.5);
        struct row fast = row_of(n, 1, 1);
        struct row plain = fast;
        code->gelu_back(x.x, n, fast.x);
        basin_learn_plain.gelu_back(x.x, n, plain.x);
        expect_row(&fast, &plain, n, 5e-6F);
        code->gelu_tanh_back(x.x, n, fast.x);
        basin_learn_plain.gelu_tanh_back(x.x, n, plain.x);
        expect_row(&fast, &plain, n, 5e-6F);
        code->softmax_back(x.x, n, 0.3F, fast.x);
        basin_learn_plain.softmax_back(x.x, n, 0.3F, plain.x);
        expect_row(&fast, &plain, n, 5e-5F);
    }
}
END_TEST

START_TEST(cross_entropy_is_that_of_the_plain_twin)
{
    const struct basin_learn_code *code = basin_learn_code((enum basin_isa)_i);
    for (size_t n = 1; n < MOST; n++) {
        struct row fast = row_of(n, 2.385, 4);
        struct row plain = fast;
        double a = code->cross_entropy(fast.x, n, n / 2);
        double b = basin_learn_plain.cross_entropy(plain.x, n, n / 2);
        ck_assert_double_eq_tol(a, b, 1e-6 * (1 + b));
        expect_row(&fast, &plain, n, 1e-6F);
    }
    float far[] = {0, 200, 0}; /* e^-200 is no single-precision number */
    ck_assert_double_eq_tol(code->cross_entropy(far, 3, 0), 200, 1e-9);
}
END_TEST

START_TEST(sums_and_steps_are_those_of_the_plain_twin)
{
    const struct basin_learn_code *code = basin_learn_code((enum basin_isa)_i);
    const struct basin_adam adam = {0.9F, 0.98F, 1e-6F, 0.01F, 0.1F, 2, 3};
    for (size_t n = 1; n < MOST; n++) {
        struct row x = row_of(n, 2.385, 1);
        struct row fast[3] = {row_of(n, 1, 1), row_of(n, 2, 0), row_of(n, 3, 1)};
        struct row plain[3] = {fast[0], fast[1], fast[2]};
        code->add(x.x, n, fast[0].x);
        basin_learn_plain.add(x.x, n, plain[0].x);
        code->scale(fast[0].x, n, 0.7F);
        basin_learn_plain.scale(plain[0].x, n, 0.7F);
        double squares = basin_learn_plain.squares(x.x, n);
        ck_assert_double_eq_tol(code->squares(x.x, n), squares, 1e-6 * squares);
        code->adam(&adam, x.x, n, fast[0].x, fast[1].x, fast[2].x);
        basin_learn_plain.adam(&adam, x.x, n, plain[0].x, plain[1].x, plain[2].x);
        for (size_t i = 0; i < 3; i++) {
            expect_row(&fast[i], &plain[i], n, 1e-6F);
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel learn");
    TCase *c = tcase_create("learn");
    int n = basin_isa_best() + 1;
    tcase_add_loop_test(c, norms_are_those_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, slopes_of_norms_are_those_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, other_slopes_are_those_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, cross_entropy_is_that_of_the_plain_twin, 0, n);
    tcase_add_loop_test(c, sums_and_steps_are_those_of_the_plain_twin, 0, n);
    suite_add_tcase(s, c);
    return s;
}
