/* A toy experiment with a metric of every shape, and results of it. */
#include "plot_stage.h"

#include "plot/figure.h"

#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct toy {
    double load;
    long dimension;
    double flip;
};

static const struct basin_field toy_fields[] = {
    BASIN_FIELD_REAL(struct toy, load, "0.1", BASIN_POSITIVE, 10, "patterns per unit",
        "load alpha = N / d; more words"),
    BASIN_FIELD_INT(
        struct toy, dimension, "100", 1, 100000, "1", "dimension d of a pattern"),
    BASIN_FIELD_REAL(struct toy, flip, "0", 0, 1, "1", "flipped fraction of the cue"),
    BASIN_FIELD_END,
};

struct toy_rule {
    double beta;
};

static const struct basin_field soft_fields[] = {
    BASIN_FIELD_REAL(
        struct toy_rule, beta, "1", BASIN_POSITIVE, 1e9, "1", "inverse temperature"),
    BASIN_FIELD_END,
};

static const struct basin_kind hard = {"hard", "a rule", NULL, 1, NULL, 0};
static const struct basin_kind soft = {
    "soft", "a rule with beta", NULL, 1, soft_fields, sizeof(struct toy_rule)};
static const struct basin_kind *const toy_rules[] = {&hard, &soft, NULL};

static const double k_edges[BINS + 1] = {0, 0.25, 0.5, 0.75, 1};
static const struct basin_metric toy_metrics[METRICS + 1] = {
    [OVERLAP] = {"overlap", "1", "overlap with the pattern", false, false, 0, {NULL},
        NULL},
    [ERROR] = {"error", "1", "fraction of wrong units", false, false, 0, {NULL}, NULL},
    [K_HISTOGRAM] = {"k_histogram", "cues", "histogram of k", false, false, 1,
        {"k_fraction"}, k_edges},
    [PICTURES] = {"pictures", "1", "pictures", true, false, 3, {"role", "item", "pixel"},
        NULL},
    [WEIGHTS] = {"weights", "1", "weights", true, false, 2, {"item", "pattern"}, NULL},
    [AT] = {"at", "updates", "updates made", false, false, 1, {"look"}, NULL},
    [LOSS] = {"loss", "nats", "the loss", false, false, 1, {"look"}, NULL},
    [GAIN] = {"gain", "nats", "the gain", false, false, 1, {"look"}, NULL},
    [WIDTH] = {"width", "tokens", "width of heads", false, false, 2, {"look", "head"},
        NULL},
    [K_LOOKS] = {"k_looks", "cues", "histogram of k of heads", true, false, 3,
        {"look", "head", "k_fraction"}, k_edges},
    [BREAK_AT] = {"break_at", "updates", "where it breaks", false, false, 0, {NULL},
        NULL},
    [METRICS] = {NULL, NULL, NULL, false, false, 0, {NULL}, NULL},
};

static const struct basin_kind *const toy_kinds[2];
static const struct basin_section toy_sections[] = {
    {"", NULL, toy_kinds, NULL, false},
    {"rules", "rule", toy_rules, NULL, true},
    {NULL, NULL, NULL, NULL, false},
};
const struct basin_experiment stage_toy = {
    .kind = {"toy", "a toy", NULL, 1, toy_fields, sizeof(struct toy)},
    .sections = toy_sections,
    .metrics = toy_metrics,
};
static const struct basin_kind *const toy_kinds[2] = {&stage_toy.kind, NULL};

static const struct basin_section *sections_of(const struct basin_kind *kind)
{
    return basin_experiment_of(kind)->sections;
}

static const char *const other_keys[] = {"figures", "claims"};
static const struct basin_registry registry = {toy_kinds, sections_of, other_keys, 2};

const char STAGE_SWEEP[] = "experiment: toy\n"
                           "title: A toy\n"
                           "replicates: 4\n"
                           "rules:\n"
                           "  - {label: hard one, rule: hard}\n"
                           "  - {label: soft one, rule: soft}\n"
                           "sweep:\n"
                           "  - grid:\n"
                           "      dimension: [100, 400]\n"
                           "      load: [0.05, 0.1, 0.2]\n"
                           "figures:\n";

