/* Learning a WordPiece vocabulary: the most frequent pair becomes a piece. */
#include "transformer/wordpiece.h"

#include "transformer/corpus.h"
#include "transformer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* A word of the text, as pieces. */
struct entry {
    const char *text;
    size_t count;
    size_t first, n; /* pieces */
};

/* How often two pieces are neighbours; left < 0: a free slot. */
struct pair {
    int32_t left, right;
    size_t count;
};

struct learner {
    struct basin_tokenizer tokenizer; /* splits; has no words */
    struct basin_str text;            /* all words, each with a final 0 */
    size_t n_text;
    size_t n_entries;
    struct entry *entry; /* owned, sorted by text */
    int32_t *symbol;     /* owned: pieces of all entries */
    size_t size, n;      /* of the vocabulary: wanted, so far */
    char **piece;        /* owned */
    size_t slots;        /* a power of two */
    struct pair *pair;   /* owned: a hash table */
};

static const char *const special[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
enum { SPECIAL = sizeof(special) / sizeof(special[0]) };

static void learner_free(struct learner *self)
{
    for (size_t i = 0; self->piece != NULL && i < self->n; i++) {
        free(self->piece[i]);
    }
    free(self->piece);
    free(self->entry);
    free(self->symbol);
    free(self->pair);
    basin_str_free(&self->text);
}

/* ---- Words ---------------------------------------------------------------------- */

static bool add_word(void *context, const char *word, size_t length, size_t characters)
{
    struct learner *self = context;
    if (characters <= self->tokenizer.word_most) {
        basin_str_add_bytes(&self->text, word, length);
        basin_str_add_bytes(&self->text, "", 1);
        self->n_text++;
    }
    return !self->text.failed;
}

static int add_document(void *context, enum basin_part part, const char *text,
    size_t length, struct basin_diag *diag)
{
    struct learner *self = context;
    return part != BASIN_TRAIN ? 0
                               : basin_tokenizer_split(&self->tokenizer, text, length,
                                     add_word, self, diag);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->text, ((const struct entry *)b)->text);
}

/* Different words in the order of their bytes, and how often each occurs. */
static bool count_words(struct learner *self)
{
    self->entry = malloc((self->n_text + 1) * sizeof(*self->entry));
    if (self->entry == NULL) {
        return false;
    }
    const char *at = self->text.text;
    for (size_t i = 0; i < self->n_text; i++, at += strlen(at) + 1) {
        self->entry[i] = (struct entry){.text = at, .count = 1};
    }
    qsort(self->entry, self->n_text, sizeof(*self->entry), by_text);
    for (size_t i = 0; i < self->n_text; i++) {
        struct entry *last = &self->entry[self->n_entries];
        if (self->n_entries > 0 && strcmp(last[-1].text, self->entry[i].text) == 0) {
            last[-1].count++;
        } else {
            *last = self->entry[i];
            self->n_entries++;
        }
    }
    return true;
}

/* ---- Pieces --------------------------------------------------------------------- */

/* The number of a piece "##" + text (or the text alone if it begins a word), which is
 * made if it is new; -1 without memory or room. */
static int32_t piece_of(struct learner *self, bool begins, const char *text, size_t n)
{
    struct basin_str name = {0};
    basin_str_add(&name, "%s%.*s", begins ? "" : "##", (int)n, text);
    int32_t found = -1;
    for (size_t i = SPECIAL; found < 0 && !name.failed && i < self->n; i++) {
        const char *known = self->piece[i];
        found = known != NULL && strcmp(known, name.text) == 0 ? (int32_t)i : -1;
    }
    if (found < 0 && !name.failed && self->n < self->size) {
        found = (int32_t)self->n;
        self->piece[self->n++] = name.text;
        return found;
    }
    basin_str_free(&name);
    return found;
}

static size_t character_size(const char *text)
{
    size_t n = 1;
    while (((unsigned char)text[n] & 0xc0) == 0x80) {
        n++;
    }
    return n;
}

