/* Drawing random patterns: what the random sources and the cues share. */
#ifndef BASIN_PATTERNS_DRAW_H
#define BASIN_PATTERNS_DRAW_H

#include "base/err.h"
#include "base/rng.h"
#include "config/field.h"
#include "patterns/source.h"

#include <gsl/gsl_matrix.h>

/* First member of the parameters of every source whose dimension is a field. */
struct basin_draw_size {
    long dimension;
};

#define BASIN_DRAW_DIMENSION_FIELD                                                       \
    BASIN_FIELD_INT(struct basin_draw_size, dimension, "100", 1, 10000000, "units",      \
        "units of a pattern, d")

size_t basin_draw_dimension(const void *params);
enum basin_domain basin_draw_polar_domain(const void *params);
enum basin_domain basin_draw_binary_domain(const void *params);
enum basin_domain basin_draw_continuous_domain(const void *params);

/* For sources whose open reads nothing and only refuses: data are NULL. */
void basin_draw_close(void *data);

/* A new generator; NULL when memory is out, with the sentence in diag. */
gsl_rng *basin_draw_rng(struct basin_diag *diag);

/* Fills row i of the patterns from stream (key, replicate, i). */
typedef void basin_draw_row(const void *context, gsl_rng *r, size_t i, gsl_vector *x);
BASIN_CHECKED int basin_draw_rows(basin_draw_row *row, const void *context, uint64_t key,
    uint32_t replicate, gsl_matrix *patterns, struct basin_diag *diag);

/* The stream of what all patterns of a set have in common (a template, the j-th centre):
 * sequences counted from the far end, where no pattern's index comes. */
void basin_draw_start_shared(gsl_rng *r, uint64_t key, uint32_t replicate, size_t j);

/* Fair signs -1, +1. */
void basin_draw_signs(gsl_rng *r, double *x, size_t d);

/* One random unit: +-1; 0 or 1, which has the probability activity; uniform in -1..1. */
double basin_draw_unit(gsl_rng *r, enum basin_domain domain, double activity);

/* Independent normal numbers of mean 0. */
void basin_draw_gaussian(gsl_rng *r, double sd, double *x, size_t d);

/* A point uniform on the sphere of that radius; NAN: sqrt(d). */
void basin_draw_sphere(gsl_rng *r, double radius, double *x, size_t d);

/* Brings k random ones of n indices to the front, in random order. The first of a larger
 * k are the same. */
void basin_draw_subset(gsl_rng *r, size_t *index, size_t n, size_t k);

#endif
