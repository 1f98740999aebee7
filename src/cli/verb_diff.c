/* basin diff: what differs between two results, and whether it is more than chance. */
#include "cli/cli.h"

#include "base/quote.h"
#include "base/str.h"
#include "report/compare.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 40 };

/* A results file as it is, or that of a configuration. */
static int read_operand(const struct basin_arguments *arguments, const char *operand,
    struct basin_result *result, struct basin_diag *diag)
{
    size_t length = strlen(operand);
    if (length > 3 && strcmp(operand + length - 3, ".h5") == 0) {
        return basin_result_read(result, operand, diag);
    }
    struct basin_target target;
    int ret = basin_stored_open(&target, result, arguments, operand, diag);
    if (ret == 0) {
        basin_target_free(&target);
    }
    return ret;
}

static void add_text_row(const struct basin_difference *d, struct basin_str *out)
{
    basin_str_add(out, "%c %s %s%s%s: ", d->significant ? '*' : ' ', d->label, d->cell,
        *d->metric == '\0' ? "" : " ", d->metric);
    if (d->kind == BASIN_ONLY_FIRST || d->kind == BASIN_ONLY_SECOND) {
        basin_str_add(out, "%s\n", basin_difference_name(d->kind));
    } else if (d->kind == BASIN_DIFFERENT_STATUS) {
        basin_str_add(out, "%g and %g of %zu replicates are ok\n", d->a, d->b, d->n);
    } else if (d->kind == BASIN_DIFFERENT_ARRAY) {
        basin_str_add(out, "numbers of the array differ by up to %.3g\n", d->difference);
    } else if (d->n == 0) {
        basin_str_add(out, "no replicate has a value in both\n");
    } else if (isnan(d->low)) {
        basin_str_add(out, "%.6g -> %.6g, by %+.3g (one pair: no interval)\n", d->a, d->b,
            d->difference);
    } else {
        basin_str_add(out, "%.6g -> %.6g, by %+.3g (%.3g to %.3g)\n", d->a, d->b,
            d->difference, d->low, d->high);
    }
}

static void print_text(
    const struct basin_comparison *comparison, bool significant, struct basin_str *out)
{
    size_t shown = 0;
    size_t more = 0;
    for (int round = 0; round < 2; round++) { /* what is significant comes first */
        for (size_t i = 0; i < comparison->n; i++) {
            const struct basin_difference *d = &comparison->difference[i];
            if (d->significant != (round == 0) || (significant && !d->significant)) {
                continue;
            }
            if (shown < SHOWN) {
                add_text_row(d, out);
                shown++;
            } else {
                more++;
            }
        }
    }
    if (more > 0) {
        basin_str_add(out, "  ... and %zu more; --json prints all\n", more);
    }
    basin_str_add(out,
        "%s%zu cells compared, %zu means: %zu differences, %zu of them significant (* "
        "the simultaneous 95 %% interval excludes zero)\n",
        shown > 0 ? "\n" : "", comparison->n_cells, comparison->n_numbers, comparison->n,
        comparison->n_significant);
}

static void add_json_number(const char *key, double value, struct basin_str *out)
{
    basin_str_add(out, ", \"%s\": ", key);
    basin_quote_json_number(value, out);
}

static void print_json(
    const struct basin_comparison *comparison, bool significant, struct basin_str *out)
{
    basin_str_add(out,
        "{\"cells\": %zu, \"means\": %zu, \"differences\": %zu, \"significant\": %zu, "
        "\"rows\": [",
        comparison->n_cells, comparison->n_numbers, comparison->n,
        comparison->n_significant);
    const char *comma = "\n";
    for (size_t i = 0; i < comparison->n; i++) {
        const struct basin_difference *d = &comparison->difference[i];
        if (significant && !d->significant) {
            continue;
        }
        basin_str_add(out, "%s{\"kind\": \"%s\", \"label\": ", comma,
            basin_difference_name(d->kind));
        basin_quote_json(d->label, out);
        basin_str_add(out, ", \"cell\": ");
        basin_quote_json(d->cell, out);
        basin_str_add(out, ", \"metric\": ");
        basin_quote_json(d->metric, out);
        add_json_number("a", d->a, out);
        add_json_number("b", d->b, out);
        add_json_number("difference", d->difference, out);
        add_json_number("low", d->low, out);
        add_json_number("high", d->high, out);
        basin_str_add(out, ", \"n\": %zu, \"significant\": %s, \"clocked\": %s}", d->n,
            d->significant ? "true" : "false", d->clocked ? "true" : "false");
        comma = ",\n";
    }
    basin_str_add(out, "\n]}\n");
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_result a = {0};
    struct basin_result b = {0};
    struct basin_comparison comparison = {0};
    struct basin_str out = {0};
    int ret = read_operand(arguments, arguments->operand[0], &a, diag);
    if (ret == 0) {
        ret = read_operand(arguments, arguments->operand[1], &b, diag);
    }
    if (ret == 0) {
        ret = basin_results_compare(&a, &b, &comparison, diag);
    }
    if (ret == 0) {
        (arguments->json ? print_json : print_text)(
            &comparison, arguments->significant, &out);
        ret = basin_text_write(&out, arguments->out, diag);
    }
    size_t counted =
        arguments->significant ? comparison.n_significant : comparison.n_counted;
    if (ret == 0 && counted > 0) {
        ret = BASIN_ERR_VERDICT;
    }
    basin_str_free(&out);
    basin_comparison_free(&comparison);
    basin_result_free(&a);
    basin_result_free(&b);
    return ret;
}

const struct basin_verb basin_verb_diff = {
    .name = "diff",
    .operands = "A B",
    .summary = "tell which cells of two results differ; exit code 1 if some do",
    .options = "out|json|significant",
    .help =
        "A and B are results files, or configurations whose results are stored. For "
        "every cell\nthat both have it compares each metric, replicate by replicate: by "
        "how much B differs\nfrom A on average, with an interval that is simultaneous "
        "over all comparisons. Exit\ncode 1 if anything differs, with --significant only "
        "if something differs by more than\nchance. Times and memory count only if "
        "significant, for no two runs agree on them.",
    .least = 2,
    .most = 2,
    .run = run,
};
