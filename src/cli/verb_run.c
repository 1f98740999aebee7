/* basin run: does what is not yet done and writes the results file. */
#include "cli/cli.h"

#include "run/folder.h"
#include "run/ranks.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* The first signal asks for an orderly end; a second one ends at once. */
static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* A cell that asks for more memory than the machine has fails as one that is out of
 * memory, instead of taking the machine with it. */
static void limit_memory(void)
{
    struct rlimit limit;
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (bytes > 0 && getrlimit(RLIMIT_DATA, &limit) == 0 &&
        (double)limit.rlim_cur > bytes) {
        limit.rlim_cur = (rlim_t)bytes;
        setrlimit(RLIMIT_DATA, &limit);
    }
}

static void print_summary(const struct basin_run_summary *s)
{
    printf("%zu of %zu replicates of cells run in %.1f s", s->done, s->items, s->seconds);
    if (s->reused > 0) {
        printf(", %zu were there already", s->reused);
    }
    if (s->torn > 0) {
        printf(", %zu bytes of an unfinished record dropped", s->torn);
    }
    printf("\n%s\n", s->result_path);
}

static int run_target(const struct basin_arguments *arguments,
    const struct basin_target *target, struct basin_diag *diag)
{
    struct basin_str command = {0};
    struct basin_run_summary summary = {0};
    char *folder = arguments->n_shards == 0 ? basin_str_copy(target->folder)
                                            : basin_folder_shard(target->folder,
                                                  arguments->shard, arguments->n_shards);
    basin_arguments_again(arguments, "run", false, &command);
    int ret = folder == NULL || command.failed
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : 0;
    if (ret == 0) {
        const struct basin_run_options options = {
            .folder = folder,
            .jobs = (int)arguments->jobs,
            .shard = arguments->shard,
            .n_shards = arguments->n_shards,
            .command = command.text,
            .on_change = arguments->extend    ? BASIN_EXTEND
                         : arguments->replace ? BASIN_REPLACE
                                              : BASIN_REFUSE,
            .retry_failed = arguments->retry_failed,
            .progress = arguments->quiet ? NULL : stderr,
            .progress_terminal = isatty(STDERR_FILENO) != 0,
            .stop = &interrupted,
        };
        ret = basin_run(&target->plan, target->experiment, &options, &summary, diag);
    }
    bool stored = ret == 0 || ret == BASIN_ERR_FAILED || ret == BASIN_ERR_INTERRUPTED;
    if (stored && !arguments->quiet && basin_ranks_own() == 0) {
        print_summary(&summary);
    }
    basin_run_summary_free(&summary);
    basin_str_free(&command);
    free(folder);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    if (arguments->extend && arguments->replace) {
        return basin_fail(
            diag, BASIN_ERR_USAGE, "--extend and --replace exclude each other");
    }
    struct basin_target target = {0};
    int ret = basin_ranks_start(arguments->n_shards > 0, diag);
    if (ret != 0) {
        return ret;
    }
    ret = basin_target_load(&target, arguments, arguments->operand[0], diag);
    ret = basin_ranks_agree(ret, ret == 0 ? &target.plan.id : NULL, diag);
    if (ret == 0) {
        watch_signals();
        limit_memory();
        ret = run_target(arguments, &target, diag);
    }
    basin_target_free(&target);
    int own = basin_ranks_own();
    basin_ranks_end();
    return own == 0 ? ret : 0; /* rank 0 tells it */
}

const struct basin_verb basin_verb_run = {
    .name = "run",
    .operands = "CONFIG",
    .summary = "run what is not yet done and write the results file",
    .options = "set|only|out|jobs|shard|extend|replace|retry-failed|quiet",
    .help =
        "Runs the cells of a configuration, in parallel, and writes\n"
        "results/NAME/NAME.h5. Finished cells are kept in a journal: interrupted in any\n"
        "way, the same command goes on where it was and ends in the same bytes.\n"
        "--shard 3/8 does the third of eight parts, for `basin merge`; a program built "
        "with\n`make MPI=1` and started by mpirun or srun spreads the cells over its "
        "ranks.",
    .least = 1,
    .most = 1,
    .run = run,
};
