/* Products of matrices: plain and fast agree for all shapes, forms and endings, with
 * either set of instructions; threads and neighbouring rows change no bit. */
#include "suite.h"

#include "kernels/gemm.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum { GAP = 3, GUARD = -17 }; /* rows are that much further apart than they are long */

struct shape {
    size_t m, n, k;
};

/* Around the sizes of panels, tiles and blocks; the last has so many columns that A is
 * packed. */
static const struct shape shapes[] = {{1, 1, 1}, {6, 16, 8}, {5, 17, 7}, {7, 15, 9},
    {13, 130, 257}, {193, 33, 256}, {200, 129, 70}, {97, 48, 600}, {20, 530, 40}};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]), FORMS = 4 };

static float *matrix(size_t rows, size_t stride, double seed)
{
    float *x = malloc((rows * stride + 1) * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i <= rows * stride; i++) {
        x[i] = (float)(3 * sin(seed + 0.37 * (double)i * (double)i));
    }
    return x;
}

/* The problem of a shape and a form (which factors are transposed). C is not set. */
static struct basin_gemm problem(struct shape s, int form)
{
    struct basin_gemm g = {
        .m = s.m, .n = s.n, .k = s.k, .a_transposed = form % 2, .b_transposed = form / 2};
    g.a_stride = (g.a_transposed ? s.m : s.k) + GAP;
    g.b_stride = (g.b_transposed ? s.k : s.n) + GAP;
    g.c_stride = s.n + GAP;
    g.a = matrix(g.a_transposed ? s.k : s.m, g.a_stride, 1);
    g.b = matrix(g.b_transposed ? s.n : s.k, g.b_stride, 2);
    return g;
}

static void forget(struct basin_gemm *g)
{
    free((void *)(uintptr_t)g->a);
    free((void *)(uintptr_t)g->b);
    *g = (struct basin_gemm){0};
}

static float *result(size_t m, size_t stride)
{
    float *c = matrix(m, stride, 3);
    c[m * stride] = GUARD;
    return c;
}

/* Sums of k terms of at most 9 are about 9 sqrt(k), and each of the k roundings is 6e-8
 * of one: 6e-7 k, if they add up as a random walk does. What is behind a row does not
 * change.
 */
static void expect_close(
    const float *fast, const float *plain, const struct basin_gemm *g)
{
    double error = 2e-6 * (double)g->k + 2e-6;
    double worst = 0;
    for (size_t i = 0; i < g->m * g->c_stride; i++) {
        double allowed = i % g->c_stride < g->n ? error : 1e-30;
        worst = fmax(worst, fabs((double)fast[i] - (double)plain[i]) / allowed);
    }
    ck_assert_double_le(worst, 1);
    ck_assert_float_eq(fast[g->m * g->c_stride], GUARD);
}

static void expect_twin(enum basin_isa isa, struct basin_gemm *g)
{
    struct basin_gemm_work work = {0};
    bool before = g->before != NULL;
    float *c[2], *raw[2];
    for (int i = 0; i < 2; i++) {
        c[i] = g->c = result(g->m, g->c_stride);
        raw[i] = result(g->m, g->c_stride);
        g->before = before ? raw[i] : NULL;
        if (i == 0) {
            ck_assert_int_eq(basin_gemm_run(isa, g, &work, NULL), 0);
        } else {
            basin_gemm_plain(g);
        }
    }
    expect_close(c[0], c[1], g);
    expect_close(raw[0], raw[1], g);
    for (int i = 0; i < 2; i++) {
        free(c[i]);
        free(raw[i]);
    }
    basin_gemm_work_free(&work);
}

START_TEST(products_are_those_of_the_plain_twin)
{
    for (size_t s = 0; s < SHAPES; s++) {
        for (int form = 0; form < FORMS; form++) {
            struct basin_gemm g = problem(shapes[s], form);
            expect_twin((enum basin_isa)_i, &g);
            g.add = true;
            expect_twin((enum basin_isa)_i, &g);
            forget(&g);
        }
    }
}
END_TEST

