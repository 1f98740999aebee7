/* What is true of every update rule, for every rule of the registry and every choice that
 * one of its fields offers. */
#include "rule_setup.h"
#include "suite.h"

#include <ctype.h>
#include <gsl/gsl_deriv.h>

/* With ACTIVE of a prime number D of binary units no field of the covariance rule is at
 * its threshold, where rounding would decide. */
enum { N = 9, D = 23, ACTIVE = 7, M = 70, PAIRS = 16, STEPS = 5, SEED = 11, KEY = 17 };

/* A rule with one of its choices other than the default. */
struct variant {
    const struct basin_rule *rule;
    const char *pairs[PAIRS];
    char value[64];
    char text[256];
};

typedef void check_fn(const struct variant *variant);

/* Pairs with others behind them. */
static struct setup setup_variant(
    const struct variant *variant, const gsl_matrix *X, const char *const *more)
{
    const char *pairs[2 * PAIRS] = {NULL};
    size_t n = 0;
    for (const char *const *pair = variant->pairs; *pair != NULL; pair++) {
        pairs[n++] = *pair;
    }
    for (; *more != NULL; more++) {
        pairs[n++] = *more;
    }
    struct setup net = setup_rule(variant->rule, X, KEY, pairs);
    ck_assert_msg(net.code == 0, "%s: %s", variant->text, net.diag.text);
    return net;
}

#define VARIANT(variant, X, ...)                                                         \
    setup_variant(variant, X, (const char *const[]){__VA_ARGS__, NULL})

/* Patterns that the rule takes: real ones if it can, else polar ones, else binary. */
static gsl_matrix *patterns_for(const struct basin_rule *rule, gsl_rng *r)
{
    if (rule->takes & BASIN_CONTINUOUS) {
        return random_uniform(N, D, r);
    }
    if (rule->takes & BASIN_POLAR) {
        return random_polar(N, D, r);
    }
    gsl_matrix *X = gsl_matrix_calloc(N, D);
    for (size_t i = 0; i < N; i++) {
        double *x = gsl_matrix_ptr(X, i, 0);
        for (size_t k = 0; k < ACTIVE; k++) {
            x[k] = 1;
        }
        gsl_ran_shuffle(r, x, D, sizeof(*x));
    }
    return X;
}

/* Patterns, damaged in a few places; real ones stay between -1 and 1. */
static gsl_matrix *cues_for(
    const struct basin_rule *rule, const gsl_matrix *X, gsl_rng *r)
{
    gsl_matrix *cues = gsl_matrix_alloc(M, D);
    for (size_t j = 0; j < M; j++) {
        gsl_vector_const_view x = gsl_matrix_const_row(X, j % N);
        gsl_matrix_set_row(cues, j, &x.vector);
        for (size_t k = 0; k < 3; k++) {
            size_t a = gsl_rng_uniform_int(r, D);
            size_t b = gsl_rng_uniform_int(r, D);
            if (rule->takes & BASIN_CONTINUOUS) {
                gsl_matrix_set(cues, j, a, gsl_ran_flat(r, -1, 1));
            } else if (rule->takes & BASIN_POLAR) {
                *gsl_matrix_ptr(cues, j, a) *= -1;
            } else {
                double keep = gsl_matrix_get(cues, j, a);
                gsl_matrix_set(cues, j, a, gsl_matrix_get(cues, j, b));
                gsl_matrix_set(cues, j, b, keep);
            }
        }
    }
    return cues;
}

/* Whether the rule refuses the variant: its choices do not go together, or patterns and
 * cues like these are outside of what it is defined for (a threshold that leaves nothing,
 * random features that estimate a negative sum). It has to say so in a sentence. */
