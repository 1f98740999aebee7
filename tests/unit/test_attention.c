/* The association layer against attention written down independently, and what further
 * updates, masks, norms and static parts do. */
#include "rule_setup.h"
#include "suite.h"

#include "measure/spread.h"
#include "rules/attention.h"

enum { S = 5, N = 7, D_R = 6, D_Y = 8, HEADS = 3, D_K = 4, D_V = 2, D_OUT = 9 };

/* A layer with all its projections, and one sequence. */
struct fixture {
    gsl_rng *r;
    gsl_matrix *W_Q, *W_K, *W_V, *W_O;
    gsl_matrix *b; /* rows: b_Q, b_K, b_V, b_O */
    gsl_vector b_Q, b_K, b_V, b_O;
    gsl_matrix *R, *Y, *P, *mask, *Z, *p;
    struct basin_attention_layer layer;
    struct basin_sequence sequence;
};

static void fixture_init(struct fixture *f, uint64_t seed)
{
    f->r = test_rng(seed);
    f->W_Q = random_gaussian(D_R, HEADS * D_K, f->r);
    f->W_K = random_gaussian(D_Y, HEADS * D_K, f->r);
    f->W_V = random_gaussian(D_Y, HEADS * D_V, f->r);
    f->W_O = random_gaussian(HEADS * D_V, D_OUT, f->r);
    f->b = random_gaussian(4, HEADS * D_K, f->r);
    f->b_Q = gsl_matrix_subrow(f->b, 0, 0, HEADS * D_K).vector;
    f->b_K = gsl_matrix_subrow(f->b, 1, 0, HEADS * D_K).vector;
    f->b_V = gsl_matrix_subrow(f->b, 2, 0, HEADS * D_V).vector;
    f->b_O = gsl_matrix_subrow(f->b, 3, 0, D_OUT).vector;
    f->R = random_gaussian(S, D_R, f->r);
    f->Y = random_gaussian(N, D_Y, f->r);
    f->P = random_gaussian(N, D_Y, f->r);
    f->mask = random_gaussian(S, N, f->r);
    f->Z = gsl_matrix_alloc(S, D_OUT);
    f->p = gsl_matrix_alloc(HEADS * S, N);
    f->layer = (struct basin_attention_layer){.heads = HEADS,
        .W_Q = f->W_Q,
        .W_K = f->W_K,
        .W_V = f->W_V,
        .W_O = f->W_O,
        .b_Q = &f->b_Q,
        .b_K = &f->b_K,
        .b_V = &f->b_V,
        .b_O = &f->b_O,
        .update_eps = 1e-4};
    f->sequence = (struct basin_sequence){
        .R = f->R, .Y = f->Y, .P = f->P, .mask = f->mask, .Z = f->Z, .p = f->p};
}

static void fixture_free(struct fixture *f)
{
    gsl_matrix *matrices[] = {
        f->W_Q, f->W_K, f->W_V, f->W_O, f->b, f->R, f->Y, f->P, f->mask, f->Z, f->p};
    for (size_t i = 0; i < sizeof(matrices) / sizeof(matrices[0]); i++) {
        gsl_matrix_free(matrices[i]);
    }
    gsl_rng_free(f->r);
}

static void attend(struct fixture *f, size_t *updates)
{
    struct basin_diag diag = {{0}};
    int ret = basin_attend(&f->layer, &f->sequence, 1, updates, &diag);
    ck_assert_msg(ret == 0, "%s", diag.text);
}

static double dot_column(const gsl_matrix *A, size_t i, const gsl_matrix *W, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < A->size2; k++) {
        sum += gsl_matrix_get(A, i, k) * gsl_matrix_get(W, k, j);
    }
    return sum;
}

