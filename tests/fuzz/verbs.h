/* What fuzzers of the command share: a folder in memory, and a verb run in it. */
#ifndef BASIN_TESTS_FUZZ_VERBS_H
#define BASIN_TESTS_FUZZ_VERBS_H

#include "base/blas.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD                                                                             \
    "experiment: retrieval\nreplicates: 2\npatterns: {kind: polar, dimension: 8}\n"      \
    "cues: 2\nrules:\n  - {label: a, rule: classical, update: async}\n"                  \
    "  - {label: b, rule: modern, beta: 2}\nsweep: [{grid: {load: [0.25, 0.5]}}]\n"

/* Runs a verb on operands and options that end with NULL. A failure without a sentence is
 * a defect. */
static int run_verb(const char *name, ...)
{
    const struct basin_verb *verb = NULL;
    struct basin_arguments arguments;
    struct basin_diag diag = {{0}};
    char *argv[16] = {(char *)(uintptr_t)name};
    int argc = 1;
    va_list list;
    va_start(list, name);
    while ((argv[argc] = va_arg(list, char *)) != NULL) {
        argc++;
    }
    va_end(list);
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        verb = strcmp(basin_verbs[i]->name, name) == 0 ? basin_verbs[i] : verb;
    }
    if (verb == NULL || basin_arguments_parse(&arguments, verb, argc, argv, &diag) != 0) {
        fprintf(stderr, "%s: %s\n", name, diag.text);
        abort();
    }
    int ret = verb->run(&arguments, &diag);
    if (ret != 0 && ret != BASIN_ERR_VERDICT && diag.text[0] == '\0') {
        abort();
    }
    basin_arguments_free(&arguments);
    return ret;
}

/* `basin run` without its limit on memory, which would be the sanitizer's, too. */
static int run_plan(const struct basin_target *target, const char *folder)
{
    struct basin_diag diag = {{0}};
    struct basin_run_summary summary;
    const struct basin_run_options options = {
        .folder = folder, .jobs = 1, .command = "basin run"};
    int ret = basin_run(&target->plan, target->experiment, &options, &summary, &diag);
    if (ret != 0 && diag.text[0] == '\0') {
        abort();
    }
    basin_run_summary_free(&summary);
    return ret;
}

static void put_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        abort();
    }
}

static unsigned char *get_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    if (file == NULL || fstat(fileno(file), &status) != 0) {
        abort();
    }
    unsigned char *bytes = malloc((size_t)status.st_size + 1);
    *n = fread(bytes, 1, (size_t)status.st_size, file);
    fclose(file);
    return bytes;
}

/* The fuzzer's own folder and ours; it names files as seen from its own. */
static int outside, inside;

static void go(int folder)
{
    if (fchdir(folder) != 0) {
        abort();
    }
}

/* Goes inside a new folder, makes x.yaml (the target) and its results in x/ there.
 * Nothing is printed or drawn from here on. */
static void prepare(struct basin_target *target)
{
    struct basin_arguments none = {0};
    struct basin_diag diag = {{0}};
    char folder[] = "/dev/shm/basin-fuzz-XXXXXX";
    gsl_set_error_handler_off();
    setenv("PATH", "/nonexistent", 1); /* no gnuplot: it would take all the time */
    outside = open(".", O_RDONLY | O_DIRECTORY);
    if (mkdtemp(folder) == NULL || freopen("/dev/null", "w", stdout) == NULL) {
        abort();
    }
    inside = open(folder, O_RDONLY | O_DIRECTORY);
    go(inside);
    put_file("x.yaml", HEAD, sizeof(HEAD) - 1);
    if (basin_target_load(target, &none, "x.yaml", &diag) != 0 ||
        run_plan(target, "x") != 0) {
        abort();
    }
}

#endif
