/* Theories: known answers from the papers, and values that are asked for wrongly. */
#include "suite.h"

#include "theory/theory.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

enum { GIVEN_MAX = 4 };

struct known {
    const char *theory;
    const char *name[GIVEN_MAX];
    double value[GIVEN_MAX];
    double expected, tolerance;
};

static int value_of(const struct known *k, double *value, struct basin_diag *diag)
{
    const struct basin_kind *kind = basin_kind_find(basin_theories, k->theory);
    size_t n = 0;
    ck_assert_msg(kind != NULL, "no theory %s", k->theory);
    while (n < GIVEN_MAX && k->name[n] != NULL) {
        n++;
    }
    return basin_theory_at(basin_theory_of(kind), k->name, k->value, n, value, diag);
}

/* Half a unit of the last digit that is known. */
static const struct known knowns[] = {
    {"ags_capacity", {NULL}, {0}, 0.137906, 5e-7},
    {"ags_critical_overlap", {NULL}, {0}, 0.96742, 1e-5},
    {"ags_overlap", {"load"}, {0.05}, 0.999992, 5e-7},
    {"ags_overlap", {"load"}, {0.08}, 0.99956, 5e-6},
    {"ags_overlap", {"load"}, {0.10}, 0.99800, 5e-6},
    {"ags_overlap", {"load"}, {0.12}, 0.99322, 5e-6},
    {"ags_overlap", {"load"}, {0.13}, 0.98721, 5e-6},
    {"ags_overlap", {"load"}, {0.135}, 0.98079, 5e-6},
    {"ags_overlap", {"patterns_count", "dimension"}, {100, 1000}, 0.99800, 5e-6},
    {"one_step_error", {"load"}, {0.138}, 0.00355, 5e-6},
    {"one_step_error", {"load"}, {0.14}, 0.00376, 5e-6},
    {"one_step_error", {"load"}, {0.10}, 0.00078, 5e-6},
    {"one_step_error", {"load"}, {0.185}, 0.0100, 5e-5},
    {"one_step_error", {"load", "flip"}, {0.10, 0.1}, 0.0057, 5e-5},
    {"one_step_error", {"load", "flip"}, {0.10, 0.2}, 0.0289, 5e-5},
    {"one_step_error", {"load", "flip"}, {0.10, 0.3}, 0.1030, 5e-5},
    {"one_step_error", {"load", "flip"}, {0.10, 0.5}, 0.5, 1e-12},
    {"one_step_error_kept", {"load"}, {0.138}, 0.00109, 5e-6},
    {"mceliece_patterns", {"dimension"}, {1000}, 72.382, 5e-4},
    {"mceliece_patterns_all", {"dimension"}, {1000}, 36.191, 5e-4},
};

START_TEST(a_known_answer_is_given)
{
    const struct known *k = &knowns[_i];
    struct basin_diag diag = {{0}};
    double value = NAN;
    ck_assert_msg(value_of(k, &value, &diag) == 0, "%s", diag.text);
    ck_assert_msg(fabs(value - k->expected) <= k->tolerance, "%s %s = %g: %.9g, not %.9g",
        k->theory, k->name[0] == NULL ? "" : k->name[0], k->value[0], value, k->expected);
}
END_TEST

/* (1 - P)^d at N = d / (2 ln d), whose rounding matters little. */
START_TEST(most_patterns_are_exact_at_the_capacity_for_most)
{
    const double d[] = {200, 500, 1000, 2000};
    const double expected[] = {.919, .914, .912, .913};
    for (int i = 0; i < 4; i++) {
        double load = 1 / (2 * log(d[i]));
        struct known most = {"pattern_exact", {"load"}, {load}, 0, 0};
        struct known all = {"all_exact", {"load", "dimension"}, {load / 2, d[i]}, 0, 0};
        double value;
        most.name[1] = "dimension";
        most.value[1] = d[i];
        ck_assert_int_eq(value_of(&most, &value, NULL), 0);
        ck_assert_double_eq_tol(value, expected[i], 0.01);
        ck_assert_int_eq(value_of(&all, &value, NULL), 0);
        ck_assert_double_ge(value, 0.998);
    }
}
END_TEST

