/* BERT's tokenizer: words, then pieces of words. */
#include "transformer/tokenizer.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void basin_tokens_free(struct basin_tokens *self)
{
    free(self->id);
    *self = (struct basin_tokens){0};
}

static bool tokens_add(struct basin_tokens *self, int32_t id)
{
    if (self->n == self->capacity) {
        size_t capacity = self->capacity == 0 ? 256 : 2 * self->capacity;
        int32_t *grown = realloc(self->id, capacity * sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        self->id = grown;
        self->capacity = capacity;
    }
    self->id[self->n++] = id;
    return true;
}

static bool is_space(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return c == '\t' || c == '\n' || c == '\r' || category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

static bool is_dropped(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return c == 0 || c == 0xFFFD || category == UTF8PROC_CATEGORY_CC ||
           category == UTF8PROC_CATEGORY_CF;
}

/* All of ASCII that is no letter, digit or space counts, as "$" and "^". */
static bool is_punctuation(int32_t c)
{
    if (c < 128) {
        return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) ||
               (c >= 123 && c <= 126);
    }
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

static bool is_chinese(int32_t c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
           (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

/* The text without control characters, with plain spaces, as valid UTF-8. */
static void clean(const struct basin_tokenizer *self, const char *text, size_t length,
    struct basin_str *out)
{
    for (size_t at = 0; at < length;) {
        int32_t c;
        const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text + at;
        utf8proc_ssize_t size =
            utf8proc_iterate(bytes, (utf8proc_ssize_t)(length - at), &c);
        if (size <= 0) {
            at++;
            continue;
        }
        if (is_space(c)) {
            basin_str_add_bytes(out, " ", 1);
        } else if (self->chinese && is_chinese(c)) {
            basin_str_add_bytes(out, " ", 1);
            basin_str_add_bytes(out, text + at, (size_t)size);
            basin_str_add_bytes(out, " ", 1);
        } else if (!is_dropped(c)) {
            basin_str_add_bytes(out, text + at, (size_t)size);
        }
        at += (size_t)size;
    }
}

/* The word under construction, in UTF-8. */
struct word {
    const struct basin_tokenizer *tokenizer;
    basin_word_found *found;
    void *context;
    struct basin_str text;
    size_t characters;
};

static bool word_end(struct word *self)
{
    bool fits = !self->text.failed && self->found(self->context, self->text.text,
                                          self->text.length, self->characters);
    self->text.length = 0;
    self->characters = 0;
    return fits;
}

static bool word_add(struct word *self, int32_t c)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t size = utf8proc_encode_char(c, bytes);
    basin_str_add_bytes(&self->text, (const char *)bytes, (size_t)size);
    self->characters++;
    return !self->text.failed;
}

static bool add_words(struct word *word, const int32_t *text, size_t n)
{
    bool fits = true;
    for (size_t i = 0; fits && i < n; i++) {
        int32_t c = text[i];
        bool alone = is_punctuation(c);
        if ((c == ' ' || alone) && word->text.length > 0) {
            fits = word_end(word);
        }
        if (fits && c != ' ' &&
            !(word->tokenizer->strip && utf8proc_category(c) == UTF8PROC_CATEGORY_MN)) {
            fits = word_add(word, c) && (!alone || word_end(word));
        }
    }
    return fits && (word->text.length == 0 || word_end(word));
}

static int32_t to_lower(int32_t c, void *unused)
{
    (void)unused;
    return utf8proc_tolower(c);
}

/* The characters of valid UTF-8, decomposed where accents are stripped. */
static utf8proc_ssize_t characters_of(
    const struct basin_tokenizer *self, const struct basin_str *text, int32_t **out)
{
    utf8proc_option_t options =
        self->strip ? UTF8PROC_STABLE | UTF8PROC_DECOMPOSE : UTF8PROC_STABLE;
    utf8proc_custom_func custom = self->lower ? to_lower : NULL;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text->text;
    utf8proc_ssize_t length = (utf8proc_ssize_t)text->length;
    utf8proc_ssize_t n =
        utf8proc_decompose_custom(bytes, length, NULL, 0, options, custom, NULL);
    *out = n < 0 ? NULL : malloc(((size_t)n + 1) * sizeof(**out));
    return *out == NULL
               ? -1
               : utf8proc_decompose_custom(bytes, length, *out, n, options, custom, NULL);
}

int basin_tokenizer_split(const struct basin_tokenizer *self, const char *text,
    size_t length, basin_word_found *found, void *context, struct basin_diag *diag)
{
    struct basin_str cleaned = {0};
    struct word word = {.tokenizer = self, .found = found, .context = context};
    int32_t *characters = NULL;
    bool fits = true;
    clean(self, text, length, &cleaned);
    if (cleaned.length > 0) {
        utf8proc_ssize_t n =
            cleaned.failed ? -1 : characters_of(self, &cleaned, &characters);
        fits = n >= 0 && add_words(&word, characters, (size_t)n);
    }
    fits = fits && !cleaned.failed;
    free(characters);
    basin_str_free(&cleaned);
    basin_str_free(&word.text);
    return fits ? 0
                : basin_fail(diag, BASIN_ERR_NOMEM,
                      "no memory for the words of %zu bytes of text", length);
}

/* Where the pieces of words go. */
struct pieces {
    const struct basin_tokenizer *tokenizer;
    struct basin_tokens *tokens;
};

/* The longest word of the vocabulary that is "##" (if not first) and a part of the word
 * from `from` on; its number or -1, and where it ends. */
static int32_t longest_piece(const struct basin_vocabulary *vocabulary, const char *word,
    size_t length, size_t from, size_t *end)
{
    char buffer[2 + 1024] = "##";
    size_t lead = from == 0 ? 0 : 2;
    size_t most = length - from;
    most = most < sizeof(buffer) - 2 ? most : sizeof(buffer) - 2;
    most = most < vocabulary->longest ? most : vocabulary->longest;
    memcpy(buffer + lead, word + from, most);
    for (size_t n = most; n > 0; n--) {
        int32_t id = basin_vocabulary_find(vocabulary, buffer, lead + n);
        if (id >= 0) {
            *end = from + n;
            return id;
        }
    }
    return -1;
}

static bool cut(void *context, const char *word, size_t length, size_t characters)
{
    const struct pieces *self = context;
    struct basin_tokens *tokens = self->tokens;
    size_t before = tokens->n;
    bool known = characters <= self->tokenizer->word_most;
    bool fits = true;
    for (size_t at = 0; fits && known && at < length;) {
        int32_t id = longest_piece(&self->tokenizer->vocabulary, word, length, at, &at);
        known = id >= 0;
        fits = !known || tokens_add(tokens, id);
    }
    if (!known) {
        tokens->n = before;
        fits = tokens_add(tokens, self->tokenizer->unknown);
    }
    return fits;
}

int basin_tokenizer_encode(const struct basin_tokenizer *self, const char *text,
    size_t length, struct basin_tokens *tokens, struct basin_diag *diag)
{
    struct pieces pieces = {.tokenizer = self, .tokens = tokens};
    return basin_tokenizer_split(self, text, length, cut, &pieces, diag);
}
