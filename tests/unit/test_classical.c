/* The classical binary network: known answers of the theory. */
#include "rule_setup.h"
#include "suite.h"

static double sign(double h, double keep)
{
    return h > 0 ? 1 : h < 0 ? -1 : keep;
}

/* W as the papers write it, with the diagonal asked for. */
static gsl_matrix *hebb(const gsl_matrix *X, double diagonal)
{
    gsl_matrix *W = gsl_matrix_alloc(X->size2, X->size2);
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, X, X, 0, W);
    gsl_vector_view w = gsl_matrix_diagonal(W);
    gsl_vector_set_all(&w.vector, diagonal);
    return W;
}

START_TEST(a_synchronous_update_is_the_sign_of_the_field)
{
    const char *diagonals[] = {"zero", "kept"};
    const char *couplings[] = {"0", "-3"};
    gsl_rng *r = test_rng(1);
    gsl_matrix *X = random_polar(12, 30, r);
    gsl_matrix *states = random_polar(150, 30, r);
    for (size_t c = 0; c < 4; c++) {
        double self = (c & 1 ? 12 : 0) + (c & 2 ? -3 : 0);
        gsl_matrix *W = hebb(X, self);
        struct setup net = SETUP(basin_rule_classical, X, 5, "update", "sync", "diagonal",
            diagonals[c & 1], "self_coupling", couplings[c / 2], "bias", "0.5");
        gsl_matrix *next = matrix_copy(states);
        gsl_matrix *h = gsl_matrix_alloc(150, 30);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, states, W, 0, h);
        setup_step(&net, 0, next);
        for (size_t i = 0; i < 150 * 30; i++) {
            ck_assert_double_eq(next->data[i], sign(h->data[i] - 0.5, states->data[i]));
        }
        for (size_t j = 0; j < 150; j += 30) {
            double e = 0;
            for (size_t i = 0; i < 30; i++) {
                double xi = gsl_matrix_get(states, j, i);
                e += xi * (0.5 - gsl_matrix_get(h, j, i) / 2);
            }
            ck_assert_double_eq_tol(setup_energy(&net, states, j), e, 1e-9);
        }
        gsl_matrix_free(W);
        gsl_matrix_free(h);
        gsl_matrix_free(next);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

START_TEST(a_sweep_updates_one_unit_after_the_other)
{
    gsl_rng *r = test_rng(2);
    gsl_matrix *X = random_polar(9, 25, r);
    gsl_matrix *states = random_polar(5, 25, r);
    gsl_matrix *W = hebb(X, 2);
    struct setup net =
        SETUP(basin_rule_classical, X, 5, "order", "fixed", "self_coupling", "2");
    gsl_matrix *next = matrix_copy(states);
    setup_step(&net, 0, next);
    for (size_t j = 0; j < 5; j++) {
        for (size_t i = 0; i < 25; i++) {
            double h = 0;
            for (size_t k = 0; k < 25; k++) {
                h += gsl_matrix_get(W, i, k) * gsl_matrix_get(states, j, k);
            }
            gsl_matrix_set(states, j, i, sign(h, gsl_matrix_get(states, j, i)));
        }
    }
    ck_assert_double_eq(max_difference(next, states), 0);
    gsl_matrix_free(X);
    gsl_matrix_free(W);
    gsl_matrix_free(states);
    gsl_matrix_free(next);
    setup_free(&net);
    gsl_rng_free(r);
}
END_TEST

/* Without self-coupling a fixed point is where no flip of one unit lowers the energy. */
START_TEST(a_fixed_point_is_a_local_minimum)
{
    gsl_rng *r = test_rng(8);
    gsl_matrix *X = random_polar(10, 40, r);
    gsl_matrix *states = random_polar(20, 40, r);
    struct basin_outcome outcome[20];
    struct setup net = SETUP(basin_rule_classical, X, 7, "bias_sd", "2");
    setup_relax(&net, states, outcome);
    for (size_t j = 0; j < 20; j++) {
        ck_assert_int_eq(outcome[j].end, BASIN_END_FIXED_POINT);
        for (size_t i = 0; i < 40; i++) {
            *gsl_matrix_ptr(states, j, i) *= -1;
            ck_assert_double_ge(setup_energy(&net, states, j), outcome[j].energy_end);
            *gsl_matrix_ptr(states, j, i) *= -1;
        }
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

/* A flip of unit i changes E by -2 s_i' (h_i - b_i) - 2 w_ii: never up if w_ii >= 0. */
START_TEST(a_negative_diagonal_lets_the_energy_rise)
{
    enum { CUES = 100 };
    const char *couplings[] = {"3", "0", "-3", "-15"};
    size_t rises[4] = {0};
    size_t fixed[4] = {0};
    gsl_rng *r = test_rng(3);
    gsl_matrix *X = random_polar(20, 40, r);
    for (size_t c = 0; c < 4; c++) {
        struct setup net = SETUP(basin_rule_classical, X, 7, "self_coupling",
            couplings[c], "bias_sd", "1", "energy", "steps", "max_steps", "50");
        gsl_matrix *states = random_polar(CUES, 40, r);
        struct basin_outcome outcome[CUES];
        setup_relax(&net, states, outcome);
        for (size_t i = 0; i < CUES; i++) {
            rises[c] += outcome[i].energy_rises;
            fixed[c] += outcome[i].end == BASIN_END_FIXED_POINT;
        }
        gsl_matrix_free(states);
        setup_free(&net);
    }
    ck_assert_uint_eq(rises[0] + rises[1], 0);
    ck_assert_uint_eq(fixed[0], CUES);
    ck_assert_uint_eq(fixed[1], CUES);
    ck_assert_uint_gt(rises[2], 100);
    ck_assert_uint_gt(rises[3], 1000);
    ck_assert_uint_lt(fixed[2], CUES);
    ck_assert_uint_eq(fixed[3], 0);
    gsl_matrix_free(X);
    gsl_rng_free(r);
}
END_TEST

/* Symmetric W: a fixed point or a cycle of two; positive semidefinite W: no cycle. */
START_TEST(synchronous_cycles_have_length_two_and_need_a_zero_diagonal)
{
    enum { CUES = 300 };
    gsl_rng *r = test_rng(4);
    gsl_matrix *X = random_polar(18, 60, r);
    const char *diagonals[] = {"zero", "kept"};
    size_t cycles[2] = {0};
    for (size_t c = 0; c < 2; c++) {
        struct setup net = SETUP(basin_rule_classical, X, 7, "update", "sync", "diagonal",
            diagonals[c], "bias_sd", "1", "energy", "steps");
        gsl_matrix *states = random_polar(CUES, 60, r);
        struct basin_outcome outcome[CUES];
        setup_relax(&net, states, outcome);
        for (size_t i = 0; i < CUES; i++) {
            cycles[c] += outcome[i].end == BASIN_END_TWO_CYCLE;
            ck_assert(outcome[i].end == BASIN_END_TWO_CYCLE ||
                      outcome[i].end == BASIN_END_FIXED_POINT);
            ck_assert(c == 0 || outcome[i].energy_rises == 0);
        }
        gsl_matrix_free(states);
        setup_free(&net);
    }
    ck_assert_uint_gt(cycles[0], 20);
    ck_assert_uint_eq(cycles[1], 0);
    gsl_matrix_free(X);
    gsl_rng_free(r);
}
END_TEST

/* A run on packed states (fast engine, unless the energy is followed step by step) ends
 * like one on numbers: the same states, ends, counts and periods. */
START_TEST(packed_runs_end_like_runs_on_numbers)
{
    enum { CUES = 150, D = 130, N = 22 };
    const char *updates[] = {"sync", "async"};
    const char *engines[] = {"fast", "reference", "fast"};
    const char *energies[] = {"ends", "ends", "steps"};
    gsl_rng *r = test_rng(8);
    gsl_matrix *X = random_polar(N, D, r);
    gsl_matrix *cues = random_polar(CUES, D, r);
    for (size_t i = 0; i < (size_t)CUES * D; i += 7) {
        cues->data[i] = 0; /* unknown */
    }
    for (size_t u = 0; u < 2; u++) {
        gsl_matrix *ends[3];
        struct basin_outcome outcome[3][CUES];
        for (size_t c = 0; c < 3; c++) {
            struct setup net = SETUP(basin_rule_classical, X, 9, "update", updates[u],
                "engine", engines[c], "energy", energies[c], "bias_sd", "1");
            ends[c] = matrix_copy(cues);
            setup_relax(&net, ends[c], outcome[c]);
            setup_free(&net);
        }
        size_t cycles = 0;
        for (size_t c = 1; c < 3; c++) {
            ck_assert_double_eq(max_difference(ends[0], ends[c]), 0);
            for (size_t j = 0; j < CUES; j++) {
                cycles += outcome[0][j].end == BASIN_END_TWO_CYCLE;
                ck_assert_int_eq(outcome[0][j].end, outcome[c][j].end);
                ck_assert_uint_eq(outcome[0][j].steps, outcome[c][j].steps);
                ck_assert_uint_eq(outcome[0][j].period, outcome[c][j].period);
                ck_assert_double_eq_tol(
                    outcome[0][j].energy_end, outcome[c][j].energy_end, 1e-9);
            }
            gsl_matrix_free(ends[c]);
        }
        ck_assert(u == 1 || cycles > 0);
        gsl_matrix_free(ends[0]);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(cues);
    gsl_rng_free(r);
}
END_TEST

START_TEST(one_pattern_is_completed_in_one_update)
{
    gsl_rng *r = test_rng(5);
    gsl_matrix *X = random_polar(1, 64, r);
    gsl_matrix *state = matrix_copy(X);
    for (size_t i = 32; i < 64; i++) {
        state->data[i] = 0; /* unknown */
    }
    struct setup net = SETUP(basin_rule_classical, X, 1, "update", "sync");
    setup_step(&net, 0, state);
    ck_assert_double_eq(max_difference(state, X), 0);
    gsl_matrix_set(state, 0, 7, 0.5);
    ck_assert_int_eq(net.rule->step(net.memory, 0, state, &net.diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(net.diag.text,
        "unit 7 of a state is 0.5; rule classical takes -1, +1 and 0 (unknown)");
    gsl_matrix_memcpy(state, X);
    gsl_matrix_scale(X, -1);
    double e = setup_energy(&net, X, 0);
    ck_assert_double_eq(setup_energy(&net, state, 0), e);
    ck_assert_double_eq(e, -(64.0 * 64 - 64) / 2);
    gsl_matrix_free(X);
    gsl_matrix_free(state);
    setup_free(&net);
    gsl_rng_free(r);
}
END_TEST

/* Two opposite patterns and a cue orthogonal to both: every field is zero. */
START_TEST(ties_follow_their_rule)
{
    double patterns[] = {1, 1, 1, 1};
    double cue[] = {1, -1, 1, -1};
    const char *ties[] = {"keep", "plus", "minus"};
    const double expected[][4] = {{1, -1, 1, -1}, {1, 1, 1, 1}, {-1, -1, -1, -1}};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 1, 4);
    for (size_t c = 0; c < 3; c++) {
        struct setup net = SETUP(basin_rule_classical, &X.matrix, 1, "update", "sync",
            "diagonal", "kept", "ties", ties[c]);
        double state[4];
        memcpy(state, cue, sizeof(state));
        gsl_matrix_view states = gsl_matrix_view_array(state, 1, 4);
        setup_step(&net, 0, &states.matrix);
        for (size_t i = 0; i < 4; i++) {
            ck_assert_double_eq(state[i], expected[c][i]);
        }
        setup_free(&net);
    }
}
END_TEST

/* Load 0.1, cue at the pattern: overlap 0.998 at d = 1000; 2.9 % wrong bits after one
 * synchronous update from 20 % flipped ones: Q(0.6/sqrt(0.1)) (Amit, Gutfreund &
 * Sompolinsky 1985; Gaussian crosstalk). */
START_TEST(recall_at_a_load_of_a_tenth)
{
    enum { D = 1000, N = 100 };
    gsl_rng *r = test_rng(6);
    gsl_matrix *X = random_polar(N, D, r);
    gsl_matrix *states = matrix_copy(X);
    struct basin_outcome outcome[N];
    struct setup net = SETUP(basin_rule_classical, X, 3, "energy", "never");
    setup_relax(&net, states, outcome);
    gsl_matrix_mul_elements(states, X);
    double overlap = 0;
    for (size_t i = 0; i < (size_t)N * D; i++) {
        overlap += states->data[i] / (N * D);
    }
    ck_assert_double_eq_tol(overlap, 0.998, 0.002);
    setup_free(&net);

    net = SETUP(basin_rule_classical, X, 3, "update", "sync");
    gsl_matrix_memcpy(states, X);
    for (size_t j = 0; j < N; j++) {
        for (size_t i = 0; i < D / 5; i++) {
            *gsl_matrix_ptr(states, j, (i + j) % D) *= -1;
        }
    }
    setup_step(&net, 0, states);
    gsl_matrix_mul_elements(states, X);
    double wrong = 0;
    for (size_t i = 0; i < (size_t)N * D; i++) {
        wrong += states->data[i] < 0;
    }
    ck_assert_double_eq_tol(wrong / (N * D), 0.0289, 0.002);
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("classical");
    TCase *c = tcase_create("classical");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_synchronous_update_is_the_sign_of_the_field);
    tcase_add_test(c, a_sweep_updates_one_unit_after_the_other);
    tcase_add_test(c, a_fixed_point_is_a_local_minimum);
    tcase_add_test(c, a_negative_diagonal_lets_the_energy_rise);
    tcase_add_test(c, synchronous_cycles_have_length_two_and_need_a_zero_diagonal);
    tcase_add_test(c, packed_runs_end_like_runs_on_numbers);
    tcase_add_test(c, one_pattern_is_completed_in_one_update);
    tcase_add_test(c, ties_follow_their_rule);
    tcase_add_test(c, recall_at_a_load_of_a_tenth);
    suite_add_tcase(s, c);
    return s;
}
