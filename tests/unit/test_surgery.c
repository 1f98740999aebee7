/* Operations on a trained BERT, and which keys attention leaves out. */
#include "one_cell.h"

#include "experiments/exchange.h"
#include "experiments/excluded.h"
#include "experiments/fitted.h"
#include "transformer/encoder.h"
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

static void learn(const char *text, struct basin_task *task, struct basin_lesson *lesson)
{
    *lesson = (struct basin_lesson){0};
    ck_assert_int_eq(one_cell_open(&cell, text), 0);
    *task = (struct basin_task){&cell.params, 3, cell.plan.cells[0].id, 0};
    ck_assert_int_eq(basin_lesson_init(lesson, NULL, task, NULL), 0);
    ck_assert_int_eq(basin_lesson_learn(lesson, 30, NULL), 0);
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
    struct basin_lesson lesson;
    learn(TINY "sweep: [{grid: {top: [4]}}]\n", &task, &lesson);
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

/* ---- Fits ----------------------------------------------------------------------- */

static float uniform[16 * 16], identity[16 * 16];

static void fill_maps(void)
{
    for (size_t i = 0; i < 16; i++) {
        for (size_t j = 0; j < 16; j++) {
            uniform[i * 16 + j] = 1.0F / 16;
            identity[i * 16 + j] = i == j;
        }
    }
}

static struct basin_bert copy_of(const struct basin_bert *model)
{
    struct basin_bert copy;
    ck_assert_int_eq(basin_bert_init(&copy, &model->shape, NULL), 0);
    memcpy(copy.block, model->block, model->n * sizeof(*model->block));
    return copy;
}

/* By how much the loss changes with a fitted model and its maps. */
static double distance(const struct basin_lesson *lesson, const struct basin_bert *fitted,
    const float *const *fixed)
{
    struct basin_trainer_result judged[2];
    for (size_t i = 0; i < 2; i++) {
        struct basin_trainer_options options = lesson->options;
        struct basin_bert model = i == 0 ? lesson->model : *fitted;
        options.setting.fixed = i == 0 ? NULL : fixed;
        struct basin_trainer *trainer = NULL;
        ck_assert_int_eq(
            basin_trainer_new(&trainer, &model, &lesson->content.source, &options, NULL),
            0);
        ck_assert_int_eq(basin_lesson_judge(lesson, trainer, &judged[i], NULL), 0);
        basin_trainer_free(trainer);
    }
    return fabs(judged[0].loss - judged[1].loss);
}

/* Without queries a head averages: uniform weights with fitted values give the same, and
 * a layer that mixes no tokens misses nearly all of it. */
START_TEST(a_head_that_averages_is_fitted_by_averaging)
{
    struct basin_task task;
    struct basin_lesson lesson;
    learn(TINY "rate: 0\nsharpness: 0\ndeviation: 0.3\nsweep: [{grid: {top: [4]}}]\n",
        &task, &lesson);
    struct basin_bert model = copy_of(&lesson.model);
    fill_maps();
    struct basin_fitted_head heads[] = {{0, uniform, -1}, {3, uniform, -1}};
    const float *const fixed[] = {uniform, NULL, NULL, uniform};
    ck_assert_int_eq(basin_fitted_values(&lesson, 64, heads, 2, &model, NULL), 0);
    ck_assert_double_le(heads[0].missed, 1e-6);
    ck_assert_double_le(heads[1].missed, 1e-6);
    ck_assert_double_le(distance(&lesson, &model, fixed), 1e-5);
    heads[0].map = identity;
    ck_assert_int_eq(basin_fitted_values(&lesson, 64, heads, 1, &model, NULL), 0);
    ck_assert_double_ge(heads[0].missed, 0.5);
    ck_assert_double_le(heads[0].missed, 1);
    ck_assert_double_ge(distance(&lesson, &model, fixed), 1e-3);
    basin_bert_free(&model);
    basin_lesson_free(&lesson);
    one_cell_close(&cell);
}
END_TEST

/* A head whose values do not depend on the token gives a constant, which a bias fits. */
START_TEST(a_head_that_gives_a_constant_is_fitted_by_its_bias)
{
    struct basin_task task;
    struct basin_lesson lesson;
    learn(TINY "deviation: 0.3\nsweep: [{grid: {top: [4]}}]\n", &task, &lesson);
    float *const *w = lesson.model.layer[1];
    for (size_t i = 0; i < 8; i++) {
        memset(w[BASIN_VALUE] + i * 16, 0, 16 * sizeof(float));
        w[BASIN_VALUE_BIAS][i] = (float)i - 3;
    }
    struct basin_bert model = copy_of(&lesson.model);
    fill_maps();
    struct basin_fitted_head head = {2, identity, -1};
    const float *const fixed[] = {NULL, NULL, identity, NULL};
    ck_assert_int_eq(basin_fitted_values(&lesson, 64, &head, 1, &model, NULL), 0);
    ck_assert_double_le(head.missed, 1e-6);
    ck_assert_double_le(distance(&lesson, &model, fixed), 1e-5);
    basin_bert_free(&model);
    basin_lesson_free(&lesson);
    one_cell_close(&cell);
}
END_TEST

/* Least squares: values that were moved a little anywhere miss more. Checked by a plain
 * sum of squares over the same sequences. */
static struct basin_encoder encoder;
static double squares[2]; /* of what the fitted and the moved head give, missed */

struct rival {
    const struct basin_lesson *lesson;
    const struct basin_bert *model[2];
    const float *map;
};

static float give(const struct rival *self, const struct basin_bert *model,
    const float *p, size_t dimension)
{
    double sum = 0;
    const float *w = model->layer[1][BASIN_VALUE] + dimension * 16;
    (void)self;
    for (size_t j = 0; j < 16; j++) {
        double value = (double)model->layer[1][BASIN_VALUE_BIAS][dimension];
        for (size_t k = 0; k < 16; k++) {
            value += (double)w[k] * (double)encoder.hidden[j * 16 + k];
        }
        sum += (double)p[j] * value;
    }
    return (float)sum;
}

static int add_squares(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    const struct rival *self = context;
    (void)diag;
    for (size_t i = 0; tile->layer == 1 && tile->head == 0 && i < tile->rows; i++) {
        for (size_t d = 0; d < 8; d++) {
            float right = give(self, &self->lesson->model, tile->weights + i * 16, d);
            for (size_t m = 0; m < 2; m++) {
                float given = give(self, self->model[m], self->map + i * 16, d);
                squares[m] += pow((double)(given - right), 2);
            }
        }
    }
    return 0;
}

START_TEST(nothing_near_a_fit_is_nearer)
{
    struct basin_task task;
    struct basin_lesson lesson;
    learn(TINY "deviation: 0.3\nsweep: [{grid: {top: [4]}}]\n", &task, &lesson);
    struct basin_bert model = copy_of(&lesson.model);
    fill_maps();
    struct basin_fitted_head head = {2, identity, -1};
    ck_assert_int_eq(basin_fitted_values(&lesson, 16, &head, 1, &model, NULL), 0);
    ck_assert_double_ge(head.missed, 0.05);
    ck_assert_int_eq(basin_encoder_init(&encoder, &lesson.model, 16, 16, NULL), 0);
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    int32_t id[16], target[16];
    const size_t start[] = {0, 16};
    const struct basin_batch batch = {1, start, id, NULL};
    for (int direction = 0; direction < 4; direction++) {
        struct basin_bert moved = copy_of(&model);
        float *at = direction < 2
                        ? moved.layer[1][BASIN_VALUE] + 16 * (size_t)direction + 5
                        : moved.layer[1][BASIN_VALUE_BIAS] + direction;
        *at += direction % 2 == 0 ? 0.05F : -0.05F;
        struct rival rival = {&lesson, {&model, &moved}, identity};
        const struct basin_attention_hook hook = {add_squares, &rival};
        squares[0] = squares[1] = 0;
        for (size_t i = 0; i < 16; i++) {
            basin_rng_start(r, basin_lesson_key(&task, BASIN_FOR_FITTING), i);
            lesson.content.source.draw(lesson.content.source.context, r, id, target);
            ck_assert_int_eq(basin_encoder_run(&encoder, &batch, &hook, NULL), 0);
        }
        ck_assert_double_lt(squares[0], squares[1]);
        basin_bert_free(&moved);
    }
    gsl_rng_free(r);
    basin_encoder_free(&encoder);
    basin_bert_free(&model);
    basin_lesson_free(&lesson);
    one_cell_close(&cell);
}
END_TEST

/* Uniform attention is the limit of wide Gaussians. */
START_TEST(gaussians_are_fitted_to_mean_attention)
{
    struct basin_task task;
    struct basin_lesson lesson;
    learn(TINY "rate: 0\nsharpness: 0\ndeviation: 0.3\nsweep: [{grid: {top: [4]}}]\n",
        &task, &lesson);
    const size_t heads[] = {1, 2};
    float maps[2 * 16 * 16];
    ck_assert_int_eq(basin_fitted_gaussians(&lesson, 4, heads, 2, maps, NULL), 0);
    for (size_t i = 0; i < 2 * 16 * 16; i++) {
        ck_assert_float_eq_tol(maps[i], 1.0F / 16, 1e-4F);
    }
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

/* Fitted heads of a model whose heads average all give what they gave. */
START_TEST(a_fit_is_judged_before_learning)
{
    run(TINY "rate: 0\nrefit_rate: 0\nsharpness: 0\ndeviation: 0.3\nfitted: 64\n"
             "sweep: [{grid: {operation: [refit], fit: [least_squares]}}]\n");
    double loss = value_of("loss");
    ck_assert_double_eq(value_of("loss_untouched"), loss);
    ck_assert_double_eq_tol(value_of("before_mean"), loss, 1e-5);
    ck_assert_double_eq_tol(value_of("before_gaussian"), loss, 1e-4);
    ck_assert_double_eq_tol(value_of("loss_every_mean"), loss, 1e-5);
    ck_assert_double_le(value_of("missed_mean"), 1e-6);
    ck_assert_double_ge(value_of("missed_identity"), 0.5);
    ck_assert_double_ge(fabs(value_of("before_identity") - loss), 1e-3);
    one_cell_close(&cell);
    run(TINY "sweep: [{grid: {operation: [refit]}}]\n");
    ck_assert(!one_cell_has(&cell, "missed_mean"));
    one_cell_close(&cell);
}
END_TEST

static const char *const operations[] = {"operation: [remove]", "operation: [refit]",
    "operation: [refit], fit: [least_squares]", "operation: [exchange]",
    "operation: [exclude]"};

/* Every number of every operation, from one thread and from two. */
START_TEST(threads_do_not_change_a_byte)
{
    char text[1024];
    double kept[64];
    snprintf(text, sizeof(text), TINY "sweep: [{grid: {%s}}]\n", operations[_i]);
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
    tcase_add_test(t, a_head_that_averages_is_fitted_by_averaging);
    tcase_add_test(t, a_head_that_gives_a_constant_is_fitted_by_its_bias);
    tcase_add_test(t, nothing_near_a_fit_is_nearer);
    tcase_add_test(t, gaussians_are_fitted_to_mean_attention);
    tcase_add_test(t, a_fit_is_judged_before_learning);
    tcase_add_test(t, averaging_is_free_where_heads_average);
    tcase_add_test(t, nothing_is_refitted_without_learning);
    tcase_add_test(t, no_key_is_left_out_by_averaging);
    tcase_add_loop_test(t, threads_do_not_change_a_byte, 0,
        (int)(sizeof(operations) / sizeof(operations[0])));
    tcase_add_test(t, more_scores_than_tokens_are_refused);
    suite_add_tcase(s, t);
    return s;
}
