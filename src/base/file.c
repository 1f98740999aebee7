/* Files that are read whole, and written whole or not at all: beside, synced, renamed. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *advice(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
        return "make room on the disc, then give the same command again";
    case EROFS:
    case EACCES:
    case EPERM:
        return "make the folder writable or choose another one";
    case ENOENT:
    case ENOTDIR:
        return "check that the folder exists and was not moved meanwhile";
    case EFBIG:
        return "the file is larger than the system or a limit allows";
    default:
        return "once the cause is gone, give the same command again";
    }
}

int basin_fail_file(
    struct basin_diag *diag, int number, const char *verb, const char *path)
{
    return basin_fail(diag, BASIN_ERR_IO, "cannot %s %s: %s\n%s", verb, path,
        strerror(number), advice(number));
}

int basin_folder_make(const char *path, struct basin_diag *diag)
{
    char *copy = basin_str_copy(path);
    if (copy == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = 0;
    for (char *end = copy; ret == 0 && *end != '\0';) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        struct stat status;
        int number = mkdir(copy, 0777) == 0 ? 0 : errno;
        if (number != 0 && number != EEXIST && stat(copy, &status) != 0) {
            ret = basin_fail_file(diag, number, "make the folder", copy);
        } else if (stat(copy, &status) == 0 && !S_ISDIR(status.st_mode)) {
            ret = basin_fail_file(diag, ENOTDIR, "make the folder", copy);
        }
        *end = kept;
    }
    free(copy);
    return ret;
}

int basin_folder_sync(const char *path, struct basin_diag *diag)
{
    const char *slash = strrchr(path, '/');
    struct basin_str folder = {0};
    if (slash == NULL) {
        basin_str_add(&folder, ".");
    } else {
        basin_str_add_bytes(&folder, path, (size_t)(slash - path) + 1);
    }
    if (folder.failed) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = 0;
    int file = open(folder.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems know no fsync of folders: EINVAL is no failure. */
    if (file < 0 || (fsync(file) != 0 && errno != EINVAL)) {
        ret = basin_fail_file(diag, errno, "sync the folder", folder.text);
    }
    if (file >= 0) {
        close(file);
    }
    basin_str_free(&folder);
    return ret;
}

size_t basin_file_put(int file, const void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t now = write(file, (const char *)bytes + done, n - done);
        if (now > 0) {
            done += (size_t)now;
        } else if (now == 0) {
            errno = ENOSPC;
            break;
        } else if (errno != EINTR) {
            break;
        }
    }
    return done;
}

/* Whether the file at path holds just these bytes. */
static bool holds(const char *path, const char *bytes, size_t n)
{
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        return false;
    }
    char block[1 << 16];
    bool same = true;
    size_t at = 0;
    while (same) {
        size_t got = fread(block, 1, sizeof(block), stream);
        if (got == 0) {
            break;
        }
        same = got <= n - at && memcmp(block, bytes + at, got) == 0;
        at += got;
    }
    same = same && at == n && ferror(stream) == 0;
    fclose(stream);
    return same;
}

static int write_beside(
    const char *path, const void *bytes, size_t n, struct basin_diag *diag)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return basin_fail_file(diag, errno, "write", path);
    }
    int ret = 0;
    if (basin_file_put(file, bytes, n) < n || fsync(file) != 0) {
        ret = basin_fail_file(diag, errno, "write", path);
    }
    if (close(file) != 0 && ret == 0) {
        ret = basin_fail_file(diag, errno, "write", path);
    }
    return ret;
}

int basin_file_settle(
    const char *beside, const char *path, int ret, struct basin_diag *diag)
{
    if (ret == 0 && rename(beside, path) != 0) {
        ret = basin_fail_file(diag, errno, "write", path);
    }
    if (ret != 0) {
        unlink(beside);
        return ret;
    }
    return basin_folder_sync(path, diag);
}

int basin_file_replace(
    const char *path, const void *bytes, size_t n, struct basin_diag *diag)
{
    if (holds(path, bytes, n)) {
        return 0;
    }
    struct basin_str beside = {0};
    basin_str_add(&beside, "%s.tmp", path);
    if (beside.failed) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = write_beside(beside.text, bytes, n, diag);
    ret = basin_file_settle(beside.text, path, ret, diag);
    basin_str_free(&beside);
    return ret;
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
