/* AVX-512 gives the bits of AVX2, for a row of a product is only held in other registers.
 * Packed networks are whole numbers. Where there is no AVX-512 there is nothing to test.
 */
#include "suite.h"

#include "kernels/gemm.h"
#include "kernels/learn.h"
#include "kernels/polar_work.h"
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
        g.a_transposed = k % 3 == 0; /* packed, all of it */
        g.a_stride = g.a_transposed ? N : k;
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

/* Networks with tails of tiles, batches and words, and with states enough for tiles or
 * only a few. In the last five most units are +1, so that sums come to what bytes hold,
 * and fields go beyond 16 bits: of halves in which few units may change, of several
 * segments, and of one batch; the last two have more units than int16 sums hold. */
static const struct size {
    size_t n, d, m;
    bool alike;
} sizes[] = {{1, 1, 1, false}, {9, 23, 4, false}, {100, 60, 8, false},
    {24, 25, 33, false}, {30, 129, 70, false}, {130, 200, 64, false},
    {200, 400, 40, true}, {300, 1000, 33, true}, {60, 5000, 9, true}, {3, 20000, 3, true},
    {3, 33000, 2, true}};

enum { PATTERNS = 300 * 1000, STATES = 2 * 33000, STEPS = 9 };

struct network {
    struct basin_polar polar;
    struct basin_polar_work *work;
    double states[STATES];
    uint64_t *rows, *notes;
};

/* In nine of ten cases the given unit. */
static double near_unit(double u, double unit)
{
    return fabs(u) > 2.963 ? -unit : unit;
}

static void draw_patterns(const struct size *size, double *patterns)
{
    fill(patterns, size->n * size->d, 1);
    for (size_t i = 0; i < size->n * size->d; i++) {
        double u = patterns[i];
        double alike = i < size->d ? 1 : near_unit(u, 1);
        patterns[i] = size->alike ? alike : copysign(1, u);
    }
}

/* Every other state is near a pattern, and two are of +1 and -1 where patterns nearly
 * are. */
static void draw_states(
    const struct size *size, const double *patterns, bool unknown, double *states)
{
    fill(states, size->m * size->d, 2);
    for (size_t i = 0; i < size->m * size->d; i++) {
        size_t j = i / size->d;
        double u = states[i];
        double pattern = patterns[j % size->n * size->d + i % size->d];
        double known = j % 2 == 0 ? near_unit(u, pattern) : copysign(1, u);
        if (size->alike && j < 2) {
            known = j == 0 ? 1 : -1;
        }
        states[i] = unknown && fabs(u) < 0.5 ? 0 : known;
    }
}

static void network_init(struct network *net, enum basin_isa isa, const struct size *size,
    const double *patterns)
{
    ck_assert_int_eq(
        basin_polar_init(&net->polar, patterns, size->d, size->n, size->d, NULL), 0);
    net->polar.isa = isa;
    size_t words = (size->d + BATCH - 1) / BATCH * (size->n + 1);
    memset(net->polar.by_unit, 0, words * sizeof(*net->polar.by_unit));
    memset(net->polar.sum, 0, size->n * sizeof(*net->polar.sum));
    BASIN_CODE(isa, basin_polar)->pack(&net->polar, patterns, size->d);
    net->work = basin_polar_work_new(&net->polar);
    net->rows = basin_aligned(size->m * net->polar.row, sizeof(*net->rows));
    net->notes = basin_aligned(size->m * net->polar.note, sizeof(*net->notes));
    ck_assert(net->work != NULL && net->rows != NULL && net->notes != NULL);
}

static void network_free(struct network *net)
{
    basin_polar_work_free(net->work);
    basin_polar_free(&net->polar);
    free(net->rows);
    free(net->notes);
}

