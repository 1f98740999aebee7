/* Which cell of a plan a journal's record belongs to. */
#include "run/lookup.h"

#include <stdlib.h>

/* The slot that holds a cell of that identity, or the empty one where it would stand. */
static size_t slot_of(const struct basin_lookup *self, const struct basin_id *id)
{
    size_t slot = basin_id_number(id) & self->mask;
    while (self->slots[slot] != 0 &&
           basin_id_compare(&self->plan->cells[self->slots[slot] - 1].id, id) != 0) {
        slot = (slot + 1) & self->mask;
    }
    return slot;
}

int basin_lookup_open(
    struct basin_lookup *self, const struct basin_plan *plan, struct basin_diag *diag)
{
    size_t slots = 16;
    while (slots < 2 * plan->n_cells) {
        slots *= 2;
    }
    *self = (struct basin_lookup){
        .plan = plan, .mask = slots - 1, .slots = calloc(slots, sizeof(*self->slots))};
    if (self->slots == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < plan->n_cells; i++) {
        self->slots[slot_of(self, &plan->cells[i].id)] = i + 1;
    }
    return 0;
}

void basin_lookup_free(struct basin_lookup *self)
{
    free(self->slots);
    *self = (struct basin_lookup){0};
}

size_t basin_lookup_find(const struct basin_lookup *self, const struct basin_id *id)
{
    size_t found = self->slots[slot_of(self, id)];
    return found == 0 ? BASIN_NO_CELL : found - 1;
}
