/* Figures: sizes on paper, ticks that do not touch, and names in keys. */
#include "plot_stage.h"
#include "suite.h"

#include "plot/figure.h"
#include "plot/ruler.h"

#include <stdlib.h>
#include <string.h>

/* Layout has 150 pixels to the inch: 84 mm are 496. PNG has 300. */
START_TEST(sizes_are_what_was_asked_for)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, x: load, y: overlap, where: {dimension: 100}}\n"
        "  - {name: b, x: load, y: overlap, panels: [rule, dimension]}\n");
    stage_measure(&s);
    int ret = basin_figures_make(&s.plan, &stage_toy, &s.result, s.folder,
        BASIN_PLOT_PDF | BASIN_PLOT_PNG, (struct basin_size){84, 60}, NULL, &s.diag);
    ck_assert_msg(ret == 0, "%s", s.diag.text);
    for (const char *name = "ab"; *name != '\0'; name++) {
        char script[] = {*name, '.', 'g', 'p', '\0'};
        stage_expect(&s, script, "pngcairo size 992,708 ");
        stage_expect(&s, script, "pdfcairo size 3.307,2.360 font 'sans,8.0");
        stage_expect(&s, script, "cairolatex pdf size 3.307,2.360 ");
        stage_expect(&s, script, "set multiplot"); /* the key is below */
    }
    stage_clear(&s);
}
END_TEST

START_TEST(a_size_is_a_word_or_two_numbers)
{
    static const struct {
        const char *text;
        double width, height;
    } good[] = {{"single", 84, 0}, {"double", 174, 0}, {"120x80", 120, 80},
        {"40.5x30", 40.5, 30}};
    struct basin_diag diag = {0};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct basin_size size;
        ck_assert_int_eq(basin_size_read(&size, good[i].text, &diag), 0);
        ck_assert_double_eq(size.width, good[i].width);
        ck_assert_double_eq(size.height, good[i].height);
    }
    static const char *const bad[] = {"", "x", "120", "120x", "x80", "120x80mm", "39x80",
        "120x29", "1001x80", "nanxnan", "triple", "120 x 80 x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct basin_size size;
        ck_assert_int_eq(basin_size_read(&size, bad[i], &diag), BASIN_ERR_USAGE);
        ck_assert_ptr_nonnull(strstr(diag.text, "width x height in mm"));
    }
}
END_TEST

/* Numbers are 10 pixels a character and one apart. */
START_TEST(ticks_are_as_many_as_there_is_room_for)
{
    static const double values[] = {1, 2, 3, 50, 100};
    static const struct {
        struct basin_ruler ruler;
        int room;
        const char *ticks;
    } cases[] = {
        {{"n", BASIN_LOG2, {2, 2048}}, 700,
            "set xtics (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)"},
        {{"n", BASIN_LOG2, {2, 2048}}, 300, "set xtics (2, 8, 32, 128, 512, 2048)"},
        {{"n", BASIN_LOG2, {3, 3.9}}, 300, NULL},
        {{"n", BASIN_LINEAR, {0, 1}}, 300, "set xtics 0.2\n"},
        {{"n", BASIN_LINEAR, {0, 12000}}, 300, "set xtics 5000\n"},
        {{"n", BASIN_LINEAR, {0.5, 2.5}, .whole = true}, 300, "set xtics 1\n"},
        {{"n", BASIN_LINEAR, {0, 1}, .named = true}, 300, NULL},
        {{"n", BASIN_LOG, {1, 50}}, 300, "set xtics (1, 2, 5, 10, 20, 50)"},
        {{"n", BASIN_LINEAR, {0, 100}, values, 5}, 300, "set xtics (1, 50, 100)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct basin_str out = {0};
        basin_ruler_write(&out, 'x', &cases[i].ruler, true, cases[i].room);
        const char *found = strstr(out.text, "set xtics");
        if (cases[i].ticks == NULL) {
            ck_assert_msg(found == NULL, "%zu: %s", i, out.text);
        } else {
            ck_assert_msg(found != NULL &&
                              strncmp(found, cases[i].ticks, strlen(cases[i].ticks)) == 0,
                "%zu: %s", i, out.text);
        }
        basin_str_free(&out);
    }
}
END_TEST

START_TEST(names_stand_in_the_key)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: own, kind: course, x: at, y: [loss, gain], names: [\"it's\", b],\n"
        "     where: {load: 0.1, dimension: 100, label: hard one}}\n"
        "  - {name: classes, kind: bars, y: [error, overlap], classes: true,\n"
        "     where: {load: 0.1, dimension: 100}}\n"
        "  - {name: plain, kind: course, x: at, y: [loss, gain],\n"
        "     where: {load: 0.1, dimension: 100, label: hard one}}\n");
    stage_measure(&s);
    stage_make(&s, 0, NULL);
    stage_expect(&s, "own.gp", " title 'it''s'");
    stage_expect(&s, "own.gp", " title 'b'");
    stage_expect(&s, "classes.gp", " title 'class I'");
    stage_expect(&s, "classes.gp", " title 'class II'");
    stage_expect(&s, "plain.gp", " title 'gain'");
    stage_clear(&s);
}
END_TEST

START_TEST(names_are_as_many_as_metrics)
{
    struct stage s;
    stage_set(&s, STAGE_SWEEP,
        "  - {name: a, kind: bars, y: [error, overlap], names: [a, b, c]}\n");
    ck_assert_int_ne(basin_figures_check(&s.plan, &stage_toy, &s.diag), 0);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "3 names for 2 metrics"));
    stage_clear(&s);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("plot_page");
    TCase *c = tcase_create("plot_page");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, sizes_are_what_was_asked_for);
    tcase_add_test(c, a_size_is_a_word_or_two_numbers);
    tcase_add_test(c, ticks_are_as_many_as_there_is_room_for);
    tcase_add_test(c, names_stand_in_the_key);
    tcase_add_test(c, names_are_as_many_as_metrics);
    suite_add_tcase(s, c);
    return s;
}
