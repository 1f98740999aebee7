/* Reading one PNG image. */
#ifndef BASIN_PATTERNS_PNG_READ_H
#define BASIN_PATTERNS_PNG_READ_H

#include "base/err.h"

#include <stddef.h>
#include <stdio.h>

/* Any size, colour type and depth, interlaced or not, to gray (side x side). */
BASIN_CHECKED int basin_png_read(
    FILE *file, size_t side, unsigned char *gray, struct basin_diag *diag);

#endif
