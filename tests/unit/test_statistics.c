/* Statistics of claims: known answers, and intervals that hold the truth as often as they
 * say. Simulations have fixed seeds; the chance that a correct implementation would fail
 * them under another seed is stated. */
#include "suite.h"

#include "base/rng.h"
#include "claims/interval.h"
#include "claims/measure.h"
#include "claims/statistic.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The value of a metric at (between, along) in replicate r. */
typedef double (*model)(double between, double along, size_t r, gsl_rng *noise);

static const struct basin_group group;

/* A sample over a grid; the values are the points' own and freed by free_sample. */
static struct basin_sample make_sample(const double *between, size_t n_between,
    const double *along, size_t n_along, size_t replicates, model f, gsl_rng *noise)
{
    struct basin_sample s = {.n = n_between * n_along, .n_replicates = replicates};
    s.point = calloc(s.n, sizeof(*s.point));
    for (size_t i = 0; i < s.n; i++) {
        double *value = calloc(replicates, sizeof(*value));
        s.point[i] = (struct basin_point){.group = &group,
            .cell = i,
            .value = value,
            .width = 1,
            .along = along[i % n_along],
            .between = between[i / n_along],
            .theory = NAN};
        for (size_t r = 0; r < replicates; r++) {
            value[r] = f(s.point[i].between, s.point[i].along, r, noise);
        }
    }
    return s;
}

static void free_values(struct basin_data *data)
{
    struct basin_sample *samples[] = {&data->first, &data->second};
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < samples[k]->n; i++) {
            union {
                const double *constant;
                double *own;
            } value = {samples[k]->point[i].value};
            free(value.own);
        }
    }
    basin_data_free(data);
}

static struct basin_claim claim_of(const char *statistic)
{
    struct basin_claim claim = {
        .head = {.id = "test", .confidence = 0.95},
        .measure = {.than = "",
            .checks = "",
            .resamples = 1000,
            .slack = 1e-9,
            .quantile = 0.5,
            .power = 1},
    };
    const struct basin_kind *kind = basin_kind_find(basin_statistics, statistic);
    ck_assert_ptr_nonnull(kind);
    claim.statistic = basin_statistic_of(kind);
    return claim;
}

/* Measures and frees the data; the draws are freed, so take intervals before. */
static double estimate_of(
    struct basin_claim *claim, struct basin_data *data, struct basin_interval *interval)
{
    struct basin_measurement m;
    ck_assert_int_eq(basin_measure(&m, claim, data, 7, NULL), 0);
    double estimate = m.found.estimate;
    if (interval != NULL) {
        *interval = basin_interval_at(&m.found, claim->head.confidence);
    }
    basin_measurement_free(&m);
    free_values(data);
    return estimate;
}

/* Curves through (0.14, 0.5) whose slope grows with the system; replicates shift them. */
static double steeper(double between, double along, size_t r, gsl_rng *noise)
{
    (void)r;
    double y = 1 / (1 + exp((along - 0.14) * between / 20));
    return noise == NULL ? y : y + gsl_ran_gaussian(noise, 0.03);
}

/* The crossing lies in the middle of two loads, where interpolation has no bias. */
static const double sizes[] = {500, 1000, 2000};
static const double loads[] = {
    0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.15, 0.17, 0.19, 0.21, 0.23, 0.25};
enum { SIZES = 3, LOADS = 12 };

START_TEST(curves_cross_where_they_were_made_to)
{
    struct basin_claim claim = claim_of("crossing");
    struct basin_data data = {
        .first = make_sample(sizes, SIZES, loads, LOADS, 2, steeper, NULL)};
    ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), 0.14, 1e-12);
}
END_TEST

static double parallel(double between, double along, size_t r, gsl_rng *noise)
{
    (void)r, (void)noise;
    return between / 1000 - along;
}

START_TEST(curves_that_do_not_cross_have_no_crossing)
{
    struct basin_claim claim = claim_of("crossing");
    struct basin_data data = {
        .first = make_sample(sizes, SIZES, loads, LOADS, 2, parallel, NULL)};
    struct basin_measurement m;
    ck_assert_int_eq(basin_measure(&m, &claim, &data, 7, NULL), 0);
    ck_assert(isnan(m.found.estimate));
    ck_assert_str_eq(m.obstacle, "the curves do not cross");
    basin_measurement_free(&m);
    free_values(&data);
}
END_TEST