static void expect_same(const struct network net[2], const struct size *size)
{
    ck_assert_mem_eq(
        net[1].states, net[0].states, size->m * size->d * sizeof(net->states[0]));
    ck_assert_mem_eq(
        net[1].rows, net[0].rows, size->m * net->polar.row * sizeof(*net->rows));
    ck_assert_mem_eq(
        net[1].notes, net[0].notes, size->m * net->polar.note * sizeof(*net->notes));
    for (size_t half = 0; half < 2; half++) {
        const struct polar_half *a = &net[0].work->half[half];
        const struct polar_half *b = &net[1].work->half[half];
        size_t fields = size->d * HALF;
        ck_assert(a->wide == b->wide);
        ck_assert_mem_eq(a->overlap, b->overlap, size->n * HALF * sizeof(*a->overlap));
        ck_assert_mem_eq(a->field, b->field, fields * sizeof(*a->field));
        ck_assert_mem_eq(a->whole, b->whole, fields * sizeof(*a->whole));
    }
}

static void step(
    struct network *net, const struct size *size, const struct basin_polar_update *update)
{
    basin_polar_step_packed(
        &net->polar, update, net->work, net->rows, net->notes, size->m);
    basin_polar_unpack(&net->polar, net->rows, size->m, net->states, size->d);
}

static void start(struct network *net, const struct size *size, const double *states)
{
    memcpy(net->states, states, size->m * size->d * sizeof(*states));
    basin_polar_pack(&net->polar, states, size->d, size->m, net->rows);
    memset(net->notes, 0, size->m * net->polar.note * sizeof(*net->notes));
}

/* Steps to the end, or not for ever where states go round; then sweeps; then overlaps. */
static void update_both(struct network net[2], const struct size *size,
    const struct basin_polar_update *update, const size_t *order, const double *states)
{
    static double before[STATES];
    size_t bytes = size->m * size->d * sizeof(*states);
    start(&net[0], size, states);
    start(&net[1], size, states);
    memset(before, 0, sizeof(before));
    for (int t = 0; t < STEPS && memcmp(before, net[0].states, bytes) != 0; t++) {
        memcpy(before, net[0].states, bytes);
        step(&net[0], size, update);
        step(&net[1], size, update);
        expect_same(net, size);
    }
    start(&net[0], size, states);
    start(&net[1], size, states);
    for (int t = 0; t < 2; t++) {
        for (int k = 0; k < 2; k++) {
            basin_polar_sweep(&net[k].polar, update, net[k].work, order, net[k].states,
                size->d, size->m);
        }
        expect_same(net, size);
    }
    size_t abreast = size->m < BASIN_POLAR_ABREAST ? size->m : BASIN_POLAR_ABREAST;
    for (int k = 0; k < 2; k++) {
        basin_polar_overlaps(&net[k].polar, net[k].work, net[k].states, size->d, abreast);
    }
    expect_same(net, size);
}

START_TEST(networks_have_the_same_bits)
{
    static double patterns[PATTERNS], states[STATES], bias[STATES];
    static size_t order[STATES];
    static struct network net[2];
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        const struct size *size = &sizes[k];
        draw_patterns(size, patterns);
        network_init(&net[0], BASIN_ISA_AVX2, size, patterns);
        network_init(&net[1], (enum basin_isa)_i, size, patterns);
        for (size_t i = 0; i < size->d; i++) {
            bias[i] = (double)(i * 7 % 41) / 2 - 10;
            order[i] = (i * 7919 + 5) % size->d; /* a prime that divides no d */
        }
        for (int rule = 0; rule < 4; rule++) {
            struct basin_polar_update update = {
                .self = rule == 3 ? 2.5 : -(double)size->n,
                .bias = rule < 2 ? bias : NULL,
                .tie = (enum basin_polar_tie)(rule % 3)};
            draw_states(size, patterns, rule % 2 == 1, states);
            update_both(net, size, &update, order, states);
        }
        network_free(&net[0]);
        network_free(&net[1]);
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
    tcase_add_loop_test(c, networks_have_the_same_bits, BASIN_ISA_AVX512, beyond);
    suite_add_tcase(s, c);
    return s;
}
