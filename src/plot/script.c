/* Writing gnuplot scripts: quoting, terminals, one style for all figures. */
#include "plot/script.h"

#include <math.h>
#include <string.h>

enum { SINGLE_WIDTH = 960, SINGLE_HEIGHT = 600 };
enum { PANEL_WIDTH = 420, PANEL_HEIGHT = 300, KEY_LINE = 27, LETTER = 9 };
enum { LEFT = 112, RIGHT = 4, ABOVE = 50, BELOW = 66, TITLE = 40 };
enum { BETWEEN = 88, COLOURS_WIDTH = 116 }; /* of the scale beside heat maps */

/* Okabe & Ito's colours without the yellow, which is lost on white. */
static const char *const COLOURS[] = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"};
enum { N_COLOURS = sizeof(COLOURS) / sizeof(COLOURS[0]) };

const char *const basin_script_viridis =
    "set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', "
    "4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')\n";

const char *const basin_script_class[BASIN_SCRIPT_CLASSES] = {
    "#f0938b", "#fbc774", "#9bd291", "#96bfec"};

const char *basin_script_colour(size_t colour)
{
    return COLOURS[colour % N_COLOURS];
}

int basin_script_point(size_t colour, size_t dash)
{
    static const int filled[N_COLOURS] = {7, 5, 9, 13, 11, 15, 3};
    int point = filled[colour % N_COLOURS];
    return dash % 2 == 0 || point == 3 ? point : point - 1;
}

const char *basin_script_dash(size_t dash)
{
    static const char *const dashes[] = {"1", "'-'", "'.'", "'-.'"};
    return dashes[dash % 4];
}

bool basin_range_empty(const struct basin_range *range)
{
    return !(range->low <= range->high);
}

void basin_range_add(struct basin_range *range, double value, int scale)
{
    if (!isfinite(value) || (scale != BASIN_LINEAR && value <= 0)) {
        return;
    }
    bool empty = basin_range_empty(range);
    range->low = empty || value < range->low ? value : range->low;
    range->high = empty || value > range->high ? value : range->high;
}

struct basin_range basin_range_drawn(
    const struct basin_range *given, const struct basin_range *data, int scale)
{
    if (!isnan(given->low)) {
        return *given;
    }
    struct basin_range range = *data;
    bool logarithmic = scale != BASIN_LINEAR;
    if (basin_range_empty(&range)) {
        return logarithmic ? (struct basin_range){1, 10} : (struct basin_range){0, 1};
    }
    double low = logarithmic ? log(range.low) : range.low;
    double high = logarithmic ? log(range.high) : range.high;
    double margin = 0.04 * (high - low);
    if (margin == 0) {
        margin = logarithmic ? log(2) : fabs(low) * 0.1 + (low == 0);
    }
    range.low = logarithmic ? exp(low - margin) : low - margin;
    range.high = logarithmic ? exp(high + margin) : high + margin;
    return range;
}

/* One character between quotes; control characters have no picture. */
static void add_char(struct basin_str *out, char c)
{
    if ((unsigned char)c < 0x20 || c == 0x7f) {
        c = ' ';
    }
    basin_str_add_bytes(out, &c, 1);
    if (c == '\'') {
        basin_str_add_bytes(out, &c, 1);
    }
}

void basin_script_text(struct basin_str *out, const char *text)
{
    basin_str_add(out, "'");
    for (const char *c = text; *c != '\0'; c++) {
        add_char(out, *c);
    }
    basin_str_add(out, "'");
}

void basin_script_tick(struct basin_str *out, const char *text)
{
    basin_str_add(out, "'");
    for (const char *c = text; *c != '\0'; c++) {
        add_char(out, *c);
        if (*c == '%') {
            add_char(out, '%');
        }
    }
    basin_str_add(out, "'");
}

/* Characters, not bytes: those that continue a UTF-8 sequence do not count. */
static size_t characters(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length && text[i] != '\0'; i++) {
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return n;
}

void basin_script_lines(struct basin_str *out, const char *text, size_t columns)
{
    size_t used = 0;
    size_t length = characters(text, SIZE_MAX);
    if (length > columns) { /* lines of about the same length */
        size_t lines = length / columns + 1;
        size_t even = length / lines + 8;
        columns = even < columns ? even : columns;
    }
    basin_str_add(out, "'");
    for (const char *c = text; *c != '\0';) {
        size_t word = strcspn(c + 1, " \t\n") + 1;
        size_t width = characters(c, word);
        if (used > 0 && used + width > columns) {
            basin_str_add(out, "'.\"\\n\".'");
            used = 0;
            c += *c == ' ' || *c == '\t' || *c == '\n';
            continue;
        }
        for (size_t i = 0; i < word; i++) {
            add_char(out, c[i]);
        }
        used += width;
        c += word;
    }
    basin_str_add(out, "'");
}

