/* Figures: what is read, what is refused, what is drawn, and that gnuplot draws it. */
#include "suite.h"

#include "plot/draw.h"
#include "plot/figure.h"
#include "plot/gnuplot.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A toy experiment with a metric of every shape, swept over rules and axes. */

enum {
    REPLICATES = 4,
    SIDE = 8,
    ITEMS = 6,
    BINS = 4,
    BARS = 4,
    SIZES = 3 * ITEMS * SIDE * SIDE
};

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

enum { OVERLAP, ERROR, K_HISTOGRAM, PICTURES, WEIGHTS, METRICS };

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
    [METRICS] = {NULL, NULL, NULL, false, false, 0, {NULL}, NULL},
};

static const struct basin_kind *const toy_kinds[2];
static const struct basin_section toy_sections[] = {
    {"", NULL, toy_kinds, NULL, false},
    {"rules", "rule", toy_rules, NULL, true},
    {NULL, NULL, NULL, NULL, false},
};
static const struct basin_experiment toy = {
    .kind = {"toy", "a toy", NULL, 1, toy_fields, sizeof(struct toy)},
    .sections = toy_sections,
    .metrics = toy_metrics,
};
static const struct basin_kind *const toy_kinds[2] = {&toy.kind, NULL};

static const struct basin_section *sections_of(const struct basin_kind *kind)
{
    return basin_experiment_of(kind)->sections;
}

static const char *const other_keys[] = {"figures", "claims"};
static const struct basin_registry registry = {toy_kinds, sections_of, other_keys, 2};

/* Everything a test needs: a plan, a result of it, a folder for the drawings. */
struct stage {
    struct basin_plan plan;
    struct basin_result result;
    char folder[64];
    struct basin_diag diag;
};

static const char SWEEP[] = "experiment: toy\n"
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

static int plan_of(struct stage *s, const char *sweep, const char *figures)
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
        [WEIGHTS] = {ITEMS, BARS}};
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

static void stage_set(struct stage *s, const char *sweep, const char *figures)
{
    *s = (struct stage){.folder = "/tmp/basin-plot-XXXXXX"};
    plan_of(s, sweep, figures);
    s->result.n_groups = s->plan.n_variants;
    s->result.groups = calloc(s->plan.n_variants, sizeof(*s->result.groups));
    for (size_t v = 0; v < s->plan.n_variants; v++) {
        group_of(&s->plan, v, &s->result.groups[v]);
    }
    ck_assert_ptr_nonnull(mkdtemp(s->folder));
}

static void stage_clear(struct stage *s)
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

/* Simple numbers: a cell's overlap is 1 - load, replicates 0.01 apart around it. */
static void measure(struct stage *s)
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

static char *file_text(const struct stage *s, const char *name)
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

static void make(struct stage *s, unsigned formats, struct basin_str *drawn)
{
    int ret = basin_figures_make(
        &s->plan, &toy, &s->result, s->folder, formats, drawn, &s->diag);
    ck_assert_msg(ret == 0, "%s", s->diag.text);
}

static void expect_text(const struct stage *s, const char *file, const char *wanted)
{
    char *text = file_text(s, file);
    ck_assert_msg(
        strstr(text, wanted) != NULL, "no %s in %s:\n%.3000s", wanted, file, text);
    free(text);
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        n++;
    }
    return n;
}

static const char ALL_KINDS[] =
    "  - {name: lines, x: load, y: overlap, theory: [ags_overlap, one_step_error],\n"
    "     marks: [{x: 0.138, text: alpha_c}, {y: 0.5, text: half}]}\n"
    "  - {name: logs, x: load, x_scale: log2, y: [error, overlap], y_scale: log,\n"
    "     panels: [rule, dimension], statistic: median}\n"
    "  - {name: heat, kind: heat, x: load, y: dimension, z: overlap, contour: 0.6,\n"
    "     x_scale: log, y_scale: log2}\n"
    "  - {name: bars, kind: bars, y: overlap, series: [dimension], where: {load: 0.1}}\n"
    "  - {name: bins, kind: histogram, y: k_histogram, panels: load}\n"
    "  - {name: stack, kind: histogram, y: k_histogram, stacked: true,\n"
    "     where: {load: 0.1, dimension: 100}}\n"
    "  - {name: pictures, kind: pictures, y: pictures,\n"
    "     where: {load: [0.1, 0.2], dimension: 100}}\n"
    "  - {name: violins, kind: violins, x: dimension, y: load,\n"
    "     z: [k_histogram, error, overlap]}\n";
