/* Reading with HDF5 what may come from a stranger: types, shapes and sizes are checked
 * before anything is read, and only what is stored in the file itself is followed. */
#include "store/h5.h"
#include "store/result.h"

#include "base/str.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

int(basin_h5_fail_format)(struct basin_diag *diag, const char *name, const char *what)
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
    struct basin_h5_budget *budget = context;
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

int basin_h5_read_text(
    hid_t object, const char *name, char **text, struct basin_diag *diag)
{
    *text = NULL;
    if (H5Aexists(object, name) <= 0) {
        return basin_h5_fail_format(diag, name, "is missing (attribute)");
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    hid_t stored = attribute < 0 ? -1 : H5Aget_type(attribute);
    hid_t type = basin_h5_text_type();
    char *read = NULL;
    int ret = 0;
    if (!is_text(stored) || H5Sget_simple_extent_npoints(space) != 1) {
        ret = basin_h5_fail_format(diag, name, "is not a text (attribute)");
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

int basin_h5_read_strings(hid_t dataset, size_t n, char **texts,
    struct basin_h5_budget *budget, struct basin_diag *diag)
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

static int look_at(hid_t dataset, const char *name, struct basin_h5_shape *shape,
    const struct basin_h5_budget *budget, struct basin_diag *diag)
{
    hid_t type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset);
    shape->text = is_text(type);
    bool good = (shape->text || is_number(type)) && stored_inside(dataset) &&
                H5Sget_simple_extent_type(space) != H5S_NULL;
    shape->rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    good = good && shape->rank >= 0 && shape->rank <= BASIN_H5_RANK &&
           H5Sget_simple_extent_dims(space, shape->size, NULL) >= 0;
    if (type >= 0) {
        H5Tclose(type);
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    if (!good) {
        return basin_h5_fail_format(diag, name, "has neither numbers nor texts");
    }
    shape->n = 1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] == 0) {
            return basin_h5_fail_format(diag, name, "is empty");
        }
        if (shape->size[i] > budget->numbers / shape->n) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s is too big: results hold at most %zu numbers", name,
                basin_result_most());
        }
        shape->n *= (size_t)shape->size[i];
    }
    return 0;
}

int basin_h5_open(hid_t group, const char *name, struct basin_h5_shape *shape,
    const struct basin_h5_budget *budget, hid_t *dataset, struct basin_diag *diag)
{
    H5L_info_t link;
    H5O_info_t object;
    *dataset = -1;
    if (H5Lexists(group, name, H5P_DEFAULT) <= 0) {
        return basin_h5_fail_format(diag, name, "is missing");
    }
    if (H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD ||
        H5Oget_info_by_name2(group, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
        object.type != H5O_TYPE_DATASET) {
        return basin_h5_fail_format(diag, name, "is not a dataset");
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

int basin_h5_read_numbers(hid_t dataset, const char *name,
    const struct basin_h5_shape *shape, struct basin_h5_budget *budget, double **numbers,
    struct basin_diag *diag)
{
    if (shape->text) {
        return basin_h5_fail_format(diag, name, "has no numbers");
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

int basin_h5_read_list(hid_t group, const char *name, struct basin_h5_budget *budget,
    size_t *n, double **numbers, struct basin_diag *diag)
{
    struct basin_h5_shape shape = {0};
    hid_t dataset;
    int ret = basin_h5_open(group, name, &shape, budget, &dataset, diag);
    if (ret != 0) {
        return ret;
    }
    if (shape.rank != 1) {
        ret = basin_h5_fail_format(diag, name, "has not just one dimension");
    } else {
        *n = shape.n;
        ret = basin_h5_read_numbers(dataset, name, &shape, budget, numbers, diag);
    }
    H5Dclose(dataset);
    return ret;
}

static herr_t keep_name(hid_t dataset, unsigned place, hid_t scale, void *context)
{
    (void)dataset;
    (void)place;
    return H5DSget_scale_name(scale, context, 64) > 0 ? 1 : -1;
}

int basin_h5_dimension_name(hid_t dataset, const char *label, unsigned place,
    char name[64], struct basin_diag *diag)
{
    name[0] = '\0';
    if (H5DSiterate_scales(dataset, place, NULL, keep_name, name) != 1) {
        return basin_h5_fail_format(diag, label, "lacks the name of a dimension");
    }
    return 0;
}