/* softmax(Q K^T/sqrt(d_k) + mask) V W_O, element by element in scalar loops. */
static void plain_attention(const struct fixture *f, double out[S][D_OUT])
{
    for (size_t s = 0; s < S; s++) {
        double z[HEADS * D_V] = {0};
        for (size_t h = 0; h < HEADS; h++) {
            double sum = 0;
            double weight[N];
            for (size_t n = 0; n < N; n++) {
                double logit = 0;
                for (size_t k = h * D_K; k < (h + 1) * D_K; k++) {
                    double q =
                        dot_column(f->R, s, f->W_Q, k) + gsl_vector_get(&f->b_Q, k);
                    double key =
                        dot_column(f->Y, n, f->W_K, k) + gsl_vector_get(&f->b_K, k);
                    logit += q * key;
                }
                weight[n] = exp(logit / sqrt(D_K) + gsl_matrix_get(f->mask, s, n));
                sum += weight[n];
            }
            for (size_t n = 0; n < N; n++) {
                for (size_t v = h * D_V; v < (h + 1) * D_V; v++) {
                    z[v] += weight[n] / sum *
                            (dot_column(f->P, n, f->W_V, v) + gsl_vector_get(&f->b_V, v));
                }
            }
        }
        for (size_t o = 0; o < D_OUT; o++) {
            out[s][o] = gsl_vector_get(&f->b_O, o);
            for (size_t v = 0; v < HEADS * D_V; v++) {
                out[s][o] += z[v] * gsl_matrix_get(f->W_O, v, o);
            }
        }
    }
}

START_TEST(without_further_updates_it_is_attention)
{
    for (uint64_t seed = 1; seed < 20; seed++) {
        struct fixture f;
        double expected[S][D_OUT];
        fixture_init(&f, seed);
        gsl_matrix_set(f.mask, 2, 3, -INFINITY);
        size_t updates[HEADS] = {9, 9, 9};
        attend(&f, updates);
        plain_attention(&f, expected);
        for (size_t s = 0; s < S; s++) {
            for (size_t o = 0; o < D_OUT; o++) {
                ck_assert_double_eq_tol(gsl_matrix_get(f.Z, s, o), expected[s][o], 1e-12);
            }
        }
        for (size_t h = 0; h < HEADS; h++) {
            ck_assert_uint_eq(updates[h], 0);
            ck_assert_double_eq(gsl_matrix_get(f.p, h * S + 2, 3), 0);
        }
        fixture_free(&f);
    }
}
END_TEST

/* An update of the modern Hopfield network with patterns K and states Q, projected by
 * W_V: V = (Y W_K) W_V. */
START_TEST(a_hopfield_update_then_a_projection_is_a_connected_layer)
{
    struct fixture f;
    fixture_init(&f, 3);
    gsl_matrix *W_V = random_gaussian(D_K, D_OUT, f.r);
    gsl_matrix_const_view W_Q = gsl_matrix_const_submatrix(f.W_Q, 0, 0, D_R, D_K);
    gsl_matrix_const_view W_K = gsl_matrix_const_submatrix(f.W_K, 0, 0, D_Y, D_K);
    f.layer = (struct basin_attention_layer){.heads = 1,
        .W_Q = &W_Q.matrix,
        .W_K = &W_K.matrix,
        .W_V = W_V,
        .connected = true};
    f.sequence =
        (struct basin_sequence){.R = f.R, .Y = f.Y, .P = f.Y, .Z = f.Z, .p = NULL};
    attend(&f, NULL);

    gsl_matrix *K = gsl_matrix_alloc(N, D_K);
    gsl_matrix *Q = gsl_matrix_alloc(S, D_K);
    gsl_matrix *Z = gsl_matrix_alloc(S, D_OUT);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, f.Y, &W_K.matrix, 0, K);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, f.R, &W_Q.matrix, 0, Q);
    struct setup net = SETUP(basin_rule_modern, K, 1, "scale", "sqrt_d");
    setup_step(&net, 0, Q);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, Q, W_V, 0, Z);
    ck_assert_double_le(max_difference(Z, f.Z), 1e-12);

    /* Without W_V the updated states themselves come out. */
    gsl_matrix_view states = gsl_matrix_submatrix(f.Z, 0, 0, S, D_K);
    f.layer.W_V = NULL;
    f.sequence.Z = &states.matrix;
    attend(&f, NULL);
    ck_assert_double_le(max_difference(Q, &states.matrix), 1e-12);
    setup_free(&net);
    gsl_matrix_free(K);
    gsl_matrix_free(Q);
    gsl_matrix_free(Z);
    gsl_matrix_free(W_V);
    fixture_free(&f);
}
END_TEST

