/* What runs and merges have in common: before the work and after it. */
#include "run/work.h"

#include "base/clock.h"
#include "base/file.h"
#include "run/folder.h"
#include "run/provenance.h"
#include "run/room.h"

#include <cblas-openblas.h>
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdlib.h>
#include <sys/stat.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

/* ---- Before anything is run ----------------------------------------------------- */

static int check_cell(const struct basin_work *self, size_t cell,
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

static int check_cells(struct basin_work *self, struct basin_diag *diag)
{
    struct basin_params params = {0};
    struct basin_room room = {0};
    int ret = 0;
    if (self->experiment->check == NULL && self->experiment->memory == NULL) {
        return 0;
    }
    for (size_t c = 0; ret == 0 && c < self->plan->n_cells; c++) {
        ret = basin_plan_params(self->plan, c, &params, diag);
        ret = ret != 0 ? ret : check_cell(self, c, &params, diag);
        if (ret == 0) {
            basin_room_add(&room, c,
                basin_experiment_memory(self->experiment, self->shared, &params));
        }
    }
    basin_params_free(&params);
    return ret != 0 ? ret : basin_room_check(&room, self->plan, self->threads, diag);
}

/* ---- What the journal has ------------------------------------------------------- */

static int recall(void *context, const struct basin_id *id, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    struct basin_work *self = context;
    size_t cell = basin_lookup_find(&self->lookup, id);
    if (cell == BASIN_NO_CELL || replicate >= self->plan->replicates) {
        return 0;
    }
    int ret =
        basin_result_put(&self->result, self->cell_at[cell], replicate, record, diag);
    if (ret == BASIN_ERR_FORMAT) {
        self->misfit = true;
        basin_fail(diag, ret,
            "%s was filled by another version of this program: its records have other "
            "numbers of values\n"
            "--replace       sets the old folder aside and starts anew\n"
            "--out FOLDER    leaves it alone and writes elsewhere",
            self->options->folder);
    }
    return ret;
}

static int open_journal(struct basin_work *self, struct basin_diag *diag)
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

static int start_result(struct basin_work *self, struct basin_diag *diag)
{
    return basin_result_of_plan(&self->result, self->plan, self->experiment, self->shared,
        self->config.text, self->cell_at, diag);
}

/* Everything that is asked of the plan and the experiment before the disc is touched. */
static int get_ready(struct basin_work *self, struct basin_diag *diag)
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
    return ret != 0 ? ret : start_result(self, diag);
}

int basin_work_prepare(struct basin_work *self, const struct basin_plan *plan,
    const struct basin_experiment *experiment, const struct basin_run_options *options,
    struct basin_run_summary *summary, struct basin_diag *diag)
{
    *self = (struct basin_work){.plan = plan,
        .experiment = experiment,
        .options = options,
        .summary = summary,
        .threads = options->jobs > 0     ? options->jobs
                   : experiment->clocked ? 1 /* what is clocked is alone */
                                         : omp_get_num_procs(),
        .start = basin_clock_seconds(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .over = PTHREAD_COND_INITIALIZER,
        .journal = {.file = -1}};
    *summary = (struct basin_run_summary){
        .result_path = options->n_shards == 0
                           ? basin_folder_result(options->folder, plan)
                           : basin_folder_path(options->folder, "journal.bin")};
    self->handler = gsl_set_error_handler_off();
    openblas_set_num_threads(1);
    return summary->result_path == NULL ? fail_memory(diag) : get_ready(self, diag);
}

int basin_work_open(struct basin_work *self, struct basin_diag *diag)
{
    const struct basin_run_options *options = self->options;
    int ret = basin_folder_prepare(
        options->folder, self->plan, self->config.text, options->on_change, diag);
    ret = ret != 0 ? ret : open_journal(self, diag);
    if (self->misfit && options->on_change == BASIN_REPLACE) {
        basin_result_free(&self->result);
        ret = basin_folder_set_aside(options->folder, &self->plan->id, diag);
        ret = ret != 0 ? ret : start_result(self, diag);
        ret = ret != 0 ? ret : open_journal(self, diag);
    }
    return ret;
}

/* ---- What is left behind -------------------------------------------------------- */

static size_t count_failed(const struct basin_work *self)
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

int basin_work_store(struct basin_work *self, struct basin_diag *diag)
{
    const char *folder = self->options->folder;
    char *config = basin_folder_path(folder, "config.yaml");
    char *provenance = basin_folder_path(folder, "provenance.yaml");
    struct stat status;
    self->summary->failed = count_failed(self);
    self->summary->seconds = basin_clock_seconds() - self->start;
    int ret = config == NULL || provenance == NULL ? fail_memory(diag) : 0;
    if (ret == 0 && self->options->n_shards == 0) {
        ret = basin_result_write(&self->result, self->summary->result_path, diag);
    }
    ret = ret != 0
              ? ret
              : basin_file_replace(config, self->config.text, self->config.length, diag);
    bool changed = self->summary->done + self->summary->merged > 0;
    if (ret == 0 && (changed || stat(provenance, &status) != 0)) {
        ret = basin_provenance_write(
            provenance, self->plan, self->threads, self->summary, diag);
    }
    free(config);
    free(provenance);
    return ret;
}

int basin_work_close(struct basin_work *self, int ret, struct basin_diag *diag)
{
    int closed = basin_journal_close(&self->journal, ret == 0 ? diag : NULL);
    gsl_set_error_handler(self->handler);
    basin_result_free(&self->result);
    basin_lookup_free(&self->lookup);
    basin_str_free(&self->config);
    free(self->cell_at);
    free(self->items);
    if (self->experiment->close != NULL && self->shared != NULL) {
        self->experiment->close(self->shared);
    }
    return ret != 0 ? ret : closed;
}

void basin_run_summary_free(struct basin_run_summary *summary)
{
    free(summary->result_path);
    *summary = (struct basin_run_summary){0};
}
