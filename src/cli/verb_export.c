/* basin export: the stored numbers as one long table, one row per replicate. */
#include "cli/cli.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

static const char *status_text(uint8_t status)
{
    static const char *const names[] = {
#define STATUS_TEXT(name, value, text) [value] = (text),
        BASIN_STATUSES(STATUS_TEXT)
#undef STATUS_TEXT
    };
    return status < sizeof(names) / sizeof(names[0]) ? names[status] : "unknown";
}

static void add_group(const struct basin_group *g, char separator, struct basin_str *out)
{
    char text[32];
    basin_str_add(out, "label%creplicate%cstatus", separator, separator);
    for (size_t a = 0; a < g->n_coordinates; a++) {
        basin_str_add(out, "%c%s", separator, g->coordinates[a].name);
    }
    for (size_t v = 0; v < g->n_variables; v++) {
        if (g->variables[v].rank == 0 && !g->variables[v].once) {
            basin_str_add(out, "%c%s", separator, g->variables[v].name);
        }
    }
    basin_str_add(out, "\n");
    for (size_t i = 0; i < g->n_cells * g->n_replicates; i++) {
        size_t cell = i / g->n_replicates;
        if (g->status[i] == BASIN_STATUS_NOT_RUN) {
            continue;
        }
        basin_str_add(out, "%s%c%zu%c%s", g->label, separator, i % g->n_replicates,
            separator, status_text(g->status[i]));
        for (size_t a = 0; a < g->n_coordinates; a++) {
            uint32_t index = g->index[cell * g->n_coordinates + a];
            basin_str_add(out, "%c%s", separator, g->coordinates[a].text[index]);
        }
        for (size_t v = 0; v < g->n_variables; v++) {
            const struct basin_variable *variable = &g->variables[v];
            if (variable->rank == 0 && !variable->once) {
                basin_str_add(
                    out, "%c%s", separator, basin_str_of_double(variable->data[i], text));
            }
        }
        basin_str_add(out, "\n");
    }
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int format =
        arguments->format == NULL ? 0 : basin_choice_index("tsv|csv", arguments->format);
    if (format < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE, "--format takes tsv or csv, not \"%s\"",
            arguments->format);
    }
    struct basin_target target;
    struct basin_result result;
    int ret = basin_stored_open(&target, &result, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str out = {0};
    for (size_t i = 0; i < result.n_groups; i++) {
        add_group(&result.groups[i], format == 0 ? '\t' : ',', &out);
    }
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
    .help = "One row per replicate of a cell, one block with a header per rule.\n"
            "--format: tsv (default) or csv; --out FILE writes there.",
    .least = 1,
    .most = 1,
    .run = run,
};
