/* Merging: the journals of shards into the folder's own, and the result from it.
 *
 * Which journal comes first does not show: a replicate that was measured twice must have
 * come out the same, one that failed gives way to one that did not, and of two reasons of
 * failure the smaller text stays. */
#include "base/file.h"
#include "run/folder.h"
#include "run/work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

struct merge {
    struct basin_work work;
    const char *path; /* of the journal at hand */
};

/* ---- One record ------------------------------------------------------------------ */

static int fail_overlap(
    struct merge *self, size_t cell, uint32_t replicate, struct basin_diag *diag)
{
    struct basin_str name = {0};
    basin_plan_cell_name(self->work.plan, cell, &name);
    int ret = basin_fail(diag, BASIN_ERR_FORMAT,
        "%s: %s, replicate %lu, has not the numbers that were merged before\ntwo "
        "programs "
        "or two kinds of machine disagree: what was merged stays; remove the journal "
        "that "
        "is not to be trusted",
        self->path, name.text == NULL ? "?" : name.text, (unsigned long)replicate);
    basin_str_free(&name);
    return ret;
}

/* Whether a record is to be taken, given what is there; *same is false if it must have
 * been equal and is not. */
static bool is_wanted(struct merge *self, size_t cell, uint32_t replicate,
    const struct basin_record *record, bool *same)
{
    const struct basin_result *result = &self->work.result;
    uint64_t at = self->work.cell_at[cell];
    enum basin_status here = basin_result_status(result, at, replicate);
    *same = true;
    if (here == BASIN_STATUS_NOT_RUN) {
        return true;
    }
    if (here == BASIN_STATUS_FAILED) {
        return record->status != BASIN_STATUS_FAILED ||
               strcmp(record->reason, basin_result_reason(result, at, replicate)) < 0;
    }
    if (record->status != BASIN_STATUS_FAILED && !self->work.experiment->clocked) {
        *same = basin_result_same(result, at, replicate, record);
    }
    return false;
}

static int take(void *context, const struct basin_id *id, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    struct merge *self = context;
    struct basin_work *work = &self->work;
    size_t cell = basin_lookup_find(&work->lookup, id);
    bool same;
    if (cell == BASIN_NO_CELL || replicate >= work->plan->replicates) {
        return 0;
    }
    bool wanted = is_wanted(self, cell, replicate, record, &same);
    if (!same) {
        return fail_overlap(self, cell, replicate, diag);
    }
    if (!wanted) {
        return 0;
    }
    int ret =
        basin_result_put(&work->result, work->cell_at[cell], replicate, record, diag);
    if (ret == BASIN_ERR_FORMAT) {
        return basin_fail_in(
            diag, ret, "%s was filled by another version of this program", self->path);
    }
    work->summary->merged++;
    return ret != 0 ? ret
                    : basin_journal_add(&work->journal, id, replicate, record, diag);
}

/* ---- Journals -------------------------------------------------------------------- */

/* The journal that a folder or a journal's own path means; the caller frees it. */
static char *journal_of(const char *source)
{
    struct stat status;
    bool folder = stat(source, &status) == 0 && S_ISDIR(status.st_mode);
    return folder ? basin_folder_path(source, "journal.bin") : basin_str_copy(source);
}

static int fail_plan(const struct merge *self, const struct basin_journal_head *found,
    struct basin_diag *diag)
{
    char here[BASIN_ID_TEXT];
    char there[BASIN_ID_TEXT];
    return basin_fail(diag, BASIN_ERR_PLAN,
        "%s holds results of another plan (%.8s, seed %llu; this is %.8s, seed %llu)\n"
        "give the configuration, and the --set and --only, that the shards were run with",
        self->path, basin_id_text(&found->plan, there), (unsigned long long)found->seed,
        basin_id_text(&self->work.plan->id, here),
        (unsigned long long)self->work.plan->seed);
}

/* Reads one journal's head, or with `whole` its records. One that a killed shard left
 * empty holds nothing. */
static int read_source(
    struct merge *self, const char *source, bool whole, struct basin_diag *diag)
{
    struct basin_journal_head head;
    struct stat status;
    char *path = journal_of(source);
    if (path == NULL) {
        return fail_memory(diag);
    }
    self->path = path;
    int ret = 0;
    if (stat(path, &status) != 0) {
        ret = basin_fail_file(diag, errno, "read", path);
    } else if (status.st_size > 0) {
        ret = basin_journal_read(path, &head, NULL, NULL, diag);
        if (ret == 0 && (basin_id_compare(&head.plan, &self->work.plan->id) != 0 ||
                            head.seed != self->work.plan->seed)) {
            ret = fail_plan(self, &head, diag);
        }
        if (ret == 0 && whole) {
            ret = basin_journal_read(path, &head, take, self, diag);
        }
    }
    free(path);
    return ret;
}

/* ---- What is missing ------------------------------------------------------------- */

/* How many shards there are, if all sources are shards of one division; else 0. */
static uint32_t division(const struct basin_text_list *sources)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sources->n; i++) {
        uint32_t shard;
        uint32_t own;
        if (!basin_folder_shard_of(sources->text[i], &shard, &own) ||
            (n != 0 && own != n)) {
            return 0;
        }
        n = own;
    }
    return n;
}

