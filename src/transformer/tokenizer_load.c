/* Reading a tokenizer: tokenizer.json, or vocab.txt with tokenizer_config.json. */
#include "transformer/tokenizer.h"

#include "base/str.h"
#include "transformer/json.h"
#include "transformer/mapped.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD_MOST = 100, WORDS_MOST = 1 << 24 };

static int find_special(struct basin_tokenizer *self, const char *name,
    const char *unknown, struct basin_diag *diag)
{
    const struct {
        const char *word;
        int32_t *id;
    } special[] = {{unknown, &self->unknown}, {"[CLS]", &self->cls},
        {"[SEP]", &self->sep}, {"[MASK]", &self->mask}};
    for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
        *special[i].id = basin_vocabulary_find(
            &self->vocabulary, special[i].word, strlen(special[i].word));
        if (*special[i].id < 0) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the vocabulary has no word \"%.32s\"", name, special[i].word);
        }
    }
    return 0;
}

int basin_tokenizer_lines(struct basin_tokenizer *self, const char *name,
    const char *text, size_t length, bool lower, struct basin_diag *diag)
{
    *self = (struct basin_tokenizer){
        .lower = lower, .strip = lower, .chinese = true, .word_most = WORD_MOST};
    int ret = basin_vocabulary_lines(&self->vocabulary, name, text, length, diag);
    if (ret == 0) {
        ret = find_special(self, name, "[UNK]", diag);
    }
    if (ret != 0) {
        basin_tokenizer_free(self);
    }
    return ret;
}

/* "vocab": {"word": number, ...} */
static int read_words(struct basin_vocabulary *self, const char *name, const cJSON *vocab,
    struct basin_diag *diag)
{
    size_t n = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, vocab)
    {
        size_t id;
        if (!basin_json_whole(entry, &id) || id >= WORDS_MOST) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the word \"%.64s\" has no whole number below %d", name,
                entry->string, WORDS_MOST);
        }
        n = id + 1 > n ? id + 1 : n;
    }
    char **words = calloc(n + 1, sizeof(*words));
    int ret = words == NULL ? BASIN_ERR_NOMEM : 0;
    cJSON_ArrayForEach(entry, vocab)
    {
        char **word = ret == 0 ? &words[(size_t)entry->valuedouble] : NULL;
        if (word != NULL && *word != NULL) {
            ret = basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the words \"%.64s\" and \"%.64s\" have one number", name, *word,
                entry->string);
        } else if (word != NULL) {
            *word = strdup(entry->string);
            ret = *word == NULL ? BASIN_ERR_NOMEM : 0;
        }
    }
    if (ret == 0) {
        return basin_vocabulary_take(self, name, words, n, diag);
    }
    *self = (struct basin_vocabulary){.n = words == NULL ? 0 : n, .word = words};
    basin_vocabulary_free(self);
    return ret != BASIN_ERR_NOMEM
               ? ret
               : basin_fail(diag, ret, "no memory for a vocabulary of %zu words", n);
}

/* "normalizer": BertNormalizer; strip_accents is as lowercase where it is null. */
static int read_normalizer(struct basin_tokenizer *self, const char *name,
    const cJSON *normalizer, struct basin_diag *diag)
{
    const char *type = "";
    bool clean = true;
    int ret = basin_json_text(name, normalizer, "type", &type, diag);
    if (ret == 0 && strcmp(type, "BertNormalizer") != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the normalizer is of type \"%.32s\"; only \"BertNormalizer\" can be "
            "read",
            name, type);
    }
    ret = ret != 0 ? ret
                   : basin_json_bool(name, normalizer, "lowercase", &self->lower, diag);
    self->strip = self->lower;
    ret = ret != 0
              ? ret
              : basin_json_bool(name, normalizer, "strip_accents", &self->strip, diag);
    ret = ret != 0 ? ret
                   : basin_json_bool(
                         name, normalizer, "handle_chinese_chars", &self->chinese, diag);
    ret = ret != 0 ? ret : basin_json_bool(name, normalizer, "clean_text", &clean, diag);
    if (ret == 0 && !clean) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: \"clean_text\" is false; only texts that are cleaned can be read", name);
    }
    return ret;
}

