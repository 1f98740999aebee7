/* Any bytes as a tokenizer.json, as a vocab.txt, and as a text to be cut into tokens. */
#include "transformer/tokenizer.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char words[] =
    "[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nabc\n\xc3\xa9\n##\xe4\n";

static void encode(struct basin_tokenizer *self, const char *text, size_t size)
{
    struct basin_tokens tokens = {0};
    struct basin_diag diag = {{0}};
    if (basin_tokenizer_encode(self, text, size, &tokens, &diag) != 0) {
        __builtin_trap();
    }
    for (size_t i = 0; i < tokens.n; i++) {
        if (tokens.id[i] < 0 || (size_t)tokens.id[i] >= self->vocabulary.n) {
            __builtin_trap();
        }
    }
    basin_tokens_free(&tokens);
    basin_tokenizer_free(self);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct basin_tokenizer tokenizer;
    struct basin_diag diag = {{0}};
    const char *text = (const char *)bytes;
    if (basin_tokenizer_parse(&tokenizer, "json", text, size, &diag) == 0) {
        encode(&tokenizer, text, size);
    } else if (diag.text[0] == '\0') {
        __builtin_trap();
    }
    diag.text[0] = '\0';
    if (basin_tokenizer_lines(&tokenizer, "lines", text, size, true, &diag) == 0) {
        encode(&tokenizer, text, size);
    } else if (diag.text[0] == '\0') {
        __builtin_trap();
    }
    for (int lower = 0; lower < 2; lower++) {
        if (basin_tokenizer_lines(
                &tokenizer, "words", words, strlen(words), lower == 1, &diag) == 0) {
            encode(&tokenizer, text, size);
        }
    }
    return 0;
}
