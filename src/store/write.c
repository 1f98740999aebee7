/* Writing a result: netCDF-4 readable HDF5.
 *
 * The file is made in memory (HDF5's core driver) and then put on the disc in one go:
 * HDF5 never meets a full disc, and the old file stays until the new one is whole. Order
 * of creation is tracked and times are not, as netCDF-4 asks and `cmp` needs. */
#include "base/file.h"
#include "store/build.h"
#include "store/inside.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    IMAGE_GROWTH = 1 << 20, /* bytes */
    NAME_MOST = 120,        /* of a group; netCDF allows 256 */
};

/* ---- Data ----------------------------------------------------------------------- */

int basin_write_variable(const struct basin_writer *self,
    const struct basin_h5_field *field, size_t rank, const size_t *places, hid_t *dataset)
{
    hsize_t size[BASIN_H5_RANK] = {0};
    for (size_t i = 0; i < rank; i++) {
        size[i] = self->dimensions[places[i]].n;
    }
    hid_t made;
    int ret = basin_h5_make_dataset(self->id, field, (int)rank, size, &made, self->diag);
    if (ret != 0) {
        return ret;
    }
    for (size_t i = 0; ret == 0 && i < rank; i++) {
        ret = basin_h5_attach(
            self->id, made, self->dimensions[places[i]].name, (unsigned)i, self->diag);
    }
    if (ret == 0 && !self->grid && places[0] == 0 && self->coordinates[0] != '\0') {
        ret = basin_h5_write_text(made, "coordinates", self->coordinates, self->diag);
    }
    if (ret != 0 || dataset == NULL) {
        H5Dclose(made);
    } else {
        *dataset = made;
    }
    return ret;
}

/* Cells of a grid, each with `block` bytes, put at their places; unused places keep what
 * they are filled with. NULL if the cells fill the grid in order, and data can be
 * written as it is. */
static int spread(const struct basin_writer *self, const void *data, size_t block,
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

static int write_status(struct basin_writer *self)
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
    size_t places[BASIN_H5_RANK] = {0};
    for (size_t i = 0; i < self->n_base; i++) {
        places[i] = i;
    }
    void *grid;
    int ret =
        spread(self, self->group->status, self->group->n_replicates, &not_run, 1, &grid);
    if (ret != 0) {
        return ret;
    }
    struct basin_h5_field field = {.name = "status",
        .long_name = "how the replicate ended",
        .type = H5T_NATIVE_UCHAR,
        .file_type = H5T_STD_I8LE,
        .data = grid != NULL ? grid : self->group->status};
    hid_t dataset;
    ret = basin_write_variable(self, &field, self->n_base, places, &dataset);
    free(grid);
    if (ret != 0) {
        return ret;
    }
    ret = basin_h5_write_numbers(dataset, "flag_values", H5T_STD_I8LE, H5T_NATIVE_SCHAR,
        sizeof(values), values, self->diag);
    if (ret == 0) {
        ret = basin_h5_write_text(dataset, "flag_meanings", meanings + 1, self->diag);
    }
    H5Dclose(dataset);
    return ret;
}

/* A failure that was made good leaves no trace. */
static bool has_reasons(const struct basin_group *group)
{
    size_t n = group->reason == NULL ? 0 : group->n_cells * group->n_replicates;
    for (size_t i = 0; i < n; i++) {
        if (group->reason[i] != NULL) {
            return true;
        }
    }
    return false;
}

static int write_reasons(struct basin_writer *self)
{
    if (!has_reasons(self->group)) {
        return 0;
    }
    const char *const none = NULL;
    size_t places[BASIN_H5_RANK] = {0};
    for (size_t i = 0; i < self->n_base; i++) {
        places[i] = i;
    }
    void *grid;
    int ret = spread(self, self->group->reason,
        self->group->n_replicates * sizeof(char *), &none, sizeof(char *), &grid);
    if (ret != 0) {
        return ret;
    }
    struct basin_h5_field field = {.name = "reason",
        .long_name = "why the replicate failed",
        .type = self->text,
        .file_type = self->text,
        .data = grid != NULL ? grid : (const void *)self->group->reason};
    ret = basin_write_variable(self, &field, self->n_base, places, NULL);
    free(grid);
    return ret;
}

