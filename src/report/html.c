/* The report as one HTML page. */
#include "report/html.h"

#include "base/quote.h"
#include "report/conventions.h"

#include <math.h>
#include <string.h>

enum { KINDS = 4 };

static const struct {
    const char *name, *text;
} kinds[KINDS] = {
    {"supported", "supported"},
    {"contradicted", "contradicted"},
    {"undecided", "undecided"},
    {"control", "controls, contradicted as they should be"},
};

/* A negative control that is contradicted is as it should be: a kind of its own. */
static size_t kind_of(const struct basin_finding *f)
{
    if (f->verdict == BASIN_UNDECIDED) {
        return 2;
    }
    if (f->expected_false) {
        return f->verdict == BASIN_CONTRADICTED ? 3 : 1;
    }
    return f->verdict == BASIN_SUPPORTED ? 0 : 1;
}

static void add_counts(const struct basin_ledger *ledger, struct basin_str *out)
{
    size_t count[KINDS] = {0};
    for (size_t i = 0; i < ledger->n; i++) {
        const struct basin_findings *findings = &ledger->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            count[kind_of(&findings->finding[j])]++;
        }
    }
    basin_str_add(out, "<div class=\"counts\">\n");
    for (size_t k = 0; k < KINDS; k++) {
        basin_str_add(out,
            "<label class=\"%s\"><input type=\"checkbox\" id=\"show-%s\" "
            "checked=\"checked\"/><b>%zu</b><span>%s</span></label>\n",
            kinds[k].name, kinds[k].name, count[k], kinds[k].text);
    }
    basin_str_add(out, "</div>\n");
}

static void add_labelled(const char *label, const char *text, struct basin_str *out)
{
    if (text != NULL && *text != '\0') {
        basin_str_add(out, "<p><small>%s</small> ", label);
        basin_quote_markup(text, out);
        basin_str_add(out, "</p>");
    }
}

static void add_measured(const struct basin_finding *f, struct basin_str *out)
{
    if (isnan(f->estimate)) {
        basin_str_add(out, "no value");
    } else {
        basin_str_add(out, "%.4g", f->estimate);
    }
    if (!isnan(f->low) && !isnan(f->high) && f->low != f->high) {
        basin_str_add(
            out, " <span class=\"soft\">(%.4g to %.4g)</span>", f->low, f->high);
    }
}

static void add_claim(const struct basin_ledger_page *page, const struct basin_finding *f,
    struct basin_str *out)
{
    basin_str_add(out, "<tr class=\"%s\" id=\"", kinds[kind_of(f)].name);
    basin_quote_markup(page->name, out);
    basin_str_add(out, ".");
    basin_quote_markup(f->id, out);
    basin_str_add(out, "\"><td><details><summary>");
    basin_quote_markup(f->says, out);
    basin_str_add(out, "%s</summary>",
        f->expected_false ? " <small>(known to be false)</small>" : "");
    add_labelled("claim", f->id, out);
    add_labelled("source", f->source, out);
    add_labelled("statistic", f->measured, out);
    add_labelled("tolerance", f->origin, out);
    add_labelled("verdict", f->reason, out);
    if (!isnan(f->p_family)) {
        basin_str_add(out,
            "<p><small>error probability</small> %.2g alone, %.2g among all (Holm)</p>",
            f->p, f->p_family);
    }
    basin_str_add(out, "</details></td><td class=\"number\" data-name=\"expected\">");
    basin_quote_markup(f->expected, out);
    basin_str_add(out, "</td><td class=\"number\" data-name=\"measured\">");
    add_measured(f, out);
    bool falls = f->p_family > BASIN_LEDGER_ERROR;
    basin_str_add(out, "</td><td class=\"verdict\">%s%s</td><td><a href=\"#c-",
        basin_verdict_name(f->verdict), falls ? " ‡" : "");
    basin_quote_markup(page->name, out);
    basin_str_add(out, "\">");
    basin_quote_markup(page->name, out);
    basin_str_add(out, "</a></td></tr>\n");
}

static void add_claims(const struct basin_ledger *ledger, struct basin_str *out)
{
    basin_str_add(out,
        "<h2 id=\"claims\">Claims</h2>\n<p class=\"soft\">Open a claim for its source, "
        "its statistic and the reason of its tolerance. ‡ falls if the chance of even "
        "one false verdict in the table is held to 5 %% (Holm).</p>\n"
        "<table><thead><tr><th>claim</th><th>expected</th><th>measured</th>"
        "<th>verdict</th><th>configuration</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < ledger->n; i++) {
        const struct basin_ledger_page *page = &ledger->pages[i];
        for (size_t j = 0; j < page->findings.n; j++) {
            add_claim(page, &page->findings.finding[j], out);
        }
    }
    basin_str_add(out, "</tbody></table>\n");
}

