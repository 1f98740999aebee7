/* Weights of an encoder: safetensors files and config.json, whole and damaged. */
#include "suite.h"

#include "transformer/bert.h"
#include "transformer/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

/* A file of the given header and data bytes; its length in *size. */
static const char *file_of(
    const char *header, const char *data, size_t n, char file[MOST], size_t *size)
{
    size_t length = strlen(header);
    ck_assert_uint_lt(8 + length + n, MOST);
    memset(file, 0, 8);
    file[0] = (char)(length & 255);
    file[1] = (char)(length >> 8);
    // NOLINTNEXTLINE(bugprone-not-null-terminated-result): the format wants none.
    memcpy(file + 8, header, length);
    memcpy(file + 8 + length, data, n);
    *size = 8 + length + n;
    return file;
}

START_TEST(numbers_of_every_type_are_read)
{
    const char *header =
        "{\"half\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},"
        "\"__metadata__\":{\"format\":\"pt\"},"
        "\"brain\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[12,16]},"
        "\"one\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[16,20]},"
        "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[20,20]}}   ";
    /* 1, -2, 2^-24, 65504, -inf, 2^-14; 1, -3.140625; 0.1 */
    const char data[] = "\x00\x3c\x00\xc0\x01\x00\xff\x7b\x00\xfc\x00\x04\x80\x3f\x49\xc0"
                        "\xcd\xcc\xcc\x3d";
    const struct {
        const char *name;
        size_t n;
        float expected[6];
    } cases[] = {
        {"half", 6, {1, -2, 0x1p-24F, 65504, -INFINITY, 0x1p-14F}},
        {"brain", 2, {1, -3.140625F}},
        {"one", 1, {0.1F}},
        {"none", 0, {0}},
    };
    char file[MOST];
    size_t size;
    struct basin_safetensors tensors;
    struct basin_diag diag = {{0}};
    file_of(header, data, 20, file, &size);
    int ret = basin_safetensors_parse(&tensors, "f", file, size, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(tensors.n, 4);
    ck_assert_ptr_null(basin_safetensors_find(&tensors, "__metadata__"));
    for (size_t i = 0; i < 4; i++) {
        float got[6];
        const struct basin_tensor *tensor =
            basin_safetensors_find(&tensors, cases[i].name);
        ck_assert_ptr_nonnull(tensor);
        ck_assert_uint_eq(tensor->n, cases[i].n);
        ck_assert_int_eq(basin_safetensors_copy(&tensors, tensor, got, &diag), 0);
        ck_assert_mem_eq(got, cases[i].expected, cases[i].n * sizeof(*got));
    }
    basin_safetensors_close(&tensors);
}
END_TEST

#define A(rest) "{\"a\":{\"dtype\":\"F32\"," rest "}"
#define TWO(begin, end)                                                                  \
    A("\"shape\":[1],\"data_offsets\":[0,4]")                                            \
    ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" begin "," end "]}}"

START_TEST(damaged_tensors_are_refused)
{
    const struct {
        const char *header;
        size_t n; /* bytes of data */
        const char *sentence;
    } cases[] = {
        {"{", 0, "f: not a safetensors file: its header would have 1 bytes"},
        {"{\"a\"}", 0, "f, line 1: this is not JSON"},
        {"[1]", 0, "f: not a JSON object {...}"},
        {"{\"a\":3}", 0, "f: tensor \"a\" has the unknown type \"\""},
        {"{\"a\":{\"dtype\":\"F31\"}}", 0,
            "f: tensor \"a\" has the unknown type \"F31\""},
        {A("\"shape\":3") "}", 0, "f: tensor \"a\" has no \"shape\" of at most 8 sizes"},
        {A("\"shape\":[1,1,1,1,1,1,1,1,1]") "}", 0,
            "f: tensor \"a\" has no \"shape\" of at most 8 sizes"},
        {A("\"shape\":[-1]") "}", 0,
            "f: tensor \"a\" has a size that is no whole number"},
        {A("\"shape\":[1.5]") "}", 0,
            "f: tensor \"a\" has a size that is no whole number"},
        {A("\"shape\":[9007199254740992,9007199254740992]") "}", 0,
            "f: tensor \"a\" has a shape that no memory could hold"},
        {A("\"shape\":[1]") "}", 4,
            "f: tensor \"a\" has no \"data_offsets\" [begin, end]"},
        {A("\"shape\":[1],\"data_offsets\":[4,0]") "}", 4,
            "f: tensor \"a\" has no \"data_offsets\" [begin, end]"},
        {A("\"shape\":[2],\"data_offsets\":[0,8]") "}", 4,
            "f: tensor \"a\" ends at byte 8 of the data, but the file holds only 4 (is "
            "it "
            "truncated?)"},
        {A("\"shape\":[3],\"data_offsets\":[0,8]") "}", 8,
            "f: tensor \"a\" has 8 bytes, but its shape and type F32 need 12"},
        {A("\"shape\":[4611686018427387905],\"data_offsets\":[0,4]") "}", 4,
            "f: tensor \"a\" has a size that is no whole number"},
        {TWO("2", "6"), 8, "f: tensors \"a\" and \"b\" overlap"},
        {TWO("6", "10"), 10, "f: 2 bytes before tensor \"b\" belong to no tensor"},
        {TWO("4", "8"), 9, "f: the last 1 bytes belong to no tensor"},
        {A("\"shape\":[1],\"data_offsets\":[0,4]") ",\"a\":{\"dtype\":\"F32\",\"shape\":"
                                                   "[1],\"data_offsets\":[4,8]}}",
            8, "f: there are two tensors \"a\""},
    };
    const char data[16] = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char file[MOST];
        size_t size;
        struct basin_safetensors tensors;
        struct basin_diag diag = {{0}};
        file_of(cases[i].header, data, cases[i].n, file, &size);
        ck_assert_int_eq(
            basin_safetensors_parse(&tensors, "f", file, size, &diag), BASIN_ERR_FORMAT);
        ck_assert_str_eq(diag.text, cases[i].sentence);
        ck_assert_ptr_null(tensors.tensors);
    }
}
END_TEST

