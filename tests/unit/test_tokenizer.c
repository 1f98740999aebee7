/* Tokenizer: the published algorithm's answers on texts that hurt, and bad vocabularies.
 */
#include "suite.h"

#include "transformer/mapped.h"
#include "transformer/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/wordpiece/"

static const char words[] =
    "[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nbc\nA\ne\n\xc3\xa9\n\xcf\x83\n";

static struct basin_tokenizer tokenizer_of(const char *text, bool lower)
{
    struct basin_tokenizer tokenizer;
    struct basin_diag diag = {{0}};
    int ret =
        basin_tokenizer_lines(&tokenizer, "words", text, strlen(text), lower, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    return tokenizer;
}

/* The tokens as the table writes them: numbers between spaces. */
static void encode(const struct basin_tokenizer *self, const char *text, size_t length,
    char *out, size_t size)
{
    struct basin_tokens tokens = {0};
    size_t at = 0;
    ck_assert_int_eq(basin_tokenizer_encode(self, text, length, &tokens, NULL), 0);
    out[0] = '\0';
    for (size_t i = 0; i < tokens.n; i++) {
        at += (size_t)snprintf(out + at, size - at, i == 0 ? "%d" : " %d", tokens.id[i]);
        ck_assert_uint_lt(at, size);
    }
    basin_tokens_free(&tokens);
}

static size_t unhex(const char *hex, size_t digits, char *bytes)
{
    for (size_t i = 0; i < digits / 2; i++) {
        const char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (char)strtol(pair, NULL, 16);
    }
    return digits / 2;
}

START_TEST(nasty_texts_have_the_published_tokens)
{
    enum { LINE = 1 << 16 };
    struct basin_mapped file;
    ck_assert_int_eq(basin_mapped_open(&file, FOLDER "vocab.txt", NULL), 0);
    struct basin_tokenizer cased, uncased;
    ck_assert_int_eq(
        basin_tokenizer_lines(&cased, "vocab.txt", file.bytes, file.size, false, NULL),
        0);
    ck_assert_int_eq(
        basin_tokenizer_lines(&uncased, "vocab.txt", file.bytes, file.size, true, NULL),
        0);
    basin_mapped_close(&file);
    FILE *cases = fopen(FOLDER "cases.tsv", "r");
    ck_assert_ptr_nonnull(cases);
    char *line = malloc(LINE), *text = malloc(LINE), *got = malloc(LINE);
    ck_assert(line != NULL && text != NULL && got != NULL);
    size_t n = 0;
    for (; fgets(line, LINE, cases) != NULL; n++) {
        line[strcspn(line, "\n")] = '\0';
        char *column[4] = {line};
        for (size_t i = 1; i < 4; i++) {
            char *tab = strchr(column[i - 1], '\t');
            ck_assert_ptr_nonnull(tab);
            *tab = '\0';
            column[i] = tab + 1;
        }
        size_t length = unhex(column[0], strlen(column[0]), text);
        encode(&cased, text, length, got, LINE);
        ck_assert_msg(strcmp(got, column[1]) == 0, "%s, cased: %s, not %s", column[3],
            got, column[1]);
        encode(&uncased, text, length, got, LINE);
        ck_assert_msg(strcmp(got, column[2]) == 0, "%s, uncased: %s, not %s", column[3],
            got, column[2]);
    }
    ck_assert_uint_ge(n, 60);
    fclose(cases);
    free(line);
    free(text);
    free(got);
    basin_tokenizer_free(&cased);
    basin_tokenizer_free(&uncased);
}
END_TEST

/* Python's lower case of a final sigma would be another letter, and unknown. */
START_TEST(a_final_sigma_is_not_special)
{
    struct basin_tokenizer tokenizer = tokenizer_of(words, true);
    char got[64];
    encode(&tokenizer, "A\xce\xa3 \xce\xa3", 6, got, sizeof(got));
    ck_assert_str_eq(got, "0 10");
    basin_tokenizer_free(&tokenizer);
}
END_TEST

START_TEST(tokens_are_added_after_those_that_are_there)
{
    struct basin_tokenizer tokenizer = tokenizer_of(words, false);
    struct basin_tokens tokens = {0};
    for (size_t i = 0; i < 300; i++) {
        ck_assert_int_eq(
            basin_tokenizer_encode(&tokenizer, "abb A", 5, &tokens, NULL), 0);
    }
    ck_assert_uint_eq(tokens.n, 1200);
    for (size_t i = 0; i < tokens.n; i++) {
        const int32_t expected[] = {4, 5, 5, 7};
        ck_assert_int_eq(tokens.id[i], expected[i % 4]);
    }
    basin_tokens_free(&tokens);
    basin_tokenizer_free(&tokenizer);
}
END_TEST

#define JSON(normalizer, model)                                                          \
    "{\"normalizer\": {\"type\": \"BertNormalizer\"" normalizer                          \
    "}, \"model\": {\"type\": \"WordPiece\"" model "}}"
#define VOCAB                                                                            \
    ", \"vocab\": {\"[MASK]\": 1, \"[SEP]\": 2, \"[CLS]\": 3, \"[UNK]\": 4, \"e\": 6, "  \
    "\"##\\u00e9\": 5, \"E\": 9}"

START_TEST(tokenizer_json_is_read)
{
    const struct {
        const char *json, *tokens; /* of "Ee\xc3\xa9 eeee" */
    } cases[] = {
        {JSON(", \"lowercase\": false", VOCAB), "4 4"},
        {JSON(", \"lowercase\": true", VOCAB), "4 4"},
        {JSON(", \"lowercase\": true, \"strip_accents\": null",
             ", \"vocab\": {\"[MASK]\": 1, \"[SEP]\": 2, \"[CLS]\": 3, \"[UNK]\": 4, "
             "\"e\": 6, \"##e\": 7}"),
            "6 7 7 6 7 7 7"},
        {JSON(", \"lowercase\": true, \"strip_accents\": false",
             ", \"max_input_chars_per_word\": 3, \"vocab\": {\"[MASK]\": 1, \"[SEP]\": "
             "2, \"[CLS]\": 3, \"[UNK]\": 4, \"ee\": 6, \"##\\u00e9\": 5}"),
            "6 5 4"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_tokenizer tokenizer;
        struct basin_diag diag = {{0}};
        char got[64];
        int ret = basin_tokenizer_parse(
            &tokenizer, "t.json", cases[i].json, strlen(cases[i].json), &diag);
        ck_assert_msg(ret == 0, "%s", diag.text);
        encode(&tokenizer, "Ee\xc3\xa9 eeee", 9, got, sizeof(got));
        ck_assert_str_eq(got, cases[i].tokens);
        ck_assert_int_eq(tokenizer.mask, 1);
        basin_tokenizer_free(&tokenizer);
    }
}
END_TEST

START_TEST(bad_tokenizers_are_refused)
{
    const struct {
        const char *json, *sentence;
    } cases[] = {
        {"", "t.json, line 1: this is not JSON"},
        {"{\n\"model\": {,}}", "t.json, line 2: this is not JSON"},
        {"{} {}", "t.json, line 1: something follows the end of the JSON"},
        {"[]", "t.json: not a JSON object {...}"},
        {"{}", "t.json: the normalizer is of type \"\"; only \"BertNormalizer\" can be "
               "read"},
        {"{\"normalizer\": {\"type\": \"NFC\"}}",
            "t.json: the normalizer is of type \"NFC\"; only \"BertNormalizer\" can be "
            "read"},
        {JSON(", \"lowercase\": 1", VOCAB),
            "t.json: \"lowercase\" must be true or false"},
        {JSON(", \"clean_text\": false", VOCAB),
            "t.json: \"clean_text\" is false; only texts that are cleaned can be read"},
        {"{\"normalizer\": {\"type\": \"BertNormalizer\"}, \"model\": {\"type\": "
         "\"BPE\"}}",
            "t.json: the model is of type \"BPE\"; only \"WordPiece\" can be read"},
        {JSON("", ""), "t.json: there is no \"vocab\""},
        {JSON("", ", \"continuing_subword_prefix\": \"@\"" VOCAB),
            "t.json: pieces are marked by \"@\"; only \"##\" can be read"},
        {JSON("", ", \"unk_token\": \"?\"" VOCAB),
            "t.json: the vocabulary has no word \"?\""},
        {JSON("", ", \"vocab\": {\"a\": -1}"),
            "t.json: the word \"a\" has no whole number below 16777216"},
        {JSON("", ", \"vocab\": {\"a\": 1e300}"),
            "t.json: the word \"a\" has no whole number below 16777216"},
        {JSON("", ", \"vocab\": {\"a\": \"b\"}"),
            "t.json: the word \"a\" has no whole number below 16777216"},
        {JSON("", ", \"vocab\": {\"a\": 2, \"b\": 2}"),
            "t.json: the words \"a\" and \"b\" have one number"},
        {JSON("", ", \"vocab\": {\"a\": 2, \"a\": 3}"),
            "t.json: the word \"a\" stands there twice, as 2 and 3"},
        {JSON("", ", \"vocab\": {}"), "t.json: the vocabulary has no word \"[UNK]\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_tokenizer tokenizer;
        struct basin_diag diag = {{0}};
        ck_assert_int_eq(basin_tokenizer_parse(&tokenizer, "t.json", cases[i].json,
                             strlen(cases[i].json), &diag),
            BASIN_ERR_FORMAT);
        ck_assert_str_eq(diag.text, cases[i].sentence);
    }
}
END_TEST

START_TEST(bad_vocabularies_are_refused)
{
    const struct {
        const char *lines;
        size_t length;
        const char *sentence;
    } cases[] = {
        {"", 0, "vocab.txt: a vocabulary of 0 words"},
        {"a\0b\n", 4, "vocab.txt: not a text: it holds a byte 0"},
        {"a\nb\na\n", 6, "vocab.txt: the word \"a\" stands there twice, as 0 and 2"},
        {"[UNK]\n[CLS]\n[SEP]\n", 18, "vocab.txt: the vocabulary has no word \"[MASK]\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_tokenizer tokenizer;
        struct basin_diag diag = {{0}};
        ck_assert_int_eq(basin_tokenizer_lines(&tokenizer, "vocab.txt", cases[i].lines,
                             cases[i].length, true, &diag),
            BASIN_ERR_FORMAT);
        ck_assert_str_eq(diag.text, cases[i].sentence);
    }
}
END_TEST

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* vocab.txt is uncased unless tokenizer_config.json says otherwise; tokenizer.json wins
 * over both. Windows line ends are no part of a word. */
START_TEST(folders_are_read)
{
    char folder[] = "/tmp/basin-tokenizer-XXXXXX";
    char path[128], got[64];
    const char *names[] = {"vocab.txt", "tokenizer_config.json", "tokenizer.json"};
    const char *texts[] = {"[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\nA",
        "{\"do_lower_case\": false}",
        JSON(", \"lowercase\": false", ", \"vocab\": {\"[MASK]\": 1, \"[SEP]\": 2, "
                                       "\"[CLS]\": 3, \"[UNK]\": 0, \"A\": 8}")};
    const char *tokens[] = {"4 4", "5 4", "8 0"}; /* of "A a" */
    struct basin_diag diag = {{0}};
    struct basin_tokenizer tokenizer;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(basin_tokenizer_load(&tokenizer, folder, &diag), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(
        strstr(diag.text, "has no vocabulary: neither tokenizer.json nor vocab.txt"));
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        write_text(path, texts[i]);
        int ret = basin_tokenizer_load(&tokenizer, folder, &diag);
        ck_assert_msg(ret == 0, "%s", diag.text);
        encode(&tokenizer, "A a", 3, got, sizeof(got));
        ck_assert_str_eq(got, tokens[i]);
        basin_tokenizer_free(&tokenizer);
    }
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        remove(path);
    }
    remove(folder);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("tokenizer");
    TCase *c = tcase_create("tokenizer");
    tcase_add_test(c, nasty_texts_have_the_published_tokens);
    tcase_add_test(c, a_final_sigma_is_not_special);
    tcase_add_test(c, tokens_are_added_after_those_that_are_there);
    tcase_add_test(c, tokenizer_json_is_read);
    tcase_add_test(c, bad_tokenizers_are_refused);
    tcase_add_test(c, bad_vocabularies_are_refused);
    tcase_add_test(c, folders_are_read);
    suite_add_tcase(s, c);
    return s;
}
