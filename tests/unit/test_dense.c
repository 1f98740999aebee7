/* Dense associative memories: the closed form against the equation, capacity against the
 * published theory, ties and exponentials at their limits. */
#include "rule_setup.h"
#include "suite.h"

#include "rules/ties.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

static gsl_matrix *polar(size_t rows, size_t d, uint64_t seed)
{
    gsl_rng *r = test_rng(seed);
    gsl_matrix *X = random_polar(rows, d, r);
    gsl_rng_free(r);
    return X;
}

static gsl_matrix *first_rows(const gsl_matrix *X, size_t rows)
{
    gsl_matrix_const_view from = gsl_matrix_const_submatrix(X, 0, 0, rows, X->size2);
    return matrix_copy(&from.matrix);
}

/* Turns over the first units of every row. */
static void flip(gsl_matrix *states, size_t units)
{
    for (size_t j = 0; j < states->size1; j++) {
        for (size_t l = 0; l < units; l++) {
            gsl_matrix_set(states, j, l, -gsl_matrix_get(states, j, l));
        }
    }
}

static size_t differences(const gsl_matrix *a, const gsl_matrix *b)
{
    size_t count = 0;
    for (size_t j = 0; j < a->size1; j++) {
        for (size_t l = 0; l < a->size2; l++) {
            count += gsl_matrix_get(a, j, l) != gsl_matrix_get(b, j, l);
        }
    }
    return count;
}

static size_t wrong_rows(const gsl_matrix *a, const gsl_matrix *b)
{
    size_t count = 0;
    for (size_t j = 0; j < a->size1; j++) {
        gsl_matrix_const_view x = gsl_matrix_const_submatrix(a, j, 0, 1, a->size2);
        gsl_matrix_const_view y = gsl_matrix_const_submatrix(b, j, 0, 1, b->size2);
        count += differences(&x.matrix, &y.matrix) > 0;
    }
    return count;
}

/* Rows of X after one update that starts at them. */
static gsl_matrix *retrieve(struct setup net, const gsl_matrix *X, size_t rows)
{
    gsl_matrix *states = first_rows(X, rows);
    setup_step(&net, 0, states);
    setup_free(&net);
    return states;
}

#define DENSE(X, ...) SETUP(basin_rule_dense, X, 11, __VA_ARGS__, NULL)

static const char *const separations[][2] = {{"polynomial", "2"}, {"polynomial", "3"},
    {"polynomial", "4"}, {"polynomial", "7"}, {"rectified", "2"}, {"rectified", "3"},
    {"exponential", "2"}};
enum { SEPARATIONS = sizeof(separations) / sizeof(separations[0]) };
static const char *const updates[] = {"sync", "async"};
static const char *const all_ties[] = {"keep", "plus", "minus"};

static double F(const char *const *separation, double z)
{
    if (strcmp(separation[0], "exponential") == 0) {
        return exp(z);
    }
    if (strcmp(separation[0], "rectified") == 0 && z < 0) {
        return 0;
    }
    return pow(z, strtod(separation[1], NULL));
}

/* The equation: the sum over patterns of differences of F. Exponentials are exact enough
 * for d <= 13, where what is not 0 is at least e^-28 of the largest term. */
static double difference_of_energies(
    const gsl_matrix *X, const double *xi, size_t l, const char *const *separation)
{
    double sum = 0;
    double largest = 0;
    for (size_t i = 0; i < X->size1; i++) {
        double x = gsl_matrix_get(X, i, l);
        double rest = -x * xi[l];
        for (size_t k = 0; k < X->size2; k++) {
            rest += gsl_matrix_get(X, i, k) * xi[k];
        }
        double term = F(separation, rest + x) - F(separation, rest - x);
        largest = fmax(largest, fabs(term));
        sum += term;
    }
    return fabs(sum) < 1e-13 * largest ? 0 : sum;
}

static void plain_step(const gsl_matrix *X, const char *const *separation, bool async,
    int ties, gsl_matrix *states)
{
    for (size_t j = 0; j < states->size1; j++) {
        gsl_vector_view row = gsl_matrix_row(states, j);
        double old[64];
        memcpy(old, row.vector.data, X->size2 * sizeof(*old));
        for (size_t l = 0; l < X->size2; l++) {
            double *xi = gsl_vector_ptr(&row.vector, l);
            double h =
                difference_of_energies(X, async ? row.vector.data : old, l, separation);
            *xi = basin_sign(h, *xi, (enum basin_ties)ties);
        }
    }
}

