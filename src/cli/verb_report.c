/* basin report: the ledger of claims over results files. */
#include "cli/cli.h"

#include "base/str.h"
#include "claims/claim.h"
#include "report/ledger.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

/* The name of the first figure of a configuration; empty where there is none. */
static const char *first_figure(const struct basin_plan *plan)
{
    const struct basin_node *figures = basin_node_get(plan->document.root, "figures");
    const struct basin_node *name = figures == NULL || figures->n == 0
                                        ? NULL
                                        : basin_node_get(figures->items[0], "name");
    return name == NULL ? "" : name->text;
}

static int add_result(struct basin_ledger *ledger,
    const struct basin_arguments *arguments, const char *path, struct basin_diag *diag)
{
    struct basin_target target;
    struct basin_result result;
    struct basin_findings findings = {0};
    int ret = basin_stored_open(&target, &result, arguments, path, diag);
    if (ret != 0) {
        return ret;
    }
    ret = basin_claims_judge(&target.plan, &result, &findings, diag);
    if (ret == 0) {
        ret = basin_ledger_add(
            ledger, target.plan.name, first_figure(&target.plan), &findings, diag);
    }
    basin_findings_free(&findings);
    basin_stored_close(&target, &result);
    return ret;
}

/* The operands, or every results file there is, in the order of their names. */
static int fill_ledger(struct basin_ledger *ledger,
    const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int ret = 0;
    if (arguments->n_operands > 0) {
        for (size_t i = 0; ret == 0 && i < arguments->n_operands; i++) {
            ret = add_result(ledger, arguments, arguments->operand[i], diag);
        }
        return ret;
    }
    glob_t found;
    if (glob("results/*/*.h5", 0, NULL, &found) != 0) {
        return basin_fail(diag, BASIN_ERR_IO,
            "there are no results yet in results/; `basin run CONFIG` makes them");
    }
    for (size_t i = 0; ret == 0 && i < found.gl_pathc; i++) {
        ret = add_result(ledger, arguments, found.gl_pathv[i], diag);
    }
    globfree(&found);
    return ret;
}

static int read_text(const char *path, struct basin_str *text, struct basin_diag *diag)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    }
    char buffer[4096];
    size_t got;
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        basin_str_add_bytes(text, buffer, got);
    }
    bool good = ferror(file) == 0 && !text->failed && text->text != NULL;
    fclose(file);
    return good ? 0
                : basin_fail(diag, BASIN_ERR_IO, "%s cannot be read or is empty", path);
}

static int compare(
    const struct basin_ledger *ledger, const char *path, struct basin_diag *diag)
{
    struct basin_str stored = {0};
    struct basin_str lines = {0};
    size_t changed;
    int ret = read_text(path, &stored, diag);
    if (ret == 0) {
        ret = basin_ledger_compare(ledger, path, stored.text, &lines, &changed, diag);
    }
    if (ret == 0) {
        ret = basin_text_write(&lines, NULL, diag);
    }
    if (ret == 0 && changed > 0) {
        ret = basin_fail(
            diag, BASIN_ERR_VERDICT, "%zu claims differ from %s", changed, path);
    }
    basin_str_free(&stored);
    basin_str_free(&lines);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int format = arguments->format == NULL
                     ? 0
                     : basin_choice_index("markdown|tsv", arguments->format);
    if (format < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--format takes markdown or tsv, not \"%s\"", arguments->format);
    }
    struct basin_ledger ledger = {0};
    struct basin_str out = {0};
    int ret = fill_ledger(&ledger, arguments, diag);
    if (ret == 0) {
        ret = basin_ledger_adjust(&ledger, diag);
    }
    if (ret == 0 && arguments->against != NULL) {
        ret = compare(&ledger, arguments->against, diag);
    } else if (ret == 0) {
        (format == 0 ? basin_ledger_markdown : basin_ledger_tsv)(&ledger, &out);
        ret = basin_text_write(&out, arguments->out, diag);
    }
    basin_str_free(&out);
    basin_ledger_free(&ledger);
    return ret;
}

const struct basin_verb basin_verb_report = {
    .name = "report",
    .operands = "[RESULT...]",
    .summary = "write the ledger of all claims, or compare it with a stored one",
    .options = "out|format|against",
    .help =
        "Judges the claims of the results files named, or of all in results/, and writes "
        "one\ntable. p is the error probability at which a verdict still stands, p of "
        "the "
        "family\n(TSV: p_family) the chance of any false verdict among all of them "
        "(Holm).\n--format: markdown (default) or tsv. --against LEDGER.tsv prints only "
        "what changed,\nwith exit code 1 if a verdict did.",
    .most = 10000,
    .run = run,
};
