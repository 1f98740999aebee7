/* Sparse binary memories: Willshaw's and the covariance rule against their equations and
 * against the published theory of their errors. */
#include "rule_setup.h"
#include "suite.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

/* Rows with exactly k active units. */
static gsl_matrix *random_sparse(size_t n, size_t d, size_t k, gsl_rng *r)
{
    gsl_matrix *X = gsl_matrix_calloc(n, d);
    size_t *all = malloc(d * sizeof(*all));
    size_t *chosen = malloc(k * sizeof(*chosen));
    for (size_t i = 0; i < d; i++) {
        all[i] = i;
    }
    for (size_t mu = 0; mu < n; mu++) {
        gsl_ran_choose(r, chosen, k, all, d, sizeof(*all));
        for (size_t a = 0; a < k; a++) {
            gsl_matrix_set(X, mu, chosen[a], 1);
        }
    }
    free(all);
    free(chosen);
    return X;
}

static gsl_matrix *random_binary(size_t n, size_t d, double p, gsl_rng *r)
{
    gsl_matrix *X = gsl_matrix_alloc(n, d);
    for (size_t i = 0; i < n * d; i++) {
        X->data[i] = gsl_rng_uniform(r) < p ? 1 : 0;
    }
    return X;
}

/* One update as the equation reads; theta < 0: the cue's. */
static void willshaw_step(const gsl_matrix *X, double theta, gsl_matrix *states)
{
    gsl_matrix *old = matrix_copy(states);
    for (size_t j = 0; j < states->size1; j++) {
        double k = 0;
        for (size_t i = 0; i < X->size2; i++) {
            k += gsl_matrix_get(old, j, i);
        }
        for (size_t i = 0; i < X->size2; i++) {
            double h = 0;
            for (size_t l = 0; l < X->size2; l++) {
                double w = 0;
                for (size_t mu = 0; mu < X->size1; mu++) {
                    w = fmax(w, gsl_matrix_get(X, mu, i) * gsl_matrix_get(X, mu, l));
                }
                h += l == i ? 0 : w * gsl_matrix_get(old, j, l);
            }
            double needed = theta < 0 ? k - gsl_matrix_get(old, j, i) : theta;
            gsl_matrix_set(states, j, i, k > 0 && h >= needed);
        }
    }
    gsl_matrix_free(old);
}

