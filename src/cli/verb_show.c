/* basin show: a result in the terminal, as tables and figures. */
#include "cli/cli.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/scratch.h"
#include "base/str.h"
#include "plot/figure.h"
#include "report/table.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 30, CHUNK = 4096 };

static bool has_word(const char *variable, const char *words)
{
    const char *value = getenv(variable);
    return value != NULL && basin_choice_index(words, value) >= 0;
}

/* What the terminal can draw, as far as its name tells: no terminal is asked, for one
 * that does not know the question would print it. */
static unsigned best_format(void)
{
    if (isatty(STDOUT_FILENO) == 0 || getenv("TMUX") != NULL) {
        return BASIN_PLOT_DUMB;
    }
    if (getenv("KITTY_WINDOW_ID") != NULL ||
        has_word("TERM", "xterm-kitty|xterm-ghostty") ||
        has_word("TERM_PROGRAM", "ghostty|WezTerm")) {
        return BASIN_PLOT_PNG;
    }
    if (has_word("TERM", "foot|foot-extra|mlterm|yaft-256color|contour")) {
        return BASIN_PLOT_SIXEL;
    }
    return BASIN_PLOT_DUMB;
}

/* --format, or what the terminal can. */
static int format_of(const char *given, unsigned *format, struct basin_diag *diag)
{
    static const unsigned formats[] = {
        BASIN_PLOT_DUMB, BASIN_PLOT_SIXEL, BASIN_PLOT_PNG, 0};
    int i = given == NULL ? -1 : basin_choice_index("dumb|sixel|kitty|none", given);
    if (given != NULL && i < 0) {
        return basin_fail(diag, BASIN_ERR_USAGE,
            "--format takes dumb, sixel, kitty or none, not \"%s\"", given);
    }
    *format = given == NULL ? best_format() : formats[i];
    return 0;
}

/* Pictures go to terminals of kitty's kind as PNG in base64, in chunks. */
static int add_kitty(const char *path, struct basin_str *out, struct basin_diag *diag)
{
    struct basin_str bytes = {0};
    struct basin_str text = {0};
    int ret = basin_file_read(path, &bytes, diag);
    if (ret == 0) {
        basin_base64_add(bytes.text, bytes.length, &text);
    }
    for (size_t at = 0; ret == 0 && at < text.length; at += CHUNK) {
        size_t left = text.length - at;
        basin_str_add(out, "\033_G%sm=%d;", at == 0 ? "f=100,a=T," : "", left > CHUNK);
        basin_str_add_bytes(out, text.text + at, left > CHUNK ? CHUNK : left);
        basin_str_add(out, "\033\\");
    }
    basin_str_add(out, "\n");
    out->failed = out->failed || text.failed;
    basin_str_free(&bytes);
    basin_str_free(&text);
    return ret;
}

static int add_pictures(
    const char *folder, struct basin_str *out, struct basin_diag *diag)
{
    char *pattern = basin_path_join(folder, "*", ".png");
    glob_t found = {0};
    int ret = 0;
    if (pattern != NULL && glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; ret == 0 && i < found.gl_pathc; i++) {
            ret = add_kitty(found.gl_pathv[i], out, diag);
        }
    }
    globfree(&found);
    free(pattern);
    return ret;
}

static int add_figures(const struct basin_target *target,
    const struct basin_result *result, unsigned format, struct basin_str *out,
    struct basin_diag *diag)
{
    char *folder = NULL;
    int ret = basin_scratch_make(&folder, diag);
    if (ret == 0) {
        ret = basin_figures_make(&target->plan, target->experiment, result, folder,
            format, (struct basin_size){0}, out, diag);
    }
    if (ret == 0 && format == BASIN_PLOT_PNG) {
        ret = add_pictures(folder, out, diag);
    }
    basin_scratch_remove(folder);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    unsigned format = 0;
    int ret = format_of(arguments->format, &format, diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_target target;
    struct basin_result result;
    ret = basin_stored_open(&target, &result, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str out = {0};
    basin_str_add(
        &out, "%s\n%s: %s\n\n", target.plan.title, target.plan.name, target.result_path);
    basin_result_tables(&target.plan, &result, ROWS, &out);
    if (format != 0) {
        ret = add_figures(&target, &result, format, &out, diag);
    }
    if (ret == 0) {
        ret = basin_text_write(&out, arguments->out, diag);
    }
    basin_str_free(&out);
    basin_stored_close(&target, &result);
    return ret;
}

const struct basin_verb basin_verb_show = {
    .name = "show",
    .operands = "RESULT",
    .summary = "show a stored result in the terminal: tables and figures",
    .options = "set|only|out|format",
    .help =
        "Prints a table for each rule, with mean and standard error of the metrics that "
        "the\nfigures and claims are about, and draws the figures: as characters, or as "
        "pictures\nwhere the terminal is known to have them. --format dumb, sixel, kitty "
        "or none chooses.",
    .least = 1,
    .most = 1,
    .run = run,
};