/* Every way to cut a file short is noticed. */
START_TEST(truncated_files_are_refused)
{
    char file[MOST];
    size_t size;
    const char data[8] = {0};
    struct basin_safetensors tensors;
    file_of(TWO("4", "8"), data, 8, file, &size);
    for (size_t n = 0; n < size; n++) {
        struct basin_diag diag = {{0}};
        ck_assert_int_eq(
            basin_safetensors_parse(&tensors, "f", file, n, &diag), BASIN_ERR_FORMAT);
        ck_assert_uint_gt(strlen(diag.text), 0);
    }
    ck_assert_int_eq(basin_safetensors_parse(&tensors, "f", file, size, NULL), 0);
    basin_safetensors_close(&tensors);
}
END_TEST

START_TEST(an_oversized_header_is_refused)
{
    struct basin_safetensors tensors;
    struct basin_diag diag = {{0}};
    const char large[16] = "\xff\xff\xff\xff\xff\xff\xff\x7f{}";
    const char longer[16] = "\x20\0\0\0\0\0\0\0{}";
    ck_assert_int_eq(
        basin_safetensors_parse(&tensors, "f", large, 16, &diag), BASIN_ERR_FORMAT);
    ck_assert_str_eq(diag.text, "f: not a safetensors file: its header would have "
                                "9223372036854775807 bytes");
    ck_assert_int_eq(
        basin_safetensors_parse(&tensors, "f", longer, 16, &diag), BASIN_ERR_FORMAT);
    ck_assert_str_eq(diag.text,
        "f: the header should have 32 bytes, but the file ends after 8 of them");
}
END_TEST

START_TEST(whole_numbers_are_no_weights)
{
    char file[MOST];
    size_t size;
    float out[1];
    const char data[4] = {0};
    struct basin_safetensors tensors;
    struct basin_diag diag = {{0}};
    file_of("{\"a\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", data, 4,
        file, &size);
    ck_assert_int_eq(basin_safetensors_parse(&tensors, "f", file, size, &diag), 0);
    ck_assert_int_eq(
        basin_safetensors_copy(&tensors, tensors.tensors, out, &diag), BASIN_ERR_FORMAT);
    ck_assert_str_eq(
        diag.text, "f: tensor \"a\" has the type I32; weights must be F32, F16 or BF16");
    basin_safetensors_close(&tensors);
}
END_TEST

#define SIZES                                                                            \
    "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"intermediate_size\": 12, "  \
    "\"vocab_size\": 9, \"max_position_embeddings\": 5"

