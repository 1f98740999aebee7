/* Writing with HDF5: attributes, groups, datasets, dimension scales; no result yet. */
#include "store/h5.h"

#include <hdf5_hl.h>
#include <math.h>

enum {
    DEFLATE = 4,
    COMPRESS_FROM = 4096, /* bytes */
    CHUNK_MOST = 1 << 20, /* bytes */
};

/* ---- Attributes ----------------------------------------------------------------- */

int basin_h5_write_text(
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

int basin_h5_write_numbers(hid_t object, const char *name, hid_t file_type,
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

hid_t basin_h5_make_group(hid_t parent, const char *name)
{
    hid_t plist = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_link_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pset_obj_track_times(plist, 0);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Pclose(plist);
    return group;
}

hid_t basin_h5_make_layout(hid_t type, int rank, const hsize_t *size, const void *fill)
{
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(plist, 0);
    H5Pset_attr_creation_order(plist, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    hsize_t chunk[BASIN_H5_RANK];
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

static int describe(
    hid_t dataset, const struct basin_h5_field *field, struct basin_diag *diag)
{
    const double missing = NAN;
    int ret = 0;
    if (field->long_name != NULL) {
        ret = basin_h5_write_text(dataset, "long_name", field->long_name, diag);
    }
    if (ret == 0 && field->unit != NULL) {
        ret = basin_h5_write_text(dataset, "units", field->unit, diag);
    }
    if (ret == 0 && field->fill) {
        ret = basin_h5_write_numbers(
            dataset, "_FillValue", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &missing, diag);
    }
    return ret;
}

int basin_h5_make_dataset(hid_t group, const struct basin_h5_field *field, int rank,
    const hsize_t *size, hid_t *dataset, struct basin_diag *diag)
{
    const double missing = NAN;
    hid_t space = H5Screate_simple(rank, size, NULL);
    hid_t plist =
        basin_h5_make_layout(field->file_type, rank, size, field->fill ? &missing : NULL);
    hid_t made = H5Dcreate2(
        group, field->name, field->file_type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    int ret = 0;
    if (made < 0 ||
        H5Dwrite(made, field->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, field->data) < 0) {
        ret = basin_h5_fail(diag, "cannot write %s", field->name);
    }
    H5Pclose(plist);
    H5Sclose(space);
    if (ret == 0) {
        ret = describe(made, field, diag);
    }
    if (ret != 0 && made >= 0) {
        H5Dclose(made);
    }
    *dataset = made;
    return ret;
}

int basin_h5_write_scale(
    hid_t group, const struct basin_h5_field *field, hsize_t n, struct basin_diag *diag)
{
    hid_t dataset;
    int ret = basin_h5_make_dataset(group, field, 1, &n, &dataset, diag);
    if (ret != 0) {
        return ret;
    }
    if (H5DSset_scale(dataset, field->name) < 0) {
        ret = basin_h5_fail(diag, "cannot make %s a dimension", field->name);
    }
    H5Dclose(dataset);
    return ret;
}

int basin_h5_attach(hid_t group, hid_t dataset, const char *dimension, unsigned place,
    struct basin_diag *diag)
{
    hid_t scale = H5Dopen2(group, dimension, H5P_DEFAULT);
    int ret = 0;
    if (scale < 0 || H5DSattach_scale(dataset, scale, place) < 0) {
        ret = basin_h5_fail(diag, "cannot attach the dimension %s", dimension);
    }
    if (scale >= 0) {
        H5Dclose(scale);
    }
    return ret;
}
