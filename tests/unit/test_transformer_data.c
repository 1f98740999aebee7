/* What comes into the analyses besides weights: texts as sequences of tokens, and
 * attention maps that another program wrote. */
#include "suite.h"

#include "transformer/corpus.h"
#include "transformer/maps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/basin-transformer-XXXXXX";
static char path[64];

static void folder_make(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/file", folder);
}

static void folder_remove(void)
{
    remove(path);
    remove(folder);
    strcpy(strrchr(folder, '-'), "-XXXXXX");
}

/* Words a to z have the numbers 4 to 29. */
static void alphabet(struct basin_tokenizer *tokenizer)
{
    char words[128] = "[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
    for (int c = 'a'; c <= 'z'; c++) {
        char line[] = {(char)c, '\n', '\0'};
        strcat(words, line);
    }
    ck_assert_int_eq(
        basin_tokenizer_lines(tokenizer, "words", words, strlen(words), true, NULL), 0);
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void check_ids(const struct basin_tokens *tokens, const char *letters)
{
    ck_assert_uint_eq(tokens->n, strlen(letters));
    for (size_t i = 0; i < tokens->n; i++) {
        ck_assert_int_eq(tokens->id[i], 4 + letters[i] - 'a');
    }
}

START_TEST(every_tenth_paragraph_of_a_file_is_held_out)
{
    struct basin_tokenizer tokenizer;
    struct basin_corpus corpus;
    struct basin_diag diag = {{0}};
    alphabet(&tokenizer);
    write_text(path, "\n\na\nb\n\nc\r\n\r\n\r\nd\n\ne\n\nf\n\ng\n\nh\n\ni\n\nj\n\n\nk "
                     "l\nm\n\nn");
    int ret = basin_corpus_read(&corpus, path, &tokenizer, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(corpus.documents, 11);
    check_ids(&corpus.part[BASIN_TRAIN], "abcdefghijn");
    check_ids(&corpus.part[BASIN_HELD_OUT], "klm");
    ck_assert_uint_eq(basin_corpus_sequences(&corpus, BASIN_TRAIN, 6), 2);
    ck_assert_uint_eq(basin_corpus_sequences(&corpus, BASIN_HELD_OUT, 6), 0);
    const int32_t expected[] = {1, 8, 9, 10, 11, 2};
    int32_t got[6];
    basin_corpus_sequence(&corpus, BASIN_TRAIN, 6, 1, &tokenizer, got);
    ck_assert_mem_eq(got, expected, sizeof(got));
    basin_corpus_free(&corpus);
    basin_tokenizer_free(&tokenizer);
}
END_TEST

START_TEST(files_of_a_folder_are_documents_in_byte_order)
{
    struct basin_tokenizer tokenizer;
    struct basin_corpus corpus;
    struct basin_diag diag = {{0}};
    char name[128];
    alphabet(&tokenizer);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(basin_corpus_read(&corpus, path, &tokenizer, &diag), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "has no files *.txt"));
    for (int c = 'A'; c <= 'K'; c++) {
        const char text[] = {(char)(c + 32), '\n', '\n', (char)(c + 32), '\0'};
        snprintf(name, sizeof(name), "%s/%c.txt", path, c);
        write_text(name, text);
    }
    snprintf(name, sizeof(name), "%s/B.md", path);
    write_text(name, "z");
    int ret = basin_corpus_read(&corpus, path, &tokenizer, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    check_ids(&corpus.part[BASIN_TRAIN], "aabbccddeeffgghhiikk");
    check_ids(&corpus.part[BASIN_HELD_OUT], "jj");
    basin_corpus_free(&corpus);
    remove(name);
    for (int c = 'A'; c <= 'K'; c++) {
        snprintf(name, sizeof(name), "%s/%c.txt", path, c);
        remove(name);
    }
    basin_tokenizer_free(&tokenizer);
}
END_TEST

START_TEST(a_text_that_is_not_there_is_an_error)
{
    struct basin_tokenizer tokenizer;
    struct basin_corpus corpus;
    struct basin_diag diag = {{0}};
    alphabet(&tokenizer);
    ck_assert_int_eq(basin_corpus_read(&corpus, path, &tokenizer, &diag), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "No such file or directory"));
    basin_tokenizer_free(&tokenizer);
}
END_TEST

enum { LAYERS = 2, HEADS = 3, T = 4, N = 2 };

static float maps[N][LAYERS][HEADS][T][T];

/* Uniform over the first tokens of each sequence: all four, and three. */
static void fill_maps(void)
{
    for (size_t i = 0; i < sizeof(maps) / sizeof(float); i++) {
        size_t tokens = i / (LAYERS * HEADS * T * T) == 0 ? 4 : 3;
        ((float *)maps)[i] = i % T < tokens ? 1 / (float)tokens : 0;
    }
}

static const int whole_mask[N][T] = {{1, 1, 1, 1}, {1, 1, 1, 0}};

static void write_dataset(hid_t file, const char *name, hid_t type, int rank,
    const hsize_t *sizes, const void *data, hid_t memory)
{
    hid_t space = H5Screate_simple(rank, sizes, NULL);
    hid_t dataset =
        H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(dataset, 0);
    ck_assert_int_ge(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void write_maps(int rank, const hsize_t *sizes, const int *mask, int mask_rank,
    const hsize_t *mask_sizes)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    if (rank > 0) {
        write_dataset(
            file, "attentions", H5T_IEEE_F32LE, rank, sizes, maps, H5T_NATIVE_FLOAT);
    }
    if (mask != NULL) {
        write_dataset(
            file, "mask", H5T_STD_I64LE, mask_rank, mask_sizes, mask, H5T_NATIVE_INT);
    }
    H5Fclose(file);
}

static const hsize_t all_sizes[] = {N, LAYERS, HEADS, T, T};
static const hsize_t mask_sizes[] = {N, T};

START_TEST(maps_are_read_without_their_padding)
{
    struct basin_maps file;
    struct basin_diag diag = {{0}};
    size_t n;
    fill_maps();
    maps[1][1][2][2][0] = 0.5F; /* token 2 of the second sequence: 0.5, 0.25, 0.25 */
    maps[1][1][2][2][1] = maps[1][1][2][2][2] = 0.25F;
    maps[1][1][2][3][0] = 17; /* a row of padding, which nobody looks at */
    write_maps(5, all_sizes, &whole_mask[0][0], 2, mask_sizes);
    int ret = basin_maps_open(&file, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(file.sequences, N);
    ck_assert_uint_eq(file.layers, LAYERS);
    ck_assert_uint_eq(file.heads, HEADS);
    ck_assert_int_eq(basin_maps_read(&file, 0, 1, 2, &n, &diag), 0);
    ck_assert_uint_eq(n, 4);
    ck_assert_double_eq(file.map[15], 0.25);
    ret = basin_maps_read(&file, 1, 1, 2, &n, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(n, 3);
    ck_assert_double_eq_tol(file.map[0], 1.0 / 3, 1e-7);
    ck_assert_double_eq(file.map[6], 0.5);
    ck_assert_double_eq(file.map[8], 0.25);
    basin_maps_close(&file);
}
END_TEST

/* Numbers of HDF5's own kinds, and float16, which HDF5 has no name for. */
START_TEST(maps_may_be_numbers_of_any_type)
{
    hid_t half = H5Tcopy(H5T_IEEE_F32LE);
    ck_assert_int_ge(H5Tset_fields(half, 15, 10, 5, 0, 10), 0);
    ck_assert_int_ge(H5Tset_size(half, 2), 0);
    ck_assert_int_ge(H5Tset_ebias(half, 15), 0);
    const hid_t types[] = {half, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_STD_I32LE};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct basin_maps file;
        size_t n;
        for (size_t j = 0; j < sizeof(maps) / sizeof(float); j++) {
            ((float *)maps)[j] = j % T == 1; /* whole numbers, for the last type */
        }
        hid_t h5 = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        write_dataset(h5, "attentions", types[i], 5, all_sizes, maps, H5T_NATIVE_FLOAT);
        H5Fclose(h5);
        ck_assert_int_eq(basin_maps_open(&file, path, NULL), 0);
        ck_assert_int_eq(basin_maps_read(&file, 1, 1, 0, &n, NULL), 0);
        ck_assert_uint_eq(n, T);
        for (size_t j = 0; j < T * T; j++) {
            ck_assert_double_eq(file.map[j], j % T == 1);
        }
        basin_maps_close(&file);
    }
    H5Tclose(half);
}
END_TEST

START_TEST(maps_of_one_sequence_need_no_first_dimension)
{
    struct basin_maps file;
    struct basin_diag diag = {{0}};
    size_t n;
    fill_maps();
    write_maps(4, all_sizes + 1, &whole_mask[0][0], 1, mask_sizes + 1);
    int ret = basin_maps_open(&file, path, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(file.sequences, 1);
    ck_assert_int_eq(basin_maps_read(&file, 0, 1, 2, &n, &diag), 0);
    ck_assert_uint_eq(n, 4);
    basin_maps_close(&file);
}
END_TEST

static void refused(int code, const char *sentence)
{
    struct basin_maps file;
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_maps_open(&file, path, &diag), code);
    ck_assert_msg(strstr(diag.text, sentence) != NULL, "%s", diag.text);
    ck_assert(file.file < 0 && file.map == NULL && file.mask == NULL);
}

START_TEST(files_without_maps_are_refused)
{
    const hsize_t slanted[] = {N, LAYERS, HEADS, T, T - 1};
    const hsize_t empty[] = {N, 0, HEADS, T, T};
    const int bad_mask[N][T] = {{1, 1, 2, 1}, {0}};
    fill_maps();
    refused(BASIN_ERR_IO, "as an HDF5 file");
    write_text(path, "attentions");
    refused(BASIN_ERR_IO, "as an HDF5 file");
    write_maps(0, NULL, NULL, 0, NULL);
    refused(BASIN_ERR_FORMAT, "there is no dataset \"attentions\"");
    write_maps(3, all_sizes + 2, NULL, 0, NULL);
    refused(BASIN_ERR_FORMAT,
        "\"attentions\" must have the dimensions sequences x layers x heads x T x T");
    write_maps(5, slanted, NULL, 0, NULL);
    refused(BASIN_ERR_FORMAT, "the maps are 4 x 3, not square");
    write_maps(5, empty, NULL, 0, NULL);
    refused(BASIN_ERR_FORMAT, "\"attentions\" is empty");
    write_maps(5, all_sizes, &whole_mask[0][0], 1, mask_sizes + 1);
    refused(BASIN_ERR_FORMAT, "\"mask\" must have the dimensions 2 x 4 (sequences x T)");
    write_maps(5, all_sizes, &bad_mask[0][0], 2, mask_sizes);
    refused(BASIN_ERR_FORMAT, "\"mask\" holds 2; it must be 1 for a token and 0");
}
END_TEST

START_TEST(maps_that_are_no_attention_are_refused)
{
    const struct {
        float weight;
        const char *sentence;
    } cases[] = {
        {-0.25F, "weight -0.25 at [0, 1, 2, 3, 0] is no attention weight"},
        {NAN, "nan at [0, 1, 2, 3, 0] is no attention weight"},
        {INFINITY, "weight inf at [0, 1, 2, 3, 0] is no attention weight"},
        {0.253F, "the weights of row [0, 1, 2, 3] sum to 1.003, not to 1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_maps file;
        struct basin_diag diag = {{0}};
        size_t n;
        fill_maps();
        maps[0][1][2][3][0] = cases[i].weight;
        write_maps(5, all_sizes, NULL, 0, NULL);
        ck_assert_int_eq(basin_maps_open(&file, path, &diag), 0);
        ck_assert_int_eq(basin_maps_read(&file, 0, 1, 1, &n, &diag), 0);
        ck_assert_int_eq(basin_maps_read(&file, 0, 1, 2, &n, &diag), BASIN_ERR_FORMAT);
        ck_assert_msg(strstr(diag.text, cases[i].sentence) != NULL, "%s", diag.text);
        basin_maps_close(&file);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("transformer data");
    TCase *c = tcase_create("corpus");
    tcase_add_checked_fixture(c, folder_make, folder_remove);
    tcase_add_test(c, every_tenth_paragraph_of_a_file_is_held_out);
    tcase_add_test(c, files_of_a_folder_are_documents_in_byte_order);
    tcase_add_test(c, a_text_that_is_not_there_is_an_error);
    suite_add_tcase(s, c);
    c = tcase_create("maps");
    tcase_add_checked_fixture(c, folder_make, folder_remove);
    tcase_add_test(c, maps_are_read_without_their_padding);
    tcase_add_test(c, maps_may_be_numbers_of_any_type);
    tcase_add_test(c, maps_of_one_sequence_need_no_first_dimension);
    tcase_add_test(c, files_without_maps_are_refused);
    tcase_add_test(c, maps_that_are_no_attention_are_refused);
    suite_add_tcase(s, c);
    return s;
}
