/* Which cell of a plan a journal's record belongs to: binary search by identity. */
#include "run/lookup.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    return basin_id_compare(&((const struct basin_lookup_entry *)a)->id,
        &((const struct basin_lookup_entry *)b)->id);
}

int basin_lookup_open(
    struct basin_lookup *self, const struct basin_plan *plan, struct basin_diag *diag)
{
    self->n = plan->n_cells;
    self->entries = calloc(self->n + 1, sizeof(*self->entries));
    if (self->entries == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t i = 0; i < self->n; i++) {
        self->entries[i] = (struct basin_lookup_entry){plan->cells[i].id, i};
    }
    qsort(self->entries, self->n, sizeof(*self->entries), compare);
    return 0;
}

void basin_lookup_free(struct basin_lookup *self)
{
    free(self->entries);
    *self = (struct basin_lookup){0};
}

size_t basin_lookup_find(const struct basin_lookup *self, const struct basin_id *id)
{
    const struct basin_lookup_entry key = {*id, 0};
    const struct basin_lookup_entry *found =
        bsearch(&key, self->entries, self->n, sizeof(key), compare);
    return found == NULL ? BASIN_NO_CELL : found->cell;
}
