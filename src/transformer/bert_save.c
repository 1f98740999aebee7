/* Writing a BERT into a Hugging Face folder: config.json and model.safetensors. */
#include "transformer/bert.h"

#include "base/file.h"
#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "no memory to write a model");
}

static int write_file(const char *folder, const char *name, const void *bytes, size_t n,
    struct basin_diag *diag)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s", folder, name);
    int ret =
        path.failed ? fail_memory(diag) : basin_file_replace(path.text, bytes, n, diag);
    basin_str_free(&path);
    return ret;
}

static int write_config(
    const struct basin_bert_shape *shape, const char *folder, struct basin_diag *diag)
{
    static const char *const activations[] = {
        [BASIN_GELU] = "gelu", [BASIN_GELU_TANH] = "gelu_new", [BASIN_RELU] = "relu"};
    cJSON *root = cJSON_CreateObject();
    cJSON *names = cJSON_AddArrayToObject(root, "architectures");
    cJSON_AddItemToArray(
        names, cJSON_CreateString(shape->masked_head ? "BertForMaskedLM" : "BertModel"));
    cJSON_AddStringToObject(root, "model_type", "bert");
    cJSON_AddNumberToObject(root, "num_hidden_layers", (double)shape->layers);
    cJSON_AddNumberToObject(root, "num_attention_heads", (double)shape->heads);
    cJSON_AddNumberToObject(root, "hidden_size", (double)shape->hidden);
    cJSON_AddNumberToObject(root, "intermediate_size", (double)shape->intermediate);
    cJSON_AddNumberToObject(root, "vocab_size", (double)shape->vocab);
    cJSON_AddNumberToObject(root, "max_position_embeddings", (double)shape->positions);
    cJSON_AddNumberToObject(root, "type_vocab_size", (double)shape->types);
    cJSON_AddStringToObject(root, "hidden_act", activations[shape->activation]);
    cJSON_AddNumberToObject(root, "layer_norm_eps", shape->norm_epsilon);
    cJSON_AddBoolToObject(root, "tie_word_embeddings", shape->tied);
    char *text = cJSON_Print(root);
    int ret = text == NULL ? fail_memory(diag)
                           : write_file(folder, "config.json", text, strlen(text), diag);
    cJSON_free(text);
    cJSON_Delete(root);
    return ret;
}

/* The header's JSON; tensors follow one another as in the block. */
static char *print_header(const struct basin_bert *self)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *metadata = cJSON_AddObjectToObject(root, "__metadata__");
    cJSON_AddStringToObject(metadata, "format", "pt");
    for (size_t i = 0; i < basin_bert_tensors(self); i++) {
        char name[BASIN_TENSOR_NAME];
        struct basin_bert_tensor tensor = basin_bert_tensor_at(self, i);
        size_t begin = (size_t)(tensor.at - self->block) * sizeof(float);
        size_t end = begin + tensor.rows * tensor.columns * sizeof(float);
        const double shape[] = {(double)tensor.rows, (double)tensor.columns};
        const double offsets[] = {(double)begin, (double)end};
        basin_bert_tensor_name(&tensor, "bert.", name);
        cJSON *entry = cJSON_AddObjectToObject(root, name);
        cJSON_AddStringToObject(entry, "dtype", "F32");
        cJSON_AddItemToObject(entry, "shape",
            cJSON_CreateDoubleArray(
                tensor.vector ? shape + 1 : shape, tensor.vector ? 1 : 2));
        cJSON_AddItemToObject(entry, "data_offsets", cJSON_CreateDoubleArray(offsets, 2));
    }
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

static void sharpen(const struct basin_bert *self, double sharpness, float *block)
{
    size_t h = self->shape.hidden;
    for (size_t l = 0; l < self->shape.layers; l++) {
        float *w = block + (self->layer[l][BASIN_QUERY] - self->block);
        float *b = block + (self->layer[l][BASIN_QUERY_BIAS] - self->block);
        for (size_t i = 0; i < h * h; i++) {
            w[i] *= (float)sharpness;
        }
        for (size_t i = 0; i < h; i++) {
            b[i] *= (float)sharpness;
        }
    }
}

static int write_weights(const struct basin_bert *self, double sharpness,
    const char *folder, struct basin_diag *diag)
{
    char *header = print_header(self);
    if (header == NULL) {
        return fail_memory(diag);
    }
    size_t used = strlen(header);
    uint64_t length = (used + 7) / 8 * 8;
    size_t size = sizeof(length) + length + self->n * sizeof(float);
    char *bytes = malloc(size);
    int ret = bytes == NULL ? fail_memory(diag) : 0;
    if (ret == 0) {
        float *block = (float *)(void *)(bytes + sizeof(length) + length);
        memcpy(bytes, &length, sizeof(length));
        memcpy(bytes + sizeof(length), header, used + 1);
        memset(bytes + sizeof(length) + used, ' ', length - used);
        memcpy(block, self->block, self->n * sizeof(*block));
        if (sharpness != 1) {
            sharpen(self, sharpness, block);
        }
        ret = write_file(folder, "model.safetensors", bytes, size, diag);
    }
    free(bytes);
    cJSON_free(header);
    return ret;
}

int basin_bert_save(const struct basin_bert *self, double sharpness, const char *folder,
    struct basin_diag *diag)
{
    int ret = basin_folder_make(folder, diag);
    ret = ret != 0 ? ret : write_config(&self->shape, folder, diag);
    return ret != 0 ? ret : write_weights(self, sharpness, folder, diag);
}
