/* A run by ranks in simulated time: the real dealing out (run/items.h), workers that take
 * as long as they are told, and a rank 0 that takes one message after the other. */
#ifndef BASIN_TESTS_SIMULATE_H
#define BASIN_TESTS_SIMULATE_H

#include "run/items.h"

#include <stdbool.h>
#include <stddef.h>

struct simulation {
    const struct basin_item *items; /* in the order in which they are dealt */
    const double *seconds;          /* that each cell really takes */
    size_t n, workers;
    double message; /* seconds of rank 0 for one message, and for one record */
    double record;
};

struct simulated {
    double seconds;  /* until the last record is in */
    double work;     /* seconds of all items */
    double lead;     /* seconds that rank 0 was at work */
    double longest;  /* batch, in seconds */
    size_t batches;  /* dealt out */
    size_t messages; /* that rank 0 took */
    size_t items;    /* done; n if all went well */
};

/* False when memory is out. */
bool simulate(const struct simulation *self, struct simulated *out);

/* Items of n cells whose times are evenly spread on a logarithmic scale between 1 and
 * `spread`, with this mean; `known`: the plan knows them. To be freed, as *seconds. */
struct basin_item *simulated_items(
    size_t n, double mean, double spread, bool known, double **seconds);

#endif
