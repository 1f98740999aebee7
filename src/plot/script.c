/* Writing gnuplot scripts: quoting, terminals, one style for all figures; page.c lays
 * out panels. */
#include "plot/script.h"

#include <math.h>
#include <string.h>

/* Okabe & Ito's colours without the yellow, which is lost on white. */
static const char *const COLOURS[] = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"};
enum { N_COLOURS = sizeof(COLOURS) / sizeof(COLOURS[0]) };

const char *const basin_script_viridis =
    "set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', "
    "4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')\n";

const char *const basin_script_class[BASIN_SCRIPT_CLASSES] = {
    "#f0938b", "#fbc774", "#9bd291", "#96bfec"};

const char *const basin_script_class_name[BASIN_SCRIPT_CLASSES] = {
    "class I", "class II", "class III", "class IV"};

const char *basin_script_colour(size_t colour)
{
    return COLOURS[colour % N_COLOURS];
}

int basin_script_point(size_t colour, size_t dash)
{
    static const int filled[N_COLOURS] = {7, 5, 9, 13, 11, 15, 3};
    int point = filled[colour % N_COLOURS];
    bool open = (dash + colour / N_COLOURS) % 2 == 1; /* colours come round again */
    return !open || point == 3 ? point : point - 1;
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
size_t basin_script_characters(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length && text[i] != '\0'; i++) {
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return n;
}

size_t basin_script_fit(int room)
{
    enum { LETTER = 9 };
    return room > 10 * LETTER ? (size_t)(room / LETTER) : 10;
}

void basin_script_lines(struct basin_str *out, const char *text, size_t columns)
{
    size_t used = 0;
    size_t length = basin_script_characters(text, SIZE_MAX);
    if (columns > 0 && length > columns) { /* lines of about the same length */
        size_t lines = 1;
        while (lines * columns <= length) {
            lines++;
        }
        size_t even = length / lines + 8;
        columns = even < columns ? even : columns;
    }
    basin_str_add(out, "'");
    for (const char *c = text; *c != '\0';) {
        size_t word = strcspn(c + 1, " \t\n") + 1;
        size_t width = basin_script_characters(c, word);
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

/* Sizes follow from the layout's pixels and the inches that one of them takes. With a
 * fontscale of 0.75 a point in PDF is a point. */
static void add_terminals(
    const struct basin_drawing *drawing, int width, int height, int lines)
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
        "    set terminal pngcairo size %.0f,%.0f font 'sans,12.5' fontscale %.4g "
        "linewidth %.4g pointscale %.4g noenhanced\n"
        "} else { if (format eq 'pdf') {\n"
        "    set terminal pdfcairo size %.3f,%.3f font 'sans,%.4g' fontscale 0.75 "
        "linewidth %.4g pointscale %.4g noenhanced\n"
        "} else { if (format eq 'tex') {\n"
        "    set terminal cairolatex pdf size %.3f,%.3f font ',%.4g' fontscale 0.75 "
        "linewidth %.4g pointscale %.4g header '\\fontsize{%.4g}{%.4g}\\selectfont'\n"
        "} else { if (format eq 'sixel') {\n"
        "    set terminal sixelgd size %d,%d font 'sans,12' noenhanced\n"
        "} else { if (text) {\n"
        "    set terminal dumb noenhanced mono size columns,%d\n"
        "} else {\n"
        "    print 'use svg, png, pdf, tex, sixel or dumb, not '.format\n"
        "    exit status 1\n"
        "}}}}}}\n";
    bool asked = drawing->size.width > 0;
    double inch = drawing->size.width / 25.4 / width; /* of a pixel */
    double scale = asked ? 300 * inch : 1.5;          /* 300 points an inch */
    double thin = asked ? 96 * inch : 1;              /* of lines and points */
    double pdf = asked ? inch : 1 / 96.;
    double tex = asked ? inch : 1 / 160.;
    double pdf_font = asked ? 1200 * inch : 12.5;
    double tex_font = asked ? 1200 * inch : 10;
    basin_str_add(drawing->script, script, width, height, width * scale, height * scale,
        scale, scale, scale, width * pdf, height * pdf, pdf_font, thin, thin, width * tex,
        height * tex, tex_font, thin, thin, tex_font, 1.2 * tex_font, width, height,
        lines);
    basin_str_add(drawing->script,
        "if (!text && format ne 'sixel') { set output '%s'.(format eq 'tex' ? '-tex' : "
        "'').'.'.format }\n",
        drawing->figure->name);
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
    add_terminals(drawing, width, height, lines);
    if (drawing->figure->kind == BASIN_HEAT || drawing->figure->kind == BASIN_PICTURES ||
        drawing->figure->kind == BASIN_VIOLINS ||
        drawing->figure->kind == BASIN_DENSITIES) {
        basin_str_add(out,
            "if (text) { set print '-'; print '%s: draw it as svg, png or pdf'; exit }\n",
            drawing->figure->name);
    }
    basin_str_add(out, "\n%s", STYLE);
}
