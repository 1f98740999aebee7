/* Figures: what is read, what is refused, what is drawn, and that gnuplot draws it. */
#include "plot_stage.h"
#include "suite.h"

#include "plot/draw.h"
#include "plot/figure.h"
#include "plot/gnuplot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ALL_KINDS[] =
    "  - {name: lines, x: load, y: overlap, theory: [ags_overlap, one_step_error],\n"
    "     marks: [{x: 0.138, text: alpha_c}, {y: 0.5, text: half}]}\n"
    "  - {name: logs, x: load, x_scale: log2, y: [error, overlap], y_scale: log,\n"
    "     panels: [rule, dimension], statistic: median}\n"
    "  - {name: heat, kind: heat, x: load, y: dimension, z: overlap, contour: 0.6,\n"
    "     x_scale: log, y_scale: log2}\n"
    "  - {name: bars, kind: bars, y: overlap, series: [dimension], where: {load: 0.1}}\n"
    "  - {name: bins, kind: histogram, y: k_histogram, panels: load}\n"
    "  - {name: stack, kind: histogram, y: k_histogram, stacked: true,\n"
    "     where: {load: 0.1, dimension: 100}}\n"
    "  - {name: pictures, kind: pictures, y: pictures,\n"
    "     where: {load: [0.1, 0.2], dimension: 100}}\n"
    "  - {name: violins, kind: violins, x: dimension, y: load,\n"
    "     z: [k_histogram, error, overlap]}\n"
    "  - {name: course, kind: course, x: at, y: [loss, width], panels: [rule, load],\n"
    "     where: {dimension: 100}, marks: [{x: break_at, text: break}, {y: 1}]}\n"
    "  - {name: areas, kind: course, x: at, y: [loss, gain], stacked: true}\n";
static const char *const NAMES[] = {"lines", "logs", "heat", "bars", "bins", "stack",
    "pictures", "violins", "course", "areas"};
enum { KINDS = sizeof(NAMES) / sizeof(NAMES[0]) };

START_TEST(every_kind_is_drawn_by_gnuplot_in_every_format)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP, ALL_KINDS);
    stage_measure(&s);
    ck_assert_int_eq(basin_figures_check(&s.plan, &stage_toy, &s.diag), 0);
    struct basin_str drawn = {0};
    stage_make(
        &s, BASIN_PLOT_SVG | BASIN_PLOT_PNG | BASIN_PLOT_PDF | BASIN_PLOT_DUMB, &drawn);
    for (size_t i = 0; i < KINDS; i++) {
        static const char *const endings[] = {"gp", "svg", "png", "pdf"};
        for (size_t j = 0; j < 4; j++) {
            char name[64];
            snprintf(name, sizeof(name), "%s.%s", NAMES[i], endings[j]);
            char *text = stage_text(&s, name);
            free(text);
        }
    }
    ck_assert_ptr_nonnull(strstr(drawn.text, "ags overlap"));
    ck_assert_ptr_null(strchr(drawn.text, '\033'));
    char *lines = stage_text(&s, "lines.gp");
    ck_assert_ptr_nonnull(strstr(lines, "from 0.138,graph 0 to 0.138,graph 1 "));
    ck_assert_ptr_nonnull(strstr(lines, "from graph 0,first 0.5 to graph 1,first 0.5 "));
    free(lines);
    basin_str_free(&drawn);
    stage_clear(&s);
}
END_TEST

START_TEST(the_same_result_gives_the_same_bytes)
{
    struct stage a;
    struct stage b;
    stage_set(&a, STAGE_SWEEP, ALL_KINDS);
    stage_set(&b, STAGE_SWEEP, ALL_KINDS);
    stage_measure(&a);
    stage_measure(&b);
    stage_make(&a, BASIN_PLOT_SVG, NULL);
    stage_make(&b, BASIN_PLOT_SVG, NULL);
    for (size_t i = 0; i < KINDS; i++) {
        for (int j = 0; j < 2; j++) {
            char name[64];
            snprintf(name, sizeof(name), "%s.%s", NAMES[i], j == 0 ? "gp" : "svg");
            char *first = stage_text(&a, name);
            char *second = stage_text(&b, name);
            ck_assert_str_eq(first, second);
            free(first);
            free(second);
        }
    }
    stage_clear(&a);
    stage_clear(&b);
}
END_TEST

