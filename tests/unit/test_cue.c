/* Cues: exact counts, masks, mixtures, and what is refused. Seeds are fixed; bounds of
 * random quantities are 5 standard deviations wide. */
#include "suite.h"

#include "drawn.h"
#include "patterns/cue.h"

#include <gsl/gsl_statistics_double.h>

enum { CUES = 40, D = 144, SIDE = 12 };

static struct basin_cue cue_of(const char *const *pairs)
{
    union params params = params_of(&basin_cue_kind, pairs);
    struct basin_cue cue;
    memcpy(&cue, &params, sizeof(cue));
    return cue;
}

static gsl_matrix *patterns_of(enum basin_domain domain)
{
    const char *name = domain == BASIN_POLAR    ? "polar"
                       : domain == BASIN_BINARY ? "binary"
                                                : "uniform";
    return drawn(name, PAIRS("dimension", "144"), CUES, 0);
}

/* Cue j is for pattern j. */
static gsl_matrix *cues_of(
    const gsl_matrix *patterns, enum basin_domain domain, const char *const *pairs)
{
    struct basin_cue cue = cue_of(pairs);
    struct basin_diag diag = {{0}};
    size_t target[CUES];
    for (size_t j = 0; j < CUES; j++) {
        target[j] = j;
    }
    gsl_matrix *cues = gsl_matrix_alloc(CUES, patterns->size2);
    int ret = basin_cue_make(&cue, domain, SIDE, 3, 0, patterns, target, cues, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
    return cues;
}

static size_t differences(const gsl_matrix *a, const gsl_matrix *b, size_t row)
{
    size_t n = 0;
    for (size_t i = 0; i < a->size2; i++) {
        n += gsl_matrix_get(a, row, i) != gsl_matrix_get(b, row, i);
    }
    return n;
}

START_TEST(a_default_cue_is_the_pattern)
{
    const enum basin_domain domains[] = {BASIN_POLAR, BASIN_BINARY, BASIN_CONTINUOUS};
    gsl_matrix *x = patterns_of(domains[_i]);
    gsl_matrix *cues = cues_of(x, domains[_i], NO_PAIRS);
    ck_assert_mem_eq(x->data, cues->data, CUES * D * sizeof(double));
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(flips_are_exactly_as_many_as_asked)
{
    gsl_matrix *x = patterns_of(BASIN_POLAR);
    gsl_matrix *cues = cues_of(x, BASIN_POLAR, PAIRS("flip", "0.3"));
    double share[D] = {0};
    for (size_t j = 0; j < CUES; j++) {
        ck_assert_uint_eq(differences(x, cues, j), 43); /* round(43.2) */
        for (size_t i = 0; i < D; i++) {
            ck_assert(fabs(gsl_matrix_get(cues, j, i)) == 1);
            share[i] += gsl_matrix_get(x, j, i) != gsl_matrix_get(cues, j, i);
        }
    }
    for (size_t i = 0; i < D; i++) {
        ck_assert_double_lt(fabs(share[i] / CUES - 0.3), 5 * sqrt(0.21 / CUES));
    }
    gsl_matrix_free(cues);
    cues = cues_of(x, BASIN_POLAR, PAIRS("flip", "1"));
    gsl_matrix_add(cues, x);
    ck_assert(gsl_matrix_isnull(cues));
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(binary_flips_keep_the_activity)
{
    gsl_matrix *x = patterns_of(BASIN_BINARY); /* 14 ones of 144 */
    gsl_matrix *cues = cues_of(x, BASIN_BINARY, PAIRS("flip", "0.1"));
    for (size_t j = 0; j < CUES; j++) {
        ck_assert_uint_eq(differences(x, cues, j), 14); /* 7 ones and 7 zeros */
        ck_assert_double_eq_tol(
            gsl_stats_mean(gsl_matrix_ptr(cues, j, 0), 1, D), 14.0 / D, 1e-15);
    }
    struct basin_cue cue = cue_of(PAIRS("flip", "0.25"));
    struct basin_diag diag = {{0}};
    const size_t target[CUES] = {0};
    ck_assert_int_eq(basin_cue_make(&cue, BASIN_BINARY, 0, 3, 0, x, target, cues, &diag),
        BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "flip: 18 ones and 18 zeros cannot be exchanged in a "
                                "pattern of 14 ones and 130 zeros");
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(noise_has_its_standard_deviation)
{
    gsl_matrix *x = patterns_of(BASIN_CONTINUOUS);
    gsl_matrix *cues = cues_of(x, BASIN_CONTINUOUS, PAIRS("noise", "0.2"));
    gsl_matrix_sub(cues, x);
    double n = CUES * D;
    double sd = gsl_stats_sd(cues->data, 1, CUES * D);
    ck_assert_double_lt(fabs(sd - 0.2), 5 * 0.2 / sqrt(2 * n));
    ck_assert_double_lt(fabs(gsl_stats_mean(cues->data, 1, CUES * D)), 5 * 0.2 / sqrt(n));
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(masks_cover_their_part_of_the_picture)
{
    const char *const regions[] = {"lower", "upper", "left", "right"};
    gsl_matrix *x = patterns_of(BASIN_CONTINUOUS);
    gsl_matrix *cues = cues_of(x, BASIN_CONTINUOUS,
        PAIRS("mask", regions[_i], "mask_fraction", "0.4", "fill_value", "9"));
    for (size_t i = 0; i < D; i++) {
        size_t row = i / SIDE;
        size_t column = i % SIDE;
        /* round(4.8) = 5 of 12 lines */
        const bool masked[] = {row >= 7, row < 5, column < 5, column >= 7};
        double expected = masked[_i] ? 9 : gsl_matrix_get(x, 2, i);
        ck_assert_double_eq(gsl_matrix_get(cues, 2, i), expected);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

/* The blog's mask: rows 33 to 63 of 64. */
START_TEST(a_fraction_can_name_rows)
{
    gsl_matrix *x = gsl_matrix_alloc(1, 4096);
    gsl_matrix *cues = gsl_matrix_alloc(1, 4096);
    gsl_matrix_set_all(x, 1);
    struct basin_cue cue = cue_of(PAIRS("mask", "lower", "mask_fraction", "0.484375"));
    struct basin_diag diag = {{0}};
    const size_t target = 0;
    ck_assert_int_eq(
        basin_cue_make(&cue, BASIN_POLAR, 64, 3, 0, x, &target, cues, &diag), 0);
    ck_assert_double_eq(gsl_matrix_get(cues, 0, 33 * 64 - 1), 1);
    ck_assert_double_eq(gsl_matrix_get(cues, 0, 33 * 64), 0);
    ck_assert_double_eq(gsl_matrix_get(cues, 0, 4095), 0);
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(random_masks_have_exact_size)
{
    gsl_matrix *x = patterns_of(BASIN_POLAR);
    gsl_matrix *cues =
        cues_of(x, BASIN_POLAR, PAIRS("mask", "random", "mask_fraction", "0.25"));
    for (size_t j = 0; j < CUES; j++) {
        ck_assert_uint_eq(differences(x, cues, j), 36);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

/* Everything masked and filled at random: the domain's own statistics. */
START_TEST(random_fill_is_like_a_pattern)
{
    const enum basin_domain domains[] = {BASIN_POLAR, BASIN_BINARY, BASIN_CONTINUOUS};
    const double means[] = {0, 14.0 / D, 0};
    const double sds[] = {1, 0.296, 0.5774};
    gsl_matrix *x = patterns_of(domains[_i]);
    gsl_matrix *cues = cues_of(
        x, domains[_i], PAIRS("mask", "lower", "mask_fraction", "1", "fill", "random"));
    double tolerance = 5 * sds[_i] / sqrt(CUES * D);
    ck_assert_double_lt(
        fabs(gsl_stats_mean(cues->data, 1, CUES * D) - means[_i]), tolerance);
    ck_assert_double_lt(fabs(gsl_stats_sd(cues->data, 1, CUES * D) - sds[_i]), tolerance);
    for (size_t i = 0; i < CUES * D; i++) {
        double unit = cues->data[i];
        ck_assert(domains[_i] == BASIN_POLAR    ? fabs(unit) == 1
                  : domains[_i] == BASIN_BINARY ? unit == 0 || unit == 1
                                                : fabs(unit) <= 1);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

START_TEST(a_mixture_takes_from_the_next_pattern)
{
    gsl_matrix *x = patterns_of(BASIN_CONTINUOUS);
    gsl_matrix *cues = cues_of(x, BASIN_CONTINUOUS, PAIRS("mixture", "0.25"));
    for (size_t j = 0; j < CUES; j++) {
        double expected =
            0.75 * gsl_matrix_get(x, j, 5) + 0.25 * gsl_matrix_get(x, (j + 1) % CUES, 5);
        ck_assert_double_eq_tol(gsl_matrix_get(cues, j, 5), expected, 1e-15);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(cues);

    x = patterns_of(BASIN_POLAR);
    cues = cues_of(x, BASIN_POLAR, PAIRS("mixture", "0.4"));
    ck_assert_mem_eq(x->data, cues->data, CUES * D * sizeof(double));
    gsl_matrix_free(cues);
    cues = cues_of(x, BASIN_POLAR, PAIRS("mixture", "0.6"));
    ck_assert_mem_eq(x->data + D, cues->data, (CUES - 1) * D * sizeof(double));
    gsl_matrix_free(cues);
    cues = cues_of(x, BASIN_POLAR, PAIRS("mixture", "0.5"));
    double own = 0;
    double all = 0;
    for (size_t i = 0; i < (CUES - 1) * D; i++) {
        if (x->data[i] == x->data[i + D]) {
            ck_assert_double_eq(cues->data[i], x->data[i]);
        } else {
            own += cues->data[i] == x->data[i];
            all++;
        }
    }
    ck_assert_double_lt(fabs(own / all - 0.5), 5 * 0.5 / sqrt(all));
    gsl_matrix_free(x);
    gsl_matrix_free(cues);
}
END_TEST

/* Cue j depends on (key, replicate, j) and its pattern, not on how many there are. */
START_TEST(a_cue_stays_when_others_come)
{
    gsl_matrix *x = patterns_of(BASIN_POLAR);
    gsl_matrix *many =
        cues_of(x, BASIN_POLAR, PAIRS("flip", "0.2", "mask", "random", "fill", "random"));
    struct basin_cue cue =
        cue_of(PAIRS("flip", "0.2", "mask", "random", "fill", "random"));
    struct basin_diag diag = {{0}};
    gsl_matrix *few = gsl_matrix_alloc(2, D);
    const size_t target[] = {0, 1};
    ck_assert_int_eq(
        basin_cue_make(&cue, BASIN_POLAR, 0, 3, 0, x, target, few, &diag), 0);
    ck_assert_mem_eq(few->data, many->data, 2 * D * sizeof(double));
    for (uint32_t replicate = 0; replicate < 2; replicate++) {
        uint64_t key = replicate == 0 ? 4 : 3;
        ck_assert_int_eq(
            basin_cue_make(&cue, BASIN_POLAR, 0, key, replicate, x, target, few, &diag),
            0);
        ck_assert(memcmp(few->data, many->data, D * sizeof(double)) != 0);
    }
    gsl_matrix_free(x);
    gsl_matrix_free(many);
    gsl_matrix_free(few);
}
END_TEST

static void assert_cue_refused(
    const char *const *pairs, enum basin_domain domain, const char *sentence)
{
    struct basin_cue cue = cue_of(pairs);
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(basin_cue_check(&cue, domain, 0, &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, sentence);
}

START_TEST(what_a_cue_cannot_do_is_refused)
{
    assert_cue_refused(PAIRS("noise", "0.1"), BASIN_POLAR,
        "noise: polar (-1, +1) patterns would no longer be of their kind; use flip");
    assert_cue_refused(PAIRS("mask", "lower"), BASIN_CONTINUOUS,
        "mask: these patterns are no pictures that have a lower, upper, left or right "
        "part; use random");
    assert_cue_refused(PAIRS("mask", "random", "fill_value", "0.5"), BASIN_POLAR,
        "fill_value: 0.5 in polar (-1, +1) patterns; it must be -1, 1, or 0 for unknown");
    assert_cue_refused(PAIRS("mask", "random", "fill_value", "-1"), BASIN_BINARY,
        "fill_value: -1 in binary (0, 1) patterns; it must be 0 or 1");
    struct basin_diag diag = {{0}};
    struct basin_cue cue = cue_of(PAIRS("mask", "random", "fill_value", "0.5"));
    ck_assert_int_eq(basin_cue_check(&cue, BASIN_CONTINUOUS, 0, &diag), 0);
    cue = cue_of(PAIRS("mask", "lower", "fill_value", "-1"));
    ck_assert_int_eq(basin_cue_check(&cue, BASIN_POLAR, 8, &diag), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("cue");
    TCase *c = tcase_create("cue");
    tcase_add_loop_test(c, a_default_cue_is_the_pattern, 0, 3);
    tcase_add_test(c, flips_are_exactly_as_many_as_asked);
    tcase_add_test(c, binary_flips_keep_the_activity);
    tcase_add_test(c, noise_has_its_standard_deviation);
    tcase_add_loop_test(c, masks_cover_their_part_of_the_picture, 0, 4);
    tcase_add_test(c, a_fraction_can_name_rows);
    tcase_add_test(c, random_masks_have_exact_size);
    tcase_add_loop_test(c, random_fill_is_like_a_pattern, 0, 3);
    tcase_add_test(c, a_mixture_takes_from_the_next_pattern);
    tcase_add_test(c, a_cue_stays_when_others_come);
    tcase_add_test(c, what_a_cue_cannot_do_is_refused);
    suite_add_tcase(s, c);
    return s;
}
