/* Source "fields": smooth random pictures with the statistics of real ones.
 *
 * White noise smoothed by a Gaussian gives a field g with unit variance and correlation
 * exp(-r^2 / (2 l^2)) between pixels r apart. A picture is
 *     x_i = mean + sd (sqrt(a) g_0 + sqrt(1 - a) g_i),  cut to [-1, 1],
 * with g_0 shared by the set and a chosen such that the mean cosine of two pictures,
 * (mean^2 + a sd^2) / (mean^2 + sd^2), is the one asked for. */
#include "patterns/draw.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>

struct fields {
    long side;
    double correlation_length;
    double mean;
    double sd;
    double mean_cosine;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_INT(struct fields, side, "64", 1, 1024, "pixels",
        "side of the square pictures; d = side x side"),
    BASIN_FIELD_REAL(struct fields, correlation_length, "0.08", BASIN_POSITIVE, 0.5,
        "side", "distance at which pixels correlate by exp(-1/2), in sides"),
    BASIN_FIELD_REAL(struct fields, mean, "0.1", -1, 1, "1", "mean of the pixels"),
    BASIN_FIELD_REAL(struct fields, sd, "0.39", BASIN_POSITIVE, 1, "1",
        "standard deviation of the pixels before they are cut to [-1, 1]"),
    BASIN_FIELD_REAL(struct fields, mean_cosine, "0.2", 0, 1, "1",
        "mean cosine of two pictures of a set, at least mean^2 / (mean^2 + sd^2)"),
    BASIN_FIELD_END,
};

static size_t fields_side(const void *params)
{
    const struct fields *self = params;
    return (size_t)self->side;
}

static size_t fields_dimension(const void *params)
{
    return fields_side(params) * fields_side(params);
}

/* Cosine of pictures that share nothing but their mean. */
static double least_cosine(const struct fields *self)
{
    double mean2 = gsl_pow_2(self->mean);
    return mean2 / (mean2 + gsl_pow_2(self->sd));
}

static int fields_open(
    const void *params, size_t count, void **data, struct basin_diag *diag)
{
    (void)count;
    *data = NULL;
    const struct fields *self = params;
    if (self->mean_cosine < least_cosine(self)) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "mean_cosine: %g is less than the %.3g that pictures of mean %g and sd %g "
            "have",
            self->mean_cosine, least_cosine(self), self->mean, self->sd);
    }
    return 0;
}

/* Smoothing workspace: noise (wide x wide) -> rows smoothed (wide x side) -> field. */
struct smoother {
    size_t side, radius, wide;
    double *kernel; /* 2 radius + 1 weights with sum of squares 1 */
    double *noise;
    double *rows;
    double *shared; /* g_0 */
    double weight_shared, weight_own;
    double mean;
};

static void smoother_free(struct smoother *self)
{
    free(self->kernel);
    free(self->noise);
    free(self->rows);
    free(self->shared);
}

/* To be freed also when it fails. */
static int smoother_init(
    struct smoother *self, const struct fields *params, struct basin_diag *diag)
{
    /* A kernel of width s correlates pixels by exp(-r^2 / (4 s^2)). */
    double width = params->correlation_length * (double)params->side / M_SQRT2;
    double least = least_cosine(params);
    double a = GSL_MAX(0, (params->mean_cosine - least) / (1 - least));
    *self = (struct smoother){
        .side = (size_t)params->side,
        .radius = (size_t)ceil(3 * width),
        .weight_shared = params->sd * sqrt(a),
        .weight_own = params->sd * sqrt(1 - a),
        .mean = params->mean,
    };
    self->wide = self->side + 2 * self->radius;
    self->kernel = malloc((2 * self->radius + 1) * sizeof(double));
    self->noise = malloc(self->wide * self->wide * sizeof(double));
    self->rows = malloc(self->wide * self->side * sizeof(double));
    self->shared = malloc(self->side * self->side * sizeof(double));
    if (self->kernel == NULL || self->noise == NULL || self->rows == NULL ||
        self->shared == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory for smooth fields");
    }
    gsl_vector_view k = gsl_vector_view_array(self->kernel, 2 * self->radius + 1);
    for (size_t i = 0; i < k.vector.size; i++) {
        double r = ((double)i - (double)self->radius) / width;
        self->kernel[i] = exp(-r * r / 2);
    }
    gsl_vector_scale(&k.vector, 1 / gsl_blas_dnrm2(&k.vector));
    return 0;
}

/* One field g (side x side) from the stream where r stands. */
static void smoother_draw(const struct smoother *self, gsl_rng *r, double *g)
{
    size_t side = self->side;
    size_t taps = 2 * self->radius + 1;
    basin_draw_gaussian(r, 1, self->noise, self->wide * self->wide);
    for (size_t y = 0; y < self->wide; y++) {
        for (size_t x = 0; x < side; x++) {
            double sum = 0;
            for (size_t k = 0; k < taps; k++) {
                sum += self->kernel[k] * self->noise[y * self->wide + x + k];
            }
            self->rows[y * side + x] = sum;
        }
    }
    for (size_t y = 0; y < side; y++) {
        for (size_t x = 0; x < side; x++) {
            double sum = 0;
            for (size_t k = 0; k < taps; k++) {
                sum += self->kernel[k] * self->rows[(y + k) * side + x];
            }
            g[y * side + x] = sum;
        }
    }
}

static void fields_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x)
{
    (void)i;
    const struct smoother *self = context;
    smoother_draw(self, r, x->data);
    for (size_t j = 0; j < x->size; j++) {
        double value = self->mean + self->weight_shared * self->shared[j] +
                       self->weight_own * x->data[j];
        x->data[j] = GSL_MAX(-1, GSL_MIN(1, value));
    }
}

static int fields_draw(const void *params, const void *data, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag)
{
    (void)data;
    struct smoother smoother;
    gsl_rng *r = NULL;
    int ret = smoother_init(&smoother, params, diag);
    if (ret != 0) {
        goto out;
    }
    r = basin_draw_rng(diag);
    if (r == NULL) {
        ret = BASIN_ERR_NOMEM;
        goto out;
    }
    basin_draw_start_shared(r, key, replicate, 0);
    smoother_draw(&smoother, r, smoother.shared);
    ret = basin_draw_rows(fields_row, &smoother, key, replicate, patterns, diag);
out:
    gsl_rng_free(r);
    smoother_free(&smoother);
    return ret;
}

const struct basin_source basin_source_fields = {
    .kind =
        {
            .name = "fields",
            .summary = "smooth random pictures with the statistics of real ones",
            .version = 1,
            .fields = fields,
            .size = sizeof(struct fields),
        },
    .dimension = fields_dimension,
    .domain = basin_draw_continuous_domain,
    .side = fields_side,
    .open = fields_open,
    .close = basin_draw_close,
    .draw = fields_draw,
};
