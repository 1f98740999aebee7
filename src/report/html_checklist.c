/* The reproducibility checklist: what reviewers ask, answered from the files. */
#include "base/quote.h"
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

static const char *fact_of(const struct basin_html_chapter *chapter, const char *key)
{
    const struct basin_node *root = chapter->provenance.root;
    const struct basin_node *node = root == NULL ? NULL : basin_node_get(root, key);
    return node == NULL || node->kind != BASIN_SCALAR ? NULL : node->text;
}

/* The distinct values of a fact over all chapters, in the order in which they come. */
static void add_distinct(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, const char *key, struct basin_str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        const char *value = fact_of(&chapter[i], key);
        bool known = value == NULL;
        for (size_t j = 0; !known && j < i; j++) {
            const char *other = fact_of(&chapter[j], key);
            known = other != NULL && strcmp(other, value) == 0;
        }
        if (!known) {
            basin_str_add(out, "%s", n++ == 0 ? "" : ", ");
            basin_quote_markup(value, out);
        }
    }
    basin_str_add(out, "%s", n == 0 ? "not recorded" : "");
}

static void begin(const char *question, struct basin_str *out)
{
    basin_str_add(out, "<dt>%s</dt><dd>", question);
}

static void add_claims(const struct basin_ledger *ledger, struct basin_str *out)
{
    size_t n = 0;
    size_t derived = 0;
    size_t controls = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        const struct basin_findings *findings = &ledger->pages[i].findings;
        for (size_t j = 0; j < findings->n; j++) {
            n++;
            derived += findings->finding[j].origin[0] != '\0';
            controls += findings->finding[j].expected_false;
        }
    }
    begin("Expectations derived before the run", out);
    basin_str_add(
        out, "%zu of %zu claims say where their tolerance comes from</dd>\n", derived, n);
    begin("Negative controls", out);
    basin_str_add(out,
        controls == 1
            ? "1 claim is known to be false and has to be contradicted</dd>\n"
            : "%zu claims are known to be false and have to be contradicted</dd>\n",
        controls);
}

static void add_sizes(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, struct basin_str *out)
{
    size_t cells = 0;
    size_t failed = 0;
    double seconds = 0;
    uint32_t least = UINT32_MAX;
    uint32_t most = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        const char *took = fact_of(&chapter[i], "seconds");
        cells += chapter[i].n_cells;
        failed += chapter[i].n_failed;
        seconds += took == NULL ? 0 : strtod(took, NULL);
        least = chapter[i].replicates < least ? chapter[i].replicates : least;
        most = chapter[i].replicates > most ? chapter[i].replicates : most;
    }
    begin("Number of runs", out);
    basin_str_add(out,
        "%zu cells in %zu configurations, %u to %u independent replicates of each; %zu "
        "replicates failed</dd>\n",
        cells, ledger->n, least, most, failed);
    begin("Run time of the latest runs", out);
    basin_str_add(out, "%.0f s by the clock</dd>\n", seconds);
}

void basin_html_checklist(const struct basin_ledger *ledger,
    const struct basin_html_chapter *chapter, struct basin_str *out)
{
    static const struct {
        const char *question, *key;
    } facts[] = {{"Code", "commit"}, {"Version", "version"}, {"Compiler", "compiler"},
        {"GSL", "gsl"}, {"HDF5", "hdf5"}, {"Linear algebra", "blas"},
        {"Machine", "machine"}, {"System", "system"}, {"Threads", "threads"}};
    basin_str_add(out, "<dl>\n");
    add_sizes(ledger, chapter, out);
    add_claims(ledger, out);
    begin("Variance", out);
    basin_str_add(out,
        "every claim has an interval; the unit of replication is the independent pattern "
        "set, sequence or draw</dd>\n");
    begin("Measures", out);
    basin_str_add(out,
        "each claim names its statistic; <code>basin list metrics</code> and <code>basin "
        "list statistics</code> define them</dd>\n");
    begin("Parameters", out);
    basin_str_add(out, "every configuration stands above with all defaults filled in"
                       "</dd>\n");
    begin("Random numbers", out);
    basin_str_add(out,
        "a counter-based generator; root seeds stand in the configurations; 1 thread or "
        "many, resumed or not, the results are the same bytes</dd>\n");
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        begin(facts[i].question, out);
        add_distinct(ledger, chapter, facts[i].key, out);
        basin_str_add(out, "</dd>\n");
    }
    begin("To do it again", out);
    basin_str_add(out, "<code>make setup reproduce</code>, then <code>make check-results"
                       "</code></dd>\n</dl>\n");
}
