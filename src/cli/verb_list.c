/* basin list: everything that is registered, with parameters, ranges and sources. */
#include "cli/cli.h"

#include "base/str.h"
#include "claims/statistic.h"
#include "features/feature.h"
#include "patterns/cue.h"
#include "patterns/source.h"
#include "rules/rule.h"
#include "theory/theory.h"

#include <stdio.h>
#include <string.h>

static const struct basin_kind *const cues[] = {&basin_cue_kind, NULL};

static const struct {
    const char *name;
    const char *title;
    const struct basin_kind *const *kinds;
    const struct basin_kind *common;
} registries[] = {
    {"experiments", "experiments", basin_experiments, NULL},
    {"rules", "update rules", basin_rules, &basin_rule_options},
    {"features", "random feature maps", basin_features, NULL},
    {"patterns", "pattern sources", basin_sources, &basin_pattern_options},
    {"cue", "cues", cues, NULL},
    {"theory", "theories", basin_theories, NULL},
    {"statistics", "statistics of claims", basin_statistics, NULL},
};
enum { REGISTRIES = sizeof(registries) / sizeof(registries[0]) };

static void add_range(const struct basin_field *field, struct basin_str *out)
{
    char low[32];
    char high[32];
    if (field->choices != NULL) {
        basin_str_add(out, "%s", field->choices);
    }
    if (field->type == BASIN_BOOL) {
        basin_str_add(out, "true|false");
    } else if (field->type == BASIN_TEXT) {
        basin_str_add(out, "text");
    } else if (field->type == BASIN_INT || field->type == BASIN_REAL) {
        const char *word = field->type == BASIN_INT ? "whole number" : "number";
        basin_str_add(out, "%s%s", field->choices == NULL ? "" : " or ", word);
        if (field->min == BASIN_POSITIVE) {
            basin_str_add(out, " > 0");
        } else if (field->min > BASIN_ANY_LOW) {
            basin_str_add(out, " >= %s", basin_str_of_double(field->min, low));
        }
        if (field->max < BASIN_ANY_HIGH) {
            basin_str_add(out, ", <= %s", basin_str_of_double(field->max, high));
        }
    }
}

static void add_fields(const struct basin_field *fields, struct basin_str *out)
{
    for (const struct basin_field *f = fields; f != NULL && f->name != NULL; f++) {
        basin_str_add(out, "    %-16s %s", f->name, f->help);
        basin_str_add(out, "\n    %-16s ", "");
        add_range(f, out);
        if (strcmp(f->unit, "1") != 0) {
            basin_str_add(out, " (%s)", f->unit);
        }
        if (f->fallback == NULL) {
            basin_str_add(out, "; required\n");
        } else {
            basin_str_add(
                out, "; default %s\n", *f->fallback == '\0' ? "\"\"" : f->fallback);
        }
    }
}

static void add_kind(const struct basin_kind *kind, bool detailed, struct basin_str *out)
{
    basin_str_add(out, "  %-16s %s\n", kind->name, kind->summary);
    if (detailed) {
        if (kind->source != NULL) {
            basin_str_add(out, "  %-16s source: %s\n", "", kind->source);
        }
        add_fields(kind->fields, out);
        basin_str_add(out, "\n");
    }
}

static void add_registry(size_t i, bool detailed, struct basin_str *out)
{
    basin_str_add(out, "%s\n", registries[i].title);
    for (size_t j = 0; registries[i].kinds[j] != NULL; j++) {
        add_kind(registries[i].kinds[j], detailed, out);
    }
    if (detailed && registries[i].common != NULL) {
        basin_str_add(out, "  fields that all of them have\n");
        add_fields(registries[i].common->fields, out);
    }
    if (!detailed) {
        basin_str_add(out, "\n");
    }
}

static int unknown_list(const char *word, struct basin_diag *diag)
{
    const char *names[REGISTRIES];
    struct basin_str all = {0};
    for (size_t i = 0; i < REGISTRIES; i++) {
        names[i] = registries[i].name;
        basin_str_add(&all, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *near = basin_str_nearest(word, names, REGISTRIES);
    int ret =
        basin_fail(diag, BASIN_ERR_USAGE, "there is no list \"%s\"%s%s%s; there are %s",
            word, near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
            near == NULL ? "" : "\"?", all.failed ? "others" : all.text);
    basin_str_free(&all);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    const char *wanted = arguments->n_operands == 0 ? NULL : arguments->operand[0];
    struct basin_str out = {0};
    for (size_t i = 0; i < REGISTRIES; i++) {
        if (wanted == NULL || strcmp(wanted, registries[i].name) == 0) {
            add_registry(i, wanted != NULL, &out);
        }
    }
    if (out.length == 0 && !out.failed) {
        return unknown_list(wanted, diag);
    }
    if (wanted == NULL) {
        basin_str_add(&out, "`basin list rules` and so on tell parameters and sources\n");
    }
    int ret = basin_text_write(&out, NULL, diag);
    basin_str_free(&out);
    return ret;
}

const struct basin_verb basin_verb_list = {
    .name = "list",
    .operands = "[WHAT]",
    .summary = "what there is: experiments, rules, patterns, theories, statistics, ...",
    .options = "",
    .help = "Lists all that is registered. With the name of one list, rules or theory "
            "for example,\nit tells every parameter with its range, default and source.",
    .most = 1,
    .run = run,
};
