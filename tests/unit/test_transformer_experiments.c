/* The experiments on encoders: spread of attention, and averaging instead of it. */
#include "suite.h"

#include "config/plan.h"
#include "experiments/experiment.h"
#include "transformer/maps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct basin_section *sections_of(const struct basin_kind *kind)
{
    return basin_experiment_of(kind)->sections;
}

/* Runs replicate 0 of every cell of a configuration; values[metric][cell] of metrics that
 * are one number. Returns the first failure. */
enum { METRICS = 24, CELLS = 16 };

struct outcome {
    size_t n_cells;
    const struct basin_metric *metrics;
    double value[METRICS][CELLS];
};

static int run_cell(const struct basin_experiment *experiment, void *shared,
    const struct basin_params *params, size_t cell, uint32_t replicate,
    struct outcome *outcome, struct basin_diag *diag)
{
    size_t offset[METRICS + 1];
    double values[256];
    basin_experiment_offsets(experiment, shared, params, replicate, offset);
    size_t n = basin_experiment_metrics(experiment);
    ck_assert_uint_le(offset[n], 256);
    for (size_t i = 0; i < offset[n]; i++) {
        values[i] = NAN;
    }
    struct basin_record record = {
        .status = BASIN_STATUS_OK, .n = offset[n], .values = values, .offset = offset};
    const struct basin_task task = {.params = params, .seed = 1, .replicate = replicate};
    int ret = experiment->run(shared, &task, &record, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        if (offset[i] == offset[i + 1]) {
            continue; /* not of this cell */
        }
        ck_assert(!isnan(values[offset[i]]));
        outcome->value[i][cell] = values[offset[i]];
    }
    return ret;
}

static int run_all(const char *text, uint32_t replicate, struct outcome *outcome,
    struct basin_diag *diag)
{
    const struct basin_registry registry = {
        .experiments = basin_experiments, .sections = sections_of};
    struct basin_plan plan;
    struct basin_params params = {0};
    void *shared = NULL;
    int ret = basin_plan_parse(&plan, "test", text, strlen(text), &registry, NULL, diag);
    ck_assert_msg(ret == 0, "%s", diag->text);
    const struct basin_experiment *experiment = basin_experiment_of(plan.experiment);
    *outcome = (struct outcome){.n_cells = plan.n_cells, .metrics = experiment->metrics};
    ck_assert_uint_le(plan.n_cells, CELLS);
    ck_assert_int_eq(experiment->open(&shared, diag), 0);
    for (size_t i = 0; ret == 0 && i < plan.n_cells; i++) {
        ck_assert_int_eq(basin_plan_params(&plan, i, &params, diag), 0);
        ret = experiment->check(shared, &params, diag);
        ck_assert(ret != 0 || experiment->cost(shared, &params) > 0);
        ret = ret != 0
                  ? ret
                  : run_cell(experiment, shared, &params, i, replicate, outcome, diag);
    }
    experiment->close(shared);
    basin_params_free(&params);
    basin_plan_free(&plan);
    return ret;
}