static bool refuses(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    gsl_matrix *states = cues_for(rule, X, r);
    gsl_matrix *p = gsl_matrix_alloc(M, N);
    struct setup net = setup_rule(rule, X, KEY, variant->pairs);
    enum basin_domain domain = rule->takes & BASIN_CONTINUOUS ? BASIN_CONTINUOUS
                               : rule->takes & BASIN_POLAR    ? BASIN_POLAR
                                                              : BASIN_BINARY;
    int ret = rule->check == NULL
                  ? 0
                  : rule->check(net.params, &net.options, D, N, domain, &net.diag);
    ret = ret != 0 ? ret : net.code;
    for (size_t t = 0; ret == 0 && t < STEPS; t++) {
        ret = rule->weights == NULL ? 0 : rule->weights(net.memory, states, p, &net.diag);
        ret = ret != 0 ? ret : rule->step(net.memory, t, states, &net.diag);
    }
    ck_assert_msg(ret == 0 || ret == BASIN_ERR_CONFIG || ret == BASIN_ERR_DOMAIN,
        "%s: %d", variant->text, ret);
    ck_assert_msg(ret == 0 || *net.diag.text != 0, "%s", variant->text);
    ck_assert_msg(ret == 0 || variant->pairs[0] != NULL, "%s refuses its defaults: %s",
        variant->text, net.diag.text);
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_matrix_free(p);
    gsl_rng_free(r);
    return ret != 0;
}

static void try(check_fn *check, const struct basin_rule *rule, const char *name,
    const char *value, const char *threshold)
{
    struct variant variant = {.rule = rule};
    size_t n = 0;
    if (name != NULL) {
        snprintf(variant.value, sizeof(variant.value), "%s", value);
        variant.pairs[n++] = name;
        variant.pairs[n++] = variant.value;
    }
    if (threshold != NULL) {
        variant.pairs[n++] = "threshold";
        variant.pairs[n++] = threshold;
    }
    snprintf(variant.text, sizeof(variant.text), "%s {%s: %s, threshold: %s}",
        rule->kind.name, name == NULL ? "-" : name, variant.value,
        threshold == NULL ? "none" : threshold);
    if (!refuses(&variant)) {
        check(&variant);
    }
}

static void for_every_variant(check_fn *check)
{
    for (size_t i = 0; basin_rules[i] != NULL; i++) {
        const struct basin_rule *rule = basin_rule_of(basin_rules[i]);
        try(check, rule, NULL, NULL, NULL);
        for (const struct basin_field *f = rule->kind.fields; f->name != NULL; f++) {
            char choices[256] = "";
            if (f->type == BASIN_CHOICE) {
                snprintf(choices, sizeof(choices), "%s", f->choices);
            } else if (f->type == BASIN_BOOL) {
                snprintf(choices, sizeof(choices), "true|false");
            }
            char *rest = NULL;
            for (char *word = strtok_r(choices, "|", &rest); word != NULL;
                 word = strtok_r(NULL, "|", &rest)) {
                try(check, rule, f->name, word, NULL);
                if (strncmp(f->name, "threshold_", strlen("threshold_")) == 0) {
                    try(check, rule, f->name, word, "0");
                }
            }
        }
    }
}

START_TEST(every_rule_and_field_is_documented)
{
    for (size_t i = 0; basin_rules[i] != NULL; i++) {
        const struct basin_rule *rule = basin_rule_of(basin_rules[i]);
        ck_assert_ptr_nonnull(rule->kind.source);
        ck_assert_uint_gt(strlen(rule->kind.summary), 10);
        ck_assert_int_ge(rule->kind.version, 1);
        ck_assert_uint_ne(rule->takes, 0);
        ck_assert(rule->store != NULL && rule->step != NULL && rule->release != NULL &&
                  rule->cost != NULL);
        ck_assert(rule->descends == NULL || rule->energy != NULL);
        for (const struct basin_field *f = rule->kind.fields; f->name != NULL; f++) {
            ck_assert_msg(islower(f->name[0]), "%s.%s", rule->kind.name, f->name);
            ck_assert_msg(strlen(f->help) > 10, "%s.%s", rule->kind.name, f->name);
            ck_assert_msg(strlen(f->unit) > 0, "%s.%s", rule->kind.name, f->name);
            ck_assert_uint_lt(f->offset, rule->kind.size);
            if (f->type == BASIN_INT || f->type == BASIN_REAL) {
                ck_assert_msg(f->min < f->max, "%s.%s", rule->kind.name, f->name);
            }
            for (const struct basin_field *g = rule->kind.fields; g != f; g++) {
                ck_assert_str_ne(f->name, g->name);
            }
            for (const struct basin_field *g = basin_rule_options.fields; g->name; g++) {
                ck_assert_str_ne(f->name, g->name);
            }
        }
        for (size_t j = 0; j < i; j++) {
            ck_assert_str_ne(rule->kind.name, basin_rules[j]->name);
        }
        void *params = params_of(&rule->kind, (const char *const[]){NULL});
        ck_assert_double_gt(rule->cost(params, D, N, M), 0);
        ck_assert_double_gt(rule->cost(params, D, 2 * N, M), rule->cost(params, D, N, M));
        free(params);
    }
}
END_TEST

