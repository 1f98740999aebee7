/* The folder of one configuration's results. */
#include "run/folder.h"

#include "base/file.h"
#include "base/str.h"
#include "run/change.h"
#include "store/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_memory(struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
}

char *basin_folder_path(const char *folder, const char *name)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s", folder, name);
    if (path.failed) {
        basin_str_free(&path);
    }
    return path.text;
}

char *basin_folder_result(const char *folder, const struct basin_plan *plan)
{
    struct basin_str path = {0};
    basin_str_add(&path, "%s/%s.h5", folder, plan->name);
    if (path.failed) {
        basin_str_free(&path);
    }
    return path.text;
}

static bool exists(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static int refuse(const char *folder, const char *config, struct basin_diag *diag)
{
    struct basin_str what = {0};
    basin_change_add(folder, config, &what);
    int ret = what.failed
                  ? fail_memory(diag)
                  : basin_fail(diag, BASIN_ERR_PLAN,
                        "%s holds results of another plan: %s\n"
                        "--extend        keeps the finished cells that are still in the "
                        "plan and runs the others\n"
                        "--replace       sets the old folder aside and starts anew\n"
                        "--out FOLDER    leaves it alone and writes elsewhere",
                        folder, what.text);
    basin_str_free(&what);
    return ret;
}

/* The first of "<folder>.<first 8 digits of plan>", "....1", "....2" that is free. */
static int free_name(const char *folder, const struct basin_id *plan,
    struct basin_str *name, struct basin_diag *diag)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    char id[BASIN_ID_TEXT];
    basin_id_text(plan, id);
    for (unsigned long i = 0; i == 0 || exists(name->text); i++) {
        basin_str_free(name);
        basin_str_add(name, "%.*s.%.8s", (int)length, folder, id);
        if (i > 0) {
            basin_str_add(name, ".%lu", i);
        }
        if (name->failed) {
            return fail_memory(diag);
        }
    }
    return 0;
}

int basin_folder_set_aside(
    const char *folder, const struct basin_id *plan, struct basin_diag *diag)
{
    struct basin_str aside = {0};
    int ret = free_name(folder, plan, &aside, diag);
    if (ret == 0 && rename(folder, aside.text) != 0) {
        ret = basin_fail_file(diag, errno, "set aside", folder);
    }
    basin_str_free(&aside);
    return ret != 0 ? ret : basin_folder_make(folder, diag);
}

/* Copies one record into the new journal. */
static int copy_record(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    return basin_journal_add(context, cell, replicate, record, diag);
}

/* Records that are in no plan any more are kept too: they do no harm, and who goes back
 * to the old plan finds them. */
static int extend(struct basin_journal *old, const struct basin_journal_head *head,
    const char *path, struct basin_diag *diag)
{
    struct basin_str beside = {0};
    basin_str_add(&beside, "%s.tmp", path);
    if (beside.failed) {
        return fail_memory(diag);
    }
    unlink(beside.text);
    struct basin_journal next;
    struct basin_journal_head found;
    size_t torn;
    int ret =
        basin_journal_open(&next, beside.text, head, copy_record, NULL, &torn, diag);
    if (ret == 0) {
        ret = basin_journal_read(old->path, &found, copy_record, &next, diag);
        int closed = basin_journal_close(&next, ret == 0 ? diag : NULL);
        ret = ret != 0 ? ret : closed;
    }
    ret = basin_file_settle(beside.text, path, ret, diag);
    basin_str_free(&beside);
    return ret;
}

static int skip_record(void *context, const struct basin_id *cell, uint32_t replicate,
    const struct basin_record *record, struct basin_diag *diag)
{
    (void)context;
    (void)cell;
    (void)replicate;
    (void)record;
    (void)diag;
    return 0;
}

/* The old journal is held locked meanwhile, so that no other run is at work in it. */
static int change(const char *folder, const char *path,
    const struct basin_journal_head *found, const struct basin_journal_head *head,
    enum basin_on_change on_change, struct basin_diag *diag)
{
    if (on_change == BASIN_EXTEND && found->seed != head->seed) {
        return basin_fail(diag, BASIN_ERR_PLAN,
            "%s holds results of another seed (%llu, now %llu): none can be kept\n"
            "--replace       sets the old folder aside and starts anew\n"
            "--out FOLDER    leaves it alone and writes elsewhere",
            folder, (unsigned long long)found->seed, (unsigned long long)head->seed);
    }
    struct basin_journal old;
    size_t torn;
    int ret = basin_journal_open(&old, path, found, skip_record, NULL, &torn, diag);
    if (ret != 0) {
        return ret;
    }
    ret = on_change == BASIN_EXTEND ? extend(&old, head, path, diag)
                                    : basin_folder_set_aside(folder, &found->plan, diag);
    int closed = basin_journal_close(&old, ret == 0 ? diag : NULL);
    return ret != 0 ? ret : closed;
}

int basin_folder_prepare(const char *folder, const struct basin_plan *plan,
    const char *config, enum basin_on_change on_change, struct basin_diag *diag)
{
    const struct basin_journal_head head = {plan->id, plan->seed};
    struct basin_journal_head found = head;
    int ret = basin_folder_make(folder, diag);
    if (ret != 0) {
        return ret;
    }
    char *path = basin_folder_path(folder, "journal.bin");
    struct stat status;
    if (path == NULL) {
        return fail_memory(diag);
    }
    if (stat(path, &status) == 0 && status.st_size > 0) {
        ret = basin_journal_read(path, &found, NULL, NULL, diag);
    }
    if (ret == 0 &&
        (basin_id_compare(&found.plan, &head.plan) != 0 || found.seed != head.seed)) {
        ret = on_change == BASIN_REFUSE
                  ? refuse(folder, config, diag)
                  : change(folder, path, &found, &head, on_change, diag);
    }
    free(path);
    return ret;
}
