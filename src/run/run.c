/* The runner. One lock guards the journal, the counts and the progress; everything else
 * belongs to one thread or is read only. A ticker thread writes records that would wait
 * too long for company, and keeps the progress moving while long cells run. */
#include "run/run.h"

#include "base/clock.h"
#include "base/str.h"
#include "run/folder.h"
#include "run/lookup.h"
#include "run/progress.h"
#include "run/provenance.h"
#include "store/file.h"
#include "store/journal.h"
#include "store/result.h"

#include <cblas-openblas.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct item {
    uint32_t replicate;
    size_t cell;
    double cost;
};

struct run {
    const struct basin_plan *plan;
    const struct basin_experiment *experiment;
    const struct basin_run_options *options;
    struct basin_run_summary *summary;
    void *shared;
    struct basin_str config; /* resolved */
    struct basin_lookup lookup;
    struct basin_result result;
    uint64_t *cell_at;
    size_t n_items;
    struct item *items;
    int threads;

    pthread_mutex_t lock;
    pthread_cond_t over;
    bool finished; /* workers are done: the ticker may go */
    struct basin_journal journal;
    struct basin_progress progress;
    int trouble; /* first failure that ends the run */
    struct basin_diag trouble_diag;
    struct basin_diag first_failure;
};

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Before anything is run ----------------------------------------------------- */

static double cost_of(const struct run *self, const struct basin_params *params)
{
    double cost =
        self->experiment->cost == NULL ? 1 : self->experiment->cost(self->shared, params);
    return isfinite(cost) && cost > 0 ? cost : 1;
}

static int check_cell(const struct run *self, size_t cell,
    const struct basin_params *params, struct basin_diag *diag)
{
    int ret = self->experiment->check == NULL
                  ? 0
                  : self->experiment->check(self->shared, params, diag);
    if (ret != 0) {
        struct basin_str name = {0};
        if (basin_plan_cell_name(self->plan, cell, &name) == 0) {
            basin_fail_in(diag, ret, "cell %s", name.text);
        }
        basin_str_free(&name);
    }
    return ret;
}

static int check_cells(struct run *self, struct basin_diag *diag)
{
    struct basin_params params = {0};
    int ret = 0;
    for (size_t c = 0; ret == 0 && c < self->plan->n_cells; c++) {
        ret = basin_plan_params(self->plan, c, &params, diag);
        ret = ret != 0 ? ret : check_cell(self, c, &params, diag);
    }
    basin_params_free(&params);
    return ret;
}

/* ---- What the journal has ------------------------------------------------------- */

static int recall(void *context, const struct basin_id *id, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    struct run *self = context;
    size_t cell = basin_lookup_find(&self->lookup, id);
    if (cell == BASIN_NO_CELL || replicate >= self->plan->replicates) {
        return 0;
    }
    int ret =
        basin_result_put(&self->result, self->cell_at[cell], replicate, record, diag);
    if (ret == BASIN_ERR_FORMAT) {
        basin_fail_in(diag, ret,
            "%s was filled by another version of this program: move it away to start "
            "anew",
            self->options->folder);
    }
    return ret;
}

static int open_journal(struct run *self, struct basin_diag *diag)
{
    const struct basin_journal_head head = {self->plan->id, self->plan->seed};
    char *path = basin_folder_path(self->options->folder, "journal.bin");
    if (path == NULL) {
        return fail_memory(diag);
    }
    int ret = basin_journal_open(
        &self->journal, path, &head, recall, self, &self->summary->torn, diag);
    free(path);
    return ret;
}

/* ---- Work items ----------------------------------------------------------------- */

static bool is_due(const struct run *self, size_t cell, uint32_t replicate)
{
    enum basin_status status =
        basin_result_status(&self->result, self->cell_at[cell], replicate);
    return status == BASIN_STATUS_NOT_RUN ||
           (status == BASIN_STATUS_FAILED && self->options->retry_failed);
}

/* Longest first; otherwise the plan's order. */
static int compare_items(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return a->replicate < b->replicate ? -1 : a->replicate > b->replicate;
}

static int list_items(struct run *self, double *cost, struct basin_diag *diag)
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
                self->items[self->n_items++] = (struct item){r, c, each};
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

static bool is_over(const struct run *self)
{
    int trouble;
#pragma omp atomic read
    trouble = self->trouble;
    return trouble != 0 || (self->options->stop != NULL && *self->options->stop != 0);
}

/* The first trouble ends the run; callers hold the lock. */
static void take_trouble(struct run *self, int ret, const struct basin_diag *diag)
{
    if (ret != 0 && self->trouble == 0) {
        self->trouble_diag = *diag;
#pragma omp atomic write
        self->trouble = ret;
    }
}

static int prepare(const struct run *self, const struct item *item, struct worker *worker,
    struct basin_diag *diag)
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
static void work(const struct run *self, const struct item *item, struct worker *worker,
    struct basin_record *record)
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
static void report(
    struct run *self, const struct item *item, const struct basin_record *record)
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

static void hand_in(
    struct run *self, const struct item *item, const struct basin_record *record)
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
    struct run *self = context;
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

static void run_items(struct run *self)
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

