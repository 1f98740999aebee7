/* A model's folder is what Hugging Face's transformers read: names and shapes are those
 * of BertForMaskedLM's state, and the configuration has BertConfig's keys. */
#include "suite.h"

#include "transformer/bert.h"
#include "transformer/json.h"
#include "transformer/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Written down from transformers' modeling_bert.py, not from our table. Sizes: v words, p
 * positions, t types, h hidden, i intermediate. # is a layer. */
static const struct {
    const char *name, *shape;
    enum { ALWAYS, MASKED, UNTIED } when;
} state[] = {
    {"bert.embeddings.word_embeddings.weight", "vh", ALWAYS},
    {"bert.embeddings.position_embeddings.weight", "ph", ALWAYS},
    {"bert.embeddings.token_type_embeddings.weight", "th", ALWAYS},
    {"bert.embeddings.LayerNorm.weight", "h", ALWAYS},
    {"bert.embeddings.LayerNorm.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.self.query.weight", "hh", ALWAYS},
    {"bert.encoder.layer.#.attention.self.query.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.self.key.weight", "hh", ALWAYS},
    {"bert.encoder.layer.#.attention.self.key.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.self.value.weight", "hh", ALWAYS},
    {"bert.encoder.layer.#.attention.self.value.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.output.dense.weight", "hh", ALWAYS},
    {"bert.encoder.layer.#.attention.output.dense.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.output.LayerNorm.weight", "h", ALWAYS},
    {"bert.encoder.layer.#.attention.output.LayerNorm.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.intermediate.dense.weight", "ih", ALWAYS},
    {"bert.encoder.layer.#.intermediate.dense.bias", "i", ALWAYS},
    {"bert.encoder.layer.#.output.dense.weight", "hi", ALWAYS},
    {"bert.encoder.layer.#.output.dense.bias", "h", ALWAYS},
    {"bert.encoder.layer.#.output.LayerNorm.weight", "h", ALWAYS},
    {"bert.encoder.layer.#.output.LayerNorm.bias", "h", ALWAYS},
    {"cls.predictions.bias", "v", MASKED},
    {"cls.predictions.transform.dense.weight", "hh", MASKED},
    {"cls.predictions.transform.dense.bias", "h", MASKED},
    {"cls.predictions.transform.LayerNorm.weight", "h", MASKED},
    {"cls.predictions.transform.LayerNorm.bias", "h", MASKED},
    {"cls.predictions.decoder.weight", "vh", UNTIED},
};

enum { STATE = sizeof(state) / sizeof(state[0]) };

static char folder[] = "/tmp/basin-folder-XXXXXX";
static struct basin_bert_shape shape;

static size_t size_of(char letter)
{
    switch (letter) {
    case 'v':
        return shape.vocab;
    case 'p':
        return shape.positions;
    case 't':
        return shape.types;
    case 'i':
        return shape.intermediate;
    default:
        return shape.hidden;
    }
}

