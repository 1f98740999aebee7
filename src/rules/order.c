/* The order of an asynchronous sweep. */
#include "rules/order.h"

#include "base/rng.h"

#include <stdlib.h>

int basin_order_init(struct basin_order *self, enum basin_order_kind kind, size_t d,
    uint64_t key, uint32_t replicate, struct basin_diag *diag)
{
    *self = (struct basin_order){.kind = kind,
        .d = d,
        .key = basin_rng_key(key, 0, BASIN_FOR_ORDER),
        .replicate = replicate,
        .rng = gsl_rng_alloc(basin_rng_philox),
        .unit = malloc(d * sizeof(*self->unit))};
    if (self->rng == NULL || self->unit == NULL) {
        basin_order_free(self);
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory to order %zu units", d);
    }
    return 0;
}

void basin_order_free(struct basin_order *self)
{
    if (self->rng != NULL) {
        gsl_rng_free(self->rng);
    }
    free(self->unit);
    *self = (struct basin_order){0};
}

/* Fisher & Yates's; as gsl_ran_shuffle, which swaps byte by byte. */
static void shuffle(struct basin_order *self)
{
    for (size_t l = self->d; l-- > 1;) {
        size_t other = gsl_rng_uniform_int(self->rng, l + 1);
        size_t unit = self->unit[l];
        self->unit[l] = self->unit[other];
        self->unit[other] = unit;
    }
}

const size_t *basin_order_of_sweep(struct basin_order *self, size_t t)
{
    for (size_t l = 0; l < self->d; l++) {
        self->unit[l] = l;
    }
    if (self->kind == BASIN_ORDER_RANDOM) {
        basin_rng_start(
            self->rng, self->key, basin_rng_sequence(self->replicate, (uint32_t)t));
        shuffle(self);
    }
    return self->unit;
}
