/* Pictures: image patterns side by side, one grid per cell, laid out by plot/sheet.c.
 * Gray goes from -1 (black) to 1 (white). */
#include "plot/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2, GAP_GRAY = 255 }; /* between tiles: pixels of the picture, shade */
enum { BAR_GRAY = 60, NO_BAR_GRAY = 232 };

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
static int bar_gray(const struct basin_grid *grid, size_t item, size_t x, size_t y)
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
static void write_tile_line(struct basin_str *out, const struct basin_grid *grid,
    size_t role, size_t item, size_t y)
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

static void write_pixels(
    struct basin_str *out, const struct basin_grid *grid, size_t index)
{
    basin_str_add(out, "$pictures%zu << EOD\n", index);
    for (size_t line = 0; line < grid->rows * grid->chunks; line++) {
        size_t first = line / grid->rows * grid->columns;
        for (size_t y = 0; y < grid->side + GAP; y++) {
            for (size_t i = 0; i < grid->columns; i++) {
                write_tile_line(out, grid, basin_grid_role(grid, line), first + i, y);
            }
            basin_str_add(out, "\n");
        }
    }
    basin_str_add(out, "EOD\n");
}

static const char *role_name(
    const struct basin_figure *figure, const struct basin_grid *grid, size_t role)
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

/* A name in the left margin. */
static void write_name(struct basin_str *out, const struct basin_sheet *sheet,
    const char *name, double middle)
{
    basin_str_add(out, "set label ");
    basin_script_text(out, name);
    basin_str_add(out, " at screen %.4f,%.4f right\n", (sheet->left - 12.) / sheet->width,
        1 - middle / sheet->height);
}

static void write_role_names(const struct basin_drawing *drawing,
    const struct basin_sheet *sheet, const struct basin_grid *grid, double top,
    double height)
{
    struct basin_str *out = drawing->script;
    size_t lines = grid->rows * grid->chunks;
    for (size_t i = 0; i < lines; i++) {
        double middle = top + ((double)i + 0.5) * height / (double)lines;
        write_name(out, sheet, role_name(drawing->figure, grid, basin_grid_role(grid, i)),
            middle);
    }
    if (grid->labels != NULL) {
        write_name(out, sheet, drawing->figure->labels->name,
            top + height + BASIN_SHEET_LABELS / 2.);
    }
}

static void write_caption(struct basin_str *out, const struct basin_sheet *sheet,
    const char *text, double left, double middle)
{
    basin_str_add(out, "set label ");
    basin_script_text(out, text);
    basin_str_add(out, " at screen %.4f,%.4f left\n", left / sheet->width,
        1 - middle / sheet->height);
}

/* Numbers below the tiles. */
static void write_item_labels(struct basin_str *out, const struct basin_sheet *sheet,
    const struct basin_grid *grid, double left, double top)
{
    double below = top + basin_grid_height(sheet, grid) + BASIN_SHEET_LABELS / 2.;
    for (size_t i = 0; grid->labels != NULL && i < grid->items; i++) {
        double middle = left + ((double)i + 0.5) * sheet->tile;
        basin_str_add(out, "set label '%.2f' at screen %.4f,%.4f center\n",
            grid->labels[i], middle / sheet->width, 1 - below / sheet->height);
    }
}

static void write_grid(
    const struct basin_drawing *drawing, const struct basin_sheet *sheet, size_t index)
{
    struct basin_str *out = drawing->script;
    const struct basin_grid *grid = &sheet->grids[index];
    double top = basin_sheet_top(sheet, grid->line);
    double height = basin_grid_height(sheet, grid);
    double left = sheet->left + grid->left * sheet->tile;
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
        basin_str_add(out,
            "set xrange [0:1]\nset yrange [0:1]\nset label '" BASIN_SHEET_NOTHING
            "' at graph 0.5,0.5 center\nplot NaN notitle\n");
        return;
    }
    if (grid->left == 0) {
        write_role_names(drawing, sheet, grid, top, height);
    }
    write_item_labels(out, sheet, grid, left, top);
    write_pixels(out, grid, index);
    basin_str_add(out,
        "set xrange [-0.5:%zu-0.5]\nset yrange [%zu-0.5:-0.5]\n"
        "plot $pictures%zu matrix with image notitle\n",
        grid->columns * (grid->breadth + GAP),
        grid->rows * grid->chunks * (grid->side + GAP), index);
}

static void write_sheet(
    const struct basin_drawing *drawing, const struct basin_sheet *sheet)
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
    struct basin_sheet sheet;
    int ret = basin_sheet_init(&sheet, drawing);
    if (ret == 0) {
        write_sheet(drawing, &sheet);
    } else {
        basin_fail(diag, ret, "out of memory");
    }
    basin_sheet_free(&sheet);
    return ret;
}
