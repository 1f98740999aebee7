/* What experiments on an encoder share: a model and a text. */
#include "experiments/language.h"

#include "base/rng.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANDOM_MASK = 0 }; /* the word of a random model that stands for [MASK] */

struct random_model {
    long layers, heads, hidden, vocab, positions, draw;
    double deviation, sharpness;
};

static const struct basin_field random_fields[] = {
    BASIN_FIELD_INT(struct random_model, layers, "2", 1, 1024, "1", "number of layers"),
    BASIN_FIELD_INT(struct random_model, heads, "4", 1, 1024, "1", "heads of a layer"),
    BASIN_FIELD_INT(struct random_model, hidden, "64", 1, 1 << 16, "1",
        "size of the hidden states; the feed-forward network has four times as many"),
    BASIN_FIELD_INT(
        struct random_model, vocab, "1000", 2, 1 << 20, "1", "words, the mask included"),
    BASIN_FIELD_INT(struct random_model, positions, "512", 3, 1 << 15, "tokens",
        "length of the longest sequence"),
    BASIN_FIELD_INT(
        struct random_model, draw, "1", 0, 1e9, "1", "which of the random models"),
    BASIN_FIELD_REAL(struct random_model, deviation, "0.02", 0, 100, "1",
        "standard deviation of the weights"),
    BASIN_FIELD_REAL(struct random_model, sharpness, "1", 0, 1e6, "1",
        "multiplies the weights of the queries; 0 makes attention uniform"),
    BASIN_FIELD_END,
};

struct path {
    const char *path;
};

static const struct basin_field folder_fields[] = {
    BASIN_FIELD_FILES(struct path, path, NULL,
        "config.json|model.safetensors|tokenizer*.json|vocab.txt",
        "a Hugging Face folder: config.json, model.safetensors, and tokenizer.json or "
        "vocab.txt"),
    BASIN_FIELD_END,
};

static const struct basin_field maps_fields[] = {
    BASIN_FIELD_FILES(struct path, path, NULL, "*",
        "HDF5 file with \"attentions\" (sequences x layers x heads x T x T), and "
        "\"mask\" "
        "(sequences x T) where there is padding"),
    BASIN_FIELD_END,
};

static const struct basin_kind random_model = {.name = "random",
    .summary = "an encoder with normal weights, as BERT is initialised",
    .source = "Devlin et al. 2019",
    .version = 1,
    .fields = random_fields,
    .size = sizeof(struct random_model)};
static const struct basin_kind folder_model = {.name = "folder",
    .summary = "a BERT from a Hugging Face folder",
    .source = "Devlin et al. 2019",
    .version = 1,
    .fields = folder_fields,
    .size = sizeof(struct path)};
static const struct basin_kind maps_model = {.name = "maps",
    .summary = "attention maps that another program wrote",
    .version = 1,
    .fields = maps_fields,
    .size = sizeof(struct path)};

const struct basin_kind *const basin_language_models[] = {
    &random_model, &folder_model, NULL};
const struct basin_kind *const basin_language_models_and_maps[] = {
    &random_model, &folder_model, &maps_model, NULL};

struct files {
    const char *path;
    int part;
};

static const struct basin_field files_fields[] = {
    BASIN_FIELD_FILES(struct files, path, NULL, "*.txt",
        "a folder, whose *.txt are the documents, or a file, whose paragraphs are"),
    BASIN_FIELD_CHOICE(struct files, part, "train|held_out", "held_out",
        "every tenth document is held out"),
    BASIN_FIELD_END,
};

static const struct basin_kind random_text = {.name = "random",
    .summary = "words drawn independently, each as likely as any other",
    .version = 1};
static const struct basin_kind files_text = {.name = "files",
    .summary = "plain text in UTF-8",
    .version = 1,
    .fields = files_fields,
    .size = sizeof(struct files)};

const struct basin_kind *const basin_language_texts[] = {&random_text, &files_text, NULL};

static const struct basin_field text_fields[] = {
    BASIN_FIELD_INT(struct basin_text_options, length, "128", 3, 1 << 15, "tokens",
        "length T of the sequences, [CLS] and [SEP] included"),
    BASIN_FIELD_INT(struct basin_text_options, sequences, "4", 1, 1e6, "1",
        "sequences of a replicate"),
    BASIN_FIELD_END,
};

const struct basin_kind basin_text_options = {.name = "text options",
    .summary = "what every text has",
    .version = 1,
    .fields = text_fields,
    .size = sizeof(struct basin_text_options)};

