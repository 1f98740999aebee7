/* Claims from their YAML to their verdict: true ones are supported, false ones
 * contradicted, and mistakes are told before anything is run. */
#include "suite.h"

#include "base/rng.h"
#include "claims/claim.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sweep of two rules, three dimensions and twelve loads, eight replicates, made by
 * hand. Rule "fixed point" has recall curves that cross at load 0.14; rule "one step" has
 * the error of Gaussian crosstalk; both with noise. */
enum { VARIANTS = 2, SIZES = 3, LOADS = 12, CELLS = SIZES * LOADS, REPLICATES = 8 };
enum { RECALL, ERROR, RISES, UPDATES, TRACE, METRICS };

static const struct basin_metric metrics[] = {
    {.name = "recall_rate", .unit = "1", .summary = "x"},
    {.name = "error", .unit = "1", .summary = "x"},
    {.name = "energy_rises", .unit = "1", .summary = "x"},
    {.name = "updates", .unit = "1", .summary = "x"},
    {.name = "trace", .unit = "1", .summary = "x", .rank = 1, .dimension = {"step"}},
    {.name = NULL},
};

static const struct basin_experiment experiment = {
    .kind = {.name = "made_up"},
    .metrics = metrics,
};

static const struct basin_field fields[] = {
    {.name = "dimension", .type = BASIN_INT},
    {.name = "load", .type = BASIN_REAL},
};

static double sizes[SIZES] = {500, 1000, 2000};
static char *size_texts[SIZES] = {"500", "1000", "2000"};
static double loads[LOADS] = {
    0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.17, 0.19, 0.21, 0.23, 0.25};
static char *load_texts[LOADS] = {"0.03", "0.05", "0.07", "0.09", "0.11", "0.13", "0.15",
    "0.17", "0.19", "0.21", "0.23", "0.25"};
static char *labels[VARIANTS] = {"fixed point", "one step"};

struct world {
    struct basin_axis axes[2];
    struct basin_variant variants[VARIANTS];
    size_t axis_of[2];
    struct basin_cell cells[VARIANTS * CELLS];
    uint32_t value[VARIANTS * CELLS][2];
    struct basin_plan plan;

    struct basin_coordinate coordinates[2];
    struct basin_group groups[VARIANTS];
    struct basin_variable variables[VARIANTS][METRICS];
    uint32_t index[CELLS][2];
    uint8_t status[VARIANTS][CELLS][REPLICATES];
    double data[VARIANTS][METRICS][CELLS][REPLICATES];
    double trace[VARIANTS][CELLS][REPLICATES][2];
    struct basin_result result;
};

static double recall_of(size_t variant, double size, double load, gsl_rng *noise)
{
    double steep = variant == 0 ? size / 20 : size / 200;
    return 1 / (1 + exp((load - 0.14) * steep)) + gsl_ran_gaussian(noise, 0.01);
}

static double error_of(double load, gsl_rng *noise)
{
    return 0.5 * erfc(1 / sqrt(2 * load)) * (1 + gsl_ran_gaussian(noise, 0.01));
}

static void fill_cell(struct world *w, size_t v, size_t cell, gsl_rng *noise)
{
    double size = sizes[cell / LOADS];
    double load = loads[cell % LOADS];
    for (size_t r = 0; r < REPLICATES; r++) {
        w->status[v][cell][r] = BASIN_STATUS_OK;
        w->data[v][RECALL][cell][r] = recall_of(v, size, load, noise);
        w->data[v][ERROR][cell][r] = error_of(load, noise);
        w->data[v][RISES][cell][r] = v == 1 && cell == 5 && r == 3 ? 2 : 0;
        w->data[v][UPDATES][cell][r] = 100;
        w->trace[v][cell][r][0] = 1;
        w->trace[v][cell][r][1] = 0.5;
    }
}

