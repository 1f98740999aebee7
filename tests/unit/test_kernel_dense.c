/* Dense associative memories by look-up against the sum over patterns: within the error
 * that they say they have. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The last needs more than one block of sums in single precision. */
static const struct {
    size_t n, d, m;
} sizes[] = {
    {1, 1, 1}, {3, 2, 9}, {24, 30, 8}, {25, 25, 32}, {200, 64, 13}, {1600, 20, 17}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), ISAS = 2 };

/* F: cubes are exact in single precision, fortieth powers overflow it, exponentials
 * underflow. Constant gains round the same way in nearly every sum. */
enum kind { CUBE, RECTIFIED, HIGH, EXPONENTIAL, CONSTANT, KINDS };

static double F(enum kind kind, double z)
{
    switch (kind) {
    case CUBE:
        return z * z * z;
    case RECTIFIED:
        return z > 0 ? z * z * z : 0;
    case HIGH:
        return pow(z, 40);
    case EXPONENTIAL:
        return exp(z);
    default:
        return 391 * z / 464;
    }
}

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

/* A memory with its gains, states, and what both ways make of them. */
struct net {
    size_t n, d, m;
    enum kind kind;
    double *table;
    struct basin_dense_gain gain;
    double *patterns, *states, *fields, *expected;
    int32_t *overlaps;
    struct basin_polar polar;
    struct basin_dense_work *work;
    double error[BASIN_POLAR_ABREAST];
};

/* G for v = -d-1..d+1, or for v - shift = -2d-1..1. */
static void make_gains(struct net *net)
{
    bool shifted = net->kind == EXPONENTIAL;
    long least = (shifted ? -2 : -1) * (long)net->d - 1;
    net->table = numbers(2 * net->d + 3);
    for (long i = 0; i < 2 * (long)net->d + 3; i++) {
        double v = (double)(least + i);
        net->table[i] = F(net->kind, v + 1) - F(net->kind, v - 1);
    }
    net->gain = (struct basin_dense_gain){net->table - least, shifted};
}

/* Random patterns, or the same one n times, and random states. */
static struct net net_of(
    enum kind kind, size_t n, size_t d, size_t m, bool alike, enum basin_isa isa)
{
    struct net net = {.n = n, .d = d, .m = m, .kind = kind};
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 2016);
    net.patterns = signs(rng, n * d);
    for (size_t mu = 1; alike && mu < n; mu++) {
        memcpy(net.patterns + mu * d, net.patterns, d * sizeof(double));
    }
    net.states = signs(rng, m * d);
    gsl_rng_free(rng);
    net.fields = numbers(m * d);
    net.expected = numbers(m * d);
    net.overlaps = calloc(m * n, sizeof(*net.overlaps));
    make_gains(&net);
    ck_assert_int_eq(basin_polar_init(&net.polar, net.patterns, d, n, d, NULL), 0);
    net.polar.isa = isa;
    net.work = basin_dense_work_new(&net.polar, &net.gain);
    ck_assert_ptr_nonnull(net.work);
    basin_dense_fields_plain(
        &net.polar, &net.gain, net.states, d, m, net.expected, d, net.overlaps);
    basin_dense_fields(&net.polar, net.work, net.states, d, m, net.fields, d, net.error);
    return net;
}

static void net_free(struct net *net)
{
    basin_dense_work_free(net->work);
    basin_polar_free(&net->polar);
    free(net->table);
    free(net->patterns);
    free(net->states);
    free(net->fields);
    free(net->expected);
    free(net->overlaps);
}

static enum basin_isa isa_of(int i)
{
    return i % ISAS == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
}

/* sum |A| + |B| of state j. */
static double sum_of_gains(const struct net *net, size_t j)
{
    const int32_t *o = net->overlaps + j * net->n;
    int32_t shift = net->gain.shifted ? o[0] : 0;
    for (size_t mu = 0; net->gain.shifted && mu < net->n; mu++) {
        shift = o[mu] > shift ? o[mu] : shift;
    }
    double sum = 0;
    for (size_t mu = 0; mu < net->n; mu++) {
        const double *G = net->gain.gain + o[mu] - shift;
        sum += fabs(G[-1] + G[1]) / 2 + fabs(G[-1] - G[1]) / 2;
    }
    return sum;
}

static double largest_miss(const struct net *net, size_t j)
{
    double miss = 0;
    for (size_t l = j * net->d; l < (j + 1) * net->d; l++) {
        miss = fmax(miss, fabs(net->fields[l] - net->expected[l]));
    }
    return miss;
}

/* The bound holds and is no larger than its derivation says; small whole numbers are
 * exact. */
START_TEST(fields_are_the_plain_twins_within_their_error)
{
    size_t i = (size_t)_i / KINDS / ISAS;
    struct net net = net_of((enum kind)(_i / ISAS % KINDS), sizes[i].n, sizes[i].d,
        sizes[i].m, false, isa_of(_i));
    double *o = numbers(net.n);
    for (size_t j = 0; j < net.m; j++) {
        double sum = sum_of_gains(&net, j);
        bool whole = net.kind < EXPONENTIAL && sum < 0x1p23;
        ck_assert_msg((net.error[j] < 0) == whole, "error %g, sum %g", net.error[j], sum);
        ck_assert_double_le(net.error[j], 45.01 * 0x1p-24 * sum);
        double miss = largest_miss(&net, j);
        ck_assert_msg(miss <= fmax(net.error[j], 0), "off by %g, at the most %g", miss,
            net.error[j]);
        basin_dense_overlaps(&net.polar, net.work, j, o);
        for (size_t mu = 0; mu < net.n; mu++) {
            ck_assert(o[mu] == net.overlaps[j * net.n + mu]);
        }
    }
    free(o);
    net_free(&net);
}
END_TEST

/* Equal terms, a whole block of them and many blocks: what too small a count of roundings
 * would not cover. */
START_TEST(errors_are_near_their_bound_where_roundings_agree)
{
    size_t n = _i / ISAS == 0 ? 768 : 20000;
    struct net net = net_of(CONSTANT, n, 4, 32, true, isa_of(_i));
    double most = 0;
    for (size_t j = 0; j < net.m; j++) {
        double miss = largest_miss(&net, j);
        ck_assert_double_le(miss, net.error[j]);
        most = fmax(most, miss / net.error[j]);
    }
    ck_assert_msg(most >= 0.1, "at the most %g of the bound", most);
    net_free(&net);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_dense");
    TCase *c = tcase_create("dense");
    tcase_add_loop_test(
        c, fields_are_the_plain_twins_within_their_error, 0, SIZES * KINDS * ISAS);
    tcase_add_loop_test(
        c, errors_are_near_their_bound_where_roundings_agree, 0, 2 * ISAS);
    suite_add_tcase(s, c);
    return s;
}
