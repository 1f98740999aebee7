/* Reading a result. The file may come from a stranger: no more memory is taken than
 * basin_result_most numbers need, and every shape is checked against the axes. */
#include "base/file.h"
#include "store/inside.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRING_BYTES = 1 << 28 };

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Status, reasons, metrics --------------------------------------------------- */

/* Whether a dataset's leading dimensions are those of the group: the axes or `cell`. */
static bool fits(
    const struct basin_reader *self, const struct basin_h5_shape *shape, size_t n_more)
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

static int read_status(struct basin_reader *self)
{
    struct basin_group *group = self->group;
    struct basin_h5_shape shape;
    hid_t dataset;
    int ret =
        basin_h5_open(self->id, "status", &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    group->n_cells = self->n_places;
    if (shape.text || !fits(self, &shape, 1) ||
        (size_t)shape.rank != (self->grid ? group->n_coordinates : 1) + 1) {
        ret = basin_h5_fail_format(self->diag, "status", "has the wrong shape");
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
            ret = basin_h5_fail_format(self->diag, "status", "has an unknown value");
        }
    }
    H5Dclose(dataset);
    return ret;
}

static int read_reasons(struct basin_reader *self)
{
    struct basin_group *group = self->group;
    if (H5Lexists(self->id, "reason", H5P_DEFAULT) <= 0) {
        return 0;
    }
    struct basin_h5_shape shape;
    hid_t dataset;
    int ret =
        basin_h5_open(self->id, "reason", &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    if (!shape.text || shape.n != group->n_cells * group->n_replicates) {
        ret = basin_h5_fail_format(self->diag, "reason", "has the wrong shape");
    } else if ((group->reason = calloc(shape.n, sizeof(*group->reason))) == NULL) {
        ret = fail_memory(self->diag);
    } else {
        ret = basin_h5_read_strings(
            dataset, shape.n, group->reason, self->budget, self->diag);
        if (ret != 0) {
            free(group->reason);
            group->reason = NULL;
        }
    }
    H5Dclose(dataset);
    return ret;
}

/* Names and sizes of a metric's own dimensions, and the bin edges of its last. */
static int read_dimensions(const struct basin_reader *self, hid_t dataset,
    const struct basin_h5_shape *shape, struct basin_variable *variable)
{
    size_t first = self->grid ? self->group->n_coordinates : 1;
    char name[72] = "";
    int ret = 0;
    if ((size_t)shape->rank > first) {
        ret = basin_h5_dimension_name(
            dataset, variable->name, (unsigned)first, name, self->diag);
    }
    variable->once = strcmp(name, "replicate") != 0;
    first += !variable->once;
    variable->rank = (size_t)shape->rank - first;
    if (ret != 0 || variable->rank > BASIN_METRIC_RANK ||
        (!variable->once && shape->size[first - 1] != self->group->n_replicates)) {
        variable->rank = 0;
        return ret != 0 ? ret
                        : basin_h5_fail_format(
                              self->diag, variable->name, "has the wrong shape");
    }
    variable->stride = 1;
    for (size_t k = 0; ret == 0 && k < variable->rank; k++) {
        variable->size[k] = (size_t)shape->size[first + k];
        variable->stride *= variable->size[k];
        ret = basin_h5_dimension_name(
            dataset, variable->name, (unsigned)(first + k), name, self->diag);
        variable->dimension[k] = basin_str_copy(name);
        if (ret == 0 && variable->dimension[k] == NULL) {
            ret = fail_memory(self->diag);
        }
    }
    strcat(name, "_edges");
    if (ret == 0 && variable->rank > 0 && H5Lexists(self->id, name, H5P_DEFAULT) > 0) {
        size_t n;
        ret = basin_h5_read_list(
            self->id, name, self->budget, &n, &variable->edges, self->diag);
        if (ret == 0 && n != variable->size[variable->rank - 1] + 1) {
            ret = basin_h5_fail_format(self->diag, name, "has the wrong size");
        }
    }
    return ret;
}

static int read_metric(
    struct basin_reader *self, const char *name, struct basin_variable *variable)
{
    struct basin_h5_shape shape;
    hid_t dataset;
    int ret = basin_h5_open(self->id, name, &shape, self->budget, &dataset, self->diag);
    if (ret != 0) {
        return ret;
    }
    variable->name = basin_str_copy(name);
    if (variable->name == NULL) {
        ret = fail_memory(self->diag);
    } else if (!fits(self, &shape, 0)) {
        ret = basin_h5_fail_format(self->diag, name, "has the wrong shape");
    }
    ret = ret != 0 ? ret : read_dimensions(self, dataset, &shape, variable);
    ret = ret != 0 ? ret
                   : basin_h5_read_text(dataset, "units", &variable->unit, self->diag);
    ret = ret != 0 ? ret
                   : basin_h5_read_text(
                         dataset, "long_name", &variable->long_name, self->diag);
    ret = ret != 0 ? ret
                   : basin_h5_read_numbers(dataset, name, &shape, self->budget,
                         &variable->data, self->diag);
    variable->clocked = H5Aexists(dataset, "reproducible") > 0;
    H5Dclose(dataset);
    return ret;
}

static int read_metrics(struct basin_reader *self, char *names)
{
    char *words[BASIN_NAMES];
    size_t n = 0;
    int ret = basin_read_names(names, words, &n, self->diag);
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

static int read_contents(struct basin_reader *self)
{
    struct basin_group *group = self->group;
    char *layout = NULL;
    char *axes = NULL;
    char *metrics = NULL;
    int ret = basin_h5_read_text(self->id, "label", &group->label, self->diag);
    ret = ret != 0 ? ret : basin_h5_read_text(self->id, "kind", &group->kind, self->diag);
    ret = ret != 0 ? ret : basin_h5_read_text(self->id, "layout", &layout, self->diag);
    ret = ret != 0 ? ret : basin_h5_read_text(self->id, "axes", &axes, self->diag);
    ret = ret != 0 ? ret : basin_h5_read_text(self->id, "metrics", &metrics, self->diag);
    if (ret == 0) {
        self->grid = strcmp(layout, "grid") == 0;
        if (!self->grid && strcmp(layout, "table") != 0) {
            ret = basin_h5_fail_format(self->diag, layout, "is an unknown layout");
        }
    }
    ret = ret != 0 ? ret : basin_read_axes(self, axes);
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

static int read_group(hid_t file, const char *name, struct basin_h5_budget *budget,
    struct basin_group *group, struct basin_diag *diag)
{
    struct basin_reader self = {.id = H5Gopen2(file, name, H5P_DEFAULT),
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
    int ret = basin_h5_read_text(file, "plan", &text, diag);
    if (ret != 0) {
        return ret;
    }
    if (strlen(text) != BASIN_ID_TEXT - 1 ||
        strspn(text, "0123456789abcdef") != BASIN_ID_TEXT - 1) {
        ret = basin_h5_fail_format(diag, text, "is no identity of a plan");
    }
    for (size_t i = 0; ret == 0 && i < sizeof(plan->byte); i++) {
        const char pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        plan->byte[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    free(text);
    return ret;
}

static int read_config(
    hid_t file, struct basin_h5_budget *budget, char **config, struct basin_diag *diag)
{
    H5L_info_t link;
    if (H5Lexists(file, "config", H5P_DEFAULT) <= 0 ||
        H5Lget_info(file, "config", &link, H5P_DEFAULT) < 0 ||
        link.type != H5L_TYPE_HARD) {
        return basin_h5_fail_format(diag, "config", "is missing (group)");
    }
    struct basin_h5_shape shape;
    hid_t dataset;
    int ret = basin_h5_open(file, "config/yaml", &shape, budget, &dataset, diag);
    if (ret != 0) {
        return ret;
    }
    char *text = NULL;
    if (!shape.text || shape.n != 1) {
        ret = basin_h5_fail_format(diag, "config/yaml", "is not a text");
    } else {
        ret = basin_h5_read_strings(dataset, 1, &text, budget, diag);
    }
    H5Dclose(dataset);
    if (ret == 0 && text == NULL) {
        ret = basin_h5_fail_format(diag, "config/yaml", "is empty");
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

static int read_groups(hid_t file, struct basin_h5_budget *budget,
    struct basin_result *result, struct basin_diag *diag)
{
    H5G_info_t info;
    if (H5Gget_info(file, &info) < 0) {
        return basin_h5_fail(diag, "cannot list the groups");
    }
    if (info.nlinks > 100000) {
        return basin_h5_fail_format(diag, "/", "has too many groups");
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
    struct basin_h5_budget budget = {basin_result_most(), STRING_BYTES};
    char *conventions = NULL;
    int ret = basin_h5_read_text(file, "Conventions", &conventions, diag);
    if (ret == 0 && strcmp(conventions, BASIN_H5_CONVENTIONS) != 0) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "its conventions are '%s'; this program reads '%s'", conventions,
            BASIN_H5_CONVENTIONS);
    }
    free(conventions);
    ret = ret != 0 ? ret : basin_h5_read_text(file, "title", &result->title, diag);
    ret = ret != 0 ? ret : basin_h5_read_text(file, "name", &result->name, diag);
    ret = ret != 0 ? ret
                   : basin_h5_read_text(file, "experiment", &result->experiment, diag);
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
