/* Evaluation of a theory at parameters given by name. */
#include "theory/theory.h"

#include "base/str.h"
#include "config/node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The least number that a field's special names stand for. */
static bool is_special(const struct basin_field *field, double value)
{
    return field->type == BASIN_INT && field->choices != NULL && value < 0 &&
           value >= -(double)basin_choice_count(field->choices) && value == floor(value);
}

static int set_number(
    const struct basin_field *field, double value, void *params, struct basin_diag *diag)
{
    char text[3][32];
    if (!is_special(field, value) && !(value >= field->min && value <= field->max)) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "%s = %s is outside %s to %s",
            field->name, basin_str_of_double(value, text[0]),
            field->min == BASIN_POSITIVE ? "above 0"
                                         : basin_str_of_double(field->min, text[1]),
            basin_str_of_double(field->max, text[2]));
    }
    void *member = (char *)params + field->offset;
    if (field->type == BASIN_REAL) {
        *(double *)member = value;
        return 0;
    }
    if (value != floor(value)) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "%s = %s is not a whole number",
            field->name, basin_str_of_double(value, text[0]));
    }
    *(long *)member = (long)value;
    return 0;
}

/* Sets what is given; a NAN is as good as not given. */
static int set_field(const struct basin_field *field, const char *const *name,
    const double *value, size_t n, void *params, struct basin_diag *diag)
{
    for (size_t i = n; i-- > 0;) {
        if (strcmp(name[i], field->name) == 0 && !isnan(value[i])) {
            return set_number(field, value[i], params, diag);
        }
    }
    if (field->fallback == NULL) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "%s is not known: give it (%s)",
            field->name, field->help);
    }
    return 0;
}

int basin_theory_at(const struct basin_theory *self, const char *const *name,
    const double *value, size_t n, double *result, struct basin_diag *diag)
{
    const struct basin_field *fields = self->kind.fields;
    int ret = 0;
    void *params = calloc(1, self->kind.size + 1);
    if (params == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (fields != NULL) {
        ret = basin_fields_default(fields, params, diag);
    }
    for (size_t i = 0; ret == 0 && fields != NULL && fields[i].name != NULL; i++) {
        ret = set_field(&fields[i], name, value, n, params, diag);
    }
    if (ret == 0) {
        ret = self->value(params, result, diag);
    }
    if (ret == 0 && !isfinite(*result)) {
        ret = basin_fail(diag, BASIN_ERR_NUMERIC, "no finite value");
    }
    free(params);
    return ret == 0 ? 0 : basin_fail_in(diag, ret, "theory %s", self->kind.name);
}
