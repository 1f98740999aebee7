/* The ledger: every claim of every results file in one table, and what changed in it. */
#ifndef BASIN_REPORT_LEDGER_H
#define BASIN_REPORT_LEDGER_H

#include "base/err.h"
#include "base/str.h"
#include "claims/claim.h"

struct basin_ledger_page {
    char *name; /* of the configuration */
    struct basin_findings findings;
};

struct basin_ledger {
    size_t n;
    struct basin_ledger_page *pages;
};

/* Takes over the findings of a configuration; on failure the caller keeps them. */
BASIN_CHECKED int basin_ledger_add(struct basin_ledger *self, const char *name,
    struct basin_findings *findings, struct basin_diag *diag);
void basin_ledger_free(struct basin_ledger *self);

/* A Markdown table: claim, expectation, measurement with interval, verdict, source. */
void basin_ledger_markdown(const struct basin_ledger *self, struct basin_str *out);

/* One row per claim: config, id, verdict, estimate, low, high, expected, says, source,
 * reason; the first line names the columns. */
void basin_ledger_tsv(const struct basin_ledger *self, struct basin_str *out);

/* Compares verdicts with those of a stored ledger (text as basin_ledger_tsv writes it):
 * one line per claim that is new, gone or has another verdict. *changed counts the other
 * verdicts and the gone ones among configurations that the ledger holds. */
BASIN_CHECKED int basin_ledger_compare(const struct basin_ledger *self, const char *name,
    const char *stored, struct basin_str *out, size_t *changed, struct basin_diag *diag);

#endif
