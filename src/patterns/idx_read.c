/* Reading an IDX file of images, plain or gzip. */
#include "patterns/idx_read.h"

#include <stdint.h>
#include <stdlib.h>

enum { TYPE_BYTES = 8, DIMENSIONS = 3, GZIP_RATIO_MAX = 1032 };

struct idx_size {
    uint64_t images, rows, columns;
};

/* Reads exactly n bytes. */
static int read_bytes(
    gzFile file, const char *name, void *bytes, unsigned n, struct basin_diag *diag)
{
    int got = gzread(file, bytes, n);
    if (got < 0) {
        int code; /* the message begins with the file's name */
        return basin_fail(diag, BASIN_ERR_FORMAT, "cannot read %s", gzerror(file, &code));
    }
    if ((unsigned)got < n) {
        return basin_fail(diag, BASIN_ERR_FORMAT, "%s: the file ends too early", name);
    }
    return 0;
}

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

static int read_header(gzFile file, const char *name, size_t bytes, struct idx_size *size,
    struct basin_diag *diag)
{
    unsigned char header[4 + 4 * DIMENSIONS];
    int ret = read_bytes(file, name, header, 4, diag);
    if (ret != 0) {
        return ret;
    }
    if (header[0] != 0 || header[1] != 0 || header[2] != TYPE_BYTES) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: not an IDX file of bytes: it starts with %02x %02x %02x, not 00 00 08",
            name, header[0], header[1], header[2]);
    }
    if (header[3] != DIMENSIONS) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: not a file of images: it has %d dimension%s, not 3 (images, rows, "
            "columns)",
            name, header[3], header[3] == 1 ? "" : "s");
    }
    ret = read_bytes(file, name, header + 4, 4 * DIMENSIONS, diag);
    if (ret != 0) {
        return ret;
    }
    size->images = big_endian(header + 4);
    size->rows = big_endian(header + 8);
    size->columns = big_endian(header + 12);
    uint64_t most = (gzdirect(file) ? 1 : GZIP_RATIO_MAX) * (uint64_t)bytes;
    uint64_t pixels = size->rows * size->columns;
    if (pixels > 0 && size->images > most / pixels) {
        return basin_fail(diag, BASIN_ERR_FORMAT,
            "%s: the file is too short for the %llu images of %llu x %llu pixels that "
            "its header promises",
            name, (unsigned long long)size->images, (unsigned long long)size->columns,
            (unsigned long long)size->rows);
    }
    return 0;
}

static int read_image(gzFile file, const char *name, struct basin_scaler *scaler,
    unsigned char *line, unsigned char *gray, struct basin_diag *diag)
{
    basin_scaler_restart(scaler);
    for (size_t y = 0; y < scaler->height; y++) {
        int ret = read_bytes(file, name, line, (unsigned)scaler->width, diag);
        if (ret != 0) {
            return ret;
        }
        for (size_t x = 0; x < scaler->width; x++) {
            scaler->row[x] = line[x];
        }
        basin_scaler_add(scaler);
    }
    basin_scaler_result(scaler, gray);
    return 0;
}

int basin_idx_read(gzFile file, const char *name, size_t bytes,
    const struct basin_picture_look *look, size_t count, struct basin_pictures **pictures,
    struct basin_diag *diag)
{
    struct basin_scaler scaler = {0};
    struct basin_pictures *read = NULL;
    unsigned char *line = NULL;
    struct idx_size size = {0};
    size_t need = 0;
    int ret = read_header(file, name, bytes, &size, diag);
    if (ret != 0) {
        return ret;
    }
    ret = basin_scaler_init(&scaler, size.columns, size.rows, (size_t)look->side, diag);
    if (ret != 0) {
        return basin_fail_in(diag, ret, "%s", name);
    }
    ret = basin_picture_need(look, size.images, count, name, "image", &need, diag);
    if (ret == 0) {
        ret = basin_pictures_alloc(need, scaler.side, &read, diag);
    }
    if (ret != 0) {
        goto out;
    }
    line = malloc(scaler.width);
    if (line == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for images");
        goto out;
    }
    for (size_t i = 0; ret == 0 && i < need; i++) {
        ret = read_image(file, name, &scaler, line, basin_pictures_at(read, i), diag);
    }
out:
    free(line);
    basin_scaler_free(&scaler);
    if (ret != 0) {
        basin_picture_close(read);
        return ret;
    }
    *pictures = read;
    return 0;
}
