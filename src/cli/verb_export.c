/* basin export: the stored numbers as one long table, a row per replicate of a cell. */
#include "cli/cli.h"

#include "base/quote.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum format { TSV, CSV, JSONL };

/* Names of columns over all groups, in the order in which they are met. */
struct columns {
    size_t n;
    const char **name;
    bool failed;
};

static void columns_add(struct columns *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++) {
        if (strcmp(self->name[i], name) == 0) {
            return;
        }
    }
    const char **grown = realloc(self->name, (self->n + 1) * sizeof(*grown));
    self->failed = self->failed || grown == NULL;
    if (grown != NULL) {
        self->name = grown;
        self->name[self->n++] = name;
    }
}

static const char *status_text(uint8_t status)
{
    static const char *const names[] = {
#define STATUS_TEXT(name, value, text) [value] = (text),
        BASIN_STATUSES(STATUS_TEXT)
#undef STATUS_TEXT
    };
    return status < sizeof(names) / sizeof(names[0]) ? names[status] : "unknown";
}

static bool is_column(const struct basin_variable *variable)
{
    return variable->rank == 0 && !variable->once;
}

static struct columns find_axes(const struct basin_result *result)
{
    struct columns axes = {0};
    for (size_t g = 0; g < result->n_groups; g++) {
        for (size_t a = 0; a < result->groups[g].n_coordinates; a++) {
            columns_add(&axes, result->groups[g].coordinates[a].name);
        }
    }
    return axes;
}

static struct columns find_metrics(const struct basin_result *result)
{
    struct columns metrics = {0};
    for (size_t g = 0; g < result->n_groups; g++) {
        for (size_t v = 0; v < result->groups[g].n_variables; v++) {
            if (is_column(&result->groups[g].variables[v])) {
                columns_add(&metrics, result->groups[g].variables[v].name);
            }
        }
    }
    return metrics;
}

/* One row while it is written. */
struct row {
    const struct basin_group *group;
    size_t cell, replicate;
    enum format format;
    struct basin_str *out;
};

static void begin_field(const struct row *row, const char *name)
{
    if (row->format == JSONL) {
        basin_str_add(row->out, ", ");
        basin_quote_json(name, row->out);
        basin_str_add(row->out, ": ");
    } else {
        basin_str_add(row->out, row->format == TSV ? "\t" : ",");
    }
}

/* JSON has numbers where the axis or metric is one, and leaves out what is not there. */
static void add_axis(const struct row *row, const char *name)
{
    const struct basin_coordinate *at = basin_group_coordinate(row->group, name);
    uint32_t index = at == NULL
                         ? BASIN_NO_VALUE
                         : row->group->index[row->cell * row->group->n_coordinates +
                                             (size_t)(at - row->group->coordinates)];
    const char *text = index == BASIN_NO_VALUE ? "" : at->text[index];
    if (row->format != JSONL) {
        begin_field(row, name);
        basin_quote_field(text, row->format == TSV ? '\t' : ',', row->out);
    } else if (*text != '\0') {
        char *end;
        double number = strtod(text, &end);
        begin_field(row, name);
        if (*end == '\0') {
            basin_quote_json_number(number, row->out);
        } else {
            basin_quote_json(text, row->out);
        }
    }
}

static void add_metric(const struct row *row, const char *name)
{
    const struct basin_variable *v = basin_group_variable(row->group, name);
    bool there = v != NULL && is_column(v);
    char text[32];
    if (row->format == JSONL && !there) {
        return;
    }
    begin_field(row, name);
    if (there) {
        double value = v->data[row->cell * row->group->n_replicates + row->replicate];
        if (row->format == JSONL) {
            basin_quote_json_number(value, row->out);
        } else {
            basin_str_add(row->out, "%s", basin_str_of_double(value, text));
        }
    }
}

static void add_row(
    const struct row *row, const struct columns *axes, const struct columns *metrics)
{
    const char *status = status_text(
        row->group->status[row->cell * row->group->n_replicates + row->replicate]);
    if (row->format == JSONL) {
        basin_str_add(row->out, "{\"label\": ");
        basin_quote_json(row->group->label, row->out);
        basin_str_add(
            row->out, ", \"replicate\": %zu, \"status\": \"%s\"", row->replicate, status);
    } else {
        char separator = row->format == TSV ? '\t' : ',';
        basin_quote_field(row->group->label, separator, row->out);
        basin_str_add(
            row->out, "%c%zu%c%s", separator, row->replicate, separator, status);
    }
    for (size_t a = 0; a < axes->n; a++) {
        add_axis(row, axes->name[a]);
    }
    for (size_t m = 0; m < metrics->n; m++) {
        add_metric(row, metrics->name[m]);
    }
    basin_str_add(row->out, row->format == JSONL ? "}\n" : "\n");
}

static void add_head(enum format format, const struct columns *axes,
    const struct columns *metrics, struct basin_str *out)
{
    char separator = format == TSV ? '\t' : ',';
    basin_str_add(out, "label%creplicate%cstatus", separator, separator);
    for (size_t a = 0; a < axes->n; a++) {
        basin_str_add(out, "%c%s", separator, axes->name[a]);
    }
    for (size_t m = 0; m < metrics->n; m++) {
        basin_str_add(out, "%c%s", separator, metrics->name[m]);
    }
    basin_str_add(out, "\n");
}

static void add_table(
    const struct basin_result *result, enum format format, struct basin_str *out)
{
    struct columns axes = find_axes(result);
    struct columns metrics = find_metrics(result);
    if (format != JSONL) {
        add_head(format, &axes, &metrics, out);
    }
    for (size_t g = 0; g < result->n_groups; g++) {
        const struct basin_group *group = &result->groups[g];
        for (size_t i = 0; i < group->n_cells * group->n_replicates; i++) {
            struct row row = {
                group, i / group->n_replicates, i % group->n_replicates, format, out};
            if (group->status[i] != BASIN_STATUS_NOT_RUN) {
                add_row(&row, &axes, &metrics);
            }
        }
    }
    out->failed = out->failed || axes.failed || metrics.failed;
    free(axes.name);
    free(metrics.name);
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int format = arguments->format == NULL
                     ? TSV
                     : basin_choice_index("tsv|csv|jsonl", arguments->format);
    if (format < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--format takes tsv, csv or jsonl, not \"%s\"", arguments->format);
    }
    struct basin_target target;
    struct basin_result result;
    int ret = basin_stored_open(&target, &result, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str out = {0};
    add_table(&result, (enum format)format, &out);
    ret = basin_text_write(&out, arguments->out, diag);
    basin_str_free(&out);
    basin_stored_close(&target, &result);
    return ret;
}

const struct basin_verb basin_verb_export = {
    .name = "export",
    .operands = "CONFIG",
    .summary = "write the stored numbers as a table",
    .options = "set|only|out|format",
    .help =
        "One row per replicate of a cell: label, replicate, status, every axis, every "
        "metric that is\none number. What a rule does not have is empty.\n"
        "--format: tsv (default), csv or jsonl (one JSON object per line); --out "
        "FILE writes there.",
    .least = 1,
    .most = 1,
    .run = run,
};
