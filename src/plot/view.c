/* From a figure and a plan to points, series and panels.
 *
 * Each list of factors (rule, dimension, ...) becomes one number per cell in a mixed
 * radix, so that equal numbers are the same series and their order is the axes' order. */
#include "plot/view.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A cell while the view is made. */
struct candidate {
    struct basin_slot slot;
    uint64_t panel, series;
};

struct maker {
    const struct basin_figure *figure;
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    struct basin_factors series, panels; /* as given, or chosen */
};

static size_t factor_size(const struct maker *m, int factor)
{
    switch (factor) {
    case BASIN_BY_RULE:
        return m->plan->n_variants;
    case BASIN_BY_METRIC:
        return m->figure->n_metrics;
    default:
        return m->plan->axes[factor].n + 1; /* the last: the cell lacks the axis */
    }
}

static size_t factor_value(
    const struct maker *m, int factor, size_t cell_index, size_t metric)
{
    const struct basin_cell *cell = &m->plan->cells[cell_index];
    switch (factor) {
    case BASIN_BY_RULE:
        return cell->variant;
    case BASIN_BY_METRIC:
        return metric;
    default:
        return cell->value[factor] == BASIN_NO_VALUE ? m->plan->axes[factor].n
                                                     : cell->value[factor];
    }
}

static uint64_t key_of(const struct maker *m, const struct basin_factors *factors,
    size_t cell, size_t metric)
{
    uint64_t key = 0;
    for (size_t i = 0; i < factors->n; i++) {
        key = key * factor_size(m, factors->factor[i]) +
              factor_value(m, factors->factor[i], cell, metric);
    }
    return key;
}

static double place_of(const struct maker *m, int factor, size_t cell)
{
    if (factor == BASIN_BY_NOTHING) {
        return 0;
    }
    size_t value = factor_value(m, factor, cell, 0);
    if (factor == BASIN_BY_RULE) {
        return (double)value;
    }
    const struct basin_axis *axis = &m->plan->axes[factor];
    if (value == axis->n) {
        return NAN;
    }
    bool number = axis->field->type == BASIN_INT || axis->field->type == BASIN_REAL;
    return number && m->figure->kind != BASIN_BARS ? axis->number[value] : (double)value;
}

static bool cell_shown(const struct maker *m, size_t index)
{
    const struct basin_cell *cell = &m->plan->cells[index];
    bool shown = m->figure->variants[cell->variant];
    for (size_t a = 0; shown && a < m->plan->n_axes; a++) {
        shown = cell->value[a] == BASIN_NO_VALUE || m->figure->values[a][cell->value[a]];
    }
    return shown;
}

static bool has_factor(const struct basin_factors *factors, int factor)
{
    for (size_t i = 0; i < factors->n; i++) {
        if (factors->factor[i] == factor) {
            return true;
        }
    }
    return false;
}

static bool varies(const struct maker *m, int factor)
{
    bool first = true;
    size_t value = 0;
    for (size_t i = 0; i < m->plan->n_cells; i++) {
        if (cell_shown(m, i)) {
            size_t here = factor_value(m, factor, i, 0);
            if (!first && here != value) {
                return true;
            }
            first = false;
            value = here;
        }
    }
    return false;
}

/* What was not given is chosen: all that varies and is not shown otherwise. */
static void choose_factors(struct maker *m)
{
    const struct basin_figure *figure = m->figure;
    bool drawn_in_panels = figure->kind == BASIN_PICTURES || figure->kind == BASIN_HEAT ||
                           figure->kind == BASIN_VIOLINS ||
                           figure->kind == BASIN_DENSITIES ||
                           (figure->kind == BASIN_COURSE && figure->stacked);
    m->series = figure->series;
    m->panels = figure->panels;
    struct basin_factors *open = drawn_in_panels ? &m->panels : &m->series;
    for (int f = BASIN_BY_RULE; !open->given && f < (int)m->plan->n_axes; f++) {
        bool shown = f == figure->x || f == figure->y || has_factor(&m->panels, f);
        if (!shown && open->n + 1 < BASIN_FIGURE_MOST && varies(m, f)) {
            open->factor[open->n++] = f;
        }
    }
    if (figure->n_metrics > 1 && m->series.n < BASIN_FIGURE_MOST) {
        memmove(m->series.factor + 1, m->series.factor, m->series.n * sizeof(int));
        m->series.factor[0] = BASIN_BY_METRIC;
        m->series.n++;
    }
}