/* Workers and ticker, from the first item to the last. */
static int run_all(struct run *self, double cost, struct basin_diag *diag)
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

/* ---- What is left behind -------------------------------------------------------- */

static size_t count_failed(const struct run *self)
{
    size_t failed = 0;
    for (size_t c = 0; c < self->plan->n_cells; c++) {
        for (uint32_t r = 0; r < self->plan->replicates; r++) {
            failed += basin_result_status(&self->result, self->cell_at[c], r) ==
                      BASIN_STATUS_FAILED;
        }
    }
    return failed;
}

static int write_files(struct run *self, struct basin_diag *diag)
{
    const char *folder = self->options->folder;
    char *config = basin_folder_path(folder, "config.yaml");
    char *provenance = basin_folder_path(folder, "provenance.yaml");
    struct stat status;
    int ret = config == NULL || provenance == NULL ? fail_memory(diag) : 0;
    ret = ret != 0 ? ret
                   : basin_result_write(&self->result, self->summary->result_path, diag);
    ret = ret != 0
              ? ret
              : basin_file_replace(config, self->config.text, self->config.length, diag);
    if (ret == 0 && (self->summary->done > 0 || stat(provenance, &status) != 0)) {
        ret = basin_provenance_write(
            provenance, self->plan, self->threads, self->summary, diag);
    }
    free(config);
    free(provenance);
    return ret;
}

/* How the run ended, as far as the cells go. */
static int verdict(const struct run *self, struct basin_diag *diag)
{
    const struct basin_run_summary *summary = self->summary;
    if (summary->done < self->n_items) {
        return basin_fail(diag, BASIN_ERR_INTERRUPTED,
            "interrupted: %zu of %zu are done and stored; the same command goes on",
            summary->reused + summary->done, summary->items);
    }
    if (summary->failed > 0 && self->first_failure.text[0] != '\0') {
        return basin_fail(diag, BASIN_ERR_FAILED,
            "%zu of %zu failed, the others are stored; the first: %s", summary->failed,
            summary->items, self->first_failure.text);
    }
    if (summary->failed > 0) {
        return basin_fail(diag, BASIN_ERR_FAILED,
            "%zu of %zu failed in an earlier run, the others are stored", summary->failed,
            summary->items);
    }
    return 0;
}

/* ---- The whole ------------------------------------------------------------------ */

/* Everything that is asked of the plan and the experiment before the disc is touched. */
static int get_ready(struct run *self, struct basin_diag *diag)
{
    int ret =
        self->experiment->open == NULL ? 0 : self->experiment->open(&self->shared, diag);
    if (ret != 0) {
        self->shared = NULL;
        return ret;
    }
    self->cell_at = calloc(self->plan->n_cells + 1, sizeof(*self->cell_at));
    if (self->cell_at == NULL) {
        return fail_memory(diag);
    }
    ret = check_cells(self, diag);
    ret = ret != 0 ? ret : basin_plan_print(self->plan, false, &self->config, diag);
    ret = ret != 0 ? ret : basin_lookup_open(&self->lookup, self->plan, diag);
    return ret != 0 ? ret
                    : basin_result_of_plan(&self->result, self->plan, self->experiment,
                          self->shared, self->config.text, self->cell_at, diag);
}

static int run_plan(struct run *self, struct basin_diag *diag)
{
    double start = basin_clock_seconds();
    double cost = 0;
    int ret = get_ready(self, diag);
    ret = ret != 0 ? ret
                   : basin_folder_prepare(self->options->folder, self->plan,
                         self->options->on_change, diag);
    ret = ret != 0 ? ret : open_journal(self, diag);
    ret = ret != 0 ? ret : list_items(self, &cost, diag);
    ret = ret != 0 ? ret : run_all(self, cost, diag);
    if (ret != 0) {
        return ret;
    }
    self->summary->failed = count_failed(self);
    self->summary->seconds = basin_clock_seconds() - start;
    ret = write_files(self, diag);
    return ret != 0 ? ret : verdict(self, diag);
}

int basin_run(const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_run_options *options, struct basin_run_summary *summary,
    struct basin_diag *diag)
{
    struct run self = {.plan = plan,
        .experiment = experiment,
        .options = options,
        .summary = summary,
        .threads = options->jobs > 0 ? options->jobs : omp_get_num_procs(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .over = PTHREAD_COND_INITIALIZER,
        .journal = {.file = -1}};
    *summary = (struct basin_run_summary){
        .result_path = basin_folder_result(options->folder, plan)};
    if (summary->result_path == NULL) {
        return fail_memory(diag);
    }
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    int ret = run_plan(&self, diag);
    gsl_set_error_handler(handler);

    int closed = basin_journal_close(&self.journal, ret == 0 ? diag : NULL);
    basin_result_free(&self.result);
    basin_lookup_free(&self.lookup);
    basin_str_free(&self.config);
    free(self.cell_at);
    free(self.items);
    if (experiment->close != NULL && self.shared != NULL) {
        experiment->close(self.shared);
    }
    return ret != 0 ? ret : closed;
}

void basin_run_summary_free(struct basin_run_summary *summary)
{
    free(summary->result_path);
    *summary = (struct basin_run_summary){0};
}
