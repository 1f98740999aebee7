/* The shared iteration, on toy rules whose orbits are known. */
#include "suite.h"

#include "rules/relax.h"

#include <math.h>

/* A rule on one unit: state k goes to next[k]; its energy is k. */
struct orbit {
    int next[16];
    size_t calls;
    size_t rows; /* states updated in all calls */
};

static int orbit_step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)diag;
    struct orbit *orbit = memory;
    ck_assert_uint_eq(t, orbit->calls++);
    orbit->rows += states->size1;
    for (size_t i = 0; i < states->size1; i++) {
        int from = (int)gsl_matrix_get(states, i, 0);
        gsl_matrix_set(states, i, 0, orbit->next[from]);
    }
    return 0;
}

static int orbit_energy(
    void *memory, const gsl_matrix *states, gsl_vector *energy, struct basin_diag *diag)
{
    (void)memory;
    (void)diag;
    for (size_t i = 0; i < states->size1; i++) {
        gsl_vector_set(energy, i, gsl_matrix_get(states, i, 0));
    }
    return 0;
}

static bool always(const void *memory)
{
    (void)memory;
    return true;
}

static const struct basin_rule orbit_rule = {.kind = {.name = "orbit"},
    .discrete = true,
    .step = orbit_step,
    .energy = orbit_energy};

/* 0 is fixed; 1 -> 0; 2 <-> 3; 4 -> 5 -> 6 -> 7 -> 8 -> 6 has a tail and period three;
 * 9 -> ... -> 15 -> 9 has period seven. */
static const struct orbit orbits = {
    .next = {0, 0, 3, 2, 5, 6, 7, 8, 6, 10, 11, 12, 13, 14, 15, 9}};

static struct basin_rule_options options_to_convergence(void)
{
    return (struct basin_rule_options){
        .steps = -1, .max_steps = 100, .tolerance = 1e-8, .energy = BASIN_ENERGY_STEPS};
}

static gsl_matrix *states_from(const double *from, size_t m)
{
    gsl_matrix *states = gsl_matrix_alloc(m, 1);
    for (size_t i = 0; i < m; i++) {
        gsl_matrix_set(states, i, 0, from[i]);
    }
    return states;
}

START_TEST(every_end_is_told_apart)
{
    const double from[] = {4, 0, 2, 1, 9, 3};
    const enum basin_end ends[] = {BASIN_END_LONG_CYCLE, BASIN_END_FIXED_POINT,
        BASIN_END_TWO_CYCLE, BASIN_END_FIXED_POINT, BASIN_END_LONG_CYCLE,
        BASIN_END_TWO_CYCLE};
    const size_t periods[] = {3, 1, 2, 1, 7, 2};
    struct basin_rule_options options = options_to_convergence();
    struct orbit orbit = orbits;
    struct basin_outcome outcome[6];
    struct basin_diag diag = {{0}};
    gsl_matrix *states = states_from(from, 6);
    ck_assert_int_eq(
        basin_relax(&orbit_rule, &orbit, &options, states, outcome, &diag), 0);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(outcome[i].end, ends[i]);
        ck_assert_uint_eq(outcome[i].period, periods[i]);
        ck_assert_double_eq(outcome[i].energy_start, from[i]);
        ck_assert_double_eq(outcome[i].energy_end, gsl_matrix_get(states, i, 0));
    }
    ck_assert_uint_eq(outcome[1].steps, 1);
    ck_assert_uint_eq(outcome[2].steps, 2);
    ck_assert_uint_eq(outcome[3].steps, 2);
    ck_assert_double_eq(gsl_matrix_get(states, 2, 0), 2);
    /* The mark at t = 8 meets 9 again at t = 15; that of 4 at t = 4 again at t = 7. */
    ck_assert_uint_eq(outcome[4].steps, 15);
    ck_assert_uint_eq(outcome[0].steps, 7);
    ck_assert_uint_eq(orbit.rows, 7 + 1 + 2 + 2 + 15 + 2);
    ck_assert_uint_eq(outcome[4].energy_rises, 13);
    ck_assert_uint_eq(outcome[3].energy_rises, 0);
    gsl_matrix_free(states);
}
END_TEST

