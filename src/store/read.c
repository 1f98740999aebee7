/* Reading a result. The file may come from a stranger: types, shapes and sizes are
 * checked before anything is read, only hard links are followed, and no more memory is
 * taken than BASIN_RESULT_MAX numbers need. */
#include "store/file.h"
#include "store/h5.h"
#include "store/result.h"

#include "base/str.h"

#include <errno.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_MOST = 32, STRING_BYTES_MOST = 1 << 28, LIST_MOST = 64 };

/* What may still be allocated. */
struct budget {
    size_t numbers;
    size_t bytes; /* of strings */
};

/* A group of the file while it is read. */
struct reader {
    hid_t id;
    bool grid;
    size_t n_places; /* of the grid, or rows of the table */
    struct budget *budget;
    struct basin_group *group;
    struct basin_diag *diag;
};

static int fail_format(struct basin_diag *diag, const char *name, const char *what)
{
    return basin_fail(
        diag, BASIN_ERR_FORMAT, "not a results file of basin: '%s' %s", name, what);
}

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Texts ---------------------------------------------------------------------- */

/* HDF5 asks here for the memory of every string. */
static void *take_string(size_t size, void *context)
{
    struct budget *budget = context;
    if (size > budget->bytes) {
        return NULL;
    }
    budget->bytes -= size;
    return malloc(size);
}

static void free_string(void *string, void *context)
{
    (void)context;
    free(string);
}

static bool is_text(hid_t type)
{
    return type >= 0 && H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

/* A text attribute; the caller frees it. */
static int read_attribute(
    hid_t object, const char *name, char **text, struct basin_diag *diag)
{
    *text = NULL;
    if (H5Aexists(object, name) <= 0) {
        return fail_format(diag, name, "is missing (attribute)");
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    hid_t stored = attribute < 0 ? -1 : H5Aget_type(attribute);
    hid_t type = basin_h5_text_type();
    char *read = NULL;
    int ret = 0;
    if (!is_text(stored) || H5Sget_simple_extent_npoints(space) != 1) {
        ret = fail_format(diag, name, "is not a text (attribute)");
    } else if (H5Aread(attribute, type, &read) < 0) {
        ret = basin_h5_fail(diag, "cannot read the attribute %s", name);
    } else {
        *text = basin_str_copy(read == NULL ? "" : read);
        ret = *text == NULL ? fail_memory(diag) : 0;
        H5free_memory(read);
    }
    if (stored >= 0) {
        H5Tclose(stored);
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    if (attribute >= 0) {
        H5Aclose(attribute);
    }
    H5Tclose(type);
    return ret;
}

/* The n strings of an open dataset, each to be freed, into texts. */
static int read_strings(
    hid_t dataset, size_t n, char **texts, struct budget *budget, struct basin_diag *diag)
{
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    hid_t type = basin_h5_text_type();
    memset(texts, 0, n * sizeof(*texts));
    H5Pset_vlen_mem_manager(transfer, take_string, budget, free_string, budget);
    int ret = 0;
    if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer, texts) < 0) {
        for (size_t i = 0; i < n; i++) {
            free(texts[i]);
        }
        ret = basin_h5_fail(diag, "cannot read texts");
    }
    H5Tclose(type);
    H5Pclose(transfer);
    return ret;
}

/* ---- Datasets ------------------------------------------------------------------- */

struct shape {
    int rank;
    hsize_t size[RANK_MOST];
    size_t n; /* numbers in all */
    bool text;
};

static bool is_number(hid_t type)
{
    H5T_class_t kind = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    return (kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_size(type) <= 8;
}

static bool stored_inside(hid_t dataset)
{
    hid_t plist = H5Dget_create_plist(dataset);
    H5D_layout_t layout = plist < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(plist);
    bool inside = layout == H5D_COMPACT || layout == H5D_CHUNKED ||
                  (layout == H5D_CONTIGUOUS && H5Pget_external_count(plist) == 0);
    if (plist >= 0) {
        H5Pclose(plist);
    }
    return inside;
}

static int look_at(hid_t dataset, const char *name, struct shape *shape,
    const struct budget *budget, struct basin_diag *diag)
{
    hid_t type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset);
    shape->text = is_text(type);
    bool good = (shape->text || is_number(type)) && stored_inside(dataset) &&
                H5Sget_simple_extent_type(space) != H5S_NULL;
    shape->rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    good = good && shape->rank >= 0 && shape->rank <= RANK_MOST &&
           H5Sget_simple_extent_dims(space, shape->size, NULL) >= 0;
    if (type >= 0) {
        H5Tclose(type);
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    if (!good) {
        return fail_format(diag, name, "has neither numbers nor texts");
    }
    shape->n = 1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] == 0) {
            return fail_format(diag, name, "is empty");
        }
        if (shape->size[i] > budget->numbers / shape->n) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s is too big: results hold at most %zu numbers", name,
                BASIN_RESULT_MAX);
        }
        shape->n *= (size_t)shape->size[i];
    }
    return 0;
}

