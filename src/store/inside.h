/* What the files of this folder share about results in memory and on their way. */
#ifndef BASIN_STORE_INSIDE_H
#define BASIN_STORE_INSIDE_H

#include "store/h5.h"
#include "store/result.h"

enum {
    BASIN_GRID_AXES = 16, /* most axes of a grid; more make a table */
    BASIN_NAMES = 64,     /* most axes or metrics of a group in a file */
};

/* Entries of extent for each cell. */
static inline size_t basin_variable_width(const struct basin_variable *self)
{
    return self->rank == 0 ? 1 : self->rank;
}

void basin_variable_free(struct basin_variable *self);

/* ---- Writing: write.c, write_axes.c --------------------------------------------- */

struct basin_h5_dimension {
    const char *name;
    hsize_t n;
};

/* A group of the file while it is written. */
struct basin_writer {
    hid_t id;
    hid_t text; /* type of strings */
    const struct basin_group *group;
    bool grid;
    size_t n_base; /* dimensions of status, replicate included */
    size_t n_dimensions;
    struct basin_h5_dimension *dimensions; /* the base first, then those of metrics */
    char coordinates[512];                 /* of a table, for every variable */
    struct basin_diag *diag;
};

/* A variable over dimensions of the group, given by their places in its list. The dataset
 * stays open for more attributes unless dataset is NULL. */
BASIN_CHECKED int basin_write_variable(const struct basin_writer *self,
    const struct basin_h5_field *field, size_t rank, const size_t *places,
    hid_t *dataset);

/* The axes, or `cell` with the axes along it, and `replicate`. */
BASIN_CHECKED int basin_write_base(struct basin_writer *self);

/* Place of a metric's dimension in the group's list; the first to name it makes it. */
BASIN_CHECKED int basin_write_dimension(struct basin_writer *self,
    const struct basin_variable *variable, size_t k, size_t *place);

/* ---- Reading: read.c, read_axes.c ----------------------------------------------- */

/* A group of the file while it is read. */
struct basin_reader {
    hid_t id;
    bool grid;
    size_t n_places; /* of the grid, or rows of the table */
    struct basin_h5_budget *budget;
    struct basin_group *group;
    struct basin_diag *diag;
};

/* Splits names at spaces into at most BASIN_NAMES words; names is cut up. */
BASIN_CHECKED int basin_read_names(
    char *names, char **words, size_t *n, struct basin_diag *diag);

/* Coordinates, index and number of places of the group; names is cut up. */
BASIN_CHECKED int basin_read_axes(struct basin_reader *self, char *names);

#endif