static void language_free(struct basin_language *self)
{
    basin_bert_free(&self->model);
    basin_tokenizer_free(&self->tokenizer);
    if (self->has_maps) {
        basin_maps_close(&self->maps);
    }
    for (size_t i = 0; i < self->n_texts; i++) {
        free(self->texts[i].path);
        basin_corpus_free(&self->texts[i].corpus);
    }
    free(self->texts);
}

void basin_languages_free(struct basin_languages *self)
{
    for (size_t i = 0; i < self->n; i++) {
        language_free(&self->language[i]);
    }
    free(self->language);
    *self = (struct basin_languages){0};
}

struct basin_language *basin_languages_find(
    const struct basin_languages *self, const struct basin_params *params)
{
    uint64_t identity = params->identity[BASIN_LANGUAGE_MODELS];
    for (size_t i = 0; i < self->n; i++) {
        if (self->language[i].identity == identity) {
            return &self->language[i];
        }
    }
    return NULL;
}

static int draw_model(
    struct basin_language *self, const struct random_model *own, struct basin_diag *diag)
{
    const struct basin_bert_shape shape = {.layers = (size_t)own->layers,
        .heads = (size_t)own->heads,
        .hidden = (size_t)own->hidden,
        .intermediate = 4 * (size_t)own->hidden,
        .vocab = (size_t)own->vocab,
        .positions = (size_t)own->positions,
        .types = 1,
        .norm_epsilon = 1e-12,
        .activation = BASIN_GELU,
        .masked_head = true,
        .tied = true};
    int ret = basin_bert_shape_check(&shape, "model random", diag);
    if (ret != 0) {
        return BASIN_ERR_CONFIG;
    }
    ret = basin_bert_init(&self->model, &shape, diag);
    return ret != 0 ? ret
                    : basin_bert_randomize(&self->model, own->deviation, own->sharpness,
                          basin_rng_key((uint64_t)own->draw, 0, BASIN_FOR_WEIGHTS), diag);
}

static int load_model(
    struct basin_language *self, const char *folder, struct basin_diag *diag)
{
    int ret = access(folder, F_OK) != 0
                  ? basin_fail(diag, BASIN_ERR_IO,
                        "there is no folder %s; `make model` trains build/model", folder)
                  : basin_bert_load(&self->model, folder, diag);
    ret = ret != 0 ? ret : basin_tokenizer_load(&self->tokenizer, folder, diag);
    if (ret == 0 && self->tokenizer.vocabulary.n > self->model.shape.vocab) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the vocabulary has %zu words, but the model only %zu", folder,
            self->tokenizer.vocabulary.n, self->model.shape.vocab);
    }
    return ret;
}

static int read_model(struct basin_language *self, const struct basin_params *params,
    struct basin_diag *diag)
{
    const struct basin_kind *kind = params->kind[BASIN_LANGUAGE_MODELS];
    const void *own = params->own[BASIN_LANGUAGE_MODELS];
    *self = (struct basin_language){.identity = params->identity[BASIN_LANGUAGE_MODELS]};
    if (kind == &random_model) {
        return draw_model(self, own, diag);
    }
    const char *path = ((const struct path *)own)->path;
    if (kind == &folder_model) {
        return load_model(self, path, diag);
    }
    int ret = basin_maps_open(&self->maps, path, diag);
    self->has_maps = ret == 0;
    return ret;
}

/* Finds the cell's model or reads it. */
static int find_model(struct basin_languages *self, const struct basin_params *params,
    struct basin_language **found, struct basin_diag *diag)
{
    *found = basin_languages_find(self, params);
    if (*found != NULL) {
        return 0;
    }
    struct basin_language *grown =
        realloc(self->language, (self->n + 1) * sizeof(*grown));
    if (grown == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->language = grown;
    *found = &grown[self->n++];
    return read_model(*found, params, diag);
}

static const struct basin_corpus *find_text(
    const struct basin_language *self, const char *path)
{
    for (size_t i = 0; i < self->n_texts; i++) {
        if (strcmp(self->texts[i].path, path) == 0) {
            return &self->texts[i].corpus;
        }
    }
    return NULL;
}

static int read_text(
    struct basin_language *self, const char *path, struct basin_diag *diag)
{
    if (self->tokenizer.vocabulary.n == 0) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "a random model has no vocabulary to read %s with; its text must be random",
            path);
    }
    struct basin_language_text *grown =
        realloc(self->texts, (self->n_texts + 1) * sizeof(*grown));
    if (grown == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->texts = grown;
    struct basin_language_text *text = &grown[self->n_texts];
    int ret = basin_corpus_read(&text->corpus, path, &self->tokenizer, diag);
    if (ret != 0) {
        return ret;
    }
    self->n_texts++;
    text->path = basin_str_copy(path);
    return text->path == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
}

