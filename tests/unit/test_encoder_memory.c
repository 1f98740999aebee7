/* Memory of large encoders: what the process holds at most. Each test is a process of its
 * own. */
#include "suite.h"

#include "transformer/encoder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct basin_bert_shape base = {.layers = 12,
    .heads = 12,
    .hidden = 768,
    .intermediate = 3072,
    .vocab = 30522,
    .positions = 512,
    .types = 2,
    .norm_epsilon = 1e-12,
    .masked_head = true,
    .tied = true};

/* Megabytes that were held at most so far. */
static double peak(void)
{
    struct rusage usage;
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)usage.ru_maxrss / 1024;
}

/* Writes all weights: memory that was never written is not held. */
static void fill(struct basin_bert *model, const struct basin_bert_shape *shape)
{
    ck_assert_int_eq(basin_bert_init(model, shape, NULL), 0);
    for (size_t i = 0; i < model->n; i++) {
        model->block[i] = (float)(i % 7) / 64;
    }
}

/* bert-base, 2 sequences of 512 tokens, with the words of 15 %, in less than 1 GB. Work
 * space is the same for every layer, so one of the twelve is run. */
START_TEST(bert_base_needs_less_than_a_gigabyte)
{
    enum { TOKENS = 2 * 512, ASKED = TOKENS * 15 / 100 };
    static int32_t id[TOKENS];
    static size_t rows[ASKED];
    const size_t start[] = {0, 512, TOKENS};
    const struct basin_batch batch = {2, start, id, NULL};
    struct basin_encoder encoder;
    struct basin_bert model;
    double before = peak();
    fill(&model, &base);
    float *logits = malloc(ASKED * base.vocab * sizeof(*logits));
    ck_assert_ptr_nonnull(logits);
    for (size_t i = 0; i < ASKED; i++) {
        rows[i] = 6 * i;
    }
    ck_assert_int_eq(basin_encoder_init(&encoder, &model, TOKENS, 512, NULL), 0);
    model.shape.layers = 1;
    ck_assert_int_eq(basin_encoder_run(&encoder, &batch, NULL, NULL), 0);
    ck_assert_int_eq(basin_encoder_words(&encoder, rows, ASKED, logits, NULL), 0);
    ck_assert_double_ge(peak() - before, (double)model.n * 4 / 1e6);
    ck_assert_double_le(peak() - before, 700);
    model.shape.layers = base.layers;
    free(logits);
    basin_encoder_free(&encoder);
    basin_bert_free(&model);
}
END_TEST

/* Weights of a file are not held twice while it is read. */
START_TEST(a_folder_is_read_tensor_by_tensor)
{
    char folder[] = "/tmp/basin-memory-XXXXXX";
    char path[64];
    struct basin_bert model;
    struct basin_bert_shape shape = base;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    shape.layers = 3;
    shape.vocab = 1000;
    pid_t writer = fork();
    if (writer == 0) { /* what it holds is not this process's */
        fill(&model, &shape);
        _exit(basin_bert_save(&model, 1, folder, NULL));
    }
    int status;
    ck_assert_int_eq(waitpid(writer, &status, 0), writer);
    ck_assert_int_eq(status, 0);
    double before = peak();
    ck_assert_int_eq(basin_bert_load(&model, folder, NULL), 0);
    double weights = (double)model.n * sizeof(float) / (1 << 20);
    ck_assert_double_ge(peak() - before, weights);
    ck_assert_double_le(peak() - before, 1.3 * weights);
    basin_bert_free(&model);
    const char *const names[] = {"config.json", "model.safetensors"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        ck_assert_int_eq(remove(path), 0);
    }
    ck_assert_int_eq(remove(folder), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("encoder memory");
    TCase *t = tcase_create("encoder memory");
    tcase_add_test(t, bert_base_needs_less_than_a_gigabyte);
    tcase_add_test(t, a_folder_is_read_tensor_by_tensor);
    suite_add_tcase(s, t);
    return s;
}