START_TEST(a_number_of_steps_is_made_whatever_happens)
{
    const double from[] = {0, 9};
    struct basin_rule_options options = options_to_convergence();
    options.steps = 5;
    options.energy = BASIN_ENERGY_ENDS;
    struct orbit orbit = orbits;
    struct basin_outcome outcome[2];
    gsl_matrix *states = states_from(from, 2);
    ck_assert_int_eq(
        basin_relax(&orbit_rule, &orbit, &options, states, outcome, NULL), 0);
    ck_assert_double_eq(gsl_matrix_get(states, 1, 0), 14);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(outcome[i].end, BASIN_END_STEPS);
        ck_assert_uint_eq(outcome[i].steps, 5);
        ck_assert_uint_eq(outcome[i].period, 0);
    }
    ck_assert_double_eq(outcome[1].energy_start, 9);
    ck_assert_double_eq(outcome[1].energy_end, 14);

    options.steps = 0;
    options.energy = BASIN_ENERGY_NEVER;
    ck_assert_int_eq(
        basin_relax(&orbit_rule, &orbit, &options, states, outcome, NULL), 0);
    ck_assert_double_eq(gsl_matrix_get(states, 1, 0), 14);
    ck_assert_double_nan(outcome[1].energy_start);
    ck_assert_double_nan(outcome[1].energy_end);
    gsl_matrix_free(states);
}
END_TEST

START_TEST(the_limit_is_no_cycle)
{
    const double from[] = {9};
    struct basin_rule_options options = options_to_convergence();
    options.max_steps = 6;
    struct orbit orbit = orbits;
    struct basin_outcome outcome;
    gsl_matrix *states = states_from(from, 1);
    ck_assert_int_eq(
        basin_relax(&orbit_rule, &orbit, &options, states, &outcome, NULL), 0);
    ck_assert_int_eq(outcome.end, BASIN_END_LIMIT);
    ck_assert_uint_eq(outcome.steps, 6);
    gsl_matrix_free(states);
}
END_TEST

/* Where updates differ from one another, a state that comes back is not on a cycle. */
START_TEST(a_varying_update_has_fixed_points_only)
{
    const double from[] = {2, 1, 4};
    struct basin_rule rule = orbit_rule;
    rule.varies = always;
    struct basin_rule_options options = options_to_convergence();
    struct orbit orbit = orbits;
    struct basin_outcome outcome[3];
    gsl_matrix *states = states_from(from, 3);
    ck_assert_int_eq(basin_relax(&rule, &orbit, &options, states, outcome, NULL), 0);
    ck_assert_int_eq(outcome[0].end, BASIN_END_LIMIT);
    ck_assert_int_eq(outcome[1].end, BASIN_END_FIXED_POINT);
    ck_assert_int_eq(outcome[2].end, BASIN_END_LIMIT);
    gsl_matrix_free(states);
}
END_TEST

/* xi' = factor xi: real-valued. */
static int scale_step(void *memory, size_t t, gsl_matrix *states, struct basin_diag *diag)
{
    (void)t;
    (void)diag;
    gsl_matrix_scale(states, *(double *)memory);
    return 0;
}

static const struct basin_rule scale_rule = {
    .kind = {.name = "scale"}, .step = scale_step};

START_TEST(real_states_converge_within_the_tolerance)
{
    const double from[] = {1};
    struct basin_rule_options options = options_to_convergence();
    struct basin_outcome outcome;
    struct basin_diag diag = {{0}};
    gsl_matrix *states = states_from(from, 1);

    double factor = 0.5; /* the step 2^-t is at most 1e-8 from t = 27 on */
    ck_assert_int_eq(
        basin_relax(&scale_rule, &factor, &options, states, &outcome, &diag), 0);
    ck_assert_int_eq(outcome.end, BASIN_END_FIXED_POINT);
    ck_assert_uint_eq(outcome.steps, 27);
    ck_assert_double_nan(outcome.energy_end);

    gsl_matrix_set_all(states, 1);
    factor = -1;
    ck_assert_int_eq(
        basin_relax(&scale_rule, &factor, &options, states, &outcome, &diag), 0);
    ck_assert_int_eq(outcome.end, BASIN_END_TWO_CYCLE);

    gsl_matrix_set_all(states, 1);
    factor = 1e200;
    ck_assert_int_eq(basin_relax(&scale_rule, &factor, &options, states, &outcome, &diag),
        BASIN_ERR_NUMERIC);
    ck_assert_str_eq(diag.text, "update 2 of rule scale made unit 0 of state 0 inf");
    gsl_matrix_free(states);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("relax");
    TCase *c = tcase_create("relax");
    tcase_add_test(c, every_end_is_told_apart);
    tcase_add_test(c, a_number_of_steps_is_made_whatever_happens);
    tcase_add_test(c, the_limit_is_no_cycle);
    tcase_add_test(c, a_varying_update_has_fixed_points_only);
    tcase_add_test(c, real_states_converge_within_the_tolerance);
    suite_add_tcase(s, c);
    return s;
}
