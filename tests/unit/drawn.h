/* For tests: a kind's parameters set by name, and patterns drawn from a source. */
#ifndef BASIN_TESTS_DRAWN_H
#define BASIN_TESTS_DRAWN_H

#include "config/node.h"
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

/* All defaults, then pairs of name and value as YAML writes it. */
static inline union params params_of(
    const struct basin_kind *kind, const char *const *pairs)
{
    union params params = {0};
    struct basin_diag diag = {{0}};
    const struct basin_document document = {0};
    ck_assert_uint_le(kind->size, sizeof(params));
    ck_assert_int_eq(basin_fields_default(kind->fields, &params, &diag), 0);
    for (; *pairs != NULL; pairs += 2) {
        char *text = (char *)(uintptr_t)pairs[1];
        const struct basin_node node = {.plain = true, .text = text};
        const struct basin_field *field = basin_field_find(kind->fields, pairs[0]);
        ck_assert_msg(field != NULL, "%s has no field %s", kind->name, pairs[0]);
        int ret = basin_node_field(&document, &node, field, &params, &diag);
        ck_assert_msg(ret == 0, "%s", diag.text);
    }
    return params;
}

static inline const struct basin_source *source_of(const char *name)
{
    const struct basin_kind *kind = basin_kind_find(basin_sources, name);
    ck_assert_msg(kind != NULL, "no source %s", name);
    return basin_source_of(kind);
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
