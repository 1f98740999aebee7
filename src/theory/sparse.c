/* Sparse patterns stored by the covariance rule: capacity with the best threshold.
 *
 * Units and patterns are 0 or 1, a fraction p of the units is active, and
 * W_ij = sum (x_i - p)(x_j - p) / (d p (1-p)). Tsodyks & Feigelman, "The enhanced storage
 * capacity in neural networks with low activity level" (1988); the replica-symmetric
 * equations at T = 0, with m the difference of the activities inside and outside of the
 * pattern, s the width of the noise, a = (m(1-p) - theta)/s, b = (-mp - theta)/s:
 *
 *     m = Phi(a) - Phi(b),  q = p Phi(a) + (1-p) Phi(b),
 *     C = (p phi(a) + (1-p) phi(b))/s,  s^2 = alpha q / (1-C)^2.
 *
 * Every pair a > b belongs to one threshold theta and one load alpha, explicitly, so the
 * capacity with the best threshold is the greatest alpha over all pairs with C < 1. */
#include "theory/families.h"
#include "theory/solve.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_vector.h>
#include <math.h>

struct sparse {
    double activity;
};

struct state {
    double m, theta, alpha; /* alpha is 0 where C >= 1: not a state */
};

static struct state state_at(double p, double a, double b)
{
    struct state self = {0};
    double active = gsl_cdf_ugaussian_P(a);
    double silent = gsl_cdf_ugaussian_P(b);
    self.m = active - silent;
    double s = self.m / (a - b);
    double q = p * active + (1 - p) * silent;
    double c = (p * gsl_ran_ugaussian_pdf(a) + (1 - p) * gsl_ran_ugaussian_pdf(b)) / s;
    self.theta = -self.m * p - b * s;
    self.alpha = a > b && c < 1 ? gsl_pow_2(s * (1 - c)) / q : 0;
    return self;
}

static double minus_log_load(const gsl_vector *at, void *params)
{
    const struct sparse *self = params;
    double alpha =
        state_at(self->activity, gsl_vector_get(at, 0), gsl_vector_get(at, 1)).alpha;
    return alpha > 0 ? -log(alpha) : GSL_DBL_MAX;
}

/* The state at the greatest load, by the simplex method of Nelder & Mead. */
static int best_state(double activity, struct state *best, struct basin_diag *diag)
{
    enum { STEPS_MAX = 2000 };
    struct sparse params = {activity};
    gsl_multimin_function f = {.f = minus_log_load, .n = 2, .params = &params};
    gsl_vector *at = gsl_vector_alloc(2);
    gsl_vector *step = gsl_vector_alloc(2);
    gsl_multimin_fminimizer *solver =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 2);
    int ret = 0;
    if (at == NULL || step == NULL || solver == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    /* Silent units stay silent if b is beyond the Gaussian's 1/p-th part. */
    gsl_vector_set(at, 0, 1.5);
    gsl_vector_set(at, 1, -fmax(2, sqrt(-2 * log(activity))));
    gsl_vector_set_all(step, 0.2);
    gsl_multimin_fminimizer_set(solver, &f, at, step);
    int status = GSL_CONTINUE;
    for (int i = 0; i < STEPS_MAX && status == GSL_CONTINUE; i++) {
        gsl_multimin_fminimizer_iterate(solver);
        status = gsl_multimin_test_size(gsl_multimin_fminimizer_size(solver), 1e-10);
    }
    *best =
        state_at(activity, gsl_vector_get(solver->x, 0), gsl_vector_get(solver->x, 1));
out:
    gsl_multimin_fminimizer_free(solver);
    gsl_vector_free(step);
    gsl_vector_free(at);
    return ret;
}

struct setting {
    double load, activity, threshold;
};

static double threshold_excess(double b, void *params)
{
    const double *at = params; /* activity, a, threshold */
    return state_at(at[0], at[1], b).theta - at[2];
}

