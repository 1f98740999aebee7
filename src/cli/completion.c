/* Shell completion, from the tables of verbs, options and registries. */
#include "cli/catalogue.h"
#include "cli/cli.h"
#include "cli/docs.h"

#include <string.h>

static void add_verbs(struct basin_str *out)
{
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        basin_str_add(out, "%s%s", i == 0 ? "" : " ", basin_verbs[i]->name);
    }
}

static void add_kinds(const struct basin_kind *const *kinds, struct basin_str *out)
{
    for (size_t i = 0; kinds[i] != NULL; i++) {
        basin_str_add(out, "%s%s", i == 0 ? "" : " ", kinds[i]->name);
    }
}

/* The words that may stand behind a verb; none where it takes configurations. */
static void add_operands(const struct basin_verb *verb, struct basin_str *out)
{
    const char *wanted = strcmp(verb->name, "new") == 0 ? "experiments" : verb->name;
    for (const struct basin_catalogue *c = basin_catalogues; c->name != NULL; c++) {
        if (strcmp(verb->name, "list") == 0) {
            basin_str_add(out, "%s ", c->name);
        } else if (strcmp(c->name, wanted) == 0) {
            add_kinds(c->kinds, out);
        }
    }
    if (strcmp(verb->name, "list") == 0) {
        basin_str_add(out, "metrics");
    } else if (strcmp(verb->name, "docs") == 0) {
        basin_str_add(out, "man bash zsh reference conventions");
    }
}

void basin_docs_bash(struct basin_str *out)
{
    basin_str_add(out,
        "# bash completion for basin, written by `basin docs bash`\n"
        "_basin()\n{\n    local word=${COMP_WORDS[COMP_CWORD]} options= operands=\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        mapfile -t COMPREPLY < "
        "<(compgen -W '");
    add_verbs(out);
    basin_str_add(out, "' -- \"$word\")\n        return\n    fi\n"
                       "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        basin_str_add(out, "    %s) options='", basin_verbs[i]->name);
        for (const struct basin_option *o = basin_options; o->name != NULL; o++) {
            if (basin_verb_takes(basin_verbs[i], o->name)) {
                basin_str_add(out, "--%s ", o->name);
            }
        }
        basin_str_add(out, "' operands='");
        add_operands(basin_verbs[i], out);
        basin_str_add(out, "' ;;\n");
    }
    basin_str_add(out,
        "    esac\n"
        "    case $word in\n"
        "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
        "    *)\n"
        "        if [ -z \"$operands\" ] && [ -d configs ]; then\n"
        "            operands=$(cd configs && printf '%%s ' *.yaml)\n"
        "        fi\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$operands\" -- \"$word\"; compgen "
        "-f -- "
        "\"$word\")\n"
        "        ;;\n"
        "    esac\n}\ncomplete -o filenames -F _basin basin\n");
}

/* In zsh's descriptions quotes end the word, and a colon or bracket ends the field. */
static void add_zsh(const char *text, struct basin_str *out)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            basin_str_add(out, "'\\''");
        } else if (strchr(":[]\\", *text) != NULL) {
            basin_str_add(out, "\\%c", *text);
        } else {
            basin_str_add_bytes(out, text, 1);
        }
    }
}

static void add_zsh_verb(const struct basin_verb *verb, struct basin_str *out)
{
    struct basin_str operands = {0};
    add_operands(verb, &operands);
    basin_str_add(out, "    %s)\n        _arguments", verb->name);
    for (const struct basin_option *o = basin_options; o->name != NULL; o++) {
        if (basin_verb_takes(verb, o->name)) {
            basin_str_add(out, " \\\n            '%s--%s[",
                strcmp(o->name, "set") == 0 || strcmp(o->name, "only") == 0 ? "*" : "",
                o->name);
            add_zsh(o->help, out);
            basin_str_add(out, "]%s%s%s'", o->value == NULL ? "" : ":",
                o->value == NULL ? "" : o->value, o->value == NULL ? "" : ":_files");
        }
    }
    if (operands.length > 0) {
        basin_str_add(out, " \\\n            '*:what:(%s)'", operands.text);
    } else {
        basin_str_add(out, " \\\n            '*:configuration or result:_files'");
    }
    basin_str_add(out, " ;;\n");
    out->failed |= operands.failed;
    basin_str_free(&operands);
}

void basin_docs_zsh(struct basin_str *out)
{
    basin_str_add(out, "#compdef basin\n# zsh completion for basin, written by "
                       "`basin docs zsh`\n_basin() {\n    local -a verbs=(\n");
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        basin_str_add(out, "        '%s:", basin_verbs[i]->name);
        add_zsh(basin_verbs[i]->summary, out);
        basin_str_add(out, "'\n");
    }
    basin_str_add(out, "    )\n    if (( CURRENT == 2 )); then\n        _describe verb "
                       "verbs\n        return\n    fi\n    local verb=$words[2]\n"
                       "    shift words\n    (( CURRENT-- ))\n    case $verb in\n");
    for (size_t i = 0; basin_verbs[i] != NULL; i++) {
        add_zsh_verb(basin_verbs[i], out);
    }
    basin_str_add(out, "    esac\n}\nif [ \"$funcstack[1]\" = _basin ]; then\n    _basin "
                       "\"$@\"\nelse\n    compdef _basin basin\nfi\n");
}
