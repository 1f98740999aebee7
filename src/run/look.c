/* What a folder holds of a plan already, without running anything. */
#include "run/look.h"

#include "base/str.h"
#include "run/folder.h"
#include "store/journal.h"

#include <stdlib.h>
#include <sys/stat.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

static int note_reason(
    struct basin_look *self, size_t at, const char *reason, struct basin_diag *diag)
{
    if (self->reason == NULL && reason[0] == '\0') {
        return 0;
    }
    if (self->reason == NULL) {
        self->reason = calloc(self->items, sizeof(*self->reason));
    }
    if (self->reason == NULL) {
        return fail_memory(diag);
    }
    free(self->reason[at]);
    self->reason[at] = reason[0] == '\0' ? NULL : basin_str_copy(reason);
    return reason[0] != '\0' && self->reason[at] == NULL ? fail_memory(diag) : 0;
}

/* What did not fail stands before what did. */
static int note(void *context, const struct basin_id *id, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    struct basin_look *self = context;
    size_t cell = basin_lookup_find(&self->lookup, id);
    if (cell == BASIN_NO_CELL || replicate >= self->plan->replicates) {
        return 0;
    }
    size_t at = cell * self->plan->replicates + replicate;
    bool here = self->status[at] != BASIN_STATUS_NOT_RUN &&
                self->status[at] != BASIN_STATUS_FAILED;
    if (here && record->status == BASIN_STATUS_FAILED) {
        return 0;
    }
    self->status[at] = (unsigned char)record->status;
    return note_reason(self, at, record->reason, diag);
}

/* Records of another plan count where cells and seed are the same, as --extend would
 * have it. */
static int read_journal(
    struct basin_look *self, const char *folder, bool own, struct basin_diag *diag)
{
    struct basin_journal_head head;
    char *path = basin_folder_path(folder, "journal.bin");
    if (path == NULL) {
        return fail_memory(diag);
    }
    int ret = 0;
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size > 0) { /* empty: killed at once */
        ret = basin_journal_read(path, &head, NULL, NULL, diag);
        bool same = ret == 0 && head.seed == self->plan->seed;
        if (ret == 0 && own) {
            self->other_plan =
                !same || basin_id_compare(&head.plan, &self->plan->id) != 0;
        }
        if (same) {
            ret = basin_journal_read(path, &head, note, self, diag);
        }
    }
    free(path);
    return ret;
}

static int read_journals(
    struct basin_look *self, const char *folder, struct basin_diag *diag)
{
    struct basin_text_list shards;
    int ret = read_journal(self, folder, true, diag);
    if (ret != 0 || (ret = basin_folder_shards(folder, &shards, diag)) != 0) {
        return ret;
    }
    for (size_t i = 0; ret == 0 && i < shards.n; i++) {
        ret = read_journal(self, shards.text[i], false, diag);
    }
    basin_folder_shards_free(&shards);
    return ret;
}

int basin_look_open(struct basin_look *self, const struct basin_plan *plan,
    const char *folder, struct basin_diag *diag)
{
    *self = (struct basin_look){.plan = plan, .items = plan->n_cells * plan->replicates};
    self->status = calloc(self->items + 1, 1);
    int ret = self->status == NULL ? fail_memory(diag) : 0;
    ret = ret != 0 ? ret : basin_lookup_open(&self->lookup, plan, diag);
    ret = ret != 0 ? ret : read_journals(self, folder, diag);
    for (size_t i = 0; ret == 0 && i < self->items; i++) {
        self->done += self->status[i] != BASIN_STATUS_NOT_RUN;
        self->failed += self->status[i] == BASIN_STATUS_FAILED;
    }
    if (ret != 0) {
        basin_look_free(self);
    }
    return ret;
}

void basin_look_free(struct basin_look *self)
{
    for (size_t i = 0; self->reason != NULL && i < self->items; i++) {
        free(self->reason[i]);
    }
    free(self->reason);
    free(self->status);
    basin_lookup_free(&self->lookup);
    *self = (struct basin_look){0};
}

enum basin_status basin_look_status(
    const struct basin_look *self, size_t cell, uint32_t replicate)
{
    return (enum basin_status)self->status[cell * self->plan->replicates + replicate];
}

const char *basin_look_reason(
    const struct basin_look *self, size_t cell, uint32_t replicate)
{
    size_t at = cell * self->plan->replicates + replicate;
    return self->reason == NULL || self->reason[at] == NULL ? "" : self->reason[at];
}
