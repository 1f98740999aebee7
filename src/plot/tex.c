/* Texts of figures that LaTeX sets. */
#include "plot/tex.h"

#include "base/file.h"
#include "base/str.h"

#include <string.h>

/* A label stands between \strut{} and the end of its box. */
static const char BEGIN[] = "\\strut{}";
static const char END[] = "}}%";

static void add_label(const char *text, size_t length, struct basin_str *out)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("_&#%$", text[i]) != NULL) {
            basin_str_add(out, "\\%c", text[i]);
        } else if (text[i] == '^' || text[i] == '~') {
            basin_str_add(out, "\\%c{}", text[i]);
        } else if (text[i] == '<' || text[i] == '>' || text[i] == '|') {
            basin_str_add(out, "$%c$", text[i]);
        } else {
            basin_str_add_bytes(out, text + i, 1);
        }
    }
}

static void add_escaped(const char *text, struct basin_str *out)
{
    const char *begin;
    const char *end;
    while ((begin = strstr(text, BEGIN)) != NULL && (end = strstr(begin, END)) != NULL) {
        begin += strlen(BEGIN);
        basin_str_add_bytes(out, text, (size_t)(begin - text));
        add_label(begin, (size_t)(end - begin), out);
        text = end;
    }
    basin_str_add(out, "%s", text);
}

int basin_tex_escape(const char *folder, const char *name, struct basin_diag *diag)
{
    struct basin_str path = {0};
    struct basin_str text = {0};
    struct basin_str escaped = {0};
    basin_str_add(&path, "%s/%s-tex.tex", folder, name);
    int ret = path.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                          : basin_file_read(path.text, &text, diag);
    if (ret == 0) {
        add_escaped(text.text == NULL ? "" : text.text, &escaped);
        ret = escaped.failed
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                  : basin_file_replace(path.text, escaped.text, escaped.length, diag);
    }
    basin_str_free(&path);
    basin_str_free(&text);
    basin_str_free(&escaped);
    return ret;
}
