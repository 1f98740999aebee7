/* Pages: where panels, titles, rulers and keys stand. */
#include "plot/script.h"

#include <math.h>
#include <string.h>

enum { SINGLE_WIDTH = 960, SINGLE_HEIGHT = 600 };
enum { PANEL_WIDTH = 420, PANEL_HEIGHT = 300, KEY_LINE = 27, LETTER = 9 };
enum { LEFT = 112, RIGHT = 4, ABOVE = 50, BELOW = 66, TITLE = 40, MARKS = 24 };
enum { BETWEEN = 88, COLOURS_WIDTH = 116 }; /* of the scale beside heat maps */

static size_t longest_label(const struct basin_drawing *drawing)
{
    const struct basin_view *view = drawing->view;
    size_t longest = 0;
    for (size_t i = 0; i < view->n_series; i++) {
        size_t length = basin_script_characters(view->series[i].label, SIZE_MAX);
        longest = length > longest ? length : longest;
    }
    for (size_t i = 0; i < drawing->figure->n_theories; i++) {
        size_t length =
            strlen("theory: ") + strlen(drawing->figure->theory[i]->kind.name);
        longest = length > longest ? length : longest;
    }
    return longest;
}

static const char *title_of(const struct basin_drawing *drawing)
{
    const char *title = drawing->figure->title;
    return title[0] != '\0' ? title : drawing->plan->title;
}

/* The names of marks stand between a panel and its title. */
static void add_title(
    const struct basin_drawing *drawing, const char *title, size_t columns)
{
    bool marks = drawing->figure->n_marks > 0;
    basin_str_add(drawing->script, "set title ");
    basin_script_lines(drawing->script, title, columns);
    basin_str_add(drawing->script, "%s\n",
        !marks                        ? ""
        : drawing->view->n_panels > 1 ? " offset 0,0.8"
                                      : ".\"\\n \"");
}

static void add_key_title(const struct basin_drawing *drawing)
{
    basin_str_add(drawing->script, " title ");
    basin_script_text(
        drawing->script, drawing->view->n_series > 1 ? drawing->view->series_title : "");
    basin_str_add(drawing->script, " left\n");
}

static void open_single(const struct basin_drawing *drawing, bool key)
{
    struct basin_str *out = drawing->script;
    basin_script_open(drawing, SINGLE_WIDTH, SINGLE_HEIGHT, 24, title_of(drawing));
    add_title(drawing, title_of(drawing), 80);
    if (key) {
        basin_str_add(out, "set key outside right top vertical Left reverse noinvert "
                           "spacing 1.25 samplen 2.5");
        add_key_title(drawing);
        basin_str_add(out, "if (text) { set key below horizontal title '' }\n");
    } else {
        basin_str_add(out, "unset key\n");
    }
}

struct basin_page basin_script_page(const struct basin_drawing *drawing, bool key)
{
    const struct basin_view *view = drawing->view;
    size_t n = view->n_panels;
    struct basin_page page = {1, 1, SINGLE_WIDTH, SINGLE_HEIGHT, 0, 0, 0};
    if (n <= 1) {
        open_single(drawing, key);
        return page;
    }
    page.columns = n <= 3 ? n : n == 4 ? 2 : n <= 9 ? 3 : 4;
    page.rows = (n + page.columns - 1) / page.columns;
    bool heat = drawing->figure->kind == BASIN_HEAT;
    page.width =
        (int)page.columns * PANEL_WIDTH + LEFT + RIGHT + (heat ? COLOURS_WIDTH : 0);
    int entry = LETTER * (int)longest_label(drawing) + 70;
    size_t per_line = entry < page.width ? (size_t)(page.width / entry) : 1;
    size_t entries = view->n_series + drawing->figure->n_theories;
    page.key_height = key ? KEY_LINE * (int)(1 + (entries + per_line - 1) / per_line) : 0;
    page.above = ABOVE + (drawing->figure->n_marks > 0 ? MARKS : 0);
    page.title = TITLE;
    if (basin_script_characters(title_of(drawing), SIZE_MAX) > (size_t)page.width / 11) {
        page.title += KEY_LINE;
    }
    page.height = (int)page.rows * (PANEL_HEIGHT + page.above) + page.title + BELOW +
                  page.key_height;
    struct basin_str *out = drawing->script;
    basin_script_open(
        drawing, page.width, page.height, 14 + 12 * (int)page.rows, title_of(drawing));
    basin_str_add(out, "set multiplot title ");
    basin_script_lines(out, title_of(drawing), (size_t)page.width / 11);
    basin_str_add(out, "\n");
    basin_str_add(out, "unset key\n");
    if (heat) {
        basin_str_add(out,
            "set colorbox user origin screen %.4f,%.4f size screen %.4f,%.4f\n",
            1 - (COLOURS_WIDTH + 20.) / page.width, (BELOW + 30.) / page.height,
            24. / page.width, 1 - (BELOW + 30. + page.title + page.above) / page.height);
    }
    return page;
}

