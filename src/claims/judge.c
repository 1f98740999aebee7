/* Judges the claims of a configuration on a result. */
#include "claims/claim.h"

#include "claims/collect.h"
#include "claims/measure.h"
#include "claims/spec.h"
#include "claims/verdict.h"

#include <math.h>
#include <stdlib.h>

/* What is being judged, and what was found so far. */
struct trial {
    const struct basin_claim *claim;
    const struct basin_plan *plan;
    const struct basin_result *result;
    struct basin_sample first, second;
    struct basin_missing missing;
    struct basin_finding *finding;
};

int basin_claims_check(const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag)
{
    struct basin_claims claims;
    int ret = basin_claims_read(&claims, plan, experiment, diag);
    basin_claims_free(&claims);
    return ret;
}

/* Hands the text over; NULL if memory was out. */
static int take_text(struct basin_str *text, char **to, struct basin_diag *diag)
{
    if (text->text == NULL && !text->failed) {
        basin_str_add(text, "%s", "");
    }
    if (text->failed) {
        basin_str_free(text);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    *to = text->text;
    return 0;
}

static int collect(struct trial *self, struct basin_diag *diag)
{
    const struct basin_claim *claim = self->claim;
    const struct basin_measure *measure = &claim->measure;
    bool pair = claim->statistic->pair;
    const char *beside = measure->checks[0] != '\0' ? measure->checks : measure->than;
    int ret = basin_collect(&self->first, claim, &claim->where, measure->of,
        pair ? "" : beside, self->plan, self->result, &self->missing, diag);
    if (ret == 0 && pair) {
        ret = basin_collect(&self->second, claim,
            claim->has_against ? &claim->against : &claim->where,
            measure->than[0] != '\0' ? measure->than : measure->of, "", self->plan,
            self->result, &self->missing, diag);
    }
    if (ret == 0 && pair && self->first.n_replicates != self->second.n_replicates) {
        ret = basin_fail(diag, BASIN_ERR_DOMAIN,
            "the two sides have %zu and %zu replicates", self->first.n_replicates,
            self->second.n_replicates);
    }
    return ret;
}

/* Whether judgement a is worse for the claim than b: a claim is as good as its worst
 * part.
 */
static bool is_worse(const struct basin_judgement *a, const struct basin_judgement *b)
{
    static const int rank[] = {
        [BASIN_SUPPORTED] = 0, [BASIN_UNDECIDED] = 1, [BASIN_CONTRADICTED] = 2};
    if (rank[a->verdict] != rank[b->verdict]) {
        return rank[a->verdict] > rank[b->verdict];
    }
    return a->margin < b->margin || (isnan(a->margin) && !isnan(b->margin));
}

static int take_part(struct trial *self, const struct basin_judgement *judgement,
    const struct basin_measurement *measurement, const struct basin_data *data,
    size_t n_parts, struct basin_diag *diag)
{
    struct basin_finding *finding = self->finding;
    struct basin_str reason = {0};
    finding->estimate = measurement->found.estimate;
    finding->low = judgement->interval.low;
    finding->high = judgement->interval.high;
    finding->n = (size_t)measurement->found.n;
    finding->verdict = judgement->verdict;
    finding->by_chance = judgement->by_chance;
    finding->p = judgement->p;
    if (n_parts > 1) {
        basin_str_add(&reason, "worst of %zu, ", n_parts);
        basin_part_describe(data, self->claim, &reason);
        basin_str_add(&reason, ": ");
    }
    basin_judgement_explain(judgement, measurement, self->claim, &reason);
    free(finding->reason);
    finding->reason = NULL;
    return take_text(&reason, &finding->reason, diag);
}

static int judge_parts(struct trial *self, struct basin_diag *diag)
{
    struct basin_parts_list parts = {0};
    struct basin_judgement worst;
    int ret = basin_split(&parts, self->claim, &self->first, &self->second, diag);
    for (size_t p = 0; ret == 0 && p < parts.n; p++) {
        struct basin_measurement measurement;
        ret = basin_measure(
            &measurement, self->claim, &parts.data[p], self->plan->seed, diag);
        if (ret == 0) {
            struct basin_judgement judgement =
                basin_judge(&measurement, self->claim, parts.n);
            if (p == 0 || is_worse(&judgement, &worst)) {
                worst = judgement;
                ret = take_part(
                    self, &judgement, &measurement, &parts.data[p], parts.n, diag);
            }
        }
        basin_measurement_free(&measurement);
    }
    basin_parts_free(&parts);
    return ret;
}

static int tell_missing(struct trial *self, struct basin_diag *diag)
{
    const struct basin_missing *missing = &self->missing;
    struct basin_str reason = {0};
    basin_str_add(&reason, "%zu of %zu values are missing (%zu failed, %zu not run)",
        missing->values, missing->all, missing->failed, missing->not_run);
    return take_text(&reason, &self->finding->reason, diag);
}

static int describe(struct trial *self, struct basin_diag *diag)
{
    const struct basin_claim_head *head = &self->claim->head;
    struct basin_finding *finding = self->finding;
    struct basin_str measured = {0};
    struct basin_str expected = {0};
    finding->id = basin_str_copy(head->id);
    finding->says = basin_str_copy(head->says);
    finding->source = basin_str_copy(head->source);
    finding->origin = basin_str_copy(head->origin);
    finding->confidence = head->confidence;
    finding->expected_false = head->control;
    finding->estimate = finding->low = finding->high = NAN;
    finding->p = finding->p_family = NAN;
    finding->verdict = BASIN_UNDECIDED;
    basin_claim_describe(self->claim, &measured);
    basin_expectation_describe(&self->claim->expect, &expected);
    int ret = take_text(&measured, &finding->measured, diag);
    if (ret == 0) {
        ret = take_text(&expected, &finding->expected, diag);
    } else {
        basin_str_free(&expected);
    }
    if (ret == 0 && (finding->id == NULL || finding->says == NULL ||
                        finding->source == NULL || finding->origin == NULL)) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return ret;
}

static int judge_claim(struct trial *self, struct basin_diag *diag)
{
    struct basin_diag why = {{0}};
    int ret = describe(self, diag);
    if (ret != 0) {
        return ret;
    }
    ret = collect(self, &why);
    if (ret == 0) {
        ret =
            self->missing.values > 0 ? tell_missing(self, &why) : judge_parts(self, &why);
    }
    if (ret == BASIN_ERR_NOMEM) {
        return basin_fail(diag, ret, "%s", why.text);
    }
    if (ret != 0) {
        self->finding->reason = basin_str_copy(why.text);
        ret = self->finding->reason == NULL ? BASIN_ERR_NOMEM : 0;
    }
    return ret;
}

int basin_claims_judge(const struct basin_plan *plan, const struct basin_result *result,
    struct basin_findings *findings, struct basin_diag *diag)
{
    struct basin_claims claims;
    *findings = (struct basin_findings){0};
    int ret = basin_claims_read(&claims, plan, NULL, diag);
    if (ret == 0) {
        findings->finding = calloc(claims.n + 1, sizeof(*findings->finding));
        ret = findings->finding == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    }
    for (size_t i = 0; ret == 0 && i < claims.n; i++) {
        struct trial trial = {
            .claim = &claims.claim[i],
            .plan = plan,
            .result = result,
            .finding = &findings->finding[findings->n++],
        };
        ret = judge_claim(&trial, diag);
        basin_sample_free(&trial.first);
        basin_sample_free(&trial.second);
    }
    basin_claims_free(&claims);
    if (ret != 0) {
        basin_findings_free(findings);
    }
    return ret;
}

void basin_findings_free(struct basin_findings *self)
{
    for (size_t i = 0; i < self->n; i++) {
        struct basin_finding *f = &self->finding[i];
        free(f->id);
        free(f->says);
        free(f->source);
        free(f->origin);
        free(f->measured);
        free(f->expected);
        free(f->reason);
    }
    free(self->finding);
    *self = (struct basin_findings){0};
}
