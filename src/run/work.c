/* The work of a run. One lock guards the journal, the counts and the progress; everything
 * else belongs to one thread or is read only. A ticker thread writes records that wait
 * in memory, and keeps the progress moving while long cells run. */
#include "run/work.h"

#include "base/clock.h"
#include "run/alone.h"
#include "run/ranks.h"
#include "run/state.h"
#include "run/underway.h"
#include "run/worker.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FAILURES_TOLD = 20 }; /* one by one; `basin status` lists them all */

/* ---- Work items ----------------------------------------------------------------- */

static bool is_due(const struct basin_work *self, const struct basin_item *item)
{
    enum basin_status status =
        basin_result_status(&self->result, self->cell_at[item->cell], item->replicate);
    return status == BASIN_STATUS_NOT_RUN ||
           (status == BASIN_STATUS_FAILED && self->options->retry_failed);
}

int basin_work_list(struct basin_work *self, struct basin_diag *diag)
{
    const struct basin_run_options *options = self->options;
    size_t n = self->plan->n_cells * self->plan->replicates;
    int ret =
        basin_items_list(self->plan, self->experiment, self->shared, &self->items, diag);
    if (ret == 0 && options->n_shards > 0) {
        ret = basin_items_divide(self->items, n, options->n_shards, diag);
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        struct basin_item item = self->items[i];
        if (options->n_shards > 0 && item.shard != options->shard) {
            continue;
        }
        self->summary->items++;
        if (is_due(self, &item)) {
            self->items[self->n_items++] = item;
            self->cost += item.cost;
        }
    }
    self->summary->reused = self->summary->items - self->n_items;
    return ret;
}

/* ---- Handing in ----------------------------------------------------------------- */

bool basin_work_is_over(const struct basin_work *self)
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

void basin_work_take_trouble(
    struct basin_work *self, int ret, const struct basin_diag *diag)
{
    pthread_mutex_lock(&self->lock);
    take_trouble(self, ret, diag);
    pthread_mutex_unlock(&self->lock);
}

/* Tells of a failure at once, with the command that runs the cell alone; the first is
 * kept for the end. */
static void report(struct basin_work *self, const struct basin_item *item,
    const struct basin_record *record)
{
    struct basin_str name = {0};
    struct basin_str command = {0};
    basin_plan_cell_name(self->plan, item->cell, &name);
    const char *cell = name.text == NULL ? "?" : name.text;
    if (self->told == 0) {
        basin_fail(&self->first_failure, 0, "%s, replicate %lu: %s", cell,
            (unsigned long)item->replicate, record->reason);
    }
    self->told++;
    if (self->told <= FAILURES_TOLD) {
        basin_progress_say(&self->progress, "failed: %s, replicate %lu: %s", cell,
            (unsigned long)item->replicate, record->reason);
    }
    if (self->told <= FAILURES_TOLD && self->options->command != NULL) {
        basin_alone_command(&command, self->options->command, self->plan, item->cell,
            self->options->folder);
        basin_progress_say(
            &self->progress, "  alone: %s", command.failed ? "" : command.text);
    }
    if (self->told == FAILURES_TOLD) {
        basin_progress_say(
            &self->progress, "further failures are not told; `basin status` lists them");
    }
    basin_str_free(&name);
    basin_str_free(&command);
}

void basin_work_hand_in(struct basin_work *self, const struct basin_item *item,
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
    if (ret == 0 && self->experiment->keeps) {
        ret = basin_underway_forget(self, item, &diag);
    }
    take_trouble(self, ret, &diag);
    self->summary->done++;
    basin_progress_add(&self->progress, item->cost, failed);
    if (failed) {
        report(self, item, record);
    }
    pthread_mutex_unlock(&self->lock);
}

/* ---- Working -------------------------------------------------------------------- */

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
        double now = basin_clock_seconds();
        if (now - self->stated >= BASIN_STATE_SECONDS && !self->finished) {
            self->stated = now;
            basin_state_write(self->options->folder, &self->progress);
        }
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

int basin_work_do(struct basin_work *self, struct basin_worker *worker,
    const struct basin_item *item, struct basin_record *record, struct basin_diag *diag)
{
    if (!self->experiment->keeps) {
        return basin_worker_run(worker, item, NULL, record, diag);
    }
    struct basin_underway underway;
    int ret = basin_underway_start(&underway, self, item, diag);
    ret = ret != 0 ? ret : basin_worker_run(worker, item, &underway.midway, record, diag);
    basin_underway_end(&underway);
    return ret;
}

static void run_item(
    struct basin_work *self, struct basin_worker *worker, const struct basin_item *item)
{
    struct basin_diag diag = {{0}};
    struct basin_record record;
    int ret = basin_work_do(self, worker, item, &record, &diag);
    if (ret == 0) {
        basin_work_hand_in(self, item, &record);
    } else if (ret != BASIN_ERR_INTERRUPTED) {
        basin_work_take_trouble(self, ret, &diag);
    }
}

/* Threads that would be idle may help the others, where items can be helped. */
static void run_items(struct basin_work *self)
{
    int team = self->n_items < (size_t)self->threads ? (int)self->n_items : self->threads;
    int helping = team > 0 ? self->threads / team : 1;
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(team > 0 ? team : 1)
    {
        struct basin_worker worker;
        basin_worker_start(&worker, self->plan, self->experiment, self->shared, helping);
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < self->n_items; i++) {
            if (!basin_work_is_over(self)) {
                run_item(self, &worker, &self->items[i]);
            }
        }
        basin_worker_free(&worker);
    }
}

int basin_work_run(struct basin_work *self, struct basin_diag *diag)
{
    pthread_t ticker;
    basin_progress_start(&self->progress, self->options->progress,
        self->options->progress_terminal, self->n_items, self->cost);
    int number = pthread_create(&ticker, NULL, tick, self);
    if (number != 0) {
        return basin_fail(
            diag, BASIN_ERR_NOMEM, "cannot start a thread: %s", strerror(number));
    }
    if (basin_ranks_count() > 1) {
        basin_ranks_lead(self);
    } else {
        run_items(self);
    }
    pthread_mutex_lock(&self->lock);
    self->finished = true;
    pthread_cond_signal(&self->over);
    pthread_mutex_unlock(&self->lock);
    pthread_join(ticker, NULL);
    basin_state_remove(self->options->folder);
    basin_progress_end(&self->progress);
    if (self->trouble != 0) {
        *diag = self->trouble_diag;
        return self->trouble;
    }
    return basin_journal_flush(&self->journal, diag);
}
