/* The folders of shards: results/<name>/shards/3-of-8. */
#include "run/folder.h"

#include "base/file.h"
#include "base/str.h"
#include "run/items.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *basin_folder_shard(const char *folder, uint32_t shard, uint32_t n_shards)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/shards/%u-of-%u", folder, shard, n_shards);
    if (path.failed) {
        basin_str_free(&path);
    }
    return path.text;
}

bool basin_folder_shard_of(const char *path, uint32_t *shard, uint32_t *n_shards)
{
    const char *slash = strrchr(path, '/');
    int end = 0;
    const char *name = slash == NULL ? path : slash + 1;
    return sscanf(name, "%6u-of-%6u%n", shard, n_shards, &end) == 2 &&
           name[end] == '\0' && *shard >= 1 && *shard <= *n_shards &&
           *n_shards <= BASIN_SHARDS_MOST;
}

static int add(struct basin_text_list *list, const char *folder, const char *name)
{
    struct basin_str path = {0};
    char **grown = realloc(list->text, (list->n + 1) * sizeof(*grown));
    if (grown != NULL) {
        list->text = grown;
        basin_str_add(&path, "%s/shards/%s", folder, name);
        list->text[list->n++] = path.text;
    }
    return grown == NULL || path.failed ? BASIN_ERR_NOMEM : 0;
}

static int compare(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    uint32_t i = 0;
    uint32_t j = 0;
    uint32_t n = 0;
    uint32_t m = 0;
    basin_folder_shard_of(*left, &i, &n);
    basin_folder_shard_of(*right, &j, &m);
    return n != m ? (n > m) - (n < m) : (i > j) - (i < j);
}

int basin_folder_shards(
    const char *folder, struct basin_text_list *shards, struct basin_diag *diag)
{
    char *path = basin_folder_path(folder, "shards");
    DIR *open = path == NULL ? NULL : opendir(path);
    int ret = path == NULL ? BASIN_ERR_NOMEM : 0;
    const struct dirent *entry;
    uint32_t shard;
    uint32_t n_shards;
    *shards = (struct basin_text_list){0};
    if (ret == 0 && open == NULL && errno != ENOENT && errno != ENOTDIR) {
        ret = basin_fail_file(diag, errno, "read the folder", path);
    }
    while (ret == 0 && open != NULL && (entry = readdir(open)) != NULL) {
        if (basin_folder_shard_of(entry->d_name, &shard, &n_shards)) {
            ret = add(shards, folder, entry->d_name);
        }
    }
    if (open != NULL) {
        closedir(open);
    }
    free(path);
    if (ret == BASIN_ERR_NOMEM) {
        basin_fail(diag, ret, "out of memory");
    }
    if (ret != 0) {
        basin_folder_shards_free(shards);
    } else if (shards->n > 0) {
        qsort(shards->text, shards->n, sizeof(*shards->text), compare);
    }
    return ret;
}

void basin_folder_shards_free(struct basin_text_list *shards)
{
    for (size_t i = 0; i < shards->n; i++) {
        free(shards->text[i]);
    }
    free(shards->text);
    *shards = (struct basin_text_list){0};
}