static void make_plan(struct world *w)
{
    w->axes[0] = (struct basin_axis){.name = "dimension",
        .field = &fields[0],
        .n = SIZES,
        .number = sizes,
        .text = size_texts};
    w->axes[1] = (struct basin_axis){.name = "load",
        .field = &fields[1],
        .n = LOADS,
        .number = loads,
        .text = load_texts};
    w->axis_of[1] = 1;
    for (uint32_t i = 0; i < VARIANTS * CELLS; i++) {
        w->value[i][0] = i % CELLS / LOADS;
        w->value[i][1] = i % LOADS;
        w->cells[i] = (struct basin_cell){.variant = i / CELLS, .value = w->value[i]};
    }
    for (size_t v = 0; v < VARIANTS; v++) {
        w->variants[v] =
            (struct basin_variant){.label = labels[v], .n_axes = 2, .axes = w->axis_of};
    }
    w->plan = (struct basin_plan){.name = "made-up",
        .seed = 1982,
        .replicates = REPLICATES,
        .n_axes = 2,
        .axes = w->axes,
        .n_variants = VARIANTS,
        .variants = w->variants,
        .n_cells = VARIANTS * CELLS,
        .cells = w->cells};
}

static void make_group(struct world *w, size_t v, gsl_rng *noise)
{
    for (size_t m = 0; m < METRICS; m++) {
        w->variables[v][m] = (struct basin_variable){
            .stride = m == TRACE ? 2 : 1,
            .rank = m == TRACE,
            .data = m == TRACE ? &w->trace[v][0][0][0] : &w->data[v][m][0][0],
        };
        w->variables[v][m].name = basin_str_copy(metrics[m].name);
    }
    w->groups[v] = (struct basin_group){.label = labels[v],
        .n_coordinates = 2,
        .coordinates = w->coordinates,
        .n_cells = CELLS,
        .index = &w->index[0][0],
        .n_replicates = REPLICATES,
        .status = &w->status[v][0][0],
        .n_variables = METRICS,
        .variables = w->variables[v]};
    for (size_t cell = 0; cell < CELLS; cell++) {
        fill_cell(w, v, cell, noise);
    }
}

static struct world *make_world(void)
{
    struct world *w = calloc(1, sizeof(*w));
    gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(noise, 3);
    make_plan(w);
    w->coordinates[0] = (struct basin_coordinate){
        .name = "dimension", .n = SIZES, .number = sizes, .text = size_texts};
    w->coordinates[1] = (struct basin_coordinate){
        .name = "load", .n = LOADS, .number = loads, .text = load_texts};
    for (uint32_t i = 0; i < CELLS; i++) {
        w->index[i][0] = i / LOADS;
        w->index[i][1] = i % LOADS;
    }
    for (size_t v = 0; v < VARIANTS; v++) {
        make_group(w, v, noise);
    }
    w->result = (struct basin_result){.n_groups = VARIANTS, .groups = w->groups};
    gsl_rng_free(noise);
    return w;
}

static void free_world(struct world *w)
{
    basin_document_free(&w->plan.document);
    for (size_t v = 0; v < VARIANTS; v++) {
        for (size_t m = 0; m < METRICS; m++) {
            free(w->variables[v][m].name);
        }
    }
    free(w);
}

static void set_claims(struct world *w, const char *text)
{
    struct basin_diag diag = {{0}};
    ck_assert_msg(
        basin_document_parse(&w->plan.document, "x.yaml", text, strlen(text), &diag) == 0,
        "%s", diag.text);
}

static void set_claim(struct world *w, const char *measure, const char *expect)
{
    char text[1024];
    snprintf(text, sizeof(text),
        "claims:\n- id: A\n  says: so\n  measure: {%s}\n  expect: {%s}\n", measure,
        expect);
    set_claims(w, text);
}

struct judged {
    const char *measure, *expect;
    enum basin_verdict verdict;
    const char *reason; /* how it begins */
};

#define FIXED "where: {label: fixed point}"
#define STEP "where: {label: one step}"
#define CROSSING "statistic: crossing, of: recall_rate, along: load, between: dimension"
#define RATIO                                                                            \
    "statistic: ratio_to_theory, of: error, theory: {name: one_step_error, dimension: "  \
    "1000000000}"
#define INSIDE "the whole interval is inside"
#define OUTSIDE "the whole interval is outside"