static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b)) {
        return isnan(b) - isnan(a);
    }
    return (a > b) - (a < b);
}

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    if (a->panel != b->panel) {
        return a->panel < b->panel ? -1 : 1;
    }
    if (a->series != b->series) {
        return a->series < b->series ? -1 : 1;
    }
    int order = compare_numbers(a->slot.x, b->slot.x);
    return order != 0 ? order : compare_numbers(a->slot.y, b->slot.y);
}

static int compare_keys(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Sorts keys and drops repetitions; returns how many there are. */
static size_t unique_keys(uint64_t *keys, size_t n)
{
    qsort(keys, n, sizeof(*keys), compare_keys);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || keys[kept - 1] != keys[i]) {
            keys[kept++] = keys[i];
        }
    }
    return kept;
}

static size_t key_index(const uint64_t *keys, size_t n, uint64_t key)
{
    const uint64_t *found = bsearch(&key, keys, n, sizeof(*keys), compare_keys);
    return (size_t)(found - keys);
}

/* "fixed point, 500", with names "fixed point, dimension = 500". The radix is undone from
 * the last factor, so every part goes in front. */
static char *label_of(
    const struct maker *m, const struct basin_factors *factors, uint64_t key, bool names)
{
    struct basin_str label = {0};
    for (size_t i = 0; i < factors->n; i++) {
        uint64_t rest = key;
        for (size_t j = factors->n - 1; j > i; j--) {
            rest /= factor_size(m, factors->factor[j]);
        }
        int factor = factors->factor[i];
        size_t value = rest % factor_size(m, factor);
        const char *comma = label.length > 0 ? ", " : "";
        char buffer[64];
        if (factor == BASIN_BY_RULE) {
            basin_str_add(&label, "%s%s", comma, m->plan->variants[value].label);
        } else if (factor == BASIN_BY_METRIC) {
            basin_str_add(&label, "%s", comma);
            basin_label_metric(&label, m->figure, m->experiment, value);
        } else if (value < m->plan->axes[factor].n) {
            const struct basin_axis *axis = &m->plan->axes[factor];
            basin_str_add(&label, "%s", comma);
            basin_label_words(&label, names ? axis->name : "");
            basin_str_add(&label, "%s%s", names ? " = " : "",
                basin_axis_value(axis, value, buffer));
        }
    }
    basin_str_add(&label, "%s", "");
    if (label.failed) {
        basin_str_free(&label);
    }
    return label.text;
}

static char *title_of(const struct maker *m)
{
    struct basin_str title = {0};
    for (size_t i = 0; i < m->series.n; i++) {
        int factor = m->series.factor[i];
        if (factor != BASIN_BY_METRIC) {
            basin_str_add(&title, "%s", title.length > 0 ? ", " : "");
            basin_label_words(
                &title, factor == BASIN_BY_RULE ? "rule" : m->plan->axes[factor].name);
        }
    }
    basin_str_add(&title, "%s", "");
    if (title.failed) {
        basin_str_free(&title);
    }
    return title.text;
}

/* With two factors or more, the first shows in the dashes and the others in the colour.
 */
static void style_series(
    const struct maker *m, struct basin_view *self, const uint64_t *keys)
{
    uint64_t rest = 1;
    for (size_t i = 1; i < m->series.n; i++) {
        rest *= factor_size(m, m->series.factor[i]);
    }
    bool split = m->series.n > 1 && keys[0] / rest != keys[self->n_series - 1] / rest;
    size_t dash = 0;
    for (size_t i = 0; i < self->n_series; i++) {
        struct basin_series *series = &self->series[i];
        series->colour = i;
        if (split) {
            dash += i > 0 && keys[i] / rest != keys[i - 1] / rest;
            size_t same = 0;
            while (same < i && keys[same] % rest != keys[i] % rest) {
                same++;
            }
            series->dash = dash;
            series->colour = same < i ? self->series[same].colour : 0;
            for (size_t j = 0; same == i && j < i; j++) {
                size_t next = self->series[j].colour + 1;
                series->colour = next > series->colour ? next : series->colour;
            }
        }
    }
}

