/* A text as tokens: a file, or the files of a folder. */
#include "transformer/corpus.h"

#include "base/str.h"
#include "transformer/mapped.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EVERY = 10 }; /* one document of so many is held out */

struct walk {
    basin_document_found *found;
    void *context;
    size_t documents;
};

static int add_document(
    struct walk *self, const char *text, size_t length, struct basin_diag *diag)
{
    self->documents++;
    enum basin_part part = self->documents % EVERY == 0 ? BASIN_HELD_OUT : BASIN_TRAIN;
    return self->found(self->context, part, text, length, diag);
}

/* Where the paragraph that begins at text ends: at two line ends in a row, or at the end.
 */
static const char *paragraph_end(const char *text, const char *end)
{
    while (text < end) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        if (line == NULL) {
            return end;
        }
        text = line + 1;
        if (text < end && (*text == '\n' || *text == '\r')) {
            return line;
        }
    }
    return end;
}

static int read_paragraphs(struct walk *self, const char *path, struct basin_diag *diag)
{
    struct basin_mapped file;
    int ret = basin_mapped_open(&file, path, diag);
    const char *text = file.bytes;
    const char *end = text == NULL ? NULL : text + file.size;
    while (ret == 0 && text < end) {
        const char *stop = paragraph_end(text, end);
        if (stop > text) {
            ret = add_document(self, text, (size_t)(stop - text), diag);
        }
        text = stop;
        while (text < end && (*text == '\n' || *text == '\r')) {
            text++;
        }
    }
    basin_mapped_close(&file);
    return ret;
}

static int read_file(struct walk *self, const char *path, struct basin_diag *diag)
{
    struct basin_mapped file;
    int ret = basin_mapped_open(&file, path, diag);
    if (ret == 0) {
        ret = add_document(self, file.bytes, file.size, diag);
    }
    basin_mapped_close(&file);
    return ret;
}

static int is_text(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 &&
           strcmp(entry->d_name + length - 4, ".txt") == 0;
}

/* scandir's alphasort follows the locale; files are sorted by bytes. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct walk *self, const char *path, struct basin_diag *diag)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, is_text, by_bytes);
    int ret = n < 0 ? basin_fail(diag, BASIN_ERR_IO, "cannot read folder %s: %s", path,
                          strerror(errno))
                    : 0;
    for (int i = 0; i < n; i++) {
        struct basin_str name = {0};
        basin_str_add(&name, "%s/%s", path, entries[i]->d_name);
        if (ret == 0) {
            ret = name.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                              : read_file(self, name.text, diag);
        }
        basin_str_free(&name);
        free(entries[i]);
    }
    free(entries);
    if (ret == 0 && n == 0) {
        ret = basin_fail(diag, BASIN_ERR_IO, "folder %s has no files *.txt", path);
    }
    return ret;
}

int basin_corpus_walk(const char *path, basin_document_found *found, void *context,
    size_t *documents, struct basin_diag *diag)
{
    struct stat status;
    struct walk walk = {.found = found, .context = context};
    bool folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    int ret =
        folder ? read_folder(&walk, path, diag) : read_paragraphs(&walk, path, diag);
    *documents = walk.documents;
    return ret;
}

/* Where the tokens of documents go. */
struct reading {
    struct basin_corpus *corpus;
    const struct basin_tokenizer *tokenizer;
};

static int encode(void *context, enum basin_part part, const char *text, size_t length,
    struct basin_diag *diag)
{
    const struct reading *self = context;
    return basin_tokenizer_encode(
        self->tokenizer, text, length, &self->corpus->part[part], diag);
}

int basin_corpus_read(struct basin_corpus *self, const char *path,
    const struct basin_tokenizer *tokenizer, struct basin_diag *diag)
{
    struct reading reading = {self, tokenizer};
    *self = (struct basin_corpus){0};
    int ret = basin_corpus_walk(path, encode, &reading, &self->documents, diag);
    if (ret != 0) {
        basin_corpus_free(self);
    }
    return ret;
}

void basin_corpus_free(struct basin_corpus *self)
{
    for (size_t i = 0; i < BASIN_PARTS; i++) {
        basin_tokens_free(&self->part[i]);
    }
}

size_t basin_corpus_sequences(
    const struct basin_corpus *self, enum basin_part part, size_t length)
{
    return self->part[part].n / (length - 2);
}

void basin_corpus_sequence(const struct basin_corpus *self, enum basin_part part,
    size_t length, size_t i, const struct basin_tokenizer *tokenizer, int32_t *out)
{
    out[0] = tokenizer->cls;
    memcpy(out + 1, self->part[part].id + i * (length - 2), (length - 2) * sizeof(*out));
    out[length - 1] = tokenizer->sep;
}
