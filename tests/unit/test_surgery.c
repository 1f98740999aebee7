/* Operations on a trained BERT, and which keys attention leaves out. */
#include "one_cell.h"

#include "experiments/exchange.h"
#include "experiments/excluded.h"
#include "transformer/pass.h"

#include <omp.h>
#include <stdio.h>

enum { KEYS = 8, ROWS = 40 };

/* ---- Exclusion ------------------------------------------------------------------ */

START_TEST(half_of_a_sum_needs_the_greatest_parts)
{
    double one[] = {0, 5, -1, 0}, three[] = {1, 1, 1, 1, 1}, none[] = {1, -1, 0};
    ck_assert_uint_eq(basin_exclusion_keys(one, 4), 1);
    ck_assert_uint_eq(basin_exclusion_keys(three, 5), 3);
    ck_assert_uint_eq(basin_exclusion_keys(none, 3), 0);
}
END_TEST

/* Rows that leave out one key each: always the same, or row i the key i mod KEYS. */
static void leave_out(float *p, bool same)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < KEYS; j++) {
            bool out = j == (same ? 2 : i % KEYS);
            p[i * KEYS + j] = out ? 0.001F : 0.999F / (KEYS - 1);
        }
    }
}

START_TEST(one_key_left_out_by_all_is_one_key)
{
    float p[ROWS * KEYS];
    double part[KEYS];
    size_t count[KEYS];
    leave_out(p, true);
    struct basin_exclusion seen = basin_exclusion_of(p, 1, ROWS, KEYS, part, count);
    ck_assert_double_eq(seen.keys, 1);
    ck_assert_double_eq(seen.avoided, 1);
    ck_assert_double_eq_tol(seen.near_zero, 1.0 / KEYS, 1e-12);
    leave_out(p, false);
    seen = basin_exclusion_of(p, 1, ROWS, KEYS, part, count);
    ck_assert_double_eq_tol(
        seen.keys, 4, 1); /* half of the keys: equal parts, up to rounding */
    ck_assert_double_eq_tol(seen.avoided, 1.0 / KEYS, 1e-12);
    ck_assert_double_eq_tol(seen.near_zero, 1.0 / KEYS, 1e-12);
}
END_TEST

START_TEST(averaging_leaves_out_no_key)
{
    float p[ROWS * KEYS];
    double part[KEYS];
    size_t count[KEYS];
    for (size_t i = 0; i < (size_t)ROWS * KEYS; i++) {
        p[i] = 1.0F / KEYS;
    }
    struct basin_exclusion seen = basin_exclusion_of(p, 1, ROWS, KEYS, part, count);
    ck_assert_double_eq(seen.keys, 0);
    ck_assert_double_eq(seen.near_zero, 0);
}
END_TEST

/* Each row keeps its weights; the key that all of them left out is gone. */
START_TEST(a_random_order_keeps_rows_and_scatters_keys)
{
    float p[ROWS * KEYS];
    double part[KEYS];
    size_t count[KEYS];
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    basin_rng_start(r, 1, 0);
    leave_out(p, true);
    basin_exclusion_shuffle(r, ROWS, KEYS, p);
    struct basin_exclusion seen = basin_exclusion_of(p, 1, ROWS, KEYS, part, count);
    ck_assert_double_eq_tol(seen.near_zero, 1.0 / KEYS, 1e-12);
    ck_assert_double_lt(seen.avoided, 0.5); /* 20 of 40 at p = 1/8: below 1e-8 */
    for (size_t i = 0; i < ROWS; i++) {
        double sum = 0;
        for (size_t j = 0; j < KEYS; j++) {
            sum += (double)p[i * KEYS + j];
        }
        ck_assert_double_eq_tol(sum, 1, 1e-6);
    }
    gsl_rng_free(r);
}
END_TEST

/* ---- Other separation functions ------------------------------------------------- */

#define TINY                                                                             \
    "experiment: surgery\nseed: 3\nreplicates: 2\nlayers: 2\nheads: 2\nhidden: 16\n"     \
    "batch: 4\nupdates: 30\nwarmup: 2\nlooked: 3\njudged: 8\nbudget: 5\n"                \
    "draws: 2\nshuffles: 5\ntasks: [{label: a, task: recall, length: 16}]\n"

static struct one_cell cell;

static struct basin_lesson learn(const char *text, struct basin_task *task)
{
    struct basin_lesson lesson = {0};
    ck_assert_int_eq(one_cell_open(&cell, text), 0);
    *task = (struct basin_task){&cell.params, 3, cell.plan.cells[0].id, 0};
    ck_assert_int_eq(basin_lesson_init(&lesson, task, NULL), 0);
    ck_assert_int_eq(basin_lesson_learn(&lesson, 30, NULL), 0);
    return lesson;
}

/* The loss of the looked-at sequences as training computes it. */
static double loss_by_pass(const struct basin_lesson *lesson)
{
    const struct basin_pass_setting setting = {0};
    struct basin_pass_batch batch = {
        .n = 3, .length = 16, .id = lesson->id, .target = lesson->target};
    struct basin_pass_result result = {0};
    struct basin_pass *pass = NULL;
    ck_assert_int_eq(basin_pass_new(&pass, &lesson->model, &setting, 3, 16, NULL), 0);
    basin_pass_forward(pass, &batch, false, &result);
    basin_pass_free(pass);
    return result.loss / (double)result.asked;
}