START_TEST(without_any_data_every_kind_says_so)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP, ALL_KINDS);
    struct basin_str drawn = {0};
    stage_make(&s, BASIN_PLOT_SVG | BASIN_PLOT_DUMB, &drawn);
    for (size_t i = 0; i < KINDS; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s.svg", NAMES[i]);
        bool theory_remains = strcmp(NAMES[i], "lines") == 0;
        stage_expect(&s, name,
            theory_remains ? "ags overlap"
            : strcmp(NAMES[i], "pictures") == 0
                ? "not measured"
                : "nothing to show: no cell has been measured here");
    }
    basin_str_free(&drawn);
    stage_clear(&s);
}
END_TEST

/* Everything in a configuration that is text, with everything that gnuplot, a shell and
 * SVG take for more than text. */
START_TEST(texts_are_never_executed_and_shown_as_they_are)
{
    static const char nasty[] =
        "experiment: toy\n"
        "title: &n \"it's `touch sentinel` $(touch sentinel) @x {/Bold y} %d %s <b> & "
        "\\\\n \\\"q\\\" \\\\\"\n"
        "rules:\n"
        "  - {label: \"`touch sentinel`'.system('touch sentinel').' %d <i>\", rule: "
        "hard}\n"
        "  - {label: \"EOD\\n! touch sentinel\\nEOD\", rule: soft}\n"
        "sweep: [{grid: {load: [0.1, 0.2]}}]\n"
        "figures:\n";
    static const char figures[] =
        "  - {name: l, x: load, y: overlap, title: *n, x_label: *n, y_label: *n,\n"
        "     marks: [{x: 0.1, text: *n}]}\n"
        "  - {name: m, x: load, y: overlap, panels: rule, title: *n}\n"
        "  - {name: b, kind: bars, y: overlap, series: load}\n"
        "  - {name: h, kind: heat, x: load, y: load, z: overlap, x_label: *n}\n"
        "  - {name: p, kind: pictures, y: pictures, rows: [*n, *n, *n]}\n";
    struct stage s;
    stage_set(&s, nasty, figures);
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG | BASIN_PLOT_PNG | BASIN_PLOT_DUMB, NULL);
    char path[128];
    snprintf(path, sizeof(path), "%s/sentinel", s.folder);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_ne(access("sentinel", F_OK), 0);
    stage_expect(&s, "l.svg", "it's `touch sentinel` $(touch sentinel)");
    stage_expect(&s, "l.svg", "@x {/Bold y} %d %s &lt;b> &amp;");
    stage_expect(&s, "l.svg", "'.system('touch sentinel').' %d &lt;i>");
    stage_expect(&s, "b.svg", "`touch sentinel`'.system('touch sentinel').' %d &lt;");
    stage_expect(&s, "b.svg", "EOD ! touch sentinel EOD");
    stage_clear(&s);
}
END_TEST

START_TEST(quotes_are_doubled_and_control_characters_dropped)
{
    struct basin_str text = {0};
    basin_script_text(&text, "a'b\n`c`\x1b\\");
    ck_assert_str_eq(text.text, "'a''b `c` \\'");
    basin_str_free(&text);
    basin_script_tick(&text, "5 % of 'd'");
    ck_assert_str_eq(text.text, "'5 %% of ''d'''");
    basin_str_free(&text);
    basin_script_lines(&text, "one two three", 8);
    ck_assert_str_eq(text.text, "'one two'.\"\\n\".'three'");
    basin_str_free(&text);
}
END_TEST

