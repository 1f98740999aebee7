/* Values of fields: from a text to the typed member of a struct, and back. */
#ifndef BASIN_CONFIG_VALUE_H
#define BASIN_CONFIG_VALUE_H

#include "base/err.h"
#include "base/str.h"
#include "config/field.h"

#include <stdbool.h>

/* The greatest whole number that is accepted; every one up to it is exact as a double. */
#define BASIN_WHOLE_MAX 9007199254740992.0

/* Place for the value of any one field whose offset is 0. */
union basin_any {
    long whole;
    double real;
    bool truth;
    int choice;
    const char *text;
};

/* The field as if it were the only member of its struct. */
struct basin_field basin_field_alone(const struct basin_field *field);

/* Reads a text into the member that a field describes, checking type, range and choices.
 * bare: it stands without quotes, so it may be a number or a boolean. The sentence of a
 * failure names the field but no place. A TEXT member points to the text given. */
BASIN_CHECKED int basin_value_read(const struct basin_field *field, const char *text,
    bool bare, void *params, struct basin_diag *diag);

/* Adds a member's value as text that reads back as the same value: numbers shortest,
 * special values and choices by name, a TEXT as it is. */
void basin_value_text(
    const struct basin_field *field, const void *params, struct basin_str *out);

/* A member's value as a number: a boolean's 0 or 1, a choice's index, NAN for a TEXT. */
double basin_value_number(const struct basin_field *field, const void *params);

/* Whether a member has its default value; false for a required field. */
bool basin_value_is_default(const struct basin_field *field, const void *params);

/* What a field accepts, for people: "a number between 0 and 1", "one of async, sync". */
void basin_value_expected(const struct basin_field *field, struct basin_str *out);

#endif