START_TEST(softmax_in_the_place_of_softmax_is_the_same_model)
{
    struct basin_task task;
    struct basin_lesson lesson = learn(TINY "sweep: [{grid: {top: [4]}}]\n", &task);
    struct basin_exchange softmax, top, sparse, one;
    double loss = loss_by_pass(&lesson);
    ck_assert_int_eq(basin_exchange_judge(&lesson, BASIN_SOFTMAX, 0, &softmax, NULL), 0);
    ck_assert_double_eq_tol(softmax.loss, loss, 1e-5);
    ck_assert_int_eq(basin_exchange_judge(&lesson, BASIN_TOPK, 16, &top, NULL), 0);
    ck_assert_double_eq_tol(top.loss, loss, 1e-5);
    ck_assert_int_eq(basin_exchange_judge(&lesson, BASIN_TOPK, 1, &one, NULL), 0);
    ck_assert_double_eq(one.k, 1);
    ck_assert_int_eq(basin_exchange_judge(&lesson, BASIN_SPARSEMAX, 0, &sparse, NULL), 0);
    ck_assert_double_le(sparse.k, softmax.k);
    basin_lesson_free(&lesson);
    one_cell_close(&cell);
}
END_TEST

/* ---- The experiment ------------------------------------------------------------- */

static double value_of(const char *metric)
{
    return one_cell_value(&cell, metric, 0);
}

static void run(const char *text)
{
    ck_assert_int_eq(one_cell_open(&cell, text), 0);
    one_cell_run(&cell, 0);
}

/* Without queries all attention is uniform: all heads are broad, and averaging instead of
 * them changes nothing. */
START_TEST(averaging_is_free_where_heads_average)
{
    run(TINY "rate: 0\nsharpness: 0\nsweep: [{grid: {operation: [remove]}}]\n");
    ck_assert_double_eq(value_of("broad_heads"), 4);
    ck_assert_double_eq(value_of("share_1"), 1);
    ck_assert_double_eq(value_of("replaced"), 0);
    ck_assert_double_eq_tol(value_of("rise_all_broad"), 0, 1e-6);
    ck_assert(!one_cell_has(&cell, "loss_mean"));
    one_cell_close(&cell);
}
END_TEST

/* Without learning a refitted model is the replaced one; uniform attention that is
 * replaced by averaging is the untouched one. */
START_TEST(nothing_is_refitted_without_learning)
{
    run(TINY "rate: 0\nrefit_rate: 0\nsharpness: 0\n"
             "sweep: [{grid: {operation: [refit]}}]\n");
    double loss = value_of("loss");
    ck_assert_double_eq(value_of("loss_untouched"), loss);
    ck_assert_double_eq_tol(value_of("loss_mean"), loss, 1e-6);
    ck_assert_double_eq_tol(value_of("loss_every_mean"), loss, 1e-6);
    ck_assert_double_eq(value_of("before_identity"), value_of("loss_identity"));
    ck_assert_double_eq(value_of("before_gaussian"), value_of("loss_gaussian"));
    ck_assert_double_ne(value_of("loss_identity"), value_of("loss_gaussian"));
    one_cell_close(&cell);
}
END_TEST

START_TEST(no_key_is_left_out_by_averaging)
{
    run(TINY "rate: 0\nsharpness: 0\nsweep: [{grid: {operation: [exclude]}}]\n");
    ck_assert_double_eq(value_of("excluding"), 0);
    ck_assert_double_eq(value_of("avoiding"), 0);
    ck_assert_double_eq(value_of("near_zero"), 0);
    one_cell_close(&cell);
}
END_TEST

static const char *const operations[] = {"remove", "refit", "exchange", "exclude"};

/* Every number of every operation, from one thread and from two. */
START_TEST(threads_do_not_change_a_byte)
{
    char text[1024];
    double kept[64];
    snprintf(
        text, sizeof(text), TINY "sweep: [{grid: {operation: [%s]}}]\n", operations[_i]);
    omp_set_num_threads(1);
    run(text);
    size_t n = cell.record.n;
    ck_assert_uint_le(n, 64);
    memcpy(kept, cell.record.values, n * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(!isnan(kept[i]), "number %zu is missing", i);
    }
    one_cell_close(&cell);
    omp_set_num_threads(2);
    run(text);
    ck_assert_mem_eq(kept, cell.record.values, n * sizeof(double));
    one_cell_close(&cell);
}
END_TEST

START_TEST(more_scores_than_tokens_are_refused)
{
    ck_assert_int_eq(
        one_cell_open(&cell, TINY "sweep: [{grid: {top: [17]}}]\n"), BASIN_ERR_CONFIG);
    ck_assert_msg(strstr(cell.diag.text, "top is 17 scores of a sequence of 16") != NULL,
        "%s", cell.diag.text);
    one_cell_close(&cell);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("surgery");
    TCase *t = tcase_create("surgery");
    tcase_add_test(t, half_of_a_sum_needs_the_greatest_parts);
    tcase_add_test(t, one_key_left_out_by_all_is_one_key);
    tcase_add_test(t, averaging_leaves_out_no_key);
    tcase_add_test(t, a_random_order_keeps_rows_and_scatters_keys);
    tcase_add_test(t, softmax_in_the_place_of_softmax_is_the_same_model);
    tcase_add_test(t, averaging_is_free_where_heads_average);
    tcase_add_test(t, nothing_is_refitted_without_learning);
    tcase_add_test(t, no_key_is_left_out_by_averaging);
    tcase_add_loop_test(t, threads_do_not_change_a_byte, 0,
        (int)(sizeof(operations) / sizeof(operations[0])));
    tcase_add_test(t, more_scores_than_tokens_are_refused);
    suite_add_tcase(s, t);
    return s;
}
