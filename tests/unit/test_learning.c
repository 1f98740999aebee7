/* Learning curves and what is measured of attention while a model learns. */
#include "one_cell.h"

#include "experiments/texts.h"
#include "measure/learning.h"
#include "measure/uniformity.h"

#include <unistd.h>

enum { LOOKS = 101 };

/* Falls from 5 to 3 at once, stays there, and drops to 1 between updates 600 and 640. */
static double staircase(double at)
{
    if (at < 50) {
        return 5;
    }
    return at <= 600 ? 3 : at >= 640 ? 1 : 3 - (at - 600) / 20;
}

START_TEST(the_break_of_a_staircase_is_its_second_step)
{
    double at[LOOKS], loss[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) {
        at[i] = 10 * (double)i;
        loss[i] = staircase(at[i]);
    }
    struct basin_break found = basin_learning_break(at, loss, LOOKS, 3, 0.5);
    ck_assert_double_eq_tol(found.at, 620, 1e-12);
    ck_assert_double_eq_tol(found.drop, 2, 1e-12);
    ck_assert_double_eq_tol(found.plateau, 3, 1e-12);
    ck_assert_double_eq_tol(found.steepness, 25, 1e-12);
    ck_assert_double_eq_tol(basin_learning_below(at, loss, LOOKS, 2.2), 620, 1e-12);
    ck_assert_double_nan(basin_learning_below(at, loss, LOOKS, 0.5));
}
END_TEST

/* A first fall that takes its time, from 9 to 3 in 30 updates, is steeper than the break
 * until nearly all of it is over. */
START_TEST(a_slow_first_fall_must_be_nearly_over)
{
    double at[LOOKS], loss[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) {
        at[i] = 10 * (double)i;
        loss[i] =
            fmax(3, 9 - at[i] / 5) - (at[i] < 600 ? 0 : fmin((at[i] - 600) / 40, 1));
    }
    ck_assert_double_eq_tol(basin_learning_break(at, loss, LOOKS, 3, 0.5).at, 40, 25);
    struct basin_break found = basin_learning_break(at, loss, LOOKS, 3, 0.9);
    ck_assert_double_eq_tol(found.at, 620, 1e-12);
    ck_assert_double_eq_tol(found.plateau, 3, 1e-12);
}
END_TEST

/* The first fall is no break, however steep it is. */
START_TEST(an_even_descent_is_not_steep)
{
    double at[LOOKS], loss[LOOKS];
    for (size_t i = 0; i < LOOKS; i++) {
        at[i] = (double)i;
        loss[i] = i == 0 ? 9 : 3 - (double)i / 100;
    }
    struct basin_break found = basin_learning_break(at, loss, LOOKS, 3, 0.5);
    ck_assert_double_eq_tol(found.drop, 0.04, 1e-12);
    ck_assert_double_lt(found.steepness, 1.1);
    found = basin_learning_break(at, loss, LOOKS, -19, 0.5);
    ck_assert_double_nan(found.at);
}
END_TEST

/* The table of the claims: k equal weights among many. */
START_TEST(the_jacobian_norm_of_equal_weights_is_known)
{
    static const struct {
        size_t k;
        double norm;
    } cases[] = {{1, 0}, {2, 0.5}, {4, 0.433}, {8, 0.331}, {64, 0.124}, {512, 0.044}};
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        double p[600] = {0};
        for (size_t i = 0; i < cases[c].k; i++) {
            p[i] = 1 / (double)cases[c].k;
        }
        double exact = sqrt((double)cases[c].k - 1) / (double)cases[c].k;
        ck_assert_double_eq_tol(basin_jacobian_norm(p, 600), exact, 1e-14);
        ck_assert_double_eq_tol(basin_jacobian_norm(p, 600), cases[c].norm, 6e-4);
        ck_assert_double_eq_tol(
            basin_uniform_distance(p, 600), 1 - (double)cases[c].k / 600, 1e-12);
    }
}
END_TEST

#define TINY                                                                             \
    "experiment: training\nseed: 3\nreplicates: 2\nlayers: 1\nhidden: 16\nbatch: 4\n"    \
    "updates: 12\nwarmup: 2\nlooked: 3\njudged: 4\nsweep: [{grid: {sharpness: [0]}}]\n"

static struct one_cell cell;

/* Looks at 0, 4, 8 and 12 updates; without queries attention is uniform at first. */
START_TEST(a_cell_looks_at_the_model_while_it_learns)
{
    ck_assert_int_eq(one_cell_open(&cell, TINY
                         "every: 4\ntasks: [{label: a, task: recall, length: 16}]\n"),
        0);
    one_cell_run(&cell, 0);
    ck_assert_double_eq(one_cell_value(&cell, "k_start", 0), 15);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(one_cell_value(&cell, "at", i), 4 * (double)i);
        ck_assert_double_gt(one_cell_value(&cell, "loss", i), 0);
    }
    ck_assert_double_eq_tol(one_cell_value(&cell, "distance", 0), 0, 1e-7);
    ck_assert_double_eq_tol(one_cell_value(&cell, "share_1", 0), 1, 1e-12);
    ck_assert_double_eq(
        one_cell_value(&cell, "loss_end", 0), one_cell_value(&cell, "loss", 3));
    one_cell_close(&cell);
}
END_TEST