START_TEST(willshaw_is_its_equation)
{
    const char *thresholds[] = {"cue", "2", "4.5"};
    const double theta[] = {-1, 2, 4.5};
    gsl_rng *r = test_rng(1);
    gsl_matrix *X = random_sparse(40, 131, 6, r); /* 131: not a whole number of words */
    for (size_t k = 0; k < 3; k++) {
        struct setup net =
            SETUP(basin_rule_willshaw, X, 1, "threshold", thresholds[k], NULL);
        gsl_matrix *states = random_binary(8, 131, 0.05, r);
        gsl_vector_view empty = gsl_matrix_row(states, 0);
        gsl_vector_view full = gsl_matrix_row(states, 1);
        gsl_vector_set_zero(&empty.vector);
        gsl_vector_set_all(&full.vector, 1);
        gsl_matrix *expected = matrix_copy(states);
        for (size_t t = 0; t < 2; t++) {
            setup_step(&net, t, states);
            willshaw_step(X, theta[k], expected);
            ck_assert_double_eq(max_difference(states, expected), 0);
        }
        gsl_matrix_free(states);
        gsl_matrix_free(expected);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_rng_free(r);
}
END_TEST

static double sum_of(const gsl_matrix *states)
{
    double sum = 0;
    for (size_t i = 0; i < states->size1 * states->size2; i++) {
        sum += states->data[i];
    }
    return sum;
}

/* Expected number of units that a stored cue activates wrongly. A silent unit that is in
 * c patterns is linked to one of the cue's with probability 1 - (1 - (k-1)/(d-1))^c, and
 * answers if it is linked to all k. c varies from unit to unit; to put its mean, and so
 * the mean density of synapses, in its place gives a third too little here. */
static double false_answers(unsigned d, unsigned k, unsigned n)
{
    double sum = 0;
    for (unsigned c = 0; c < n; c++) {
        double p = 1 - pow(1 - (k - 1.0) / (d - 1.0), c);
        sum += gsl_ran_binomial_pdf(c, (double)k / d, n - 1) * pow(p, k);
    }
    return (d - k) * sum;
}

/* d = 1000, k = 10, N = 5198 = .75 ln 2 (d/k)^2: a fraction 1 - (1 - k (k-1) / (d
 * (d-1)))^N = .374 of the synapses is 1; .085 wrong units for a cue, 1300 in three sets,
 * with a standard error of about 4 %. */
START_TEST(willshaw_fills_and_errs_as_predicted)
{
    enum { D = 1000, K = 10, N = 5198, SETS = 3 };
    double p1 = 1 - pow(1 - (double)K * (K - 1) / ((double)D * (D - 1)), N);
    double wrong = 0;
    for (uint64_t set = 0; set < SETS; set++) {
        gsl_rng *r = test_rng(100 + set);
        gsl_matrix *X = random_sparse(N, D, K, r);
        struct setup rows = SETUP(basin_rule_willshaw, X, 1, "threshold", "1", NULL);
        gsl_matrix *states = gsl_matrix_alloc(D, D);
        gsl_matrix_set_identity(states);
        setup_step(&rows, 0, states); /* one active unit reads its row of synapses */
        ck_assert_double_eq_tol(sum_of(states) / ((double)D * (D - 1)), p1, 0.003);
        gsl_matrix_free(states);
        setup_free(&rows);

        struct setup net = SETUP(basin_rule_willshaw, X, 1, NULL, NULL);
        states = matrix_copy(X);
        setup_step(&net, 0, states);
        gsl_matrix_sub(states, X);
        ck_assert_double_eq(gsl_matrix_min(states), 0); /* no unit is lost */
        wrong += sum_of(states);
        gsl_matrix_free(states);
        gsl_matrix_free(X);
        setup_free(&net);
        gsl_rng_free(r);
    }
    ck_assert_double_eq_tol(wrong / (SETS * N) / false_answers(D, K, N), 1, 0.12);
}
END_TEST

/* N below and above d: overlaps or counts of pairs; W as the equation reads. */
START_TEST(the_covariance_rule_is_its_equation)
{
    const size_t patterns[] = {12, 70};
    const char *const updates[] = {"sync", "async"};
    gsl_rng *r = test_rng(2);
    for (size_t c = 0; c < 4; c++) {
        gsl_matrix *X = random_binary(patterns[c / 2], 45, 0.2, r);
        struct setup fast = SETUP(basin_rule_covariance, X, 3, "update", updates[c % 2],
            "threshold", "0.31", NULL);
        struct setup reference = SETUP(basin_rule_covariance, X, 3, "update",
            updates[c % 2], "threshold", "0.31", "engine", "reference", NULL);
        gsl_matrix *states = random_binary(30, 45, 0.25, r);
        gsl_matrix *expected = matrix_copy(states);
        for (size_t t = 0; t < 3; t++) {
            for (size_t j = 0; j < 30; j++) {
                ck_assert_double_eq_tol(setup_energy(&fast, states, j),
                    setup_energy(&reference, states, j), 1e-12);
            }
            setup_step(&fast, t, states);
            setup_step(&reference, t, expected);
            ck_assert_double_eq(max_difference(states, expected), 0);
        }
        gsl_matrix_free(X);
        gsl_matrix_free(states);
        gsl_matrix_free(expected);
        setup_free(&fast);
        setup_free(&reference);
    }
    gsl_rng_free(r);
}
END_TEST

/* Two patterns of four units, p = 1/2: d p (1 - p) = 1, so w_01 = w_23 = 1/2, w_02 = w_13
 * = 1/2 - ..., by hand from x_0 = (1 1 0 0) and x_1 = (1 0 1 0). */
START_TEST(the_covariance_energy_is_known)
{
    const double x[] = {1, 1, 0, 0, 1, 0, 1, 0};
    gsl_matrix_const_view X = gsl_matrix_const_view_array(x, 2, 4);
    struct setup net =
        SETUP(basin_rule_covariance, &X.matrix, 3, "threshold", "0.25", NULL);
    /* W: w_03 = w_12 = -1/2, all others 0. */
    const double s[] = {1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0};
    gsl_matrix_const_view states = gsl_matrix_const_view_array(s, 4, 4);
    ck_assert_double_eq(setup_energy(&net, &states.matrix, 0), 0.5 + 2 * 0.25);
    ck_assert_double_eq(setup_energy(&net, &states.matrix, 1), 0.5 + 3 * 0.25);
    ck_assert_double_eq(setup_energy(&net, &states.matrix, 2), 1 + 4 * 0.25);
    ck_assert_double_eq(setup_energy(&net, &states.matrix, 3), 0);
    setup_free(&net);
}
END_TEST

/* One pattern with 4 of 12 units: w = 1/6 between its units, so that its own field is
 * exactly 1/2 at each of them, though 1/3 = p is no double. The same pattern twelve
 * times: 6, and pairs of units are counted instead of listed. */
START_TEST(fields_of_whole_numbers_tie_exactly)
{
    const char *thresholds[] = {"0.5", "6"};
    const char *ties[] = {"keep", "plus", "minus"};
    for (size_t c = 0; c < 6; c++) {
        gsl_matrix *X = gsl_matrix_calloc(c < 3 ? 1 : 12, 12);
        for (size_t mu = 0; mu < X->size1; mu++) {
            for (size_t i = 0; i < 4; i++) {
                gsl_matrix_set(X, mu, 2 * i, 1);
            }
        }
        struct setup net = SETUP(basin_rule_covariance, X, 1, "update", "sync",
            "threshold", thresholds[c / 3], "ties", ties[c % 3], NULL);
        gsl_matrix *states = gsl_matrix_calloc(2, 12);
        for (size_t i = 0; i < 4; i++) {
            gsl_matrix_set(states, 0, 2 * i, 1);
            gsl_matrix_set(states, 1, 2 * i, i != 3);
        }
        setup_step(&net, 0, states);
        gsl_vector_view whole = gsl_matrix_row(states, 0);
        ck_assert_double_eq(gsl_blas_dasum(&whole.vector), c % 3 == 2 ? 0 : 4);
        ck_assert_double_eq(gsl_matrix_get(states, 1, 6), c % 3 == 1 ? 1 : 0);
        ck_assert_double_eq(gsl_matrix_get(states, 1, 0), 0);
        gsl_matrix_free(X);
        gsl_matrix_free(states);
        setup_free(&net);
    }
}
END_TEST

/* Wrong units in one update from all patterns: misses if by < 0, false alarms if by > 0.
 */
static double count_wrong(const gsl_matrix *X, const char *threshold, double by)
{
    struct setup net = SETUP(
        basin_rule_covariance, X, 1, "update", "sync", "threshold", threshold, NULL);
    gsl_matrix *states = matrix_copy(X);
    setup_step(&net, 0, states);
    double wrong = 0;
    for (size_t i = 0; i < X->size1 * X->size2; i++) {
        wrong += states->data[i] - X->data[i] == by;
    }
    gsl_matrix_free(states);
    setup_free(&net);
    return wrong;
}

/* One update from a stored pattern with exactly k = p d active units. The fields of its
 * active units are (1 - p) (k - 1)/(p d) on average, those of its silent ones -p; both
 * are lowered by N k/(d (d-1)), as the units of such patterns are anticorrelated, and
 * both vary by s^2 = (1 - p) N p/d. Thresholds at 1.6 s; 10 000 and 90 000 wrong units.
 */
START_TEST(the_covariance_rule_errs_as_predicted)
{
    enum { D = 1000, K = 100, N = 500, SETS = 4 };
    double misses = 0;
    double alarms = 0;
    for (uint64_t set = 0; set < SETS; set++) {
        gsl_rng *r = test_rng(200 + set);
        gsl_matrix *X = random_sparse(N, D, K, r);
        misses += count_wrong(X, "0.5", -1) / (SETS * (double)N * K);
        alarms += count_wrong(X, "0.2", 1) / (SETS * (double)N * (D - K));
        gsl_matrix_free(X);
        gsl_rng_free(r);
    }
    double p = (double)K / D;
    double s = sqrt((1 - p) * N * p / D);
    double lower = (double)N * K / ((double)D * (D - 1));
    double missed = gsl_cdf_ugaussian_P((0.5 - (1 - p) * (K - 1) / K + lower) / s);
    double alarmed = gsl_cdf_ugaussian_Q((0.2 + p + lower) / s);
    ck_assert_double_eq_tol(misses / missed, 1, 0.06);
    ck_assert_double_eq_tol(alarms / alarmed, 1, 0.06);
}
END_TEST

/* p = .1, d = 1000: stored to a load of about .44 at the best threshold of about .5. */
START_TEST(sparse_patterns_are_fixed_points_far_above_the_dense_capacity)
{
    gsl_rng *r = test_rng(3);
    gsl_matrix *X = random_sparse(300, 1000, 100, r);
    struct setup net = SETUP(basin_rule_covariance, X, 1, "threshold", "0.5", NULL);
    gsl_matrix_const_view first = gsl_matrix_const_submatrix(X, 0, 0, 20, 1000);
    gsl_matrix *states = matrix_copy(&first.matrix);
    struct basin_outcome outcome[20];
    setup_relax(&net, states, outcome);
    gsl_matrix_sub(states, &first.matrix);
    for (size_t j = 0; j < 20; j++) {
        ck_assert_int_eq(outcome[j].end, BASIN_END_FIXED_POINT);
        ck_assert_double_le(outcome[j].energy_end, outcome[j].energy_start);
        gsl_vector_view row = gsl_matrix_row(states, j);
        ck_assert_double_le(gsl_blas_dasum(&row.vector), 15);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    setup_free(&net);
    gsl_rng_free(r);
}
END_TEST

START_TEST(covariance_energies_fall)
{
    gsl_rng *r = test_rng(4);
    gsl_matrix *X = random_binary(60, 50, 0.3, r);
    gsl_matrix *states = random_binary(40, 50, 0.5, r);
    struct setup net =
        SETUP(basin_rule_covariance, X, 1, "threshold", "0.2", "energy", "steps", NULL);
    ck_assert(net.rule->descends(net.params));
    ck_assert(net.rule->varies(net.memory));
    struct basin_outcome outcome[40];
    setup_relax(&net, states, outcome);
    for (size_t j = 0; j < 40; j++) {
        ck_assert_uint_eq(outcome[j].energy_rises, 0);
        ck_assert_double_lt(outcome[j].energy_end, outcome[j].energy_start);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    setup_free(&net);
    gsl_rng_free(r);
}
END_TEST

START_TEST(what_is_not_binary_is_refused)
{
    gsl_matrix *X = gsl_matrix_calloc(3, 5);
    struct setup empty = SETUP(basin_rule_covariance, X, 1, NULL, NULL);
    ck_assert_int_eq(empty.code, BASIN_ERR_DOMAIN);
    ck_assert_str_eq(empty.diag.text,
        "rule covariance needs an activity between 0 and 1; the patterns have 0");
    ck_assert_ptr_null(empty.memory);
    setup_free(&empty);

    gsl_matrix_set(X, 0, 1, 1);
    gsl_matrix *states = gsl_matrix_calloc(2, 5);
    gsl_matrix_set(states, 1, 2, -1);
    struct setup nets[] = {SETUP(basin_rule_covariance, X, 1, NULL, NULL),
        SETUP(basin_rule_willshaw, X, 1, NULL, NULL)};
    const char *texts[] = {"unit 2 of a state is -1; rule covariance takes 0 and 1",
        "unit 2 of a state is -1; rule willshaw takes 0 and 1"};
    for (size_t k = 0; k < 2; k++) {
        ck_assert_int_eq(nets[k].rule->step(nets[k].memory, 0, states, &nets[k].diag),
            BASIN_ERR_DOMAIN);
        ck_assert_str_eq(nets[k].diag.text, texts[k]);
        setup_free(&nets[k]);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("sparse memories");
    TCase *c = tcase_create("sparse memories");
    tcase_set_timeout(c, 60); /* a busy machine is no failure */
    tcase_add_test(c, willshaw_is_its_equation);
    tcase_add_test(c, willshaw_fills_and_errs_as_predicted);
    tcase_add_test(c, the_covariance_rule_is_its_equation);
    tcase_add_test(c, the_covariance_energy_is_known);
    tcase_add_test(c, fields_of_whole_numbers_tie_exactly);
    tcase_add_test(c, the_covariance_rule_errs_as_predicted);
    tcase_add_test(c, sparse_patterns_are_fixed_points_far_above_the_dense_capacity);
    tcase_add_test(c, covariance_energies_fall);
    tcase_add_test(c, what_is_not_binary_is_refused);
    suite_add_tcase(s, c);
    return s;
}
