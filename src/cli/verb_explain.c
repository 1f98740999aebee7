/* basin explain: all about one cell. */
#include "cli/cli.h"

#include "base/str.h"
#include "run/alone.h"
#include "run/look.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {
#define STATUS_NAME(name, value, text) [value] = (text),
    BASIN_STATUSES(STATUS_NAME)
#undef STATUS_NAME
};

/* The cell that a name, a glob or the first digits of an identity mean. */
static int find_cell(const struct basin_plan *plan, const char *wanted, size_t *cell,
    struct basin_diag *diag)
{
    struct basin_str name = {0};
    size_t found = 0;
    char **names = calloc(plan->n_cells, sizeof(*names));
    for (size_t c = 0; names != NULL && c < plan->n_cells && !name.failed; c++) {
        char id[BASIN_ID_TEXT];
        name.length = 0;
        basin_plan_cell_name(plan, c, &name);
        basin_id_text(&plan->cells[c].id, id);
        names[c] = basin_str_copy(name.text);
        bool exact = strcmp(name.text, wanted) == 0;
        if (exact || fnmatch(wanted, name.text, 0) == 0 ||
            (strlen(wanted) >= 6 && strncmp(id, wanted, strlen(wanted)) == 0)) {
            *cell = found == 0 || exact ? c : *cell;
            found = exact ? 1 : found + 1;
            if (exact) {
                break;
            }
        }
    }
    int ret = names == NULL || name.failed
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    if (ret == 0 && found == 0) {
        const char *near =
            basin_str_nearest(wanted, (const char *const *)names, plan->n_cells);
        ret = basin_fail(diag, BASIN_ERR_USAGE,
            "no cell is called \"%s\"; %s %s; `basin plan` lists them all", wanted,
            near == NULL ? "the first is" : "did you mean",
            near == NULL ? names[0] : near);
    } else if (ret == 0 && found > 1) {
        ret = basin_fail(diag, BASIN_ERR_USAGE,
            "\"%s\" means %zu cells, the first of them %s; name one", wanted, found,
            names[*cell]);
    }
    for (size_t c = 0; names != NULL && c < plan->n_cells; c++) {
        free(names[c]);
    }
    free(names);
    basin_str_free(&name);
    return ret;
}

/* What a run would do with a replicate. */
static const char *fate(enum basin_status status)
{
    switch (status) {
    case BASIN_STATUS_NOT_RUN:
        return "runs next: no journal has it";
    case BASIN_STATUS_FAILED:
        return "is skipped: it failed; --retry-failed runs it again";
    default:
        return "is skipped: it is done";
    }
}

static void add_replicates(
    const struct basin_look *look, size_t cell, struct basin_str *out)
{
    enum { SHOWN = 64 };
    uint32_t n = look->plan->replicates;
    for (uint32_t r = 0; r < n && r < SHOWN; r++) {
        enum basin_status status = basin_look_status(look, cell, r);
        const char *reason = basin_look_reason(look, cell, r);
        basin_str_add(out, "replicate %-4lu %-13s %s%s%s\n", (unsigned long)r,
            status_names[status], fate(status), reason[0] == '\0' ? "" : ": ", reason);
    }
    if (n > SHOWN) {
        basin_str_add(out, "and %lu replicates more\n", (unsigned long)n - SHOWN);
    }
}

static int explain(const struct basin_arguments *arguments,
    const struct basin_target *target, size_t cell, struct basin_diag *diag)
{
    const struct basin_plan *plan = &target->plan;
    struct basin_look look;
    struct basin_str out = {0};
    struct basin_str command = {0};
    char id[BASIN_ID_TEXT];
    int ret = basin_look_open(&look, plan, target->folder, diag);
    if (ret != 0) {
        return ret;
    }
    basin_str_add(&out, "cell       ");
    basin_plan_cell_name(plan, cell, &out);
    basin_str_add(&out,
        "\nidentity   %s\nseed       %llu (root), with the identity (but what files "
        "hold) "
        "and the replicate the key of its random streams\n\n",
        basin_id_text(&plan->cells[cell].id, id), (unsigned long long)plan->seed);
    basin_plan_cell_text(plan, cell, &out);
    basin_str_add(&out, "\n");
    add_replicates(&look, cell, &out);
    if (look.other_plan) {
        basin_str_add(&out,
            "%s holds results of another plan: a run needs --extend or "
            "--replace\n",
            target->folder);
    }
    basin_arguments_again(arguments, "run", false, &command);
    basin_str_add(&out, "\nalone      ");
    basin_alone_command(
        &out, command.failed ? "" : command.text, plan, cell, target->folder);
    basin_str_add(&out, "\n");
    ret = command.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                         : basin_text_write(&out, NULL, diag);
    basin_str_free(&out);
    basin_str_free(&command);
    basin_look_free(&look);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_target target;
    size_t cell = 0;
    int ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    ret = find_cell(&target.plan, arguments->operand[1], &cell, diag);
    ret = ret != 0 ? ret : explain(arguments, &target, cell, diag);
    basin_target_free(&target);
    return ret;
}

const struct basin_verb basin_verb_explain = {
    .name = "explain",
    .operands = "CONFIG CELL",
    .summary = "tell all about one cell: parameters, seed, status, why it runs or not",
    .options = "set|only|out",
    .help = "CELL is a name as `basin plan` lists it, a pattern such as "
            "'*dimension=500*' that\nfits one, or the first digits of an identity. Also "
            "prints the command that runs it alone.",
    .least = 2,
    .most = 2,
    .run = run,
};
