/* The report as one HTML page that needs nothing else: no network, no script, no file.
 *
 * Well-formed XML, so that tools can read it; filters are checkboxes that the style sheet
 * looks at; figures are inline SVG (bigger ones than BASIN_HTML_SVG bytes come as PNG).
 */
#ifndef BASIN_REPORT_HTML_H
#define BASIN_REPORT_HTML_H

#include "base/err.h"
#include "base/str.h"
#include "config/plan.h"
#include "report/ledger.h"
#include "store/result.h"

enum { BASIN_HTML_SVG = 400000 };

struct basin_html_figure {
    char *name;
    struct basin_str bytes; /* of an SVG or PNG file */
    bool png;
};

/* What the page tells of one configuration beside its page of the ledger. */
struct basin_html_chapter {
    char *title, *source, *experiment;
    char *config;                     /* resolved YAML */
    struct basin_document provenance; /* root is NULL where there is none */
    uint64_t seed;
    uint32_t replicates;
    size_t n_cells, n_failed;
    size_t n_figures;
    struct basin_html_figure *figure;
};

/* Takes over nothing; draws the figures with gnuplot. result_path tells where
 * provenance.yaml is. Free with basin_html_chapter_free, also after a failure. */
BASIN_CHECKED int basin_html_chapter_make(struct basin_html_chapter *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const struct basin_result *result, const char *result_path, struct basin_diag *diag);
void basin_html_chapter_free(struct basin_html_chapter *self);

/* The page; chapter[i] belongs to ledger->pages[i]. */
void basin_html_write(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, struct basin_str *out);

/* html_style.c */
extern const char basin_html_style[];

/* html_figure.c: a figure with its caption; `number` keeps the ids of figures apart. */
void basin_html_figure_add(
    const struct basin_html_figure *figure, size_t number, struct basin_str *out);

/* html_checklist.c: what a reviewer asks, answered from the files. */
void basin_html_checklist(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, struct basin_str *out);

#endif
