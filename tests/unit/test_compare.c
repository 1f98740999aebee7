/* Comparing results: known differences, and how often chance alone is called significant.
 */
#include "base/quote.h"
#include "base/rng.h"
#include "report/compare.h"
#include "suite.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELLS = 10, REPLICATES = 6 };

/* A result in memory: one rule, one axis, one metric. */
struct sample {
    char *text[CELLS];
    double number[CELLS];
    uint32_t index[CELLS];
    uint8_t status[CELLS * REPLICATES];
    double data[CELLS * REPLICATES];
    struct basin_coordinate axis;
    struct basin_variable metric;
    struct basin_group group;
    struct basin_result result;
};

static void sample_make(struct sample *s)
{
    static char names[CELLS][4];
    *s = (struct sample){0};
    for (uint32_t i = 0; i < CELLS; i++) {
        snprintf(names[i], sizeof(names[i]), "%u", i);
        s->text[i] = names[i];
        s->number[i] = i;
        s->index[i] = i;
    }
    memset(s->status, BASIN_STATUS_OK, sizeof(s->status));
    s->axis = (struct basin_coordinate){.n = CELLS, .number = s->number, .text = s->text};
    s->axis.name = (char *)(uintptr_t) "load";
    s->metric = (struct basin_variable){
        .name = (char *)(uintptr_t) "error", .stride = 1, .data = s->data};
    s->group = (struct basin_group){.label = (char *)(uintptr_t) "rule",
        .n_coordinates = 1,
        .coordinates = &s->axis,
        .n_cells = CELLS,
        .index = s->index,
        .n_replicates = REPLICATES,
        .status = s->status,
        .n_variables = 1,
        .variables = &s->metric};
    s->result = (struct basin_result){
        .name = (char *)(uintptr_t) "x", .n_groups = 1, .groups = &s->group};
}

static struct basin_comparison compare(const struct sample *a, const struct sample *b)
{
    struct basin_comparison comparison;
    struct basin_diag diag = {{0}};
    ck_assert_msg(basin_results_compare(&a->result, &b->result, &comparison, &diag) == 0,
        "%s", diag.text);
    return comparison;
}

START_TEST(equal_results_do_not_differ)
{
    struct sample a;
    struct sample b;
    sample_make(&a);
    sample_make(&b);
    a.data[7] = b.data[7] = NAN;
    struct basin_comparison c = compare(&a, &b);
    ck_assert_uint_eq(c.n, 0);
    ck_assert_uint_eq(c.n_cells, CELLS);
    ck_assert_uint_eq(c.n_numbers, CELLS);
    basin_comparison_free(&c);
}
END_TEST

/* Cell 3: pairs differ by 1 +- 0.1, whatever the common part is. t of 5 degrees of
 * freedom at 1 - 0.05 / 11 / 2 = 0.9977: between 4.77 (0.9975) and 5.89 (0.999). */
START_TEST(a_paired_difference_is_found)
{
    struct sample a;
    struct sample b;
    sample_make(&a);
    sample_make(&b);
    for (size_t r = 0; r < REPLICATES; r++) {
        a.data[3 * REPLICATES + r] = 100.0 * (double)r;
        b.data[3 * REPLICATES + r] = 100.0 * (double)r + 1 + (r % 2 == 0 ? 0.1 : -0.1);
    }
    struct basin_comparison c = compare(&a, &b);
    ck_assert_uint_eq(c.n, 1);
    ck_assert_uint_eq(c.n_significant, 1);
    const struct basin_difference *d = &c.difference[0];
    ck_assert_str_eq(d->cell, "load=3");
    ck_assert_str_eq(d->metric, "error");
    ck_assert_double_eq_tol(d->difference, 1, 1e-12);
    double half = (d->high - d->low) / 2;
    double error = 0.1 * sqrt(6.0 / 5) / sqrt(6.0);
    ck_assert_double_ge(half, 4.77 * error);
    ck_assert_double_le(half, 5.90 * error);
    basin_comparison_free(&c);
}
END_TEST