static void check_descent(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    gsl_matrix *states = cues_for(rule, X, r);
    struct setup net = VARIANT(variant, X, "energy", "steps", "max_steps", "300");
    if (rule->descends != NULL && rule->descends(net.params)) {
        struct basin_outcome outcome[M];
        setup_relax(&net, states, outcome);
        for (size_t j = 0; j < M; j++) {
            ck_assert_msg(outcome[j].energy_rises == 0, "%s", variant->text);
            ck_assert_msg(isfinite(outcome[j].energy_end), "%s", variant->text);
            ck_assert_msg(outcome[j].end == BASIN_END_FIXED_POINT ||
                              outcome[j].end == BASIN_END_LIMIT,
                "%s", variant->text);
        }
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_rng_free(r);
}

START_TEST(energy_never_rises_where_theory_says_so)
{
    for_every_variant(check_descent);
}
END_TEST

struct line {
    struct setup *net;
    const gsl_matrix *from;
    const gsl_matrix *to;
    gsl_matrix *at;
};

static double energy_at(double s, void *data)
{
    struct line *line = data;
    for (size_t i = 0; i < D; i++) {
        double a = gsl_matrix_get(line->from, 0, i);
        gsl_matrix_set(line->at, 0, i, a + s * (gsl_matrix_get(line->to, 0, i) - a));
    }
    return setup_energy(line->net, line->at, 0);
}

/* Derivative of the energy at `from` in the direction of `to`. */
static double slope(struct setup *net, const gsl_matrix *from, const gsl_matrix *to)
{
    gsl_matrix *at = gsl_matrix_alloc(1, D);
    struct line line = {net, from, to, at};
    gsl_function f = {energy_at, &line};
    double value = 0;
    double error = 0;
    gsl_deriv_central(&f, 0, 1e-3, &value, &error);
    gsl_matrix_free(at);
    return value;
}

/* Real-valued: an update goes downhill, and no direction does from a fixed point. */
static void check_stationarity(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    struct setup net = VARIANT(variant, X, "tolerance", "1e-13", "max_steps", "100000");
    if (!rule->discrete && rule->descends != NULL && rule->descends(net.params)) {
        gsl_matrix *state = gsl_matrix_alloc(1, D);
        for (size_t i = 0; i < D; i++) {
            state->data[i] = gsl_ran_flat(r, 0.1, 0.6);
        }
        gsl_matrix *next = matrix_copy(state);
        setup_step(&net, 0, next);
        ck_assert_msg(slope(&net, state, next) < -1e-6, "%s", variant->text);
        struct basin_outcome outcome;
        setup_relax(&net, next, &outcome);
        double curvature = 0;
        for (size_t k = 0; k < 10; k++) {
            gsl_matrix *near = matrix_copy(next);
            for (size_t i = 0; i < D; i++) {
                near->data[i] += 0.01 * (gsl_ran_flat(r, 0, 0.5) - near->data[i]);
            }
            if (max_difference(near, next) < 0.5 && fabs(next->data[0]) < 0.999) {
                curvature = fmax(curvature, fabs(slope(&net, next, near)));
            }
            gsl_matrix_free(near);
        }
        ck_assert_msg(curvature < 1e-6, "%s: %g", variant->text, curvature);
        gsl_matrix_free(state);
        gsl_matrix_free(next);
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_rng_free(r);
}

START_TEST(updates_are_stationary_where_the_energy_is)
{
    for_every_variant(check_stationarity);
}
END_TEST

static void check_permutation(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    gsl_matrix *reversed = gsl_matrix_alloc(N, D);
    for (size_t i = 0; i < N; i++) {
        gsl_vector_view x = gsl_matrix_row(X, i);
        gsl_matrix_set_row(reversed, N - 1 - i, &x.vector);
    }
    gsl_matrix *a = cues_for(rule, X, r);
    gsl_matrix *b = matrix_copy(a);
    struct setup net = VARIANT(variant, X, NULL);
    struct setup mirror = VARIANT(variant, reversed, NULL);
    if (rule->weights != NULL) {
        gsl_matrix *p = gsl_matrix_alloc(M, N);
        gsl_matrix *q = gsl_matrix_alloc(M, N);
        ck_assert_int_eq(rule->weights(net.memory, a, p, &net.diag), 0);
        ck_assert_int_eq(rule->weights(mirror.memory, a, q, &mirror.diag), 0);
        for (size_t j = 0; j < M; j++) {
            double sum = 0;
            for (size_t i = 0; i < N; i++) {
                sum += gsl_matrix_get(p, j, i);
                ck_assert_msg(fabs(gsl_matrix_get(p, j, i) -
                                   gsl_matrix_get(q, j, N - 1 - i)) < 1e-9,
                    "%s", variant->text);
            }
            ck_assert_msg(fabs(sum - 1) < 1e-9, "%s: %g", variant->text, sum);
        }
        gsl_matrix_free(p);
        gsl_matrix_free(q);
    }
    setup_step(&net, 0, a);
    setup_step(&mirror, 0, b);
    ck_assert_msg(
        max_difference(a, b) <= (rule->discrete ? 0 : 1e-9), "%s", variant->text);
    setup_free(&net);
    setup_free(&mirror);
    gsl_matrix_free(X);
    gsl_matrix_free(reversed);
    gsl_matrix_free(a);
    gsl_matrix_free(b);
    gsl_rng_free(r);
}

START_TEST(the_order_of_patterns_permutes_weights_and_nothing_else)
{
    for_every_variant(check_permutation);
}
END_TEST

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            return false;
        }
    }
    return true;
}

