/* Source "png": a folder of PNG images, or a list of them. */
#include "patterns/png_read.h"

#include "base/str.h"
#include "patterns/picture.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct png {
    struct basin_picture_look look;
    const char *path;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_FILES(struct png, path, NULL, "*.[pP][nN][gG]",
        "a folder, whose *.png are taken in byte order of their names, or PNG files "
        "separated by commas; relative to the current folder"),
    BASIN_PICTURE_FIELDS("64"),
    BASIN_FIELD_END,
};

struct names {
    size_t n;
    char **name; /* owned */
};

static void names_free(struct names *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->name[i]);
    }
    free(self->name);
}

/* Adds "folder/name" or, where folder is NULL, "name"; length bytes of name. */
static int names_add(struct names *self, const char *folder, const char *name,
    size_t length, struct basin_diag *diag)
{
    struct basin_str text = {0};
    if (folder != NULL) {
        basin_str_add(&text, "%s/", folder);
    }
    basin_str_add_bytes(&text, name, length);
    char **grown = realloc(self->name, (self->n + 1) * sizeof(*grown));
    if (grown != NULL) {
        self->name = grown;
    }
    if (grown == NULL || text.failed) {
        basin_str_free(&text);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for names of files");
    }
    self->name[self->n++] = text.text;
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names_of_folder(struct names *self, const char *path, struct basin_diag *diag)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot read folder %s: %s", path, strerror(errno));
    }
    int ret = 0;
    const struct dirent *entry;
    while (ret == 0 && (entry = readdir(folder)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcasecmp(entry->d_name + length - 4, ".png") == 0) {
            ret = names_add(self, path, entry->d_name, length, diag);
        }
    }
    closedir(folder);
    if (self->n > 0) {
        qsort(self->name, self->n, sizeof(*self->name), compare_names);
    }
    return ret;
}

static int names_of_list(struct names *self, const char *path, struct basin_diag *diag)
{
    int ret = 0;
    while (ret == 0 && *path != '\0') {
        path += strspn(path, ", ");
        size_t length = strcspn(path, ",");
        const char *next = path + length;
        while (length > 0 && path[length - 1] == ' ') {
            length--;
        }
        if (length > 0) {
            ret = names_add(self, NULL, path, length, diag);
        }
        path = next;
    }
    return ret;
}

static int read_file(
    const char *name, size_t side, unsigned char *gray, struct basin_diag *diag)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot open %s: %s", name, strerror(errno));
    }
    int ret = basin_png_read(file, side, gray, diag);
    if (ret != 0) {
        basin_fail_in(diag, ret, "%s", name);
    }
    fclose(file);
    return ret;
}

/* Fails if there are fewer than count; need: how many have to be read. */
static int find_names(const struct png *self, size_t count, struct names *names,
    size_t *need, struct basin_diag *diag)
{
    struct stat status;
    bool folder = stat(self->path, &status) == 0 && S_ISDIR(status.st_mode);
    int ret = folder ? names_of_folder(names, self->path, diag)
                     : names_of_list(names, self->path, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str holder = {0};
    basin_str_add(&holder, folder ? "folder %s" : "path \"%s\"", self->path);
    if (holder.failed) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for names of files");
    }
    ret = basin_picture_need(
        &self->look, names->n, count, holder.text, "PNG image", need, diag);
    basin_str_free(&holder);
    return ret;
}

static int png_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    const struct png *self = params;
    struct names names = {0};
    struct basin_pictures *pictures = NULL;
    size_t need = 0;
    int ret = find_names(self, count, &names, &need, diag);
    if (ret == 0) {
        ret = basin_pictures_alloc(need, (size_t)self->look.side, &pictures, diag);
    }
    for (size_t i = 0; ret == 0 && i < need && i < names.n; i++) {
        ret = read_file(
            names.name[i], pictures->side, basin_pictures_at(pictures, i), diag);
    }
    names_free(&names);
    if (ret != 0) {
        basin_picture_close(pictures);
        pictures = NULL;
    }
    *data = pictures;
    return ret;
}

const struct basin_source basin_source_png = {
    .kind =
        {
            .name = "png",
            .summary = "PNG images of a folder, resized to squares",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct png),
        },
    .dimension = basin_picture_dimension,
    .domain = basin_picture_domain,
    .side = basin_picture_side,
    .open = png_open,
    .close = basin_picture_close,
    .draw = basin_picture_draw,
};