/* P W_K + b_K made by hand and given to a layer that is not connected. */
START_TEST(connected_heads_share_the_projection_of_the_keys)
{
    struct fixture f;
    fixture_init(&f, 15);
    gsl_matrix *projected = gsl_matrix_alloc(N, HEADS * D_K);
    gsl_matrix *W_V = random_gaussian(HEADS * D_K, HEADS * D_K, f.r);
    gsl_matrix *Z = gsl_matrix_alloc(S, HEADS * D_K);
    gsl_matrix *expected = gsl_matrix_alloc(S, HEADS * D_K);
    for (size_t n = 0; n < N; n++) {
        gsl_matrix_set_row(projected, n, &f.b_K);
    }
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, f.P, f.W_K, 1, projected);
    f.layer.W_O = NULL;
    f.layer.b_O = f.layer.b_V = NULL;
    for (size_t c = 0; c < 2; c++) {
        f.layer.connected = true;
        f.layer.W_V = c == 0 ? W_V : NULL;
        f.sequence.P = f.P;
        f.sequence.Z = Z;
        attend(&f, NULL);
        if (c == 1) {
            gsl_matrix_set_identity(W_V);
        }
        f.layer.connected = false;
        f.layer.W_V = W_V;
        f.sequence.P = projected;
        f.sequence.Z = expected;
        attend(&f, NULL);
        ck_assert_double_le(max_difference(Z, expected), 1e-12);
    }
    gsl_matrix_free(projected);
    gsl_matrix_free(W_V);
    gsl_matrix_free(Z);
    gsl_matrix_free(expected);
    fixture_free(&f);
}
END_TEST

START_TEST(padding_is_as_if_the_patterns_were_not_there)
{
    struct fixture f;
    fixture_init(&f, 4);
    const bool absent[N] = {false, false, false, false, false, true, true};
    f.sequence.mask = NULL;
    f.sequence.absent = absent;
    f.layer.updates = 3;
    attend(&f, NULL);
    gsl_matrix *Z = matrix_copy(f.Z);
    gsl_matrix_view Y = gsl_matrix_submatrix(f.Y, 0, 0, 5, D_Y);
    gsl_matrix_view P = gsl_matrix_submatrix(f.P, 0, 0, 5, D_Y);
    f.sequence =
        (struct basin_sequence){.R = f.R, .Y = &Y.matrix, .P = &P.matrix, .Z = f.Z};
    attend(&f, NULL);
    ck_assert_double_le(max_difference(Z, f.Z), 1e-13);
    gsl_matrix_free(Z);
    fixture_free(&f);
}
END_TEST

/* Where beta is small enough for a contraction (Ramsauer et al. 2020, lemma A3). */
START_TEST(further_updates_approach_the_fixed_point)
{
    struct fixture f;
    fixture_init(&f, 5);
    const double betas[HEADS] = {0.001, 0.005, 0.01};
    size_t updates[HEADS];
    f.sequence.mask = NULL;
    f.layer.beta = betas;
    f.layer.updates = -1;
    f.layer.update_eps = 1e-13;
    attend(&f, updates);
    gsl_matrix *end = matrix_copy(f.Z);
    double last = INFINITY;
    for (long k = 0; k < 6; k++) {
        f.layer.updates = k;
        attend(&f, NULL);
        double distance = max_difference(f.Z, end);
        ck_assert_double_lt(distance, last);
        last = distance;
    }
    gsl_matrix_free(end);
    fixture_free(&f);
}
END_TEST

/* Every head stops where its own change has become small, by either measure. */
START_TEST(heads_stop_by_association_or_by_state)
{
    for (int stop = 0; stop < 2; stop++) {
        struct fixture f;
        fixture_init(&f, 6);
        const double betas[HEADS] = {0.001, 0.05, 0.3};
        size_t updates[HEADS];
        f.sequence.mask = NULL;
        f.layer.beta = betas;
        f.layer.updates = -1;
        f.layer.update_eps = 1e-6;
        f.layer.stop = (enum basin_attention_stop)stop;
        attend(&f, updates);
        ck_assert_uint_lt(updates[0], updates[1]);
        gsl_matrix *p = matrix_copy(f.p);
        f.layer.updates = (long)updates[1] - 1;
        attend(&f, NULL);
        gsl_matrix_sub(p, f.p);
        double moved = 0;
        for (size_t i = S * N; i < (size_t)2 * S * N; i++) {
            moved += p->data[i] * p->data[i];
        }
        ck_assert_double_gt(moved, 0);
        ck_assert(stop == BASIN_STOP_BY_STATE || sqrt(moved) <= 1e-6);
        gsl_matrix_free(p);
        fixture_free(&f);
    }
}
END_TEST