static int stage_plan(struct stage *s, const char *sweep, const char *figures)
{
    struct basin_str text = {0};
    basin_str_add(&text, "%s%s", sweep, figures);
    int ret = basin_plan_parse(
        &s->plan, "toy", text.text, text.length, &registry, NULL, &s->diag);
    basin_str_free(&text);
    ck_assert_msg(ret == 0, "%s", s->diag.text);
    return ret;
}

static size_t shape_of(size_t metric, size_t size[BASIN_METRIC_RANK])
{
    static const size_t sizes[METRICS][BASIN_METRIC_RANK] = {[K_HISTOGRAM] = {BINS},
        [PICTURES] = {3, ITEMS, SIDE * SIDE},
        [WEIGHTS] = {ITEMS, BARS},
        [AT] = {LOOKS},
        [LOSS] = {LOOKS},
        [GAIN] = {LOOKS},
        [WIDTH] = {LOOKS, HEADS},
        [K_LOOKS] = {LOOKS, HEADS, BINS}};
    size_t stride = 1;
    for (size_t i = 0; i < toy_metrics[metric].rank; i++) {
        size[i] = sizes[metric][i];
        stride *= size[i];
    }
    return stride;
}

/* The group of a variant, its data NAN. Names and coordinates are borrowed of the plan.
 */
static void group_of(const struct basin_plan *plan, size_t v, struct basin_group *group)
{
    const struct basin_variant *variant = &plan->variants[v];
    *group = (struct basin_group){.label = variant->label, .n_replicates = REPLICATES};
    group->n_coordinates = variant->n_axes;
    group->coordinates = calloc(variant->n_axes + 1, sizeof(*group->coordinates));
    group->index = calloc(plan->n_cells * (variant->n_axes + 1), sizeof(uint32_t));
    for (size_t i = 0; i < variant->n_axes; i++) {
        const struct basin_axis *axis = &plan->axes[variant->axes[i]];
        group->coordinates[i] = (struct basin_coordinate){
            .name = axis->name, .n = axis->n, .number = axis->number, .text = axis->text};
    }
    for (size_t c = 0; c < plan->n_cells; c++) {
        for (size_t i = 0; plan->cells[c].variant == v && i < variant->n_axes; i++) {
            group->index[group->n_cells * variant->n_axes + i] =
                plan->cells[c].value[variant->axes[i]];
        }
        group->n_cells += plan->cells[c].variant == v;
    }
    group->n_variables = METRICS;
    group->variables = calloc(METRICS, sizeof(*group->variables));
    for (size_t m = 0; m < METRICS; m++) {
        struct basin_variable *variable = &group->variables[m];
        variable->name = (char *)(uintptr_t)toy_metrics[m].name;
        variable->once = toy_metrics[m].once;
        variable->rank = toy_metrics[m].rank;
        variable->edges = (double *)(uintptr_t)toy_metrics[m].edges;
        variable->stride = shape_of(m, variable->size);
        size_t n = group->n_cells * REPLICATES * variable->stride;
        variable->data = malloc((n + 1) * sizeof(double));
        for (size_t i = 0; i < n; i++) {
            variable->data[i] = NAN;
        }
    }
}

void stage_set(struct stage *s, const char *sweep, const char *figures)
{
    *s = (struct stage){.folder = "/tmp/basin-plot-XXXXXX"};
    stage_plan(s, sweep, figures);
    s->result.n_groups = s->plan.n_variants;
    s->result.groups = calloc(s->plan.n_variants, sizeof(*s->result.groups));
    for (size_t v = 0; v < s->plan.n_variants; v++) {
        group_of(&s->plan, v, &s->result.groups[v]);
    }
    ck_assert_ptr_nonnull(mkdtemp(s->folder));
}

