/* A small run in which every allocation fails once, one after the other: linked with
 * --wrap, so that those of this project fail and those of the libraries do not.
 *
 *   starved CONFIG FOLDER [STEP]     every STEP-th allocation
 *
 * Each attempt must end in an orderly way: well, or out of memory (a cell may have failed
 * for want of it). Afterwards the run must go on to its end. Leaks are for the sanitizer
 * that this is built with to find. */
#include "cli/cli.h"

#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

static long count; /* allocations in this attempt */
static long fails; /* the one that fails, from 1; 0: none */

static int is_due(void)
{
    return __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) == fails;
}

void *__wrap_malloc(size_t size)
{
    return is_due() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_due() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return is_due() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return is_due() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
    return is_due() ? NULL : __real_strndup(text, size);
}

static int attempt(const char *config, const char *folder, struct basin_diag *diag)
{
    struct basin_target target = {0};
    struct basin_run_summary summary = {0};
    const struct basin_arguments arguments = {.out = folder};
    const struct basin_run_options options = {
        .folder = folder, .jobs = 1, .retry_failed = true, .command = "basin run"};
    int ret = basin_target_load(&target, &arguments, config, diag);
    if (ret == 0) {
        ret = basin_run(&target.plan, target.experiment, &options, &summary, diag);
        basin_run_summary_free(&summary);
        basin_target_free(&target);
    }
    return ret;
}

static void clear(const char *folder)
{
    char command[512];
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    if (system(command) != 0) {
        abort();
    }
}

int main(int argc, char **argv)
{
    struct basin_diag diag;
    long step = argc > 3 ? strtol(argv[3], NULL, 10) : 1;
    long attempts = 0;
    int bad = 0;
    if (argc < 3) {
        return 2;
    }
    gsl_set_error_handler_off();
    for (long at = 1;; at += step) {
        clear(argv[2]);
        diag = (struct basin_diag){{0}};
        count = 0;
        fails = at;
        int ret = attempt(argv[1], argv[2], &diag);
        fails = 0;
        if (count < at) {
            break;
        }
        attempts++;
        if (ret != 0 && ret != BASIN_ERR_NOMEM && ret != BASIN_ERR_FAILED) {
            fprintf(stderr, "allocation %ld: code %d, %s\n", at, ret, diag.text);
            bad++;
        }
        ret = attempt(argv[1], argv[2], &diag);
        if (ret != 0) {
            fprintf(stderr, "after allocation %ld: code %d, %s\n", at, ret, diag.text);
            bad++;
        }
    }
    printf("%ld allocations failed, one at a time; %d attempts ended badly\n", attempts,
        bad);
    return bad != 0 || attempts == 0;
}
