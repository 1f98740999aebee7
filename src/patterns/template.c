/* Source "template": polar patterns correlated around a shared one.
 *
 * Each pattern is the template with every unit turned over with probability
 * p = (1 - sqrt(c)) / 2. A unit agrees with the template on average by 1 - 2p = sqrt(c),
 * so two patterns overlap on average by c. */
#include "patterns/draw.h"

#include <math.h>
#include <stdlib.h>

struct template
{
    struct basin_draw_size size;
    double correlation;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_REAL(struct template, correlation, "0.2", 0, 1, "1",
        "expected overlap of two patterns, c"),
    BASIN_FIELD_END,
};

struct template_draw {
    double p;
    double *shared; /* the template */
};

static void template_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct template_draw *draw = context;
    for (size_t j = 0; j < x->size; j++) {
        double sign = gsl_rng_uniform(r) < draw->p ? -1 : 1;
        x->data[j] = sign * draw->shared[j];
    }
}

static int template_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    const struct template *self = params;
    size_t d = patterns->size2;
    int ret = BASIN_ERR_NOMEM;
    struct template_draw draw = {
        .p = (1 - sqrt(self->correlation)) / 2,
        .shared = malloc(d * sizeof(*draw.shared)),
    };
    gsl_rng *r = basin_draw_rng(diag);
    if (draw.shared == NULL || r == NULL) {
        basin_fail(diag, ret, "out of memory for a template");
        goto out;
    }
    basin_draw_start_shared(r, key, replicate, 0);
    basin_draw_signs(r, draw.shared, d);
    ret = basin_draw_rows(template_row, &draw, key, replicate, patterns, diag);
out:
    gsl_rng_free(r);
    free(draw.shared);
    return ret;
}

const struct basin_source basin_source_template = {
    .kind =
        {
            .name = "template",
            .summary = "polar patterns that overlap: noisy copies of a shared template",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct template),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_polar_domain,
    .draw = template_draw,
};