/* Two sequences in a batch give what each gives alone, but stop together. */
START_TEST(a_batch_is_its_sequences)
{
    struct fixture a;
    struct fixture b;
    fixture_init(&a, 7);
    fixture_init(&b, 8);
    a.layer.updates = b.layer.updates = 2;
    b.layer = a.layer;
    attend(&a, NULL);
    attend(&b, NULL);
    gsl_matrix *Z[] = {gsl_matrix_alloc(S, D_OUT), gsl_matrix_alloc(S, D_OUT)};
    struct basin_sequence batch[] = {a.sequence, b.sequence};
    batch[0].Z = Z[0];
    batch[1].Z = Z[1];
    ck_assert_int_eq(basin_attend(&a.layer, batch, 2, NULL, NULL), 0);
    ck_assert_double_eq(max_difference(a.Z, Z[0]), 0);
    ck_assert_double_eq(max_difference(b.Z, Z[1]), 0);

    size_t alone[2][HEADS];
    size_t together[HEADS];
    a.layer.updates = b.layer.updates = -1;
    attend(&a, alone[0]);
    attend(&b, alone[1]);
    ck_assert_int_eq(basin_attend(&a.layer, batch, 2, together, NULL), 0);
    for (size_t h = 0; h < HEADS; h++) {
        size_t most = alone[0][h] > alone[1][h] ? alone[0][h] : alone[1][h];
        ck_assert_uint_eq(together[h], most);
    }
    gsl_matrix_free(Z[0]);
    gsl_matrix_free(Z[1]);
    fixture_free(&a);
    fixture_free(&b);
}
END_TEST

/* Inputs normalized by hand give what the layer gives with its norms. */
START_TEST(layer_norms_are_applied_to_their_inputs)
{
    struct fixture f;
    fixture_init(&f, 9);
    gsl_vector *gain = gsl_vector_alloc(D_Y);
    gsl_vector *shift = gsl_vector_alloc(D_Y);
    for (size_t i = 0; i < D_Y; i++) {
        gsl_vector_set(gain, i, gsl_ran_ugaussian(f.r));
        gsl_vector_set(shift, i, gsl_ran_ugaussian(f.r));
    }
    f.layer.norm_R = (struct basin_layer_norm){.on = true, .epsilon = 1e-5};
    f.layer.norm_Y = (struct basin_layer_norm){.on = true, .epsilon = 0.1, .gain = gain};
    f.layer.norm_P =
        (struct basin_layer_norm){.on = true, .epsilon = 1e-5, .shift = shift};
    attend(&f, NULL);
    gsl_matrix *Z = matrix_copy(f.Z);

    gsl_matrix *inputs[] = {f.R, f.Y, f.P};
    const double epsilon[] = {1e-5, 0.1, 1e-5};
    for (size_t c = 0; c < 3; c++) {
        for (size_t i = 0; i < inputs[c]->size1; i++) {
            double sum = 0;
            double squares = 0;
            double d = (double)inputs[c]->size2;
            for (size_t j = 0; j < inputs[c]->size2; j++) {
                sum += gsl_matrix_get(inputs[c], i, j);
                squares += pow(gsl_matrix_get(inputs[c], i, j), 2);
            }
            double deviation = sqrt(squares / d - sum * sum / d / d + epsilon[c]);
            for (size_t j = 0; j < inputs[c]->size2; j++) {
                double x = (gsl_matrix_get(inputs[c], i, j) - sum / d) / deviation;
                x *= c == 1 ? gsl_vector_get(gain, j) : 1;
                x += c == 2 ? gsl_vector_get(shift, j) : 0;
                gsl_matrix_set(inputs[c], i, j, x);
            }
        }
    }
    f.layer.norm_R.on = f.layer.norm_Y.on = f.layer.norm_P.on = false;
    attend(&f, NULL);
    ck_assert_double_le(max_difference(Z, f.Z), 1e-12);
    gsl_matrix_free(Z);
    gsl_vector_free(gain);
    gsl_vector_free(shift);
    fixture_free(&f);
}
END_TEST

