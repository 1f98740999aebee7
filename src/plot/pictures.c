/* Pictures: image patterns side by side, one grid per cell. Columns are items, rows are
 * their roles (stored, cue, retrieved), below them a row of bars where one is asked for.
 * Grids of a panel stand along x; panels flow over the page like words. Gray goes from -1
 * (black) to 1 (white). */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ACROSS = 12, LEAST_ACROSS = 6, TILES_WIDTH = 1080 }; /* tiles, tiles, pixels */
enum { LEFT = 100, RIGHT = 20, TITLE = 56, CAPTION = 34, BELOW = 18, LETTER = 9 };
enum { X_CAPTION = 22 };
enum { LEAST_WIDTH = 640 };
enum { GAP = 2, GAP_GRAY = 255 }; /* between tiles: pixels of the picture, shade */
enum { BAR_GRAY = 60, NO_BAR_GRAY = 232 };

static const double BETWEEN_PANELS = 0.5, ALONG_X = 0.25; /* tiles */

struct grid {
    const double *data;  /* NULL: nothing was kept of this cell */
    const char *caption; /* of its panel; NULL: the panel has begun before */
    char x_caption[96];  /* empty without x */
    size_t roles, items, pixels;
    const double *bars; /* n_bars for each item, bar_stride apart; NULL: none */
    size_t n_bars, bar_stride;
    size_t rows;                     /* roles and bars */
    size_t role_stride, item_stride; /* in data */
    size_t side, breadth;            /* of a picture */
    size_t columns, chunks;          /* items per line, and lines of items */
    size_t line;                     /* of the page */
    double left;                     /* in tiles */
};

struct sheet {
    size_t n;
    struct grid *grids; /* owned */
    size_t n_lines;
    double *line_height; /* pixels, without caption; owned */
    double across;       /* tiles in a line */
    double tile;         /* pixels */
    int width, height;
    int caption;   /* pixels above each line; 0: a single panel needs none */
    int x_caption; /* pixels between that and the grids */
};

static size_t largest_divisor_below_root(size_t n)
{
    size_t best = 1;
    for (size_t i = 1; i * i <= n; i++) {
        best = n % i == 0 ? i : best;
    }
    return best;
}

/* Cells of one variable may keep more or fewer pictures, or bigger ones: what a cell has
 * none of is NAN at the end. */
static void measure_grid(const struct basin_variable *variable, struct grid *grid)
{
    grid->roles = variable->rank == 3 ? variable->size[0] : 1;
    grid->item_stride = variable->size[variable->rank - 1];
    grid->role_stride = variable->size[variable->rank - 2] * grid->item_stride;
    grid->items = grid->pixels = 0;
    for (size_t i = 0; i < variable->stride; i++) {
        if (isfinite(grid->data[i])) {
            size_t item = i % grid->role_stride / grid->item_stride;
            size_t pixel = i % grid->item_stride;
            grid->items = item >= grid->items ? item + 1 : grid->items;
            grid->pixels = pixel >= grid->pixels ? pixel + 1 : grid->pixels;
        }
    }
}

static void look_at_bars(
    const struct basin_drawing *drawing, const struct basin_slot *slot, struct grid *grid)
{
    const struct basin_variable *variable;
    size_t n;
    const struct basin_metric *metric = drawing->figure->bars;
    grid->bars = metric == NULL ? NULL
                                : basin_view_data(drawing->result, drawing->plan,
                                      slot->cell, metric->name, &variable, &n);
    if (grid->bars == NULL || variable->rank != 2 || variable->size[0] < grid->items) {
        grid->bars = NULL;
        return;
    }
    grid->bar_stride = variable->size[1];
    while (grid->n_bars < grid->bar_stride && isfinite(grid->bars[grid->n_bars])) {
        grid->n_bars++;
    }
    grid->bars = grid->n_bars > 0 ? grid->bars : NULL;
    grid->rows += grid->bars != NULL;
}

