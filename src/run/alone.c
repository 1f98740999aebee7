/* The command that runs one cell alone. */
#include "run/alone.h"

#include <string.h>

void basin_shell_word(struct basin_str *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-./=,:+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        basin_str_add(out, "%s", word);
        return;
    }
    basin_str_add(out, "'");
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '\'') {
            basin_str_add(out, "'\\''");
        } else {
            basin_str_add_bytes(out, c, 1);
        }
    }
    basin_str_add(out, "'");
}

/* A glob that matches just this text. */
static void add_glob(struct basin_str *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("*?[\\", *c) != NULL) {
            basin_str_add(out, "\\");
        }
        basin_str_add_bytes(out, c, 1);
    }
}

void basin_alone_command(struct basin_str *out, const char *command,
    const struct basin_plan *plan, size_t cell, const char *folder)
{
    struct basin_str name = {0};
    struct basin_str glob = {0};
    struct basin_str place = {0};
    char id[BASIN_ID_TEXT];
    basin_id_text(&plan->cells[cell].id, id);
    basin_plan_cell_name(plan, cell, &name);
    add_glob(&glob, name.text == NULL ? "" : name.text);
    basin_str_add(&place, "%s/cells/%.8s", folder, id);
    if (name.failed || glob.failed || place.failed) {
        out->failed = true;
    } else {
        basin_str_add(out, "%s --only ", command);
        basin_shell_word(out, glob.text);
        basin_str_add(out, " --out ");
        basin_shell_word(out, place.text);
    }
    basin_str_free(&name);
    basin_str_free(&glob);
    basin_str_free(&place);
}