/* Noise on the plateaus crosses zero many times; the true crossing is found all the same,
 * and the interval holds it in at least 88 of 100 trials (95 are expected; by chance
 * fewer once in 10^3 runs). */
START_TEST(a_noisy_crossing_is_found_and_its_interval_holds_it)
{
    enum { TRIALS = 100 };
    gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
    size_t held = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        struct basin_claim claim = claim_of("crossing");
        struct basin_interval interval;
        gsl_rng_set(noise, i + 1);
        claim.measure.resamples = 400;
        struct basin_data data = {
            .first = make_sample(sizes, SIZES, loads, LOADS, 8, steeper, noise)};
        ck_assert_double_eq_tol(estimate_of(&claim, &data, &interval), 0.14, 0.02);
        ck_assert_double_lt(interval.high - interval.low, 0.03);
        held += interval.low <= 0.14 && interval.high >= 0.14;
    }
    ck_assert_uint_ge(held, 88);
    gsl_rng_free(noise);
}
END_TEST

START_TEST(a_threshold_is_interpolated)
{
    const double one = 1000;
    struct basin_claim claim = claim_of("threshold");
    claim.measure.level = 0.5;
    struct basin_data data = {
        .first = make_sample(&one, 1, loads, LOADS, 2, steeper, NULL)};
    ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), 0.14, 0.002);
}
END_TEST

/* A line that passes 0.5 at 0.138 + 3 / d. */
static double shifted(double between, double along, size_t r, gsl_rng *noise)
{
    (void)r, (void)noise;
    return 0.5 - 10 * (along - 0.138 - 3 / between);
}

START_TEST(an_extrapolation_finds_the_infinite_system)
{
    struct basin_claim claim = claim_of("extrapolation");
    claim.measure.level = 0.5;
    struct basin_data data = {
        .first = make_sample(sizes, SIZES, loads, LOADS, 2, shifted, NULL)};
    ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), 0.138, 1e-12);
}
END_TEST

static double cubic(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)r, (void)noise;
    return 7 * along * along * along;
}

static double exponential(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)r, (void)noise;
    return 7 * exp(-2.5 * along);
}

START_TEST(slopes_are_those_of_the_scale)
{
    const struct {
        model f;
        int scale;
        double slope;
    } cases[] = {{cubic, BASIN_LOG_LOG, 3}, {exponential, BASIN_LOG_Y, -2.5},
        {parallel, BASIN_LIN_LIN, -1}};
    for (size_t i = 0; i < 3; i++) {
        struct basin_claim claim = claim_of("slope");
        claim.measure.scale = cases[i].scale;
        struct basin_data data = {
            .first = make_sample(sizes, 1, loads, LOADS, 2, cases[i].f, NULL)};
        ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), cases[i].slope, 1e-9);
    }
}
END_TEST

/* Passes 0.01 at K = d^2 / 1000. */
static double quadratic_capacity(double between, double along, size_t r, gsl_rng *noise)
{
    (void)r, (void)noise;
    return 0.01 * along * 1000 / (between * between);
}

START_TEST(a_slope_of_thresholds_is_the_exponent_of_a_capacity)
{
    const double counts[] = {100, 300, 900, 2700, 8100};
    struct basin_claim claim = claim_of("threshold_slope");
    claim.measure.level = 0.01;
    claim.measure.scale = BASIN_LOG_LOG;
    struct basin_data data = {
        .first = make_sample(sizes, SIZES, counts, 5, 2, quadratic_capacity, NULL)};
    ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), 2, 1e-9);
}
END_TEST

/* Thresholds go as 1, 4, 16 at sizes 1, 2, 4: a straight line in logarithms, and in plain
 * numbers one with R^2 = 24^2 / (14/3 * 126). */
START_TEST(the_right_scale_makes_a_law_straight)
{
    const double counts[] = {100, 300, 900, 2700, 8100};
    const int scales[] = {BASIN_LOG_LOG, BASIN_LIN_LIN};
    const double explained[] = {1, 576 / (14. / 3 * 126)};
    for (size_t i = 0; i < 2; i++) {
        struct basin_claim claim = claim_of("threshold_fit");
        claim.measure.level = 0.01;
        claim.measure.scale = scales[i];
        struct basin_data data = {
            .first = make_sample(sizes, SIZES, counts, 5, 2, quadratic_capacity, NULL)};
        ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL), explained[i], 1e-9);
    }
}
END_TEST

