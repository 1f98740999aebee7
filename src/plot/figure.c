/* Figures: all entries of `figures:`, checked or drawn one after another. */
#include "plot/figure.h"

#include "base/file.h"
#include "plot/draw.h"
#include "plot/gnuplot.h"
#include "plot/tex.h"

#include <stdlib.h>
#include <string.h>

/* The list of figures; NULL if there is none. */
static int figures_of(const struct basin_plan *plan, const struct basin_node **list,
    struct basin_diag *diag)
{
    *list = basin_node_get(plan->document.root, "figures");
    if (*list != NULL && (*list)->kind != BASIN_SEQUENCE) {
        return basin_fail_at(
            diag, &plan->document, *list, "figures is a list: a - before each entry");
    }
    return 0;
}

/* Two figures of one name would overwrite each other. */
static int check_name(const struct basin_plan *plan, const struct basin_node *list,
    size_t i, const char *name, struct basin_diag *diag)
{
    for (size_t j = 0; j < i; j++) {
        const struct basin_node *other = basin_node_get(list->items[j], "name");
        if (other != NULL && other->text != NULL && strcmp(other->text, name) == 0) {
            return basin_fail_at(diag, &plan->document, list->items[i],
                "two figures have the name \"%s\"", name);
        }
    }
    return 0;
}

/* Reads one figure and decides what it shows. Both are to be freed in any case. */
static int prepare(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *list, size_t i,
    struct basin_figure *figure, struct basin_view *view, struct basin_diag *diag)
{
    int ret = basin_figure_read(figure, plan, experiment, list->items[i], diag);
    if (ret == 0) {
        ret = check_name(plan, list, i, figure->name, diag);
    }
    if (ret == 0) {
        ret = basin_view_make(view, figure, plan, experiment, diag);
    }
    return ret;
}

/* A column and a page of APS, Elsevier, IEEE, Nature and Springer are at least as wide.
 */
int basin_size_read(struct basin_size *self, const char *text, struct basin_diag *diag)
{
    static const char *const words[] = {"single", "double"};
    static const double widths[] = {84, 174};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text, words[i]) == 0) {
            *self = (struct basin_size){.width = widths[i]};
            return 0;
        }
    }
    char *end;
    self->width = strtod(text, &end);
    const char *second = end + 1;
    self->height = *end == 'x' ? strtod(second, &end) : 0;
    bool good = end > second && *end == '\0' && self->width >= 40 && self->height >= 30 &&
                self->width <= 1000 && self->height <= 1000;
    return good ? 0
                : basin_fail(diag, BASIN_ERR_USAGE,
                      "--size takes single (84 mm wide), double (174 mm), or width x "
                      "height in mm from 40x30 to 1000x1000 such as 120x80, not \"%s\"",
                      text);
}

int basin_figures_check(const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag)
{
    const struct basin_node *list;
    int ret = figures_of(plan, &list, diag);
    for (size_t i = 0; ret == 0 && list != NULL && i < list->n; i++) {
        struct basin_figure figure = {0};
        struct basin_view view = {0};
        ret = prepare(plan, experiment, list, i, &figure, &view, diag);
        basin_view_free(&view);
        basin_figure_free(&figure, plan);
    }
    return ret;
}

static int draw(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    static int (*const kinds[])(const struct basin_drawing *, struct basin_diag *) = {
        [BASIN_LINES] = basin_draw_lines,
        [BASIN_HEAT] = basin_draw_heat,
        [BASIN_HISTOGRAM] = basin_draw_histogram,
        [BASIN_PICTURES] = basin_draw_pictures,
        [BASIN_BARS] = basin_draw_bars,
        [BASIN_VIOLINS] = basin_draw_violins,
        [BASIN_COURSE] = basin_draw_course,
        [BASIN_DENSITIES] = basin_draw_densities,
    };
    int ret = kinds[drawing->figure->kind](drawing, diag);
    if (ret == 0 && drawing->script->failed) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    return ret;
}

static int write_script(const char *folder, const char *name,
    const struct basin_str *script, struct basin_diag *diag)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s.gp", folder, name);
    int ret = path.failed
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : basin_file_replace(path.text, script->text, script->length, diag);
    basin_str_free(&path);
    return ret;
}

static int run_formats(const char *folder, const char *name, unsigned formats,
    struct basin_str *drawn, struct basin_diag *diag)
{
    static const struct {
        unsigned bit;
        const char *name;
    } all[] = {{BASIN_PLOT_SVG, "svg"}, {BASIN_PLOT_PNG, "png"}, {BASIN_PLOT_PDF, "pdf"},
        {BASIN_PLOT_TEX, "tex"}, {BASIN_PLOT_DUMB, "dumb"}, {BASIN_PLOT_SIXEL, "sixel"}};
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < sizeof(all) / sizeof(all[0]); i++) {
        if ((formats & all[i].bit) != 0) {
            bool printed = (all[i].bit & (BASIN_PLOT_DUMB | BASIN_PLOT_SIXEL)) != 0;
            ret = basin_gnuplot_run(
                folder, name, all[i].name, printed ? drawn : NULL, diag);
            if (ret == 0 && all[i].bit == BASIN_PLOT_TEX) {
                ret = basin_tex_escape(folder, name, diag);
            }
        }
    }
    return ret;
}

int basin_figures_make(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_result *result,
    const char *folder, unsigned formats, struct basin_size size, struct basin_str *drawn,
    struct basin_diag *diag)
{
    const struct basin_node *list;
    int ret = figures_of(plan, &list, diag);
    if (ret == 0 && list != NULL && list->n > 0) {
        ret = basin_folder_make(folder, diag);
    }
    for (size_t i = 0; ret == 0 && list != NULL && i < list->n; i++) {
        struct basin_figure figure = {0};
        struct basin_view view = {0};
        struct basin_str script = {0};
        ret = prepare(plan, experiment, list, i, &figure, &view, diag);
        if (ret == 0) {
            const struct basin_drawing drawing = {
                &figure, plan, experiment, result, &view, size, &script};
            ret = draw(&drawing, diag);
        }
        if (ret == 0) {
            ret = write_script(folder, figure.name, &script, diag);
        }
        if (ret == 0) {
            ret = run_formats(folder, figure.name, formats, drawn, diag);
        }
        basin_str_free(&script);
        basin_view_free(&view);
        basin_figure_free(&figure, plan);
    }
    return ret;
}
