/* One claim as the configuration states it: read and checked. */
#include "claims/spec.h"

#include "claims/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct basin_field basin_claim_fields[] = {
    BASIN_FIELD_TEXT(struct basin_claim_head, id, NULL, "short name, unique in the file"),
    BASIN_FIELD_TEXT(struct basin_claim_head, says, NULL, "the claim in words"),
    BASIN_FIELD_TEXT(
        struct basin_claim_head, source, "", "document and place that it is from"),
    BASIN_FIELD_TEXT(
        struct basin_claim_head, origin, "", "where the tolerance comes from"),
    BASIN_FIELD_REAL(struct basin_claim_head, confidence, "0.95", 0.5, 0.999999, "1",
        "confidence of the interval"),
    BASIN_FIELD_BOOL(struct basin_claim_head, control, "false",
        "a negative control: known to be false, so it must be contradicted"),
    BASIN_FIELD_END,
};

static int find_statistic(struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_node *map, struct basin_diag *diag)
{
    const struct basin_node *node = basin_node_get(map, "statistic");
    const struct basin_kind *kind;
    if (node == NULL) {
        return basin_fail_at(
            diag, &plan->document, map, "\"statistic\" is missing: what is measured");
    }
    int ret = basin_kind_named(
        &plan->document, node, "statistic", basin_statistics, &kind, diag);
    if (ret == 0) {
        self->statistic = basin_statistic_of(kind);
    }
    return ret;
}

/* The scalar keys, by the statistic's own fields. */
static int read_keys(struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_node *map, struct basin_diag *diag)
{
    const char *others[4] = {"statistic", "where"};
    size_t n = 2;
    if (self->statistic->pair) {
        others[n++] = "against";
    }
    if (self->statistic->theory) {
        others[n++] = "theory";
    }
    self->measure = (struct basin_measure)BASIN_MEASURE_EMPTY;
    return basin_node_fields(&plan->document, map, self->statistic->kind.fields, others,
        n, &self->measure, diag);
}

/* No keys that exclude another, and all that are not scalars. */
static int check_keys(const struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_node *map, struct basin_diag *diag)
{
    static const char *const exclusive[3][2] = {
        {"bound", "than"}, {"bound", "checks"}, {"than", "checks"}};
    const struct basin_statistic *statistic = self->statistic;
    for (size_t i = 0; i < 3; i++) {
        const char *const *pair = exclusive[i];
        const struct basin_node *second = basin_node_get(map, pair[1]);
        if (second != NULL && basin_node_get(map, pair[0]) != NULL) {
            return basin_fail_at(diag, &plan->document, second,
                "\"%s\" and \"%s\" exclude each other", pair[0], pair[1]);
        }
    }
    if (statistic->theory && basin_node_get(map, "theory") == NULL) {
        return basin_fail_at(diag, &plan->document, map,
            "\"theory\" is missing: what statistic %s compares with",
            statistic->kind.name);
    }
    if (statistic->pair && basin_node_get(map, "against") == NULL &&
        basin_node_get(map, "than") == NULL) {
        return basin_fail_at(diag, &plan->document, map,
            "statistic %s needs \"against\" (other cells) or \"than\" (another metric)",
            statistic->kind.name);
    }
    return 0;
}

