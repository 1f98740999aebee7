/* An item while it is being worked on. */
#include "run/underway.h"

#include "base/clock.h"

#include <stdlib.h>
#include <unistd.h>

static const double KEEP_SECONDS = 1;  /* at least from one time to the next */
static const double KEEP_SHARE = 0.02; /* of the time, at most */

static char *path_of(const struct basin_work *work, const struct basin_item *item)
{
    char id[BASIN_ID_TEXT];
    struct basin_str path = {0};
    basin_id_text(&work->plan->cells[item->cell].id, id);
    basin_str_add(&path, "%s/unfinished-%.16s-%lu.bin", work->options->folder, id,
        (unsigned long)item->replicate);
    if (path.failed) {
        basin_str_free(&path);
    }
    return path.text;
}

static enum basin_advice tell(void *context, double share)
{
    struct basin_underway *self = context;
    struct basin_work *work = self->work;
    double now = basin_clock_seconds();
    pthread_mutex_lock(&work->lock);
    if (self->told < 0) {
        basin_progress_found(&work->progress, share * self->item->cost);
    } else {
        basin_progress_move(&work->progress, (share - self->told) * self->item->cost);
    }
    pthread_mutex_unlock(&work->lock);
    self->told = share;
    if (self->kept > 0) { /* now it is known how long that took */
        double pause = (now - self->kept) / KEEP_SHARE;
        self->next = now + (pause > KEEP_SECONDS ? pause : KEEP_SECONDS);
        self->kept = 0;
    }
    if (basin_work_is_over(work)) {
        return BASIN_STOP;
    }
    if (now < self->next) {
        return BASIN_GO_ON;
    }
    self->kept = now;
    return BASIN_KEEP;
}

int basin_underway_start(struct basin_underway *self, struct basin_work *work,
    const struct basin_item *item, struct basin_diag *diag)
{
    *self = (struct basin_underway){.work = work,
        .item = item,
        .path = path_of(work, item),
        .told = -1,
        .next = basin_clock_seconds() + KEEP_SECONDS};
    self->midway =
        (struct basin_midway){.path = self->path, .tell = tell, .context = self};
    return self->path == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
}

/* The whole cost is added when the record is handed in. */
void basin_underway_end(struct basin_underway *self)
{
    pthread_mutex_lock(&self->work->lock);
    if (self->told > 0) {
        basin_progress_move(&self->work->progress, -self->told * self->item->cost);
    }
    pthread_mutex_unlock(&self->work->lock);
    free(self->path);
}

int basin_underway_forget(
    struct basin_work *work, const struct basin_item *item, struct basin_diag *diag)
{
    char *path = path_of(work, item);
    int ret = path == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
    if (ret == 0 && access(path, F_OK) == 0) {
        ret = basin_journal_flush(&work->journal, diag);
        if (ret == 0) {
            unlink(path);
        }
    }
    free(path);
    return ret;
}
