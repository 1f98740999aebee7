/* Pages: where panels, titles, rulers and keys stand. */
#include "plot/ruler.h"

#include <math.h>
#include <string.h>

/* Pixels of a page; one that is asked for in millimetres has 150 of them to the inch, so
 * that a font of 17 becomes one of 8 points. */
enum { SINGLE_WIDTH = 960, SINGLE_HEIGHT = 600, BESIDE = 800, PER_INCH = 150 };
enum { PANEL_WIDTH = 420, PANEL_HEIGHT = 300, KEY_LINE = 27, LETTER = 9 };
enum {
    RIGHT = 28,
    ABOVE = 40,
    TITLE = 10,
    BELOW = 44,
    LINE = 22,
    DIGIT = 10,
    MARKS = 24
};
enum { BETWEEN = 88, TICKS_BELOW = 30, COLOURS_WIDTH = 152 }; /* scale of heat maps */

static size_t longest_label(const struct basin_drawing *drawing)
{
    const struct basin_view *view = drawing->view;
    size_t longest = 0;
    for (size_t i = 0; i < view->n_series; i++) {
        size_t length = basin_script_characters(view->series[i].label, SIZE_MAX);
        longest = length > longest ? length : longest;
    }
    for (size_t i = 0; i < drawing->figure->n_theories; i++) {
        struct basin_str label = {0};
        basin_label_theory(&label, drawing->figure->theory[i]);
        longest = label.length > longest ? label.length : longest;
        basin_str_free(&label);
    }
    return longest;
}

static const char *title_of(const struct basin_drawing *drawing)
{
    const char *title = drawing->figure->title;
    return title[0] != '\0' ? title : drawing->plan->title;
}

/* The names of marks stand between a panel and its title. */
static void add_title(const struct basin_drawing *drawing, const struct basin_page *page,
    const char *title, int room)
{
    bool marks = drawing->figure->n_marks > 0;
    basin_str_add(drawing->script, "set title ");
    basin_script_lines(drawing->script, title, basin_script_fit(room));
    basin_str_add(drawing->script, "%s\n",
        page->several ? marks ? " offset 0,0.8" : " offset 0,-0.4"
        : marks       ? ".\"\\n \""
                      : "");
}

/* In LaTeX a title takes no line of its own. Beside a panel the title may be wider than
 * the entries with their samples. */
static void add_key_title(const struct basin_drawing *drawing, bool beside)
{
    const char *title = drawing->view->n_series > 1 ? drawing->view->series_title : "";
    int wider =
        (int)basin_script_characters(title, SIZE_MAX) - (int)longest_label(drawing) - 3;
    basin_str_add(drawing->script, " title ");
    basin_script_text(drawing->script, title);
    basin_str_add(drawing->script, "%s left width %d\n",
        title[0] != '\0' ? ".(format eq 'tex' ? \"\\n \" : '')" : "",
        beside && wider > 0 ? wider : 0);
}

/* As basin_script_lines makes of a text, or one more. */
static int lines_of(const char *text, int room)
{
    return 1 + (int)(basin_script_characters(text, SIZE_MAX) / basin_script_fit(room));
}

static int key_height(const struct basin_drawing *drawing, int width)
{
    int entry = (LETTER + 1) * (int)longest_label(drawing) + 80;
    int per_line = entry < width ? width / entry : 1;
    int entries = (int)(drawing->view->n_series + drawing->figure->n_theories);
    return KEY_LINE * (1 + (entries + per_line - 1) / per_line);
}

/* Pixels of a length that is asked for; usual if it is not. */
static int pixels(double millimetres, int usual)
{
    return millimetres > 0 ? (int)(millimetres / 25.4 * PER_INCH) : usual;
}

/* A wide page of one panel: gnuplot finds the margins. */
static void open_single(
    const struct basin_drawing *drawing, struct basin_page *page, bool key)
{
    struct basin_str *out = drawing->script;
    page->height = pixels(drawing->size.height, SINGLE_HEIGHT);
    page->panel_width = page->width - 2 * BETWEEN;
    page->panel_height = page->height - SINGLE_HEIGHT / 4;
    basin_script_open(drawing, page->width, page->height, 24, title_of(drawing));
    add_title(drawing, page, title_of(drawing), page->width - 3 * BETWEEN);
    if (key) {
        basin_str_add(out, "set key outside right top vertical Left reverse noinvert "
                           "spacing 1.25 samplen 2.5");
        add_key_title(drawing, true);
        basin_str_add(out, "if (text) { set key below horizontal title '' }\n");
    } else {
        basin_str_add(out, "unset key\n");
    }
}

/* Whether the page has a scale of colours. */
static bool has_colours(const struct basin_drawing *drawing)
{
    return drawing->figure->kind == BASIN_HEAT ||
           drawing->figure->kind == BASIN_DENSITIES;
}