/* key names a metric of the experiment, of a shape that the statistic takes. */
static int check_metric(const struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *map,
    const char *key, struct basin_diag *diag)
{
    const struct basin_node *node = basin_node_get(map, key);
    if (node == NULL || experiment == NULL) {
        return 0;
    }
    size_t n = basin_experiment_metrics(experiment);
    const char **words = calloc(n + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    const struct basin_metric *metric = NULL;
    for (size_t i = 0; i < n; i++) {
        words[i] = experiment->metrics[i].name;
        if (strcmp(words[i], node->text) == 0) {
            metric = &experiment->metrics[i];
        }
    }
    int ret = 0;
    if (metric == NULL) {
        ret =
            basin_fail_word(diag, &plan->document, node, "metric", node->text, words, n);
    } else if (metric->rank > 0 && !self->statistic->arrays) {
        ret = basin_fail_at(diag, &plan->document, node,
            "metric %s is an array; statistic %s needs one number per replicate",
            node->text, self->statistic->kind.name);
    }
    free(words);
    return ret;
}

/* key names a swept axis of numbers. */
static int check_axis(const struct basin_plan *plan, const struct basin_node *map,
    const char *key, struct basin_diag *diag)
{
    const struct basin_node *node = basin_node_get(map, key);
    if (node == NULL) {
        return 0;
    }
    const char **words = calloc(plan->n_axes + 1, sizeof(*words));
    if (words == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    const struct basin_axis *axis = NULL;
    for (size_t i = 0; i < plan->n_axes; i++) {
        words[i] = plan->axes[i].name;
        if (strcmp(words[i], node->text) == 0) {
            axis = &plan->axes[i];
        }
    }
    int ret = 0;
    if (axis == NULL) {
        ret = basin_fail_word(
            diag, &plan->document, node, "axis", node->text, words, plan->n_axes);
    } else if (axis->field->type != BASIN_INT && axis->field->type != BASIN_REAL) {
        ret = basin_fail_at(
            diag, &plan->document, node, "axis %s has no numbers", node->text);
    }
    free(words);
    return ret;
}

/* Selecting nothing is a mistake; so is an average over several rules that nobody asked
 * for. */
static int check_selects(const struct basin_claim *self,
    const struct basin_selection *selection, const struct basin_plan *plan,
    const struct basin_node *node, const char *key, struct basin_diag *diag)
{
    bool named = basin_selection_names(selection, "label") ||
                 basin_selection_names(&self->where, "label");
    bool averages = self->statistic->estimate != NULL && !self->measure.each && !named;
    const struct basin_cell *first = NULL;
    for (size_t i = 0; i < plan->n_cells; i++) {
        const struct basin_cell *cell = &plan->cells[i];
        if (!basin_selection_has_cell(selection, plan, cell)) {
            continue;
        }
        if (first == NULL) {
            first = cell;
        } else if (averages && cell->variant != first->variant) {
            return basin_fail_at(diag, &plan->document, node,
                "\"%s\" mixes \"%s\" and \"%s\": name the label, or a list of labels",
                key, plan->variants[first->variant].label,
                plan->variants[cell->variant].label);
        }
    }
    return first != NULL ? 0
                         : basin_fail_at(diag, &plan->document, node,
                               "\"%s\" selects no cell of the sweep", key);
}

static int read_selections(struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_node *map, struct basin_diag *diag)
{
    const struct basin_node *where = basin_node_get(map, "where");
    const struct basin_node *against = basin_node_get(map, "against");
    int ret = basin_selection_read(&self->where, plan, where, NULL, diag);
    if (ret == 0) {
        ret = check_selects(
            self, &self->where, plan, where == NULL ? map : where, "where", diag);
    }
    if (ret == 0 && against != NULL) {
        self->has_against = true;
        ret = basin_selection_read(&self->against, plan, against, where, diag);
        if (ret == 0) {
            ret = check_selects(self, &self->against, plan, against, "against", diag);
        }
    }
    return ret;
}

/* A prediction must exist in every cell that it will be compared with. */
static int check_theory(const struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_node *node, struct basin_diag *diag)
{
    double *at = calloc(plan->n_axes + 1, sizeof(*at));
    int ret = at == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
    for (size_t i = 0; ret == 0 && i < plan->n_cells; i++) {
        const struct basin_cell *cell = &plan->cells[i];
        double value;
        if (!basin_selection_has_cell(&self->where, plan, cell)) {
            continue;
        }
        for (size_t a = 0; a < plan->n_axes; a++) {
            at[a] = cell->value[a] == BASIN_NO_VALUE
                        ? NAN
                        : plan->axes[a].number[cell->value[a]];
        }
        struct basin_diag why = {{0}};
        if (basin_prediction_at(&self->theory, plan, cell->variant, at, &value, &why)) {
            struct basin_str name = {0};
            basin_plan_cell_name(plan, i, &name);
            ret = basin_fail_at(
                diag, &plan->document, node, "in cell %s: %s", name.text, why.text);
            basin_str_free(&name);
        }
    }
    free(at);
    return ret;
}

static int read_measure(struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *map,
    struct basin_diag *diag)
{
    static const char *const metrics[] = {"of", "than", "checks"};
    static const char *const axes[] = {"along", "between"};
    const struct basin_node *theory = basin_node_get(map, "theory");
    int ret = find_statistic(self, plan, map, diag);
    if (ret == 0) {
        ret = read_keys(self, plan, map, diag);
    }
    if (ret == 0) {
        ret = check_keys(self, plan, map, diag);
    }
    for (size_t i = 0; ret == 0 && i < 3; i++) {
        ret = check_metric(self, plan, experiment, map, metrics[i], diag);
    }
    for (size_t i = 0; ret == 0 && i < 2; i++) {
        ret = check_axis(plan, map, axes[i], diag);
    }
    if (ret == 0) {
        ret = read_selections(self, plan, map, diag);
    }
    if (ret == 0 && theory != NULL) {
        ret = basin_prediction_read(&self->theory, plan, theory, diag);
        if (ret == 0) {
            ret = check_theory(self, plan, theory, diag);
        }
    }
    return ret;
}

static int read_claim(struct basin_claim *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_node *map,
    struct basin_diag *diag)
{
    static const char *const others[] = {"measure", "expect"};
    if (map->kind != BASIN_MAPPING) {
        return basin_fail_at(diag, &plan->document, map,
            "a claim is a mapping of id, says, source, measure, expect");
    }
    int ret = basin_node_fields(
        &plan->document, map, basin_claim_fields, others, 2, &self->head, diag);
    for (size_t i = 0; ret == 0 && i < 2; i++) {
        const struct basin_node *part = basin_node_get(map, others[i]);
        if (part == NULL || part->kind != BASIN_MAPPING) {
            return basin_fail_at(diag, &plan->document, part == NULL ? map : part,
                "claim %s needs \"%s\", a mapping", self->head.id, others[i]);
        }
    }
    if (ret == 0) {
        ret = read_measure(self, plan, experiment, basin_node_get(map, "measure"), diag);
    }
    if (ret == 0) {
        ret = basin_expectation_read(
            &self->expect, plan, self->statistic, basin_node_get(map, "expect"), diag);
    }
    return ret;
}

/* Item i of the list has an id that no earlier one has. */
static int check_unique(const struct basin_plan *plan, const struct basin_node *list,
    size_t i, struct basin_diag *diag)
{
    const struct basin_node *id = basin_node_get(list->items[i], "id");
    for (size_t j = 0; j < i; j++) {
        if (strcmp(basin_node_get(list->items[j], "id")->text, id->text) == 0) {
            return basin_fail_at(
                diag, &plan->document, id, "a second claim \"%s\"", id->text);
        }
    }
    return 0;
}

int basin_claims_read(struct basin_claims *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, struct basin_diag *diag)
{
    const struct basin_node *list = basin_node_get(plan->document.root, "claims");
    *self = (struct basin_claims){0};
    if (list == NULL) {
        return 0;
    }
    if (list->kind != BASIN_SEQUENCE) {
        return basin_fail_at(
            diag, &plan->document, list, "\"claims\" is a list: begin each with - id:");
    }
    self->claim = calloc(list->n + 1, sizeof(*self->claim));
    if (self->claim == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < list->n; i++) {
        struct basin_claim *claim = &self->claim[self->n++];
        ret = read_claim(claim, plan, experiment, list->items[i], diag);
        if (ret == 0) {
            ret = check_unique(plan, list, i, diag);
        }
    }
    return ret;
}

void basin_claims_free(struct basin_claims *self)
{
    for (size_t i = 0; i < self->n; i++) {
        basin_selection_free(&self->claim[i].where);
        basin_selection_free(&self->claim[i].against);
        basin_prediction_free(&self->claim[i].theory);
    }
    free(self->claim);
    *self = (struct basin_claims){0};
}