static const char *const NAMES[] = {
    "lines", "logs", "heat", "bars", "bins", "stack", "pictures", "violins"};
enum { KINDS = sizeof(NAMES) / sizeof(NAMES[0]) };

START_TEST(every_kind_is_drawn_by_gnuplot_in_every_format)
{
    struct stage s;
    stage_set(&s, SWEEP, ALL_KINDS);
    measure(&s);
    ck_assert_int_eq(basin_figures_check(&s.plan, &toy, &s.diag), 0);
    struct basin_str drawn = {0};
    make(&s, BASIN_PLOT_SVG | BASIN_PLOT_PNG | BASIN_PLOT_PDF | BASIN_PLOT_DUMB, &drawn);
    for (size_t i = 0; i < KINDS; i++) {
        static const char *const endings[] = {"gp", "svg", "png", "pdf"};
        for (size_t j = 0; j < 4; j++) {
            char name[64];
            snprintf(name, sizeof(name), "%s.%s", NAMES[i], endings[j]);
            char *text = file_text(&s, name);
            free(text);
        }
    }
    ck_assert_ptr_nonnull(strstr(drawn.text, "ags_overlap"));
    ck_assert_ptr_null(strchr(drawn.text, '\033'));
    char *lines = file_text(&s, "lines.gp");
    ck_assert_ptr_nonnull(strstr(lines, "from 0.138,graph 0 to 0.138,graph 1 "));
    ck_assert_ptr_nonnull(strstr(lines, "from graph 0,first 0.5 to graph 1,first 0.5 "));
    free(lines);
    basin_str_free(&drawn);
    stage_clear(&s);
}
END_TEST

START_TEST(the_same_result_gives_the_same_bytes)
{
    struct stage a;
    struct stage b;
    stage_set(&a, SWEEP, ALL_KINDS);
    stage_set(&b, SWEEP, ALL_KINDS);
    measure(&a);
    measure(&b);
    make(&a, BASIN_PLOT_SVG, NULL);
    make(&b, BASIN_PLOT_SVG, NULL);
    for (size_t i = 0; i < KINDS; i++) {
        for (int j = 0; j < 2; j++) {
            char name[64];
            snprintf(name, sizeof(name), "%s.%s", NAMES[i], j == 0 ? "gp" : "svg");
            char *first = file_text(&a, name);
            char *second = file_text(&b, name);
            ck_assert_str_eq(first, second);
            free(first);
            free(second);
        }
    }
    stage_clear(&a);
    stage_clear(&b);
}
END_TEST

START_TEST(without_any_data_every_kind_says_so)
{
    struct stage s;
    stage_set(&s, SWEEP, ALL_KINDS);
    struct basin_str drawn = {0};
    make(&s, BASIN_PLOT_SVG | BASIN_PLOT_DUMB, &drawn);
    for (size_t i = 0; i < KINDS; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s.svg", NAMES[i]);
        bool theory_remains = strcmp(NAMES[i], "lines") == 0;
        expect_text(&s, name,
            theory_remains ? "ags_overlap"
            : strcmp(NAMES[i], "pictures") == 0
                ? "not measured"
                : "nothing to show: no cell has been measured here");
    }
    basin_str_free(&drawn);
    stage_clear(&s);
}
END_TEST

/* Everything in a configuration that is text, with everything that gnuplot, a shell and
 * SVG take for more than text. */
