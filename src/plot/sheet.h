/* The layout of a page of pictures: which grids there are, what each shows, and where it
 * stands. Columns of a grid are items, rows are their roles (stored, cue, retrieved),
 * below them a row of bars where one is asked for. Grids of a panel stand along x; panels
 * flow over the page like words. Where every panel has the same pictures in all roles but
 * the last, they are shown once, and panels stand below each other. */
#ifndef BASIN_PLOT_SHEET_H
#define BASIN_PLOT_SHEET_H

#include "plot/draw.h"

enum { BASIN_SHEET_TITLE = 56, BASIN_SHEET_LABELS = 24 }; /* pixels */

#define BASIN_SHEET_NOTHING "not measured"

struct basin_grid {
    const double *data;  /* NULL: nothing was kept of this cell */
    const char *caption; /* of its panel; NULL: the panel has begun before */
    char x_caption[96];  /* empty without x */
    size_t roles, items, pixels;
    size_t first_role;    /* that is shown */
    const double *bars;   /* n_bars for each item, bar_stride apart; NULL: none */
    const double *labels; /* of items in one line, below them; NULL: none */
    size_t n_bars, bar_stride;
    size_t rows;                     /* roles that are shown, and bars */
    size_t role_stride, item_stride; /* in data */
    size_t side, breadth;            /* of a picture */
    size_t columns, chunks;          /* items per line, and lines of items */
    size_t line;                     /* of the page */
    double left;                     /* in tiles */
};

struct basin_sheet {
    size_t n;
    struct basin_grid *grids; /* owned */
    bool shares;              /* roles before the last, among panels */
    size_t n_lines;
    double *line_height; /* pixels, without caption; owned */
    double across;       /* tiles in a line */
    double tile;         /* pixels */
    int left;            /* pixels for the names of rows */
    int width, height;
    int caption;   /* pixels above each line; 0: a single panel needs none */
    int x_caption; /* pixels between that and the grids */
};

BASIN_CHECKED int basin_sheet_init(
    struct basin_sheet *self, const struct basin_drawing *drawing);
void basin_sheet_free(struct basin_sheet *self);

/* Pixels from the top of the page to a line's grids. */
double basin_sheet_top(const struct basin_sheet *self, size_t line);

double basin_grid_height(const struct basin_sheet *self, const struct basin_grid *grid);

/* The role of a row of tiles; grid->roles: bars. */
size_t basin_grid_role(const struct basin_grid *grid, size_t row);

#endif