char *basin_script_label(const char *given, const char *help, const char *unit)
{
    struct basin_str label = {0};
    if (given != NULL && given[0] != '\0') {
        basin_str_add(&label, "%s", given);
    } else {
        basin_str_add(&label, "%.*s", (int)strcspn(help, ";:"), help);
        if (unit != NULL && unit[0] != '\0' && strcmp(unit, "1") != 0) {
            basin_str_add(&label, " (%s)", unit);
        }
    }
    if (label.failed) {
        basin_str_free(&label);
    }
    return label.text;
}

/* In a comment a backslash at the end would swallow the next line. */
static void add_comment(struct basin_str *out, const char *text)
{
    basin_str_add(out, "# ");
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = (unsigned char)*c >= 0x20 && *c != '\\' && *c != '`' && *c != 0x7f;
        basin_str_add_bytes(out, plain ? c : " ", 1);
    }
    basin_str_add(out, "\n");
}

static void add_terminals(
    struct basin_str *out, const char *name, int width, int height, int lines)
{
    static const char script[] =
        "set encoding utf8\n"
        "format = ARGC > 0 ? ARG1 : 'svg'\n"
        "text = format eq 'dumb'\n"
        "columns = ARGC > 1 ? int(ARG2) : 79\n"
        "if (format eq 'svg') {\n"
        "    set terminal svg size %d,%d font 'sans-serif,17' noenhanced background "
        "'white'\n"
        "} else { if (format eq 'png') {\n"
        "    set terminal pngcairo size %d,%d font 'sans,12.5' fontscale 1.5 "
        "linewidth 1.5 pointscale 1.5 noenhanced\n"
        "} else { if (format eq 'pdf') {\n"
        "    set terminal pdfcairo size %.2f,%.2f font 'sans,12.5' noenhanced\n"
        "} else { if (format eq 'tex') {\n"
        "    set terminal cairolatex pdf size %.2f,%.2f font ',10' noenhanced\n"
        "} else { if (format eq 'sixel') {\n"
        "    set terminal sixelgd size %d,%d font 'sans,12' noenhanced\n"
        "} else { if (text) {\n"
        "    set terminal dumb noenhanced mono size columns,%d\n"
        "} else {\n"
        "    print 'use svg, png, pdf, tex, sixel or dumb, not '.format\n"
        "    exit status 1\n"
        "}}}}}}\n";
    basin_str_add(out, script, width, height, width * 3 / 2, height * 3 / 2, width / 96.,
        height / 96., width / 160., height / 160., width, height, lines);
    basin_str_add(
        out, "if (!text && format ne 'sixel') { set output '%s.'.format }\n", name);
}

static const char STYLE[] = "set border 3 lc rgb '#444444'\n"
                            "set tics out nomirror\n"
                            "set format '%.6g'\n"
                            "set style fill solid noborder\n"
                            "set pointintervalbox 0\n"
                            "if (!text) { set grid lt 1 lw 0.6 lc rgb '#e0e0e0' back }\n"
                            "shade(value) = text ? NaN : value\n";

void basin_script_open(const struct basin_drawing *drawing, int width, int height,
    int lines, const char *title)
{
    struct basin_str *out = drawing->script;
    char id[BASIN_ID_TEXT];
    add_comment(out, title);
    basin_str_add(out, "# Figure %s of basin's plan %s, drawn from the results alone.\n",
        drawing->figure->name, basin_id_text(&drawing->plan->id, id));
    basin_str_add(out,
        "# Draw it again: gnuplot -d -c %s.gp svg (or png, pdf, tex, dumb)\n",
        drawing->figure->name);
    add_terminals(out, drawing->figure->name, width, height, lines);
    if (drawing->figure->kind == BASIN_HEAT || drawing->figure->kind == BASIN_PICTURES ||
        drawing->figure->kind == BASIN_VIOLINS) {
        basin_str_add(out,
            "if (text) { set print '-'; print '%s: draw it as svg, png or pdf'; exit }\n",
            drawing->figure->name);
    }
    basin_str_add(out, "\n%s", STYLE);
}

static size_t longest_label(const struct basin_drawing *drawing)
{
    const struct basin_view *view = drawing->view;
    size_t longest = 0;
    for (size_t i = 0; i < view->n_series; i++) {
        size_t length = characters(view->series[i].label, SIZE_MAX);
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
    struct basin_page page = {1, 1, SINGLE_WIDTH, SINGLE_HEIGHT, 0};
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
    page.height =
        (int)page.rows * (PANEL_HEIGHT + ABOVE) + TITLE + BELOW + page.key_height;
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
            24. / page.width, 1 - (BELOW + 30. + TITLE + ABOVE) / page.height);
    }
    return page;
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
    double top = TITLE + (double)row * (PANEL_HEIGHT + ABOVE) + ABOVE;
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
