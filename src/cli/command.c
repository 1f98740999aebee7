/* The command: finds the verb, runs it, prints the diagnostic, returns its code. A
 * function of the library, so that a program with rules of its own has all verbs too. */
#include "cli/cli.h"

#include "base/blas.h"
#include "base/str.h"

#include <gsl/gsl_errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

const struct basin_exit_code basin_exit_codes[] = {
    {0, "fine"},
    {1, "a claim or a comparison says no"},
    {2, "usage or configuration, nothing was run"},
    {3, "some cells failed, the rest is stored"},
    {4, "input or output"},
    {130, "interrupted, the same command goes on"},
    {0, NULL},
};

static void print_help(void)
{
    printf("basin: experiments on associative memory and attention, from one YAML file "
           "each\n\n"
           "usage: basin VERB ...        `basin VERB --help` tells more\n\n");
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        const struct basin_verb *verb = basin_verbs[i];
        printf("  %-8s %-12s %s\n", verb->name, verb->operands, verb->summary);
    }
    printf("\nexit codes:");
    for (const struct basin_exit_code *e = basin_exit_codes; e->text != NULL; e++) {
        printf(
            "%s%d %s", e == basin_exit_codes ? " " : ";\n            ", e->code, e->text);
    }
    printf("\n");
}

static const struct basin_verb *find_verb(const char *name)
{
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        if (strcmp(basin_verbs[i]->name, name) == 0) {
            return basin_verbs[i];
        }
    }
    return NULL;
}

static int unknown_verb(const char *name, struct basin_diag *diag)
{
    const char *names[64];
    size_t n = 0;
    while (n < 64 && basin_verbs[n] != NULL) {
        names[n] = basin_verbs[n]->name;
        n++;
    }
    const char *near = basin_str_nearest(name, names, n);
    return basin_fail(diag, BASIN_ERR_USAGE,
        "there is no verb \"%s\"%s%s%s `basin --help` lists them", name,
        near == NULL ? ";" : "; did you mean \"", near == NULL ? "" : near,
        near == NULL ? "" : "\"?");
}

static int run_verb(
    const struct basin_verb *verb, int argc, char **argv, struct basin_diag *diag)
{
    struct basin_arguments arguments;
    int ret = basin_arguments_parse(&arguments, verb, argc, argv, diag);
    if (ret != 0) {
        return ret;
    }
    if (arguments.help) {
        printf("usage: basin %s %s [options]\n\n%s\n\n", verb->name, verb->operands,
            verb->help);
        basin_arguments_help(verb);
    } else {
        ret = verb->run(&arguments, diag);
    }
    basin_arguments_free(&arguments);
    return ret;
}

int basin_main(int argc, char **argv)
{
    /* Freed memory is kept: first touch of fresh pages costs more than the work on them.
     */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_ARENA_MAX, 1);
    gsl_set_error_handler_off();

    char blas[BASIN_BLAS_TEXT];
    if (!basin_blas_start(blas)) {
        fprintf(stderr,
            "basin: warning: linear algebra goes to %s, not to OpenBLAS; everything "
            "works, "
            "but many times slower. Link with -lopenblas before -lgsl\n",
            blas);
    }

    struct basin_diag diag = {{0}};
    int ret = 0;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return argc < 2 ? basin_error_exit(BASIN_ERR_USAGE) : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("basin %s\n", BASIN_VERSION);
        return 0;
    }
    const struct basin_verb *verb = find_verb(argv[1]);
    ret = verb == NULL ? unknown_verb(argv[1], &diag)
                       : run_verb(verb, argc - 1, argv + 1, &diag);
    if (ret != 0 && diag.text[0] != '\0') {
        fprintf(stderr, "basin: %s\n", diag.text);
    } else if (ret != 0 && ret != BASIN_ERR_VERDICT) {
        fprintf(stderr, "basin: %s\n", basin_error_text(ret));
    }
    return basin_error_exit(ret);
}