START_TEST(texts_are_never_executed_and_shown_as_they_are)
{
    static const char nasty[] =
        "experiment: toy\n"
        "title: &n \"it's `touch sentinel` $(touch sentinel) @x {/Bold y} %d %s <b> & "
        "\\\\n \\\"q\\\" \\\\\"\n"
        "rules:\n"
        "  - {label: \"`touch sentinel`'.system('touch sentinel').' %d <i>\", rule: "
        "hard}\n"
        "  - {label: \"EOD\\n! touch sentinel\\nEOD\", rule: soft}\n"
        "sweep: [{grid: {load: [0.1, 0.2]}}]\n"
        "figures:\n";
    static const char figures[] =
        "  - {name: l, x: load, y: overlap, title: *n, x_label: *n, y_label: *n,\n"
        "     marks: [{x: 0.1, text: *n}]}\n"
        "  - {name: m, x: load, y: overlap, panels: rule, title: *n}\n"
        "  - {name: b, kind: bars, y: overlap, series: load}\n"
        "  - {name: h, kind: heat, x: load, y: load, z: overlap, x_label: *n}\n"
        "  - {name: p, kind: pictures, y: pictures, rows: [*n, *n, *n]}\n";
    struct stage s;
    stage_set(&s, nasty, figures);
    measure(&s);
    make(&s, BASIN_PLOT_SVG | BASIN_PLOT_PNG | BASIN_PLOT_DUMB, NULL);
    char path[128];
    snprintf(path, sizeof(path), "%s/sentinel", s.folder);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_ne(access("sentinel", F_OK), 0);
    expect_text(&s, "l.svg", "it's `touch sentinel` $(touch sentinel)");
    expect_text(&s, "l.svg", "@x {/Bold y} %d %s &lt;b> &amp;");
    expect_text(&s, "l.svg", "'.system('touch sentinel').' %d &lt;i>");
    expect_text(&s, "b.svg", "`touch sentinel`'.system('touch sentinel').' %d &lt;");
    expect_text(&s, "b.svg", "EOD ! touch sentinel EOD");
    stage_clear(&s);
}
END_TEST

START_TEST(quotes_are_doubled_and_control_characters_dropped)
{
    struct basin_str text = {0};
    basin_script_text(&text, "a'b\n`c`\x1b\\");
    ck_assert_str_eq(text.text, "'a''b `c` \\'");
    basin_str_free(&text);
    basin_script_tick(&text, "5 % of 'd'");
    ck_assert_str_eq(text.text, "'5 %% of ''d'''");
    basin_str_free(&text);
    basin_script_lines(&text, "one two three", 8);
    ck_assert_str_eq(text.text, "'one two'.\"\\n\".'three'");
    basin_str_free(&text);
}
END_TEST

/* Mistakes, and the words of the message that make the repair obvious. */
static const struct {
    const char *figure;
    const char *message[3];
} MISTAKES[] = {
    {"{name: a, x: laod, y: overlap}", {"toy:12:18: ", "unknown axis \"laod\"", "load"}},
    {"{name: a, x: load, y: overlapp}",
        {"toy:12:27: ", "metric \"overlapp\"", "overlap"}},
    {"{name: a, x: load, y: overlap, theory: ags_overlapp}", {"toy:12:", "ags_overlap"}},
    {"{name: a, x: load, y: overlap, where: {label: hard on}}", {"toy:12:", "hard one"}},
    {"{name: a, x: load, y: overlap, where: {load: 0.3}}",
        {"axis \"load\" has no value \"0.3\"", "from 0.05 to 0.2"}},
    {"{name: a, x: load, y: overlap, where: {laod: 0.3}}", {"toy:12:", "load"}},
    {"{name: a, x: load, y: overlap, sereis: rule}", {"toy:12:36: ", "series"}},
    {"{name: a, x: load, y: overlap, contour: 1}", {"toy:12:36: ", "\"contour\""}},
    {"{name: a, kind: heat, x: load, y: dimension, z: overlap, contour: x}",
        {"toy:12:", "contour"}},
    {"{x: load, y: overlap}", {"toy:12:", "name"}},
    {"{name: ../../a, x: load, y: overlap}", {"toy:12:", "cannot be a file's name"}},
    {"{name: a, x: load}", {"toy:12:", "needs \"y\""}},
    {"{name: a, y: overlap}", {"toy:12:", "needs \"x\""}},
    {"{name: a, x: load, y: pictures}", {"toy:12:", "\"pictures\" has 3 dimensions"}},
    {"{name: a, kind: histogram, y: overlap}", {"\"overlap\" has 0 dimensions"}},
    {"{name: a, kind: histogram, y: pictures}", {"\"pictures\" has no bins"}},
    {"{name: a, kind: violins, x: load, y: dimension, z: k_histogram}",
        {"violins show three metrics"}},
    {"{name: a, kind: violins, x: load, y: dimension, z: [overlap, error, overlap]}",
        {"\"overlap\" has no bins"}},
    {"{name: a, kind: pictures, y: pictures, bars: overlap}",
        {"\"overlap\" has 0 dimensions"}},
    {"{name: a, kind: pictures, y: pictures, labels: weights}",
        {"\"weights\" has 2 dimensions"}},
    {"{name: a, kind: pictures, y: pictures, bars: weight}",
        {"did you mean \"weights\"?"}},
    {"{name: a, kind: heatt, x: load}", {"toy:12:", "heat"}},
    {"{name: a, kind: heat, x: load, z: overlap}", {"needs \"y\""}},
    {"{name: a, kind: heat, x: load, y: dimension, z: overlap, marks: []}", {"marks"}},
    {"{name: a, x: load, y: overlap, series: rule}",
        {"several cells fall on the same point", "\"dimension\""}},
    {"{name: a, x: load, y: overlap, series: dimension}", {"differ in \"rule\""}},
    {"{name: a, x: load, y: overlap, y_range: [1, 0]}", {"y_range must rise"}},
    {"{name: a, x: load, y: overlap, y_scale: log, y_range: [0, 1]}", {"above 0"}},
    {"{name: a, x: load, y: overlap, marks: [{x: 1, y: 2}]}", {"either an x or a y"}},
    {"just text", {"toy:12:", "a figure is a mapping"}},
};

