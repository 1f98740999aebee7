/* Texts that models learn from, each read once. */
#include "experiments/texts.h"

#include "base/str.h"
#include "transformer/source.h"
#include "transformer/wordpiece.h"

#include <stdlib.h>
#include <string.h>

static void text_free(struct basin_text *self)
{
    free(self->path);
    basin_tokenizer_free(&self->tokenizer);
    basin_corpus_free(&self->corpus);
}

void basin_texts_free(struct basin_texts *self)
{
    for (size_t i = 0; i < self->n; i++) {
        text_free(&self->text[i]);
    }
    free(self->text);
    *self = (struct basin_texts){0};
}

const struct basin_text *basin_texts_find(
    const struct basin_texts *self, const char *path, size_t vocab)
{
    for (size_t i = 0; i < self->n; i++) {
        if (self->text[i].vocab == vocab && strcmp(self->text[i].path, path) == 0) {
            return &self->text[i];
        }
    }
    return NULL;
}

static int read_text(struct basin_text *self, struct basin_diag *diag)
{
    struct basin_str lines = {0};
    int ret = basin_wordpiece_learn(self->path, self->vocab, &lines, diag);
    if (ret == 0 && lines.failed) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    ret = ret != 0 ? ret
                   : basin_tokenizer_lines(&self->tokenizer, self->path, lines.text,
                         lines.length, true, diag);
    ret = ret != 0 ? ret
                   : basin_corpus_read(&self->corpus, self->path, &self->tokenizer, diag);
    ret = ret != 0 ? ret
                   : basin_text_entropy(&self->corpus, BASIN_HELD_OUT,
                         self->tokenizer.vocabulary.n, &self->entropy, diag);
    basin_str_free(&lines);
    return ret != 0 ? basin_fail_in(diag, ret, "%s", self->path) : 0;
}

int basin_texts_read(
    struct basin_texts *self, const char *path, size_t vocab, struct basin_diag *diag)
{
    if (basin_texts_find(self, path, vocab) != NULL) {
        return 0;
    }
    struct basin_text *grown = realloc(self->text, (self->n + 1) * sizeof(*grown));
    if (grown == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->text = grown;
    struct basin_text *text = &grown[self->n];
    *text = (struct basin_text){.path = basin_str_copy(path), .vocab = vocab};
    int ret = text->path == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                                 : read_text(text, diag);
    if (ret != 0) {
        text_free(text);
        return ret;
    }
    self->n++;
    return 0;
}
