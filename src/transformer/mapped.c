/* A file's bytes, mapped read-only into memory. */
#include "transformer/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map_file(struct basin_mapped *self, int file, const char *path,
    const struct stat *status, struct basin_diag *diag)
{
    if (!S_ISREG(status->st_mode)) {
        return basin_fail(diag, BASIN_ERR_IO, "%s is not a file", path);
    }
    if (status->st_size == 0) {
        return 0;
    }
    void *bytes = mmap(NULL, (size_t)status->st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    }
    self->bytes = bytes;
    self->size = (size_t)status->st_size;
    return 0;
}

int basin_mapped_open(
    struct basin_mapped *self, const char *path, struct basin_diag *diag)
{
    *self = (struct basin_mapped){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        int ret =
            basin_fail(diag, BASIN_ERR_IO, "cannot open %s: %s", path, strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return ret;
    }
    int ret = map_file(self, file, path, &status, diag);
    close(file);
    return ret;
}

void basin_mapped_release(const struct basin_mapped *self, const char *from, size_t n)
{
    if (self->bytes != NULL) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t first = (size_t)(from - self->bytes) / page * page;
        size_t size = (size_t)(from - self->bytes) + n - first;
        madvise((char *)(uintptr_t)self->bytes + first, size, MADV_DONTNEED);
    }
}

void basin_mapped_close(struct basin_mapped *self)
{
    if (self->bytes != NULL) {
        munmap((void *)(uintptr_t)self->bytes, self->size);
    }
    *self = (struct basin_mapped){0};
}
