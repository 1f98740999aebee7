/* Writing a result: netCDF-4 readable HDF5.
 *
 * The file is made in memory (HDF5's core driver) and then put on the disc in one go:
 * HDF5 never meets a full disc, and the old file stays until the new one is whole. Order
 * of creation is tracked and times are not, as netCDF-4 asks and `cmp` needs. */
#include "store/build.h"
#include "store/file.h"
#include "store/h5.h"
#include "store/result.h"

#include "base/str.h"

#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AXES_MOST = 16, /* of a grid; HDF5 allows 32 dimensions in all */
    RANK_MOST = AXES_MOST + 1 + BASIN_METRIC_RANK,
    DEFLATE = 4,
    COMPRESS_FROM = 4096,   /* bytes */
    CHUNK_MOST = 1 << 20,   /* bytes */
    IMAGE_GROWTH = 1 << 20, /* bytes */
    NAME_MOST = 120,        /* of a group; netCDF allows 256 */
};

struct dimension {
    const char *name;
    hsize_t n;
};

/* A group of the file while it is written. */
struct writer {
    hid_t id;
    hid_t text; /* type of strings */
    const struct basin_group *group;
    bool grid;
    size_t n_base; /* dimensions of status, replicate included */
    size_t n_dimensions;
    struct dimension *dimensions; /* the base first, then those of metrics */
    char coordinates[512];        /* of a table, for every variable */
    struct basin_diag *diag;
};

/* ---- Attributes ----------------------------------------------------------------- */

static int write_text(
    hid_t object, const char *name, const char *text, struct basin_diag *diag)
{
    hid_t type = basin_h5_text_type();
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int ret = 0;
    if (attribute < 0 || H5Awrite(attribute, type, &text) < 0) {
        ret = basin_h5_fail(diag, "cannot write the attribute %s", name);
    }
    if (attribute >= 0) {
        H5Aclose(attribute);
    }
    H5Sclose(space);
    H5Tclose(type);
    return ret;
}

static int write_numbers(hid_t object, const char *name, hid_t file_type,
    hid_t memory_type, hsize_t n, const void *values, struct basin_diag *diag)
{
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t attribute =
        H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    int ret = 0;
    if (attribute < 0 || H5Awrite(attribute, memory_type, values) < 0) {
        ret = basin_h5_fail(diag, "cannot write the attribute %s", name);
    }
    if (attribute >= 0) {
        H5Aclose(attribute);
    }
    H5Sclose(space);
    return ret;
}

/* ---- Groups and datasets -------------------------------------------------------- */

static hid_t make_group(hid_t parent, const char *name)
{
    hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_link_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(plist, 0);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    return group;
}

/* How a dataset is stored: whole where small, else in compressed chunks of the last
 * dimensions whole. */
static hid_t make_layout(hid_t type, int rank, const hsize_t *size, const void *fill)
{
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(plist, 0);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    hsize_t chunk[RANK_MOST];
    hsize_t bytes = H5Tget_size(type);
    for (int i = 0; i < rank; i++) {
        chunk[i] = size[i];
        bytes *= size[i];
    }
    if (fill != NULL) {
        H5Pset_fill_value(plist, type, fill);
    }
    if (bytes <= COMPRESS_FROM) {
        return plist;
    }
    for (int i = 0; i < rank && bytes > CHUNK_MOST; i++) {
        hsize_t slice = bytes / chunk[i];
        hsize_t most = slice >= CHUNK_MOST ? 1 : CHUNK_MOST / slice;
        chunk[i] = chunk[i] > most ? most : chunk[i];
        bytes = slice * chunk[i];
    }
    H5Pset_chunk(plist, rank, chunk);
    H5Pset_shuffle(plist);
    H5Pset_deflate(plist, DEFLATE);
    return plist;
}

struct field {
    const char *name;
    const char *unit;      /* NULL: none */
    const char *long_name; /* NULL: none */
    hid_t type;            /* in memory, or of the file where it is a string */
    hid_t file_type;
    const void *data;
    bool fill; /* doubles: NAN is the fill value */
};

