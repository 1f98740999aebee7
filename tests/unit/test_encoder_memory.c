/* Memory of large encoders: what a process holds at most. */
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

static char folder[] = "/tmp/basin-memory-XXXXXX";

/* Megabytes that a process of its own held at most while it worked. */
static double peak_of(int (*work)(void))
{
    struct rusage usage;
    int status;
    pid_t worker = fork();
    if (worker == 0) {
        _exit(work() == 0 ? 0 : 1);
    }
    ck_assert_int_eq(wait4(worker, &status, 0, &usage), worker);
    ck_assert_int_eq(status, 0);
    return (double)usage.ru_maxrss / 1024;
}

static double megabytes(const struct basin_bert_shape *shape)
{
    struct basin_bert model;
    ck_assert_int_eq(basin_bert_init(&model, shape, NULL), 0);
    double size = (double)model.n * sizeof(float) / (1 << 20);
    basin_bert_free(&model);
    return size;
}

/* Writes all weights: memory that was never written is not held. */
static int fill(struct basin_bert *model, const struct basin_bert_shape *shape)
{
    int ret = basin_bert_init(model, shape, NULL);
    for (size_t i = 0; i < model->n; i++) {
        model->block[i] = (float)(i % 7) / 64;
    }
    return ret;
}

/* Two sequences of 512 tokens, with the words of 15 %. Work space is the same for every
 * layer, so one of the twelve is run. */
static int run_base(void)
{
    enum { TOKENS = 2 * 512, ASKED = TOKENS * 15 / 100 };
    static int32_t id[TOKENS];
    static size_t rows[ASKED];
    const size_t start[] = {0, 512, TOKENS};
    const struct basin_batch batch = {2, start, id, NULL};
    struct basin_encoder encoder;
    struct basin_bert model;
    float *logits = malloc(ASKED * base.vocab * sizeof(*logits));
    int ret = logits == NULL ? 1 : fill(&model, &base);
    for (size_t i = 0; i < ASKED; i++) {
        rows[i] = 6 * i;
    }
    ret = ret != 0 ? ret : basin_encoder_init(&encoder, &model, TOKENS, 512, NULL);
    model.shape.layers = 1;
    ret = ret != 0 ? ret : basin_encoder_run(&encoder, &batch, NULL, NULL);
    return ret != 0 ? ret : basin_encoder_words(&encoder, rows, ASKED, logits, NULL);
}

START_TEST(bert_base_needs_less_than_a_gigabyte)
{
    double peak = peak_of(run_base);
    ck_assert_double_ge(peak, megabytes(&base));
    ck_assert_double_le(peak, 900);
}
END_TEST

static struct basin_bert_shape small_shape(void)
{
    struct basin_bert_shape shape = base;
    shape.layers = 3;
    shape.vocab = 1000;
    return shape;
}

static int write_folder(void)
{
    const struct basin_bert_shape shape = small_shape();
    struct basin_bert model;
    int ret = fill(&model, &shape);
    return ret != 0 ? ret : basin_bert_save(&model, 1, folder, NULL);
}

static int read_folder(void)
{
    struct basin_bert model;
    return basin_bert_load(&model, folder, NULL);
}

/* Weights of a file are not held twice while it is read. */
START_TEST(a_folder_is_read_tensor_by_tensor)
{
    const struct basin_bert_shape shape = small_shape();
    const char *const names[] = {"config.json", "model.safetensors"};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_double_gt(peak_of(write_folder), 0);
    double peak = peak_of(read_folder);
    ck_assert_double_ge(peak, megabytes(&shape));
    ck_assert_double_le(peak, 1.6 * megabytes(&shape));
    for (size_t i = 0; i < 2; i++) {
        char path[64];
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
