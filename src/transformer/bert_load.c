/* Reading a BERT from a Hugging Face folder: config.json and model.safetensors. */
#include "transformer/bert.h"

#include "base/str.h"
#include "transformer/mapped.h"
#include "transformer/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loader {
    struct basin_safetensors file;
    const char *prefix; /* "bert." or "" before names that are not of the head */
    struct basin_diag *diag;
};

/* Older folders call a layer norm's weight and bias gamma and beta. */
static void old_name(char name[BASIN_TENSOR_NAME])
{
    char *norm = strstr(name, "LayerNorm.");
    if (norm != NULL) {
        norm += strlen("LayerNorm.");
        strcpy(norm, strcmp(norm, "weight") == 0 ? "gamma" : "beta");
    }
}

static const struct basin_tensor *find(const struct loader *self,
    const struct basin_bert_tensor *wanted, char name[BASIN_TENSOR_NAME])
{
    char old[BASIN_TENSOR_NAME];
    basin_bert_tensor_name(wanted, self->prefix, name);
    const struct basin_tensor *found = basin_safetensors_find(&self->file, name);
    memcpy(old, name, BASIN_TENSOR_NAME);
    old_name(old);
    return found != NULL ? found : basin_safetensors_find(&self->file, old);
}

static bool is_wanted(
    const struct loader *self, const struct basin_bert *model, const char *name)
{
    for (size_t i = 0; i < basin_bert_tensors(model); i++) {
        char wanted[BASIN_TENSOR_NAME];
        struct basin_bert_tensor tensor = basin_bert_tensor_at(model, i);
        basin_bert_tensor_name(&tensor, self->prefix, wanted);
        if (strcmp(name, wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* The nearest of the names that belong to no other tensor: it may be misspelt. */
static int fail_missing(
    const struct loader *self, const struct basin_bert *model, const char *name)
{
    const char **names = malloc((self->file.n + 1) * sizeof(*names));
    size_t n = 0;
    if (names == NULL) {
        return basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory for tensors");
    }
    for (size_t i = 0; i < self->file.n; i++) {
        names[n] = self->file.tensors[i].name;
        n += !is_wanted(self, model, names[n]);
    }
    const char *nearest = basin_str_nearest(name, names, n);
    int ret =
        basin_fail(self->diag, BASIN_ERR_FORMAT, "%s: there is no tensor \"%s\"%s%s%s",
            self->file.name, name, nearest == NULL ? "" : "; nearest is \"",
            nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"");
    free(names);
    return ret;
}

static int fail_shape(const struct loader *self, const struct basin_tensor *found,
    const struct basin_bert_tensor *wanted)
{
    struct basin_str sizes = {0};
    for (size_t i = 0; i < found->rank; i++) {
        basin_str_add(&sizes, i == 0 ? "%zu" : " x %zu", found->shape[i]);
    }
    char expected[64];
    if (wanted->rows > 1) {
        snprintf(expected, sizeof(expected), "%zu x %zu", wanted->rows, wanted->columns);
    } else {
        snprintf(expected, sizeof(expected), "%zu", wanted->columns);
    }
    int ret = basin_fail(self->diag, BASIN_ERR_FORMAT,
        "%s: tensor \"%s\" has the shape %s; config.json asks for %s", self->file.name,
        found->name, sizes.text == NULL ? "of one number" : sizes.text, expected);
    basin_str_free(&sizes);
    return ret;
}

static bool has_shape(
    const struct basin_tensor *found, const struct basin_bert_tensor *wanted)
{
    if (found->rank == 1) {
        return wanted->rows == 1 && found->shape[0] == wanted->columns;
    }
    return found->rank == 2 && found->shape[0] == wanted->rows &&
           found->shape[1] == wanted->columns;
}

static int copy_all(const struct loader *self, struct basin_bert *model)
{
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < basin_bert_tensors(model); i++) {
        char name[BASIN_TENSOR_NAME];
        struct basin_bert_tensor wanted = basin_bert_tensor_at(model, i);
        const struct basin_tensor *found = find(self, &wanted, name);
        if (found == NULL) {
            ret = fail_missing(self, model, name);
        } else if (!has_shape(found, &wanted)) {
            ret = fail_shape(self, found, &wanted);
        } else {
            ret = basin_safetensors_copy(&self->file, found, wanted.at, self->diag);
        }
    }
    return ret;
}

static int read_shape(
    struct basin_bert_shape *shape, const char *folder, struct basin_diag *diag)
{
    struct basin_str path = {0};
    struct basin_mapped file = {0};
    basin_str_add(&path, "%s/config.json", folder);
    int ret = path.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                          : basin_mapped_open(&file, path.text, diag);
    if (ret == 0) {
        ret = basin_bert_shape_parse(shape, path.text, file.bytes, file.size, diag);
    }
    basin_mapped_close(&file);
    basin_str_free(&path);
    return ret;
}

static int open_weights(struct loader *self, const char *folder)
{
    struct basin_str path = {0};
    struct basin_str other = {0};
    basin_str_add(&path, "%s/model.safetensors", folder);
    basin_str_add(&other, "%s/pytorch_model.bin", folder);
    int ret = path.failed || other.failed
                  ? basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    if (ret == 0 && access(path.text, F_OK) != 0 && access(other.text, F_OK) == 0) {
        ret = basin_fail(self->diag, BASIN_ERR_IO,
            "%s cannot be read; in transformers, model.save_pretrained(folder, "
            "safe_serialization=True) writes model.safetensors",
            other.text);
    }
    ret = ret != 0 ? ret : basin_safetensors_open(&self->file, path.text, self->diag);
    basin_str_free(&path);
    basin_str_free(&other);
    return ret;
}

int basin_bert_load(struct basin_bert *self, const char *folder, struct basin_diag *diag)
{
    struct loader loader = {.diag = diag};
    struct basin_bert_shape shape = {0};
    *self = (struct basin_bert){0};
    int ret = read_shape(&shape, folder, diag);
    if (ret == 0) {
        ret = open_weights(&loader, folder);
    }
    if (ret == 0) {
        bool bare = basin_safetensors_find(
                        &loader.file, "embeddings.word_embeddings.weight") != NULL;
        loader.prefix = bare ? "" : "bert.";
        shape.masked_head = basin_safetensors_find(&loader.file,
                                "cls.predictions.transform.dense.weight") != NULL;
        ret = basin_bert_init(self, &shape, diag);
    }
    if (ret == 0) {
        ret = copy_all(&loader, self);
    }
    basin_safetensors_close(&loader.file);
    if (ret != 0) {
        basin_bert_free(self);
    }
    return ret;
}