struct refused {
    struct known asked;
    const char *message;
};

static const struct refused refusals[] = {
    {{"ags_overlap", {"load"}, {0.14}, 0, 0}, "theory ags_overlap: above load 0.137906 "
                                              "no fixed point is near a pattern; load is "
                                              "0.14"},
    {{"ags_overlap", {NULL}, {0}, 0, 0},
        "theory ags_overlap: load is not known: give load, or patterns_count and "
        "dimension"},
    {{"one_step_error", {"load"}, {-1}, 0, 0},
        "theory one_step_error: load = -1 is outside above 0 to 1000000000"},
    {{"one_step_error", {"load", "flip"}, {0.1, 1.5}, 0, 0},
        "theory one_step_error: flip = 1.5 is outside 0 to 1"},
    {{"mceliece_patterns", {"load"}, {0.1}, 0, 0},
        "theory mceliece_patterns: dimension is not known: give it (number d of units)"},
    {{"mceliece_patterns", {"dimension"}, {10.5}, 0, 0},
        "theory mceliece_patterns: dimension = 10.5 is not a whole number"},
};

START_TEST(what_is_not_predicted_is_refused_with_the_reason)
{
    struct basin_diag diag = {{0}};
    double value = NAN;
    ck_assert_int_eq(value_of(&refusals[_i].asked, &value, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, refusals[_i].message);
}
END_TEST

START_TEST(a_nan_counts_as_not_given_and_special_numbers_are_taken)
{
    struct known by_count = {
        "ags_overlap", {"load", "patterns_count", "dimension"}, {NAN, 100, 1000}, 0, 0};
    struct known by_load = {
        "ags_overlap", {"load", "patterns_count", "dimension"}, {0.1, -1, -1}, 0, 0};
    double a;
    double b;
    ck_assert_int_eq(value_of(&by_count, &a, NULL), 0);
    ck_assert_int_eq(value_of(&by_load, &b, NULL), 0);
    ck_assert_double_eq_tol(a, b, 1e-12);
}
END_TEST

START_TEST(every_theory_documents_itself)
{
    for (size_t i = 0; basin_theories[i] != NULL; i++) {
        const struct basin_kind *kind = basin_theories[i];
        const struct basin_field *f = kind->fields;
        ck_assert_uint_gt(strlen(kind->name), 0);
        ck_assert_uint_gt(strlen(kind->summary), 0);
        ck_assert_ptr_nonnull(kind->source);
        ck_assert_int_ge(kind->version, 1);
        ck_assert_ptr_nonnull(basin_theory_of(kind)->unit);
        ck_assert_ptr_eq(basin_kind_find(basin_theories, kind->name), kind);
        for (; f != NULL && f->name != NULL; f++) {
            ck_assert(f->type == BASIN_INT || f->type == BASIN_REAL);
            ck_assert_uint_gt(strlen(f->help), 0);
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("theory");
    TCase *c = tcase_create("theory");
    gsl_set_error_handler_off();
    tcase_add_loop_test(
        c, a_known_answer_is_given, 0, (int)(sizeof(knowns) / sizeof(knowns[0])));
    tcase_add_test(c, most_patterns_are_exact_at_the_capacity_for_most);
    tcase_add_loop_test(c, what_is_not_predicted_is_refused_with_the_reason, 0,
        (int)(sizeof(refusals) / sizeof(refusals[0])));
    tcase_add_test(c, a_nan_counts_as_not_given_and_special_numbers_are_taken);
    tcase_add_test(c, every_theory_documents_itself);
    suite_add_tcase(s, c);
    return s;
}
