/* Claims in words. */
#include "claims/spec.h"

static void add_part(struct basin_str *out, const char *before, const char *name)
{
    if (name[0] != '\0') {
        basin_str_add(out, " %s %s", before, name);
    }
}

void basin_claim_describe(const struct basin_claim *self, struct basin_str *out)
{
    const struct basin_measure *measure = &self->measure;
    basin_str_add(out, "%s of %s", self->statistic->kind.name, measure->of);
    add_part(out, "than", measure->than);
    if (self->theory.theory != NULL) {
        add_part(out, "by", self->theory.theory->kind.name);
    }
    add_part(out, "along", measure->along);
    add_part(out, "between", measure->between);
    if (measure->each) {
        basin_str_add(out, " for each");
    }
    if (self->where.n > 0) {
        basin_str_add(out, " where ");
        basin_selection_describe(&self->where, out);
    }
    if (self->has_against) {
        basin_str_add(out, " against ");
        basin_selection_describe(&self->against, out);
    }
}
