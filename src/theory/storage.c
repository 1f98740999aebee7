/* How much is stored in how large a network. */
#include "theory/storage.h"

#include <math.h>

int basin_storage_load(
    const struct basin_storage *self, double *load, struct basin_diag *diag)
{
    if (!isnan(self->load)) {
        *load = self->load;
    } else if (self->patterns_count > 0 && self->dimension > 0) {
        *load = (double)self->patterns_count / (double)self->dimension;
    } else {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "load is not known: give load, or patterns_count and dimension");
    }
    return 0;
}

int basin_storage_size(const struct basin_storage *self, double *dimension,
    double *patterns_count, struct basin_diag *diag)
{
    if (self->dimension < 0) {
        return basin_fail(diag, BASIN_ERR_DOMAIN, "dimension is not known: give it");
    }
    *dimension = (double)self->dimension;
    if (self->patterns_count > 0) {
        *patterns_count = (double)self->patterns_count;
    } else if (!isnan(self->load)) {
        *patterns_count = self->load * *dimension;
    } else {
        return basin_fail(diag, BASIN_ERR_DOMAIN,
            "the number of patterns is not known: give load or patterns_count");
    }
    return 0;
}
