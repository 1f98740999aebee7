/* Parameters of a kind for tests, set by name as a configuration would. */
#ifndef BASIN_TESTS_PARAMS_H
#define BASIN_TESTS_PARAMS_H

#include "config/field.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static inline void params_set(
    const struct basin_kind *kind, void *params, const char *name, const char *value)
{
    const struct basin_field *field = basin_field_find(kind->fields, name);
    ck_assert_msg(field != NULL, "%s has no field %s", kind->name, name);
    char *at = (char *)params + field->offset;
    int choice = field->choices == NULL ? -1 : basin_choice_index(field->choices, value);
    switch (field->type) {
    case BASIN_INT:
        *(long *)(void *)at = choice >= 0 ? -1 - choice : strtol(value, NULL, 10);
        break;
    case BASIN_REAL:
        *(double *)(void *)at = choice >= 0 ? NAN : strtod(value, NULL);
        break;
    case BASIN_BOOL:
        *(bool *)(void *)at = strcmp(value, "true") == 0;
        break;
    case BASIN_CHOICE:
        ck_assert_msg(choice >= 0, "%s cannot be %s", name, value);
        *(int *)(void *)at = choice;
        break;
    case BASIN_TEXT:
        *(const char **)(void *)at = value;
        break;
    }
}

/* Defaults, then pairs of name and value up to a NULL name. Owned by the caller. */
static inline void *params_of(const struct basin_kind *kind, const char *const *pairs)
{
    void *params = calloc(1, kind->size);
    ck_assert_ptr_nonnull(params);
    for (const struct basin_field *field = kind->fields; field->name != NULL; field++) {
        if (field->fallback != NULL) {
            params_set(kind, params, field->name, field->fallback);
        }
    }
    for (; *pairs != NULL; pairs += 2) {
        params_set(kind, params, pairs[0], pairs[1]);
    }
    return params;
}

#define PARAMS(kind, ...) params_of(kind, (const char *const[]){__VA_ARGS__, NULL, NULL})

#define DEFAULTS(kind) params_of(kind, (const char *const[]){NULL})

#endif