/* Mistakes, and the words of the message that make the repair obvious. */
static const struct {
    const char *figure;
    const char *message[3];
} MISTAKES[] = {
    {"{name: a, x: laod, y: overlap}", {"toy:12:18: ", "unknown axis \"laod\"", "load"}},
    {"{name: a, x: load, y: overlapp}",
        {"toy:12:27: ", "metric \"overlapp\"", "overlap"}},
    {"{name: a, x: load, y: overlap, theory: ags_overlapp}", {"toy:12:", "ags_overlap"}},
    {"{name: a, x: load, y: overlap, where: {label: hard on}}", {"toy:12:", "hard one"}},
    {"{name: a, x: load, y: overlap, where: {load: 0.3}}",
        {"axis \"load\" has no value \"0.3\"", "from 0.05 to 0.2"}},
    {"{name: a, x: load, y: overlap, where: {laod: 0.3}}", {"toy:12:", "load"}},
    {"{name: a, x: load, y: overlap, sereis: rule}", {"toy:12:36: ", "series"}},
    {"{name: a, x: load, y: overlap, contour: 1}", {"toy:12:36: ", "\"contour\""}},
    {"{name: a, kind: heat, x: load, y: dimension, z: overlap, contour: x}",
        {"toy:12:", "contour"}},
    {"{x: load, y: overlap}", {"toy:12:", "name"}},
    {"{name: ../../a, x: load, y: overlap}", {"toy:12:", "cannot be a file's name"}},
    {"{name: a, x: load}", {"toy:12:", "needs \"y\""}},
    {"{name: a, y: overlap}", {"toy:12:", "needs \"x\""}},
    {"{name: a, x: load, y: pictures}", {"toy:12:", "\"pictures\" has 3 dimensions"}},
    {"{name: a, kind: histogram, y: overlap}", {"\"overlap\" has 0 dimensions"}},
    {"{name: a, kind: histogram, y: pictures}", {"\"pictures\" has no bins"}},
    {"{name: a, kind: violins, x: load, y: dimension, z: k_histogram}",
        {"violins show three metrics"}},
    {"{name: a, kind: violins, x: load, y: dimension, z: [overlap, error, overlap]}",
        {"\"overlap\" has no bins"}},
    {"{name: a, kind: pictures, y: pictures, bars: overlap}",
        {"\"overlap\" has 0 dimensions"}},
    {"{name: a, kind: pictures, y: pictures, labels: weights}",
        {"\"weights\" has 2 dimensions"}},
    {"{name: a, kind: pictures, y: pictures, bars: weight}",
        {"did you mean \"weights\"?"}},
    {"{name: a, kind: heatt, x: load}", {"toy:12:", "heat"}},
    {"{name: a, kind: heat, x: load, z: overlap}", {"needs \"y\""}},
    {"{name: a, kind: heat, x: load, y: dimension, z: overlap, marks: []}", {"marks"}},
    {"{name: a, x: load, y: overlap, series: rule}",
        {"several cells fall on the same point", "\"dimension\""}},
    {"{name: a, x: load, y: overlap, series: dimension}", {"differ in \"rule\""}},
    {"{name: a, x: load, y: overlap, y_range: [1, 0]}", {"y_range must rise"}},
    {"{name: a, x: load, y: overlap, y_scale: log, y_range: [0, 1]}", {"above 0"}},
    {"{name: a, x: load, y: overlap, marks: [{x: 1, y: 2}]}", {"either an x or a y"}},
    {"just text", {"toy:12:", "a figure is a mapping"}},
};

START_TEST(a_mistake_is_told_before_anything_is_run)
{
    struct stage s;
    char text[256];
    snprintf(text, sizeof(text), "  - %s\n", MISTAKES[_i].figure);
    stage_set(&s, STAGE_SWEEP, text);
    ck_assert_int_eq(basin_figures_check(&s.plan, &stage_toy, &s.diag), BASIN_ERR_CONFIG);
    for (size_t i = 0; i < 3 && MISTAKES[_i].message[i] != NULL; i++) {
        ck_assert_msg(strstr(s.diag.text, MISTAKES[_i].message[i]) != NULL,
            "no '%s' in: %s", MISTAKES[_i].message[i], s.diag.text);
    }
    stage_clear(&s);
}
END_TEST

