/* The retrieval experiment: what it keeps of single cues. */
#include "one_cell.h"

#define CONFIG                                                                           \
    "experiment: retrieval\n"                                                            \
    "seed: 5\n"                                                                          \
    "patterns_count: 5\n"                                                                \
    "cues: 4\n"                                                                          \
    "first_target: 3\n"                                                                  \
    "pictures: %d\n"                                                                     \
    "patterns: {kind: fields, side: 8}\n"                                                \
    "cue: {mask: lower}\n"                                                               \
    "rules: [{rule: modern, scale: sqrt_d_max_norm, beta: 20, steps: 1}]\n"

static struct one_cell run(int pictures, uint32_t replicate)
{
    struct one_cell c;
    char text[512];
    snprintf(text, sizeof(text), CONFIG, pictures);
    ck_assert_msg(one_cell_open(&c, text) == 0, "%s", c.diag.text);
    one_cell_run(&c, replicate);
    return c;
}

/* Targets are 3, 4, 0, 1. */
START_TEST(each_cue_has_its_own_cosine_and_weight)
{
    struct one_cell c = run(4, 0);
    double cosine = 0;
    double weight = 0;
    for (size_t j = 0; j < 4; j++) {
        cosine += one_cell_value(&c, "cosines", j) / 4;
        weight += one_cell_value(&c, "target_weights", j) / 4;
        ck_assert_double_eq(one_cell_value(&c, "target_weights", j),
            one_cell_value(&c, "weights", j * 5 + (3 + j) % 5));
    }
    ck_assert_double_eq_tol(cosine, one_cell_value(&c, "cosine", 0), 1e-15);
    ck_assert_double_eq_tol(weight, one_cell_value(&c, "target_weight", 0), 1e-15);
    one_cell_close(&c);
}
END_TEST

/* Pictures and all weights are kept of the first replicate only. */
START_TEST(every_replicate_keeps_as_many_as_pictures_say)
{
    for (uint32_t replicate = 0; replicate < 2; replicate++) {
        struct one_cell c = run(2, replicate);
        size_t m = one_cell_metric(&c, "cosines");
        ck_assert_uint_eq(c.offset[m + 1] - c.offset[m], 2);
        ck_assert(isfinite(one_cell_value(&c, "cosines", 1)));
        ck_assert(isfinite(one_cell_value(&c, "target_weights", 1)));
        ck_assert_int_eq(one_cell_has(&c, "pictures"), replicate == 0);
        one_cell_close(&c);
    }
    struct one_cell c = run(0, 0);
    ck_assert(!one_cell_has(&c, "cosines"));
    ck_assert(!one_cell_has(&c, "target_weights"));
    one_cell_close(&c);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("retrieval");
    TCase *c = tcase_create("retrieval");
    tcase_add_test(c, each_cue_has_its_own_cosine_and_weight);
    tcase_add_test(c, every_replicate_keeps_as_many_as_pictures_say);
    suite_add_tcase(s, c);
    return s;
}