/* Weights, three updates and the energies after them are finite, or the rule says what is
 * wrong (a threshold that leaves nothing of a state, as of a state of zeros). */
static void iterate_extreme(const struct variant *variant, struct setup *net, gsl_rng *r)
{
    const struct basin_rule *rule = variant->rule;
    gsl_matrix *states = cues_for(rule, net->X, r);
    gsl_matrix *p = gsl_matrix_calloc(M, N);
    int ret = 0;
    for (size_t t = 0; ret == 0 && t < 3; t++) {
        if (t > 0 && rule->descends != NULL && rule->descends(net->params)) {
            ck_assert_msg(isfinite(setup_energy(net, states, 0)), "%s", variant->text);
        }
        ret =
            rule->weights == NULL ? 0 : rule->weights(net->memory, states, p, &net->diag);
        if (ret == 0) {
            ret = rule->step(net->memory, t, states, &net->diag);
        }
        ck_assert_msg(ret == 0 || (ret == BASIN_ERR_DOMAIN && *net->diag.text != 0), "%s",
            variant->text);
        ck_assert_msg(ret != 0 || all_finite(p->data, M * N), "%s", variant->text);
        ck_assert_msg(ret != 0 || all_finite(states->data, M * D), "%s", variant->text);
    }
    gsl_matrix_free(states);
    gsl_matrix_free(p);
}

