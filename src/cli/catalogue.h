/* The catalogue: all registries by name, and how a field is described in words. What
 * `basin list`, `basin new`, `basin docs` and completion say comes from here. */
#ifndef BASIN_CLI_CATALOGUE_H
#define BASIN_CLI_CATALOGUE_H

#include "base/str.h"
#include "config/field.h"

struct basin_catalogue {
    const char *name;                      /* "rules" */
    const char *title;                     /* "update rules" */
    const struct basin_kind *const *kinds; /* NULL-terminated */
    const struct basin_kind *common;       /* fields that all have besides, or NULL */
};

extern const struct basin_catalogue basin_catalogues[]; /* ends with a NULL name */

/* "whole number >= 1, <= 10 (patterns)", "none|unit", "converge or whole number >= 0". */
void basin_field_range(const struct basin_field *field, struct basin_str *out);

#endif