int basin_languages_check(struct basin_languages *self, const struct basin_params *params,
    struct basin_diag *diag)
{
    const struct basin_text_options *options = params->common[BASIN_LANGUAGE_TEXT];
    struct basin_language *language;
    int ret = find_model(self, params, &language, diag);
    if (ret != 0 || language->has_maps) {
        return ret;
    }
    if ((size_t)options->length > language->model.shape.positions) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sequences of %ld tokens are longer than the model's %zu positions",
            options->length, language->model.shape.positions);
    }
    if (params->kind[BASIN_LANGUAGE_TEXT] != &files_text) {
        return 0;
    }
    const struct files *files = params->own[BASIN_LANGUAGE_TEXT];
    return find_text(language, files->path) == NULL
               ? read_text(language, files->path, diag)
               : 0;
}

size_t basin_language_layers(const struct basin_language *self)
{
    return self->has_maps ? self->maps.layers : self->model.shape.layers;
}

size_t basin_language_heads(const struct basin_language *self)
{
    return self->has_maps ? self->maps.heads : self->model.shape.heads;
}

int basin_language_check_head(
    const struct basin_language *self, long layer, long head, struct basin_diag *diag)
{
    size_t layers = basin_language_layers(self);
    size_t heads = basin_language_heads(self);
    if ((size_t)layer > layers) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "layer %ld is not among the model's %zu layers", layer, layers);
    }
    if ((size_t)head > heads) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "head %ld is not among the model's %zu heads of a layer", head, heads);
    }
    return 0;
}

static int cut_sequence(const struct basin_language *self, const struct basin_task *task,
    enum basin_part part, size_t i, int32_t *id, struct basin_diag *diag)
{
    const struct basin_text_options *options = task->params->common[BASIN_LANGUAGE_TEXT];
    const struct files *files = task->params->own[BASIN_LANGUAGE_TEXT];
    const struct basin_corpus *corpus = find_text(self, files->path);
    size_t length = (size_t)options->length;
    size_t n = basin_corpus_sequences(corpus, part, length);
    if (i >= n) {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "%s has only %zu sequences of %zu tokens %s, and number %zu is asked for",
            files->path, n, length, part == BASIN_TRAIN ? "to train on" : "held out",
            i + 1);
    }
    basin_corpus_sequence(corpus, part, length, i, &self->tokenizer, id);
    return 0;
}

/* Words but the mask, drawn from a stream of the text's own. */
static int draw_sequence(const struct basin_language *self, const struct basin_task *task,
    enum basin_purpose purpose, size_t i, int32_t *id, struct basin_diag *diag)
{
    const struct basin_text_options *options = task->params->common[BASIN_LANGUAGE_TEXT];
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    if (r == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for random numbers");
    }
    uint64_t key = basin_rng_key(task->seed, 0, purpose);
    basin_rng_start(r, key, basin_rng_sequence(task->replicate, (uint32_t)i));
    for (long t = 0; t < options->length; t++) {
        id[t] = (int32_t)(1 + gsl_rng_uniform_int(r, self->model.shape.vocab - 1));
    }
    gsl_rng_free(r);
    return 0;
}

int basin_language_sequence(const struct basin_language *self,
    const struct basin_task *task, size_t i, int32_t *id, struct basin_diag *diag)
{
    const struct basin_text_options *options = task->params->common[BASIN_LANGUAGE_TEXT];
    if (task->params->kind[BASIN_LANGUAGE_TEXT] != &files_text) {
        return draw_sequence(self, task, BASIN_FOR_PATTERNS, i, id, diag);
    }
    const struct files *files = task->params->own[BASIN_LANGUAGE_TEXT];
    return cut_sequence(self, task, (enum basin_part)files->part,
        task->replicate * (size_t)options->sequences + i, id, diag);
}

int basin_language_training_sequence(const struct basin_language *self,
    const struct basin_task *task, size_t i, int32_t *id, struct basin_diag *diag)
{
    return task->params->kind[BASIN_LANGUAGE_TEXT] == &files_text
               ? cut_sequence(self, task, BASIN_TRAIN, i, id, diag)
               : draw_sequence(self, task, BASIN_FOR_TRAINING, i, id, diag);
}

int32_t basin_language_mask(const struct basin_language *self)
{
    return self->tokenizer.vocabulary.n > 0 ? self->tokenizer.mask : RANDOM_MASK;
}
