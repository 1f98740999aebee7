/* Source "binary": 0 or 1, with exactly k active units at random places. */
#include "patterns/draw.h"

#include <math.h>
#include <stdlib.h>

struct binary {
    struct basin_draw_size size;
    double activity;
    long active; /* -1: round(activity d) */
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(struct binary, activity, "0.1", 0, 1, "1",
        "fraction of units that are 1: exactly round(activity d) of them"),
    BASIN_FIELD_INT_OR(struct binary, active, "by_activity", "by_activity", 0, 10000000,
        "units", "number of units that are 1, in place of activity"),
    BASIN_FIELD_END,
};

static size_t binary_active(const struct binary *self)
{
    if (self->active >= 0) {
        return (size_t)self->active;
    }
    return (size_t)lround(self->activity * (double)self->size.dimension);
}

static int binary_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    (void)count;
    *data = NULL;
    const struct binary *self = params;
    if (self->active > self->size.dimension) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "active: %ld units cannot be 1 in patterns of dimension %ld", self->active,
            self->size.dimension);
    }
    size_t k = binary_active(self);
    if (k == 0 || k == (size_t)self->size.dimension) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "%zu of %ld units are 1: all binary patterns would be the same", k,
            self->size.dimension);
    }
    return 0;
}

struct binary_draw {
    size_t k;
    size_t *index; /* room for d of them */
};

static void binary_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct binary_draw *draw = context;
    for (size_t j = 0; j < x->size; j++) {
        draw->index[j] = j;
        x->data[j] = 0;
    }
    basin_draw_subset(r, draw->index, x->size, draw->k);
    for (size_t j = 0; j < draw->k; j++) {
        x->data[draw->index[j]] = 1;
    }
}

static int binary_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    struct binary_draw draw = {
        .k = binary_active(params),
        .index = malloc(patterns->size2 * sizeof(*draw.index)),
    };
    if (draw.index == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for binary patterns");
    }
    int ret = basin_draw_rows(binary_row, &draw, key, replicate, patterns, diag);
    free(draw.index);
    return ret;
}

const struct basin_source basin_source_binary = {
    .kind =
        {
            .name = "binary",
            .summary = "random units, 0 or 1, with a fixed number of ones",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct binary),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_binary_domain,
    .open = binary_open,
    .close = basin_draw_close,
    .draw = binary_draw,
};
