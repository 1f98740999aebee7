/* The work of a run. One lock guards the journal, the counts and the progress; everything
 * else belongs to one thread or is read only. A ticker thread writes records that wait
 * in memory, and keeps the progress moving while long cells run. */
#include "run/work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

static double cost_of(const struct basin_work *self, const struct basin_params *params)
{
    double cost =
        self->experiment->cost == NULL ? 1 : self->experiment->cost(self->shared, params);
    return isfinite(cost) && cost > 0 ? cost : 1;
}

/* ---- Work items ----------------------------------------------------------------- */

static bool is_due(const struct basin_work *self, size_t cell, uint32_t replicate)
{
    enum basin_status status =
        basin_result_status(&self->result, self->cell_at[cell], replicate);
    return status == BASIN_STATUS_NOT_RUN ||
           (status == BASIN_STATUS_FAILED && self->options->retry_failed);
}

/* Longest first; otherwise the plan's order. */
static int compare_items(const void *left, const void *right)
{
    const struct basin_item *a = left;
    const struct basin_item *b = right;
    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return a->replicate < b->replicate ? -1 : a->replicate > b->replicate;
}

int basin_work_list(struct basin_work *self, double *cost, struct basin_diag *diag)
{
    size_t n = self->plan->n_cells * self->plan->replicates;
    struct basin_params params = {0};
    self->items = calloc(n + 1, sizeof(*self->items));
    if (self->items == NULL) {
        return fail_memory(diag);
    }
    int ret = 0;
    *cost = 0;
    for (size_t c = 0; ret == 0 && c < self->plan->n_cells; c++) {
        double each = 1;
        if (self->experiment->cost != NULL) {
            ret = basin_plan_params(self->plan, c, &params, diag);
            each = ret != 0 ? 1 : cost_of(self, &params);
        }
        for (uint32_t r = 0; r < self->plan->replicates; r++) {
            if (is_due(self, c, r)) {
                self->items[self->n_items++] = (struct basin_item){r, c, each};
                *cost += each;
            }
        }
    }
    basin_params_free(&params);
    if (ret == 0) {
        qsort(self->items, self->n_items, sizeof(*self->items), compare_items);
    }
    self->summary->items = n;
    self->summary->reused = n - self->n_items;
    return ret;
}

/* ---- Working -------------------------------------------------------------------- */

/* What a thread keeps from item to item. */
struct worker {
    struct basin_params params;
    size_t cell; /* that params are of */
    size_t *offset;
    double *values;
    size_t capacity;
};

static bool is_over(const struct basin_work *self)
{
    int trouble;
#pragma omp atomic read
    trouble = self->trouble;
    return trouble != 0 || (self->options->stop != NULL && *self->options->stop != 0);
}

/* The first trouble ends the run; callers hold the lock. */
static void take_trouble(struct basin_work *self, int ret, const struct basin_diag *diag)
{
    if (ret != 0 && self->trouble == 0) {
        self->trouble_diag = *diag;
#pragma omp atomic write
        self->trouble = ret;
    }
}

