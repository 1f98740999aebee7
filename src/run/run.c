/* The runner: from what is due to how it ended. */
#include "run/run.h"

#include "run/ranks.h"
#include "run/work.h"

/* How the run ended, as far as the cells go. */
static int verdict(const struct basin_work *self, struct basin_diag *diag)
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

static int lead(struct basin_work *self, struct basin_diag *diag)
{
    int ret = basin_work_list(self, diag);
    ret = ret != 0 ? ret : basin_work_run(self, diag);
    ret = ret != 0 ? ret : basin_work_store(self, diag);
    return ret != 0 ? ret : verdict(self, diag);
}

int basin_run(const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_run_options *options, struct basin_run_summary *summary,
    struct basin_diag *diag)
{
    struct basin_work self;
    bool leads = basin_ranks_own() == 0;
    int ret = basin_work_prepare(&self, plan, experiment, options, summary, diag);
    if (ret == 0 && leads) {
        ret = basin_work_open(&self, diag);
    }
    ret = basin_ranks_agree(ret, &plan->id, diag);
    if (ret == 0 && leads) {
        ret = lead(&self, diag);
    } else if (ret == 0) {
        ret = basin_ranks_follow(&self, diag);
    }
    return basin_work_close(&self, ret, diag);
}
