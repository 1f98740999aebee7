/* Documents: what is read, what is refused and how it is said. */
#include "suite.h"

#include "config/node.h"
#include "config/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct basin_document document;
static struct basin_diag diag;

static int parse(const char *text)
{
    return basin_document_parse(&document, "x.yaml", text, strlen(text), &diag);
}

struct numbers {
    double flip;
    double rate;
    double level;
    long steps;
    long count;
    bool once;
    int update;
    const char *folder;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(struct numbers, flip, "0.5", 0, 1, "1", "share turned over"),
    BASIN_FIELD_REAL(
        struct numbers, rate, "1", BASIN_POSITIVE, BASIN_ANY_HIGH, "1", "rate"),
    BASIN_FIELD_REAL_OR(struct numbers, level, "none", "none", -1, 1, "1", "level"),
    BASIN_FIELD_INT_OR(struct numbers, steps, "converge|never", "converge", 1, 100, "1",
        "number of updates"),
    BASIN_FIELD_INT(struct numbers, count, "3", 1, BASIN_WHOLE_MAX, "1", "how many"),
    BASIN_FIELD_BOOL(struct numbers, once, "false", "only once"),
    BASIN_FIELD_CHOICE(struct numbers, update, "async|sync", "sync", "order"),
    BASIN_FIELD_TEXT(struct numbers, folder, "here", "where"),
    BASIN_FIELD_END,
};

START_TEST(a_document_becomes_a_tree_that_knows_its_places)
{
    ck_assert_int_eq(parse("a: 1\nb:\n  - x\n  - {c: 'y'}\n"), 0);
    const struct basin_node *b = basin_node_get(document.root, "b");
    ck_assert_int_eq(b->kind, BASIN_SEQUENCE);
    ck_assert_uint_eq(b->n, 2);
    const struct basin_node *c = basin_node_get(b->items[1], "c");
    ck_assert_str_eq(c->text, "y");
    ck_assert(!c->plain);
    ck_assert_uint_eq(c->line, 4);
    ck_assert_uint_eq(c->column, 9);
    ck_assert_ptr_null(basin_node_get(document.root, "c"));
    basin_document_free(&document);
}
END_TEST

START_TEST(aliases_become_copies_and_a_byte_order_mark_is_skipped)
{
    ck_assert_int_eq(parse("\xEF\xBB\xBF"
                           "a: &x [1, 2]\nb: *x\n"),
        0);
    const struct basin_node *a = basin_node_get(document.root, "a");
    const struct basin_node *b = basin_node_get(document.root, "b");
    ck_assert_ptr_ne(a, b);
    ck_assert_str_eq(b->items[1]->text, "2");
    basin_document_free(&document);
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} bad_documents[] = {
    {"", "x.yaml: the document is empty"},
    {"# nothing\n", "x.yaml: the document is empty"},
    {"- a\n", "x.yaml:1:1: a configuration is a mapping (key: value), not a list"},
    {"word", "x.yaml:1:1: a configuration is a mapping (key: value), not a text"},
    {"a: 1\nb: 2\na: 3\n",
        "x.yaml:3:1: duplicate key \"a\"; it stands in line 1 already"},
    {"a: {b: 1, c: 2, b: 3, c: 4}\n",
        "x.yaml:1:17: duplicate key \"b\"; it stands in line 1 already"},
    {"d: &d {a: 1}\ne:\n  <<: *d\n",
        "x.yaml:3:3: merge keys (<<) are not supported; write the keys out or use an "
        "alias as a value"},
    {"[a]: 1\n", "x.yaml:1:1: a key must be a word, not a list or a mapping"},
    {"a: 1\n---\nb: 2\n",
        "x.yaml:2:1: a second document starts here; a configuration is one document"},
    {"a: !!int 3\n",
        "x.yaml:1:4: tags (!...) are not supported; a value's type follows from its key"},
    {"a: &x [*x]\n", "x.yaml:1:4: an alias in here refers to what it stands in"},
    {"a: *nothing\n", "x.yaml:1:4: found undefined alias"},
    {"a: [1, 2\nb: 3\n", "x.yaml:2:2: did not find expected ',' or ']' (while parsing a "
                         "flow sequence that "
                         "starts in line 1)"},
    {"a:\n\tb: 1\n",
        "x.yaml:2:1: found character that cannot start any token (while scanning for the "
        "next token that starts in line 2); indent with spaces, not with tabs"},
    {"a: \"x\\0y\"\n", "x.yaml:1:4: a text cannot hold a NUL character"},
    {"a: 1\nb: \xC3\x28\n", "x.yaml:2:5: not UTF-8 text: invalid trailing UTF-8 octet"},
    {"\xFF\xFE"
     "a",
        "x.yaml:1:1: UTF-16 text; save the file as UTF-8"},
};

