/* What was published of BERT's attention, read off figures.
 *
 * Ramsauer et al., "Hopfield Networks is All You Need" (2021), fig. A.3: medians of k,
 * the number of weights that hold 0.90, of the heads of bert-base-cased on 512 tokens, in
 * ascending order within each layer. First version of the paper (2020): perplexity when
 * the attention of one layer is replaced by averaging; read to 0.03. */
#include "theory/families.h"

#include <stddef.h>

enum { LAYERS = 12, HEADS = 12 };

struct place {
    long layer, head;
};

static const struct basin_field head_fields[] = {
    BASIN_FIELD_INT(struct place, layer, NULL, 1, LAYERS, "1", "layer, from 1"),
    BASIN_FIELD_INT(
        struct place, head, NULL, 1, HEADS, "1", "head of the layer, by median k"),
    BASIN_FIELD_END,
};

static const short median_k[LAYERS][HEADS] = {
    {27, 115, 211, 231, 241, 257, 278, 299, 333, 350, 356, 374},
    {1, 2, 6, 11, 29, 46, 155, 157, 197, 250, 321, 322},
    {1, 7, 62, 83, 108, 164, 173, 197, 228, 237, 247, 253},
    {1, 11, 48, 72, 111, 158, 174, 189, 191, 196, 214, 259},
    {4, 6, 21, 56, 67, 68, 74, 116, 132, 143, 190, 258},
    {1, 4, 4, 7, 8, 9, 13, 16, 17, 22, 45, 133},
    {1, 2, 2, 3, 4, 4, 6, 8, 9, 25, 65, 117},
    {1, 4, 4, 5, 5, 7, 7, 16, 16, 17, 86, 178},
    {7, 7, 8, 8, 8, 16, 19, 42, 61, 103, 216, 271},
    {13, 18, 20, 24, 24, 32, 33, 33, 55, 55, 67, 226},
    {12, 12, 17, 22, 30, 38, 85, 99, 132, 141, 151, 235},
    {20, 33, 37, 44, 50, 59, 65, 65, 77, 102, 108, 141},
};

static int k_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    const struct place *self = params;
    *value = median_k[self->layer - 1][self->head - 1];
    return 0;
}

const struct basin_theory basin_theory_bert_k = {
    .kind = {.name = "bert_k",
        .summary = "published median k of a head of bert-base-cased, 512 tokens",
        .source = "Ramsauer et al. 2021, figure A.3, read off",
        .version = 1,
        .fields = head_fields,
        .size = sizeof(struct place)},
    .unit = "tokens",
    .published = true,
    .value = k_value,
};

static int layer_k_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    const struct place *self = params;
    *value = 0;
    for (size_t h = 0; h < HEADS; h++) {
        *value += (double)median_k[self->layer - 1][h] / HEADS;
    }
    return 0;
}

static const struct basin_field layer_fields[] = {
    BASIN_FIELD_INT(struct place, layer, NULL, 1, LAYERS, "1", "layer, from 1"),
    BASIN_FIELD_END,
};

const struct basin_theory basin_theory_bert_layer_k = {
    .kind = {.name = "bert_layer_k",
        .summary = "mean of the published median k of a layer's heads",
        .source = "Ramsauer et al. 2021, figure A.3, read off",
        .version = 1,
        .fields = layer_fields,
        .size = sizeof(struct place)},
    .unit = "tokens",
    .published = true,
    .value = layer_k_value,
};

static const double perplexity[LAYERS] = {
    24.31, 27.40, 26.75, 25.98, 25.94, 26.44, 26.32, 26.41, 26.40, 26.93, 28.48, 29.72};

static int perplexity_value(const void *params, double *value, struct basin_diag *diag)
{
    (void)diag;
    const struct place *self = params;
    *value = perplexity[self->layer - 1];
    return 0;
}

const struct basin_theory basin_theory_bert_averaged = {
    .kind = {.name = "bert_averaged",
        .summary = "published perplexity with one layer averaged; 23.63 with none",
        .source = "Ramsauer et al. 2020, first version, read off to 0.03",
        .version = 1,
        .fields = layer_fields,
        .size = sizeof(struct place)},
    .unit = "words",
    .published = true,
    .value = perplexity_value,
};