static int write_metric(struct basin_writer *self, const struct basin_variable *variable)
{
    const double missing = NAN;
    size_t places[BASIN_H5_RANK] = {0};
    size_t rank = 0;
    while (rank < self->n_base - variable->once) {
        places[rank] = rank;
        rank++;
    }
    int ret = 0;
    for (size_t k = 0; ret == 0 && k < variable->rank; k++) {
        ret = basin_write_dimension(self, variable, k, &places[rank++]);
    }
    void *grid = NULL;
    size_t blocks = variable->once ? 1 : self->group->n_replicates;
    if (ret == 0) {
        ret = spread(self, variable->data, blocks * variable->stride * sizeof(double),
            &missing, sizeof(missing), &grid);
    }
    if (ret == 0) {
        struct basin_h5_field field = {variable->name, variable->unit,
            variable->long_name, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE,
            grid != NULL ? grid : variable->data, true};
        hid_t dataset;
        ret = basin_write_variable(self, &field, rank, places, &dataset);
        if (ret == 0) {
            ret = variable->clocked
                      ? basin_h5_write_text(dataset, "reproducible", "no", self->diag)
                      : 0;
            H5Dclose(dataset);
        }
    }
    free(grid);
    return ret;
}

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
    return group->n_coordinates <= BASIN_GRID_AXES;
}

/* ---- A group -------------------------------------------------------------------- */

/* Names separated by spaces. */
static int write_names(struct basin_writer *self, const char *attribute, bool axes)
{
    const struct basin_group *group = self->group;
    struct basin_str names = {0};
    size_t n = axes ? group->n_coordinates : group->n_variables;
    basin_str_add(&names, "%s", "");
    for (size_t i = 0; i < n; i++) {
        basin_str_add(&names, "%s%s", i == 0 ? "" : " ",
            axes ? group->coordinates[i].name : group->variables[i].name);
    }
    int ret = names.failed
                  ? basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory")
                  : basin_h5_write_text(self->id, attribute, names.text, self->diag);
    if (ret == 0 && axes && names.length < sizeof(self->coordinates)) {
        memcpy(self->coordinates, names.text, names.length + 1);
    }
    basin_str_free(&names);
    return ret;
}

static int fill_group(struct basin_writer *self)
{
    const struct basin_group *group = self->group;
    int ret = basin_h5_write_text(self->id, "label", group->label, self->diag);
    ret = ret != 0 ? ret : basin_h5_write_text(self->id, "kind", group->kind, self->diag);
    ret = ret != 0 ? ret
                   : basin_h5_write_text(
                         self->id, "layout", self->grid ? "grid" : "table", self->diag);
    ret = ret != 0 ? ret : write_names(self, "axes", true);
    ret = ret != 0 ? ret : write_names(self, "metrics", false);
    ret = ret != 0 ? ret : basin_write_base(self);
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
    size_t length = strlen(label);
    if (length > NAME_MOST) {
        length = NAME_MOST;
        while (length > 0 && ((unsigned char)label[length] & 0xc0) == 0x80) {
            length--; /* not within a character */
        }
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)label[i];
        name[n++] = (char)(byte < 0x20 || byte == 0x7f || byte == '/' ? '_' : byte);
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
    struct basin_writer self = {
        .id = basin_h5_make_group(file, name),
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
    hid_t group = basin_h5_make_group(file, "config");
    hid_t type = basin_h5_text_type();
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t plist = basin_h5_make_layout(type, 0, NULL, NULL);
    hid_t dataset =
        H5Dcreate2(group, "yaml", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    int ret = 0;
    if (dataset < 0 ||
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &config) < 0) {
        ret = basin_h5_fail(diag, "cannot write the configuration");
    } else {
        ret = basin_h5_write_text(dataset, "long_name", "resolved configuration", diag);
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
    hid_t group = basin_h5_make_group(file, "code");
    if (group < 0) {
        return basin_h5_fail(diag, "cannot make the group code");
    }
    int ret = 0;
    for (const struct basin_build_fact *fact = basin_build_facts;
         ret == 0 && fact->name != NULL; fact++) {
        ret = basin_h5_write_text(group, fact->name, fact->value, diag);
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
        ret = basin_h5_write_text(file, attributes[i][0], attributes[i][1], diag);
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

/* The bytes of a file kept in memory; the caller's. */
static int file_image(hid_t file, void **image, size_t *size, struct basin_diag *diag)
{
    ssize_t n = -1;
    if (H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0) {
        n = H5Fget_file_image(file, NULL, 0);
    }
    if (n <= 0) {
        return basin_h5_fail(diag, "cannot finish");
    }
    *size = (size_t)n;
    *image = malloc(*size);
    if (*image == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (H5Fget_file_image(file, *image, *size) != n) {
        return basin_h5_fail(diag, "cannot finish");
    }
    return 0;
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
    size_t size = 0;
    int ret = fill_file(file, self, diag);
    ret = ret != 0 ? ret : file_image(file, &image, &size, diag);
    H5Fclose(file);
    ret = ret != 0 ? basin_fail_in(diag, ret, "%s", path)
                   : basin_file_replace(path, image, size, diag);
    free(image);
    return ret;
}
