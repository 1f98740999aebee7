/* A feature map with its directions. */
#include "features/feature.h"

#include "base/rng.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>

static const struct basin_field fields[] = {BASIN_FEATURE_FIELDS, BASIN_FIELD_END};

static const struct basin_kind options_kind = {.name = "features",
    .summary = "attention by a feature map",
    .source = "Choromanski et al. 2021, eq. 4 and 5",
    .version = 1,
    .fields = fields,
    .size = sizeof(struct basin_feature_options)};

const struct basin_kind *const basin_feature_maps[] = {&options_kind, NULL};

static bool in_span(int directions)
{
    return directions == BASIN_DIRECTIONS_ORTHOGONAL_SPAN ||
           directions == BASIN_DIRECTIONS_IID_SPAN;
}

int basin_feature_check(
    const struct basin_feature_options *options, struct basin_diag *diag)
{
    const struct basin_feature *feature = basin_feature_of(basin_features[options->map]);
    if (feature->softmax && options->directions == BASIN_DIRECTIONS_NONE) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "map %s estimates the softmax kernel and needs random directions; "
            "\"directions: none\" goes with the generalised maps",
            feature->kind.name);
    }
    bool spans = in_span(options->directions);
    if (spans && !options->sign_correction) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "sign_correction: directions without it are no longer the same in every "
            "basis, which drawing them in a span needs; use \"directions: orthogonal\"");
    }
    if (options->directions == BASIN_DIRECTIONS_IID_SPAN &&
        options->norms != BASIN_NORMS_CHI) {
        return basin_fail(diag, BASIN_ERR_CONFIG,
            "norms: independent directions drawn in a span have the lengths of normal "
            "vectors; use \"norms: chi\" or \"directions: iid\"");
    }
    return 0;
}

static int draw_span(struct basin_feature_map *self,
    const struct basin_feature_options *options, gsl_rng *r, struct basin_diag *diag)
{
    self->span = malloc(sizeof(*self->span));
    if (self->span == NULL) {
        gsl_rng_free(r);
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for directions in a span");
    }
    int ret = basin_span_init(self->span,
        options->directions == BASIN_DIRECTIONS_ORTHOGONAL_SPAN,
        options->norms == BASIN_NORMS_CHI, self->m, self->d, r, diag);
    if (ret != 0) {
        free(self->span);
        self->span = NULL;
    }
    return ret;
}

static int draw(struct basin_feature_map *self,
    const struct basin_feature_options *options, uint64_t key, uint64_t sequence,
    struct basin_diag *diag)
{
    bool spans = in_span(options->directions);
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    self->W = spans ? NULL : gsl_matrix_alloc(self->m, self->d);
    if (r == NULL || (!spans && self->W == NULL)) {
        gsl_rng_free(r);
        return basin_fail(diag, BASIN_ERR_NOMEM,
            "no memory for %zu directions in %zu dimensions", self->m, self->d);
    }
    basin_rng_start(r, basin_rng_key(key, 0, BASIN_FOR_FEATURES), sequence);
    if (spans) {
        return draw_span(self, options, r, diag);
    }
    int ret = basin_directions_draw((enum basin_directions)options->directions,
        (enum basin_norms)options->norms, options->sign_correction, r, self->W, diag);
    gsl_rng_free(r);
    return ret;
}

int basin_feature_map_init(struct basin_feature_map *self,
    const struct basin_feature_options *options, size_t d, double scale, uint64_t key,
    uint64_t sequence, struct basin_diag *diag)
{
    const struct basin_feature *feature = basin_feature_of(basin_features[options->map]);
    bool plain = options->directions == BASIN_DIRECTIONS_NONE;
    size_t m = plain ? d : (size_t)options->features;
    *self = (struct basin_feature_map){.feature = feature,
        .d = d,
        .m = m,
        .r = feature->functions * m,
        .scale = scale,
        .stabilizer =
            isnan(options->stabilizer) ? feature->stabilizer : options->stabilizer};
    int ret = basin_feature_check(options, diag);
    if (ret == 0 && !plain) {
        ret = draw(self, options, key, sequence, diag);
    }
    if (ret != 0) {
        basin_feature_map_free(self);
    }
    return ret;
}

void basin_feature_map_free(struct basin_feature_map *self)
{
    gsl_matrix_free(self->W);
    if (self->span != NULL) {
        basin_span_free(self->span);
        free(self->span);
    }
    *self = (struct basin_feature_map){.feature = NULL};
}

int basin_feature_map_see(
    struct basin_feature_map *self, const gsl_matrix *Z, struct basin_diag *diag)
{
    return self->span == NULL ? 0 : basin_span_see(self->span, Z, diag);
}

int basin_feature_map_see_set(
    struct basin_feature_map *self, const gsl_matrix *Z, struct basin_diag *diag)
{
    return self->span == NULL ? 0 : basin_span_see_set(self->span, Z, diag);
}

void basin_feature_project(const struct basin_feature_map *self, const gsl_matrix *Z,
    gsl_matrix *U, double *norm2)
{
    if (self->W != NULL) {
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, self->scale, Z, self->W, 0, U);
    } else if (self->span != NULL) {
        basin_span_project(self->span, Z, self->scale, U);
    } else {
        gsl_matrix_memcpy(U, Z);
        gsl_matrix_scale(U, self->scale);
    }
    for (size_t j = 0; j < Z->size1; j++) {
        gsl_vector_const_view z = gsl_matrix_const_row(Z, j);
        double zz = 0;
        gsl_blas_ddot(&z.vector, &z.vector, &zz);
        norm2[j] = zz * self->scale * self->scale;
    }
}

void basin_feature_log_sizes(const struct basin_feature_map *self, const gsl_matrix *U,
    const double *norm2, double *log_size)
{
    for (size_t j = 0; j < U->size1; j++) {
        log_size[j] =
            self->feature->log_size(gsl_matrix_const_ptr(U, j, 0), self->m, norm2[j]);
    }
}

void basin_feature_apply(const struct basin_feature_map *self, const gsl_matrix *U,
    const double *norm2, const double *shift, gsl_matrix *phi)
{
    bool plain = self->W == NULL && self->span == NULL;
    double factor = !plain ? 1 / sqrt((double)self->m) : 1;
    for (size_t j = 0; j < U->size1; j++) {
        double *row = gsl_matrix_ptr(phi, j, 0);
        self->feature->map(
            gsl_matrix_const_ptr(U, j, 0), self->m, norm2[j], shift[j], row);
        for (size_t k = 0; k < self->r; k++) {
            row[k] = factor * (row[k] + self->stabilizer);
        }
    }
}