static const struct judged cases[] = {
    {CROSSING ", " FIXED, "within: [0.130, 0.150]", BASIN_SUPPORTED, INSIDE},
    /* the load at which retrieval breaks down is not 0.20 */
    {CROSSING ", " FIXED, "within: [0.190, 0.210]", BASIN_CONTRADICTED, OUTSIDE},
    {CROSSING ", " FIXED, "near: 0.72, relative: 0.1", BASIN_CONTRADICTED, OUTSIDE},
    {CROSSING ", " FIXED, "near: ags_capacity, tolerance: 0.004", BASIN_SUPPORTED,
        INSIDE},
    {CROSSING ", " FIXED, "at_least: ags_capacity", BASIN_SUPPORTED, INSIDE},
    {CROSSING ", " FIXED, "at_most: {name: one_step_error, load: 0.05}",
        BASIN_CONTRADICTED, OUTSIDE},
    {CROSSING ", " FIXED, "near: 0.14, tolerance: 0.00001", BASIN_UNDECIDED,
        "the interval reaches beyond both limits"},
    {"statistic: mean, of: recall_rate, where: {label: one step, load: 0.03}",
        "at_least: 0.648", BASIN_UNDECIDED,
        "the interval reaches beyond the lower limit; about 26 replicates would decide"},
    {"statistic: threshold, of: recall_rate, along: load, level: 0.5, each: true, " FIXED,
        "near: 0.14, tolerance: 0.004", BASIN_SUPPORTED,
        "worst of 3, fixed point, dimen"},
    {"statistic: extrapolation, of: recall_rate, along: load, between: dimension, level: "
     "0.5, " FIXED,
        "near: 0.14, tolerance: 0.004", BASIN_SUPPORTED, INSIDE},
    {"statistic: mean, of: recall_rate, where: {label: fixed point, load: 0.03}",
        "at_least: 0.9", BASIN_SUPPORTED, INSIDE},
    {"statistic: mean, of: recall_rate, where: {label: fixed point, load: 0.03}",
        "at_most: 0.9", BASIN_CONTRADICTED, OUTSIDE},
    {"statistic: mean, of: recall_rate, each: true, where: {load: [0.03, 0.25]}",
        "at_least: 0.9", BASIN_CONTRADICTED, "worst of 12, "},
    {"statistic: proportion, of: recall_rate, " FIXED, "at_least: 0", BASIN_UNDECIDED,
        "a value is not between 0 and 1"},
    {"statistic: proportion, of: error, " STEP, "at_most: 0.4", BASIN_SUPPORTED, INSIDE},
    {"statistic: quantile, of: recall_rate, where: {load: {from: 0.2}, label: [one step, "
     "fixed point]}",
        "at_most: 0.5", BASIN_SUPPORTED, INSIDE},
    {RATIO ", where: {label: one step, load: {from: 0.1}}", "within: [0.95, 1.05]",
        BASIN_SUPPORTED, INSIDE},
    {RATIO ", each: true, where: {label: one step, load: {from: 0.1}}",
        "within: [0.95, 1.05]", BASIN_SUPPORTED, "worst of 24, one step, "},
    {"statistic: ratio_to_theory, of: error, theory: {name: one_step_error_kept, "
     "dimension: 1000000000}, each: true, " STEP,
        "within: [0.95, 1.05]", BASIN_CONTRADICTED, "worst of 36, one step, "},
    {"statistic: difference, of: recall_rate, where: {label: fixed point, load: 0.11}, "
     "against: {label: one step}",
        "at_least: 0.1", BASIN_SUPPORTED, INSIDE},
    {"statistic: difference, of: recall_rate, where: {label: fixed point, load: 0.11}, "
     "against: {label: one step}",
        "at_most: 0", BASIN_CONTRADICTED, OUTSIDE},
    {"statistic: difference, of: recall_rate, each: true, where: {label: fixed point, "
     "load: "
     "[0.05, 0.11]}, against: {label: one step}",
        "at_least: 0.1", BASIN_SUPPORTED, "worst of 6, fixed point, dimension "},
    {"statistic: difference, of: recall_rate, each: true, where: {label: fixed point, "
     "load: "
     "[0.11, 0.19]}, against: {label: one step}",
        "at_least: 0.1", BASIN_CONTRADICTED, "worst of 6, fixed point, dimension "},
    {"statistic: ratio, of: error, each: true, where: {label: one step, load: 0.11, "
     "dimension: [500, 1000]}, against: {dimension: 2000}",
        "within: [0.97, 1.03]", BASIN_SUPPORTED, "worst of 2, one step, dimension "},
    {"statistic: equivalence, of: error, where: {load: 0.11, label: one step}, against: "
     "{label: fixed point}",
        "within: [-0.001, 0.001]", BASIN_SUPPORTED, INSIDE},
    {"statistic: ratio, of: error, than: recall_rate, where: {load: 0.03, label: one "
     "step}",
        "at_most: 0.01", BASIN_SUPPORTED, INSIDE},
    {"statistic: monotone, of: error, along: load, " STEP, "at_least: 0", BASIN_SUPPORTED,
        "worst of 11, load 0.03 to 0.05: "},
    {"statistic: monotone, of: error, along: load, direction: decreasing, " STEP,
        "at_least: 0", BASIN_CONTRADICTED, "worst of 11, load "},
    {"statistic: slope, of: error, along: load, scale: linear, " STEP, "within: [0, 1]",
        BASIN_SUPPORTED, INSIDE},
    {"statistic: maximum, of: error, " STEP, "within: [0.02, 0.03]", BASIN_SUPPORTED,
        INSIDE},
    {"statistic: minimum, of: error, " STEP, "at_least: 0.01", BASIN_CONTRADICTED,
        OUTSIDE},
    {"statistic: range, of: trace", "within: [0.5, 1]", BASIN_SUPPORTED, INSIDE},
    {"statistic: violations, of: energy_rises, " FIXED, "none_in: 200", BASIN_SUPPORTED,
        "0 violations in 288 checks, so at most a fraction 0.013"},
    {"statistic: violations, of: energy_rises, " FIXED, "at_most: 0.01", BASIN_UNDECIDED,
        "0 violations in 288 checks, so at most a fraction 0.013; 368 checks without one "
        "would decide"},
    {"statistic: violations, of: energy_rises, checks: updates, " FIXED, "none_in: 10000",
        BASIN_SUPPORTED, "0 violations in 28800 checks, so at most a fraction 0.00013"},
    {"statistic: violations, of: energy_rises, " FIXED, "none_in: 1000", BASIN_UNDECIDED,
        "0 violations in 288 checks, so at most a fraction 0.013; 1000 checks are asked"},
    {"statistic: violations, of: energy_rises, " STEP, "none_in: 100", BASIN_CONTRADICTED,
        "1 violations in 288 checks"},
    {"statistic: violations, of: energy_rises, checks: updates, " STEP, "at_most: 0.001",
        BASIN_SUPPORTED, "2 violations in 28800 checks"},
    {"statistic: violations, of: recall_rate, than: error, wrong: below, where: {label: "
     "fixed point, load: 0.03}",
        "none_in: 20", BASIN_SUPPORTED, "0 violations in 24 checks"},
};

