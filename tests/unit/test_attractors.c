/* Attractors: which ends are the same, and which are no stored pattern. */
#include "suite.h"

#include "measure/attractors.h"

static const struct basin_criterion exactly = {.success = BASIN_SUCCESS_EXACT};

START_TEST(equal_ends_are_one_attractor)
{
    double ends[] = {1, -1, 1, 1, 1, -1, -1, -1, 1, -1};
    gsl_matrix_view view = gsl_matrix_view_array(ends, 5, 2);
    const size_t expected[] = {3, 1, 0, 1, 0};
    size_t hits[5];
    ck_assert_uint_eq(basin_attractors_find(&view.matrix, 0, hits), 3);
    for (size_t j = 0; j < 5; j++) {
        ck_assert_uint_eq(hits[j], expected[j]);
    }
}
END_TEST

/* A chain of near ends is cut: each is compared with the first of an attractor. */
START_TEST(real_ends_are_told_apart_beyond_a_distance)
{
    double ends[] = {0, 0, 0.3, 0.4, 0.6, 0.8, 0, 0.5};
    gsl_matrix_view view = gsl_matrix_view_array(ends, 4, 2);
    size_t hits[4];
    ck_assert_uint_eq(basin_attractors_find(&view.matrix, 0.5, hits), 2);
    ck_assert_uint_eq(hits[0], 3);
    ck_assert_uint_eq(hits[2], 1);
    ck_assert_uint_eq(basin_attractors_find(&view.matrix, 0.49, hits), 3);
    ck_assert_uint_eq(basin_attractors_find(&view.matrix, 2, hits), 1);
    ck_assert_uint_eq(hits[0], 4);
}
END_TEST

START_TEST(patterns_and_their_negatives_are_not_spurious)
{
    double patterns[] = {1, 1, -1, -1, 1, -1, 1, -1};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 2, 4);
    const double stored[] = {1, -1, 1, -1};
    const double negative[] = {-1, -1, 1, 1};
    const double mixed[] = {1, 1, 1, -1};
    const struct basin_criterion nearly = {BASIN_SUCCESS_OVERLAP, 0.4};
    double scratch[4];
    ck_assert(!basin_is_spurious(stored, &X.matrix, BASIN_POLAR, &exactly, scratch));
    ck_assert(!basin_is_spurious(negative, &X.matrix, BASIN_POLAR, &exactly, scratch));
    ck_assert(basin_is_spurious(mixed, &X.matrix, BASIN_POLAR, &exactly, scratch));
    ck_assert(!basin_is_spurious(mixed, &X.matrix, BASIN_POLAR, &nearly, scratch));
}
END_TEST

START_TEST(silence_is_spurious_where_units_are_binary)
{
    double patterns[] = {1, 0, 0, 1};
    gsl_matrix_view X = gsl_matrix_view_array(patterns, 1, 4);
    const double silence[] = {0, 0, 0, 0};
    const double stored[] = {1, 0, 0, 1};
    double scratch[4];
    ck_assert(basin_is_spurious(silence, &X.matrix, BASIN_BINARY, &exactly, scratch));
    ck_assert(!basin_is_spurious(stored, &X.matrix, BASIN_BINARY, &exactly, scratch));
}
END_TEST

START_TEST(each_criterion_looks_at_its_own_number)
{
    const struct basin_agreement agreement = {
        .error = 0.1, .overlap = 0.8, .cosine = 0.9};
    const struct basin_agreement same = {.error = 0, .overlap = 0, .cosine = 0};
    const struct {
        struct basin_criterion criterion;
        bool recalled;
    } cases[] = {
        {{BASIN_SUCCESS_OVERLAP, 0.79}, true},
        {{BASIN_SUCCESS_OVERLAP, 0.8}, false},
        {{BASIN_SUCCESS_COSINE, 0.85}, true},
        {{BASIN_SUCCESS_COSINE, 0.9}, false},
        {{BASIN_SUCCESS_ERROR, 0.1}, true},
        {{BASIN_SUCCESS_ERROR, 0.09}, false},
        {{BASIN_SUCCESS_EXACT, 1}, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_int_eq(
            basin_is_recalled(&cases[i].criterion, &agreement), cases[i].recalled);
    }
    ck_assert(basin_is_recalled(&exactly, &same));
}
END_TEST

Suite *suite(void)
{
    Suite *self = suite_create("attractors");
    TCase *cases = tcase_create("attractors");
    tcase_add_test(cases, equal_ends_are_one_attractor);
    tcase_add_test(cases, real_ends_are_told_apart_beyond_a_distance);
    tcase_add_test(cases, patterns_and_their_negatives_are_not_spurious);
    tcase_add_test(cases, silence_is_spurious_where_units_are_binary);
    tcase_add_test(cases, each_criterion_looks_at_its_own_number);
    suite_add_tcase(self, cases);
    return self;
}