/* After normalization every q and k has norm sqrt(d_k), so logits are at most beta d_k.
 */
START_TEST(the_association_space_can_be_normalized)
{
    struct fixture f;
    fixture_init(&f, 10);
    f.sequence.mask = NULL;
    f.layer.norm_QK = (struct basin_layer_norm){.on = true};
    attend(&f, NULL);
    double ratio = exp(2 * D_K / sqrt(D_K)); /* of the largest to the smallest weight */
    for (size_t i = 0; i < HEADS * S; i++) {
        gsl_vector_view p = gsl_matrix_row(f.p, i);
        ck_assert_double_le(gsl_vector_max(&p.vector), ratio * gsl_vector_min(&p.vector));
    }
    gsl_matrix *p = matrix_copy(f.p);
    gsl_matrix_scale(f.R, 5);
    gsl_vector_scale(&f.b_Q, 5);
    attend(&f, NULL);
    ck_assert_double_le(max_difference(p, f.p), 1e-12);
    gsl_matrix_free(p);
    fixture_free(&f);
}
END_TEST

/* HopfieldPooling: a learned question, static; the result is in the convex hull of the
 * stored patterns, and the mean of them at beta = 0. */
START_TEST(pooling_is_a_weighted_mean)
{
    struct fixture f;
    fixture_init(&f, 11);
    double beta = 3;
    gsl_matrix *question = random_gaussian(1, D_Y, f.r);
    gsl_matrix *Z = gsl_matrix_alloc(1, D_Y);
    f.layer = (struct basin_attention_layer){.heads = 1, .beta = &beta};
    f.sequence = (struct basin_sequence){.R = question, .Y = f.Y, .P = f.Y, .Z = Z};
    attend(&f, NULL);
    for (size_t j = 0; j < D_Y; j++) {
        gsl_vector_view column = gsl_matrix_column(f.Y, j);
        ck_assert_double_ge(gsl_matrix_get(Z, 0, j), gsl_vector_min(&column.vector));
        ck_assert_double_le(gsl_matrix_get(Z, 0, j), gsl_vector_max(&column.vector));
    }
    beta = 0;
    attend(&f, NULL);
    for (size_t j = 0; j < D_Y; j++) {
        double mean = 0;
        for (size_t n = 0; n < N; n++) {
            mean += gsl_matrix_get(f.Y, n, j) / N;
        }
        ck_assert_double_eq_tol(gsl_matrix_get(Z, 0, j), mean, 1e-14);
    }
    gsl_matrix_free(question);
    gsl_matrix_free(Z);
    fixture_free(&f);
}
END_TEST

/* HopfieldLayer: a table of learned keys and values; a state near a key finds its value.
 */
START_TEST(a_lookup_finds_the_value_of_its_key)
{
    struct fixture f;
    fixture_init(&f, 12);
    double beta = 100;
    gsl_matrix *values = random_gaussian(N, D_V, f.r);
    gsl_matrix_const_view state = gsl_matrix_const_submatrix(f.Y, 4, 0, 1, D_Y);
    gsl_matrix *Z = gsl_matrix_alloc(1, D_V);
    f.layer = (struct basin_attention_layer){.heads = 1, .beta = &beta};
    f.sequence =
        (struct basin_sequence){.R = &state.matrix, .Y = f.Y, .P = values, .Z = Z};
    attend(&f, NULL);
    for (size_t j = 0; j < D_V; j++) {
        ck_assert_double_eq_tol(
            gsl_matrix_get(Z, 0, j), gsl_matrix_get(values, 4, j), 1e-6);
    }
    gsl_matrix_free(values);
    gsl_matrix_free(Z);
    fixture_free(&f);
}
END_TEST