START_TEST(a_mistake_is_told_before_anything_is_run)
{
    struct stage s;
    char text[256];
    snprintf(text, sizeof(text), "  - %s\n", MISTAKES[_i].figure);
    stage_set(&s, SWEEP, text);
    ck_assert_int_eq(basin_figures_check(&s.plan, &toy, &s.diag), BASIN_ERR_CONFIG);
    for (size_t i = 0; i < 3 && MISTAKES[_i].message[i] != NULL; i++) {
        ck_assert_msg(strstr(s.diag.text, MISTAKES[_i].message[i]) != NULL,
            "no '%s' in: %s", MISTAKES[_i].message[i], s.diag.text);
    }
    stage_clear(&s);
}
END_TEST

START_TEST(names_must_differ_and_figures_are_a_list)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, x: load, y: overlap}\n  - {name: a, x: load, y: error}\n");
    ck_assert_int_eq(basin_figures_check(&s.plan, &toy, &s.diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "two figures have the name \"a\""));
    stage_clear(&s);
    stage_set(&s, SWEEP, "  {name: a}\n");
    ck_assert_int_eq(basin_figures_check(&s.plan, &toy, &s.diag), BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "figures is a list"));
    stage_clear(&s);
}
END_TEST

/* Student's t for three degrees of freedom: 3.182446; sd of 1, 2, 3, 4 is 1.290994. */
START_TEST(intervals_have_their_known_widths)
{
    double values[] = {4, NAN, 1, 3, 2};
    struct basin_estimate mean = basin_estimate_mean(values, 5);
    ck_assert_double_eq_tol(mean.centre, 2.5, 1e-12);
    ck_assert_double_eq_tol(mean.high - mean.centre, 3.182446 * 1.290994 / 2, 1e-5);
    ck_assert_double_eq_tol(mean.centre - mean.low, mean.high - mean.centre, 1e-12);
    struct basin_estimate median = basin_estimate_median(values, 4);
    ck_assert_double_eq_tol(median.centre, 2.5, 1e-12);
    ck_assert_double_eq_tol(median.low, 1.75, 1e-12);
    ck_assert_double_eq_tol(median.high, 3.25, 1e-12);
    ck_assert(isnan(basin_estimate_mean(values, 1).low));
    ck_assert(isnan(basin_estimate_mean(values, 0).centre));
}
END_TEST

START_TEST(lines_hold_the_means_and_their_intervals)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, x: load, y: overlap, where: {label: hard one, dimension: 100}}\n");
    measure(&s);
    make(&s, 0, NULL);
    /* sd of -1.5, -0.5, 0.5, 1.5 hundredths is 0.01290994; half width 0.0205426 */
    expect_text(&s, "a.gp",
        "$curve0 << EOD\n"
        "0.05 0.95 0.929457397 0.970542603\n"
        "0.1 0.9 0.879457397 0.920542603\n"
        "0.2 0.8 0.779457397 0.820542603\n"
        "EOD\n");
    expect_text(&s, "a.gp", "set xlabel 'load alpha = N / d (patterns per unit)'\n");
    expect_text(&s, "a.gp", "set ylabel 'overlap with the pattern'\n");
    expect_text(&s, "a.gp", "# Figure a of basin's plan ");
    stage_clear(&s);
}
END_TEST

