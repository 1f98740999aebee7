/* Courses: numbers, thin lines, areas, marks at metrics, and what is refused. */
#include "plot_stage.h"
#include "suite.h"

#include "plot/figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE_CELL "where: {label: hard one, dimension: 100, load: 0.1}"

/* sd of -1.5, -0.5, 0.5, 1.5 hundredths is 0.01290994; half width 0.0205426 */
START_TEST(courses_hold_the_means_and_their_intervals)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: course, x: at, y: loss, " ONE_CELL "}\n"
        "  - {name: b, kind: course, x: at, y: loss, where: {load: 0.1}}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp",
        "$curve0 << EOD\n"
        "0 3 2.9794574 3.0205426\n"
        "10 2 1.9794574 2.0205426\n"
        "20 1 0.979457397 1.0205426\n"
        "EOD\n");
    stage_expect(&s, "a.gp", "set xlabel 'updates made (updates)'\n");
    stage_expect(&s, "a.gp", "set ylabel 'the loss (nats)'\n");
    stage_expect(&s, "a.gp", "linespoints");
    char *text = stage_text(&s, "b.gp");
    ck_assert_uint_eq(stage_count(text, "<< EOD"), 4);
    ck_assert_uint_eq(stage_count(text, "keyentry"), 4);
    free(text);
    stage_clear(&s);
}
END_TEST

/* The x of a point is a mean as well: 1, 2, 3 and 6 make 3. A cell that ended early has
 * NAN where others go on. */
START_TEST(points_stand_at_the_mean_of_x_and_end_with_it)
{
    struct stage s;
    stage_set(
        &s, STAGE_SWEEP, "  - {name: a, kind: course, x: at, y: gain, " ONE_CELL "}\n");
    stage_measure(&s);
    double *at = s.result.groups[0].variables[AT].data + REPLICATES * LOOKS;
    static const double first[REPLICATES] = {1, 2, 3, 6};
    for (size_t r = 0; r < REPLICATES; r++) {
        at[r * LOOKS] = first[r];
        at[r * LOOKS + 2] = NAN;
    }
    stage_make(&s, 0, NULL);
    stage_expect(&s, "a.gp", "$curve0 << EOD\n3 0 -0.0205426");
    stage_expect(&s, "a.gp", "\n10 1 0.979457397 1.0205426\nEOD\n");
    stage_clear(&s);
}
END_TEST

/* Heads of different replicates are different heads: 4 times 2 lines, none averaged. */
START_TEST(a_second_dimension_makes_thin_lines)
{
    struct stage s;
    stage_set(
        &s, STAGE_SWEEP, "  - {name: a, kind: course, x: at, y: width, " ONE_CELL "}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    char *text = stage_text(&s, "a.gp");
    ck_assert_uint_eq(stage_count(text, "<< EOD"), REPLICATES * HEADS);
    ck_assert_uint_eq(
        stage_count(text, "with lines lw 1 lc rgb '#800072B2'"), REPLICATES * HEADS);
    ck_assert_uint_eq(stage_count(text, "linespoints"), 0);
    ck_assert_uint_eq(stage_count(text, "with filledcurves"), 0);
    ck_assert_ptr_nonnull(strstr(
        text, "$curve7 << EOD\n0 13 NaN NaN\n10 14 NaN NaN\n20 15 NaN NaN\nEOD\n"));
    free(text);
    stage_clear(&s);
}
END_TEST

/* loss + gain is 3 at every look. What varies makes panels: a stack of two rules would
 * mean nothing. */
START_TEST(stacked_courses_are_areas_on_one_another)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: course, x: at, y: [loss, gain], stacked: true,\n"
        "     classes: true, where: {dimension: 100, load: 0.1}}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    for (size_t panel = 0; panel < 2; panel++) {
        char wanted[128];
        snprintf(wanted, sizeof(wanted),
            "$curve%zu << EOD\n0 3 0 3\n10 2 0 2\n20 1 0 1\nEOD\n", 2 * panel);
        stage_expect(&s, "a.gp", wanted);
        snprintf(wanted, sizeof(wanted),
            "$curve%zu << EOD\n0 3 3 3\n10 3 2 3\n20 3 1 3\nEOD\n", 2 * panel + 1);
        stage_expect(&s, "a.gp", wanted);
    }
    stage_expect(&s, "a.gp", "noborder lc rgb '#f0938b'");
    stage_expect(&s, "a.gp", "set yrange [0:3.12]\n");
    stage_clear(&s);
}
END_TEST

