/* A good results file, harmed through HDF5's own calls as the bytes say: things removed,
 * replaced by others of another type or shape, attributes changed, links bent. (Bytes
 * flipped at random would test HDF5, not the checks of read.c.) */
#include "store/h5.h"
#include "store/result.h"

#include <hdf5_hl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* ---- The good file: a grid, and a table with texts and reasons ------------------- */

static double level[] = {0.5, 1, 2};
static char *level_text[] = {"0.5", "1", "2"};
static double word[] = {0, 1};
static char *word_text[] = {"light", "dark"};
static double value[2 * 3 * 2];
static double counts[2 * 3 * 2 * 4];
static double edges[] = {0, 1, 2, 4, 8};
static uint8_t status[] = {1, 1, 1, 2, 3, 4, 1, 1, 1, 1, 1, 1};
static char *reason[12] = {[3] = "no luck"};
static uint32_t grid_index[] = {0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1};
static uint32_t table_index[] = {0, 0, 2, 1};

static struct basin_coordinate axes[] = {
    {"level", "K", "a number", 3, level, level_text},
    {"word", "1", "a text", 2, word, word_text},
};

static struct basin_variable variables[] = {
    {.name = "value", .unit = "K", .long_name = "a", .stride = 1, .data = value},
    {.name = "counts",
        .unit = "1",
        .long_name = "b",
        .rank = 1,
        .dimension = {"bin"},
        .size = {4},
        .stride = 4,
        .edges = edges,
        .data = counts},
    {.name = "picture",
        .unit = "1",
        .long_name = "c",
        .once = true,
        .rank = 1,
        .dimension = {"pixel"},
        .size = {2},
        .stride = 2,
        .data = value},
};

static struct basin_group groups[] = {
    {"grid", "alpha", 2, axes, 6, grid_index, 2, status, reason, 3, variables},
    {"table", "alpha", 2, axes, 2, table_index, 2, status, NULL, 3, variables},
};

static struct basin_result good = {
    "good", "Good", "toy", "experiment: toy\n", {{1}}, 2, groups};

static char path[64]; /* in memory: HDF5 opens only what has a real path */
static unsigned char *image;
static size_t image_size;

/* One cell of the six is not in the table, so that it is no grid. */
static void make_image(void)
{
    struct basin_diag diag;
    snprintf(path, sizeof(path), "/dev/shm/basin-fuzz-%ld.h5", (long)getpid());
    groups[1].n_cells = 1;
    if (basin_result_write(&good, path, &diag) != 0) {
        fprintf(stderr, "%s\n", diag.text);
        abort();
    }
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    image_size = (size_t)ftell(file);
    image = malloc(image_size);
    rewind(file);
    if (fread(image, 1, image_size, file) != image_size) {
        abort();
    }
    fclose(file);
    unlink(path);
}

/* ---- Harm ------------------------------------------------------------------------ */

static const char *const parents[] = {"/", "/config", "/grid", "/table"};
static const char *const links[] = {"config", "grid", "table", "yaml", "level", "word",
    "word_number", "cell", "replicate", "status", "reason", "value", "counts", "picture",
    "bin", "bin_edges", "pixel"};
static const char *const attributes[] = {"Conventions", "title", "name", "experiment",
    "plan", "label", "kind", "layout", "axes", "metrics", "units", "long_name",
    "DIMENSION_LIST", "CLASS", "NAME"};
static const char *const texts[] = {"", "grid", "table", "level", "word level", "value",
    "value value", "counts picture", "level level level", "basin-1", "cell replicate",
    "status", "replicate", "../..", "/config/yaml", ".",
    "00000000000000000000000000000000",
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

/* ---- Reading --------------------------------------------------------------------- */

static volatile double sum;

static void touch(const struct basin_result *result)
{
    for (size_t g = 0; g < result->n_groups; g++) {
        const struct basin_group *group = &result->groups[g];
        size_t n = group->n_cells * group->n_replicates;
        for (size_t i = 0; i < n; i++) {
            sum += group->status[i];
            sum += group->reason != NULL && group->reason[i] != NULL
                       ? (double)strlen(group->reason[i])
                       : 0;
        }
        for (size_t c = 0; c < group->n_cells * group->n_coordinates; c++) {
            sum += basin_group_value(
                group, c / group->n_coordinates, c % group->n_coordinates);
        }
        for (size_t v = 0; v < group->n_variables; v++) {
            const struct basin_variable *variable = &group->variables[v];
            size_t blocks = variable->once ? group->n_cells : n;
            for (size_t i = 0; i < blocks * variable->stride; i++) {
                sum += variable->data[i];
            }
            for (size_t i = 0;
                 variable->edges != NULL && i <= variable->size[variable->rank - 1];
                 i++) {
                sum += variable->edges[i];
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { HARM = 6 };
    if (image == NULL) {
        make_image();
    }
    FILE *copy = fopen(path, "wb");
    if (copy == NULL || fwrite(image, 1, image_size, copy) != image_size) {
        __builtin_trap();
    }
    fclose(copy);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    for (size_t at = 0; at + HARM <= size && at < 8 * HARM; at += HARM) {
        harm(file, bytes + at);
    }
    H5Fclose(file);
    struct basin_result result;
    struct basin_diag diag = {{0}};
    int ret = basin_result_read(&result, path, &diag);
    if ((ret != 0) != (diag.text[0] != '\0') || (size < HARM && ret != 0)) {
        __builtin_trap();
    }
    touch(&result);
    basin_result_free(&result);
    unlink(path);
    return 0;
}
