/* What the parts of the dynamics experiment share: dynamics.c starts states and finds
 * their ends; dynamics_metrics.c follows their way and fills the record;
 * dynamics_ends.c tells the ends apart; dynamics_update.c looks at a single update. */
#ifndef BASIN_EXPERIMENTS_DYNAMICS_H
#define BASIN_EXPERIMENTS_DYNAMICS_H

#include "experiments/stage.h"
#include "rules/relax.h"

enum basin_start { BASIN_START_CUE, BASIN_START_RANDOM, BASIN_START_HULL };
enum basin_course { BASIN_COURSE_DISCRETE, BASIN_COURSE_CONTINUOUS };

struct basin_dynamics {
    struct basin_population population;
    long starts;
    int start;  /* enum basin_start */
    int course; /* enum basin_course */
    long updates;
    double horizon;
    double same;
    double spread_quantile;
};

#define BASIN_FLOW_ACCURACY 1e-10 /* of the integration, per step */

/* Everything one replicate needs. */
struct basin_dynamics_work {
    const struct basin_dynamics *own;
    struct basin_stage stage;
    size_t m;
    double norm; /* the largest pattern's */
    void *memory;
    gsl_matrix *patterns, *start, *now, *end;
    gsl_vector *energy; /* of every state now, */
    gsl_vector *before; /* before the last update of units, */
    gsl_vector *last;   /* at the last point of the way, */
    gsl_vector *energy_end;
    double *distance;     /* of every state at the last point */
    double *ratio;        /* of every state, NAN while unknown */
    double *energy_ratio; /* likewise */
    size_t *target;
    struct basin_outcome *outcome;
};

/* Its metrics, in the order of the record; ends with a NULL name. */
extern const struct basin_metric basin_dynamics_metrics[];

/* struct basin_experiment's shape. */
bool basin_dynamics_shape(const void *shared, const struct basin_params *params,
    size_t metric, size_t size[BASIN_METRIC_RANK]);

/* Where one update of signs is compared with what it should equal (dynamics_update.c). */
bool basin_dynamics_signs(const struct basin_stage *stage);

struct basin_dynamics_equal {
    double together;  /* components in which all states at once differ from each alone */
    double attention; /* largest difference of Q (K^T V), K = V = X, from X (X^T xi) */
    double attention_signs; /* components in which its signs differ from the update */
};

BASIN_CHECKED int basin_dynamics_compare(const struct basin_dynamics_work *work,
    struct basin_dynamics_equal *equal, struct basin_diag *diag);

/* What the ends are (dynamics_ends.c). */
struct basin_dynamics_ends {
    enum basin_status status;          /* of the replicate */
    double steps;                      /* mean number of updates to them */
    double fixed_rate, two_cycle_rate; /* fractions of the states */
    double longest_period;             /* 0 where a state never ended */
    double from_mean;    /* mean distance from the patterns' mean, in largest norms */
    double fixed_points; /* different ones; by their association weights: */
    double single, metastable, global; /* k = 1, 1 < k <= N/2, k > N/2 of N patterns */
    double k_median;                   /* over states */
};

/* The last four are 0 where the rule has no association weights. Overwrites a row of
 * work->now. */
BASIN_CHECKED int basin_dynamics_classify(const struct basin_dynamics_work *work,
    struct basin_dynamics_ends *ends, struct basin_diag *diag);

/* Fills the record, once the ends are known. */
BASIN_CHECKED int basin_dynamics_measure(struct basin_dynamics_work *work,
    struct basin_record *record, struct basin_diag *diag);

#endif
