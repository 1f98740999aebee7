/* provenance.yaml: when, where, with what and how long. */
#include "run/provenance.h"

#include "base/blas.h"
#include "base/file.h"
#include "base/str.h"
#include "store/build.h"

#include <sys/utsname.h>
#include <time.h>

#ifndef BASIN_COMMIT
#define BASIN_COMMIT "unknown"
#endif

/* A double-quoted YAML scalar. */
static void add_quoted(struct basin_str *out, const char *name, const char *text)
{
    basin_str_add(out, "%s: \"", name);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            basin_str_add(out, "\\");
        }
        basin_str_add_bytes(out, (unsigned char)*c < ' ' ? " " : c, 1);
    }
    basin_str_add(out, "\"\n");
}

static void add_date(struct basin_str *out)
{
    char text[32] = "unknown";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL) {
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    add_quoted(out, "date", text);
}

int basin_provenance_write(const char *path, const struct basin_plan *plan, int threads,
    const struct basin_run_summary *summary, struct basin_diag *diag)
{
    struct basin_str out = {0};
    struct utsname machine;
    char id[BASIN_ID_TEXT];
    char seconds[32];
    char blas[BASIN_BLAS_TEXT];
    basin_str_add(&out, "# The latest run that added to these results.\n");
    add_quoted(&out, "plan", basin_id_text(&plan->id, id));
    add_date(&out);
    if (uname(&machine) == 0) {
        add_quoted(&out, "host", machine.nodename);
        add_quoted(&out, "system", machine.sysname);
        add_quoted(&out, "release", machine.release);
        add_quoted(&out, "machine", machine.machine);
    }
    basin_str_add(&out, "threads: %d\n", threads);
    basin_str_add(&out, "seconds: %s\n", basin_str_of_double(summary->seconds, seconds));
    basin_str_add(&out, "items: %zu\nreused: %zu\ndone: %zu\nfailed: %zu\n",
        summary->items, summary->reused, summary->done, summary->failed);
    for (const struct basin_build_fact *fact = basin_build_facts; fact->name != NULL;
         fact++) {
        add_quoted(&out, fact->name, fact->value);
    }
    basin_blas_start(blas);
    add_quoted(&out, "blas", blas);
    add_quoted(&out, "commit", BASIN_COMMIT);
    int ret = out.failed ? basin_fail(diag, BASIN_ERR_NOMEM, "out of memory")
                         : basin_file_replace(path, out.text, out.length, diag);
    basin_str_free(&out);
    return ret;
}