/* "patterns_count = 24"; a cell that lacks the axis has no such caption. */
static void caption_x(
    const struct basin_drawing *drawing, const struct basin_slot *slot, struct grid *grid)
{
    const struct basin_figure *figure = drawing->figure;
    char value[64];
    grid->x_caption[0] = '\0';
    if (figure->x == BASIN_BY_NOTHING) {
        return;
    }
    const struct basin_axis *axis = &drawing->plan->axes[figure->x];
    size_t at = drawing->plan->cells[slot->cell].value[figure->x];
    if (at != BASIN_NO_VALUE) {
        snprintf(grid->x_caption, sizeof(grid->x_caption), "%.24s = %s",
            figure->x_label[0] != '\0' ? figure->x_label : axis->name,
            basin_axis_value(axis, at, value));
    }
}

static void look_at(
    const struct basin_drawing *drawing, const struct basin_slot *slot, struct grid *grid)
{
    const struct basin_variable *variable;
    size_t n;
    bool begins = slot == drawing->view->slots ||
                  drawing->figure->x == BASIN_BY_NOTHING || slot[-1].panel != slot->panel;
    const char *panel =
        drawing->view->n_panels > 1 ? drawing->view->panels[slot->panel] : "";
    grid->caption = begins ? panel : NULL;
    caption_x(drawing, slot, grid);
    grid->roles = grid->rows = grid->items = grid->columns = grid->chunks = 1;
    grid->side = grid->breadth = grid->pixels = 1;
    grid->data = basin_view_data(drawing->result, drawing->plan, slot->cell,
        basin_draw_metric(drawing, 0)->name, &variable, &n);
    if (grid->data == NULL || variable->rank < 2) {
        grid->data = NULL;
        return;
    }
    measure_grid(variable, grid);
    if (grid->items == 0) {
        grid->data = NULL;
        grid->items = grid->pixels = 1;
        return;
    }
    grid->rows = grid->roles;
    look_at_bars(drawing, slot, grid);
    grid->side = largest_divisor_below_root(grid->pixels);
    grid->breadth = grid->pixels / grid->side;
    grid->columns = grid->items < ACROSS ? grid->items : ACROSS;
    grid->chunks = (grid->items + grid->columns - 1) / grid->columns;
}

/* Room for a text, in tiles. */
static double room_of(const struct sheet *sheet, const char *text)
{
    return (double)(strlen(text) * LETTER) / sheet->tile;
}

/* Places the grids of the panel that begins at `first` from 0 on; returns the width, and
 * the next panel's first grid in *next. */
static double place_panel(struct sheet *sheet, size_t first, size_t *next)
{
    double used = 0;
    size_t i = first;
    do {
        struct grid *grid = &sheet->grids[i];
        grid->left = used + (i > first ? ALONG_X : 0);
        used = grid->left + fmax((double)grid->columns, room_of(sheet, grid->x_caption));
        i++;
    } while (i < sheet->n && sheet->grids[i].caption == NULL);
    *next = i;
    return fmax(used, room_of(sheet, sheet->grids[first].caption));
}

/* Puts panels into lines, left to right. */
static void flow(struct sheet *sheet)
{
    double total = 0;
    for (size_t i = 0; i < sheet->n; i++) {
        total += (double)sheet->grids[i].columns + (i > 0 ? BETWEEN_PANELS : 0);
    }
    sheet->across = fmin(fmax(total, LEAST_ACROSS), ACROSS + 1);
    sheet->tile = TILES_WIDTH / sheet->across;
    double used = 0;
    double widest = 0;
    size_t next;
    sheet->n_lines = sheet->n > 0;
    for (size_t first = 0; first < sheet->n; first = next) {
        double width = place_panel(sheet, first, &next);
        double start = used > 0 ? used + BETWEEN_PANELS : 0;
        if (used > 0 && start + width > sheet->across + 1e-9) {
            sheet->n_lines++;
            start = 0;
        }
        for (size_t i = first; i < next; i++) {
            sheet->grids[i].left += start;
            sheet->grids[i].line = sheet->n_lines - 1;
        }
        used = start + width;
        widest = fmax(widest, used);
    }
    sheet->width = (int)fmax(LEFT + widest * sheet->tile + RIGHT, LEAST_WIDTH);
}

static double grid_height(const struct sheet *sheet, const struct grid *grid)
{
    double shape = (double)grid->side / (double)grid->breadth;
    return (double)(grid->rows * grid->chunks) * sheet->tile * shape;
}