static int name_all(const struct maker *m, struct basin_view *self,
    const uint64_t *panel_keys, const uint64_t *series_keys)
{
    self->panels = calloc(self->n_panels + 1, sizeof(*self->panels));
    self->series = calloc(self->n_series + 1, sizeof(*self->series));
    self->series_title = title_of(m);
    if (self->panels == NULL || self->series == NULL || self->series_title == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < self->n_panels; i++) {
        self->panels[i] = label_of(m, &m->panels, panel_keys[i], true);
        if (self->panels[i] == NULL) {
            return BASIN_ERR_NOMEM;
        }
    }
    for (size_t i = 0; i < self->n_series; i++) {
        self->series[i].label = label_of(m, &m->series, series_keys[i], false);
        if (self->series[i].label == NULL) {
            return BASIN_ERR_NOMEM;
        }
    }
    if (self->n_series > 0) {
        style_series(m, self, series_keys);
    }
    return 0;
}

/* Refuses a figure in which two cells fall on the same point, and says what would tell
 * them apart. */
static int check_distinct(const struct maker *m, const struct candidate *candidates,
    size_t n, struct basin_diag *diag)
{
    for (size_t i = 1; i < n; i++) {
        if (compare_candidates(&candidates[i - 1], &candidates[i]) != 0) {
            continue;
        }
        size_t a = candidates[i - 1].slot.cell;
        size_t b = candidates[i].slot.cell;
        const char *differing = "rule";
        for (size_t axis = 0; axis < m->plan->n_axes; axis++) {
            if (m->plan->cells[a].value[axis] != m->plan->cells[b].value[axis]) {
                differing = m->plan->axes[axis].name;
            }
        }
        return basin_fail_at(diag, &m->plan->document, m->figure->node,
            "in figure \"%s\" several cells fall on the same point: they differ in "
            "\"%s\"; "
            "put it into series, panels or where",
            m->figure->name, differing);
    }
    return 0;
}

static size_t collect(const struct maker *m, struct candidate *candidates)
{
    size_t n = 0;
    for (size_t c = 0; c < m->plan->n_cells; c++) {
        for (size_t i = 0; cell_shown(m, c) && i < m->figure->n_metrics; i++) {
            candidates[n++] = (struct candidate){
                .slot = {.cell = c,
                    .metric = i,
                    .x = place_of(m, m->figure->x, c),
                    .y = place_of(m, m->figure->y, c)},
                .panel = key_of(m, &m->panels, c, i),
                .series = key_of(m, &m->series, c, i),
            };
        }
    }
    return n;
}

int basin_view_make(struct basin_view *self, const struct basin_figure *figure,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    struct basin_diag *diag)
{
    *self = (struct basin_view){0};
    struct maker m = {figure, plan, experiment, {0}, {0}};
    choose_factors(&m);
    size_t most = plan->n_cells * figure->n_metrics + 1;
    struct candidate *candidates = calloc(most, sizeof(*candidates));
    uint64_t *panel_keys = calloc(most, sizeof(*panel_keys));
    uint64_t *series_keys = calloc(most, sizeof(*series_keys));
    self->slots = calloc(most, sizeof(*self->slots));
    int ret = 0;
    if (candidates == NULL || panel_keys == NULL || series_keys == NULL ||
        self->slots == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    self->n = collect(&m, candidates);
    qsort(candidates, self->n, sizeof(*candidates), compare_candidates);
    ret = check_distinct(&m, candidates, self->n, diag);
    if (ret != 0) {
        goto out;
    }
    for (size_t i = 0; i < self->n; i++) {
        panel_keys[i] = candidates[i].panel;
        series_keys[i] = candidates[i].series;
    }
    self->n_panels = unique_keys(panel_keys, self->n);
    self->n_series = unique_keys(series_keys, self->n);
    for (size_t i = 0; i < self->n; i++) {
        self->slots[i] = candidates[i].slot;
        self->slots[i].panel = key_index(panel_keys, self->n_panels, candidates[i].panel);
        self->slots[i].series =
            key_index(series_keys, self->n_series, candidates[i].series);
    }
    ret = name_all(&m, self, panel_keys, series_keys);
    if (ret != 0) {
        basin_fail(diag, ret, "out of memory");
    }
out:
    free(candidates);
    free(panel_keys);
    free(series_keys);
    return ret;
}

void basin_view_free(struct basin_view *self)
{
    for (size_t i = 0; self->panels != NULL && i < self->n_panels; i++) {
        free(self->panels[i]);
    }
    for (size_t i = 0; self->series != NULL && i < self->n_series; i++) {
        free(self->series[i].label);
    }
    free(self->panels);
    free(self->series);
    free(self->series_title);
    free(self->slots);
    *self = (struct basin_view){0};
}
