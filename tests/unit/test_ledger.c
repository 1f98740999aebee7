/* The ledger: Holm's correction by hand, and what it says of a family of verdicts. */
#include "suite.h"

#include "claims/holm.h"
#include "report/ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Worked by hand: .005 * 4, .01 * 3, .03 * 2, and .04 * 1 raised to the one before. */
START_TEST(holm_has_its_known_values)
{
    const double p[] = {0.01, 0.04, 0.03, 0.005};
    const double expected[] = {0.03, 0.06, 0.06, 0.02};
    double adjusted[4];
    ck_assert_int_eq(basin_holm(p, 4, adjusted, NULL), 0);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(adjusted[i], expected[i], 1e-15);
    }
}
END_TEST

/* A test without a verdict makes the family larger and has no p itself. */
START_TEST(an_undecided_test_counts_in_the_family)
{
    const double p[] = {NAN, 0.01, NAN, 0.4};
    double adjusted[4];
    ck_assert_int_eq(basin_holm(p, 4, adjusted, NULL), 0);
    ck_assert(isnan(adjusted[0]) && isnan(adjusted[2]));
    ck_assert_double_eq_tol(adjusted[1], 0.04, 1e-15);
    ck_assert_double_eq(adjusted[3], 1);
    ck_assert_int_eq(basin_holm(p, 0, adjusted, NULL), 0);
}
END_TEST

static struct basin_findings findings_of(const struct basin_finding *from, size_t n)
{
    struct basin_findings findings = {n, calloc(n, sizeof(*findings.finding))};
    for (size_t i = 0; i < n; i++) {
        struct basin_finding *f = &findings.finding[i];
        *f = from[i];
        f->id = basin_str_copy(from[i].id);
        f->p_family = NAN;
    }
    return findings;
}

/* Two configurations are one family; what is no matter of chance is outside of it. */
START_TEST(verdicts_of_all_pages_are_one_family)
{
    const struct basin_finding first[] = {
        {.id = "clear", .by_chance = true, .p = 0.001},
        {.id = "theorem", .by_chance = false, .p = NAN},
    };
    const struct basin_finding second[] = {
        {.id = "doubtful", .by_chance = true, .p = 0.03},
        {.id = "open", .by_chance = true, .p = NAN, .verdict = BASIN_UNDECIDED},
    };
    struct basin_findings a = findings_of(first, 2);
    struct basin_findings b = findings_of(second, 2);
    struct basin_ledger ledger = {0};
    struct basin_str out = {0};
    ck_assert_int_eq(basin_ledger_add(&ledger, "a", "", &a, NULL), 0);
    ck_assert_int_eq(basin_ledger_add(&ledger, "b", "", &b, NULL), 0);
    ck_assert_int_eq(basin_ledger_adjust(&ledger, NULL), 0);
    ck_assert_double_eq_tol(ledger.pages[0].findings.finding[0].p_family, 0.003, 1e-15);
    ck_assert(isnan(ledger.pages[0].findings.finding[1].p_family));
    ck_assert_double_eq_tol(ledger.pages[1].findings.finding[0].p_family, 0.06, 1e-15);
    ck_assert(isnan(ledger.pages[1].findings.finding[1].p_family));
    basin_ledger_markdown(&ledger, &out);
    ck_assert_ptr_nonnull(strstr(out.text,
        "2 verdicts rest on an interval. 1 of them stand if the chance of even one false "
        "verdict is held to 5 % (Holm over 3 tests); these fall: b/doubtful (0.06).\n"));
    basin_str_free(&out);
    basin_ledger_free(&ledger);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *t = tcase_create("ledger");
    tcase_add_test(t, holm_has_its_known_values);
    tcase_add_test(t, an_undecided_test_counts_in_the_family);
    tcase_add_test(t, verdicts_of_all_pages_are_one_family);
    suite_add_tcase(s, t);
    return s;
}
