/* basin new: a configuration to begin with, commented. */
#include "cli/cli.h"
#include "cli/docs.h"

#include "base/str.h"

static const struct basin_kind *find_experiment(const char *name, struct basin_diag *diag)
{
    const struct basin_kind *kind = basin_kind_find(basin_experiments, name);
    if (kind == NULL) {
        enum { MOST = 64 };
        const char *names[MOST];
        size_t n = 0;
        for (; n < MOST && basin_experiments[n] != NULL; n++) {
            names[n] = basin_experiments[n]->name;
        }
        const char *near = basin_str_nearest(name, names, n);
        basin_fail(diag, BASIN_ERR_USAGE,
            "there is no experiment \"%s\"%s%s%s; `basin list experiments` lists them",
            name, near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
            near == NULL ? "" : "\"?");
    }
    return kind;
}

/* What every section may hold: its kinds by name; their keys are in `basin list`. */
static void add_sections(const struct basin_experiment *e, struct basin_str *out)
{
    for (const struct basin_section *s = e->sections + 1; s->name != NULL; s++) {
        basin_str_add(out, "#\n# %s%s", s->name, s->list ? ", a list" : "");
        if (s->selector != NULL) {
            basin_str_add(out, "; %s is one of", s->selector);
            for (size_t i = 0; s->kinds[i] != NULL; i++) {
                basin_str_add(out, "%s %s", i == 0 ? "" : ",", s->kinds[i]->name);
            }
        }
        basin_str_add(out, "\n");
        if (s->common != NULL) {
            basin_docs_fields(s->common->fields, "#     ", out);
        }
        if (s->kinds[0] != NULL && s->kinds[1] == NULL) {
            basin_docs_fields(s->kinds[0]->fields, "#     ", out);
        }
    }
}

static void add_config(const struct basin_experiment *e, struct basin_str *out)
{
    basin_str_add(out, "# %s: %s.\n", e->kind.name, e->kind.summary);
    if (e->kind.source != NULL) {
        basin_str_add(out, "# Source: %s\n", e->kind.source);
    }
    basin_str_add(out,
        "#\n# basin plan FILE lists the cells, basin run FILE runs them, basin plot and\n"
        "# basin check draw and judge. What is not set here has the default that the\n"
        "# comments at the end tell; `basin list` tells what else there is.\n"
        "experiment: %s\n%s",
        e->kind.name, e->example == NULL ? "" : e->example);
    basin_str_add(out, "\n# Keys of this experiment, with their defaults:\n#\n");
    basin_docs_fields(basin_head_fields, "# ", out);
    basin_docs_fields(e->kind.fields, "# ", out);
    add_sections(e, out);
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    const struct basin_kind *kind = find_experiment(arguments->operand[0], diag);
    if (kind == NULL) {
        return BASIN_ERR_USAGE;
    }
    struct basin_str out = {0};
    add_config(basin_experiment_of(kind), &out);
    int ret = basin_text_write(&out, arguments->out, diag);
    basin_str_free(&out);
    return ret;
}

const struct basin_verb basin_verb_new = {
    .name = "new",
    .operands = "EXPERIMENT",
    .summary = "write a commented configuration to begin with",
    .options = "out",
    .help = "Prints a configuration of the experiment that runs in seconds, with every "
            "key of the\nexperiment and its default in comments. --out FILE writes "
            "there, for example\n`basin new retrieval --out configs/mine.yaml`.",
    .least = 1,
    .most = 1,
    .run = run,
};
