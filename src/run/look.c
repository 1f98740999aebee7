/* What a folder holds of a plan already, without running anything. */
#include "run/folder.h"
#include "run/lookup.h"
#include "store/journal.h"

#include <stdlib.h>
#include <sys/stat.h>

struct look {
    const struct basin_plan *plan;
    struct basin_lookup lookup;
    unsigned char *status; /* [cell][replicate] */
};

static int note(void *context, const struct basin_id *id, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    (void)diag;
    struct look *self = context;
    size_t cell = basin_lookup_find(&self->lookup, id);
    if (cell != BASIN_NO_CELL && replicate < self->plan->replicates) {
        self->status[cell * self->plan->replicates + replicate] =
            (unsigned char)record->status;
    }
    return 0;
}

static int read_journal(struct look *self, const char *folder, struct basin_diag *diag)
{
    struct basin_journal_head head;
    char *path = basin_folder_path(folder, "journal.bin");
    if (path == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    int ret = 0;
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size > 0) { /* empty: killed at once */
        ret = basin_journal_read(path, &head, NULL, NULL, diag);
        if (ret == 0 && head.seed == self->plan->seed) {
            ret = basin_journal_read(path, &head, note, self, diag);
        }
    }
    free(path);
    return ret;
}

int basin_run_look(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const char *folder,
    struct basin_run_summary *summary, struct basin_diag *diag)
{
    (void)experiment;
    struct look self = {.plan = plan};
    size_t n = plan->n_cells * plan->replicates;
    *summary = (struct basin_run_summary){
        .items = n, .result_path = basin_folder_result(folder, plan)};
    self.status = calloc(n + 1, 1);
    int ret = 0;
    if (summary->result_path == NULL || self.status == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    ret = ret != 0 ? ret : basin_lookup_open(&self.lookup, plan, diag);
    ret = ret != 0 ? ret : read_journal(&self, folder, diag);
    for (size_t i = 0; ret == 0 && i < n; i++) {
        summary->reused += self.status[i] != BASIN_STATUS_NOT_RUN;
        summary->failed += self.status[i] == BASIN_STATUS_FAILED;
    }
    basin_lookup_free(&self.lookup);
    free(self.status);
    return ret;
}
