#include <config.h>

#include "base/file.h"
#include "base/text.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_error.h"
#include "config/document_parse.h"
#include "test_yaml.h"

#include <stdio.h>
#include <string.h>

/* Checks that text gives "a.yaml:PLACE: error: ...FRAGMENT..." and leaves root
 * unchanged. */
static void refuse_n(const char *text, size_t n, const char *where, const char *fragment)
{
    char head[100];
    struct fm_yaml *root = NULL;
    (void)snprintf(head, sizeof head, "a.yaml:%s: error: ", where);
    ck_fails(parse_n(text, n, &root), FM_ERROR_CONFIG, fragment);
    ck_assert_int_eq(err.status, FM_ERROR_CONFIG);
    ck_assert_msg(strncmp(err.message, head, strlen(head)) == 0, "message is: %s",
                  err.message);
    ck_assert_ptr_null(root);
}

static void refuse(const char *text, const char *where, const char *fragment)
{
    refuse_n(text, strlen(text), where, fragment);
}

START_TEST(every_node_knows_its_line_and_column)
{
    struct fm_yaml *root = parse("# c\n"
                                 "name: rk4\n"
                                 "\"é日\": 'x y'   # c\n"
                                 "train:\n"
                                 "  lr: 1e-3\n"
                                 "list: [a, {b: c}, \"d\"]\n"
                                 "block:\n"
                                 "- 1\n"
                                 "- k: v\n"
                                 "text: |\n"
                                 "  two\n"
                                 "  lines\n"
                                 "none:\n");
    check_place(root, 2, 1, 0);
    check_place(root->keys[0], 2, 1, 4);
    check_place(root->items[0], 2, 7, 3);
    check_place(root->keys[1], 3, 1, 4);
    check_place(root->items[1], 3, 7, 5);
    check_place(fm_yaml_find(root, "train"), 5, 3, 0);
    check_place(fm_yaml_find(fm_yaml_find(root, "train"), "lr"), 5, 7, 4);
    struct fm_yaml *list = fm_yaml_find(root, "list");
    check_place(list, 6, 7, 0);
    check_place(list->items[0], 6, 8, 1);
    check_place(list->items[1], 6, 11, 0);
    check_place(list->items[1]->items[0], 6, 15, 1);
    check_place(list->items[2], 6, 19, 3);
    struct fm_yaml *block = fm_yaml_find(root, "block");
    check_place(block, 8, 1, 0);
    check_place(block->items[0], 8, 3, 1);
    check_place(block->items[1]->keys[0], 9, 3, 1);
    check_place(fm_yaml_find(root, "text"), 10, 7, 1);
    ck_assert_str_eq(fm_yaml_find(root, "text")->text, "two\nlines\n");
    check_place(fm_yaml_find(root, "none"), 13, 6, 1);
    ck_assert_str_eq(fm_yaml_find(root, "none")->text, "");
    ck_assert_ptr_null(fm_yaml_find(root, "absent"));
    ck_assert_ptr_null(fm_yaml_find(NULL, "a"));
    ck_assert_ptr_null(fm_yaml_find(list, "a"));
}
END_TEST

START_TEST(every_kind_of_line_break_counts_once)
{
    struct fm_yaml *root = parse("a: 1\r\nb: 2\rc: 3\n\r\nd: 4");
    check_place(root->items[1], 2, 4, 1);
    check_place(root->items[2], 3, 4, 1);
    check_place(root->items[3], 5, 4, 1);
    (void)fm_yaml_fail(&err, root->items[3], "x");
    ck_assert_str_eq(err.message, "a.yaml:5:4: error: x\n    5 | d: 4\n      |    ^");
}
END_TEST

START_TEST(a_byte_order_mark_does_not_shift_columns)
{
    struct fm_yaml *root = parse("\xEF\xBB\xBF"
                                 "a: bcd");
    check_place(root->keys[0], 1, 1, 1);
    (void)fm_yaml_fail(&err, root->items[0], "x");
    ck_assert_str_eq(err.message, "a.yaml:1:4: error: x\n    1 | a: bcd\n      |    ^~~");
}
END_TEST

START_TEST(plain_scalars_differ_from_quoted_ones)
{
    struct fm_yaml *root = parse("[a, 'a', \"a\", 1, \"1\", a\n b]");
    static const bool is_plain[] = {true, false, false, true, false, true};
    for (size_t i = 0; i < 6; i++)
        ck_assert_int_eq(root->items[i]->is_plain, is_plain[i]);
    ck_assert_str_eq(root->items[5]->text, "a b");
}
END_TEST

