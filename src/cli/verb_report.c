/* basin report: the ledger of claims over results files. */
#include "cli/cli.h"

#include "base/file.h"
#include "base/str.h"
#include "claims/claim.h"
#include "report/html.h"
#include "report/ledger.h"

#include <glob.h>
#include <stdlib.h>

/* What is gathered from the results: for tables the ledger, for a page chapters too. */
struct gathered {
    bool page;
    struct basin_ledger ledger;
    struct basin_html_chapter *chapter; /* owned; one for each page of the ledger */
};

/* The name of the first figure of a configuration; empty where there is none. */
static const char *first_figure(const struct basin_plan *plan)
{
    const struct basin_node *figures = basin_node_get(plan->document.root, "figures");
    const struct basin_node *name = figures == NULL || figures->n == 0
                                        ? NULL
                                        : basin_node_get(figures->items[0], "name");
    return name == NULL ? "" : name->text;
}

static void gathered_free(struct gathered *self)
{
    for (size_t i = 0; self->chapter != NULL && i < self->ledger.n; i++) {
        basin_html_chapter_free(&self->chapter[i]);
    }
    free(self->chapter);
    basin_ledger_free(&self->ledger);
}

/* The chapter of the page that was added last. */
static int add_chapter(struct gathered *self, const struct basin_target *target,
    const struct basin_result *result, struct basin_diag *diag)
{
    size_t n = self->ledger.n;
    void *grown = realloc(self->chapter, n * sizeof(*self->chapter));
    if (grown == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->chapter = grown;
    return basin_html_chapter_make(&self->chapter[n - 1], &target->plan,
        target->experiment, result, target->result_path, diag);
}

static int add_result(struct gathered *self, const struct basin_arguments *arguments,
    const char *path, struct basin_diag *diag)
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
            &self->ledger, target.plan.name, first_figure(&target.plan), &findings, diag);
    }
    if (ret == 0 && self->page) {
        ret = add_chapter(self, &target, &result, diag);
    }
    basin_findings_free(&findings);
    basin_stored_close(&target, &result);
    return ret;
}

/* The operands, or every results file there is, in the order of their names. */
static int gather(struct gathered *self, const struct basin_arguments *arguments,
    struct basin_diag *diag)
{
    int ret = 0;
    if (arguments->n_operands > 0) {
        for (size_t i = 0; ret == 0 && i < arguments->n_operands; i++) {
            ret = add_result(self, arguments, arguments->operand[i], diag);
        }
        return ret;
    }
    glob_t found;
    if (glob("results/*/*.h5", 0, NULL, &found) != 0) {
        return basin_fail(diag, BASIN_ERR_IO,
            "there are no results yet in results/; `basin run CONFIG` makes them");
    }
    for (size_t i = 0; ret == 0 && i < found.gl_pathc; i++) {
        ret = add_result(self, arguments, found.gl_pathv[i], diag);
    }
    globfree(&found);
    return ret;
}

static int compare(
    const struct basin_ledger *ledger, const char *path, struct basin_diag *diag)
{
    struct basin_str stored = {0};
    struct basin_str lines = {0};
    size_t changed;
    int ret = basin_file_read(path, &stored, diag);
    if (ret == 0 && stored.text == NULL) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT, "%s is empty", path);
    }
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

enum format { MARKDOWN, TSV, HTML };

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int format = arguments->format == NULL
                     ? MARKDOWN
                     : basin_choice_index("markdown|tsv|html", arguments->format);
    if (format < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--format takes markdown, tsv or html, not \"%s\"", arguments->format);
    }
    struct gathered gathered = {.page = format == HTML && arguments->against == NULL};
    struct basin_str out = {0};
    int ret = gather(&gathered, arguments, diag);
    if (ret == 0) {
        ret = basin_ledger_adjust(&gathered.ledger, diag);
    }
    if (ret == 0 && arguments->against != NULL) {
        ret = compare(&gathered.ledger, arguments->against, diag);
    } else if (ret == 0) {
        if (gathered.page) {
            basin_html_write(&gathered.ledger, gathered.chapter, &out);
        } else {
            (format == MARKDOWN ? basin_ledger_markdown : basin_ledger_tsv)(
                &gathered.ledger, &out);
        }
        ret = basin_text_write(&out, arguments->out, diag);
    }
    basin_str_free(&out);
    gathered_free(&gathered);
    return ret;
}

const struct basin_verb basin_verb_report = {
    .name = "report",
    .operands = "[RESULT...]",
    .summary =
        "write the ledger of all claims (html: a page), or compare it with a stored one",
    .options = "out|format|against",
    .help =
        "Judges the claims of the results files named, or of all in results/, and writes "
        "one\ntable. p is the error probability at which a verdict still stands, p of "
        "the "
        "family\n(TSV: p_family) the chance of any false verdict among all of them "
        "(Holm).\n--format: markdown (default), tsv, or html: one page with all figures, "
        "configurations,\nprovenance and a reproducibility checklist, which needs "
        "nothing "
        "else.\n--against LEDGER.tsv prints only what changed, with exit code 1 if a "
        "verdict did.",
    .most = 10000,
    .run = run,
};
