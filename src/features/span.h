/* Random directions seen from the span of the vectors that meet them.
 *
 * A feature of z needs of its direction w_k in R^d nothing but w_k.z, and all z of a
 * memory, patterns and states, span few dimensions, s << d. So only the components of
 * w_k along an orthonormal basis b_1, ..., b_s of that span are drawn: m s numbers in
 * place of m d, and no QR decomposition of d x d.
 *
 * The law is exactly that of whole directions (features/directions.h). Independent ones
 * have independent normal components along any basis. An orthogonal block of d is l Q,
 * with Q uniform on the orthogonal group and lengths l apart; Q b_1, ..., Q b_s are then
 * s columns uniform among all orthonormal ones: each, given those before it, is uniform
 * on the unit sphere of what is orthogonal to them. Drawn so, one by one, they do not ask
 * which vector comes next: the basis grows when a new z lies outside of the span, even
 * where that z depends on earlier products. Blocks are independent; the last may be cut
 * to fewer rows than d, which are those of a whole block. */
#ifndef BASIN_FEATURES_SPAN_H
#define BASIN_FEATURES_SPAN_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>

struct basin_span {
    size_t d, m;
    size_t s; /* dimensions so far */
    bool orthogonal;
    gsl_vector *length; /* of m orthogonal directions */
    gsl_matrix *B;      /* room x d: the basis, s rows in use, as of the others, */
    gsl_matrix *Q;      /* room x blocks of d: orthonormal columns; NULL if independent */
    gsl_matrix *W;      /* room x m: components of the directions */
    gsl_vector *rest;   /* d: workspace */
    gsl_rng *r;
};

/* chi: lengths of orthogonal directions are those of normal vectors, else all sqrt(d).
 * Draws from r, which becomes the span's own, even on failure. On failure nothing is left
 * to free. */
BASIN_CHECKED int basin_span_init(struct basin_span *self, bool orthogonal, bool chi,
    size_t m, size_t d, gsl_rng *r, struct basin_diag *diag);
void basin_span_free(struct basin_span *self);

/* Makes room for the rows of Z: draws components along what of them is new. Which numbers
 * these are depends on what was seen before, so states that come one by one or together
 * get the same. Rows of a set, as patterns are, are taken in the order of their contents:
 * their own order changes nothing. */
BASIN_CHECKED int basin_span_see(
    struct basin_span *self, const gsl_matrix *Z, struct basin_diag *diag);
BASIN_CHECKED int basin_span_see_set(
    struct basin_span *self, const gsl_matrix *Z, struct basin_diag *diag);

/* U (rows x m) = scale Z W^T. What of Z was never seen counts as 0. */
void basin_span_project(
    const struct basin_span *self, const gsl_matrix *Z, double scale, gsl_matrix *U);

#endif