/* The line of the message that marks the node of `key`. */
static const char *marks_of(const char *text, const char *key)
{
    struct fm_yaml *node = fm_yaml_find(parse(text), key);
    (void)fm_yaml_fail(&err, node, "no");
    return strrchr(err.message, '\n') + 1;
}

START_TEST(the_caret_is_under_the_value)
{
    ck_assert_str_eq(marks_of("a: 1", "a"), "      |    ^");
    ck_assert_str_eq(marks_of("a: fast # c", "a"), "      |    ^~~~");
    ck_assert_str_eq(marks_of("a: 'it''s'", "a"), "      |    ^~~~~~~");
    ck_assert_str_eq(marks_of("x: 1\na: [1, 2]", "a"), "      |    ^");
    ck_assert_str_eq(marks_of("{é: 日本, a: \"über\"}", "a"), "      |            ^~~~~~");
    ck_assert_str_eq(marks_of("a:\t1.5", "a"), "      |    ^~~");
    ck_assert_str_eq(marks_of("a: b\n  c\nd: 1", "a"), "      |    ^");
}
END_TEST

START_TEST(a_long_line_is_cut_around_the_caret)
{
    char text[4000] = "{", *p = text + 1;
    for (int i = 0; i < 200; i++)
        p += sprintf(p, "k%03d: \"é%03d\", ", i, i);
    (void)strcpy(p, "}");
    for (int i = 0; i < 200; i += 7) {
        char key[16], value[24];
        (void)snprintf(key, sizeof key, "k%03d", i);
        (void)snprintf(value, sizeof value, "\"é%03d\"", i);
        const char *marks = marks_of(text, key);
        const char *line = strchr(err.message, '\n') + 1;
        ck_assert_uint_le(fm_text_columns(line), 2 * (8 + 76 + 6) + 1);
        const char *shown = strstr(line, value);
        ck_assert_ptr_nonnull(shown);
        char before[400] = "";
        memcpy(before, line, (size_t)(shown - line));
        ck_assert_uint_eq(fm_text_columns(before), (size_t)(strchr(marks, '^') - marks));
        ck_assert_str_eq(strchr(marks, '^'), "^~~~~~");
    }
}
END_TEST

START_TEST(an_error_with_long_parts_is_cut)
{
    char name[5001], wide[3001];
    memset(name, 'n', 5000);
    name[5000] = '\0';
    for (int i = 0; i < 1000; i++)
        memcpy(wide + 3 * i, "日", 3);
    wide[3000] = '\0';
    struct fm_yaml *root;
    ck_ok(fm_yaml_parse(&arena, name, ".", wide, 3000, false, &root, &err));
    ck_assert_int_eq(fm_yaml_fail(&err, root, "%s", wide), FM_ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.message, "\n      | ^~~~"));
    ck_assert_ptr_nonnull(strstr(err.message, "nnn:1:1: error: 日"));
    ck_assert_int_eq(fm_yaml_fail(NULL, root, "x"), FM_ERROR_CONFIG);
    (void)fm_yaml_fail(&err, NULL, "no %s", "place");
    ck_assert_str_eq(err.message, "no place");
    struct fm_yaml nowhere = {.source = root->source};
    (void)fm_yaml_fail(&err, &nowhere, "x");
    ck_assert_ptr_nonnull(strstr(err.message, "nnn: error: x"));
    ck_assert_str_eq(fm_quote("a\nb\t\x1b[1m\xff").text, "\"a\\nb ?[1m?\"");
    ck_assert_uint_eq(strlen(fm_quote(wide).text), 60 * 3 + 4);
}
END_TEST

START_TEST(syntax_errors_have_their_place_and_advice)
{
    refuse("a: b: c", "1:5", "needs quotes");
    refuse("a: 1\n\tb: 2", "2:1", "spaces instead of tabs");
    refuse("a: @b", "1:4", "put the text in quotes");
    refuse("a: [1, 2\n", "1:4", "starts here); a closing bracket");
    refuse("a: [1,\nb: [2]\n", "1:4", "starts here); a closing bracket");
    refuse("a: {b: 1", "1:4", "a closing bracket");
    refuse("a: \"b\n", "1:4", "the closing quote is missing");
    refuse("a: [1 2, {b: c: d}]", "1:15", "from line 1, column 10); a closing bracket");
    refuse("a: 1\n b: 2", "2:3", "mapping values are not allowed");
    refuse("a: 1\nb\nc: 2\n", "3:1", "a key ends with");
    refuse("a: \"\\q\"", "1:5", "unknown escape");
    refuse("a: *", "1:4", "alphabetic");
    refuse("{b:}", "1:3", "a space must follow");
    refuse("- a\nb: 1", "2:1", "did not find expected '-'");
    refuse("%YAML 9.9\n---\na: 1", "1:1", "incompatible");
    ck_assert_ptr_nonnull(strstr(err.message, "    1 | %YAML 9.9\n      | ^"));
}
END_TEST

