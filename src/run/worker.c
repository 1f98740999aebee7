/* The work on one item. */
#include "run/worker.h"

#include "run/lookup.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

void basin_worker_start(struct basin_worker *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, int threads)
{
    *self = (struct basin_worker){.plan = plan,
        .experiment = experiment,
        .shared = shared,
        .cell = BASIN_NO_CELL,
        .threads = threads};
    omp_set_num_threads(1);
}

void basin_worker_free(struct basin_worker *self)
{
    basin_params_free(&self->params);
    free(self->offset);
    free(self->values);
}

static int prepare(
    struct basin_worker *self, const struct basin_item *item, struct basin_diag *diag)
{
    if (self->cell != item->cell) {
        self->cell = BASIN_NO_CELL;
        int ret = basin_plan_params(self->plan, item->cell, &self->params, diag);
        if (ret != 0) {
            return ret;
        }
        self->cell = item->cell;
    }
    size_t n_metrics = basin_experiment_metrics(self->experiment);
    if (self->offset == NULL) {
        self->offset = calloc(n_metrics + 1, sizeof(*self->offset));
        if (self->offset == NULL) {
            return fail_memory(diag);
        }
    }
    basin_experiment_offsets(
        self->experiment, self->shared, &self->params, item->replicate, self->offset);
    size_t n = self->offset[n_metrics];
    if (n > self->capacity) {
        free(self->values);
        self->values = malloc(n * sizeof(*self->values));
        self->capacity = self->values == NULL ? 0 : n;
        if (self->values == NULL) {
            return fail_memory(diag);
        }
    }
    return 0;
}

/* One line, cut at a character where it is too long. */
static void set_reason(struct basin_record *record, const char *text)
{
    size_t n = strlen(text);
    if (n >= sizeof(record->reason)) {
        n = sizeof(record->reason) - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) {
            n--;
        }
    }
    for (size_t i = 0; i < n; i++) {
        record->reason[i] = (char)(text[i] == '\n' ? ' ' : text[i]);
    }
    record->reason[n] = '\0';
}

int basin_worker_run(struct basin_worker *self, const struct basin_item *item,
    const struct basin_midway *midway, struct basin_record *record,
    struct basin_diag *diag)
{
    int ret = prepare(self, item, diag);
    if (ret != 0) {
        return ret;
    }
    *record = (struct basin_record){.status = BASIN_STATUS_OK,
        .n = self->offset[basin_experiment_metrics(self->experiment)],
        .values = self->values,
        .offset = self->offset};
    for (size_t i = 0; i < record->n; i++) {
        record->values[i] = NAN;
    }
    const struct basin_task task = {.params = &self->params,
        .seed = self->plan->seed,
        .cell = self->params.key,
        .replicate = item->replicate,
        .threads = self->threads,
        .midway = midway};
    struct basin_diag reason = {{0}};
    ret = self->experiment->run(self->shared, &task, record, &reason);
    if (ret == BASIN_ERR_INTERRUPTED) {
        return ret;
    }
    if (ret != 0) {
        record->status = BASIN_STATUS_FAILED;
        set_reason(record, reason.text[0] != '\0' ? reason.text : basin_error_text(ret));
    }
    if (record->status == BASIN_STATUS_FAILED) {
        record->n = 0;
    }
    return 0;
}
