/* The Performer as a memory: both ways to compute it, what it is in its limits, what the
 * documents say of it, and what it refuses. */
#include "rule_setup.h"
#include "suite.h"

#include "features/favor.h"

#include <gsl/gsl_blas.h>

#define PERFORMER(X, ...) SETUP(basin_rule_performer, X, 21, __VA_ARGS__, NULL)

/* M patterns of d units in [-1, 1] and 70 states, more than a tile of each. */
static gsl_matrix *uniform(size_t n, size_t d, uint64_t seed)
{
    gsl_rng *r = test_rng(seed);
    gsl_matrix *X = random_uniform(n, d, r);
    gsl_rng_free(r);
    return X;
}

static gsl_matrix *weights_of(struct setup *net, const gsl_matrix *states, size_t n)
{
    gsl_matrix *p = gsl_matrix_alloc(states->size1, n);
    ck_assert_msg(net->rule->weights(net->memory, states, p, &net->diag) == 0, "%s",
        net->diag.text);
    return p;
}

static const char *const variants[][4] = {{"map", "positive", "scale", "sqrt_d"},
    {"map", "positive", "threshold", "0.3"}, {"map", "hyperbolic", "redraws", "3"},
    {"map", "relu", "directions", "none"}, {"map", "exp", "directions", "iid"},
    {"map", "trigonometric", "features", "300"}, {"map", "relu", "normalized", "false"},
    {"map", "positive", "normalized", "false"}, {"map", "abs", "norms", "sqrt_d"},
    {"map", "positive", "directions", "orthogonal_span"},
    {"map", "hyperbolic", "directions", "iid_span"}};
enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

static void compare_engines(const char *const *v, size_t n)
{
    gsl_matrix *X = uniform(n, 6, 1);
    gsl_matrix *states = uniform(70, 6, 2);
    gsl_matrix *fast_states = matrix_copy(states);
    gsl_matrix *slow_states = matrix_copy(states);
    struct setup fast = PERFORMER(X, "features", "50", v[0], v[1], v[2], v[3]);
    struct setup slow =
        PERFORMER(X, "features", "50", "engine", "reference", v[0], v[1], v[2], v[3]);
    ck_assert_int_eq(fast.code, 0);
    setup_step(&fast, 0, fast_states);
    setup_step(&slow, 0, slow_states);
    ck_assert_double_le(max_difference(fast_states, slow_states),
        1e-12 * fmax(1, gsl_matrix_max(slow_states)));

    gsl_matrix *p = weights_of(&fast, states, n);
    for (size_t j = 0; j < 70; j++) {
        gsl_vector_view row = gsl_matrix_row(p, j);
        ck_assert_double_eq_tol(gsl_vector_sum(&row.vector), 1, 1e-12);
    }
    if (strcmp(v[2], "normalized") != 0) {
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, p, X, 0, slow_states);
        ck_assert_double_le(max_difference(fast_states, slow_states), 1e-12);
    }
    gsl_matrix_free(p);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(fast_states);
    gsl_matrix_free(slow_states);
    setup_free(&fast);
    setup_free(&slow);
}

/* More patterns than a tile, and fewer than units. */
START_TEST(linear_time_is_the_product_with_the_weights)
{
    compare_engines(variants[_i], 75);
    compare_engines(variants[_i], 5);
}
END_TEST

START_TEST(single_precision_is_nearly_double)
{
    gsl_matrix *X = uniform(75, 6, 1);
    gsl_matrix *states[2];
    const char *precisions[] = {"double", "single"};
    for (size_t k = 0; k < 2; k++) {
        states[k] = uniform(70, 6, 2);
        struct setup net = PERFORMER(X, "features", "50", "precision", precisions[k]);
        setup_step(&net, 0, states[k]);
        setup_free(&net);
    }
    double difference = max_difference(states[0], states[1]);
    ck_assert_double_gt(difference, 0);
    ck_assert_double_lt(difference, 1e-5);
    gsl_matrix_free(states[0]);
    gsl_matrix_free(states[1]);
    gsl_matrix_free(X);
}
END_TEST

/* phi(z) = z without D: xi' = X^T X xi = W xi, whose sign is an update of the classical
 * net with its diagonal kept (Performer blog, eq. 29 against eq. 4). */