/* Cuts all words into characters. */
static int cut_words(struct learner *self, struct basin_diag *diag)
{
    size_t total = 0;
    for (size_t i = 0; i < self->n_entries; i++) {
        total += strlen(self->entry[i].text);
    }
    self->slots = 64;
    while (self->slots < 2 * total) {
        self->slots *= 2;
    }
    self->piece = calloc(self->size, sizeof(*self->piece));
    self->symbol = malloc((total + 1) * sizeof(*self->symbol));
    self->pair = malloc(self->slots * sizeof(*self->pair));
    if (self->piece == NULL || self->symbol == NULL || self->pair == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory to learn a vocabulary");
    }
    for (; self->n < SPECIAL; self->n++) {
        self->piece[self->n] = basin_str_copy(special[self->n]);
        if (self->piece[self->n] == NULL) {
            return basin_fail(diag, BASIN_ERR_NOMEM, "no memory to learn a vocabulary");
        }
    }
    size_t used = 0;
    for (size_t i = 0; i < self->n_entries; i++) {
        struct entry *entry = &self->entry[i];
        entry->first = used;
        for (const char *at = entry->text; *at != '\0'; at += character_size(at)) {
            self->symbol[used] =
                piece_of(self, at == entry->text, at, character_size(at));
            if (self->symbol[used++] < 0) {
                return basin_fail(diag, BASIN_ERR_CONFIG,
                    "a vocabulary of %zu words does not hold the text's characters",
                    self->size);
            }
        }
        entry->n = used - entry->first;
    }
    return 0;
}

/* ---- Pairs ---------------------------------------------------------------------- */

static struct pair *slot_of(const struct learner *self, int32_t left, int32_t right)
{
    uint64_t hash =
        ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9E3779B97F4A7C15U;
    size_t at = (size_t)(hash >> 32) & (self->slots - 1);
    while (self->pair[at].left >= 0 &&
           (self->pair[at].left != left || self->pair[at].right != right)) {
        at = (at + 1) & (self->slots - 1);
    }
    return &self->pair[at];
}

/* The most frequent pair, the oldest of equals; count 0 if there is none. */
static struct pair best_pair(struct learner *self)
{
    for (size_t i = 0; i < self->slots; i++) {
        self->pair[i] = (struct pair){-1, -1, 0};
    }
    for (size_t i = 0; i < self->n_entries; i++) {
        const struct entry *entry = &self->entry[i];
        for (size_t j = entry->first; j + 1 < entry->first + entry->n; j++) {
            struct pair *pair = slot_of(self, self->symbol[j], self->symbol[j + 1]);
            *pair = (struct pair){
                self->symbol[j], self->symbol[j + 1], pair->count + entry->count};
        }
    }
    struct pair best = {-1, -1, 0};
    for (size_t i = 0; i < self->slots; i++) {
        const struct pair *pair = &self->pair[i];
        bool older = pair->left < best.left ||
                     (pair->left == best.left && pair->right < best.right);
        if (pair->count > best.count || (pair->count == best.count && older)) {
            best = *pair;
        }
    }
    return best;
}

static bool merge(struct learner *self, const struct pair *pair)
{
    struct basin_str text = {0};
    const char *left = self->piece[pair->left];
    bool begins = strncmp(left, "##", 2) != 0; /* "#" is punctuation: alone */
    basin_str_add(&text, "%s%s", begins ? left : left + 2, self->piece[pair->right] + 2);
    int32_t both = text.failed ? -1 : piece_of(self, begins, text.text, text.length);
    basin_str_free(&text);
    for (size_t i = 0; both >= 0 && i < self->n_entries; i++) {
        struct entry *entry = &self->entry[i];
        int32_t *symbol = self->symbol + entry->first;
        size_t n = 0;
        for (size_t j = 0; j < entry->n; n++) {
            bool here = j + 1 < entry->n && symbol[j] == pair->left &&
                        symbol[j + 1] == pair->right;
            symbol[n] = here ? both : symbol[j];
            j += here ? 2 : 1;
        }
        entry->n = n;
    }
    return both >= 0;
}

int basin_wordpiece_learn(
    const char *path, size_t size, struct basin_str *lines, struct basin_diag *diag)
{
    size_t documents;
    struct learner self = {.size = size,
        .tokenizer = {.lower = true, .strip = true, .chinese = true, .word_most = 100}};
    int ret = size < SPECIAL
                  ? basin_fail(diag, BASIN_ERR_CONFIG,
                        "a vocabulary of %zu words does not hold the special ones", size)
                  : basin_corpus_walk(path, add_document, &self, &documents, diag);
    if (ret == 0 && !count_words(&self)) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory to learn a vocabulary");
    }
    ret = ret != 0 ? ret : cut_words(&self, diag);
    while (ret == 0 && self.n < size) {
        struct pair pair = best_pair(&self);
        if (pair.count == 0) {
            break;
        }
        if (!merge(&self, &pair)) {
            ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory to learn a vocabulary");
        }
    }
    for (size_t i = 0; ret == 0 && i < self.n; i++) {
        basin_str_add(lines, "%s\n", self.piece[i]);
    }
    learner_free(&self);
    return ret;
}