static struct outcome run_well(const char *text)
{
    struct outcome outcome;
    struct basin_diag diag = {{0}};
    int ret = run_all(text, 0, &outcome, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    return outcome;
}

static const double *values_of(const struct outcome *outcome, const char *metric)
{
    for (size_t i = 0; outcome->metrics[i].name != NULL; i++) {
        if (strcmp(outcome->metrics[i].name, metric) == 0) {
            return outcome->value[i];
        }
    }
    ck_abort_msg("no metric %s", metric);
}

#define SPREAD                                                                           \
    "experiment: spread\nmodels: [{label: m, model: random, layers: 2, heads: 2, "       \
    "hidden: 8, positions: 128, sharpness: 0}]\n"

/* k = ceil(0.9 T), for lengths whose inverse single precision cannot hold, too. */
START_TEST(uniform_attention_spreads_over_nine_tenths)
{
    struct outcome outcome =
        run_well(SPREAD "text: {kind: random, sequences: 1}\n"
                        "sweep: [{grid: {length: [3, 10, 37, 100, 128]}}]\n");
    const double expected[] = {3, 9, 34, 90, 116};
    ck_assert_uint_eq(outcome.n_cells, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_double_eq(values_of(&outcome, "k_median")[i], expected[i]);
        ck_assert_double_eq(values_of(&outcome, "layer_k")[i], expected[i]);
        ck_assert_double_eq(values_of(&outcome, "class")[i], 1);
        ck_assert_double_eq(values_of(&outcome, "layer_red")[i], 1);
        ck_assert_double_eq_tol(values_of(&outcome, "entropy_relative")[i], 1, 1e-12);
        ck_assert_double_eq_tol(
            values_of(&outcome, "participation_relative")[i], 1, 1e-12);
        ck_assert_double_eq(values_of(&outcome, "entropy_agrees")[i], 1);
    }
    /* 1/T > 0.01 counts as support: not at T = 100 and 128, where it disagrees. */
    ck_assert_double_eq(values_of(&outcome, "support_relative")[2], 1);
    ck_assert_double_eq(values_of(&outcome, "support_agrees")[2], 1);
    ck_assert_double_eq(values_of(&outcome, "support_agrees")[4], 0);
}
END_TEST

#define PERFORMER                                                                        \
    "experiment: spread\norder: given\n%s\nmodels: [{label: m, model: random, layers: "  \
    "1, heads: 2, hidden: 8, deviation: 0.25}]\n"                                        \
    "text: {kind: random, length: 100, sequences: 1}\nsweep: [{grid: {head: [1, 2]}}]\n"

/* A length beyond one tile of features. With many features a Performer's weights are
 * those of softmax; with few they are not. Trigonometric features can be negative: no
 * attention. */
START_TEST(a_performer_implies_the_attention_that_its_features_estimate)
{
    char config[1024];
    struct outcome outcome;
    struct basin_diag diag = {{0}};
    snprintf(config, sizeof(config), PERFORMER, "attention: softmax");
    struct outcome softmax = run_well(config);
    snprintf(config, sizeof(config), PERFORMER, "attention: performer\nfeatures: 4000");
    struct outcome many = run_well(config);
    snprintf(config, sizeof(config), PERFORMER, "attention: performer\nfeatures: 2");
    struct outcome few = run_well(config);
    for (size_t i = 0; i < 2; i++) {
        double expected = values_of(&softmax, "participation_relative")[i];
        ck_assert_double_lt(expected, 0.9);
        ck_assert_double_eq_tol(
            values_of(&many, "participation_relative")[i], expected, 0.01);
        ck_assert_double_gt(
            fabs(values_of(&few, "participation_relative")[i] - expected), 0.1);
        /* Beside them stands what softmax makes of the same queries. */
        double k = values_of(&softmax, "k_median")[i];
        ck_assert_double_eq(values_of(&many, "k_median_softmax")[i], k);
        ck_assert_double_eq(values_of(&few, "k_median_softmax")[i], k);
        double entropy = values_of(&softmax, "entropy_relative")[i];
        ck_assert_double_eq(values_of(&few, "entropy_relative_softmax")[i], entropy);
        ck_assert_double_lt(values_of(&many, "k_distance")[i], 0.2);
        ck_assert_double_gt(values_of(&few, "k_distance")[i], 0.5);
        ck_assert_double_eq(values_of(&many, "same_class")[i], 1);
    }
    snprintf(config, sizeof(config), PERFORMER,
        "attention: performer\nmap: trigonometric\nfeatures: 2");
    ck_assert_int_eq(run_all(config, 0, &outcome, &diag), BASIN_ERR_NUMERIC);
    ck_assert_ptr_nonnull(strstr(diag.text, "which is no attention"));
}
END_TEST

static char folder[] = "/tmp/basin-experiments-XXXXXX";
static char config[2048];

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static size_t next;
    char *at = path[next++ % 4];
    snprintf(at, sizeof(path[0]), "%s/%s", folder, name);
    return at;
}

