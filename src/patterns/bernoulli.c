/* Source "bernoulli": 0 or 1, every unit active on its own with the probability activity,
 * so that the number of active units fluctuates (see "binary" for a fixed number). */
#include "patterns/draw.h"

struct bernoulli {
    struct basin_draw_size size;
    double activity;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(struct bernoulli, activity, "0.1", BASIN_POSITIVE, 1, "1",
        "probability that a unit is 1"),
    BASIN_FIELD_END,
};

static void bernoulli_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct bernoulli *self = context;
    for (size_t j = 0; j < x->size; j++) {
        gsl_vector_set(x, j, basin_draw_unit(r, BASIN_BINARY, self->activity));
    }
}

static int bernoulli_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    return basin_draw_rows(bernoulli_row, params, key, replicate, patterns, diag);
}

const struct basin_source basin_source_bernoulli = {
    .kind =
        {
            .name = "bernoulli",
            .summary = "random units, 0 or 1, independent of each other",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct bernoulli),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_binary_domain,
    .draw = bernoulli_draw,
};
