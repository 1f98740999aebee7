/* The encoder: PyTorch's answers on small models, packing, and the attention hook. */
#include "suite.h"

#include "transformer/encoder.h"
#include "transformer/layers.h"
#include "transformer/safetensors.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEQUENCES = 4, TOKENS = 35, LONGEST = 16, WIDEST = 40 };

/* A model of the known answers, its batch, and what should come out. */
struct known {
    struct basin_bert model;
    struct basin_batch batch;
    size_t start[SEQUENCES + 1];
    int32_t id[TOKENS], type[TOKENS];
    size_t width;
    float expected[TOKENS * WIDEST];
};

static size_t read_floats(
    const struct basin_safetensors *file, const char *name, size_t most, float *out)
{
    const struct basin_tensor *tensor = basin_safetensors_find(file, name);
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_le(tensor->n, most);
    ck_assert_int_eq(basin_safetensors_copy(file, tensor, out, NULL), 0);
    return tensor->n;
}

static void known_open(struct known *self, const char *name)
{
    char path[128];
    float numbers[TOKENS];
    struct basin_safetensors file;
    struct basin_diag diag = {{0}};
    snprintf(path, sizeof(path), "tests/data/bert/%s", name);
    int ret = basin_bert_load(&self->model, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    snprintf(path, sizeof(path), "tests/data/bert/%s/answers.safetensors", name);
    ret = basin_safetensors_open(&file, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(read_floats(&file, "start", TOKENS, numbers), SEQUENCES + 1);
    for (size_t i = 0; i <= SEQUENCES; i++) {
        self->start[i] = (size_t)numbers[i];
    }
    ck_assert_uint_eq(read_floats(&file, "id", TOKENS, numbers), TOKENS);
    for (size_t i = 0; i < TOKENS; i++) {
        self->id[i] = (int32_t)numbers[i];
    }
    ck_assert_uint_eq(read_floats(&file, "type", TOKENS, numbers), TOKENS);
    for (size_t i = 0; i < TOKENS; i++) {
        self->type[i] = (int32_t)numbers[i];
    }
    self->width =
        read_floats(&file, "expected", TOKENS * WIDEST, self->expected) / TOKENS;
    self->batch = (struct basin_batch){SEQUENCES, self->start, self->id, self->type};
    basin_safetensors_close(&file);
}

/* Logits of every token, or hidden states where there is no head. */
static void answer(const struct known *self, const struct basin_batch *batch,
    const struct basin_attention_hook *hook, float *out)
{
    struct basin_encoder encoder;
    struct basin_diag diag = {{0}};
    size_t tokens = batch->start[batch->n];
    int ret = basin_encoder_init(&encoder, &self->model, tokens, LONGEST, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ret = basin_encoder_run(&encoder, batch, hook, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    size_t rows[TOKENS];
    for (size_t i = 0; i < tokens; i++) {
        rows[i] = i;
    }
    if (self->model.shape.masked_head) {
        ck_assert_int_eq(basin_encoder_words(&encoder, rows, tokens, out, &diag), 0);
    } else {
        memcpy(out, encoder.hidden, tokens * self->width * sizeof(*out));
    }
    basin_encoder_free(&encoder);
}

static const char *const names[] = {"tied", "untied", "bare", "odd"};

START_TEST(answers_are_those_of_pytorch)
{
    struct known known;
    float got[TOKENS * WIDEST];
    known_open(&known, names[_i]);
    answer(&known, &known.batch, NULL, got);
    for (size_t i = 0; i < TOKENS * known.width; i++) {
        ck_assert_float_eq_tol(got[i], known.expected[i], 1e-4F);
    }
    basin_bert_free(&known.model);
}
END_TEST

/* A sequence has the same answer alone and packed with others. */
START_TEST(sequences_of_a_batch_do_not_meet)
{
    struct known known;
    known_open(&known, names[_i]);
    for (size_t s = 0; s < SEQUENCES; s++) {
        float got[TOKENS * WIDEST];
        size_t first = known.start[s];
        const size_t start[] = {0, known.start[s + 1] - first};
        struct basin_batch one = {1, start, known.id + first, known.type + first};
        answer(&known, &one, NULL, got);
        for (size_t i = 0; i < start[1] * known.width; i++) {
            ck_assert_float_eq_tol(
                got[i], known.expected[first * known.width + i], 1e-4F);
        }
    }
    basin_bert_free(&known.model);
}
END_TEST

START_TEST(threads_change_no_bit)
{
    struct known known;
    float got[3][TOKENS * WIDEST] = {{0}};
    int threads = omp_get_max_threads();
    known_open(&known, names[_i]);
    for (int t = 0; t < 3; t++) {
        omp_set_num_threads(t + 1);
        answer(&known, &known.batch, NULL, got[t]);
        ck_assert_mem_eq(got[t], got[0], sizeof(got[t]));
    }
    omp_set_num_threads(threads);
    basin_bert_free(&known.model);
}
END_TEST

/* What a hook saw. */
struct seen {
    size_t rows[SEQUENCES];
    bool replace;
};

static int look(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)diag;
    struct seen *seen = context;
    seen->rows[tile->sequence] += tile->rows;
    for (size_t i = 0; i < tile->rows; i++) {
        float *p = tile->weights + i * tile->keys;
        double sum = 0;
        double twin = 0; /* the sum of exp(q.k / sqrt(d_k)), for the weight of key 0 */
        double first = 0;
        for (size_t j = 0; j < tile->keys; j++) {
            double dot = 0;
            for (size_t c = 0; c < tile->d_k; c++) {
                dot += (double)tile->query[i * tile->stride + c] *
                       (double)tile->key[j * tile->stride + c];
            }
            double weight = exp(dot / sqrt((double)tile->d_k));
            first = j == 0 ? weight : first;
            twin += weight;
            ck_assert_float_ge(p[j], 0);
            sum += (double)p[j];
        }
        ck_assert_double_eq_tol(sum, 1, 1e-5);
        ck_assert_double_eq_tol((double)p[0], first / twin, 1e-5);
        for (size_t j = 0; seen->replace && j < tile->keys; j++) {
            p[j] = j == tile->first + i ? 1 : 0;
        }
    }
    return 0;
}

START_TEST(a_hook_sees_every_row_of_attention)
{
    struct known known;
    struct seen seen = {{0}, false};
    float got[TOKENS * WIDEST];
    known_open(&known, names[_i]);
    struct basin_attention_hook hook = {look, &seen};
    answer(&known, &known.batch, &hook, got);
    const struct basin_bert_shape *shape = &known.model.shape;
    for (size_t s = 0; s < SEQUENCES; s++) {
        size_t length = known.start[s + 1] - known.start[s];
        ck_assert_uint_eq(seen.rows[s], shape->layers * shape->heads * length);
    }
    for (size_t i = 0; i < TOKENS * known.width; i++) {
        ck_assert_float_eq_tol(got[i], known.expected[i], 1e-4F);
    }
    basin_bert_free(&known.model);
}
END_TEST

/* With every token attending to itself alone, the answer at a token does not depend on
 * the others. */
START_TEST(a_hook_can_replace_attention)
{
    struct known known;
    struct seen seen = {{0}, true};
    float a[TOKENS * WIDEST], b[TOKENS * WIDEST];
    known_open(&known, names[_i]);
    struct basin_attention_hook hook = {look, &seen};
    answer(&known, &known.batch, &hook, a);
    known.id[3] = (known.id[3] + 1) % 30;
    answer(&known, &known.batch, &hook, b);
    for (size_t i = 0; i < TOKENS; i++) {
        bool same = true;
        for (size_t j = 0; j < known.width; j++) {
            same = same && a[i * known.width + j] == b[i * known.width + j];
        }
        ck_assert(same == (i != 3));
    }
    basin_bert_free(&known.model);
}
END_TEST

static int refuse(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)context;
    return basin_fail(diag, BASIN_ERR_DOMAIN, "layer %zu", tile->layer);
}

START_TEST(bad_batches_are_refused)
{
    struct known known;
    struct basin_encoder encoder;
    struct basin_diag diag = {{0}};
    known_open(&known, "bare");
    ck_assert_int_eq(
        basin_encoder_init(&encoder, &known.model, 40, 17, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(
        diag.text, "sequences of 17 tokens are longer than the model's 16 positions");
    ck_assert_int_eq(basin_encoder_init(&encoder, &known.model, 34, 16, &diag), 0);
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        diag.text, "a batch of 35 tokens, where the encoder was made for 34");
    known.batch.n = 3;
    known.id[5] = 30;
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "token 5 is word 30, but the model has 30 words");
    known.id[5] = -1;
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "token 5 is word -1, but the model has 30 words");
    known.id[5] = 0;
    known.type[4] = 2;
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "token 4 has type 2, but the model has 2 types");
    known.type[4] = 0;
    known.start[1] = 0;
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "sequence 0 has 0 tokens, not 1 to 16");
    known.start[1] = 7;
    struct basin_attention_hook hook = {refuse, NULL};
    ck_assert_int_eq(
        basin_encoder_run(&encoder, &known.batch, &hook, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "layer 0");
    const size_t row = 0;
    float logit;
    ck_assert_int_eq(
        basin_encoder_words(&encoder, &row, 1, &logit, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "the model has no masked-word head (cls.predictions)");
    basin_encoder_free(&encoder);
    basin_bert_free(&known.model);
}
END_TEST

/* Without queries attention is uniform, in tiles that are full and not. */
static int expect_uniform(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    (void)context;
    (void)diag;
    for (size_t i = 0; i < tile->rows * tile->keys; i++) {
        ck_assert_float_eq_tol(tile->weights[i], 1 / (float)tile->keys, 1e-7F);
    }
    return 0;
}

START_TEST(without_queries_attention_is_uniform)
{
    enum { T = 150 };
    const struct basin_bert_shape shape = {.layers = 2,
        .heads = 2,
        .hidden = 8,
        .intermediate = 16,
        .vocab = 20,
        .positions = T,
        .types = 1,
        .norm_epsilon = 1e-12};
    struct basin_bert model;
    struct basin_encoder encoder;
    int32_t id[3 * T];
    const size_t start[] = {0, T, 2 * T, 3 * T - 1};
    for (size_t i = 0; i < 3 * T; i++) {
        id[i] = (int32_t)(i * 7 % 20);
    }
    ck_assert_int_eq(basin_bert_init(&model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&model, 0.5, 0, 3, NULL), 0);
    ck_assert_int_eq(basin_encoder_init(&encoder, &model, 3 * T, T, NULL), 0);
    struct basin_batch batch = {3, start, id, NULL};
    struct basin_attention_hook hook = {expect_uniform, NULL};
    ck_assert_int_eq(basin_encoder_run(&encoder, &batch, &hook, NULL), 0);
    basin_encoder_free(&encoder);
    basin_bert_free(&model);
}
END_TEST

/* Adds the weight of the nearest 8 tokens of the first layer's queries. */
static int add_near(
    void *context, const struct basin_attention *tile, struct basin_diag *diag)
{
    double *near = context;
    (void)diag;
    for (size_t i = 0; tile->layer == 0 && i < tile->rows; i++) {
        for (size_t j = 0; j < tile->keys; j++) {
            size_t apart = i > j ? i - j : j - i;
            *near +=
                apart > 0 && apart <= 4 ? (double)tile->weights[i * tile->keys + j] : 0;
        }
    }
    return 0;
}

static double near_weight(const struct basin_bert *model)
{
    enum { T = 64 };
    static int32_t id[T];
    const size_t start[] = {0, T};
    struct basin_batch batch = {1, start, id, NULL};
    struct basin_encoder encoder;
    double near = 0;
    for (size_t i = 0; i < T; i++) {
        id[i] = (int32_t)(i * 7 % 20);
    }
    struct basin_attention_hook hook = {add_near, &near};
    ck_assert_int_eq(basin_encoder_init(&encoder, model, T, T, NULL), 0);
    ck_assert_int_eq(basin_encoder_run(&encoder, &batch, &hook, NULL), 0);
    basin_encoder_free(&encoder);
    return near / (double)(T * model->shape.heads);
}

/* Of random weights the nearest 8 of 64 tokens get an eighth (less at the ends); of
 * leaning ones clearly more, and yet no head is sharp. */
START_TEST(leaning_heads_look_at_their_neighbours)
{
    const struct basin_bert_shape shape = {.layers = 2,
        .heads = 4,
        .hidden = 64,
        .intermediate = 64,
        .vocab = 20,
        .positions = 64,
        .types = 1,
        .norm_epsilon = 1e-12};
    struct basin_bert model;
    ck_assert_int_eq(basin_bert_init(&model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&model, 0.07, 1, 3, NULL), 0);
    ck_assert_double_eq_tol(near_weight(&model), 0.12, 0.03);
    basin_bert_lean(&model, 0.07);
    ck_assert_double_ge(near_weight(&model), 0.2);
    ck_assert_double_le(near_weight(&model), 0.6);
    basin_bert_free(&model);
}
END_TEST

START_TEST(layers_have_known_values)
{
    float x[] = {-3, -0.5F, 0, 1, 2.385F};
    float y[5];
    /* x Phi(x), and its approximation by tanh, from PyTorch */
    const float gelu[] = {-0.00404969F, -0.15426877F, 0, 0.84134475F, 2.3646331F};
    const float tanh_gelu[] = {-0.00363739F, -0.15428599F, 0, 0.84119199F, 2.3650225F};
    memcpy(y, x, sizeof(x));
    basin_layer_activate(y, 5, BASIN_GELU);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_float_eq_tol(y[i], gelu[i], 1e-6F);
    }
    memcpy(y, x, sizeof(x));
    basin_layer_activate(y, 5, BASIN_GELU_TANH);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_float_eq_tol(y[i], tanh_gelu[i], 1e-6F);
    }
    float row[] = {1, 2, 3, 6};
    const float gain[] = {1, 1, 2, 1};
    const float bias[] = {0, 0, 0.5F, 0};
    basin_layer_norm(row, 1, 4, gain, bias, 0.5);
    /* mean 3, variance 3.5, so the scale is 1/2 */
    const float normed[] = {-1, -0.5F, 0.5F, 1.5F};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_float_eq_tol(row[i], normed[i], 1e-6F);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("transformer");
    TCase *c = tcase_create("encoder");
    int n = sizeof(names) / sizeof(names[0]);
    tcase_add_loop_test(c, answers_are_those_of_pytorch, 0, n);
    tcase_add_loop_test(c, sequences_of_a_batch_do_not_meet, 0, n);
    tcase_add_loop_test(c, threads_change_no_bit, 0, n);
    tcase_add_loop_test(c, a_hook_sees_every_row_of_attention, 0, n);
    tcase_add_loop_test(c, a_hook_can_replace_attention, 0, n);
    tcase_add_test(c, bad_batches_are_refused);
    tcase_add_test(c, without_queries_attention_is_uniform);
    tcase_add_test(c, leaning_heads_look_at_their_neighbours);
    tcase_add_test(c, layers_have_known_values);
    suite_add_tcase(s, c);
    return s;
}