static int prepare(const struct basin_work *self, const struct basin_item *item,
    struct worker *worker, struct basin_diag *diag)
{
    if (worker->cell != item->cell) {
        worker->cell = BASIN_NO_CELL;
        int ret = basin_plan_params(self->plan, item->cell, &worker->params, diag);
        if (ret != 0) {
            return ret;
        }
        worker->cell = item->cell;
    }
    size_t n_metrics = basin_experiment_metrics(self->experiment);
    if (worker->offset == NULL) {
        worker->offset = calloc(n_metrics + 1, sizeof(*worker->offset));
        if (worker->offset == NULL) {
            return fail_memory(diag);
        }
    }
    basin_experiment_offsets(
        self->experiment, self->shared, &worker->params, item->replicate, worker->offset);
    size_t n = worker->offset[n_metrics];
    if (n > worker->capacity) {
        free(worker->values);
        worker->values = malloc(n * sizeof(*worker->values));
        worker->capacity = worker->values == NULL ? 0 : n;
        if (worker->values == NULL) {
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

/* Runs one item into a record. A failure of the experiment is a result, too. */
static void work(const struct basin_work *self, const struct basin_item *item,
    struct worker *worker, struct basin_record *record)
{
    size_t n_metrics = basin_experiment_metrics(self->experiment);
    *record = (struct basin_record){.status = BASIN_STATUS_OK,
        .n = worker->offset[n_metrics],
        .values = worker->values,
        .offset = worker->offset};
    for (size_t i = 0; i < record->n; i++) {
        record->values[i] = NAN;
    }
    const struct basin_task task = {.params = &worker->params,
        .seed = self->plan->seed,
        .cell = self->plan->cells[item->cell].id,
        .replicate = item->replicate};
    struct basin_diag diag = {{0}};
    int ret = self->experiment->run(self->shared, &task, record, &diag);
    if (ret != 0) {
        record->status = BASIN_STATUS_FAILED;
        set_reason(record, diag.text[0] != '\0' ? diag.text : basin_error_text(ret));
    }
    if (record->status == BASIN_STATUS_FAILED) {
        record->n = 0;
    }
}

/* Tells of a failure at once; the first is kept for the end. */
static void report(struct basin_work *self, const struct basin_item *item,
    const struct basin_record *record)
{
    struct basin_str name = {0};
    basin_plan_cell_name(self->plan, item->cell, &name);
    const char *cell = name.text == NULL ? "?" : name.text;
    basin_progress_say(&self->progress, "failed: %s, replicate %lu: %s", cell,
        (unsigned long)item->replicate, record->reason);
    if (self->first_failure.text[0] == '\0') {
        basin_fail(&self->first_failure, 0, "%s, replicate %lu: %s", cell,
            (unsigned long)item->replicate, record->reason);
    }
    basin_str_free(&name);
}

static void hand_in(struct basin_work *self, const struct basin_item *item,
    const struct basin_record *record)
{
    struct basin_diag diag = {{0}};
    bool failed = record->status == BASIN_STATUS_FAILED;
    pthread_mutex_lock(&self->lock);
    int ret = basin_result_put(
        &self->result, self->cell_at[item->cell], item->replicate, record, &diag);
    if (ret == 0) {
        ret = basin_journal_add(&self->journal, &self->plan->cells[item->cell].id,
            item->replicate, record, &diag);
    }
    take_trouble(self, ret, &diag);
    self->summary->done++;
    basin_progress_add(&self->progress, item->cost, failed);
    if (failed) {
        report(self, item, record);
    }
    pthread_mutex_unlock(&self->lock);
}

static void *tick(void *context)
{
    struct basin_work *self = context;
    pthread_mutex_lock(&self->lock);
    while (!self->finished) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 200000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&self->over, &self->lock, &until);
        struct basin_diag diag = {{0}};
        if (self->trouble == 0) {
            take_trouble(self, basin_journal_tick(&self->journal, &diag), &diag);
        }
        basin_progress_tick(&self->progress);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

static void run_items(struct basin_work *self)
{
#pragma omp parallel num_threads(self->threads)
    {
        struct worker worker = {.cell = BASIN_NO_CELL};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < self->n_items; i++) {
            if (is_over(self)) {
                continue;
            }
            struct basin_diag diag = {{0}};
            struct basin_record record;
            int ret = prepare(self, &self->items[i], &worker, &diag);
            if (ret == 0) {
                work(self, &self->items[i], &worker, &record);
                hand_in(self, &self->items[i], &record);
            } else {
                pthread_mutex_lock(&self->lock);
                take_trouble(self, ret, &diag);
                pthread_mutex_unlock(&self->lock);
            }
        }
        basin_params_free(&worker.params);
        free(worker.offset);
        free(worker.values);
    }
}

int basin_work_run(struct basin_work *self, double cost, struct basin_diag *diag)
{
    pthread_t ticker;
    basin_progress_start(&self->progress, self->options->progress,
        self->options->progress_terminal, self->n_items, cost);
    int number = pthread_create(&ticker, NULL, tick, self);
    if (number != 0) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "cannot start a thread: %s", strerror(number));
    }
    run_items(self);
    pthread_mutex_lock(&self->lock);
    self->finished = true;
    pthread_cond_signal(&self->over);
    pthread_mutex_unlock(&self->lock);
    pthread_join(ticker, NULL);
    basin_progress_end(&self->progress);
    if (self->trouble != 0) {
        *diag = self->trouble_diag;
        return self->trouble;
    }
    return basin_journal_flush(&self->journal, diag);
}
