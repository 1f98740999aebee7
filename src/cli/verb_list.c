/* basin list: everything that is registered, with parameters, ranges and sources. */
#include "cli/catalogue.h"
#include "cli/cli.h"

#include "base/str.h"

#include <string.h>

static void add_fields(const struct basin_field *fields, struct basin_str *out)
{
    for (const struct basin_field *f = fields; f != NULL && f->name != NULL; f++) {
        basin_str_add(out, "    %-16s %s\n    %-16s ", f->name, f->help, "");
        basin_field_range(f, out);
        if (f->fallback == NULL) {
            basin_str_add(out, "; required\n");
        } else {
            basin_str_add(
                out, "; default %s\n", *f->fallback == '\0' ? "\"\"" : f->fallback);
        }
    }
}

static int width_of(const struct basin_kind *const *kinds)
{
    int width = 16;
    for (size_t i = 0; kinds[i] != NULL; i++) {
        int length = (int)strlen(kinds[i]->name);
        width = length > width ? length : width;
    }
    return width;
}

static void add_kind(
    const struct basin_kind *kind, int width, bool detailed, struct basin_str *out)
{
    basin_str_add(out, "  %-*s %s\n", width, kind->name, kind->summary);
    if (detailed) {
        if (kind->source != NULL) {
            basin_str_add(out, "  %-*s source: %s\n", width, "", kind->source);
        }
        add_fields(kind->fields, out);
        basin_str_add(out, "\n");
    }
}

static void add_catalogue(
    const struct basin_catalogue *c, bool detailed, struct basin_str *out)
{
    basin_str_add(out, "%s\n", c->title);
    for (size_t i = 0; c->kinds[i] != NULL; i++) {
        add_kind(c->kinds[i], width_of(c->kinds), detailed, out);
    }
    if (detailed && c->common != NULL) {
        basin_str_add(out, "  fields that all of them have\n");
        add_fields(c->common->fields, out);
    }
    if (!detailed) {
        basin_str_add(out, "\n");
    }
}

static void add_metric(const struct basin_metric *metric, struct basin_str *out)
{
    basin_str_add(out, "    %-20s %s", metric->name, metric->summary);
    if (strcmp(metric->unit, "1") != 0) {
        basin_str_add(out, " (%s)", metric->unit);
    }
    for (size_t d = 0; d < metric->rank; d++) {
        basin_str_add(out, "%s%s", d == 0 ? "; by " : " x ", metric->dimension[d]);
    }
    basin_str_add(out, "%s%s\n", metric->once ? "; of replicate 0 only" : "",
        metric->optional ? "; where asked for" : "");
}

/* Metrics belong to an experiment: names on one line each, or all that is known. */
static void add_metrics(bool detailed, struct basin_str *out)
{
    basin_str_add(out, "metrics\n");
    for (size_t i = 0; basin_experiments[i] != NULL; i++) {
        const struct basin_experiment *e = basin_experiment_of(basin_experiments[i]);
        size_t n = basin_experiment_metrics(e);
        if (!detailed) {
            basin_str_add(
                out, "  %-16s %zu: %s, ...\n", e->kind.name, n, e->metrics[0].name);
            continue;
        }
        basin_str_add(out, "  %s\n", e->kind.name);
        for (size_t j = 0; j < n; j++) {
            add_metric(&e->metrics[j], out);
        }
        basin_str_add(out, "\n");
    }
    if (!detailed) {
        basin_str_add(out, "\n");
    }
}

static int unknown_list(const char *word, struct basin_diag *diag)
{
    enum { MOST = 32 };
    const char *names[MOST];
    size_t n = 0;
    struct basin_str all = {0};
    for (; basin_catalogues[n].name != NULL && n + 1 < MOST; n++) {
        names[n] = basin_catalogues[n].name;
        basin_str_add(&all, "%s, ", names[n]);
    }
    names[n++] = "metrics";
    const char *near = basin_str_nearest(word, names, n);
    int ret = basin_fail(diag, BASIN_ERR_USAGE,
        "there is no list \"%s\"%s%s%s; there are %smetrics", word,
        near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
        near == NULL ? "" : "\"?", all.failed ? "" : all.text);
    basin_str_free(&all);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    const char *wanted = arguments->n_operands == 0 ? NULL : arguments->operand[0];
    struct basin_str out = {0};
    for (const struct basin_catalogue *c = basin_catalogues; c->name != NULL; c++) {
        if (wanted == NULL || strcmp(wanted, c->name) == 0) {
            add_catalogue(c, wanted != NULL, &out);
        }
    }
    if (wanted == NULL || strcmp(wanted, "metrics") == 0) {
        add_metrics(wanted != NULL, &out);
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
    .summary = "what there is: experiments, rules, patterns, theories, metrics, ...",
    .options = "",
    .help = "Lists all that is registered. With the name of one list, rules or theory "
            "for example,\nit tells every parameter with its range, default and source.",
    .most = 1,
    .run = run,
};