static int describe(const struct writer *self, hid_t dataset, const struct field *field)
{
    const double missing = NAN;
    int ret = 0;
    if (field->long_name != NULL) {
        ret = write_text(dataset, "long_name", field->long_name, self->diag);
    }
    if (ret == 0 && field->unit != NULL) {
        ret = write_text(dataset, "units", field->unit, self->diag);
    }
    if (ret == 0 && field->fill) {
        ret = write_numbers(dataset, "_FillValue", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1,
            &missing, self->diag);
    }
    return ret;
}

/* Makes a dataset over the dimensions of these sizes, writes it and describes it. It is
 * left open. */
static int make_dataset(const struct writer *self, const struct field *field, int rank,
    const hsize_t *size, hid_t *dataset)
{
    const double missing = NAN;
    hid_t space = H5Screate_simple(rank, size, NULL);
    hid_t plist =
        make_layout(field->file_type, rank, size, field->fill ? &missing : NULL);
    hid_t made = H5Dcreate2(
        self->id, field->name, field->file_type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    int ret = 0;
    if (made < 0 ||
        H5Dwrite(made, field->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, field->data) < 0) {
        ret = basin_h5_fail(self->diag, "cannot write %s", field->name);
    }
    H5Pclose(plist);
    H5Sclose(space);
    if (ret == 0) {
        ret = describe(self, made, field);
    }
    if (ret != 0 && made >= 0) {
        H5Dclose(made);
    }
    *dataset = made;
    return ret;
}

/* A coordinate variable: a dimension with a value at every position. */
static int write_scale(const struct writer *self, const struct field *field, hsize_t n)
{
    hid_t dataset;
    int ret = make_dataset(self, field, 1, &n, &dataset);
    if (ret != 0) {
        return ret;
    }
    if (H5DSset_scale(dataset, field->name) < 0) {
        ret = basin_h5_fail(self->diag, "cannot make %s a dimension", field->name);
    }
    H5Dclose(dataset);
    return ret;
}

static int attach(
    const struct writer *self, hid_t dataset, const char *dimension, unsigned place)
{
    hid_t scale = H5Dopen2(self->id, dimension, H5P_DEFAULT);
    int ret = 0;
    if (scale < 0 || H5DSattach_scale(dataset, scale, place) < 0) {
        ret = basin_h5_fail(self->diag, "cannot attach the dimension %s", dimension);
    }
    if (scale >= 0) {
        H5Dclose(scale);
    }
    return ret;
}

/* A variable over dimensions of the group, given by their places in its list. The dataset
 * stays open for more attributes unless dataset is NULL. */
static int write_variable(const struct writer *self, const struct field *field,
    size_t rank, const size_t *places, hid_t *dataset)
{
    hsize_t size[RANK_MOST] = {0};
    for (size_t i = 0; i < rank; i++) {
        size[i] = self->dimensions[places[i]].n;
    }
    hid_t made;
    int ret = make_dataset(self, field, (int)rank, size, &made);
    if (ret != 0) {
        return ret;
    }
    for (size_t i = 0; ret == 0 && i < rank; i++) {
        ret = attach(self, made, self->dimensions[places[i]].name, (unsigned)i);
    }
    if (ret == 0 && !self->grid && places[0] == 0 && self->coordinates[0] != '\0') {
        ret = write_text(made, "coordinates", self->coordinates, self->diag);
    }
    if (ret != 0 || dataset == NULL) {
        H5Dclose(made);
    } else {
        *dataset = made;
    }
    return ret;
}

/* ---- Dimensions ----------------------------------------------------------------- */

/* Cells per place of the grid, at least a quarter: a grid; else a table. */
static bool fills_grid(const struct basin_group *group)
{
    size_t places = 1;
    for (size_t a = 0; a < group->n_coordinates; a++) {
        places *= group->coordinates[a].n;
        if (places == 0 || places > 4 * group->n_cells) {
            return false;
        }
    }
    for (size_t i = 0; i < group->n_cells * group->n_coordinates; i++) {
        if (group->index[i] == BASIN_NO_VALUE) {
            return false;
        }
    }
    return group->n_coordinates <= AXES_MOST;
}

/* Whether every value is the number that its text says. */
static bool is_numeric(const struct basin_coordinate *coordinate)
{
    for (size_t i = 0; i < coordinate->n; i++) {
        char buffer[32];
        if (strcmp(coordinate->text[i],
                basin_str_of_double(coordinate->number[i], buffer)) != 0 ||
            isnan(coordinate->number[i])) {
            return false;
        }
    }
    return true;
}

static int write_counter(
    const struct writer *self, const char *name, const char *long_name, size_t n)
{
    int *values = malloc((n + 1) * sizeof(*values));
    if (values == NULL) {
        return basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (int)i;
    }
    struct field field = {.name = name,
        .long_name = long_name,
        .unit = "1",
        .type = H5T_NATIVE_INT,
        .file_type = H5T_STD_I32LE,
        .data = values};
    int ret = write_scale(self, &field, n);
    free(values);
    return ret;
}

/* One axis: along itself in a grid, along `cell` in a table. of[i] is the value at
 * position i of n. Names of values that are no numbers go into strings, their numbers
 * into <axis>_number. */
static int write_axis(const struct writer *self, const struct basin_coordinate *axis,
    const uint32_t *of, size_t step, size_t n)
{
    double *number = malloc((n + 1) * sizeof(*number));
    char **text = malloc((n + 1) * sizeof(*text));
    struct basin_str name = {0};
    basin_str_add(&name, "%s_number", axis->name);
    int ret = 0;
    if (number == NULL || text == NULL || name.failed) {
        ret = basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t value = of == NULL ? (uint32_t)i : of[i * step];
        number[i] = value == BASIN_NO_VALUE ? NAN : axis->number[value];
        text[i] = value == BASIN_NO_VALUE ? NULL : axis->text[value];
    }
    const size_t along = 0;
    struct field numbers = {axis->name, axis->unit, axis->long_name, H5T_NATIVE_DOUBLE,
        H5T_IEEE_F64LE, number, true};
    struct field texts = {
        axis->name, axis->unit, axis->long_name, self->text, self->text, text, false};
    struct field *field = is_numeric(axis) ? &numbers : &texts;
    if (self->grid) {
        ret = write_scale(self, field, n);
    } else {
        ret = write_variable(self, field, 1, &along, NULL);
    }
    if (ret == 0 && field == &texts) {
        numbers.name = name.text;
        numbers.long_name = "number that stands for the name";
        hid_t dataset;
        hsize_t size = n;
        ret = make_dataset(self, &numbers, 1, &size, &dataset);
        if (ret == 0) {
            ret = attach(self, dataset, self->grid ? axis->name : "cell", 0);
            H5Dclose(dataset);
        }
    }
out:
    basin_str_free(&name);
    free(number);
    free(text);
    return ret;
}

static int write_base(struct writer *self)
{
    const struct basin_group *group = self->group;
    int ret = 0;
    if (!self->grid) {
        self->dimensions[self->n_dimensions++] =
            (struct dimension){"cell", group->n_cells};
        ret = write_counter(self, "cell", "cell of the sweep", group->n_cells);
    }
    for (size_t a = 0; ret == 0 && a < group->n_coordinates; a++) {
        const struct basin_coordinate *axis = &group->coordinates[a];
        if (self->grid) {
            self->dimensions[self->n_dimensions++] =
                (struct dimension){axis->name, axis->n};
            ret = write_axis(self, axis, NULL, 0, axis->n);
        } else {
            ret = write_axis(
                self, axis, group->index + a, group->n_coordinates, group->n_cells);
        }
    }
    if (ret == 0) {
        self->dimensions[self->n_dimensions++] =
            (struct dimension){"replicate", group->n_replicates};
        ret = write_counter(
            self, "replicate", "independent replicate", group->n_replicates);
    }
    self->n_base = self->n_dimensions;
    return ret;
}

/* Bin edges of a dimension, or NULL. */
static const double *edges_of(const struct basin_group *group, const char *dimension)
{
    for (size_t i = 0; i < group->n_variables; i++) {
        const struct basin_variable *variable = &group->variables[i];
        if (variable->edges != NULL &&
            strcmp(variable->dimension[variable->rank - 1], dimension) == 0) {
            return variable->edges;
        }
    }
    return NULL;
}

static int write_bins(
    const struct writer *self, const char *dimension, const double *edges, size_t n)
{
    double *centre = malloc((n + 1) * sizeof(*centre));
    struct basin_str name = {0};
    struct basin_str long_name = {0};
    basin_str_add(&name, "%s_edges", dimension);
    basin_str_add(&long_name, "bin edges of %s", dimension);
    int ret = 0;
    if (centre == NULL || name.failed || long_name.failed) {
        ret = basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        centre[i] = (edges[i] + edges[i + 1]) / 2;
    }
    struct field centres = {dimension, "1", "middle of the bin", H5T_NATIVE_DOUBLE,
        H5T_IEEE_F64LE, centre, false};
    struct field borders = {
        name.text, "1", long_name.text, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, edges, false};
    ret = write_scale(self, &centres, n);
    if (ret == 0) {
        ret = write_scale(self, &borders, n + 1);
    }
out:
    basin_str_free(&name);
    basin_str_free(&long_name);
    free(centre);
    return ret;
}

/* Place of a metric's dimension in the group's list; the first to name it makes it. */
static int place_dimension(
    struct writer *self, const struct basin_variable *variable, size_t k, size_t *place)
{
    const char *name = variable->dimension[k];
    for (size_t i = self->n_base; i < self->n_dimensions; i++) {
        if (strcmp(self->dimensions[i].name, name) == 0) {
            *place = i;
            return 0;
        }
    }
    *place = self->n_dimensions;
    self->dimensions[self->n_dimensions++] = (struct dimension){name, variable->size[k]};
    const double *edges = edges_of(self->group, name);
    if (edges != NULL) {
        return write_bins(self, name, edges, variable->size[k]);
    }
    return write_counter(self, name, "position", variable->size[k]);
}

/* ---- Data ----------------------------------------------------------------------- */

/* Cells of a grid, each with `block` bytes, put at their places; unused places keep what
 * they are filled with. NULL if the cells fill the grid in order, and data can be written
 * as it is. */
static int spread(const struct writer *self, const void *data, size_t block,
    const void *empty, size_t empty_size, void **grid)
{
    const struct basin_group *group = self->group;
    size_t places = 1;
    for (size_t a = 0; a < group->n_coordinates; a++) {
        places *= group->coordinates[a].n;
    }
    *grid = NULL;
    if (!self->grid || places == group->n_cells) {
        return 0;
    }
    unsigned char *bytes = calloc(places, block);
    if (bytes == NULL) {
        return basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < places * block; i += empty_size) {
        memcpy(bytes + i, empty, empty_size);
    }
    for (size_t c = 0; c < group->n_cells; c++) {
        size_t place = 0;
        for (size_t a = 0; a < group->n_coordinates; a++) {
            place = place * group->coordinates[a].n +
                    group->index[c * group->n_coordinates + a];
        }
        memcpy(bytes + place * block, (const unsigned char *)data + c * block, block);
    }
    *grid = bytes;
    return 0;
}

static int write_status(struct writer *self)
{
    static const signed char values[] = {
#define STATUS_VALUE(name, value, text) value,
        BASIN_STATUSES(STATUS_VALUE)
#undef STATUS_VALUE
    };
#define STATUS_TEXT(name, value, text) " " text
    static const char meanings[] = BASIN_STATUSES(STATUS_TEXT);
#undef STATUS_TEXT
    const unsigned char not_run = BASIN_STATUS_NOT_RUN;
    size_t places[RANK_MOST];
    for (size_t i = 0; i < self->n_base; i++) {
        places[i] = i;
    }
    void *grid;
    int ret =
        spread(self, self->group->status, self->group->n_replicates, &not_run, 1, &grid);
    if (ret != 0) {
        return ret;
    }
    struct field field = {.name = "status",
        .long_name = "how the replicate ended",
        .type = H5T_NATIVE_UCHAR,
        .file_type = H5T_STD_I8LE,
        .data = grid != NULL ? grid : self->group->status};
    hid_t dataset;
    ret = write_variable(self, &field, self->n_base, places, &dataset);
    free(grid);
    if (ret != 0) {
        return ret;
    }
    ret = write_numbers(dataset, "flag_values", H5T_STD_I8LE, H5T_NATIVE_SCHAR,
        sizeof(values), values, self->diag);
    if (ret == 0) {
        ret = write_text(dataset, "flag_meanings", meanings + 1, self->diag);
    }
    H5Dclose(dataset);
    return ret;
}

static int write_reasons(struct writer *self)
{
    if (self->group->reason == NULL) {
        return 0;
    }
    const char *const none = NULL;
    size_t places[RANK_MOST];
    for (size_t i = 0; i < self->n_base; i++) {
        places[i] = i;
    }
    void *grid;
    int ret = spread(self, self->group->reason,
        self->group->n_replicates * sizeof(char *), &none, sizeof(char *), &grid);
    if (ret != 0) {
        return ret;
    }
    struct field field = {.name = "reason",
        .long_name = "why the replicate failed",
        .type = self->text,
        .file_type = self->text,
        .data = grid != NULL ? grid : (const void *)self->group->reason};
    ret = write_variable(self, &field, self->n_base, places, NULL);
    free(grid);
    return ret;
}

static int write_metric(struct writer *self, const struct basin_variable *variable)
{
    const double missing = NAN;
    size_t places[RANK_MOST];
    size_t rank = 0;
    while (rank < self->n_base - variable->once) {
        places[rank] = rank;
        rank++;
    }
    int ret = 0;
    for (size_t k = 0; ret == 0 && k < variable->rank; k++) {
        ret = place_dimension(self, variable, k, &places[rank++]);
    }
    void *grid = NULL;
    size_t blocks = variable->once ? 1 : self->group->n_replicates;
    if (ret == 0) {
        ret = spread(self, variable->data, blocks * variable->stride * sizeof(double),
            &missing, sizeof(missing), &grid);
    }
    if (ret == 0) {
        struct field field = {variable->name, variable->unit, variable->long_name,
            H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, grid != NULL ? grid : variable->data,
            true};
        ret = write_variable(self, &field, rank, places, NULL);
    }
    free(grid);
    return ret;
}

/* ---- A group -------------------------------------------------------------------- */

/* Names separated by spaces. */
static int write_names(struct writer *self, const char *attribute, bool axes)
{
    const struct basin_group *group = self->group;
    struct basin_str names = {0};
    size_t n = axes ? group->n_coordinates : group->n_variables;
    basin_str_add(&names, "%s", "");
    for (size_t i = 0; i < n; i++) {
        basin_str_add(&names, "%s%s", i == 0 ? "" : " ",
            axes ? group->coordinates[i].name : group->variables[i].name);
    }
    int ret = names.failed ? basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory")
                           : write_text(self->id, attribute, names.text, self->diag);
    if (ret == 0 && axes && names.length < sizeof(self->coordinates)) {
        memcpy(self->coordinates, names.text, names.length + 1);
    }
    basin_str_free(&names);
    return ret;
}

static int fill_group(struct writer *self)
{
    const struct basin_group *group = self->group;
    int ret = write_text(self->id, "label", group->label, self->diag);
    ret = ret != 0 ? ret : write_text(self->id, "kind", group->kind, self->diag);
    ret = ret != 0
              ? ret
              : write_text(self->id, "layout", self->grid ? "grid" : "table", self->diag);
    ret = ret != 0 ? ret : write_names(self, "axes", true);
    ret = ret != 0 ? ret : write_names(self, "metrics", false);
    ret = ret != 0 ? ret : write_base(self);
    ret = ret != 0 ? ret : write_status(self);
    ret = ret != 0 ? ret : write_reasons(self);
    for (size_t i = 0; ret == 0 && i < group->n_variables; i++) {
        ret = write_metric(self, &group->variables[i]);
    }
    return ret;
}

/* A label as netCDF allows names: no slash, no control characters, a letter, a digit or
 * an underscore first, no space at the end. */
static void group_name(const char *label, char name[NAME_MOST + 8])
{
    size_t n = 0;
    if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
            label[0]) == NULL &&
        (unsigned char)label[0] < 0x80) {
        name[n++] = '_';
    }
    for (const char *c = label; *c != '\0' && n < NAME_MOST; c++) {
        unsigned char byte = (unsigned char)*c;
        name[n++] = (char)(byte < 0x20 || byte == 0x7f || byte == '/' ? '_' : byte);
    }
    while (n == NAME_MOST && n > 0 && ((unsigned char)label[n] & 0xc0) == 0x80) {
        n--; /* not within a character */
    }
    if (n == 0 || name[n - 1] == ' ') {
        name[n++] = '_';
    }
    name[n] = '\0';
}

