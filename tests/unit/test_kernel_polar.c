/* Packed classical networks against their plain twins, exactly. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/polar.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One network and states to update, on the portable or the best instructions. */
struct net {
    size_t n, d, m;
    gsl_rng *rng;
    double *patterns, *states, *expected, *bias;
    size_t *order;
    struct basin_polar polar;
    struct basin_polar_work *work;
};

enum likeness { RANDOM, ALIKE };

static double *doubles(size_t n)
{
    double *x = calloc(n + 1, sizeof(*x));
    ck_assert_ptr_nonnull(x);
    return x;
}

static double coin(gsl_rng *rng)
{
    return gsl_rng_get(rng) & 1 ? 1 : -1;
}

/* Cues: a pattern with a tenth of its units flipped, and a share of zeros. */
static void net_cue(struct net *net, double zeros)
{
    for (size_t j = 0; j < net->m; j++) {
        for (size_t i = 0; i < net->d; i++) {
            double x = net->patterns[j % net->n * net->d + i];
            double u = gsl_rng_uniform(net->rng);
            x = u < 0.1 ? -x : x;
            net->states[j * net->d + i] = u > 1 - zeros ? 0 : x;
        }
    }
    memcpy(net->expected, net->states, net->m * net->d * sizeof(double));
}

static struct net net_of(
    size_t n, size_t d, size_t m, enum likeness likeness, enum basin_isa isa)
{
    struct net net = {.n = n, .d = d, .m = m};
    net.rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(net.rng, 1982 + n + d);
    net.patterns = doubles(n * d);
    net.states = doubles(m * d);
    net.expected = doubles(m * d);
    net.bias = doubles(d);
    net.order = calloc(d, sizeof(*net.order));
    for (size_t i = 0; i < n * d; i++) {
        bool copy = likeness == ALIKE && i >= d && gsl_rng_uniform(net.rng) < 0.9;
        net.patterns[i] = copy ? net.patterns[i % d] : coin(net.rng);
    }
    for (size_t i = 0; i < d; i++) {
        net.bias[i] = (double)(gsl_rng_get(net.rng) % 41) / 2 - 10;
        net.order[i] = i;
    }
    gsl_ran_shuffle(net.rng, net.order, d, sizeof(*net.order));
    ck_assert_int_eq(basin_polar_init(&net.polar, net.patterns, d, n, d, NULL), 0);
    net.polar.isa = isa;
    net.work = basin_polar_work_new(&net.polar);
    ck_assert_ptr_nonnull(net.work);
    net_cue(&net, 0);
    return net;
}

static void net_free(struct net *net)
{
    free(net->patterns);
    free(net->states);
    free(net->expected);
    free(net->bias);
    free(net->order);
    gsl_rng_free(net->rng);
    basin_polar_work_free(net->work);
    basin_polar_free(&net->polar);
}

static void expect_equal(const struct net *net, const char *what)
{
    for (size_t i = 0; i < net->m * net->d; i++) {
        ck_assert_msg(net->states[i] == net->expected[i],
            "%s, N = %zu, d = %zu: unit %zu of state %zu is %g, not %g", what, net->n,
            net->d, i % net->d, i / net->d, net->states[i], net->expected[i]);
    }
}

/* The states that stay packed, updated as `states` are: equal words for equal states. */
static void expect_packed(const struct net *net, uint64_t *rows, const char *what)
{
    size_t words = net->m * net->polar.row;
    uint64_t *expected = calloc(words, sizeof(*expected));
    ck_assert_ptr_nonnull(expected);
    basin_polar_pack(&net->polar, net->expected, net->d, net->m, expected);
    for (size_t w = 0; w < words; w++) {
        ck_assert_msg(rows[w] == expected[w],
            "%s, N = %zu, d = %zu: word %zu of packed state %zu differs", what, net->n,
            net->d, w % net->polar.row, w / net->polar.row);
    }
    free(expected);
    free(rows);
}

static uint64_t *pack(const struct net *net)
{
    uint64_t *rows = calloc(net->m * net->polar.row, sizeof(*rows));
    ck_assert_ptr_nonnull(rows);
    basin_polar_pack(&net->polar, net->states, net->d, net->m, rows);
    return rows;
}

static void step_both(struct net *net, const struct basin_polar_update *update)
{
    uint64_t *rows = pack(net);
    basin_polar_step_packed(&net->polar, update, net->work, rows, NULL, net->m);
    basin_polar_step(&net->polar, update, net->work, net->states, net->d, net->m);
    basin_polar_step_plain(&net->polar, update, net->work, net->expected, net->d, net->m);
    expect_equal(net, "step");
    expect_packed(net, rows, "step");
}

static void sweep_both(struct net *net, const struct basin_polar_update *update)
{
    uint64_t *rows = pack(net);
    basin_polar_sweep_packed(&net->polar, update, net->work, net->order, rows, net->m);
    basin_polar_sweep(
        &net->polar, update, net->work, net->order, net->states, net->d, net->m);
    basin_polar_sweep_plain(
        &net->polar, update, net->work, net->order, net->expected, net->d, net->m);
    expect_equal(net, "sweep");
    expect_packed(net, rows, "sweep");
}

