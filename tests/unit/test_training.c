/* Training: slopes by finite differences and by PyTorch, steps by PyTorch, and the same
 * bytes whatever the threads and wherever a run was taken up. */
#include "suite.h"

#include "transformer/safetensors.h"
#include "transformer/trainer.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEQUENCES = 3, LENGTH = 12, TOKENS = SEQUENCES * LENGTH };

/* ---- PyTorch's answers ---------------------------------------------------------- */

struct known {
    struct basin_bert model, slopes, trained;
    int32_t id[TOKENS], target[TOKENS];
    double loss;
    size_t drawn;
};

static void load(struct basin_bert *model, const char *name, const char *part)
{
    char path[128];
    struct basin_diag diag = {{0}};
    snprintf(path, sizeof(path), "tests/data/bert/%s%s%s",
        part[0] == '\0' ? "" : "training/", name, part);
    int ret = basin_bert_load(model, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
}

static void read_numbers(
    const struct basin_safetensors *file, const char *name, size_t n, float *out)
{
    const struct basin_tensor *tensor = basin_safetensors_find(file, name);
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_eq(tensor->n, n);
    ck_assert_int_eq(basin_safetensors_copy(file, tensor, out, NULL), 0);
}

static void known_open(struct known *self, const char *name)
{
    char path[128];
    float numbers[TOKENS];
    struct basin_safetensors file;
    *self = (struct known){.drawn = 0};
    load(&self->model, name, "");
    load(&self->slopes, name, "/slopes");
    load(&self->trained, name, "/trained");
    snprintf(path, sizeof(path), "tests/data/bert/training/%s/batch.safetensors", name);
    ck_assert_int_eq(basin_safetensors_open(&file, path, NULL), 0);
    read_numbers(&file, "id", TOKENS, numbers);
    for (size_t i = 0; i < TOKENS; i++) {
        self->id[i] = (int32_t)numbers[i];
    }
    read_numbers(&file, "target", TOKENS, numbers);
    for (size_t i = 0; i < TOKENS; i++) {
        self->target[i] = (int32_t)numbers[i];
    }
    read_numbers(&file, "loss", 1, numbers);
    self->loss = (double)numbers[0];
    basin_safetensors_close(&file);
}

static void known_close(struct known *self)
{
    basin_bert_free(&self->model);
    basin_bert_free(&self->slopes);
    basin_bert_free(&self->trained);
}

/* Loss and, if wanted, slopes of a batch. */
static double pass(const struct basin_bert *model,
    const struct basin_pass_setting *setting, const int32_t *id, const int32_t *target,
    bool drop, struct basin_bert *slope)
{
    struct basin_pass *work;
    struct basin_pass_result result = {0};
    const struct basin_pass_batch batch = {
        .n = SEQUENCES, .length = LENGTH, .id = id, .target = target, .key = 5};
    ck_assert_int_eq(basin_pass_new(&work, model, setting, SEQUENCES, LENGTH, NULL), 0);
    basin_pass_forward(work, &batch, drop, &result);
    if (slope != NULL) {
        ck_assert_int_eq(basin_bert_init(slope, &model->shape, NULL), 0);
        basin_pass_back(work, &batch, slope);
    }
    basin_pass_free(work);
    return result.loss;
}

/* Greatest distance of two blocks, relative to the greatest number of each tensor, or to
 * a hundredth of that of all: slopes of key biases are roundings only. */
static double distance(const struct basin_bert *a, const struct basin_bert *b)
{
    double most = 0;
    double floor = 0;
    for (size_t i = 0; i < b->n; i++) {
        floor = fmax(floor, fabs((double)b->block[i]) / 100);
    }
    for (size_t t = 0; t < basin_bert_tensors(a); t++) {
        struct basin_bert_tensor x = basin_bert_tensor_at(a, t);
        struct basin_bert_tensor y = basin_bert_tensor_at(b, t);
        double scale = floor;
        double apart = 0;
        for (size_t i = 0; i < x.rows * x.columns; i++) {
            scale = fmax(scale, fabs((double)y.at[i]));
            apart = fmax(apart, fabs((double)x.at[i] - (double)y.at[i]));
        }
        most = fmax(most, apart / scale);
    }
    return most;
}

static const char *const names[] = {"tied", "untied", "odd"};

/* Single precision against double: a thousand roundings of 6e-8, one after another. */
START_TEST(slopes_are_those_of_pytorch)
{
    struct known known;
    struct basin_bert slope;
    const struct basin_pass_setting setting = {.every_row = _i >= 3};
    known_open(&known, names[_i % 3]);
    double loss = pass(&known.model, &setting, known.id, known.target, true, &slope);
    ck_assert_double_eq_tol(loss, known.loss, 1e-5 * known.loss);
    ck_assert_double_lt(distance(&slope, &known.slopes), 6e-5);
    basin_bert_free(&slope);
    known_close(&known);
}
END_TEST

static void draw_known(const void *context, gsl_rng *r, int32_t *id, int32_t *target)
{
    struct known *known = *(struct known *const *)context;
    size_t at = known->drawn++ % SEQUENCES * LENGTH;
    (void)r;
    memcpy(id, known->id + at, LENGTH * sizeof(*id));
    memcpy(target, known->target + at, LENGTH * sizeof(*target));
}

/* AdamW divides by the slope's size: of slopes near zero, roundings move a weight. */
START_TEST(steps_are_those_of_pytorch)
{
    struct known known;
    struct known *context = &known;
    struct basin_trainer *trainer;
    struct basin_trainer_result result;
    known_open(&known, names[_i]);
    const struct basin_task_source source = {
        LENGTH, known.model.shape.vocab, draw_known, (const void *)&context};
    struct basin_trainer_options options = basin_trainer_defaults();
    options.batch = options.chunk = SEQUENCES;
    options.parts = 1;
    options.updates = 8;
    options.warmup = 2;
    options.rate = 0.01;
    options.decay = 0.1;
    options.clip = 0.5;
    ck_assert_int_eq(
        basin_trainer_new(&trainer, &known.model, &source, &options, NULL), 0);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(basin_trainer_step(trainer, &result, NULL), 0);
    }
    double apart = 0;
    for (size_t i = 0; i < known.model.n; i++) {
        apart += fabs((double)known.model.block[i] - (double)known.trained.block[i]);
    }
    ck_assert_double_lt(apart / (double)known.model.n, 1e-5);
    ck_assert_double_lt(distance(&known.model, &known.trained), 0.02);
    basin_trainer_free(trainer);
    known_close(&known);
}
END_TEST

