/* How ranks scale, simulated: a table for src/docs/cluster.md (`make bench-harness`).
 *
 *   workers MESSAGE RECORD     seconds that rank 0 needs for a message, for a record */
#include "tests/unit/simulate.h"

#include <stdio.h>
#include <stdlib.h>

static void print_row(
    double mean, size_t workers, bool known, double message, double record)
{
    enum { CELLS = 200000 };
    struct simulated out;
    struct simulation simulation = {
        .n = CELLS, .workers = workers, .message = message, .record = record};
    double *seconds;
    struct basin_item *items = simulated_items(CELLS, mean, 1000, known, &seconds);
    simulation.items = items;
    simulation.seconds = seconds;
    if (!simulate(&simulation, &out) || out.items != CELLS) {
        abort();
    }
    printf("| %g | %s | %zu | %.1f | %.1f %% | %.1f %% | %zu |\n", mean * 1e3,
        known ? "known" : "unknown", workers, out.seconds,
        100 * out.work / (double)workers / out.seconds, 100 * out.lead / out.seconds,
        out.batches);
    free(items);
    free(seconds);
}

int main(int argc, char **argv)
{
    static const double means[] = {1e-3, 3e-2, 1};
    static const size_t workers[] = {4, 64, 1024};
    if (argc != 3) {
        return 2;
    }
    printf(
        "| mean time of a cell, ms | costs | workers | s in all | of the workers' time "
        "used | rank 0 at work | batches |\n|---|---|---|---|---|---|---|\n");
    for (size_t m = 0; m < 3; m++) {
        for (size_t w = 0; w < 3; w++) {
            for (int known = 1; known >= 0; known--) {
                print_row(means[m], workers[w], known != 0, strtod(argv[1], NULL),
                    strtod(argv[2], NULL));
            }
        }
    }
    return 0;
}
