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
    ck_assert_ptr_nonnull(strstr(drawn.text, "ags_overlap"));
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
            theory_remains ? "ags_overlap"
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

/* Student's t for three degrees of freedom: 3.182446; sd of 1, 2, 3, 4 is 1.290994. */
START_TEST(intervals_have_their_known_widths)
{
    double values[] = {4, NAN, 1, 3, 2};
    struct basin_estimate mean = basin_estimate_mean(values, 5);
    ck_assert_double_eq_tol(mean.centre, 2.5, 1e-12);
    ck_assert_double_eq_tol(mean.high - mean.centre, 3.182446 * 1.290994 / 2, 1e-5);
    ck_assert_double_eq_tol(mean.centre - mean.low, mean.high - mean.centre, 1e-12);
    struct basin_estimate median = basin_estimate_median(values, 4);
    ck_assert_double_eq_tol(median.centre, 2.5, 1e-12);
    ck_assert_double_eq_tol(median.low, 1.75, 1e-12);
    ck_assert_double_eq_tol(median.high, 3.25, 1e-12);
    ck_assert(isnan(basin_estimate_mean(values, 1).low));
    ck_assert(isnan(basin_estimate_mean(values, 0).centre));
}
END_TEST

START_TEST(lines_hold_the_means_and_their_intervals)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, x: load, y: overlap, where: {label: hard one, dimension: 100}}\n");
    stage_measure(&s);
    stage_make(&s, 0, NULL);
    /* sd of -1.5, -0.5, 0.5, 1.5 hundredths is 0.01290994; half width 0.0205426 */
    stage_expect(&s, "a.gp",
        "$curve0 << EOD\n"
        "0.05 0.95 0.929457397 0.970542603\n"
        "0.1 0.9 0.879457397 0.920542603\n"
        "0.2 0.8 0.779457397 0.820542603\n"
        "EOD\n");
    stage_expect(&s, "a.gp", "set xlabel 'load alpha = N / d (patterns per unit)'\n");
    stage_expect(&s, "a.gp", "set ylabel 'overlap with the pattern'\n");
    stage_expect(&s, "a.gp", "# Figure a of basin's plan ");
    stage_clear(&s);
}
END_TEST

/* One overlap for all dimensions, so one curve; it ends where no solution exists. */
START_TEST(equal_theories_are_drawn_once)
{
    struct stage s;
    stage_set(
        &s, STAGE_SWEEP, "  - {name: a, x: load, y: overlap, theory: ags_overlap}\n");
    stage_measure(&s);
    stage_make(&s, 0, NULL);
    char *text = stage_text(&s, "a.gp");
    ck_assert_uint_eq(stage_count(text, "<< EOD"), 4 + 1);
    ck_assert_uint_eq(stage_count(text, "'theory: '.'ags_overlap'"), 1);
    const char *name = "load";
    double load = 0.05;
    double value;
    ck_assert_int_eq(
        basin_theory_at(basin_theory_of(basin_kind_find(basin_theories, "ags_overlap")),
            &name, &load, 1, &value, NULL),
        0);
    char first[64];
    snprintf(first, sizeof(first), "$curve4 << EOD\n0.05 %.9g NaN NaN\n", value);
    ck_assert_ptr_nonnull(strstr(text, first));
    ck_assert_ptr_null(strstr(text, "\n0.2 nan"));
    free(text);
    stage_clear(&s);
}
END_TEST

START_TEST(what_a_logarithmic_scale_cannot_show_is_left_out)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, x: load, y: error, y_scale: log,\n"
        "     where: {label: hard one, dimension: 100}}\n");
    stage_measure(&s);
    for (size_t r = 0; r < REPLICATES; r++) {
        s.result.groups[0].variables[ERROR].data[r] = 0;
        s.result.groups[0].variables[ERROR].data[REPLICATES + r] = r == 0 ? 0.01 : 0;
    }
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    char *text = stage_text(&s, "a.gp");
    ck_assert_ptr_null(strstr(text, "0.05 0 "));
    ck_assert_ptr_nonnull(strstr(text, "\n0.1 0.0025 0.0"));
    ck_assert_ptr_nonnull(strstr(text, "set logscale y 10"));
    free(text);
    stage_clear(&s);
}
END_TEST