START_TEST(a_bad_document_is_refused_with_its_place)
{
    memset(&diag, 0, sizeof(diag));
    ck_assert_int_eq(parse(bad_documents[_i].text), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, bad_documents[_i].message);
    ck_assert_ptr_null(document.root);
}
END_TEST

static void check_refused(const struct basin_str *text, const char *part)
{
    ck_assert(!text->failed);
    ck_assert_int_eq(parse(text->text), BASIN_ERR_CONFIG);
    ck_assert_msg(strstr(diag.text, part) != NULL, "%s", diag.text);
}

START_TEST(a_billion_laughs_are_refused)
{
    struct basin_str text = {0};
    basin_str_add(&text, "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for (int i = 1; i < 10; i++) {
        basin_str_add(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++) {
            basin_str_add(&text, "%s*a%d", j == 0 ? "" : ", ", i - 1);
        }
        basin_str_add(&text, "]\n");
    }
    check_refused(
        &text, "with its aliases expanded the document has more than 200000 values");
    basin_str_free(&text);
}
END_TEST

START_TEST(a_long_text_repeated_by_aliases_is_refused)
{
    struct basin_str text = {0};
    basin_str_add(&text, "a: &a %0100000d\nb: [*a", 7);
    for (int i = 0; i < 100; i++) {
        basin_str_add(&text, ", *a");
    }
    basin_str_add(&text, "]\n");
    check_refused(&text, "has more than 4194304 bytes of text");
    basin_str_free(&text);
}
END_TEST

START_TEST(a_deep_document_is_refused)
{
    struct basin_str text = {0};
    basin_str_add(&text, "a: ");
    for (int i = 0; i < 40; i++) {
        basin_str_add(&text, "[");
    }
    for (int i = 0; i < 40; i++) {
        basin_str_add(&text, "]");
    }
    check_refused(&text, "x.yaml:1:35: nested more than 32 levels deep");
    basin_str_free(&text);
}
END_TEST

START_TEST(a_large_document_is_refused)
{
    struct basin_str text = {0};
    for (int i = 0; text.length <= BASIN_DOCUMENT_BYTES; i++) {
        basin_str_add(&text, "key%d: 1\n", i);
    }
    check_refused(&text, "x.yaml: larger than 1048576 bytes, which no configuration");
    basin_str_free(&text);
}
END_TEST

