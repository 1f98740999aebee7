/* The weights of a BERT: one block, and pointers to every tensor in it. */
#include "transformer/bert.h"

#include "base/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum size { ONE, HIDDEN, INTERMEDIATE, VOCAB, POSITIONS, TYPES };

struct layout {
    const char *name;
    enum size rows, columns;
};

static const struct layout embedding_layout[BASIN_EMBEDDING_TENSORS] = {
    [BASIN_WORD] = {"word_embeddings.weight", VOCAB, HIDDEN},
    [BASIN_POSITION] = {"position_embeddings.weight", POSITIONS, HIDDEN},
    [BASIN_TYPE] = {"token_type_embeddings.weight", TYPES, HIDDEN},
    [BASIN_EMBEDDING_NORM_GAIN] = {"LayerNorm.weight", ONE, HIDDEN},
    [BASIN_EMBEDDING_NORM_BIAS] = {"LayerNorm.bias", ONE, HIDDEN},
};

static const struct layout layer_layout[BASIN_LAYER_TENSORS] = {
    [BASIN_QUERY] = {"attention.self.query.weight", HIDDEN, HIDDEN},
    [BASIN_KEY] = {"attention.self.key.weight", HIDDEN, HIDDEN},
    [BASIN_VALUE] = {"attention.self.value.weight", HIDDEN, HIDDEN},
    [BASIN_QUERY_BIAS] = {"attention.self.query.bias", ONE, HIDDEN},
    [BASIN_KEY_BIAS] = {"attention.self.key.bias", ONE, HIDDEN},
    [BASIN_VALUE_BIAS] = {"attention.self.value.bias", ONE, HIDDEN},
    [BASIN_OUT] = {"attention.output.dense.weight", HIDDEN, HIDDEN},
    [BASIN_OUT_BIAS] = {"attention.output.dense.bias", ONE, HIDDEN},
    [BASIN_ATTENTION_NORM_GAIN] = {"attention.output.LayerNorm.weight", ONE, HIDDEN},
    [BASIN_ATTENTION_NORM_BIAS] = {"attention.output.LayerNorm.bias", ONE, HIDDEN},
    [BASIN_UP] = {"intermediate.dense.weight", INTERMEDIATE, HIDDEN},
    [BASIN_UP_BIAS] = {"intermediate.dense.bias", ONE, INTERMEDIATE},
    [BASIN_DOWN] = {"output.dense.weight", HIDDEN, INTERMEDIATE},
    [BASIN_DOWN_BIAS] = {"output.dense.bias", ONE, HIDDEN},
    [BASIN_NORM_GAIN] = {"output.LayerNorm.weight", ONE, HIDDEN},
    [BASIN_NORM_BIAS] = {"output.LayerNorm.bias", ONE, HIDDEN},
};

static const struct layout head_layout[BASIN_HEAD_TENSORS] = {
    [BASIN_TRANSFORM] = {"transform.dense.weight", HIDDEN, HIDDEN},
    [BASIN_TRANSFORM_BIAS] = {"transform.dense.bias", ONE, HIDDEN},
    [BASIN_TRANSFORM_NORM_GAIN] = {"transform.LayerNorm.weight", ONE, HIDDEN},
    [BASIN_TRANSFORM_NORM_BIAS] = {"transform.LayerNorm.bias", ONE, HIDDEN},
    [BASIN_DECODER_BIAS] = {"bias", ONE, VOCAB},
    [BASIN_DECODER] = {"decoder.weight", VOCAB, HIDDEN},
};

static size_t size_of(const struct basin_bert_shape *shape, enum size size)
{
    switch (size) {
    case HIDDEN:
        return shape->hidden;
    case INTERMEDIATE:
        return shape->intermediate;
    case VOCAB:
        return shape->vocab;
    case POSITIONS:
        return shape->positions;
    case TYPES:
        return shape->types;
    default:
        return 1;
    }
}

static size_t head_tensors(const struct basin_bert_shape *shape)
{
    if (!shape->masked_head) {
        return 0;
    }
    return shape->tied ? BASIN_DECODER : BASIN_HEAD_TENSORS;
}

/* Gives n tensors their places in the block, or only counts if there is none. */
static void place(
    struct basin_bert *self, const struct layout *layout, size_t n, float **tensors)
{
    for (size_t i = 0; i < n; i++) {
        if (self->block != NULL) {
            tensors[i] = self->block + self->n;
        }
        self->n += size_of(&self->shape, layout[i].rows) *
                   size_of(&self->shape, layout[i].columns);
    }
}

static void place_all(struct basin_bert *self)
{
    self->n = 0;
    place(self, embedding_layout, BASIN_EMBEDDING_TENSORS, self->embedding);
    for (size_t l = 0; l < self->shape.layers; l++) {
        place(self, layer_layout, BASIN_LAYER_TENSORS, self->layer[l]);
    }
    place(self, head_layout, head_tensors(&self->shape), self->head);
    if (self->shape.masked_head && self->shape.tied) {
        self->head[BASIN_DECODER] = self->embedding[BASIN_WORD];
    }
}

