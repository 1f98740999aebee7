/* Pages that are written from the tables alone, so that they cannot drift from them. */
#ifndef BASIN_CLI_DOCS_H
#define BASIN_CLI_DOCS_H

#include "base/str.h"
#include "config/field.h"

/* Options as the command line reads them; the last has no name. */
struct basin_option {
    const char *name;
    const char *value; /* what stands for its value in help; NULL: a flag */
    const char *help;
};
extern const struct basin_option basin_options[];

struct basin_verb;
bool basin_verb_takes(const struct basin_verb *verb, const char *option);

void basin_docs_man(struct basin_str *out);
void basin_docs_bash(struct basin_str *out);
void basin_docs_zsh(struct basin_str *out);

/* configs/reference.yaml: every key with default, unit and range. */
void basin_docs_reference(struct basin_str *out);

/* The keys of these fields as YAML, each below its description; `prefix` begins every
 * line, e.g. "# " where they are shown but not set. */
void basin_docs_fields(
    const struct basin_field *fields, const char *prefix, struct basin_str *out);

#endif
