/* Figures: the numbers that scripts hold, worked out by hand. */
#include "plot_stage.h"
#include "suite.h"

#include "plot/draw.h"
#include "plot/figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    ck_assert_uint_eq(stage_count(text, "'theory: ags overlap'"), 1);
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
Suite *suite(void)
{
    Suite *s = suite_create("plot_numbers");
    TCase *c = tcase_create("plot_numbers");
    tcase_set_timeout(c, 60);
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
    suite_add_tcase(s, c);
    return s;
}
