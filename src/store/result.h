/* A results file: what was measured, with names on every axis.
 *
 * result.c holds it in memory, write.c and read.c are the file. netCDF-4 readable HDF5,
 * one group per variant (rule label). Grid layout: dimensions are the variant's axes and
 * `replicate` (dense, `status` 0 and fill values where no cell is). Table layout, where a
 * grid would be mostly empty: dimensions `cell` and `replicate`, the axes are coordinate
 * variables along `cell`. In memory both are a list of cells with coordinates, so readers
 * need not care. Files hold no date and no host: the same plan gives the same bytes, save
 * for clocked metrics. */
#ifndef BASIN_STORE_RESULT_H
#define BASIN_STORE_RESULT_H

#include "base/err.h"
#include "base/hash.h"
#include "config/plan.h"
#include "experiments/experiment.h"

#include <stdint.h>

/* One axis as the file has it. */
struct basin_coordinate {
    char *name;
    char *unit;
    char *long_name;
    size_t n;
    double *number; /* of a choice: its index; of a text: position from 0 */
    char **text;    /* of every value */
};

/* One metric of a group. */
struct basin_variable {
    char *name;
    char *unit;
    char *long_name;
    bool once;    /* no replicate dimension */
    bool clocked; /* differs from run to run; the attribute reproducible is "no" */
    size_t rank;  /* of one replicate's value; 0: one number */
    char *dimension[BASIN_METRIC_RANK];
    size_t size[BASIN_METRIC_RANK];
    size_t stride;    /* product of size: doubles per replicate */
    double *edges;    /* size[rank - 1] + 1 bin edges, or NULL */
    double *data;     /* [cell][replicate][...], or [cell][...] if once; NAN: missing */
    uint32_t *extent; /* while a result is built: [cell][max(rank, 1)], each cell's own
                       * sizes (0: it lacks the metric); NULL where all are full */
};

struct basin_group {
    char *label;
    char *kind; /* name of the rule, or of the experiment where there are no variants */
    size_t n_coordinates;
    struct basin_coordinate *coordinates;
    size_t n_cells;
    uint32_t *index; /* [cell][coordinate]: which value */
    size_t n_replicates;
    uint8_t *status; /* [cell][replicate]: enum basin_status */
    char **reason;   /* [cell][replicate] or NULL where empty; NULL if there are none */
    size_t n_variables;
    struct basin_variable *variables;
};

struct basin_result {
    char *name;
    char *title;
    char *experiment;
    char *config; /* resolved YAML, verbatim */
    struct basin_id plan;
    size_t n_groups;
    struct basin_group *groups;
};

/* Most numbers that a result may hold: 4 GiB, or as many GiB as BASIN_MEMORY in the
 * environment says (a configuration cannot). A bigger plan is refused before it is run, a
 * bigger file before it is read. */
#define BASIN_RESULT_MAX ((size_t)1 << 29)
size_t basin_result_most(void);

/* How many numbers the result of a plan will hold; nothing is kept. */
BASIN_CHECKED int basin_result_estimate(const struct basin_plan *plan,
    const struct basin_experiment *experiment, const void *shared, size_t *numbers,
    struct basin_diag *diag);

/* Builds a result from a plan: a group for every variant that has cells, with the
 * coordinates and metrics that its cells have, cells in the plan's order, every variable
 * NAN and every status NOT_RUN. Where cells differ in the size of a metric, the largest
 * counts and the others are filled up with NAN. config is the resolved configuration.
 * cell_at[plan's cell] receives group << 32 | cell of the group; n_cells entries, the
 * caller's. */
BASIN_CHECKED int basin_result_of_plan(struct basin_result *self,
    const struct basin_plan *plan, const struct basin_experiment *experiment,
    const void *shared, const char *config, uint64_t *cell_at, struct basin_diag *diag);

/* Puts one replicate's record in its place; one that was there is replaced. A record that
 * is not laid out as the experiment's metrics are: BASIN_ERR_FORMAT. Threads may put
 * different replicates at once, unless one of the records has a reason. */
BASIN_CHECKED int basin_result_put(struct basin_result *self, uint64_t cell_at,
    uint32_t replicate, const struct basin_record *record, struct basin_diag *diag);

/* Status of a replicate. */
enum basin_status basin_result_status(
    const struct basin_result *self, uint64_t cell_at, uint32_t replicate);

/* Why a replicate failed; "" if it did not. */
const char *basin_result_reason(
    const struct basin_result *self, uint64_t cell_at, uint32_t replicate);

/* Whether a record has, bit for bit, the status, numbers and reason that are there. */
bool basin_result_same(const struct basin_result *self, uint64_t cell_at,
    uint32_t replicate, const struct basin_record *record);

void basin_result_free(struct basin_result *self);

/* Writes to a temporary file beside path and renames it: path is the old file or the
 * whole new one, never a part. A file that is just this result already is left alone. */
BASIN_CHECKED int basin_result_write(
    const struct basin_result *self, const char *path, struct basin_diag *diag);

/* Reads a file that basin_result_write made; anything else is a FORMAT error that says
 * what is missing. Of a grid only the cells are listed in which something was run. */
BASIN_CHECKED int basin_result_read(
    struct basin_result *self, const char *path, struct basin_diag *diag);

/* Lookup by name; NULL if there is none. */
const struct basin_group *basin_result_group(
    const struct basin_result *self, const char *label);
const struct basin_variable *basin_group_variable(
    const struct basin_group *self, const char *name);
const struct basin_coordinate *basin_group_coordinate(
    const struct basin_group *self, const char *name);

/* Value (number) of coordinate c in a cell; NAN if the cell lacks the axis. */
double basin_group_value(const struct basin_group *self, size_t cell, size_t coordinate);

#endif
