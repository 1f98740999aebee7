/* The ledger: every claim of every results file in one table, and what changed in it. */
#ifndef BASIN_REPORT_LEDGER_H
#define BASIN_REPORT_LEDGER_H

#include "base/err.h"
#include "base/str.h"
#include "claims/claim.h"

struct basin_ledger_page {
    char *name;   /* of the configuration */
    char *figure; /* its first, which shows claim, theory and measurement; may be empty */
    struct basin_findings findings;
};

struct basin_ledger {
    size_t n;
    struct basin_ledger_page *pages;
};

/* Takes over the findings of a configuration; on failure the caller keeps them. */
BASIN_CHECKED int basin_ledger_add(struct basin_ledger *self, const char *name,
    const char *figure, struct basin_findings *findings, struct basin_diag *diag);
void basin_ledger_free(struct basin_ledger *self);

/* The chance of any false verdict that a ledger is judged by. */
#define BASIN_LEDGER_ERROR 0.05

/* Fills p_family of every finding that rests on chance, controls and undecided ones
 * included in the count, by Holm's correction; call it once all findings are there. A
 * verdict stands if p_family is at most BASIN_LEDGER_ERROR. Verdicts do not change: what
 * falls is what one would not bet on among so many. */
BASIN_CHECKED int basin_ledger_adjust(struct basin_ledger *self, struct basin_diag *diag);

/* A line of counts, one of what Holm's correction changes, and a Markdown table: claim,
 * expectation, measurement with interval, verdict, both p, source, configuration and
 * figure. */
void basin_ledger_markdown(const struct basin_ledger *self, struct basin_str *out);

/* One row per claim; the first line names the columns. A negative control is marked in
 * column `control`: its right verdict is contradicted. */
void basin_ledger_tsv(const struct basin_ledger *self, struct basin_str *out);

/* Compares verdicts with those of a stored ledger (text as basin_ledger_tsv writes it):
 * one line per claim that is new, gone or has another verdict. *changed counts these
 * lines. Configurations that only one of the two has are passed over, so that a part of
 * the results can be compared, unless none is in both: that is an error. */
BASIN_CHECKED int basin_ledger_compare(const struct basin_ledger *self, const char *name,
    const char *stored, struct basin_str *out, size_t *changed, struct basin_diag *diag);

#endif
