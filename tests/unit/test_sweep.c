/* Sections, variants and sweeps: which cells they make, and what is refused. */
#include "toy_plan.h"

#include <math.h>
#include <stdio.h>

START_TEST(a_configuration_without_sweep_has_a_cell_per_variant)
{
    parse_well(HEAD RULES);
    ck_assert_str_eq(plan.title, "x.yaml");
    ck_assert_uint_eq(plan.seed, 1);
    ck_assert_uint_eq(plan.replicates, 1);
    ck_assert_uint_eq(plan.n_variants, 2);
    ck_assert_ptr_eq(plan.variants[1].kind, &toy_modern);
    check_cells("rule=classical\nrule=soft\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(an_experiment_without_a_list_has_one_variant)
{
    parse_well("experiment: bare\ntitle: Bare\n");
    ck_assert_str_eq(plan.title, "Bare");
    ck_assert_ptr_eq(plan.variants[0].kind, &toy_bare);
    check_cells("bare\n");
    basin_plan_free(&plan);
    parse_well("experiment: bare\nsweep: {grid: {noise: [0, 1]}}\n");
    check_cells("noise=0\nnoise=1\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_variant_takes_only_the_axes_that_it_has)
{
    parse_well(HEAD RULES "sweep: {grid: {beta: [4, 1], load: [0.2, 0.1]}}\n");
    check_cells("rule=classical,load=0.1\nrule=classical,load=0.2\n"
                "rule=soft,beta=1,load=0.1\nrule=soft,beta=1,load=0.2\n"
                "rule=soft,beta=4,load=0.1\nrule=soft,beta=4,load=0.2\n");
    ck_assert_uint_eq(plan.cells[0].value[0], BASIN_NO_VALUE);
    ck_assert_uint_eq(plan.n_dropped, 0);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_variant_that_gives_a_value_fixes_it)
{
    parse_well(HEAD "rules:\n- {label: swept, rule: modern}\n"
                    "- {label: fixed, rule: modern, beta: 8}\n"
                    "sweep: {grid: {beta: [1, 2]}}\n");
    check_cells("rule=swept,beta=1\nrule=swept,beta=2\nrule=fixed\n");
    ck_assert(basin_plan_constant(&plan, 1, "beta") == 8);
    ck_assert(isnan(basin_plan_constant(&plan, 0, "beta")));
    ck_assert(isnan(basin_plan_constant(&plan, 0, "no such field")));
    ck_assert(basin_plan_constant(&plan, 0, "dimension") == 100);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(other_sections_give_the_value_where_a_block_does_not_sweep)
{
    parse_well(HEAD "rules: [{rule: classical}]\n"
                    "sweep:\n- grid: {dimension: [50, 200]}\n- grid: {flip: [0, 0.5]}\n");
    check_cells("rule=classical,dimension=50,flip=0\n"
                "rule=classical,dimension=100,flip=0\n"
                "rule=classical,dimension=100,flip=0.5\n"
                "rule=classical,dimension=200,flip=0\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(blocks_are_united_and_duplicates_dropped)
{
    parse_well(
        HEAD "rules: [{rule: classical}]\n"
             "sweep:\n- grid: {load: [0.1, 0.2, 0.2]}\n- grid: {load: [0.2, 0.30]}\n");
    check_cells("rule=classical,load=0.1\nrule=classical,load=0.2\n"
                "rule=classical,load=0.3\n");
    ck_assert_uint_eq(plan.n_dropped, 2);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(zipped_axes_advance_together_and_multiply_the_grid)
{
    parse_well(HEAD "rules: [{rule: modern}]\n"
                    "sweep:\n  grid: {load: [1, 2]}\n"
                    "  zip:\n  - {beta: [1, 2], flip: [0.1, 0.2]}\n"
                    "  - {features: [8, 9]}\n");
    check_cells("rule=modern,load=1,beta=1,flip=0.1,features=8\n"
                "rule=modern,load=1,beta=1,flip=0.1,features=9\n"
                "rule=modern,load=1,beta=2,flip=0.2,features=8\n"
                "rule=modern,load=1,beta=2,flip=0.2,features=9\n"
                "rule=modern,load=2,beta=1,flip=0.1,features=8\n"
                "rule=modern,load=2,beta=1,flip=0.1,features=9\n"
                "rule=modern,load=2,beta=2,flip=0.2,features=8\n"
                "rule=modern,load=2,beta=2,flip=0.2,features=9\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_zip_is_thinned_for_a_variant_that_lacks_an_axis)
{
    parse_well(HEAD RULES "sweep: {zip: {beta: [1, 2, 3], flip: [0.1, 0.2, 0.2]}}\n");
    check_cells("rule=classical,flip=0.1\nrule=classical,flip=0.2\n"
                "rule=soft,beta=1,flip=0.1\nrule=soft,beta=2,flip=0.2\n"
                "rule=soft,beta=3,flip=0.2\n");
    ck_assert_uint_eq(plan.n_dropped, 1);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(cells_are_excluded_by_their_values)
{
    parse_well(HEAD RULES "sweep:\n  grid: {load: [1, 2], beta: [1, 2]}\n"
                          "  exclude: [{load: 2, beta: 1.0}]\n");
    check_cells("rule=classical,load=1\nrule=classical,load=2\n"
                "rule=soft,load=1,beta=1\nrule=soft,load=1,beta=2\n"
                "rule=soft,load=2,beta=2\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_block_can_be_for_some_variants)
{
    parse_well(HEAD RULES "sweep:\n- {rules: [soft], grid: {load: [1, 2]}}\n"
                          "- {rules: [classical], grid: {flip: [0.5]}}\n");
    check_cells("rule=classical,flip=0.5\nrule=soft,load=1\nrule=soft,load=2\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(same_names_are_told_apart_by_their_sections)
{
    parse_well(HEAD "rules: [{rule: classical}]\n"
                    "sweep: {grid: {cue.noise: [1], patterns.noise: [0, 1], "
                    "rules.threshold: [0]}}\n");
    check_cells("rule=classical,cue.noise=1,patterns.noise=0,threshold=0\n"
                "rule=classical,cue.noise=1,patterns.noise=1,threshold=0\n");
    basin_plan_free(&plan);
}
END_TEST

START_TEST(words_are_swept_in_their_order)
{
    parse_well(
        "experiment: recall\npatterns: {kind: images}\nrules: [{rule: classical}]\n"
        "sweep: {grid: {update: [sync, async], folder: [b, 'a,1'], once: [true], "
        "steps: [3, converge, 1], limit: [none, 2]}}\n");
    ck_assert_uint_eq(plan.n_cells, 2 * 2 * 1 * 3 * 2);
    ck_assert_str_eq(plan.axes[0].text[0], "sync");
    ck_assert(plan.axes[0].number[0] == 1);
    ck_assert_str_eq(plan.axes[1].text[1], "a,1");
    ck_assert_str_eq(plan.axes[3].text[0], "converge");
    ck_assert(plan.axes[3].number[0] == -1);
    ck_assert_str_eq(plan.axes[4].text[1], "none");
    ck_assert(isnan(plan.axes[4].number[1]));
    basin_plan_free(&plan);
}
END_TEST

static const struct {
    const char *axis, *values;
} generators[] = {
    {"load: {linspace: [0.1, 0.5, 5]}", "0.1 0.2 0.3 0.4 0.5"},
    {"load: {linspace: [0.3, 0.1, 3]}", "0.1 0.2 0.3"},
    {"load: {linspace: [0.123456789012345, 1, 2]}", "0.123456789012345 1"},
    {"load: {linspace: [2, 9, 1]}", "2"},
    {"load: {logspace: [0.01, 10, 4]}", "0.01 0.1 1 10"},
    {"load: {geometric: [0.1, 2, 4]}", "0.1 0.2 0.4 0.8"},
    {"load: {range: [0.1, 0.5, 0.1]}", "0.1 0.2 0.3 0.4 0.5"},
    {"load: {range: [0.5, 0.1, -0.2]}", "0.1 0.3 0.5"},
    {"load: {range: [1, 2, 0.4]}", "1 1.4 1.8"},
    {"dimension: {logspace: [1, 100, 5]}", "1 3 10 32 100"},
    {"dimension: {linspace: [1, 3, 9]}", "1 2 3"},
    {"threshold: {range: [-2, 2, 2]}", "-2 0 2"},
    {"dimension: [1e3, 500.0, 500]", "500 1000"},
};

START_TEST(generators_give_their_values)
{
    struct basin_str text = {0};
    struct basin_str values = {0};
    basin_str_add(&text, HEAD "rules: [{rule: classical}]\nsweep: {grid: {%s}}\n",
        generators[_i].axis);
    parse_well(text.text);
    for (size_t i = 0; i < plan.axes[0].n; i++) {
        basin_str_add(&values, "%s%s", i == 0 ? "" : " ", plan.axes[0].text[i]);
        ck_assert(strtod(plan.axes[0].text[i], NULL) == plan.axes[0].number[i]);
    }
    ck_assert_str_eq(values.text, generators[_i].values);
    basin_str_free(&text);
    basin_str_free(&values);
    basin_plan_free(&plan);
}
END_TEST

/* Wrong configurations, and the message after "x.yaml:". */
static const struct {
    const char *text;
    const char *message;
} bad[] = {
    {"title: x\n", "1:1: \"experiment\" is missing; it is one of recall, bare"},
    {"experiment: recal\n", "1:13: experiment must be one of recall, bare, not "
                            "\"recal\"; did you mean \"recall\"?"},
    {"experiment: [recall]\n", "1:13: experiment must be one word; it cannot be swept"},
    {HEAD "rules: [{rule: classical}]\nlaod: 1\n",
        "4:1: unknown key \"laod\"; did you mean \"load\"? allowed: claims, count, cue, "
        "experiment, figures, load, max_cells, once, only, patterns, replicates, rules, "
        "seed, source, sweep, title"},
    {HEAD "rules: [{rule: classical}]\nreplicates: 0\n",
        "4:13: replicates must be between 1 and 1048576, not 0"},
    {HEAD "rules: [{rule: classical}]\nreplicates: 1048577\n",
        "4:13: replicates must be between 1 and 1048576, not 1048577"},
    {HEAD "rules: [{rule: classical}]\nseed: -1\n",
        "4:7: seed must be at least 0, not -1"},
    {HEAD "rules: [{rule: classical}]\nmax_cells: 1e8\n",
        "4:12: max_cells must be between 1 and 10000000, not 1e8"},
    {HEAD "rules: [{rule: classical}]\nload: 0\n",
        "4:7: load must be greater than 0 and at most 10, not 0"},
    {HEAD "rules: [{rule: classical}]\ncue: 0.5\n",
        "4:6: cue must be a mapping (key: value), not a single value"},
    {HEAD "rules: [{rule: classical}]\ncue: {flop: 0.5}\n",
        "4:7: unknown key \"flop\"; did you mean \"flip\"? allowed: flip, noise"},
    {HEAD, "1:1: \"rules\" is missing: a list with at least one entry"},
    {HEAD "rules: []\n",
        "3:8: rules must be a list with at least one entry and at most 4096"},
    {HEAD "rules: {rule: classical}\n",
        "3:8: rules must be a list with at least one entry and at most 4096"},
    {HEAD "rules: [classical]\n",
        "3:9: an entry of rules must be a mapping (key: value), not a single value"},
    {HEAD "rules: [{update: sync}]\n",
        "3:9: \"rule\" is missing; it is one of classical, modern"},
    {HEAD "rules: [{rule: clasical}]\n", "3:16: rule must be one of classical, modern, "
                                         "not \"clasical\"; did you mean \"classical\"?"},
    {HEAD "rules: [{rule: classical, beta: 2}]\n",
        "3:27: unknown key \"beta\"; allowed: label, limit, rule, steps, threshold, "
        "update"},
    {HEAD "rules: [{rule: classical, steps: 0}]\n",
        "3:34: steps must be a whole number between 1 and 1000000 or converge, not 0"},
    {HEAD "rules: [{rule: classical}, {rule: classical}]\n",
        "3:28: entry 1 of rules is called \"classical\" already; give this one a label "
        "of its own"},
    {HEAD "rules: [{label: a, rule: classical}, {label: a, rule: modern}]\n",
        "3:46: entry 1 of rules is called \"a\" already; give this one a label of its "
        "own"},
    {HEAD "rules: [{label: a/b, rule: classical}]\n",
        "3:17: a label must be a text without \"/\", not \"a/b\""},
    {HEAD "rules: [{label: '', rule: classical}]\n",
        "3:17: a label must be a text without \"/\", not \"\""},
    {HEAD "rules: [{label: a, rule: classical}, {label: b, rule: classical}]\n",
        "3:38: \"a\" and \"b\" are the same computation at rule=b: let one of them leave "
        "it out"},
    {"experiment: recall\n" RULES,
        "1:1: \"dimension\" is missing, here or in the sweep: number of units (polar)"},
    {"experiment: recall\npatterns: {kind: polar}\n" RULES,
        "2:11: \"dimension\" is missing, here or in the sweep: number of units (polar)"},
    {"experiment: recall\npatterns: {noise: 0}\n" RULES,
        "2:11: \"kind\" is missing; it is one of polar, images"},
    {"experiment: recall\npatterns: {kind: polar}\n" RULES
     "sweep:\n- grid: {dimension: [1]}\n- grid: {load: [1]}\n",
        "6:3: \"dimension\" is missing in this block: patterns \"polar\" needs it, here "
        "or where it is configured (number of units)"},
    {HEAD RULES "sweep: []\n",
        "4:8: sweep must be a list of blocks, at least one and at most 4096"},
    {HEAD RULES "sweep: 3\n",
        "4:8: sweep must be a list of blocks, at least one and at most 4096"},
    {SWEEP "- 3\n", "5:3: a block of the sweep must be a mapping with grid, zip or both"},
    {SWEEP "- {}\n", "5:3: this block sweeps nothing: it needs grid or zip"},
    {SWEEP "- {gird: {load: [1]}}\n", "5:4: unknown key \"gird\"; did you mean \"grid\"? "
                                      "allowed: exclude, grid, rules, zip"},
    {SWEEP "- grid: {}\n",
        "5:9: grid must be a mapping from axes to values, with at least one axis"},
    {SWEEP "- grid: [load]\n",
        "5:9: grid must be a mapping from axes to values, with at least one axis"},
    {SWEEP "- zip: []\n",
        "5:8: zip must be a mapping from axes to values, with at least one axis"},
    {SWEEP "- grid: {lode: [1]}\n",
        "5:10: unknown axis \"lode\"; did you mean \"load\"? allowed: beta, count, "
        "cue.noise, dimension, features, flip, limit, load, once, patterns.noise, steps, "
        "threshold, update"},
    {SWEEP "- grid: {noise: [1]}\n",
        "5:10: axis \"noise\" is ambiguous; write patterns.noise or cue.noise"},
    {SWEEP "- grid: {load: []}\n", "5:16: load has no values to sweep"},
    {SWEEP "- grid: {load: 1}\n",
        "5:16: the values of load must be a list, or one of {linspace: [a, b, n]}, "
        "{logspace: [a, b, n]}, {geometric: [start, ratio, n]}, {range: [start, stop, "
        "step]}"},
    {SWEEP "- grid: {load: [1, 20]}\n",
        "5:20: load must be greater than 0 and at most 10, not 20"},
    {SWEEP "- grid: {load: [1, a]}\n",
        "5:20: load must be a number greater than 0 and at most 10, not \"a\""},
    {SWEEP "- grid: {load: [[1]]}\n",
        "5:17: load must be a number greater than 0 and at most 10, not a list"},
    {SWEEP "- grid: {load: [1]}\n  zip: {load: [2]}\n",
        "6:9: axis \"load\" is in this block already"},
    {SWEEP "- zip: {load: [1, 2], beta: [1, 2, 3]}\n",
        "5:29: zipped axes need equally many values: load has 2, beta has 3"},
    {SWEEP "- {rules: [soft], grid: {update: [sync]}}\n",
        "5:26: axis \"update\" changes nothing: every entry of rules in this block gives "
        "update itself or does not have it"},
    {SWEEP "- {rules: [sotf], grid: {beta: [1]}}\n",
        "5:12: no entry of rules is called \"sotf\"; did you mean \"soft\"? allowed: "
        "classical, soft"},
    {SWEEP "- {rules: [], grid: {beta: [1]}}\n",
        "5:11: rules must be a list of labels, at least one"},
    {SWEEP "- {grid: {load: [1, 2]}, exclude: [{beta: 1}]}\n",
        "5:37: axis \"beta\" is not in this block, so nothing can be excluded by it"},
    {SWEEP "- {grid: {load: [1, 2]}, exclude: [{load: 3}]}\n",
        "5:43: load does not take the value 3 in this block; the nearest is 2"},
    {SWEEP "- {grid: {load: [1, 2]}, exclude: [{load: x}]}\n",
        "5:43: load must be a number greater than 0 and at most 10, not \"x\""},
    {SWEEP "- {grid: {update: [async, sync]}, exclude: [{update: snyc}]}\n",
        "5:54: update must be one of async, sync, not \"snyc\"; did you mean \"sync\"?"},
    {"experiment: recall\npatterns: {kind: polar, dimension: [9, 10]}\n" RULES,
        "2:36: dimension takes one value here; to try several, sweep it: sweep: {grid: "
        "{dimension: [...]}}"},
    {"experiment: recall\npatterns: {kind: [polar, images]}\n" RULES,
        "2:18: kind must be one word; it cannot be swept"},
    {"experiment: recall\npatterns: {kind: images}\n" RULES
     "sweep: {grid: {folder: [a, b]}, exclude: [{folder: c}]}\n",
        "4:52: folder does not take the value c in this block; it takes a, b"},
    {SWEEP "- {grid: {load: [1, 2]}, exclude: []}\n",
        "5:35: exclude must be a list of mappings from axes to values, at least one"},
    {SWEEP "- {grid: {load: [1, 2]}, exclude: [load]}\n",
        "5:36: an exclusion must be a mapping from axes to one value each"},
    {SWEEP "- {grid: {load: [1]}, exclude: [{load: 1}]}\n",
        "5:1: every cell is excluded"},
    {SWEEP "- grid: {load: {linspace: [0, 1, 3]}}\n",
        "5:16: linspace gives 0: load must be greater than 0 and at most 10, not 0"},
    {SWEEP "- grid: {load: {linspce: [0, 1, 3]}}\n",
        "5:17: unknown key \"linspce\"; did you mean \"linspace\"? allowed: geometric, "
        "linspace, logspace, range"},
    {SWEEP "- grid: {load: {linspace: [0, 1]}}\n",
        "5:27: linspace needs a list of three numbers: first value, last value, how "
        "many"},
    {SWEEP "- grid: {load: {linspace: [0, 1, 2.5]}}\n",
        "5:27: linspace: the number of values must be a whole number of at least 1"},
    {SWEEP "- grid: {load: {linspace: [0, b, 2]}}\n",
        "5:31: linspace must be a number, not \"b\""},
    {SWEEP "- grid: {load: {linspace: [0, 1, 1e9]}}\n",
        "5:27: linspace makes 1000000000 values, more than max_cells (1000000)"},
    {SWEEP "- grid: {load: {logspace: [0, 1, 3]}}\n",
        "5:27: logspace: the first and the last value must be greater than 0"},
    {SWEEP "- grid: {load: {geometric: [1, 0, 3]}}\n",
        "5:28: geometric: the first value and the ratio must not be 0"},
    {SWEEP "- grid: {load: {range: [1, 0, 0.5]}}\n",
        "5:24: range: the step must lead from the first value to the last"},
    {SWEEP "- grid: {load: {range: [1, 2, 0]}}\n",
        "5:24: range: the step must lead from the first value to the last"},
    {SWEEP "- grid: {update: {range: [1, 2, 1]}}\n",
        "5:18: update is not a number; give a list of its values"},
    {SWEEP "- grid: {beta: {geometric: [1e200, 1e200, 3]}}\n",
        "5:16: geometric gives inf: beta must be a number greater than 0, not \"inf\""},
    {SWEEP "- grid: {load: {linspace: [1, 2, 10000]}, beta: {linspace: [1, 2, 10000]}}\n",
        "5:1: the sweep makes 100010000 cells, more than max_cells (1000000)"},
    {HEAD RULES "only: [nothing]\n", "4:8: no cell is called \"nothing\" (with * for any "
                                     "characters); some are: rule=classical; rule=soft"},
    {HEAD RULES "only: soft\n",
        "4:7: only must be a list of patterns for names of cells, at least one"},
    {HEAD "rules: [{label: a, rule: modern}, {label: b, rule: modern, beta: 2}]\nsweep: "
          "{grid: {beta: [1, 2]}}\n",
        "3:35: \"a\" and \"b\" are the same computation at rule=b: let one of them leave "
        "it out"},
    {HEAD "rules: [{label: a, rule: modern, beta: 1}, {label: b, rule: modern, beta: "
          "2}]\nsweep: {grid: {beta: [1, 2]}}\n",
        "4:16: axis \"beta\" changes nothing: every entry of rules in this block gives "
        "beta itself or does not have it"},
};

START_TEST(a_wrong_configuration_is_refused_with_its_place)
{
    char expected[600];
    snprintf(expected, sizeof(expected), "x.yaml:%s", bad[_i].message);
    ck_assert_int_eq(parse(bad[_i].text), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, expected);
    ck_assert_ptr_null(plan.internal);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("sweep");
    TCase *c = tcase_create("sweep");
    tcase_add_test(c, a_configuration_without_sweep_has_a_cell_per_variant);
    tcase_add_test(c, an_experiment_without_a_list_has_one_variant);
    tcase_add_test(c, a_variant_takes_only_the_axes_that_it_has);
    tcase_add_test(c, a_variant_that_gives_a_value_fixes_it);
    tcase_add_test(c, other_sections_give_the_value_where_a_block_does_not_sweep);
    tcase_add_test(c, blocks_are_united_and_duplicates_dropped);
    tcase_add_test(c, zipped_axes_advance_together_and_multiply_the_grid);
    tcase_add_test(c, a_zip_is_thinned_for_a_variant_that_lacks_an_axis);
    tcase_add_test(c, cells_are_excluded_by_their_values);
    tcase_add_test(c, a_block_can_be_for_some_variants);
    tcase_add_test(c, same_names_are_told_apart_by_their_sections);
    tcase_add_test(c, words_are_swept_in_their_order);
    tcase_add_loop_test(c, generators_give_their_values, 0, COUNT(generators));
    tcase_add_loop_test(
        c, a_wrong_configuration_is_refused_with_its_place, 0, COUNT(bad));
    suite_add_tcase(s, c);
    return s;
}
