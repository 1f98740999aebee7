/* Errors, strings, identities and random streams. */
#include "suite.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_code_has_a_text_and_an_exit_code)
{
    for (int code = -20; code <= 0; code++) {
        ck_assert_uint_gt(strlen(basin_error_text(code)), 3);
        int exit_code = basin_error_exit(code);
        ck_assert(code == 0 ? exit_code == 0 : exit_code > 0);
    }
    ck_assert_int_eq(basin_error_exit(BASIN_ERR_CONFIG), 2);
    ck_assert_int_eq(basin_error_exit(BASIN_ERR_INTERRUPTED), 130);
}
END_TEST

START_TEST(a_failure_can_be_put_into_context)
{
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(
        basin_fail(&diag, BASIN_ERR_IO, "cannot open %s", "x"), BASIN_ERR_IO);
    ck_assert_int_eq(basin_fail_in(&diag, BASIN_ERR_IO, "cell %d", 3), BASIN_ERR_IO);
    ck_assert_str_eq(diag.text, "cell 3: cannot open x");
    ck_assert_int_eq(basin_fail(NULL, BASIN_ERR_IO, "nobody listens"), BASIN_ERR_IO);
}
END_TEST

START_TEST(a_long_failure_is_cut_not_overrun)
{
    struct basin_diag diag = {{0}};
    for (int i = 0; i < 1000; i++) {
        basin_fail_in(&diag, BASIN_ERR_IO, "a rather long prefix, number %d", i);
    }
    ck_assert_uint_lt(strlen(diag.text), sizeof(diag.text));
}
END_TEST

START_TEST(a_string_grows)
{
    struct basin_str text = {0};
    for (int i = 0; i < 1000; i++) {
        basin_str_add(&text, "%d,", i);
    }
    ck_assert(!text.failed);
    ck_assert_uint_eq(text.length, 10 * 2 + 90 * 3 + 900 * 4);
    ck_assert_uint_eq(strlen(text.text), text.length);
    basin_str_free(&text);
    ck_assert_ptr_null(text.text);
}
END_TEST

START_TEST(doubles_are_written_shortest_and_exactly)
{
    char buffer[32];
    ck_assert_str_eq(basin_str_of_double(0.1, buffer), "0.1");
    ck_assert_str_eq(basin_str_of_double(1e-9, buffer), "1e-09");
    ck_assert_str_eq(basin_str_of_double(500, buffer), "500");
    ck_assert_str_eq(basin_str_of_double(NAN, buffer), "nan");
    ck_assert_str_eq(basin_str_of_double(-INFINITY, buffer), "-inf");
    const double hard[] = {1.0 / 3, M_PI, 1e300, 5e-324, 0.1 + 0.2};
    for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++) {
        ck_assert(strtod(basin_str_of_double(hard[i], buffer), NULL) == hard[i]);
    }
}
END_TEST

START_TEST(the_nearest_word_is_found_if_it_is_near)
{
    const char *words[] = {"dimension", "load", "beta", "replicates"};
    ck_assert_str_eq(basin_str_nearest("dimensoin", words, 4), "dimension");
    ck_assert_str_eq(basin_str_nearest("laod", words, 4), "load");
    ck_assert_str_eq(basin_str_nearest("replicate", words, 4), "replicates");
    ck_assert_ptr_null(basin_str_nearest("temperature", words, 4));
    ck_assert_uint_eq(basin_str_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(basin_str_distance("ab", "ba"), 1);
}
END_TEST

START_TEST(an_identity_is_the_start_of_sha256)
{
    char text[BASIN_ID_TEXT];
    struct basin_id id = basin_id_of("abc", 3);
    ck_assert_str_eq(basin_id_text(&id, text), "ba7816bf8f01cfea414140de5dae2223");
    ck_assert_uint_eq(basin_id_number(&id), 0xba7816bf8f01cfeaULL);
}
END_TEST

/* Random123's known-answer vectors for philox4x32-10. */
START_TEST(philox_gives_the_published_blocks)
{
    const uint32_t keys[3][2] = {
        {0, 0}, {0xffffffff, 0xffffffff}, {0xa4093822, 0x299f31d0}};
    const uint32_t counters[3][4] = {{0, 0, 0, 0},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
    const uint32_t blocks[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
    for (int i = 0; i < 3; i++) {
        uint32_t counter[4];
        memcpy(counter, counters[i], sizeof(counter));
        basin_philox_block(keys[i], counter);
        ck_assert_mem_eq(counter, blocks[i], sizeof(counter));
    }
}
END_TEST

START_TEST(a_stream_restarts_and_differs_from_its_neighbours)
{
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    double first[4];
    for (int i = 0; i < 4; i++) {
        basin_rng_start(r, 7 + (i & 1), basin_rng_sequence(3, (uint32_t)i / 2));
        first[i] = gsl_rng_uniform(r);
        for (int j = 0; j < i; j++) {
            ck_assert(first[i] != first[j]);
        }
    }
    basin_rng_start(r, 7, basin_rng_sequence(3, 0));
    ck_assert(gsl_rng_uniform(r) == first[0]);
    gsl_rng_free(r);
}
END_TEST

START_TEST(purposes_are_unique)
{
    const int values[] = {
#define PURPOSE(name, value) value,
        BASIN_PURPOSES(PURPOSE)
#undef PURPOSE
    };
    size_t n = sizeof(values) / sizeof(values[0]);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            ck_assert_int_ne(values[i], values[j]);
            ck_assert_uint_ne(basin_rng_key(1, 2, (enum basin_purpose)values[i]),
                basin_rng_key(1, 2, (enum basin_purpose)values[j]));
        }
    }
}
END_TEST

/* Chi-squared over 64 bins of 2^18 uniforms; fails by chance once in 10^6 runs, and the
 * seed is fixed. */
START_TEST(uniforms_are_uniform)
{
    enum { BINS = 64, DRAWS = 1 << 18 };
    size_t count[BINS] = {0};
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(r, 1982);
    for (size_t i = 0; i < DRAWS; i++) {
        count[(size_t)(gsl_rng_uniform(r) * BINS)]++;
    }
    double expected = (double)DRAWS / BINS;
    double chi2 = 0;
    for (size_t i = 0; i < BINS; i++) {
        double deviation = (double)count[i] - expected;
        chi2 += deviation * deviation / expected;
    }
    ck_assert_double_gt(gsl_cdf_chisq_Q(chi2, BINS - 1), 1e-6);
    ck_assert_double_gt(gsl_cdf_chisq_P(chi2, BINS - 1), 1e-6);
    gsl_rng_free(r);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("base");
    TCase *c = tcase_create("base");
    tcase_add_test(c, every_code_has_a_text_and_an_exit_code);
    tcase_add_test(c, a_failure_can_be_put_into_context);
    tcase_add_test(c, a_long_failure_is_cut_not_overrun);
    tcase_add_test(c, a_string_grows);
    tcase_add_test(c, doubles_are_written_shortest_and_exactly);
    tcase_add_test(c, the_nearest_word_is_found_if_it_is_near);
    tcase_add_test(c, an_identity_is_the_start_of_sha256);
    tcase_add_test(c, philox_gives_the_published_blocks);
    tcase_add_test(c, a_stream_restarts_and_differs_from_its_neighbours);
    tcase_add_test(c, purposes_are_unique);
    tcase_add_test(c, uniforms_are_uniform);
    suite_add_tcase(s, c);
    return s;
}
