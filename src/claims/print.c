/* Tables of findings: for people, TSV, JSON, JUnit XML, TAP. */
#include "base/quote.h"
#include "claims/claim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A finding says no if its verdict is the wrong one: contradicted, or, for a negative
 * control, supported. */
static bool says_no(const struct basin_finding *f)
{
    return f->verdict == (f->expected_false ? BASIN_SUPPORTED : BASIN_CONTRADICTED);
}

static size_t count_no(const struct basin_findings *self)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++) {
        n += says_no(&self->finding[i]);
    }
    return n;
}

static size_t count_verdict(const struct basin_findings *self, enum basin_verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++) {
        n += self->finding[i].verdict == verdict;
    }
    return n;
}

/* "0.1402 (0.138 to 0.142)"; "none" where there is no number. */
static void add_estimate(const struct basin_finding *f, struct basin_str *out)
{
    if (isnan(f->estimate)) {
        basin_str_add(out, "none");
    } else if (isnan(f->low)) {
        basin_str_add(out, "%.4g", f->estimate);
    } else {
        basin_str_add(out, "%.4g (%.4g to %.4g)", f->estimate, f->low, f->high);
    }
}

/* "0.1402 (0.138 to 0.142), expected within 0.13 to 0.15: the whole interval is inside"
 */
static void add_sentence(const struct basin_finding *f, struct basin_str *out)
{
    basin_str_add(out, "%s: ", f->measured);
    add_estimate(f, out);
    basin_str_add(out, ", expected %s; %s", f->expected, f->reason);
}

static const char *remark_of(const struct basin_finding *f)
{
    if (!f->expected_false) {
        return "";
    }
    return says_no(f) ? " (a negative control, which must be contradicted)"
                      : " (a negative control)";
}

static int width_of_ids(const struct basin_findings *self)
{
    size_t width = 0;
    for (size_t i = 0; i < self->n; i++) {
        size_t length = strlen(self->finding[i].id);
        width = length > width ? length : width;
    }
    return (int)width;
}

static void print_text(
    const struct basin_findings *self, const char *name, struct basin_str *out)
{
    enum { VERDICT_WIDTH = 12 };
    int width = width_of_ids(self);
    int indent = VERDICT_WIDTH + 2 + width + 2;
    basin_str_add(out, "Claims of %s\n\n", name);
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_finding *f = &self->finding[i];
        basin_str_add(out, "%-*s  %-*s  %s%s\n%*s", VERDICT_WIDTH,
            basin_verdict_name(f->verdict), width, f->id, f->says, remark_of(f), indent,
            "");
        basin_str_add(out, "%s\n%*s", f->measured, indent, "");
        add_estimate(f, out);
        basin_str_add(
            out, ", expected %s\n%*s%s\n\n", f->expected, indent, "", f->reason);
    }
    basin_str_add(out, "%zu supported, %zu contradicted, %zu undecided",
        count_verdict(self, BASIN_SUPPORTED), count_verdict(self, BASIN_CONTRADICTED),
        count_verdict(self, BASIN_UNDECIDED));
    basin_str_add(
        out, count_no(self) > 0 ? "; %zu not as it should be\n" : "\n", count_no(self));
}

static void add_tsv(const char *text, struct basin_str *out)
{
    basin_quote_field(text, '\t', out);
    basin_str_add(out, "\t");
}

static void print_tsv(const struct basin_findings *self, struct basin_str *out)
{
    basin_str_add(out, "id\tsays\tsource\tmeasured\texpected\torigin\treason\tverdict\t"
                       "control\testimate\tlow\thigh\tconfidence\tp\tn\n");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_finding *f = &self->finding[i];
        const double number[] = {f->estimate, f->low, f->high, f->confidence, f->p};
        char text[32];
        add_tsv(f->id, out);
        add_tsv(f->says, out);
        add_tsv(f->source, out);
        add_tsv(f->measured, out);
        add_tsv(f->expected, out);
        add_tsv(f->origin, out);
        add_tsv(f->reason, out);
        basin_str_add(out, "%s\t%s\t", basin_verdict_name(f->verdict),
            f->expected_false ? "true" : "false");
        for (size_t j = 0; j < sizeof(number) / sizeof(number[0]); j++) {
            basin_str_add(out, "%s\t", basin_str_of_double(number[j], text));
        }
        basin_str_add(out, "%zu\n", f->n);
    }
}

static void add_json(const char *key, const char *value, struct basin_str *out)
{
    basin_str_add(out, "\"%s\": ", key);
    basin_quote_json(value, out);
    basin_str_add(out, ", ");
}

