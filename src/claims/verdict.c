/* Verdicts: an interval against an expectation. */
#include "claims/verdict.h"

#include <math.h>

const char *basin_verdict_name(enum basin_verdict verdict)
{
    switch (verdict) {
    case BASIN_SUPPORTED:
        return "supported";
    case BASIN_CONTRADICTED:
        return "contradicted";
    case BASIN_UNDECIDED:
        break;
    }
    return "undecided";
}

static enum basin_verdict verdict_of_interval(
    const struct basin_interval *interval, const struct basin_expectation *expect)
{
    if (interval->low >= expect->low && interval->high <= expect->high) {
        return BASIN_SUPPORTED;
    }
    if (interval->high < expect->low || interval->low > expect->high) {
        return BASIN_CONTRADICTED;
    }
    return BASIN_UNDECIDED; /* a NAN comes here too */
}

/* "Never" is not a rate: one violation refutes it, none supports it once enough was
 * checked. */
static enum basin_verdict verdict_of_none(
    const struct basin_uncertainty *found, const struct basin_expectation *expect)
{
    if (found->hits > 0) {
        return BASIN_CONTRADICTED;
    }
    return found->n >= expect->none_in ? BASIN_SUPPORTED : BASIN_UNDECIDED;
}

/* The confidence of one two-sided interval among n_parts. Two one-sided tests are an
 * interval with twice the error. */
static double share_of(const struct basin_claim *claim, double error, size_t n_parts)
{
    return 1 - error * (claim->statistic->one_sided ? 2 : 1) / (double)n_parts;
}

/* By bisection of ln(error): an interval only grows as the error shrinks. */
static double least_error(const struct basin_uncertainty *found,
    const struct basin_claim *claim, size_t n_parts, enum basin_verdict verdict)
{
    double low = log(1e-12);
    double high = log(1 - claim->head.confidence);
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        struct basin_interval interval =
            basin_interval_at(found, share_of(claim, exp(middle), n_parts));
        if (verdict_of_interval(&interval, &claim->expect) == verdict) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return exp(high);
}

struct basin_judgement basin_judge(const struct basin_measurement *measurement,
    const struct basin_claim *claim, size_t n_parts)
{
    const struct basin_uncertainty *found = &measurement->found;
    const struct basin_expectation *expect = &claim->expect;
    struct basin_judgement self = {
        .verdict = BASIN_UNDECIDED, .interval = {NAN, NAN}, .margin = NAN, .p = NAN};
    if (measurement->obstacle != NULL) {
        return self;
    }
    self.interval =
        basin_interval_at(found, share_of(claim, 1 - claim->head.confidence, n_parts));
    if (expect->none_in > 0) {
        self.verdict = verdict_of_none(found, expect);
        return self;
    }
    self.verdict = verdict_of_interval(&self.interval, expect);
    self.margin =
        fmin(self.interval.low - expect->low, expect->high - self.interval.high);
    self.by_chance =
        found->method != BASIN_BY_RANGE && self.interval.low < self.interval.high;
    if (self.by_chance && self.verdict != BASIN_UNDECIDED) {
        self.p = least_error(found, claim, n_parts, self.verdict);
    }
    return self;
}

/* What error the same data would have refuted: the power of the check. */
static void explain_power(const struct basin_judgement *self,
    const struct basin_expectation *expect, struct basin_str *out)
{
    double half = (self->interval.high - self->interval.low) / 2;
    double centre = (expect->low + expect->high) / 2;
    double reach = (expect->high - expect->low) / 2 + half;
    if (!(half > 0)) {
        return;
    }
    if (isinf(centre) || isnan(centre)) {
        double bound = isinf(expect->low) ? expect->high : expect->low;
        if (bound != 0) {
            basin_str_add(out,
                "; a value %.3g %% beyond the bound would have been refuted",
                100 * 2 * half / fabs(bound));
        } else {
            basin_str_add(
                out, "; a value %.3g beyond the bound would have been refuted", 2 * half);
        }
    } else if (centre != 0) {
        basin_str_add(out, "; an error of %.3g %% would have been refuted",
            100 * (reach + half) / fabs(centre));
    } else {
        basin_str_add(out, "; an error of %.3g would have been refuted", reach + half);
    }
}

/* Which limits the interval passes, and how many replicates would bring it clear of the
 * nearest one: its width falls as their root. */
static void explain_doubt(const struct basin_judgement *self,
    const struct basin_uncertainty *found, const struct basin_expectation *expect,
    struct basin_str *out)
{
    enum { WORTH_SAYING = 100 };
    bool low = self->interval.low < expect->low;
    bool high = self->interval.high > expect->high;
    double half = (self->interval.high - self->interval.low) / 2;
    double room =
        fmin(fabs(found->estimate - expect->low), fabs(found->estimate - expect->high));
    double factor = (half / room) * (half / room);
    basin_str_add(out, "the interval reaches beyond %s",
        low && high ? "both limits"
        : low       ? "the lower limit"
                    : "the upper limit");
    if (found->method != BASIN_BY_RANGE && factor > 1 && factor < WORTH_SAYING) {
        basin_str_add(
            out, "; about %.0f replicates would decide", ceil(factor * found->n));
    }
}

static void explain_count(const struct basin_judgement *self,
    const struct basin_uncertainty *found, const struct basin_claim *claim,
    struct basin_str *out)
{
    const struct basin_expectation *expect = &claim->expect;
    basin_str_add(out, "%.0f violations in %.0f checks", found->hits, found->n);
    if (found->hits == 0) {
        basin_str_add(out, ", so at most a fraction %.2g", self->interval.high);
        if (found->n < expect->none_in) {
            basin_str_add(out, "; %.0f checks are asked for", expect->none_in);
        }
        if (self->interval.high > expect->high) {
            double tail = (1 - claim->head.confidence) / 2;
            basin_str_add(out, "; %.0f checks without one would decide",
                ceil(log(tail) / log1p(-expect->high)));
        }
    }
}

void basin_judgement_explain(const struct basin_judgement *self,
    const struct basin_measurement *measurement, const struct basin_claim *claim,
    struct basin_str *out)
{
    const struct basin_expectation *expect = &claim->expect;
    if (measurement->obstacle != NULL) {
        basin_str_add(out, "%s", measurement->obstacle);
    } else if (measurement->found.method == BASIN_BY_COUNT) {
        explain_count(self, &measurement->found, claim, out);
    } else if (self->verdict == BASIN_SUPPORTED) {
        basin_str_add(out, "the whole interval is inside");
        if (measurement->found.method != BASIN_BY_RANGE) {
            explain_power(self, expect, out);
        }
    } else if (self->verdict == BASIN_CONTRADICTED) {
        basin_str_add(out, "the whole interval is outside");
    } else {
        explain_doubt(self, &measurement->found, expect, out);
    }
}
