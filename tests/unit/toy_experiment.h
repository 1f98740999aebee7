/* A toy experiment for tests of the store and the runner: every number is a function of
 * the cell, the replicate and the index, so that results can be checked one by one. */
#ifndef BASIN_TESTS_TOY_EXPERIMENT_H
#define BASIN_TESTS_TOY_EXPERIMENT_H

#include "config/plan.h"
#include "experiments/experiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct toy {
    long size;    /* length of the spectrum, side of the picture */
    double level; /* added to every value */
    int shade;
    const char *word;
    long pause;   /* microseconds of work */
    long broken;  /* the replicate that fails; -1: none */
    bool refused; /* check says no */
};

static const struct basin_field toy_fields[] = {
    BASIN_FIELD_INT(struct toy, size, "3", 1, 1000, "1", "length of the spectrum"),
    BASIN_FIELD_REAL(struct toy, level, "0", -1e6, 1e6, "K", "added to every value"),
    BASIN_FIELD_CHOICE(struct toy, shade, "dark|light", "dark", "a choice"),
    BASIN_FIELD_TEXT(struct toy, word, "none", "a text"),
    BASIN_FIELD_INT(struct toy, pause, "0", 0, 1000000, "us", "time of one replicate"),
    BASIN_FIELD_INT_OR(
        struct toy, broken, "never", "never", 0, 100, "1", "the replicate that fails"),
    BASIN_FIELD_BOOL(struct toy, refused, "false", "check says no"),
    BASIN_FIELD_END,
};

struct toy_rule {
    double beta;
};

static const struct basin_field toy_rule_fields[] = {
    BASIN_FIELD_REAL_OR(struct toy_rule, beta, "auto", "1", 0, 100, "1", "steepness"),
    BASIN_FIELD_END,
};

static const struct basin_kind toy_alpha = {.name = "alpha",
    .summary = "has beta",
    .version = 1,
    .fields = toy_rule_fields,
    .size = sizeof(struct toy_rule)};
static const struct basin_kind toy_bravo = {
    .name = "bravo", .summary = "has none", .version = 1};
static const struct basin_kind *const toy_rules[] = {&toy_alpha, &toy_bravo, NULL};

enum { TOY_VALUE, TOY_SPECTRUM, TOY_COUNTS, TOY_PICTURE, TOY_EXTRA, TOY_METRICS };

static const double toy_edges[] = {0, 1, 2, 4, 8};

static const struct basin_metric toy_metrics[] = {
    {.name = "value", .unit = "K", .summary = "one number"},
    {.name = "spectrum",
        .unit = "1",
        .summary = "a row of numbers",
        .rank = 1,
        .dimension = {"line"}},
    {.name = "counts",
        .unit = "1",
        .summary = "a histogram",
        .rank = 1,
        .dimension = {"bin"},
        .edges = toy_edges},
    {.name = "picture",
        .unit = "1",
        .summary = "rows and columns",
        .once = true,
        .rank = 2,
        .dimension = {"row", "column"}},
    {.name = "extra", .unit = "1", .summary = "never there", .optional = true},
    {.name = NULL},
};

static bool toy_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK])
{
    (void)shared;
    const struct toy *own = params->own[0];
    size_t side = (size_t)own->size;
    switch (metric) {
    case TOY_SPECTRUM:
        size[0] = side;
        return true;
    case TOY_COUNTS:
        size[0] = 4;
        return true;
    case TOY_PICTURE:
        size[0] = side;
        size[1] = side + 1;
        return true;
    default:
        return metric == TOY_VALUE;
    }
}

/* The number at index i of a metric. */
static double toy_number(const struct toy *own, const struct basin_id *cell,
    uint32_t replicate, size_t metric, size_t i)
{
    return own->level + (double)(basin_id_number(cell) % 1000) + 1000.0 * replicate +
           0.25 * (double)metric + 1e-3 * (double)i;
}

static int toy_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    const struct toy *own = params->own[0];
    return own->refused ? basin_fail(diag, BASIN_ERR_CONFIG, "refused is true") : 0;
}

static double toy_cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct toy *own = params->own[0];
    return 1 + (double)own->pause;
}

/* Replicates on which the toy counts its own work, over all threads. */
static int toy_runs;

static int toy_run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    const struct toy *own = task->params->own[0];
#pragma omp atomic
    toy_runs++;
    if (own->pause > 0) {
        usleep((useconds_t)own->pause);
    }
    if (own->broken == (long)task->replicate) {
        return basin_fail(diag, BASIN_ERR_NUMERIC, "no finite result\nfor this one");
    }
    for (size_t m = 0; m < TOY_METRICS; m++) {
        for (size_t i = record->offset[m]; i < record->offset[m + 1]; i++) {
            record->values[i] =
                toy_number(own, &task->cell, task->replicate, m, i - record->offset[m]);
        }
    }
    if (task->replicate % 4 == 3) {
        record->status = BASIN_STATUS_NOT_CONVERGED;
    }
    return 0;
}

static const struct basin_section toy_sections[3];

static const struct basin_experiment toy_experiment = {
    .kind = {.name = "toy",
        .summary = "for tests",
        .version = 1,
        .fields = toy_fields,
        .size = sizeof(struct toy)},
    .sections = toy_sections,
    .metrics = toy_metrics,
    .check = toy_check,
    .shape = toy_shape,
    .cost = toy_cost,
    .run = toy_run,
};

static const struct basin_kind *const toy_own[] = {&toy_experiment.kind, NULL};
static const struct basin_section toy_sections[3] = {
    {.name = "", .kinds = toy_own},
    {.name = "rules", .selector = "rule", .kinds = toy_rules, .list = true},
    {.name = NULL},
};

static const struct basin_section *toy_sections_of(const struct basin_kind *experiment)
{
    return basin_experiment_of(experiment)->sections;
}

static const struct basin_registry toy_registry = {toy_own, toy_sections_of, NULL, 0};

/* Loads a plan named "toy" from text. */
static inline int toy_plan(
    struct basin_plan *plan, const char *text, struct basin_diag *diag)
{
    return basin_plan_parse(plan, "toy", text, strlen(text), &toy_registry, NULL, diag);
}

#endif