/* The load of the state with this a and the threshold asked for; 0 if there is none. */
static double load_of(const struct setting *self, double a)
{
    double at[] = {self->activity, a, self->threshold};
    double b;
    int ret = basin_solve_root(threshold_excess, at, -10 * fabs(a) - 50, -1e-9, &b, NULL);
    return ret == 0 ? state_at(self->activity, a, b).alpha : 0;
}

static double load_at(double a, void *params)
{
    return load_of(params, a);
}

static double load_excess(double a, void *params)
{
    const struct setting *self = params;
    return load_of(self, a) - self->load;
}

/* Walks from the quiet states near the pattern, with a large a, down to the first one
 * that has the load: *high is on its far side, *low reaches or passes the load. A maximum
 * between two places is looked up, so that none is stepped over. */
static int bracket(
    struct setting *self, double *low, double *high, struct basin_diag *diag)
{
    enum { STEPS = 500 };
    const double least = -2;
    double quiet =
        fmax(1 - self->activity - self->threshold, 0) / sqrt(self->load * self->activity);
    double top = 1.5 * quiet + 2;
    double step = (top - least) / STEPS;
    double before = 0;
    double here = load_of(self, top);
    for (int i = 1; i <= STEPS; i++) {
        double a = top - i * step;
        double next = load_of(self, a);
        if (here < self->load && here > fmax(before, next)) {
            double peak;
            int ret = basin_solve_maximum(
                load_at, self, a, a + step, a + 2 * step, &peak, diag);
            if (ret == 0 && load_of(self, peak) >= self->load) {
                *low = peak;
                *high = a + 2 * step;
                return 0;
            }
        }
        if (here < self->load && next >= self->load) {
            *low = a;
            *high = a + step;
            return 0;
        }
        before = here;
        here = next;
    }
    return basin_fail(diag, BASIN_ERR_DOMAIN,
        "no fixed point is near a pattern at load %g, threshold %g", self->load,
        self->threshold);
}

static int retrieval_value(const void *params, double *value, struct basin_diag *diag)
{
    struct setting self = *(const struct setting *)params;
    double low = 0;
    double high = 0;
    double a;
    double b;
    int ret = bracket(&self, &low, &high, diag);
    if (ret == 0) {
        ret = basin_solve_root(load_excess, &self, low, high, &a, diag);
    }
    if (ret == 0) {
        double at[] = {self.activity, a, self.threshold};
        ret = basin_solve_root(threshold_excess, at, -10 * fabs(a) - 50, -1e-9, &b, diag);
    }
    if (ret == 0) {
        *value = state_at(self.activity, a, b).m;
    }
    return ret;
}

static int capacity_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct sparse *self = params;
    struct state best;
    int ret = best_state(self->activity, &best, diag);
    if (ret == 0) {
        *value = best.alpha;
    }
    return ret;
}

static int overlap_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct sparse *self = params;
    struct state best;
    int ret = best_state(self->activity, &best, diag);
    if (ret == 0) {
        *value = best.m;
    }
    return ret;
}

static int threshold_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct sparse *self = params;
    struct state best;
    int ret = best_state(self->activity, &best, diag);
    if (ret == 0) {
        *value = best.theta;
    }
    return ret;
}

static int asymptote_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct sparse *self = params;
    (void)diag;
    *value = -1 / (2 * self->activity * log(self->activity));
    return 0;
}

/* alpha_c times the bits of one unit's activity. */
static int information_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct sparse *self = params;
    double p = self->activity;
    int ret = capacity_value(params, value, diag);
    *value *= ret == 0 ? -(p * log2(p) + (1 - p) * log1p(-p) / M_LN2) : 1;
    return ret;
}

/* Fields of active units: mean 1-p, of silent ones -p, both with variance alpha p. */
static int miss_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct setting *self = params;
    (void)diag;
    *value = gsl_cdf_ugaussian_P(
        (self->threshold - (1 - self->activity)) / sqrt(self->load * self->activity));
    return 0;
}

