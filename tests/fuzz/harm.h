/* Harm done to a results file through HDF5's own calls, as bytes say: things removed,
 * replaced by others of another type or shape, attributes changed, links bent. (Bytes
 * flipped at random would test HDF5, not the checks of store/read.c.) */
#ifndef BASIN_TESTS_HARM_H
#define BASIN_TESTS_HARM_H

#include "store/h5.h"

#include <hdf5_hl.h>
#include <stdint.h>

enum { HARM = 6 };

static const char *const parents[] = {"/", "/config", "/grid", "/table", "/a", "/b"};
static const char *const links[] = {"config", "grid", "table", "yaml", "level", "word",
    "word_number", "cell", "replicate", "status", "reason", "value", "counts", "picture",
    "bin", "bin_edges", "pixel", "a", "b", "load", "overlap", "iterations", "dimension"};
static const char *const attributes[] = {"Conventions", "title", "name", "experiment",
    "plan", "label", "kind", "layout", "axes", "metrics", "units", "long_name",
    "DIMENSION_LIST", "CLASS", "NAME"};
static const char *const texts[] = {"", "grid", "table", "level", "word level", "value",
    "value value", "counts picture", "level level level", "basin-1", "cell replicate",
    "status", "replicate", "load", "a", "overlap", "load load", "retrieval", "../..",
    "/config/yaml", ".", "00000000000000000000000000000000",
    ("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
     "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
     "a a a a")};

#define PICK(list, byte) ((list)[(byte) % (sizeof(list) / sizeof((list)[0]))])

static hid_t pick_type(uint8_t byte)
{
    hid_t type;
    switch (byte % 6) {
    case 0:
        return H5Tcopy(H5T_IEEE_F64LE);
    case 1:
        return H5Tcopy(H5T_STD_I8LE);
    case 2:
        return basin_h5_text_type();
    case 3:
        type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, 7);
        return type;
    case 4:
        type = H5Tcreate(H5T_COMPOUND, 8);
        H5Tinsert(type, "a", 0, H5T_STD_I64LE);
        return type;
    default:
        return H5Tvlen_create(H5T_STD_I32LE);
    }
}

static hid_t pick_space(uint8_t byte)
{
    static const hsize_t sizes[] = {1, 2, 3, 6, 4, 5, 0, (hsize_t)1 << 41};
    hsize_t size[4];
    if (byte == 255) {
        return H5Screate(H5S_NULL);
    }
    int rank = byte % 5;
    for (int i = 0; i < rank; i++) {
        size[i] = sizes[(byte / 5 + i * (byte / 16)) % 8];
    }
    return rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, size, NULL);
}

static void replace_dataset(hid_t parent, const char *name, const uint8_t *bytes)
{
    hid_t type = pick_type(bytes[0]);
    hid_t space = pick_space(bytes[1]);
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    int rank = H5Sget_simple_extent_ndims(space);
    const hsize_t chunk[] = {1, 1, 1, 1};
    if (rank > 0) {
        H5Pset_chunk(plist, rank, chunk);
    } else if (bytes[1] % 2 == 1) {
        H5Pset_external(plist, "/etc/hostname", 0, 8);
    }
    H5Ldelete(parent, name, H5P_DEFAULT);
    hid_t made = H5Dcreate2(parent, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    if (made >= 0 && bytes[1] % 3 == 0) {
        H5DSset_scale(made, name);
    }
    if (made >= 0) {
        H5LTset_attribute_string(parent, name, "units", "K");
        H5Dclose(made);
    }
    H5Pclose(plist);
    H5Sclose(space);
    H5Tclose(type);
}

static void replace_attribute(hid_t object, const char *name, const uint8_t *bytes)
{
    hid_t type = bytes[0] < 200 ? basin_h5_text_type() : pick_type(bytes[0]);
    hid_t space = bytes[1] < 200 ? H5Screate(H5S_SCALAR) : pick_space(bytes[1]);
    if (H5Sget_simple_extent_npoints(space) > 1 << 20) {
        H5Sclose(space); /* HDF5 1.10 itself crashes where such an attribute is removed */
        space = H5Screate(H5S_NULL);
    }
    H5Adelete(object, name);
    hid_t made = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char *text = PICK(texts, bytes[0]);
    if (made >= 0 && bytes[0] < 200 && bytes[1] < 200) {
        H5Awrite(made, type, &text);
    }
    if (made >= 0) {
        H5Aclose(made);
    }
    H5Sclose(space);
    H5Tclose(type);
}

/* HARM bytes say what is done. */
static void harm(hid_t file, const uint8_t *bytes)
{
    hid_t parent = H5Gopen2(file, PICK(parents, bytes[1]), H5P_DEFAULT);
    const char *link = PICK(links, bytes[2]);
    const char *other = PICK(links, bytes[4]);
    if (parent < 0) {
        return;
    }
    hid_t object = bytes[3] % 2 == 0 ? H5Oopen(parent, ".", H5P_DEFAULT)
                                     : H5Oopen(parent, link, H5P_DEFAULT);
    switch (bytes[0] % 7) {
    case 0:
        H5Ldelete(parent, link, H5P_DEFAULT);
        break;
    case 1:
        H5Adelete(object, PICK(attributes, bytes[4]));
        break;
    case 2:
        replace_dataset(parent, link, bytes + 3);
        break;
    case 3:
        replace_attribute(object, PICK(attributes, bytes[3] / 2), bytes + 4);
        break;
    case 4:
        H5Ldelete(parent, link, H5P_DEFAULT);
        H5Lcreate_soft(other, parent, link, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 5:
        H5Ldelete(parent, link, H5P_DEFAULT);
        H5Lcreate_hard(parent, other, parent, link, H5P_DEFAULT, H5P_DEFAULT);
        break;
    default:
        H5Ldelete(parent, link, H5P_DEFAULT);
        H5Lcreate_external("/etc/hostname", "/", parent, link, H5P_DEFAULT, H5P_DEFAULT);
    }
    if (object >= 0) {
        H5Oclose(object);
    }
    H5Gclose(parent);
}

#endif
