/* Dealing items out to workers: balance, in simulated time. */
#include "suite.h"

#include "simulate.h"

#include <math.h>
#include <stdlib.h>

static const size_t workers[] = {1, 3, 16, 64};

/* 400 cells whose times differ a thousandfold, to so many workers; messages cost nothing.
 */
static struct simulated deal(size_t n_workers, bool known, double *longest)
{
    enum { CELLS = 400 };
    struct simulated out;
    struct simulation simulation = {.n = CELLS, .workers = n_workers};
    double *seconds;
    struct basin_item *items = simulated_items(CELLS, 1, 1000, known, &seconds);
    simulation.items = items;
    simulation.seconds = seconds;
    ck_assert(simulate(&simulation, &out));
    ck_assert_uint_eq(out.items, CELLS);
    ck_assert_double_eq_tol(out.work, CELLS, 1e-9 * CELLS);
    *longest = 0;
    for (size_t i = 0; i < CELLS; i++) {
        *longest = fmax(*longest, seconds[i]);
    }
    free(items);
    free(seconds);
    return out;
}

/* Who ends last got the last batch while nobody was idle, so at an even share of the time
 * at the latest. With known costs a batch is one item or a quarter of a share at most. */
START_TEST(known_costs_are_balanced_within_a_quarter_or_the_longest_cell)
{
    double longest;
    struct simulated out = deal(workers[_i], true, &longest);
    double share = out.work / (double)workers[_i];
    ck_assert_double_le(out.longest, fmax(longest, share / 4) + 1e-9);
    ck_assert_double_le(out.seconds, share + fmax(longest, share / 4) + 1e-9);
}
END_TEST

START_TEST(unknown_costs_are_balanced_within_the_longest_batch)
{
    double longest;
    struct simulated out = deal(workers[_i], false, &longest);
    double share = out.work / (double)workers[_i];
    ck_assert_double_le(out.seconds, share + out.longest + 1e-9);
    ck_assert_double_ge(out.seconds, share - 1e-9);
}
END_TEST

/* The same cells, longest first, in equal numbers to each: what the bounds are to catch.
 */
START_TEST(equal_numbers_of_cells_would_not_be_balanced)
{
    enum { CELLS = 400, WORKERS = 16 };
    double *seconds;
    struct basin_item *items = simulated_items(CELLS, 1, 1000, true, &seconds);
    double first = 0;
    for (size_t i = 0; i < CELLS / WORKERS; i++) {
        first += seconds[items[i].cell];
    }
    double share = (double)CELLS / WORKERS;
    ck_assert_double_gt(first, 1.25 * share);
    ck_assert_double_gt(first, share + seconds[items[0].cell]);
    free(items);
    free(seconds);
}
END_TEST

/* Cells of a microsecond go in batches that take some hundredths of a second. */
START_TEST(small_cells_go_in_batches_that_are_worth_a_message)
{
    enum { CELLS = 100000, WORKERS = 4 };
    double *seconds;
    struct basin_item *items = simulated_items(CELLS, 1e-6, 1, true, &seconds);
    struct basin_deal self = {items, CELLS, 0, CELLS * 1e-6, WORKERS};
    double share = CELLS * 1e-6 / (4 * WORKERS);
    size_t n = basin_deal_batch(&self, 0);
    ck_assert_double_eq_tol((double)n * 1e-6, share, 2e-6);
    ck_assert_uint_eq(self.next, n);
    n = basin_deal_batch(&self, WORKERS); /* all are busy: a second's cost in a second */
    ck_assert_double_eq_tol((double)n * 1e-6, 0.02, 2e-6);
    while (basin_deal_batch(&self, WORKERS) > 0) {
    }
    ck_assert_uint_eq(self.next, CELLS);
    ck_assert_double_eq_tol(self.left, 0, 1e-9);
    free(items);
    free(seconds);
}
END_TEST

START_TEST(rank_0_is_what_limits_many_workers_on_small_cells)
{
    enum { CELLS = 100000 };
    struct simulated out;
    struct simulation simulation = {.n = CELLS, .message = 2e-5, .record = 4e-6};
    double *seconds;
    struct basin_item *items = simulated_items(CELLS, 1e-3, 1000, true, &seconds);
    simulation.items = items;
    simulation.seconds = seconds;
    simulation.workers = 4;
    ck_assert(simulate(&simulation, &out));
    ck_assert_double_lt(out.lead, 0.05 * out.seconds);
    simulation.workers = 1024;
    ck_assert(simulate(&simulation, &out));
    ck_assert_double_gt(out.lead, 0.9 * out.seconds);
    ck_assert_double_ge(out.seconds, out.lead - 1e-9);
    free(items);
    free(seconds);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("deal");
    TCase *c = tcase_create("deal");
    size_t n = sizeof(workers) / sizeof(workers[0]);
    tcase_add_loop_test(
        c, known_costs_are_balanced_within_a_quarter_or_the_longest_cell, 0, (int)n);
    tcase_add_loop_test(
        c, unknown_costs_are_balanced_within_the_longest_batch, 0, (int)n);
    tcase_add_test(c, equal_numbers_of_cells_would_not_be_balanced);
    tcase_add_test(c, small_cells_go_in_batches_that_are_worth_a_message);
    tcase_add_test(c, rank_0_is_what_limits_many_workers_on_small_cells);
    suite_add_tcase(s, c);
    return s;
}
