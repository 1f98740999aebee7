/* The order in which an asynchronous sweep visits the units: fixed (0, 1, ..., d - 1), or
 * random, drawn anew for every sweep as a function of (key, replicate, t) alone. */
#ifndef BASIN_RULES_ORDER_H
#define BASIN_RULES_ORDER_H

#include "base/err.h"

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* As in the field "order": random|fixed. */
enum basin_order_kind { BASIN_ORDER_RANDOM, BASIN_ORDER_FIXED };

struct basin_order {
    enum basin_order_kind kind;
    size_t d;
    uint64_t key;
    uint32_t replicate;
    gsl_rng *rng;
    size_t *unit;
};

/* On failure nothing is left to free. */
BASIN_CHECKED int basin_order_init(struct basin_order *self, enum basin_order_kind kind,
    size_t d, uint64_t key, uint32_t replicate, struct basin_diag *diag);

/* Frees what init made; a zeroed struct is fine. */
void basin_order_free(struct basin_order *self);

/* The d units in the order of sweep t; valid until the next call. */
const size_t *basin_order_of_sweep(struct basin_order *self, size_t t);

#endif
