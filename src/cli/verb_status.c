/* basin status: how far a run is, from another terminal. */
#include "cli/cli.h"

#include "base/str.h"
#include "run/alone.h"
#include "run/folder.h"
#include "run/look.h"
#include "run/state.h"

#include <math.h>
#include <stdio.h>

/* The runs at work: one in the folder, or some in its shards. */
struct crowd {
    size_t n;
    double rate; /* replicates of cells per second, of all */
    double left; /* seconds, of the one that needs longest; NAN: not known */
};

static void count_run(struct crowd *self, const char *folder)
{
    struct basin_state state;
    if (basin_state_read(folder, &state)) {
        self->n++;
        self->rate += state.seconds > 0 ? state.done / state.seconds : 0;
        self->left = self->n == 1 || state.left > self->left ? state.left : self->left;
    }
}

static int count_runs(struct crowd *self, const char *folder, struct basin_diag *diag)
{
    struct basin_text_list shards;
    int ret = basin_folder_shards(folder, &shards, diag);
    if (ret != 0) {
        return ret;
    }
    count_run(self, folder);
    for (size_t i = 0; i < shards.n; i++) {
        count_run(self, shards.text[i]);
    }
    basin_folder_shards_free(&shards);
    return 0;
}

/* Failures with the commands that run them alone; callers look at `out` for failure. */
static void add_failures(const struct basin_look *look, const char *command,
    const char *folder, struct basin_str *out)
{
    enum { SHOWN = 20 };
    size_t shown = 0;
    for (size_t i = 0; i < look->items && look->failed > 0; i++) {
        size_t cell = i / look->plan->replicates;
        uint32_t replicate = (uint32_t)(i % look->plan->replicates);
        if (basin_look_status(look, cell, replicate) != BASIN_STATUS_FAILED ||
            ++shown > SHOWN) {
            continue;
        }
        basin_str_add(out, "failed: ");
        basin_plan_cell_name(look->plan, cell, out);
        basin_str_add(out, ", replicate %lu: %s\n  alone: ", (unsigned long)replicate,
            basin_look_reason(look, cell, replicate));
        basin_alone_command(out, command, look->plan, cell, folder);
        basin_str_add(out, "\n");
    }
    if (shown > SHOWN) {
        basin_str_add(out, "and %zu more failed\n", shown - SHOWN);
    }
}

static void print_run(const struct crowd *crowd, const struct basin_look *look)
{
    if (crowd->n == 0) {
        printf("no run is at work\n");
        return;
    }
    printf("%zu at work: %.3g per second", crowd->n, crowd->rate);
    if (isfinite(crowd->left) && look->done < look->items) {
        printf(", ");
        basin_progress_time(stdout, crowd->left);
        printf(" left");
    }
    printf("\n");
}

static int print_status(const struct basin_target *target, const char *command,
    const struct basin_look *look, struct basin_diag *diag)
{
    struct crowd crowd = {0};
    struct basin_str failures = {0};
    int ret = count_runs(&crowd, target->folder, diag);
    if (ret != 0) {
        return ret;
    }
    printf("%s: %zu of %zu done (%.1f %%), %zu failed\n", target->plan.name, look->done,
        look->items, 100.0 * (double)look->done / (double)look->items, look->failed);
    if (look->other_plan) {
        printf("%s holds results of another plan; cells that it shares are counted\n",
            target->folder);
    }
    print_run(&crowd, look);
    add_failures(look, command, target->folder, &failures);
    ret = basin_text_write(&failures, NULL, diag);
    basin_str_free(&failures);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_target target;
    struct basin_look look;
    struct basin_str command = {0};
    int ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    ret = basin_look_open(&look, &target.plan, target.folder, diag);
    if (ret == 0) {
        basin_arguments_again(arguments, "run", false, &command);
        ret = command.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                             : print_status(&target, command.text, &look, diag);
        basin_look_free(&look);
    }
    basin_str_free(&command);
    basin_target_free(&target);
    return ret;
}

const struct basin_verb basin_verb_status = {
    .name = "status",
    .operands = "CONFIG",
    .summary = "tell how far a run is: done, failed, how fast, how long still",
    .options = "set|only|out",
    .help = "Reads what a run, or its shards, have done so far; a run at work is not "
            "disturbed.\nEvery failure is listed with the command that runs its cell "
            "alone.",
    .least = 1,
    .most = 1,
    .run = run,
};