START_TEST(many_keys_are_read_quickly_enough_to_look_for_duplicates)
{
    struct basin_str text = {0};
    for (int i = 0; i < 60000; i++) {
        basin_str_add(&text, "key%d: 1\n", i);
    }
    basin_str_add(&text, "key7: 1\n");
    check_refused(
        &text, "x.yaml:60001:1: duplicate key \"key7\"; it stands in line 8 already");
    basin_str_free(&text);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_says_why)
{
    ck_assert_int_eq(
        basin_document_load(&document, "no/such.yaml", &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "cannot read no/such.yaml: No such file or directory");
    ck_assert_int_eq(basin_document_load(&document, "/", &diag), BASIN_ERR_CONFIG);
    ck_assert_str_eq(
        diag.text, "cannot read /: it is a folder, not a configuration file");
}
END_TEST

static const struct {
    const char *text;
    double value; /* NAN: refused */
} reals[] = {
    {"1", 1},
    {"-2", -2},
    {"+3", 3},
    {"1e3", 1000},
    {".5", 0.5},
    {"5.", 5},
    {"1E-2", 0.01},
    {"-0", 0},
    {"1_000", NAN},
    {"0x10", NAN},
    {"inf", NAN},
    {".inf", NAN},
    {"nan", NAN},
    {"1e", NAN},
    {"1 2", NAN},
    {"1e999", NAN},
    {"", NAN},
    {".", NAN},
    {"'1'", NAN},
    {"1,5", NAN},
    {"[1]", NAN},
};

START_TEST(numbers_are_plain_decimals)
{
    struct basin_str text = {0};
    double value = NAN;
    basin_str_add(&text, "a: %s\n", reals[_i].text);
    ck_assert_int_eq(parse(text.text), 0);
    int code =
        basin_node_real(&document, basin_node_get(document.root, "a"), &value, &diag);
    if (isnan(reals[_i].value)) {
        ck_assert_int_eq(code, BASIN_ERR_CONFIG);
        ck_assert_int_eq(strncmp(diag.text, "x.yaml:1:", 9), 0);
    } else {
        ck_assert_int_eq(code, 0);
        ck_assert(value == reals[_i].value && !signbit(value) == (value >= 0));
    }
    basin_document_free(&document);
    basin_str_free(&text);
}
END_TEST

START_TEST(a_struct_is_read_from_its_fields)
{
    struct numbers v;
    ck_assert_int_eq(parse("flip: 0.25\nsteps: 5e1\ncount: 500.0\nonce: true\n"
                           "update: 'async'\nfolder: a b\nother: 1\n"),
        0);
    const char *const others[] = {"other"};
    ck_assert_int_eq(
        basin_node_fields(&document, document.root, fields, others, 1, &v, &diag), 0);
    ck_assert(v.flip == 0.25 && v.rate == 1 && isnan(v.level) && v.steps == 50);
    ck_assert(v.count == 500 && v.once && v.update == 0);
    ck_assert_str_eq(v.folder, "a b");
    basin_document_free(&document);
    ck_assert_int_eq(parse("level: none\nsteps: never\n"), 0);
    ck_assert_int_eq(
        basin_node_fields(&document, document.root, fields, NULL, 0, &v, &diag), 0);
    ck_assert(isnan(v.level) && v.steps == -2 && v.flip == 0.5 && v.update == 1);
    ck_assert_str_eq(v.folder, "here");
    basin_document_free(&document);
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} bad_values[] = {
    {"flip: 1.5", "1:7: flip must be between 0 and 1, not 1.5"},
    {"flip: abc", "1:7: flip must be a number between 0 and 1, not \"abc\""},
    {"flip: '0.5'",
        "1:7: flip must be a number between 0 and 1, not \"0.5\"; leave out the quotes"},
    {"flip:", "1:6: flip has no value; it must be a number between 0 and 1"},
    {"flip: [0, 1]", "1:7: flip must be a number between 0 and 1, not a list"},
    {"rate: 0", "1:7: rate must be greater than 0, not 0"},
    {"rate: nan", "1:7: rate must be a number greater than 0, not \"nan\""},
    {"level: 2", "1:8: level must be a number between -1 and 1 or none, not 2"},
    {"level: non",
        "1:8: level must be a number between -1 and 1 or none, not \"non\"; did you mean "
        "\"none\"?"},
    {"count: 0", "1:8: count must be at least 1, not 0"},
    {"count: 1.5", "1:8: count must be a whole number of at least 1, not 1.5"},
    {"steps: convrge",
        "1:8: steps must be a whole number between 1 and 100 or converge, never, not "
        "\"convrge\"; did you mean \"converge\"?"},
    {"once: yes", "1:7: once must be true or false, not \"yes\"; did you mean \"true\"?"},
    {"once: Off",
        "1:7: once must be true or false, not \"Off\"; did you mean \"false\"?"},
    {"once: 'true'",
        "1:7: once must be true or false, not \"true\"; leave out the quotes"},
    {"\nupdate: asynch", "2:9: update must be one of async, sync, not \"asynch\"; did "
                         "you mean \"async\"?"},
    {"folder:", "1:8: folder has no value; it must be a text"},
    {"fip: 1",
        "1:1: unknown key \"fip\"; did you mean \"flip\"? allowed: count, flip, folder, "
        "level, once, rate, steps, update"},
    {"temperature: 1",
        "1:1: unknown key \"temperature\"; allowed: count, flip, folder, level, once, "
        "rate, steps, update"},
};

START_TEST(a_bad_value_is_named_with_its_place)
{
    struct numbers v;
    char expected[400];
    snprintf(expected, sizeof(expected), "x.yaml:%s", bad_values[_i].message);
    ck_assert_int_eq(parse(bad_values[_i].text), 0);
    ck_assert_int_eq(
        basin_node_fields(&document, document.root, fields, NULL, 0, &v, &diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, expected);
    basin_document_free(&document);
}
END_TEST

START_TEST(a_required_field_is_asked_for)
{
    static const struct basin_field required[] = {
        BASIN_FIELD_REAL(struct numbers, flip, NULL, 0, 1, "1", "share turned over"),
        BASIN_FIELD_END,
    };
    struct numbers v;
    ck_assert_int_eq(parse("a: {}"), 0);
    ck_assert_int_eq(basin_node_fields(&document, basin_node_get(document.root, "a"),
                         required, NULL, 0, &v, &diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "x.yaml:1:4: \"flip\" is missing: share turned over");
    basin_document_free(&document);
}
END_TEST

static bool looks_typed(const char *text)
{
    return text[strspn(text, "+-.0123456789eE")] == '\0' || strcmp(text, "true") == 0 ||
           strcmp(text, "false") == 0;
}

static void check_equal(const struct basin_node *a, const struct basin_node *b)
{
    ck_assert_int_eq(a->kind, b->kind);
    ck_assert_uint_eq(a->n, b->n);
    if (a->kind == BASIN_SCALAR) {
        ck_assert_str_eq(a->text, b->text);
        ck_assert(a->plain == b->plain || !looks_typed(a->text));
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->kind == BASIN_MAPPING) {
            ck_assert_str_eq(a->keys[i], b->keys[i]);
        }
        check_equal(a->items[i], b->items[i]);
    }
}

START_TEST(what_is_printed_reads_back_equal)
{
    const char *text =
        "a: 1\n"
        "b: '1'\n"
        "c: \"two\\nlines \\\" \\\\ \\u2028 \\x07\"\n"
        "d: [1, 'true', x y, \"\", {e: [], f: {}}]\n"
        "g:\n- - 1\n  - 2\n- h: 1\n  i: {j: [k, l]}\n-\n"
        "m:\n"
        "'n: o': \xC3\xA9\n"
        "p: |\n  block\n  text\n"
        "q: plain text\n  over two lines\n"
        "r: ['- a', '# b', 'c #d', 'e: f', '---', '*g', '&h', ' i ', '-', '-1', a-b]\n"
        "s: [a-rather-long-word-number-one, a-rather-long-word-number-two, "
        "a-rather-long-word-number-three]\n";
    ck_assert_int_eq(parse(text), 0);
    struct basin_str printed = {0};
    basin_node_print(document.root, 0, &printed);
    ck_assert(!printed.failed);
    struct basin_document again;
    ck_assert_msg(
        basin_document_parse(&again, "again", printed.text, printed.length, &diag) == 0,
        "%s\n%s", diag.text, printed.text);
    check_equal(document.root, again.root);
    basin_document_free(&again);
    basin_document_free(&document);
    basin_str_free(&printed);
}
END_TEST

START_TEST(printed_documents_are_pleasant)
{
    ck_assert_int_eq(parse("{a: {b: [1, 2.5], c: x y}, d: [{e: 1, f: 2}, {g: []}]}"), 0);
    struct basin_str printed = {0};
    basin_node_print(document.root, 2, &printed);
    ck_assert_str_eq(printed.text, "  a:\n"
                                   "    b: [1, 2.5]\n"
                                   "    c: x y\n"
                                   "  d:\n"
                                   "    - e: 1\n"
                                   "      f: 2\n"
                                   "    - g: []\n");
    basin_document_free(&document);
    basin_str_free(&printed);
}
END_TEST

static const struct {
    const char *path, *value;
    const char *result; /* or the message */
    bool fails;
} settings[] = {
    {"a", "2",
        "a: 2\nrules:\n  - label: one\n    beta: 1\n  - label: two.5\n    beta: 2\n",
        false},
    {"rules.1.beta", "[3, 4]",
        "a: 1\nrules:\n  - label: one\n    beta: 1\n  - label: two.5\n    beta: [3, 4]\n",
        false},
    {"rules.two.5.beta", "x",
        "a: 1\nrules:\n  - label: one\n    beta: 1\n  - label: two.5\n    beta: x\n",
        false},
    {"cue.flip", "'0.5'",
        "a: 1\nrules:\n  - label: one\n    beta: 1\n  - label: two.5\n    beta: 2\n"
        "cue:\n  flip: \"0.5\"\n",
        false},
    {"rules.2.beta", "1",
        "--set rules.2.beta: \"2\" is neither a label nor a position in a list of 2, "
        "counted from 0",
        true},
    {"a.b", "1", "--set a.b: there is no \"b\" inside a single value", true},
    {"", "1", "--set : a path is keys with dots between them, such as cue.flip", true},
    {"a..b", "1", "--set a..b: a path is keys with dots between them, such as cue.flip",
        true},
    {"a", "[1",
        "--set a:2:1: did not find expected ',' or ']' (while parsing a flow "
        "sequence that starts in line 1)",
        true},
};

START_TEST(a_value_is_set_by_its_path)
{
    ck_assert_int_eq(
        parse("a: 1\nrules: [{label: one, beta: 1}, {label: two.5, beta: 2}]\n"), 0);
    int code =
        basin_document_set(&document, settings[_i].path, settings[_i].value, &diag);
    if (settings[_i].fails) {
        ck_assert_int_eq(code, BASIN_ERR_CONFIG);
        ck_assert_str_eq(diag.text, settings[_i].result);
    } else {
        ck_assert_int_eq(code, 0);
        struct basin_str printed = {0};
        basin_node_print(document.root, 0, &printed);
        ck_assert_str_eq(printed.text, settings[_i].result);
        basin_str_free(&printed);
    }
    basin_document_free(&document);
}
END_TEST

START_TEST(what_was_set_is_blamed_on_its_setting)
{
    struct numbers v;
    ck_assert_int_eq(parse("flip: 0.5"), 0);
    ck_assert_int_eq(basin_document_set(&document, "flip", "7", &diag), 0);
    ck_assert_int_eq(
        basin_node_fields(&document, document.root, fields, NULL, 0, &v, &diag),
        BASIN_ERR_CONFIG);
    ck_assert_str_eq(diag.text, "--set flip: flip must be between 0 and 1, not 7");
    basin_document_free(&document);
}
END_TEST

START_TEST(choices_are_counted_and_found)
{
    char buffer[64];
    ck_assert_int_eq(basin_choice_index("async|sync", "sync"), 1);
    ck_assert_int_eq(basin_choice_index("async|sync", "syn"), -1);
    ck_assert_int_eq(basin_choice_index("async|sync", ""), -1);
    ck_assert_int_eq(basin_choice_index(NULL, "sync"), -1);
    ck_assert_uint_eq(basin_choice_count("async|sync|other"), 3);
    ck_assert_uint_eq(basin_choice_count(NULL), 0);
    ck_assert_str_eq(basin_choice_name("async|sync|other", 2, buffer), "other");
    ck_assert_str_eq(basin_choice_name("async|sync|other", 3, buffer), "");
}
END_TEST

START_TEST(values_are_written_as_they_are_read)
{
    struct numbers v;
    struct basin_str text = {0};
    ck_assert_int_eq(basin_fields_default(fields, &v, &diag), 0);
    for (const struct basin_field *f = fields; f->name != NULL; f++) {
        text.length = 0;
        basin_value_text(f, &v, &text);
        ck_assert_str_eq(text.text, f->fallback);
        ck_assert(basin_value_is_default(f, &v));
    }
    v.steps = -2;
    text.length = 0;
    basin_value_text(&fields[3], &v, &text);
    ck_assert_str_eq(text.text, "never");
    ck_assert(!basin_value_is_default(&fields[3], &v));
    basin_str_free(&text);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

Suite *suite(void)
{
    Suite *s = suite_create("node");
    TCase *c = tcase_create("node");
    tcase_add_test(c, a_document_becomes_a_tree_that_knows_its_places);
    tcase_add_test(c, aliases_become_copies_and_a_byte_order_mark_is_skipped);
    tcase_add_loop_test(
        c, a_bad_document_is_refused_with_its_place, 0, COUNT(bad_documents));
    tcase_add_test(c, a_billion_laughs_are_refused);
    tcase_add_test(c, a_long_text_repeated_by_aliases_is_refused);
    tcase_add_test(c, a_deep_document_is_refused);
    tcase_add_test(c, a_large_document_is_refused);
    tcase_add_test(c, many_keys_are_read_quickly_enough_to_look_for_duplicates);
    tcase_add_test(c, a_file_that_cannot_be_read_says_why);
    tcase_add_loop_test(c, numbers_are_plain_decimals, 0, COUNT(reals));
    tcase_add_test(c, a_struct_is_read_from_its_fields);
    tcase_add_loop_test(c, a_bad_value_is_named_with_its_place, 0, COUNT(bad_values));
    tcase_add_test(c, a_required_field_is_asked_for);
    tcase_add_test(c, what_is_printed_reads_back_equal);
    tcase_add_test(c, printed_documents_are_pleasant);
    tcase_add_loop_test(c, a_value_is_set_by_its_path, 0, COUNT(settings));
    tcase_add_test(c, what_was_set_is_blamed_on_its_setting);
    tcase_add_test(c, choices_are_counted_and_found);
    tcase_add_test(c, values_are_written_as_they_are_read);
    suite_add_tcase(s, c);
    return s;
}
