/* basin plan: the cells, what is done of them, and what the rest will cost. */
#include "cli/cli.h"

#include "base/str.h"
#include "run/items.h"
#include "run/look.h"
#include "run/room.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>

/* Operations per second of one thread, for the estimate alone: a modest guess. */
static const double NOMINAL_RATE = 5e9;

static const double TASK_SECONDS = 600; /* minutes, not milliseconds: a task costs some */

static int sum_cost(const struct basin_target *target, double *cost, size_t *numbers,
    struct basin_room *room, struct basin_diag *diag)
{
    const struct basin_experiment *experiment = target->experiment;
    struct basin_params params = {0};
    void *shared = NULL;
    int ret = experiment->open == NULL ? 0 : experiment->open(&shared, diag);
    *cost = 0;
    for (size_t c = 0; ret == 0 && c < target->plan.n_cells; c++) {
        ret = basin_plan_params(&target->plan, c, &params, diag);
        if (ret == 0 && experiment->check != NULL) {
            ret = experiment->check(shared, &params, diag);
        }
        if (ret == 0) {
            *cost += experiment->cost(shared, &params) * target->plan.replicates;
            basin_room_add(room, c, basin_experiment_memory(experiment, shared, &params));
        }
    }
    if (ret == 0) {
        ret = basin_result_estimate(&target->plan, experiment, shared, numbers, diag);
    }
    basin_params_free(&params);
    if (experiment->close != NULL) {
        experiment->close(shared);
    }
    return ret;
}

static void add_axes(const struct basin_plan *plan, struct basin_str *out)
{
    for (size_t v = 0; v < plan->n_variants; v++) {
        size_t cells = 0;
        for (size_t c = 0; c < plan->n_cells; c++) {
            cells += plan->cells[c].variant == v;
        }
        basin_str_add(out, "  %-24s %6zu cells", plan->variants[v].label, cells);
        for (size_t a = 0; a < plan->variants[v].n_axes; a++) {
            const struct basin_axis *axis = &plan->axes[plan->variants[v].axes[a]];
            basin_str_add(out, "%s %s (%zu)", a == 0 ? ": " : ",", axis->name, axis->n);
        }
        basin_str_add(out, "\n");
    }
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_target target;
    int ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    const struct basin_plan *plan = &target.plan;
    struct basin_look seen = {0};
    struct basin_str out = {0};
    double cost;
    size_t numbers = 0;
    struct basin_room room = {0};
    int threads = omp_get_max_threads();
    ret = sum_cost(&target, &cost, &numbers, &room, diag);
    ret = ret != 0 ? ret : basin_room_check(&room, plan, threads, diag);
    if (ret == 0) {
        ret = basin_look_open(&seen, plan, target.folder, diag);
    }
    if (ret == 0) {
        for (size_t c = 0; c < plan->n_cells; c++) {
            basin_plan_cell_name(plan, c, &out);
            basin_str_add(&out, "\n");
        }
        basin_str_add(&out,
            "\n%s: %zu cells x %u replicates; %zu of %zu done, %zu failed\n", plan->name,
            plan->n_cells, plan->replicates, seen.done, seen.items, seen.failed);
        add_axes(plan, &out);
        double left =
            seen.items == 0 ? 0 : (double)(seen.items - seen.done) / (double)seen.items;
        double seconds = cost * left / NOMINAL_RATE;
        double tasks = ceil(cost / NOMINAL_RATE / TASK_SECONDS);
        basin_str_add(&out,
            "about %.2g operations, %.2g left: some %.1f s on %d threads\n"
            "the result holds %zu numbers (%.3g MB of memory); a cell works in up to "
            "%.3g "
            "MB\n",
            cost, cost * left, seconds / threads, threads, numbers,
            (double)numbers * sizeof(double) / 1e6, room.bytes / 1e6);
        if (tasks > 1) {
            tasks = fmin(tasks, fmin((double)seen.items, BASIN_SHARDS_MOST));
            basin_str_add(&out,
                "as tasks of about ten minutes of one thread: --shard 1/%.0f to "
                "%.0f/%.0f\n",
                tasks, tasks, tasks);
        }
        basin_str_add(&out, "nothing was run\n");
        ret = basin_text_write(&out, NULL, diag);
    }
    basin_str_free(&out);
    basin_look_free(&seen);
    basin_target_free(&target);
    return ret;
}

const struct basin_verb basin_verb_plan = {
    .name = "plan",
    .operands = "CONFIG",
    .summary = "list the cells, what is done, and the estimated cost; run nothing",
    .options = "set|only|out",
    .help =
        "Lists every cell of the sweep by name, then how much of it is done already and "
        "what\nthe rest will cost.",
    .least = 1,
    .most = 1,
    .run = run,
};
