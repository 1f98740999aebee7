/* Source "template_binary": binary patterns correlated around a shared one.
 *
 * Template and patterns have k active units each. A pattern takes j of its active units
 * from the template's, at random, and k - j from the others. With the activity p = k/d
 * and j = k (p + (1 - p) sqrt(c)) a unit's expectation, given the template's unit t, is p
 * + sqrt(c) (t - p), so the units of two patterns have the correlation c. */
#include "patterns/draw.h"

#include <math.h>
#include <stdlib.h>

struct template_binary {
    struct basin_draw_size size;
    double activity;
    double correlation;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(struct template_binary, activity, "0.1", 0, 1, "1",
        "fraction of units that are 1: exactly round(activity d) of them"),
    BASIN_FIELD_REAL(struct template_binary, correlation, "0.2", 0, 1, "1",
        "correlation of the units of two patterns, c"),
    BASIN_FIELD_END,
};

static size_t active_units(const struct template_binary *self)
{
    return (size_t)lround(self->activity * (double)self->size.dimension);
}

static int template_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    (void)count;
    *data = NULL;
    const struct template_binary *self = params;
    size_t k = active_units(self);
    if (k == 0 || k == (size_t)self->size.dimension) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "activity %g makes %zu of %ld units 1: all patterns would be the same",
            self->activity, k, self->size.dimension);
    }
    return 0;
}

struct template_draw {
    size_t k, shared;       /* active units, and those of the template */
    const size_t *template; /* all units, the template's active ones first */
    size_t *index;          /* room for as many */
};

static void template_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct template_draw *draw = context;
    size_t d = x->size;
    size_t *others = draw->index + draw->k;
    for (size_t j = 0; j < d; j++) {
        draw->index[j] = draw->template[j];
    }
    gsl_vector_set_zero(x);
    basin_draw_subset(r, draw->index, draw->k, draw->shared);
    basin_draw_subset(r, others, d - draw->k, draw->k - draw->shared);
    for (size_t j = 0; j < draw->k; j++) {
        size_t unit = j < draw->shared ? draw->index[j] : others[j - draw->shared];
        gsl_vector_set(x, unit, 1);
    }
}

static int template_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    const struct template_binary *self = params;
    size_t d = patterns->size2;
    size_t k = active_units(self);
    double p = (double)k / (double)d;
    double share = p + (1 - p) * sqrt(self->correlation);
    size_t *units = malloc(2 * d * sizeof(*units));
    gsl_rng *r = basin_draw_rng(diag);
    int ret = BASIN_ERR_NOMEM;
    if (units == NULL || r == NULL) {
        basin_fail(diag, ret, "out of memory for a template");
        goto out;
    }
    for (size_t j = 0; j < d; j++) {
        units[j] = j;
    }
    basin_draw_start_shared(r, key, replicate, 0);
    basin_draw_subset(r, units, d, k);
    size_t shared = (size_t)lround(share * (double)k);
    size_t least = 2 * k > d ? 2 * k - d : 0; /* others are d - k units */
    const struct template_draw draw = {
        k, shared < least ? least : shared, units, units + d};
    ret = basin_draw_rows(template_row, &draw, key, replicate, patterns, diag);
out:
    gsl_rng_free(r);
    free(units);
    return ret;
}

const struct basin_source basin_source_template_binary = {
    .kind =
        {
            .name = "template_binary",
            .summary = "binary patterns that overlap: share active units with a template",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct template_binary),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_binary_domain,
    .open = template_open,
    .close = basin_draw_close,
    .draw = template_draw,
};
