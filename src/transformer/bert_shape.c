/* The sizes of a BERT, from its config.json. */
#include "transformer/bert.h"

#include "base/str.h"
#include "transformer/json.h"

#include <string.h>

static const struct {
    const char *name;
    size_t offset, most;
} sizes[] = {
    {"num_hidden_layers", offsetof(struct basin_bert_shape, layers), 1 << 10},
    {"num_attention_heads", offsetof(struct basin_bert_shape, heads), 1 << 10},
    {"hidden_size", offsetof(struct basin_bert_shape, hidden), 1 << 20},
    {"intermediate_size", offsetof(struct basin_bert_shape, intermediate), 1 << 20},
    {"vocab_size", offsetof(struct basin_bert_shape, vocab), 1 << 24},
    {"max_position_embeddings", offsetof(struct basin_bert_shape, positions), 1 << 20},
    {"type_vocab_size", offsetof(struct basin_bert_shape, types), 1 << 20},
};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static const struct {
    const char *name;
    enum basin_activation activation;
} activations[] = {
    {"gelu", BASIN_GELU},
    {"gelu_new", BASIN_GELU_TANH},
    {"gelu_pytorch_tanh", BASIN_GELU_TANH},
    {"relu", BASIN_RELU},
};

enum { ACTIVATIONS = sizeof(activations) / sizeof(activations[0]) };

static int read_activation(struct basin_bert_shape *self, const char *name,
    const cJSON *config, struct basin_diag *diag)
{
    const char *word = "gelu";
    int ret = basin_json_text(name, config, "hidden_act", &word, diag);
    if (ret != 0) {
        return ret;
    }
    for (size_t i = 0; i < ACTIVATIONS; i++) {
        if (strcmp(word, activations[i].name) == 0) {
            self->activation = activations[i].activation;
            return 0;
        }
    }
    return basin_fail(diag, BASIN_ERR_FORMAT,
        "%s: \"hidden_act\" is \"%.32s\"; known are gelu, gelu_new, gelu_pytorch_tanh "
        "and "
        "relu",
        name, word);
}

/* Refuses a text member that is there and has another value. */
static int require_text(const char *name, const cJSON *config, const char *key,
    const char *right, struct basin_diag *diag)
{
    const char *word = right;
    int ret = basin_json_text(name, config, key, &word, diag);
    if (ret == 0 && strcmp(word, right) != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: \"%s\" is \"%.32s\"; only \"%s\" can be read", name, key, word, right);
    }
    return ret;
}

int basin_bert_shape_check(
    const struct basin_bert_shape *self, const char *name, struct basin_diag *diag)
{
    for (size_t i = 0; i < SIZES; i++) {
        size_t value;
        memcpy(&value, (const char *)self + sizes[i].offset, sizeof(value));
        if (value < 1 || value > sizes[i].most) {
            return basin_fail(diag, BASIN_ERR_FORMAT, "%s: \"%s\" is %zu, not 1 to %zu",
                name, sizes[i].name, value, sizes[i].most);
        }
    }
    if (self->hidden % self->heads != 0) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: hidden_size %zu cannot be shared among %zu heads", name, self->hidden,
            self->heads);
    }
    if (!(self->norm_epsilon > 0)) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: layer_norm_eps must be greater than 0", name);
    }
    return 0;
}

int basin_bert_shape_parse(struct basin_bert_shape *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag)
{
    struct basin_bert_shape shape = {.types = 2,
        .norm_epsilon = 1e-12,
        .tied = true,
        .masked_head = self->masked_head};
    cJSON *config;
    bool decoder = false;
    int ret = basin_json_parse(name, text, length, &config, diag);
    for (size_t i = 0; ret == 0 && i < SIZES; i++) {
        size_t *value = (size_t *)(void *)((char *)&shape + sizes[i].offset);
        ret = basin_json_size(name, config, sizes[i].name, value, diag);
    }
    ret = ret != 0 ? ret : require_text(name, config, "model_type", "bert", diag);
    ret = ret != 0
              ? ret
              : require_text(name, config, "position_embedding_type", "absolute", diag);
    ret = ret != 0 ? ret : read_activation(&shape, name, config, diag);
    ret = ret != 0 ? ret
                   : basin_json_real(
                         name, config, "layer_norm_eps", &shape.norm_epsilon, diag);
    ret = ret != 0
              ? ret
              : basin_json_bool(name, config, "tie_word_embeddings", &shape.tied, diag);
    ret = ret != 0 ? ret : basin_json_bool(name, config, "is_decoder", &decoder, diag);
    if (ret == 0 && decoder) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: \"is_decoder\" is true; only encoders can be read", name);
    }
    ret = ret != 0 ? ret : basin_bert_shape_check(&shape, name, diag);
    cJSON_Delete(config);
    *self = shape;
    return ret;
}