static int add_missing(const struct basin_work *self, const struct basin_item *items,
    size_t n, struct basin_str *text, struct basin_diag *diag)
{
    enum { SHOWN = 8 };
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        basin_str_add(text, "\n  ");
        basin_plan_cell_name(self->plan, items[i].cell, text);
        basin_str_add(text, ", replicate %lu", (unsigned long)items[i].replicate);
        if (items[i].shard > 0) {
            basin_str_add(text, " (shard %u)", items[i].shard);
        }
    }
    if (n > SHOWN) {
        basin_str_add(text, "\n  and %zu more", n - SHOWN);
    }
    return text->failed ? fail_memory(diag) : 0;
}

/* "--shard 3/8, --shard 5/8" of the missing items. */
static void add_shards(
    const struct basin_item *items, size_t n, uint32_t shards, struct basin_str *text)
{
    enum { SHOWN = 8 };
    bool *has = calloc((size_t)shards + 1, sizeof(*has));
    size_t shown = 0;
    for (size_t i = 0; has != NULL && i < n; i++) {
        has[items[i].shard] = true;
    }
    for (uint32_t s = 1; has != NULL && s <= shards; s++) {
        shown += has[s];
        if (has[s] && shown <= SHOWN) {
            basin_str_add(text, "%s--shard %u/%u", shown > 1 ? ", " : "", s, shards);
        }
    }
    basin_str_add(text, shown > SHOWN ? " and others" : "");
    text->failed |= has == NULL;
    free(has);
}

static int tell_missing(const struct basin_work *self, struct basin_item *items, size_t n,
    uint32_t shards, struct basin_diag *diag)
{
    struct basin_str cells = {0};
    struct basin_str which = {0};
    int ret = add_missing(self, items, n, &cells, diag);
    add_shards(items, shards == 0 ? 0 : n, shards, &which);
    if (ret == 0 && !which.failed) {
        ret = basin_fail(diag, BASIN_ERR_FAILED,
            "%zu of %zu are missing; what is there is stored:%s\n%s%s%s`%s` does them "
            "here",
            n, self->summary->items, cells.text, shards == 0 ? "" : "run ",
            shards == 0 ? "" : which.text, shards == 0 ? "" : " and merge again, or ",
            self->options->command == NULL ? "basin run" : self->options->command);
    }
    basin_str_free(&cells);
    basin_str_free(&which);
    return ret;
}

static int verdict(struct basin_work *self, const struct basin_text_list *sources,
    struct basin_diag *diag)
{
    size_t n = self->plan->n_cells * self->plan->replicates;
    uint32_t shards = division(sources);
    size_t missing = 0;
    int ret =
        basin_items_list(self->plan, self->experiment, self->shared, &self->items, diag);
    if (ret == 0 && shards > 0) {
        ret = basin_items_divide(self->items, n, shards, diag);
    }
    for (size_t i = 0; ret == 0 && i < n; i++) {
        const struct basin_item item = self->items[i];
        if (basin_result_status(&self->result, self->cell_at[item.cell],
                item.replicate) == BASIN_STATUS_NOT_RUN) {
            self->items[missing++] = item;
        }
    }
    self->summary->items = n;
    self->summary->reused = n - missing - self->summary->merged;
    if (ret == 0 && missing > 0) {
        return tell_missing(self, self->items, missing, shards, diag);
    }
    if (ret == 0 && self->summary->failed > 0) {
        ret = basin_fail(diag, BASIN_ERR_FAILED,
            "%zu of %zu failed, the others are stored\n`%s --retry-failed` tries them "
            "again here",
            self->summary->failed, n,
            self->options->command == NULL ? "basin run" : self->options->command);
    }
    return ret;
}

/* ---- The whole ------------------------------------------------------------------- */

static int merge(
    struct merge *self, const struct basin_text_list *sources, struct basin_diag *diag)
{
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < sources->n; i++) {
        ret = read_source(self, sources->text[i], false, diag);
    }
    ret = ret != 0 ? ret : basin_work_open(&self->work, diag);
    for (size_t i = 0; ret == 0 && i < sources->n; i++) {
        ret = read_source(self, sources->text[i], true, diag);
    }
    ret = ret != 0 ? ret : basin_journal_flush(&self->work.journal, diag);
    ret = ret != 0 ? ret : basin_work_store(&self->work, diag);
    return ret != 0 ? ret : verdict(&self->work, sources, diag);
}

int basin_merge(const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_run_options *options, const struct basin_text_list *sources,
    struct basin_run_summary *summary, struct basin_diag *diag)
{
    struct merge self = {0};
    struct basin_text_list found = {0};
    int ret = basin_work_prepare(&self.work, plan, experiment, options, summary, diag);
    if (ret == 0 && sources->n == 0) {
        ret = basin_folder_shards(options->folder, &found, diag);
        if (ret == 0 && found.n == 0) {
            ret = basin_fail(diag, BASIN_ERR_IO,
                "there are no shards in %s/shards\nrun some (--shard 1/8 to 8/8), or "
                "name their folders",
                options->folder);
        }
        sources = &found;
    }
    ret = ret != 0 ? ret : merge(&self, sources, diag);
    ret = basin_work_close(&self.work, ret, diag);
    basin_folder_shards_free(&found);
    return ret;
}