/* One overlap for all dimensions, so one curve; it ends where no solution exists. */
START_TEST(equal_theories_are_drawn_once)
{
    struct stage s;
    stage_set(&s, SWEEP, "  - {name: a, x: load, y: overlap, theory: ags_overlap}\n");
    measure(&s);
    make(&s, 0, NULL);
    char *text = file_text(&s, "a.gp");
    ck_assert_uint_eq(count_of(text, "<< EOD"), 4 + 1);
    ck_assert_uint_eq(count_of(text, "'theory: '.'ags_overlap'"), 1);
    const char *name = "load";
    double load = 0.05;
    double value;
    ck_assert_int_eq(
        basin_theory_at(basin_theory_of(basin_kind_find(basin_theories, "ags_overlap")),
            &name, &load, 1, &value, NULL),
        0);
    char first[64];
    snprintf(first, sizeof(first), "$curve4 << EOD\n0.05 %.9g NaN NaN\n", value);
    ck_assert_ptr_nonnull(strstr(text, first));
    ck_assert_ptr_null(strstr(text, "\n0.2 nan"));
    free(text);
    stage_clear(&s);
}
END_TEST

START_TEST(what_a_logarithmic_scale_cannot_show_is_left_out)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, x: load, y: error, y_scale: log,\n"
        "     where: {label: hard one, dimension: 100}}\n");
    measure(&s);
    for (size_t r = 0; r < REPLICATES; r++) {
        s.result.groups[0].variables[ERROR].data[r] = 0;
        s.result.groups[0].variables[ERROR].data[REPLICATES + r] = r == 0 ? 0.01 : 0;
    }
    make(&s, BASIN_PLOT_SVG, NULL);
    char *text = file_text(&s, "a.gp");
    ck_assert_ptr_null(strstr(text, "0.05 0 "));
    ck_assert_ptr_nonnull(strstr(text, "\n0.1 0.0025 0.0"));
    ck_assert_ptr_nonnull(strstr(text, "set logscale y 10"));
    free(text);
    stage_clear(&s);
}
END_TEST

/* A rule without beta is a level in a figure along beta. */
START_TEST(a_rule_without_the_axis_is_a_level)
{
    struct stage s;
    stage_set(&s,
        "experiment: toy\nrules:\n  - {label: h, rule: hard}\n  - {label: s, rule: "
        "soft}\n"
        "sweep: [{grid: {rules.beta: [1, 2, 4]}}]\nfigures:\n",
        "  - {name: a, x: beta, y: overlap, x_range: [0.5, 5]}\n");
    measure(&s);
    make(&s, BASIN_PLOT_SVG, NULL);
    expect_text(&s, "a.gp", "$curve0 << EOD\n0.5 1 ");
    expect_text(&s, "a.gp", "\n5 1 ");
    expect_text(&s, "a.gp", "$curve1 << EOD\n1 0.75 ");
    stage_clear(&s);
}
END_TEST

START_TEST(series_show_the_first_factor_in_dashes_and_the_second_in_colour)
{
    struct stage s;
    stage_set(
        &s, SWEEP, "  - {name: a, x: load, y: overlap, series: [rule, dimension]}\n");
    struct basin_figure figure;
    struct basin_view view = {0};
    const struct basin_node *list = basin_node_get(s.plan.document.root, "figures");
    ck_assert_int_eq(
        basin_figure_read(&figure, &s.plan, &toy, list->items[0], &s.diag), 0);
    ck_assert_int_eq(basin_view_make(&view, &figure, &s.plan, &toy, &s.diag), 0);
    static const char *const labels[] = {
        "hard one, 100", "hard one, 400", "soft one, 100", "soft one, 400"};
    ck_assert_uint_eq(view.n_series, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(view.series[i].label, labels[i]);
        ck_assert_uint_eq(view.series[i].colour, i % 2);
        ck_assert_uint_eq(view.series[i].dash, i / 2);
    }
    ck_assert_str_eq(view.series_title, "rule, dimension");
    basin_view_free(&view);
    basin_figure_free(&figure, &s.plan);
    stage_clear(&s);
}
END_TEST

/* A result of another order and with more cells: found by coordinates, not by place. */
START_TEST(cells_are_found_by_their_coordinates)
{
    struct stage big;
    struct stage small;
    stage_set(&big, SWEEP, "  []\n");
    measure(&big);
    stage_set(&small,
        "experiment: toy\nrules: [{label: soft one, rule: soft}]\n"
        "sweep: [{grid: {load: [0.2], dimension: [400, 800]}}]\nfigures:\n",
        "  []\n");
    const struct basin_variable *variable;
    size_t n;
    for (size_t c = 0; c < small.plan.n_cells; c++) {
        const double *data =
            basin_view_data(&big.result, &small.plan, c, "overlap", &variable, &n);
        bool known = small.plan.axes[0].number[small.plan.cells[c].value[0]] == 400 ||
                     (small.plan.n_axes > 1 &&
                         small.plan.axes[1].number[small.plan.cells[c].value[1]] == 400);
        ck_assert_int_eq(data != NULL, known);
        if (data != NULL) {
            ck_assert_uint_eq(n, REPLICATES);
            ck_assert_ptr_eq(data, variable->data + 5 * REPLICATES);
        }
    }
    ck_assert_ptr_null(
        basin_view_data(&big.result, &small.plan, 0, "unknown", &variable, &n));
    stage_clear(&big);
    stage_clear(&small);
}
END_TEST