/* A rule without beta is a level in a figure along beta. */
START_TEST(a_rule_without_the_axis_is_a_level)
{
    struct stage s;
    stage_set(&s,
        "experiment: toy\nrules:\n  - {label: h, rule: hard}\n  - {label: s, rule: "
        "soft}\n"
        "sweep: [{grid: {rules.beta: [1, 2, 4]}}]\nfigures:\n",
        "  - {name: a, x: beta, y: overlap, x_range: [0.5, 5]}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp", "$curve0 << EOD\n0.5 1 ");
    stage_expect(&s, "a.gp", "\n5 1 ");
    stage_expect(&s, "a.gp", "$curve1 << EOD\n1 0.75 ");
    stage_clear(&s);
}
END_TEST

START_TEST(series_show_the_first_factor_in_dashes_and_the_second_in_colour)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, x: load, y: overlap, series: [rule, dimension]}\n");
    struct basin_figure figure;
    struct basin_view view = {0};
    const struct basin_node *list = basin_node_get(s.plan.document.root, "figures");
    ck_assert_int_eq(
        basin_figure_read(&figure, &s.plan, &stage_toy, list->items[0], &s.diag), 0);
    ck_assert_int_eq(basin_view_make(&view, &figure, &s.plan, &stage_toy, &s.diag), 0);
    static const char *const labels[] = {
        "hard one, 100", "hard one, 400", "soft one, 100", "soft one, 400"};
    ck_assert_uint_eq(view.n_series, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(view.series[i].label, labels[i]);
        ck_assert_uint_eq(view.series[i].colour, i % 2);
        ck_assert_uint_eq(view.series[i].dash, i / 2);
    }
    ck_assert_str_eq(view.series_title, "rule, dimension");
    basin_view_free(&view);
    basin_figure_free(&figure, &s.plan);
    stage_clear(&s);
}
END_TEST

/* A result of another order and with more cells: found by coordinates, not by place. */
START_TEST(cells_are_found_by_their_coordinates)
{
    struct stage big;
    struct stage small;
    stage_set(&big, STAGE_SWEEP, "  []\n");
    stage_measure(&big);
    stage_set(&small,
        "experiment: toy\nrules: [{label: soft one, rule: soft}]\n"
        "sweep: [{grid: {load: [0.2], dimension: [400, 800]}}]\nfigures:\n",
        "  []\n");
    const struct basin_variable *variable;
    size_t n;
    for (size_t c = 0; c < small.plan.n_cells; c++) {
        const double *data =
            basin_view_data(&big.result, &small.plan, c, "overlap", &variable, &n);
        bool known = small.plan.axes[0].number[small.plan.cells[c].value[0]] == 400 ||
                     (small.plan.n_axes > 1 &&
                         small.plan.axes[1].number[small.plan.cells[c].value[1]] == 400);
        ck_assert_int_eq(data != NULL, known);
        if (data != NULL) {
            ck_assert_uint_eq(n, REPLICATES);
            ck_assert_ptr_eq(data, variable->data + 5 * REPLICATES);
        }
    }
    ck_assert_ptr_null(
        basin_view_data(&big.result, &small.plan, 0, "unknown", &variable, &n));
    stage_clear(&big);
    stage_clear(&small);
}
END_TEST

START_TEST(histograms_show_fractions)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: histogram, y: k_histogram,\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n"
        "  - {name: b, kind: histogram, y: k_histogram, stacked: true,\n"
        "     where: {dimension: 100, load: 0.1}}\n");
    stage_measure(&s);
    stage_make(&s, 0, NULL);
    stage_expect(&s, "a.gp",
        "0 0 0 0\n0 0.1 0.1 0.1\n0.25 0.1 0.1 0.1\n0.25 0.2 0.2 0.2\n0.5 0.2 0.2 0.2\n");
    stage_expect(&s, "a.gp", "set ylabel 'fraction of cues'");
    stage_expect(&s, "b.gp", "$curve1 << EOD\n0 0 0 0\n0 0.2 0.1 0.2\n");
    stage_clear(&s);
}
END_TEST

/* Half of a violin's height is its largest fraction's; with other metrics than a class's
 * a rectangle is red where their mean rounds to 1. */