START_TEST(endings_are_those_of_the_plain_twin)
{
    for (size_t s = 0; s < SHAPES; s++) {
        struct basin_gemm g = problem(shapes[s], 2);
        float *bias = matrix(1, g.n, 4), some = 0;
        g.bias = bias;
        for (int f = BASIN_GEMM_LINEAR; f <= BASIN_GEMM_RELU; f++) {
            g.activation = (enum basin_gemm_activation)f;
            g.before = f % 2 == 0 ? &some : NULL; /* wanted or not */
            expect_twin((enum basin_isa)_i, &g);
        }
        free(bias);
        forget(&g);
    }
}
END_TEST

START_TEST(threads_and_neighbours_change_no_bit)
{
    enum basin_isa isa = (enum basin_isa)_i;
    struct basin_gemm_work work = {0};
    struct basin_gemm g = problem((struct shape){211, 300, 300}, 2);
    float *c[3];
    int threads = omp_get_max_threads();
    for (int i = 0; i < 3; i++) {
        c[i] = g.c = result(g.m, g.c_stride);
        omp_set_num_threads(i + 1);
        ck_assert_int_eq(basin_gemm_run(isa, &g, &work, NULL), 0);
        ck_assert_mem_eq(c[i], c[0], g.m * g.c_stride * sizeof(*g.c));
    }
    omp_set_num_threads(threads);
    struct basin_gemm row = g;
    row.m = 1;
    row.a = g.a + 200 * g.a_stride;
    row.c = c[1];
    ck_assert_int_eq(basin_gemm_run(isa, &row, &work, NULL), 0);
    ck_assert_mem_eq(row.c, c[0] + 200 * g.c_stride, g.n * sizeof(*row.c));
    for (int i = 0; i < 3; i++) {
        free(c[i]);
    }
    forget(&g);
    basin_gemm_work_free(&work);
}
END_TEST

START_TEST(a_factor_packed_before_changes_no_bit)
{
    for (size_t i = 0; i < (size_t)SHAPES * FORMS; i++) {
        struct basin_gemm g = problem(shapes[i / FORMS], (int)(i % FORMS));
        float *c[2];
        for (int before = 0; before < 2; before++) {
            struct basin_gemm_work work = {0}; /* where nothing is packed it stays so */
            g.c = c[before] = result(g.m, g.c_stride);
            if (before) {
                g.b_packed =
                    basin_aligned(basin_gemm_packed_size(g.n, g.k), sizeof(*g.b_packed));
                ck_assert_ptr_nonnull(g.b_packed);
                basin_gemm_pack((enum basin_isa)_i, &g, g.b_packed);
            }
            ck_assert_int_eq(basin_gemm_run((enum basin_isa)_i, &g, &work, NULL), 0);
            basin_gemm_work_free(&work);
        }
        ck_assert_mem_eq(c[1], c[0], g.m * g.c_stride * sizeof(*g.c));
        free(c[0]);
        free(c[1]);
        free(g.b_packed);
        forget(&g);
    }
}
END_TEST

START_TEST(too_large_factors_are_refused)
{
    struct basin_gemm_work work = {0};
    struct basin_diag diag = {{0}};
    struct basin_gemm g = {.m = SIZE_MAX / 8, .n = 1, .k = 3, .a_transposed = true};
    ck_assert_int_eq(basin_gemm_run(basin_isa_best(), &g, &work, &diag), BASIN_ERR_NOMEM);
    ck_assert_ptr_nonnull(strstr(diag.text, "no memory to pack"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_gemm");
    TCase *c = tcase_create("gemm");
    int sets = basin_isa_best() + 1;
    tcase_add_loop_test(c, products_are_those_of_the_plain_twin, 0, sets);
    tcase_add_loop_test(c, endings_are_those_of_the_plain_twin, 0, sets);
    tcase_add_loop_test(c, a_factor_packed_before_changes_no_bit, 0, sets);
    tcase_add_loop_test(c, threads_and_neighbours_change_no_bit, 0, sets);
    tcase_add_test(c, too_large_factors_are_refused);
    suite_add_tcase(s, c);
    return s;
}
