/* What the way forward keeps for the way back; inside of pass.c and pass_back.c. */
#ifndef BASIN_TRANSFORMER_PASS_WORK_H
#define BASIN_TRANSFORMER_PASS_WORK_H

#include "kernels/learn.h"
#include "kernels/row.h"
#include "transformer/pass.h"
#include "transformer/product.h"

/* Rows of a batch: all of them, or those whose word is asked for. */
struct basin_pass_rows {
    size_t n;
    size_t *row;   /* n: sequence x length + place */
    size_t *start; /* sequences + 1: rows of sequence s are start[s] to start[s+1] */
};

/* One layer. Its m queries are rows of the batch; keys and values are of all n rows. */
struct basin_pass_layer {
    const struct basin_pass_rows *queries;
    const float *in;             /* n x h: the layer before's `out` */
    float *rows;                 /* m x h: those of the queries */
    float *query, *pair;         /* m x h; n x 2h: key and value side by side */
    float *weights;              /* heads x m x length */
    float *context;              /* m x h */
    float *normal_1, *inverse_1; /* m x h, m: the layer norm after attention */
    float *middle;               /* m x h: what comes out of that */
    float *before, *inner;       /* m x intermediate: before and after activation */
    float *normal_2, *inverse_2;
    float *out; /* m x h */
};

/* Where numbers are dropped; part of the streams' numbers: never change one. */
enum basin_pass_site { SITE_EMBEDDING, SITE_WEIGHTS, SITE_ATTENTION, SITE_INNER, SITES };

struct basin_pass {
    const struct basin_bert *model;
    const struct basin_pass_setting *setting;
    const struct basin_row_code *row;
    const struct basin_learn_code *learn;
    enum basin_isa isa;
    float factor;                  /* of the scores q.k */
    size_t sequences, length;      /* at most; exactly */
    uint32_t below, below_weights; /* of 65536, are dropped; 0 while judging */
    float *block;                  /* owned: all floats */
    size_t *index;                 /* owned: all rows */
    struct basin_pass_rows every, asked;
    float *embedded, *embedded_normal, *embedded_inverse;
    struct basin_pass_layer *layer; /* owned */
    /* The masked-word head, a rows asked for. */
    float *words;                                    /* a x h: its input */
    float *word_before, *word_normal, *word_inverse; /* a x h, a x h, a */
    float *word_out;                                 /* a x h */
    float *logits;                                   /* a x vocab, then their slopes */
    /* The way back: slopes of the rows at hand. */
    float *d_out, *d_in, *d_update, *d_query, *d_pair, *d_inner;
    float *tile, *d_tile; /* length x length: one map */
};

/* The stream of a sequence's numbers at a site of a layer, and the first block of a row
 * of that site; a row of n numbers is dropped in place. */
void basin_pass_drop(const struct basin_pass *self, const struct basin_pass_batch *batch,
    size_t sequence, size_t layer, enum basin_pass_site site, size_t row, float *x,
    size_t n);

#endif
