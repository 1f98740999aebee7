/* Reading an IDX file of images, plain or gzip.
 *
 * Big-endian: 0, 0, type (8: bytes), number of dimensions (3), then images, rows and
 * columns as 32-bit numbers, then the pixels, black 0 to white 255. */
#ifndef BASIN_PATTERNS_IDX_READ_H
#define BASIN_PATTERNS_IDX_READ_H

#include "patterns/picture.h"

#include <zlib.h>

/* Reads as many images as are needed for count patterns. name: of the file, bytes: its
 * size on the disk, which bounds what its header may promise. pictures: owned by the
 * caller (basin_picture_close). */
BASIN_CHECKED int basin_idx_read(gzFile file, const char *name, size_t bytes,
    const struct basin_picture_look *look, size_t count, struct basin_pictures **pictures,
    struct basin_diag *diag);

#endif