START_TEST(violins_are_histograms_mirrored)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: violins, x: load, y: dimension,\n"
        "     z: [k_histogram, error, overlap],\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    /* fractions .1 .2 .3 .4 at x = .1 - .47 + .94 (.125, .375, .625, .875) */
    stage_expect(&s, "a.gp",
        "$layer0_0 << EOD\n-0.37 100\n-0.2525 100.1\n-0.0175 100.2\n0.2175 100.3\n"
        "0.4525 100.4\n0.57 100\n0.4525 99.6\n0.2175 99.7\n-0.0175 99.8\n"
        "-0.2525 99.9\n-0.37 100\n\nEOD\n");
    stage_expect(&s, "a.gp", "$layer0_1 << EOD\n0.1 100 \"0\"\nEOD\n");
    stage_expect(&s, "a.gp", "$layer0_2 << EOD\n0.1 100 0\nEOD\n");
    stage_clear(&s);
}
END_TEST

START_TEST(stacked_bars_stand_on_one_another)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: bars, x: dimension, y: [error, overlap], stacked: true,\n"
        "     classes: true, where: {label: hard one, load: 0.1}}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp", "$bars0_0 << EOD\n-0.4 0.4 0 0.01 0.01 0.01\n");
    stage_expect(&s, "a.gp", "$bars0_1 << EOD\n-0.4 0.4 0.01 0.91 0.91 0.91\n");
    stage_expect(&s, "a.gp", "lc rgb '#f0938b'");
    stage_clear(&s);
}
END_TEST

START_TEST(heat_maps_have_a_rectangle_for_each_cell)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: heat, x: load, y: dimension, y_scale: log2, z: overlap,\n"
        "     where: {label: hard one}, contour: 0.85}\n");
    stage_measure(&s);
    stage_make(&s, 0, NULL);
    /* borders: 0.025, 0.075, 0.15, 0.25; 50, 200, 800 */
    stage_expect(&s, "a.gp",
        "0.05 100 0.025 0.075 50 200 0.95\n"
        "0.1 100 0.075 0.15 50 200 0.9\n"
        "0.2 100 0.15 0.25 50 200 0.8\n");
    stage_expect(&s, "a.gp", "$contour0 << EOD\n0.15 100\n0.15 400\n\nEOD\n");
    stage_clear(&s);
}
END_TEST

/* On a logarithmic scale 0.85 is not half-way from 0.9 to 0.8, and 0 has no colour. */
START_TEST(colours_and_contour_share_a_scale)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: heat, x: load, y: dimension, z: overlap, z_scale: log,\n"
        "     where: {label: hard one}, contour: 0.85}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp", "set logscale cb\nset cbrange [0.8:0.95]\n");
    stage_expect(&s, "a.gp", "$contour0 << EOD\n0.148528562 100\n0.148528562 400\n");
    stage_clear(&s);
}
END_TEST

/* The first two items of 8 x 8 pixels; the others are NAN, as where cells differ. */
START_TEST(pictures_are_gray_and_as_many_as_were_kept)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: pictures, y: pictures, rows: [one, two, three],\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n");
    double *data = s.result.groups[0].variables[PICTURES].data + SIZES;
    for (size_t role = 0; role < 3; role++) {
        for (size_t i = 0; i < 2 * SIDE * SIDE; i++) {
            data[role * ITEMS * SIDE * SIDE + i] = (double)role - 1;
        }
    }
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    static const char row[] = "\n0 0 0 0 0 0 0 0 255 255 0 0 0 0 0 0 0 0 255 255 \n";
    stage_expect(&s, "a.gp", row);
    stage_expect(&s, "a.gp", "\n128 128 128 128 128 128 128 128 255 255 128 ");
    stage_expect(&s, "a.gp", "set xrange [-0.5:20-0.5]\nset yrange [30-0.5:-0.5]\n");
    stage_expect(&s, "a.svg", "<text>three</text>");
    stage_clear(&s);
}
END_TEST

/* Two cells along x: one caption for the panel, one for each cell; below the three roles
 * a row of bars, two pixels wide, as high as the weight. */
