/* basin docs: pages that are generated from the tables of verbs and fields. */
#include "cli/cli.h"
#include "cli/docs.h"

#include "report/conventions.h"

#include <string.h>

static const struct {
    const char *name;
    void (*write)(struct basin_str *out);
} pages[] = {
    {"man", basin_docs_man},
    {"bash", basin_docs_bash},
    {"zsh", basin_docs_zsh},
    {"reference", basin_docs_reference},
    {"conventions", basin_conventions_markdown},
};
enum { PAGES = sizeof(pages) / sizeof(pages[0]) };

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    for (size_t i = 0; i < PAGES; i++) {
        if (strcmp(pages[i].name, arguments->operand[0]) == 0) {
            struct basin_str out = {0};
            pages[i].write(&out);
            int ret = basin_text_write(&out, arguments->out, diag);
            basin_str_free(&out);
            return ret;
        }
    }
    return basin_fail(diag, BASIN_ERR_USAGE,
        "there is no page \"%s\"; there are man, bash, zsh, reference, conventions",
        arguments->operand[0]);
}

const struct basin_verb basin_verb_docs = {
    .name = "docs",
    .operands = "PAGE",
    .summary = "print what is generated: man page, completion, reference of all keys",
    .options = "out",
    .help =
        "PAGE is man (the manual page), bash or zsh (completion: source <(basin docs "
        "bash)),\nreference (every key of a configuration with its default and range) "
        "or\nconventions (the choices that papers leave out). All are written from the\n"
        "tables that the program itself reads.",
    .least = 1,
    .most = 1,
    .run = run,
};