static double normal(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)along, (void)r;
    return 3 + gsl_ran_gaussian(noise, 1);
}

static double skewed(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)along, (void)r;
    return gsl_ran_exponential(noise, 3);
}

/* How often intervals of `replicates` numbers hold the true value 3. */
static double coverage(
    const char *statistic, model f, size_t replicates, size_t trials, double other)
{
    const double none = 0;
    gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
    size_t held = 0;
    for (size_t i = 0; i < trials; i++) {
        struct basin_claim claim = claim_of(statistic);
        struct basin_interval interval;
        gsl_rng_set(noise, 1000 + i);
        claim.measure.resamples = 500;
        struct basin_data data = {
            .first = make_sample(&none, 1, &none, 1, replicates, f, noise),
        };
        if (claim.statistic->pair) {
            data.second = make_sample(&other, 1, &none, 1, replicates, f, noise);
        }
        estimate_of(&claim, &data, &interval);
        double truth = claim.statistic->pair ? other : 3;
        held += interval.low <= truth && interval.high >= truth;
    }
    gsl_rng_free(noise);
    return (double)held / (double)trials;
}

/* Four standard errors of a coverage of 0.95 in 2000 trials are 0.0195: a correct
 * interval fails once in 16,000 runs. */
START_TEST(a_t_interval_holds_a_normal_mean_as_often_as_it_says)
{
    ck_assert_double_eq_tol(coverage("mean", normal, 8, 2000, 0), 0.95, 0.0195);
    ck_assert_double_eq_tol(coverage("difference", normal, 8, 2000, 0), 0.95, 0.0195);
}
END_TEST

/* The bootstrap is approximate: 0.95 within 0.04 for eight replicates. Plain percentiles
 * would hold a mean of eight in 0.90, and fail. */
START_TEST(a_bootstrap_interval_holds_a_ratio_nearly_as_often)
{
    ck_assert_double_eq_tol(coverage("ratio", normal, 8, 1000, 1), 0.95, 0.03);
    ck_assert_double_eq_tol(coverage("ratio", skewed, 16, 1000, 1), 0.95, 0.04);
}
END_TEST

static double coin(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)along, (void)r;
    return gsl_rng_uniform(noise) < 0.9;
}

/* Wilson's coverage at p = 0.9, n = 16 is 0.949 exactly (sum of the binomial). */
START_TEST(a_wilson_interval_holds_a_proportion)
{
    const double none = 0;
    gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
    size_t held = 0;
    for (size_t i = 0; i < 2000; i++) {
        struct basin_claim claim = claim_of("proportion");
        struct basin_interval interval;
        gsl_rng_set(noise, i + 1);
        struct basin_data data = {
            .first = make_sample(&none, 1, &none, 1, 16, coin, noise)};
        estimate_of(&claim, &data, &interval);
        held += interval.low <= 0.9 && interval.high >= 0.9;
    }
    gsl_rng_free(noise);
    ck_assert_double_ge((double)held / 2000, 0.92);
}
END_TEST

START_TEST(intervals_have_their_known_values)
{
    struct basin_uncertainty t = {
        .method = BASIN_BY_T, .estimate = 10, .n = 5, .standard_error = 2};
    struct basin_interval i = basin_interval_at(&t, 0.95);
    ck_assert_double_eq_tol(i.high, 10 + 2 * 2.776445, 1e-5);
    ck_assert_double_eq_tol(i.low, 10 - 2 * 2.776445, 1e-5);

    struct basin_uncertainty wilson = {.method = BASIN_BY_WILSON, .estimate = 1, .n = 16};
    i = basin_interval_at(&wilson, 0.95);
    ck_assert_double_eq_tol(i.low, 16 / (16 + 1.959964 * 1.959964), 1e-6);
    ck_assert_double_eq(i.high, 1);

    struct basin_uncertainty count = {
        .method = BASIN_BY_COUNT, .estimate = 0, .hits = 0, .n = 10000};
    i = basin_interval_at(&count, 0.90); /* 3/n at one-sided 0.95: the rule of three */
    ck_assert_double_eq_tol(i.high, 3.0e-4, 1e-6);
    ck_assert_double_eq(i.low, 0);
    count = (struct basin_uncertainty){
        .method = BASIN_BY_COUNT, .estimate = 0.3, .hits = 3, .n = 10};
    i = basin_interval_at(&count, 0.95);
    ck_assert_double_eq_tol(i.low, 0.06674, 1e-5);
    ck_assert_double_eq_tol(i.high, 0.65245, 1e-5);
    /* GSL does not find the inverse of this one. */
    gsl_set_error_handler_off();
    count = (struct basin_uncertainty){
        .method = BASIN_BY_COUNT, .estimate = 4543. / 71487, .hits = 4543, .n = 71487};
    i = basin_interval_at(&count, 0.95);
    ck_assert_double_eq_tol(i.low, 0.061784, 1e-5);
    ck_assert_double_eq_tol(i.high, 0.065361, 1e-5);
}
END_TEST

