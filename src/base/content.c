/* The SHA-256 of one file after the other, each with its length before it. */
#include "base/content.h"

#include "base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

struct content {
    struct sha256_ctx state;
    unsigned char *block; /* of BLOCK bytes */
};

/* Devices and pipes have no content that could be the same again. */
static bool add_file(struct content *self, const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool good = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (good) {
        uint64_t size = (uint64_t)status.st_size;
        ssize_t n = 0;
        sha256_update(&self->state, sizeof(size), (const uint8_t *)&size);
        while ((n = read(file, self->block, BLOCK)) > 0) {
            sha256_update(&self->state, (size_t)n, self->block);
        }
        good = n == 0;
    }
    if (file >= 0) {
        close(file);
    }
    return good;
}

static bool is_wanted(const char *name, const char *patterns)
{
    char pattern[64];
    while (*patterns != '\0') {
        size_t length = strcspn(patterns, "|");
        if (length < sizeof(pattern)) {
            memcpy(pattern, patterns, length);
            pattern[length] = '\0';
            if (fnmatch(pattern, name, FNM_PERIOD) == 0) {
                return true;
            }
        }
        patterns += length + (patterns[length] == '|');
    }
    return false;
}

/* scandir's alphasort follows the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_folder(struct content *self, const char *path, const char *patterns)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, NULL, by_bytes);
    bool good = n >= 0;
    for (int i = 0; i < n; i++) {
        struct basin_str name = {0};
        if (good && is_wanted(entries[i]->d_name, patterns)) {
            basin_str_add(&name, "%s/%s", path, entries[i]->d_name);
            good = !name.failed && add_file(self, name.text);
        }
        basin_str_free(&name);
        free(entries[i]);
    }
    free(entries);
    return good;
}

static bool add_list(struct content *self, const char *path)
{
    bool good = true;
    while (good && *path != '\0') {
        path += strspn(path, ", ");
        size_t length = strcspn(path, ",");
        const char *next = path + length;
        while (length > 0 && path[length - 1] == ' ') {
            length--;
        }
        char *name = strndup(path, length);
        good = name != NULL && (length == 0 || add_file(self, name));
        free(name);
        path = next;
    }
    return good;
}

bool basin_content_id(const char *path, const char *patterns, struct basin_id *id)
{
    struct stat status;
    struct content self = {.block = malloc(BLOCK)};
    bool there = stat(path, &status) == 0;
    sha256_init(&self.state);
    bool good = self.block != NULL &&
                (there && S_ISDIR(status.st_mode) ? add_folder(&self, path, patterns)
                    : there                       ? add_file(&self, path)
                                                  : add_list(&self, path));
    sha256_digest(&self.state, sizeof(id->byte), id->byte);
    free(self.block);
    return good;
}
