/* Pictures: image patterns side by side, one grid per cell. Columns are items, rows are
 * their roles (stored, cue, retrieved); grids flow over the page like words. Gray goes
 * from -1 (black) to 1 (white). */
#include "plot/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ACROSS = 12, LEAST_ACROSS = 6, TILES_WIDTH = 1080 }; /* tiles, tiles, pixels */
enum { LEFT = 100, RIGHT = 20, TITLE = 56, CAPTION = 34, BELOW = 18, LETTER = 9 };
enum { LEAST_WIDTH = 640 };
enum { GAP = 2, GAP_GRAY = 255 }; /* between tiles: pixels of the picture, shade */

struct grid {
    const double *data; /* NULL: nothing was kept of this cell */
    const char *caption;
    size_t roles, items, pixels;
    size_t role_stride, item_stride; /* in data */
    size_t side, breadth;            /* of a picture */
    size_t columns, chunks;          /* items per line, and lines of items */
    size_t line;                     /* of the page */
    double left, room;               /* in tiles */
};

struct sheet {
    size_t n;
    struct grid *grids; /* owned */
    size_t n_lines;
    double *line_height; /* pixels, without caption; owned */
    double across;       /* tiles in a line */
    double tile;         /* pixels */
    int width, height;
    int caption; /* pixels above each line; 0: a single grid needs none */
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

static void look_at(
    const struct basin_drawing *drawing, const struct basin_slot *slot, struct grid *grid)
{
    const struct basin_variable *variable;
    size_t n;
    grid->caption = drawing->view->n_panels > 1 ? drawing->view->panels[slot->panel] : "";
    grid->roles = grid->items = grid->columns = grid->chunks = 1;
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
    grid->side = largest_divisor_below_root(grid->pixels);
    grid->breadth = grid->pixels / grid->side;
    grid->columns = grid->items < ACROSS ? grid->items : ACROSS;
    grid->chunks = (grid->items + grid->columns - 1) / grid->columns;
}

/* Puts grids into lines, left to right; a caption may need more room than its grid. */
static void flow(struct sheet *sheet)
{
    double total = 0;
    for (size_t i = 0; i < sheet->n; i++) {
        total += (double)sheet->grids[i].columns + (i > 0 ? 0.5 : 0);
    }
    sheet->across = fmin(fmax(total, LEAST_ACROSS), ACROSS + 1);
    sheet->tile = TILES_WIDTH / sheet->across;
    sheet->caption = sheet->n > 1 ? CAPTION : 0;
    double used = 0;
    double widest = 0;
    sheet->n_lines = sheet->n > 0;
    for (size_t i = 0; i < sheet->n; i++) {
        struct grid *grid = &sheet->grids[i];
        double caption = (double)(strlen(grid->caption) * LETTER) / sheet->tile;
        grid->room = fmax((double)grid->columns, caption);
        if (used > 0 && used + 0.5 + grid->room > sheet->across + 1e-9) {
            sheet->n_lines++;
            used = 0;
        }
        grid->left = used > 0 ? used + 0.5 : 0;
        grid->line = sheet->n_lines - 1;
        used = grid->left + grid->room;
        widest = fmax(widest, used);
    }
    sheet->width = (int)fmax(LEFT + widest * sheet->tile + RIGHT, LEAST_WIDTH);
}

static int measure_lines(struct sheet *sheet)
{
    sheet->line_height = calloc(sheet->n_lines + 1, sizeof(double));
    if (sheet->line_height == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < sheet->n; i++) {
        const struct grid *grid = &sheet->grids[i];
        double shape = (double)grid->side / (double)grid->breadth;
        double height = (double)(grid->roles * grid->chunks) * sheet->tile * shape;
        double *line = &sheet->line_height[grid->line];
        *line = fmax(*line, height);
    }
    double height = TITLE + BELOW;
    for (size_t i = 0; i < sheet->n_lines; i++) {
        height += sheet->caption + sheet->line_height[i];
    }
    sheet->height = (int)fmax(height, 200);
    return 0;
}

/* Patterns of another norm are shown as bright as those from -1 to 1. */
static double brightest(const struct grid *grid)
{
    double most = 0;
    for (size_t i = 0; i < grid->role_stride; i++) {
        most = isfinite(grid->data[i]) ? fmax(most, fabs(grid->data[i])) : most;
    }
    return most > 1 || (most > 0 && most < 0.5) ? most : 1;
}

static int gray_of(const struct grid *grid, size_t row, size_t column, double bright)
{
    size_t tall = grid->side + GAP;
    size_t wide = grid->breadth + GAP;
    size_t line = row / tall; /* roles of the first chunk, roles of the second, ... */
    size_t item = line / grid->roles * grid->columns + column / wide;
    size_t role = line % grid->roles;
    size_t y = row % tall;
    size_t x = column % wide;
    if (y >= grid->side || x >= grid->breadth || item >= grid->items) {
        return GAP_GRAY;
    }
    double value = grid->data[role * grid->role_stride + item * grid->item_stride +
                              y * grid->breadth + x] /
                   bright;
    return isfinite(value) ? (int)lround(255 * (fmin(fmax(value, -1), 1) + 1) / 2)
                           : GAP_GRAY;
}

static void write_pixels(struct basin_str *out, const struct grid *grid, size_t index)
{
    size_t rows = grid->roles * grid->chunks * (grid->side + GAP);
    size_t columns = grid->columns * (grid->breadth + GAP);
    double bright = brightest(grid);
    basin_str_add(out, "$pictures%zu << EOD\n", index);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            basin_str_add(
                out, column > 0 ? " %d" : "%d", gray_of(grid, row, column, bright));
        }
        basin_str_add(out, "\n");
    }
    basin_str_add(out, "EOD\n");
}