static void check_extremes(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    const char *values[] = {"0", "1e-8", "1e4"};
    const char *name = basin_field_find(rule->kind.fields, "beta")   ? "beta"
                       : basin_field_find(rule->kind.fields, "gain") ? "gain"
                                                                     : NULL;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    for (size_t i = 0; name != NULL && i < 3; i++) {
        struct setup net = VARIANT(variant, X, name, values[i]);
        iterate_extreme(variant, &net, r);
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_rng_free(r);
}

START_TEST(everything_is_finite_at_extreme_temperatures)
{
    for_every_variant(check_extremes);
}
END_TEST

/* The fast engine, single precision and a batch of one against GSL in double. */
static void check_engines(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    const char *engine[] = {"fast", "fast", "reference", "fast"};
    const char *precision[] = {"double", "single", "single", "double"};
    const double tolerance[] = {1e-10, 2e-5, 2e-5, 1e-10};
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    gsl_matrix *cues = cues_for(rule, X, r);
    struct setup twin = VARIANT(variant, X, "engine", "reference");
    gsl_matrix *expected = matrix_copy(cues);
    setup_step(&twin, 0, expected);
    double size = fmax(1, fmax(gsl_matrix_max(expected), -gsl_matrix_min(expected)));
    for (size_t c = 0; c < 4; c++) {
        struct setup net =
            VARIANT(variant, X, "engine", engine[c], "precision", precision[c]);
        gsl_matrix *states = matrix_copy(cues);
        for (size_t j = 0; c == 3 && j < M; j++) {
            gsl_matrix_view one = gsl_matrix_submatrix(states, j, 0, 1, D);
            setup_step(&net, 0, &one.matrix);
        }
        if (c != 3) {
            setup_step(&net, 0, states);
        }
        double difference = max_difference(states, expected);
        ck_assert_msg(difference <= (rule->discrete ? 0 : tolerance[c] * size),
            "%s, %s %s: %g", variant->text, engine[c], precision[c], difference);
        if (rule->energy != NULL) {
            double a = setup_energy(&net, cues, 1);
            double b = setup_energy(&twin, cues, 1);
            ck_assert_msg((isnan(a) && isnan(b)) || a == b ||
                              fabs(a - b) <= tolerance[c] * (1 + fabs(b)),
                "%s: energy %.17g, %.17g", variant->text, a, b);
        }
        if (rule->weights != NULL) {
            gsl_matrix *p = gsl_matrix_alloc(M, N);
            gsl_matrix *q = gsl_matrix_alloc(M, N);
            ck_assert_int_eq(rule->weights(net.memory, cues, p, &net.diag), 0);
            ck_assert_int_eq(rule->weights(twin.memory, cues, q, &twin.diag), 0);
            ck_assert_msg(max_difference(p, q) <= tolerance[c], "%s", variant->text);
            gsl_matrix_free(p);
            gsl_matrix_free(q);
        }
        gsl_matrix_free(states);
        setup_free(&net);
    }
    setup_free(&twin);
    gsl_matrix_free(X);
    gsl_matrix_free(cues);
    gsl_matrix_free(expected);
    gsl_rng_free(r);
}

START_TEST(engines_precisions_and_batches_agree)
{
    for_every_variant(check_engines);
}
END_TEST

/* Two memories of the same key are the same, bit for bit, over several updates. */
static void check_determinism(const struct variant *variant)
{
    const struct basin_rule *rule = variant->rule;
    gsl_rng *r = test_rng(SEED);
    gsl_matrix *X = patterns_for(rule, r);
    gsl_matrix *a = cues_for(rule, X, r);
    gsl_matrix *b = matrix_copy(a);
    struct setup net = VARIANT(variant, X, NULL);
    struct setup again = VARIANT(variant, X, NULL);
    for (size_t t = 0; t < STEPS; t++) {
        setup_step(&net, t, a);
    }
    for (size_t t = 0; t < STEPS; t++) {
        setup_step(&again, t, b);
    }
    ck_assert_msg(max_difference(a, b) == 0, "%s", variant->text);
    setup_free(&net);
    setup_free(&again);
    gsl_matrix_free(X);
    gsl_matrix_free(a);
    gsl_matrix_free(b);
    gsl_rng_free(r);
}

START_TEST(the_same_key_gives_the_same_bits)
{
    for_every_variant(check_determinism);
}
END_TEST

START_TEST(releasing_nothing_is_allowed)
{
    for (size_t i = 0; basin_rules[i] != NULL; i++) {
        basin_rule_of(basin_rules[i])->release(NULL);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("rules");
    TCase *c = tcase_create("rules");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, every_rule_and_field_is_documented);
    tcase_add_test(c, energy_never_rises_where_theory_says_so);
    tcase_add_test(c, updates_are_stationary_where_the_energy_is);
    tcase_add_test(c, the_order_of_patterns_permutes_weights_and_nothing_else);
    tcase_add_test(c, everything_is_finite_at_extreme_temperatures);
    tcase_add_test(c, engines_precisions_and_batches_agree);
    tcase_add_test(c, the_same_key_gives_the_same_bits);
    tcase_add_test(c, releasing_nothing_is_allowed);
    suite_add_tcase(s, c);
    return s;
}