START_TEST(names_must_differ_and_figures_are_a_list)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, x: load, y: overlap}\n  - {name: a, x: load, y: error}\n");
    ck_assert_int_eq(basin_figures_check(&s.plan, &stage_toy, &s.diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "two figures have the name \"a\""));
    stage_clear(&s);
    stage_set(&s, STAGE_SWEEP, "  {name: a}\n");
    ck_assert_int_eq(basin_figures_check(&s.plan, &stage_toy, &s.diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "figures is a list"));
    stage_clear(&s);
}
END_TEST

START_TEST(gnuplots_own_words_reach_the_person)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP, "  []\n");
    char path[128];
    snprintf(path, sizeof(path), "%s/bad one.gp", s.folder);
    FILE *file = fopen(path, "w");
    fputs("plot nonsense(\n", file);
    fclose(file);
    ck_assert_int_eq(
        basin_gnuplot_run(s.folder, "bad one", "svg", NULL, &s.diag), BASIN_ERR_TOOL);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "gnuplot failed on bad one.gp: "));
    ck_assert_ptr_nonnull(strstr(s.diag.text, "nonsense"));
    stage_clear(&s);
}
END_TEST

START_TEST(a_missing_gnuplot_is_told)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP, "  - {name: a, x: load, y: overlap}\n");
    char *path = basin_str_copy(getenv("PATH"));
    setenv("PATH", s.folder, 1);
    int ret = basin_figures_make(&s.plan, &stage_toy, &s.result, s.folder, BASIN_PLOT_SVG,
        (struct basin_size){0}, NULL, &s.diag);
    setenv("PATH", path, 1);
    free(path);
    ck_assert_int_eq(ret, BASIN_ERR_TOOL);
    ck_assert_str_eq(
        s.diag.text, "gnuplot is needed to draw a.gp; make setup installs it");
    stage_clear(&s);
}
END_TEST

START_TEST(folders_are_made_where_that_is_possible)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP, "  - {name: a, x: load, y: overlap}\n");
    char folder[128];
    snprintf(folder, sizeof(folder), "%s/new", s.folder);
    int ret = basin_figures_make(
        &s.plan, &stage_toy, &s.result, folder, 0, (struct basin_size){0}, NULL, &s.diag);
    ck_assert_msg(ret == 0, "%s", s.diag.text);
    char script[256];
    snprintf(script, sizeof(script), "%s/a.gp", folder);
    ck_assert_int_eq(access(script, F_OK), 0);
    ck_assert_int_eq(basin_figures_make(&s.plan, &stage_toy, &s.result, script, 0,
                         (struct basin_size){0}, NULL, &s.diag),
        BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "cannot make the folder"));
    unlink(script);
    rmdir(folder);
    stage_clear(&s);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("plot");
    TCase *c = tcase_create("plot");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_kind_is_drawn_by_gnuplot_in_every_format);
    tcase_add_test(c, the_same_result_gives_the_same_bytes);
    tcase_add_test(c, without_any_data_every_kind_says_so);
    tcase_add_test(c, texts_are_never_executed_and_shown_as_they_are);
    tcase_add_test(c, quotes_are_doubled_and_control_characters_dropped);
    tcase_add_loop_test(c, a_mistake_is_told_before_anything_is_run, 0,
        (int)(sizeof(MISTAKES) / sizeof(MISTAKES[0])));
    tcase_add_test(c, names_must_differ_and_figures_are_a_list);
    tcase_add_test(c, gnuplots_own_words_reach_the_person);
    tcase_add_test(c, a_missing_gnuplot_is_told);
    tcase_add_test(c, folders_are_made_where_that_is_possible);
    suite_add_tcase(s, c);
    return s;
}
