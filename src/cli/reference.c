/* configs/reference.yaml: every key of a configuration, written from the descriptors. */
#include "cli/catalogue.h"
#include "cli/docs.h"

#include "claims/claim.h"
#include "config/node.h"
#include "experiments/experiment.h"
#include "plot/figure.h"

#include <string.h>

static void add_field(
    const struct basin_field *field, const char *prefix, struct basin_str *out)
{
    basin_str_add(out, "%s# %s\n%s#   ", prefix, field->help, prefix);
    basin_field_range(field, out);
    basin_str_add(out, "%s\n%s%s: ", field->fallback == NULL ? "; required" : "", prefix,
        field->name);
    if (field->fallback == NULL) {
        basin_str_add(out, "null");
    } else {
        basin_scalar_print(field->fallback, out);
    }
    basin_str_add(out, "\n");
}

void basin_docs_fields(
    const struct basin_field *fields, const char *prefix, struct basin_str *out)
{
    for (const struct basin_field *f = fields; f != NULL && f->name != NULL; f++) {
        add_field(f, prefix, out);
    }
}

static bool has_fields(const struct basin_kind *kind)
{
    return kind->fields != NULL && kind->fields[0].name != NULL;
}

static void add_kind(const struct basin_kind *kind, struct basin_str *out)
{
    basin_str_add(out, "\n  # %s\n", kind->summary);
    if (kind->source != NULL) {
        basin_str_add(out, "  # source: %s\n", kind->source);
    }
    basin_str_add(out, "  %s:%s\n", kind->name, has_fields(kind) ? "" : " {}");
    basin_docs_fields(kind->fields, "    ", out);
}

static void add_catalogue(const struct basin_catalogue *c, struct basin_str *out)
{
    basin_str_add(out, "\n# %s\n%s:\n", c->title, c->name);
    if (c->common != NULL) {
        basin_str_add(out, "\n  # beside the keys of each of them\n  common:\n");
        basin_docs_fields(c->common->fields, "    ", out);
    }
    for (size_t i = 0; c->kinds[i] != NULL; i++) {
        add_kind(c->kinds[i], out);
    }
}

/* Which sections an experiment has and what may stand there; common keys are shown where
 * the catalogue does not show them. */
static void add_section(const struct basin_section *section, struct basin_str *out)
{
    basin_str_add(out, "    %s: # %s", section->name, section->list ? "list; " : "");
    if (section->selector != NULL) {
        basin_str_add(out, "%s: ", section->selector);
    }
    for (size_t i = 0; section->kinds[i] != NULL; i++) {
        basin_str_add(out, "%s%s", i == 0 ? "" : "|", section->kinds[i]->name);
    }
    basin_str_add(out, "\n");
}

static bool in_catalogue(const struct basin_kind *const *kinds)
{
    for (const struct basin_catalogue *c = basin_catalogues; c->name != NULL; c++) {
        if (c->kinds[0] == kinds[0]) {
            return true;
        }
    }
    return false;
}

/* Kinds of sections that no catalogue lists: models and texts of the transformer. */
static void add_own_kinds(
    const struct basin_experiment *experiment, struct basin_str *out)
{
    for (const struct basin_section *s = experiment->sections + 1; s->name != NULL; s++) {
        for (size_t i = 0; !in_catalogue(s->kinds) && s->kinds[i] != NULL; i++) {
            basin_str_add(out, "    # %s of %s: %s\n    %s:%s\n", s->name,
                experiment->kind.name, s->kinds[i]->summary, s->kinds[i]->name,
                has_fields(s->kinds[i]) ? "" : " {}");
            basin_docs_fields(s->kinds[i]->fields, "      ", out);
        }
    }
}

static void add_sections(struct basin_str *out)
{
    basin_str_add(out, "\n# Which sections an experiment has, and what they may hold.\n"
                       "sections:\n");
    for (size_t i = 0; basin_experiments[i] != NULL; i++) {
        const struct basin_experiment *e = basin_experiment_of(basin_experiments[i]);
        basin_str_add(out, "\n  %s:\n", e->kind.name);
        for (const struct basin_section *s = e->sections + 1; s->name != NULL; s++) {
            add_section(s, out);
        }
        add_own_kinds(e, out);
    }
}

void basin_docs_reference(struct basin_str *out)
{
    basin_str_add(out,
        "# Every key that a configuration can have, with default, range and unit.\n"
        "# Written by `basin docs reference`, not by hand (`make docs`); a test "
        "compares.\n"
        "# It is a page to read, not a configuration: `basin new EXPERIMENT` writes "
        "one.\n"
        "\n# at the top of every configuration, beside `experiment: NAME`, the sections\n"
        "# of the experiment, `sweep`, `figures`, `claims` and `only` "
        "(src/docs/how-to.md)\n"
        "top:\n");
    basin_docs_fields(basin_head_fields, "  ", out);
    basin_str_add(out, "\n# each entry of `figures:`, beside x, y, z, series, panels, "
                       "where, theory, marks\nfigures:\n");
    basin_docs_fields(basin_figure_fields, "  ", out);
    basin_str_add(
        out, "\n# each entry of `claims:`, beside measure and expect\nclaims:\n");
    basin_docs_fields(basin_claim_fields, "  ", out);
    for (const struct basin_catalogue *c = basin_catalogues; c->name != NULL; c++) {
        add_catalogue(c, out);
    }
    add_sections(out);
}