static int measure_lines(struct sheet *sheet)
{
    sheet->line_height = calloc(sheet->n_lines + 1, sizeof(double));
    if (sheet->line_height == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < sheet->n; i++) {
        const struct grid *grid = &sheet->grids[i];
        double height = grid_height(sheet, grid);
        double *line = &sheet->line_height[grid->line];
        *line = fmax(*line, height);
    }
    double height = TITLE + BELOW;
    for (size_t i = 0; i < sheet->n_lines; i++) {
        height += sheet->caption + sheet->x_caption + sheet->line_height[i];
    }
    sheet->height = (int)fmax(height, 200);
    return 0;
}

/* What is drawn white; a picture of another range, too dark or too pale, is shown as
 * bright as one from -1 to 1. */
static double brightest(const double *picture, size_t pixels)
{
    double most = 0;
    for (size_t i = 0; i < pixels; i++) {
        most = isfinite(picture[i]) ? fmax(most, fabs(picture[i])) : most;
    }
    return most > 1 || (most > 0 && most < 0.5) ? most : 1;
}

/* Pixel of a tile with the bars of an item; weights fill it from below up to 1. */
static int bar_gray(const struct grid *grid, size_t item, size_t x, size_t y)
{
    size_t bar = x * grid->n_bars / grid->breadth;
    double value = grid->bars[item * grid->bar_stride + bar];
    double height = value * (double)grid->side;
    return (double)(grid->side - y) <= fmax(height, 1) ? BAR_GRAY : NO_BAR_GRAY;
}

static int picture_gray(const double *picture, size_t pixel, double bright)
{
    double value = picture[pixel] / bright;
    return isfinite(value) ? (int)lround(255 * (fmin(fmax(value, -1), 1) + 1) / 2)
                           : GAP_GRAY;
}

/* Line y of a tile and the gap at its right. */
static void write_tile_line(
    struct basin_str *out, const struct grid *grid, size_t role, size_t item, size_t y)
{
    bool inside = y < grid->side && item < grid->items;
    bool bars = inside && role == grid->roles;
    const double *picture =
        inside && !bars ? grid->data + role * grid->role_stride + item * grid->item_stride
                        : NULL;
    double bright = picture != NULL ? brightest(picture, grid->pixels) : 1;
    for (size_t x = 0; x < grid->breadth; x++) {
        int gray = bars ? bar_gray(grid, item, x, y)
                   : picture != NULL
                       ? picture_gray(picture, y * grid->breadth + x, bright)
                       : GAP_GRAY;
        basin_str_add(out, "%d ", gray);
    }
    for (size_t x = 0; x < GAP; x++) {
        basin_str_add(out, "%d ", GAP_GRAY);
    }
}

static void write_pixels(struct basin_str *out, const struct grid *grid, size_t index)
{
    basin_str_add(out, "$pictures%zu << EOD\n", index);
    for (size_t line = 0; line < grid->rows * grid->chunks; line++) {
        size_t first = line / grid->rows * grid->columns;
        for (size_t y = 0; y < grid->side + GAP; y++) {
            for (size_t i = 0; i < grid->columns; i++) {
                write_tile_line(out, grid, line % grid->rows, first + i, y);
            }
            basin_str_add(out, "\n");
        }
    }
    basin_str_add(out, "EOD\n");
}

static const char *role_name(
    const struct basin_figure *figure, const struct grid *grid, size_t role)
{
    static const char *const usual[] = {"stored", "cue", "retrieved"};
    if (role == grid->roles) {
        return figure->bars->name;
    }
    if (figure->n_rows > 0) {
        return role < figure->n_rows ? figure->row[role] : "";
    }
    return grid->roles == 3 ? usual[role] : "";
}

static void write_role_names(const struct basin_drawing *drawing,
    const struct sheet *sheet, const struct grid *grid, double top, double height)
{
    struct basin_str *out = drawing->script;
    size_t lines = grid->rows * grid->chunks;
    for (size_t i = 0; i < lines; i++) {
        double middle = top + ((double)i + 0.5) * height / (double)lines;
        basin_str_add(out, "set label ");
        basin_script_text(out, role_name(drawing->figure, grid, i % grid->rows));
        basin_str_add(out, " at screen %.4f,%.4f right\n", (LEFT - 12.) / sheet->width,
            1 - middle / sheet->height);
    }
}

