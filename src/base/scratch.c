/* A folder for files that nobody keeps. */
#include "base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int basin_scratch_make(char **path, struct basin_diag *diag)
{
    const char *parent = getenv("TMPDIR");
    struct basin_str name = {0};
    basin_str_add(
        &name, "%s/basin-XXXXXX", parent == NULL || *parent == '\0' ? "/tmp" : parent);
    if (name.failed || mkdtemp(name.text) == NULL) {
        int ret = basin_fail(diag, BASIN_ERR_IO, "cannot make a folder %s: %s",
            name.failed ? "" : name.text, strerror(errno));
        basin_str_free(&name);
        return ret;
    }
    *path = name.text;
    return 0;
}

void basin_scratch_remove(char *path)
{
    DIR *folder = path == NULL ? NULL : opendir(path);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    if (folder != NULL) {
        closedir(folder);
        rmdir(path);
    }
    free(path);
}

int basin_file_read(const char *path, struct basin_str *bytes, struct basin_diag *diag)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    }
    char buffer[16384];
    size_t got;
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        basin_str_add_bytes(bytes, buffer, got);
    }
    bool good = ferror(file) == 0;
    fclose(file);
    if (bytes->failed) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return good ? 0 : basin_fail(diag, BASIN_ERR_IO, "cannot read %s", path);
}