static int write_group(
    hid_t file, const struct basin_group *group, size_t number, struct basin_diag *diag)
{
    char name[NAME_MOST + 32];
    group_name(group->label, name);
    if (H5Lexists(file, name, H5P_DEFAULT) > 0) {
        snprintf(name + strlen(name), 24, "_%zu", number);
    }
    struct writer self = {
        .id = make_group(file, name),
        .text = basin_h5_text_type(),
        .group = group,
        .grid = fills_grid(group),
        .dimensions =
            calloc(2 + group->n_coordinates + group->n_variables * BASIN_METRIC_RANK,
                sizeof(*self.dimensions)),
        .diag = diag,
    };
    int ret;
    if (self.dimensions == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    } else if (self.id < 0 || self.text < 0) {
        ret = basin_h5_fail(diag, "cannot make the group %s", name);
    } else {
        ret = fill_group(&self);
    }
    free(self.dimensions);
    if (self.text >= 0) {
        H5Tclose(self.text);
    }
    if (self.id >= 0) {
        H5Gclose(self.id);
    }
    return ret == 0 ? 0 : basin_fail_in(diag, ret, "results of %s", group->label);
}

/* ---- The file ------------------------------------------------------------------- */

static int write_config(hid_t file, const char *config, struct basin_diag *diag)
{
    hid_t group = make_group(file, "config");
    hid_t type = basin_h5_text_type();
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t plist = make_layout(type, 0, NULL, NULL);
    hid_t dataset =
        H5Dcreate2(group, "yaml", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    int ret = 0;
    if (dataset < 0 ||
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &config) < 0) {
        ret = basin_h5_fail(diag, "cannot write the configuration");
    } else {
        ret = write_text(dataset, "long_name", "resolved configuration", diag);
    }
    if (dataset >= 0) {
        H5Dclose(dataset);
    }
    H5Pclose(plist);
    H5Sclose(space);
    H5Tclose(type);
    if (group >= 0) {
        H5Gclose(group);
    }
    return ret;
}

