/* The choices that papers leave out, each a named field with a default. */
#ifndef BASIN_REPORT_CONVENTIONS_H
#define BASIN_REPORT_CONVENTIONS_H

#include "base/str.h"
#include "config/field.h"

struct basin_convention {
    const char *question;                  /* "What is sgn(0)?" */
    const struct basin_kind *const *kinds; /* where the field is declared: */
    const char *kind;                      /* this kind of them, */
    const char *field;                     /* this field */
    const char *why;                       /* what depends on it */
};

extern const struct basin_convention basin_conventions[]; /* ends with a NULL question */

/* The field of a convention; NULL if there is none of that name: a test looks. */
const struct basin_field *basin_convention_field(const struct basin_convention *self);

/* The table of src/docs/conventions.md. */
void basin_conventions_markdown(struct basin_str *out);

#endif