/* Opens a dataset that must be there, behind a hard link. */
static int open_dataset(hid_t group, const char *name, struct shape *shape,
    const struct budget *budget, hid_t *dataset, struct basin_diag *diag)
{
    H5L_info_t link;
    H5O_info_t object;
    *dataset = -1;
    if (H5Lexists(group, name, H5P_DEFAULT) <= 0) {
        return fail_format(diag, name, "is missing");
    }
    if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD ||
        H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
        object.type != H5O_TYPE_DATASET) {
        return fail_format(diag, name, "is not a dataset");
    }
    hid_t opened = H5Dopen2(group, name, H5P_DEFAULT);
    if (opened < 0) {
        return basin_h5_fail(diag, "cannot open %s", name);
    }
    int ret = look_at(opened, name, shape, budget, diag);
    if (ret != 0) {
        H5Dclose(opened);
        return ret;
    }
    *dataset = opened;
    return 0;
}

/* All numbers of an open dataset, in memory of their own. */
static int read_numbers(hid_t dataset, const char *name, const struct shape *shape,
    struct budget *budget, double **numbers, struct basin_diag *diag)
{
    if (shape->text) {
        return fail_format(diag, name, "has no numbers");
    }
    *numbers = malloc(shape->n * sizeof(**numbers));
    if (*numbers == NULL) {
        return fail_memory(diag);
    }
    budget->numbers -= shape->n;
    if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *numbers) <
        0) {
        free(*numbers);
        *numbers = NULL;
        return basin_h5_fail(diag, "cannot read %s", name);
    }
    return 0;
}