static int write_code(hid_t file, struct basin_diag *diag)
{
    hid_t group = make_group(file, "code");
    if (group < 0) {
        return basin_h5_fail(diag, "cannot make the group code");
    }
    int ret = 0;
    for (const struct basin_build_fact *fact = basin_build_facts;
         ret == 0 && fact->name != NULL; fact++) {
        ret = write_text(group, fact->name, fact->value, diag);
    }
    H5Gclose(group);
    return ret;
}

static int fill_file(
    hid_t file, const struct basin_result *result, struct basin_diag *diag)
{
    char plan[BASIN_ID_TEXT];
    const char *const attributes[][2] = {
        {"Conventions", BASIN_H5_CONVENTIONS},
        {"title", result->title},
        {"name", result->name},
        {"experiment", result->experiment},
        {"plan", basin_id_text(&result->plan, plan)},
    };
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        ret = write_text(file, attributes[i][0], attributes[i][1], diag);
    }
    ret = ret != 0 ? ret : write_config(file, result->config, diag);
    ret = ret != 0 ? ret : write_code(file, diag);
    for (size_t i = 0; ret == 0 && i < result->n_groups; i++) {
        ret = write_group(file, &result->groups[i], i, diag);
    }
    return ret;
}

static hid_t make_file(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_fapl_core(access, IMAGE_GROWTH, 0);
    H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(creation, 0);
    hid_t file = H5Fcreate("result.h5", H5F_ACC_TRUNC, creation, access);
    H5Pclose(creation);
    H5Pclose(access);
    return file;
}

int basin_result_write(
    const struct basin_result *self, const char *path, struct basin_diag *diag)
{
    basin_h5_quiet();
    hid_t file = make_file();
    if (file < 0) {
        return basin_h5_fail(diag, "cannot make %s", path);
    }
    void *image = NULL;
    ssize_t size = 0;
    int ret = fill_file(file, self, diag);
    if (ret == 0 && (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 ||
                        (size = H5Fget_file_image(file, NULL, 0)) <= 0)) {
        ret = basin_h5_fail(diag, "cannot finish");
    } else if (ret == 0 && (image = malloc((size_t)size)) == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    } else if (ret == 0 && H5Fget_file_image(file, image, (size_t)size) != size) {
        ret = basin_h5_fail(diag, "cannot finish");
    }
    H5Fclose(file);
    ret = ret != 0 ? basin_fail_in(diag, ret, "%s", path)
                   : basin_file_replace(path, image, (size_t)size, diag);
    free(image);
    return ret;
}
