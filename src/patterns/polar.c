/* Source "polar": independent fair signs, -1 or +1. */
#include "patterns/draw.h"

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_END,
};

static void polar_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)context;
    (void)i;
    basin_draw_signs(r, x->data, x->size);
}

static int polar_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    return basin_draw_rows(polar_row, params, key, replicate, patterns, diag);
}

const struct basin_source basin_source_polar = {
    .kind =
        {
            .name = "polar",
            .summary = "independent random units, -1 or +1 with equal probability",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct basin_draw_size),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_polar_domain,
    .draw = polar_draw,
};
