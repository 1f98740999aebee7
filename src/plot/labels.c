/* How names and values of a configuration are written in a figure. */
#include "plot/script.h"

#include <math.h>
#include <stdio.h>

const char *basin_axis_value(const struct basin_axis *axis, size_t value, char buffer[64])
{
    bool number = axis->field->type == BASIN_INT || axis->field->type == BASIN_REAL;
    if (number && isfinite(axis->number[value])) {
        snprintf(buffer, 64, "%.6g", axis->number[value]);
    } else {
        snprintf(buffer, 64, "%s", axis->text[value]);
    }
    return buffer;
}

void basin_label_words(struct basin_str *out, const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        basin_str_add_bytes(out, *c == '_' ? " " : c, 1);
    }
}

void basin_label_theory(struct basin_str *out, const struct basin_theory *theory)
{
    basin_str_add(out, theory->published ? "published: " : "theory: ");
    basin_label_words(out, theory->kind.name);
}

/* A key has no room for the sentence that describes a metric. */
void basin_label_metric(struct basin_str *out, const struct basin_figure *figure,
    const struct basin_experiment *experiment, size_t i)
{
    if (i < figure->n_names) {
        basin_str_add(out, "%s", figure->metric_name[i]);
    } else if (figure->classes && i < BASIN_SCRIPT_CLASSES) {
        basin_str_add(out, "%s", basin_script_class_name[i]);
    } else {
        basin_label_words(out, experiment->metrics[figure->metric[i]].name);
    }
}