START_TEST(histograms_show_fractions)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: histogram, y: k_histogram,\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n"
        "  - {name: b, kind: histogram, y: k_histogram, stacked: true,\n"
        "     where: {dimension: 100, load: 0.1}}\n");
    measure(&s);
    make(&s, 0, NULL);
    expect_text(&s, "a.gp",
        "0 0 0 0\n0 0.1 0.1 0.1\n0.25 0.1 0.1 0.1\n0.25 0.2 0.2 0.2\n0.5 0.2 0.2 0.2\n");
    expect_text(&s, "a.gp", "set ylabel 'fraction of cues'");
    expect_text(&s, "b.gp", "$curve1 << EOD\n0 0 0 0\n0 0.2 0.1 0.2\n");
    stage_clear(&s);
}
END_TEST

/* Half of a violin's height is its largest fraction's; with other metrics than a class's
 * a rectangle is red where their mean rounds to 1. */
START_TEST(violins_are_histograms_mirrored)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: violins, x: load, y: dimension,\n"
        "     z: [k_histogram, error, overlap],\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n");
    measure(&s);
    make(&s, BASIN_PLOT_SVG, NULL);
    /* fractions .1 .2 .3 .4 at x = .1 - .47 + .94 (.125, .375, .625, .875) */
    expect_text(&s, "a.gp",
        "$layer0_0 << EOD\n-0.37 100\n-0.2525 100.1\n-0.0175 100.2\n0.2175 100.3\n"
        "0.4525 100.4\n0.57 100\n0.4525 99.6\n0.2175 99.7\n-0.0175 99.8\n"
        "-0.2525 99.9\n-0.37 100\n\nEOD\n");
    expect_text(&s, "a.gp", "$layer0_1 << EOD\n0.1 100 \"0\"\nEOD\n");
    expect_text(&s, "a.gp", "$layer0_2 << EOD\n0.1 100 0\nEOD\n");
    stage_clear(&s);
}
END_TEST

START_TEST(stacked_bars_stand_on_one_another)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: bars, x: dimension, y: [error, overlap], stacked: true,\n"
        "     classes: true, where: {label: hard one, load: 0.1}}\n");
    measure(&s);
    make(&s, BASIN_PLOT_SVG, NULL);
    expect_text(&s, "a.gp", "$bars0_0 << EOD\n-0.4 0.4 0 0.01 0.01 0.01\n");
    expect_text(&s, "a.gp", "$bars0_1 << EOD\n-0.4 0.4 0.01 0.91 0.91 0.91\n");
    expect_text(&s, "a.gp", "lc rgb '#f0938b'");
    stage_clear(&s);
}
END_TEST

START_TEST(heat_maps_have_a_rectangle_for_each_cell)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: heat, x: load, y: dimension, y_scale: log2, z: overlap,\n"
        "     where: {label: hard one}, contour: 0.85}\n");
    measure(&s);
    make(&s, 0, NULL);
    /* borders: 0.025, 0.075, 0.15, 0.25; 50, 200, 800 */
    expect_text(&s, "a.gp",
        "0.05 100 0.025 0.075 50 200 0.95\n"
        "0.1 100 0.075 0.15 50 200 0.9\n"
        "0.2 100 0.15 0.25 50 200 0.8\n");
    expect_text(&s, "a.gp", "$contour0 << EOD\n0.15 100\n0.15 400\n\nEOD\n");
    stage_clear(&s);
}
END_TEST

/* On a logarithmic scale 0.85 is not half-way from 0.9 to 0.8, and 0 has no colour. */
START_TEST(colours_and_contour_share_a_scale)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: heat, x: load, y: dimension, z: overlap, z_scale: log,\n"
        "     where: {label: hard one}, contour: 0.85}\n");
    measure(&s);
    make(&s, BASIN_PLOT_SVG, NULL);
    expect_text(&s, "a.gp", "set logscale cb\nset cbrange [0.8:0.95]\n");
    expect_text(&s, "a.gp", "$contour0 << EOD\n0.148528562 100\n0.148528562 400\n");
    stage_clear(&s);
}
END_TEST

