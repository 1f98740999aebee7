/* What an experiment is: a question, its parameters, its metrics, one cell's work.
 *
 * An experiment knows no YAML, no HDF5, no gnuplot, no thread and no rank: it sees a task
 * and fills a record. What it computes depends on the task alone. To add one is to add
 * one file here and one line in registry.c. */
#ifndef BASIN_EXPERIMENTS_EXPERIMENT_H
#define BASIN_EXPERIMENTS_EXPERIMENT_H

#include "base/err.h"
#include "base/hash.h"
#include "config/field.h"
#include "config/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Status of one replicate of a cell. Not to converge is a result, not an error. Values
 * are written into result files: never change one. */
#define BASIN_STATUSES(X)                                                                \
    X(NOT_RUN, 0, "not_run")                                                             \
    X(OK, 1, "ok")                                                                       \
    X(FAILED, 2, "failed")                                                               \
    X(NOT_CONVERGED, 3, "not_converged")                                                 \
    X(CYCLE, 4, "cycle")

enum basin_status {
#define BASIN_STATUS_VALUE(name, value, text) BASIN_STATUS_##name = (value),
    BASIN_STATUSES(BASIN_STATUS_VALUE)
#undef BASIN_STATUS_VALUE
};

enum { BASIN_METRIC_RANK = 3, BASIN_REASON_SIZE = 160 };

/* One measured quantity: a number per replicate, or an array with named dimensions. */
struct basin_metric {
    const char *name;
    const char *unit;    /* "1" if dimensionless */
    const char *summary; /* long_name in the results file */
    bool once;           /* measured in replicate 0 only (pictures) */
    bool optional;       /* absent (size 0) unless the parameters ask for it */
    size_t rank;         /* 0: one number */
    const char *dimension[BASIN_METRIC_RANK]; /* names */
    const double *edges; /* histogram: n + 1 bin edges of the last dimension, or NULL */
};

/* Entries of a table of metrics: a number, a number that not every cell has, a histogram;
 * as the last one BASIN_METRIC(NULL, NULL, NULL). */
#define BASIN_METRIC(name, unit, summary)                                                \
    {                                                                                    \
        name, unit, summary, false, false, 0, {NULL}, NULL                               \
    }
#define BASIN_METRIC_IF(name, unit, summary)                                             \
    {                                                                                    \
        name, unit, summary, false, true, 0, {NULL}, NULL                                \
    }
#define BASIN_METRIC_BINS(name, unit, summary, dimension, edges)                         \
    {                                                                                    \
        name, unit, summary, false, false, 1, {dimension}, edges                         \
    }

/* For work that takes long: what it is told to do when it tells how far it is. To keep is
 * to write all that is needed to go on into the task's file; to stop is to keep and to
 * return BASIN_ERR_INTERRUPTED. Neither changes what is computed. */
enum basin_advice { BASIN_GO_ON, BASIN_KEEP, BASIN_STOP };

struct basin_midway {
    const char *path; /* of the task's file; what is in it is the same task's, or older */
    enum basin_advice (*tell)(void *context, double share); /* done, 0 to 1 */
    void *context;
};

/* One replicate of one cell. */
struct basin_task {
    const struct basin_params *params; /* by section, in the experiment's order */
    uint64_t seed;                     /* root seed */
    struct basin_id cell;              /* basin_params.key: keys its random streams */
    uint32_t replicate;
    int threads; /* that may help, where any number gives the same bytes; 0: one */
    const struct basin_midway *midway; /* NULL: nobody asks */
};

/* Where the numbers go: one block of doubles, metric after metric. */
struct basin_record {
    enum basin_status status;
    char reason[BASIN_REASON_SIZE]; /* why it failed; else empty */
    size_t n;                       /* doubles in all */
    double *values;                 /* NAN where nothing was measured */
    const size_t *offset;           /* of each metric; offset[i] == offset[i+1]: absent */
};

/* Where the numbers of the first n metrics go. */
static inline void basin_record_outputs(
    const struct basin_record *self, size_t n, double *out[])
{
    for (size_t i = 0; i < n; i++) {
        out[i] = self->values + self->offset[i];
    }
}

struct basin_experiment {
    struct basin_kind kind; /* its fields stand at the top level */
    const struct basin_section
        *sections;                      /* the first is its own; ends with a NULL name */
    const struct basin_metric *metrics; /* ends with a NULL name */
    bool clocked; /* metrics are times and memory: they differ from run to run, the
                   * result says so, and cells run one at a time unless asked otherwise */
    bool keeps;   /* its work uses task->midway */

    const char *example; /* YAML behind "experiment: NAME": the least that says something
                          * and runs in seconds; what `basin new` begins with */

    /* Shared, read-only data of a whole plan (images, fonts). NULL where not needed. */
    int (*open)(void **shared, struct basin_diag *diag);
    void (*close)(void *shared);

    /* Called once per cell by one thread before anything is run: refuses what can be
     * known to be wrong (a configuration error), loads what the cell needs into shared.
     */
    int (*check)(
        void *shared, const struct basin_params *params, struct basin_diag *diag);

    /* Sizes of a metric's dimensions in this cell; all 1 for rank 0. Returns false if the
     * cell does not have the metric. NULL: every metric is one number. */
    bool (*shape)(const void *shared, const struct basin_params *params, size_t metric,
        size_t size[BASIN_METRIC_RANK]);

    /* Estimated floating-point operations of one replicate: for the plan's estimate and
     * to start long cells first. */
    double (*cost)(const void *shared, const struct basin_params *params);

    /* Estimated bytes that one replicate works in, besides its record and what is shared:
     * more than the machine has is refused. NULL: few. */
    double (*memory)(const void *shared, const struct basin_params *params);

    /* The work. record->values holds NANs, record->status is OK. A failure returns its
     * code and the sentence in diag; the runner records it as FAILED and goes on. Must be
     * callable from several threads at once. */
    int (*run)(const void *shared, const struct basin_task *task,
        struct basin_record *record, struct basin_diag *diag);
};

/* All experiments: heads of struct basin_experiment, NULL-terminated. */
extern const struct basin_kind *basin_experiments[BASIN_REGISTRY_ROOM];

static inline const struct basin_experiment *basin_experiment_of(
    const struct basin_kind *kind)
{
    return (const struct basin_experiment *)kind;
}

/* Whether a cell has a metric, and the sizes of its dimensions: `shape`, or one number
 * where there is none. */
bool basin_experiment_shape(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params, size_t metric, size_t size[BASIN_METRIC_RANK]);

/* The offsets of all metrics of a cell: offset[i] for n metrics and offset[n] = total. */
void basin_experiment_offsets(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params, uint32_t replicate, size_t *offset);

/* Bytes that a replicate works in, as far as the experiment tells. */
double basin_experiment_memory(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params);

/* Number of metrics. */
size_t basin_experiment_metrics(const struct basin_experiment *self);

#endif