/* ---- Finite differences --------------------------------------------------------- */

/* Two layers with odd sizes, some words asked for in sequences 0 and 2. */
struct toy {
    struct basin_bert model;
    int32_t id[TOKENS], target[TOKENS];
    float fixed[LENGTH * LENGTH];
    const float *heads[6];
};

static void toy_open(struct toy *self, int activation, bool tied)
{
    const struct basin_bert_shape shape = {.layers = 2,
        .heads = 3,
        .hidden = 15,
        .intermediate = 22,
        .vocab = 19,
        .positions = LENGTH,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = activation,
        .masked_head = true,
        .tied = tied};
    *self = (struct toy){.heads = {NULL}};
    ck_assert_int_eq(basin_bert_init(&self->model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&self->model, 0.4, 1, 3, NULL), 0);
    for (int32_t i = 0; i < TOKENS; i++) {
        self->id[i] = (7 * i + i / 5) % 19;
        self->target[i] = i / LENGTH != 1 && i % 3 == 0 ? (5 * i + 1) % 19 : -1;
    }
    for (size_t i = 0; i < LENGTH; i++) {
        for (size_t j = 0; j < LENGTH; j++) {
            self->fixed[i * LENGTH + j] = (float)(1 + i * j % 5) / 40;
        }
    }
    self->heads[1] = self->heads[5] = self->fixed;
}

/* Along the signs of a tensor's slopes the loss rises by the sum of their sizes. */
static void check_slopes(struct toy *toy, const struct basin_pass_setting *setting)
{
    struct basin_bert slope;
    pass(&toy->model, setting, toy->id, toy->target, true, &slope);
    for (size_t t = 0; t < basin_bert_tensors(&slope); t++) {
        struct basin_bert_tensor g = basin_bert_tensor_at(&slope, t);
        struct basin_bert_tensor w = basin_bert_tensor_at(&toy->model, t);
        size_t n = g.rows * g.columns;
        float kept[19 * 22];
        double size = 0;
        double loss[2];
        memcpy(kept, w.at, n * sizeof(*kept));
        for (size_t i = 0; i < n; i++) {
            size += fabs((double)g.at[i]);
        }
        double step = 0.006 / (1 + sqrt(size));
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < n; i++) {
                double sign = (g.at[i] > 0) - (g.at[i] < 0);
                w.at[i] = (float)((double)kept[i] + (2 * side - 1) * step * sign);
            }
            loss[side] = pass(&toy->model, setting, toy->id, toy->target, true, NULL);
        }
        memcpy(w.at, kept, n * sizeof(*kept));
        double rise = (loss[1] - loss[0]) / (2 * step);
        ck_assert_msg(fabs(rise - size) <= 0.01 * size + 0.01,
            "%s%s of layer %zu: %g by differences, %g by the way back", g.part, g.name,
            g.layer, rise, size);
    }
    basin_bert_free(&slope);
}

