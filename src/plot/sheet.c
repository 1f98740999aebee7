/* The layout of a page of pictures. */
#include "plot/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ACROSS = 12, LEAST_ACROSS = 6, TILES_WIDTH = 1080 }; /* tiles, tiles, pixels */
enum {
    LEFT = 100,
    LEFT_OF_LABELS = 150,
    RIGHT = 20,
    CAPTION = 34,
    BELOW = 18,
    LETTER = 10
};
enum { X_CAPTION = 22 };
enum { LEAST_WIDTH = 640 };

static const double BETWEEN_PANELS = 0.5, ALONG_X = 0.25; /* tiles */

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
static void measure_grid(const struct basin_variable *variable, struct basin_grid *grid)
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

static void look_at_bars(const struct basin_drawing *drawing,
    const struct basin_slot *slot, struct basin_grid *grid)
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

static void look_at_labels(const struct basin_drawing *drawing,
    const struct basin_slot *slot, struct basin_grid *grid)
{
    const struct basin_variable *variable;
    size_t n;
    const struct basin_metric *metric = drawing->figure->labels;
    grid->labels = metric == NULL ? NULL
                                  : basin_view_data(drawing->result, drawing->plan,
                                        slot->cell, metric->name, &variable, &n);
    if (grid->labels != NULL &&
        (variable->rank != 1 || variable->size[0] < grid->items || grid->chunks > 1)) {
        grid->labels = NULL;
    }
}

/* "patterns_count = 24"; a cell that lacks the axis has no such caption. */
static void caption_x(const struct basin_drawing *drawing, const struct basin_slot *slot,
    struct basin_grid *grid)
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

static void look_at(const struct basin_drawing *drawing, const struct basin_slot *slot,
    struct basin_grid *grid)
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
    look_at_labels(drawing, slot, grid);
}

/* Room for a text, in tiles. */
static double room_of(const struct basin_sheet *sheet, const char *text)
{
    return text == NULL ? 0 : (double)(strlen(text) * LETTER) / sheet->tile;
}

/* Places the grids of the panel that begins at `first` from 0 on; returns the width, and
 * the next panel's first grid in *next. */
static double place_panel(struct basin_sheet *sheet, size_t first, size_t *next)
{
    double used = 0;
    size_t i = first;
    do {
        struct basin_grid *grid = &sheet->grids[i];
        grid->left = used + (i > first ? ALONG_X : 0);
        const char *text = grid->data != NULL ? grid->x_caption : BASIN_SHEET_NOTHING;
        used = grid->left + fmax((double)grid->columns, room_of(sheet, text));
        i++;
    } while (i < sheet->n && sheet->grids[i].caption == NULL);
    *next = i;
    return fmax(used, room_of(sheet, sheet->grids[first].caption));
}

/* Puts panels into lines, left to right. */
static void flow(struct basin_sheet *sheet)
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
        if (used > 0 && (sheet->shares || start + width > sheet->across + 1e-9)) {
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
    sheet->width = (int)fmax(sheet->left + widest * sheet->tile + RIGHT, LEAST_WIDTH);
}

double basin_grid_height(const struct basin_sheet *sheet, const struct basin_grid *grid)
{
    double shape = (double)grid->side / (double)grid->breadth;
    return (double)(grid->rows * grid->chunks) * sheet->tile * shape;
}

static int measure_lines(struct basin_sheet *sheet)
{
    sheet->line_height = calloc(sheet->n_lines + 1, sizeof(double));
    if (sheet->line_height == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < sheet->n; i++) {
        const struct basin_grid *grid = &sheet->grids[i];
        double height = basin_grid_height(sheet, grid) +
                        (grid->labels != NULL ? BASIN_SHEET_LABELS : 0);
        double *line = &sheet->line_height[grid->line];
        *line = fmax(*line, height);
    }
    double height = BASIN_SHEET_TITLE + BELOW;
    for (size_t i = 0; i < sheet->n_lines; i++) {
        height += sheet->caption + sheet->x_caption + sheet->line_height[i];
    }
    sheet->height = (int)fmax(height, 200);
    return 0;
}

double basin_sheet_top(const struct basin_sheet *sheet, size_t line)
{
    double top = BASIN_SHEET_TITLE + sheet->caption + sheet->x_caption;
    for (size_t i = 0; i < line; i++) {
        top += sheet->line_height[i] + sheet->caption + sheet->x_caption;
    }
    return top;
}

size_t basin_grid_role(const struct basin_grid *grid, size_t row)
{
    return grid->first_role + row % grid->rows;
}

/* Whether two grids have the same pictures in all roles but the last. */
static bool same_before_last(const struct basin_grid *a, const struct basin_grid *b)
{
    if (a->data == NULL || b->data == NULL || a->roles < 2 || a->roles != b->roles ||
        a->items != b->items || a->pixels != b->pixels) {
        return false;
    }
    for (size_t role = 0; role + 1 < a->roles; role++) {
        for (size_t item = 0; item < a->items; item++) {
            const double *x = a->data + role * a->role_stride + item * a->item_stride;
            const double *y = b->data + role * b->role_stride + item * b->item_stride;
            if (memcmp(x, y, a->pixels * sizeof(*x)) != 0) {
                return false;
            }
        }
    }
    return true;
}

/* Shows what all panels share in the first one only. */
static void share(struct basin_sheet *self)
{
    size_t along = 1; /* grids of the first panel */
    while (along < self->n && self->grids[along].caption == NULL) {
        along++;
    }
    self->shares = along < self->n && self->n % along == 0;
    for (size_t i = along; self->shares && i < self->n; i++) {
        bool begins = self->grids[i].caption != NULL;
        self->shares = begins == (i % along == 0) && self->grids[i].chunks == 1 &&
                       same_before_last(&self->grids[i % along], &self->grids[i]);
    }
    for (size_t i = along; self->shares && i < self->n; i++) {
        self->grids[i].first_role = self->grids[i].roles - 1;
        self->grids[i].rows -= self->grids[i].first_role;
    }
}

void basin_sheet_free(struct basin_sheet *self)
{
    free(self->grids);
    free(self->line_height);
}

int basin_sheet_init(struct basin_sheet *self, const struct basin_drawing *drawing)
{
    const struct basin_view *view = drawing->view;
    *self = (struct basin_sheet){.n = view->n};
    self->grids = calloc(view->n + 1, sizeof(*self->grids));
    if (self->grids == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < view->n; i++) {
        look_at(drawing, &view->slots[i], &self->grids[i]);
    }
    self->left = drawing->figure->labels != NULL ? LEFT_OF_LABELS : LEFT;
    self->caption = view->n_panels > 1 ? CAPTION : 0;
    self->x_caption = drawing->figure->x != BASIN_BY_NOTHING ? X_CAPTION : 0;
    share(self);
    flow(self);
    return measure_lines(self);
}
