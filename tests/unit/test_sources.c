/* Where training comes from: a vocabulary learnt from a text, sequences with hidden
 * words, tasks whose entropies are known; and a model written and read again. */
#include "suite.h"

#include "base/rng.h"
#include "transformer/bert.h"
#include "transformer/source.h"
#include "transformer/wordpiece.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "/tmp/basin-sources-XXXXXX";
static char path[64];

static void folder_make(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
}

static void folder_remove(void)
{
    char name[128];
    static const char *const files[] = {"file", "config.json", "model.safetensors"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "%s/%s", folder, files[i]);
        remove(name);
    }
    remove(folder);
    strcpy(strrchr(folder, '-'), "-XXXXXX");
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* By hand: 5 x "aab", 3 x "ab": a ##a 5, ##a ##b 5, a ##b 3. The oldest pair of the most
 * frequent ones is (a, ##a), then (aa, ##b), then (a, ##b). */
START_TEST(pieces_are_merged_by_frequency)
{
    struct basin_str lines = {0};
    struct basin_diag diag = {{0}};
    write_text("aab Aab ab aab\nab, aab ab aab\n");
    int ret = basin_wordpiece_learn(path, 50, &lines, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_str_eq(lines.text, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"
                                 ",\na\n##a\n##b\naa\naab\nab\n");
    basin_str_free(&lines);
    ck_assert_int_eq(basin_wordpiece_learn(path, 10, &lines, &diag), 0);
    ck_assert_ptr_null(strstr(lines.text, "aab"));
    basin_str_free(&lines);
    ck_assert_int_eq(basin_wordpiece_learn(path, 8, &lines, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(
        diag.text, "a vocabulary of 8 words does not hold the text's characters");
    basin_str_free(&lines);
}
END_TEST

static gsl_rng *stream(uint64_t sequence)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    ck_assert_ptr_nonnull(r);
    basin_rng_start(r, 7, sequence);
    return r;
}

/* Counts over 40000 hidden words; a binomial share is within 4 standard deviations but
 * for 1 of 16000. */
START_TEST(words_are_hidden_as_published)
{
    enum { LENGTH = 42, DRAWS = 5000, MASK = 3, VOCAB = 50 };
    int32_t text[500];
    for (int32_t i = 0; i < 500; i++) {
        text[i] = 5 + i % 40;
    }
    struct basin_tokens tokens = {.id = text, .n = 500};
    struct basin_text_source text_source = {.tokens = &tokens,
        .length = LENGTH,
        .vocab = VOCAB,
        .cls = 1,
        .sep = 2,
        .mask = MASK,
        .masked = 0.2};
    struct basin_task_source source = basin_text_source(&text_source);
    double masked = 0;
    double stayed = 0;
    double asked = 0;
    double first[LENGTH] = {0};
    gsl_rng *r = stream(0);
    for (size_t k = 0; k < DRAWS; k++) {
        int32_t id[LENGTH], target[LENGTH];
        size_t here = 0;
        source.draw(source.context, r, id, target);
        ck_assert(id[0] == 1 && id[LENGTH - 1] == 2);
        ck_assert(target[0] == -1 && target[LENGTH - 1] == -1);
        for (size_t i = 1; i < LENGTH - 1; i++) {
            here += target[i] >= 0;
            first[i] += target[i] >= 0;
            masked += target[i] >= 0 && id[i] == MASK;
            stayed += target[i] >= 0 && id[i] == target[i];
        }
        ck_assert_uint_eq(here, 8);
        asked += 8;
    }
    /* Any word is the right one in 1 of 50. */
    double stay = 0.1 + 0.1 / VOCAB;
    ck_assert_double_eq_tol(masked, (0.8 + 0.1 / VOCAB) * asked, 4 * sqrt(0.16 * asked));
    ck_assert_double_eq_tol(stayed, stay * asked, 4 * sqrt(stay * (1 - stay) * asked));
    for (size_t i = 1; i < LENGTH - 1; i++) {
        ck_assert_double_eq_tol(first[i], 0.2 * DRAWS, 5 * sqrt(0.16 * DRAWS));
    }
    gsl_rng_free(r);
}
END_TEST

/* Entropies by hand for two values, p = 2/3 and 1/3, copied with probability 1/2. */
/* By the table of what is hidden and what is seen instead, word by word. */
START_TEST(the_entropy_without_attention_is_that_of_the_table)
{
    enum { VOCAB = 4 };
    int32_t train[] = {0, 0, 0, 1, 1, 3}, held_out[] = {0, 1, 1, 2, 3};
    const struct basin_corpus corpus = {
        .part = {{.id = train, .n = 6}, {.id = held_out, .n = 5}}};
    static const double q[VOCAB] = {4. / 10, 3. / 10, 1. / 10, 2. / 10};
    static const double p[VOCAB] = {1. / 5, 2. / 5, 1. / 5, 1. / 5};
    double wanted = 0;
    for (size_t t = 0; t < VOCAB; t++) {
        wanted -= p[t] * 0.8 * log(q[t]); /* the mask tells nothing */
        for (size_t v = 0; v < VOCAB; v++) {
            double all = 0;
            for (size_t s = 0; s < VOCAB; s++) {
                all += q[s] * (0.1 / VOCAB + (s == v ? 0.1 : 0));
            }
            double here = 0.1 / VOCAB + (t == v ? 0.1 : 0);
            wanted -= p[t] * here * log(q[t] * here / all);
        }
    }
    double nats;
    ck_assert_int_eq(basin_text_entropy(&corpus, BASIN_HELD_OUT, VOCAB, &nats, NULL), 0);
    ck_assert_double_eq_tol(nats, wanted, 1e-14);
}
END_TEST

/* In a text where each word is followed by the next one, neighbours tell all, but not
 * where every word is from a place of its own: 1 of 40 by chance, of 20000 pairs. */
START_TEST(shuffled_words_have_strange_neighbours)
{
    enum { LENGTH = 42, DRAWS = 500 };
    int32_t text[400];
    for (int32_t i = 0; i < 400; i++) {
        text[i] = 5 + i % 40;
    }
    struct basin_tokens tokens = {.id = text, .n = 400};
    struct basin_text_source text_source = {.tokens = &tokens,
        .length = LENGTH,
        .vocab = 50,
        .cls = 1,
        .sep = 2,
        .mask = 3,
        .masked = 0.01};
    gsl_rng *r = stream(1);
    for (size_t shuffled = 0; shuffled < 2; shuffled++) {
        text_source.shuffled = shuffled == 1;
        struct basin_task_source source = basin_text_source(&text_source);
        double followed = 0, pairs = 0;
        for (size_t k = 0; k < DRAWS; k++) {
            int32_t id[LENGTH], target[LENGTH];
            source.draw(source.context, r, id, target);
            for (size_t i = 1; i + 2 < LENGTH; i++) {
                bool hidden = target[i] >= 0 || target[i + 1] >= 0;
                pairs += !hidden;
                followed += !hidden && (id[i] + 1 - 5) % 40 == (id[i + 1] - 5) % 40;
            }
        }
        double share = shuffled == 1 ? 1. / 40 : 1;
        ck_assert_double_eq_tol(
            followed, share * pairs, 0.5 + 4 * sqrt(share * (1 - share) * pairs));
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(entropies_of_recall_are_exact)
{
    struct basin_recall_source task;
    struct basin_recall_options options = {
        .length = 8, .keys = 2, .values = 2, .copy = 0.5, .skew = 1, .shared = true};
    ck_assert_int_eq(basin_recall_source_init(&task, &options, NULL), 0);
    double p = 2.0 / 3;
    double bigram = -p * log(p) - (1 - p) * log(1 - p);
    double after_first =
        -(0.5 + p / 2) * log(0.5 + p / 2) - (1 - p) / 2 * log((1 - p) / 2);
    double after_second = -p / 2 * log(p / 2) - (1 - p / 2) * log(1 - p / 2);
    ck_assert_double_eq_tol(task.entropy_unigram, bigram, 1e-12);
    ck_assert_double_eq_tol(task.entropy_bigram, bigram, 1e-12);
    ck_assert_double_eq_tol(
        task.entropy_copy, p * after_first + (1 - p) * after_second, 1e-12);
    basin_recall_source_free(&task);
}
END_TEST

/* The best predictor's loss on drawn sequences is the entropy: from the other value of
 * the key 20000 x 4 surprises, whose standard deviation is below 2. */
START_TEST(recall_has_the_entropy_it_says)
{
    enum { LENGTH = 16, KEYS = 6, VALUES = 5, DRAWS = 20000 };
    struct basin_recall_source task;
    struct basin_recall_options options = {.length = LENGTH,
        .keys = KEYS,
        .values = VALUES,
        .copy = 0.7,
        .skew = 1,
        .seed = 3};
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_recall_source_init(&task, &options, &diag), 0);
    struct basin_task_source source = basin_recall_source(&task);
    ck_assert_uint_eq(source.vocab, 1 + KEYS + VALUES);
    gsl_rng *r = stream(1);
    double loss = 0;
    double bigram = 0;
    for (size_t k = 0; k < DRAWS; k++) {
        int32_t id[LENGTH], target[LENGTH];
        size_t asked = 0;
        source.draw(source.context, r, id, target);
        for (size_t i = 1; i < LENGTH; i += 2) {
            if (target[i] < 0) {
                continue;
            }
            asked++;
            ck_assert_int_eq(id[i], 0);
            size_t other = 1;
            while (other == i || id[other - 1] != id[i - 1]) {
                other += 2;
            }
            size_t a = (size_t)id[i - 1] - 1;
            size_t v = (size_t)target[i] - 1 - KEYS;
            const double *sums = task.sums + a * VALUES;
            double p = sums[v] - (v == 0 ? 0 : sums[v - 1]);
            bigram -= log(p);
            loss -= log(0.3 * p + (id[other] == target[i] ? 0.7 : 0));
        }
        ck_assert_uint_eq(asked, LENGTH / 4);
    }
    double n = DRAWS * LENGTH / 4.0;
    ck_assert_double_eq_tol(loss / n, task.entropy_copy, 4 * 2 / sqrt(n));
    ck_assert_double_eq_tol(bigram / n, task.entropy_bigram, 4 * 2 / sqrt(n));
    ck_assert_double_lt(task.entropy_copy, task.entropy_bigram - 0.3);
    ck_assert_double_lt(task.entropy_bigram, task.entropy_unigram);
    gsl_rng_free(r);
    basin_recall_source_free(&task);
    options.length = 18;
    ck_assert_int_eq(basin_recall_source_init(&task, &options, &diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "a multiple of 4"));
    options.length = 28;
    ck_assert_int_eq(basin_recall_source_init(&task, &options, &diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "6 keys are too few"));
}
END_TEST

/* Sharpness ends up in the queries. */
START_TEST(a_model_is_read_as_it_was_written)
{
    struct basin_bert_shape shape = {.layers = 2,
        .heads = 3,
        .hidden = 12,
        .intermediate = 20,
        .vocab = 9,
        .positions = 7,
        .types = 1,
        .norm_epsilon = 1e-6,
        .activation = BASIN_GELU_TANH,
        .masked_head = true,
        .tied = _i == 0};
    struct basin_bert model, read;
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_bert_init(&model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&model, 0.3, 1, 5, NULL), 0);
    int ret = basin_bert_save(&model, _i == 0 ? 1 : 2, folder, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ret = basin_bert_load(&read, folder, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    for (size_t i = 0; _i == 1 && i < 12 * 12; i++) {
        model.layer[0][BASIN_QUERY][i] *= 2;
        model.layer[1][BASIN_QUERY][i] *= 2;
    }
    ck_assert_uint_eq(read.n, model.n);
    ck_assert_mem_eq(read.block, model.block, model.n * sizeof(float));
    ck_assert(read.shape.tied == shape.tied && read.shape.positions == 7);
    ck_assert(
        read.shape.norm_epsilon == 1e-6 && read.shape.activation == BASIN_GELU_TANH);
    basin_bert_free(&model);
    basin_bert_free(&read);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("sources");
    TCase *c = tcase_create("sources");
    tcase_set_timeout(c, 30);
    tcase_add_checked_fixture(c, folder_make, folder_remove);
    tcase_add_test(c, pieces_are_merged_by_frequency);
    tcase_add_test(c, words_are_hidden_as_published);
    tcase_add_test(c, the_entropy_without_attention_is_that_of_the_table);
    tcase_add_test(c, shuffled_words_have_strange_neighbours);
    tcase_add_test(c, entropies_of_recall_are_exact);
    tcase_add_test(c, recall_has_the_entropy_it_says);
    tcase_add_loop_test(c, a_model_is_read_as_it_was_written, 0, 2);
    suite_add_tcase(s, c);
    return s;
}
