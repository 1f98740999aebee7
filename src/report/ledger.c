/* The ledger: every claim of every results file in one table, and what changed in it. */
#include "report/ledger.h"

#include "claims/holm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int basin_ledger_add(struct basin_ledger *self, const char *name, const char *figure,
    struct basin_findings *findings, struct basin_diag *diag)
{
    struct basin_ledger_page page = {basin_str_copy(name), basin_str_copy(figure), {0}};
    void *grown = realloc(self->pages, (self->n + 1) * sizeof(*self->pages));
    if (grown != NULL) {
        self->pages = grown;
    }
    if (grown == NULL || page.name == NULL || page.figure == NULL) {
        free(page.name);
        free(page.figure);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    page.findings = *findings;
    *findings = (struct basin_findings){0};
    self->pages[self->n++] = page;
    return 0;
}

void basin_ledger_free(struct basin_ledger *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->pages[i].name);
        free(self->pages[i].figure);
        basin_findings_free(&self->pages[i].findings);
    }
    free(self->pages);
    *self = (struct basin_ledger){0};
}

/* How many findings belong to the family of tests; p, unless it is NULL: theirs. */
static size_t find_tests(const struct basin_ledger *self, double *p)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            if (findings->finding[j].by_chance) {
                if (p != NULL) {
                    p[n] = findings->finding[j].p;
                }
                n++;
            }
        }
    }
    return n;
}

int basin_ledger_adjust(struct basin_ledger *self, struct basin_diag *diag)
{
    size_t n = find_tests(self, NULL);
    double *p = calloc(n + 1, sizeof(*p));
    double *adjusted = calloc(n + 1, sizeof(*adjusted));
    int ret = p != NULL && adjusted != NULL
                  ? 0
                  : basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    if (ret == 0) {
        find_tests(self, p);
        ret = basin_holm(p, n, adjusted, diag);
    }
    for (size_t i = 0, test = 0; ret == 0 && i < self->n; i++) {
        struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            if (findings->finding[j].by_chance) {
                findings->finding[j].p_family = adjusted[test++];
            }
        }
    }
    free(p);
    free(adjusted);
    return ret;
}

/* Text in a cell of a table: no line breaks, and the separator made harmless. */
static void add_cell(const char *text, bool markdown, struct basin_str *out)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '\n' || *text == '\t' || *text == '\r') {
            basin_str_add(out, " ");
        } else if (markdown && (*text == '|' || *text == '<' || *text == '*')) {
            basin_str_add(out, "\\%c", *text);
        } else {
            basin_str_add_bytes(out, text, 1);
        }
    }
}

static void add_number(double value, struct basin_str *out)
{
    if (!isnan(value)) {
        basin_str_add(out, "%.4g", value);
    }
}

static void add_measured(const struct basin_finding *f, struct basin_str *out)
{
    if (isnan(f->estimate)) {
        basin_str_add(out, "no value");
        return;
    }
    basin_str_add(out, "%.4g", f->estimate);
    if (!isnan(f->low) && !isnan(f->high)) {
        basin_str_add(out, " (%.4g to %.4g)", f->low, f->high);
    }
}

/* A verdict that would not stand among all others of the ledger. */
static bool falls(const struct basin_finding *f)
{
    return f->p_family > BASIN_LEDGER_ERROR;
}

/* An error probability; the least that is told apart from 0 is 1e-12. */
static void add_p(double p, struct basin_str *out)
{
    if (!isnan(p)) {
        basin_str_add(out, "%.2g", p);
    }
}

static void add_markdown_row(const struct basin_ledger_page *page,
    const struct basin_finding *f, struct basin_str *out)
{
    basin_str_add(out, "| %s | ", f->id);
    add_cell(f->says, true, out);
    basin_str_add(out, f->expected_false ? " (known to be false) | " : " | ");
    add_cell(f->measured, true, out);
    basin_str_add(out, " | ");
    add_cell(f->expected, true, out);
    basin_str_add(out, " | ");
    add_measured(f, out);
    basin_str_add(out, " | **%s**: ", basin_verdict_name(f->verdict));
    add_cell(f->reason, true, out);
    basin_str_add(out, " | ");
    add_p(f->p, out);
    basin_str_add(out, " | ");
    add_p(f->p_family, out);
    basin_str_add(out, falls(f) ? " (falls) | " : " | ");
    add_cell(f->source, true, out);
    basin_str_add(
        out, " | %s%s%s |\n", page->name, *page->figure == '\0' ? "" : "/", page->figure);
}

static void add_counts(const struct basin_ledger *self, struct basin_str *out)
{
    size_t controls = 0;
    size_t count[] = {
        [BASIN_SUPPORTED] = 0, [BASIN_CONTRADICTED] = 0, [BASIN_UNDECIDED] = 0};
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            const struct basin_finding *f = &findings->finding[j];
            count[f->verdict]++;
            controls += f->expected_false && f->verdict == BASIN_CONTRADICTED;
        }
    }
    basin_str_add(out,
        "%zu supported, %zu contradicted (of them %zu known to be false), %zu "
        "undecided.\n\n",
        count[BASIN_SUPPORTED], count[BASIN_CONTRADICTED], controls,
        count[BASIN_UNDECIDED]);
}

/* What a bound on the chance of any false verdict would change. */
static void add_family(const struct basin_ledger *self, struct basin_str *out)
{
    size_t decided = 0;
    size_t fallen = 0;
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            decided += !isnan(findings->finding[j].p_family);
            fallen += falls(&findings->finding[j]);
        }
    }
    basin_str_add(out,
        "%zu verdicts rest on an interval. %zu of them stand if the chance of even one "
        "false verdict is held to %g %% (Holm over %zu tests)%s",
        decided, decided - fallen, 100 * BASIN_LEDGER_ERROR, find_tests(self, NULL),
        fallen > 0 ? "; these fall: " : ".\n\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            const struct basin_finding *f = &findings->finding[j];
            if (falls(f)) {
                basin_str_add(out, "%s/%s (%.2g)%s", self->pages[i].name, f->id,
                    f->p_family, --fallen > 0 ? ", " : ".\n\n");
            }
        }
    }
}