START_TEST(pictures_stand_along_x_above_their_bars)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: pictures, x: load, x_label: alpha, y: pictures,\n"
        "     bars: weights, panels: [rule], where: {dimension: 100, load: [0.1, "
        "0.2]}}\n");
    double *data = s.result.groups[0].variables[PICTURES].data + SIZES;
    double *weights = s.result.groups[0].variables[WEIGHTS].data + ITEMS * BARS;
    for (size_t role = 0; role < 3; role++) {
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            data[role * ITEMS * SIDE * SIDE + i] = role < 2 ? 1 : -0.25;
        }
    }
    memcpy(weights, (double[]){0, 0.5, 1, 0.25}, BARS * sizeof(double));
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.svg", "<text>alpha = 0.1</text>");
    stage_expect(&s, "a.svg", "<text>alpha = 0.2</text>");
    stage_expect(&s, "a.svg", "<text>hard one</text>");
    stage_expect(&s, "a.svg", "<text>weights</text>");
    stage_expect(
        &s, "a.gp", "\n0 0 0 0 0 0 0 0 255 255 \n"); /* as bright as if from -1 */
    stage_expect(&s, "a.gp",
        "\n232 232 232 232 60 60 232 232 255 255 \n232 232 60 60 60 60 232 232 255 255 "
        "\n");
    stage_expect(&s, "a.gp",
        "\n232 232 60 60 60 60 60 60 255 255 \n60 60 60 60 60 60 60 60 255 255 \n255 ");
    stage_expect(&s, "a.gp", "set yrange [40-0.5:-0.5]\n");
    stage_clear(&s);
}
END_TEST

/* Two panels with the same pictures but in the last role show them once. */
START_TEST(panels_share_what_is_the_same)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: pictures, y: pictures, rows: [one, two, three],\n"
        "     panels: [load], where: {label: hard one, dimension: 100, load: [0.1, "
        "0.2]}}\n");
    for (size_t cell = 0; cell < 2; cell++) {
        double *data = s.result.groups[0].variables[PICTURES].data + (cell + 1) * SIZES;
        for (size_t role = 0; role < 3; role++) {
            for (size_t i = 0; i < SIDE * SIDE; i++) {
                data[role * ITEMS * SIDE * SIDE + i] = role < 2 ? 1 : -(double)cell;
            }
        }
    }
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp", "set yrange [30-0.5:-0.5]\nplot $pictures0 ");
    stage_expect(&s, "a.gp", "set yrange [10-0.5:-0.5]\nplot $pictures1 ");
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
    int ret = basin_figures_make(
        &s.plan, &stage_toy, &s.result, s.folder, BASIN_PLOT_SVG, NULL, &s.diag);
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
    int ret =
        basin_figures_make(&s.plan, &stage_toy, &s.result, folder, 0, NULL, &s.diag);
    ck_assert_msg(ret == 0, "%s", s.diag.text);
    char script[256];
    snprintf(script, sizeof(script), "%s/a.gp", folder);
    ck_assert_int_eq(access(script, F_OK), 0);
    ck_assert_int_eq(
        basin_figures_make(&s.plan, &stage_toy, &s.result, script, 0, NULL, &s.diag),
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
    tcase_add_test(c, intervals_have_their_known_widths);
    tcase_add_test(c, lines_hold_the_means_and_their_intervals);
    tcase_add_test(c, equal_theories_are_drawn_once);
    tcase_add_test(c, what_a_logarithmic_scale_cannot_show_is_left_out);
    tcase_add_test(c, a_rule_without_the_axis_is_a_level);
    tcase_add_test(c, series_show_the_first_factor_in_dashes_and_the_second_in_colour);
    tcase_add_test(c, cells_are_found_by_their_coordinates);
    tcase_add_test(c, histograms_show_fractions);
    tcase_add_test(c, violins_are_histograms_mirrored);
    tcase_add_test(c, stacked_bars_stand_on_one_another);
    tcase_add_test(c, heat_maps_have_a_rectangle_for_each_cell);
    tcase_add_test(c, colours_and_contour_share_a_scale);
    tcase_add_test(c, pictures_are_gray_and_as_many_as_were_kept);
    tcase_add_test(c, pictures_stand_along_x_above_their_bars);
    tcase_add_test(c, panels_share_what_is_the_same);
    tcase_add_test(c, gnuplots_own_words_reach_the_person);
    tcase_add_test(c, a_missing_gnuplot_is_told);
    tcase_add_test(c, folders_are_made_where_that_is_possible);
    suite_add_tcase(s, c);
    return s;
}