START_TEST(a_claim_gets_the_right_verdict)
{
    const struct judged *k = &cases[_i];
    struct world *w = make_world();
    struct basin_findings findings;
    struct basin_diag diag = {{0}};
    set_claim(w, k->measure, k->expect);
    ck_assert_msg(basin_claims_check(&w->plan, &experiment, &diag) == 0, "%s", diag.text);
    ck_assert_msg(
        basin_claims_judge(&w->plan, &w->result, &findings, &diag) == 0, "%s", diag.text);
    ck_assert_uint_eq(findings.n, 1);
    const struct basin_finding *f = &findings.finding[0];
    ck_assert_msg(f->verdict == k->verdict, "%s is %s: %g (%g to %g), %s", k->measure,
        basin_verdict_name(f->verdict), f->estimate, f->low, f->high, f->reason);
    ck_assert_msg(strncmp(f->reason, k->reason, strlen(k->reason)) == 0, "%s: %s",
        k->measure, f->reason);
    basin_findings_free(&findings);
    free_world(w);
}
END_TEST

START_TEST(missing_values_leave_a_claim_undecided)
{
    struct world *w = make_world();
    struct basin_findings findings;
    set_claim(w, "statistic: mean, of: recall_rate, where: {load: 0.03, label: one step}",
        "at_least: 0");
    w->data[1][RECALL][0][2] = NAN;
    w->status[1][0][2] = BASIN_STATUS_FAILED;
    w->data[1][RECALL][LOADS][7] = NAN;
    w->status[1][LOADS][7] = BASIN_STATUS_NOT_RUN;
    ck_assert_int_eq(basin_claims_judge(&w->plan, &w->result, &findings, NULL), 0);
    ck_assert_int_eq(findings.finding[0].verdict, BASIN_UNDECIDED);
    ck_assert_str_eq(
        findings.finding[0].reason, "2 of 24 values are missing (1 failed, 1 not run)");
    ck_assert(isnan(findings.finding[0].estimate));
    basin_findings_free(&findings);
    w->result.n_groups = 1;
    ck_assert_int_eq(basin_claims_judge(&w->plan, &w->result, &findings, NULL), 0);
    ck_assert_str_eq(
        findings.finding[0].reason, "no stored cell is among those selected");
    basin_findings_free(&findings);
    free_world(w);
}
END_TEST

