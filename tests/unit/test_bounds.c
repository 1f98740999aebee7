/* The theorems of the modern continuous network: on thousands of random draws, of which
 * many are cases where a bound says something, no inequality is violated. The network
 * here is written out plainly, apart from the one that experiments use. */
#include "suite.h"

#include "base/rng.h"
#include "theory/bounds.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>

enum { N = 6, D = 8 };

struct draw {
    gsl_matrix *x;
    double p[N];
    double beta;
    struct basin_geometry g;
};

static struct draw draw_new(void)
{
    return (struct draw){.x = gsl_matrix_alloc(N, D)};
}

/* Patterns of random scale: from nearly alike to well separated. */
static void draw_next(struct draw *self, gsl_rng *r)
{
    double scale = gsl_ran_flat(r, 0.2, 2.5);
    double shared = gsl_ran_flat(r, 0, 1);
    for (size_t j = 0; j < D; j++) {
        double centre = gsl_ran_gaussian(r, shared);
        for (size_t i = 0; i < N; i++) {
            gsl_matrix_set(self->x, i, j, centre + gsl_ran_gaussian(r, scale));
        }
    }
    self->beta = exp(gsl_ran_flat(r, -3, 1.5));
    ck_assert_int_eq(basin_geometry_of(self->x, &self->g, NULL), 0);
}

/* One update; the weights stay in self->p. Returns lse(beta, X^T xi). */
static double update(struct draw *self, const double *xi, double *next)
{
    double z[N];
    double greatest = -INFINITY;
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        z[i] = 0;
        for (size_t j = 0; j < D; j++) {
            z[i] += self->beta * gsl_matrix_get(self->x, i, j) * xi[j];
        }
        greatest = fmax(greatest, z[i]);
    }
    for (size_t i = 0; i < N; i++) {
        self->p[i] = exp(z[i] - greatest);
        sum += self->p[i];
    }
    for (size_t j = 0; j < D; j++) {
        next[j] = 0;
        for (size_t i = 0; i < N; i++) {
            next[j] += self->p[i] / sum * gsl_matrix_get(self->x, i, j);
        }
    }
    for (size_t i = 0; i < N; i++) {
        self->p[i] /= sum;
    }
    return (greatest + log(sum)) / self->beta;
}

static double energy(struct draw *self, const double *xi)
{
    double next[D];
    double square = 0;
    for (size_t j = 0; j < D; j++) {
        square += xi[j] * xi[j];
    }
    return -update(self, xi, next) + square / 2 + log(N) / self->beta +
           self->g.largest * self->g.largest / 2;
}

static double distance(const double *a, const double *b)
{
    double sum = 0;
    for (size_t j = 0; j < D; j++) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sqrt(sum);
}

/* |J|_2 of J = beta X (diag p - p p^T) X^T: its largest eigenvalue, by power iteration.
 */
static double jacobian_norm(struct draw *self, const double *xi, gsl_rng *r)
{
    double mean[D];
    double v[D];
    double norm = 0;
    update(self, xi, mean);
    for (size_t j = 0; j < D; j++) {
        v[j] = gsl_ran_gaussian(r, 1);
    }
    for (int step = 0; step < 50; step++) {
        double w[D] = {0};
        for (size_t i = 0; i < N; i++) {
            double along = 0;
            for (size_t j = 0; j < D; j++) {
                along += (gsl_matrix_get(self->x, i, j) - mean[j]) * v[j];
            }
            for (size_t j = 0; j < D; j++) {
                w[j] += self->beta * self->p[i] * along *
                        (gsl_matrix_get(self->x, i, j) - mean[j]);
            }
        }
        norm = cblas_dnrm2(D, w, 1);
        for (size_t j = 0; j < D; j++) {
            v[j] = norm > 0 ? w[j] / norm : 0;
        }
    }
    return norm;
}

/* A random point of the convex hull. */
static void draw_state(const struct draw *self, gsl_rng *r, double *xi)
{
    double weight[N];
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        weight[i] = gsl_ran_exponential(r, 1);
        sum += weight[i];
    }
    for (size_t j = 0; j < D; j++) {
        xi[j] = 0;
        for (size_t i = 0; i < N; i++) {
            xi[j] += weight[i] / sum * gsl_matrix_get(self->x, i, j);
        }
    }
}

