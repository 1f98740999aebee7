/* What fuzzers of the command share: a folder in memory, and a verb run in it. */
#ifndef BASIN_TESTS_FUZZ_VERBS_H
#define BASIN_TESTS_FUZZ_VERBS_H

#include "base/blas.h"
#include "cli/cli.h"

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

/* From here on a folder of its own is the current one, x.yaml and its results in x/ are
 * there, and nothing is printed or drawn. */
static void prepare(void)
{
    char folder[] = "/dev/shm/basin-fuzz-XXXXXX";
    gsl_set_error_handler_off();
    setenv("PATH", "/nonexistent", 1); /* no gnuplot: it would take all the time */
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
        freopen("/dev/null", "w", stdout) == NULL) {
        abort();
    }
    put_file("x.yaml", HEAD, sizeof(HEAD) - 1);
    if (run_verb("run", "x.yaml", "--out", "x", "--jobs", "1", "--quiet", NULL) != 0) {
        abort();
    }
}

#endif
