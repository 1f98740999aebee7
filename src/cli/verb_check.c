/* basin check: verdicts on the claims, from stored results. */
#include "cli/cli.h"

#include "base/str.h"
#include "claims/claim.h"

/* A verdict is right if it is the one on record: supported, or contradicted for a claim
 * that is known to be false. */
static int verdict_code(const struct basin_findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        const struct basin_finding *f = &findings->finding[i];
        enum basin_verdict wrong =
            f->expected_false ? BASIN_SUPPORTED : BASIN_CONTRADICTED;
        if (f->verdict == wrong) {
            return BASIN_ERR_VERDICT;
        }
    }
    return 0;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    int format = arguments->format == NULL
                     ? BASIN_FINDINGS_TEXT
                     : basin_choice_index("text|tsv|json|junit|tap", arguments->format);
    if (format < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--format takes text, tsv, json, junit or tap, not \"%s\"",
            arguments->format);
    }
    struct basin_target target;
    struct basin_result result;
    int ret = basin_stored_open(&target, &result, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str out = {0};
    struct basin_findings findings = {0};
    ret = basin_claims_judge(&target.plan, &result, &findings, diag);
    if (ret == 0) {
        basin_findings_print(
            &findings, target.plan.name, (enum basin_findings_format)format, &out);
        ret = basin_text_write(&out, arguments->out, diag);
    }
    if (ret == 0) {
        ret = verdict_code(&findings);
    }
    basin_findings_free(&findings);
    basin_str_free(&out);
    basin_stored_close(&target, &result);
    return ret;
}

const struct basin_verb basin_verb_check = {
    .name = "check",
    .operands = "CONFIG",
    .summary = "judge the claims on the stored results; exit code 1 if one says no",
    .options = "set|only|out|format",
    .help =
        "Judges every claim of the configuration (or of the results file) on what is\n"
        "stored: supported, contradicted or undecided, with an interval.\n"
        "--format: text, tsv, json, junit, tap; --out FILE writes there.",
    .least = 1,
    .most = 1,
    .run = run,
};