/* How panels stand: side by side as far as there is room. */
static void place_panels(const struct basin_drawing *drawing, struct basin_page *page)
{
    size_t n = drawing->view->n_panels > 0 ? drawing->view->n_panels : 1;
    int beside = has_colours(drawing) ? COLOURS_WIDTH + RIGHT : RIGHT;
    int margins = page->left + beside - BETWEEN;
    page->columns = n <= 3 ? n : n == 4 ? 2 : n <= 9 ? 3 : 4;
    page->width = pixels(drawing->size.width, (int)page->columns * PANEL_WIDTH + margins);
    while (page->columns > 1 &&
           (int)page->columns * PANEL_WIDTH + margins > page->width * 27 / 20) {
        page->columns--;
    }
    page->rows = (n + page->columns - 1) / page->columns;
    page->panel_width = (page->width - margins) / (int)page->columns;
}

/* Panels of one are not named. */
static const char *caption_of(const struct basin_drawing *drawing, size_t panel)
{
    return drawing->view->n_panels > 1 ? drawing->view->panels[panel] : "";
}

/* The last panel has less beside it than others. */
static int caption_room(const struct basin_page *page)
{
    return page->panel_width - BETWEEN / 2;
}

static int captions_height(
    const struct basin_drawing *drawing, const struct basin_page *page)
{
    int most = 0;
    for (size_t p = 0; p < drawing->view->n_panels; p++) {
        const char *caption = caption_of(drawing, p);
        int lines = caption[0] == '\0' ? 0 : lines_of(caption, caption_room(page));
        most = lines > most ? lines : most;
    }
    return LINE * most + (drawing->figure->n_marks > 0 ? MARKS : 0);
}

static void measure_panels(const struct basin_drawing *drawing, struct basin_page *page,
    bool key, const struct basin_ruler *x, const struct basin_ruler *y)
{
    page->left = 52 + DIGIT * basin_ruler_digits(y) +
                 LINE * basin_ruler_lines(y, PANEL_HEIGHT - TICKS_BELOW);
    place_panels(drawing, page);
    page->key_height = key ? key_height(drawing, page->width) : 0;
    page->above = ABOVE + captions_height(drawing, page);
    page->title = TITLE + KEY_LINE * lines_of(title_of(drawing), page->width);
    page->below = BELOW + LINE * basin_ruler_lines(x, page->panel_width - BETWEEN);
    int usual = page->panel_width < PANEL_WIDTH
                    ? page->panel_width * PANEL_HEIGHT / PANEL_WIDTH
                    : PANEL_HEIGHT;
    int others = page->title + page->below + page->key_height;
    page->height =
        pixels(drawing->size.height, (int)page->rows * (usual + page->above) + others);
    page->panel_height = (page->height - others) / (int)page->rows - page->above;
}

struct basin_page basin_script_page(const struct basin_drawing *drawing, bool key,
    const struct basin_ruler *x, const struct basin_ruler *y)
{
    struct basin_page page = {.columns = 1,
        .rows = 1,
        .width = pixels(drawing->size.width, SINGLE_WIDTH),
        .key = key};
    page.several = drawing->view->n_panels > 1 || page.width < BESIDE;
    if (!page.several) {
        open_single(drawing, &page, key);
        return page;
    }
    measure_panels(drawing, &page, key, x, y);
    struct basin_str *out = drawing->script;
    basin_script_open(
        drawing, page.width, page.height, 14 + 12 * (int)page.rows, title_of(drawing));
    basin_str_add(out, "set multiplot title ");
    basin_script_lines(out, title_of(drawing), basin_script_fit(page.width));
    basin_str_add(out, "\nunset key\n");
    if (has_colours(drawing)) {
        double bottom = page.below + 30.;
        basin_str_add(out,
            "set colorbox user origin screen %.4f,%.4f size screen %.4f,%.4f\n",
            1 - (COLOURS_WIDTH - 16.) / page.width, bottom / page.height,
            24. / page.width, 1 - (bottom + page.title + page.above) / page.height);
    }
    return page;
}

void basin_script_panel(const struct basin_drawing *drawing,
    const struct basin_page *page, size_t panel, const struct basin_ruler *x,
    const struct basin_ruler *y)
{
    struct basin_str *out = drawing->script;
    size_t n = drawing->view->n_panels;
    size_t row = panel / page->columns;
    size_t column = panel % page->columns;
    int across = page->panel_width - (page->several ? BETWEEN : 0);
    int up = page->panel_height - (page->several ? TICKS_BELOW : 0);
    basin_ruler_write(out, 'x', x, panel + page->columns >= n, across);
    basin_ruler_write(out, 'y', y, column == 0, up);
    if (!page->several) {
        return;
    }
    double left = page->left + (double)column * page->panel_width;
    double top =
        page->title + (double)row * (page->panel_height + page->above) + page->above;
    basin_str_add(out,
        "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
        "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
        left / page->width, (left + across) / page->width, 1 - top / page->height,
        1 - (top + up) / page->height);
    add_title(drawing, page, caption_of(drawing, panel), caption_room(page));
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
    add_key_title(drawing, false);
    basin_str_add(drawing->script, "if (text) { set key title '' }\nplot NaN notitle");
    return true;
}

void basin_script_close(
    const struct basin_drawing *drawing, const struct basin_page *page)
{
    basin_str_add(drawing->script, "%s", page->several ? "unset multiplot\n" : "");
    basin_str_add(drawing->script, "if (!text) { unset output }\n");
}
