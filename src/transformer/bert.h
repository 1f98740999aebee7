/* BERT: its sizes and its weights (Devlin et al. 2019).
 *
 * An encoder of L layers, each: multi-head attention and a feed-forward network, both
 * with a residual connection and a layer norm after it. Names of the tensors are those of
 * Hugging Face's model folders; a matrix W (rows: outputs, columns: inputs) is applied to
 * rows x as x W^T + b. */
#ifndef BASIN_TRANSFORMER_BERT_H
#define BASIN_TRANSFORMER_BERT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum basin_activation { BASIN_GELU, BASIN_GELU_TANH, BASIN_RELU };

struct basin_bert_shape {
    size_t layers, heads, hidden, intermediate;
    size_t vocab, positions, types;
    double norm_epsilon;
    int activation;   /* enum basin_activation */
    bool masked_head; /* whether it can predict words */
    bool tied;        /* the word embeddings are also the last matrix of that head */
};

/* Reads config.json's text; masked_head is left as it is, for the weights decide it. */
BASIN_CHECKED int basin_bert_shape_parse(struct basin_bert_shape *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag);

/* Refuses sizes that make no encoder. name is for the sentence. */
BASIN_CHECKED int basin_bert_shape_check(
    const struct basin_bert_shape *self, const char *name, struct basin_diag *diag);

enum basin_bert_embedding {
    BASIN_WORD,     /* vocab x hidden */
    BASIN_POSITION, /* positions x hidden */
    BASIN_TYPE,     /* types x hidden */
    BASIN_EMBEDDING_NORM_GAIN,
    BASIN_EMBEDDING_NORM_BIAS,
    BASIN_EMBEDDING_TENSORS
};

/* Query, key and value follow one another without a gap: together they are one matrix
 * (3 hidden x hidden) and one bias. */
enum basin_bert_layer {
    BASIN_QUERY,
    BASIN_KEY,
    BASIN_VALUE,
    BASIN_QUERY_BIAS,
    BASIN_KEY_BIAS,
    BASIN_VALUE_BIAS,
    BASIN_OUT, /* hidden x hidden */
    BASIN_OUT_BIAS,
    BASIN_ATTENTION_NORM_GAIN,
    BASIN_ATTENTION_NORM_BIAS,
    BASIN_UP, /* intermediate x hidden */
    BASIN_UP_BIAS,
    BASIN_DOWN, /* hidden x intermediate */
    BASIN_DOWN_BIAS,
    BASIN_NORM_GAIN,
    BASIN_NORM_BIAS,
    BASIN_LAYER_TENSORS
};

enum basin_bert_head {
    BASIN_TRANSFORM, /* hidden x hidden */
    BASIN_TRANSFORM_BIAS,
    BASIN_TRANSFORM_NORM_GAIN,
    BASIN_TRANSFORM_NORM_BIAS,
    BASIN_DECODER_BIAS, /* vocab */
    BASIN_DECODER,      /* vocab x hidden; where tied, the word embeddings */
    BASIN_HEAD_TENSORS
};

struct basin_bert {
    struct basin_bert_shape shape;
    size_t n;     /* parameters in all */
    float *block; /* owned: every tensor, in the order of basin_bert_tensor_at */
    float *embedding[BASIN_EMBEDDING_TENSORS];
    float *(*layer)[BASIN_LAYER_TENSORS]; /* owned array of shape.layers */
    float *head[BASIN_HEAD_TENSORS];      /* NULL without a masked-word head */
};

/* One tensor of the block. */
struct basin_bert_tensor {
    const char *part;     /* "embeddings.", "encoder.layer.", "cls.predictions." */
    const char *name;     /* "attention.self.query.weight" */
    size_t layer;         /* of "encoder.layer." */
    size_t rows, columns; /* a vector is one row */
    bool vector;          /* a bias, or a part of a norm */
    float *at;
};

/* Allocates the block, all zero. */
BASIN_CHECKED int basin_bert_init(struct basin_bert *self,
    const struct basin_bert_shape *shape, struct basin_diag *diag);
void basin_bert_free(struct basin_bert *self);

/* Number of tensors, and the i-th one. */
size_t basin_bert_tensors(const struct basin_bert *self);
struct basin_bert_tensor basin_bert_tensor_at(const struct basin_bert *self, size_t i);

enum { BASIN_TENSOR_NAME = 160 };

/* Its name in a model folder; prefix ("bert." or "") stands before all but the head's. */
void basin_bert_tensor_name(const struct basin_bert_tensor *tensor, const char *prefix,
    char name[BASIN_TENSOR_NAME]);

/* Normal weights of the given standard deviation, as BERT is initialised (0.02); norms
 * are 1 and 0, biases 0. Queries are multiplied by sharpness: 0 makes all attention
 * uniform. key: the random stream. */
BASIN_CHECKED int basin_bert_randomize(struct basin_bert *self, double deviation,
    double sharpness, uint64_t key, struct basin_diag *diag);

/* Puts waves in the place of the position vectors (Vaswani et al. 2017, section 3.5):
 * coordinates 2 i and 2 i + 1 of position t are sine and cosine of t / base^(2 i /
 * hidden), of that standard deviation over a wave. To look at a neighbour is then the
 * same map at every position. */
void basin_bert_waves(struct basin_bert *self, double base, double deviation);

/* Changes random weights of that deviation so that heads begin with a leaning to their
 * neighbours: positions become waves (base: half of their number), twice as wide as the
 * words, and keys become the queries, which are doubled, so that a score grows with the
 * likeness of two tokens. */
void basin_bert_lean(struct basin_bert *self, double deviation);

/* Reads config.json and model.safetensors of a folder. On failure nothing is left. */
BASIN_CHECKED int basin_bert_load(
    struct basin_bert *self, const char *folder, struct basin_diag *diag);

/* Writes config.json and model.safetensors into a folder, which is made if need be, as
 * Hugging Face's transformers read them. The queries are multiplied by `sharpness`, for a
 * model that was trained with one (1 otherwise). */
BASIN_CHECKED int basin_bert_save(const struct basin_bert *self, double sharpness,
    const char *folder, struct basin_diag *diag);

#endif