static int false_alarm_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct setting *self = params;
    (void)diag;
    *value = gsl_cdf_ugaussian_Q(
        (self->threshold + self->activity) / sqrt(self->load * self->activity));
    return 0;
}

static int error_value(const void *params, double *value, struct basin_diag *diag)
{
    const struct setting *self = params;
    double false_alarm;
    int ret = false_alarm_value(params, &false_alarm, diag);
    if (ret == 0) {
        ret = miss_value(params, value, diag);
        *value = self->activity * *value + (1 - self->activity) * false_alarm;
    }
    return ret;
}

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(
        struct sparse, activity, NULL, 1e-12, 0.5, "1", "fraction p of active units"),
    BASIN_FIELD_END,
};

static const struct basin_field setting_fields[] = {
    BASIN_FIELD_REAL(struct setting, load, NULL, BASIN_POSITIVE, 1e9, "patterns per unit",
        "load alpha = N / d"),
    BASIN_FIELD_REAL(
        struct setting, activity, NULL, 1e-12, 0.5, "1", "fraction p of active units"),
    BASIN_FIELD_REAL(
        struct setting, threshold, "0.5", -10, 10, "1", "threshold theta of the units"),
    BASIN_FIELD_END,
};

#define SPARSE "Tsodyks & Feigelman 1988; replica symmetry at T = 0, best threshold"
#define ONE_STEP "Gaussian crosstalk of the covariance rule, from the exact pattern"

const struct basin_theory basin_theory_sparse_capacity = {
    .kind = {"sparse_capacity", "load up to which sparse patterns are fixed points",
        SPARSE, 1, fields, sizeof(struct sparse)},
    .unit = "patterns per unit",
    .value = capacity_value,
};

const struct basin_theory basin_theory_sparse_overlap = {
    .kind = {"sparse_overlap", "overlap m at sparse_capacity", SPARSE, 1, fields,
        sizeof(struct sparse)},
    .unit = "1",
    .value = overlap_value,
};

const struct basin_theory basin_theory_sparse_threshold = {
    .kind = {"sparse_threshold", "threshold that gives sparse_capacity", SPARSE, 1,
        fields, sizeof(struct sparse)},
    .unit = "1",
    .value = threshold_value,
};

const struct basin_theory basin_theory_sparse_asymptote = {
    .kind = {"sparse_asymptote", "1 / (2 p |ln p|), approached as p goes to 0",
        "Tsodyks & Feigelman 1988", 1, fields, sizeof(struct sparse)},
    .unit = "patterns per unit",
    .value = asymptote_value,
};

const struct basin_theory basin_theory_sparse_information = {
    .kind = {"sparse_information", "sparse_capacity in bits per synapse", SPARSE, 1,
        fields, sizeof(struct sparse)},
    .unit = "bits",
    .value = information_value,
};

const struct basin_theory basin_theory_sparse_retrieval = {
    .kind = {"sparse_retrieval", "overlap m of the fixed point near a sparse pattern",
        "Tsodyks & Feigelman 1988; replica symmetry at T = 0", 1, setting_fields,
        sizeof(struct setting)},
    .unit = "1",
    .value = retrieval_value,
};

const struct basin_theory basin_theory_sparse_miss = {
    .kind = {"sparse_miss", "fraction of active units lost in one update", ONE_STEP, 1,
        setting_fields, sizeof(struct setting)},
    .unit = "1",
    .value = miss_value,
};

const struct basin_theory basin_theory_sparse_false_alarm = {
    .kind = {"sparse_false_alarm", "fraction of silent units lit in one update", ONE_STEP,
        1, setting_fields, sizeof(struct setting)},
    .unit = "1",
    .value = false_alarm_value,
};

const struct basin_theory basin_theory_sparse_error = {
    .kind = {"sparse_error", "fraction of wrong units after one update", ONE_STEP, 1,
        setting_fields, sizeof(struct setting)},
    .unit = "1",
    .value = error_value,
};