/* The error probability at which a verdict stands is less, the clearer the case. */
START_TEST(a_verdict_tells_its_error_probability)
{
    struct world *w = make_world();
    struct basin_findings f;
    set_claims(w,
        "claims:\n"
        "- {id: A, says: x, measure: {statistic: mean, of: recall_rate, where: {label: "
        "fixed point, load: 0.03}}, expect: {at_least: 0.5}}\n"
        "- {id: B, says: x, measure: {statistic: mean, of: recall_rate, where: {label: "
        "fixed point, load: 0.03}}, expect: {at_least: 0.97}}\n"
        "- {id: C, says: x, measure: {statistic: mean, of: recall_rate, where: {label: "
        "fixed point, load: 0.03}}, expect: {within: [0.98, 0.981]}}\n");
    ck_assert_int_eq(basin_claims_judge(&w->plan, &w->result, &f, NULL), 0);
    ck_assert_double_lt(f.finding[0].p, f.finding[1].p);
    ck_assert_double_le(f.finding[1].p, 0.05);
    ck_assert_double_ge(f.finding[1].p, 1e-12);
    ck_assert_int_eq(f.finding[2].verdict, BASIN_UNDECIDED);
    ck_assert(isnan(f.finding[2].p));
    ck_assert(f.finding[0].by_chance && f.finding[2].by_chance);
    basin_findings_free(&f);
    free_world(w);
}
END_TEST

