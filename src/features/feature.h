/* Random feature maps phi, whose inner products estimate a kernel (FAVOR+; Choromanski et
 * al. 2021, "Rethinking attention with Performers", eq. 5):
 *
 *   phi(z) = h(z)/sqrt(m) (f_1(w_1.z), ..., f_1(w_m.z), ..., f_l(w_1.z), ...,
 * f_l(w_m.z)), E[phi(x).phi(y)] = K(x, y),
 *
 * m directions, l functions, r = l m features. The Performer blog (eq. 30) has 1/sqrt(r):
 * with two functions that estimates K/2; normalised weights do not see it.
 *
 * Without directions (the released default of the generalised maps) phi(z) = f(z), m = d.
 *
 * A map is one const struct and one line in the registry. Exponents are kept as
 * logarithms until a shift is subtracted: each query may have its own, all keys have one,
 * and both cancel in normalised weights. Then the stabiliser is added to every feature,
 * before the factor 1/sqrt(m); it does not cancel. */
#ifndef BASIN_FEATURES_FEATURE_H
#define BASIN_FEATURES_FEATURE_H

#include "base/err.h"
#include "config/field.h"
#include "features/directions.h"
#include "features/span.h"

#include <gsl/gsl_matrix.h>
#include <stdint.h>

struct basin_feature {
    struct basin_kind kind; /* without fields */
    size_t functions;       /* l */
    bool softmax;           /* K(x, y) = exp(x.y), which needs random directions */
    double stabilizer;      /* of the published implementation */

    /* The logarithm of what |h f| is at most for this z (0 where there is no exponential
     * to keep small). u: the m products w_k.z; norm2 = |z|^2. */
    double (*log_size)(const double *u, size_t m, double norm2);

    /* h(z) f_j(u_k) e^-shift, l m numbers in the order of phi, without 1/sqrt(m). */
    void (*map)(const double *u, size_t m, double norm2, double shift, double *phi);

    /* K from |x|^2, |y|^2 and x.y, for normal directions. NULL: there is no closed form.
     */
    double (*kernel)(double xx, double yy, double xy);
};

extern const struct basin_kind *const basin_features[];

static inline const struct basin_feature *basin_feature_of(const struct basin_kind *kind)
{
    return (const struct basin_feature *)kind;
}

/* The registry's names in its order. */
#define BASIN_FEATURE_CHOICES                                                            \
    "positive|trigonometric|hyperbolic|relu|exp|abs|sigmoid|linear"

/* Parameters that whoever uses feature maps offers. */
struct basin_feature_options {
    int map;       /* index into basin_features */
    long features; /* m */
    int directions;
    int norms;
    bool sign_correction;
    double stabilizer; /* NAN: the map's */
    bool subtract_max;
};

/* The fields of a struct whose first member is a struct basin_feature_options: of the
 * map itself, and with what attention does besides. Only who lets a map see its vectors
 * (basin_feature_map_see) offers the choices with a span. */
#define BASIN_FEATURE_MAP_FIELDS_OF(directions_choices, directions_help)                 \
    BASIN_FIELD_CHOICE(struct basin_feature_options, map, BASIN_FEATURE_CHOICES,         \
        "positive", "feature map: of the softmax kernel, or f of a generalised kernel"), \
        BASIN_FIELD_INT(struct basin_feature_options, features, "256", 1, 1 << 24, "1",  \
            "m, number of directions; a map of l functions makes l m features"),         \
        BASIN_FIELD_CHOICE(struct basin_feature_options, directions, directions_choices, \
            "orthogonal", directions_help),                                              \
        BASIN_FIELD_CHOICE(struct basin_feature_options, norms, BASIN_NORMS_CHOICES,     \
            "chi", "lengths of directions: as of normal vectors, or all sqrt(d)"),       \
        BASIN_FIELD_BOOL(struct basin_feature_options, sign_correction, "true",          \
            "orthogonal directions take the signs of R's diagonal; biased without"),     \
        BASIN_FIELD_REAL_OR(struct basin_feature_options, stabilizer, "map", "map", 0,   \
            BASIN_ANY_HIGH, "1",                                                         \
            "added to every feature; map: 1e-6 for positive and hyperbolic, 1e-3 for "   \
            "generalised ones, 0 for trigonometric and linear")

#define BASIN_DIRECTIONS_HELP                                                            \
    "orthogonal in blocks of d; independent; none: f of the components"

#define BASIN_FEATURE_MAP_FIELDS                                                         \
    BASIN_FEATURE_MAP_FIELDS_OF(BASIN_DIRECTIONS_CHOICES, BASIN_DIRECTIONS_HELP)

#define BASIN_SUBTRACT_MAX_FIELD                                                         \
    BASIN_FIELD_BOOL(struct basin_feature_options, subtract_max, "true",                 \
        "divide features by the largest, of each query and of all keys")

#define BASIN_FEATURE_FIELDS BASIN_FEATURE_MAP_FIELDS, BASIN_SUBTRACT_MAX_FIELD

#define BASIN_FEATURE_SPAN_FIELDS                                                        \
    BASIN_FEATURE_MAP_FIELDS_OF(BASIN_DIRECTIONS_SPAN_CHOICES, BASIN_DIRECTIONS_HELP     \
        "; _span: the same law, drawn in the span of patterns and states alone, which "  \
        "is cheaper where d is large"),                                                  \
        BASIN_SUBTRACT_MAX_FIELD

/* One kind, these fields: what a section is that says which feature map is meant. */
extern const struct basin_kind *const basin_feature_maps[];

/* Refuses what can't go together: a CONFIG error. */
BASIN_CHECKED int basin_feature_check(
    const struct basin_feature_options *options, struct basin_diag *diag);

/* A map with its directions drawn. */
struct basin_feature_map {
    const struct basin_feature *feature;
    size_t d, m, r;
    double scale; /* multiplies every z first */
    double stabilizer;
    gsl_matrix *W;           /* m x d, */
    struct basin_span *span; /* or what was seen of them; both NULL: no directions */
};

/* Draws directions as a function of (key, sequence). On failure nothing is left to free.
 */
BASIN_CHECKED int basin_feature_map_init(struct basin_feature_map *self,
    const struct basin_feature_options *options, size_t d, double scale, uint64_t key,
    uint64_t sequence, struct basin_diag *diag);
void basin_feature_map_free(struct basin_feature_map *self);

/* Lets directions of a span know the rows of Z, which are projected afterwards; of a set,
 * whose order changes nothing. Other maps need not be told. */
BASIN_CHECKED int basin_feature_map_see(
    struct basin_feature_map *self, const gsl_matrix *Z, struct basin_diag *diag);
BASIN_CHECKED int basin_feature_map_see_set(
    struct basin_feature_map *self, const gsl_matrix *Z, struct basin_diag *diag);

/* U (rows x m) and norm2 (of each row) of the rows of Z. */
void basin_feature_project(const struct basin_feature_map *self, const gsl_matrix *Z,
    gsl_matrix *U, double *norm2);

/* The log size of every row of a projection. */
void basin_feature_log_sizes(const struct basin_feature_map *self, const gsl_matrix *U,
    const double *norm2, double *log_size);

/* Features (rows x r) of a projection, each row with its shift. */
void basin_feature_apply(const struct basin_feature_map *self, const gsl_matrix *U,
    const double *norm2, const double *shift, gsl_matrix *phi);

#endif