START_TEST(yaml_that_configs_do_not_allow_is_an_error)
{
    refuse("a: 1\nb: 2\n\"a\": 3\n", "3:1",
           "duplicate key \"a\"; the first is at line 1, column 1");
    refuse("x: {b: 1, c: 2, b: 3, c: 4}", "1:17", "duplicate key \"b\"");
    refuse("<<: 1", "1:1", "merge keys");
    refuse("d: &d {a: 1}\ne:\n  <<: *d\n", "3:3", "merge keys");
    refuse("a: !!int 3", "1:4", "tags");
    refuse("a: !x {b: 1}", "1:4", "tags");
    refuse("a: 1\n---\nb: 2\n", "2:1", "second document");
    refuse("a: 1\n...\n---\n", "3:1", "second document");
    refuse("[a]: 1", "1:1", "a key must be a text, not a list");
    refuse("? {a: 1}\n: 1", "1:3", "a key must be a text, not a map");
    refuse("?\n: 1", "1:2", "a key is missing");
    refuse("\"\": 1", "1:1", "a key is missing");
    refuse("a: &x b\n*x : 1", "2:1", "a key must be a text, not an alias");
    char long_key[200] = "";
    memset(long_key, 'k', 129);
    memcpy(long_key + 129, ": 1", 4);
    refuse(long_key, "1:1", "a key of 129 bytes");
    ck_assert_str_eq(fm_yaml_find(parse("\"<<\": 1"), "<<")->text, "1");
}
END_TEST

START_TEST(the_top_level_must_be_a_map_if_requested)
{
    struct fm_yaml *root;
    ck_fails(fm_yaml_parse(&arena, "a.yaml", ".", "\n- 1", 4, true, &root, &err),
             FM_ERROR_CONFIG, "a.yaml:2:1: error: the top level must be a map");
    ck_fails(fm_yaml_parse(&arena, "a.yaml", ".", "hello", 5, true, &root, &err),
             FM_ERROR_CONFIG, "not a single value");
    ck_fails(fm_yaml_parse(&arena, "a.yaml", ".", "# c\n", 4, true, &root, &err),
             FM_ERROR_CONFIG, "a.yaml:1:1: error: the file is empty or has only comments");
    root = parse("");
    ck_assert_int_eq(root->kind, FM_YAML_SCALAR);
    ck_assert_str_eq(root->text, "");
    ck_assert(root->is_plain);
}
END_TEST

