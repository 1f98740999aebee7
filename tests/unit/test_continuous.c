/* The Hopfield network with continuous states: its energy and when it may rise. */
#include "rule_setup.h"
#include "suite.h"

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_integration.h>

static const char *activations[] = {"tanh", "logistic", "sin"};

static double f(size_t activation, double h)
{
    return activation == 0 ? tanh(h) : activation == 1 ? 1 / (1 + exp(-h)) : sin(h);
}

static double inverse(double y, void *activation)
{
    switch (*(size_t *)activation) {
    case 0:
        return atanh(y);
    case 1:
        return log(y / (1 - y));
    default:
        return asin(y);
    }
}

START_TEST(an_update_applies_f_to_the_field)
{
    enum { N = 7, D = 20, M = 70 };
    gsl_rng *r = test_rng(1);
    gsl_matrix *X = random_uniform(N, D, r);
    gsl_matrix *states = random_uniform(M, D, r);
    gsl_matrix *W = gsl_matrix_alloc(D, D);
    for (size_t c = 0; c < 6; c++) {
        gsl_blas_dgemm(CblasTrans, CblasNoTrans, 0.3, X, X, 0, W);
        gsl_vector_view diagonal = gsl_matrix_diagonal(W);
        if (c % 2 == 1) {
            gsl_vector_set_zero(&diagonal.vector);
        }
        struct setup net =
            SETUP(basin_rule_continuous, X, 1, "activation", activations[c / 2], "gain",
                "0.3", "bias", "0.1", "diagonal", c % 2 == 1 ? "zero" : "kept");
        gsl_matrix *h = gsl_matrix_alloc(M, D);
        gsl_matrix *next = matrix_copy(states);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, states, W, 0, h);
        for (size_t i = 0; i < M * D; i++) {
            h->data[i] = f(c / 2, h->data[i] - 0.1);
        }
        setup_step(&net, 0, next);
        ck_assert_double_le(max_difference(next, h), 1e-13);
        gsl_matrix_free(h);
        gsl_matrix_free(next);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(W);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

/* E(xi) - E(xi_0) of one unit and one pattern x is the quadratic form plus the integral
 * of f^-1, done numerically. */
START_TEST(the_energy_contains_the_integral_of_the_inverse)
{
    double x = 0.8;
    gsl_matrix_view X = gsl_matrix_view_array(&x, 1, 1);
    gsl_integration_workspace *work = gsl_integration_workspace_alloc(100);
    for (size_t c = 0; c < 3; c++) {
        struct setup net = SETUP(basin_rule_continuous, &X.matrix, 1, "activation",
            activations[c], "gain", "2", "bias", "0.3");
        double from = 0.25;
        gsl_matrix_view start = gsl_matrix_view_array(&from, 1, 1);
        for (int i = 0; i < 10; i++) {
            double to = 0.05 + 0.1 * i;
            gsl_function g = {inverse, &c};
            double integral = 0;
            double error = 0;
            gsl_integration_qag(&g, from, to, 1e-11, 0, 100, 6, work, &integral, &error);
            double expected =
                integral - 0.64 * (to * to - from * from) + 0.3 * (to - from);
            gsl_matrix_view end = gsl_matrix_view_array(&to, 1, 1);
            ck_assert_double_eq_tol(
                setup_energy(&net, &end.matrix, 0) - setup_energy(&net, &start.matrix, 0),
                expected, 1e-11);
        }
        setup_free(&net);
    }
    gsl_integration_workspace_free(work);
}
END_TEST

START_TEST(the_energy_at_the_ends_of_the_range)
{
    double x = 0;
    gsl_matrix_view X = gsl_matrix_view_array(&x, 1, 1);
    const double ends[][3] = {{1, -1, 0}, {1, 0, 0.5}, {1, -1, 0}};
    const double values[][3] = {
        {M_LN2, M_LN2, 0}, {0, 0, -M_LN2}, {M_PI_2 - 1, M_PI_2 - 1, 0}};
    for (size_t c = 0; c < 3; c++) {
        struct setup net =
            SETUP(basin_rule_continuous, &X.matrix, 1, "activation", activations[c]);
        for (size_t i = 0; i < 3; i++) {
            double end = ends[c][i];
            gsl_matrix_view state = gsl_matrix_view_array(&end, 1, 1);
            ck_assert_double_eq_tol(
                setup_energy(&net, &state.matrix, 0), values[c][i], 1e-15);
        }
        double outside = 1.01;
        gsl_matrix_view state = gsl_matrix_view_array(&outside, 1, 1);
        ck_assert(isinf(setup_energy(&net, &state.matrix, 0)));
        setup_free(&net);
    }
}
END_TEST

/* Number of energy rises and of two-cycles in 200 runs from random states. */
static void count(const char *activation, const char *diagonal, const char *gain,
    size_t *rises, size_t *cycles)
{
    enum { RUNS = 200 };
    gsl_rng *r = test_rng(3);
    gsl_matrix *X = random_uniform(15, 30, r);
    gsl_matrix *states = random_uniform(RUNS, 30, r);
    for (size_t i = 0; i < RUNS * 30; i++) {
        states->data[i] = fabs(states->data[i]); /* in the range of every f */
    }
    struct setup net =
        SETUP(basin_rule_continuous, X, 1, "activation", activation, "diagonal", diagonal,
            "gain", gain, "bias", "0.2", "energy", "steps", "max_steps", "200");
    struct basin_outcome outcome[RUNS];
    setup_relax(&net, states, outcome);
    *rises = *cycles = 0;
    for (size_t i = 0; i < RUNS; i++) {
        *rises += outcome[i].energy_rises;
        *cycles += outcome[i].end == BASIN_END_TWO_CYCLE;
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}

START_TEST(the_energy_falls_if_w_is_positive_and_f_increases)
{
    const char *gains[] = {"0.5", "2", "5"};
    size_t rises = 0;
    size_t cycles = 0;
    size_t cycles_without = 0;
    for (size_t g = 0; g < 3; g++) {
        for (size_t c = 0; c < 2; c++) {
            count(activations[c], "kept", gains[g], &rises, &cycles);
            ck_assert_uint_eq(rises, 0);
            ck_assert_uint_eq(cycles, 0);
        }
        count("tanh", "zero", gains[g], &rises, &cycles);
        ck_assert_uint_gt(rises, 0);
        cycles_without += cycles;
        count("sin", "kept", gains[g], &rises, &cycles);
        ck_assert_uint_gt(rises, 0);
    }
    ck_assert_uint_gt(cycles_without, 0);
}
END_TEST

/* dE/dxi = f^-1(xi) - (g W xi - b) = f^-1(xi) - f^-1(xi'). */
struct line {
    struct setup *net;
    gsl_matrix *state;
    size_t i;
};

static double energy_along(double xi, void *data)
{
    struct line *line = data;
    double keep = gsl_matrix_get(line->state, 0, line->i);
    gsl_matrix_set(line->state, 0, line->i, xi);
    double e = setup_energy(line->net, line->state, 0);
    gsl_matrix_set(line->state, 0, line->i, keep);
    return e;
}

START_TEST(the_update_is_where_the_gradient_vanishes)
{
    gsl_rng *r = test_rng(4);
    gsl_matrix *X = random_uniform(4, 10, r);
    gsl_matrix *state = gsl_matrix_alloc(1, 10);
    for (size_t c = 0; c < 2; c++) {
        struct setup net = SETUP(basin_rule_continuous, X, 1, "activation",
            activations[c], "gain", "0.4", "bias", "-0.1");
        for (size_t i = 0; i < 10; i++) {
            state->data[i] = gsl_ran_flat(r, 0.2, 0.8);
        }
        gsl_matrix *next = matrix_copy(state);
        setup_step(&net, 0, next);
        for (size_t i = 0; i < 10; i++) {
            struct line line = {&net, state, i};
            gsl_function g = {energy_along, &line};
            double slope = 0;
            double error = 0;
            gsl_deriv_central(&g, state->data[i], 1e-3, &slope, &error);
            ck_assert_double_eq_tol(
                slope, inverse(state->data[i], &c) - inverse(next->data[i], &c), 1e-8);
        }
        gsl_matrix_free(next);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(state);
    gsl_rng_free(r);
}
END_TEST

/* tanh(X^T X_s xi_s) by hand; weights are the shares of the overlaps. */
START_TEST(a_thresholded_memory_reads_out_dense_patterns)
{
    double patterns[] = {-0.9, 0.5, -0.6, 0.9};
    double xi[] = {-1, 0.3};
    double weight[2];
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 2, 2);
    gsl_matrix_view states = gsl_matrix_view_array(xi, 1, 2);
    gsl_matrix_view weights = gsl_matrix_view_array(weight, 1, 2);
    struct setup net = SETUP(
        basin_rule_continuous, &X.matrix, 1, "threshold", "-0.5", "diagonal", "zero");
    ck_assert_int_eq(
        net.rule->weights(net.memory, &states.matrix, &weights.matrix, &net.diag), 0);
    ck_assert_double_eq_tol(weight[0], 0.6, 1e-15);
    ck_assert(isnan(setup_energy(&net, &states.matrix, 0)));
    setup_step(&net, 0, &states.matrix);
    /* W = X^T X_s = ((1.17, 0), (-0.99, 0)), without its diagonal ((0, 0), (-0.99, 0)) */
    ck_assert_double_eq_tol(xi[0], 0, 1e-15);
    ck_assert_double_eq_tol(xi[1], tanh(0.99), 1e-15);

    gsl_matrix_set_zero(&states.matrix);
    setup_free(&net);
    net = SETUP(basin_rule_continuous, &X.matrix, 1, "gain", "2");
    ck_assert_int_eq(
        net.rule->weights(net.memory, &states.matrix, &weights.matrix, &net.diag), 0);
    ck_assert_double_eq(weight[0], 0.5);
    setup_free(&net);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("continuous");
    TCase *c = tcase_create("continuous");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, an_update_applies_f_to_the_field);
    tcase_add_test(c, the_energy_contains_the_integral_of_the_inverse);
    tcase_add_test(c, the_energy_at_the_ends_of_the_range);
    tcase_add_test(c, the_energy_falls_if_w_is_positive_and_f_increases);
    tcase_add_test(c, the_update_is_where_the_gradient_vanishes);
    tcase_add_test(c, a_thresholded_memory_reads_out_dense_patterns);
    suite_add_tcase(s, c);
    return s;
}
