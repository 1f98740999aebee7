/* Writing a result: the axes of a group and the dimensions of its metrics. */
#include "store/inside.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    const struct basin_writer *self, const char *name, const char *long_name, size_t n)
{
    int *values = malloc((n + 1) * sizeof(*values));
    if (values == NULL) {
        return basin_fail(self->diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (int)i;
    }
    struct basin_h5_field field = {.name = name,
        .long_name = long_name,
        .unit = "1",
        .type = H5T_NATIVE_INT,
        .file_type = H5T_STD_I32LE,
        .data = values};
    int ret = basin_h5_write_scale(self->id, &field, n, self->diag);
    free(values);
    return ret;
}

/* One axis: along itself in a grid, along `cell` in a table. of[i] is the value at
 * position i of n. Names of values that are no numbers go into strings, their numbers
 * into <axis>_number. */
static int write_axis(const struct basin_writer *self,
    const struct basin_coordinate *axis, const uint32_t *of, size_t step, size_t n)
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
    struct basin_h5_field numbers = {axis->name, axis->unit, axis->long_name,
        H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, number, true};
    struct basin_h5_field texts = {
        axis->name, axis->unit, axis->long_name, self->text, self->text, text, false};
    struct basin_h5_field *field = is_numeric(axis) ? &numbers : &texts;
    if (self->grid) {
        ret = basin_h5_write_scale(self->id, field, n, self->diag);
    } else {
        ret = basin_write_variable(self, field, 1, &along, NULL);
    }
    if (ret == 0 && field == &texts) {
        numbers.name = name.text;
        numbers.long_name = "number that stands for the name";
        hid_t dataset;
        hsize_t size = n;
        ret = basin_h5_make_dataset(self->id, &numbers, 1, &size, &dataset, self->diag);
        if (ret == 0) {
            ret = basin_h5_attach(
                self->id, dataset, self->grid ? axis->name : "cell", 0, self->diag);
            H5Dclose(dataset);
        }
    }
out:
    basin_str_free(&name);
    free(number);
    free(text);
    return ret;
}

int basin_write_base(struct basin_writer *self)
{
    const struct basin_group *group = self->group;
    int ret = 0;
    if (!self->grid) {
        self->dimensions[self->n_dimensions++] =
            (struct basin_h5_dimension){"cell", group->n_cells};
        ret = write_counter(self, "cell", "cell of the sweep", group->n_cells);
    }
    for (size_t a = 0; ret == 0 && a < group->n_coordinates; a++) {
        const struct basin_coordinate *axis = &group->coordinates[a];
        if (self->grid) {
            self->dimensions[self->n_dimensions++] =
                (struct basin_h5_dimension){axis->name, axis->n};
            ret = write_axis(self, axis, NULL, 0, axis->n);
        } else {
            ret = write_axis(
                self, axis, group->index + a, group->n_coordinates, group->n_cells);
        }
    }
    if (ret == 0) {
        self->dimensions[self->n_dimensions++] =
            (struct basin_h5_dimension){"replicate", group->n_replicates};
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
    const struct basin_writer *self, const char *dimension, const double *edges, size_t n)
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
    struct basin_h5_field centres = {dimension, "1", "middle of the bin",
        H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, centre, false};
    struct basin_h5_field borders = {
        name.text, "1", long_name.text, H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE, edges, false};
    ret = basin_h5_write_scale(self->id, &centres, n, self->diag);
    if (ret == 0) {
        ret = basin_h5_write_scale(self->id, &borders, n + 1, self->diag);
    }
out:
    basin_str_free(&name);
    basin_str_free(&long_name);
    free(centre);
    return ret;
}

int basin_write_dimension(struct basin_writer *self,
    const struct basin_variable *variable, size_t k, size_t *place)
{
    const char *name = variable->dimension[k];
    for (size_t i = self->n_base; i < self->n_dimensions; i++) {
        if (strcmp(self->dimensions[i].name, name) == 0) {
            *place = i;
            return 0;
        }
    }
    *place = self->n_dimensions;
    self->dimensions[self->n_dimensions++] =
        (struct basin_h5_dimension){name, variable->size[k]};
    const double *edges = edges_of(self->group, name);
    if (edges != NULL) {
        return write_bins(self, name, edges, variable->size[k]);
    }
    return write_counter(self, name, "position", variable->size[k]);
}
