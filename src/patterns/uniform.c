/* Source "uniform": independent units, uniform in [-1, 1). */
#include "patterns/draw.h"

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_END,
};

static void uniform_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)context;
    (void)i;
    for (size_t j = 0; j < x->size; j++) {
        x->data[j] = 2 * gsl_rng_uniform(r) - 1;
    }
}

static int uniform_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    return basin_draw_rows(uniform_row, params, key, replicate, patterns, diag);
}

const struct basin_source basin_source_uniform = {
    .kind =
        {
            .name = "uniform",
            .summary = "independent random units, uniform between -1 and 1",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct basin_draw_size),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_continuous_domain,
    .draw = uniform_draw,
};
