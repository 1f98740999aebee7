/* Streaming softmax against its plain twin. */
#include "suite.h"

#include "base/rng.h"
#include "kernels/softmax.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct problem {
    size_t n, d, v, m;
    double beta;
};

/* More and fewer keys than a tile, tails of panels of keys, values and queries, more
 * dimensions than are multiplied at once, more queries than a block. */
static const struct problem problems[] = {{1, 1, 1, 1, 1}, {5, 3, 7, 2, 2},
    {6, 8, 6, 16, 0}, {500, 5, 4, 140, 3}, {1000, 64, 64, 17, 0.25},
    {150, 300, 2, 9, 0.1}, {77, 2, 11, 33, 40}};

enum { PROBLEMS = sizeof(problems) / sizeof(problems[0]), VARIANTS = 4 };

struct setting {
    struct problem size;
    double *keys, *values, *queries;
    double *out, *weights; /* of the kernel */
    double *plain_out, *plain_weights, *log_sum;
    size_t *target;
    struct basin_softmax kernel;
    struct basin_softmax_work *work;
    double tolerance;
};

static double *gaussians(gsl_rng *rng, size_t n, double sigma)
{
    double *x = malloc(n * sizeof(*x));
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < n; i++) {
        x[i] = gsl_ran_gaussian(rng, sigma);
    }
    return x;
}

/* Variant: single precision or not, portable instructions or the best. */
static struct setting setting_of(const struct problem *size, int variant, double sigma)
{
    struct setting s = {.size = *size};
    size_t n = size->n;
    size_t m = size->m;
    gsl_rng *rng = gsl_rng_alloc(basin_rng_philox);
    gsl_rng_set(rng, 2020);
    s.keys = gaussians(rng, n * size->d, sigma);
    s.values = gaussians(rng, n * size->v, 1);
    s.queries = gaussians(rng, m * size->d, sigma);
    s.out = gaussians(rng, m * size->v, 1);
    s.weights = gaussians(rng, m * n, 1);
    s.plain_out = gaussians(rng, m * size->v, 1);
    s.plain_weights = gaussians(rng, m * n, 1);
    s.log_sum = gaussians(rng, m, 1);
    s.target = malloc(m * sizeof(*s.target));
    bool single = variant % 2 != 0;
    ck_assert_int_eq(basin_softmax_init(&s.kernel, s.keys, size->d, s.values, size->v, n,
                         size->d, size->v, single, NULL),
        0);
    s.kernel.isa = variant / 2 == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
    s.work = basin_softmax_work_new(&s.kernel);
    ck_assert_ptr_nonnull(s.work);
    double score = size->beta * sigma * sigma * (double)size->d + 1;
    s.tolerance = 16 * score * (single ? FLT_EPSILON : DBL_EPSILON);
    for (size_t j = 0; j < m; j++) {
        s.target[j] = gsl_rng_uniform_int(rng, n);
        s.log_sum[j] = basin_softmax_plain(s.keys, size->d, s.values, size->v, n, size->d,
            size->v, size->beta, s.queries + j * size->d, s.plain_weights + j * n,
            s.plain_out + j * size->v);
    }
    gsl_rng_free(rng);
    return s;
}

static void setting_free(struct setting *s)
{
    free(s->keys);
    free(s->values);
    free(s->queries);
    free(s->out);
    free(s->weights);
    free(s->plain_out);
    free(s->plain_weights);
    free(s->log_sum);
    free(s->target);
    basin_softmax_work_free(s->work);
    basin_softmax_free(&s->kernel);
}

static void expect_near(const double *got, const double *expected, size_t n,
    double tolerance, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(
            fabs(got[i] - expected[i]) <= tolerance * fmax(1, fabs(expected[i])),
            "%s %zu is %.17g, not %.17g", what, i, got[i], expected[i]);
    }
}

START_TEST(outputs_equal_the_plain_twin)
{
    struct setting s = setting_of(&problems[_i / VARIANTS], _i % VARIANTS, 1);
    size_t m = s.size.m;
    double *log_sum = malloc(3 * m * sizeof(*log_sum));
    struct basin_softmax_extra extra = {.log_sum = log_sum,
        .largest = log_sum + m,
        .target = s.target,
        .target_weight = log_sum + 2 * m};
    basin_softmax_apply(
        &s.kernel, s.work, s.size.beta, s.queries, s.size.d, m, s.out, s.size.v, &extra);
    expect_near(s.out, s.plain_out, m * s.size.v, s.tolerance, "output");
    expect_near(log_sum, s.log_sum, m, s.tolerance, "log-sum-exp");
    for (size_t j = 0; j < m; j++) {
        const double *p = s.plain_weights + j * s.size.n;
        double largest = 0;
        for (size_t i = 0; i < s.size.n; i++) {
            largest = fmax(largest, p[i]);
        }
        expect_near(&extra.largest[j], &largest, 1, s.tolerance, "largest weight");
        expect_near(
            &extra.target_weight[j], &p[s.target[j]], 1, s.tolerance, "target's weight");
    }
    free(log_sum);
    setting_free(&s);
}
END_TEST

START_TEST(weights_equal_the_plain_twin)
{
    struct setting s = setting_of(&problems[_i / VARIANTS], _i % VARIANTS, 1);
    size_t n = s.size.n;
    ck_assert_int_eq(basin_softmax_weights(&s.kernel, s.work, s.size.beta, s.queries,
                         s.size.d, s.size.m, s.weights, n),
        0);
    expect_near(s.weights, s.plain_weights, s.size.m * n, s.tolerance, "weight");
    setting_free(&s);
}
END_TEST

