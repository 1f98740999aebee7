/* The manual page, from the tables of verbs and options. */
#include "cli/cli.h"
#include "cli/docs.h"

#include <string.h>

/* In roff a line that begins with . or ' is a request and \ begins an escape. */
static void add_roff(const char *text, struct basin_str *out)
{
    if (*text == '.' || *text == '\'') {
        basin_str_add(out, "\\&");
    }
    for (; *text != '\0'; text++) {
        if (*text == '\\') {
            basin_str_add(out, "\\e");
        } else if (*text == '-') {
            basin_str_add(out, "\\-");
        } else {
            basin_str_add_bytes(out, text, 1);
        }
    }
}

static void add_verb(const struct basin_verb *verb, struct basin_str *out)
{
    basin_str_add(out, ".SS basin %s %s\n", verb->name, verb->operands);
    add_roff(verb->help, out);
    basin_str_add(out, "\n");
    for (const struct basin_option *o = basin_options; o->name != NULL; o++) {
        if (basin_verb_takes(verb, o->name) && strcmp(o->name, "help") != 0) {
            basin_str_add(out, ".TP\n\\fB\\-\\-");
            add_roff(o->name, out);
            basin_str_add(out, "\\fR%s%s\n", o->value == NULL ? "" : " ",
                o->value == NULL ? "" : o->value);
            add_roff(o->help, out);
            basin_str_add(out, "\n");
        }
    }
}

void basin_docs_man(struct basin_str *out)
{
    basin_str_add(out,
        ".TH BASIN 1 \"\" \"basin %s\" \"User Commands\"\n.SH NAME\nbasin \\- "
        "experiments "
        "on associative memory and attention, from one YAML file each\n.SH SYNOPSIS\n"
        ".B basin\n.I VERB\n[operands] [options]\n.SH DESCRIPTION\nA configuration says "
        "what is swept, what is drawn and what is claimed. Results go to HDF5, figures "
        "to gnuplot, and every claim gets a verdict with an interval.\n.SH VERBS\n",
        BASIN_VERSION);
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        add_verb(basin_verbs[i], out);
    }
    basin_str_add(out, ".SH EXIT STATUS\n%s", "");
    for (const struct basin_exit_code *e = basin_exit_codes; e->text != NULL; e++) {
        basin_str_add(out, ".TP\n%d\n%s\n", e->code, e->text);
    }
    basin_str_add(out,
        ".SH FILES\n.TP\nconfigs/NAME.yaml\nconfigurations\n.TP\nresults/NAME/NAME.h5\n"
        "results, readable as netCDF\\-4; beside them journal and provenance\n.TP\n"
        "plots/NAME/\nfigures, one gnuplot script each\n.SH SEE ALSO\n"
        ".BR gnuplot (1),\n.BR ncdump (1)\n");
}
