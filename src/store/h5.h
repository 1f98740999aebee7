/* What the writer and the reader of results files share about HDF5.
 *
 * The format, version 1 ("Conventions" of the root): root attributes title, name,
 * experiment, plan; /config/yaml; /code; one group per variant with the attributes label,
 * kind, layout ("grid" or "table"), axes and metrics (names, separated by spaces). */
#ifndef BASIN_STORE_H5_H
#define BASIN_STORE_H5_H

#include "base/err.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

#define BASIN_H5_CONVENTIONS "basin-1"

/* HDF5 prints no errors of its own from here on. */
void basin_h5_quiet(void);

/* The sentence, and after it the innermost message of HDF5's error stack. */
int basin_h5_fail(struct basin_diag *diag, const char *format, ...) BASIN_PRINTF(2, 3);

/* Variable-length UTF-8 strings, as netCDF-4 has them; -1 if HDF5 fails. To be closed. */
hid_t basin_h5_text_type(void);

enum { BASIN_H5_RANK = 32 }; /* most dimensions of a dataset */

/* ---- Writing: h5write.c --------------------------------------------------------- */

/* What a dataset holds, and how it is described. */
struct basin_h5_field {
    const char *name;
    const char *unit;      /* NULL: none */
    const char *long_name; /* NULL: none */
    hid_t type;            /* in memory, or of the file where it is a string */
    hid_t file_type;
    const void *data;
    bool fill; /* doubles: NAN is the fill value */
};

BASIN_CHECKED int basin_h5_write_text(
    hid_t object, const char *name, const char *text, struct basin_diag *diag);

/* An attribute of n numbers. */
BASIN_CHECKED int basin_h5_write_numbers(hid_t object, const char *name, hid_t file_type,
    hid_t memory_type, hsize_t n, const void *values, struct basin_diag *diag);

/* A group that tracks the order of creation and no times; negative if HDF5 fails. */
hid_t basin_h5_make_group(hid_t parent, const char *name);

/* How a dataset is stored: whole where small, else in compressed chunks of the last
 * dimensions whole. To be closed. */
hid_t basin_h5_make_layout(hid_t type, int rank, const hsize_t *size, const void *fill);

/* Makes a dataset of these sizes, writes it and describes it. It is left open. */
BASIN_CHECKED int basin_h5_make_dataset(hid_t group, const struct basin_h5_field *field,
    int rank, const hsize_t *size, hid_t *dataset, struct basin_diag *diag);

/* A coordinate variable: a dimension with a value at every position. */
BASIN_CHECKED int basin_h5_write_scale(
    hid_t group, const struct basin_h5_field *field, hsize_t n, struct basin_diag *diag);

/* Makes the named coordinate variable the dimension at a place of a dataset. */
BASIN_CHECKED int basin_h5_attach(hid_t group, hid_t dataset, const char *dimension,
    unsigned place, struct basin_diag *diag);

/* ---- Reading: h5read.c ---------------------------------------------------------- */

/* What may still be allocated for what a file holds. */
struct basin_h5_budget {
    size_t numbers;
    size_t bytes; /* of strings */
};

struct basin_h5_shape {
    int rank;
    hsize_t size[BASIN_H5_RANK];
    size_t n; /* numbers in all */
    bool text;
};

/* "not a results file of basin: 'name' what"; code BASIN_ERR_FORMAT. */
int basin_h5_fail_format(struct basin_diag *diag, const char *name, const char *what);

#ifdef __clang_analyzer__
/* The analyser would follow a failure that returns 0. */
#define basin_h5_fail_format(diag, name, what)                                           \
    (basin_h5_fail_format(diag, name, what), BASIN_ERR_FORMAT)
#endif

/* A text attribute; the caller frees it. */
BASIN_CHECKED int basin_h5_read_text(
    hid_t object, const char *name, char **text, struct basin_diag *diag);

/* Opens a dataset of numbers or texts that must be there, behind a hard link. */
BASIN_CHECKED int basin_h5_open(hid_t group, const char *name,
    struct basin_h5_shape *shape, const struct basin_h5_budget *budget, hid_t *dataset,
    struct basin_diag *diag);

/* The n strings of an open dataset, each to be freed, into texts. */
BASIN_CHECKED int basin_h5_read_strings(hid_t dataset, size_t n, char **texts,
    struct basin_h5_budget *budget, struct basin_diag *diag);

/* All numbers of an open dataset, in memory of their own. */
BASIN_CHECKED int basin_h5_read_numbers(hid_t dataset, const char *name,
    const struct basin_h5_shape *shape, struct basin_h5_budget *budget, double **numbers,
    struct basin_diag *diag);

/* One-dimensional numbers by name. */
BASIN_CHECKED int basin_h5_read_list(hid_t group, const char *name,
    struct basin_h5_budget *budget, size_t *n, double **numbers, struct basin_diag *diag);

/* The name of the dimension at a place of a dataset; label is the dataset's own. */
BASIN_CHECKED int basin_h5_dimension_name(hid_t dataset, const char *label,
    unsigned place, char name[64], struct basin_diag *diag);

#endif
