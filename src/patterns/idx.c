/* Source "idx": images of an IDX file such as MNIST's or Fashion-MNIST's. */
#include "patterns/idx_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_FILE "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"
#define DEFAULT_PACKAGE "dataset-fashion-mnist"

struct idx {
    struct basin_picture_look look;
    const char *path;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_FILES(struct idx, path, DEFAULT_FILE, "*",
        "IDX file of images, plain or gzip; relative to the current folder. The default "
        "is Debian's package " DEFAULT_PACKAGE),
    BASIN_PICTURE_FIELDS("28"),
    BASIN_FIELD_END,
};

static int idx_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    const struct idx *self = params;
    struct stat status;
    errno = 0;
    gzFile file = stat(self->path, &status) == 0 ? gzopen(self->path, "rb") : NULL;
    if (file == NULL) {
        return basin_fail(diag, BASIN_ERR_IO, "cannot open %s: %s%s", self->path,
            errno == 0 ? "out of memory" : strerror(errno),
            strcmp(self->path, DEFAULT_FILE) == 0
                ? "; it is in Debian's package " DEFAULT_PACKAGE
                : "");
    }
    struct basin_pictures *pictures = NULL;
    int ret = basin_idx_read(
        file, self->path, (size_t)status.st_size, &self->look, count, &pictures, diag);
    gzclose(file);
    *data = pictures;
    return ret;
}

const struct basin_source basin_source_idx = {
    .kind =
        {
            .name = "idx",
            .summary = "images of an IDX file, by default Debian's Fashion-MNIST",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct idx),
        },
    .dimension = basin_picture_dimension,
    .domain = basin_picture_domain,
    .side = basin_picture_side,
    .open = idx_open,
    .close = basin_picture_close,
    .draw = basin_picture_draw,
};
