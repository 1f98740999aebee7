/* Attention maps that another program wrote, from HDF5. */
#include "transformer/maps.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>

enum { RANK = 5, LENGTH_MOST = 1 << 15 };

/* What a row's sum may miss 1 by: maps may be stored as float16 (2^-11 relative). */
static const double SUM_TOLERANCE = 2e-3;

/* The sizes of a dataset of numbers; returns its rank, or -1 if it has none. */
static int sizes_of(hid_t dataset, hsize_t sizes[RANK])
{
    hid_t space = H5Dget_space(dataset);
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1 || rank > RANK || (class != H5T_FLOAT && class != H5T_INTEGER) ||
        H5Sget_simple_extent_dims(space, sizes, NULL) < 0) {
        rank = -1;
    }
    H5Tclose(type);
    H5Sclose(space);
    return rank;
}

static int open_attentions(struct basin_maps *self, struct basin_diag *diag)
{
    hsize_t size[RANK] = {1};
    if (H5Lexists(self->file, "attentions", H5P_DEFAULT) <= 0 ||
        (self->attentions = H5Dopen2(self->file, "attentions", H5P_DEFAULT)) < 0) {
        return basin_fail(
            diag, BASIN_ERR_FORMAT, "%s: there is no dataset \"attentions\"", self->name);
    }
    int rank = sizes_of(self->attentions, size);
    if (rank == RANK - 1) {
        for (size_t i = RANK - 1; i > 0; i--) {
            size[i] = size[i - 1];
        }
        size[0] = 1;
    } else if (rank != RANK) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: \"attentions\" must have the dimensions sequences x layers x heads x T "
            "x "
            "T",
            self->name);
    }
    if (size[3] != size[4] || size[3] > LENGTH_MOST) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the maps are %llu x %llu, not square and at most %d", self->name,
            (unsigned long long)size[3], (unsigned long long)size[4], LENGTH_MOST);
    }
    for (size_t i = 0; i < RANK; i++) {
        if (size[i] < 1) {
            return basin_fail(
                diag, BASIN_ERR_FORMAT, "%s: \"attentions\" is empty", self->name);
        }
    }
    self->sequences = size[0];
    self->layers = size[1];
    self->heads = size[2];
    self->length = size[3];
    return 0;
}

static int read_mask(struct basin_maps *self, struct basin_diag *diag)
{
    if (H5Lexists(self->file, "mask", H5P_DEFAULT) <= 0) {
        return 0;
    }
    hsize_t size[RANK] = {0};
    size_t n = self->sequences * self->length;
    hid_t dataset = H5Dopen2(self->file, "mask", H5P_DEFAULT);
    int rank = dataset < 0 ? -1 : sizes_of(dataset, size);
    int ret = 0;
    if (!(rank == 2 && size[0] == self->sequences && size[1] == self->length) &&
        !(rank == 1 && self->sequences == 1 && size[0] == self->length)) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: \"mask\" must have the dimensions %zu x %zu (sequences x T)", self->name,
            self->sequences, self->length);
    } else if ((self->mask = malloc(n * sizeof(*self->mask))) == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "no memory for a mask");
    } else if (H5Dread(dataset, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   self->mask) < 0) {
        ret = basin_fail(diag, BASIN_ERR_HDF5, "%s: cannot read \"mask\"", self->name);
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        if (self->mask[i] != 0 && self->mask[i] != 1) {
            ret = basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: \"mask\" holds %d; it must be 1 for a token and 0 for padding",
                self->name, self->mask[i]);
        }
    }
    if (dataset >= 0) {
        H5Dclose(dataset);
    }
    return ret;
}

int basin_maps_open(struct basin_maps *self, const char *path, struct basin_diag *diag)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    *self =
        (struct basin_maps){.file = -1, .attentions = -1, .name = basin_str_copy(path)};
    int ret = self->name == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
    if (ret == 0 && (self->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT)) < 0) {
        ret = basin_fail(diag, BASIN_ERR_IO, "cannot open %s as an HDF5 file", path);
    }
    ret = ret != 0 ? ret : open_attentions(self, diag);
    ret = ret != 0 ? ret : read_mask(self, diag);
    if (ret == 0) {
        self->map = malloc(self->length * self->length * sizeof(*self->map));
        ret = self->map == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for an attention map")
                  : 0;
    }
    if (ret != 0) {
        basin_maps_close(self);
    }
    return ret;
}

void basin_maps_close(struct basin_maps *self)
{
    if (self->attentions >= 0) {
        H5Dclose(self->attentions);
    }
    if (self->file >= 0) {
        H5Fclose(self->file);
    }
    free(self->name);
    free(self->mask);
    free(self->map);
    *self = (struct basin_maps){.file = -1, .attentions = -1};
}

/* One T x T block of the dataset into self->map. */
static bool read_block(
    struct basin_maps *self, size_t sequence, size_t layer, size_t head)
{
    hid_t space = H5Dget_space(self->attentions);
    const hsize_t all[RANK] = {sequence, layer, head, 0, 0};
    const hsize_t counts[RANK] = {1, 1, 1, self->length, self->length};
    size_t skip = (size_t)(RANK - H5Sget_simple_extent_ndims(space));
    hid_t memory = H5Screate_simple(2, counts + 3, NULL);
    bool read = H5Sselect_hyperslab(
                    space, H5S_SELECT_SET, all + skip, NULL, counts + skip, NULL) >= 0 &&
                H5Dread(self->attentions, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT,
                    self->map) >= 0;
    H5Sclose(memory);
    H5Sclose(space);
    return read;
}

/* Moves the weights of tokens to the front of the row; *sum is theirs. Returns the column
 * of a weight that is none, or the length. */
static size_t pack_row(const struct basin_maps *self, const int *mask, const double *row,
    double *out, double *sum)
{
    *sum = 0;
    for (size_t j = 0; j < self->length; j++) {
        if (!(row[j] >= 0 && isfinite(row[j]))) {
            return j;
        }
        if (mask == NULL || mask[j] == 1) {
            *sum += row[j];
            *out++ = row[j];
        }
    }
    return self->length;
}

int basin_maps_read(struct basin_maps *self, size_t sequence, size_t layer, size_t head,
    size_t *n, struct basin_diag *diag)
{
    const int *mask = self->mask == NULL ? NULL : self->mask + sequence * self->length;
    *n = self->length;
    for (size_t j = 0; mask != NULL && j < self->length; j++) {
        *n -= mask[j] == 0;
    }
    if (!read_block(self, sequence, layer, head)) {
        return basin_fail(
            diag, BASIN_ERR_HDF5, "%s: cannot read \"attentions\"", self->name);
    }
    double *out = self->map;
    for (size_t i = 0; i < self->length; i++) {
        const double *row = self->map + i * self->length;
        double sum;
        if (mask != NULL && mask[i] == 0) {
            continue;
        }
        size_t bad = pack_row(self, mask, row, out, &sum);
        if (bad < self->length) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: weight %g at [%zu, %zu, %zu, %zu, %zu] is no attention weight",
                self->name, row[bad], sequence, layer, head, i, bad);
        }
        if (fabs(sum - 1) > SUM_TOLERANCE) {
            return basin_fail(diag, BASIN_ERR_FORMAT,
                "%s: the weights of row [%zu, %zu, %zu, %zu] sum to %g, not to 1",
                self->name, sequence, layer, head, i, sum);
        }
        out += *n;
    }
    return 0;
}