/* Scores up to some 10^5: their exponentials overflow. */
START_TEST(large_scores_do_not_overflow)
{
    const struct problem size = {600, 4, 3, 5, 1};
    struct setting s = setting_of(&size, _i, 100);
    basin_softmax_apply(
        &s.kernel, s.work, size.beta, s.queries, size.d, size.m, s.out, size.v, NULL);
    for (size_t i = 0; i < size.m * size.v; i++) {
        ck_assert(isfinite(s.out[i]));
    }
    expect_near(s.out, s.plain_out, size.m * size.v, s.tolerance, "output");
    setting_free(&s);
}
END_TEST

START_TEST(a_query_does_not_depend_on_its_neighbours)
{
    const struct problem size = {700, 20, 20, 150, 0.5};
    struct setting s = setting_of(&size, _i, 1);
    basin_softmax_apply(
        &s.kernel, s.work, size.beta, s.queries, size.d, size.m, s.out, size.v, NULL);
    for (size_t j = 0; j < size.m; j++) {
        basin_softmax_apply(&s.kernel, s.work, size.beta, s.queries + j * size.d, size.d,
            1, s.plain_out, size.v, NULL);
        ck_assert_mem_eq(s.plain_out, s.out + j * size.v, size.v * sizeof(double));
    }
    setting_free(&s);
}
END_TEST

START_TEST(states_may_be_updated_in_place)
{
    const struct problem size = {300, 10, 10, 140, 0.5};
    struct setting s = setting_of(&size, _i, 1);
    basin_softmax_apply(
        &s.kernel, s.work, size.beta, s.queries, size.d, size.m, s.queries, size.d, NULL);
    expect_near(s.queries, s.plain_out, size.m * size.v, s.tolerance, "output");
    setting_free(&s);
}
END_TEST

/* What the filter found, as a row of scores with NANs. */
struct found {
    size_t n;
    double *row;
};

static void note_found(
    void *context, size_t query, size_t count, const size_t *index, const double *score)
{
    struct found *found = context;
    for (size_t i = 0; i < count; i++) {
        found->row[query * found->n + index[i]] = score[i];
    }
}

/* Whether a key is kept: by how far it is below the largest score, and by how many are
 * larger, or equal and earlier. */
static bool kept(const double *scores, size_t n, size_t i, double width, size_t most)
{
    double largest = scores[0];
    size_t ahead = 0;
    for (size_t k = 0; k < n; k++) {
        largest = fmax(largest, scores[k]);
        ahead += scores[k] > scores[i] || (scores[k] == scores[i] && k < i);
    }
    return scores[i] > largest - width && (most == 0 || ahead < most);
}

/* Components that are small integers make scores exact in either precision, and equal
 * ones frequent. */
START_TEST(the_filter_keeps_what_may_have_a_weight)
{
    static const struct {
        double width;
        size_t most;
    } cases[] = {
        {1, 0}, {2, 0}, {9, 0}, {INFINITY, 1}, {INFINITY, 5}, {3, 40}, {1000, 0}};
    const struct problem size = {1100, 6, 1, 140, 1};
    struct setting s = setting_of(&size, _i, 1);
    size_t n = size.n;
    for (size_t i = 0; i < n * size.d; i++) {
        s.keys[i] = (double)((int)(i * 2654435761U >> 8 & 7) - 3);
    }
    for (size_t i = 0; i < size.m * size.d; i++) {
        s.queries[i] = (double)((int)(i * 2246822519U >> 9 & 3) - 1);
    }
    basin_softmax_work_free(s.work);
    basin_softmax_free(&s.kernel);
    ck_assert_int_eq(basin_softmax_init(&s.kernel, s.keys, size.d, s.values, size.v, n,
                         size.d, size.v, _i % 2 != 0, NULL),
        0);
    s.kernel.isa = _i / 2 == 0 ? BASIN_ISA_PORTABLE : basin_isa_best();
    s.work = basin_softmax_work_new(&s.kernel);
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct found found = {.n = n, .row = s.weights};
        for (size_t i = 0; i < size.m * n; i++) {
            s.weights[i] = NAN;
        }
        ck_assert_int_eq(basin_softmax_filter(&s.kernel, s.work, 1, s.queries, size.d,
                             size.m, cases[c].width, cases[c].most, note_found, &found),
            0);
        for (size_t j = 0; j < size.m; j += 23) {
            double scores[1100];
            for (size_t i = 0; i < n; i++) {
                scores[i] = 0;
                for (size_t k = 0; k < size.d; k++) {
                    scores[i] += s.queries[j * size.d + k] * s.keys[i * size.d + k];
                }
            }
            for (size_t i = 0; i < n; i++) {
                bool expected = kept(scores, n, i, cases[c].width, cases[c].most);
                double got = s.weights[j * n + i];
                ck_assert_int_eq(!isnan(got), expected);
                ck_assert(!expected || got == scores[i]);
            }
        }
    }
    setting_free(&s);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("kernel_softmax");
    TCase *c = tcase_create("softmax");
    tcase_add_loop_test(c, outputs_equal_the_plain_twin, 0, PROBLEMS * VARIANTS);
    tcase_add_loop_test(c, weights_equal_the_plain_twin, 0, PROBLEMS * VARIANTS);
    tcase_add_loop_test(c, large_scores_do_not_overflow, 0, VARIANTS);
    tcase_add_loop_test(c, a_query_does_not_depend_on_its_neighbours, 0, VARIANTS);
    tcase_add_loop_test(c, states_may_be_updated_in_place, 0, VARIANTS);
    tcase_add_loop_test(c, the_filter_keeps_what_may_have_a_weight, 0, VARIANTS);
    suite_add_tcase(s, c);
    return s;
}