void basin_ledger_markdown(const struct basin_ledger *self, struct basin_str *out)
{
    add_counts(self, out);
    add_family(self, out);
    basin_str_add(out,
        "| id | claim | statistic | expected | measured | verdict | p | p of the family "
        "| source | figure |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_ledger_page *page = &self->pages[i];
        for (size_t j = 0; j < page->findings.n; j++) {
            add_markdown_row(page, &page->findings.finding[j], out);
        }
    }
}

static void add_tsv_row(const struct basin_ledger_page *page,
    const struct basin_finding *f, struct basin_str *out)
{
    basin_str_add(out, "%s\t%s\t%s\t%s", page->name, f->id,
        basin_verdict_name(f->verdict), f->expected_false ? "yes" : "no");
    const double numbers[] = {f->estimate, f->low, f->high};
    for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
        basin_str_add(out, "\t");
        add_number(numbers[k], out);
    }
    basin_str_add(out, "\t");
    add_p(f->p, out);
    basin_str_add(out, "\t");
    add_p(f->p_family, out);
    const char *texts[] = {
        f->expected, f->measured, f->says, f->source, page->figure, f->origin, f->reason};
    for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
        basin_str_add(out, "\t");
        add_cell(texts[k], false, out);
    }
    basin_str_add(out, "\n");
}

void basin_ledger_tsv(const struct basin_ledger *self, struct basin_str *out)
{
    basin_str_add(out,
        "config\tid\tverdict\tcontrol\testimate\tlow\thigh\tp\tp_family\texpected\t"
        "statistic\tsays\tsource\tfigure\torigin\treason\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_ledger_page *page = &self->pages[i];
        for (size_t j = 0; j < page->findings.n; j++) {
            add_tsv_row(page, &page->findings.finding[j], out);
        }
    }
}

/* The first three columns of a row of a stored ledger. */
struct row {
    const char *config, *id, *verdict;
};

struct rows {
    char *text;
    size_t n;
    struct row *row;
};

static void rows_free(struct rows *self)
{
    free(self->text);
    free(self->row);
}

static int rows_read(
    struct rows *self, const char *name, const char *stored, struct basin_diag *diag)
{
    size_t lines = 1;
    for (const char *c = stored; *c != '\0'; c++) {
        lines += *c == '\n';
    }
    *self = (struct rows){basin_str_copy(stored), 0, calloc(lines, sizeof(*self->row))};
    if (self->text == NULL || self->row == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    char *rest = self->text;
    char *line;
    for (size_t number = 1; (line = strsep(&rest, "\n")) != NULL; number++) {
        if (number == 1 || *line == '\0') {
            continue;
        }
        struct row row;
        row.config = strsep(&line, "\t");
        row.id = strsep(&line, "\t");
        row.verdict = strsep(&line, "\t");
        if (row.verdict == NULL) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s:%zu: a row of a ledger has config, id and verdict, with tabs", name,
                number);
        }
        self->row[self->n++] = row;
    }
    return 0;
}

static const struct row *rows_find(
    const struct rows *self, const char *config, const char *id)
{
    for (size_t i = 0; i < self->n; i++) {
        if (strcmp(self->row[i].config, config) == 0 &&
            (id == NULL || strcmp(self->row[i].id, id) == 0)) {
            return &self->row[i];
        }
    }
    return NULL;
}

static bool page_has(const struct basin_ledger_page *page, const char *id)
{
    for (size_t j = 0; j < page->findings.n; j++) {
        if (strcmp(page->findings.finding[j].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static size_t compare_page(
    const struct basin_ledger_page *page, const struct rows *rows, struct basin_str *out)
{
    size_t changed = 0;
    for (size_t j = 0; j < page->findings.n; j++) {
        const struct basin_finding *f = &page->findings.finding[j];
        const struct row *row = rows_find(rows, page->name, f->id);
        const char *was = row == NULL ? "not there" : row->verdict;
        const char *is = basin_verdict_name(f->verdict);
        if (strcmp(was, is) != 0) {
            basin_str_add(out, "%s %s: was %s, is %s: ", page->name, f->id, was, is);
            add_measured(f, out);
            basin_str_add(out, ", expected %s; %s\n", f->expected, f->reason);
            changed++;
        }
    }
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->row[i];
        if (strcmp(row->config, page->name) == 0 && !page_has(page, row->id)) {
            basin_str_add(
                out, "%s %s: was %s, is gone\n", row->config, row->id, row->verdict);
            changed++;
        }
    }
    return changed;
}

int basin_ledger_compare(const struct basin_ledger *self, const char *name,
    const char *stored, struct basin_str *out, size_t *changed, struct basin_diag *diag)
{
    struct rows rows;
    size_t common = 0;
    *changed = 0;
    int ret = rows_read(&rows, name, stored, diag);
    for (size_t i = 0; ret == 0 && i < self->n; i++) {
        if (rows_find(&rows, self->pages[i].name, NULL) != NULL) {
            *changed += compare_page(&self->pages[i], &rows, out);
            common++;
        }
    }
    if (ret == 0 && common == 0) {
        ret = basin_fail(diag, BASIN_ERR_USAGE,
            "%s has no configuration in common with the results", name);
    }
    rows_free(&rows);
    return ret;
}