/* What no chance is in has no error probability. */
START_TEST(ranges_and_counts_of_none_are_no_matter_of_chance)
{
    struct world *w = make_world();
    struct basin_findings f;
    set_claims(w,
        "claims:\n"
        "- {id: A, says: x, measure: {statistic: range, of: recall_rate}, expect: "
        "{at_least: -100}}\n"
        "- {id: B, says: x, measure: {statistic: violations, of: recall_rate, bound: "
        "100}, "
        "expect: {none_in: 10}}\n"
        "- {id: C, says: x, measure: {statistic: violations, of: recall_rate, bound: "
        "100}, "
        "expect: {at_most: 0.5}}\n");
    ck_assert_int_eq(basin_claims_judge(&w->plan, &w->result, &f, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_msg(f.finding[i].verdict == BASIN_SUPPORTED, "%s: %s", f.finding[i].id,
            f.finding[i].reason);
        ck_assert_int_eq(f.finding[i].by_chance, i == 2);
        ck_assert_int_eq(isnan(f.finding[i].p), i != 2);
    }
    basin_findings_free(&f);
    free_world(w);
}
END_TEST

struct mistake {
    const char *measure, *expect, *message;
};

#define MEAN "statistic: mean, each: true, of: error"

static const struct mistake mistakes[] = {
    {"statistic: crosing, of: error", "at_least: 0",
        "x.yaml:4:24: unknown statistic \"crosing\"; did you mean \"crossing\"? "
        "allowed: "},
    {"statistic: mean, of: error", "at_least: 0",
        "x.yaml:4:12: \"where\" mixes \"fixed point\" and \"one step\": name the label, "
        "or a "
        "list of labels"},
    {"of: error", "at_least: 0",
        "x.yaml:4:12: \"statistic\" is missing: what is measured"},
    {"statistic: mean, of: eror", "at_least: 0",
        "x.yaml:4:34: unknown metric \"eror\"; did you mean \"error\"? allowed: "
        "energy_rises, error, recall_rate, trace, updates"},
    {"statistic: mean, of: trace", "at_least: 0",
        "x.yaml:4:34: metric trace is an array; statistic mean needs one number per "
        "replicate"},
    {"statistic: mean, of: error, along: load", "at_least: 0",
        "x.yaml:4:41: unknown key \"along\""},
    {"statistic: slope, of: error, along: laod, scale: linear", "at_least: 0",
        "x.yaml:4:49: unknown axis \"laod\"; did you mean \"load\"? allowed: dimension, "
        "load"},
    {"statistic: slope, of: error, along: load", "at_least: 0",
        "x.yaml:4:12: \"scale\" is missing: which axes are logarithmic"},
    {"statistic: difference, of: error", "at_least: 0",
        "x.yaml:4:12: statistic difference needs \"against\" (other cells) or \"than\" "
        "(another metric)"},
    {"statistic: violations, of: error, bound: 1, than: recall_rate", "none_in: 1",
        "x.yaml:4:63: \"bound\" and \"than\" exclude each other"},
    {MEAN ", where: {label: fixed pont}", "at_least: 0",
        "x.yaml:4:68: unknown label \"fixed pont\"; did you mean \"fixed point\"? "
        "allowed: fixed point, one step"},
    {MEAN ", where: {load: 0.04}", "at_least: 0",
        "x.yaml:4:67: unknown load \"0.04\"; did you mean \"0.03\"? allowed: 0.03, 0.05"},
    {MEAN ", where: {lod: 0.03}", "at_least: 0",
        "x.yaml:4:61: unknown key \"lod\"; did you mean \"load\"? allowed: dimension, "
        "label, load"},
    {MEAN ", where: {load: {from: 0.9}}", "at_least: 0",
        "x.yaml:4:60: \"where\" selects no cell of the sweep"},
    {MEAN ", where: {load: []}", "at_least: 0",
        "x.yaml:4:67: load: an empty list selects nothing"},
    {"statistic: ratio_to_theory, each: true, of: error, theory: one_step_eror",
        "at_least: 0",
        "x.yaml:4:72: unknown theory \"one_step_eror\"; did you mean "
        "\"one_step_error\"?"},
    {"statistic: ratio_to_theory, each: true, of: error, theory: {name: one_step_error, "
     "fip: 0}",
        "at_least: 0", "x.yaml:4:95: unknown key \"fip\"; did you mean \"flip\"?"},
    {"statistic: ratio_to_theory, each: true, of: error, theory: {flip: 0}",
        "at_least: 0", "x.yaml:4:72: a theory needs its \"name\""},
    {"statistic: ratio_to_theory, each: true, of: error", "at_least: 0",
        "x.yaml:4:12: \"theory\" is missing: what statistic ratio_to_theory compares "
        "with"},
    {MEAN ", where: 3", "at_least: 0",
        "x.yaml:4:60: must be a mapping (key: value), not a single value"},
    {MEAN, "within: [2, 1]",
        "x.yaml:5:20: the first number must be less than the second"},
    {MEAN, "near: 2",
        "x.yaml:5:11: \"near\" needs either a \"tolerance\" or a \"relative\" "},
    {MEAN, "near: ags_capcity, relative: 0.1",
        "x.yaml:5:18: unknown theory \"ags_capcity\"; did you mean \"ags_capacity\"?"},
    {MEAN, "near: ags_overlap, relative: 0.1",
        "x.yaml:5:18: theory ags_overlap: load is not known: give load, or "},
    {MEAN, "at_least: 0, at_most: 1",
        "x.yaml:5:34: \"at_least\" and \"at_most\" exclude each other"},
    {MEAN, "atleast: 0",
        "x.yaml:5:12: unknown key \"atleast\"; did you mean \"at_least\""},
    {MEAN, "none_in: 10",
        "x.yaml:5:21: \"none_in\" is for statistic violations, not for mean"},
    {MEAN, "at_least: 1, relative: 1",
        "x.yaml:5:35: \"relative\" goes with \"near\" only"},
    {MEAN, "tolerance: 1",
        "x.yaml:5:11: \"expect\" needs one of: within, at_least, at_most, near, none_in"},
};

START_TEST(a_mistake_is_told_before_anything_is_run)
{
    const struct mistake *k = &mistakes[_i];
    struct world *w = make_world();
    struct basin_diag diag = {{0}};
    set_claim(w, k->measure, k->expect);
    ck_assert_int_eq(basin_claims_check(&w->plan, &experiment, &diag), BASIN_ERR_CONFIG);
    ck_assert_msg(strncmp(diag.text, k->message, strlen(k->message)) == 0,
        "\n%s\nis not\n%s", diag.text, k->message);
    free_world(w);
}
END_TEST

START_TEST(parts_of_a_claim_cannot_be_left_out_or_doubled)
{
    const char *texts[] = {
        "claims: 3\n",
        "claims: [3]\n",
        "claims:\n- {id: A, says: x}\n",
        "claims:\n- {id: A, says: x, measure: {" MEAN "}}\n",
        "claims:\n- {says: x, measure: {" MEAN "}, expect: {at_least: 0}}\n",
        "claims:\n- {id: A, says: x, measure: {" MEAN "}, expect: {at_least: 0}}\n"
        "- {id: A, says: x, measure: {" MEAN "}, expect: {at_least: 0}}\n",
    };
    const char *messages[] = {
        "x.yaml:1:9: \"claims\" is a list: begin each with - id:",
        "x.yaml:1:10: a claim is a mapping of id, says, source, measure, expect",
        "x.yaml:2:3: claim A needs \"measure\", a mapping",
        "x.yaml:2:3: claim A needs \"expect\", a mapping",
        "x.yaml:2:3: ",
        "x.yaml:3:8: a second claim \"A\"",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct world *w = make_world();
        struct basin_diag diag = {{0}};
        set_claims(w, texts[i]);
        ck_assert_int_eq(
            basin_claims_check(&w->plan, &experiment, &diag), BASIN_ERR_CONFIG);
        ck_assert_msg(strncmp(diag.text, messages[i], strlen(messages[i])) == 0,
            "\n%s\nis not\n%s", diag.text, messages[i]);
        free_world(w);
    }
}
END_TEST

static const struct basin_section *sections_of(const struct basin_kind *kind)
{
    return basin_experiment_of(kind)->sections;
}

/* A theory must exist in every cell that it is compared with. This needs a real plan. */
START_TEST(a_theory_that_is_silent_in_a_cell_is_told)
{
    static const char *const others[] = {"claims"};
    const struct basin_registry registry = {.experiments = basin_experiments,
        .sections = sections_of,
        .other_keys = others,
        .n_other_keys = 1};
    static const char text[] = "experiment: retrieval\n"
                               "patterns: {kind: polar}\n"
                               "rules: [{label: all, rule: classical}]\n"
                               "sweep: [{grid: {dimension: [50], load: [0.1, 0.2]}}]\n"
                               "claims:\n"
                               "- {id: A, says: x, expect: {at_least: 0},\n"
                               "   measure: {statistic: ratio_to_theory, of: overlap,\n"
                               "     theory: ags_overlap";
    char full[1024];
    struct basin_plan plan;
    struct basin_diag diag = {{0}};
    snprintf(full, sizeof(full), "%s}}\n", text);
    ck_assert_msg(basin_plan_parse(
                      &plan, "x.yaml", full, strlen(full), &registry, NULL, &diag) == 0,
        "%s", diag.text);
    const struct basin_experiment *retrieval = basin_experiment_of(plan.experiment);
    ck_assert_int_eq(basin_claims_check(&plan, retrieval, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "x.yaml:8:14: in cell rule=all,dimension=50,load=0.2: "
                                "theory ags_overlap: above load 0.137906 "
                                "no fixed point is near a pattern; load is 0.2");
    basin_plan_free(&plan);

    snprintf(full, sizeof(full), "%s, where: {load: 0.1}}}\n", text);
    ck_assert_int_eq(
        basin_plan_parse(&plan, "x.yaml", full, strlen(full), &registry, NULL, &diag), 0);
    ck_assert_int_eq(basin_claims_check(&plan, retrieval, &diag), 0);
    basin_plan_free(&plan);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("claims");
    TCase *c = tcase_create("claims");
    gsl_set_error_handler_off();
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(
        c, a_claim_gets_the_right_verdict, 0, (int)(sizeof(cases) / sizeof(cases[0])));
    tcase_add_test(c, missing_values_leave_a_claim_undecided);
    tcase_add_test(c, a_verdict_tells_its_error_probability);
    tcase_add_test(c, ranges_and_counts_of_none_are_no_matter_of_chance);
    tcase_add_loop_test(c, a_mistake_is_told_before_anything_is_run, 0,
        (int)(sizeof(mistakes) / sizeof(mistakes[0])));
    tcase_add_test(c, parts_of_a_claim_cannot_be_left_out_or_doubled);
    tcase_add_test(c, a_theory_that_is_silent_in_a_cell_is_told);
    suite_add_tcase(s, c);
    return s;
}
