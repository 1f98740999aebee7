/* Source "clusters": Gaussian clouds around random centres on a sphere.
 *
 * Pattern i belongs to cluster i mod clusters, so the clusters grow evenly. */
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>

struct clusters {
    struct basin_draw_size size;
    long clusters;
    double center_radius; /* NAN: sqrt(d) */
    double spread;
    bool equal_norms;
};

static const struct basin_field fields[] = {
    BASIN_DRAW_DIMENSION_FIELD,
    BASIN_FIELD_INT(struct clusters, clusters, "4", 1, 1000000, "1",
        "number of clusters; pattern i belongs to cluster i mod clusters"),
    BASIN_FIELD_REAL_OR(struct clusters, center_radius, "sqrt_d", "sqrt_d",
        BASIN_POSITIVE, 1e100, "1", "norm of the centres; sqrt_d: of a polar pattern"),
    BASIN_FIELD_REAL(struct clusters, spread, "0.1", 0, 1e100, "1",
        "standard deviation of every unit around its centre"),
    BASIN_FIELD_BOOL(struct clusters, equal_norms, "false",
        "scale every pattern to the norm of the centres"),
    BASIN_FIELD_END,
};

struct clusters_draw {
    const struct clusters *params;
    gsl_matrix *centers;
};

static void clusters_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    const struct clusters_draw *draw = context;
    gsl_vector_view center = gsl_matrix_row(draw->centers, i % draw->centers->size1);
    basin_draw_gaussian(r, draw->params->spread, x->data, x->size);
    gsl_vector_add(x, &center.vector);
    double norm = gsl_blas_dnrm2(x);
    if (draw->params->equal_norms && norm > 0) {
        gsl_vector_scale(x, gsl_blas_dnrm2(&center.vector) / norm);
    }
}

static int clusters_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    const struct clusters *self = params;
    size_t used = GSL_MIN((size_t)self->clusters, patterns->size1);
    int ret = BASIN_ERR_NOMEM;
    struct clusters_draw draw = {
        .params = self,
        .centers = gsl_matrix_alloc(used, patterns->size2),
    };
    gsl_rng *r = basin_draw_rng(diag);
    if (draw.centers == NULL || r == NULL) {
        basin_fail(diag, ret, "out of memory for the centres of clusters");
        goto out;
    }
    for (size_t j = 0; j < used; j++) {
        basin_draw_start_shared(r, key, replicate, j);
        basin_draw_sphere(
            r, self->center_radius, gsl_matrix_ptr(draw.centers, j, 0), patterns->size2);
    }
    ret = basin_draw_rows(clusters_row, &draw, key, replicate, patterns, diag);
out:
    gsl_rng_free(r);
    gsl_matrix_free(draw.centers);
    return ret;
}

const struct basin_source basin_source_clusters = {
    .kind =
        {
            .name = "clusters",
            .summary = "Gaussian clouds around random centres on a sphere",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct clusters),
        },
    .dimension = basin_draw_dimension,
    .domain = basin_draw_continuous_domain,
    .draw = clusters_draw,
};