START_TEST(sizes_have_their_defaults)
{
    const char *text = "{" SIZES ", \"hidden_size\": 8, \"hidden_act\": \"gelu_new\", "
                       "\"layer_norm_eps\": null}";
    struct basin_bert_shape shape = {0};
    struct basin_diag diag = {{0}};
    int ret = basin_bert_shape_parse(&shape, "c", text, strlen(text), &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    ck_assert_uint_eq(shape.layers, 2);
    ck_assert_uint_eq(shape.hidden, 8);
    ck_assert_uint_eq(shape.types, 2);
    ck_assert_int_eq(shape.activation, BASIN_GELU_TANH);
    ck_assert_double_eq(shape.norm_epsilon, 1e-12);
    ck_assert(shape.tied);
}
END_TEST

START_TEST(bad_sizes_are_refused)
{
    const struct {
        const char *text, *sentence;
    } cases[] = {
        {"{", "c, line 1: this is not JSON"},
        {"{}", "c: \"num_hidden_layers\" is 0, not 1 to 1024"},
        {"{" SIZES "}", "c: \"hidden_size\" is 0, not 1 to 1048576"},
        {"{" SIZES ", \"hidden_size\": 6}",
            "c: hidden_size 6 cannot be shared among 4 heads"},
        {"{" SIZES ", \"hidden_size\": -8}",
            "c: \"hidden_size\" must be a whole number, 0 or greater"},
        {"{" SIZES ", \"hidden_size\": \"8\"}",
            "c: \"hidden_size\" must be a whole number, 0 or greater"},
        {"{" SIZES ", \"hidden_size\": 8, \"hidden_act\": \"silu\"}",
            "c: \"hidden_act\" is \"silu\"; known are gelu, gelu_new, gelu_pytorch_tanh "
            "and relu"},
        {"{" SIZES ", \"hidden_size\": 8, \"hidden_act\": 3}",
            "c: \"hidden_act\" must be a text"},
        {"{" SIZES ", \"hidden_size\": 8, \"model_type\": \"gpt2\"}",
            "c: \"model_type\" is \"gpt2\"; only \"bert\" can be read"},
        {"{" SIZES ", \"hidden_size\": 8, \"position_embedding_type\": \"relative_key\"}",
            "c: \"position_embedding_type\" is \"relative_key\"; only \"absolute\" can "
            "be "
            "read"},
        {"{" SIZES ", \"hidden_size\": 8, \"is_decoder\": true}",
            "c: \"is_decoder\" is true; only encoders can be read"},
        {"{" SIZES ", \"hidden_size\": 8, \"layer_norm_eps\": 0}",
            "c: layer_norm_eps must be greater than 0"},
        {"{" SIZES ", \"hidden_size\": 8, \"layer_norm_eps\": \"x\"}",
            "c: \"layer_norm_eps\" must be a number"},
        {"{" SIZES ", \"hidden_size\": 8, \"tie_word_embeddings\": 1}",
            "c: \"tie_word_embeddings\" must be true or false"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_bert_shape shape = {0};
        struct basin_diag diag = {{0}};
        ck_assert_int_eq(basin_bert_shape_parse(
                             &shape, "c", cases[i].text, strlen(cases[i].text), &diag),
            BASIN_ERR_FORMAT);
        ck_assert_str_eq(diag.text, cases[i].sentence);
    }
}
END_TEST

/* A model folder of the known answers with one word of a file changed. */
static void copy_changed(
    const char *from, const char *to, const char *old, const char *new)
{
    static char bytes[1 << 17];
    FILE *file = fopen(from, "rb");
    ck_assert_ptr_nonnull(file);
    size_t n = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    ck_assert(n > 0 && n < sizeof(bytes) && strlen(old) == strlen(new));
    char *at = *old == '\0' ? bytes : memmem(bytes, n, old, strlen(old));
    ck_assert_ptr_nonnull(at);
    memcpy(at, new, strlen(new));
    file = fopen(to, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

START_TEST(folders_that_do_not_fit_are_refused)
{
    const struct {
        const char *config[2], *weights[2], *sentence;
    } cases[] = {
        {{"\"vocab_size\": 40", "\"vocab_size\": 41"}, {"", ""},
            "tensor \"bert.embeddings.word_embeddings.weight\" has the shape 40 x 16; "
            "config.json asks for 41 x 16"},
        {{"layers\": 2", "layers\": 3"}, {"", ""},
            "there is no tensor \"bert.encoder.layer.2.attention.self.query.weight\""},
        {{"", ""},
            {"layer.1.attention.self.query.weight",
                "layer.1.attention.self.qeury.weight"},
            "there is no tensor \"bert.encoder.layer.1.attention.self.query.weight\"; "
            "nearest is \"bert.encoder.layer.1.attention.self.qeury.weight\""},
        {{"", ""}, {"bert.embeddings.LayerNorm.bias", "bert.embeddings.LayerNorm.bais"},
            "there is no tensor \"bert.embeddings.LayerNorm.bias\"; nearest is "
            "\"bert.embeddings.LayerNorm.bais\""},
        {{"", ""}, {"[40,16]", "[16,40]"},
            "has the shape 16 x 40; config.json asks for 40 x 16"},
        {{"", ""}, {"\"F32\"", "\"I32\""}, "has the type I32; weights must be F32"},
        {{"embeddings\": true\n", "embeddings\": false"}, {"", ""},
            "there is no tensor \"cls.predictions.decoder.weight\""},
    };
    char folder[] = "/tmp/basin-weights-XXXXXX";
    char config[128], weights[128];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(config, sizeof(config), "%s/config.json", folder);
    snprintf(weights, sizeof(weights), "%s/model.safetensors", folder);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_bert model;
        struct basin_diag diag = {{0}};
        copy_changed("tests/data/bert/tied/config.json", config, cases[i].config[0],
            cases[i].config[1]);
        copy_changed("tests/data/bert/tied/model.safetensors", weights,
            cases[i].weights[0], cases[i].weights[1]);
        ck_assert_int_eq(basin_bert_load(&model, folder, &diag), BASIN_ERR_FORMAT);
        ck_assert_msg(strstr(diag.text, cases[i].sentence) != NULL, "%s", diag.text);
        ck_assert_ptr_null(model.block);
    }
    remove(weights);
    struct basin_bert model;
    struct basin_diag diag = {{0}};
    copy_changed("tests/data/bert/tied/config.json", config, "", "");
    ck_assert_int_eq(basin_bert_load(&model, folder, &diag), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "model.safetensors: No such file"));
    snprintf(weights, sizeof(weights), "%s/pytorch_model.bin", folder);
    copy_changed("tests/data/bert/tied/config.json", weights, "", "");
    ck_assert_int_eq(basin_bert_load(&model, folder, &diag), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "pytorch_model.bin cannot be read; in"));
    remove(weights);
    remove(config);
    remove(folder);
}
END_TEST

/* Two streams differ, one does not; norms are 1 and 0; sharpness 0 has no queries. */
START_TEST(random_weights_are_drawn_from_their_stream)
{
    const struct basin_bert_shape shape = {.layers = 2,
        .heads = 2,
        .hidden = 32,
        .intermediate = 64,
        .vocab = 50,
        .positions = 8,
        .types = 2,
        .norm_epsilon = 1e-12,
        .masked_head = true,
        .tied = true};
    struct basin_bert a, b, c;
    ck_assert_int_eq(basin_bert_init(&a, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_init(&b, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_init(&c, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&a, 0.02, 1, 7, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&b, 0.02, 1, 7, NULL), 0);
    ck_assert_int_eq(basin_bert_randomize(&c, 0.02, 0, 8, NULL), 0);
    ck_assert_mem_eq(a.block, b.block, a.n * sizeof(*a.block));
    ck_assert_float_ne(a.layer[0][BASIN_UP][0], c.layer[0][BASIN_UP][0]);
    double squares = 0;
    for (size_t i = 0; i < 64 * 32; i++) {
        squares += (double)a.layer[1][BASIN_UP][i] * (double)a.layer[1][BASIN_UP][i];
    }
    /* relative error of a standard deviation from 2048 draws: 1.6 %; four of them */
    ck_assert_double_eq_tol(sqrt(squares / (64 * 32)), 0.02, 0.02 * 0.063);
    for (size_t i = 0; i < 32; i++) {
        ck_assert_float_eq(a.layer[1][BASIN_NORM_GAIN][i], 1);
        ck_assert_float_eq(a.head[BASIN_TRANSFORM_NORM_GAIN][i], 1);
        ck_assert_float_eq(a.layer[1][BASIN_NORM_BIAS][i], 0);
        ck_assert_float_eq(c.layer[1][BASIN_QUERY][i], 0);
    }
    ck_assert_ptr_eq(a.head[BASIN_DECODER], a.embedding[BASIN_WORD]);
    basin_bert_free(&a);
    basin_bert_free(&b);
    basin_bert_free(&c);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("transformer weights");
    TCase *c = tcase_create("weights");
    tcase_add_test(c, numbers_of_every_type_are_read);
    tcase_add_test(c, damaged_tensors_are_refused);
    tcase_add_test(c, truncated_files_are_refused);
    tcase_add_test(c, an_oversized_header_is_refused);
    tcase_add_test(c, whole_numbers_are_no_weights);
    tcase_add_test(c, sizes_have_their_defaults);
    tcase_add_test(c, bad_sizes_are_refused);
    tcase_add_test(c, folders_that_do_not_fit_are_refused);
    tcase_add_test(c, random_weights_are_drawn_from_their_stream);
    suite_add_tcase(s, c);
    return s;
}