static void add_json_number(const char *key, double value, struct basin_str *out)
{
    basin_str_add(out, "\"%s\": ", key);
    basin_quote_json_number(value, out);
    basin_str_add(out, ", ");
}

static void print_json(
    const struct basin_findings *self, const char *name, struct basin_str *out)
{
    basin_str_add(out, "{");
    add_json("name", name, out);
    basin_str_add(out, "\"claims\": [");
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_finding *f = &self->finding[i];
        basin_str_add(out, "%s\n  {", i == 0 ? "" : ",");
        add_json("id", f->id, out);
        add_json("says", f->says, out);
        add_json("source", f->source, out);
        add_json("measured", f->measured, out);
        add_json("expected", f->expected, out);
        add_json("origin", f->origin, out);
        add_json("reason", f->reason, out);
        add_json("verdict", basin_verdict_name(f->verdict), out);
        add_json_number("estimate", f->estimate, out);
        add_json_number("low", f->low, out);
        add_json_number("high", f->high, out);
        add_json_number("confidence", f->confidence, out);
        add_json_number("p", f->p, out);
        basin_str_add(out, "\"control\": %s, \"n\": %zu}",
            f->expected_false ? "true" : "false", f->n);
    }
    basin_str_add(out, "\n]}\n");
}

static void add_outcome(
    const char *tag, const struct basin_finding *f, struct basin_str *out)
{
    struct basin_str sentence = {0};
    add_sentence(f, &sentence);
    basin_str_add(out, "    <%s message=\"", tag);
    basin_quote_markup(sentence.failed ? "" : sentence.text, out);
    basin_str_add(out, "\"/>\n");
    out->failed = out->failed || sentence.failed;
    basin_str_free(&sentence);
}

static void print_junit(
    const struct basin_findings *self, const char *name, struct basin_str *out)
{
    size_t skipped = count_verdict(self, BASIN_UNDECIDED);
    basin_str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"");
    basin_quote_markup(name, out);
    basin_str_add(out,
        "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", self->n,
        count_no(self), skipped);
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_finding *f = &self->finding[i];
        basin_str_add(out, "  <testcase classname=\"");
        basin_quote_markup(name, out);
        basin_str_add(out, "\" name=\"");
        basin_quote_markup(f->id, out);
        basin_str_add(out, ": ");
        basin_quote_markup(f->says, out);
        basin_str_add(out, "\">\n");
        if (says_no(f)) {
            add_outcome("failure", f, out);
        } else if (f->verdict == BASIN_UNDECIDED) {
            add_outcome("skipped", f, out);
        }
        basin_str_add(out, "  </testcase>\n");
    }
    basin_str_add(out, "</testsuite>\n");
}

/* In TAP a '#' begins a directive and a line end ends the line. */
static void add_tap(const char *text, struct basin_str *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '#' || *text == '\\') {
            basin_str_add(out, "\\%c", *text);
        } else {
            basin_str_add_bytes(out, strchr("\n\r", *text) != NULL ? " " : text, 1);
        }
    }
}

static void print_tap(const struct basin_findings *self, struct basin_str *out)
{
    basin_str_add(out, "TAP version 13\n1..%zu\n", self->n);
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_finding *f = &self->finding[i];
        struct basin_str sentence = {0};
        basin_str_add(out, "%s %zu - ", says_no(f) ? "not ok" : "ok", i + 1);
        add_tap(f->id, out);
        basin_str_add(out, ": ");
        add_tap(f->says, out);
        basin_str_add(out, f->verdict == BASIN_UNDECIDED ? " # SKIP undecided\n" : "\n");
        add_sentence(f, &sentence);
        basin_str_add(out, "# ");
        add_tap(sentence.failed ? "" : sentence.text, out);
        basin_str_add(out, "\n");
        out->failed = out->failed || sentence.failed;
        basin_str_free(&sentence);
    }
}

void basin_findings_print(const struct basin_findings *self, const char *name,
    enum basin_findings_format format, struct basin_str *out)
{
    switch (format) {
    case BASIN_FINDINGS_TEXT:
        print_text(self, name, out);
        break;
    case BASIN_FINDINGS_TSV:
        print_tsv(self, out);
        break;
    case BASIN_FINDINGS_JSON:
        print_json(self, name, out);
        break;
    case BASIN_FINDINGS_JUNIT:
        print_junit(self, name, out);
        break;
    case BASIN_FINDINGS_TAP:
        print_tap(self, out);
        break;
    }
}
