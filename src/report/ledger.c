/* The ledger: every claim of every results file in one table, and what changed in it. */
#include "report/ledger.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int basin_ledger_add(struct basin_ledger *self, const char *name,
    struct basin_findings *findings, struct basin_diag *diag)
{
    void *grown = realloc(self->pages, (self->n + 1) * sizeof(*self->pages));
    if (grown != NULL) {
        self->pages = grown;
    }
    char *copy = basin_str_copy(name);
    if (grown == NULL || copy == NULL) {
        free(copy);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    self->pages[self->n++] = (struct basin_ledger_page){copy, *findings};
    *findings = (struct basin_findings){0};
    return 0;
}

void basin_ledger_free(struct basin_ledger *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->pages[i].name);
        basin_findings_free(&self->pages[i].findings);
    }
    free(self->pages);
    *self = (struct basin_ledger){0};
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

static void add_markdown_row(
    const char *config, const struct basin_finding *f, struct basin_str *out)
{
    basin_str_add(out, "| %s | ", f->id);
    add_cell(f->says, true, out);
    if (f->expected_false) {
        basin_str_add(out, " (negative control: known to be false)");
    }
    basin_str_add(out, " | ");
    add_cell(f->expected, true, out);
    basin_str_add(out, " | ");
    add_measured(f, out);
    basin_str_add(out, " | **%s** ", basin_verdict_name(f->verdict));
    if (f->verdict != BASIN_SUPPORTED) {
        add_cell(f->reason, true, out);
    }
    basin_str_add(out, " | ");
    add_cell(f->source, true, out);
    basin_str_add(out, " | %s |\n", config);
}

void basin_ledger_markdown(const struct basin_ledger *self, struct basin_str *out)
{
    basin_str_add(out,
        "| id | claim | expected | measured | verdict | source | config |\n"
        "|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_ledger_page *page = &self->pages[i];
        for (size_t j = 0; j < page->findings.n; j++) {
            add_markdown_row(page->name, &page->findings.finding[j], out);
        }
    }
}

void basin_ledger_tsv(const struct basin_ledger *self, struct basin_str *out)
{
    basin_str_add(out,
        "config\tid\tverdict\testimate\tlow\thigh\texpected\tsays\tsource\treason\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_ledger_page *page = &self->pages[i];
        for (size_t j = 0; j < page->findings.n; j++) {
            const struct basin_finding *f = &page->findings.finding[j];
            basin_str_add(
                out, "%s\t%s\t%s\t", page->name, f->id, basin_verdict_name(f->verdict));
            add_number(f->estimate, out);
            basin_str_add(out, "\t");
            add_number(f->low, out);
            basin_str_add(out, "\t");
            add_number(f->high, out);
            const char *texts[] = {f->expected, f->says, f->source, f->reason};
            for (size_t k = 0; k < 4; k++) {
                basin_str_add(out, "\t");
                add_cell(texts[k], false, out);
            }
            basin_str_add(out, "\n");
        }
    }
}

static const struct basin_finding *find(
    const struct basin_ledger *self, const char *config, const char *id, bool *has_config)
{
    *has_config = false;
    for (size_t i = 0; i < self->n; i++) {
        if (strcmp(self->pages[i].name, config) != 0) {
            continue;
        }
        *has_config = true;
        const struct basin_findings *findings = &self->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            if (strcmp(findings->finding[j].id, id) == 0) {
                return &findings->finding[j];
            }
        }
    }
    return NULL;
}

int basin_ledger_compare(const struct basin_ledger *self, const char *name,
    const char *stored, struct basin_str *out, size_t *changed, struct basin_diag *diag)
{
    char *copy = basin_str_copy(stored);
    if (copy == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = 0;
    size_t line_number = 0;
    char *rest = copy;
    char *line;
    *changed = 0;
    while (ret == 0 && (line = strsep(&rest, "\n")) != NULL) {
        if (line_number++ == 0 || *line == '\0') {
            continue;
        }
        char *config = strsep(&line, "\t");
        char *id = strsep(&line, "\t");
        char *verdict = strsep(&line, "\t");
        if (id == NULL || verdict == NULL) {
            ret = basin_fail(diag, BASIN_ERR_FORMAT,
                "%s:%zu: a row of a ledger has config, id and verdict, with tabs", name,
                line_number);
            break;
        }
        bool has_config;
        const struct basin_finding *now = find(self, config, id, &has_config);
        if (has_config && now == NULL) {
            basin_str_add(out, "%s %s: was %s, is gone\n", config, id, verdict);
            ++*changed;
        } else if (now != NULL &&
                   strcmp(basin_verdict_name(now->verdict), verdict) != 0) {
            basin_str_add(out, "%s %s: was %s, is %s: %s\n", config, id, verdict,
                basin_verdict_name(now->verdict), now->reason);
            ++*changed;
        }
    }
    free(copy);
    return ret;
}
