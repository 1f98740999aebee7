/* What the parts of the bounds experiment share: bounds.c draws patterns and counts;
 * bounds_hull.c looks at points of their hull, bounds_patterns.c at separated patterns
 * and clusters. */
#ifndef BASIN_EXPERIMENTS_BOUNDS_H
#define BASIN_EXPERIMENTS_BOUNDS_H

#include "experiments/stage.h"
#include "rules/relax.h"
#include "theory/bounds.h"

#include <gsl/gsl_permutation.h>

struct basin_bounds {
    struct basin_population population;
    long states;
    long neighbours;
};

/* Every inequality: its name, and what it says of which cases. */
#define BASIN_INEQUALITIES(X)                                                            \
    X(ENERGY, "energy", "Lemma A1: 0 <= E <= its bound in the hull")                     \
    X(SUM, "sum", "exp(beta lse) = sum of exp(beta x.xi), counted from E")               \
    X(DESCENT, "descent", "Theorem 1: an update does not raise E")                       \
    X(JACOBIAN, "jacobian", "Lemma A2: |J| <= 2 beta |X|^2 max p (1 - p)")               \
    X(MEAN, "mean", "Lemma A3: |J| <= beta m_max^2")                                     \
    X(BALL, "ball", "Lemma A7: separated patterns have their fixed point in a ball")     \
    X(CONTRACTION, "contraction", "Theorem 4: an update nears the fixed point by |J^m|") \
    X(ERROR, "error", "Theorem 5: one update comes near the pattern")                    \
    X(RETRIEVAL, "retrieval", "Theorem 5: the fixed point is near the pattern")          \
    X(CLUSTER, "cluster", "Lemma A12: separated clusters have their fixed point")

enum basin_inequality {
#define BASIN_INEQUALITY(symbol, name, text) BASIN_BOUNDS_##symbol,
    BASIN_INEQUALITIES(BASIN_INEQUALITY)
#undef BASIN_INEQUALITY
        BASIN_BOUNDS_COUNT,
};

/* What is known of one inequality. */
struct basin_bounds_tally {
    double cases, checks, violations; /* cases: also those that miss its condition */
    double nearest;                   /* greatest left side over right */
};

/* Everything one replicate needs. */
struct basin_bounds_work {
    const struct basin_bounds *own;
    struct basin_stage stage;
    size_t m;
    void *memory;
    double beta;
    struct basin_geometry geometry;
    gsl_matrix *patterns;
    gsl_matrix *state, *next;   /* M x d: in the hull */
    gsl_matrix *weights;        /* M x N */
    gsl_vector *energy, *after; /* M */
    gsl_matrix *centred;        /* N x d: weighted distances from a weighted mean */
    gsl_matrix *end, *near;     /* N x d: fixed points; points of balls, cluster means */
    gsl_vector *apart;          /* N */
    gsl_permutation *order;     /* N */
    struct basin_outcome *outcome;
    struct basin_bounds_tally tally[BASIN_BOUNDS_COUNT];
};

/* Counts one case of left <= right, both of the order of `scale` where nothing is known
 * to be smaller. */
void basin_bounds_compare(struct basin_bounds_work *work, enum basin_inequality which,
    double left, double right, double scale);

/* Lemmas A1 to A3 and Theorem 1 at random points of the hull. */
BASIN_CHECKED int basin_bounds_hull(struct basin_bounds_work *work, uint64_t key,
    uint32_t replicate, struct basin_diag *diag);

/* Lemma A7, Theorems 4 and 5 at every pattern that is separated enough. */
BASIN_CHECKED int basin_bounds_patterns(struct basin_bounds_work *work, uint64_t key,
    uint32_t replicate, struct basin_diag *diag);

/* Lemma A12 at the cluster of every pattern. */
BASIN_CHECKED int basin_bounds_clusters(
    struct basin_bounds_work *work, struct basin_diag *diag);

/* Mean over separated patterns of ln |f(x_i) - x_i| / Delta_i. */
BASIN_CHECKED int basin_bounds_log_error(
    struct basin_bounds_work *work, double *log_error, struct basin_diag *diag);

#endif