/* 70 states, so that there is more than one tile; few units, so that there are ties; some
 * unknown units in the second tile. */
static void compare_engines(
    size_t d, const char *const *separation, const char *update, int ties)
{
    gsl_matrix *X = polar(9, d, 3);
    gsl_matrix *expected = polar(70, d, 4);
    for (size_t j = 64; j < 70; j++) {
        gsl_matrix_set(expected, j, j % d, 0);
        gsl_matrix_set(expected, j, (j + 3) % d, 0);
    }
    const char *engines[] = {"fast", "reference"};
    struct setup nets[2];
    gsl_matrix *states[2];
    for (size_t k = 0; k < 2; k++) {
        states[k] = matrix_copy(expected);
        nets[k] = DENSE(X, "separation", separation[0], "power", separation[1], "update",
            update, "order", "fixed", "ties", all_ties[ties], "engine", engines[k]);
    }
    for (size_t t = 0; t < 3; t++) {
        plain_step(X, separation, strcmp(update, "async") == 0, ties, expected);
        for (size_t k = 0; k < 2; k++) {
            setup_step(&nets[k], t, states[k]);
            ck_assert_msg(differences(states[k], expected) == 0,
                "%s: %s %s %s %s d=%zu t=%zu: %zu", engines[k], separation[0],
                separation[1], update, all_ties[ties], d, t,
                differences(states[k], expected));
        }
    }
    for (size_t k = 0; k < 2; k++) {
        gsl_matrix_free(states[k]);
        setup_free(&nets[k]);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(expected);
}

START_TEST(the_closed_form_is_the_equation)
{
    const char *const *separation = separations[_i];
    bool exponential = strcmp(separation[0], "exponential") == 0;
    for (size_t u = 0; u < 2; u++) {
        for (int ties = 0; ties < 3; ties++) {
            compare_engines(6, separation, updates[u], ties);
            compare_engines(exponential ? 13 : 31, separation, updates[u], ties);
        }
    }
}
END_TEST

static const char *const filtered[][2] = {{"polynomial", "3"}, {"polynomial", "9"},
    {"polynomial", "40"}, {"rectified", "5"}, {"exponential", "2"}};
enum { FILTERED = sizeof(filtered) / sizeof(filtered[0]), CANCELLING = 3 };

/* Patterns in groups of eight that are equal but for units 0 to 2, where their fields
 * cancel in every state; at the end one by itself. */
static gsl_matrix *cancelling(size_t groups, size_t d)
{
    enum { GROUP = 1 << CANCELLING };
    gsl_matrix *X = polar(GROUP * groups + 1, d, 19);
    for (size_t i = 0; i < GROUP * groups; i++) {
        for (size_t l = 0; l < d; l++) {
            gsl_matrix_set(X, i, l,
                l < CANCELLING ? (double)(i >> l & 1) * 2 - 1
                               : gsl_matrix_get(X, i / GROUP * GROUP, l));
        }
    }
    return X;
}

/* What units 0 to 2 of states have become: the sign of what that one pattern does to
 * them, if it is there, and else minus, as ties. */
static void check_cancelling(const gsl_matrix *old, const gsl_matrix *states,
    const gsl_matrix *pattern, const char *const *separation)
{
    for (size_t j = 0; j < states->size1; j++) {
        for (size_t l = 0; l < CANCELLING; l++) {
            const double *xi = gsl_matrix_const_ptr(old, j, 0);
            double h =
                pattern == NULL ? 0 : difference_of_energies(pattern, xi, l, separation);
            ck_assert_double_eq(
                gsl_matrix_get(states, j, l), basin_sign(h, xi[l], BASIN_TIES_MINUS));
        }
    }
}

/* Sums of 800 gains that cancel but for that of one more pattern, mostly far below the
 * round-off of single precision: of 3 units in 64, and of 3 in 16, which is more than are
 * summed one by one. */
START_TEST(signs_are_exact_where_single_precision_is_not)
{
    const char *const *separation = filtered[_i / 4];
    bool one_more = _i % 2 == 0;
    gsl_matrix *all = cancelling(100, _i / 2 % 2 == 0 ? 64 : 16);
    gsl_matrix *X = first_rows(all, one_more ? all->size1 : all->size1 - 1);
    gsl_matrix *old = first_rows(all, 70);
    gsl_matrix_view pattern = gsl_matrix_submatrix(all, all->size1 - 1, 0, 1, all->size2);
    gsl_matrix *states[2];
    const char *engines[] = {"fast", "reference"};
    for (size_t k = 0; k < 2; k++) {
        states[k] = matrix_copy(old);
        struct setup net = DENSE(X, "separation", separation[0], "power", separation[1],
            "ties", "minus", "engine", engines[k]);
        setup_step(&net, 0, states[k]);
        setup_free(&net);
        check_cancelling(old, states[k], one_more ? &pattern.matrix : NULL, separation);
    }
    ck_assert_uint_eq(differences(states[0], states[1]), 0);
    gsl_matrix_free(states[0]);
    gsl_matrix_free(states[1]);
    gsl_matrix_free(old);
    gsl_matrix_free(X);
    gsl_matrix_free(all);
}
END_TEST

/* Random fields, of more patterns than a block of sums in single precision has. */
START_TEST(engines_agree_on_many_patterns)
{
    const char *const *separation = filtered[_i];
    gsl_matrix *X = polar(1000, 37, 20);
    gsl_matrix *states[2];
    const char *engines[] = {"fast", "reference"};
    for (size_t k = 0; k < 2; k++) {
        states[k] = polar(70, 37, 21);
        struct setup net = DENSE(
            X, "separation", separation[0], "power", separation[1], "engine", engines[k]);
        setup_step(&net, 0, states[k]);
        setup_free(&net);
    }
    ck_assert_uint_eq(differences(states[0], states[1]), 0);
    gsl_matrix_free(states[0]);
    gsl_matrix_free(states[1]);
    gsl_matrix_free(X);
}
END_TEST

/* One update of the classical net with zero diagonal, ties kept. */
static void classical_step(const gsl_matrix *X, gsl_matrix *states)
{
    gsl_matrix *old = first_rows(states, states->size1);
    for (size_t j = 0; j < states->size1; j++) {
        for (size_t l = 0; l < X->size2; l++) {
            double h = 0;
            for (size_t i = 0; i < X->size1; i++) {
                for (size_t k = 0; k < X->size2; k++) {
                    h += k == l ? 0
                                : gsl_matrix_get(X, i, l) * gsl_matrix_get(X, i, k) *
                                      gsl_matrix_get(old, j, k);
                }
            }
            if (h != 0) {
                gsl_matrix_set(states, j, l, h > 0 ? 1 : -1);
            }
        }
    }
    gsl_matrix_free(old);
}

START_TEST(power_two_is_the_classical_net_without_diagonal)
{
    gsl_matrix *X = polar(12, 40, 5);
    gsl_matrix *dense = polar(20, 40, 6);
    gsl_matrix *classical = first_rows(dense, 20);
    struct setup net = DENSE(X, "power", "2");
    for (size_t t = 0; t < 5; t++) {
        setup_step(&net, t, dense);
        classical_step(X, classical);
        ck_assert_uint_eq(differences(dense, classical), 0);
    }
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(dense);
    gsl_matrix_free(classical);
}
END_TEST

/* One pattern: E(-1) = E(+1) at no unit. Two that differ in one unit: both values of that
 * unit have the same energy, whatever F is. */
START_TEST(two_neighbours_tie_at_the_unit_that_differs)
{
    gsl_matrix *X = polar(2, 30, 7);
    for (size_t l = 0; l < 30; l++) {
        gsl_matrix_set(X, 1, l, gsl_matrix_get(X, 0, l) * (l == 4 ? -1 : 1));
    }
    for (size_t s = 0; s < SEPARATIONS; s++) {
        for (size_t k = 0; k < 3; k++) {
            struct setup net = DENSE(X, "separation", separations[s][0], "power",
                separations[s][1], "ties", all_ties[k]);
            gsl_matrix *states = retrieve(net, X, 2);
            for (size_t j = 0; j < 2; j++) {
                double kept = gsl_matrix_get(X, j, 4);
                ck_assert_double_eq(gsl_matrix_get(states, j, 4), k == 0   ? kept
                                                                  : k == 1 ? 1
                                                                           : -1);
                gsl_matrix_set(states, j, 4, kept);
            }
            ck_assert_uint_eq(differences(states, X), 0);
            gsl_matrix_free(states);
        }
    }
    gsl_matrix_free(X);
}
END_TEST

/* Three patterns at d = 4096: the first two cancel at unit 0, e^4094 against e^4094, and
 * the third, e^4000 times smaller, decides. */
START_TEST(the_exponential_is_exact_where_doubles_are_not)
{
    enum { D = 4096 };
    gsl_matrix *X = gsl_matrix_alloc(3, D);
    gsl_matrix_set_all(X, 1);
    gsl_matrix_set(X, 1, 0, -1);
    for (int third = -1; third <= 1; third += 2) {
        for (size_t l = 0; l < D; l++) {
            gsl_matrix_set(X, 2, l, l == 0 ? third : l % 2 == 0 ? 1 : -1);
        }
        for (size_t u = 0; u < 2; u++) {
            struct setup net =
                DENSE(X, "separation", "exponential", "update", updates[u]);
            gsl_matrix *states = retrieve(net, X, 2);
            ck_assert_double_eq(gsl_matrix_get(states, 0, 0), third);
            ck_assert_double_eq(gsl_matrix_get(states, 1, 0), third);
            ck_assert_double_eq(gsl_matrix_get(states, 0, 1), 1);
            gsl_matrix_free(states);
        }
    }
    gsl_matrix_free(X);
}
END_TEST

/* Sums beyond 2^53 whose terms cancel pairwise. */
START_TEST(high_powers_tie_exactly_where_their_terms_cancel)
{
    gsl_matrix *X = polar(4, 501, 8);
    for (size_t l = 0; l < 501; l++) {
        gsl_matrix_set(X, 1, l, gsl_matrix_get(X, 0, l) * (l == 4 ? -1 : 1));
        gsl_matrix_set(X, 3, l, gsl_matrix_get(X, 2, l) * (l == 4 ? -1 : 1));
    }
    struct setup net = DENSE(X, "power", "9", "ties", "minus");
    gsl_matrix *states = retrieve(net, X, 4);
    for (size_t j = 0; j < 4; j++) {
        ck_assert_double_eq(gsl_matrix_get(states, j, 4), -1);
        gsl_matrix_set(states, j, 4, gsl_matrix_get(X, j, 4));
    }
    ck_assert_uint_eq(differences(states, X), 0);
    gsl_matrix_free(states);
    gsl_matrix_free(X);
}
END_TEST

/* F(-z) = F(z) for even powers: a pattern's negative is the pattern, and a tie with the
 * negative of a neighbour is a tie. F(-z) = -F(z) for odd ones: a pattern and its
 * negative cancel, and all units tie. Sums are beyond 2^53. */
START_TEST(negatives_tie_exactly_with_high_powers)
{
    const char *powers[] = {"8", "9"};
    for (size_t k = 0; k < 2; k++) {
        gsl_matrix *X = polar(2, 501, 18);
        gsl_matrix_set(X, 0, 4, 1);
        for (size_t l = 0; l < 501; l++) {
            bool turned = k == 0 && l == 4;
            gsl_matrix_set(X, 1, l, gsl_matrix_get(X, 0, l) * (turned ? 1 : -1));
        }
        struct setup net = DENSE(X, "power", powers[k], "ties", "minus");
        gsl_matrix *states = retrieve(net, X, 1);
        for (size_t l = 0; l < 501; l++) {
            double expected = k == 0 && l != 4 ? gsl_matrix_get(X, 0, l) : -1;
            ck_assert_double_eq(gsl_matrix_get(states, 0, l), expected);
        }
        gsl_matrix_free(X);
        gsl_matrix_free(states);
    }
}
END_TEST

/* Bit error of one update from a stored pattern: Q(sqrt(d^(n-1) / (N (2n-3)!!))). At
 * twice the load that stores without errors, n = 3, d = 100, N = 723: .0159, within 15 %
 * (8 sets give 9200 errors of 578400 bits; correlated within a set). */
START_TEST(the_error_of_powers_is_gaussian)
{
    size_t errors = 0;
    for (uint64_t set = 0; set < 8; set++) {
        gsl_matrix *X = polar(723, 100, 100 + set);
        gsl_matrix *states = retrieve(DENSE(X, "power", "3"), X, 723);
        errors += differences(X, states);
        gsl_matrix_free(X);
        gsl_matrix_free(states);
    }
    double expected = gsl_cdf_ugaussian_Q(sqrt(1e4 / (723 * 3)));
    double measured = (double)errors / (8 * 723 * 100);
    ck_assert_double_eq_tol(measured / expected, 1, 0.15);
}
END_TEST

/* Rectified powers make far fewer errors at the same load (n = 3, d = 100, N = 461: .0001
 * against .0016). */
START_TEST(rectified_powers_err_less)
{
    size_t errors[2] = {0, 0};
    for (size_t k = 0; k < 2; k++) {
        const char *separation = k == 0 ? "polynomial" : "rectified";
        for (uint64_t set = 0; set < 4; set++) {
            gsl_matrix *X = polar(461, 100, 200 + set);
            gsl_matrix *states = retrieve(DENSE(X, "separation", separation), X, 461);
            errors[k] += differences(X, states);
            gsl_matrix_free(X);
            gsl_matrix_free(states);
        }
    }
    ck_assert_uint_gt(errors[0], 6 * errors[1]);
}
END_TEST

/* Demircigil et al. 2017, theorem 3: N = 2^(d/2) patterns, d = 20: nearly all are fixed
 * points (of 1024 about 11 are not), from one bit in ten flipped about one in four comes
 * back in one update: .260 in an independent simulation, here 4 sets of 256 cues. */
START_TEST(the_exponential_stores_exponentially_many)
{
    size_t lost = 0;
    size_t missed = 0;
    for (uint64_t set = 0; set < 4; set++) {
        gsl_matrix *X = polar(1024, 20, 300 + set);
        struct setup net = DENSE(X, "separation", "exponential");
        gsl_matrix *states = matrix_copy(X);
        setup_step(&net, 0, states);
        lost += wrong_rows(states, X);
        gsl_matrix *cues = first_rows(X, 256);
        gsl_matrix *targets = first_rows(X, 256);
        flip(cues, 2);
        setup_step(&net, 0, cues);
        missed += wrong_rows(cues, targets);
        setup_free(&net);
        gsl_matrix_free(X);
        gsl_matrix_free(states);
        gsl_matrix_free(cues);
        gsl_matrix_free(targets);
    }
    ck_assert_uint_le(lost, 4 * 1024 * 3 / 100);
    ck_assert_double_eq_tol((double)missed / (4 * 256), 1 - 0.26, 0.06);
}
END_TEST

START_TEST(asynchronous_updates_lower_the_energy)
{
    gsl_matrix *X = polar(15, 40, 9);
    for (size_t s = 0; s < SEPARATIONS; s++) {
        struct setup net = DENSE(X, "separation", separations[s][0], "power",
            separations[s][1], "update", "async");
        ck_assert(net.rule->descends(net.params));
        ck_assert(net.rule->varies(net.memory));
        gsl_matrix *states = polar(70, 40, 10);
        gsl_vector *before = gsl_vector_alloc(70);
        gsl_vector *after = gsl_vector_alloc(70);
        ck_assert_int_eq(net.rule->energy(net.memory, states, before, NULL), 0);
        for (size_t t = 0; t < 4; t++) {
            setup_step(&net, t, states);
            ck_assert_int_eq(net.rule->energy(net.memory, states, after, NULL), 0);
            for (size_t j = 0; j < 70; j++) {
                ck_assert_double_le(gsl_vector_get(after, j), gsl_vector_get(before, j));
            }
            gsl_vector_memcpy(before, after);
        }
        setup_free(&net);
        gsl_matrix_free(states);
        gsl_vector_free(before);
        gsl_vector_free(after);
    }
    gsl_matrix_free(X);
}
END_TEST

/* X = {(+ + + +), (+ + - -)}, xi = (+ + + -): o = (2, 2); after unit 2 turns, (0, 4). */
START_TEST(energies_and_weights_are_known)
{
    gsl_matrix *X = gsl_matrix_alloc(2, 4);
    gsl_matrix *states = gsl_matrix_alloc(2, 4);
    gsl_matrix_set_all(X, 1);
    gsl_matrix_set(X, 1, 2, -1);
    gsl_matrix_set(X, 1, 3, -1);
    gsl_matrix_set_all(states, 1);
    gsl_matrix_set(states, 0, 3, -1);
    gsl_matrix_set(states, 1, 2, -1);
    gsl_matrix_set(states, 1, 3, -1);
    const double expected[3][4] = {/* E at both states; p_2 at both */
        {-16, -64, 0.5, 1}, {-16, -64, 0.5, 1},
        {-2 - M_LN2, -4 - log1p(exp(-4)), 0.5, 1 / (1 + exp(-4))}};
    const char *const names[] = {"polynomial", "rectified", "exponential"};
    gsl_vector *energy = gsl_vector_alloc(2);
    gsl_matrix *p = gsl_matrix_alloc(2, 2);
    for (size_t s = 0; s < 3; s++) {
        struct setup net = DENSE(X, "separation", names[s]);
        ck_assert_int_eq(net.rule->energy(net.memory, states, energy, NULL), 0);
        ck_assert_int_eq(net.rule->weights(net.memory, states, p, NULL), 0);
        for (size_t j = 0; j < 2; j++) {
            ck_assert_double_eq_tol(gsl_vector_get(energy, j), expected[s][j], 1e-14);
            ck_assert_double_eq_tol(gsl_matrix_get(p, j, 1), expected[s][2 + j], 1e-15);
            ck_assert_double_eq_tol(
                gsl_matrix_get(p, j, 0) + gsl_matrix_get(p, j, 1), 1, 1e-15);
        }
        setup_free(&net);
    }
    gsl_matrix_free(X);
    gsl_matrix_free(states);
    gsl_vector_free(energy);
    gsl_matrix_free(p);
}
END_TEST

START_TEST(weights_are_equal_where_no_pattern_drives)
{
    gsl_matrix *X = gsl_matrix_alloc(2, 4);
    gsl_matrix *state = gsl_matrix_alloc(1, 4);
    gsl_matrix *p = gsl_matrix_alloc(1, 2);
    gsl_matrix_set_all(X, 1);
    gsl_matrix_set_all(state, -1);
    struct setup net = DENSE(X, "separation", "rectified");
    ck_assert_int_eq(net.rule->weights(net.memory, state, p, NULL), 0);
    ck_assert_double_eq(gsl_matrix_get(p, 0, 0), 0.5);
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(state);
    gsl_matrix_free(p);
}
END_TEST

START_TEST(states_that_are_not_polar_are_refused)
{
    gsl_matrix *X = polar(2, 5, 1);
    gsl_matrix *states = first_rows(X, 2);
    gsl_matrix_set(states, 1, 3, 0.25);
    struct setup net = DENSE(X, NULL);
    struct basin_diag diag = {{0}};
    ck_assert_int_eq(net.rule->step(net.memory, 0, states, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        diag.text, "unit 3 of a state is 0.25; rule dense takes -1, +1 and 0 (unknown)");
    setup_free(&net);
    gsl_matrix_free(X);
    gsl_matrix_free(states);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("dense");
    TCase *c = tcase_create("dense");
    tcase_set_timeout(c, 60); /* a busy machine is no failure */
    tcase_add_loop_test(c, the_closed_form_is_the_equation, 0, SEPARATIONS);
    tcase_add_loop_test(
        c, signs_are_exact_where_single_precision_is_not, 0, 4 * FILTERED);
    tcase_add_loop_test(c, engines_agree_on_many_patterns, 0, FILTERED);
    tcase_add_test(c, power_two_is_the_classical_net_without_diagonal);
    tcase_add_test(c, two_neighbours_tie_at_the_unit_that_differs);
    tcase_add_test(c, the_exponential_is_exact_where_doubles_are_not);
    tcase_add_test(c, high_powers_tie_exactly_where_their_terms_cancel);
    tcase_add_test(c, negatives_tie_exactly_with_high_powers);
    tcase_add_test(c, the_error_of_powers_is_gaussian);
    tcase_add_test(c, rectified_powers_err_less);
    tcase_add_test(c, the_exponential_stores_exponentially_many);
    tcase_add_test(c, asynchronous_updates_lower_the_energy);
    tcase_add_test(c, energies_and_weights_are_known);
    tcase_add_test(c, weights_are_equal_where_no_pattern_drives);
    tcase_add_test(c, states_that_are_not_polar_are_refused);
    suite_add_tcase(s, c);
    return s;
}
