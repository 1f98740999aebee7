/* The runner: the same bytes from any number of threads and after any interruption. */
#include "suite.h"

#include "toy_experiment.h"

#include "base/file.h"
#include "run/look.h"
#include "run/run.h"
#include "store/journal.h"
#include "store/result.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char base[64];
static struct basin_diag diag;

static void set_up(void)
{
    strcpy(base, "/tmp/basin-run-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    toy_runs = 0;
    diag = (struct basin_diag){{0}};
}

static struct basin_run_summary summary;

static void tear_down(void)
{
    basin_run_summary_free(&summary);
    char command[96];
    snprintf(command, sizeof(command), "rm -rf '%s'", base);
    ck_assert_int_eq(system(command), 0);
}

/* ---- Running ---------------------------------------------------------------------- */

static const char *const PLAN =
    "experiment: toy\n"
    "seed: 7\n"
    "replicates: 6\n"
    "rules: [{label: a, rule: alpha}, {label: b, rule: bravo}]\n"
    "sweep: [{grid: {size: [1, 3], level: [1, 2, 3, 4], beta: [0.5, 2]}}]\n";

static const char *in_base(const char *name)
{
    static char path[8][160];
    static int next;
    next = (next + 1) % 8;
    snprintf(path[next], sizeof(path[next]), "%s/%s", base, name);
    return path[next];
}

static int run_with(const char *text, const struct basin_run_options *options)
{
    struct basin_plan plan;
    int ret = toy_plan(&plan, text, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    basin_run_summary_free(&summary);
    ret = basin_run(&plan, &toy_experiment, options, &summary, &diag);
    basin_plan_free(&plan);
    return ret;
}

static int run_in(const char *name, const char *text, int jobs)
{
    char folder[160];
    strcpy(folder, in_base(name));
    const struct basin_run_options options = {.folder = folder, .jobs = jobs};
    return run_with(text, &options);
}

static void runs(const char *name, const char *text, int jobs)
{
    int ret = run_in(name, text, jobs);
    ck_assert_msg(ret == 0, "%s", diag.text);
}

static char *read_bytes(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "no file %s", path);
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    char *bytes = calloc(*n + 1, 1);
    ck_assert_uint_eq(fread(bytes, 1, *n, file), *n);
    fclose(file);
    return bytes;
}

static void same_bytes(const char *a, const char *b)
{
    size_t n;
    size_t m;
    char *first = read_bytes(in_base(a), &n);
    char *second = read_bytes(in_base(b), &m);
    ck_assert_uint_eq(n, m);
    ck_assert_mem_eq(first, second, n);
    free(first);
    free(second);
}

/* ---- Tests ------------------------------------------------------------------------ */

START_TEST(threads_do_not_show_in_the_file)
{
    runs("one", PLAN, 1);
    ck_assert_uint_eq(summary.items, (16 + 8) * 6);
    ck_assert_uint_eq(summary.done, summary.items);
    ck_assert_uint_eq(summary.reused, 0);
    ck_assert_str_eq(summary.result_path, in_base("one/toy.h5"));
    runs("two", PLAN, 2);
    runs("five", PLAN, 5);
    same_bytes("one/toy.h5", "two/toy.h5");
    same_bytes("one/toy.h5", "five/toy.h5");
    same_bytes("one/config.yaml", "five/config.yaml");
}
END_TEST

START_TEST(the_numbers_are_the_toy_s)
{
    struct basin_result result;
    struct basin_plan plan;
    runs("numbers", PLAN, 2);
    ck_assert_int_eq(basin_result_read(&result, summary.result_path, &diag), 0);
    ck_assert_int_eq(toy_plan(&plan, PLAN, &diag), 0);
    ck_assert_uint_eq(result.n_groups, 2);
    ck_assert_int_eq(basin_id_compare(&result.plan, &plan.id), 0);
    const struct basin_group *group = basin_result_group(&result, "b");
    const struct basin_variable *value = basin_group_variable(group, "value");
    struct basin_params params = {0};
    for (size_t c = 0; c < 8; c++) {
        ck_assert_int_eq(basin_plan_params(&plan, 16 + c, &params, &diag), 0);
        for (uint32_t r = 0; r < 6; r++) {
            ck_assert(value->data[c * 6 + r] ==
                      toy_number(params.own[0], &plan.cells[16 + c].id, r, TOY_VALUE, 0));
        }
    }
    basin_params_free(&params);
    basin_plan_free(&plan);
    basin_result_free(&result);
}
END_TEST

START_TEST(what_is_done_is_not_done_again)
{
    struct stat before;
    struct stat after;
    runs("again", PLAN, 2);
    stat(summary.result_path, &before);
    toy_runs = 0;
    runs("again", PLAN, 2);
    ck_assert_int_eq(toy_runs, 0);
    ck_assert_uint_eq(summary.reused, summary.items);
    ck_assert_uint_eq(summary.done, 0);
    stat(summary.result_path, &after);
    ck_assert_uint_eq(before.st_ino, after.st_ino);

    unlink(summary.result_path);
    runs("again", PLAN, 2);
    ck_assert_int_eq(toy_runs, 0);
    runs("fresh", PLAN, 1);
    same_bytes("again/toy.h5", "fresh/toy.h5");
}
END_TEST

/* How many replicates a folder holds. */
static size_t look(const char *folder, const char *text)
{
    struct basin_plan plan;
    struct basin_look seen;
    ck_assert_int_eq(toy_plan(&plan, text, &diag), 0);
    int ret = basin_look_open(&seen, &plan, folder, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    size_t reused = seen.done;
    basin_look_free(&seen);
    basin_plan_free(&plan);
    return reused;
}

/* Children are killed at different moments; each goes on where the last one stopped. */
START_TEST(kills_do_not_show_in_the_file)
{
    static const char *const slow =
        "experiment: toy\nreplicates: 40\npause: 400\n"
        "rules: [{label: a, rule: alpha}, {label: b, rule: bravo}]\n"
        "sweep: [{grid: {size: [1, 3], level: [1, 2, 3, 4], beta: [0.5, 2]}}]\n";
    char folder[160];
    strcpy(folder, in_base("killed"));
    size_t killed = 0;
    size_t kept = 0;
    for (unsigned round = 0; round < 50; round++) {
        pid_t child = fork();
        if (child == 0) {
            struct basin_plan plan;
            const struct basin_run_options options = {.folder = folder, .jobs = 2};
            _exit(toy_plan(&plan, slow, &diag) != 0 ||
                  basin_run(&plan, &toy_experiment, &options, &summary, &diag) != 0);
        }
        usleep(3000 + round * 7919 % 40000);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        killed += WIFSIGNALED(status);
        size_t before = kept;
        kept = look(folder, slow);
        ck_assert_uint_ge(kept, before);
    }
    ck_assert_uint_gt(killed, 10);
    ck_assert_uint_gt(kept, 100);
    runs("killed", slow, 2);
    ck_assert_uint_eq(summary.reused, kept);
    runs("quiet", slow, 2);
    ck_assert_uint_eq(summary.done, summary.items);
    same_bytes("killed/toy.h5", "quiet/toy.h5");
}
END_TEST

/* ---- Stopping --------------------------------------------------------------------- */

static volatile sig_atomic_t stop;

static int stop_after_ten(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *failure)
{
    int ret = toy_run(shared, task, record, failure);
    if (toy_runs == 10) {
        stop = 1;
    }
    return ret;
}

START_TEST(a_stopped_run_keeps_what_it_has_and_goes_on)
{
    struct basin_plan plan;
    struct basin_result result;
    char folder[160];
    strcpy(folder, in_base("stopped"));
    ck_assert_int_eq(toy_plan(&plan, PLAN, &diag), 0);
    struct basin_experiment stopping = toy_experiment;
    stopping.run = stop_after_ten;
    const struct basin_run_options options = {.folder = folder, .jobs = 1, .stop = &stop};
    basin_run_summary_free(&summary);
    ck_assert_int_eq(
        basin_run(&plan, &stopping, &options, &summary, &diag), BASIN_ERR_INTERRUPTED);
    ck_assert_str_eq(diag.text,
        "interrupted: 10 of 144 are done and stored; the same command goes on");
    ck_assert_uint_eq(summary.done, 10);
    ck_assert_int_eq(basin_result_read(&result, summary.result_path, &diag), 0);
    size_t run = 0;
    for (size_t g = 0; g < result.n_groups; g++) {
        const struct basin_group *group = &result.groups[g];
        for (size_t i = 0; i < group->n_cells * group->n_replicates; i++) {
            run += group->status[i] != BASIN_STATUS_NOT_RUN;
        }
    }
    ck_assert_uint_eq(run, 10);
    basin_result_free(&result);
    basin_plan_free(&plan);

    stop = 0;
    runs("stopped", PLAN, 2);
    ck_assert_uint_eq(summary.reused, 10);
    runs("whole", PLAN, 2);
    same_bytes("stopped/toy.h5", "whole/toy.h5");
}
END_TEST

/* ---- Failing ---------------------------------------------------------------------- */

static const char *const BROKEN =
    "experiment: toy\nreplicates: 3\n"
    "rules: [{label: b, rule: bravo}]\n"
    "sweep: [{grid: {level: [1, 2], broken: [never, 1]}}]\n";

START_TEST(a_failing_cell_is_recorded_and_told_at_once)
{
    char folder[160];
    char *said = NULL;
    size_t length;
    strcpy(folder, in_base("broken"));
    FILE *progress = open_memstream(&said, &length);
    const struct basin_run_options options = {
        .folder = folder, .jobs = 1, .progress = progress};
    ck_assert_int_eq(run_with(BROKEN, &options), BASIN_ERR_FAILED);
    fclose(progress);
    ck_assert_uint_eq(summary.failed, 2);
    ck_assert_uint_eq(summary.done, 12);
    ck_assert_ptr_nonnull(strstr(diag.text, "2 of 12 failed, the others are stored; the "
                                            "first: rule=b,"));
    ck_assert_ptr_nonnull(strstr(said, "failed: rule=b,"));
    ck_assert_ptr_nonnull(strstr(said, ", replicate 1: no finite result for this one\n"));
    ck_assert_ptr_nonnull(strstr(said, "100 %  12 of 12"));
    ck_assert_ptr_null(strchr(said, '\r'));
    free(said);

    struct basin_result result;
    ck_assert_int_eq(basin_result_read(&result, summary.result_path, &diag), 0);
    const struct basin_group *group = &result.groups[0];
    size_t failed = 0;
    for (size_t i = 0; i < group->n_cells * 3; i++) {
        if (group->status[i] == BASIN_STATUS_FAILED) {
            failed++;
            ck_assert_str_eq(group->reason[i], "no finite result for this one");
            ck_assert_double_nan(basin_group_variable(group, "value")->data[i]);
        }
    }
    ck_assert_uint_eq(failed, 2);
    basin_result_free(&result);
}
END_TEST

START_TEST(failed_cells_are_run_again_only_when_asked)
{
    char folder[160];
    strcpy(folder, in_base("retry"));
    struct basin_run_options options = {.folder = folder, .jobs = 2};
    ck_assert_int_eq(run_with(BROKEN, &options), BASIN_ERR_FAILED);
    toy_runs = 0;
    ck_assert_int_eq(run_with(BROKEN, &options), BASIN_ERR_FAILED);
    ck_assert_int_eq(toy_runs, 0);
    ck_assert_str_eq(
        diag.text, "2 of 12 failed in an earlier run, the others are stored");
    options.retry_failed = true;
    ck_assert_int_eq(run_with(BROKEN, &options), BASIN_ERR_FAILED);
    ck_assert_int_eq(toy_runs, 2);
    ck_assert_uint_eq(summary.reused, 10);
}
END_TEST

START_TEST(a_refused_cell_is_named_and_nothing_is_run)
{
    struct stat status;
    toy_runs = 0;
    ck_assert_int_eq(run_in("refused",
                         "experiment: toy\nreplicates: 1\n"
                         "rules: [{label: b, rule: bravo}]\n"
                         "sweep: [{grid: {level: [1, 2], refused: [false, true]}}]\n",
                         2),
        BASIN_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(diag.text, "cell rule=b,"));
    ck_assert_ptr_nonnull(strstr(diag.text, ": refused is true"));
    ck_assert_int_eq(toy_runs, 0);
    ck_assert_int_ne(stat(in_base("refused"), &status), 0);
}
END_TEST

/* ---- Another plan ----------------------------------------------------------------- */

#define CHANGED(seed, levels)                                                            \
    "experiment: toy\nseed: " seed "\nreplicates: 2\n"                                   \
    "rules: [{label: b, rule: bravo}]\nsweep: [{grid: {level: [" levels "]}}]\n"

START_TEST(a_changed_plan_is_refused_with_three_ways_out)
{
    char expected[700];
    runs("plan", CHANGED("1", "1, 2"), 1);
    ck_assert_int_eq(run_in("plan", CHANGED("1", "1, 2, 3"), 1), BASIN_ERR_PLAN);
    snprintf(expected, sizeof(expected),
        "%s holds results of another plan: the configuration was changed since\n"
        "  config.yaml there, line 19: level: [1, 2]\n"
        "  now: level: [1, 2, 3]\n"
        "--extend        keeps the finished cells that are still in the plan and runs "
        "the others\n"
        "--replace       sets the old folder aside and starts anew\n"
        "--out FOLDER    leaves it alone and writes elsewhere",
        in_base("plan"));
    ck_assert_str_eq(diag.text, expected);
    runs("plan", CHANGED("1", "1, 2"), 1);
    ck_assert_uint_eq(summary.reused, 4);
}
END_TEST

START_TEST(extending_runs_only_what_is_new)
{
    char folder[160];
    strcpy(folder, in_base("extended"));
    struct basin_run_options options = {.folder = folder, .jobs = 2};
    options.on_change = BASIN_EXTEND;
    runs("extended", CHANGED("1", "1, 2, 3"), 1);
    ck_assert_int_eq(run_with(CHANGED("1", "2, 3, 4"), &options), 0);
    ck_assert_uint_eq(summary.reused, 4);
    ck_assert_uint_eq(summary.done, 2);
    runs("anew", CHANGED("1", "2, 3, 4"), 1);
    same_bytes("extended/toy.h5", "anew/toy.h5");

    ck_assert_int_eq(run_with(CHANGED("1", "1, 2, 3"), &options), 0);
    ck_assert_uint_eq(summary.reused, 6);

    ck_assert_int_eq(run_with(CHANGED("2", "1, 2, 3"), &options), BASIN_ERR_PLAN);
    ck_assert_ptr_nonnull(strstr(diag.text, "another seed (1, now 2): none can be kept"));
}
END_TEST

START_TEST(replacing_sets_the_old_folder_aside)
{
    char folder[160];
    char id[BASIN_ID_TEXT];
    char aside[200];
    struct basin_plan plan;
    strcpy(folder, in_base("replaced"));
    struct basin_run_options options = {.folder = folder, .jobs = 2};
    options.on_change = BASIN_REPLACE;
    runs("replaced", CHANGED("1", "1, 2"), 1);
    runs("old", CHANGED("1", "1, 2"), 1);
    ck_assert_int_eq(run_with(CHANGED("2", "1, 2"), &options), 0);
    ck_assert_uint_eq(summary.done, 4);
    ck_assert_int_eq(toy_plan(&plan, CHANGED("1", "1, 2"), &diag), 0);
    basin_id_text(&plan.id, id);
    basin_plan_free(&plan);
    snprintf(aside, sizeof(aside), "replaced.%.8s/toy.h5", id);
    same_bytes(aside, "old/toy.h5");

    ck_assert_int_eq(run_with(CHANGED("1", "1, 2"), &options), 0);
    ck_assert_int_eq(run_with(CHANGED("2", "1, 2"), &options), 0);
    snprintf(aside, sizeof(aside), "replaced.%.8s.1/toy.h5", id);
    same_bytes(aside, "old/toy.h5");
}
END_TEST

/* ---- The folder's misfortunes ------------------------------------------------------ */

START_TEST(a_second_run_in_the_same_folder_is_kept_out)
{
    runs("locked", PLAN, 1);
    int file = open(in_base("locked/journal.bin"), O_RDWR);
    ck_assert_int_eq(flock(file, LOCK_EX), 0);
    ck_assert_int_eq(run_in("locked", PLAN, 1), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "another run is writing "));
    close(file);
    runs("locked", PLAN, 1);
}
END_TEST

START_TEST(a_file_in_the_folder_s_place_is_told)
{
    FILE *file = fopen(in_base("plain"), "w");
    fclose(file);
    ck_assert_int_eq(run_in("plain", PLAN, 1), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "cannot make the folder "));
}
END_TEST

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* The journal fits, the results file does not: an error, the old file stays; with room
 * again the same command finishes without running anything twice. */