static void folder_make(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void folder_remove(void)
{
    const char *names[] = {
        "maps.h5", "text.txt", "vocab.txt", "config.json", "model.safetensors"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        remove(in_folder(names[i]));
    }
    remove(folder);
    strcpy(strrchr(folder, '-'), "-XXXXXX");
}

/* Two sequences of 64 and 32 tokens. Head 1 spreads over a quarter of them, head 2 looks
 * at one. */
static void write_maps(void)
{
    enum { N = 2, HEADS = 2, T = 64 };
    static float maps[N][1][HEADS][T][T];
    static int mask[N][T];
    const size_t tokens[N] = {64, 32};
    for (size_t s = 0; s < N; s++) {
        for (size_t i = 0; i < T; i++) {
            mask[s][i] = i < tokens[s];
            for (size_t j = 0; j < tokens[s] / 4; j++) {
                maps[s][0][0][i][(i + j) % tokens[s]] = 4 / (float)tokens[s];
            }
            maps[s][0][1][i][i % tokens[s]] = 1;
        }
    }
    const hsize_t sizes[] = {N, 1, HEADS, T, T};
    const hsize_t mask_sizes[] = {N, T};
    hid_t file = H5Fcreate(in_folder("maps.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(5, sizes, NULL);
    hid_t dataset = H5Dcreate2(file, "attentions", H5T_NATIVE_FLOAT, space, H5P_DEFAULT,
        H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, maps);
    H5Dclose(dataset);
    H5Sclose(space);
    space = H5Screate_simple(2, mask_sizes, NULL);
    dataset = H5Dcreate2(
        file, "mask", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, mask);
    H5Dclose(dataset);
    H5Sclose(space);
    ck_assert_int_ge(H5Fclose(file), 0);
}

#define MAPS                                                                             \
    "experiment: spread\norder: %s\nmodels: [{label: m, model: maps, path: %s}]\n"       \
    "text: {kind: random, sequences: %d}\nsweep: [{grid: {head: [1, 2]}}]\n"

START_TEST(maps_are_pooled_and_sorted)
{
    struct outcome outcome;
    struct basin_diag diag = {{0}};
    write_maps();
    snprintf(config, sizeof(config), MAPS, "sorted", in_folder("maps.h5"), 2);
    outcome = run_well(config);
    /* Sorted, the head that looks at one token comes first. The other has k = 15 of 64
     * for 64 queries and 8 of 32 for 32, so the medians are 15 and 15/64. */
    const double k[] = {1, 15};
    const double relative[] = {1.0 / 64, 15.0 / 64};
    const double class[] = {4, 2};
    const double index[] = {2, 1};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_double_eq(values_of(&outcome, "k_median")[i], k[i]);
        ck_assert_double_eq(values_of(&outcome, "k_relative")[i], relative[i]);
        ck_assert_double_eq(values_of(&outcome, "class")[i], class[i]);
        ck_assert_double_eq(values_of(&outcome, "head_index")[i], index[i]);
        ck_assert_double_eq(values_of(&outcome, "layer_orange")[i], 0.5);
        ck_assert_double_eq(values_of(&outcome, "layer_blue")[i], 0.5);
    }
    snprintf(config, sizeof(config), MAPS, "given", in_folder("maps.h5"), 1);
    outcome = run_well(config);
    ck_assert_double_eq(values_of(&outcome, "k_median")[0], 15);
    ck_assert_double_eq(values_of(&outcome, "head_index")[0], 1);
    snprintf(config, sizeof(config), MAPS, "sorted", in_folder("maps.h5"), 3);
    ck_assert_int_eq(run_all(config, 0, &outcome, &diag), BASIN_ERR_DOMAIN);
    ck_assert_ptr_nonnull(
        strstr(diag.text, "has the maps of only 2 sequences; number 3 is asked for"));
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    const struct {
        const char *config, *sentence;
    } cases[] = {
        {SPREAD "layer: 3\ntext: {kind: random, length: 10}\n",
            "layer 3 is not among the model's 2 layers"},
        {SPREAD "head: 3\ntext: {kind: random, length: 10}\n",
            "head 3 is not among the model's 2 heads of a layer"},
        {SPREAD "text: {kind: random, length: 200}\n",
            "sequences of 200 tokens are longer than the model's 128 positions"},
        {SPREAD "text: {kind: files, path: README.md}\n",
            "a random model has no vocabulary to read README.md with; its text must be "
            "random"},
        {"experiment: spread\nattention: performer\nmodels: [{label: m, model: random}]\n"
         "directions: none\ntext: {kind: random}\n",
            "map positive estimates the softmax kernel and needs random directions; "
            "\"directions: none\" goes with the generalised maps"},
        {"experiment: averaging\nlayer: 3\nmodels: [{label: m, model: random}]\n"
         "text: {kind: random}\n",
            "layer 3 is not among the model's 2 layers"},
        {"experiment: averaging\nhead: 5\nmodels: [{label: m, model: random}]\n"
         "text: {kind: random}\n",
            "head 5 is not among the model's 4 heads of a layer"},
        {"experiment: averaging\nmodels: [{label: m, model: random, hidden: 30}]\n"
         "text: {kind: random}\n",
            "model random: hidden_size 30 cannot be shared among 4 heads"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome outcome;
        struct basin_diag diag = {{0}};
        ck_assert_int_eq(run_all(cases[i].config, 0, &outcome, &diag), BASIN_ERR_CONFIG);
        ck_assert_str_eq(diag.text, cases[i].sentence);
    }
}
END_TEST

#define AVERAGING                                                                        \
    "experiment: averaging\nlearn: 3\nmodels: [{label: m, model: random, layers: 2, "    \
    "heads: 2, hidden: 12, vocab: 40, deviation: 0.4, sharpness: "

/* Uniform attention is its own mean; nothing else is left as it was. */
START_TEST(averaging_changes_what_was_not_uniform)
{
    const char *sweep =
        "}]\ntext: {kind: random, length: 21, sequences: 2}\n"
        "sweep:\n  - grid: {replacement: [none]}\n"
        "  - grid: {replacement: [uniform, gaussian, identity, position], layer: [1, "
        "2]}\n";
    snprintf(config, sizeof(config), AVERAGING "0%s", sweep);
    struct outcome flat = run_well(config);
    const double *loss = values_of(&flat, "loss");
    ck_assert_uint_eq(flat.n_cells, 9);
    const bool same[] = {true, true, true, false, false, false, false, true, true};
    for (size_t i = 0; i < 9; i++) {
        ck_assert_msg((fabs(loss[i] - loss[0]) < 1e-5) == same[i], "cell %zu", i);
        ck_assert_double_eq(
            values_of(&flat, "perplexity")[i], exp(values_of(&flat, "loss")[i]));
    }
    snprintf(config, sizeof(config), AVERAGING "3%s", sweep);
    struct outcome sharp = run_well(config);
    loss = values_of(&sharp, "loss");
    for (size_t i = 1; i < 9; i++) {
        ck_assert_double_gt(fabs(loss[i] - loss[0]), 1e-5);
    }
}
END_TEST

/* One head after the other, or one layer after the other, and all at once. */
START_TEST(scope_and_head_choose_what_is_replaced)
{
    const char *rest = "3}]\nreplacement: identity\nlayer: 2\n"
                       "text: {kind: random, length: 21, sequences: 2}\nsweep:\n";
    snprintf(config, sizeof(config),
        AVERAGING "%s  - grid: {scope: [one, first]}\n  - grid: {head: [1, 2]}\n", rest);
    struct outcome outcome = run_well(config);
    const double *loss = values_of(&outcome, "loss");
    ck_assert_uint_eq(outcome.n_cells, 4);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < i; j++) {
            ck_assert_double_ne(loss[i], loss[j]);
        }
    }
}
END_TEST

/* Of Gaussians about the own position each token gets most from itself. */
START_TEST(gaussians_have_an_own_or_a_random_centre)
{
    const char *rest = "0}]\nreplacement: gaussian\n"
                       "text: {kind: random, length: 21, sequences: 2}\nsweep:\n";
    snprintf(
        config, sizeof(config), AVERAGING "%s  - grid: {centre: [own, random]}\n", rest);
    struct outcome outcome = run_well(config);
    const double *loss = values_of(&outcome, "loss");
    ck_assert_double_ne(loss[0], loss[1]);
}
END_TEST

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 17];
    FILE *file = fopen(from, "rb");
    ck_assert_ptr_nonnull(file);
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    file = fopen(to, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void write_folder(size_t words)
{
    copy_file("tests/data/bert/tied/config.json", in_folder("config.json"));
    copy_file("tests/data/bert/tied/model.safetensors", in_folder("model.safetensors"));
    FILE *file = fopen(in_folder("vocab.txt"), "w");
    ck_assert_ptr_nonnull(file);
    fputs("[UNK]\n[CLS]\n[SEP]\n[MASK]\n", file);
    for (size_t i = 4; i < words; i++) {
        fprintf(file, "w%zu\n", i);
    }
    fclose(file);
    file = fopen(in_folder("text.txt"), "w");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < 400; i++) {
        fprintf(
            file, "w%zu w%zu%s", 4 + i % 36, 4 + i * i % 36, i % 5 == 0 ? "\n\n" : " ");
    }
    fclose(file);
}

