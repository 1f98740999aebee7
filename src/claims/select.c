/* Selections: which cells a claim is about. */
#include "claims/select.h"

#include "claims/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct basin_axis *axis_find(const struct basin_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_axes; i++) {
        if (strcmp(plan->axes[i].name, name) == 0) {
            return &plan->axes[i];
        }
    }
    return NULL;
}

static double number_of(const char *text)
{
    char *end;
    double number = strtod(text, &end);
    return end == text || *end != '\0' ? NAN : number;
}

static bool accepts(const struct basin_condition *self, const char *text, double number)
{
    if (self->n == 0) {
        return number >= self->from && number <= self->to;
    }
    for (size_t i = 0; i < self->n; i++) {
        /* linspace and decimals differ in the last bits. */
        double apart = fabs(self->number[i] - number);
        if (strcmp(self->text[i], text) == 0 || apart <= 1e-9 * fabs(number)) {
            return true;
        }
    }
    return false;
}

bool basin_selection_names(const struct basin_selection *self, const char *name)
{
    for (size_t i = 0; i < self->n_own; i++) {
        if (strcmp(self->condition[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool basin_selection_has_cell(const struct basin_selection *self,
    const struct basin_plan *plan, const struct basin_cell *cell)
{
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_condition *condition = &self->condition[i];
        if (strcmp(condition->name, "label") == 0) {
            if (!accepts(condition, plan->variants[cell->variant].label, NAN)) {
                return false;
            }
            continue;
        }
        const struct basin_axis *axis = axis_find(plan, condition->name);
        uint32_t value = cell->value[axis - plan->axes];
        if (value == BASIN_NO_VALUE ||
            !accepts(condition, axis->text[value], axis->number[value])) {
            return false;
        }
    }
    return true;
}

bool basin_selection_has(
    const struct basin_selection *self, const struct basin_group *group, size_t cell)
{
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_condition *condition = &self->condition[i];
        if (strcmp(condition->name, "label") == 0) {
            if (!accepts(condition, group->label, NAN)) {
                return false;
            }
            continue;
        }
        const struct basin_coordinate *c = basin_group_coordinate(group, condition->name);
        if (c == NULL) {
            return false;
        }
        size_t at = (size_t)(c - group->coordinates);
        uint32_t value = group->index[cell * group->n_coordinates + at];
        if (value >= c->n || !accepts(condition, c->text[value], c->number[value])) {
            return false;
        }
    }
    return true;
}

/* The words that a condition's values must be among. The array is the caller's; the
 * words are the plan's. */
static const char **words_of(const struct basin_plan *plan, const char *name, size_t *n)
{
    const struct basin_axis *axis = axis_find(plan, name);
    *n = axis == NULL ? plan->n_variants : axis->n;
    const char **words = calloc(*n + 1, sizeof(*words));
    for (size_t i = 0; words != NULL && i < *n; i++) {
        words[i] = axis == NULL ? plan->variants[i].label : axis->text[i];
    }
    return words;
}

/* Each value must occur, or a claim would silently be about fewer cells. */
static int check_value(const struct basin_plan *plan, const struct basin_condition *self,
    size_t i, const struct basin_node *node, struct basin_diag *diag)
{
    const struct basin_axis *axis = axis_find(plan, self->name);
    struct basin_condition one = {
        .name = self->name, .n = 1, .text = &self->text[i], .number = &self->number[i]};
    size_t n;
    const char **words = words_of(plan, self->name, &n);
    if (words == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = BASIN_ERR_CONFIG;
    for (size_t j = 0; ret != 0 && j < n; j++) {
        if (accepts(&one, words[j], axis == NULL ? NAN : axis->number[j])) {
            ret = 0;
        }
    }
    if (ret != 0) {
        ret = basin_fail_word(
            diag, &plan->document, node, self->name, self->text[i], words, n);
    }
    free(words);
    return ret;
}

static int read_range(struct basin_condition *self, const struct basin_plan *plan,
    const struct basin_node *node, struct basin_diag *diag)
{
    static const char *const keys[] = {"from", "to"};
    const struct basin_node *from = basin_node_get(node, "from");
    const struct basin_node *to = basin_node_get(node, "to");
    int ret = basin_node_check_keys(&plan->document, node, keys, 2, diag);
    self->from = -INFINITY;
    self->to = INFINITY;
    if (ret == 0 && from != NULL) {
        ret = basin_node_real(&plan->document, from, &self->from, diag);
    }
    if (ret == 0 && to != NULL) {
        ret = basin_node_real(&plan->document, to, &self->to, diag);
    }
    return ret;
}

static int read_values(struct basin_condition *self, const struct basin_plan *plan,
    const struct basin_node *node, struct basin_diag *diag)
{
    bool list = node->kind == BASIN_SEQUENCE;
    self->n = list ? node->n : 1;
    self->text = calloc(self->n + 1, sizeof(*self->text));
    self->number = calloc(self->n + 1, sizeof(*self->number));
    if (self->text == NULL || self->number == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (self->n == 0) {
        return basin_fail_at(diag, &plan->document, node,
            "%s: an empty list selects "
            "nothing",
            self->name);
    }
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_node *value = list ? node->items[i] : node;
        int ret = basin_node_text(&plan->document, value, &self->text[i], diag);
        if (ret == 0) {
            self->number[i] = number_of(self->text[i]);
            ret = check_value(plan, self, i, value, diag);
        }
        if (ret != 0) {
            return ret;
        }
    }
    return 0;
}

/* Every key of map must be `label` or an axis. */
static int check_names(
    const struct basin_plan *plan, const struct basin_node *map, struct basin_diag *diag)
{
    const char **words = calloc(plan->n_axes + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    words[0] = "label";
    for (size_t i = 0; i < plan->n_axes; i++) {
        words[i + 1] = plan->axes[i].name;
    }
    int ret = basin_node_check_keys(&plan->document, map, words, plan->n_axes + 1, diag);
    free(words);
    return ret;
}

static int read_keys(struct basin_selection *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *except,
    struct basin_diag *diag)
{
    int ret = check_names(plan, map, diag);
    for (size_t i = 0; ret == 0 && i < map->n; i++) {
        if (except != NULL && basin_node_get(except, map->keys[i]) != NULL) {
            continue;
        }
        struct basin_condition *condition = &self->condition[self->n++];
        condition->name = map->keys[i];
        ret = map->items[i]->kind == BASIN_MAPPING
                  ? read_range(condition, plan, map->items[i], diag)
                  : read_values(condition, plan, map->items[i], diag);
    }
    return ret;
}

int basin_selection_read(struct basin_selection *self, const struct basin_plan *plan,
    const struct basin_node *map, const struct basin_node *base, struct basin_diag *diag)
{
    size_t most = (map == NULL ? 0 : map->n) + (base == NULL ? 0 : base->n);
    self->condition = calloc(most + 1, sizeof(*self->condition));
    if (self->condition == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = map == NULL ? 0 : read_keys(self, plan, map, NULL, diag);
    self->n_own = self->n;
    if (ret == 0 && base != NULL) {
        ret = read_keys(self, plan, base, map, diag);
    }
    return ret;
}

void basin_selection_free(struct basin_selection *self)
{
    for (size_t i = 0; i < self->n; i++) {
        free(self->condition[i].text);
        free(self->condition[i].number);
    }
    free(self->condition);
    *self = (struct basin_selection){0};
}

void basin_selection_describe(const struct basin_selection *self, struct basin_str *out)
{
    for (size_t i = 0; i < self->n; i++) {
        const struct basin_condition *condition = &self->condition[i];
        basin_str_add(out, "%s%s ", i == 0 ? "" : ", ", condition->name);
        if (condition->n == 0 && isfinite(condition->from)) {
            basin_str_add(
                out, "from %g%s", condition->from, isfinite(condition->to) ? " " : "");
        }
        if (condition->n == 0 && isfinite(condition->to)) {
            basin_str_add(out, "to %g", condition->to);
        }
        for (size_t j = 0; j < condition->n; j++) {
            basin_str_add(out, "%s%s", j == 0 ? "" : " or ", condition->text[j]);
        }
    }
}
