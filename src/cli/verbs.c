/* All verbs. To add one: its file, and a line in each of the two lists. */
#include "cli/cli.h"

extern const struct basin_verb basin_verb_list;
extern const struct basin_verb basin_verb_new;
extern const struct basin_verb basin_verb_config;
extern const struct basin_verb basin_verb_plan;
extern const struct basin_verb basin_verb_run;
extern const struct basin_verb basin_verb_status;
extern const struct basin_verb basin_verb_explain;
extern const struct basin_verb basin_verb_merge;
extern const struct basin_verb basin_verb_plot;
extern const struct basin_verb basin_verb_check;
extern const struct basin_verb basin_verb_show;
extern const struct basin_verb basin_verb_diff;
extern const struct basin_verb basin_verb_export;
extern const struct basin_verb basin_verb_report;
extern const struct basin_verb basin_verb_theory;
extern const struct basin_verb basin_verb_docs;
extern const struct basin_verb basin_verb_train;

const struct basin_verb *const basin_verbs[] = {
    &basin_verb_list,
    &basin_verb_new,
    &basin_verb_config,
    &basin_verb_plan,
    &basin_verb_run,
    &basin_verb_status,
    &basin_verb_explain,
    &basin_verb_merge,
    &basin_verb_plot,
    &basin_verb_check,
    &basin_verb_show,
    &basin_verb_diff,
    &basin_verb_report,
    &basin_verb_export,
    &basin_verb_theory,
    &basin_verb_docs,
    &basin_verb_train,
    NULL,
};
