/* For tests: a kind's parameters set by name, and patterns drawn from a source. */
#ifndef BASIN_TESTS_DRAWN_H
#define BASIN_TESTS_DRAWN_H

#include "patterns/source.h"

#include <check.h>
#include <gsl/gsl_matrix.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_PAIRS ((const char *const[]){NULL})

/* Large enough for the parameters of every kind. */
union params {
    double align;
    char bytes[256];
};

/* Index of a word among '|'-separated ones, or -1. */
static inline int word_index(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (int i = 0; words != NULL; i++) {
        if (strncmp(words, word, length) == 0 && strchr("|", words[length]) != NULL) {
            return i;
        }
        words = strchr(words, '|');
        words = words == NULL ? NULL : words + 1;
    }
    return -1;
}

/* Sets a field from text, which is kept by pointer if the field is text. */
static inline void field_set(
    const struct basin_field *field, union params *params, const char *text)
{
    void *member = params->bytes + field->offset;
    int word = word_index(field->choices, text);
    switch (field->type) {
    case BASIN_INT:
        *(long *)member = word >= 0 ? -1 - word : strtol(text, NULL, 10);
        break;
    case BASIN_REAL:
        *(double *)member = word >= 0 ? NAN : strtod(text, NULL);
        break;
    case BASIN_BOOL:
        *(bool *)member = strcmp(text, "true") == 0;
        break;
    case BASIN_CHOICE:
        ck_assert_int_ge(word, 0);
        *(int *)member = word;
        break;
    case BASIN_TEXT:
        *(const char **)member = text;
        break;
    }
}

/* All defaults, then pairs of name and value. */
static inline union params params_of(
    const struct basin_kind *kind, const char *const *pairs)
{
    union params params = {0};
    ck_assert_uint_le(kind->size, sizeof(params));
    for (const struct basin_field *f = kind->fields; f->name != NULL; f++) {
        if (f->fallback != NULL) {
            field_set(f, &params, f->fallback);
        }
    }
    for (; *pairs != NULL; pairs += 2) {
        const struct basin_field *f = kind->fields;
        while (f->name != NULL && strcmp(f->name, pairs[0]) != 0) {
            f++;
        }
        ck_assert_msg(f->name != NULL, "%s has no field %s", kind->name, pairs[0]);
        field_set(f, &params, pairs[1]);
    }
    return params;
}

static inline const struct basin_source *source_of(const char *name)
{
    for (size_t i = 0; basin_sources[i] != NULL; i++) {
        if (strcmp(basin_sources[i]->name, name) == 0) {
            return basin_source_of(basin_sources[i]);
        }
    }
    ck_abort_msg("no source %s", name);
    return NULL;
}

/* n patterns of a source; the caller's. On failure NULL, with code and sentence. */
static inline gsl_matrix *drawn_or_not(const char *name, const char *const *pairs,
    size_t n, uint32_t replicate, int *ret, struct basin_diag *diag)
{
    const struct basin_source *source = source_of(name);
    union params params = params_of(&source->kind, pairs);
    gsl_matrix *patterns = NULL;
    void *data = NULL;
    *ret = source->open == NULL ? 0 : source->open(&params, n, &data, diag);
    if (*ret == 0) {
        patterns = gsl_matrix_alloc(n, source->dimension(&params));
        *ret = source->draw(&params, data, 7, replicate, patterns, diag);
    }
    if (source->open != NULL) {
        source->close(data);
    }
    if (*ret != 0) {
        gsl_matrix_free(patterns);
        return NULL;
    }
    return patterns;
}

/* The same where nothing may fail. */
static inline gsl_matrix *drawn(
    const char *name, const char *const *pairs, size_t n, uint32_t replicate)
{
    struct basin_diag diag = {{0}};
    int ret;
    gsl_matrix *patterns = drawn_or_not(name, pairs, n, replicate, &ret, &diag);
    ck_assert_msg(ret == 0, "%s: %s", name, diag.text);
    return patterns;
}

/* Drawing n patterns fails with this code and this sentence. */
static inline void assert_refused(
    const char *name, const char *const *pairs, size_t n, int code, const char *sentence)
{
    struct basin_diag diag = {{0}};
    int ret;
    ck_assert_ptr_null(drawn_or_not(name, pairs, n, 0, &ret, &diag));
    ck_assert_str_eq(diag.text, sentence);
    ck_assert_int_eq(ret, code);
}

#endif
