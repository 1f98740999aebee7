/* Claims: a statistic on stored results, an expectation with its tolerance, a verdict.
 *
 *   claims:
 *     - id: H-capacity
 *       says: fixed-point retrieval breaks down near 0.138 patterns per unit
 *       source: Amit, Gutfreund & Sompolinsky 1985     # document and place
 *       measure: {statistic: crossing, of: recall_rate, along: load, between: dimension,
 *                 where: {label: fixed point}}
 *       expect: {within: [0.130, 0.150]}
 *       origin: crossings of d = 500 to 2000 differ by 0.007   # why this tolerance
 *       confidence: 0.95                               # the default
 *       control: false        # true: known to be false, so it must be contradicted
 *
 * supported: the whole interval lies inside what is expected; contradicted: the whole
 * interval lies outside; undecided: it straddles, or data are missing. The unit of
 * replication is the pattern set, never the cue. Where a claim has several parts (each
 * cell, each step) all of them must hold, with simultaneous intervals (Bonferroni). */
#ifndef BASIN_CLAIMS_CLAIM_H
#define BASIN_CLAIMS_CLAIM_H

#include "base/err.h"
#include "base/str.h"
#include "config/plan.h"
#include "store/result.h"

enum basin_verdict { BASIN_SUPPORTED, BASIN_CONTRADICTED, BASIN_UNDECIDED };

const char *basin_verdict_name(enum basin_verdict verdict);

struct basin_finding {
    char *id;
    char *says;     /* the claim in our words */
    char *source;   /* document and place; may be empty */
    char *origin;   /* where the tolerance comes from; may be empty */
    char *measured; /* the statistic in words: "crossing of recall_rate along load" */
    char *expected; /* "within 0.130 to 0.150" */
    double estimate, low, high; /* of the interval; NAN where there is none */
    double confidence;
    double p;        /* least error probability at which the verdict stands; NAN if not by
                      * chance or undecided */
    double p_family; /* the same for all verdicts of a ledger together (Holm), where there
                      * is a ledger; else NAN */
    size_t n;        /* replicates, or checks made, behind it */
    char *reason;    /* one line */
    enum basin_verdict verdict;
    bool by_chance; /* the verdict rests on an interval that chance widens: it belongs to
                     * the family of tests of a ledger. Not so: inequalities that one
                     * violation refutes, ranges, numbers without any spread */
    bool expected_false; /* a negative control: the claim is known to be false, and the
                          * right verdict is contradicted */
};

struct basin_findings {
    size_t n;
    struct basin_finding *finding;
};

/* The scalar keys of an entry of `claims:`; `measure` and `expect` are mappings. */
extern const struct basin_field basin_claim_fields[];

/* Checks the claims of a configuration without any result, before anything is run. */
BASIN_CHECKED int basin_claims_check(const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag);

/* Judges every claim on a result. */
BASIN_CHECKED int basin_claims_judge(const struct basin_plan *plan,
    const struct basin_result *result, struct basin_findings *findings,
    struct basin_diag *diag);
void basin_findings_free(struct basin_findings *self);

/* Tables of findings: for people, TSV, JSON, JUnit XML, TAP. */
enum basin_findings_format {
    BASIN_FINDINGS_TEXT,
    BASIN_FINDINGS_TSV,
    BASIN_FINDINGS_JSON,
    BASIN_FINDINGS_JUNIT,
    BASIN_FINDINGS_TAP,
};
void basin_findings_print(const struct basin_findings *self, const char *name,
    enum basin_findings_format format, struct basin_str *out);

#endif
