/* What a verb works on: a configuration or a results file. */
#include "cli/cli.h"

#include "base/str.h"
#include "claims/claim.h"
#include "plot/figure.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct basin_section *sections_of(const struct basin_kind *experiment)
{
    return basin_experiment_of(experiment)->sections;
}

static const char *const other_keys[] = {"figures", "claims"};

static const struct basin_registry registry = {
    .experiments = basin_experiments,
    .sections = sections_of,
    .other_keys = other_keys,
    .n_other_keys = sizeof(other_keys) / sizeof(other_keys[0]),
};

char *basin_path_join(const char *folder, const char *name, const char *suffix)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s%s", folder, name, suffix);
    if (path.failed) {
        basin_str_free(&path);
    }
    return path.text;
}

int basin_text_write(
    const struct basin_str *text, const char *path, struct basin_diag *diag)
{
    if (text->failed) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    FILE *file = path == NULL ? stdout : fopen(path, "w");
    if (file == NULL) {
        return basin_fail(
            diag, BASIN_ERR_IO, "cannot write %s: %s", path, strerror(errno));
    }
    bool good =
        text->length == 0 || fwrite(text->text, 1, text->length, file) == text->length;
    good = (path == NULL ? fflush(file) : fclose(file)) == 0 && good;
    return good ? 0
                : basin_fail(diag, BASIN_ERR_IO, "cannot write %s: %s",
                      path == NULL ? "standard output" : path, strerror(errno));
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static void no_such_config(const char *operand, struct basin_diag *diag)
{
    enum { MOST = 256 };
    char *names[MOST];
    size_t n = 0;
    DIR *folder = opendir("configs");
    struct dirent *entry;
    while (folder != NULL && n < MOST && (entry = readdir(folder)) != NULL) {
        if (ends_with(entry->d_name, ".yaml") &&
            (names[n] = basin_str_copy(entry->d_name)) != NULL) {
            n++;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    const char *near = basin_str_nearest(operand, (const char *const *)names, n);
    basin_fail(diag, BASIN_ERR_CONFIG,
        "there is no configuration \"%s\", neither here nor in configs/%s%s%s", operand,
        near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
        near == NULL ? "" : "?");
    while (n-- > 0) {
        free(names[n]);
    }
}

/* As given, in configs/, or in configs/ with .yaml put behind. */
static int find_config(const char *operand, char **path, struct basin_diag *diag)
{
    char *tries[] = {basin_str_copy(operand), basin_path_join("configs", operand, ""),
        basin_path_join("configs", operand, ".yaml")};
    bool whole = true;
    *path = NULL;
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        whole = whole && tries[i] != NULL;
        if (*path == NULL && tries[i] != NULL && access(tries[i], F_OK) == 0) {
            *path = tries[i];
        } else {
            free(tries[i]);
        }
    }
    if (*path == NULL && !whole) {
        basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        return BASIN_ERR_NOMEM;
    }
    if (*path == NULL) {
        no_such_config(operand, diag);
        return BASIN_ERR_CONFIG;
    }
    return 0;
}

/* Whether a path is <anything>/ci/<file>: a small form for continuous integration, which
 * has the name of the whole one. */
static bool is_small_form(const char *path)
{
    const char *file = strrchr(path, '/');
    return file != NULL && file - path >= 2 && strncmp(file - 2, "ci", 2) == 0 &&
           (file - path == 2 || file[-3] == '/');
}

static int load_config(struct basin_target *self, const struct basin_overrides *overrides,
    const char *operand, struct basin_diag *diag)
{
    char *path;
    int ret = find_config(operand, &path, diag);
    if (ret == 0) {
        self->group = is_small_form(path) ? "quick/" : "";
        ret = basin_plan_load(&self->plan, path, &registry, overrides, diag);
        free(path);
    }
    return ret;
}

/* A stored name becomes part of paths, and the file may come from a stranger. */
static int check_name(const char *path, const char *name, struct basin_diag *diag)
{
    bool good = name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
    for (const char *c = name; good && *c != '\0'; c++) {
        good = (unsigned char)*c >= ' ' && *c != 0x7f;
    }
    return good
               ? 0
               : basin_fail(diag, BASIN_ERR_FORMAT,
                     "%s calls itself \"%s\", which is no name for a folder", path, name);
}

static int load_result(struct basin_target *self, const struct basin_overrides *overrides,
    const char *path, struct basin_diag *diag)
{
    struct basin_result result;
    int ret = basin_result_read(&result, path, diag);
    if (ret != 0) {
        return ret;
    }
    ret = check_name(path, result.name, diag);
    self->group = strstr(path, "results/quick/") != NULL ? "quick/" : "";
    if (ret == 0) {
        ret = basin_plan_parse(&self->plan, result.name, result.config,
            strlen(result.config), &registry, overrides, diag);
    }
    basin_result_free(&result);
    return ret;
}

static int name_places(struct basin_target *self, const char *out, const char *stored,
    struct basin_diag *diag)
{
    struct basin_str folder = {0};
    basin_str_add(&folder, "results/%s%s", self->group, self->plan.name);
    if (out != NULL) {
        folder.length = 0;
        basin_str_add(&folder, "%s", out);
    }
    if (folder.failed) {
        basin_str_free(&folder);
    }
    self->folder = folder.text;
    if (self->folder != NULL) {
        self->result_path = stored == NULL
                                ? basin_path_join(self->folder, self->plan.name, ".h5")
                                : basin_str_copy(stored);
    }
    return self->result_path == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                                     : 0;
}

static int load(struct basin_target *self, const struct basin_arguments *arguments,
    const char *operand, bool blind, struct basin_diag *diag)
{
    *self = (struct basin_target){.group = ""};
    bool stored = self->stored = ends_with(operand, ".h5");
    struct basin_overrides overrides = {&arguments->sets, &arguments->onlys, blind};
    int ret = stored ? load_result(self, &overrides, operand, diag)
                     : load_config(self, &overrides, operand, diag);
    if (ret != 0) {
        return ret;
    }
    self->experiment = basin_experiment_of(self->plan.experiment);
    ret = name_places(self, arguments->out, stored ? operand : NULL, diag);
    if (ret == 0) {
        ret = basin_figures_check(&self->plan, self->experiment, diag);
    }
    if (ret == 0) {
        ret = basin_claims_check(&self->plan, self->experiment, diag);
    }
    if (ret != 0) {
        basin_target_free(self);
    }
    return ret;
}

int basin_target_load(struct basin_target *self, const struct basin_arguments *arguments,
    const char *operand, struct basin_diag *diag)
{
    return load(self, arguments, operand, false, diag);
}

static int read_result(
    const struct basin_target *self, struct basin_result *result, struct basin_diag *diag)
{
    if (access(self->result_path, F_OK) != 0) {
        return basin_fail(diag, BASIN_ERR_IO, "there is no %s yet; `basin run` makes it",
            self->result_path);
    }
    int ret = basin_result_read(result, self->result_path, diag);
    if (ret == 0 && !self->stored &&
        basin_id_compare(&result->plan, &self->plan.id) != 0) {
        basin_result_free(result);
        ret = basin_fail(diag, BASIN_ERR_PLAN,
            "%s holds results of another plan: run the configuration again, or name the "
            ".h5 file to work on what is stored",
            self->result_path);
    }
    return ret;
}

int basin_stored_open(struct basin_target *target, struct basin_result *result,
    const struct basin_arguments *arguments, const char *operand, struct basin_diag *diag)
{
    struct basin_arguments without_out = *arguments;
    without_out.out = NULL;
    int ret = load(target, &without_out, operand, ends_with(operand, ".h5"), diag);
    if (ret == 0) {
        ret = read_result(target, result, diag);
        if (ret != 0) {
            basin_target_free(target);
        }
    }
    return ret;
}

void basin_stored_close(struct basin_target *target, struct basin_result *result)
{
    basin_result_free(result);
    basin_target_free(target);
}

void basin_target_free(struct basin_target *self)
{
    basin_plan_free(&self->plan);
    free(self->folder);
    free(self->result_path);
    *self = (struct basin_target){0};
}
