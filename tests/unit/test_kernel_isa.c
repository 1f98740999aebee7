/* AVX-512 gives the bits of AVX2, for a row of a product is only held in other registers.
 * Where there is no AVX-512 there is nothing to test. */
#include "suite.h"

#include "kernels/gemm.h"
#include "kernels/learn.h"
#include "kernels/row.h"
#include "kernels/softmax.h"

#include <math.h>
#include <string.h>

enum { N = 301, D = 70, V = 43, M = 37, MOST = 67 }; /* tails of all panels */

static void fill(double *x, size_t n, double seed)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = 3 * sin(seed + 0.37 * (double)i * (double)i);
    }
}

static void fill_single(float *x, size_t n, double seed)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)(3 * sin(seed + 0.37 * (double)i * (double)i));
    }
}

static void multiply(enum basin_isa isa, struct basin_gemm g, float *c, float *before)
{
    struct basin_gemm_work work = {0};
    fill_single(c, (size_t)N * V, 3);
    g.c = c;
    g.before = before;
    ck_assert_int_eq(basin_gemm_run(isa, &g, &work, NULL), 0);
    basin_gemm_work_free(&work);
}

START_TEST(products_have_the_same_bits)
{
    static float a[N * 600], b[600 * V], bias[V], c[2][N * V], before[2][N * V];
    fill_single(a, (size_t)N * 600, 1);
    fill_single(b, (size_t)600 * V, 2);
    fill_single(bias, V, 4);
    for (size_t k = 1; k <= 600; k += 599 / 7) { /* less and more than is near at once */
        struct basin_gemm g = {.m = N, .n = V, .k = k, .a = a, .b = b, .bias = bias};
        g.a_stride = k;
        g.b_stride = g.c_stride = V;
        g.add = k % 2 == 0;
        g.activation = BASIN_GEMM_GELU;
        multiply(BASIN_ISA_AVX2, g, c[0], before[0]);
        multiply((enum basin_isa)_i, g, c[1], before[1]);
        ck_assert_mem_eq(c[1], c[0], sizeof(c[0]));
        ck_assert_mem_eq(before[1], before[0], sizeof(before[0]));
    }
}
END_TEST

struct retrieved {
    double out[M * V], weights[M * N], log_sum[M], largest[M];
};

static void retrieve(enum basin_isa isa, bool single, struct retrieved *r)
{
    static double keys[N * D], values[N * V], queries[M * D];
    struct basin_softmax kernel;
    fill(keys, (size_t)N * D, 1);
    fill(values, (size_t)N * V, 2);
    fill(queries, (size_t)M * D, 3);
    ck_assert_int_eq(
        basin_softmax_init(&kernel, keys, D, values, V, N, D, V, single, NULL), 0);
    kernel.isa = isa;
    basin_softmax_pack(&kernel, keys, D, values, V, N);
    struct basin_softmax_work *work = basin_softmax_work_new(&kernel);
    ck_assert_ptr_nonnull(work);
    struct basin_softmax_extra extra = {.log_sum = r->log_sum, .largest = r->largest};
    basin_softmax_apply(&kernel, work, 0.1, queries, D, M, r->out, V, &extra);
    ck_assert_int_eq(
        basin_softmax_weights(&kernel, work, 0.1, queries, D, M, r->weights, N), 0);
    basin_softmax_work_free(work);
    basin_softmax_free(&kernel);
}

START_TEST(retrievals_have_the_same_bits)
{
    static struct retrieved r[2];
    for (int single = 0; single < 2; single++) {
        retrieve(BASIN_ISA_AVX2, single != 0, &r[0]);
        retrieve((enum basin_isa)_i, single != 0, &r[1]);
        ck_assert_mem_eq(&r[1], &r[0], sizeof(r[0]));
    }
}
END_TEST

struct rows {
    float x[12][MOST];
    double loss, squares;
};

static void work_on_rows(enum basin_isa isa, size_t n, struct rows *r)
{
    const struct basin_row_code *row = basin_row_code(isa);
    const struct basin_learn_code *learn = basin_learn_code(isa);
    const struct basin_adam adam = {.beta1 = 0.9F,
        .beta2 = 0.99F,
        .epsilon = 1e-8F,
        .rate = 0.01F,
        .decay = 0.1F,
        .m_scale = 10,
        .v_scale = 100};
    memset(r, 0, sizeof(*r));
    for (size_t i = 0; i < 12; i++) {
        fill_single(r->x[i], n, (double)i);
    }
    float(*x)[MOST] = r->x;
    row->softmax(x[0], n, 0.7F);
    row->norm(x[1], n, x[2], x[3], 1e-5F);
    row->gelu(x[4], n);
    row->gelu_tanh(x[5], n);
    float inverse = learn->norm(x[1], n, x[2], x[3], 1e-5F, x[6], x[7]);
    learn->norm_back(x[1], n, x[2], x[6], inverse, x[8], x[9], x[10]);
    learn->gelu_back(x[2], n, x[6]);
    learn->gelu_tanh_back(x[3], n, x[7]);
    learn->softmax_back(x[0], n, 0.7F, x[8]);
    r->squares = learn->squares(x[8], n);
    learn->add(x[8], n, x[9]);
    learn->scale(x[9], n, 0.3F);
    memcpy(x[11], x[10], n * sizeof(float));
    r->loss = learn->cross_entropy(x[11], n, n / 2);
    fill_single(x[0], n, 7);
    learn->scale(x[0], n, 0);
    memcpy(x[1], x[0], n * sizeof(float));
    learn->adam(&adam, x[9], n, x[0], x[1], x[10]);
}

START_TEST(rows_have_the_same_bits)
{
    static struct rows r[2];
    for (size_t n = 2; n <= MOST; n++) {
        work_on_rows(BASIN_ISA_AVX2, n, &r[0]);
        work_on_rows((enum basin_isa)_i, n, &r[1]);
        ck_assert_mem_eq(&r[1], &r[0], sizeof(r[0]));
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel isa");
    TCase *c = tcase_create("isa");
    int beyond = basin_isa_best() + 1;
    tcase_add_loop_test(c, products_have_the_same_bits, BASIN_ISA_AVX512, beyond);
    tcase_add_loop_test(c, retrievals_have_the_same_bits, BASIN_ISA_AVX512, beyond);
    tcase_add_loop_test(c, rows_have_the_same_bits, BASIN_ISA_AVX512, beyond);
    suite_add_tcase(s, c);
    return s;
}
