/* What the report tells of one configuration: gathered from its result and the files
 * beside it. */
#include "base/file.h"
#include "base/scratch.h"
#include "plot/figure.h"
#include "report/html.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void count(struct basin_html_chapter *self, const struct basin_result *result)
{
    for (size_t g = 0; g < result->n_groups; g++) {
        const struct basin_group *group = &result->groups[g];
        self->n_cells += group->n_cells;
        for (size_t i = 0; i < group->n_cells * group->n_replicates; i++) {
            self->n_failed += group->status[i] == BASIN_STATUS_FAILED;
        }
    }
}

/* provenance.yaml beside the result; there need not be one. */
static int read_provenance(
    struct basin_html_chapter *self, const char *result_path, struct basin_diag *diag)
{
    const char *slash = strrchr(result_path, '/');
    struct basin_str path = {0};
    basin_str_add(&path, "%.*sprovenance.yaml",
        slash == NULL ? 0 : (int)(slash + 1 - result_path), result_path);
    int ret = 0;
    if (path.failed) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    } else if (access(path.text, R_OK) == 0) {
        ret = basin_document_load(&self->provenance, path.text, diag);
    }
    basin_str_free(&path);
    return ret;
}

static int read_figure(struct basin_html_figure *figure, const char *folder,
    const char *ending, struct basin_diag *diag)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s.%s", folder, figure->name, ending);
    basin_str_free(&figure->bytes);
    figure->png = strcmp(ending, "png") == 0;
    int ret = path.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                          : basin_file_read(path.text, &figure->bytes, diag);
    basin_str_free(&path);
    return ret;
}

static int read_figures(struct basin_html_chapter *self, const char *folder,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_result *result, struct basin_diag *diag)
{
    const struct basin_size usual = {0};
    int ret = basin_figures_make(
        plan, experiment, result, folder, BASIN_PLOT_SVG, usual, NULL, diag);
    bool big = false;
    for (size_t i = 0; ret == 0 && i < self->n_figures; i++) {
        ret = read_figure(&self->figure[i], folder, "svg", diag);
        big = big || self->figure[i].bytes.length > BASIN_HTML_SVG;
    }
    if (ret == 0 && big) {
        ret = basin_figures_make(
            plan, experiment, result, folder, BASIN_PLOT_PNG, usual, NULL, diag);
    }
    for (size_t i = 0; ret == 0 && i < self->n_figures; i++) {
        if (self->figure[i].bytes.length > BASIN_HTML_SVG) {
            ret = read_figure(&self->figure[i], folder, "png", diag);
        }
    }
    return ret;
}

static int name_figures(struct basin_html_chapter *self, const struct basin_plan *plan)
{
    const struct basin_node *list = basin_node_get(plan->document.root, "figures");
    size_t n = list == NULL ? 0 : list->n;
    self->figure = calloc(n + 1, sizeof(*self->figure));
    for (size_t i = 0; self->figure != NULL && i < n; i++) {
        const struct basin_node *name = basin_node_get(list->items[i], "name");
        self->figure[i].name = basin_str_copy(name == NULL ? "" : name->text);
        if (self->figure[i].name == NULL) {
            return BASIN_ERR_NOMEM;
        }
        self->n_figures++;
    }
    return self->figure == NULL ? BASIN_ERR_NOMEM : 0;
}

int basin_html_chapter_make(struct basin_html_chapter *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_result *result, const char *result_path, struct basin_diag *diag)
{
    *self =
        (struct basin_html_chapter){.seed = plan->seed, .replicates = plan->replicates};
    self->title = basin_str_copy(plan->title);
    self->source = basin_str_copy(plan->source == NULL ? "" : plan->source);
    self->experiment = basin_str_copy(experiment->kind.name);
    self->config = basin_str_copy(result->config);
    char *folder = NULL;
    if (self->title == NULL || self->source == NULL || self->experiment == NULL ||
        self->config == NULL || name_figures(self, plan) != 0) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    count(self, result);
    int ret = read_provenance(self, result_path, diag);
    if (ret == 0) {
        ret = basin_scratch_make(&folder, diag);
    }
    if (ret == 0) {
        ret = read_figures(self, folder, plan, experiment, result, diag);
    }
    basin_scratch_remove(folder);
    return ret;
}

void basin_html_chapter_free(struct basin_html_chapter *self)
{
    for (size_t i = 0; i < self->n_figures; i++) {
        free(self->figure[i].name);
        basin_str_free(&self->figure[i].bytes);
    }
    free(self->figure);
    free(self->title);
    free(self->source);
    free(self->experiment);
    free(self->config);
    basin_document_free(&self->provenance);
    *self = (struct basin_html_chapter){0};
}
