/* The experiment on time and memory: which methods take part, and what no load on the
 * machine can change. Times are not tested, only that there are some. */
#include "suite.h"

#include "one_cell.h"

#include "base/clock.h"
#include "base/memory.h"

#include <sys/mman.h>

#define CONFIG(fields)                                                                   \
    "experiment: scaling\nseed: 5\n" fields "\nmaps: [{features: 16}]\n"

static void measure(struct one_cell *c, const char *config)
{
    ck_assert_msg(one_cell_open(c, config) == 0, "%s", c->diag.text);
    one_cell_run(c, 0);
}

START_TEST(every_number_is_clocked)
{
    struct one_cell c;
    measure(&c, CONFIG("length: 100\nrepeats: 2\ndimension: 8"));
    ck_assert(c.experiment->clocked);
    for (size_t i = 0; c.experiment->metrics[i].name != NULL; i++) {
        const char *name = c.experiment->metrics[i].name;
        ck_assert_msg(one_cell_value(&c, name, 0) >= 0, "%s", name);
    }
    one_cell_close(&c);
}
END_TEST

START_TEST(methods_take_part_up_to_their_lengths)
{
    struct one_cell c;
    measure(
        &c, CONFIG("length: 300\nexact_longest: 300\nnaive_longest: 299\nrepeats: 1"));
    ck_assert(one_cell_has(&c, "exact_time"));
    ck_assert(one_cell_has(&c, "speed_up"));
    ck_assert(!one_cell_has(&c, "naive_time"));
    ck_assert(!one_cell_has(&c, "naive_memory"));
    one_cell_close(&c);
    measure(&c, CONFIG("length: 300\nexact_longest: 0\nnaive_longest: 0\nrepeats: 1"));
    ck_assert(!one_cell_has(&c, "exact_memory"));
    ck_assert(!one_cell_has(&c, "speed_up"));
    ck_assert(one_cell_has(&c, "favor_time"));
    one_cell_close(&c);
}
END_TEST

/* The matrix of weights alone is 8 L^2 bytes; what streams holds a small part of it. */
START_TEST(only_naive_attention_holds_a_matrix)
{
    enum { L = 1500 };
    struct one_cell c;
    measure(&c, CONFIG("length: 1500\ndimension: 8\nrepeats: 1"));
    double matrix = 8.0 * L * L;
    ck_assert_double_ge(one_cell_value(&c, "naive_memory", 0), 0.95 * matrix);
    ck_assert_double_le(one_cell_value(&c, "naive_memory", 0), 1.5 * matrix);
    ck_assert_double_le(one_cell_value(&c, "exact_memory", 0), 0.3 * matrix);
    ck_assert_double_le(one_cell_value(&c, "favor_memory", 0), 0.3 * matrix);
    one_cell_close(&c);
}
END_TEST

START_TEST(the_peak_is_what_was_held)
{
    enum { BYTES = 50000000 };
    double before = basin_memory_mark();
    /* Not malloc: a sanitizer keeps what is freed. */
    char *held =
        mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(held != MAP_FAILED);
    volatile char *touched = held; /* so that the compiler leaves it in */
    for (size_t i = 0; i < BYTES; i++) {
        touched[i] = 1;
    }
    munmap(held, BYTES);
    double peak = basin_memory_peak();
    ck_assert_double_ge(peak - before, 0.9 * BYTES);
    double after = basin_memory_mark();
    ck_assert_double_le(after, peak - 0.9 * BYTES);
    ck_assert_double_le(basin_memory_peak(), peak - 0.9 * BYTES);
}
END_TEST

START_TEST(a_thread_that_works_uses_time)
{
    double start = basin_clock_thread();
    volatile double sum = 0;
    for (int i = 0; i < 1000000; i++) {
        sum = sum + i;
    }
    ck_assert_double_gt(basin_clock_thread(), start);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("scaling");
    TCase *t = tcase_create("scaling");
    tcase_add_test(t, every_number_is_clocked);
    tcase_add_test(t, methods_take_part_up_to_their_lengths);
    tcase_add_test(t, only_naive_attention_holds_a_matrix);
    tcase_add_test(t, the_peak_is_what_was_held);
    tcase_add_test(t, a_thread_that_works_uses_time);
    suite_add_tcase(s, t);
    return s;
}