/* Replicates are 0, 1, 2 and 3 above each other: 1.5 on the mean; half width 2.054. */
START_TEST(stacks_of_a_second_dimension_have_a_panel_for_each_place)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: course, x: at, y: [width, width], stacked: true, " ONE_CELL
        "}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp", "$curve0 << EOD\n0 1.5 0 1.5\n10 2.5 0 2.5\n");
    stage_expect(&s, "a.gp", "$curve1 << EOD\n0 3 1.5 3\n");
    stage_expect(&s, "a.gp", "$curve2 << EOD\n0 11.5 0 11.5\n");
    stage_expect(&s, "a.gp", "set title 'head 1'");
    stage_expect(&s, "a.gp", "set title 'head 2'");
    stage_clear(&s);
}
END_TEST

/* Three quarters of the cues are in the bin of the look, a quarter in the last. */
START_TEST(densities_are_shares_of_each_look)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: densities, x: at, y: k_looks, marks: [{x: "
        "break_at}], " ONE_CELL "}\n");
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    for (size_t head = 0; head < HEADS; head++) {
        char wanted[256];
        snprintf(wanted, sizeof(wanted),
            "$density%zu << EOD\n0 0 -5 5 0 0.25 0.75\n0 0.75 -5 5 0.75 1 0.25\n"
            "10 0.25 5 15 0.25 0.5 0.75\n10 0.75 5 15 0.75 1 0.25\n"
            "20 0.5 15 25 0.5 0.75 0.75\n20 0.75 15 25 0.75 1 0.25\nEOD\n",
            head);
        stage_expect(&s, "a.gp", wanted);
    }
    stage_expect(&s, "a.gp", "set arrow 100 from 11.985,graph 0"); /* the first's own */
    char *text = stage_text(&s, "a.gp");
    ck_assert_uint_eq(stage_count(text, "with boxxyerror"), HEADS);
    free(text);
    stage_clear(&s);
}
END_TEST

/* break_at is 12 with half width 0.0205426; one cell's line is grey, those of several
 * have colours and share a name; beyond the range there is none. */
START_TEST(marks_stand_where_a_metric_is)
{
    static const char marks[] = "marks: [{x: break_at, text: the break}, {x: 5}]";
    char figures[512];
    snprintf(figures, sizeof(figures),
        "  - {name: a, kind: course, x: at, y: [loss, gain], %s, " ONE_CELL "}\n"
        "  - {name: b, kind: course, x: at, y: loss, %s, where: {dimension: 100, load: "
        "0.1}}\n"
        "  - {name: c, kind: course, x: at, y: loss, x_range: [0, 11], %s, " ONE_CELL
        "}\n",
        marks, marks, marks);
    struct stage s;
    stage_set(&s, STAGE_SWEEP, figures);
    stage_measure(&s);
    stage_make(&s, BASIN_PLOT_SVG, NULL);
    stage_expect(&s, "a.gp",
        "from 12,graph 0 to 12,graph 1 nohead lw 1.2 dt '.' lc rgb '#444444'");
    stage_expect(&s, "a.gp", "from 11.9794574,graph 0 to 12.0205426,graph 1 behind");
    stage_expect(&s, "a.gp", "from 5,graph 0 to 5,graph 1 ");
    static const size_t lines[] = {1, 2, 0};
    for (size_t i = 0; i < 3; i++) {
        char name[] = {(char)('a' + i), '.', 'g', 'p', '\0'};
        char *text = stage_text(&s, name);
        ck_assert_uint_eq(stage_count(text, "from 12,graph 0"), lines[i]);
        ck_assert_uint_eq(stage_count(text, "'the break'"), lines[i] > 0);
        free(text);
    }
    stage_expect(&s, "b.gp",
        "from 12,graph 0 to 12,graph 1 nohead lw 1.2 dt '.' lc rgb '#D55E00'");
    stage_clear(&s);
}
END_TEST