/* Every tie rule, with and without the diagonal and a bias. */
static void update_both(struct net *net, double zeros)
{
    for (int tie = BASIN_POLAR_KEEP; tie <= BASIN_POLAR_MINUS; tie++) {
        for (int with_bias = 0; with_bias < 2; with_bias++) {
            struct basin_polar_update update = {
                .self = tie == BASIN_POLAR_PLUS ? 2.5 : -(double)net->n,
                .bias = with_bias ? net->bias : NULL,
                .tie = (enum basin_polar_tie)tie};
            net_cue(net, zeros);
            step_both(net, &update);
            step_both(net, &update);
            net_cue(net, zeros);
            sweep_both(net, &update);
            sweep_both(net, &update);
        }
    }
}

static const struct {
    size_t n, d, m;
} sizes[] = {{1, 1, 1}, {2, 3, 4}, {5, 24, 31}, {9, 23, 9}, {100, 60, 20}, {24, 25, 33},
    {7, 64, 64}, {30, 129, 70}, {130, 200, 5}, {48, 250, 130}, {150, 300, 3}};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static enum basin_isa isa_of(int i)
{
    return i % 2 == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
}

START_TEST(updates_equal_the_plain_twin)
{
    struct net net =
        net_of(sizes[_i / 2].n, sizes[_i / 2].d, sizes[_i / 2].m, RANDOM, isa_of(_i));
    update_both(&net, 0);
    net_free(&net);
}
END_TEST

START_TEST(unknown_units_equal_the_plain_twin)
{
    struct net net =
        net_of(sizes[_i / 2].n, sizes[_i / 2].d, sizes[_i / 2].m, RANDOM, isa_of(_i));
    update_both(&net, 0.5);
    net_free(&net);
}
END_TEST

/* Turns some units of every state over or makes them unknown. */
static void disturb(struct net *net, size_t units)
{
    for (size_t j = 0; j < net->m; j++) {
        for (size_t k = 0; k < units; k++) {
            size_t i = gsl_rng_uniform_int(net->rng, net->d);
            double *x = &net->states[j * net->d + i];
            *x = gsl_rng_uniform(net->rng) < 0.3 ? 0 : *x == 0 ? 1 : -*x;
            net->expected[j * net->d + i] = *x;
        }
    }
}

/* Overlaps follow few changes and are found anew after many; states alone, too. */
START_TEST(remembered_overlaps_equal_the_plain_twin)
{
    struct net net =
        net_of(sizes[_i / 2].n, sizes[_i / 2].d, sizes[_i / 2].m, RANDOM, isa_of(_i));
    struct basin_polar_update update = {.self = -(double)net.n, .bias = net.bias};
    const size_t changes[] = {0, 1, 3, net.d / 20, net.d, 0, 2, 1};
    uint64_t *notes = basin_aligned(net.m * net.polar.note, sizeof(*notes));
    ck_assert_ptr_nonnull(notes);
    for (size_t t = 0; t < sizeof(changes) / sizeof(changes[0]); t++) {
        disturb(&net, changes[t]);
        uint64_t *rows = pack(&net);
        basin_polar_step_packed(&net.polar, &update, net.work, rows, notes, net.m);
        basin_polar_step_plain(&net.polar, &update, net.work, net.expected, net.d, net.m);
        basin_polar_unpack(&net.polar, rows, net.m, net.states, net.d);
        expect_equal(&net, "step with notes");
        expect_packed(&net, rows, "step with notes");
    }
    free(notes);
    net_free(&net);
}
END_TEST

/* 24 overlaps of nearly d = 5000 are more than 65000, so neither the fields of a batch
 * nor their halves fit into 16 bits. */
START_TEST(fields_beyond_16_bits_are_exact)
{
    struct net net = net_of(60, 5000, 9, ALIKE, isa_of(_i));
    struct basin_polar_update update = {.self = -60, .bias = net.bias};
    step_both(&net, &update);
    sweep_both(&net, &update);
    net_free(&net);
}
END_TEST

/* Sum of |U| is about 1000 * 8: one segment holds it for N = 60 but not for N = 300. */
START_TEST(fields_of_several_segments_are_exact)
{
    struct net net = net_of(300, 1000, 33, ALIKE, isa_of(_i));
    struct basin_polar_update update = {.self = -300, .bias = net.bias};
    step_both(&net, &update);
    sweep_both(&net, &update);
    net_free(&net);
}
END_TEST

START_TEST(sums_over_many_units_are_exact)
{
    struct net net = net_of(3, 70000, 2, ALIKE, isa_of(_i));
    int32_t expected[6];
    const int32_t *overlaps =
        basin_polar_overlaps(&net.polar, net.work, net.patterns, net.d, 2);
    basin_polar_overlaps_plain(&net.polar, net.patterns, net.d, 2, expected);
    for (size_t mu = 0; mu < 3; mu++) {
        for (size_t j = 0; j < BASIN_POLAR_ABREAST; j++) {
            ck_assert_int_eq(
                overlaps[mu * BASIN_POLAR_ABREAST + j], expected[(j == 1 ? 3 : 0) + mu]);
        }
    }
    ck_assert_int_eq(overlaps[0], 70000);
    struct basin_polar_update update = {.self = -3};
    step_both(&net, &update);
    net_free(&net);
}
END_TEST

