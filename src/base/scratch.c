/* A folder for files that nobody keeps. */
#include "base/scratch.h"

#include "base/str.h"

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
