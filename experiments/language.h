/* What experiments on an encoder share: a model, read or drawn at random, and a text, cut
 * into sequences of one length. Their sections are own, models, text, in this order. */
#ifndef BASIN_EXPERIMENTS_LANGUAGE_H
#define BASIN_EXPERIMENTS_LANGUAGE_H

#include "experiments/experiment.h"
#include "transformer/corpus.h"
#include "transformer/encoder.h"
#include "transformer/maps.h"

enum basin_language_section {
    BASIN_LANGUAGE_OWN,
    BASIN_LANGUAGE_MODELS,
    BASIN_LANGUAGE_TEXT
};

/* Fields that every text has. */
struct basin_text_options {
    long length;    /* T: tokens of a sequence, [CLS] and [SEP] included */
    long sequences; /* for one replicate */
};

extern const struct basin_kind *const basin_language_models[];
extern const struct basin_kind *const basin_language_models_and_maps[];
extern const struct basin_kind *const basin_language_texts[];
extern const struct basin_kind basin_text_options;

/* The three sections, for an experiment whose own kind is in a NULL-terminated list. */
#define BASIN_LANGUAGE_SECTIONS(own_kinds, model_kinds)                                  \
    {.name = "", .kinds = (own_kinds)},                                                  \
        {.name = "models", .selector = "model", .kinds = (model_kinds), .list = true},   \
        {.name = "text",                                                                 \
            .selector = "kind",                                                          \
            .kinds = basin_language_texts,                                               \
            .common = &basin_text_options},                                              \
    {                                                                                    \
        .name = NULL                                                                     \
    }

/* A text as one model's tokenizer cuts it. */
struct basin_language_text {
    char *path; /* owned */
    struct basin_corpus corpus;
};

/* A model, or maps, and the texts that were read for it. */
struct basin_language {
    uint64_t identity; /* of the section */
    bool has_maps;
    struct basin_maps maps;
    struct basin_bert model;
    struct basin_tokenizer tokenizer; /* without words for a random model */
    size_t n_texts;
    struct basin_language_text *texts; /* owned */
};

/* Those of a whole plan. Start it as {0}. */
struct basin_languages {
    size_t n;
    struct basin_language *language; /* owned */
};

void basin_languages_free(struct basin_languages *self);

/* Reads what the cell needs, and refuses what cannot work together. */
BASIN_CHECKED int basin_languages_check(struct basin_languages *self,
    const struct basin_params *params, struct basin_diag *diag);

/* What basin_languages_check has read. */
struct basin_language *basin_languages_find(
    const struct basin_languages *self, const struct basin_params *params);

/* Refuses a layer or a head (from 1) that the cell's model does not have. */
BASIN_CHECKED int basin_language_check_head(
    const struct basin_language *self, long layer, long head, struct basin_diag *diag);

size_t basin_language_layers(const struct basin_language *self);
size_t basin_language_heads(const struct basin_language *self);

/* Writes a replicate's i-th sequence into id. Every model meets the same sequences.
 * Fails where a text is too short to have it. */
BASIN_CHECKED int basin_language_sequence(const struct basin_language *self,
    const struct basin_task *task, size_t i, int32_t *id, struct basin_diag *diag);

/* The i-th sequence of the part for training, whatever the replicate. */
BASIN_CHECKED int basin_language_training_sequence(const struct basin_language *self,
    const struct basin_task *task, size_t i, int32_t *id, struct basin_diag *diag);

/* The word that hides another one. */
int32_t basin_language_mask(const struct basin_language *self);

#endif