/* The first two items of 8 x 8 pixels; the others are NAN, as where cells differ. */
START_TEST(pictures_are_gray_and_as_many_as_were_kept)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: pictures, y: pictures, rows: [one, two, three],\n"
        "     where: {label: hard one, dimension: 100, load: 0.1}}\n");
    double *data = s.result.groups[0].variables[PICTURES].data + SIZES;
    for (size_t role = 0; role < 3; role++) {
        for (size_t i = 0; i < 2 * SIDE * SIDE; i++) {
            data[role * ITEMS * SIDE * SIDE + i] = (double)role - 1;
        }
    }
    make(&s, BASIN_PLOT_SVG, NULL);
    static const char row[] = "\n0 0 0 0 0 0 0 0 255 255 0 0 0 0 0 0 0 0 255 255 \n";
    expect_text(&s, "a.gp", row);
    expect_text(&s, "a.gp", "\n128 128 128 128 128 128 128 128 255 255 128 ");
    expect_text(&s, "a.gp", "set xrange [-0.5:20-0.5]\nset yrange [30-0.5:-0.5]\n");
    expect_text(&s, "a.svg", "<text>three</text>");
    stage_clear(&s);
}
END_TEST

/* Two cells along x: one caption for the panel, one for each cell; below the three roles
 * a row of bars, two pixels wide, as high as the weight. */
START_TEST(pictures_stand_along_x_above_their_bars)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: pictures, x: load, x_label: alpha, y: pictures,\n"
        "     bars: weights, panels: [rule], where: {dimension: 100, load: [0.1, "
        "0.2]}}\n");
    double *data = s.result.groups[0].variables[PICTURES].data + SIZES;
    double *weights = s.result.groups[0].variables[WEIGHTS].data + ITEMS * BARS;
    for (size_t role = 0; role < 3; role++) {
        for (size_t i = 0; i < SIDE * SIDE; i++) {
            data[role * ITEMS * SIDE * SIDE + i] = role < 2 ? 1 : -0.25;
        }
    }
    memcpy(weights, (double[]){0, 0.5, 1, 0.25}, BARS * sizeof(double));
    make(&s, BASIN_PLOT_SVG, NULL);
    expect_text(&s, "a.svg", "<text>alpha = 0.1</text>");
    expect_text(&s, "a.svg", "<text>alpha = 0.2</text>");
    expect_text(&s, "a.svg", "<text>hard one</text>");
    expect_text(&s, "a.svg", "<text>weights</text>");
    expect_text(&s, "a.gp", "\n0 0 0 0 0 0 0 0 255 255 \n"); /* as bright as if from -1 */
    expect_text(&s, "a.gp",
        "\n232 232 232 232 60 60 232 232 255 255 \n232 232 60 60 60 60 232 232 255 255 "
        "\n");
    expect_text(&s, "a.gp",
        "\n232 232 60 60 60 60 60 60 255 255 \n60 60 60 60 60 60 60 60 255 255 \n255 ");
    expect_text(&s, "a.gp", "set yrange [40-0.5:-0.5]\n");
    stage_clear(&s);
}
END_TEST

/* Two panels with the same pictures but in the last role show them once. */
START_TEST(panels_share_what_is_the_same)
{
    struct stage s;
    stage_set(&s, SWEEP,
        "  - {name: a, kind: pictures, y: pictures, rows: [one, two, three],\n"
        "     panels: [load], where: {label: hard one, dimension: 100, load: [0.1, "
        "0.2]}}\n");
    for (size_t cell = 0; cell < 2; cell++) {
        double *data = s.result.groups[0].variables[PICTURES].data + (cell + 1) * SIZES;
        for (size_t role = 0; role < 3; role++) {
            for (size_t i = 0; i < SIDE * SIDE; i++) {
                data[role * ITEMS * SIDE * SIDE + i] = role < 2 ? 1 : -(double)cell;
            }
        }
    }
    make(&s, BASIN_PLOT_SVG, NULL);
    expect_text(&s, "a.gp", "set yrange [30-0.5:-0.5]\nplot $pictures0 ");
    expect_text(&s, "a.gp", "set yrange [10-0.5:-0.5]\nplot $pictures1 ");
    stage_clear(&s);
}
END_TEST