static void near_pattern(
    const struct draw *self, size_t i, double reach, gsl_rng *r, double *xi)
{
    double direction[D];
    gsl_ran_dir_nd(r, D, direction);
    for (size_t j = 0; j < D; j++) {
        xi[j] = gsl_matrix_get(self->x, i, j) + reach * direction[j];
    }
}

static bool at_most(double value, double bound)
{
    return value <= bound * (1 + 1e-9) + 1e-12;
}

START_TEST(energy_and_jacobian_stay_within_their_bounds)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    struct draw d = draw_new();
    gsl_rng_set(r, 11);
    for (int k = 0; k < 10000; k++) {
        double xi[D];
        draw_next(&d, r);
        draw_state(&d, r, xi);
        double e = energy(&d, xi);
        ck_assert(e >= -1e-9 && at_most(e, basin_energy_bound(&d.g, d.beta)));
        double norm = jacobian_norm(&d, xi, r);
        double spread = 0;
        for (size_t i = 0; i < N; i++) {
            spread = fmax(spread, d.p[i] * (1 - d.p[i]));
        }
        ck_assert(at_most(norm, basin_jacobian_bound(&d.g, d.beta, spread)));
        ck_assert(at_most(norm, basin_jacobian_bound_mean(&d.g, d.beta)));
        ck_assert(at_most(d.g.norm * d.g.norm, N * d.g.largest * d.g.largest));
    }
    gsl_matrix_free(d.x);
    gsl_rng_free(r);
}
END_TEST

START_TEST(updates_stay_within_the_error_bound)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    struct draw d = draw_new();
    size_t informative = 0;
    gsl_rng_set(r, 12);
    for (int k = 0; k < 10000; k++) {
        double xi[D];
        double next[D];
        draw_next(&d, r);
        double reach = gsl_ran_flat(r, 0, 0.5);
        near_pattern(&d, 0, reach, r, xi);
        update(&d, xi, next);
        const double *x = gsl_matrix_const_ptr(d.x, 0, 0);
        double bound =
            basin_error_bound(&d.g, d.beta, basin_separation_of(d.x, 0), reach);
        ck_assert(at_most(distance(next, x), bound));
        informative += bound < d.g.largest;
    }
    ck_assert_uint_gt(informative, 500);
    gsl_matrix_free(d.x);
    gsl_rng_free(r);
}
END_TEST

/* Where the separation suffices, iteration from anywhere in the ball stays in it, ends at
 * one point and comes nearer to it in every update. */
START_TEST(separated_patterns_have_a_fixed_point_in_their_ball)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    struct draw d = draw_new();
    size_t separated = 0;
    gsl_rng_set(r, 13);
    for (int k = 0; k < 20000; k++) {
        double xi[D];
        double next[D];
        double star[D];
        draw_next(&d, r);
        double separation = basin_separation_of(d.x, 0);
        double radius = basin_ball_radius(&d.g, d.beta);
        if (separation < basin_separation_needed(&d.g, d.beta)) {
            continue;
        }
        separated++;
        const double *x = gsl_matrix_const_ptr(d.x, 0, 0);
        near_pattern(&d, 0, 0, r, star);
        for (int step = 0; step < 100; step++) {
            update(&d, star, next);
            for (size_t j = 0; j < D; j++) {
                star[j] = next[j];
            }
        }
        ck_assert(at_most(distance(star, x), radius));
        ck_assert(
            at_most(distance(star, x), basin_retrieval_bound(&d.g, d.beta, separation)));
        near_pattern(&d, 0, radius * gsl_rng_uniform(r), r, xi);
        update(&d, xi, next);
        ck_assert(at_most(distance(next, x), radius));
        double far = fmax(distance(xi, x), distance(star, x));
        double shrink = basin_contraction_bound(&d.g, d.beta, separation, far);
        ck_assert(at_most(distance(next, star), shrink * distance(xi, star)));
    }
    ck_assert_uint_gt(separated, 1000);
    gsl_matrix_free(d.x);
    gsl_rng_free(r);
}
END_TEST

