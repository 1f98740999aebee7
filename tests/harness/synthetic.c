/* An experiment that waits instead of computing, for tests of the harness at sizes and
 * with mishaps that no real one should have: build/release/synthetic is the command with
 * this one in the place of the real ones.
 *
 * A cell waits `wait` microseconds times a factor between 1 and `spread`, evenly on a
 * logarithmic scale. Every `fail`-th one fails as long as the file `fails_while` exists.
 */
#include "experiments/experiment.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

struct synthetic {
    long index;
    long wait;
    double spread;
    bool known;
    long fail;
    const char *fails_while;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_INT(struct synthetic, index, "0", 0, 1e9, "1", "number of the cell"),
    BASIN_FIELD_INT(struct synthetic, wait, "0", 0, 1e6, "us", "least time of a cell"),
    BASIN_FIELD_REAL(struct synthetic, spread, "1", 1, 1e6, "1", "longest over shortest"),
    BASIN_FIELD_BOOL(struct synthetic, known, "true", "the plan knows the times"),
    BASIN_FIELD_INT(struct synthetic, fail, "0", 0, 1e9, "1", "every so many fail"),
    BASIN_FIELD_TEXT(struct synthetic, fails_while, "/nonexistent", "while this exists"),
    BASIN_FIELD_END,
};

static const struct basin_metric metrics[] = {
    {.name = "value", .unit = "1", .summary = "a number of the cell"},
    {.name = "square", .unit = "1", .summary = "its square"},
    {.name = "root", .unit = "1", .summary = "its root"},
    {.name = "time", .unit = "us", .summary = "how long the cell waits"},
    {.name = NULL},
};

/* Evenly in [0, 1), scrambled: Weyl's sequence. */
static double even(long index)
{
    double x = (double)index * 0.6180339887498949;
    return x - floor(x);
}

static double wait_of(const struct synthetic *self)
{
    return (double)self->wait * pow(self->spread, even(self->index));
}

static double cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    const struct synthetic *own = params->own[0];
    return own->known && own->wait > 0 ? wait_of(own) : 1;
}

static int run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    const struct synthetic *own = task->params->own[0];
    double wait = wait_of(own);
    if (wait > 0) {
        const struct timespec time = {
            (time_t)(wait / 1e6), (long)(fmod(wait, 1e6) * 1e3)};
        nanosleep(&time, NULL);
    }
    if (own->fail > 0 && own->index % own->fail == 0 &&
        access(own->fails_while, F_OK) == 0) {
        return basin_fail(diag, BASIN_ERR_NUMERIC, "injected into cell %ld", own->index);
    }
    double value = even(own->index + 1000003L * (long)task->replicate);
    record->values[record->offset[0]] = value;
    record->values[record->offset[1]] = value * value;
    record->values[record->offset[2]] = sqrt(value);
    record->values[record->offset[3]] = wait;
    return 0;
}

static const struct basin_section sections[2];

static const struct basin_experiment synthetic = {
    .kind = {.name = "synthetic",
        .summary = "waits",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct synthetic)},
    .sections = sections,
    .metrics = metrics,
    .cost = cost,
    .run = run,
};

static const struct basin_kind *const own[] = {&synthetic.kind, NULL};
static const struct basin_section sections[2] = {
    {.name = "", .kinds = own}, {.name = NULL}};

/* In the place of experiments/registry.c. */
const struct basin_kind *basin_experiments[BASIN_REGISTRY_ROOM] = {&synthetic.kind, NULL};