START_TEST(missing_cells_values_and_statuses_are_told)
{
    struct sample a;
    struct sample b;
    sample_make(&a);
    sample_make(&b);
    b.group.n_cells = CELLS - 1;
    b.status[0] = BASIN_STATUS_FAILED;
    b.data[0] = NAN;
    struct basin_comparison c = compare(&a, &b);
    ck_assert_uint_eq(c.n, 3);
    ck_assert_int_eq(c.difference[0].kind, BASIN_DIFFERENT_STATUS);
    ck_assert_int_eq(c.difference[1].kind, BASIN_DIFFERENT_NUMBER);
    ck_assert_uint_eq(c.difference[1].n, REPLICATES - 1);
    ck_assert_int_eq(c.difference[2].kind, BASIN_ONLY_FIRST);
    ck_assert_str_eq(c.difference[2].cell, "load=9");
    basin_comparison_free(&c);
}
END_TEST

START_TEST(clocked_metrics_count_only_if_significant)
{
    struct sample a;
    struct sample b;
    sample_make(&a);
    sample_make(&b);
    a.metric.clocked = b.metric.clocked = true;
    for (size_t r = 0; r < REPLICATES; r++) {
        b.data[r] = r % 2 == 0 ? 1 : -1;               /* noise */
        b.data[REPLICATES + r] = 5 + 0.01 * (double)r; /* a change */
    }
    struct basin_comparison c = compare(&a, &b);
    ck_assert_uint_eq(c.n, 2);
    ck_assert_uint_eq(c.n_counted, 1);
    basin_comparison_free(&c);
}
END_TEST

/* 1000 pairs of results that differ by chance alone, 10 means each: at most 5 % of them
 * may have a significant difference. 44 are expected, standard deviation 6.5: 85 has a
 * false-alarm probability below 1e-6; and a test that never finds any would be wrong too.
 */
START_TEST(chance_is_called_significant_in_one_of_twenty_comparisons)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(r, 11);
    size_t alarms = 0;
    struct sample a;
    struct sample b;
    sample_make(&a);
    sample_make(&b);
    for (int trial = 0; trial < 1000; trial++) {
        for (size_t i = 0; i < (size_t)CELLS * REPLICATES; i++) {
            double shared = gsl_ran_gaussian(r, 3);
            a.data[i] = shared + gsl_ran_gaussian(r, 1);
            b.data[i] = shared + gsl_ran_gaussian(r, 1);
        }
        struct basin_comparison c = compare(&a, &b);
        alarms += c.n_significant > 0;
        basin_comparison_free(&c);
    }
    gsl_rng_free(r);
    ck_assert_uint_le(alarms, 85);
    ck_assert_uint_ge(alarms, 15);
}
END_TEST

START_TEST(texts_are_quoted)
{
    struct basin_str out = {0};
    basin_quote_json("a\"b\\\n\x01", &out);
    basin_str_add(&out, "|");
    basin_quote_json_number(NAN, &out);
    basin_str_add(&out, "|");
    basin_quote_markup("<a href=\"x\">&\x02", &out);
    basin_str_add(&out, "|");
    basin_quote_field("plain", ',', &out);
    basin_str_add(&out, "|");
    basin_quote_field("a,\"b\"", ',', &out);
    basin_str_add(&out, "|");
    basin_quote_field("a,\tb", '\t', &out);
    ck_assert_str_eq(out.text,
        "\"a\\\"b\\\\\\u000a\\u0001\"|null|&lt;a href=&quot;x&quot;&gt;&amp;|plain|"
        "\"a,\"\"b\"\"\"|a, b");
    basin_str_free(&out);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("compare");
    TCase *all = tcase_create("all");
    tcase_add_test(all, equal_results_do_not_differ);
    tcase_add_test(all, a_paired_difference_is_found);
    tcase_add_test(all, missing_cells_values_and_statuses_are_told);
    tcase_add_test(all, clocked_metrics_count_only_if_significant);
    tcase_add_test(all, chance_is_called_significant_in_one_of_twenty_comparisons);
    tcase_add_test(all, texts_are_quoted);
    suite_add_tcase(s, all);
    return s;
}