/* Of normal resamples the bootstrap's interval is the t-interval at every confidence,
 * also far beyond what 2000 of them can tell, and grows without a jump. */
START_TEST(a_bootstrap_knows_its_tails)
{
    enum { DRAWS = 2000, REPLICATES = 8 };
    double draws[DRAWS];
    for (size_t i = 0; i < DRAWS; i++) {
        draws[i] = gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / DRAWS);
    }
    struct basin_uncertainty found = {
        .method = BASIN_BY_BOOTSTRAP, .n = REPLICATES, .draws = draws, .n_draws = DRAWS};
    double before = 0;
    for (int k = 1; k < 90; k++) {
        double error = pow(1.3, -k);
        struct basin_interval i = basin_interval_at(&found, 1 - error);
        double reach = gsl_cdf_tdist_Qinv(error / 2, REPLICATES - 1) *
                       sqrt(REPLICATES / (REPLICATES - 1.));
        ck_assert_double_eq_tol(i.high / reach, 1, 0.02);
        ck_assert_double_eq_tol(i.low / reach, -1, 0.02);
        ck_assert_double_gt(i.high, before);
        ck_assert_double_lt(i.high, before + 1 + before / 3);
        before = i.high;
    }
}
END_TEST

START_TEST(one_replicate_gives_no_interval)
{
    const double none = 0;
    const char *names[] = {"mean", "quantile"};
    gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
    for (int i = 0; i < 2; i++) {
        struct basin_claim claim = claim_of(names[i]);
        struct basin_data data = {
            .first = make_sample(&none, 1, &none, 1, 1, normal, noise)};
        struct basin_measurement m;
        ck_assert_int_eq(basin_measure(&m, &claim, &data, 7, NULL), 0);
        ck_assert_str_eq(m.obstacle, "one replicate gives no interval");
        basin_measurement_free(&m);
        free_values(&data);
    }
    gsl_rng_free(noise);
}
END_TEST

static double wave(double between, double along, size_t r, gsl_rng *noise)
{
    (void)between, (void)noise;
    return sin(20 * along) + 0.001 * (double)r;
}

START_TEST(extremes_range_and_quantile_are_of_the_values)
{
    const struct {
        const char *statistic;
        double low, high;
    } cases[] = {{"maximum", 0.9, 1.01}, {"minimum", -1.01, -0.9}, {"range", -1, 1}};
    for (size_t i = 0; i < 3; i++) {
        struct basin_claim claim = claim_of(cases[i].statistic);
        struct basin_interval interval;
        struct basin_data data = {
            .first = make_sample(sizes, 1, loads, LOADS, 4, wave, NULL)};
        double estimate = estimate_of(&claim, &data, &interval);
        ck_assert_double_ge(estimate, cases[i].low);
        ck_assert_double_le(estimate, cases[i].high);
        ck_assert_double_le(interval.low, estimate);
        ck_assert_double_ge(interval.high, estimate);
    }
    struct basin_claim claim = claim_of("quantile");
    claim.measure.quantile = 0.25;
    struct basin_data data = {
        .first = make_sample(sizes, 1, loads, LOADS, 4, exponential, NULL)};
    double expected[LOADS];
    for (size_t i = 0; i < LOADS; i++) {
        expected[LOADS - 1 - i] = exponential(0, loads[i], 0, NULL);
    }
    ck_assert_double_eq_tol(estimate_of(&claim, &data, NULL),
        gsl_stats_quantile_from_sorted_data(expected, 1, LOADS, 0.25), 0.2);
}
END_TEST

