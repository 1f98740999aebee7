/* Drawing random patterns: what the random sources and the cues share. */
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_randist.h>
#include <math.h>

const char *basin_domain_name(enum basin_domain domain)
{
    switch (domain) {
    case BASIN_POLAR:
        return "polar (-1, +1)";
    case BASIN_BINARY:
        return "binary (0, 1)";
    case BASIN_CONTINUOUS:
        return "continuous";
    }
    return "unknown";
}

size_t basin_draw_dimension(const void *params)
{
    const struct basin_draw_size *size = params;
    return (size_t)size->dimension;
}

enum basin_domain basin_draw_polar_domain(const void *params)
{
    (void)params;
    return BASIN_POLAR;
}

enum basin_domain basin_draw_binary_domain(const void *params)
{
    (void)params;
    return BASIN_BINARY;
}

enum basin_domain basin_draw_continuous_domain(const void *params)
{
    (void)params;
    return BASIN_CONTINUOUS;
}

void basin_draw_close(void *data)
{
    (void)data;
}

gsl_rng *basin_draw_rng(struct basin_diag *diag)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    if (r == NULL) {
        basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for a random stream");
    }
    return r;
}

int basin_draw_rows(basin_draw_row *row, const void *context, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    gsl_rng *r = basin_draw_rng(diag);
    if (r == NULL) {
        return BASIN_ERR_NOMEM;
    }
    for (size_t i = 0; i < patterns->size1; i++) {
        gsl_vector_view x = gsl_matrix_row(patterns, i);
        basin_rng_start(r, key, basin_rng_sequence(replicate, (uint32_t)i));
        row(context, r, i, &x.vector);
    }
    gsl_rng_free(r);
    return 0;
}

void basin_draw_start_shared(gsl_rng *r, uint64_t key, uint32_t replicate, size_t j)
{
    basin_rng_start(r, key, basin_rng_sequence(replicate, UINT32_MAX - (uint32_t)j));
}

void basin_draw_signs(gsl_rng *r, double *x, size_t d)
{
    for (size_t i = 0; i < d; i += 32) {
        uint32_t bits = (uint32_t)gsl_rng_get(r);
        size_t n = d - i < 32 ? d - i : 32;
        for (size_t j = 0; j < n; j++) {
            x[i + j] = (int)(bits >> j & 1) * 2 - 1;
        }
    }
}

double basin_draw_unit(gsl_rng *r, enum basin_domain domain, double activity)
{
    double u = gsl_rng_uniform(r);
    switch (domain) {
    case BASIN_POLAR:
        return u < 0.5 ? -1 : 1;
    case BASIN_BINARY:
        return u < activity ? 1 : 0;
    case BASIN_CONTINUOUS:
        break;
    }
    return 2 * u - 1;
}

void basin_draw_gaussian(gsl_rng *r, double sd, double *x, size_t d)
{
    for (size_t i = 0; i < d; i++) {
        x[i] = gsl_ran_gaussian_ziggurat(r, sd);
    }
}

void basin_draw_sphere(gsl_rng *r, double radius, double *x, size_t d)
{
    gsl_vector_view v = gsl_vector_view_array(x, d);
    double norm;
    do {
        basin_draw_gaussian(r, 1, x, d);
        norm = gsl_blas_dnrm2(&v.vector);
    } while (norm == 0);
    gsl_vector_scale(&v.vector, (isnan(radius) ? sqrt((double)d) : radius) / norm);
}

void basin_draw_subset(gsl_rng *r, size_t *index, size_t n, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        size_t j = i + gsl_rng_uniform_int(r, n - i);
        size_t swapped = index[i];
        index[i] = index[j];
        index[j] = swapped;
    }
}
