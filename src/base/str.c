/* Text: a growing string and the nearest spelling of a word. */
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void basin_str_free(struct basin_str *self)
{
    free(self->text);
    *self = (struct basin_str){0};
}

static bool str_reserve(struct basin_str *self, size_t more)
{
    if (self->failed) {
        return false;
    }
    size_t need = self->length + more + 1;
    if (need <= self->capacity) {
        return true;
    }
    size_t capacity = self->capacity == 0 ? 128 : self->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    char *text = realloc(self->text, capacity);
    if (text == NULL) {
        self->failed = true;
        return false;
    }
    self->text = text;
    self->capacity = capacity;
    return true;
}

void basin_str_add_bytes(struct basin_str *self, const char *bytes, size_t length)
{
    if (str_reserve(self, length)) {
        memcpy(self->text + self->length, bytes, length);
        self->length += length;
        self->text[self->length] = '\0';
    }
}

void basin_str_add(struct basin_str *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        self->failed = true;
    } else if (str_reserve(self, (size_t)length)) {
        vsnprintf(self->text + self->length, (size_t)length + 1, format, again);
        self->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

/* By hand: a plan of a million cells has as many of them, and printf is slow where a
 * library has registered conversions of its own. */
static char *print_whole(long long value, bool negative, char buffer[32])
{
    char digits[24];
    size_t n = 0;
    char *at = buffer;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    if (negative) {
        *at++ = '-';
    }
    while (n > 0) {
        *at++ = digits[--n];
    }
    *at = '\0';
    return buffer;
}

char *basin_str_of_double(double value, char buffer[32])
{
    if (isnan(value)) {
        return strcpy(buffer, "nan");
    }
    if (fabs(value) < 1e15 && value == floor(value)) {
        return print_whole((long long)fabs(value), signbit(value) != 0, buffer);
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buffer, 32, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value) {
            break;
        }
    }
    return buffer;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t basin_str_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    size_t rows[3][LONGEST + 1];
    size_t n = least(strlen(a), LONGEST);
    size_t m = least(strlen(b), LONGEST);
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= m; j++) {
        before[j] = 0;
        last[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[m];
}

const char *basin_str_nearest(const char *word, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t allowed = strlen(word) / 3;
    size_t best = (allowed < 2 ? 2 : allowed) + 1;
    for (size_t i = 0; i < n; i++) {
        size_t distance = basin_str_distance(word, words[i]);
        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    return nearest;
}

char *basin_str_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}
