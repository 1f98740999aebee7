/* Preloaded into a process, makes the disc fail: LD_PRELOAD=fault.so with
 *   FAULT=full     writes fail with ENOSPC
 *   FAULT=short    a write stops half-way, the next one fails with ENOSPC
 *   FAULT=io       fsync fails with EIO
 *   FAULT=rename   rename fails with EACCES
 *   FAULT_AFTER=n  the first n calls of that kind go well
 * Only calls on regular files count: pipes and terminals stay as they are. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static int is_due(const char *kind)
{
    const char *fault = getenv("FAULT");
    const char *after = getenv("FAULT_AFTER");
    return fault != NULL && strcmp(fault, kind) == 0 &&
           __atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST) >=
               (after == NULL ? 0 : strtol(after, NULL, 10));
}

static int is_file(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

/* Whether a write fails; *n may be shortened instead. */
static int is_full(int file, size_t *n)
{
    static int shortened;
    if (!is_file(file)) {
        return 0;
    }
    if (is_due("full")) {
        return 1;
    }
    if (!is_due("short")) {
        return 0;
    }
    if (__atomic_exchange_n(&shortened, 1, __ATOMIC_SEQ_CST) == 0 && *n > 1) {
        *n /= 2;
        return 0;
    }
    return 1;
}

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

ssize_t write(int file, const void *bytes, size_t n)
{
    ssize_t (*real)(int, const void *, size_t);
    void *found = next("write");
    memcpy(&real, &found, sizeof(real));
    if (is_full(file, &n)) {
        errno = ENOSPC;
        return -1;
    }
    return real(file, bytes, n);
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t);
    void *found = next("pwrite64");
    memcpy(&real, &found, sizeof(real));
    if (is_full(file, &n)) {
        errno = ENOSPC;
        return -1;
    }
    return real(file, bytes, n, at);
}

ssize_t pwrite(int file, const void *bytes, size_t n, off_t at)
{
    return pwrite64(file, bytes, n, at);
}

int fsync(int file)
{
    int (*real)(int);
    void *found = next("fsync");
    memcpy(&real, &found, sizeof(real));
    if (is_file(file) && is_due("io")) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *);
    void *found = next("rename");
    memcpy(&real, &found, sizeof(real));
    if (is_due("rename")) {
        errno = EACCES;
        return -1;
    }
    return real(from, to);
}