void stage_clear(struct stage *s)
{
    DIR *folder = opendir(s->folder);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[512];
        snprintf(path, sizeof(path), "%s/%s", s->folder, entry->d_name);
        unlink(path);
    }
    if (folder != NULL) {
        closedir(folder);
        rmdir(s->folder);
    }
    for (size_t g = 0; g < s->result.n_groups; g++) {
        struct basin_group *group = &s->result.groups[g];
        for (size_t m = 0; m < METRICS; m++) {
            free(group->variables[m].data);
        }
        free(group->variables);
        free(group->coordinates);
        free(group->index);
    }
    free(s->result.groups);
    basin_plan_free(&s->plan);
}

/* A loss that falls by 1 at every look, replicates 0.01 apart; a gain that makes up for
 * it; two heads, the second wider by 10, a replicate wider by 1 than the one before. */
static void measure_course(struct basin_group *group, size_t cell, size_t replicate)
{
    size_t i = cell * REPLICATES + replicate;
    double spread = 0.01 * ((double)replicate - 1.5);
    for (size_t l = 0; l < LOOKS; l++) {
        group->variables[AT].data[i * LOOKS + l] = 10 * (double)l;
        group->variables[LOSS].data[i * LOOKS + l] = 3 - (double)l + spread;
        group->variables[GAIN].data[i * LOOKS + l] = (double)l - spread;
        for (size_t h = 0; h < HEADS; h++) {
            group->variables[WIDTH].data[(i * LOOKS + l) * HEADS + h] =
                (double)(10 * h + l + replicate);
        }
        for (size_t k = 0; replicate == 0 && k < HEADS * BINS; k++) {
            /* 3 cues in the bin of the look, 1 in the last: the heads are alike */
            group->variables[K_LOOKS].data[(cell * LOOKS + l) * HEADS * BINS + k] =
                k % BINS == l ? 3 : k % BINS == BINS - 1;
        }
    }
    group->variables[BREAK_AT].data[i] = 12 + spread;
}

/* Simple numbers: a cell's overlap is 1 - load, replicates 0.01 apart around it. */
void stage_measure(struct stage *s)
{
    for (size_t g = 0; g < s->result.n_groups; g++) {
        struct basin_group *group = &s->result.groups[g];
        for (size_t c = 0; c < group->n_cells; c++) {
            double load = 0;
            for (size_t i = 0; i < group->n_coordinates; i++) {
                const struct basin_coordinate *at = &group->coordinates[i];
                load = strcmp(at->name, "load") == 0
                           ? at->number[group->index[c * group->n_coordinates + i]]
                           : load;
            }
            for (size_t r = 0; r < REPLICATES; r++) {
                double value = 1 - load + 0.01 * ((double)r - 1.5) - 0.25 * (double)g;
                group->variables[OVERLAP].data[c * REPLICATES + r] = value;
                group->variables[ERROR].data[c * REPLICATES + r] = load / 10;
                measure_course(group, c, r);
                for (size_t b = 0; b < BINS; b++) {
                    group->variables[K_HISTOGRAM].data[(c * REPLICATES + r) * BINS + b] =
                        (double)(b + 1);
                }
            }
            for (size_t i = 0; i < SIZES; i++) {
                group->variables[PICTURES].data[c * SIZES + i] =
                    (i / SIDE + i) % 2 == 0 ? 1 : -1;
            }
        }
    }
}

char *stage_text(const struct stage *s, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", s->folder, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is missing", path);
    struct basin_str text = {0};
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        basin_str_add_bytes(&text, buffer, n);
    }
    fclose(file);
    ck_assert_ptr_nonnull(text.text);
    return text.text;
}

void stage_make(struct stage *s, unsigned formats, struct basin_str *drawn)
{
    int ret = basin_figures_make(&s->plan, &stage_toy, &s->result, s->folder, formats,
        (struct basin_size){0}, drawn, &s->diag);
    ck_assert_msg(ret == 0, "%s", s->diag.text);
}

void stage_expect(const struct stage *s, const char *file, const char *wanted)
{
    char *text = stage_text(s, file);
    ck_assert_msg(
        strstr(text, wanted) != NULL, "no %s in %s:\n%.3000s", wanted, file, text);
    free(text);
}

size_t stage_count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        n++;
    }
    return n;
}