static const struct {
    const char *figure;
    const char *message[2];
} MISTAKES[] = {
    {"{name: a, kind: course, y: loss}", {"toy:12:5: ", "needs \"x\": the metric that"}},
    {"{name: a, kind: course, x: load, y: loss}",
        {"toy:12:32: ", "unknown metric \"load\""}},
    {"{name: a, kind: course, x: width, y: loss}",
        {"toy:12:32: ", "\"width\" has 2 dimensions"}},
    {"{name: a, kind: course, x: at, y: [loss, k_histogram]}",
        {"toy:12:46: ",
            "metric \"k_histogram\" runs along \"k_fraction\", but x, which is "
            "\"at\", along \"look\""}},
    {"{name: a, kind: course, x: at, y: overlap}",
        {"toy:12:39: ", "\"overlap\" has 0 dimensions"}},
    {"{name: a, kind: course, x: at, y: [loss, width], stacked: true}",
        {"toy:12:46: ", "\"width\" cannot be stacked on the first one"}},
    {"{name: a, kind: densities, x: at, y: width}",
        {"toy:12:42: ", "\"width\" has 2 dimensions"}},
    {"{name: a, kind: densities, x: at, y: pictures}",
        {"toy:12:42: ", "\"pictures\" runs along \"role\""}},
    {"{name: a, kind: densities, x: at, y: [k_looks, k_looks]}",
        {"toy:12:5: ", "shows one metric"}},
    {"{name: a, kind: course, x: at, y: loss, theory: ags_overlap}",
        {"toy:12:", "\"theory\""}},
    {"{name: a, kind: course, x: at, y: loss, marks: [{x: breakat}]}",
        {"toy:12:57: ", "did you mean \"break_at\"?"}},
    {"{name: a, kind: course, x: at, y: loss, marks: [{x: gain}]}",
        {"toy:12:57: ", "\"gain\" has 1 dimensions"}},
    {"{name: a, x: load, y: overlap, marks: [{x: error}]}", {"toy:12:", "error"}},
    {"{name: a, kind: course, x: at, y: loss, series: rule}",
        {"toy:12:", "several cells fall on the same point"}},
};

START_TEST(a_mistake_is_told_before_anything_is_run)
{
    struct stage s;
    char text[256];
    snprintf(text, sizeof(text), "  - %s\n", MISTAKES[_i].figure);
    stage_set(&s, STAGE_SWEEP, text);
    ck_assert_int_eq(basin_figures_check(&s.plan, &stage_toy, &s.diag), BASIN_ERR_CONFIG);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_msg(strstr(s.diag.text, MISTAKES[_i].message[i]) != NULL,
            "no '%s' in: %s", MISTAKES[_i].message[i], s.diag.text);
    }
    stage_clear(&s);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("plot_course");
    TCase *c = tcase_create("course");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, courses_hold_the_means_and_their_intervals);
    tcase_add_test(c, points_stand_at_the_mean_of_x_and_end_with_it);
    tcase_add_test(c, a_second_dimension_makes_thin_lines);
    tcase_add_test(c, stacked_courses_are_areas_on_one_another);
    tcase_add_test(c, stacks_of_a_second_dimension_have_a_panel_for_each_place);
    tcase_add_test(c, densities_are_shares_of_each_look);
    tcase_add_test(c, marks_stand_where_a_metric_is);
    tcase_add_loop_test(c, a_mistake_is_told_before_anything_is_run, 0,
        (int)(sizeof(MISTAKES) / sizeof(MISTAKES[0])));
    suite_add_tcase(s, c);
    return s;
}