/* Mean number of patterns that hold 90 % of the weights, asked with noisy patterns. */
static double mean_k(double beta, size_t d_k, double length)
{
    enum { PATTERNS = 100, STATES = 50 };
    gsl_rng *r = test_rng(13);
    gsl_matrix *Y = random_gaussian(PATTERNS, d_k, r);
    gsl_matrix_scale(Y, length);
    gsl_matrix *R = random_gaussian(STATES, d_k, r);
    gsl_matrix_scale(R, 0.3 * length);
    gsl_matrix_const_view asked = gsl_matrix_const_submatrix(Y, 0, 0, STATES, d_k);
    gsl_matrix_add(R, &asked.matrix);
    gsl_matrix *Z = gsl_matrix_alloc(STATES, d_k);
    gsl_matrix *p = gsl_matrix_alloc(STATES, PATTERNS);
    struct basin_attention_layer layer = {.heads = 1, .beta = beta > 0 ? &beta : NULL};
    struct basin_sequence sequence = {.R = R, .Y = Y, .P = Y, .Z = Z, .p = p};
    ck_assert_int_eq(basin_attend(&layer, &sequence, 1, NULL, NULL), 0);
    double sum = 0;
    for (size_t i = 0; i < STATES; i++) {
        double scratch[PATTERNS];
        sum += (double)basin_spread_k(gsl_matrix_ptr(p, i, 0), PATTERNS, 0.9, scratch);
    }
    gsl_matrix_free(Y);
    gsl_matrix_free(R);
    gsl_matrix_free(Z);
    gsl_matrix_free(p);
    gsl_rng_free(r);
    return sum / STATES;
}

START_TEST(beta_dimension_and_length_sharpen_the_association)
{
    const double betas[] = {0.01, 0.1, 0.3, 1};
    const size_t dimensions[] = {4, 16, 64, 256};
    const double lengths[] = {0.2, 0.5, 1, 2};
    for (size_t i = 1; i < 4; i++) {
        ck_assert_double_lt(mean_k(betas[i], 16, 1), mean_k(betas[i - 1], 16, 1));
        ck_assert_double_lt(mean_k(0, dimensions[i], 1), mean_k(0, dimensions[i - 1], 1));
        ck_assert_double_lt(mean_k(0, 16, lengths[i]), mean_k(0, 16, lengths[i - 1]));
    }
}
END_TEST

START_TEST(what_does_not_fit_is_named)
{
    struct fixture f;
    struct basin_diag diag = {{0}};
    fixture_init(&f, 14);
    f.layer.W_O = NULL;
    ck_assert_int_eq(
        basin_attend(&f.layer, &f.sequence, 1, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "attention: the length of b_O is 9 and should be 6");
    f.layer.W_O = f.W_O;
    f.layer.W_Q = f.W_K;
    ck_assert_int_eq(
        basin_attend(&f.layer, &f.sequence, 1, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(
        diag.text, "attention: the number of columns of R is 6 and should be 8");
    f.layer.W_Q = f.W_Q;
    for (size_t n = 0; n < N; n++) {
        gsl_matrix_set(f.mask, 3, n, -INFINITY);
    }
    ck_assert_int_eq(
        basin_attend(&f.layer, &f.sequence, 1, NULL, &diag), BASIN_ERR_DOMAIN);
    ck_assert_str_eq(diag.text, "attention: every pattern is masked for state 3");
    fixture_free(&f);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("attention");
    TCase *c = tcase_create("attention");
    tcase_add_test(c, without_further_updates_it_is_attention);
    tcase_add_test(c, a_hopfield_update_then_a_projection_is_a_connected_layer);
    tcase_add_test(c, connected_heads_share_the_projection_of_the_keys);
    tcase_add_test(c, padding_is_as_if_the_patterns_were_not_there);
    tcase_add_test(c, further_updates_approach_the_fixed_point);
    tcase_add_test(c, heads_stop_by_association_or_by_state);
    tcase_add_test(c, a_batch_is_its_sequences);
    tcase_add_test(c, layer_norms_are_applied_to_their_inputs);
    tcase_add_test(c, the_association_space_can_be_normalized);
    tcase_add_test(c, pooling_is_a_weighted_mean);
    tcase_add_test(c, a_lookup_finds_the_value_of_its_key);
    tcase_add_test(c, beta_dimension_and_length_sharpen_the_association);
    tcase_add_test(c, what_does_not_fit_is_named);
    suite_add_tcase(s, c);
    return s;
}
