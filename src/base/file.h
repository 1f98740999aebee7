/* Files that are read whole, and written whole or not at all: beside, synced, renamed. */
#ifndef BASIN_BASE_FILE_H
#define BASIN_BASE_FILE_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

/* "cannot <verb> <path>: <reason>" and what to do about it; code BASIN_ERR_IO. `number`
 * is errno. */
int basin_fail_file(
    struct basin_diag *diag, int number, const char *verb, const char *path);

/* Makes a folder and those above it; an existing one is fine. */
BASIN_CHECKED int basin_folder_make(const char *path, struct basin_diag *diag);

/* Makes renames and new files in the folder of this path survive a power failure. */
BASIN_CHECKED int basin_folder_sync(const char *path, struct basin_diag *diag);

/* Writes all bytes to an open descriptor. Returns the number written: less than n only
 * after a failure, with errno set. */
size_t basin_file_put(int file, const void *bytes, size_t n);

/* Ends the writing of a file beside path, which gave ret: renames it to path if ret is 0,
 * else removes it. Returns ret or the failure of the renaming. */
BASIN_CHECKED int basin_file_settle(
    const char *beside, const char *path, int ret, struct basin_diag *diag);

/* Adds the bytes of a file. */
BASIN_CHECKED int basin_file_read(
    const char *path, struct basin_str *bytes, struct basin_diag *diag);

/* Makes path hold these bytes: afterwards it is the old file or the whole new one. A
 * file that holds them already is left alone. */
BASIN_CHECKED int basin_file_replace(
    const char *path, const void *bytes, size_t n, struct basin_diag *diag);

#endif