START_TEST(slopes_are_finite_differences)
{
    struct toy toy;
    toy_open(&toy, _i % 2 == 0 ? BASIN_GELU : BASIN_GELU_TANH, _i < 2);
    struct basin_pass_setting setting = {.dropout = 0.2,
        .attention_dropout = 0.3,
        .sharpness = 2.5,
        .fixed = _i % 2 == 0 ? NULL : toy.heads};
    check_slopes(&toy, &setting);
    setting = (struct basin_pass_setting){.fixed = toy.heads, .every_row = true};
    check_slopes(&toy, &setting);
    basin_bert_free(&toy.model);
}
END_TEST

/* Rows that nobody asks for have no part in the loss: to leave them out is exact, with
 * the same numbers dropped. */
START_TEST(asked_rows_alone_give_the_same)
{
    struct toy toy;
    struct basin_bert some, every;
    toy_open(&toy, BASIN_GELU, true);
    struct basin_pass_setting setting = {
        .dropout = 0.2, .attention_dropout = 0.3, .fixed = toy.heads};
    double loss = pass(&toy.model, &setting, toy.id, toy.target, true, &some);
    setting.every_row = true;
    double full = pass(&toy.model, &setting, toy.id, toy.target, true, &every);
    ck_assert_double_eq_tol(loss, full, 1e-6 * full);
    ck_assert_double_lt(distance(&some, &every), 1e-5);
    double kept = pass(&toy.model, &setting, toy.id, toy.target, false, NULL);
    ck_assert_double_gt(fabs(kept - full), 1e-3); /* something was dropped */
    basin_bert_free(&some);
    basin_bert_free(&every);
    basin_bert_free(&toy.model);
}
END_TEST

/* ---- The same bytes ------------------------------------------------------------- */

struct run {
    struct basin_recall_source task;
    struct basin_task_source source;
    struct basin_trainer_options options;
    struct basin_bert model;
    struct basin_trainer *trainer;
};

static void run_open(struct run *self)
{
    const struct basin_recall_options task = {
        .length = 16, .keys = 6, .values = 9, .copy = 0.8, .skew = 1};
    const struct basin_bert_shape shape = {.layers = 2,
        .heads = 2,
        .hidden = 12,
        .intermediate = 20,
        .vocab = 16,
        .positions = 16,
        .types = 1,
        .norm_epsilon = 1e-12,
        .masked_head = true,
        .tied = true};
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_recall_source_init(&self->task, &task, &diag), 0);
    self->source = basin_recall_source(&self->task);
    self->options = basin_trainer_defaults();
    self->options.batch = 11;
    self->options.seed = 4;
    self->options.warmup = 2;
    self->options.setting.dropout = self->options.setting.attention_dropout = 0.1;
    ck_assert_int_eq(basin_bert_init(&self->model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&self->model, 0.1, 1, 9, NULL), 0);
}

static void run_steps(struct run *self, size_t n)
{
    struct basin_trainer_result result;
    struct basin_diag diag = {{0}};
    if (self->trainer == NULL) {
        int ret = basin_trainer_new(
            &self->trainer, &self->model, &self->source, &self->options, &diag);
        ck_assert_msg(ret == 0, "%s", diag.text);
    }
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(basin_trainer_step(self->trainer, &result, &diag), 0);
    }
}

static void run_close(struct run *self)
{
    basin_trainer_free(self->trainer);
    basin_bert_free(&self->model);
    basin_recall_source_free(&self->task);
}

START_TEST(threads_do_not_change_a_bit)
{
    struct run one = {.trainer = NULL};
    struct run more = {.trainer = NULL};
    run_open(&one);
    run_open(&more);
    omp_set_num_threads(1);
    run_steps(&one, 5);
    omp_set_num_threads(3);
    run_steps(&more, 5);
    omp_set_num_threads(omp_get_num_procs());
    ck_assert_mem_eq(one.model.block, more.model.block, one.model.n * sizeof(float));
    run_close(&one);
    run_close(&more);
}
END_TEST

START_TEST(chunks_only_change_the_rounding)
{
    struct run one = {.trainer = NULL};
    struct run more = {.trainer = NULL};
    run_open(&one);
    run_open(&more);
    one.options.chunk = 1;
    more.options.chunk = 3;
    more.options.parts = 2;
    run_steps(&one, 2);
    run_steps(&more, 2);
    ck_assert_double_lt(distance(&one.model, &more.model), 1e-3);
    run_close(&one);
    run_close(&more);
}
END_TEST