static void add_provenance(
    const struct basin_html_chapter *chapter, struct basin_str *out)
{
    const struct basin_node *root = chapter->provenance.root;
    basin_str_add(out, "<details><summary>Provenance</summary><dl>");
    for (size_t i = 0; root != NULL && i < root->n; i++) {
        if (root->items[i]->kind == BASIN_SCALAR) {
            basin_str_add(out, "<dt>");
            basin_quote_markup(root->keys[i], out);
            basin_str_add(out, "</dt><dd>");
            basin_quote_markup(root->items[i]->text, out);
            basin_str_add(out, "</dd>");
        }
    }
    basin_str_add(out, "%s</dl></details>\n",
        root == NULL ? "<dt>provenance.yaml</dt><dd>is not there</dd>" : "");
}

static void add_chapter(const struct basin_ledger_page *page,
    const struct basin_html_chapter *chapter, size_t *number, struct basin_str *out)
{
    basin_str_add(out, "<section class=\"chapter\" id=\"c-");
    basin_quote_markup(page->name, out);
    basin_str_add(out, "\">\n<h3>");
    basin_quote_markup(chapter->title, out);
    basin_str_add(out, "</h3>\n<p class=\"soft\">");
    basin_quote_markup(page->name, out);
    basin_str_add(out, ": experiment %s, %zu cells x %u replicates, seed %llu",
        chapter->experiment, chapter->n_cells, chapter->replicates,
        (unsigned long long)chapter->seed);
    if (chapter->source[0] != '\0') {
        basin_str_add(out, ". ");
        basin_quote_markup(chapter->source, out);
    }
    basin_str_add(out, "</p>\n<div class=\"figures\">\n");
    for (size_t i = 0; i < chapter->n_figures; i++) {
        basin_html_figure_add(&chapter->figure[i], (*number)++, out);
    }
    basin_str_add(out, "</div>\n<details><summary>Configuration, defaults filled in"
                       "</summary><pre>");
    basin_quote_markup(chapter->config, out);
    basin_str_add(out, "</pre></details>\n");
    add_provenance(chapter, out);
    basin_str_add(out, "</section>\n");
}

static void add_conventions(struct basin_str *out)
{
    basin_str_add(out,
        "<h2 id=\"conventions\">Conventions</h2>\n<p class=\"soft\">What papers leave "
        "out "
        "is a field with a default; each configuration above says what it used.</p>\n"
        "<table><thead><tr><th>question</th><th>field</th><th>default</th><th>why it "
        "matters</th></tr></thead><tbody>\n");
    for (const struct basin_convention *c = basin_conventions; c->question != NULL; c++) {
        const struct basin_field *field = basin_convention_field(c);
        basin_str_add(out, "<tr><td>");
        basin_quote_markup(c->question, out);
        basin_str_add(out, "</td><td>%s: <code>%s</code></td><td data-name=\"default\">",
            c->kind, c->field);
        basin_quote_markup(
            field == NULL || field->fallback == NULL ? "" : field->fallback, out);
        basin_str_add(out, "</td><td>");
        basin_quote_markup(c->why, out);
        basin_str_add(out, "</td></tr>\n");
    }
    basin_str_add(out, "</tbody></table>\n");
}

void basin_html_write(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, struct basin_str *out)
{
    basin_str_add(out,
        "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
        "<head><meta charset=\"utf-8\"/><meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"/>\n<title>What holds</title>\n"
        "<style>\n%s</style></head>\n<body>\n<h1>What holds</h1>\n"
        "<p class=\"lead\">Every claim of the documents on associative memory and "
        "attention "
        "that was tested, with what was expected, what was measured, and the verdict. "
        "Judged on stored results by basin %s.</p>\n",
        basin_html_style, BASIN_VERSION);
    basin_str_add(out,
        "<nav><a href=\"#claims\">Claims</a> · <a href=\"#figures\">Figures</a> · "
        "<a href=\"#conventions\">Conventions</a> · <a href=\"#checklist\">"
        "Reproducibility</a></nav>\n");
    add_counts(ledger, out);
    add_claims(ledger, out);
    basin_str_add(out, "<h2 id=\"figures\">Figures and configurations</h2>\n");
    size_t number = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        add_chapter(&ledger->pages[i], &chapter[i], &number, out);
    }
    add_conventions(out);
    basin_str_add(out, "<h2 id=\"checklist\">Reproducibility checklist</h2>\n");
    basin_html_checklist(ledger, chapter, out);
    basin_str_add(out, "</body>\n</html>\n");
}
