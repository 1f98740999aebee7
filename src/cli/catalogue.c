/* The catalogue: all registries by name, and how a field is described in words. */
#include "cli/catalogue.h"

#include "claims/statistic.h"
#include "experiments/experiment.h"
#include "experiments/language.h"
#include "features/feature.h"
#include "patterns/cue.h"
#include "patterns/source.h"
#include "rules/rule.h"
#include "theory/theory.h"

#include <string.h>

static const struct basin_kind *const cues[] = {&basin_cue_kind, NULL};

const struct basin_catalogue basin_catalogues[] = {
    {"experiments", "experiments", basin_experiments, NULL},
    {"rules", "update rules", basin_rules, &basin_rule_options},
    {"features", "random feature maps", basin_features, NULL},
    {"patterns", "pattern sources", basin_sources, &basin_pattern_options},
    {"cue", "cues", cues, NULL},
    {"models", "models of attention", basin_language_models_and_maps, NULL},
    {"texts", "texts for models", basin_language_texts, &basin_text_options},
    {"theory", "theories", basin_theories, NULL},
    {"statistics", "statistics of claims", basin_statistics, NULL},
    {NULL, NULL, NULL, NULL},
};

static void add_number_range(const struct basin_field *field, struct basin_str *out)
{
    char text[32];
    basin_str_add(out, "%s%s", field->choices == NULL ? "" : " or ",
        field->type == BASIN_INT ? "whole number" : "number");
    if (field->min == BASIN_POSITIVE) {
        basin_str_add(out, " > 0");
    } else if (field->min > BASIN_ANY_LOW) {
        basin_str_add(out, " >= %s", basin_str_of_double(field->min, text));
    }
    if (field->max < BASIN_ANY_HIGH) {
        basin_str_add(out, ", <= %s", basin_str_of_double(field->max, text));
    }
}

void basin_field_range(const struct basin_field *field, struct basin_str *out)
{
    if (field->choices != NULL) {
        basin_str_add(out, "%s", field->choices);
    }
    if (field->type == BASIN_BOOL) {
        basin_str_add(out, "true|false");
    } else if (field->type == BASIN_TEXT) {
        basin_str_add(out, "text");
    } else if (field->type == BASIN_INT || field->type == BASIN_REAL) {
        add_number_range(field, out);
    }
    if (strcmp(field->unit, "1") != 0) {
        basin_str_add(out, " (%s)", field->unit);
    }
}