static int read_model(struct basin_tokenizer *self, const char *name, const cJSON *model,
    struct basin_diag *diag)
{
    const char *type = "";
    const char *prefix = "##";
    const char *unknown = "[UNK]";
    int ret = basin_json_text(name, model, "type", &type, diag);
    if (ret == 0 && strcmp(type, "WordPiece") != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the model is of type \"%.32s\"; only \"WordPiece\" can be read", name,
            type);
    }
    ret = ret != 0
              ? ret
              : basin_json_text(name, model, "continuing_subword_prefix", &prefix, diag);
    if (ret == 0 && strcmp(prefix, "##") != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: pieces are marked by \"%.32s\"; only \"##\" can be read", name, prefix);
    }
    ret = ret != 0 ? ret : basin_json_text(name, model, "unk_token", &unknown, diag);
    ret = ret != 0 ? ret
                   : basin_json_size(
                         name, model, "max_input_chars_per_word", &self->word_most, diag);
    const cJSON *vocab = cJSON_GetObjectItemCaseSensitive(model, "vocab");
    if (ret == 0 && !cJSON_IsObject(vocab)) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT, "%s: there is no \"vocab\"", name);
    }
    ret = ret != 0 ? ret : read_words(&self->vocabulary, name, vocab, diag);
    return ret != 0 ? ret : find_special(self, name, unknown, diag);
}

int basin_tokenizer_parse(struct basin_tokenizer *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag)
{
    cJSON *root;
    *self =
        (struct basin_tokenizer){.lower = true, .chinese = true, .word_most = WORD_MOST};
    int ret = basin_json_parse(name, text, length, &root, diag);
    ret = ret != 0 ? ret
                   : read_normalizer(self, name,
                         cJSON_GetObjectItemCaseSensitive(root, "normalizer"), diag);
    ret = ret != 0 ? ret
                   : read_model(self, name,
                         cJSON_GetObjectItemCaseSensitive(root, "model"), diag);
    cJSON_Delete(root);
    if (ret != 0) {
        basin_tokenizer_free(self);
    }
    return ret;
}

/* do_lower_case of tokenizer_config.json; a folder need not have that file. */
static int read_lower(const char *folder, bool *lower, struct basin_diag *diag)
{
    struct basin_str path = {0};
    cJSON *root = NULL;
    *lower = true;
    basin_str_add(&path, "%s/tokenizer_config.json", folder);
    int ret = path.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
    if (ret == 0 && access(path.text, F_OK) == 0) {
        ret = basin_json_read(path.text, &root, diag);
        ret = ret != 0 ? ret
                       : basin_json_bool(path.text, root, "do_lower_case", lower, diag);
    }
    cJSON_Delete(root);
    basin_str_free(&path);
    return ret;
}

int basin_tokenizer_load(
    struct basin_tokenizer *self, const char *folder, struct basin_diag *diag)
{
    struct basin_str json = {0};
    struct basin_str lines = {0};
    struct basin_mapped file = {0};
    bool lower;
    *self = (struct basin_tokenizer){0};
    basin_str_add(&json, "%s/tokenizer.json", folder);
    basin_str_add(&lines, "%s/vocab.txt", folder);
    int ret = json.failed || lines.failed
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    if (ret == 0 && access(json.text, F_OK) == 0) {
        ret = basin_mapped_open(&file, json.text, diag);
        ret = ret != 0
                  ? ret
                  : basin_tokenizer_parse(self, json.text, file.bytes, file.size, diag);
    } else if (ret == 0 && access(lines.text, F_OK) != 0) {
        ret = basin_fail(diag, BASIN_ERR_IO,
            "%s has no vocabulary: neither tokenizer.json nor vocab.txt", folder);
    } else if (ret == 0) {
        ret = read_lower(folder, &lower, diag);
        ret = ret != 0 ? ret : basin_mapped_open(&file, lines.text, diag);
        ret = ret != 0 ? ret
                       : basin_tokenizer_lines(
                             self, lines.text, file.bytes, file.size, lower, diag);
    }
    basin_mapped_close(&file);
    basin_str_free(&json);
    basin_str_free(&lines);
    return ret;
}

void basin_tokenizer_free(struct basin_tokenizer *self)
{
    basin_vocabulary_free(&self->vocabulary);
}
