/* Source "pair": a point of a sphere and its opposite.
 *
 * Even patterns are x, odd ones -x. With two of them the modern network is solvable:
 * xi = s x gives s' = tanh(beta |x|^2 s). */
#include "patterns/draw.h"

struct pair {
    struct basin_draw_size size;
    double radius;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(
        struct pair, radius, "1", BASIN_POSITIVE, 1e100, "1", "norm of every pattern"),
    BASIN_FIELD_END,
};

static int pair_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    const struct pair *self = params;
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    basin_draw_start_shared(r, key, replicate, 0);
    gsl_vector_view x = gsl_matrix_row(patterns, 0);
    basin_draw_sphere(r, self->radius, x.vector.data, x.vector.size);
    for (size_t i = 1; i < patterns->size1; i++) {
        gsl_vector_view row = gsl_matrix_row(patterns, i);
        gsl_vector_memcpy(&row.vector, &x.vector);
        gsl_vector_scale(&row.vector, i % 2 == 0 ? 1 : -1);
    }
    gsl_rng_free(r);
    return 0;
}

const struct basin_source basin_source_pair = {
    .kind =
        {
            .name = "pair",
            .summary = "a random point of a sphere and its opposite, in turn",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct pair),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_continuous_domain,
    .draw = pair_draw,
};
