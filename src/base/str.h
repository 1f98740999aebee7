/* Text: a growing string and the nearest spelling of a word. */
#ifndef BASIN_BASE_STR_H
#define BASIN_BASE_STR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A growing, always terminated string. Start it as {0}; free it with basin_str_free.
 * After a failed allocation `failed` stays true and further additions do nothing, so
 * that a long composition is checked once, at its end. */
struct basin_str {
    char *text; /* owned; NULL until the first addition */
    size_t length;
    size_t capacity;
    bool failed;
};

void basin_str_free(struct basin_str *self);
void basin_str_add(struct basin_str *self, const char *format, ...) BASIN_PRINTF(2, 3);
void basin_str_add_bytes(struct basin_str *self, const char *bytes, size_t length);

/* The shortest decimal text that reads back as exactly this double ("0.1", "1e-09",
 * "nan", "inf"), independent of the locale. buffer holds at least 32 bytes; returned. */
char *basin_str_of_double(double value, char buffer[32]);

/* Number of single-character insertions, deletions, replacements and swaps of
 * neighbours between two words (optimal string alignment distance). */
size_t basin_str_distance(const char *a, const char *b);

/* The word nearest to the misspelt one, or NULL if none is near enough to be meant
 * (more than a third of its letters, at least two, would have to change). */
const char *basin_str_nearest(const char *word, const char *const *words, size_t n);

/* A copy owned by the caller; NULL when memory is out. */
char *basin_str_copy(const char *text);

#endif
