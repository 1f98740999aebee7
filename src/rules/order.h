/* The order in which an asynchronous sweep visits the units: fixed (0, 1, ..., d - 1), or
 * random, drawn anew for every sweep as a function of (key, replicate, t) alone. */
#ifndef BASIN_RULES_ORDER_H
#define BASIN_RULES_ORDER_H

#include "base/err.h"
#include "config/field.h"

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* As in the fields "update" and "order". */
enum basin_update { BASIN_SYNC, BASIN_ASYNC };
enum basin_order_kind { BASIN_ORDER_RANDOM, BASIN_ORDER_FIXED };

/* The fields of a struct T with members `int update, order`; usual: what update is unless
 * a configuration says otherwise. */
#define BASIN_UPDATE_FIELDS(T, usual)                                                    \
    BASIN_FIELD_CHOICE(T, update, "sync|async", usual,                                   \
        "all units at once, or one after the other (one step is a sweep over all)"),     \
        BASIN_FIELD_CHOICE(T, order, "random|fixed", "random",                           \
            "of asynchronous updates: a fresh permutation for every sweep, the same "    \
            "for all states; or first to last")

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
