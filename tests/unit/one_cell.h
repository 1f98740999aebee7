/* What tests of experiments share: one replicate of a configuration that is one cell. */
#ifndef BASIN_TESTS_ONE_CELL_H
#define BASIN_TESTS_ONE_CELL_H

#include "suite.h"

#include "experiments/experiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct one_cell {
    struct basin_plan plan;
    const struct basin_experiment *experiment;
    void *shared;
    struct basin_params params;
    struct basin_record record;
    size_t *offset;
    struct basin_diag diag;
    const struct basin_midway *midway; /* set it before a run, or leave it NULL */
};

static inline const struct basin_section *one_cell_sections(
    const struct basin_kind *experiment)
{
    return basin_experiment_of(experiment)->sections;
}

/* Parses and checks the text; returns the code of what failed, with self->diag. */
static inline int one_cell_open(struct one_cell *self, const char *text)
{
    static const struct basin_registry registry = {
        .experiments = basin_experiments, .sections = one_cell_sections};
    *self = (struct one_cell){0};
    int ret = basin_plan_parse(
        &self->plan, "cell", text, strlen(text), &registry, NULL, &self->diag);
    ck_assert_msg(ret == 0, "%s", self->diag.text);
    ck_assert_uint_eq(self->plan.n_cells, 1);
    self->experiment = basin_experiment_of(self->plan.experiment);
    ck_assert_int_eq(basin_plan_params(&self->plan, 0, &self->params, NULL), 0);
    if (self->experiment->open != NULL) {
        ck_assert_int_eq(self->experiment->open(&self->shared, NULL), 0);
    }
    return self->experiment->check == NULL
               ? 0
               : self->experiment->check(self->shared, &self->params, &self->diag);
}

static inline int one_cell_try(struct one_cell *self, uint32_t replicate)
{
    size_t metrics = basin_experiment_metrics(self->experiment);
    self->offset = calloc(metrics + 1, sizeof(*self->offset));
    basin_experiment_offsets(
        self->experiment, self->shared, &self->params, replicate, self->offset);
    self->record = (struct basin_record){
        .status = BASIN_STATUS_OK, .n = self->offset[metrics], .offset = self->offset};
    self->record.values = calloc(self->record.n + 1, sizeof(double));
    for (size_t i = 0; i < self->record.n; i++) {
        self->record.values[i] = NAN;
    }
    struct basin_task task = {.params = &self->params,
        .seed = self->plan.seed,
        .cell = self->params.key,
        .replicate = replicate,
        .midway = self->midway};
    return self->experiment->run(self->shared, &task, &self->record, &self->diag);
}

static inline void one_cell_run(struct one_cell *self, uint32_t replicate)
{
    ck_assert_msg(one_cell_try(self, replicate) == 0, "%s", self->diag.text);
}

static inline size_t one_cell_metric(const struct one_cell *self, const char *metric)
{
    for (size_t m = 0; self->experiment->metrics[m].name != NULL; m++) {
        if (strcmp(self->experiment->metrics[m].name, metric) == 0) {
            return m;
        }
    }
    ck_abort_msg("no metric %s", metric);
    return 0;
}

static inline bool one_cell_has(const struct one_cell *self, const char *metric)
{
    size_t m = one_cell_metric(self, metric);
    return self->offset[m + 1] > self->offset[m];
}

/* The i-th number of a metric, which the cell must have. */
static inline double one_cell_value(
    const struct one_cell *self, const char *metric, size_t i)
{
    size_t m = one_cell_metric(self, metric);
    ck_assert_uint_lt(i, self->offset[m + 1] - self->offset[m]);
    return self->record.values[self->offset[m] + i];
}

/* What a run has left, before another one. */
static inline void one_cell_forget(struct one_cell *self)
{
    free(self->record.values);
    free(self->offset);
    self->record.values = NULL;
    self->offset = NULL;
}

static inline void one_cell_close(struct one_cell *self)
{
    one_cell_forget(self);
    basin_params_free(&self->params);
    if (self->experiment->close != NULL) {
        self->experiment->close(self->shared);
    }
    basin_plan_free(&self->plan);
}

#endif