START_TEST(gnuplots_own_words_reach_the_person)
{
    struct stage s;
    stage_set(&s, SWEEP, "  []\n");
    char path[128];
    snprintf(path, sizeof(path), "%s/bad one.gp", s.folder);
    FILE *file = fopen(path, "w");
    fputs("plot nonsense(\n", file);
    fclose(file);
    ck_assert_int_eq(
        basin_gnuplot_run(s.folder, "bad one", "svg", NULL, &s.diag), BASIN_ERR_TOOL);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "gnuplot failed on bad one.gp: "));
    ck_assert_ptr_nonnull(strstr(s.diag.text, "nonsense"));
    stage_clear(&s);
}
END_TEST

START_TEST(a_missing_gnuplot_is_told)
{
    struct stage s;
    stage_set(&s, SWEEP, "  - {name: a, x: load, y: overlap}\n");
    char *path = basin_str_copy(getenv("PATH"));
    setenv("PATH", s.folder, 1);
    int ret = basin_figures_make(
        &s.plan, &toy, &s.result, s.folder, BASIN_PLOT_SVG, NULL, &s.diag);
    setenv("PATH", path, 1);
    free(path);
    ck_assert_int_eq(ret, BASIN_ERR_TOOL);
    ck_assert_str_eq(
        s.diag.text, "gnuplot is needed to draw a.gp; make setup installs it");
    stage_clear(&s);
}
END_TEST

START_TEST(folders_are_made_where_that_is_possible)
{
    struct stage s;
    stage_set(&s, SWEEP, "  - {name: a, x: load, y: overlap}\n");
    char folder[128];
    snprintf(folder, sizeof(folder), "%s/new", s.folder);
    int ret = basin_figures_make(&s.plan, &toy, &s.result, folder, 0, NULL, &s.diag);
    ck_assert_msg(ret == 0, "%s", s.diag.text);
    char script[256];
    snprintf(script, sizeof(script), "%s/a.gp", folder);
    ck_assert_int_eq(access(script, F_OK), 0);
    ck_assert_int_eq(
        basin_figures_make(&s.plan, &toy, &s.result, script, 0, NULL, &s.diag),
        BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(s.diag.text, "cannot make the folder"));
    unlink(script);
    rmdir(folder);
    stage_clear(&s);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("plot");
    TCase *c = tcase_create("plot");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_kind_is_drawn_by_gnuplot_in_every_format);
    tcase_add_test(c, the_same_result_gives_the_same_bytes);
    tcase_add_test(c, without_any_data_every_kind_says_so);
    tcase_add_test(c, texts_are_never_executed_and_shown_as_they_are);
    tcase_add_test(c, quotes_are_doubled_and_control_characters_dropped);
    tcase_add_loop_test(c, a_mistake_is_told_before_anything_is_run, 0,
        (int)(sizeof(MISTAKES) / sizeof(MISTAKES[0])));
    tcase_add_test(c, names_must_differ_and_figures_are_a_list);
    tcase_add_test(c, intervals_have_their_known_widths);
    tcase_add_test(c, lines_hold_the_means_and_their_intervals);
    tcase_add_test(c, equal_theories_are_drawn_once);
    tcase_add_test(c, what_a_logarithmic_scale_cannot_show_is_left_out);
    tcase_add_test(c, a_rule_without_the_axis_is_a_level);
    tcase_add_test(c, series_show_the_first_factor_in_dashes_and_the_second_in_colour);
    tcase_add_test(c, cells_are_found_by_their_coordinates);
    tcase_add_test(c, histograms_show_fractions);
    tcase_add_test(c, violins_are_histograms_mirrored);
    tcase_add_test(c, stacked_bars_stand_on_one_another);
    tcase_add_test(c, heat_maps_have_a_rectangle_for_each_cell);
    tcase_add_test(c, colours_and_contour_share_a_scale);
    tcase_add_test(c, pictures_are_gray_and_as_many_as_were_kept);
    tcase_add_test(c, pictures_stand_along_x_above_their_bars);
    tcase_add_test(c, panels_share_what_is_the_same);
    tcase_add_test(c, gnuplots_own_words_reach_the_person);
    tcase_add_test(c, a_missing_gnuplot_is_told);
    tcase_add_test(c, folders_are_made_where_that_is_possible);
    suite_add_tcase(s, c);
    return s;
}