START_TEST(violations_are_counted_beyond_round_off)
{
    static const double values[] = {1, 1 + 1e-12, 1.1, 0.5, -3, 1.0001};
    struct basin_claim claim = claim_of("violations");
    struct basin_point point = {.group = &group, .value = values, .width = 3};
    struct basin_data data = {.first = {.n = 1, .point = &point, .n_replicates = 2}};
    const struct {
        double bound;
        int wrong;
        double hits;
    } cases[] = {{1, BASIN_WRONG_ABOVE, 2}, {0.5, BASIN_WRONG_BELOW, 1},
        {2, BASIN_WRONG_ABOVE, 0}};
    for (size_t i = 0; i < 3; i++) {
        struct basin_measurement m;
        data.first.point = malloc(sizeof(point));
        data.first.n = 1;
        data.first.n_replicates = 2;
        *data.first.point = point;
        claim.measure.bound = cases[i].bound;
        claim.measure.wrong = cases[i].wrong;
        ck_assert_int_eq(basin_measure(&m, &claim, &data, 7, NULL), 0);
        ck_assert_double_eq(m.found.hits, cases[i].hits);
        ck_assert_double_eq(m.found.n, 6);
        basin_measurement_free(&m);
        basin_data_free(&data);
    }
}
END_TEST

START_TEST(the_same_claim_gets_the_same_bootstrap)
{
    struct basin_interval interval[2];
    for (int i = 0; i < 2; i++) {
        struct basin_claim claim = claim_of("crossing");
        gsl_rng *noise = gsl_rng_alloc(basin_rng_philox);
        struct basin_data data = {
            .first = make_sample(sizes, SIZES, loads, LOADS, 8, steeper, noise)};
        estimate_of(&claim, &data, &interval[i]);
        gsl_rng_free(noise);
    }
    ck_assert(interval[0].low == interval[1].low);
    ck_assert(interval[0].high == interval[1].high);
}
END_TEST

START_TEST(every_statistic_documents_itself)
{
    for (size_t i = 0; basin_statistics[i] != NULL; i++) {
        const struct basin_kind *kind = basin_statistics[i];
        ck_assert_ptr_eq(basin_kind_find(basin_statistics, kind->name), kind);
        ck_assert_uint_gt(strlen(kind->summary), 10);
        ck_assert_ptr_nonnull(basin_field_find(kind->fields, "of"));
        bool resampled = basin_field_find(kind->fields, "resamples") != NULL;
        ck_assert((basin_statistic_of(kind)->method == BASIN_BY_BOOTSTRAP) == resampled);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("statistics");
    TCase *c = tcase_create("statistics");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, curves_cross_where_they_were_made_to);
    tcase_add_test(c, curves_that_do_not_cross_have_no_crossing);
    tcase_add_test(c, a_noisy_crossing_is_found_and_its_interval_holds_it);
    tcase_add_test(c, a_threshold_is_interpolated);
    tcase_add_test(c, an_extrapolation_finds_the_infinite_system);
    tcase_add_test(c, slopes_are_those_of_the_scale);
    tcase_add_test(c, a_slope_of_thresholds_is_the_exponent_of_a_capacity);
    tcase_add_test(c, the_right_scale_makes_a_law_straight);
    tcase_add_test(c, a_t_interval_holds_a_normal_mean_as_often_as_it_says);
    tcase_add_test(c, a_bootstrap_interval_holds_a_ratio_nearly_as_often);
    tcase_add_test(c, a_wilson_interval_holds_a_proportion);
    tcase_add_test(c, intervals_have_their_known_values);
    tcase_add_test(c, a_bootstrap_knows_its_tails);
    tcase_add_test(c, one_replicate_gives_no_interval);
    tcase_add_test(c, extremes_range_and_quantile_are_of_the_values);
    tcase_add_test(c, violations_are_counted_beyond_round_off);
    tcase_add_test(c, the_same_claim_gets_the_same_bootstrap);
    tcase_add_test(c, every_statistic_documents_itself);
    suite_add_tcase(s, c);
    return s;
}