START_TEST(energy_is_the_quadratic_form)
{
    struct net net = net_of(9, 50, 70, RANDOM, isa_of(_i));
    net_cue(&net, 0.2);
    struct basin_polar_update update = {.self = -9, .bias = net.bias};
    double energy[70];
    basin_polar_energy(&net.polar, &update, net.work, net.states, net.d, net.m, energy);
    for (size_t j = 0; j < net.m; j++) {
        const double *s = net.states + j * net.d;
        double expected = 0;
        for (size_t i = 0; i < net.d; i++) {
            expected += net.bias[i] * s[i];
            for (size_t k = 0; k < net.d; k++) {
                double w = i == k ? update.self : 0;
                for (size_t mu = 0; mu < net.n; mu++) {
                    w += net.patterns[mu * net.d + i] * net.patterns[mu * net.d + k];
                }
                expected -= w * s[i] * s[k] / 2;
            }
        }
        ck_assert(energy[j] == expected);
    }
    net_free(&net);
}
END_TEST

/* With a zero diagonal and no bias a sweep never raises the energy. */
START_TEST(sweeps_lower_the_energy_to_a_fixed_point)
{
    struct net net = net_of(40, 200, 64, RANDOM, isa_of(_i));
    struct basin_polar_update update = {.self = -40};
    double before[64];
    double after[64];
    basin_polar_energy(&net.polar, &update, net.work, net.states, net.d, net.m, before);
    for (int t = 0; t < 100; t++) {
        basin_polar_sweep(
            &net.polar, &update, net.work, net.order, net.states, net.d, net.m);
        basin_polar_energy(
            &net.polar, &update, net.work, net.states, net.d, net.m, after);
        for (size_t j = 0; j < net.m; j++) {
            ck_assert(after[j] <= before[j]);
            before[j] = after[j];
        }
    }
    memcpy(net.expected, net.states, net.m * net.d * sizeof(double));
    basin_polar_step(&net.polar, &update, net.work, net.states, net.d, net.m);
    expect_equal(&net, "fixed point");
    net_free(&net);
}
END_TEST

START_TEST(only_polar_patterns_can_be_packed)
{
    const double patterns[] = {1, -1, 1, 0.5};
    struct basin_polar polar;
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(
        basin_polar_init(&polar, patterns, 2, 2, 2, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        diag.text, "unit 1 of pattern 1 is 0.5: packed patterns are -1 or +1");
    ck_assert_int_eq(basin_polar_init(&polar, patterns, 2, 2, (size_t)1 << 20, &diag),
        BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text,
        "2 patterns of 1048576 units: packed patterns need 1 to 524288 units and at most "
        "1073741824 values");
}
END_TEST

START_TEST(states_of_other_values_are_told)
{
    const double others[] = {0.5, -2, 1 + DBL_EPSILON, 1e-320, -1e300, INFINITY, NAN};
    enum { OTHERS = sizeof(others) / sizeof(others[0]) };
    struct net net = net_of(2, 167, 1, RANDOM, isa_of(_i));
    uint64_t *rows = pack(&net);
    for (size_t i = 0; i < net.d; i++) {
        double before = net.states[i];
        net.states[i] = others[i % OTHERS];
        ck_assert(!basin_polar_pack(&net.polar, net.states, net.d, 1, rows));
        net.states[i] = -0.0;
        ck_assert(basin_polar_pack(&net.polar, net.states, net.d, 1, rows));
        basin_polar_unpack(&net.polar, rows, 1, net.states, net.d);
        ck_assert(net.states[i] == 0);
        net.states[i] = before;
    }
    free(rows);
    net_free(&net);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_polar");
    TCase *c = tcase_create("polar");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, updates_equal_the_plain_twin, 0, 2 * SIZES);
    tcase_add_loop_test(c, unknown_units_equal_the_plain_twin, 0, 2 * SIZES);
    tcase_add_loop_test(c, remembered_overlaps_equal_the_plain_twin, 0, 2 * SIZES);
    tcase_add_loop_test(c, fields_beyond_16_bits_are_exact, 0, 2);
    tcase_add_loop_test(c, fields_of_several_segments_are_exact, 0, 2);
    tcase_add_loop_test(c, sums_over_many_units_are_exact, 0, 2);
    tcase_add_loop_test(c, energy_is_the_quadratic_form, 0, 2);
    tcase_add_loop_test(c, sweeps_lower_the_energy_to_a_fixed_point, 0, 2);
    tcase_add_test(c, only_polar_patterns_can_be_packed);
    tcase_add_loop_test(c, states_of_other_values_are_told, 0, 2);
    suite_add_tcase(s, c);
    return s;
}
