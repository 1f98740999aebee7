/* Writing gnuplot scripts: quoting, terminals, one style for all figures.
 *
 * Texts of a configuration reach a script through basin_script_text alone: between single
 * quotes gnuplot substitutes neither backticks nor macros nor escapes, and all terminals
 * are opened `noenhanced`. Data blocks hold nothing but numbers. */
#ifndef BASIN_PLOT_SCRIPT_H
#define BASIN_PLOT_SCRIPT_H

#include "plot/figure.h"
#include "plot/view.h"

/* One figure while it is drawn. */
struct basin_drawing {
    const struct basin_figure *figure;
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const struct basin_result *result;
    const struct basin_view *view;
    struct basin_size size;
    struct basin_str *script;
};

/* An axis of a panel. */
struct basin_ruler {
    const char *label;
    int scale;
    struct basin_range range;
    const double *ticks; /* where the numbers stand; NULL: gnuplot chooses */
    size_t n_ticks;
    bool whole; /* between whole numbers there is nothing */
    bool named; /* the figure has written the ticks itself */
};

/* Panels of one figure on a page of pixels. */
struct basin_page {
    size_t rows, columns;
    int width, height;
    int panel_width, panel_height; /* with what stands between panels */
    int left, above, below;        /* of each of several panels */
    int title;
    int key_height;    /* 0: no key, or it belongs to the only panel */
    bool key, several; /* panels have their places, though it be one on a narrow page */
};

/* A literal: 'text', and the same cut into lines of at most so many characters. */
void basin_script_text(struct basin_str *out, const char *text);
void basin_script_lines(struct basin_str *out, const char *text, size_t columns);

/* Characters, not bytes, of the first bytes of a text. */
size_t basin_script_characters(const char *text, size_t length);

/* Characters that fit into so many pixels, at least 10. */
size_t basin_script_fit(int room);

/* A literal for a tick's label, in which gnuplot looks for printf's formats. */
void basin_script_tick(struct basin_str *out, const char *text);

/* "load alpha = N / d (patterns per unit)": a help text up to its first ';' or ':', with
 * the unit. The caller owns it; NULL when memory is out. */
char *basin_script_label(const char *given, const char *help, const char *unit);

/* Comment, terminal and style; the page's title. width and height are the layout's
 * pixels; a size that is asked for is what they become. lines: of the text drawing. */
void basin_script_open(const struct basin_drawing *drawing, int width, int height,
    int lines, const char *title);

/* A page for the view's panels, opened; then each panel's place and axes. */
struct basin_page basin_script_page(const struct basin_drawing *drawing, bool key,
    const struct basin_ruler *x, const struct basin_ruler *y);
void basin_script_panel(const struct basin_drawing *drawing,
    const struct basin_page *page, size_t panel, const struct basin_ruler *x,
    const struct basin_ruler *y);
void basin_script_close(
    const struct basin_drawing *drawing, const struct basin_page *page);

/* Whether the panel's own plot command has the entries of the key. */
static inline bool basin_script_key_inside(const struct basin_page *page)
{
    return page->key && !page->several;
}

/* With several panels the key is a plot of its own, below them: this begins its plot
 * command, to which key entries are added. False: the key belongs to the only panel. */
bool basin_script_key(const struct basin_drawing *drawing, const struct basin_page *page);

/* A panel without data says so. */
void basin_script_nothing(const struct basin_drawing *drawing);

/* Colour "#0072B2" and point type of a series; gnuplot's dash type. */
const char *basin_script_colour(size_t colour);
int basin_script_point(size_t colour, size_t dash);
const char *basin_script_dash(size_t dash);

/* Red, orange, green and blue for the classes I to IV of attention heads. */
enum { BASIN_SCRIPT_CLASSES = 4 };
extern const char *const basin_script_class[BASIN_SCRIPT_CLASSES];
extern const char *const basin_script_class_name[BASIN_SCRIPT_CLASSES];

/* The palette of heat maps, perceptually uniform and fit for the colour-blind. */
extern const char *const basin_script_viridis;

/* Ranges: start as BASIN_NOWHERE. Values that are not finite, or not above 0 on a
 * logarithmic scale, are passed over. */
#define BASIN_NOWHERE                                                                    \
    (struct basin_range)                                                                 \
    {                                                                                    \
        1, 0                                                                             \
    }
bool basin_range_empty(const struct basin_range *range);
void basin_range_add(struct basin_range *range, double value, int scale);

/* The range that is drawn: the one given, or the data's with a margin. */
struct basin_range basin_range_drawn(
    const struct basin_range *given, const struct basin_range *data, int scale);

#endif
