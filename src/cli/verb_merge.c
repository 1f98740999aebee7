/* basin merge: the shards of a run, put together. */
#include "cli/cli.h"

#include <stdio.h>

static void print_summary(const struct basin_run_summary *s)
{
    printf("%zu of %zu replicates of cells merged in %.1f s", s->merged, s->items,
        s->seconds);
    if (s->reused > 0) {
        printf(", %zu were there already", s->reused);
    }
    printf("\n%s\n", s->result_path);
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    struct basin_target target;
    int ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str command = {0};
    struct basin_run_summary summary = {0};
    const struct basin_text_list sources = {
        arguments->n_operands - 1, arguments->operand + 1};
    basin_arguments_again(arguments, "run", true, &command);
    const struct basin_run_options options = {.folder = target.folder,
        .command = command.text,
        .on_change = arguments->extend    ? BASIN_EXTEND
                     : arguments->replace ? BASIN_REPLACE
                                          : BASIN_REFUSE};
    ret = command.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                         : basin_merge(&target.plan, target.experiment, &options,
                               &sources, &summary, diag);
    if ((ret == 0 || ret == BASIN_ERR_FAILED) && !arguments->quiet) {
        print_summary(&summary);
    }
    basin_run_summary_free(&summary);
    basin_str_free(&command);
    basin_target_free(&target);
    return ret;
}

const struct basin_verb basin_verb_merge = {
    .name = "merge",
    .operands = "CONFIG [SHARD...]",
    .summary = "put the shards of a run together and write the results file",
    .options = "set|only|out|extend|replace|quiet",
    .help =
        "Takes what the shards of a configuration have done, from results/NAME/shards/ "
        "or\nfrom the folders or journals named, in any order, and writes the file that "
        "one run\nwould have written. What two shards hold must be equal; what is "
        "missing "
        "is named.",
    .least = 1,
    .most = (size_t)-1,
    .run = run,
};
