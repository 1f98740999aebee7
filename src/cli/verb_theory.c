/* basin theory: the value that a theory predicts. */
#include "cli/cli.h"

#include "base/str.h"
#include "theory/theory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 32 };

static int parse_values(const struct basin_text_list *sets, const char *name[MOST_VALUES],
    double value[MOST_VALUES], struct basin_diag *diag)
{
    if (sets->n > MOST_VALUES) {
        return basin_fail(
            diag, BASIN_ERR_USAGE, "too many values, at most %d", MOST_VALUES);
    }
    for (size_t i = 0; i < sets->n; i++) {
        char *equals = strchr(sets->text[i], '=');
        char *end = NULL;
        value[i] = equals == NULL ? 0 : strtod(equals + 1, &end);
        if (equals == NULL || end == equals + 1 || *end != '\0') {
            return basin_fail(diag, BASIN_ERR_USAGE,
                "--set takes name=number here, not \"%s\"", sets->text[i]);
        }
        *equals = '\0';
        name[i] = sets->text[i];
    }
    return 0;
}

static int check_names(const struct basin_kind *kind, const char *const *name, size_t n,
    struct basin_diag *diag)
{
    const char *known[MOST_VALUES];
    size_t n_known = 0;
    for (const struct basin_field *f = kind->fields;
         f != NULL && f->name != NULL && n_known < MOST_VALUES; f++) {
        known[n_known++] = f->name;
    }
    for (size_t i = 0; i < n; i++) {
        if (basin_field_find(kind->fields, name[i]) == NULL) {
            const char *near = basin_str_nearest(name[i], known, n_known);
            return basin_fail(diag, BASIN_ERR_USAGE,
                "theory \"%s\" has no parameter \"%s\"%s%s%s", kind->name, name[i],
                near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                near == NULL ? "" : "\"?");
        }
    }
    return 0;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    const struct basin_kind *kind =
        basin_kind_find(basin_theories, arguments->operand[0]);
    if (kind == NULL) {
        const char *names[256];
        size_t n = 0;
        for (; n < 256 && basin_theories[n] != NULL; n++) {
            names[n] = basin_theories[n]->name;
        }
        const char *near = basin_str_nearest(arguments->operand[0], names, n);
        return basin_fail(diag, BASIN_ERR_USAGE,
            "there is no theory \"%s\"%s%s%s; `basin list theory` lists them",
            arguments->operand[0], near == NULL ? "" : "; did you mean \"",
            near == NULL ? "" : near, near == NULL ? "" : "\"?");
    }
    const char *name[MOST_VALUES];
    double value[MOST_VALUES];
    double result;
    int ret = parse_values(&arguments->sets, name, value, diag);
    if (ret == 0) {
        ret = check_names(kind, name, arguments->sets.n, diag);
    }
    if (ret == 0) {
        ret = basin_theory_at(
            basin_theory_of(kind), name, value, arguments->sets.n, &result, diag);
    }
    if (ret == 0) {
        printf("%.10g\n", result);
    }
    return ret;
}

const struct basin_verb basin_verb_theory = {
    .name = "theory",
    .operands = "NAME",
    .summary = "print what a theory predicts, e.g. ags_overlap --set load=0.1",
    .options = "set",
    .help = "Prints one predicted value. `basin list theory` tells the names and their\n"
            "parameters, which --set gives.",
    .least = 1,
    .most = 1,
    .run = run,
};