START_TEST(without_room_nothing_finished_is_lost)
{
    signal(SIGXFSZ, SIG_IGN);
    limit_file_size(3000);
    ck_assert_int_eq(run_in("full", PLAN, 2), BASIN_ERR_IO);
    ck_assert_ptr_nonnull(strstr(diag.text, "cannot write "));
    limit_file_size(RLIM_INFINITY);
    runs("full", PLAN, 2);
    runs("roomy", PLAN, 2);
    same_bytes("full/toy.h5", "roomy/toy.h5");
}
END_TEST

START_TEST(a_look_counts_without_running)
{
    struct basin_plan plan;
    struct basin_look seen;
    ck_assert_int_eq(run_in("looked", BROKEN, 2), BASIN_ERR_FAILED);
    ck_assert_int_eq(toy_plan(&plan, BROKEN, &diag), 0);
    char folder[160];
    strcpy(folder, in_base("looked"));
    ck_assert_int_eq(basin_look_open(&seen, &plan, folder, &diag), 0);
    ck_assert_uint_eq(seen.items, 12);
    ck_assert_uint_eq(seen.done, 12);
    ck_assert_uint_eq(seen.failed, 2);
    basin_look_free(&seen);
    strcpy(folder, in_base("nowhere"));
    ck_assert_int_eq(basin_look_open(&seen, &plan, folder, &diag), 0);
    ck_assert_uint_eq(seen.done, 0);
    basin_look_free(&seen);
    basin_plan_free(&plan);
}
END_TEST

