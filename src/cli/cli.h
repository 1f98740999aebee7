/* The command line: verbs, their options, and what they share. */
#ifndef BASIN_CLI_CLI_H
#define BASIN_CLI_CLI_H

#include "base/err.h"
#include "base/str.h"
#include "config/plan.h"
#include "experiments/experiment.h"
#include "run/run.h"
#include "store/result.h"

#include <stdbool.h>
#include <stddef.h>

/* Options of all verbs; each verb names those it takes. */
struct basin_arguments {
    size_t n_operands;
    char **operand;
    struct basin_text_list sets;  /* --set path=value, in order */
    struct basin_text_list onlys; /* --only GLOB */
    const char *out;              /* --out DIR or FILE */
    const char *format;           /* --format NAME */
    const char *size;             /* --size WORD or WxH */
    const char *against;          /* --against FILE */
    long jobs;                    /* --jobs N; 0: one per core */
    uint32_t shard, n_shards;     /* --shard i/n; 0: not given */
    bool extend, replace, retry_failed, quiet, terminal, json, significant, help;
};

struct basin_verb {
    const char *name;
    const char *operands; /* "CONFIG", "NAME", "" */
    const char *summary;  /* one line */
    const char *options;  /* names of the options it takes, separated by '|' */
    const char *help;     /* a paragraph */
    size_t least, most;   /* operands */
    int (*run)(const struct basin_arguments *arguments, struct basin_diag *diag);
};

extern const struct basin_verb *const basin_verbs[]; /* NULL-terminated */

/* The whole command line; returns the exit code. A program with registries of its own
 * (see src/docs/extending.md) calls it as its main. */
int basin_main(int argc, char **argv);

struct basin_exit_code {
    int code;
    const char *text;
};
extern const struct basin_exit_code basin_exit_codes[]; /* ends with a NULL text */

/* Reads argv (behind the verb) for a verb. Free with basin_arguments_free. */
BASIN_CHECKED int basin_arguments_parse(struct basin_arguments *self,
    const struct basin_verb *verb, int argc, char **argv, struct basin_diag *diag);
void basin_arguments_free(struct basin_arguments *self);

/* The command "basin <verb> CONFIG" again, with what was --set, and if `whole` with
 * --only and --out, too. */
void basin_arguments_again(const struct basin_arguments *self, const char *verb,
    bool whole, struct basin_str *out);

/* Prints the options that a verb takes. */
void basin_arguments_help(const struct basin_verb *verb);

/* What a verb works on: a configuration (looked up as given, then in configs/), or a
 * results file, which holds its configuration. */
struct basin_target {
    struct basin_plan plan;
    const struct basin_experiment *experiment;
    const char *group; /* before its name in results/ and plots/: "", or "quick/" for
                        * small forms (configs/ci) */
    char *folder;      /* of its results: --out, or results/<group><name> */
    char *result_path; /* folder/<name>.h5 */
    bool stored;       /* the results file itself was named: it may come from an older
                        * basin, which had other defaults and so other identities */
};

/* Figures and claims are checked too, so that no mistake shows up after the work. */
BASIN_CHECKED int basin_target_load(struct basin_target *self,
    const struct basin_arguments *arguments, const char *operand,
    struct basin_diag *diag);

/* Loads a target and reads its stored result, for verbs whose --out is where their own
 * output goes. Refuses a result of another plan. Close with basin_stored_close. */
BASIN_CHECKED int basin_stored_open(struct basin_target *target,
    struct basin_result *result, const struct basin_arguments *arguments,
    const char *operand, struct basin_diag *diag);
void basin_stored_close(struct basin_target *target, struct basin_result *result);
void basin_target_free(struct basin_target *self);

/* "folder/name" + suffix; owned by the caller; NULL when memory is out. */
char *basin_path_join(const char *folder, const char *name, const char *suffix);

/* Writes text to a file, or to standard output if path is NULL. */
BASIN_CHECKED int basin_text_write(
    const struct basin_str *text, const char *path, struct basin_diag *diag);

#endif