START_TEST(without_map_and_normalisation_it_is_the_classical_field)
{
    gsl_rng *r = test_rng(3);
    gsl_matrix *X = random_polar(9, 31, r);
    gsl_matrix *states = random_polar(70, 31, r);
    gsl_matrix *fields = matrix_copy(states);
    gsl_matrix *expected = gsl_matrix_alloc(70, 31);
    gsl_matrix *W = gsl_matrix_alloc(31, 31);
    struct setup net =
        PERFORMER(X, "map", "linear", "directions", "none", "normalized", "false");
    struct setup classical =
        SETUP(basin_rule_classical, X, 1, "update", "sync", "diagonal", "kept", NULL);
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, X, X, 0, W);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, states, W, 0, expected);
    setup_step(&net, 0, fields);
    ck_assert_double_le(max_difference(fields, expected), 1e-12);
    setup_step(&classical, 0, states);
    for (size_t i = 0; i < 70 * 31; i++) {
        double field = fields->data[i];
        ck_assert(field == 0 || (field > 0) == (states->data[i] > 0));
    }
    gsl_matrix_free(X);
    gsl_matrix_free(W);
    gsl_matrix_free(states);
    gsl_matrix_free(fields);
    gsl_matrix_free(expected);
    setup_free(&net);
    setup_free(&classical);
    gsl_rng_free(r);
}
END_TEST

/* Outputs outside the component-wise range of the patterns. */
static size_t outside(const gsl_matrix *X, const gsl_matrix *out)
{
    size_t count = 0;
    for (size_t l = 0; l < X->size2; l++) {
        gsl_vector_const_view x = gsl_matrix_const_column(X, l);
        double least = gsl_vector_min(&x.vector) - 1e-12;
        double most = gsl_vector_max(&x.vector) + 1e-12;
        for (size_t j = 0; j < out->size1; j++) {
            double value = gsl_matrix_get(out, j, l);
            count += value < least || value > most;
        }
    }
    return count;
}

/* Performer blog, "normalization": D keeps the result bounded. True of positive features,
 * whose outputs are convex combinations; not of trigonometric ones; nor without D. */
START_TEST(positive_weights_stay_in_the_convex_hull)
{
    gsl_matrix *X = uniform(40, 8, 4);
    const char *maps[] = {"positive", "hyperbolic", "relu", "trigonometric", "positive"};
    for (size_t k = 0; k < 5; k++) {
        gsl_matrix *states = uniform(70, 8, 5);
        struct setup net = PERFORMER(X, "map", maps[k], "features", "8", "beta", "3",
            "allow_negative", "true", "normalized", k == 4 ? "false" : "true");
        setup_step(&net, 0, states);
        ck_assert(k < 3 ? outside(X, states) == 0 : outside(X, states) > 0);
        gsl_matrix_free(states);
        setup_free(&net);
    }
    gsl_matrix_free(X);
}
END_TEST

/* Six patterns of norm about 1/2, beta = 1, m = 4096: every weight within .01 of the
 * softmax. */
