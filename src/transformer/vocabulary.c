/* A vocabulary: words and their numbers, found by hashing. */
#include "transformer/vocabulary.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 1 << 24 };

/* FNV-1a */
static size_t hash_of(const char *word, size_t length)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)word[i]) * 1099511628211U;
    }
    return (size_t)(hash ^ hash >> 32);
}

/* The slot that holds the word, or the free one where it belongs. */
static size_t slot_of(
    const struct basin_vocabulary *self, const char *word, size_t length)
{
    size_t at = hash_of(word, length) & (self->slots - 1);
    while (self->slot[at] >= 0) {
        const char *there = self->word[self->slot[at]];
        if (strncmp(there, word, length) == 0 && there[length] == '\0') {
            break;
        }
        at = (at + 1) & (self->slots - 1);
    }
    return at;
}

static int fill_slots(
    struct basin_vocabulary *self, const char *name, struct basin_diag *diag)
{
    for (size_t i = 0; i < self->slots; i++) {
        self->slot[i] = -1;
    }
    for (size_t i = 0; i < self->n; i++) {
        if (self->word[i] == NULL) {
            continue;
        }
        size_t length = strlen(self->word[i]);
        size_t at = slot_of(self, self->word[i], length);
        if (self->slot[at] >= 0) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the word \"%.64s\" stands there twice, as %d and %zu", name,
                self->word[i], self->slot[at], i);
        }
        self->slot[at] = (int32_t)i;
        self->longest = length > self->longest ? length : self->longest;
    }
    return 0;
}

int basin_vocabulary_take(struct basin_vocabulary *self, const char *name, char **words,
    size_t n, struct basin_diag *diag)
{
    *self = (struct basin_vocabulary){.n = n, .word = words, .slots = 16};
    while (self->slots < 2 * n) {
        self->slots *= 2;
    }
    self->slot = malloc(self->slots * sizeof(*self->slot));
    int ret = self->slot == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu words", n)
                  : fill_slots(self, name, diag);
    if (ret != 0) {
        basin_vocabulary_free(self);
    }
    return ret;
}

/* Copies the lines into words[0..n). */
static bool copy_lines(const char *text, size_t length, char **words, size_t n)
{
    const char *end = text + length;
    for (size_t i = 0; i < n; i++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop == NULL ? end : stop;
        size_t size = (size_t)(stop - text);
        size -= size > 0 && text[size - 1] == '\r';
        words[i] = strndup(text, size);
        if (words[i] == NULL) {
            return false;
        }
        text = stop + 1;
    }
    return true;
}

int basin_vocabulary_lines(struct basin_vocabulary *self, const char *name,
    const char *text, size_t length, struct basin_diag *diag)
{
    size_t n = length > 0 && text[length - 1] != '\n';
    *self = (struct basin_vocabulary){0};
    for (size_t i = 0; i < length; i++) {
        n += text[i] == '\n';
    }
    if (n == 0 || n > WORDS_MOST) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: a vocabulary of %zu words", name, n);
    }
    if (memchr(text, '\0', length) != NULL) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: not a text: it holds a byte 0", name);
    }
    char **words = calloc(n, sizeof(*words));
    if (words == NULL || !copy_lines(text, length, words, n)) {
        *self = (struct basin_vocabulary){.n = words == NULL ? 0 : n, .word = words};
        basin_vocabulary_free(self);
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu words", n);
    }
    return basin_vocabulary_take(self, name, words, n, diag);
}

void basin_vocabulary_free(struct basin_vocabulary *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->word[i]);
    }
    free(self->word);
    free(self->slot);
    *self = (struct basin_vocabulary){0};
}

int32_t basin_vocabulary_find(
    const struct basin_vocabulary *self, const char *word, size_t length)
{
    return self->slots == 0 || length > self->longest
               ? -1
               : self->slot[slot_of(self, word, length)];
}