START_TEST(a_run_killed_before_its_first_byte_is_no_obstacle)
{
    char folder[160];
    strcpy(folder, in_base("nothing"));
    ck_assert_int_eq(basin_folder_make(folder, &diag), 0);
    FILE *file = fopen(in_base("nothing/journal.bin"), "w");
    fclose(file);
    ck_assert_uint_eq(look(folder, PLAN), 0);
    runs("nothing", PLAN, 2);
    ck_assert_uint_eq(summary.done, summary.items);
}
END_TEST

START_TEST(provenance_is_of_the_latest_run_that_did_something)
{
    size_t n;
    runs("told", PLAN, 2);
    char *first = read_bytes(in_base("told/provenance.yaml"), &n);
    ck_assert_ptr_nonnull(strstr(first, "threads: 2\n"));
    ck_assert_ptr_nonnull(strstr(first, "done: 144\n"));
    ck_assert_ptr_nonnull(strstr(first, "host: \""));
    ck_assert_ptr_nonnull(strstr(first, "blas: \"OpenBLAS"));
    runs("told", PLAN, 1);
    char *second = read_bytes(in_base("told/provenance.yaml"), &n);
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("run");
    TCase *c = tcase_create("run");
    tcase_set_timeout(c, 120);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, threads_do_not_show_in_the_file);
    tcase_add_test(c, the_numbers_are_the_toy_s);
    tcase_add_test(c, what_is_done_is_not_done_again);
    tcase_add_test(c, kills_do_not_show_in_the_file);
    tcase_add_test(c, a_stopped_run_keeps_what_it_has_and_goes_on);
    tcase_add_test(c, a_failing_cell_is_recorded_and_told_at_once);
    tcase_add_test(c, failed_cells_are_run_again_only_when_asked);
    tcase_add_test(c, a_refused_cell_is_named_and_nothing_is_run);
    tcase_add_test(c, a_changed_plan_is_refused_with_three_ways_out);
    tcase_add_test(c, extending_runs_only_what_is_new);
    tcase_add_test(c, replacing_sets_the_old_folder_aside);
    tcase_add_test(c, a_second_run_in_the_same_folder_is_kept_out);
    tcase_add_test(c, a_file_in_the_folder_s_place_is_told);
    tcase_add_test(c, without_room_nothing_finished_is_lost);
    tcase_add_test(c, a_look_counts_without_running);
    tcase_add_test(c, a_run_killed_before_its_first_byte_is_no_obstacle);
    tcase_add_test(c, provenance_is_of_the_latest_run_that_did_something);
    suite_add_tcase(s, c);
    return s;
}
