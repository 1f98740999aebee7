/* Random directions w_1, ..., w_m in R^d for feature maps.
 *
 * iid: independent, normal in every component. orthogonal: blocks of up to d directions
 * that are orthogonal within the block and independent between blocks (Choromanski et al.
 * 2021, section 3.3): the Q of Gaussian matrices G = Q R. Their lengths are drawn again,
 * chi distributed with d degrees of freedom, which makes every direction normal and the
 * estimate of the softmax kernel unbiased; or all are sqrt(d), the regularised kernel.
 *
 * Q is uniformly distributed only if its columns take the signs of R's diagonal (Mezzadri
 * 2007). Householder's method, GSL's and LAPACK's, does not do that: it fixes the sign of
 * one component of every column, and estimates with such directions are biased. Published
 * implementations leave the correction out; so it is a switch.
 *
 * A QR decomposition takes 10 s at d = 4096. Where few vectors meet many directions, as
 * pictures in a memory do, orthogonal_span and iid_span draw the same directions in law
 * at a hundredth of the cost: features/span.h. */
#ifndef BASIN_FEATURES_DIRECTIONS_H
#define BASIN_FEATURES_DIRECTIONS_H

#include "base/err.h"

#include <gsl/gsl_matrix.h>
#include <gsl/gsl_rng.h>
#include <stdbool.h>

enum basin_directions {
    BASIN_DIRECTIONS_ORTHOGONAL,
    BASIN_DIRECTIONS_IID,
    BASIN_DIRECTIONS_NONE, /* the components of a vector themselves */
    BASIN_DIRECTIONS_ORTHOGONAL_SPAN,
    BASIN_DIRECTIONS_IID_SPAN,
};

#define BASIN_DIRECTIONS_CHOICES "orthogonal|iid|none"
#define BASIN_DIRECTIONS_SPAN_CHOICES BASIN_DIRECTIONS_CHOICES "|orthogonal_span|iid_span"

enum basin_norms { BASIN_NORMS_CHI, BASIN_NORMS_SQRT_D };

#define BASIN_NORMS_CHOICES "chi|sqrt_d"

/* Fills the rows of W (m x d) from where r stands. */
BASIN_CHECKED int basin_directions_draw(enum basin_directions directions,
    enum basin_norms norms, bool sign_correction, gsl_rng *r, gsl_matrix *W,
    struct basin_diag *diag);

#endif
