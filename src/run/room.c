/* What the workers of a run need of the machine's memory. */
#include "run/room.h"

#include "base/str.h"

#include <stdlib.h>
#include <unistd.h>

#define GIB 1073741824.0

void basin_room_add(struct basin_room *self, size_t cell, double bytes)
{
    if (bytes > self->bytes) {
        *self = (struct basin_room){cell, bytes};
    }
}

static double most(void)
{
    const char *allowed = getenv("BASIN_MEMORY");
    double gib = allowed == NULL ? 0 : strtod(allowed, NULL);
    return gib > 0 ? gib * GIB
                   : (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

int basin_room_check(const struct basin_room *self, const struct basin_plan *plan,
    int workers, struct basin_diag *diag)
{
    double items = (double)plan->n_cells * plan->replicates;
    double side_by_side = items < workers ? items : workers;
    if (self->bytes * side_by_side <= most()) {
        return 0;
    }
    struct basin_str name = {0};
    basin_plan_cell_name(plan, self->cell, &name);
    int ret = basin_fail(diag, BASIN_ERR_CONFIG,
        "cell %s works in about %.3g GiB of memory, times %.0f side by side; there are "
        "%.3g GiB\n"
        "--jobs runs fewer side by side; BASIN_MEMORY=<GiB> in the environment allows "
        "more",
        name.failed ? "?" : name.text, self->bytes / GIB, side_by_side, most() / GIB);
    basin_str_free(&name);
    return ret;
}