START_TEST(a_resumed_run_has_the_same_bytes)
{
    char path[] = "/tmp/basin-checkpoint-XXXXXX";
    struct run through = {.trainer = NULL};
    struct run broken = {.trainer = NULL};
    struct run resumed = {.trainer = NULL};
    struct basin_diag diag = {{0}};
    double numbers[2] = {2.385, NAN};
    double got[2] = {0, 0};
    bool found = true;
    close(mkstemp(path));
    remove(path);
    run_open(&through);
    run_open(&broken);
    run_open(&resumed);
    run_steps(&through, 6);
    run_steps(&broken, 4);
    run_steps(&resumed, 0);
    int ret = basin_trainer_resume(resumed.trainer, path, 8, got, 2, &found, &diag);
    ck_assert_int_eq(ret, 0);
    ck_assert(!found);
    ret = basin_trainer_save(broken.trainer, path, 8, numbers, 2, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ret = basin_trainer_resume(resumed.trainer, path, 9, got, 2, &found, &diag);
    ck_assert_int_eq(ret, BASIN_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(diag.text, "is a checkpoint of another training"));
    ret = basin_trainer_resume(resumed.trainer, path, 8, got, 2, &found, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert(found);
    ck_assert(got[0] == numbers[0] && isnan(got[1]));
    ck_assert_uint_eq(basin_trainer_done(resumed.trainer), 4);
    run_steps(&resumed, 2);
    ck_assert_mem_eq(
        through.model.block, resumed.model.block, through.model.n * sizeof(float));
    FILE *file = fopen(path, "r+");
    ck_assert_ptr_nonnull(file);
    fseek(file, 200, SEEK_SET);
    fputc('x', file);
    fclose(file);
    ret = basin_trainer_resume(resumed.trainer, path, 8, got, 2, &found, &diag);
    ck_assert_int_eq(ret, BASIN_ERR_FORMAT);
    ck_assert_ptr_nonnull(strstr(diag.text, "is no whole checkpoint"));
    remove(path);
    run_close(&through);
    run_close(&broken);
    run_close(&resumed);
}
END_TEST

START_TEST(frozen_weights_stay)
{
    struct run run = {.trainer = NULL};
    run_open(&run);
    float *rates = calloc(run.model.n, sizeof(*rates));
    float *before = malloc(run.model.n * sizeof(*before));
    ck_assert(rates != NULL && before != NULL);
    memcpy(before, run.model.block, run.model.n * sizeof(*before));
    basin_trainer_rate_head(&run.model, 1, 0, 1, rates);
    run.options.rates = rates;
    run_steps(&run, 2);
    size_t moved = 0;
    for (size_t i = 0; i < run.model.n; i++) {
        ck_assert(rates[i] == 1 || run.model.block[i] == before[i]);
        moved += run.model.block[i] != before[i];
    }
    /* Three matrices' six rows of 12, their biases, six columns of the output; a key's
     * bias shifts all scores of a query alike, so nothing but roundings moves it. */
    ck_assert_uint_ge(moved, 4 * 6 * 12 + 2 * 6);
    ck_assert_uint_le(moved, 4 * 6 * 12 + 3 * 6);
    free(rates);
    free(before);
    run_close(&run);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    static const char *const expected[] = {
        "a batch of 3 sequences cannot be cut into 4 parts",
        "a warm-up of 1000 updates leaves nothing of 1000",
        "the sequences have 17 words, but the model only 16",
        "sequences of 20 tokens are longer than the model's 16 positions"};
    struct run run = {.trainer = NULL};
    struct basin_diag diag = {{0}};
    run_open(&run);
    run.options.batch = _i == 0 ? 3 : 11;
    run.options.warmup = _i == 1 ? 1000 : 2;
    run.source.vocab += _i == 2;
    run.source.length += _i == 3 ? 4 : 0;
    ck_assert_int_eq(
        basin_trainer_new(&run.trainer, &run.model, &run.source, &run.options, &diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, expected[_i]);
    run_close(&run);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("training");
    TCase *c = tcase_create("training");
    tcase_set_timeout(c, 30);
    tcase_add_loop_test(c, slopes_are_those_of_pytorch, 0, 6);
    tcase_add_loop_test(c, steps_are_those_of_pytorch, 0, 3);
    tcase_add_loop_test(c, slopes_are_finite_differences, 0, 4);
    tcase_add_test(c, asked_rows_alone_give_the_same);
    tcase_add_test(c, threads_do_not_change_a_bit);
    tcase_add_test(c, chunks_only_change_the_rounding);
    tcase_add_test(c, a_resumed_run_has_the_same_bytes);
    tcase_add_test(c, frozen_weights_stay);
    tcase_add_loop_test(c, bad_options_are_refused, 0, 4);
    suite_add_tcase(s, c);
    return s;
}