/* Uniform attention replaced by averaging is the same network. */
START_TEST(averaging_changes_nothing_where_nothing_was_learnt)
{
    ck_assert_int_eq(one_cell_open(&cell, TINY "every: 12\nrate: 0\n"
                                               "tasks: [{label: a, task: recall}]\n"),
        0);
    one_cell_run(&cell, 1);
    ck_assert_double_eq_tol(one_cell_value(&cell, "rise_uniform", 0), 0, 1e-6);
    one_cell_close(&cell);
}
END_TEST

/* Work that is killed again and again: kept at some updates, stopped at others. */
struct killer {
    size_t told;
    double least;
};

static enum basin_advice kill_often(void *context, double share)
{
    struct killer *self = context;
    ck_assert(share >= 0 && share <= 1);
    ck_assert_double_ge(share, self->least);
    if (++self->told % 5 == 0) {
        self->least = share;
        return BASIN_STOP;
    }
    self->least = self->told % 2 == 0 ? share : self->least;
    return self->told % 2 == 0 ? BASIN_KEEP : BASIN_GO_ON;
}

#define RESUMED                                                                          \
    "experiment: training\nseed: 3\nlayers: 1\nhidden: 16\nbatch: 4\nevery: 4\n"         \
    "updates: 18\nwarmup: 2\nlooked: 3\njudged: 4\nsweep: [{grid: {dropout: [0.1]}}]\n"  \
    "tasks: [{label: a, task: recall, length: 16}]\n"

START_TEST(a_cell_that_was_kept_midway_ends_in_the_same_numbers)
{
    struct one_cell whole;
    ck_assert_int_eq(one_cell_open(&whole, RESUMED), 0);
    one_cell_run(&whole, 0);
    char path[] = "/tmp/basin-midway-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    ck_assert_int_eq(truncate(path, 5), 0); /* a damaged file is as good as none */
    struct killer killer = {0};
    const struct basin_midway midway = {path, kill_often, &killer};
    ck_assert_int_eq(one_cell_open(&cell, RESUMED), 0);
    cell.midway = &midway;
    size_t stopped = 0;
    while (one_cell_try(&cell, 0) != 0) {
        ck_assert_msg(
            strstr(cell.diag.text, "interrupted") != NULL, "%s", cell.diag.text);
        ck_assert_uint_lt(++stopped, 20);
        one_cell_forget(&cell);
    }
    ck_assert_uint_gt(stopped, 3);
    ck_assert_uint_eq(cell.record.n, whole.record.n);
    ck_assert_mem_eq(
        cell.record.values, whole.record.values, whole.record.n * sizeof(double));
    remove(path);
    one_cell_close(&cell);
    one_cell_close(&whole);
}
END_TEST

/* A text: what an untrained model knows of 150 words is ln 150, more than frequencies
 * leave; the texts that cells share are read once. */
START_TEST(a_cell_learns_from_a_text)
{
    ck_assert_int_eq(one_cell_open(&cell,
                         TINY "every: 6\ntasks: [{label: a, task: text, path: LICENSE, "
                              "vocab: 150, length: 16}]\n"),
        0);
    ck_assert_int_eq(cell.experiment->check(cell.shared, &cell.params, NULL), 0);
    ck_assert_uint_eq(((struct basin_texts *)cell.shared)->n, 1);
    one_cell_run(&cell, 0);
    ck_assert_double_eq_tol(one_cell_value(&cell, "loss", 0), log(150), 0.2);
    ck_assert(!one_cell_has(&cell, "below_bigram"));
    double known =
        one_cell_value(&cell, "below_alone", 0) + one_cell_value(&cell, "loss_end", 0);
    ck_assert(known > 3 && known < log(150));
    one_cell_close(&cell);
}
END_TEST

static const struct {
    const char *text, *said;
} refused[] = {
    {TINY "every: 4\ntasks: [{label: a, task: recall, length: 18}]\n", "multiple of 4"},
    {TINY "every: 4\ntasks: [{label: a, task: recall, length: 64, keys: 3}]\n",
        "too few"},
    {TINY "every: 4\ntasks: [{label: a, task: text, path: LICENSE, vocab: 150, length: "
          "9000}]\n",
        "too few for a sequence of 9000"},
    {TINY "every: 13\ntasks: [{label: a, task: recall}]\n", "never"},
    {TINY "every: 4\nheads: 3\ntasks: [{label: a, task: recall}]\n", "heads"},
};

START_TEST(settings_that_cannot_be_are_refused)
{
    ck_assert_int_eq(one_cell_open(&cell, refused[_i].text), BASIN_ERR_CONFIG);
    ck_assert_msg(strstr(cell.diag.text, refused[_i].said) != NULL, "%s", cell.diag.text);
    one_cell_close(&cell);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("learning");
    TCase *t = tcase_create("learning");
    tcase_add_test(t, the_break_of_a_staircase_is_its_second_step);
    tcase_add_test(t, a_slow_first_fall_must_be_nearly_over);
    tcase_add_test(t, an_even_descent_is_not_steep);
    tcase_add_test(t, the_jacobian_norm_of_equal_weights_is_known);
    tcase_add_test(t, a_cell_looks_at_the_model_while_it_learns);
    tcase_add_test(t, a_cell_that_was_kept_midway_ends_in_the_same_numbers);
    tcase_add_test(t, a_cell_learns_from_a_text);
    tcase_add_test(t, averaging_changes_nothing_where_nothing_was_learnt);
    tcase_add_loop_test(t, settings_that_cannot_be_are_refused, 0,
        (int)(sizeof(refused) / sizeof(refused[0])));
    suite_add_tcase(s, t);
    return s;
}