/* Four patterns close to a centre, two far away on the other side. */
START_TEST(separated_clusters_have_a_fixed_point_near_their_mean)
{
    enum { L = 4 };
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    struct draw d = draw_new();
    size_t separated = 0;
    gsl_rng_set(r, 14);
    for (int k = 0; k < 20000; k++) {
        double mean[D] = {0};
        double xi[D];
        double next[D];
        double about = 0;
        double square = 0;
        double nearest = -INFINITY;
        double size = gsl_ran_flat(r, 1, 6);
        double apart = gsl_ran_flat(r, 0.005, 0.1);
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < D; j++) {
                double centre = j == 0 ? (i < L ? size : -size) : 0;
                gsl_matrix_set(d.x, i, j, centre + gsl_ran_gaussian(r, apart));
                mean[j] += i < L ? gsl_matrix_get(d.x, i, j) / L : 0;
            }
        }
        ck_assert_int_eq(basin_geometry_of(d.x, &d.g, NULL), 0);
        for (size_t i = 0; i < L; i++) {
            about = fmax(about, distance(gsl_matrix_const_ptr(d.x, i, 0), mean));
        }
        for (size_t j = 0; j < D; j++) {
            square += mean[j] * mean[j];
        }
        for (size_t i = L; i < N; i++) {
            nearest =
                fmax(nearest, cblas_ddot(D, mean, 1, gsl_matrix_const_ptr(d.x, i, 0), 1));
        }
        d.beta = gsl_ran_flat(r, 0.05, 1) / (about * about);
        if (square - nearest < basin_cluster_separation_needed(&d.g, d.beta, L, about)) {
            continue;
        }
        separated++;
        for (size_t j = 0; j < D; j++) {
            xi[j] = mean[j];
        }
        for (int step = 0; step < 200; step++) {
            update(&d, xi, next);
            for (size_t j = 0; j < D; j++) {
                xi[j] = next[j];
            }
        }
        ck_assert(at_most(distance(xi, mean), 1 / (d.beta * about)));
    }
    ck_assert_uint_gt(separated, 1000);
    gsl_matrix_free(d.x);
    gsl_rng_free(r);
}
END_TEST

START_TEST(the_geometry_of_three_known_patterns)
{
    const double rows[] = {3, 0, 0, 4, -3, 0};
    gsl_matrix_const_view x = gsl_matrix_const_view_array(rows, 3, 2);
    struct basin_geometry g;
    ck_assert_int_eq(basin_geometry_of(&x.matrix, &g, NULL), 0);
    ck_assert_double_eq(g.n, 3);
    ck_assert_double_eq_tol(g.largest, 4, 1e-12);
    ck_assert_double_eq_tol(g.about_mean, sqrt(9 + 16 / 9.0), 1e-12);
    ck_assert_double_eq_tol(g.norm, sqrt(18), 1e-12);
    ck_assert_double_eq_tol(basin_separation_of(&x.matrix, 0), 9, 1e-12);
    ck_assert_double_eq_tol(basin_separation_of(&x.matrix, 1), 16, 1e-12);
    ck_assert(isinf(basin_cluster_separation_needed(&g, 1, 2, 1)));
    gsl_matrix_const_view one = gsl_matrix_const_view_array(rows, 1, 2);
    ck_assert(isinf(basin_separation_of(&one.matrix, 0)));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("bounds");
    TCase *c = tcase_create("bounds");
    gsl_set_error_handler_off();
    tcase_set_timeout(c, 60);
    tcase_add_test(c, the_geometry_of_three_known_patterns);
    tcase_add_test(c, energy_and_jacobian_stay_within_their_bounds);
    tcase_add_test(c, updates_stay_within_the_error_bound);
    tcase_add_test(c, separated_patterns_have_a_fixed_point_in_their_ball);
    tcase_add_test(c, separated_clusters_have_a_fixed_point_near_their_mean);
    suite_add_tcase(s, c);
    return s;
}