static const char *role_name(
    const struct basin_figure *figure, const struct grid *grid, size_t role)
{
    static const char *const usual[] = {"stored", "cue", "retrieved"};
    if (figure->n_rows > 0) {
        return role < figure->n_rows ? figure->row[role] : "";
    }
    return grid->roles == 3 ? usual[role] : "";
}

static void write_role_names(const struct basin_drawing *drawing,
    const struct sheet *sheet, const struct grid *grid, double top, double height)
{
    struct basin_str *out = drawing->script;
    size_t lines = grid->roles * grid->chunks;
    for (size_t i = 0; i < lines; i++) {
        double middle = top + ((double)i + 0.5) * height / (double)lines;
        basin_str_add(out, "set label ");
        basin_script_text(out, role_name(drawing->figure, grid, i % grid->roles));
        basin_str_add(out, " at screen %.4f,%.4f right\n", (LEFT - 12.) / sheet->width,
            1 - middle / sheet->height);
    }
}

static void write_grid(
    const struct basin_drawing *drawing, const struct sheet *sheet, size_t index)
{
    struct basin_str *out = drawing->script;
    const struct grid *grid = &sheet->grids[index];
    double top = TITLE + sheet->caption;
    for (size_t i = 0; i < grid->line; i++) {
        top += sheet->line_height[i] + sheet->caption;
    }
    double shape = (double)grid->side / (double)grid->breadth;
    double height = (double)(grid->roles * grid->chunks) * sheet->tile * shape;
    double left = LEFT + grid->left * sheet->tile;
    double right = left + (double)grid->columns * sheet->tile;
    basin_str_add(out,
        "set lmargin at screen %.4f\nset rmargin at screen %.4f\n"
        "set tmargin at screen %.4f\nset bmargin at screen %.4f\nunset label\n"
        "set label ",
        left / sheet->width, right / sheet->width, 1 - top / sheet->height,
        1 - (top + height) / sheet->height);
    basin_script_text(out, grid->caption);
    basin_str_add(out, " at screen %.4f,%.4f left\n", left / sheet->width,
        1 - (top - 14) / sheet->height);
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
        grid->roles * grid->chunks * (grid->side + GAP), index);
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
