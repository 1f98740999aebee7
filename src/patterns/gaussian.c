/* Source "gaussian": independent normal units of mean 0. */
#include "patterns/draw.h"

struct gaussian {
    struct basin_draw_size size;
    double sd;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(struct gaussian, sd, "1", BASIN_POSITIVE, 1e100, "1",
        "standard deviation of a unit"),
    BASIN_FIELD_END,
};

static void gaussian_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct gaussian *self = context;
    basin_draw_gaussian(r, self->sd, x->data, x->size);
}

static int gaussian_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    return basin_draw_rows(gaussian_row, params, key, replicate, patterns, diag);
}

const struct basin_source basin_source_gaussian = {
    .kind =
        {
            .name = "gaussian",
            .summary = "independent random units, normal with mean 0",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct gaussian),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_continuous_domain,
    .draw = gaussian_draw,
};
