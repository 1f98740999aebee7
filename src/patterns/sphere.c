/* Source "sphere": points uniform on a sphere around 0. */
#include "patterns/draw.h"

struct sphere {
    struct basin_draw_size size;
    double radius; /* NAN: sqrt(d) */
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL_OR(struct sphere, radius, "sqrt_d", "sqrt_d", BASIN_POSITIVE, 1e100,
        "1", "norm of every pattern; sqrt_d: that of a polar pattern"),
    BASIN_FIELD_END,
};

static void sphere_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct sphere *self = context;
    basin_draw_sphere(r, self->radius, x->data, x->size);
}

static int sphere_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    return basin_draw_rows(sphere_row, params, key, replicate, patterns, diag);
}

const struct basin_source basin_source_sphere = {
    .kind =
        {
            .name = "sphere",
            .summary = "random points, uniform on a sphere",
            .source = "Ramsauer et al. 2021, Theorem 3",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct sphere),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_continuous_domain,
    .draw = sphere_draw,
};