/* On less than two decades one number is not enough: 1, 2 and 5 of each. */
static void add_log_ticks(
    struct basin_str *out, char axis, const struct basin_range *range)
{
    static const double steps[] = {1, 2, 5};
    const char *comma = "";
    basin_str_add(out, "set %ctics (", axis);
    int last = (int)floor(log10(range->high));
    for (int decade = (int)floor(log10(range->low)); decade <= last; decade++) {
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            double tick = steps[i] * pow(10, decade);
            if (tick >= range->low && tick <= range->high) {
                basin_str_add(out, "%s%.9g", comma, tick);
                comma = ", ";
            }
        }
    }
    basin_str_add(out, ")\n");
}

static void add_ruler(
    struct basin_str *out, char axis, const struct basin_ruler *ruler, bool outer)
{
    basin_str_add(
        out, "set %crange [%.9g:%.9g]\n", axis, ruler->range.low, ruler->range.high);
    if (ruler->scale != BASIN_LINEAR) {
        basin_str_add(
            out, "set logscale %c %d\n", axis, ruler->scale == BASIN_LOG2 ? 2 : 10);
    }
    if (ruler->n_ticks > 0) {
        basin_str_add(out, "set %ctics (", axis);
        for (size_t i = 0; i < ruler->n_ticks; i++) {
            basin_str_add(out, "%s%.9g", i > 0 ? ", " : "", ruler->ticks[i]);
        }
        basin_str_add(out, ")\n");
    } else if (ruler->scale == BASIN_LOG && ruler->range.high < 100 * ruler->range.low &&
               ruler->range.high > 5 * ruler->range.low) {
        add_log_ticks(out, axis, &ruler->range);
    }
    if (outer) {
        basin_str_add(out, "set %clabel ", axis);
        basin_script_lines(out, ruler->label, 50);
        basin_str_add(out, "\n");
    } else {
        basin_str_add(out, "unset %clabel\n", axis);
    }
}

void basin_script_panel(const struct basin_drawing *drawing,
    const struct basin_page *page, size_t panel, const struct basin_ruler *x,
    const struct basin_ruler *y)
{
    struct basin_str *out = drawing->script;
    size_t n = drawing->view->n_panels;
    size_t row = panel / page->columns;
    size_t column = panel % page->columns;
    add_ruler(out, 'x', x, panel + page->columns >= n);
    add_ruler(out, 'y', y, column == 0);
    if (n <= 1) {
        return;
    }
    double left = LEFT + (double)column * PANEL_WIDTH;
    double top = page->title + (double)row * (PANEL_HEIGHT + page->above) + page->above;
    basin_str_add(out,
        "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
        "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
        left / page->width, (left + PANEL_WIDTH - BETWEEN) / page->width,
        1 - top / page->height, 1 - (top + PANEL_HEIGHT - 30) / page->height);
    add_title(drawing, drawing->view->panels[panel], 46);
}

void basin_script_nothing(const struct basin_drawing *drawing)
{
    basin_str_add(drawing->script,
        "set label 99 'nothing to show: no cell has been measured here' "
        "at graph 0.5,0.5 center\nplot NaN notitle\nunset label 99\n");
}

bool basin_script_key(const struct basin_drawing *drawing, const struct basin_page *page)
{
    if (page->key_height == 0) {
        return false;
    }
    basin_str_add(drawing->script,
        "set lmargin at screen 0\nset rmargin at screen 1\n"
        "set tmargin at screen %.4f\nset bmargin at screen 0\n"
        "unset border\nunset tics\nunset title\nunset xlabel\nunset ylabel\n"
        "unset label\nunset arrow\nunset logscale\nset xrange [0:1]\n"
        "set yrange [0:1]\nset key center center horizontal Left reverse",
        (double)page->key_height / page->height);
    add_key_title(drawing);
    basin_str_add(drawing->script, "if (text) { set key title '' }\nplot NaN notitle");
    return true;
}

void basin_script_close(
    const struct basin_drawing *drawing, const struct basin_page *page)
{
    basin_str_add(
        drawing->script, "%s", page->rows * page->columns > 1 ? "unset multiplot\n" : "");
    basin_str_add(drawing->script, "if (!text) { unset output }\n");
}
