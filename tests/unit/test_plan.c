/* Plans: identities, parameters, overrides, the resolved configuration. */
#include "toy_plan.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

START_TEST(the_canonical_text_says_everything_that_decides)
{
    struct basin_str text = {0};
    parse_well(HEAD "seed: 5\nrules: [{label: x, rule: modern}]\n"
                    "sweep: {grid: {flip: [0.50], steps: [converge, 2]}}\n");
    ck_assert_int_eq(basin_plan_cell_text(&plan, 0, &text), 0);
    ck_assert_str_eq(text.text, "experiment: recall 2\n"
                                "experiment.count=auto\n"
                                "experiment.load=0.1\n"
                                "experiment.once=false\n"
                                "cue: cue 1\n"
                                "cue.flip=0.5\n"
                                "cue.noise=0\n"
                                "patterns: polar 1\n"
                                "patterns.dimension=100\n"
                                "patterns.noise=0\n"
                                "rules: modern 3, options 1\n"
                                "rules.beta=1\n"
                                "rules.features=16\n"
                                "rules.limit=none\n"
                                "rules.steps=converge\n");
    struct basin_id id = basin_id_of(text.text, text.length);
    ck_assert_int_eq(basin_id_compare(&id, &plan.cells[0].id), 0);
    basin_str_free(&text);
    basin_plan_free(&plan);
}
END_TEST

/* The same cells, whatever is called, ordered or written differently. */
START_TEST(an_identity_depends_on_values_alone)
{
    static const char *const same[] = {
        HEAD
        "rules: [{label: x, rule: modern}]\nsweep: {grid: {beta: [1, 2], load: [0.1]}}\n",
        "title: other\nsource: elsewhere\nrules:\n- rule: modern\n  features: 16\n"
        "sweep:\n- grid: {load: [1e-1], rules.beta: [2.0]}\n- grid: {beta: [1]}\n"
        "cue: {noise: 0}\n" HEAD,
    };
    struct basin_id plans[2];
    for (int i = 0; i < 2; i++) {
        parse_well(same[i]);
        plans[i] = plan.id;
        basin_plan_free(&plan);
    }
    ck_assert_int_eq(basin_id_compare(&plans[0], &plans[1]), 0);
    static const char *const other[] = {"seed: 2\n", "replicates: 2\n", "once: true\n",
        "count: 7\n", "cue: {flip: 0.1}\n"};
    for (int i = 0; i < COUNT(other); i++) {
        struct basin_str text = {0};
        basin_str_add(&text, "%s%s", same[0], other[i]);
        parse_well(text.text);
        ck_assert_int_ne(basin_id_compare(&plans[0], &plan.id), 0);
        basin_str_free(&text);
        basin_plan_free(&plan);
    }
}
END_TEST