static void save(bool masked_head, bool tied)
{
    struct basin_bert model;
    shape = (struct basin_bert_shape){.layers = 3,
        .heads = 2,
        .hidden = 8,
        .intermediate = 12,
        .vocab = 11,
        .positions = 7,
        .types = 2,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU_TANH,
        .masked_head = masked_head,
        .tied = tied};
    strcpy(folder, "/tmp/basin-folder-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(basin_bert_init(&model, &shape, NULL), 0);
    ck_assert_int_eq(basin_bert_save(&model, 1, folder, NULL), 0);
    basin_bert_free(&model);
}

static char *path_of(const char *name)
{
    static char path[64];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void remove_folder(void)
{
    ck_assert_int_eq(remove(path_of("config.json")), 0);
    ck_assert_int_eq(remove(path_of("model.safetensors")), 0);
    ck_assert_int_eq(remove(folder), 0);
}

static void check_tensor(
    const struct basin_safetensors *file, size_t i, size_t layer, size_t *found)
{
    char name[128];
    const char *mark = strchr(state[i].name, '#');
    if (mark == NULL) {
        snprintf(name, sizeof(name), "%s", state[i].name);
    } else {
        snprintf(name, sizeof(name), "%.*s%zu%s", (int)(mark - state[i].name),
            state[i].name, layer, mark + 1);
    }
    const struct basin_tensor *tensor = basin_safetensors_find(file, name);
    ck_assert_msg(tensor != NULL, "there is no %s", name);
    ck_assert_uint_eq(tensor->rank, strlen(state[i].shape));
    for (size_t j = 0; j < tensor->rank; j++) {
        ck_assert_msg(
            tensor->shape[j] == size_of(state[i].shape[j]), "shape of %s", name);
    }
    ++*found;
}

/* Nothing is missing, and nothing else is there: without a head, with one that is tied
 * (the decoder is not written twice), and with one that is not. */
START_TEST(tensors_are_those_of_transformers)
{
    struct basin_safetensors file;
    size_t found = 0;
    save(_i > 0, _i < 2);
    ck_assert_int_eq(
        basin_safetensors_open(&file, path_of("model.safetensors"), NULL), 0);
    for (size_t i = 0; i < STATE; i++) {
        size_t layers = strchr(state[i].name, '#') == NULL ? 1 : shape.layers;
        for (size_t layer = 0; (int)state[i].when <= _i && layer < layers; layer++) {
            check_tensor(&file, i, layer, &found);
        }
    }
    ck_assert_uint_eq(file.n, found);
    basin_safetensors_close(&file);
    remove_folder();
}
END_TEST

/* transformers refuse a file whose metadata do not say who may read it. */
START_TEST(the_file_says_that_it_is_pytorchs)
{
    char header[64] = {0};
    save(true, true);
    FILE *file = fopen(path_of("model.safetensors"), "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(header, 1, sizeof(header) - 1, file), sizeof(header) - 1);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(header + 8, "{\"__metadata__\":{\"format\":\"pt\"}"));
    remove_folder();
}
END_TEST

START_TEST(the_configuration_has_bertconfigs_keys)
{
    static const char *const numbers[] = {"vocab_size", "hidden_size",
        "num_hidden_layers", "num_attention_heads", "intermediate_size",
        "max_position_embeddings", "type_vocab_size"};
    cJSON *config;
    save(true, false);
    const size_t values[] = {shape.vocab, shape.hidden, shape.layers, shape.heads,
        shape.intermediate, shape.positions, shape.types};
    ck_assert_int_eq(basin_json_read(path_of("config.json"), &config, NULL), 0);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        size_t value = 0;
        ck_assert_int_eq(basin_json_size("c", config, numbers[i], &value, NULL), 0);
        ck_assert_msg(value == values[i], "%s is %zu", numbers[i], value);
    }
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(config, "architectures");
    ck_assert_int_eq(cJSON_GetArraySize(names), 1);
    ck_assert_str_eq(cJSON_GetArrayItem(names, 0)->valuestring, "BertForMaskedLM");
    const char *type = "", *activation = "";
    double epsilon = 0;
    bool tied = true;
    ck_assert_int_eq(basin_json_text("c", config, "model_type", &type, NULL), 0);
    ck_assert_str_eq(type, "bert");
    ck_assert_int_eq(basin_json_text("c", config, "hidden_act", &activation, NULL), 0);
    ck_assert_str_eq(activation, "gelu_new");
    ck_assert_int_eq(basin_json_real("c", config, "layer_norm_eps", &epsilon, NULL), 0);
    ck_assert_double_eq(epsilon, 1e-12);
    ck_assert_int_eq(basin_json_bool("c", config, "tie_word_embeddings", &tied, NULL), 0);
    ck_assert(!tied);
    cJSON_Delete(config);
    remove_folder();
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("model folders");
    TCase *t = tcase_create("model folders");
    tcase_add_loop_test(t, tensors_are_those_of_transformers, 0, 3);
    tcase_add_test(t, the_file_says_that_it_is_pytorchs);
    tcase_add_test(t, the_configuration_has_bertconfigs_keys);
    suite_add_tcase(s, t);
    return s;
}
