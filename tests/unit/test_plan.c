/* Plans: sections, variants, sweeps, identities, overrides, the resolved file. */
#include "suite.h"
#include "toy.h"

#include "config/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct basin_plan plan;
static struct basin_diag diag;

static int parse(const char *text)
{
    memset(&diag, 0, sizeof(diag));
    return basin_plan_parse(
        &plan, "x.yaml", text, strlen(text), &toy_registry, NULL, &diag);
}

static void parse_well(const char *text)
{
    int code = parse(text);
    ck_assert_msg(code == 0, "%s", diag.text);
}

/* The names of all cells, one a line. */
static void check_cells(const char *expected)
{
    struct basin_str names = {0};
    for (size_t i = 0; i < plan.n_cells; i++) {
        ck_assert_int_eq(basin_plan_cell_name(&plan, i, &names), 0);
        basin_str_add(&names, "\n");
    }
    ck_assert_str_eq(names.text, expected);
    basin_str_free(&names);
}

#define HEAD "experiment: recall\npatterns: {kind: polar, dimension: 100}\n"
#define RULES "rules: [{rule: classical}, {label: soft, rule: modern}]\n"

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

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *suite(void)
{
    Suite *s = suite_create("plan");
    TCase *c = tcase_create("plan");
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
    suite_add_tcase(s, c);
    return s;
}