START_TEST(a_text_cannot_pretend_to_be_another_field)
{
    struct basin_str text = {0};
    parse_well("experiment: recall\nrules: [{rule: classical}]\n"
               "patterns: {kind: images, folder: \"a\\npatterns.noise=1\"}\n");
    ck_assert_int_eq(basin_plan_cell_text(&plan, 0, &text), 0);
    ck_assert_ptr_nonnull(
        strstr(text.text, "patterns.folder=\"a\\npatterns.noise=1\"\nrules"));
    basin_str_free(&text);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(parameters_are_filled_for_each_cell)
{
    struct basin_params params = {0};
    parse_well("experiment: recall\npatterns: {kind: images}\ncue: {flip: 0.25}\n" RULES
               "sweep: {grid: {beta: [0.5, 2], folder: [b, c], steps: [converge, 9], "
               "update: [sync], load: [3], once: [true]}}\n");
    ck_assert_uint_eq(plan.n_cells, 4 + 8);
    for (size_t i = 0; i < plan.n_cells; i++) {
        ck_assert_int_eq(basin_plan_params(&plan, i, &params, &diag), 0);
        const struct toy_own *own = params.own[0];
        const struct toy_patterns *patterns = params.own[1];
        const struct toy_cue *cue = params.own[2];
        const struct toy_options *options = params.common[3];
        ck_assert(own->load == 3 && own->count == -1 && own->once);
        ck_assert(patterns->dimension == 64 && cue->flip == 0.25);
        ck_assert_str_eq(patterns->folder, i / 2 % 2 == 0 ? "b" : "c");
        ck_assert_int_eq(options->steps, i % 2 == 0 ? -1 : 9);
        ck_assert(isnan(options->limit));
        ck_assert_ptr_null(params.common[0]);
        if (i < 4) {
            const struct toy_classical *rule = params.own[3];
            ck_assert_ptr_eq(params.kind[3], &toy_classical);
            ck_assert_int_eq(rule->update, 1);
        } else {
            const struct toy_modern *rule = params.own[3];
            ck_assert_ptr_eq(params.kind[3], &toy_modern);
            ck_assert(rule->beta == (i < 8 ? 0.5 : 2) && rule->features == 16);
        }
    }
    basin_params_free(&params);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(what_two_cells_share_has_the_same_identity)
{
    struct basin_params a = {0};
    struct basin_params b = {0};
    parse_well(HEAD RULES "sweep: {grid: {patterns.noise: [0, 1]}}\n");
    ck_assert_int_eq(basin_plan_params(&plan, 0, &a, &diag), 0);
    ck_assert_int_eq(basin_plan_params(&plan, 2, &b, &diag), 0);
    ck_assert_uint_eq(a.identity[1], b.identity[1]); /* same patterns, other rule */
    ck_assert_uint_eq(a.identity[2], b.identity[2]);
    ck_assert_uint_ne(a.identity[3], b.identity[3]);
    ck_assert_int_eq(basin_plan_params(&plan, 1, &b, &diag), 0);
    ck_assert_uint_ne(a.identity[1], b.identity[1]);
    ck_assert_uint_eq(a.identity[3], b.identity[3]);
    basin_params_free(&a);
    basin_params_free(&b);
    basin_plan_free(&plan);
}
END_TEST

static int parse_overridden(const char *text, char *set, char *only)
{
    struct basin_text_list sets = {set != NULL, &set};
    struct basin_text_list onlys = {only != NULL, &only};
    struct basin_overrides overrides = {&sets, &onlys};
    memset(&diag, 0, sizeof(diag));
    return basin_plan_parse(
        &plan, "x.yaml", text, strlen(text), &toy_registry, &overrides, &diag);
}

START_TEST(values_are_set_from_outside)
{
    ck_assert_int_eq(
        parse_overridden(SWEEP "- grid: {load: [1]}\n", "sweep.0.grid.load=[2, 3]", NULL),
        0);
    ck_assert_uint_eq(plan.n_cells, 4);
    ck_assert_str_eq(plan.axes[0].text[0], "2");
    basin_plan_free(&plan);
    ck_assert_int_eq(
        parse_overridden(HEAD RULES, "rules.soft.beta=-1", NULL), BASIN_ERR_CONFIG);
    ck_assert_str_eq(
        diag.text, "--set rules.soft.beta: beta must be greater than 0, not -1");
    ck_assert_int_eq(parse_overridden(HEAD RULES, "cue.flop=1", NULL), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "--set cue.flop: unknown key \"flop\"; did you mean "
                                "\"flip\"? allowed: flip, noise");
    ck_assert_int_eq(parse_overridden(HEAD RULES, "replicates", NULL), BASIN_ERR_USAGE);
    ck_assert_str_eq(
        diag.text, "--set replicates: needs path=value, such as cue.flip=0.1");
}
END_TEST

START_TEST(cells_are_chosen_by_their_names)
{
    const char *text = SWEEP "- grid: {load: [1, 2], beta: [1, 10]}\n";
    ck_assert_int_eq(parse_overridden(text, NULL, "*,beta=1"), 0);
    check_cells("rule=soft,load=1,beta=1\nrule=soft,load=2,beta=1\n");
    basin_plan_free(&plan);
    ck_assert_int_eq(parse_overridden(text, NULL, "rule=soft"), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text,
        "--only: no cell is called \"rule=soft\" (with * for any characters); some are: "
        "rule=classical,load=1; rule=soft,load=1,beta=1; rule=soft,load=2,beta=1");
}
END_TEST

static void check_round_trip(bool mark)
{
    struct basin_str printed = {0};
    struct basin_str again = {0};
    struct basin_plan copy;
    ck_assert_int_eq(basin_plan_print(&plan, mark, &printed, &diag), 0);
    int code = basin_plan_parse(
        &copy, "x.yaml", printed.text, printed.length, &toy_registry, NULL, &diag);
    ck_assert_msg(code == 0, "%s\n%s", diag.text, printed.text);
    ck_assert_int_eq(basin_id_compare(&copy.id, &plan.id), 0);
    ck_assert_str_eq(copy.title, plan.title);
    ck_assert_str_eq(copy.source, plan.source);
    ck_assert_uint_eq(copy.n_cells, plan.n_cells);
    for (size_t i = 0; i < plan.n_cells; i++) {
        ck_assert_int_eq(basin_id_compare(&copy.cells[i].id, &plan.cells[i].id), 0);
    }
    ck_assert_int_eq(basin_plan_print(&copy, mark, &again, &diag), 0);
    ck_assert_str_eq(again.text, printed.text);
    basin_str_free(&printed);
    basin_str_free(&again);
    basin_plan_free(&copy);
}

static const char *const resolvable[] = {
    HEAD RULES,
    SWEEP "- grid: {load: [1, 2], beta: {geometric: [1, 2, 3]}}\n- rules: [soft]\n"
          "  grid: {flip: [0.5]}\n",
    "experiment: recall\ntitle: \"A: #1\"\nsource: 'it''s'\nseed: 9\nreplicates: 3\n"
    "patterns: {kind: polar}\nload: 2\ncount: 5\ncue: {noise: 0.5}\n"
    "rules:\n- {label: 'a b: c', rule: modern, limit: 2, steps: 3}\n- {rule: classical, "
    "update: sync}\nsweep: {grid: {dimension: [1, 2]}}\n"
    "figures:\n- {name: x, where: {label: 'a b: c'}, marks: [{x: 0.1379, text: '1'}]}\n"
    "claims: []\nonly: ['*dimension=2*']\n",
    "experiment: bare\nsweep: {grid: {flip: [0, 1]}}\n",
    "experiment: recall\npatterns: {kind: images, folder: 'true'}\nrules: [{rule: "
    "modern}]\n"
    "sweep: {grid: {folder: ['1', ' x', \"\"]}}\n",
};

START_TEST(the_resolved_configuration_loads_to_the_same_plan)
{
    parse_well(resolvable[_i]);
    check_round_trip(true);
    check_round_trip(false);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(the_resolved_configuration_marks_what_differs)
{
    struct basin_str printed = {0};
    parse_well(HEAD "seed: 7\nrules: [{label: one, rule: modern, limit: 2}]\n"
                    "sweep: {grid: {beta: [1], flip: [0.5]}}\nfigures: [{x: load}]\n");
    ck_assert_int_eq(basin_plan_print(&plan, true, &printed, &diag), 0);
    ck_assert_str_eq(printed.text, "experiment: recall\n"
                                   "title: \"\"\n"
                                   "source: \"\"\n"
                                   "seed: 7  # default: 1\n"
                                   "replicates: 1\n"
                                   "max_cells: 1000000\n"
                                   "load: 0.1\n"
                                   "count: auto\n"
                                   "once: false\n"
                                   "patterns:\n"
                                   "  kind: polar\n"
                                   "  dimension: 100\n"
                                   "  noise: 0\n"
                                   "cue:\n"
                                   "  # flip: see sweep\n"
                                   "  noise: 0\n"
                                   "rules:\n"
                                   "  - label: one\n"
                                   "    rule: modern\n"
                                   "    # beta: see sweep\n"
                                   "    features: 16\n"
                                   "    steps: converge\n"
                                   "    limit: 2  # default: none\n"
                                   "sweep:\n"
                                   "  grid:\n"
                                   "    beta: [1]\n"
                                   "    flip: [0.5]\n"
                                   "figures:\n"
                                   "  - x: load\n");
    basin_str_free(&printed);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(many_cells_are_united)
{
    parse_well(
        HEAD "max_cells: 100000\nrules: [{rule: modern}]\n"
             "sweep:\n- grid: {load: {linspace: [1, 9, 100]}, beta: {range: [1, 100, 1]},"
             " dimension: {range: [1, 5, 1]}}\n"
             "- grid: {load: {linspace: [1, 9, 100]}, beta: {range: [51, 150, 1]},"
             " dimension: {range: [1, 5, 1]}}\n");
    ck_assert_uint_eq(plan.n_cells, 75000);
    ck_assert_uint_eq(plan.n_dropped, 25000);
    for (size_t i = 1; i < plan.n_cells; i++) {
        ck_assert(memcmp(plan.cells[i - 1].value, plan.cells[i].value,
                      plan.n_axes * sizeof(uint32_t)) != 0);
    }
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_plan_is_loaded_from_a_file_and_called_after_it)
{
    char path[] = "/tmp/basin-plan-XXXXXX.yaml";
    int file = mkstemps(path, 5);
    ck_assert_int_ge(file, 0);
    FILE *stream = fdopen(file, "w");
    fputs(HEAD RULES, stream);
    fclose(stream);
    ck_assert_int_eq(basin_plan_load(&plan, path, &toy_registry, NULL, &diag), 0);
    ck_assert_int_eq(strncmp(plan.name, "basin-plan-", 11), 0);
    ck_assert_ptr_null(strchr(plan.name, '.'));
    basin_plan_free(&plan);
    remove(path);
    ck_assert_int_eq(
        basin_plan_load(&plan, path, &toy_registry, NULL, &diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "No such file or directory"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("plan");
    TCase *c = tcase_create("plan");
    tcase_add_test(c, the_canonical_text_says_everything_that_decides);
    tcase_add_test(c, an_identity_depends_on_values_alone);
    tcase_add_test(c, a_text_cannot_pretend_to_be_another_field);
    tcase_add_test(c, parameters_are_filled_for_each_cell);
    tcase_add_test(c, what_two_cells_share_has_the_same_identity);
    tcase_add_test(c, values_are_set_from_outside);
    tcase_add_test(c, cells_are_chosen_by_their_names);
    tcase_add_loop_test(
        c, the_resolved_configuration_loads_to_the_same_plan, 0, COUNT(resolvable));
    tcase_add_test(c, the_resolved_configuration_marks_what_differs);
    tcase_add_test(c, many_cells_are_united);
    tcase_add_test(c, a_plan_is_loaded_from_a_file_and_called_after_it);
    suite_add_tcase(s, c);
    return s;
}