START_TEST(many_features_give_the_softmax)
{
    gsl_matrix *X = uniform(6, 10, 6);
    gsl_matrix *states = uniform(20, 10, 7);
    gsl_matrix_scale(X, 0.3);
    gsl_matrix_scale(states, 0.3);
    struct setup modern = SETUP(basin_rule_modern, X, 1, "beta", "1", NULL);
    gsl_matrix *softmax = weights_of(&modern, states, 6);
    const char *maps[] = {"positive", "hyperbolic", "trigonometric"};
    const char *features[] = {"4096", "64"};
    for (size_t k = 0; k < 3; k++) {
        double distance[2];
        for (size_t f = 0; f < 2; f++) {
            struct setup net = PERFORMER(
                X, "map", maps[k], "features", features[f], "allow_negative", "true");
            ck_assert_double_eq(net.rule->effective_beta(net.memory), 1);
            gsl_matrix *p = weights_of(&net, states, 6);
            distance[f] = max_difference(p, softmax);
            gsl_matrix_free(p);
            setup_free(&net);
        }
        ck_assert_double_lt(distance[0], 0.01);
        ck_assert_double_lt(distance[0], distance[1]);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(softmax);
    setup_free(&modern);
}
END_TEST

/* Draw k has the directions of sequence k; the weights of all are averaged after each is
 * normalised. */
START_TEST(redraws_are_averaged_after_normalisation)
{
    gsl_matrix *X = uniform(70, 5, 8);
    gsl_matrix *states = uniform(3, 5, 9);
    struct setup net = PERFORMER(X, "features", "20", "redraws", "4", "beta", "2");
    gsl_matrix *p = weights_of(&net, states, 70);
    gsl_matrix *expected = gsl_matrix_calloc(3, 70);
    gsl_matrix *A = gsl_matrix_alloc(3, 70);
    struct basin_feature_options options = {
        .features = 20, .stabilizer = NAN, .sign_correction = true, .subtract_max = true};
    for (uint32_t k = 0; k < 4; k++) {
        struct basin_favor favor;
        double sum[3];
        ck_assert_int_eq(basin_favor_init(&favor, &options, X, X, sqrt(2), false, 21,
                             basin_rng_sequence(0, k), NULL),
            0);
        basin_favor_products(&favor, states, A, sum);
        for (size_t j = 0; j < 3; j++) {
            gsl_vector_view row = gsl_matrix_row(A, j);
            ck_assert_double_eq_tol(sum[j] / gsl_vector_sum(&row.vector), 1, 1e-12);
            gsl_vector_scale(&row.vector, 0.25 / sum[j]);
        }
        gsl_matrix_add(expected, A);
        basin_favor_free(&favor);
    }
    ck_assert_double_le(max_difference(p, expected), 1e-13);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(p);
    gsl_matrix_free(expected);
    gsl_matrix_free(A);
    setup_free(&net);
}
END_TEST

/* A ratio of unbiased estimates is biased: the mean over many draws is not the softmax,
 * and more draws do not help, but more features do (about as 1/m). */
START_TEST(the_mean_over_draws_is_biased_and_more_features_cure_it)
{
    gsl_matrix *X = uniform(6, 4, 10);
    gsl_matrix *states = uniform(1, 4, 11);
    struct setup modern = SETUP(basin_rule_modern, X, 1, "beta", "0.5", NULL);
    gsl_matrix *softmax = weights_of(&modern, states, 6);
    double bias[2];
    for (size_t k = 0; k < 2; k++) {
        struct setup net = PERFORMER(X, "beta", "0.5", "directions", "iid", "features",
            k == 0 ? "2" : "32", "redraws", k == 0 ? "4000" : "1000");
        gsl_matrix *p = weights_of(&net, states, 6);
        gsl_matrix_sub(p, softmax);
        gsl_vector_view row = gsl_matrix_row(p, 0);
        bias[k] = gsl_blas_dasum(&row.vector);
        gsl_matrix_free(p);
        setup_free(&net);
    }
    ck_assert_double_gt(bias[0], 0.05);
    ck_assert_double_lt(bias[1], bias[0] / 4);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(softmax);
    setup_free(&modern);
}
END_TEST

START_TEST(shifts_cancel)
{
    gsl_matrix *X = uniform(70, 5, 12);
    for (size_t k = 0; k < 3; k++) {
        const char *maps[] = {"positive", "hyperbolic", "exp"};
        gsl_matrix *states[2];
        for (size_t s = 0; s < 2; s++) {
            states[s] = uniform(70, 5, 13);
            struct setup net = PERFORMER(X, "map", maps[k], "stabilizer", "0",
                "subtract_max", s == 0 ? "false" : "true");
            setup_step(&net, 0, states[s]);
            setup_free(&net);
        }
        ck_assert_double_le(max_difference(states[0], states[1]), 1e-12);
        gsl_matrix_free(states[0]);
        gsl_matrix_free(states[1]);
    }
    gsl_matrix_free(X);
}
END_TEST

/* beta = 1e4: with their maxima subtracted features stay finite, without they overflow
 * and the state is refused; at beta = 0 all weights are equal. */
START_TEST(any_beta_gives_finite_states_or_a_reason)
{
    gsl_matrix *X = uniform(12, 30, 14);
    gsl_matrix *states = uniform(5, 30, 15);
    struct setup net = PERFORMER(X, "beta", "1e4");
    setup_step(&net, 0, states);
    ck_assert_uint_eq(outside(X, states), 0);
    setup_free(&net);

    net = PERFORMER(X, "map", "exp", "beta", "1e4", "subtract_max", "false");
    ck_assert_int_eq(net.rule->step(net.memory, 0, states, &net.diag), BASIN_ERR_NUMERIC);
    ck_assert_str_eq(net.diag.text,
        "exp features of draw 0 make D inf; set subtract_max, or lower beta");
    setup_free(&net);

    net = PERFORMER(X, "beta", "0", "features", "3");
    gsl_matrix *p = weights_of(&net, states, 12);
    for (size_t i = 0; i < 5 * 12; i++) {
        ck_assert_double_eq_tol(p->data[i], 1.0 / 12, 1e-15);
    }
    gsl_matrix_free(p);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    setup_free(&net);
}
END_TEST

START_TEST(a_sum_of_weights_that_is_not_positive_is_refused)
{
    gsl_matrix *X = uniform(30, 12, 16);
    gsl_matrix *states = uniform(64, 12, 17);
    gsl_matrix_scale(X, 2);
    const char *allowed[] = {"false", "true"};
    for (size_t k = 0; k < 2; k++) {
        struct setup net = PERFORMER(X, "map", "trigonometric", "features", "4", "beta",
            "2", "allow_negative", allowed[k]);
        gsl_matrix *out = matrix_copy(states);
        int ret = net.rule->step(net.memory, 0, out, &net.diag);
        if (k == 0) {
            ck_assert_int_eq(ret, BASIN_ERR_DOMAIN);
            ck_assert_ptr_nonnull(strstr(net.diag.text,
                "which must be greater than 0; take more features or another map, or "
                "set allow_negative"));
            ck_assert_double_eq(max_difference(out, states), 0);
        } else {
            ck_assert_int_eq(ret, 0);
        }
        gsl_matrix_free(out);
        setup_free(&net);
    }
    gsl_matrix_set_all(states, -1);
    gsl_matrix_set_all(X, 1);
    struct setup net =
        PERFORMER(X, "map", "relu", "directions", "none", "stabilizer", "0");
    ck_assert_int_eq(net.rule->step(net.memory, 0, states, &net.diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(net.diag.text,
        "relu features of draw 0 estimate D as 0, which must be greater than 0; take "
        "more features or another map");
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
}
END_TEST

START_TEST(what_cannot_go_together_is_refused_before_the_run)
{
    gsl_matrix *X = uniform(3, 4, 18);
    struct setup net = PERFORMER(X, "directions", "none");
    ck_assert_int_eq(net.code, BASIN_ERR_CONFIG);
    ck_assert_int_eq(
        net.rule->check(net.params, &net.options, 4, 3, BASIN_CONTINUOUS, &net.diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(net.diag.text,
        "map positive estimates the softmax kernel and needs random directions; "
        "\"directions: none\" goes with the generalised maps");
    setup_free(&net);
    net = PERFORMER(X, "threshold", "-2");
    ck_assert_int_eq(net.code, BASIN_ERR_DOMAIN);
    ck_assert_ptr_null(net.memory);
    setup_free(&net);
    gsl_matrix_free(X);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("performer");
    TCase *c = tcase_create("performer");
    tcase_set_timeout(c, 120); /* a busy machine is no failure */
    tcase_add_loop_test(c, linear_time_is_the_product_with_the_weights, 0, VARIANTS);
    tcase_add_test(c, single_precision_is_nearly_double);
    tcase_add_test(c, without_map_and_normalisation_it_is_the_classical_field);
    tcase_add_test(c, positive_weights_stay_in_the_convex_hull);
    tcase_add_test(c, many_features_give_the_softmax);
    tcase_add_test(c, redraws_are_averaged_after_normalisation);
    tcase_add_test(c, the_mean_over_draws_is_biased_and_more_features_cure_it);
    tcase_add_test(c, shifts_cancel);
    tcase_add_test(c, any_beta_gives_finite_states_or_a_reason);
    tcase_add_test(c, a_sum_of_weights_that_is_not_positive_is_refused);
    tcase_add_test(c, what_cannot_go_together_is_refused_before_the_run);
    suite_add_tcase(s, c);
    return s;
}
