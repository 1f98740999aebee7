/* A file's bytes, mapped read-only into memory. */
#ifndef BASIN_TRANSFORMER_MAPPED_H
#define BASIN_TRANSFORMER_MAPPED_H

#include "base/err.h"

#include <stddef.h>

struct basin_mapped {
    const char *bytes; /* not terminated; NULL for an empty file */
    size_t size;
};

BASIN_CHECKED int basin_mapped_open(
    struct basin_mapped *self, const char *path, struct basin_diag *diag);

/* Says that these bytes have been read for now: memory need not hold them. They may be
 * read again. */
void basin_mapped_release(const struct basin_mapped *self, const char *from, size_t n);

/* Start self as {0}; closing it again does nothing. */
void basin_mapped_close(struct basin_mapped *self);

#endif
