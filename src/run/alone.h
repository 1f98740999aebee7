/* The command that runs one cell alone, to be pasted into a shell. */
#ifndef BASIN_RUN_ALONE_H
#define BASIN_RUN_ALONE_H

#include "base/str.h"
#include "config/plan.h"

/* Adds a word as a POSIX shell reads it back, in quotes where it needs them. */
void basin_shell_word(struct basin_str *out, const char *word);

/* Adds "<command> --only '<the cell>' --out <folder>/cells/<its identity>": a folder of
 * its own, so that it disturbs no other result. command is "basin run x.yaml" with what
 * was --set. */
void basin_alone_command(struct basin_str *out, const char *command,
    const struct basin_plan *plan, size_t cell, const char *folder);

#endif
