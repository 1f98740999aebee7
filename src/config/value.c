/* Values of fields: from a text to the typed member of a struct, and back. */
#include "config/value.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *member(const struct basin_field *field, void *params)
{
    return (char *)params + field->offset;
}

static const void *const_member(const struct basin_field *field, const void *params)
{
    return (const char *)params + field->offset;
}

static size_t skip_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Decimal numbers only: strtod alone would take hexadecimal, "inf", "nan" and blanks. */
static bool is_number(const char *text)
{
    text += *text == '-' || *text == '+';
    size_t whole = skip_digits(text);
    text += whole;
    size_t fraction = 0;
    if (*text == '.') {
        fraction = skip_digits(text + 1);
        text += 1 + fraction;
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '-' || *text == '+';
        size_t exponent = skip_digits(text);
        if (exponent == 0) {
            return false;
        }
        text += exponent;
    }
    return *text == '\0';
}

/* "between 0 and 1", "at least 1", "" */
static void add_range(const struct basin_field *field, struct basin_str *out)
{
    double most = field->type == BASIN_INT ? BASIN_WHOLE_MAX : BASIN_ANY_HIGH;
    char low[32];
    char high[32];
    basin_str_of_double(field->min, low);
    basin_str_of_double(field->max, high);
    bool bounded = field->max < most;
    if (field->min <= -most) {
        if (bounded) {
            basin_str_add(out, "at most %s", high);
        }
    } else if (field->min == BASIN_POSITIVE) {
        basin_str_add(out, "greater than 0");
        if (bounded) {
            basin_str_add(out, " and at most %s", high);
        }
    } else if (bounded) {
        basin_str_add(out, "between %s and %s", low, high);
    } else {
        basin_str_add(out, "at least %s", low);
    }
}

static void add_choices(const char *choices, struct basin_str *out)
{
    char name[64];
    size_t n = basin_choice_count(choices);
    for (size_t i = 0; i < n; i++) {
        basin_str_add(
            out, "%s%s", i == 0 ? "" : ", ", basin_choice_name(choices, i, name));
    }
}

void basin_value_expected(const struct basin_field *field, struct basin_str *out)
{
    struct basin_str range = {0};
    switch (field->type) {
    case BASIN_BOOL:
        basin_str_add(out, "true or false");
        break;
    case BASIN_TEXT:
        basin_str_add(out, "a text");
        break;
    case BASIN_CHOICE:
        basin_str_add(out, "one of ");
        add_choices(field->choices, out);
        break;
    default:
        add_range(field, &range);
        basin_str_add(out, "a %snumber", field->type == BASIN_INT ? "whole " : "");
        if (range.length > 0) {
            basin_str_add(out, "%s%s", strncmp(range.text, "at ", 3) == 0 ? " of " : " ",
                range.text);
        }
        if (field->choices != NULL) {
            basin_str_add(out, " or ");
            add_choices(field->choices, out);
        }
        out->failed |= range.failed;
        basin_str_free(&range);
        break;
    }
}

/* The text as messages show it: quoted unless it is a number, cut when long. */
static void add_found(const char *text, bool bare, struct basin_str *out)
{
    enum { SHOWN = 60 };
    if (bare && is_number(text) && strlen(text) <= SHOWN) {
        basin_str_add(out, "%s", text);
        return;
    }
    size_t length = strlen(text);
    size_t shown = length;
    if (length > SHOWN) {
        shown = SHOWN;
        while (((unsigned char)text[shown] & 0xC0) == 0x80) {
            shown--;
        }
    }
    basin_str_add(out, "\"%.*s%s\"", (int)shown, text, shown < length ? "..." : "");
}

/* The choice or special name nearest to a word, copied into buffer, or NULL. */
static const char *nearest_choice(const char *choices, const char *word, char buffer[64])
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    char name[64];
    for (size_t i = 0; i < basin_choice_count(choices); i++) {
        const char *candidate = basin_choice_name(choices, i, name);
        size_t distance = basin_str_distance(word, candidate);
        if (distance < least && basin_str_nearest(word, &candidate, 1) != NULL) {
            least = distance;
            nearest = strcpy(buffer, candidate);
        }
    }
    return nearest;
}

