/* basin plot: figures from stored results. */
#include "cli/cli.h"

#include "base/str.h"
#include "plot/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int formats_of(const char *text, unsigned *formats, struct basin_diag *diag)
{
    static const char names[] = "svg|png|pdf|tex";
    static const unsigned bits[] = {
        BASIN_PLOT_SVG, BASIN_PLOT_PNG, BASIN_PLOT_PDF, BASIN_PLOT_TEX};
    *formats = 0;
    if (text == NULL) {
        *formats = BASIN_PLOT_SVG | BASIN_PLOT_PNG;
        return 0;
    }
    char *copy = basin_str_copy(text);
    char *rest = copy;
    char *word;
    int ret = copy == NULL ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory") : 0;
    while (ret == 0 && (word = strsep(&rest, ",")) != NULL) {
        int i = basin_choice_index(names, word);
        if (i < 0) {
            ret = basin_fail(diag, BASIN_ERR_USAGE,
                "--format takes svg, png, pdf, tex or some of them with commas, not "
                "\"%s\"",
                word);
        } else {
            *formats |= bits[i];
        }
    }
    free(copy);
    return ret;
}

static int run(const struct basin_arguments *arguments, struct basin_diag *diag)
{
    unsigned formats;
    struct basin_size size = {0};
    int ret = formats_of(arguments->format, &formats, diag);
    if (ret == 0 && arguments->size != NULL) {
        ret = basin_size_read(&size, arguments->size, diag);
    }
    if (ret != 0) {
        return ret;
    }
    struct basin_target target;
    struct basin_result result;
    ret = basin_stored_open(&target, &result, arguments, arguments->operand[0], diag);
    if (ret != 0) {
        return ret;
    }
    struct basin_str drawn = {0};
    char *usual = basin_path_join("plots", target.group, target.plan.name);
    char *folder = arguments->out == NULL ? usual : basin_str_copy(arguments->out);
    ret = folder == NULL
              ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
              : basin_figures_make(&target.plan, target.experiment, &result, folder,
                    formats | (arguments->terminal ? BASIN_PLOT_DUMB : 0U), size, &drawn,
                    diag);
    if (ret == 0) {
        ret = basin_text_write(&drawn, NULL, diag);
    }
    if (ret == 0 && !arguments->quiet) {
        printf("%s/\n", folder);
    }
    free(folder == usual ? NULL : folder);
    free(usual);
    basin_str_free(&drawn);
    basin_stored_close(&target, &result);
    return ret;
}

const struct basin_verb basin_verb_plot = {
    .name = "plot",
    .operands = "CONFIG",
    .summary = "draw the figures from the stored results",
    .options = "set|only|out|format|size|terminal|quiet",
    .help =
        "Writes one gnuplot script per figure, with its data inside, and its "
        "pictures to\n"
        "plots/NAME/. CONFIG may be a results file: then its own figures are drawn.\n"
        "--format: svg, png, pdf, tex (cairolatex: text is set by LaTeX), with commas.\n"
        "--size: single (84 mm wide: a column), double (174 mm: a page), 120x80; text is "
        "then of 8\npoints, and PNG has 300 pixels an inch.",
    .least = 1,
    .most = 1,
    .run = run,
};