int basin_bert_init(struct basin_bert *self, const struct basin_bert_shape *shape,
    struct basin_diag *diag)
{
    *self = (struct basin_bert){.shape = *shape};
    self->layer = calloc(shape->layers, sizeof(*self->layer));
    if (self->layer != NULL) {
        place_all(self);
        self->block = calloc(self->n, sizeof(*self->block));
    }
    if (self->block == NULL) {
        int ret = basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for an encoder of %zu layers of %zu units", shape->layers,
            shape->hidden);
        basin_bert_free(self);
        return ret;
    }
    place_all(self);
    return 0;
}

void basin_bert_free(struct basin_bert *self)
{
    free(self->block);
    free(self->layer);
    *self = (struct basin_bert){0};
}

size_t basin_bert_tensors(const struct basin_bert *self)
{
    return BASIN_EMBEDDING_TENSORS + self->shape.layers * BASIN_LAYER_TENSORS +
           head_tensors(&self->shape);
}

struct basin_bert_tensor basin_bert_tensor_at(const struct basin_bert *self, size_t i)
{
    const struct layout *layout;
    struct basin_bert_tensor tensor = {0};
    if (i < BASIN_EMBEDDING_TENSORS) {
        tensor.part = "embeddings.";
        layout = &embedding_layout[i];
        tensor.at = self->embedding[i];
    } else if ((i -= BASIN_EMBEDDING_TENSORS) <
               self->shape.layers * BASIN_LAYER_TENSORS) {
        tensor.part = "encoder.layer.";
        tensor.layer = i / BASIN_LAYER_TENSORS;
        layout = &layer_layout[i % BASIN_LAYER_TENSORS];
        tensor.at = self->layer[tensor.layer][i % BASIN_LAYER_TENSORS];
    } else {
        i -= self->shape.layers * BASIN_LAYER_TENSORS;
        tensor.part = "cls.predictions.";
        layout = &head_layout[i];
        tensor.at = self->head[i];
    }
    tensor.name = layout->name;
    tensor.vector = layout->rows == ONE;
    tensor.rows = size_of(&self->shape, layout->rows);
    tensor.columns = size_of(&self->shape, layout->columns);
    return tensor;
}

void basin_bert_tensor_name(const struct basin_bert_tensor *tensor, const char *prefix,
    char name[BASIN_TENSOR_NAME])
{
    if (strcmp(tensor->part, "encoder.layer.") == 0) {
        snprintf(name, BASIN_TENSOR_NAME, "%sencoder.layer.%zu.%s", prefix, tensor->layer,
            tensor->name);
    } else {
        snprintf(name, BASIN_TENSOR_NAME, "%s%s%s",
            strcmp(tensor->part, "embeddings.") == 0 ? prefix : "", tensor->part,
            tensor->name);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

int basin_bert_randomize(struct basin_bert *self, double deviation, double sharpness,
    uint64_t key, struct basin_diag *diag)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    if (r == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for random numbers");
    }
    for (size_t i = 0; i < basin_bert_tensors(self); i++) {
        struct basin_bert_tensor tensor = basin_bert_tensor_at(self, i);
        bool gain = ends_with(tensor.name, "LayerNorm.weight");
        bool query = ends_with(tensor.name, "query.weight");
        bool matrix = !gain && ends_with(tensor.name, ".weight");
        double scale = query ? sharpness * deviation : deviation;
        basin_rng_start(r, key, basin_rng_sequence(0, (uint32_t)i));
        for (size_t j = 0; j < tensor.rows * tensor.columns; j++) {
            tensor.at[j] =
                matrix ? (float)(scale * gsl_ran_gaussian_ziggurat(r, 1)) : (float)gain;
        }
    }
    gsl_rng_free(r);
    return 0;
}

void basin_bert_waves(struct basin_bert *self, double base, double deviation)
{
    size_t h = self->shape.hidden;
    for (size_t i = 0; i < self->shape.positions; i++) {
        for (size_t j = 0; j < h; j++) {
            double pair = (double)(j - j % 2) / (double)h;
            double angle = (double)i / pow(base, pair);
            double wave = j % 2 == 0 ? sin(angle) : cos(angle);
            self->embedding[BASIN_POSITION][i * h + j] =
                (float)(M_SQRT2 * deviation * wave);
        }
    }
}

void basin_bert_lean(struct basin_bert *self, double deviation)
{
    size_t h = self->shape.hidden;
    basin_bert_waves(self, (double)self->shape.positions / 2, 2 * deviation);
    for (size_t l = 0; l < self->shape.layers; l++) {
        for (size_t i = 0; i < h * h; i++) {
            self->layer[l][BASIN_KEY][i] = self->layer[l][BASIN_QUERY][i];
            self->layer[l][BASIN_QUERY][i] *= 2;
        }
    }
}