/* The boolean that other writers of YAML would mean, or NULL. */
static const char *meant_boolean(const char *text)
{
    static const char *const words[][2] = {{"yes", "true"}, {"on", "true"}, {"y", "true"},
        {"1", "true"}, {"true", "true"}, {"no", "false"}, {"off", "false"},
        {"n", "false"}, {"0", "false"}, {"false", "false"}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(text, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return NULL;
}

static void add_advice(
    const struct basin_field *field, const char *text, bool bare, struct basin_str *out)
{
    char buffer[64];
    const char *meant = NULL;
    if (field->type == BASIN_BOOL) {
        meant = meant_boolean(text);
    } else if (field->choices != NULL) {
        meant = nearest_choice(field->choices, text, buffer);
    }
    bool known = meant != NULL && strcmp(meant, text) == 0;
    bool number = field->type == BASIN_INT || field->type == BASIN_REAL;
    if (!bare && (known || (number && is_number(text)))) {
        basin_str_add(out, "; leave out the quotes");
    } else if (meant != NULL) {
        basin_str_add(out, "; did you mean \"%s\"?", meant);
    }
}

static int fail_value(
    const struct basin_field *field, const char *text, bool bare, struct basin_diag *diag)
{
    struct basin_str sentence = {0};
    if (bare && *text == '\0') {
        basin_str_add(&sentence, "%s has no value; it must be ", field->name);
        basin_value_expected(field, &sentence);
    } else {
        bool number = bare && is_number(text);
        double value = number ? strtod(text, NULL) : 0;
        basin_str_add(&sentence, "%s must be ", field->name);
        if (number && field->choices == NULL &&
            (field->type == BASIN_REAL ||
                (field->type == BASIN_INT && value == floor(value))) &&
            (value < field->min || value > field->max)) {
            add_range(field, &sentence);
        } else {
            basin_value_expected(field, &sentence);
        }
        basin_str_add(&sentence, ", not ");
        add_found(text, bare, &sentence);
        add_advice(field, text, bare, &sentence);
    }
    int code = sentence.failed ? BASIN_ERR_NOMEM : BASIN_ERR_CONFIG;
    basin_fail(diag, code, "%s", sentence.failed ? "out of memory" : sentence.text);
    basin_str_free(&sentence);
    return code;
}

/* A decimal number in the field's range; 0 if it is one. */
static int read_number(const struct basin_field *field, const char *text, double *value)
{
    if (!is_number(text)) {
        return -1;
    }
    *value = strtod(text, NULL) + 0.0; /* -0 becomes 0 */
    return isfinite(*value) && *value >= field->min && *value <= field->max ? 0 : -1;
}

static int read_int(
    const struct basin_field *field, const char *text, bool bare, long *value)
{
    int special = basin_choice_index(field->choices, text);
    double number;
    if (special >= 0) {
        *value = -1 - special;
        return 0;
    }
    if (!bare || read_number(field, text, &number) != 0 || number != floor(number) ||
        fabs(number) > BASIN_WHOLE_MAX) {
        return -1;
    }
    *value = (long)number;
    return 0;
}

static int read_real(
    const struct basin_field *field, const char *text, bool bare, double *value)
{
    if (basin_choice_index(field->choices, text) == 0) {
        *value = NAN;
        return 0;
    }
    return bare ? read_number(field, text, value) : -1;
}

static int read_bool(const char *text, bool bare, bool *value)
{
    *value = strcmp(text, "true") == 0;
    return bare && (*value || strcmp(text, "false") == 0) ? 0 : -1;
}

int basin_value_read(const struct basin_field *field, const char *text, bool bare,
    void *params, struct basin_diag *diag)
{
    void *to = member(field, params);
    int wrong = 0;
    switch (field->type) {
    case BASIN_INT:
        wrong = read_int(field, text, bare, to);
        break;
    case BASIN_REAL:
        wrong = read_real(field, text, bare, to);
        break;
    case BASIN_BOOL:
        wrong = read_bool(text, bare, to);
        break;
    case BASIN_CHOICE:
        *(int *)to = basin_choice_index(field->choices, text);
        wrong = *(int *)to < 0;
        break;
    case BASIN_TEXT:
        *(const char **)to = text;
        wrong = bare && *text == '\0';
        break;
    }
    return wrong == 0 ? 0 : fail_value(field, text, bare, diag);
}

void basin_value_text(
    const struct basin_field *field, const void *params, struct basin_str *out)
{
    const void *from = const_member(field, params);
    const char *text = NULL;
    char buffer[64];
    double number = basin_value_number(field, params);
    switch (field->type) {
    case BASIN_BOOL:
        text = number != 0 ? "true" : "false";
        break;
    case BASIN_TEXT:
        text = *(const char *const *)from;
        break;
    case BASIN_CHOICE:
        text = basin_choice_name(field->choices, (size_t)number, buffer);
        break;
    case BASIN_REAL:
        text = isnan(number) && field->choices != NULL
                   ? basin_choice_name(field->choices, 0, buffer)
                   : basin_str_of_double(number, buffer);
        break;
    case BASIN_INT:
        text = number < 0 && -number <= (double)basin_choice_count(field->choices)
                   ? basin_choice_name(field->choices, (size_t)(-number - 1), buffer)
                   : basin_str_of_double(number, buffer);
        break;
    }
    basin_str_add_bytes(out, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

double basin_value_number(const struct basin_field *field, const void *params)
{
    const void *from = const_member(field, params);
    switch (field->type) {
    case BASIN_INT:
        return (double)*(const long *)from;
    case BASIN_REAL:
        return *(const double *)from;
    case BASIN_BOOL:
        return *(const bool *)from;
    case BASIN_CHOICE:
        return *(const int *)from;
    default:
        return NAN;
    }
}

struct basin_field basin_field_alone(const struct basin_field *field)
{
    struct basin_field alone = *field;
    alone.offset = 0;
    return alone;
}

bool basin_value_is_default(const struct basin_field *field, const void *params)
{
    struct basin_field alone = basin_field_alone(field);
    union basin_any any;
    if (field->fallback == NULL || basin_value_read(&alone, field->fallback,
                                       field->type != BASIN_TEXT, &any, NULL) != 0) {
        return false;
    }
    struct basin_str fallback = {0};
    struct basin_str value = {0};
    basin_value_text(&alone, &any, &fallback);
    basin_value_text(field, params, &value);
    bool same = !fallback.failed && !value.failed && fallback.length == value.length &&
                memcmp(fallback.text, value.text, value.length) == 0;
    basin_str_free(&fallback);
    basin_str_free(&value);
    return same;
}