#define FOLDER                                                                           \
    "experiment: %s\nmodels: [{label: m, model: folder, path: %s}]\n"                    \
    "text: {kind: files, path: %s, length: 16, sequences: 2}\n"

START_TEST(a_folder_and_a_text_are_read)
{
    struct outcome outcome;
    struct basin_diag diag = {{0}};
    char file[64];
    snprintf(file, sizeof(file), "%s/text.txt", folder);
    write_folder(40);
    snprintf(config, sizeof(config), FOLDER, "averaging", folder, file);
    outcome = run_well(config);
    double first = values_of(&outcome, "loss")[0];
    int ret = run_all(config, 1, &outcome, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_double_ne(values_of(&outcome, "loss")[0], first);
    /* 80 held-out words are 5 sequences of 14 words. */
    ck_assert_int_eq(run_all(config, 2, &outcome, &diag), BASIN_ERR_DOMAIN);
    ck_assert_ptr_nonnull(strstr(diag.text,
        "has only 5 sequences of 16 tokens held out, and number 6 is asked for"));
    snprintf(config, sizeof(config), FOLDER, "spread", folder, file);
    outcome = run_well(config);
    ck_assert_double_ge(values_of(&outcome, "k_median")[0], 1);
    write_folder(41);
    ck_assert_int_eq(run_all(config, 0, &outcome, &diag), BASIN_ERR_FORMAT);
    ck_assert_ptr_nonnull(
        strstr(diag.text, "the vocabulary has 41 words, but the model only 40"));
}
END_TEST

START_TEST(a_model_without_a_head_has_no_perplexity)
{
    struct outcome outcome;
    struct basin_diag diag = {{0}};
    write_folder(30);
    copy_file("tests/data/bert/bare/config.json", in_folder("config.json"));
    copy_file("tests/data/bert/bare/model.safetensors", in_folder("model.safetensors"));
    snprintf(config, sizeof(config),
        "experiment: averaging\nmodels: [{label: m, model: folder, path: %s}]\n"
        "text: {kind: random, length: 16}\n",
        folder);
    ck_assert_int_eq(run_all(config, 0, &outcome, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text,
        "the model has no masked-word head (cls.predictions), so no perplexity");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("transformer experiments");
    TCase *c = tcase_create("experiments");
    tcase_add_checked_fixture(c, folder_make, folder_remove);
    tcase_add_test(c, uniform_attention_spreads_over_nine_tenths);
    tcase_add_test(c, a_performer_implies_the_attention_that_its_features_estimate);
    tcase_add_test(c, maps_are_pooled_and_sorted);
    tcase_add_test(c, what_does_not_fit_is_refused);
    tcase_add_test(c, averaging_changes_what_was_not_uniform);
    tcase_add_test(c, scope_and_head_choose_what_is_replaced);
    tcase_add_test(c, gaussians_have_an_own_or_a_random_centre);
    tcase_add_test(c, a_folder_and_a_text_are_read);
    tcase_add_test(c, a_model_without_a_head_has_no_perplexity);
    suite_add_tcase(s, c);
    return s;
}