/* One-dimensional numbers by name. */
static int read_list(
    const struct reader *self, const char *name, size_t *n, double **numbers)
{
    struct shape shape;
    hid_t dataset;
    int ret = open_dataset(self->id, name, &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    if (shape.rank != 1) {
        ret = fail_format(self->diag, name, "has not just one dimension");
    } else {
        *n = shape.n;
        ret = read_numbers(dataset, name, &shape, self->budget, numbers, self->diag);
    }
    H5Dclose(dataset);
    return ret;
}

/* The name of the dimension scale at a place of a dataset. */
static herr_t keep_name(hid_t dataset, unsigned place, hid_t scale, void *context)
{
    (void)dataset;
    (void)place;
    return H5DSget_scale_name(scale, context, 64) > 0 ? 1 : -1;
}

static int dimension_name(hid_t dataset, const char *label, unsigned place, char name[64],
    struct basin_diag *diag)
{
    name[0] = '\0';
    if (H5DSiterate_scales(dataset, place, NULL, keep_name, name) != 1) {
        return fail_format(diag, label, "lacks the name of a dimension");
    }
    return 0;
}

/* ---- Axes ----------------------------------------------------------------------- */

struct value {
    double number;
    char *text; /* NULL: none, and number is NAN: the cell lacks the axis */
    size_t place;
};

/* Numbers ascending, NAN last; equal ones by text. */
static int compare_values(const void *left, const void *right)
{
    const struct value *a = left;
    const struct value *b = right;
    if (isnan(a->number) != isnan(b->number)) {
        return isnan(a->number) ? 1 : -1;
    }
    if (!isnan(a->number) && a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    if (a->text == NULL || b->text == NULL) {
        return (a->text == NULL) - (b->text == NULL);
    }
    return strcmp(a->text, b->text);
}

/* The values of an axis dataset: number and text of each position. */
static int read_values(const struct reader *self, const char *name, size_t *n,
    struct value **values, struct basin_coordinate *axis)
{
    struct shape shape;
    hid_t dataset;
    double *numbers = NULL;
    char **texts = NULL;
    *values = NULL;
    int ret = open_dataset(self->id, name, &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    if (shape.rank != 1 || shape.n > UINT32_MAX - 1) {
        ret = fail_format(self->diag, name, "has not just one dimension");
        goto out;
    }
    *n = shape.n;
    texts = calloc(shape.n, sizeof(*texts));
    *values = calloc(shape.n, sizeof(**values));
    if (texts == NULL || *values == NULL) {
        ret = fail_memory(self->diag);
        goto out;
    }
    ret = read_attribute(dataset, "units", &axis->unit, self->diag);
    ret = ret != 0 ? ret
                   : read_attribute(dataset, "long_name", &axis->long_name, self->diag);
    if (ret == 0 && shape.text) {
        char number_name[256];
        size_t n_numbers;
        snprintf(number_name, sizeof(number_name), "%s_number", name);
        ret = read_strings(dataset, shape.n, texts, self->budget, self->diag);
        ret = ret != 0 ? ret : read_list(self, number_name, &n_numbers, &numbers);
        if (ret == 0 && n_numbers != shape.n) {
            ret = fail_format(self->diag, number_name, "has the wrong size");
        }
    } else if (ret == 0) {
        ret = read_numbers(dataset, name, &shape, self->budget, &numbers, self->diag);
    }
    for (size_t i = 0; ret == 0 && i < shape.n; i++) {
        char buffer[32];
        if (!shape.text && !isnan(numbers[i])) {
            texts[i] = basin_str_copy(basin_str_of_double(numbers[i], buffer));
            ret = texts[i] == NULL ? fail_memory(self->diag) : 0;
        }
        (*values)[i] = (struct value){numbers[i], texts[i], i};
        texts[i] = NULL;
    }
out:
    for (size_t i = 0; texts != NULL && i < shape.n; i++) {
        free(texts[i]);
    }
    free(texts);
    free(numbers);
    H5Dclose(dataset);
    return ret;
}

/* Values become the coordinate; of[i] receives the coordinate's value at position i. In a
 * table, equal values are one. */
static void take_values(const struct reader *self, struct value *values, size_t n,
    struct basin_coordinate *axis, uint32_t *of)
{
    if (!self->grid) {
        qsort(values, n, sizeof(*values), compare_values);
    }
    for (size_t i = 0; i < n; i++) {
        if (!self->grid && values[i].text == NULL) {
            of[values[i].place] = BASIN_NO_VALUE;
            continue;
        }
        bool again = !self->grid && axis->n > 0 &&
                     strcmp(values[i].text, axis->text[axis->n - 1]) == 0;
        if (again) {
            free(values[i].text);
        } else {
            axis->number[axis->n] = values[i].number;
            axis->text[axis->n++] = values[i].text;
        }
        values[i].text = NULL;
        of[values[i].place] = (uint32_t)axis->n - 1;
    }
}

/* Reads an axis; of: one entry per position, allocated. */
static int read_axis(const struct reader *self, const char *name,
    struct basin_coordinate *axis, uint32_t **of, size_t *n)
{
    struct value *values = NULL;
    *n = 0;
    axis->name = basin_str_copy(name);
    int ret = axis->name == NULL ? fail_memory(self->diag)
                                 : read_values(self, name, n, &values, axis);
    *of = NULL;
    if (ret == 0) {
        axis->number = calloc(*n, sizeof(*axis->number));
        axis->text = calloc(*n, sizeof(*axis->text));
        *of = calloc(*n, sizeof(**of));
        if (axis->number == NULL || axis->text == NULL || *of == NULL) {
            ret = fail_memory(self->diag);
        }
    }
    for (size_t i = 0; ret == 0 && self->grid && i < *n; i++) {
        if (values[i].text == NULL) {
            ret = fail_format(self->diag, name, "lacks a value (axis)");
        }
    }
    if (ret == 0) {
        take_values(self, values, *n, axis, *of);
    }
    for (size_t i = 0; values != NULL && i < *n; i++) {
        free(values[i].text);
    }
    free(values);
    return ret;
}

/* Splits names at spaces into at most LIST_MOST words; names is cut up. */
static int split(char *names, char **words, size_t *n, struct basin_diag *diag)
{
    *n = 0;
    for (char *rest = NULL, *word = strtok_r(names, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (*n == LIST_MOST || strlen(word) > 60) {
            return fail_format(diag, names, "has too many or too long names");
        }
        words[(*n)++] = word;
    }
    return 0;
}

/* Axes of a grid: the index of a place is its mixed-radix digits. */
static void index_grid(struct basin_group *group, size_t n_places)
{
    for (size_t p = 0; p < n_places; p++) {
        size_t rest = p;
        for (size_t a = group->n_coordinates; a-- > 0;) {
            group->index[p * group->n_coordinates + a] =
                (uint32_t)(rest % group->coordinates[a].n);
            rest /= group->coordinates[a].n;
        }
    }
}

static int read_axes(struct reader *self, char *names)
{
    struct basin_group *group = self->group;
    char *words[LIST_MOST];
    uint32_t *of[LIST_MOST] = {NULL};
    size_t n = 0;
    int ret = split(names, words, &n, self->diag);
    if (ret != 0) {
        return ret;
    }
    group->coordinates = calloc(n + 1, sizeof(*group->coordinates));
    if (group->coordinates == NULL) {
        return fail_memory(self->diag);
    }
    self->n_places = 1;
    for (size_t a = 0; ret == 0 && a < n; a++) {
        size_t length;
        group->n_coordinates++;
        ret = read_axis(self, words[a], &group->coordinates[a], &of[a], &length);
        if (ret == 0 && self->grid && length > BASIN_RESULT_MAX / self->n_places) {
            ret = fail_format(self->diag, group->label, "has too big a grid");
        } else if (ret == 0 && self->grid) {
            self->n_places *= length;
        } else if (ret == 0 && a > 0 && length != self->n_places) {
            ret = fail_format(self->diag, words[a], "has the wrong size");
        } else {
            self->n_places = length;
        }
    }
    if (ret == 0) {
        group->index = calloc(self->n_places * n + 1, sizeof(*group->index));
        ret = group->index == NULL ? fail_memory(self->diag) : 0;
    }
    if (ret == 0 && self->grid) {
        index_grid(group, self->n_places);
    }
    for (size_t a = 0; a < n; a++) {
        for (size_t p = 0; ret == 0 && !self->grid && p < self->n_places; p++) {
            group->index[p * n + a] = of[a][p];
        }
        free(of[a]);
    }
    return ret;
}

/* ---- Status, reasons, metrics --------------------------------------------------- */

/* Whether a dataset's leading dimensions are those of the group: the axes or `cell`. */
static bool fits(const struct reader *self, const struct shape *shape, size_t n_more)
{
    size_t n_base = self->grid ? self->group->n_coordinates : 1;
    if ((size_t)shape->rank < n_base + n_more) {
        return false;
    }
    bool same = self->grid || shape->size[0] == self->n_places;
    for (size_t a = 0; self->grid && a < n_base; a++) {
        same = same && shape->size[a] == self->group->coordinates[a].n;
    }
    return same;
}

static int read_status(struct reader *self)
{
    struct basin_group *group = self->group;
    struct shape shape;
    hid_t dataset;
    int ret =
        open_dataset(self->id, "status", &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    group->n_cells = self->n_places;
    if (shape.text || !fits(self, &shape, 1) ||
        (size_t)shape.rank != (self->grid ? group->n_coordinates : 1) + 1) {
        ret = fail_format(self->diag, "status", "has the wrong shape");
    } else if ((group->status = malloc(shape.n)) == NULL) {
        ret = fail_memory(self->diag);
    } else if (H5Dread(dataset, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   group->status) < 0) {
        ret = basin_h5_fail(self->diag, "cannot read status");
    } else {
        group->n_replicates = (size_t)shape.size[shape.rank - 1];
    }
    for (size_t i = 0; ret == 0 && i < shape.n; i++) {
        if (group->status[i] > BASIN_STATUS_CYCLE) {
            ret = fail_format(self->diag, "status", "has an unknown value");
        }
    }
    H5Dclose(dataset);
    return ret;
}

static int read_reasons(struct reader *self)
{
    struct basin_group *group = self->group;
    if (H5Lexists(self->id, "reason", H5P_DEFAULT) <= 0) {
        return 0;
    }
    struct shape shape;
    hid_t dataset;
    int ret =
        open_dataset(self->id, "reason", &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    if (!shape.text || shape.n != group->n_cells * group->n_replicates) {
        ret = fail_format(self->diag, "reason", "has the wrong shape");
    } else if ((group->reason = calloc(shape.n, sizeof(*group->reason))) == NULL) {
        ret = fail_memory(self->diag);
    } else {
        ret = read_strings(dataset, shape.n, group->reason, self->budget, self->diag);
        if (ret != 0) {
            free(group->reason);
            group->reason = NULL;
        }
    }
    H5Dclose(dataset);
    return ret;
}

/* Names and sizes of a metric's own dimensions, and the bin edges of its last. */
static int read_dimensions(const struct reader *self, hid_t dataset,
    const struct shape *shape, struct basin_variable *variable)
{
    size_t first = self->grid ? self->group->n_coordinates : 1;
    char name[72] = "";
    int ret = 0;
    if ((size_t)shape->rank > first) {
        ret = dimension_name(dataset, variable->name, (unsigned)first, name, self->diag);
    }
    variable->once = strcmp(name, "replicate") != 0;
    first += !variable->once;
    variable->rank = (size_t)shape->rank - first;
    if (ret != 0 || variable->rank > BASIN_METRIC_RANK ||
        (!variable->once && shape->size[first - 1] != self->group->n_replicates)) {
        variable->rank = 0;
        return ret != 0 ? ret
                        : fail_format(self->diag, variable->name, "has the wrong shape");
    }
    variable->stride = 1;
    for (size_t k = 0; ret == 0 && k < variable->rank; k++) {
        variable->size[k] = (size_t)shape->size[first + k];
        variable->stride *= variable->size[k];
        ret = dimension_name(
            dataset, variable->name, (unsigned)(first + k), name, self->diag);
        variable->dimension[k] = basin_str_copy(name);
        if (ret == 0 && variable->dimension[k] == NULL) {
            ret = fail_memory(self->diag);
        }
    }
    strcat(name, "_edges");
    if (ret == 0 && variable->rank > 0 && H5Lexists(self->id, name, H5P_DEFAULT) > 0) {
        size_t n;
        ret = read_list(self, name, &n, &variable->edges);
        if (ret == 0 && n != variable->size[variable->rank - 1] + 1) {
            ret = fail_format(self->diag, name, "has the wrong size");
        }
    }
    return ret;
}

static int read_metric(
    struct reader *self, const char *name, struct basin_variable *variable)
{
    struct shape shape;
    hid_t dataset;
    int ret = open_dataset(self->id, name, &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    variable->name = basin_str_copy(name);
    if (variable->name == NULL) {
        ret = fail_memory(self->diag);
    } else if (!fits(self, &shape, 0)) {
        ret = fail_format(self->diag, name, "has the wrong shape");
    }
    ret = ret != 0 ? ret : read_dimensions(self, dataset, &shape, variable);
    ret = ret != 0 ? ret : read_attribute(dataset, "units", &variable->unit, self->diag);
    ret = ret != 0
              ? ret
              : read_attribute(dataset, "long_name", &variable->long_name, self->diag);
    ret = ret != 0 ? ret
                   : read_numbers(dataset, name, &shape, self->budget, &variable->data,
                         self->diag);
    H5Dclose(dataset);
    return ret;
}

static int read_metrics(struct reader *self, char *names)
{
    char *words[LIST_MOST];
    size_t n = 0;
    int ret = split(names, words, &n, self->diag);
    if (ret != 0) {
        return ret;
    }
    self->group->variables = calloc(n + 1, sizeof(*self->group->variables));
    if (self->group->variables == NULL) {
        return fail_memory(self->diag);
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        self->group->n_variables++;
        ret = read_metric(self, words[i], &self->group->variables[i]);
    }
    return ret;
}

/* ---- Groups --------------------------------------------------------------------- */

/* Leaves out places of a grid at which nothing was run. */
static void drop_empty(struct basin_group *group)
{
    size_t kept = 0;
    size_t n = group->n_replicates;
    for (size_t c = 0; c < group->n_cells; c++) {
        size_t run = 0;
        for (size_t r = 0; r < n; r++) {
            run += group->status[c * n + r] != BASIN_STATUS_NOT_RUN;
        }
        if (run > 0 && kept < c) {
            memcpy(group->index + kept * group->n_coordinates,
                group->index + c * group->n_coordinates,
                group->n_coordinates * sizeof(*group->index));
            memcpy(group->status + kept * n, group->status + c * n, n);
            for (size_t r = 0; group->reason != NULL && r < n; r++) {
                free(group->reason[kept * n + r]);
                group->reason[kept * n + r] = group->reason[c * n + r];
                group->reason[c * n + r] = NULL;
            }
            for (size_t i = 0; i < group->n_variables; i++) {
                struct basin_variable *variable = &group->variables[i];
                size_t block = variable->stride * (variable->once ? 1 : n);
                memcpy(variable->data + kept * block, variable->data + c * block,
                    block * sizeof(*variable->data));
            }
        }
        kept += run > 0;
    }
    for (size_t i = kept * n; group->reason != NULL && i < group->n_cells * n; i++) {
        free(group->reason[i]);
    }
    group->n_cells = kept;
}

static int read_contents(struct reader *self)
{
    struct basin_group *group = self->group;
    char *layout = NULL;
    char *axes = NULL;
    char *metrics = NULL;
    int ret = read_attribute(self->id, "label", &group->label, self->diag);
    ret = ret != 0 ? ret : read_attribute(self->id, "kind", &group->kind, self->diag);
    ret = ret != 0 ? ret : read_attribute(self->id, "layout", &layout, self->diag);
    ret = ret != 0 ? ret : read_attribute(self->id, "axes", &axes, self->diag);
    ret = ret != 0 ? ret : read_attribute(self->id, "metrics", &metrics, self->diag);
    if (ret == 0) {
        self->grid = strcmp(layout, "grid") == 0;
        if (!self->grid && strcmp(layout, "table") != 0) {
            ret = fail_format(self->diag, layout, "is an unknown layout");
        }
    }
    ret = ret != 0 ? ret : read_axes(self, axes);
    ret = ret != 0 ? ret : read_status(self);
    ret = ret != 0 ? ret : read_reasons(self);
    ret = ret != 0 ? ret : read_metrics(self, metrics);
    if (ret == 0 && self->grid) {
        drop_empty(group);
    }
    free(layout);
    free(axes);
    free(metrics);
    return ret;
}

static int read_group(hid_t file, const char *name, struct budget *budget,
    struct basin_group *group, struct basin_diag *diag)
{
    struct reader self = {.id = H5Gopen2(file, name, H5P_DEFAULT),
        .budget = budget,
        .group = group,
        .diag = diag};
    if (self.id < 0) {
        return basin_h5_fail(diag, "cannot open the group %s", name);
    }
    int ret = read_contents(&self);
    H5Gclose(self.id);
    return ret == 0 ? 0 : basin_fail_in(diag, ret, "group %s", name);
}

/* ---- The file ------------------------------------------------------------------- */

static int read_plan(hid_t file, struct basin_id *plan, struct basin_diag *diag)
{
    char *text = NULL;
    int ret = read_attribute(file, "plan", &text, diag);
    if (ret != 0) {
        return ret;
    }
    if (strlen(text) != BASIN_ID_TEXT - 1 ||
        strspn(text, "0123456789abcdef") != BASIN_ID_TEXT - 1) {
        ret = fail_format(diag, text, "is no identity of a plan");
    }
    for (size_t i = 0; ret == 0 && i < sizeof(plan->byte); i++) {
        const char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        plan->byte[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    free(text);
    return ret;
}

static int read_config(
    hid_t file, struct budget *budget, char **config, struct basin_diag *diag)
{
    H5L_info_t link;
    if (H5Lexists(file, "config", H5P_DEFAULT) <= 0 ||
        H5Lget_info(file, "config", &link, H5P_DEFAULT) < 0 ||
        link.type != H5L_TYPE_HARD) {
        return fail_format(diag, "config", "is missing (group)");
    }
    struct shape shape;
    hid_t dataset;
    int ret = open_dataset(file, "config/yaml", &shape, budget, &dataset, diag);
    if (ret != 0) {
        return ret;
    }
    char *text = NULL;
    if (!shape.text || shape.n != 1) {
        ret = fail_format(diag, "config/yaml", "is not a text");
    } else {
        ret = read_strings(dataset, 1, &text, budget, diag);
    }
    H5Dclose(dataset);
    if (ret == 0 && text == NULL) {
        ret = fail_format(diag, "config/yaml", "is empty");
    }
    *config = text;
    return ret;
}

/* Whether the i-th link of the root is a group of results; name receives its name. */
static bool is_results(hid_t file, hsize_t i, char name[512])
{
    H5L_info_t link;
    H5O_info_t object;
    return H5Lget_name_by_idx(file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, 512,
               H5P_DEFAULT) > 0 &&
           H5Lget_info(file, name, &link, H5P_DEFAULT) >= 0 &&
           link.type == H5L_TYPE_HARD &&
           H5Oget_info_by_name2(file, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
           object.type == H5O_TYPE_GROUP && strcmp(name, "config") != 0 &&
           strcmp(name, "code") != 0;
}

static int read_groups(hid_t file, struct budget *budget, struct basin_result *result,
    struct basin_diag *diag)
{
    H5G_info_t info;
    if (H5Gget_info(file, &info) < 0) {
        return basin_h5_fail(diag, "cannot list the groups");
    }
    if (info.nlinks > 100000) {
        return fail_format(diag, "/", "has too many groups");
    }
    result->groups = calloc((size_t)info.nlinks + 1, sizeof(*result->groups));
    if (result->groups == NULL) {
        return fail_memory(diag);
    }
    int ret = 0;
    char name[512];
    for (hsize_t i = 0; ret == 0 && i < info.nlinks; i++) {
        if (is_results(file, i, name)) {
            ret =
                read_group(file, name, budget, &result->groups[result->n_groups++], diag);
        }
    }
    return ret;
}

static int read_file(hid_t file, struct basin_result *result, struct basin_diag *diag)
{
    struct budget budget = {BASIN_RESULT_MAX, STRING_BYTES_MOST};
    char *conventions = NULL;
    int ret = read_attribute(file, "Conventions", &conventions, diag);
    if (ret == 0 && strcmp(conventions, BASIN_H5_CONVENTIONS) != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "its conventions are '%s'; this program reads '%s'", conventions,
            BASIN_H5_CONVENTIONS);
    }
    free(conventions);
    ret = ret != 0 ? ret : read_attribute(file, "title", &result->title, diag);
    ret = ret != 0 ? ret : read_attribute(file, "name", &result->name, diag);
    ret = ret != 0 ? ret : read_attribute(file, "experiment", &result->experiment, diag);
    ret = ret != 0 ? ret : read_plan(file, &result->plan, diag);
    ret = ret != 0 ? ret : read_config(file, &budget, &result->config, diag);
    return ret != 0 ? ret : read_groups(file, &budget, result, diag);
}

int basin_result_read(
    struct basin_result *self, const char *path, struct basin_diag *diag)
{
    *self = (struct basin_result){0};
    basin_h5_quiet();
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return basin_fail_file(diag, errno, "read", path);
    }
    fclose(stream);
    if (H5Fis_hdf5(path) <= 0) {
        return basin_fail(diag, BASIN_ERR_FORMAT, "%s: not an HDF5 file", path);
    }
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) {
        int ret = basin_h5_fail(diag, "cannot open it");
        return basin_fail_in(diag, ret, "%s", path);
    }
    int ret = read_file(file, self, diag);
    H5Fclose(file);
    if (ret != 0) {
        basin_result_free(self);
        return basin_fail_in(diag, ret, "%s", path);
    }
    return 0;
}