/* Pixels from the top of the page to a line's grids. */
static double top_of(const struct sheet *sheet, size_t line)
{
    double top = TITLE + sheet->caption + sheet->x_caption;
    for (size_t i = 0; i < line; i++) {
        top += sheet->line_height[i] + sheet->caption + sheet->x_caption;
    }
    return top;
}

static void write_caption(struct basin_str *out, const struct sheet *sheet,
    const char *text, double left, double middle)
{
    basin_str_add(out, "set label ");
    basin_script_text(out, text);
    basin_str_add(out, " at screen %.4f,%.4f left\n", left / sheet->width,
        1 - middle / sheet->height);
}

static void write_grid(
    const struct basin_drawing *drawing, const struct sheet *sheet, size_t index)
{
    struct basin_str *out = drawing->script;
    const struct grid *grid = &sheet->grids[index];
    double top = top_of(sheet, grid->line);
    double height = grid_height(sheet, grid);
    double left = LEFT + grid->left * sheet->tile;
    double right = left + (double)grid->columns * sheet->tile;
    basin_str_add(out,
        "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
        "set tmargin at screen %.4f\nset bmargin at screen %.4f\nunset label\n",
        left / sheet->width, right / sheet->width, 1 - top / sheet->height,
        1 - (top + height) / sheet->height);
    if (grid->caption != NULL) {
        write_caption(out, sheet, grid->caption, left, top - sheet->x_caption - 14);
    }
    if (grid->x_caption[0] != '\0') {
        write_caption(out, sheet, grid->x_caption, left, top - 14);
    }
    if (grid->data == NULL) {
        basin_str_add(out, "set xrange [0:1]\nset yrange [0:1]\nset label 'not measured' "
                           "at graph 0.5,0.5 center\nplot NaN notitle\n");
        return;
    }
    if (grid->left == 0) {
        write_role_names(drawing, sheet, grid, top, height);
    }
    write_pixels(out, grid, index);
    basin_str_add(out,
        "set xrange [-0.5:%zu-0.5]\nset yrange [%zu-0.5:-0.5]\n"
        "plot $pictures%zu matrix with image notitle\n",
        grid->columns * (grid->breadth + GAP),
        grid->rows * grid->chunks * (grid->side + GAP), index);
}

static void write_sheet(const struct basin_drawing *drawing, const struct sheet *sheet)
{
    struct basin_str *out = drawing->script;
    const char *title =
        drawing->figure->title[0] != '\0' ? drawing->figure->title : drawing->plan->title;
    basin_script_open(drawing, sheet->width, sheet->height, 24, title);
    basin_str_add(out, "set palette defined (0 'black', 1 'white')\nset cbrange "
                       "[0:255]\nunset colorbox\nunset border\n"
                       "unset tics\nunset grid\nunset key\nset multiplot title ");
    basin_script_lines(out, title, (size_t)sheet->width / 11);
    basin_str_add(out, "\n");
    for (size_t i = 0; i < sheet->n; i++) {
        write_grid(drawing, sheet, i);
    }
    if (sheet->n == 0) {
        basin_str_add(out, "set xrange [0:1]\nset yrange [0:1]\n");
        basin_script_nothing(drawing);
    }
    basin_str_add(out, "unset multiplot\nunset output\n");
}

int basin_draw_pictures(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_view *view = drawing->view;
    struct sheet sheet = {.n = view->n};
    sheet.grids = calloc(view->n + 1, sizeof(*sheet.grids));
    int ret = sheet.grids == NULL ? BASIN_ERR_NOMEM : 0;
    if (ret == 0) {
        for (size_t i = 0; i < view->n; i++) {
            look_at(drawing, &view->slots[i], &sheet.grids[i]);
        }
        sheet.caption = view->n_panels > 1 ? CAPTION : 0;
        sheet.x_caption = drawing->figure->x != BASIN_BY_NOTHING ? X_CAPTION : 0;
        flow(&sheet);
        ret = measure_lines(&sheet);
    }
    if (ret == 0) {
        write_sheet(drawing, &sheet);
    } else {
        basin_fail(diag, ret, "out of memory");
    }
    free(sheet.grids);
    free(sheet.line_height);
    return ret;
}
