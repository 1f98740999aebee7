/* The modern continuous Hopfield network: theorems of Ramsauer et al. 2020, the solvable
 * pair of patterns, separations and conventions of scale. */
#include "rule_setup.h"
#include "suite.h"

#include "rules/scale.h"
#include "rules/separation.h"

#include <gsl/gsl_roots.h>
#include <gsl/gsl_statistics.h>

static const char *separations[] = {"softmax", "sparsemax", "entmax15", "topk"};

static char *text_of(double x, char buffer[32])
{
    snprintf(buffer, 32, "%.17g", x);
    return buffer;
}

START_TEST(an_update_is_the_mixture_by_the_softmax)
{
    gsl_rng *r = test_rng(1);
    gsl_matrix *X = random_gaussian(17, 9, r);
    gsl_matrix *states = random_gaussian(130, 9, r);
    gsl_matrix *next = matrix_copy(states);
    struct setup net = SETUP(basin_rule_modern, X, 1, "beta", "0.7");
    setup_step(&net, 0, next);
    for (size_t j = 0; j < 130; j++) {
        double mixture[9] = {0};
        double sum = 0;
        for (size_t i = 0; i < 17; i++) {
            double dot = 0;
            for (size_t k = 0; k < 9; k++) {
                dot += gsl_matrix_get(X, i, k) * gsl_matrix_get(states, j, k);
            }
            sum += exp(0.7 * dot);
            for (size_t k = 0; k < 9; k++) {
                mixture[k] += exp(0.7 * dot) * gsl_matrix_get(X, i, k);
            }
        }
        for (size_t k = 0; k < 9; k++) {
            ck_assert_double_eq_tol(gsl_matrix_get(next, j, k), mixture[k] / sum, 1e-12);
        }
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(next);
    gsl_rng_free(r);
}
END_TEST

/* E = -lse(beta, X xi) + 1/2 xi.xi + ln N/beta + M^2/2 */
START_TEST(the_energy_is_that_of_the_paper)
{
    const char *betas[] = {"0.03", "1", "10"};
    gsl_rng *r = test_rng(2);
    gsl_matrix *X = random_gaussian(17, 9, r);
    gsl_matrix *states = random_gaussian(5, 9, r);
    double M = basin_max_norm(X);
    for (size_t b = 0; b < 3; b++) {
        double beta = strtod(betas[b], NULL);
        struct setup net = SETUP(basin_rule_modern, X, 1, "beta", betas[b]);
        for (size_t j = 0; j < 5; j++) {
            gsl_vector_view xi = gsl_matrix_row(states, j);
            double sum = 0;
            for (size_t i = 0; i < 17; i++) {
                gsl_vector_view x = gsl_matrix_row(X, i);
                double dot = 0;
                gsl_blas_ddot(&x.vector, &xi.vector, &dot);
                sum += exp(beta * dot);
            }
            double norm = gsl_blas_dnrm2(&xi.vector);
            double e = -log(sum) / beta + norm * norm / 2 + log(17) / beta + M * M / 2;
            ck_assert_double_eq_tol(setup_energy(&net, states, j), e, 1e-10);
        }
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

/* Lemma A1 in the convex hull: 0 <= E <= ln N/beta + M^2/2 and E <= 2 M^2. Theorem 1: E
 * never rises. Theorem 2: the steps go to 0. */
START_TEST(energy_is_bounded_and_falls_and_steps_vanish)
{
    enum { N = 12, D = 6, CUES = 100 };
    const char *betas[] = {"0.03", "0.1", "0.5", "2", "10"};
    gsl_rng *r = test_rng(3);
    for (size_t c = 0; c < 20; c++) {
        gsl_matrix *X = random_gaussian(N, D, r);
        double M = basin_max_norm(X);
        double beta = strtod(betas[c / 4], NULL);
        struct setup net = SETUP(basin_rule_modern, X, 1, "beta", betas[c / 4],
            "separation", separations[c % 4], "top_k", "5", "tolerance", "1e-10",
            "max_steps", "100000", "energy", "steps");
        gsl_matrix *hull = gsl_matrix_alloc(CUES, N);
        const double ones[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        for (size_t j = 0; j < CUES; j++) {
            gsl_ran_dirichlet(r, N, ones, gsl_matrix_ptr(hull, j, 0));
        }
        gsl_matrix *states = gsl_matrix_alloc(CUES, D);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, hull, X, 0, states);
        double uniform = c % 4 == 0 ? log(N) : INFINITY;
        struct basin_outcome outcome[CUES];
        setup_relax(&net, states, outcome);
        for (size_t j = 0; j < CUES; j++) {
            ck_assert_double_ge(outcome[j].energy_end, -1e-12);
            ck_assert_double_le(outcome[j].energy_start, uniform / beta + M * M / 2);
            ck_assert_double_le(outcome[j].energy_start, 2 * M * M);
            ck_assert_uint_eq(outcome[j].energy_rises, 0);
            ck_assert_int_eq(outcome[j].end, BASIN_END_FIXED_POINT);
        }
        gsl_matrix_free(X);
        gsl_matrix_free(hull);
        gsl_matrix_free(states);
        setup_free(&net);
    }
    gsl_rng_free(r);
}
END_TEST

/* Rounding to float neither raises the energy nor looks like a cycle. */
START_TEST(single_precision_converges_like_double)
{
    enum { CUES = 200 };
    gsl_rng *r = test_rng(9);
    gsl_matrix *X = random_gaussian(100, 64, r);
    gsl_matrix *states = random_gaussian(CUES, 64, r);
    gsl_matrix *twins = matrix_copy(states);
    struct basin_outcome outcome[CUES];
    struct setup net = SETUP(basin_rule_modern, X, 1, "beta", "0.05", "precision",
        "single", "energy", "steps");
    struct setup twin = SETUP(basin_rule_modern, X, 1, "beta", "0.05");
    setup_relax(&net, states, outcome);
    for (size_t j = 0; j < CUES; j++) {
        ck_assert_int_eq(outcome[j].end, BASIN_END_FIXED_POINT);
        ck_assert_uint_eq(outcome[j].energy_rises, 0);
        ck_assert_double_lt(outcome[j].energy_end, outcome[j].energy_start);
    }
    setup_relax(&twin, twins, outcome);
    ck_assert_double_le(max_difference(states, twins), 1e-4);
    setup_free(&net);
    setup_free(&twin);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(twins);
    gsl_rng_free(r);
}
END_TEST

/* Patterns x and -x, |x| = M: xi = s x goes to tanh(beta M^2 s) x. */
static double pair_after(const char *beta, double s, long steps)
{
    double patterns[] = {0.6, 0.8, -0.6, -0.8};
    double state[] = {s * 0.6, s * 0.8};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 2, 2);
    gsl_matrix_view states = gsl_matrix_view_array(state, 1, 2);
    char text[32];
    struct setup net = SETUP(basin_rule_modern, &X.matrix, 1, "beta", beta, "steps",
        text_of((double)steps, text));
    struct basin_outcome outcome;
    setup_relax(&net, &states.matrix, &outcome);
    setup_free(&net);
    return state[0] / 0.6;
}

START_TEST(the_pair_is_solved_exactly)
{
    ck_assert_double_eq_tol(pair_after("1.2", 0.3, 1), tanh(0.36), 1e-14);
    ck_assert_double_eq_tol(pair_after("1.2", 0.3, 400), 0.658570, 1e-6);
    ck_assert_double_eq_tol(pair_after("2", 0.3, 400), 0.957504, 1e-6);
    ck_assert_double_eq_tol(pair_after("0.5", 0.3, 400), 0, 1e-12);
    /* At beta M^2 = 1 convergence is algebraic: s_t ~ sqrt(3/(2 t)). */
    double s100 = pair_after("1", 1, 100);
    ck_assert_double_eq_tol(s100, sqrt(3.0 / 200), 0.02 * s100);

    /* Ratio of successive distances: beta M^2 (1 - s*^2). */
    double end = pair_after("1.2", 0.3, 400);
    double ratio =
        (pair_after("1.2", 0.3, 31) - end) / (pair_after("1.2", 0.3, 30) - end);
    ck_assert_double_eq_tol(ratio, 0.6795, 1e-3);
    end = pair_after("2", 0.3, 400);
    ratio = (pair_after("2", 0.3, 11) - end) / (pair_after("2", 0.3, 10) - end);
    ck_assert_double_eq_tol(ratio, 0.16637, 1e-3);
    ratio = pair_after("0.5", 0.3, 31) / pair_after("0.5", 0.3, 30);
    ck_assert_double_eq_tol(ratio, 0.5, 1e-3);
}
END_TEST

/* Three clusters of eight with equal norms: fixed points 1, 3, 24 as beta grows. */
START_TEST(beta_decides_what_is_a_fixed_point)
{
    enum { N = 24, D = 16 };
    const char *betas[] = {"0.02", "1", "400"};
    const size_t expected[] = {1, 3, 24};
    gsl_rng *r = test_rng(4);
    gsl_matrix *X = random_gaussian(N, D, r);
    gsl_matrix_scale(X, 0.25);
    for (size_t i = 0; i < N; i++) {
        gsl_vector_view x = gsl_matrix_row(X, i);
        *gsl_vector_ptr(&x.vector, i / 8) += 4;
        gsl_vector_scale(&x.vector, 4 / gsl_blas_dnrm2(&x.vector));
    }
    for (size_t b = 0; b < 3; b++) {
        struct setup net = SETUP(basin_rule_modern, X, 1, "beta", betas[b]);
        gsl_matrix *states = matrix_copy(X);
        struct basin_outcome outcome[N];
        setup_relax(&net, states, outcome);
        size_t different = 0;
        for (size_t i = 0; i < N; i++) {
            bool new = true;
            for (size_t j = 0; j < i && new; j++) {
                double distance = 0;
                for (size_t k = 0; k < D; k++) {
                    distance +=
                        fabs(gsl_matrix_get(states, i, k) - gsl_matrix_get(states, j, k));
                }
                new = distance > 1e-4;
            }
            different += new;
        }
        ck_assert_uint_eq(different, expected[b]);
        gsl_matrix_free(states);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_rng_free(r);
}
END_TEST

/* sum max(a z - tau, 0)^power - 1 */
struct mass {
    const double *z;
    size_t n;
    double factor, power;
};

static double excess(double tau, void *mass)
{
    const struct mass *m = mass;
    double sum = -1;
    for (size_t i = 0; i < m->n; i++) {
        sum += pow(fmax(m->factor * m->z[i] - tau, 0), m->power);
    }
    return sum;
}

/* The threshold by bisection of the defining equation. */
static double bisect(struct mass *mass)
{
    gsl_function f = {excess, mass};
    double max = mass->factor * gsl_stats_max(mass->z, 1, mass->n);
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_root_fsolver_set(solver, &f, max - 1.5, max);
    for (int i = 0; i < 200; i++) {
        gsl_root_fsolver_iterate(solver);
    }
    double tau = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    return tau;
}

START_TEST(sparse_separations_solve_their_equation)
{
    enum { N = 50 };
    gsl_rng *r = test_rng(5);
    for (size_t c = 0; c < 40; c++) {
        double z[N];
        double p[N];
        double scratch[N];
        for (size_t i = 0; i < N; i++) {
            z[i] = gsl_ran_gaussian(r, 0.02 * (double)(1 << (c / 4))) + 3;
        }
        z[7] = z[8]; /* equal logits have equal weights */
        bool sparsemax = c % 2 == 0;
        struct mass mass = {z, N, sparsemax ? 1 : 0.5, sparsemax ? 1 : 2};
        double tau = bisect(&mass);
        memcpy(p, z, sizeof(p));
        basin_separate(sparsemax ? BASIN_SPARSEMAX : BASIN_ENTMAX15, 0, p, N, scratch);
        for (size_t i = 0; i < N; i++) {
            ck_assert_double_eq_tol(
                p[i], pow(fmax(mass.factor * z[i] - tau, 0), mass.power), 1e-12);
        }
        ck_assert_double_eq(p[7], p[8]);
    }
    gsl_rng_free(r);
}
END_TEST

/* p maximises q.z - Omega(q): no other point of the simplex does better. */
START_TEST(weights_maximise_what_they_are_defined_by)
{
    enum { N = 8 };
    const double ones[N] = {1, 1, 1, 1, 1, 1, 1, 1};
    gsl_rng *r = test_rng(6);
    for (size_t c = 0; c < 300; c++) {
        enum basin_separation kind = (enum basin_separation)(c % 3);
        double z[N];
        double p[N];
        double q[N];
        double scratch[N];
        double value = 0;
        for (size_t i = 0; i < N; i++) {
            z[i] = p[i] = gsl_ran_gaussian(r, 2);
        }
        basin_separate(kind, 0, p, N, scratch);
        gsl_ran_dirichlet(r, N, ones, q);
        for (size_t i = 0; i < N; i++) {
            q[i] = 0.99 * p[i] + 0.01 * q[i];
            value += (p[i] - q[i]) * z[i];
        }
        value -= basin_separation_cost(kind, 0, p, N);
        value += basin_separation_cost(kind, 0, q, N);
        ck_assert_double_gt(value, 0);
    }
    for (size_t kind = 0; kind < 3; kind++) {
        double p[] = {0.25, 0.25, 0.25, 0.25};
        double one[] = {0, 1, 0, 0};
        const double greatest[] = {log(4), 3.0 / 8, 2.0 / 3};
        ck_assert_double_eq_tol(
            basin_separation_cost((enum basin_separation)kind, 0, p, 4), 0, 1e-15);
        ck_assert_double_eq_tol(
            basin_separation_cost((enum basin_separation)kind, 0, one, 4), greatest[kind],
            1e-15);
    }
    gsl_rng_free(r);
}
END_TEST

START_TEST(top_k_takes_exactly_k)
{
    double z[] = {1, 3, 2, 3, 2, 0, 2};
    double scratch[7];
    basin_separate(BASIN_TOPK, 4, z, 7, scratch);
    double sum = 2 + 2 * exp(-1);
    const double expected[] = {0, 1 / sum, exp(-1) / sum, 1 / sum, exp(-1) / sum, 0, 0};
    for (size_t i = 0; i < 7; i++) {
        ck_assert_double_eq_tol(z[i], expected[i], 1e-15);
    }
    double all[] = {1, 3, 2};
    double same[] = {1, 3, 2};
    basin_separate(BASIN_TOPK, 3, all, 3, scratch);
    basin_separate(BASIN_SOFTMAX, 0, same, 3, scratch);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq(all[i], same[i]);
    }
    ck_assert_double_eq(
        basin_separation_cost(BASIN_TOPK, 2, (double[]){0, .5, .5}, 3), 0);
}
END_TEST

START_TEST(more_weights_than_patterns_are_refused)
{
    struct basin_diag diag = {{0}};
    void *params = PARAMS(&basin_rule_modern.kind, "separation", "topk", "top_k", "12");
    ck_assert_int_eq(
        basin_rule_modern.check(params, NULL, 5, 12, BASIN_CONTINUOUS, &diag), 0);
    ck_assert_int_eq(
        basin_rule_modern.check(params, NULL, 5, 11, BASIN_CONTINUOUS, &diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "top_k 12 is more than the 11 stored patterns");
    free(params);
}
END_TEST

START_TEST(scales_change_the_effective_beta_only)
{
    const char *scales[] = {"none", "sqrt_d", "sqrt_d_max_norm"};
    double patterns[] = {3, 4, 0, 0, 0, 1, 1, 1};
    const double factor[] = {1, 0.5, 0.1};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 2, 4);
    for (size_t c = 0; c < 3; c++) {
        char beta[32];
        double state[] = {0.1, 0.2, 0.3, 0.4};
        double same[] = {0.1, 0.2, 0.3, 0.4};
        gsl_matrix_view states = gsl_matrix_view_array(state, 1, 4);
        gsl_matrix_view same_states = gsl_matrix_view_array(same, 1, 4);
        struct setup net =
            SETUP(basin_rule_modern, &X.matrix, 1, "beta", "2", "scale", scales[c]);
        struct setup plain =
            SETUP(basin_rule_modern, &X.matrix, 1, "beta", text_of(2 * factor[c], beta));
        ck_assert_double_eq_tol(
            net.rule->effective_beta(net.memory), 2 * factor[c], 1e-15);
        ck_assert_double_eq_tol(setup_energy(&net, &states.matrix, 0),
            setup_energy(&plain, &states.matrix, 0), 1e-12);
        setup_step(&net, 0, &states.matrix);
        setup_step(&plain, 0, &same_states.matrix);
        ck_assert_double_eq_tol(
            max_difference(&states.matrix, &same_states.matrix), 0, 1e-14);
        setup_free(&net);
        setup_free(&plain);
    }
}
END_TEST

/* Weights of one state by the conventions of threshold.h, by hand. */
START_TEST(thresholded_patterns_are_compared_but_not_read_out)
{
    double patterns[] = {-0.9, 0.5, -0.6, 0.2, -0.8, -0.7, 0.9, 0.9, -0.6};
    double xi[] = {-1, 0.3, -0.7};
    const double sparse[] = {-0.9, 0, -0.6, 0, -0.8, -0.7, 0, 0, -0.6};
    const double sparse_xi[] = {-1, 0, -0.7};
    const char *scales[] = {"same", "unit_norm", "matched"};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 3, 3);
    for (size_t c = 0; c < 3; c++) {
        double z[3] = {0};
        double dense[3] = {0};
        double q = 0;
        for (size_t i = 0; i < 3; i++) {
            double k = 0;
            for (size_t l = 0; l < 3; l++) {
                z[i] += sparse[3 * i + l] * sparse_xi[l];
                dense[i] += patterns[3 * i + l] * xi[l];
                k += sparse[3 * i + l] * sparse[3 * i + l];
            }
            z[i] /= c == 1 ? sqrt(k) : 1;
            q += sparse_xi[i] * sparse_xi[i];
        }
        double factor = c == 0   ? 1
                        : c == 1 ? 1 / sqrt(q)
                                 : gsl_stats_max(dense, 1, 3) / gsl_stats_max(z, 1, 3);
        double sum = 0;
        for (size_t i = 0; i < 3; i++) {
            z[i] = exp(4 * factor * z[i]);
            sum += z[i];
        }
        double state[3];
        double weight[3];
        memcpy(state, xi, sizeof(state));
        gsl_matrix_view states = gsl_matrix_view_array(state, 1, 3);
        gsl_matrix_view weights = gsl_matrix_view_array(weight, 1, 3);
        struct setup net = SETUP(basin_rule_modern, &X.matrix, 1, "beta", "4",
            "threshold", "-0.5", "threshold_scale", scales[c]);
        ck_assert_int_eq(
            net.rule->weights(net.memory, &states.matrix, &weights.matrix, &net.diag), 0);
        ck_assert(isnan(setup_energy(&net, &states.matrix, 0)));
        ck_assert(isnan(net.rule->effective_beta(net.memory)) == (c != 0));
        setup_step(&net, 0, &states.matrix);
        for (size_t l = 0; l < 3; l++) {
            ck_assert_double_eq_tol(weight[l], z[l] / sum, 1e-14);
            double mixture = 0;
            for (size_t i = 0; i < 3; i++) {
                mixture += z[i] / sum * patterns[3 * i + l];
            }
            ck_assert_double_eq_tol(state[l], mixture, 1e-14);
        }
        setup_free(&net);
    }
}
END_TEST

START_TEST(a_threshold_that_leaves_nothing_is_told)
{
    double patterns[] = {-0.9, 0.5, 0.4, 0.2};
    double xi[] = {0.3, 0.7};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 2, 2);
    gsl_matrix_view states = gsl_matrix_view_array(xi, 1, 2);
    struct setup net = SETUP(basin_rule_modern, &X.matrix, 1, "threshold", "-0.5");
    ck_assert_int_eq(net.code, 0);
    ck_assert_int_eq(
        net.rule->step(net.memory, 0, &states.matrix, &net.diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        net.diag.text, "threshold -0.5 (keep below) leaves nothing of a state");
    setup_free(&net);

    net = SETUP(basin_rule_modern, &X.matrix, 1, "threshold", "0.6", "threshold_keep",
        "above", "threshold_on", "keys");
    ck_assert_int_eq(net.code, BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        net.diag.text, "threshold 0.6 (keep above) leaves nothing of any stored pattern");
    setup_free(&net);

    net = SETUP(basin_rule_modern, &X.matrix, 1, "threshold", "0.45", "threshold_keep",
        "above", "threshold_scale", "matched");
    gsl_matrix_scale(&X.matrix, -1);
    ck_assert_int_eq(
        net.rule->step(net.memory, 0, &states.matrix, &net.diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(net.diag.text,
        "threshold_scale matched: a state's largest product with a pattern is -0.08, "
        "thresholded 0.35; both must be greater than 0");
    setup_free(&net);

    gsl_matrix_set_zero(&X.matrix);
    net = SETUP(basin_rule_modern, &X.matrix, 1, "scale", "sqrt_d_max_norm");
    ck_assert_int_eq(net.code, BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        net.diag.text, "scale sqrt_d_max_norm: every stored pattern is zero");
    setup_free(&net);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("modern");
    TCase *c = tcase_create("modern");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, an_update_is_the_mixture_by_the_softmax);
    tcase_add_test(c, the_energy_is_that_of_the_paper);
    tcase_add_test(c, energy_is_bounded_and_falls_and_steps_vanish);
    tcase_add_test(c, single_precision_converges_like_double);
    tcase_add_test(c, the_pair_is_solved_exactly);
    tcase_add_test(c, beta_decides_what_is_a_fixed_point);
    tcase_add_test(c, sparse_separations_solve_their_equation);
    tcase_add_test(c, weights_maximise_what_they_are_defined_by);
    tcase_add_test(c, top_k_takes_exactly_k);
    tcase_add_test(c, more_weights_than_patterns_are_refused);
    tcase_add_test(c, scales_change_the_effective_beta_only);
    tcase_add_test(c, thresholded_patterns_are_compared_but_not_read_out);
    tcase_add_test(c, a_threshold_that_leaves_nothing_is_told);
    suite_add_tcase(s, c);
    return s;
}
