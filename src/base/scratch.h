/* A folder for files that nobody keeps. */
#ifndef BASIN_BASE_SCRATCH_H
#define BASIN_BASE_SCRATCH_H

#include "base/err.h"

/* Makes an empty folder in $TMPDIR or /tmp; *path is the caller's. */
BASIN_CHECKED int basin_scratch_make(char **path, struct basin_diag *diag);

/* Removes it with the files in it (it has no folders) and frees path; NULL is fine. */
void basin_scratch_remove(char *path);

#endif