START_TEST(bytes_that_are_not_text_are_an_error)
{
    refuse_n("a: \0b", 5, "1:4", "NUL byte");
    refuse_n("\0", 1, "1:1", "NUL byte");
    refuse("a: 1\nb: \x1b[1m", "2:4", "control character U+001B");
    refuse("a: x\x7f", "1:5", "U+007F");
    refuse("a: \xc2\x9b", "1:4", "U+009B");
    refuse("é: \xff", "1:4", "byte 0xFF is not UTF-8");
    refuse("a: \xc3", "1:4", "byte 0xC3 is not UTF-8");
    refuse("a: \xc0\xaf", "1:4", "0xC0");         /* overlong "/" */
    refuse("a: \xe0\x80\xaf", "1:4", "0xE0");     /* the same in three bytes */
    refuse("a: \xed\xa0\x80", "1:4", "0xED");     /* a surrogate */
    refuse("a: \xf4\x90\x80\x80", "1:4", "0xF4"); /* above U+10FFFF */
    refuse("a: b\xe2\x80\xa8", "1:5", "U+2028");
    refuse("a: \xc2\x85", "1:4", "U+0085");
    refuse("a: \xef\xbb\xbf", "1:4", "byte order mark");
    refuse_n("\xff\xfe\x61\x00", 4, "1:1", "UTF-16");
    refuse("a: \"x\\0y\"", "1:4", "U+0000");
    refuse("a: \"\\e[1m\"", "1:4", "U+001B");
    refuse("a: \"\\N\"", "1:4", "U+0085");
    refuse("\"\\a\": 1", "1:1", "U+0007");
    refuse("a: \"\\ud800\"", "1:7", "invalid Unicode");
    ck_assert_str_eq(parse("\"\\t\\n\\r\\u2028\\U0001F600\"")->text,
                     "\t\n\r\xe2\x80\xa8\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(aliases_are_copies_with_the_place_of_the_original)
{
    struct fm_yaml *root = parse("base: &b {lr: 1, l: [x]}\n"
                                 "one: *b\n"
                                 "two: *b\n"
                                 "s: &s  text\n"
                                 "t: *s\n"
                                 "n: &n\n"
                                 "m: &m\n"
                                 "  k: *n\n");
    struct fm_yaml *base = fm_yaml_find(root, "base"), *one = fm_yaml_find(root, "one");
    struct fm_yaml *two = fm_yaml_find(root, "two");
    check_place(base, 1, 10, 0);
    check_place(one, 1, 10, 0);
    check_place(fm_yaml_find(root, "s"), 4, 8, 4);
    check_place(fm_yaml_find(root, "t"), 4, 8, 4);
    check_place(fm_yaml_find(root, "m"), 7, 4, 0);
    ck_assert(are_equal(base, one));
    ck_assert(one != two && one->items[0] != two->items[0]
              && one->keys[0] != base->keys[0]);
    ck_ok(fm_yaml_set(&arena, root, "one.lr", parse("2"), NULL, &err));
    ck_assert_str_eq(fm_yaml_find(two, "lr")->text, "1");
    /* the latest anchor of a name counts */
    root = parse("[&a 1, *a, &a 2, *a]");
    ck_assert_str_eq(root->items[1]->text, "1");
    ck_assert_str_eq(root->items[3]->text, "2");
    check_place(root->items[2], 1, 15, 1);
}
END_TEST

START_TEST(an_alias_needs_a_finished_anchor_before_it)
{
    refuse("a: *x\nb: &x 1", "1:4", "no anchor &x before this alias");
    refuse("a: &x [1, *x]", "1:11",
           "the alias *x is inside the value that it refers to (line 1, column 7)");
    refuse("&r a: *s", "1:7", "no anchor &s");
    refuse("&r\na: 1\nb: [{c: *r}]", "3:9", "the alias *r is inside");
    char many[20000] = "[", *p = many + 1;
    for (int i = 0; i < 1001; i++)
        p += sprintf(p, "&a%d 1, ", i);
    (void)strcpy(p, "]");
    ck_fails(parse_n(many, strlen(many), &(struct fm_yaml *){NULL}), FM_ERROR_CONFIG,
             "more than 1000 anchors");
}
END_TEST

START_TEST(a_billion_laughs_are_an_error)
{
    char text[2000] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n", *p = text + strlen(text);
    for (int i = 1; i < 10; i++) {
        p += sprintf(p, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            p += sprintf(p, "*a%d, ", i - 1);
        p += sprintf(p, "]\n");
    }
    /* Counted in full, a_i makes v_i = 1 + 10 v_(i-1) values, v_0 = 11: 111, 1111, 11111.
     * With root and keys, a0 to a3 make 12349; seven more a3 fit below 100000, and the
     * eighth, at column 10 + 5 * 7, does not. */
    refuse(text, "5:45", "more than 100000 values");
    ck_assert_uint_lt(arena.n_bytes, 64u << 20);
}
END_TEST

static char *repeat(const char *unit, size_t n)
{
    size_t length = strlen(unit);
    char *text = fm_arena_take(&arena, n * length + 1, 1);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * length, unit, length);
    return text;
}

START_TEST(depth_is_limited)
{
    char text[200] = "";
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    (void)parse(text);
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    refuse(text, "1:65", "more than 64 levels");
    refuse(repeat("[", 1000000), "1:65", "more than 64 levels");
    refuse(repeat("- ", 500000), "1:129", "more than 64 levels");
    refuse(repeat("{a: ", 200000), "1:257", "more than 64 levels");
    refuse(repeat("{? ", 200000), "1:4", "a key must be a text");
    /* 40 levels below an anchor, aliased 40 levels down */
    char nested[400] = "{a: &a ", *p = nested + strlen(nested);
    p += sprintf(p, "%.40s%.40s, b: %.40s*a%.40s}", repeat("[", 40), repeat("]", 40),
                 repeat("[", 40), repeat("]", 40));
    refuse(nested, "1:133", "more than 64 levels");
    /* [[1]] fits below 62 lists and not below 63; the first of them has the anchor */
    p = nested + sprintf(nested, "[&a [[1]], %.61s*a", repeat("[", 61));
    (void)sprintf(p, "%.62s", repeat("]", 62));
    (void)parse(nested);
    p = nested + sprintf(nested, "[&a [[1]], %.62s*a", repeat("[", 62));
    (void)sprintf(p, "%.63s", repeat("]", 63));
    refuse(nested, "1:74", "more than 64 levels");
}
END_TEST

START_TEST(size_is_limited)
{
    struct fm_yaml *root;
    ck_fails(parse_n(repeat("x", (1 << 20) + 1), (1 << 20) + 1, &root), FM_ERROR_CONFIG,
             "a.yaml: error: too large: 1048577 bytes, the limit is 1048576");
    (void)parse(repeat("x", 1 << 20));
    refuse(repeat("- 1\n", 100000), "100000:3", "more than 100000 values");
    ck_assert_uint_eq(parse(repeat("- 1\n", 99999))->n, 99999);
}
END_TEST

START_TEST(every_prefix_of_a_document_is_read_or_an_error)
{
    static const char text[] = "a: &x [1, 'q', \"\\u00e9\\n\"]\nb: {c: *x, ? d : e}\n"
                               "f: |-\n  lit\ng: >+\n  fold\n\n- no\n--- é\n";
    for (size_t n = 0; n < sizeof text; n++) {
        struct fm_yaml *root = NULL;
        enum fm_status status = parse_n(text, n, &root);
        ck_assert(status == FM_OK || status == FM_ERROR_CONFIG);
        ck_assert_int_eq(status == FM_OK, root != NULL);
        if (status != FM_OK)
            ck_assert_int_eq(strncmp(err.message, "a.yaml:", 7), 0);
    }
}
END_TEST

START_TEST(a_file_is_read_with_its_name_and_folder)
{
    char path[5000];
    struct fm_yaml *root = NULL;
    const char *folder = test_scratch_folder("document");
    (void)snprintf(path, sizeof path, "%s/a.yaml", folder);
    ck_ok(fm_file_write(path, "a: 1\n", 5, &err));
    ck_ok(fm_yaml_read(&arena, path, &root, &err));
    ck_assert_str_eq(root->source->name, path);
    ck_assert_str_eq(root->source->folder, folder);
    ck_assert_str_eq(root->source->text, "a: 1\n");
    ck_ok(fm_file_write(path, "\xEF\xBB\xBF- 1\n", 7, &err));
    ck_fails(fm_yaml_read(&arena, path, &root, &err), FM_ERROR_CONFIG,
             ":1:1: error: the top");
    ck_fails(fm_yaml_read(&arena, "/nowhere.yaml", &root, &err), FM_ERROR_NO_INPUT,
             "/nowhere");
    ck_fails(fm_yaml_read(&arena, folder, &root, &err), FM_ERROR_NO_INPUT, "regular");
    char *large = repeat("#", (1 << 20) + 1);
    ck_ok(fm_file_write(path, large, (1 << 20) + 1, &err));
    ck_fails(fm_yaml_read(&arena, path, &root, &err), FM_ERROR_NO_INPUT, "too large");
}
END_TEST

static void add_reading(Suite *suite)
{
    TCase *places = property(suite, "places"), *errors = property(suite, "errors");
    tcase_add_test(places, every_node_knows_its_line_and_column);
    tcase_add_test(places, every_kind_of_line_break_counts_once);
    tcase_add_test(places, a_byte_order_mark_does_not_shift_columns);
    tcase_add_test(places, plain_scalars_differ_from_quoted_ones);
    tcase_add_test(places, the_caret_is_under_the_value);
    tcase_add_test(places, a_long_line_is_cut_around_the_caret);
    tcase_add_test(places, a_file_is_read_with_its_name_and_folder);
    tcase_add_test(errors, an_error_with_long_parts_is_cut);
    tcase_add_test(errors, syntax_errors_have_their_place_and_advice);
    tcase_add_test(errors, yaml_that_configs_do_not_allow_is_an_error);
    tcase_add_test(errors, the_top_level_must_be_a_map_if_requested);
    tcase_add_test(errors, bytes_that_are_not_text_are_an_error);
}

static void add_hostile(Suite *suite)
{
    TCase *hostile = property(suite, "hostile input"),
          *aliases = property(suite, "aliases");
    tcase_add_test(aliases, aliases_are_copies_with_the_place_of_the_original);
    tcase_add_test(aliases, an_alias_needs_a_finished_anchor_before_it);
    tcase_add_test(hostile, a_billion_laughs_are_an_error);
    tcase_add_test(hostile, depth_is_limited);
    tcase_add_test(hostile, size_is_limited);
    tcase_add_test(hostile, every_prefix_of_a_document_is_read_or_an_error);
}

int main(void)
{
    Suite *suite = suite_create("document");
    add_reading(suite);
    add_hostile(suite);
    return test_main(suite);
}
