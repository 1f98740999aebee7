/* Tables of findings: every format, with everything that has to be escaped. */
#include "suite.h"

#include "claims/claim.h"

#include <math.h>
#include <string.h>

#define FINDING(...)                                                                     \
    {                                                                                    \
        .confidence = 0.95, __VA_ARGS__                                                  \
    }

/* One finding of each verdict, with everything that has to be escaped. */
static struct basin_finding tabled[] = {
    FINDING(.id = "A<1>", .says = "a \"quoted\" & <tagged>\tclaim # 1", .source = "s",
        .origin = "o", .measured = "mean of x", .expected = "at least 3", .estimate = 4,
        .low = 3.5, .high = 4.5, .p = 0.001, .n = 8, .verdict = BASIN_SUPPORTED,
        .reason = "inside"),
    FINDING(.id = "B", .says = "b", .source = "", .origin = "", .measured = "mean of y",
        .expected = "at most 3", .estimate = 4, .low = 3.5, .high = 4.5, .p = 0.001,
        .n = 8, .verdict = BASIN_CONTRADICTED, .reason = "outside"),
    FINDING(.id = "C", .says = "c", .source = "", .origin = "", .measured = "mean of z",
        .expected = "at most 3", .estimate = NAN, .low = NAN, .high = NAN, .p = NAN,
        .verdict = BASIN_UNDECIDED, .reason = "nothing"),
};
static const struct basin_findings table = {3, tabled};

static void check_print(enum basin_findings_format format, const char *expected)
{
    struct basin_str out = {0};
    basin_findings_print(&table, "t&t", format, &out);
    ck_assert_str_eq(out.text, expected);
    basin_str_free(&out);
}

START_TEST(findings_are_printed_for_people_and_machines)
{
    check_print(BASIN_FINDINGS_TEXT,
        "Claims of t&t\n\n"
        "supported     A<1>  a \"quoted\" & <tagged>\tclaim # 1\n"
        "                    mean of x\n"
        "                    4 (3.5 to 4.5), expected at least 3\n"
        "                    inside\n\n"
        "contradicted  B     b\n"
        "                    mean of y\n"
        "                    4 (3.5 to 4.5), expected at most 3\n"
        "                    outside\n\n"
        "undecided     C     c\n"
        "                    mean of z\n"
        "                    none, expected at most 3\n"
        "                    nothing\n\n"
        "1 supported, 1 contradicted, 1 undecided; 1 not as it should be\n");
    check_print(BASIN_FINDINGS_TAP,
        "TAP version 13\n1..3\n"
        "ok 1 - A<1>: a \"quoted\" & <tagged>\tclaim \\# 1\n"
        "# mean of x: 4 (3.5 to 4.5), expected at least 3; inside\n"
        "not ok 2 - B: b\n"
        "# mean of y: 4 (3.5 to 4.5), expected at most 3; outside\n"
        "ok 3 - C: c # SKIP undecided\n"
        "# mean of z: none, expected at most 3; nothing\n");
    check_print(BASIN_FINDINGS_TSV,
        "id\tsays\tsource\tmeasured\texpected\torigin\treason\tverdict\tcontrol\testimate"
        "\t"
        "low\thigh\tconfidence\tp\tn\n"
        "A<1>\ta \"quoted\" & <tagged> claim # 1\ts\tmean of x\tat least 3\to\tinside\t"
        "supported\tfalse\t4\t3.5\t4.5\t0.95\t0.001\t8\n"
        "B\tb\t\tmean of y\tat most "
        "3\t\toutside\tcontradicted\tfalse\t4\t3.5\t4.5\t0.95\t"
        "0.001\t8\n"
        "C\tc\t\tmean of z\tat most 3\t\tnothing\tundecided\tfalse\tnan\tnan\tnan\t0.95\t"
        "nan\t0\n");
}
END_TEST

START_TEST(json_and_xml_are_escaped)
{
    struct basin_str out = {0};
    basin_findings_print(&table, "t&t", BASIN_FINDINGS_JSON, &out);
    ck_assert_ptr_nonnull(
        strstr(out.text, "\"says\": \"a \\\"quoted\\\" & <tagged>\\u0009claim # 1\""));
    ck_assert_ptr_nonnull(strstr(out.text, "\"estimate\": null, \"low\": null"));
    basin_str_free(&out);
    basin_findings_print(&table, "t&t", BASIN_FINDINGS_JUNIT, &out);
    ck_assert_ptr_nonnull(strstr(out.text,
        "<testsuite name=\"t&amp;t\" tests=\"3\" failures=\"1\" errors=\"0\" "
        "skipped=\"1\">"));
    ck_assert_ptr_nonnull(strstr(out.text,
        "name=\"A&lt;1&gt;: a &quot;quoted&quot; &amp; &lt;tagged&gt;\tclaim # 1\">"));
    ck_assert_ptr_nonnull(strstr(out.text,
        "<failure message=\"mean of y: 4 (3.5 to 4.5), expected at most 3; outside\"/>"));
    ck_assert_ptr_nonnull(strstr(out.text, "<skipped message="));
    basin_str_free(&out);
}
END_TEST

/* A control that is contradicted is as it should be; one that is supported is not. */
START_TEST(a_negative_control_must_be_contradicted)
{
    struct basin_finding control[] = {tabled[0], tabled[1]};
    const struct basin_findings controls = {2, control};
    struct basin_str out = {0};
    control[0].expected_false = true;
    control[1].expected_false = true;
    basin_findings_print(&controls, "t", BASIN_FINDINGS_TAP, &out);
    ck_assert_ptr_nonnull(strstr(out.text, "not ok 1 - A"));
    ck_assert_ptr_nonnull(strstr(out.text, "\nok 2 - B"));
    basin_str_free(&out);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("findings");
    TCase *c = tcase_create("findings");
    tcase_add_test(c, findings_are_printed_for_people_and_machines);
    tcase_add_test(c, json_and_xml_are_escaped);
    tcase_add_test(c, a_negative_control_must_be_contradicted);
    suite_add_tcase(s, c);
    return s;
}
